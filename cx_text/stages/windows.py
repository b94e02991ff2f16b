"""Windows of periods: where a series of counts is higher or lower than in its other periods.

Four tests look at every series: *rise* and *fall* of a window that ends now, a *burst* that is over,
and a *return* after a gap. Lengths are 1, 2, 3, 4, 6, 8, 12, ... periods up to half the span. The best
window of a series is the one with the largest Poisson likelihood ratio; its p-value compares the two
rates given the sum of their counts, with variance inflated by what the series itself varies between
periods, times the number of windows tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from cx_text.stages.rates import Flags, Floats, Ints, contrast, rates_above, ratio_of_rates, shared_dispersion

LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192)
CLEAR, STRONG = 2.0, 3.0
"""Ratios of rates: a change worth telling, a change that cannot be overlooked."""

OVER = 2
"""A burst is over, a fall has come, when at least so many periods say so."""

GAP = 4
"""Fewest quiet periods before something has returned."""


class _Picked(NamedTuple):
    """A window of each series, whether there was one at all, and how many were looked at."""

    start: Ints
    end: Ints
    found: Flags
    tries: int


COLUMNS = "kind series start end gap y1 n1 y0 n0 dispersion tries p".split()


def windows_tested(y: Ints, n: Any, minimum: int, first: int = 0, block: int = 1) -> pd.DataFrame:
    """Return the tests of each series with at least `minimum` events: its best windows.

    One row a series x kind (burst, fall, return, rise) with series (row of `y`), start and end (of the
    window, in periods), gap (first period of the gap of a return, else -1), y1 and n1 (in the window), y0
    and n0 (outside; for a return: in the gap), dispersion, tries (windows looked at) and p, which pays for
    them. With `first` above 0 there are no falls and no returns.

    Args:
        y: counts, series x periods.
        n: exposures by period, or as `y`; periods with an n of 0 were not observed.
        minimum: fewest events of a series, and of a window that is higher.
        first: windows begin there or later.
        block: counts of so many periods together may vary more than single ones let expect; the larger
            dispersion counts.

    Reference:
        Kulldorff (1997), A spatial scan statistic, Communications in Statistics 26; Bonferroni's
        factor in place of its simulation.
    """
    exposure = np.broadcast_to(np.asarray(n, dtype=np.float64), y.shape)
    series = np.flatnonzero(y.sum(axis=1) >= minimum)
    periods = y.shape[1]
    lengths = [length for length in LENGTHS if length <= (periods - first if first else periods // 2)]
    if not series.size or not lengths:
        return pd.DataFrame(columns=COLUMNS).astype({"series": np.int64, "p": np.float64})
    y, exposure = y[series], exposure[series]
    kinds = ("burst", "rise") if first else ("burst", "fall", "rise")
    windows = _candidates(lengths, periods, first)
    tests = [
        _tests(kind, y, exposure, picked, block)
        for kind, picked in _best_windows(y, exposure, windows, minimum)
        if kind in kinds
    ]
    if not first:
        tests.append(_returns(y, exposure, lengths))
    return pd.concat([test.assign(series=series) for test in tests], ignore_index=True)[COLUMNS]


def _candidates(lengths: Sequence[int], periods: int, first: int) -> tuple[Ints, Ints]:
    """Return start and end of every window of these lengths that begins at `first` or later."""
    end = np.concatenate([np.arange(first + length, periods + 1) for length in lengths])
    length = np.repeat(lengths, [max(periods + 1 - first - length, 0) for length in lengths])
    return end - length, end


def _best_windows(
    y: Ints, n: Floats, windows: tuple[Ints, Ints], minimum: int
) -> Iterator[tuple[str, _Picked]]:
    """Yield the best window of each series for bursts, falls and rises."""
    start, end = windows
    periods = y.shape[1]
    sums, totals = (np.pad(part.cumsum(axis=1), ((0, 0), (1, 0))) for part in (y, n))
    y1, n1 = sums[:, end] - sums[:, start], totals[:, end] - totals[:, start]
    gain = _gain(y1, n1, sums[:, -1:], totals[:, -1:])
    after = (sums[:, -1:] - sums[:, end]) * n1 * CLEAR <= y1 * (totals[:, -1:] - totals[:, end])
    seen = np.append(np.any(n > 0, axis=0)[::-1].cumsum()[::-1], 0)
    past, now = seen[end] >= OVER, end == periods
    for kind, score, candidates, fits in (
        ("burst", gain, past, after & (y1 >= minimum)),
        ("fall", -gain, now & (end - start >= OVER), y1 >= 0),
        ("rise", gain, now, y1 >= minimum),
    ):
        best = np.where(fits & candidates, score, 0.0)
        pick = best.argmax(axis=1)
        yield kind, _Picked(start[pick], end[pick], best.max(axis=1) > 0, int(candidates.sum()))


def _gain(y1: Ints, n1: Floats, sums: Ints, total: Floats) -> Floats:
    """Return the log likelihood ratio of a rate of its own inside, negative where that is lower."""
    expected = sums * (n1 / np.maximum(total, 1e-12))
    inside = special.xlogy(y1, y1 / np.maximum(expected, 1e-12))
    outside = special.xlogy(sums - y1, (sums - y1) / np.maximum(sums - expected, 1e-12))
    gain: Floats = np.maximum(inside + outside, 0.0) * np.sign(y1 - expected)
    return gain


def _tests(kind: str, y: Ints, n: Floats, picked: _Picked, block: int) -> pd.DataFrame:
    """Return each series' window against its other periods."""
    start, end, found, tries = picked
    at = np.arange(y.shape[1])
    inside = (at >= start[:, None]) & (at < end[:, None])
    y1, n1, y0, n0 = contrast(y, n, inside, ~inside)
    dispersion = shared_dispersion(y, n, inside)
    if block > 1:
        parts = tuple(_folded(part, block) for part in (y, n, inside))
        dispersion = np.maximum(dispersion, shared_dispersion(parts[0], parts[1], parts[2] > 0))
    p = rates_above(*((y0, n0, y1, n1) if kind == "fall" else (y1, n1, y0, n0)), dispersion)
    p = np.where(found & ~np.isnan(p), np.minimum(p * tries, 1.0), 1.0)
    told = {"kind": kind, "start": start, "end": end, "gap": -1, "y1": y1, "n1": n1, "y0": y0, "n0": n0}
    return pd.DataFrame({**told, "dispersion": dispersion, "tries": tries, "p": p})


def _folded(values: Any, block: int) -> Any:
    """Return the sums of whole blocks of periods, series x blocks."""
    blocks = values.shape[1] // block
    return values[:, : blocks * block].reshape(len(values), blocks, block).sum(axis=2)


def _returns(y: Ints, n: Floats, lengths: Sequence[int]) -> pd.DataFrame:
    """Return each series' now against the gap before it, if there was an era before the gap like now."""
    periods = y.shape[1]
    pairs = [(now, gap) for now in lengths for gap in lengths if gap >= GAP and now + gap <= periods - OVER]
    best = np.ones(len(y))
    segment = np.zeros(y.shape, dtype=np.int64)
    for now, gap in pairs:
        parts = np.repeat([0, 1, 2], [periods - now - gap, gap, now])
        p = _returned(y, n, np.broadcast_to(parts, y.shape), 1.0)
        better = p < best
        best, segment = np.where(better, p, best), np.where(better[:, None], parts, segment)
    dispersion, tries = shared_dispersion(y, n, segment), max(len(pairs), 1)
    p = np.minimum(_returned(y, n, segment, dispersion) * tries, 1.0)
    y1, n1, y0, n0 = contrast(y, n, segment == 2, segment == 1)
    start = periods - (segment == 2).sum(axis=1)
    told = {"kind": "return", "start": start, "end": periods, "gap": start - (segment == 1).sum(axis=1)}
    counts = {"y1": y1, "n1": n1, "y0": y0, "n0": n0}
    return pd.DataFrame({**told, **counts, "dispersion": dispersion, "tries": tries, "p": p})


def _returned(y: Ints, n: Floats, segment: Ints, dispersion: Any) -> Floats:
    """Return the larger p of now (2) and once (0) being above the gap (1); 1 where not strongly so."""
    p = np.zeros(len(y))
    for number in (0, 2):
        counts = contrast(y, n, segment == number, segment == 1)
        clear = ratio_of_rates(*counts)[0] >= STRONG
        p = np.maximum(p, np.where(clear, rates_above(*counts, dispersion), 1.0))
    return np.where(np.isnan(p), 1.0, p)

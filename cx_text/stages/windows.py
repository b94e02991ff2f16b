"""Windows of periods: where a series of counts is higher or lower than in its other periods.

Four tests look at every series: *rise* and *fall* of a window that ends now, a *burst* that is over,
and a *return* after a gap. Lengths are 1, 2, 3, 4, 6, 8, 12, ... periods up to half the span. The best
window of a series is the one with the largest Poisson likelihood ratio; its p-value compares the two
rates given the sum of their counts, with variance inflated by what the series itself varies between
periods, times the number of windows tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192)
CLEAR, STRONG = 2.0, 3.0
"""Ratios of rates: a change worth telling, a change that cannot be overlooked."""

OVER = 2
"""A burst is over, a fall has come, when at least so many periods say so."""

GAP = 4
"""Fewest quiet periods before something has returned."""


def windows_tested(y: Ints, n: Ints, minimum: int) -> pd.DataFrame:
    """Return the tests of each series with at least `minimum` events: its best windows.

    One row a series x kind (burst, fall, return, rise) with series (row of `y`), start and end (of the
    window, in periods), y1 and n1 (in the window), y0 and n0 (outside; for a return: in the gap),
    dispersion, presence (share of the outside periods with an event) and p.

    Args:
        y: counts, series x periods.
        n: totals by period; periods with an n of 0 were not observed.
        minimum: fewest events of a series, and of a window that is higher.

    Reference:
        Kulldorff (1997), A spatial scan statistic, Communications in Statistics 26; Bonferroni's
        factor in place of its simulation.
    """
    series = np.flatnonzero(y.sum(axis=1) >= minimum)
    lengths = [length for length in LENGTHS if length <= len(n) // 2]
    if not series.size or not lengths:
        return _tests("rise", y[:0], n, series, series).assign(series=series)
    tests = [*_best_windows(y[series], n, lengths, minimum), _returns(y[series], n, lengths)]
    return pd.concat([test.assign(series=series) for test in tests], ignore_index=True)


def _best_windows(y: Ints, n: Ints, lengths: Sequence[int], minimum: int) -> Iterator[pd.DataFrame]:
    """Yield the tests of bursts, falls and rises."""
    periods = len(n)
    end = np.concatenate([np.arange(length, periods + 1) for length in lengths])
    start = end - np.repeat(lengths, [periods + 1 - length for length in lengths])
    sums, totals = np.pad(y.cumsum(axis=1), ((0, 0), (1, 0))), np.pad(n.cumsum(), (1, 0))
    y1, n1 = sums[:, end] - sums[:, start], totals[end] - totals[start]
    gain = _gain(y1, n1, sums[:, -1:], totals[-1])
    after = (sums[:, -1:] - sums[:, end]) * n1 * CLEAR <= y1 * (totals[-1] - totals[end])
    past, now = end <= periods - OVER, end == periods
    for kind, score, candidates, fits in (
        ("burst", gain, past, after & (y1 >= minimum)),
        ("fall", -gain, now & (end - start >= OVER), y1 >= 0),
        ("rise", gain, now, y1 >= minimum),
    ):
        best = np.where(fits & candidates, score, 0.0)
        pick = best.argmax(axis=1)
        tests = _tests(kind, y, n, start[pick], end[pick])
        p = np.minimum(tests["p"] * candidates.sum(), 1.0)
        yield tests.assign(p=p.where(best.max(axis=1) > 0, 1.0))


def _gain(y1: Ints, n1: Ints, sums: Ints, total: int) -> Floats:
    """Return the log likelihood ratio of a rate of its own inside, negative where that is lower."""
    expected = sums * (n1 / max(total, 1))
    inside = special.xlogy(y1, y1 / np.maximum(expected, 1e-12))
    outside = special.xlogy(sums - y1, (sums - y1) / np.maximum(sums - expected, 1e-12))
    gain: Floats = np.maximum(inside + outside, 0.0) * np.sign(y1 - expected)
    return gain


def _tests(kind: str, y: Ints, n: Ints, start: Ints, end: Ints) -> pd.DataFrame:
    """Return each series' window against its other periods, p for one window tried."""
    at = np.arange(len(n))
    inside = (at >= start[:, None]) & (at < end[:, None])
    y1, n1, y0, n0 = contrast(y, n, inside, ~inside)
    dispersion = dispersion_of(y, n, inside)
    low = kind == "fall"
    p = rates_above(y0, n0, y1, n1, dispersion) if low else rates_above(y1, n1, y0, n0, dispersion)
    observed = (~inside & (n > 0)).sum(axis=1)
    presence = (~inside & (y > 0)).sum(axis=1) / np.maximum(observed, 1)
    return pd.DataFrame(
        {
            "kind": kind,
            "start": start,
            "end": end,
            "y1": y1,
            "n1": n1,
            "y0": y0,
            "n0": n0,
            "dispersion": dispersion,
            "presence": presence,
            "p": np.where(np.isnan(p), 1.0, p),
        }
    )


def _returns(y: Ints, n: Ints, lengths: Sequence[int]) -> pd.DataFrame:
    """Return each series' now against the gap before it, if there was an era before the gap like now."""
    periods = len(n)
    pairs = [(now, gap) for now in lengths for gap in lengths if gap >= GAP and now + gap <= periods - OVER]
    best = np.ones(len(y))
    segment = np.zeros(y.shape, dtype=np.int64)
    for now, gap in pairs:
        parts = np.repeat([0, 1, 2], [periods - now - gap, gap, now])
        p = _returned(y, n, np.broadcast_to(parts, y.shape), 1.0)
        better = p < best
        best, segment = np.where(better, p, best), np.where(better[:, None], parts, segment)
    dispersion = dispersion_of(y, n, segment)
    p = np.minimum(_returned(y, n, segment, dispersion) * max(len(pairs), 1), 1.0)
    y1, n1, y0, n0 = contrast(y, n, segment == 2, segment == 1)
    start = periods - (segment == 2).sum(axis=1)
    return pd.DataFrame(
        {
            "kind": "return",
            "start": start,
            "end": periods,
            "y1": y1,
            "n1": n1,
            "y0": y0,
            "n0": n0,
            "dispersion": dispersion,
            "presence": 0.0,
            "p": p,
        }
    )


def _returned(y: Ints, n: Ints, segment: Ints, dispersion: Any) -> Floats:
    """Return the larger p of now (2) and once (0) being above the gap (1); 1 where not strongly so."""
    p = np.zeros(len(y))
    for number in (0, 2):
        counts = contrast(y, n, segment == number, segment == 1)
        clear = ratio_of_rates(*counts)[0] >= STRONG
        p = np.maximum(p, np.where(clear, rates_above(*counts, dispersion), 1.0))
    return np.where(np.isnan(p), 1.0, p)


def contrast(y: Ints, n: Ints, inside: Flags, against: Flags) -> tuple[Ints, Ints, Ints, Ints]:
    """Return (y1, n1, y0, n0): counts and totals of each series inside and against, flags as `y`."""
    return (
        np.where(inside, y, 0).sum(axis=1),
        np.where(inside, n, 0).sum(axis=1),
        np.where(against, y, 0).sum(axis=1),
        np.where(against, n, 0).sum(axis=1),
    )


def rates_above(y1: Any, n1: Any, y0: Any, n0: Any, dispersion: Any = 1.0) -> Floats:
    """Return the one-sided p-value of rate `y1 / n1` being above rate `y0 / n0`; NaN for an n of 0.

    Given the sum of both counts, the first is binomial; counts are divided by `dispersion` first.

    >>> float(rates_above(3, 10, 0, 10).round(6)) == 0.5**3
    True

    Reference:
        Przyborowski, Wilenski (1940), Homogeneity of results in testing samples from Poisson series,
        Biometrika 31; McCullagh, Nelder (1989), Generalized Linear Models, 6.2 (quasi-likelihood).
    """
    count, total, other, rest = np.broadcast_arrays(
        *(np.asarray(part, dtype=np.float64) for part in (y1, n1, y0, n0))
    )
    share = total / np.maximum(total + rest, 1)
    tail = special.betainc(np.maximum(count / dispersion, 1e-9), other / dispersion + 1, share)
    return np.where((total > 0) & (rest > 0), np.where(count > 0, tail, 1.0), np.nan)


def ratio_of_rates(
    y1: Any, n1: Any, y0: Any, n0: Any, dispersion: Any = 1.0
) -> tuple[Floats, Floats, Floats]:
    """Return (ratio, low, high) of rate `y1 / n1` to rate `y0 / n0`; NaN for an n of 0.

    Half an event is added to both counts, so that the ratio of something new is finite.

    >>> [round(float(number), 2) for number in ratio_of_rates(9.5, 10, 0.5, 10)]
    [10.0, 1.28, 78.12]

    Reference:
        Walter (1985), Small sample estimation of log odds ratios, Statistics in Medicine 4
        (half counts); log-normal interval with a quasi-Poisson variance.
    """
    count, total, other, rest = np.broadcast_arrays(
        *(np.asarray(part, dtype=np.float64) for part in (y1, n1, y0, n0))
    )
    first = np.divide(count + 0.5, total, out=np.full(count.shape, np.nan), where=total > 0)
    second = np.divide(other + 0.5, rest, out=np.full(count.shape, np.nan), where=rest > 0)
    ratio = first / second
    spread = np.exp(special.ndtri(0.975) * np.sqrt(dispersion * (1 / (count + 0.5) + 1 / (other + 0.5))))
    return ratio, ratio / spread, ratio * spread


def dispersion_of(y: Any, n: Any, segment: Any) -> Floats:
    """Return how much more each row of `y` varies than Poisson counts would: at least 1.

    Pearson's chi-square over its degrees of freedom, where each segment of a row has its own rate.

    Args:
        y: counts, series x periods.
        n: totals by period; periods with an n of 0 were not observed.
        segment: number of the segment, as `y`; 0, 1, ...

    Reference:
        McCullagh, Nelder (1989), Generalized Linear Models, 6.2.
    """
    counts, totals, part = np.asarray(y), np.asarray(n), np.asarray(segment)
    chi_square, segments = np.zeros(len(counts)), np.zeros(len(counts))
    for number in range(int(part.max(initial=0)) + 1):
        mine = np.where(part == number, totals, 0.0)
        whole = mine.sum(axis=1)
        rate = np.where(part == number, counts, 0.0).sum(axis=1) / np.maximum(whole, 1)
        expected = mine * rate[:, None]
        off = np.where(expected > 0, counts - expected, 0.0)
        chi_square += (off**2 / np.maximum(expected, 1e-12)).sum(axis=1)
        segments += whole > 0
    found: Floats = np.maximum(chi_square / np.maximum((totals > 0).sum() - segments, 1), 1.0)
    return found

"""Seasons: themes that come up on certain weekdays, or in certain months, again and again.

A pattern is an arc of the cycle: 1 to 3 neighbouring weekdays, or 1 to 4 neighbouring months. It is told
where the rate in the arc is above that of the other days, by a quasi-Poisson test that pays for all arcs, and
where it was so in most of the cycles, at least two. What a weekday lets expect is the exposure of a test by
day, so that what is high every Monday is no spike on a Monday.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from cx_text.stages.rates import Flags, Floats, Ints, contrast, dispersion_of, rates_above, shared_dispersion

CYCLES = 2
"""Fewest cycles in which a pattern must be seen."""
MOST = 0.6
"""Least share of the cycles with a mention in which the arc is above the rest."""
UNEVEN = 0.001
"""Chance below which weekdays differ so much that expectations follow them."""
BORROWED = 2.0
"""Events at the average rate that each weekday is thought to have had beside its own."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)


@dataclass(frozen=True)
class Cycle:
    """Days as parts of a cycle.

    Attributes:
        names: the names of the parts, in order.
        part: the part of each day (days,).
        turn: the number of the cycle of each day (days,).
        longest: most parts of a pattern.
    """

    names: Sequence[str]
    part: Ints
    turn: Ints
    longest: int

    @classmethod
    def of_weekdays(cls, first_day: pd.Timestamp, days: int) -> Cycle:
        """Return the weeks of so many days, from the first day on."""
        at = np.arange(days)
        return cls(WEEKDAYS, (at + first_day.weekday()) % 7, at // 7, 3)

    @classmethod
    def of_months(cls, first_day: pd.Timestamp, days: int) -> Cycle:
        """Return the years of so many days, from the first month on."""
        dates = first_day + pd.to_timedelta(np.arange(days), unit="D")
        month = np.asarray(dates.year * 12 + dates.month - 1)
        return cls(MONTHS, month % 12, (month - month[:1]) // 12, 4)

    def each(self, step: int, count: int) -> Cycle:
        """Return the cycle of `count` periods of `step` days, by their first days."""
        return Cycle(self.names, self.part[::step][:count], self.turn[::step][:count], self.longest)

    def arcs(self) -> list[tuple[int, ...]]:
        """Return all patterns: the parts of each arc, the short ones first."""
        size = len(self.names)
        return [
            tuple((start + step) % size for step in range(length))
            for length in range(1, self.longest + 1)
            for start in range(size)
        ]

    def inside(self, arc: Sequence[int]) -> Flags:
        """Return which days (days,) lie in an arc."""
        return np.isin(self.part, arc)

    def cells(self, y: Ints, n: Ints) -> tuple[Ints, Ints, Cycle]:
        """Return the sums over each part of each cycle: counts (series x cells), totals and their cycle.

        The cells are those with a total above 0, in order of time.
        """
        cell = self.turn * len(self.names) + self.part
        known, number = np.unique(cell[n > 0], return_inverse=True)
        member = np.zeros((len(known), len(cell)), dtype=np.int64)
        member[number, np.flatnonzero(n > 0)] = 1
        turn, part = np.divmod(known, len(self.names))
        return y @ member.T, member @ n, Cycle(self.names, part, turn, self.longest)

    def told(self, arc: Sequence[int]) -> str:
        """Return an arc in words."""
        return ", ".join(self.names[part] for part in arc)


def seasons_tested(y: Ints, n: Ints, cycle: Cycle, minimum: int) -> pd.DataFrame:
    """Return the best pattern of each series that is above the other days in most cycles, with its test.

    One row a series with series (row of `y`), arc (parts of the cycle), y1 and n1 (in the arc), y0 and n0
    (on other days), dispersion, tries and p, which pays for all arcs.

    Args:
        y: counts, series x days.
        n: totals by day.
        cycle: the days as parts of a cycle.
        minimum: fewest events in an arc.
    """
    series = np.flatnonzero(y.sum(axis=1) >= minimum)
    arcs = cycle.arcs()
    columns = "series arc y1 n1 y0 n0 dispersion tries p".split()
    if not series.size or len(np.unique(cycle.turn[n > 0])) < CYCLES:
        return pd.DataFrame(columns=columns).astype({"series": np.int64, "p": np.float64})
    y, n, cycle = cycle.cells(y[series], n)
    best, picked = np.ones(len(series)), np.zeros(len(series), dtype=np.int64)
    for number, arc in enumerate(arcs):
        p = _arc(y, n, cycle, cycle.inside(arc), minimum)
        best, picked = np.where(p < best, p, best), np.where(p < best, number, picked)
    inside = np.stack([cycle.inside(arcs[number]) for number in picked])
    y1, n1, y0, n0 = contrast(y, n, inside, ~inside)
    dispersion = shared_dispersion(y, n, inside)
    told = {
        "series": series,
        "arc": [arcs[number] for number in picked],
        "y1": y1,
        "n1": n1,
        "y0": y0,
        "n0": n0,
    }
    p = np.minimum(best * len(arcs), 1.0)
    return pd.DataFrame({**told, "dispersion": dispersion, "tries": len(arcs), "p": p})[columns]


def _arc(y: Ints, n: Ints, cycle: Cycle, inside: Flags, minimum: int) -> Floats:
    """Return the p-value of one arc for each series; 1 where it is too rare or not above in most cycles."""
    flags = np.broadcast_to(inside, y.shape)
    counts = contrast(y, n, flags, ~flags)
    p = rates_above(*counts, shared_dispersion(y, n, flags))
    turns = np.stack([cycle.turn == turn for turn in np.unique(cycle.turn)]).astype(np.int64)
    y1, y0 = y @ (turns * inside).T, y @ (turns * ~inside).T
    n1, n0 = turns @ (n * inside), turns @ (n * ~inside)
    judged = (n1 > 0) & (n0 > 0) & (y1 + y0 > 0)
    above = (judged & (y1 * n0 > y0 * n1)).sum(axis=1)
    steady = (above >= CYCLES) & (above >= MOST * judged.sum(axis=1))
    return np.where(steady & (counts[0] >= minimum) & ~np.isnan(p), p, 1.0)


def expected_by(y: Ints, n: Ints, cycle: Cycle) -> Floats:
    """Return the exposure of each series by day: `n`, weighted by part of the cycle where these differ.

    They differ where the variance between the parts is above that within them by an F test; each has to
    be seen in two cycles. The sum over the days stays that of `n`.

    Args:
        y: counts, series x days.
        n: totals by day.
        cycle: the days as parts of a cycle.

    Reference:
        McCullagh, Nelder (1989), Generalized Linear Models, 6.2 (quasi-likelihood F test).
    """
    plain = np.broadcast_to(n.astype(np.float64), y.shape)
    count, total, cells = cycle.cells(y, n)
    parts = np.stack([cells.part == part for part in range(len(cycle.names))]).astype(np.int64)
    seen = parts.sum(axis=1)
    if (seen[seen > 0] < CYCLES).any() or (seen > 0).sum() < CYCLES:
        return plain
    events, exposure = count @ parts.T, parts @ total
    expected = np.maximum(exposure * count.sum(axis=1, keepdims=True) / total.sum(), 1e-12)
    degrees = int((exposure > 0).sum()) - 1
    square = np.where(exposure > 0, (events - expected) ** 2 / expected, 0.0).sum(axis=1) / degrees
    within = dispersion_of(count, total, np.broadcast_to(cells.part, count.shape))
    uneven = special.fdtrc(degrees, len(total) - degrees - 1, square / within) < UNEVEN
    weight = ((events + BORROWED) / (expected + BORROWED))[:, cycle.part]
    weighted = plain * np.where(uneven[:, None], weight, 1.0)
    return np.asarray(weighted * (n.sum() / np.maximum(weighted.sum(axis=1, keepdims=True), 1e-12)))

"""Fair comparison: a group against what others show for the same kinds of cases.

A group is an agent, a team or a channel. 300 agents x 150 themes are compared in one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ENOUGH = 20
"""Fewest verbatims of others in a stratum; with fewer, the next coarser stratum speaks."""
SUPPORTED = 0.5
"""Support below which a group cannot be compared beyond its own kinds of cases."""


@dataclass(frozen=True)
class Standard:
    """Groups x topics: what was counted, and what others with the same kinds of cases let expect.

    Attributes:
        groups: g names, sorted.
        n: verbatims of each group (g).
        count: verbatims with the event (g x t).
        expected: expected number of them (g x t); NaN where there are not enough others.
        behind: number of events of others that `expected` rests on (g x t), its own uncertainty.
        support: share of a group's verbatims that are compared within strata as fine as those that most
            verbatims of all groups are compared within (g), 0..1.
        strata: number of different strata, that fine, in which a group has verbatims (g).
    """

    groups: list[str]
    n: Ints
    count: Ints
    expected: Floats
    behind: Floats
    support: Floats
    strata: Ints

    @property
    def ratio(self) -> Floats:
        """O/E, NaN where nothing is expected or known."""
        ratio: Floats = np.divide(
            self.count, self.expected, out=np.full(self.expected.shape, np.nan), where=self.expected > 0
        )
        return ratio

    @property
    def known(self) -> Flags:
        """One flag a group: there are enough others to compare it with."""
        return np.asarray(~np.isnan(self.expected).any(axis=1))

    @property
    def supported(self) -> Flags:
        """One flag a group: enough of it is compared with its own kinds of cases."""
        return np.asarray(self.support >= SUPPORTED)

    def keep(self, wanted: Flags) -> Standard:
        """Return the groups with a true flag."""
        names = [name for name, kept in zip(self.groups, wanted, strict=True) if kept]
        cells = self.count[wanted], self.expected[wanted], self.behind[wanted]
        return Standard(names, self.n[wanted], *cells, self.support[wanted], self.strata[wanted])

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the exact interval (low, high) of O/E, wider where few events of others stand behind it.

        Given the sum of both, the group's events are binomial with odds expected / behind; with much
        behind, it is the exact Poisson interval.

        Reference:
            Clopper, Pearson (1934); Przyborowski, Wilenski (1940) for the ratio of two Poisson means.
        """
        tail = (1 - level) / 2
        low = special.betaincinv(np.maximum(self.count, 1), self.behind + 1, tail)
        high = special.betaincinv(self.count + 1, self.behind, 1 - tail)
        odds = self.behind / self.expected
        with np.errstate(divide="ignore"):
            return np.where(self.count > 0, low / (1 - low) * odds, 0.0), high / (1 - high) * odds

    def p_values(self) -> Floats:
        """Return two-sided mid-p values of "as often as expected", from the same binomial.

        Reference:
            Lancaster (1961), Significance tests in discrete distributions, JASA 56.
        """
        chance = self.expected / (self.expected + self.behind)
        at_least = special.betainc(np.maximum(self.count, 1), self.behind + 1, chance)
        more = special.betainc(self.count + 1, self.behind, chance)
        upper = (np.where(self.count > 0, at_least, np.where(np.isnan(chance), np.nan, 1.0)) + more) / 2
        p: Floats = np.minimum(2 * np.minimum(upper, 1 - upper), 1.0)
        return p


def standardise(events: Any, group: pd.Series, strata: pd.DataFrame) -> Standard:
    """Return each group against all other groups of the same strata (indirect standardisation).

    A stratum is a combination of the columns of `strata`, the most important column first. Where
    fewer than `ENOUGH` verbatims of others lie in it, the last column is dropped, down to no column
    at all. Where others never have the event, half an event of theirs is assumed. Rows without a
    group are left out. An event of which each group has equal shares within each stratum gives an
    O/E of 1, however different the groups' strata are.

    Args:
        events: sparse, n verbatims x t topics, of 0 and 1.
        group: n names, or missing.
        strata: n rows; each distinct combination, missing values too, is a stratum.

    Reference:
        Breslow, Day (1987), Statistical Methods in Cancer Research II, chapter 2.
    """
    known = group.notna().to_numpy()
    owner, names = pd.factorize(group[known], sort=True)
    happened, cases = events[np.flatnonzero(known)], strata[known]
    n = np.bincount(owner, minlength=len(names))
    count = _summed(happened, owner, len(names)).toarray()
    expected, variance = np.zeros(count.shape), np.zeros(count.shape)
    depth = np.full(owner.size, -1)
    for width in range(cases.shape[1], -1, -1):
        left = depth < 0
        place = stratum(cases.iloc[:, :width])
        taken, mean, spread = _level(happened, owner, place, left)
        expected[: mean.shape[0]] += mean
        variance[: spread.shape[0]] += spread
        depth[taken] = width
    expected[np.unique(owner[depth < 0])] = np.nan
    others = np.maximum(owner.size - n, 1)[:, None]
    floor = n[:, None] * 0.5 / others
    behind = np.divide(expected**2, variance, out=np.full(count.shape, 0.5), where=variance > 0)
    return Standard(
        [str(name) for name in names],
        n,
        count,
        np.maximum(expected, floor),
        np.maximum(behind, 0.5),
        *_support(owner, cases, depth, len(names)),
    )


def stratum(cases: pd.DataFrame) -> Ints:
    """Return the number of each row's combination of values, in sorted order; 0 without columns."""
    if cases.shape[1] == 0:
        return np.zeros(len(cases), dtype=np.int64)
    numbers = cases.groupby(list(cases.columns), dropna=False, sort=True).ngroup()
    return np.asarray(numbers, dtype=np.int64)


def _support(owner: Ints, cases: pd.DataFrame, depth: Ints, size: int) -> tuple[Floats, Ints]:
    """Return support and number of strata of each group, at the depth of the median row."""
    if not owner.size:
        return np.zeros(size), np.zeros(size, dtype=np.int64)
    usual = max(int(np.sort(depth)[(depth.size - 1) // 2]), 0)
    fine = np.bincount(owner, weights=depth >= usual, minlength=size)
    place = stratum(cases.iloc[:, :usual])
    holder = np.unique(owner * (int(place.max()) + 1) + place) // (int(place.max()) + 1)
    return fine / np.bincount(owner, minlength=size), np.bincount(holder, minlength=size)


def _summed(happened: Any, place: Ints, size: int) -> Any:
    """Return a sparse size x t matrix: the events at each place."""
    rows = np.arange(place.size)
    ones = np.ones(place.size, dtype=np.int64)
    return sparse.csr_matrix((ones, (place, rows)), shape=(size, place.size)) @ happened


def _level(happened: Any, owner: Ints, place: Ints, left: Flags) -> tuple[Flags, Floats, Floats]:
    """Return which of the rows `left` find enough others at their place, and what these let expect.

    The last two are groups x topics: the expected number of events and its variance, which is the
    others' events weighted by the square of (own rows / others' rows).
    """
    width = int(place.max(initial=0)) + 1
    cell, inverse = np.unique(owner * width + place, return_inverse=True)
    holder, spot = cell // width, cell % width
    others = np.bincount(place, minlength=width)[spot] - np.bincount(inverse, minlength=cell.size)
    taken = left & (others >= ENOUGH)[inverse]
    weight = np.bincount(inverse[taken], minlength=cell.size) / np.maximum(others, 1)
    used = np.flatnonzero(weight)
    theirs = _summed(happened, place, width)[spot[used]] - _summed(happened, inverse, cell.size)[used]
    mean, variance = (
        sparse.csr_matrix(
            (weight[used] ** power, (holder[used], np.arange(used.size))),
            shape=(int(owner.max(initial=-1)) + 1, used.size),
        )
        @ theirs
        for power in (1, 2)
    )
    return taken, mean.toarray(), variance.toarray()

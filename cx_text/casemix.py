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

from cx_text.config import Config
from cx_text.statistics import benjamini_hochberg

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ENOUGH = 20
"""Fewest verbatims of others in a stratum; with fewer, the next coarser stratum speaks."""
GUARD = 0.1
"""False discovery rate that a cell must also meet before it is called strong evidence."""
RATIOS = np.array([0.25, 0.5, 0.75, 1.0, 1.5, 2.25, 3.5, 6.0])
SHAPES = np.array([25.0, 25.0, 25.0, 100.0, 25.0, 25.0, 25.0, 25.0])
"""Means and shapes of the gamma distributions that the prior of true ratios is mixed of."""
START = np.array([1.0, 1.0, 1.0, 10.0, 1.0, 1.0, 1.0, 1.0])
"""Cells that the weights of that mixture are thought to have been seen in before any data."""
BORROWED = 20.0
ROUNDS = 60


@dataclass(frozen=True)
class Standard:
    """Groups x topics: what was counted, and what others with the same kinds of cases let expect.

    Attributes:
        groups: g names, sorted.
        n: verbatims of each group (g).
        count: verbatims with the event (g x t).
        expected: expected number of them (g x t); NaN where there are not enough others.
        behind: number of events of others that `expected` rests on (g x t), its own uncertainty.
    """

    groups: list[str]
    n: Ints
    count: Ints
    expected: Floats
    behind: Floats

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

    def keep(self, wanted: Flags) -> Standard:
        """Return the groups with a true flag."""
        names = [name for name, kept in zip(self.groups, wanted, strict=True) if kept]
        cells = self.count[wanted], self.expected[wanted], self.behind[wanted]
        return Standard(names, self.n[wanted], *cells)

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
    left = np.ones(owner.size, dtype=bool)
    for width in range(cases.shape[1], -1, -1):
        place = _stratum(cases.iloc[:, :width])
        taken, mean, spread = _level(happened, owner, place, left)
        expected[: mean.shape[0]] += mean
        variance[: spread.shape[0]] += spread
        left &= ~taken
    expected[np.unique(owner[left])] = np.nan
    others = np.maximum(owner.size - n, 1)[:, None]
    floor = n[:, None] * 0.5 / others
    behind = np.divide(expected**2, variance, out=np.full(count.shape, 0.5), where=variance > 0)
    return Standard(
        [str(name) for name in names], n, count, np.maximum(expected, floor), np.maximum(behind, 0.5)
    )


def _stratum(cases: pd.DataFrame) -> Ints:
    """Return the number of each row's combination of values, in sorted order."""
    if cases.shape[1] == 0:
        return np.zeros(len(cases), dtype=np.int64)
    numbers = cases.groupby(list(cases.columns), dropna=False, sort=True).ngroup()
    return np.asarray(numbers, dtype=np.int64)


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


@dataclass(frozen=True)
class Judged:
    """How sure it is that a group truly differs; all groups x topics.

    Attributes:
        probability: that the true O/E is beyond `config.agents.difference` (0..1), in the direction
            that is the more probable one.
        more: that direction: True is "more events than expected".
        state: consistent, worth_a_look or strong_evidence.
    """

    probability: Floats
    more: Flags
    state: NDArray[np.object_]


def telling(standard: Standard) -> Flags:
    """Return which cells have enough to talk about: 1 or more expected, or 3 or more counted."""
    enough: Flags = (standard.expected >= 1) | (standard.count >= 3)
    return enough


def judge(standard: Standard, config: Config) -> Judged:
    """Return how sure each difference is, shrunk towards what all groups show of all topics.

    The prior of a topic's true ratios is a mixture of gamma distributions around `RATIOS`, most of it
    around 1; its weights are learned from all cells, then from the topic's own, on top of `BORROWED`
    groups' worth of the former. So one outlier among many equal groups is not shrunk away, as under a
    single gamma distribution, and where nobody differs nearly nobody is flagged.

    Cells that are not `telling` are consistent. Strong evidence must also hold against the number of
    comparisons made: a false discovery rate (over all telling cells) below `GUARD`.

    Reference:
        DuMouchel (1999), Bayesian data mining in large frequency tables, The American Statistician 53;
        Efron (2016), Empirical Bayes deconvolution estimates, Biometrika 103.
    """
    likelihood = _likelihood(standard)
    everywhere = _weights(likelihood.reshape(-1, RATIOS.size), START)
    above, below = np.empty(standard.count.shape), np.empty(standard.count.shape)
    for topic in range(standard.count.shape[1]):
        share = likelihood[:, topic] * _weights(likelihood[:, topic], everywhere * BORROWED)
        share /= share.sum(axis=1, keepdims=True)
        shape = SHAPES + standard.count[:, topic, None]
        rate = SHAPES / RATIOS + standard.expected[:, topic, None]
        ratio = config.agents.difference
        above[:, topic] = (share * special.gammaincc(shape, rate * ratio)).sum(axis=1)
        below[:, topic] = (share * special.gammainc(shape, rate / ratio)).sum(axis=1)
    return _judged(standard, above, below, config)


def _likelihood(standard: Standard) -> Floats:
    """Return groups x topics x ratios: how likely each count is under each part of the prior, best = 1."""
    count, expected = standard.count[:, :, None], standard.expected[:, :, None]
    rate = SHAPES / RATIOS
    log = (
        special.gammaln(SHAPES + count)
        - special.gammaln(SHAPES)
        + SHAPES * np.log(rate / (rate + expected))
        + count * np.log(expected / (rate + expected))
    )
    likelihood: Floats = np.exp(log - log.max(axis=2, keepdims=True))
    return likelihood


def _weights(likelihood: Floats, pseudo: Floats) -> Floats:
    """Return the weights (sum 1) of the parts of the prior, by EM from `pseudo` counts; rows are cells."""
    weights: Floats = pseudo / pseudo.sum()
    for _ in range(ROUNDS):
        share = likelihood * weights
        share /= share.sum(axis=1, keepdims=True)
        weights = pseudo + share.sum(axis=0)
        weights /= weights.sum()
    return weights


def _judged(standard: Standard, above: Floats, below: Floats, config: Config) -> Judged:
    """Return the more probable direction of each cell and the state that follows from it."""
    told = telling(standard)
    probability = np.maximum(above, below)
    guard = benjamini_hochberg(np.where(told, standard.p_values(), np.nan)) < GUARD
    state = np.full(told.shape, "consistent", dtype=object)
    state[told & (probability >= config.agents.probability)] = "worth_a_look"
    state[told & (probability >= config.agents.strong) & guard] = "strong_evidence"
    return Judged(probability, above >= below, state)


def smallest_group(config: Config) -> int:
    """Return the fewest verbatims of which an agent or team is judged, never below privacy's k."""
    return max(config.agents.minimum, config.privacy.k)

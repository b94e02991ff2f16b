"""Two rates held against each other: one-sided p-values, ratios with intervals, and their dispersion.

A rate is a count of events over an exposure (verbatims, or what these let expect). Counts may vary more
than Poisson counts do; `dispersion_of` says how much, and the others take that as variance (quasi-Poisson).
The `pooled` forms compare within strata (the last axis) and add up: a stratum that is empty on one side
says nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
DOUBTFUL = 0.05
"""Larger p-values are told by quasi-likelihood alone: they decide nothing."""
SMALL = 1e-6
"""Terms of a sum that are smaller than this part of it are left out, and so is less dispersion."""
Four = tuple[Any, Any, Any, Any]
"""Count and exposure of the one, count and exposure of the other: y1, n1, y0, n0."""


def contrast(y: Any, n: Any, inside: Flags, against: Flags) -> tuple[Any, Any, Any, Any]:
    """Return (y1, n1, y0, n0): counts and exposures of each series inside and against.

    Args:
        y: counts, series x periods.
        n: exposures by period, or as `y`.
        inside: flags of periods, as `n` or as `y`.
        against: as `inside`.
    """
    return (
        np.where(inside, y, 0).sum(axis=-1),
        np.where(inside, n, 0).sum(axis=-1),
        np.where(against, y, 0).sum(axis=-1),
        np.where(against, n, 0).sum(axis=-1),
    )


def rates_above(y1: Any, n1: Any, y0: Any, n0: Any, dispersion: Any = 1.0) -> Floats:
    """Return the one-sided p-value of rate `y1 / n1` being above rate `y0 / n0`; NaN for an n of 0.

    Given the sum of both counts the first is binomial, or beta-binomial where counts vary `dispersion` times
    as much as Poisson counts.

    >>> float(rates_above(3, 10, 0, 10).round(6)) == 0.5**3
    True

    Reference:
        Przyborowski, Wilenski (1940), Homogeneity of results in testing samples from Poisson series,
        Biometrika 31; Cameron, Trivedi (2013), Regression Analysis of Count Data, 3.3 (NB1: counts that
        are Poisson given a gamma rate, with a variance in proportion to their mean).
    """
    one, total, other, rest = (np.asarray(part)[..., None] for part in (y1, n1, y0, n0))
    return pooled_above(one, total, other, rest, dispersion)


def pooled_above(y1: Any, n1: Any, y0: Any, n0: Any, dispersion: Any = 1.0) -> Floats:
    """Return the one-sided p-value of the rates `y1 / n1` being above `y0 / n0` in the same strata.

    The counts of a stratum are binomial given their sum; the sum over strata is taken as the binomial of
    the same mean and variance, which it is for one stratum. NaN where no stratum has both sides.

    >>> float(pooled_above([3, 9], [10, 50], [0, 0], [10, 0]).round(6)) == 0.5**3
    True

    Reference:
        Mantel, Haenszel (1959), Statistical aspects of the analysis of data from retrospective studies,
        JNCI 22, for person-time; Rothman, Greenland, Lash (2008), Modern Epidemiology, 15.
    """
    count, total, other, rest = _comparable(y1, n1, y0, n0)
    share = total / np.maximum(total + rest, 1e-12)
    mean = ((count + other) * share).sum(axis=-1)
    variance = ((count + other) * share * (1 - share)).sum(axis=-1)
    chance = 1 - np.divide(variance, mean, out=np.zeros(mean.shape), where=mean > 0)
    first = count.sum(axis=-1)
    second = np.maximum(np.divide(mean, chance, out=np.zeros(mean.shape), where=chance > 0) - first, 0.0)
    wide = np.broadcast_to(np.asarray(dispersion, dtype=np.float64), first.shape)
    tail = special.betainc(np.maximum(first / wide, 1e-9), second / wide + 1, chance)
    heavy = (tail < DOUBTFUL) & (wide > 1 + SMALL)
    parts = (part[heavy] for part in (first, first + second, chance, wide))
    tail = np.asarray(tail)
    tail[heavy] = np.maximum(tail[heavy], _beta_binomial_tail(*parts))
    return np.where(total.sum(axis=-1) > 0, np.where(first > 0, tail, 1.0), np.nan)


def _beta_binomial_tail(count: Floats, total: Floats, chance: Floats, dispersion: Floats) -> Floats:
    """Return the chance of `count` or more of `total`, whose variance is `dispersion` times binomial."""
    a, b = (total * part / (dispersion - 1) for part in (chance, 1 - chance))
    start = special.gammaln(total + 1) - special.betaln(a, b)
    out = np.zeros(count.shape)
    for step in range(round(float(np.max(total - count, initial=-1))) + 1):
        more, rest = count + step, np.maximum(total - count - step, 0.0)
        ways = start - special.gammaln(more + 1) - special.gammaln(rest + 1)
        there = total - more > -0.5
        term = np.exp(np.where(there, ways + special.betaln(more + a, rest + b), -np.inf))
        out += term
        if (term <= SMALL * out).all():
            break
    return np.minimum(out, 1.0)


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
    one, total, other, rest = (np.asarray(part)[..., None] for part in (y1, n1, y0, n0))
    return pooled_ratio(one, total, other, rest, dispersion)


def pooled_ratio(y1: Any, n1: Any, y0: Any, n0: Any, dispersion: Any = 1.0) -> tuple[Floats, Floats, Floats]:
    """Return (ratio, low, high) of the rates `y1 / n1` to `y0 / n0`, the same in all strata.

    The half event that is added to either side is shared out by the weights n1 n0 / (n1 + n0). NaN where
    no stratum has both sides.

    >>> ratio, low, high = pooled_ratio([4, 9], [10, 50], [2, 0], [10, 0])
    >>> round(float(ratio), 2)
    1.8

    Reference:
        Rothman, Greenland, Lash (2008), Modern Epidemiology, 15: the Mantel-Haenszel rate ratio, its
        variance by the delta method, with a dispersion that grows with the mean (negative binomial).
    """
    count, total, other, rest = _comparable(y1, n1, y0, n0)
    weight = total * rest / np.maximum(total + rest, 1e-12)
    whole = weight.sum(axis=-1, keepdims=True)
    half = 0.5 * np.divide(weight, whole, out=np.zeros(weight.shape), where=whole > 0)
    count, other = count + half, other + half
    exposure = np.maximum(total + rest, 1e-12)
    above, below = (count * rest / exposure).sum(axis=-1), (other * total / exposure).sum(axis=-1)
    known = (above > 0) & (below > 0)
    nothing = np.full(above.shape, np.nan)
    ratio = np.divide(above, below, out=nothing.copy(), where=known)
    first = (count * (rest / exposure) ** 2).sum(axis=-1)
    second = (other * (total / exposure) ** 2).sum(axis=-1)
    wide, narrow = _dispersions(count, total, other, rest, dispersion)
    variance = np.divide(wide * first, above**2, out=nothing.copy(), where=known)
    variance += np.divide(narrow * second, below**2, out=nothing, where=known)
    spread = np.exp(special.ndtri(0.975) * np.sqrt(variance))
    return ratio, ratio / spread, ratio * spread


def _dispersions(
    count: Floats, total: Floats, other: Floats, rest: Floats, dispersion: Any
) -> tuple[Any, Any]:
    """Return the dispersion on either side: what is beyond Poisson is in proportion to the rate there."""
    one, two = (
        np.divide(
            events.sum(axis=-1), n.sum(axis=-1), out=np.zeros(events.shape[:-1]), where=n.sum(axis=-1) > 0
        )
        for events, n in ((count, total), (other, rest))
    )
    everything = np.maximum(
        (count + other).sum(axis=-1) / np.maximum((total + rest).sum(axis=-1), 1e-12), 1e-12
    )
    return 1 + (dispersion - 1) * one / everything, 1 + (dispersion - 1) * two / everything


def _comparable(*four: Any) -> tuple[Floats, Floats, Floats, Floats]:
    """Return y1, n1, y0, n0 as floats of one shape, 0 in strata without both sides."""
    y1, n1, y0, n0 = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in four))
    both = (n1 > 0) & (n0 > 0)
    return tuple(np.where(both, part, 0.0) for part in (y1, n1, y0, n0))  # type: ignore[return-value]


def dispersion_of(y: Any, n: Any, segment: Any) -> Floats:
    """Return how much more each row of `y` varies than Poisson counts would: at least 1.

    Pearson's chi-square over its degrees of freedom, where each segment of a row has its own rate.

    Args:
        y: counts, series x periods.
        n: exposures by period, or as `y`; periods with an n of 0 were not observed.
        segment: number of the segment, as `y`; 0, 1, ...

    Reference:
        McCullagh, Nelder (1989), Generalized Linear Models, 6.2.
    """
    square, degrees = _chi_square(y, n, segment)
    return np.maximum(square / degrees, 1.0)


def shared_dispersion(y: Any, n: Any, segment: Any) -> Floats:
    """Return the dispersion of each row of `y`, at least what is usual for all rows at its mean count.

    A short row may vary little by luck. Where rates vary by themselves, the variance beyond Poisson is in
    proportion to the square of the mean; its factor is the median over rows, weighted by their counts.
    Arguments as of `dispersion_of`.

    Reference:
        Robinson, Smyth (2007), Moderated statistical tests for assessing differences in tag abundance,
        Bioinformatics 23 (a common dispersion of negative binomial counts).
    """
    counts = np.asarray(y).sum(axis=1)
    square, degrees = _chi_square(y, n, segment)
    beyond = (square - degrees) / np.maximum(counts, 1)
    order = np.argsort(beyond, kind="stable")
    weight = counts[order].cumsum()
    usual = beyond[order][np.searchsorted(weight, weight[-1:] / 2)] if counts.any() else np.zeros(1)
    mean = counts / np.maximum((np.asarray(n) > 0).sum(axis=-1), 1)
    found: Floats = np.maximum.reduce([square / degrees, 1 + usual[:1] * mean, np.ones(len(counts))])
    return found


def _chi_square(y: Any, n: Any, segment: Any) -> tuple[Floats, Floats]:
    """Return Pearson's chi-square of each row, its segments having rates of their own, and its degrees."""
    counts, totals, part = np.asarray(y), np.asarray(n), np.asarray(segment)
    square, segments = np.zeros(len(counts)), np.zeros(len(counts))
    for number in range(int(part.max(initial=0)) + 1):
        mine = np.where(part == number, totals, 0.0)
        whole = mine.sum(axis=1)
        rate = np.where(part == number, counts, 0.0).sum(axis=1) / np.maximum(whole, 1e-12)
        expected = mine * rate[:, None]
        off = np.where(expected > 0, counts - expected, 0.0)
        square += (off**2 / np.maximum(expected, 1e-12)).sum(axis=1)
        segments += whole > 0
    return square, np.maximum((totals > 0).sum(axis=-1) - segments, 1)

"""Intervals, multiple testing and small groups: what several stages count with.

Every function takes scalars or arrays (broadcast against each other) and says NaN where a number is
not defined, never a warning. Sums over rows are exact, so the order of rows plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]
Estimate = tuple[float, float, float]
"""A value with the bounds of its 95 % interval, NaN where one is not known."""

LEVEL = 0.95


def wilson(count: Any, n: Any, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Return the Wilson score interval (low, high) of the shares `count / n`, both within 0..1.

    An `n` of 0 gives NaN.

    >>> [round(float(bound), 3) for bound in wilson(5, 10)]
    [0.237, 0.763]

    Reference:
        Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.
    """
    k, total = _known(count), _known(n)
    z = _normal(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, k / total, np.nan)
        shrink = 1 + z * z / total
        centre = (share + z * z / (2 * total)) / shrink
        half = z / shrink * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low, high = np.where(k == 0, 0.0, centre - half), np.where(k == total, 1.0, centre + half)
    undefined = np.isnan(share)
    return np.where(undefined, np.nan, low), np.where(undefined, np.nan, high)


def mean_interval(values: Any, level: float = LEVEL) -> tuple[float, float, float]:
    """Return (mean, low, high): the mean of the known values and its t interval.

    The bounds are NaN with fewer than 2 values, the mean too without any.

    >>> [round(number, 3) for number in mean_interval([1, 2, 3])]
    [2.0, -0.484, 4.484]

    Reference:
        Student (1908), The probable error of a mean, Biometrika 6.
    """
    data = _known(values).ravel()
    known = data[~np.isnan(data)].tolist()
    n = len(known)
    if n == 0:
        return np.nan, np.nan, np.nan
    mean = fsum(known) / n
    if n == 1:
        return mean, np.nan, np.nan
    error = sqrt(fsum((value - mean) ** 2 for value in known) / (n - 1) / n)
    half = float(special.stdtrit(n - 1, (1 + level) / 2)) * error
    return mean, mean - half, mean + half


def nps_interval(
    promoters: Any, passives: Any, detractors: Any, level: float = LEVEL
) -> tuple[Floats, Floats, Floats]:
    """Return (value, low, high) of the net promoter score in points of -100..100.

    The interval is the normal one after adding one answer of each kind, so that ten promoters and
    nobody else are not a certainty. Without answers all three are NaN.

    >>> [round(float(number), 1) for number in nps_interval(50, 30, 20)]
    [30.0, 14.0, 44.3]

    Reference:
        Rocks (2016), Interval estimation for the net promoter score, The American Statistician 70.
    """
    up, flat, down = np.broadcast_arrays(_known(promoters), _known(passives), _known(detractors))
    n = up + flat + down
    value = np.divide(100 * (up - down), n, out=np.full(n.shape, np.nan), where=n > 0)
    net = (up - down) / (n + 3)
    half = _normal(level) * np.sqrt(((up + down + 2) / (n + 3) - net * net) / (n + 3))
    low, high = 100 * np.maximum(net - half, -1), 100 * np.minimum(net + half, 1)
    return value, np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def mover(parts: Sequence[tuple[float, Estimate]]) -> Estimate:
    """Return (value, low, high) of a sum of independent estimates, each times its coefficient.

    The bounds keep the shape of each estimate's own interval. Of two shares with Wilson intervals, one
    less the other, it is Newcombe's.

    >>> before, after = (0.2, 0.1, 0.35), (0.5, 0.4, 0.6)
    >>> [round(number, 3) for number in mover([(1, after), (-1, before)])]
    [0.3, 0.12, 0.441]

    Reference:
        Zou, Donner (2008), Construction of confidence limits about effect measures, Statistics in
        Medicine 27; Newcombe (1998), Interval estimation for the difference between independent
        proportions, Statistics in Medicine 17.
    """
    values = [weight * value for weight, (value, _, _) in parts]
    bounds = [sorted((weight * low, weight * high)) for weight, (_, low, high) in parts]
    total = fsum(values)
    below = sqrt(fsum((value - low) ** 2 for value, (low, _) in zip(values, bounds, strict=True)))
    above = sqrt(fsum((high - value) ** 2 for value, (_, high) in zip(values, bounds, strict=True)))
    return total, total - below, total + above


def design_effect(values: Any, cluster: Any) -> float:
    """Return how many times wider the variance of a mean is for rows of one `cluster` being alike, >= 1.

    `cluster` holds the number of each row's cluster. With a cluster for each row it is 1. Sums are those
    of products, which are exact for flags and whole numbers.

    Reference:
        Rao, Scott (1992), A simple method for the analysis of clustered binary data, Biometrics 48.
    """
    data, owner = _known(values), np.asarray(cluster)
    n, total = data.size, float(data.sum())
    sums, sizes = np.bincount(owner, weights=data), np.bincount(owner)
    groups = int((sizes > 0).sum())
    alone = float(data @ data) - total * total / max(n, 1)
    if groups < 2 or alone <= 0:
        return 1.0
    mean = total / n
    together = float(sums @ sums) - 2 * mean * float(sums @ sizes) + mean * mean * float(sizes @ sizes)
    return max(together * groups / (groups - 1) / (alone * n / (n - 1)), 1.0)


def benjamini_hochberg(p: Any) -> Floats:
    """Return the q-value of each p-value, order kept; what is NaN was not tested and stays NaN.

    >>> benjamini_hochberg([0.01, 0.04, 0.03, float("nan")]).round(3).tolist()
    [0.03, 0.04, 0.04, nan]

    Reference:
        Benjamini, Hochberg (1995), Controlling the false discovery rate, JRSS B 57.
    """
    values = _known(p)
    q = np.full(values.shape, np.nan)
    tested = ~np.isnan(values)
    if tested.any():
        q[tested] = stats.false_discovery_control(values[tested])
    return q


def points_below_best(values: Any, scale: tuple[float, float], direction: str) -> Floats:
    """Return how many points each answer lies below the best of its `scale`; NaN off the scale.

    `direction` is high_is_good or low_is_good.

    >>> points_below_best([5, 1, 99], (1, 5), "high_is_good").tolist()
    [0.0, 4.0, nan]
    """
    low, high = scale
    known = _known(values)
    points = high - known if direction == "high_is_good" else known - low
    return np.where((points >= 0) & (points <= high - low), points, np.nan)


def withheld(sizes: pd.Series, k: int, unnamed: int = 0) -> list[str]:
    """Return the names of the groups that are not shown, sorted: those with fewer than `k` rows.

    Where these and `unnamed` rows without a group are together fewer than `k`, so that the whole less
    the shown groups would tell them, the next smallest group is withheld too (ties: smallest name).

    >>> withheld(pd.Series({"chat": 90, "fax": 3, "mail": 20}), k=10)
    ['fax', 'mail']
    """
    order = sorted((int(size), str(name)) for name, size in sizes.items())
    hidden = [(size, name) for size, name in order if size < k]
    left = order[len(hidden) :]
    while hidden and left and sum(size for size, _ in hidden) + unnamed < k:
        hidden.append(left.pop(0))
    return sorted(name for _, name in hidden)


def _known(values: Any) -> Floats:
    """Return numbers as floats, missing ones as NaN."""
    if isinstance(values, pd.Series):
        values = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(values, dtype=np.float64)


def _normal(level: float) -> float:
    """Return the two-sided normal quantile of `level`."""
    return float(special.ndtri((1 + level) / 2))


def _share(count: NDArray[np.int64], n: NDArray[np.int64]) -> Floats:
    """Return count / n, NaN for an n of 0."""
    share: Floats = np.divide(count, n, out=np.full(n.shape, np.nan), where=n > 0)
    return share

"""Answers to the score questions: which of them count, what each adds, and what all come to."""

from __future__ import annotations

from collections.abc import Callable
from math import fsum, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from cx_text import config
from cx_text.records import SCORE_COLUMNS
from cx_text.statistics import Estimate, mean_interval, nps_interval, points_below_best, wilson

Floats = NDArray[np.float64]
Estimator = Callable[[Any], Estimate]

UNKNOWN: Estimate = (np.nan, np.nan, np.nan)
SHARES = ("fcr", "fcr_repeat")
"""Metrics of yes and no."""
MEDIANS = {"first_response": "first_response_minutes", "handle": "handle_minutes"}
"""Operational measures, told by their median, and their columns."""


def answers_of(frame: pd.DataFrame, metric: str, settings: config.Config) -> pd.Series:
    """Return the known values of a metric, indexed as the verbatims; scores off their scale are unknown.

    `metric` is csat, nps, ces, fcr (1 where resolved, else 0), first_response or handle (minutes).
    """
    column = {"fcr": "resolved", **MEDIANS}.get(metric, metric)
    values = frame[column].astype("Float64").dropna().astype("float64")
    if metric in SCORE_COLUMNS:
        low, high = getattr(settings.scores, metric).scale
        values = values[(values >= low) & (values <= high)]
    return values


def estimator(metric: str, settings: config.Config) -> Estimator:
    """Return what turns the answers of a metric into (value, low, high)."""
    if metric in MEDIANS:
        return lambda values: median_interval(np.asarray(values, dtype=np.float64))
    if metric == "nps":
        return lambda values: _nps(_below_best(values, metric, settings))
    if metric in SHARES or getattr(settings.scores, metric).method == "top2box":
        return lambda values: share_interval(contributions(values, metric, settings) > 0)
    return mean_interval


def contributions(values: Any, metric: str, settings: config.Config) -> Floats:
    """Return what each answer adds to the metric, which is their mean; not for medians.

    1 or 0 for a share (top2box, fcr, fcr_repeat), 100, 0 or -100 for the net promoter score, else the
    answer itself.

    >>> contributions([9, 7, 3], "nps", config.Config()).tolist()
    [100.0, 0.0, -100.0]
    """
    known = np.asarray(values, dtype=np.float64)
    if metric in SHARES:
        return (known > 0).astype(np.float64)
    method = getattr(settings.scores, metric).method
    if method == "mean":
        return known
    below = _below_best(known, metric, settings)
    best = (below <= 1).astype(np.float64)
    return best if method == "top2box" else 100 * (best - (below >= 4))


def standard_error(values: Any, metric: str, settings: config.Config) -> float:
    """Return the standard error of a metric that is a mean; NaN for a median and for fewer than 2 answers.

    >>> round(standard_error([10, 10, 7, 3], "nps", config.Config()), 1)
    47.9
    """
    if metric in MEDIANS or len(values) < 2:
        return np.nan
    added = contributions(values, metric, settings).tolist()
    mean = fsum(added) / len(added)
    return sqrt(fsum((one - mean) ** 2 for one in added) / (len(added) - 1) / len(added))


def median_interval(values: Floats, level: float = 0.95) -> Estimate:
    """Return (median, low, high): order statistics that hold the median with at least `level`.

    The bounds are NaN with fewer than 6 values (at 95 %), the median too without any.

    >>> median_interval(np.arange(1.0, 11.0))
    (5.5, 2.0, 9.0)

    Reference:
        Conover (1999), Practical Nonparametric Statistics, 3rd edition, 3.2.
    """
    ordered = np.sort(values)
    n = len(ordered)
    if n == 0:
        return UNKNOWN
    median = float((ordered[(n - 1) // 2] + ordered[n // 2]) / 2)
    below = special.bdtr(np.arange(n // 2), n, 0.5)
    cut = int((below <= (1 - level) / 2).sum())
    if cut == 0:
        return median, np.nan, np.nan
    return median, float(ordered[cut - 1]), float(ordered[n - cut])


def share_interval(flags: NDArray[np.bool_]) -> Estimate:
    """Return the share of true flags with its Wilson interval."""
    count, n = int(flags.sum()), len(flags)
    low, high = wilson(count, n)
    return count / n if n else np.nan, float(low), float(high)


def _below_best(values: Any, metric: str, settings: config.Config) -> Floats:
    """Return how many points each answer lies below the best of its scale."""
    score = getattr(settings.scores, metric)
    return points_below_best(values, scale=score.scale, direction=score.direction)


def _nps(steps: Floats) -> Estimate:
    """Return the net promoter score: promoters 0 or 1 point below the best, detractors 4 or more."""
    promoters, detractors = int((steps <= 1).sum()), int((steps >= 4).sum())
    value, low, high = nps_interval(promoters, len(steps) - promoters - detractors, detractors)
    return float(value), float(low), float(high)

"""Scores: CSAT, NPS, CES, first-contact resolution and first response, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from cx_text import config
from cx_text.answers import MEDIANS, SHARES, UNKNOWN, answers_of, estimator, standard_error
from cx_text.records import SCORE_COLUMNS, SCORES, Collection, published
from cx_text.stages.repeats import solved_at_once
from cx_text.statistics import withheld

Estimate = Callable[[pd.Series], Mapping[str, float]]
Metrics = dict[str, dict[str, float | int | None]]

METRICS = (*SCORE_COLUMNS, *SHARES, *MEDIANS)
DIMENSIONS = ("channel", "team", "product")


def scores(collection: Collection, settings: config.Config) -> pd.DataFrame:
    """Return each metric for all, by channel, team and product, and over time, table SCORES.

    `period` is empty for the whole time, else the start of a period (for all and for channels). Cells
    without a value have no row. Only n is shown for a metric with fewer than `scores.minimum` values,
    for a group or period with fewer than `privacy.k`, and for the next smallest group where the
    difference to all would tell; what shows only n for the whole time has no rows by period.
    """
    return SCORES.frame(list(_rows(collection, settings)))


def metrics(collection: Collection, settings: config.Config) -> tuple[Metrics, list[str]]:
    """Return {metric: {value, low, high, n}} of all verbatims, and a warning for each one too thin.

    CSAT is the share (0..1) of the two best answers with its Wilson interval, or the mean on its scale;
    NPS is in points of -100..100; CES a mean with its t interval; fcr the share (0..1) that customers call
    resolved; fcr_repeat that of first contacts after which nobody came back about the same (`solved_at_once`,
    `scores.repeat_days`); first_response and handle medians in minutes. Below `scores.minimum` values the
    numbers are None.
    """
    found: Metrics = {}
    warnings = []
    for metric in METRICS:
        values = _answers(collection, metric, settings)
        n = len(values)
        enough = n >= settings.scores.minimum
        value, low, high = estimator(metric, settings)(values) if enough else UNKNOWN
        found[metric] = {"value": _told(value), "low": _told(low), "high": _told(high), "n": n}
        if 0 < n < settings.scores.minimum:
            warnings.append(_too_few(metric, n, settings))
    return found, warnings


def _answers(collection: Collection, metric: str, settings: config.Config) -> pd.Series:
    """Return the known values of a metric, indexed as the verbatims."""
    if metric == "fcr_repeat":
        return solved_at_once(collection, settings.scores.repeat_days)
    return answers_of(collection.verbatims, metric, settings)


def _too_few(metric: str, n: int, settings: config.Config) -> str:
    """Return the warning of a metric with too few values, with the flag that may mend it."""
    few = f"{metric}: {n} values are fewer than the {settings.scores.minimum} that a number needs"
    if metric not in SCORE_COLUMNS:
        return f"{few}; it stays empty"
    low, high = getattr(settings.scores, metric).scale
    return (
        f"{few}; if there are more, set [scores.{metric}] scale (now {low:g} to {high:g}) or "
        f'--map {metric}="HEADER"'
    )


def _rows(collection: Collection, settings: config.Config) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of SCORES: by metric, then scope, then period."""
    for metric in METRICS:
        values = _answers(collection, metric, settings)
        estimate = partial(_estimate, metric=metric, settings=settings)
        shown = len(values) >= settings.scores.minimum
        for scope, mine, safe in _scopes(collection.verbatims, values, settings.privacy.k):
            told = estimate if shown and safe else None
            yield _row(metric, scope, "", mine, told)
            if told and scope.startswith(("all", "channel=")):
                yield from _over_time(collection, metric, scope, mine, told, settings.privacy.k)


def _scopes(frame: pd.DataFrame, values: pd.Series, k: int) -> Iterator[tuple[str, pd.Series, bool]]:
    """Yield (scope, values, whether they may be shown) for all and each group that has values."""
    if values.empty:
        return
    yield "all", values, True
    for dimension in DIMENSIONS:
        group = frame[dimension].reindex(values.index)
        sizes = group.value_counts()
        hidden = withheld(sizes, k, int(group.isna().sum()))
        for name in sorted(sizes.index):
            yield f"{dimension}={name}", values[group == name], name not in hidden


def _estimate(values: pd.Series, metric: str, settings: config.Config) -> Mapping[str, float]:
    """Return value, low, high and standard error of a metric."""
    value, low, high = estimator(metric, settings)(values)
    error = standard_error(values, metric, settings)
    return {"value": value, "low": low, "high": high, "error": error}


def _over_time(
    collection: Collection, metric: str, scope: str, values: pd.Series, estimate: Estimate, k: int
) -> Iterator[Mapping[str, Any]]:
    """Yield a row for each period with values; one with fewer than `k` shows its n only."""
    period = collection.verbatims["period"].reindex(values.index)
    for number, start in enumerate(collection.periods):
        mine = values[period == number]
        if len(mine):
            yield _row(metric, scope, start, mine, estimate if len(mine) >= k else None)


def _row(
    metric: str, scope: str, period: str, values: pd.Series, estimate: Estimate | None
) -> Mapping[str, Any]:
    """Return one row of SCORES, without a value where there is no estimate."""
    numbers = estimate(values) if estimate else {}
    return {"metric": metric, "scope": scope, "period": period, "n": len(values), **numbers}


def _told(number: float) -> float | None:
    """Return a number as it is published, None where it is not known."""
    return None if np.isnan(number) else float(published(number))

"""The part of a night that counts rows and raises alerts, without the rest of its report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from cx_text.config import Config
from cx_text.records import ALERT_HISTORY, COACHING, Collection, Scored
from cx_text.stages.alerts import raise_alerts
from cx_text.stages.issues import find_issues
from cx_text.stages.periods import collect, without
from planting.drawing import Export
from planting.plain import plain_issues


def collected(scored: Scored, catalogue: pd.DataFrame, config: Config) -> Collection:
    """Return rows as `pipeline.find` counts them: by theme, not by parent."""
    everything, _ = collect(scored, catalogue, config)
    return without(everything, frozenset(everything.catalogue["parent_theme_id"].dropna()))


def issues_of(collection: Collection, config: Config) -> pd.DataFrame:
    """Return table ISSUES."""
    return find_issues(collection, config.issues, config.privacy.k)


def new_alerts(
    export: Export, catalogue: pd.DataFrame, config: Config, days: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """Yield how many new alerts about issues cx_text and the plain method raise on each of `days`."""
    known = ALERT_HISTORY.frame()
    plain: set[tuple[str, str]] = set()
    for day in days:
        collection = collected(export.until(day), catalogue, config)
        alerts = raise_alerts(collection, issues_of(collection, config), COACHING.frame(), (), known, config)
        known = _remembered(known, alerts, collection.now)
        told = plain_issues(collection)
        told = told[told["status"] == "emerging"]
        said = set(zip(told["theme_id"], told["scope"], strict=True))
        fresh = alerts[(alerts["state"] == "new") & (alerts["kind"] == "issue")]
        yield len(fresh), len(said - plain)
        plain = said


def _remembered(known: pd.DataFrame, alerts: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Return the alerts of all nights so far, table ALERT_HISTORY."""
    told = alerts[["alert_id", "kind", "created_at"]].assign(last=now)
    return ALERT_HISTORY.frame(pd.concat([told, known]).drop_duplicates("alert_id"))

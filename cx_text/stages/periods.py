"""Scored rows -> a `Collection`: the window, days or weeks without gaps, one link a verbatim x theme."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.counting import commonest
from cx_text.records import COUNTED, LINKS, Collection, Scored
from cx_text.stages.naming import Roster
from cx_text.text import digest_of, length, text_key

WEEKLY_FROM_DAYS = 56
"""A history at least this long is told by week, a shorter one by day."""

STRAY_SHARE = 0.01
EVENING = 20
"""Hour from which a day counts as observed to its end."""


def collect(scored: Scored, catalogue: pd.DataFrame, config: Config) -> tuple[Collection, list[str]]:
    """Return the rows of the report's window as a `Collection`, and warnings in plain words.

    "Now" is the end of the newest period in the data; stray rows far behind all others do not move
    it. Rows without a date stay in, with period -1.
    """
    rows = counted(scored.verbatims).sort_values(["created_at", "verbatim_id"], ignore_index=True)
    start, usual, days, stray = _dated(rows["created_at"], config)
    kept = _recent(start, config)
    rows, start, usual = rows[kept].reset_index(drop=True), start[kept], usual[kept]
    periods = calendar(start, days)
    rows["period"] = period_numbers(start, periods)
    # A person may have corrected whose contact it was.
    rows["named_agent"] = rows["named_agent"].mask(rows["named_agent"] == rows["agent"])
    rows["day"] = _day_numbers(usual, periods)
    far = f"{int(stray.sum())} rows lie far after all others; trends leave them out"
    links = link(rows, scored.mentions)
    collection = Collection(
        verbatims=rows,
        links=links,
        catalogue=_spoken(catalogue, links["theme_id"].unique()),
        periods=tuple(day.strftime("%Y-%m-%d") for day in periods),
        period_days=days,
        last_complete=observed_to_its_end(usual, days),
        days=int(max(rows["day"], default=-1)) + observed_to_its_end(usual, 1),
    )
    return collection, [far] if stray.any() else []


def counted(verbatims: pd.DataFrame) -> pd.DataFrame:
    """Return table VERBATIMS as table COUNTED; what is COUNTED already is returned as it is."""
    if "text" not in verbatims:
        return verbatims
    texts = verbatims["text"].fillna("")
    keys = [digest_of(text_key(text)) for text in texts]
    told = verbatims.drop(columns="text").assign(text_key=keys, length=texts.map(length))
    roster = Roster.of(verbatims["agent"].dropna())
    return COUNTED.frame(told.assign(named_agent=roster.others(texts, verbatims["agent"])))


def in_window(verbatims: pd.DataFrame, config: Config) -> pd.DataFrame:
    """Return the rows of the report's window by (created_at, verbatim_id), as `collect` takes them."""
    rows = verbatims.sort_values(["created_at", "verbatim_id"], ignore_index=True)
    return rows[_recent(_dated(rows["created_at"], config)[0], config)].reset_index(drop=True)


def _dated(times: pd.Series, config: Config) -> tuple[pd.Series, pd.Series, int, pd.Series]:
    """Return for sorted times: start of the period, local time, days of a period, flags of stray rows."""
    local = times.dt.tz_convert(config.input.timezone)
    stray = stray_rows(local)
    usual = local.mask(stray)
    days = period_days(usual, config.issues.period)
    return period_start(usual, days), usual, days, stray


def _recent(start: pd.Series, config: Config) -> np.ndarray:
    """Return which rows lie in the report's window; those without a date do."""
    recent: np.ndarray = ~(start < start.max() - pd.Timedelta(weeks=config.report.window)).to_numpy()
    return recent


def _spoken(catalogue: pd.DataFrame, said: Iterable[str]) -> pd.DataFrame:
    """Return the themes that somebody speaks of, and the parents of two of these or more."""
    mine = catalogue["theme_id"].isin(said)
    children = catalogue.loc[mine, "parent_theme_id"].value_counts()
    parents = children.index[children > 1]
    told = catalogue[mine | catalogue["theme_id"].isin(parents)].reset_index(drop=True)
    return told.assign(parent_theme_id=told["parent_theme_id"].where(told["parent_theme_id"].isin(parents)))


def without(collection: Collection, muted: AbstractSet[str]) -> Collection:
    """Return the collection as if nobody had spoken of the `muted` themes."""
    links = collection.links[~collection.links["theme_id"].isin(muted)].reset_index(drop=True)
    catalogue = collection.catalogue[~collection.catalogue["theme_id"].isin(muted)].reset_index(drop=True)
    return replace(collection, links=links, catalogue=catalogue)


def stray_rows(local: pd.Series) -> pd.Series:
    """Return flags of rows (at most 1 %) that lie after a gap longer than all the time before it."""
    times = local.dropna()
    late = pd.Series(data=False, index=local.index)
    if len(times) < 2:
        return late
    gaps = times.diff()
    before = times.shift() - times.iloc[0]
    wide = (gaps > before) & (before > pd.Timedelta(days=1))
    for label in times.index[wide]:
        behind = times.index[times.index >= label]
        if len(behind) <= STRAY_SHARE * len(local):
            late[behind] = True
            break
    return late


def period_days(local: pd.Series, setting: str) -> int:
    """Return the length of a period: 1 or 7 days; `auto` takes weeks for 8 weeks and more."""
    if setting != "auto":
        return {"day": 1, "week": 7}[setting]
    span = local.max() - local.min()
    return 7 if pd.notna(span) and span.days >= WEEKLY_FROM_DAYS else 1


def period_start(local: pd.Series, days: int) -> pd.Series:
    """Return the first day (naive midnight) of each row's period; weeks begin on Monday."""
    day = local.dt.tz_localize(None).dt.normalize()
    return day - pd.to_timedelta(day.dt.day_of_week, unit="D") if days == 7 else day


def calendar(start: pd.Series, days: int) -> list[pd.Timestamp]:
    """Return every period from the first to the last, without gaps; none without dates."""
    if start.notna().sum() == 0:
        return []
    return list(pd.date_range(start.min(), start.max(), freq=f"{days}D"))


def period_numbers(start: pd.Series, periods: list[pd.Timestamp]) -> np.ndarray:
    """Return each row's position in `periods`, -1 without a date."""
    return pd.Index(periods).get_indexer(pd.Index(start)) if periods else np.full(len(start), -1)


def _day_numbers(local: pd.Series, periods: list[pd.Timestamp]) -> np.ndarray:
    """Return each row's number of days since the start of the first period, -1 without a date."""
    if not periods:
        return np.full(len(local), -1)
    days = (local.dt.tz_localize(None).dt.normalize() - periods[0]).dt.days
    return np.asarray(days.fillna(-1), dtype=np.int64)


def observed_to_its_end(local: pd.Series, days: int) -> bool:
    """Return whether the newest period was seen to its end: the last weekday, or the evening."""
    newest = local.max()
    if pd.isna(newest):
        return False
    dates_only = bool((local.dropna().dt.normalize() == local.dropna()).all())
    return newest.weekday() == 6 if days == 7 else dates_only or newest.hour >= EVENING


def link(rows: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Return one row a verbatim x theme, table LINKS, from all of its mentions."""
    row = pd.Index(rows["verbatim_id"]).get_indexer(mentions["verbatim_id"])
    known = mentions[row >= 0].assign(row=row[row >= 0])
    grouped = known.groupby(["row", "theme_id"], sort=True)
    links = grouped.agg(sentiment=("sentiment", "mean"), confidence=("confidence", "max"))
    changers = commonest(known, ["row", "theme_id"], "attribution")["attribution"]
    return LINKS.frame(links.assign(attribution=changers.reindex(links.index)).reset_index())

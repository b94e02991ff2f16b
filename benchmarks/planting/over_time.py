"""One seed of what happens over time: issues, alarms, drivers and ranks, each beside the plain method."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.pipeline import find
from cx_text.records import Collection, Scored
from cx_text.stages.drivers import find_drivers
from planting.company import Stock, stock_of
from planting.drawing import Export, drawn
from planting.judging import (
    CHANGES,
    Record,
    effects_of,
    ids_of,
    judged_drivers,
    judged_issues,
    moved_themes,
    rank_agreement,
    true_effects,
)
from planting.nights import collected, issues_of, new_alerts
from planting.plain import plain_drivers, plain_issues
from planting.scenarios import CALENDARS, DAILY, EMPTY, PLANTED, WEEKLY, Calendar, eventful, quiet

OURS, MERGED, UNDERSTOOD, PLAIN = "cx_text", "cx_text, themes merged", "true themes", "plain"
LOOKED = 9
"""Days after its start on which the new problem is looked for."""
NIGHTS = {"weekly": [7 * week + 6 for week in range(13, 26)], "daily": list(range(35, 49))}
DROPPED = 0.05

Tables = dict[str, list[Record]]


@dataclass(frozen=True)
class Reading:
    """A reader of comments: what it found in the stock, and which method tells of it."""

    method: str
    stock: Stock

    def collected(self, export: Export, config: Config, day: int | None = None) -> Collection:
        """Return the rows of `export` up to `day` as counted."""
        return collected(
            export.until(day) if day is not None else export.scored, self.stock.catalogue, config
        )

    def issues(self, collection: Collection, config: Config) -> pd.DataFrame:
        """Return what the method tells."""
        return plain_issues(collection) if self.method == PLAIN else issues_of(collection, config)


def trial(path: Path, seed: int) -> Tables:
    """Return the records of one seed, by table, from the stock kept at `path`."""
    stock, config = stock_of(path), Config(seed=seed)
    readings = (Reading(OURS, stock), Reading(UNDERSTOOD, stock.understood), Reading(PLAIN, stock))
    tables: Tables = defaultdict(list)
    for calendar in CALENDARS:
        export = drawn(eventful(calendar, stock), stock, seed)
        for reading in readings:
            heard = export.retold(reading.stock)
            _events(tables, calendar, heard, reading, config)
            if calendar is DAILY:
                tables["detection"].append(_detection(heard, reading, config))
        _empty(tables, calendar, readings, config)
        _alarms(tables, calendar, stock, config)
    _drivers(tables, drawn(quiet(WEEKLY), stock, seed), stock, config)
    return {name: [{"seed": seed, **one} for one in rows] for name, rows in tables.items()}


def _events(tables: Tables, calendar: Calendar, export: Export, reading: Reading, config: Config) -> None:
    """Add what is said of an export in which something happens."""
    issues = reading.issues(reading.collected(export, config), config)
    moved = moved_themes(export, reading.stock.themes)
    for record in judged_issues(issues, PLANTED, reading.stock.holders, moved):
        tables["issues"].append({"export": calendar.name, "method": reading.method, **record})
    touched = ids_of([*(one.theme for one in PLANTED), *moved], reading.stock.holders)
    _note(tables, calendar.name, reading, issues[~issues["theme_id"].isin(touched)])


def _empty(tables: Tables, calendar: Calendar, readings: Sequence[Reading], config: Config) -> None:
    """Add what is said of exports of which nothing should be said."""
    for name, plan in EMPTY.items():
        export = drawn(plan(calendar), readings[0].stock, config.seed)
        for reading in readings:
            collection = reading.collected(export.retold(reading.stock), config)
            issues = reading.issues(collection, config)
            raised = int(issues["status"].isin(CHANGES).sum())
            where = f"{calendar.name} {name}"
            tables["nothing"].append({"export": where, "method": reading.method, "raised": raised})
            _note(tables, where, reading, issues)


def _note(tables: Tables, export: str, reading: Reading, issues: pd.DataFrame) -> None:
    """Add the false issues of one export, to be looked at one by one."""
    told = issues[issues["status"].isin(CHANGES)] if reading.method != PLAIN else issues[:0]
    for row in told.to_dict("records"):
        names = ("theme_id", "label", "status", "scope", "count", "rate_ratio", "q_value")
        tables["false"].append(
            {"export": export, "method": reading.method, **{name: row[name] for name in names}}
        )


def _alarms(tables: Tables, calendar: Calendar, stock: Stock, config: Config) -> None:
    """Add the alarms of night after night with no news."""
    nights = NIGHTS[calendar.name]
    export = drawn(quiet(calendar), stock, config.seed)
    ours, plain = zip(*new_alerts(export, stock.catalogue, config, nights), strict=True)
    weeks = len(nights) / (1 if calendar is WEEKLY else 7)
    for method, alarms in ((OURS, ours), (PLAIN, plain)):
        row = {"export": calendar.name, "method": method, "weeks": weeks}
        tables["alarms"].append({**row, "alarms": sum(alarms), "most": max(alarms)})


def _detection(export: Export, reading: Reading, config: Config) -> Record:
    """Return the number of days after which the new problem is told of; infinite: not in time."""
    start = DAILY.emerging - 1
    found = (day for day in range(1, LOOKED + 1) if _is_out(export, start + day, reading, config))
    return {"method": reading.method, "days": next(found, np.inf)}


def _is_out(export: Export, day: int, reading: Reading, config: Config) -> bool:
    """Return whether the new problem is told of with the rows up to `day`."""
    issues = reading.issues(reading.collected(export, config, day), config)
    holders = reading.stock.holders["code"]
    return bool((issues["status"].isin(["emerging", "returned"]) & issues["theme_id"].isin(holders)).any())


def _drivers(tables: Tables, export: Export, stock: Stock, config: Config) -> None:
    """Add effects with their intervals, and how steady the ranks are."""
    understood = stock.understood
    truth = true_effects(stock, export.drawn)
    found = find(export.scored, stock.catalogue, config)
    told = collected(export.scored, stock.catalogue, config)
    heard = collected(export.retold(understood).scored, understood.catalogue, config)
    effects: Sequence[tuple[str, Stock, pd.DataFrame]] = (
        (OURS, stock, effects_of(found.drivers)),
        (MERGED, understood, effects_of(find_drivers(merged(told, stock), config))),
        (UNDERSTOOD, understood, effects_of(find_drivers(heard, config))),
        (PLAIN, stock, plain_drivers(told)),
    )
    for method, read, table in effects:
        for record in judged_drivers(table, truth, read.holders):
            tables["drivers"].append({"method": method, **record})
    kept = np.random.default_rng(config.seed).random(len(export.day)) >= DROPPED
    rows, mentions = export.scored.verbatims[kept], export.scored.mentions
    fewer = Scored(rows, mentions[mentions["verbatim_id"].isin(rows["verbatim_id"])])
    again = find(fewer, stock.catalogue, config)
    tables["ranks"].append({"tau": rank_agreement(_leaves(found.themes), _leaves(again.themes))})


def merged(collection: Collection, stock: Stock) -> Collection:
    """Return the collection as if people had merged the learned themes that stand for one theme."""
    name = {one: theme for theme, ids in stock.holders.items() for one in ids}
    links = collection.links.assign(theme_id=collection.links["theme_id"].map(name).astype("str"))
    links = links.drop_duplicates(["row", "theme_id"]).reset_index(drop=True)
    return replace(collection, links=links, catalogue=stock.understood.catalogue)


def _leaves(themes: pd.DataFrame) -> pd.DataFrame:
    """Return the themes that are no parent of others."""
    return themes[~themes["theme_id"].isin(themes["parent_theme_id"].dropna())]

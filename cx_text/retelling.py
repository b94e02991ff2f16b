"""Reports told again between nights: that of a kept run, or of a part of the comments; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from cx_text.account import Account, Ledger
from cx_text.config import Config
from cx_text.copying import near_copies
from cx_text.errors import UsageError, WorkspaceError
from cx_text.explaining import Source, read_source
from cx_text.explaining.source import unknown
from cx_text.pipeline import compared, find, newest_time, quotes
from cx_text.publishing import delivered
from cx_text.records import GROUPS, REJECTED, SUBSTANTIVE, Result, Scored, attributes
from cx_text.reports import publish
from cx_text.reports.changed_told import change_section
from cx_text.store import Workspace
from cx_text.store.disk import damaged
from cx_text.store.opening import REPORTS

PREVIOUS = "previous"
RUNS, NAMED = 5, 8
"""Runs, and values, named where one is not known."""
COLUMNS = (*(name for name in GROUPS if name != "customer_id"), "language")
"""Columns that part the comments, beside kept attributes; one customer is no part."""


@dataclass(frozen=True)
class Part:
    """A part of the comments: those with all of `where`, from the day `since` to the day `until`.

    Attributes:
        since, until: the first and the last day in the configured zone; None: no bound.
        where: a value by column, as people call the columns.
    """

    since: date | None = None
    until: date | None = None
    where: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return what the part is called, such as ``product=Fibre, 2025-09-01 to 2025-09-30``."""
        days = {
            (True, True): f"{self.since} to {self.until}",
            (True, False): f"since {self.since}",
            (False, True): f"until {self.until}",
            (False, False): "",
        }[self.since is not None, self.until is not None]
        values = [f"{column}={value}" for column, value in self.where.items()]
        return ", ".join([*values, *([days] if days else [])])


@dataclass(frozen=True)
class Retold:
    """A report told again.

    Attributes:
        record: the content of its ``run.json``.
        folder: where it lies.
        said: what changed, in sentences.
    """

    record: Mapping[str, Any]
    folder: Path
    said: Sequence[str] = ()


def kept_run(workspace: Path, run_id: str, output: Path | None = None) -> Retold:
    """Return the report of a kept run, of the last one where `run_id` is empty; copied to `output`.

    Raises:
        UsageError: E_RUN, there is no such run, or its report is gone.
        WorkspaceError: there is no workspace, it is damaged, or it had no run yet.
    """
    with Workspace.open(workspace, write=False) as space:
        runs = {str(record["run_id"]): record for record in space.runs()}
        if not runs:
            raise WorkspaceError(
                "E_NO_RUN", "there was no run yet", "call `cx-text run` first", str(workspace)
            )
        name = run_id or list(runs)[-1]
        if name not in runs:
            last = ", ".join(list(runs)[-RUNS:])
            raise UsageError("E_RUN", f"there is no run '{name}'", f"the last runs are {last}")
        folder = workspace / REPORTS / name
        if not (folder / "run.json").is_file():
            raise UsageError(
                "E_RUN", f"the report of {name} is gone", "call `cx-text repair`, or tell a part by --since"
            )
        if name in space.published() and not space.is_intact(name):
            raise damaged(folder, "the report was changed", "call `cx-text repair`")
        return Retold(runs[name], delivered(space, folder, output))


def told_part(workspace: Path, part: Part, against: str, output: Path) -> Retold:
    """Return the report of a part of the comments, published to `output`.

    Args:
        workspace: the folder that holds all state.
        part: which comments.
        against: what is compared: nothing where empty (then the newest weeks of the part with those
            before); ``previous``, the equally long time before; or ``COLUMN=VALUE``, the comments with
            that value in place of the part's own.
        output: the folder.

    Raises:
        UsageError: a column, value or part is not known, or a part has too few comments.
        WorkspaceError: there is no workspace, it is damaged, or it has not learned yet.
    """
    teller = Teller(read_source(workspace))
    part = teller.dated(part) if against == PREVIOUS else teller.known(part)
    other = teller.other(part, against) if against else None
    result, config = teller.result(part, other)
    with Workspace.open(workspace, write=False) as space:
        space.note_copy("output", output)
    publish(result, output, config)
    changed = change_section(result, config)
    return Retold(result.record, output, [*changed.scores, *changed.themes])


@dataclass(frozen=True)
class Teller:
    """Tells a part of a workspace."""

    source: Source

    def known(self, part: Part) -> Part:
        """Return the part, of which every column and value is known.

        Raises:
            UsageError: E_UNKNOWN, the nearest is named; E_PART, its end is before its beginning.
        """
        if part.since and part.until and part.until < part.since:
            wrong = f"--until {part.until} is before --since {part.since}"
            raise UsageError("E_PART", wrong, "give the earlier day as --since")
        for column, value in part.where.items():
            values = sorted(set(self._column(column).dropna()))
            if value not in values:
                unknown(column, value, values, f"known are {', '.join(values[:NAMED])}")
        return part

    def _column(self, name: str) -> pd.Series:
        """Return the values of a column, which people may call without the prefix of attributes."""
        rows = self.source.rows.verbatims
        kept = attributes(rows.columns)
        known = {one.removeprefix("attr_"): one for one in kept} | {one: one for one in (*kept, *COLUMNS)}
        if name not in known:
            unknown("column", name, known, f"choose one of {', '.join(sorted(known))}")
        return rows[known[name]]

    def dated(self, part: Part) -> Part:
        """Return the part from its first to its last day; without days the newest complete weeks."""
        part = self.known(part)
        if part.since and part.until:
            return part
        if part.since or part.until:
            wrong = f"--compare {PREVIOUS} needs both ends of a time, or none"
            raise UsageError("E_PART", wrong, "give --since and --until")
        time = newest_time(self.source.rows, self.source.taxonomy.catalogue, self.source.config)
        if time is None:
            raise UsageError(
                "E_PART", "there are no two complete weeks to compare", "give --since and --until"
            )
        return replace(part, since=date.fromisoformat(time[0]), until=date.fromisoformat(time[1]))

    def other(self, part: Part, against: str) -> Part:
        """Return what a part is compared with."""
        if against == PREVIOUS and part.since and part.until:
            last = part.since - timedelta(days=1)
            return replace(part, since=last - (part.until - part.since), until=last)
        column, sign, value = against.partition("=")
        if not sign or column not in part.where or part.where[column] == value:
            raise UsageError(
                "E_PART",
                f"--compare {against} names no other part",
                f"write --compare {PREVIOUS}, or --compare COLUMN=VALUE beside --where COLUMN=OTHER",
            )
        return self.known(replace(part, where={**part.where, column: value}))

    def rows(self, part: Part) -> Scored:
        """Return the comments of a part.

        Raises:
            UsageError: E_SMALL, there are fewer than a report may be told of.
        """
        rows, least = self.source.rows.verbatims, self.source.config.privacy.k
        wanted = pd.Series(data=True, index=rows.index)
        day = rows["created_at"].dt.tz_convert(self.source.config.input.timezone).dt.tz_localize(None)
        if part.since:
            wanted &= day >= pd.Timestamp(part.since)
        if part.until:
            wanted &= day < pd.Timestamp(part.until + timedelta(days=1))
        for column, value in part.where.items():
            wanted &= (self._column(column) == value).fillna(value=False)
        n = int(rows.loc[wanted, "status"].isin(SUBSTANTIVE).sum())
        if n < least:
            raise UsageError("E_SMALL", f"{part} has {n} comments with content", f"{least} are the least")
        ids = set(rows.loc[wanted, "verbatim_id"])
        return self._with_ids(ids)

    def _with_ids(self, ids: AbstractSet[str]) -> Scored:
        """Return some of all comments with their mentions."""
        tables = (self.source.rows.verbatims, self.source.rows.mentions)
        return Scored(*(one[one["verbatim_id"].isin(ids)].reset_index(drop=True) for one in tables))

    def result(self, part: Part, other: Part | None) -> tuple[Result, Config]:
        """Return all that a report of a part tells, and the settings that it is told with."""
        source = self.source
        catalogue, muted = source.taxonomy.catalogue, source.taxonomy.muted
        rows = self.rows(part)
        config = _wide(source.config, rows) if part.since or part.until else source.config
        findings = find(rows, catalogue, config, muted=muted, notes=source.taxonomy.notes)
        if other is not None:
            before = self.rows(other)
            ids = [frozenset(one.verbatims["verbatim_id"]) for one in (before, rows)]
            both = self._with_ids(ids[0] | ids[1])
            sides = [(str(one), mine) for one, mine in zip((other, part), ids, strict=True)]
            by = next((column for column in part.where if part.where[column] != other.where[column]), "")
            changes = compared(both, catalogue, _wide(config, both), sides, muted, by)
            findings = replace(findings, changes=changes)
        copies = near_copies(rows.verbatims, config)
        n = len(rows)
        account = Account(source.run_id, [], Ledger(read=n, accepted=n), {}, [], copies)
        told = {"name": str(part), "against": str(other or ""), "n": n}
        record = account.record(rows, findings, source.model, config) | {"scope": "part", "part": told}
        return Result(rows, findings, REJECTED.frame(), record, quotes(rows, findings, copies)), config


def _wide(config: Config, rows: Scored) -> Config:
    """Return settings with a window that holds all rows."""
    times = rows.verbatims["created_at"].dropna()
    weeks = 2 + (times.max() - times.min()).days // 7 if len(times) else 1
    window = max(config.report.window, weeks)
    return msgspec.structs.replace(config, report=msgspec.structs.replace(config.report, window=window))

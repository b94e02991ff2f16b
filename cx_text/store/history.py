"""What a workspace remembers of its nights: roster, themes, findings and runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cx_text.records import (
    ALERT_HISTORY,
    ALERTS,
    CATALOGUE,
    ISSUE_HISTORY,
    ISSUES,
    RUN_HISTORY,
    Kind,
    Past,
    Table,
)
from cx_text.store.cells import cells, column, compact, turned
from cx_text.store.state import State

THEME_HISTORY = Table("theme history", {**CATALOGUE.columns, "status": Kind.TEXT, "born": Kind.TEXT})
"""All themes there ever were: CATALOGUE, `status` active or retired, `born` (run_id)."""

_DIGITS = re.compile(r"\d+")


class History(State):
    """The memory of a workspace beyond its rows."""

    def add_agents(self, names: Iterable[str]) -> None:
        """Add names to the roster; blank ones are none."""
        rows = [(name,) for name in names if name.strip()]
        with self.transaction():
            self.change_many("INSERT OR IGNORE INTO agents (agent) VALUES (?)", rows)

    def themes(self) -> pd.DataFrame:
        """Return all themes there ever were, ordered by theme_id; table THEME_HISTORY."""
        return self._frame(THEME_HISTORY, "themes", "theme_id")

    def keep_themes(self, catalogue: pd.DataFrame, run_id: str) -> None:
        """Make `catalogue` (table CATALOGUE) the themes in use; those not in it are retired, not lost."""
        frame = CATALOGUE.frame(catalogue)
        columns = [cells(frame[name], kind) for name, kind in CATALOGUE.columns.items()]
        numbers = [_number(theme) for theme in frame["theme_id"]]
        with self.transaction():
            self.change("UPDATE themes SET status = 'retired'")
            self.change_many(
                "INSERT INTO themes"
                " (theme_id, label, keywords, size, stability, parent_theme_id, number, status, born)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?)"
                " ON CONFLICT (theme_id) DO UPDATE SET label = excluded.label, keywords = excluded.keywords,"
                " size = excluded.size, stability = excluded.stability,"
                " parent_theme_id = excluded.parent_theme_id, status = excluded.status",
                zip(*columns, numbers, [run_id] * len(frame), strict=True),
            )

    def next_theme_number(self) -> int:
        """Return a number above that of every theme there ever was, 1 at first."""
        return int(self.select("SELECT COALESCE(MAX(number), 0) + 1 FROM themes")[0][0])

    def note_learning(self, run_id: str) -> None:
        """Remember in which run the model in use was learned."""
        self.change("INSERT OR REPLACE INTO facts (name, value) VALUES ('learned', ?)", (run_id,))

    def learned_in(self) -> str:
        """Return the run in which the model in use was learned, empty before any."""
        found = self.select("SELECT value FROM facts WHERE name = 'learned'")
        return str(found[0][0]) if found else ""

    def past(self) -> Past:
        """Return what finished runs told: runs by number, issues by run and issue, alerts by id."""
        last = "(SELECT alert_id, kind, MIN(created_at) AS created_at, MAX(now) AS last"
        return Past(
            self._frame(RUN_HISTORY, "runs", "number"),
            self._frame(ISSUE_HISTORY, "issues JOIN runs USING (run_id)", "number, issue_id"),
            self._frame(
                ALERT_HISTORY, f"{last} FROM alerts JOIN runs USING (run_id) GROUP BY alert_id)", "alert_id"
            ),
        )

    def keep_findings(self, run_id: str, issues: pd.DataFrame, alerts: pd.DataFrame) -> None:
        """Remember issues and alerts of a run (tables ISSUES and ALERTS) in place of what it said before."""
        named = [name for name in ISSUE_HISTORY.columns if name != "run_id"]
        with self.transaction():
            self.change("DELETE FROM issues WHERE run_id = ?", (run_id,))
            self.change("DELETE FROM alerts WHERE run_id = ?", (run_id,))
            self._insert("issues", run_id, issues[named], ISSUES)
            self._insert("alerts", run_id, alerts[["alert_id", "kind", "created_at"]], ALERTS)

    def _insert(self, name: str, run_id: str, frame: pd.DataFrame, table: Table) -> None:
        """Add the rows of `frame`, columns of `table`, to the SQL table `name` as what a run said."""
        columns = ", ".join(frame.columns)
        marks = ", ".join("?" * (1 + len(frame.columns)))
        values = [cells(frame[one], table.columns[one]) for one in frame.columns]
        self.change_many(
            f"INSERT INTO {name} (run_id, {columns}) VALUES ({marks})",  # noqa: S608  our own names
            zip([run_id] * len(frame), *values, strict=True),
        )

    def next_run_id(self) -> str:
        """Return the id after that of the last finished run: a run that was killed is taken up again."""
        number = int(self.select("SELECT COALESCE(MAX(number), 0) + 1 FROM runs")[0][0])
        return f"R{number:06d}"

    def finish_run(self, run_id: str, record: Mapping[str, Any], now: pd.Timestamp = pd.NaT) -> None:
        """Keep the record of a run (the content of ``run.json``); with it the run is finished.

        `now` is the newest moment that it observed.
        """
        self.change(
            "INSERT OR REPLACE INTO runs (number, run_id, record, now) VALUES (?, ?, ?, ?)",
            (
                _number(run_id),
                run_id,
                compact(dict(record), ordered=False),
                *cells(RUN_HISTORY.frame({"now": [now]})["now"], Kind.TIME),
            ),
        )

    def last_run(self) -> dict[str, Any] | None:
        """Return the record of the last finished run; None before the first."""
        newest = self.select("SELECT record FROM runs ORDER BY number DESC LIMIT 1")
        return _record(newest[0][0]) if newest else None

    def runs(self) -> list[dict[str, Any]]:
        """Return the records of all finished runs, the oldest first."""
        return [_record(text) for (text,) in self.select("SELECT record FROM runs ORDER BY number")]

    def _frame(self, table: Table, name: str, order: str) -> pd.DataFrame:
        """Return the SQL table `name` as our `table`."""
        columns = ", ".join(f'"{one}"' for one in table.columns)
        answer = self.select(f"SELECT {columns} FROM {name} ORDER BY {order}")  # noqa: S608  our own names
        values = zip(table.columns.items(), turned(answer, len(table.columns)), strict=True)
        return table.frame({one: column(cell, kind) for (one, kind), cell in values})


def _number(name: str) -> int:
    """Return the number in an id such as ``R000012`` or ``T12``; the last one, 0 without any."""
    return int((_DIGITS.findall(name) or ["0"])[-1])


def _record(text: str) -> dict[str, Any]:
    """Return a kept run record."""
    record: dict[str, Any] = json.loads(text)
    return record

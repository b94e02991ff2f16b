"""What a person sees in the terminal: progress on stderr, the first themes as a table."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

QUIET_SECONDS = 2.0
STAGES = {
    "read": "Reading",
    "learn": "Learning themes",
    "score": "Scoring",
    "report": "Finding and reporting",
}


class Progress:
    """Bars on stderr, one a stage, for work of more than two seconds; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        """Wait quietly."""
        self._bars = Bars(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True)
        )
        self._tasks: dict[str, TaskID] = {}
        self._begun = time.monotonic()
        self._shown = False

    def __enter__(self) -> Self:
        """Return the listener."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bars as they stand."""
        if self._shown:
            self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` of a stage are done; a total of 0 is not known."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(STAGES.get(stage, stage), total=total or None)
        self._bars.update(self._tasks[stage], completed=done, total=total or None)
        slow = time.monotonic() - self._begun > QUIET_SECONDS
        if slow and self._bars.console.is_terminal and not self._shown:
            self._bars.start()
            self._shown = True


def themes_table(path: Path, most: int) -> str:
    """Return the first `most` themes of ``themes.csv`` as a table: none muted, no parents."""
    table = Table(
        "rank", "theme", "comments", "share", "negative", "trend", "priority", title="Themes, ranked"
    )
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parents = {row["parent_theme_id"] for row in rows}
    themes = [row for row in rows if row["status"] != "muted" and row["theme_id"] not in parents]
    for row in themes[:most]:
        table.add_row(
            row["rank"],
            row["label"],
            row["volume"],
            _percent(row["share"]),
            _percent(row["negative_share"]),
            row["trend"],
            row["priority"] and f"{float(row['priority']):.1f}",
        )
    if not table.row_count:
        return "Not enough text to find themes in."
    return _drawn(table)


def table_of(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows of text as a table for the terminal."""
    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    return _drawn(table)


def _drawn(table: Table) -> str:
    """Return a table as lines of text."""
    console = Console(width=110, no_color=True, highlight=False, markup=False)
    with console.capture() as captured:
        console.print(table)
    return captured.get().rstrip()


def _percent(ratio: str) -> str:
    """Return a ratio cell as a percentage."""
    return ratio and f"{float(ratio):.1%}"

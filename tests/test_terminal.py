"""What a person sees in the terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flow import Kept
from rich.console import Console

from cx_text import terminal
from cx_text.records import THEMES
from cx_text.reports.tables import write_csv
from cx_text.terminal import Progress, themes_table


def test_the_first_themes_are_shown_by_rank(kept: Kept) -> None:
    """As many rows as asked for, best first, shares as percentages."""
    lines = [line for line in themes_table(kept.output / "themes.csv", 2).splitlines() if "%" in line]
    assert [line.split("│")[1].strip() for line in lines] == ["1", "2"]


def test_no_themes_are_said_in_words(tmp_path: Path) -> None:
    """An empty table would look like a mistake."""
    with (tmp_path / "themes.csv").open("wb") as file:
        write_csv(THEMES, THEMES.frame(), file)
    assert "Not enough text" in themes_table(tmp_path / "themes.csv", 10)


def test_what_is_not_known_stays_empty_and_markup_is_text(tmp_path: Path) -> None:
    """A suppressed share is no 0 %, and brackets in a label are brackets."""
    row = {"rank": 1, "theme_id": "T0001", "label": "[bold]fee[/bold]", "volume": 9, "trend": "unknown"}
    with (tmp_path / "themes.csv").open("wb") as file:
        write_csv(THEMES, THEMES.frame([row]), file)
    shown = themes_table(tmp_path / "themes.csv", 10)
    assert "[bold]fee[/bold]" in shown
    assert "%" not in shown


def test_neither_parents_nor_muted_themes_are_shown(tmp_path: Path) -> None:
    """Ten themes are ten themes; a muted one is not missed."""
    rows = [
        {"rank": 1, "theme_id": "T0001", "label": "late parcel", "volume": 9, "status": "muted"},
        {"rank": 2, "theme_id": "T0002", "label": "rude driver", "volume": 8, "parent_theme_id": "P0001"},
        {"rank": 3, "theme_id": "P0001", "label": "all of delivery", "volume": 17},
        {"rank": 4, "theme_id": "T0003", "label": "high fee", "volume": 5},
    ]
    with (tmp_path / "themes.csv").open("wb") as file:
        write_csv(THEMES, THEMES.frame(rows), file)
    told = themes_table(tmp_path / "themes.csv", 2)
    assert "rude driver" in told
    assert "high fee" in told
    assert "late parcel" not in told
    assert "all of delivery" not in told


def shown(monkeypatch: pytest.MonkeyPatch, seconds: float, *, tty: bool) -> str:
    """Return what progress writes about one stage that takes `seconds`."""
    out = io.StringIO()
    monkeypatch.setattr(
        terminal, "Console", lambda stderr: Console(file=out, force_terminal=tty, width=80, stderr=stderr)
    )
    clock = iter([0.0, seconds, seconds, seconds])
    monkeypatch.setattr("cx_text.terminal.time.monotonic", lambda: next(clock, seconds))
    with Progress() as tell:
        tell("learn", 1, 4)
        tell("learn", 4, 4)
    return out.getvalue()


def test_long_work_in_a_terminal_shows_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than two seconds are worth a word."""
    assert "Learning themes" in shown(monkeypatch, 3.0, tty=True)


@pytest.mark.parametrize(("seconds", "tty"), [(1.0, True), (3.0, False)])
def test_short_work_and_log_files_stay_quiet(
    monkeypatch: pytest.MonkeyPatch, seconds: float, tty: bool
) -> None:
    """A cron mail holds no bars."""
    assert shown(monkeypatch, seconds, tty=tty) == ""

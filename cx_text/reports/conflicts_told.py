"""Where words and rating disagree: comments for a person to look through."""

from __future__ import annotations

from collections.abc import Sequence

from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.urgent_told import UrgentCard, fragments
from cx_text.reports.wording import day, signed


def conflict_cards(result: Result) -> Sequence[UrgentCard]:
    """Return the comments that contradict their rating, the clearest first; those without a text left out."""
    return [
        UrgentCard([_said(row)], False, _source(row), list(fragments(text, [])))
        for row in rows(result.findings.conflicts)
        if (text := result.quotes.get(row["verbatim_id"]))
    ]


def _said(row: Row) -> str:
    """Return the rating, and what the words say instead."""
    return f"{row['rating']}, words {signed(row['sentiment'], 2)}"


def _source(row: Row) -> str:
    """Return where and when it was written."""
    return ", ".join(part for part in (row["channel"], day(row["created_at"])) if part)

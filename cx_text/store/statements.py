"""The statements on rows and mentions, built from our own column names; they hold no value."""

from __future__ import annotations

from collections.abc import Iterable

from cx_text.records import CANONICAL, MENTIONS, VERBATIMS

KEPT = tuple(name for name in VERBATIMS.columns if name != "duplicate_of")
SCORES = ("language", *(name for name in KEPT if name not in CANONICAL and name != "text"))
TAKEN = (*KEPT, "attributes", "content_hash", "text_key", "run_id", "file_sha256")
AT_ONCE = 900
"""Ids asked for in one statement; an old SQLite takes at most 999."""


def _names(columns: Iterable[str], form: str = '"{}"') -> str:
    """Return column names, each in `form`, joined by commas."""
    return ", ".join(form.format(name) for name in columns)


def _insert(table: str, columns: Iterable[str]) -> str:
    """Return the statement that inserts these columns."""
    names = list(columns)
    return f"INSERT INTO {table} ({_names(names)}) VALUES ({_names(names, '?')})"  # noqa: S608


def select_known(count: int) -> str:
    """Return the statement for the content hashes of `count` ids."""
    marks = ", ".join("?" * count)
    return f"SELECT verbatim_id, content_hash FROM rows WHERE verbatim_id IN ({marks})"  # noqa: S608


_REPLACED = _names(TAKEN, '"{0}" = excluded."{0}"')
_RESCORED = _names(SCORES, '"{}" = ?')
_OF_MENTIONS = _names(MENTIONS.columns, 'mentions."{}"')
_WANTED = (
    "WHERE (:since IS NULL OR rows.created_at IS NULL OR rows.created_at >= :since)"
    " AND (:run_id IS NULL OR rows.run_id = :run_id)"
    " ORDER BY rows.created_at NULLS LAST, rows.verbatim_id"
)

UPSERT = f"{_insert('rows', TAKEN)} ON CONFLICT (verbatim_id) DO UPDATE SET {_REPLACED}"
RESCORE = f"UPDATE rows SET {_RESCORED} WHERE verbatim_id = ?"  # noqa: S608
MENTION = _insert("mentions", MENTIONS.columns)
SELECT_ROWS = f"SELECT {_names(KEPT)}, attributes FROM rows {_WANTED}"  # noqa: S608
SELECT_MENTIONS = (
    f"SELECT {_OF_MENTIONS} FROM mentions JOIN rows USING (verbatim_id) {_WANTED},"  # noqa: S608
    ' mentions.start, mentions."end", mentions.theme_id, mentions.rowid'
)

"""The statements on rows and mentions, built from our own column names; they hold no value."""

from __future__ import annotations

from collections.abc import Iterable

from cx_text.records import CANONICAL, COUNTED, MENTIONS, VERBATIMS

KEPT = tuple(name for name in VERBATIMS.columns if name != "duplicate_of")
SCORES = ("language", *(name for name in KEPT if name not in CANONICAL and name != "text"))
COUNTED_KEPT = tuple(name for name in COUNTED.columns if name not in ("duplicate_of", "named_agent"))
TAKEN = (*KEPT, "attributes", "content_hash", "text_key", "length", "run_id", "file_sha256")
AT_ONCE = 900
"""Ids asked for in one statement; an old SQLite takes at most 999."""


def _names(columns: Iterable[str], form: str = '"{}"') -> str:
    """Return column names, each in `form`, joined by commas."""
    return ", ".join(form.format(name) for name in columns)


def _insert(table: str, columns: Iterable[str]) -> str:
    """Return the statement that inserts these columns."""
    names = list(columns)
    return f"INSERT INTO {table} ({_names(names)}) VALUES ({_names(names, '?')})"  # noqa: S608


def select_of(column: str, count: int) -> str:
    """Return the statement for a column of the rows with `count` ids."""
    marks = ", ".join("?" * count)
    return f"SELECT verbatim_id, {column} FROM rows WHERE verbatim_id IN ({marks})"  # noqa: S608


_REPLACED = _names(TAKEN, '"{0}" = excluded."{0}"')
_RESCORED = _names(SCORES, '"{}" = ?')
_OF_MENTIONS = _names(MENTIONS.columns, 'mentions."{}"')
_WANTED = (
    "WHERE (:since IS NULL OR rows.created_at IS NULL OR rows.created_at >= :since)"
    " AND (:run_id IS NULL OR rows.run_id = :run_id)"
    " ORDER BY rows.created_at NULLS LAST, rows.verbatim_id"
)
_OF_TIME = "run_id > (SELECT value FROM facts WHERE name = 'learned')"

UPSERT = f"{_insert('rows', TAKEN)} ON CONFLICT (verbatim_id) DO UPDATE SET {_REPLACED}"
RESCORE = f"UPDATE rows SET {_RESCORED} WHERE verbatim_id = ?"  # noqa: S608
MENTION = _insert("mentions", MENTIONS.columns)
SELECT_ROWS = f"SELECT {_names(KEPT)}, attributes FROM rows {_WANTED}"  # noqa: S608
SELECT_COUNTED = f"SELECT {_names(COUNTED_KEPT)}, text AS named_agent, attributes FROM rows {_WANTED}"  # noqa: S608
"""The texts are read where the agents whom they name belong, for these to be found in passing."""
SELECT_NEWEST = (
    f"SELECT {_names(KEPT)}, attributes FROM rows"  # noqa: S608
    " ORDER BY created_at DESC NULLS LAST, verbatim_id LIMIT :most"
)
SELECT_SAMPLED = (
    f"SELECT {_names(KEPT)}, attributes FROM rows WHERE ({_OF_TIME}) = :late AND text_key IN"  # noqa: S608
    f" (SELECT DISTINCT text_key FROM rows WHERE ({_OF_TIME}) = :late ORDER BY text_key LIMIT :most)"
)
SELECT_MENTIONS = (
    f"SELECT {_OF_MENTIONS} FROM mentions JOIN rows USING (verbatim_id) {_WANTED},"  # noqa: S608
    ' mentions.start, mentions."end", mentions.theme_id, mentions.rowid'
)

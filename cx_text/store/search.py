"""Full-text search over the redacted texts, kept in step with the rows by SQLite itself (FTS5)."""

from __future__ import annotations

import sqlite3

from cx_text.errors import UsageError
from cx_text.store.database import Database

_MATCHING = (
    "SELECT verbatim_id FROM search JOIN documents ON documents.number = search.rowid WHERE search MATCH ?"
)


def matching(state: Database, expression: str) -> frozenset[str]:
    """Return the ids of the verbatims that match an expression of FTS5, such as ``refund late``.

    Words are matched whole and without regard to case or accents, all of them in any order;
    ``"a phrase"``, ``OR``, ``NOT``, ``NEAR(a b, 5)`` and ``begin*`` are understood.

    Raises:
        UsageError: E_MATCH, the expression cannot be understood.
    """
    try:
        return frozenset(one for (one,) in state.select(_MATCHING, (expression,)))
    except (sqlite3.Error, UnicodeEncodeError, ValueError) as error:
        why = "letters are broken" if isinstance(error, ValueError) else str(error)
        mend = "write words, or quote them: --match '\"refund late\"'"
        raise UsageError("E_MATCH", f"--match cannot be understood ({why})", mend) from None


def is_in_step(state: Database) -> bool:
    """Return whether every row can be found and nothing else."""
    statement = (
        "SELECT (SELECT COUNT(*) FROM rows), (SELECT COUNT(*) FROM searched),"
        " (SELECT COUNT(*) FROM documents), (SELECT COUNT(*) FROM search_docsize)"
    )
    return len(set(state.select(statement)[0])) == 1


def rebuild(state: Database) -> None:
    """Make the index anew from the rows."""
    with state.transaction():
        state.change("DELETE FROM documents WHERE verbatim_id NOT IN (SELECT verbatim_id FROM rows)")
        state.change("INSERT OR IGNORE INTO documents (verbatim_id) SELECT verbatim_id FROM rows")
        state.change("INSERT INTO search (search) VALUES ('rebuild')")

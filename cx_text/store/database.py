"""One connection to the state: statements, transactions that nest, and readers that see one night."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cx_text.store.disk import told

Row = tuple[Any, ...]
Values = Sequence[Any] | Mapping[str, Any]
_PART = 20_000
_CACHE_KIB = 64 * 1024
"""Memory for pages: with SQLite's own 2 MB, indexes of a long history are read again for every row."""
_PATIENCE = 30.0
"""Seconds to wait for SQLite's own short locks, such as a checkpoint; runs are kept apart by flock."""


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """Return a connection that commits only when told; a reader's cannot change a byte of the state.

    The file must exist. Never read the state by other means than SQLite: closing any other handle
    of it in this process would drop SQLite's locks (POSIX locks belong to the process).
    """
    mode = "rw" if write else "ro"
    with told(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=_PATIENCE
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            if write:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA schema_version").fetchone()
        except BaseException:
            connection.close()
            raise
    return connection


class Database:
    """Statements on the state of one workspace, with trouble told in our words."""

    def __init__(self, connection: sqlite3.Connection, place: Path, *, write: bool) -> None:
        """Speak through `connection` to the state in the folder `place`, which errors name."""
        self._connection = connection
        self.path = place
        self._begin = "BEGIN IMMEDIATE" if write else "BEGIN"

    def select(self, statement: str, values: Values = ()) -> list[Row]:
        """Return all rows of the answer."""
        with told(self.path):
            return self._connection.execute(statement, values).fetchall()

    def select_in_parts(self, statement: str, values: Values = ()) -> Iterator[list[Row]]:
        """Yield the rows of the answer, some thousands at a time: all at once would fill memory."""
        with told(self.path):
            cursor = self._connection.execute(statement, values)
            while part := cursor.fetchmany(_PART):
                yield part

    def change(self, statement: str, values: Values = ()) -> int:
        """Return how many rows were changed."""
        with told(self.path):
            return self._connection.execute(statement, values).rowcount

    def change_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> int:
        """Return how many rows were changed by one statement for each of `rows`."""
        with told(self.path):
            return self._connection.executemany(statement, rows).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the body wholly or not at all; inside another transaction it is a part of that one.

        A night that wraps all its steps in one transaction leaves nothing when killed, and readers
        see the night before until it ends. For a reader the body sees one state throughout.
        """
        inside = self._connection.in_transaction
        begin, undo, end = _INNER if inside else (self._begin, "ROLLBACK", "COMMIT")
        self.change(begin)
        try:
            yield
            self.change(end)
        except BaseException:
            if self._connection.in_transaction:  # a full disk makes SQLite roll back by itself
                self.change(undo)
                if inside:
                    self.change("RELEASE part")
            raise

    def close(self) -> None:
        """Give the connection back; an open transaction is undone."""
        with told(self.path):
            self._connection.close()


_INNER = ("SAVEPOINT part", "ROLLBACK TO part", "RELEASE part")

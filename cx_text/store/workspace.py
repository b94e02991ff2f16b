"""The workspace: the folder that holds all state between nights.

    W/state.sqlite            rows, mentions, files, themes, findings, runs (SQLite, WAL)
    W/lock                    held by the one writer; never deleted
    W/secret                  32 random bytes; pseudonyms and content hashes are keyed by them
    W/models/NAME-HASH.npz    learned models, named by their content, never changed
    W/reports/RUN/            what each run published; `reports/latest` leads to the newest

Folders are 0700 and files 0600 under any umask. The state is written last: a file that no
transaction speaks of does not count.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import pandas as pd

from cx_text.records import CATALOGUE, SCHEMA_VERSION
from cx_text.store.database import connect
from cx_text.store.digest import digest_of_scored
from cx_text.store.disk import damaged, make_folder, point, sweep, take_lock, told, write_whole
from cx_text.store.history import History
from cx_text.store.opening import (
    LOCK,
    MODELS,
    REPORTS,
    SECRET,
    STATE,
    check_folder,
    check_readable,
    prepare,
    read_secret,
)


class Workspace(History):
    """An open workspace; as a context manager it closes itself."""

    def __init__(self, path: Path, connection: sqlite3.Connection, secret: bytes, lock: int | None) -> None:
        """Hold what `open` found; use `open`."""
        super().__init__(connection, path, secret, write=lock is not None)
        self.path = path
        self._lock = lock

    @classmethod
    def open(cls, path: Path, *, write: bool, create: bool = False, wait: bool = False) -> Self:
        """Return the workspace in the folder `path`.

        Args:
            path: the folder.
            write: hold the lock; there is one writer. Readers take no lock and change nothing.
            create: (with `write`) make the workspace where there is none.
            wait: (with `write`) wait for another writer to end.

        Raises:
            WorkspaceError: E_NO_WORKSPACE, E_NOT_A_WORKSPACE (a folder with other things in it),
                E_NEWER (left untouched), E_OLDER (a reader cannot migrate), E_DAMAGED, E_ACCESS.
            LockedError: another process writes, and `wait` is False.
            ResourceError: disk or memory is used up.
        """
        check_folder(path, create=write and create)
        with ExitStack() as undo:
            lock = None
            if write:
                make_folder(path)
                lock = take_lock(path / LOCK, wait=wait)
                undo.callback(os.close, lock)
                prepare(path, create=create)
            else:
                check_readable(path)
            secret = read_secret(path)
            connection = connect(path / STATE, write=write)
            undo.callback(connection.close)
            workspace = cls(path, connection, secret, lock)
            workspace._check_secret()
            if write:
                for folder in (path, make_folder(path / MODELS), make_folder(path / REPORTS)):
                    sweep(folder)
            undo.pop_all()
        return workspace

    def __enter__(self) -> Self:
        """Return the open workspace."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Undo an open transaction, close the state and free the lock."""
        try:
            super().close()
        finally:
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    @property
    def secret(self) -> bytes:
        """The 32 random bytes of this workspace."""
        return self._secret

    def _check_secret(self) -> None:
        """Refuse a secret that is not the one this state was made with; note it in a new state.

        Raises:
            WorkspaceError: E_DAMAGED.
        """
        proof = self.keyed("proof", "secret")
        noted = self.select("SELECT value FROM facts WHERE name = 'secret'")
        if noted and noted[0][0] != proof:
            raise damaged(self.path / SECRET, "the secret was changed")
        if not noted and self._lock is not None:
            self.change("INSERT INTO facts (name, value) VALUES ('secret', ?)", (proof,))

    def save_model(self, name: str, data: bytes) -> Path:
        """Return the file that now holds a learned model, named by its content; not yet in use."""
        path = self.path / MODELS / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}.npz"
        write_whole(path, data)
        return path

    def point_at_model(self, path: Path, learned_from: int) -> None:
        """Make a saved model the one in use; it was learned from so many distinct texts."""
        with told(path):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.change(
            "INSERT INTO models (name, sha256, learned_from) VALUES (?, ?, ?)",
            (path.name, digest, learned_from),
        )

    def model(self) -> tuple[Path, int] | None:
        """Return the model in use and from how many texts it was learned; None before the first.

        Raises:
            WorkspaceError: E_DAMAGED, the file is gone or not what was saved.
        """
        newest = self.select("SELECT name, sha256, learned_from FROM models ORDER BY number DESC LIMIT 1")
        if not newest:
            return None
        name, digest, learned_from = newest[0]
        path = self.path / MODELS / name
        with told(path):
            if not path.is_file():
                raise damaged(path, "the model is gone")
            if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                raise damaged(path, "the model is not the one that was saved")
        return path, learned_from

    def report_folder(self, run_id: str) -> Path:
        """Return the folder for what a run publishes, made if it was not there."""
        return make_folder(self.path / REPORTS / run_id)

    def publish_latest(self, run_id: str) -> None:
        """Let ``reports/latest`` lead to the folder of a run."""
        point(self.path / REPORTS / "latest", run_id)

    def status(self) -> dict[str, Any]:
        """Return what the workspace holds: counts, the model's name, first and last date, size in bytes."""
        with self.transaction():
            rows, first, last = self.select("SELECT COUNT(*), MIN(created_at), MAX(created_at) FROM rows")[0]
            files = self.select("SELECT COUNT(DISTINCT sha256) FROM files")[0][0]
            runs = self.select("SELECT COUNT(*) FROM runs")[0][0]
            themes = self.select("SELECT COUNT(*) FROM themes WHERE status = 'active'")[0][0]
            model = self.model()
        return {
            "rows": rows,
            "files": files,
            "runs": runs,
            "themes": themes,
            "model": model[0].name if model else None,
            "first": _iso(first),
            "last": _iso(last),
            "size": _size(self.path),
            "schema_version": SCHEMA_VERSION,
        }

    def digest(self) -> dict[str, Any]:
        """Return the canonical digest of rows, mentions, links and the themes in use."""
        with self.transaction():
            themes = self.themes()
            scored = self.rows()
        active = themes.loc[themes["status"] == "active", list(CATALOGUE.columns)]
        return digest_of_scored(scored, active)


def _iso(time: int | None) -> str | None:
    """Return microseconds since 1970 as ISO 8601 text in UTC."""
    return None if time is None else pd.Timestamp(time, unit="us", tz="UTC").isoformat()


def _size(path: Path) -> int:
    """Return the bytes of all files in a folder."""
    with told(path):
        return sum(file.lstat().st_size for file in path.rglob("*") if file.is_file())

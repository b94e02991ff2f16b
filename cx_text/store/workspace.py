"""The workspace: the folder that holds all state between nights.

    W/state.sqlite            rows, mentions, files, themes, findings, runs, the model (SQLite, WAL)
    W/lock                    held by the one writer; never deleted
    W/secret                  32 random bytes; pseudonyms and content hashes are keyed by them
    W/seal.json               hashes of the files that only a writer changes, while there is none
    W/models/NAME-HASH.npz    learned models, named by their content, never changed
    W/reports/RUN/            what each run published; `reports/latest` leads to the newest
    W/edits.toml              what people said of themes
    W/log.jsonl               what was done and when; log.1.jsonl before that
    W/copies.jsonl            folders outside that got reports, and backups
    W/state-N.sqlite          the state of schema N, from before it was migrated

Folders are 0700 and files 0600 under any umask. The state is written last: a file that no
transaction speaks of does not count.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import pandas as pd

from cx_text.errors import CxTextError
from cx_text.records import CATALOGUE, SCHEMA_VERSION
from cx_text.store.database import connect
from cx_text.store.digest import digest_of_scored
from cx_text.store.disk import damaged, make_folder, remove, sweep, take_lock, told, write_whole
from cx_text.store.erasure import Erasure
from cx_text.store.notes import LOG, OLD_LOG, copies, log, note_copy
from cx_text.store.opening import (
    LOCK,
    MODELS,
    REPORTS,
    SECRET,
    STATE,
    check_folder,
    check_readable,
    check_version,
    older_states,
    prepare,
    read_secret,
)
from cx_text.store.seal import break_seal, seal, sha256_of, unlike_seal

SEALED = (STATE, f"{STATE}-wal", LOG, OLD_LOG)
_MODEL = re.compile(r"[a-z]+-[0-9a-f]{16}\.npz")
_RUN = re.compile(r"R\d{6,}")


class Workspace(Erasure):
    """An open workspace; as a context manager it closes itself."""

    def __init__(self, path: Path, connection: sqlite3.Connection, secret: bytes, lock: int | None) -> None:
        """Hold what `open` found; use `open`."""
        super().__init__(connection, path, secret, write=lock is not None)
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
                check_version(path, create=create)
                _check_seal(path, thorough=True)
                break_seal(path)
                undo.callback(_seal, path)
                prepare(path)
            else:
                check_readable(path)
                _check_seal(path, thorough=False)
            secret = read_secret(path)
            connection = connect(path / STATE, write=write)
            undo.callback(connection.close)
            workspace = cls(path, connection, secret, lock)
            workspace._check_secret()
            if write:
                for folder in (path, make_folder(path / MODELS), make_folder(path / REPORTS)):
                    sweep(folder)
                workspace._sweep_unknown()
            undo.pop_all()
        return workspace

    def __enter__(self) -> Self:
        """Return the open workspace."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Undo an open transaction, close the state, seal it and free the lock."""
        try:
            super().close()
        finally:
            if self._lock is not None:
                _seal(self.path)
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

    def _sweep_unknown(self) -> None:
        """Remove models not in use, and reports that a killed run wrote before its transaction ended."""
        models = self.models()
        runs = {run_id for (run_id,) in self.select("SELECT run_id FROM runs")}
        for path in (self.path / MODELS).iterdir():
            if _MODEL.fullmatch(path.name) and path.name not in models:
                remove(path)
        for path in (self.path / REPORTS).iterdir():
            if _RUN.fullmatch(path.name) and path.name not in runs:
                remove(path)
            elif path.is_dir() and not path.is_symlink():
                sweep(path, ".*.part")

    def save_model(self, name: str, data: bytes) -> Path:
        """Return the file that now holds a learned model, named by its content; not yet in use."""
        path = self.path / MODELS / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}.npz"
        write_whole(path, data)
        return path

    def point_at_model(self, path: Path, learned_from: int) -> None:
        """Make a saved model the one in use; it was learned from so many distinct texts.

        The state keeps a copy of it, so that its file can be written again. The file of the one before
        stays for readers until the next writer begins.
        """
        with told(path):
            data = path.read_bytes()
        with self.transaction():
            self.change("DELETE FROM models")
            self.change(
                "INSERT INTO models (name, sha256, learned_from, data) VALUES (?, ?, ?, ?)",
                (path.name, hashlib.sha256(data).hexdigest(), learned_from, data),
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
        if not path.is_file():
            raise damaged(path, "the model is gone", "call `cx-text repair`")
        if path.is_symlink() or sha256_of(path) != digest:
            raise damaged(path, "the model is not the one that was saved", "call `cx-text repair`")
        return path, learned_from

    def models(self) -> dict[str, str]:
        """Return the hash of the model in use by the name of its file; nothing before the first."""
        return dict(self.select("SELECT name, sha256 FROM models ORDER BY number DESC LIMIT 1"))

    def restore_model(self) -> bool:
        """Return whether the file of the model in use could be written again."""
        kept = self.select("SELECT name, data FROM models WHERE data IS NOT NULL")
        for name, data in kept:
            write_whole(self.path / MODELS / name, data)
        return bool(kept)

    def drop_old(self) -> None:
        """Keep no model but the one in use, and no state from before a migration."""
        self._sweep_unknown()
        for path in older_states(self.path):
            remove(path)

    def log(self, event: str, **facts: Any) -> None:
        """Add a line to the log, if there is place; counts, codes and times, never what a customer said."""
        with suppress(CxTextError):
            log(self.path, event, **facts)

    @contextmanager
    def logged(self, event: str) -> Iterator[dict[str, Any]]:
        """Lend a mapping for the facts of an event, which are logged at its end, or the code of its error."""
        facts: dict[str, Any] = {}
        try:
            yield facts
        except BaseException as error:
            self.log(event, error=error.code if isinstance(error, CxTextError) else type(error).__name__)
            raise
        self.log(event, **facts)

    def note_copy(self, kind: str, place: Path) -> None:
        """Note the folder of a copy (`kind`: output or backup), so that a deletion can name it."""
        note_copy(self.path, kind, place, self._secret)

    def copies(self) -> list[tuple[str, str]]:
        """Return kind and path of all copies outside that were noted."""
        return copies(self.path, self._secret)[0]

    def status(self) -> dict[str, Any]:
        """Return what the workspace holds: counts, the model's name, first and last date, size in bytes."""
        with self.transaction():
            rows, first, last = self.select("SELECT COUNT(*), MIN(created_at), MAX(created_at) FROM rows")[0]
            files = self.select("SELECT COUNT(DISTINCT sha256) FROM files")[0][0]
            runs = self.select("SELECT COUNT(*) FROM runs")[0][0]
            themes = self.select("SELECT COUNT(*) FROM themes WHERE status = 'active'")[0][0]
            model = self.model()
            newest = self.select("SELECT run_id FROM runs ORDER BY number DESC LIMIT 1")
            erasing = self.select("SELECT COUNT(*) FROM erasing")[0][0] if self.is_erasing else None
        return {
            "rows": rows,
            "files": files,
            "runs": runs,
            "last_run": newest[0][0] if newest else None,
            "themes": themes,
            "model": model[0].name if model else None,
            "first": _iso(first),
            "last": _iso(last),
            "pending": [] if erasing is None else [f"deletion of {erasing} rows"],
            "copies": [f"{kind} {place}" for kind, place in self.copies()],
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


def _check_seal(path: Path, *, thorough: bool) -> None:
    """Refuse a state that something else has changed since it was closed.

    Raises:
        WorkspaceError: E_DAMAGED.
    """
    for name in unlike_seal(path, thorough=thorough):
        if name.startswith(STATE):
            raise damaged(path / name, "the state was changed since it was closed")


def _seal(path: Path) -> None:
    """Seal a closed state; where the disk is full it stays without."""
    with suppress(CxTextError):
        if (path / STATE).is_file():
            seal(path, SEALED)


def _iso(time: int | None) -> str | None:
    """Return microseconds since 1970 as ISO 8601 text in UTC."""
    return None if time is None else pd.Timestamp(time, unit="us", tz="UTC").isoformat()


def _size(path: Path) -> int:
    """Return the bytes of all files in a folder."""
    with told(path):
        return sum(file.lstat().st_size for file in path.rglob("*") if file.is_file())

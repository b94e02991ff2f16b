"""Whether a folder is a workspace, may become one, or is damaged; and how one comes into being.

A workspace is made in this order: lock, secret, state, ``models`` and ``reports``. So an empty
state beside one of the last two is damage, and without them a making that was cut short, which
goes on where it stopped.
"""

from __future__ import annotations

import secrets
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cx_text.errors import WorkspaceError
from cx_text.records import SCHEMA_VERSION
from cx_text.store import migrations
from cx_text.store.database import connect
from cx_text.store.disk import damaged, make_file, settle, told, write_whole
from cx_text.store.edits import EDITS
from cx_text.store.notes import COPIES, LOG, OLD_LOG
from cx_text.store.seal import SEAL

STATE, LOCK, SECRET, MODELS, REPORTS = "state.sqlite", "lock", "secret", "models", "reports"
FOLDERS = (MODELS, REPORTS)
_SECRET_BYTES = 32
_BESIDE_STATE = {f"{STATE}-{part}" for part in ("wal", "shm", "journal")}
FILES = {LOCK, SECRET, STATE, SEAL, LOG, OLD_LOG, COPIES, EDITS} | _BESIDE_STATE
"""The names of all files of a workspace beside those of its folders."""

_OF_A_BIRTH = {LOCK, SECRET, f"{SECRET}.tmp", STATE, SEAL, f"{SEAL}.tmp"} | _BESIDE_STATE
"""What a folder may hold when the making of a workspace was cut short; more is somebody else's."""


def check_folder(path: Path, *, create: bool) -> None:
    """Refuse a path that holds no workspace and cannot become one; nothing is touched.

    Raises:
        WorkspaceError: E_NO_WORKSPACE, E_NOT_A_WORKSPACE or E_DAMAGED.
    """
    with told(path):
        if not path.exists():  # asked first: another process may be making it just now
            if not create:
                raise _missing(path)
            return
        if not path.is_dir():
            raise _foreign(path)
        names = {entry.name for entry in path.iterdir()}
        for name in sorted(names & {*FILES, *FOLDERS}):
            _check_kind(path / name)
        if (path / STATE).exists():  # asked after listing: another process may be making it just now
            return
    if SECRET in names and {MODELS, REPORTS} & names:
        raise damaged(path / STATE, "the state is gone")
    if not names <= _OF_A_BIRTH:
        raise _foreign(path)
    if not create:
        raise _missing(path)


def _check_kind(path: Path) -> None:
    """Refuse a link, pipe or device in the place of a file or folder of ours."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:  # listed before: another process has just taken it away
        return
    if not (stat.S_ISDIR(mode) if path.name in FOLDERS else stat.S_ISREG(mode)):
        wrong = "a link, pipe or device lies in the place of a file of ours"
        raise damaged(path, wrong, "put the real one there")


def _missing(path: Path) -> WorkspaceError:
    """Return the error for no workspace."""
    return WorkspaceError(
        "E_NO_WORKSPACE", "there is no workspace here", "make one with `cx-text run EXPORT`", str(path)
    )


def _foreign(path: Path) -> WorkspaceError:
    """Return the error for a file or folder of somebody else."""
    return WorkspaceError(
        "E_NOT_A_WORKSPACE", "other things lie here", "choose a new or an empty folder", str(path)
    )


def check_version(path: Path, *, create: bool) -> None:
    """Refuse a state of a newer version, and one that is missing unless it may be made.

    Raises:
        WorkspaceError: E_NO_WORKSPACE, E_NEWER or E_DAMAGED.
    """
    if _version(path) == 0 and not create:
        raise _missing(path)


def prepare(path: Path) -> None:
    """Bring the state of a locked folder to this version; make secret and state of a new workspace.

    Before a migration the state as it was is kept beside it.

    Raises:
        WorkspaceError: E_NEWER or E_DAMAGED.
    """
    found = _version(path)
    if 0 < found < SCHEMA_VERSION:
        keep_state(path, path / f"state-{found}.sqlite")
    if found == 0:
        if not (path / SECRET).exists():
            write_whole(path / SECRET, secrets.token_bytes(_SECRET_BYTES))
        make_file(path / STATE)
    with _connected(path / STATE, write=True) as connection:
        migrations.migrate(connection)


def keep_state(path: Path, copy: Path) -> None:
    """Write a copy of a workspace's state as it is now, also while another process writes.

    It is there whole or not at all, and needs no file beside it.
    """
    part = copy.with_name(f"{copy.name}.tmp")
    part.unlink(missing_ok=True)
    make_file(part)
    with _connected(path / STATE, write=False) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    settle(part, copy)


def older_states(path: Path) -> list[Path]:
    """Return the states from before migrations that are kept beside the one in use."""
    return sorted(path.glob("state-*.sqlite"))


def check_readable(path: Path) -> None:
    """Refuse a state that a reader cannot read as it is.

    Raises:
        WorkspaceError: E_NO_WORKSPACE, E_OLDER, E_NEWER or E_DAMAGED.
    """
    found = _version(path)
    if found == 0:
        raise _missing(path)
    if found < SCHEMA_VERSION:
        raise WorkspaceError("E_OLDER", f"its schema is {found}", "run `cx-text run` once", str(path))


def _version(path: Path) -> int:
    """Return the version of a folder's state, 0 where its making was cut short; reads only.

    Raises:
        WorkspaceError: E_NEWER, or E_DAMAGED where a finished workspace has an empty state.
    """
    state = path / STATE
    if not state.exists():
        return 0
    with _connected(state, write=False) as connection:
        found = migrations.version(connection)
    if found > SCHEMA_VERSION:
        raise WorkspaceError(
            "E_NEWER",
            f"a newer version made it (schema {found}, this one knows {SCHEMA_VERSION})",
            "update cx-text",
            str(path),
        )
    if found == 0 and ((path / MODELS).exists() or (path / REPORTS).exists()):
        raise damaged(state, "the state is empty")
    return found


@contextmanager
def _connected(state: Path, *, write: bool) -> Iterator[sqlite3.Connection]:
    """Lend a connection for the body."""
    connection = connect(state, write=write)
    try:
        with told(state):
            yield connection
    finally:
        connection.close()


def read_secret(path: Path) -> bytes:
    """Return the secret.

    Raises:
        WorkspaceError: E_DAMAGED, it is gone or cut.
    """
    file = path / SECRET
    with told(file):
        secret = file.read_bytes() if file.is_file() else b""
    if len(secret) != _SECRET_BYTES:
        raise damaged(file, "the secret is gone or cut")
    return secret

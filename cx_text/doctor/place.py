"""The place: whether a workspace can live in a folder, and how the one that lives there is."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cx_text.doctor.sign import PROBLEM, WARNING, Sign, fine, refused
from cx_text.errors import CxTextError
from cx_text.reports import check_room
from cx_text.store import Workspace
from cx_text.store.opening import LOCK

GIGABYTE = 2**30
LEAST_FREE, COMFORT_FREE = 0.2, 2.0
"""Gigabytes of free disk."""

MOUNTS = Path("/proc/self/mountinfo")
REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.s3fs"}
"""File systems whose locks depend on another machine."""


def place(workspace: Path) -> Iterator[Sign]:
    """Yield what there is to say of a workspace, or of the folder where it would be made."""
    ground = next(one for one in (workspace.absolute(), *workspace.absolute().parents) if one.exists())
    yield _state(workspace)
    yield _lock(workspace / LOCK)
    yield _disk(ground)
    yield _writing(ground)
    yield _system(ground)
    yield _addresses()


def _state(workspace: Path) -> Sign:
    """Return whether there is a workspace that can be read."""
    try:
        with Workspace.open(workspace, write=False) as space:
            held = space.status()
    except CxTextError as error:
        if error.code == "E_NO_WORKSPACE":
            return fine("workspace", f"{workspace}: none yet; the first run makes it")
        return refused("workspace", error, WARNING if error.code == "E_OLDER" else PROBLEM)
    return fine("workspace", f"{workspace}: {held['rows']:,} rows of {held['runs']} runs")


def _lock(path: Path) -> Sign:
    """Return whether a run holds the workspace."""
    if not path.is_file():
        return fine("lock", "free")
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Sign("lock", WARNING, "another run is writing", "wait for it, or use --wait")
    finally:
        os.close(handle)
    return fine("lock", "free")


def _disk(ground: Path) -> Sign:
    """Return whether there is room on the disk."""
    free = shutil.disk_usage(ground).free / GIGABYTE
    if free < LEAST_FREE:
        return Sign("disk", PROBLEM, f"{free:.1f} GB free", "free 2 GB")
    if free < COMFORT_FREE:
        return Sign(
            "disk", WARNING, f"{free:.1f} GB free", "100,000 comments take half a gigabyte, runs included"
        )
    return fine("disk", f"{free:,.0f} GB free")


def _writing(ground: Path) -> Sign:
    """Return whether files can be written, flushed, locked and linked here, and SQLite works."""
    try:
        with tempfile.TemporaryDirectory(prefix=".cx-text-", dir=ground) as folder:
            _try(Path(folder))
    except (OSError, sqlite3.Error) as error:
        return Sign(
            "writing", PROBLEM, f"{ground}: {error}", "give access, or choose a folder on a local disk"
        )
    return fine("writing", "files are flushed, locked and linked, SQLite keeps a log ahead")


def _try(folder: Path) -> None:
    """Do in a folder once what a workspace needs of its file system.

    Raises:
        OSError: it cannot be done.
    """
    with (folder / "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.write(b"x")
        file.flush()
        os.fsync(file.fileno())
    (folder / "link").symlink_to("lock")
    state = sqlite3.connect(folder / "state.sqlite")
    try:
        [mode] = state.execute("PRAGMA journal_mode = WAL").fetchone()
        state.execute("CREATE TABLE told (word TEXT)")
        state.commit()
    finally:
        state.close()
    if mode != "wal":
        raise OSError(f"SQLite keeps its log as '{mode}', not ahead")


def _system(ground: Path) -> Sign:
    """Return whether the file system is one whose locks can be relied on."""
    kind = file_system(ground)
    if kind in REMOTE:
        return Sign("file system", WARNING, kind, "its locks depend on another machine: choose a local disk")
    return fine("file system", kind or "not known")


def file_system(ground: Path) -> str:
    """Return the kind of file system that a folder lies on, nothing where the system does not say."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    real, kinds = ground.resolve(), {}
    for line in lines:
        before, _, after = line.partition(" - ")
        kinds[Path(before.split()[4].encode().decode("unicode_escape"))] = after.split()[0]
    return next((kinds[one] for one in (real, *real.parents) if one in kinds), "")


def _addresses() -> Sign:
    """Return whether the limit of virtual memory, where there is one, lets charts be drawn."""
    try:
        check_room()
    except CxTextError as error:
        return refused("virtual memory", error)
    return fine("virtual memory", "no limit that matters")

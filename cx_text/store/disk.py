"""The door to the disk: private files written whole, one lock, and trouble told in our words."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cx_text.errors import CxTextError, LockedError, ResourceError, WorkspaceError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_LITTLE = 2**16
_REFUSED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextmanager
def told(place: Path) -> Iterator[None]:
    """Run the body; what disk, memory and SQLite refuse there is raised as one of our errors.

    Mistakes of ours (a constraint broken, wrong SQL) pass through unchanged.

    Raises:
        ResourceError: disk or memory is used up.
        LockedError: another program holds the state for longer than the waiting time.
        WorkspaceError: the state is damaged, or the system denies access to `place`.
    """
    try:
        yield
    except MemoryError:
        raise _no_memory(place) from None
    except OSError as error:
        raise _from_system(error, place) from error
    except sqlite3.DatabaseError as error:
        known = _from_sqlite(error, place)
        if known is None:
            raise
        raise known from error


def _no_memory(place: Path) -> ResourceError:
    """Return the error for memory used up."""
    return ResourceError("E_MEMORY", "memory is used up", "free memory or split the export", str(place))


def _no_disk(place: Path) -> ResourceError:
    """Return the error for a full disk."""
    return ResourceError("E_DISK", "the disk is full", "free space and run again", str(place))


def damaged(place: Path, wrong: str, mend: str = "restore the folder from a backup") -> WorkspaceError:
    """Return the error for a workspace whose file `place` is not what was written."""
    return WorkspaceError("E_DAMAGED", wrong, mend, str(place))


def _from_system(error: OSError, place: Path) -> CxTextError:
    """Return the error for a refused system call."""
    if error.errno in _FULL:
        return _no_disk(place)
    reason = (error.strerror or str(error)).lower()
    where = str(error.filename or place)
    return WorkspaceError("E_ACCESS", reason, "give access to the workspace or choose another", where)


def _from_sqlite(error: sqlite3.DatabaseError, place: Path) -> CxTextError | None:
    """Return the error for what SQLite refused; None for a mistake of ours."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_FULL or (code in _REFUSED and _is_full(place)):
        return _no_disk(place)
    if code == sqlite3.SQLITE_NOMEM:
        return _no_memory(place)
    if code in _DAMAGED:
        return damaged(place, "the state is damaged")
    if code in _BUSY:
        return locked(place)
    if code in _REFUSED:
        return WorkspaceError(
            "E_ACCESS", str(error), "give access to the workspace or choose another", str(place)
        )
    return None


def _is_full(place: Path) -> bool:
    """Return whether no file at `place` could grow a little; SQLite does not say why it cannot write."""
    folder = place if place.is_dir() else place.parent
    probe = folder / f"{os.getpid()}.tmp"
    try:
        largest = max((one.stat().st_size for one in folder.iterdir() if one.is_file()), default=0)
        probe.write_bytes(bytes(_LITTLE))
        os.truncate(probe, largest + _LITTLE)
    except OSError as error:
        return error.errno in _FULL
    finally:
        probe.unlink(missing_ok=True)
    return False


def locked(place: Path) -> LockedError:
    """Return the error for a workspace that another run is writing to."""
    return LockedError("E_LOCKED", "another run is writing here", "wait for it, or use --wait", str(place))


def make_folder(path: Path) -> Path:
    """Return `path`, a folder for its owner alone (0700 under any umask), made if it was not there."""
    with told(path):
        if not path.is_dir():
            path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            path.chmod(PRIVATE_FOLDER)
            sync_folder(path.parent)
    return path


def make_file(path: Path) -> None:
    """Make an empty file for its owner alone (0600 under any umask) unless it is there; follow no link."""
    with told(path):
        os.close(_open_private(path, os.O_RDWR | os.O_CREAT))


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that it is there whole or not at all, also after a power cut."""
    beside = path.with_name(f"{path.name}.tmp")
    with told(path):
        handle = _open_private(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    settle(beside, path)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file's bytes to a private file, durably; no link is followed.

    A target that is there already is an error.
    """
    with told(source):
        reader = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(reader, "rb") as data, told(target):
            handle = _open_private(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            with os.fdopen(handle, "wb") as out:
                shutil.copyfileobj(data, out)
                out.flush()
                os.fsync(handle)


def settle(part: Path, path: Path) -> None:
    """Let what was written beside take its place for good."""
    with told(path):
        handle = os.open(part, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        part.replace(path)
        sync_folder(path.parent)


def append(path: Path, line: bytes) -> None:
    """Add a line to a private file by one write; what a full disk cut of the line before is ended first."""
    with told(path):
        handle = _open_private(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        try:
            size = os.fstat(handle).st_size
            torn = size and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, b"\n" * bool(torn) + line)
            os.fsync(handle)
        finally:
            os.close(handle)


def point(link: Path, target: str) -> None:
    """Make the symbolic link `link` lead to `target`, at once and without a moment of no link."""
    beside = link.with_name(f"{link.name}.tmp")
    with told(link):
        beside.unlink(missing_ok=True)
        beside.symlink_to(target)
        beside.replace(link)
        sync_folder(link.parent)


def sweep(folder: Path, pattern: str = "*.tmp") -> None:
    """Remove what a killed process left half-written in a folder."""
    for path in folder.glob(pattern):
        remove(path)


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, if it is there; never what a link leads to."""
    with told(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def take_lock(path: Path, *, wait: bool) -> int:
    """Return the handle of the lock file, held by this process until closed or killed.

    The file is never deleted: deleting it would let two processes each hold "the" lock.

    Raises:
        LockedError: another process holds it, and `wait` is False.
    """
    with told(path):
        handle = _open_private(path, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(handle)
            raise locked(path.parent) from None
        except BaseException:
            os.close(handle)
            raise
    return handle


def _open_private(path: Path, flags: int) -> int:
    """Return a handle of a 0600 file; never one behind a link."""
    handle = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
    os.fchmod(handle, PRIVATE_FILE)
    return handle

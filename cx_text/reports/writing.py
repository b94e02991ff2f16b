"""The one place that opens files for reports: old or new, never torn, and for the owner only."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cx_text.errors import CxTextError, ResourceError, UsageError
from cx_text.reports.cells import shown

Writer = Callable[[BinaryIO], None]

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_files(folder: Path, writers: Mapping[str, Writer]) -> list[Path]:
    """Return the paths of the files written into `folder` (made if missing), in the given order.

    Every file is first written in full beside its place and flushed to disk; only when all are
    there do they take their places. Files get mode 0600, folders that are made get 0700.

    Raises:
        ResourceError: the disk is full; nothing was replaced.
        UsageError: `folder` cannot be written.
    """
    with _told(folder):
        _make(folder)
        parts = {name: folder / f".{name}.part" for name in writers}
        try:
            for name, writer in writers.items():
                _write(parts[name], writer)
            for name, part in parts.items():
                part.replace(folder / name)
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)
        _flush(folder)
    return [folder / name for name in writers]


def _write(path: Path, writer: Writer) -> None:
    """Write a new file in full and flush it to disk."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, _NEW, 0o600), "wb") as out:
        os.fchmod(out.fileno(), 0o600)
        writer(out)
        out.flush()
        os.fsync(out.fileno())


def _make(folder: Path) -> None:
    """Make `folder` and what is missing above it, for the owner only."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        _make(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    _flush(folder.parent)


def _flush(folder: Path) -> None:
    """Flush the names in `folder` to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Turn what the system says about files into our errors."""
    try:
        yield
    except OSError as error:
        raise _named(error, folder) from error


def _named(error: OSError, folder: Path) -> CxTextError:
    """Return our error for one of the system."""
    why, where = error.strerror or str(error), shown(str(folder))
    if error.errno in _FULL:
        return ResourceError("DISK_FULL", f"the reports do not fit ({why})", "free space, run again", where)
    return UsageError("OUTPUT", f"the reports cannot be written ({why})", "choose another folder", where)

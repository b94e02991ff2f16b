"""Where bytes come from: files found in a stable order, opened safely, expanded within limits."""

from __future__ import annotations

import gzip
import io
import os
import signal
import stat
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from cx_text.config import Input
from cx_text.errors import InputError, UsageError
from cx_text.readers.sheet import shown

_CHUNK = 1 << 20
_PARTIAL = (".part", ".tmp")
_PLAIN_FILE = "give a plain file of this folder"


def find_inputs(paths: Sequence[str | Path]) -> list[Path]:
    """Return the files that `paths` name: as given, folders as their sorted files, none twice.

    In folders, hidden and half-written files (``.part``, ``.tmp``, ``~$``) are passed over. Links
    and devices are listed: `take` refuses them one by one, so that they harm no other file.

    Raises:
        UsageError: a path does not exist.
    """
    found: dict[str, Path] = {}
    for path in map(Path, paths):
        if not os.path.lexists(path):
            raise UsageError("INPUT", f"there is no {shown(str(path), 200)}", "check the path")
        for file in _inside(path) if path.is_dir() else [path]:
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def _inside(folder: Path) -> list[Path]:
    """Return the files under `folder` that are meant to be read, sorted."""
    return sorted(file for file in _walk(folder) if not _is_partial(file.name))


def _walk(folder: Path) -> Iterator[Path]:
    """Yield every file under `folder`, and links to folders, which are not followed."""
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        folders[:] = [name for name in folders if not name.startswith(".") and name not in links]
        yield from (Path(place) / name for name in files + links)


def _is_partial(name: str) -> bool:
    """Return whether a name says hidden or still being written."""
    return name.startswith((".", "~$")) or name.casefold().endswith(_PARTIAL)


def take(path: Path, limits: Input) -> bytes:
    """Return the bytes of a plain file that does not change while it is read.

    Raises:
        InputError: E_UNSAFE for links out, devices and pipes, E_TOO_BIG, E_TRUNCATED while it is
            still being written, E_FORMAT where the system does not let us read.
    """
    if path.is_symlink() and path.resolve().parent != path.parent.resolve():
        raise InputError("E_UNSAFE", "this is a link out of its folder", _PLAIN_FILE)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as file:  # noqa: PTH123 - a handle has no path
            return _whole(file, limits)
    except OSError as error:
        if not path.is_file():
            raise InputError("E_UNSAFE", "this is no plain file", _PLAIN_FILE) from None
        raise InputError("E_FORMAT", f"it cannot be read ({error.strerror})", "check its rights") from None


def _whole(file: BinaryIO, limits: Input) -> bytes:
    """Return all bytes of an open plain file."""
    before = os.fstat(file.fileno())
    if not stat.S_ISREG(before.st_mode):
        raise InputError("E_UNSAFE", "this is no plain file", _PLAIN_FILE)
    if before.st_size > limits.max_expanded_bytes:
        raise _too_big(before.st_size)
    data = file.read()
    after = os.fstat(file.fileno())
    changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
    if changed or _has_writer(file.fileno()):
        raise InputError("E_TRUNCATED", "it is still being written", "run again when it is whole")
    return data


def _has_writer(handle: int) -> bool:
    """Return whether a program has the file open for writing, where the system can tell (Linux).

    The system lends a file for reading alone only while nobody writes. The lease is given back at once;
    who wants to write in between waits, and the signal that tells us so is one that does nothing.
    """
    try:
        import fcntl  # noqa: PLC0415  not on every system

        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except (ImportError, AttributeError, OSError):
        return False
    return False


def drain(stream: BinaryIO, limits: Input) -> bytes:
    """Return all bytes of a stream.

    Raises:
        InputError: E_TOO_BIG.
    """
    return _counted(stream, limits.max_expanded_bytes)


def expand(data: bytes, limits: Input) -> bytes:
    """Return what gzip `data` holds; it is counted while it expands, nothing is written.

    Raises:
        InputError: E_EMPTY, E_FORMAT, E_TRUNCATED, E_TOO_BIG.
    """
    if not data:
        raise InputError("E_EMPTY", "the file holds no bytes", "export it again")
    most = min(len(data) * limits.max_expansion, limits.max_expanded_bytes)
    try:
        return _counted(gzip.GzipFile(fileobj=io.BytesIO(data)), most)
    except EOFError:
        raise InputError("E_TRUNCATED", "the gzip file has no end", "export or copy it again") from None
    except (gzip.BadGzipFile, zlib.error):
        raise InputError("E_FORMAT", "this is no sound gzip file", "export or copy it again") from None


def _counted(stream: BinaryIO | gzip.GzipFile, most: int) -> bytes:
    """Return all bytes of `stream`, at most `most`."""
    data = bytearray()
    while block := stream.read(_CHUNK):
        data += block
        if len(data) > most:
            raise _too_big(len(data))
    return bytes(data)


def _too_big(size: int) -> InputError:
    """Return the error of a source with more bytes than allowed."""
    mend = "split the file, or raise [input] max_expansion and max_expanded_bytes"
    return InputError("E_TOO_BIG", f"it holds {size} bytes or more", mend)

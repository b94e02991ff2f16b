"""The process that parses one untrusted file: bytes on stdin, a parcel on stdout, then it ends.

Called as ``python -m cx_text.readers.child MODULE FUNCTION PACKED STORED`` with settings, a line end
and the file on stdin. It is given as much memory and computing time as a file of STORED bytes may
need and no more; where it dies, `cx_text.readers.confined` says why in one line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from cx_text.config import Config
from cx_text.errors import InputError
from cx_text.readers.parcel import packed, packed_error
from cx_text.readers.sheet import Sheet
from cx_text.readers.source import expand

NO_MEMORY = 6
"""Exit code of a child that used up its memory, the one of all commands."""

_MEMORY, _MEMORY_A_BYTE = 768 << 20, 60
_SECONDS, _BYTES_A_SECOND = 40, 1_000_000
_PAGE = 4096


def answer(read: Callable[[bytes, Config], Sheet], data: bytes, config: Config, *, gzipped: bool) -> bytes:
    """Return what `read` makes of a file's bytes as a parcel, a sheet or an `InputError`."""
    try:
        return packed(read(expand(data, config.input) if gzipped else data, config))
    except InputError as error:
        return packed_error(error)


def confine(stored: int) -> None:
    """Limit memory and computing time of this process, where the system can."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  Windows has none

        seconds = _SECONDS + stored // _BYTES_A_SECOND
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        most = _in_use() + _MEMORY + stored * _MEMORY_A_BYTE
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _in_use() -> int:
    """Return how many bytes of addresses this process holds before it has read anything."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * _PAGE
    return 0


def main(arguments: list[str], stdin: Any, stdout: Any) -> int:
    """Parse one file; return the exit code."""
    module, function, gzipped, stored = arguments
    read = getattr(import_module(module), function)
    confine(int(stored))
    try:
        config = msgspec.json.decode(stdin.readline(), type=Config)
        stdout.write(answer(read, stdin.read(), config, gzipped=bool(int(gzipped))))
        stdout.flush()
    except MemoryError:
        return NO_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer))

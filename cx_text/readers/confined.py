"""Untrusted binary files are parsed in a process of their own, which may die without harm."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from cx_text.config import Config
from cx_text.errors import InputError, ResourceError
from cx_text.readers import child
from cx_text.readers.parcel import unpacked
from cx_text.readers.sheet import Sheet

_ROOT = str(Path(__file__).parents[2])
_SPENT = frozenset({child.NO_MEMORY, -6, -9, -24})
"""How a child ends that used up memory or time: our exit code, SIGABRT, SIGKILL, SIGXCPU."""
_FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Else libraries reserve addresses by the gigabyte and by the core, and a small file finds nothing left."""


def confined(
    read: Callable[[bytes, Config], Sheet], data: bytes, config: Config, *, gzipped: bool = False
) -> Sheet:
    """Return what `read`, a function of this package, makes of `data` in a process with limits.

    Raises:
        InputError: as `read`; E_TOO_BIG where memory or time did not suffice, E_FORMAT where it broke.
        ResourceError: no process can be started.
    """
    how = [read.__module__, read.__qualname__, str(int(gzipped)), str(len(data))]
    call = [sys.executable, "-P", "-m", child.__name__, *how]
    path = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH"))))
    try:
        ended = subprocess.run(  # noqa: S603  no shell, no name from the file
            call,
            input=msgspec.json.encode(config) + b"\n" + data,
            capture_output=True,
            check=False,
            env={**os.environ, **_FRUGAL, "PYTHONPATH": path},
        )
    except OSError as error:
        wrong = f"no process could be started ({error.strerror})"
        raise ResourceError("E_MEMORY", wrong, "free memory and run again") from None
    if ended.returncode:
        raise _died(ended.returncode)
    return unpacked(ended.stdout)


def _died(code: int) -> InputError:
    """Return why a child ended without an answer."""
    if code in _SPENT:
        wrong = "it expands to more than the memory or time that a file of its size may take"
        return InputError("E_TOO_BIG", wrong, "split the file, or export it as CSV")
    return InputError("E_FORMAT", "it is damaged in a way that stops the reader", "export the file again")

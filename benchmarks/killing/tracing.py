"""A child process stopped just before each of its write-like system calls: ptrace, on Linux and x86-64.

The child is forked, so what this process has imported need not be imported again. Only its first thread is
watched; those that libraries start write nothing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

HANDLE, FIRST, SECOND = "handle", "first", "second"
"""How a call says which file: an open file, or a path as its first or second argument."""

CALLS = {
    1: ("write", HANDLE),
    18: ("pwrite64", HANDLE),
    20: ("writev", HANDLE),
    74: ("fsync", HANDLE),
    75: ("fdatasync", HANDLE),
    77: ("ftruncate", HANDLE),
    82: ("rename", FIRST),
    83: ("mkdir", FIRST),
    84: ("rmdir", FIRST),
    86: ("link", FIRST),
    87: ("unlink", FIRST),
    88: ("symlink", SECOND),
    90: ("chmod", FIRST),
    91: ("fchmod", HANDLE),
    257: ("openat", SECOND),
    263: ("unlinkat", SECOND),
    264: ("renameat", SECOND),
    285: ("fallocate", HANDLE),
    296: ("pwritev", HANDLE),
    316: ("renameat2", SECOND),
}
"""The write-like calls by their number on x86-64; `openat` counts where it may make a file."""

GROWING = frozenset("write pwrite64 writev pwritev ftruncate fallocate openat mkdir link symlink".split())
"""Calls that a full disk refuses."""

_TRACEME, _POKEUSER, _GETREGS, _SYSCALL, _SETOPTIONS = 0, 6, 12, 24, 0x4200
_MARKED_STOPS, _END_WITH_US = 0x1, 0x100000
_STOP_AT_CALL = signal.SIGTRAP | 0x80
_REGISTERS = struct.Struct("27Q")
_ANSWER, _ARGUMENTS, _NUMBER = 10, (14, 13, 12), 15
_NO_CALL = 2**64 - 1
_LONGEST_PATH = 4096

_ptrace = ctypes.CDLL(None, use_errno=True).ptrace
_ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_ptrace.restype = ctypes.c_long


@dataclass(frozen=True)
class Touch:
    """A write-like call that is about to be made: the how many-th, its name, the file below the folder."""

    number: int
    call: str
    path: str


class Answer(Enum):
    """What becomes of a call: it is made, its process is killed, or the disk is full."""

    GO = auto()
    KILL = auto()
    FULL = auto()


Meet = Callable[[Touch], Answer]


def possible() -> bool:
    """Return whether processes can be watched here."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return False
    try:
        return traced(lambda: 7, Path("/"), lambda _: Answer.GO) == 7
    except OSError:
        return False


def forked(act: Callable[[], int], *, watched: bool = False) -> int:
    """Return the id of a child process that ends with the exit code of `act`; `watched`: it waits for us."""
    child = os.fork()
    if child:
        return child
    code = os.EX_SOFTWARE
    try:
        if watched:
            _ptrace(_TRACEME, 0, None, None)
            os.kill(os.getpid(), signal.SIGSTOP)
        code = act()
    finally:
        os._exit(code)


def waited(child: int) -> int:
    """Return the exit code of a child, negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def traced(act: Callable[[], int], home: Path, meet: Meet) -> int:
    """Return the exit code of `act` in a child process; `meet` hears of each touch of a file below `home`.

    Raises:
        OSError: the system does not let one process watch another.
    """
    child = forked(act, watched=True)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSTOPPED(status) or _ptrace(_SETOPTIONS, child, None, _MARKED_STOPS | _END_WITH_US):
        raise OSError(errno.EPERM, "a child process cannot be watched")
    number, before, refused, sent = 0, True, False, 0
    while True:
        _ptrace(_SYSCALL, child, None, sent)
        status = os.waitpid(child, 0)[1]
        if not os.WIFSTOPPED(status):
            return os.waitstatus_to_exitcode(status)
        if os.WSTOPSIG(status) != _STOP_AT_CALL:
            sent = os.WSTOPSIG(status)
            continue
        sent = 0
        if before and (touch := _touch(child, home, number + 1)):
            number += 1
            refused = _met(child, touch, meet)
        elif refused:
            _ptrace(_POKEUSER, child, 8 * _ANSWER, 2**64 - errno.ENOSPC)
            refused = False
        before = not before


def _met(child: int, touch: Touch, meet: Meet) -> bool:
    """Let `meet` decide on a call; return whether it is refused, the answer to be put in when it is over."""
    answer = meet(touch)
    if answer is Answer.KILL:
        os.kill(child, signal.SIGKILL)
    refused = answer is Answer.FULL and touch.call in GROWING
    if refused:
        _ptrace(_POKEUSER, child, 8 * _NUMBER, _NO_CALL)
    return refused


def _touch(child: int, home: Path, number: int) -> Touch | None:
    """Return the write-like call below `home` that a stopped child is about to make, None for any other."""
    buffer = ctypes.create_string_buffer(_REGISTERS.size)
    _ptrace(_GETREGS, child, None, ctypes.addressof(buffer))
    registers = _REGISTERS.unpack(buffer.raw)
    if registers[_NUMBER] not in CALLS:
        return None
    name, says = CALLS[registers[_NUMBER]]
    first, second, third = (registers[place] for place in _ARGUMENTS)
    if name == "openat" and not third & os.O_CREAT:
        return None
    folder = Path(f"/proc/{child}/cwd").readlink()
    path = folder / (
        _opened(child, first) if says == HANDLE else _text(child, first if says == FIRST else second)
    )
    return Touch(number, name, str(path.relative_to(home))) if path.is_relative_to(home) else None


def _opened(child: int, handle: int) -> str:
    """Return the path of an open file of a child, one that is no path of ours where there is none."""
    try:
        return str(Path(f"/proc/{child}/fd/{handle & 0xFFFFFFFF}").readlink())
    except OSError:
        return "/"


def _text(child: int, address: int) -> str:
    """Return the text at an address in the memory of a child."""
    with Path(f"/proc/{child}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return os.fsdecode(memory.read(_LONGEST_PATH).split(b"\0", 1)[0])

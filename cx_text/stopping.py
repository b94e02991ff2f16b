"""A command ends in time at SIGTERM and SIGINT, also where a library hears none, and in order at an abort."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from threading import Thread
from typing import NoReturn

GRACE = 8.0
"""Seconds to end in order; what is then still at work is cut off, as a kill would, which harms no state."""


def listen() -> None:
    """Hear SIGTERM as Python hears SIGINT, and see to it that both end this process in time.

    A library that gets no memory aborts; then `_exit` is called with the number of the signal, which is 6 as
    is our exit code for memory that is used up.
    """
    signal.signal(signal.SIGTERM, _stop)
    libc = ctypes.CDLL(None)
    libc.signal(signal.SIGABRT, ctypes.cast(libc["_exit"], ctypes.c_void_p))
    heard, says = os.pipe()
    os.set_blocking(says, False)
    signal.set_wakeup_fd(says, warn_on_full_buffer=False)
    Thread(target=_end_after, args=(heard, GRACE), daemon=True).start()


def _stop(number: int, _: object) -> NoReturn:
    """End at a signal with the exit code that names it."""
    raise SystemExit(128 + number)


def _end_after(heard: int, grace: float) -> None:
    """Wait for a signal, give the process time to end, and end it."""
    number = os.read(heard, 1)[0]
    time.sleep(grace)
    os._exit(128 + number)

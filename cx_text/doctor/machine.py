"""The machine: Python, packages, shipped models, memory, cores, and the zones of the world."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cx_text.doctor.sign import PROBLEM, WARNING, Sign, fine
from cx_text.shipped import changed_files

PYTHONS = ((3, 11), (3, 14))
"""The first version that will do, and the first that will not."""

LEAST, COMFORT = 1.0, 3.0
"""Gigabytes of memory: a small night; a hundred thousand comments."""

CGROUP = Path("/sys/fs/cgroup/memory.max")
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[.*?\])?\s*([^;]*)")
_BOUND = re.compile(r"(>=|<|==)\s*([\d.]+)")


def machine() -> Iterator[Sign]:
    """Yield what there is to say of the machine, whatever it is to work on."""
    yield _python()
    yield _packages()
    yield _models()
    yield _memory(memory())
    yield fine(
        "cores", f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()}"
    )
    yield _zones()


def _python() -> Sign:
    """Return whether this Python is one of those that the packages are made for."""
    found = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1] and sys.maxsize > 2**32:
        return fine("Python", found)
    return Sign("Python", PROBLEM, found, "use a 64-bit Python 3.11, 3.12 or 3.13")


def _packages() -> Sign:
    """Return whether all packages that we need are there, in versions that will do."""
    try:
        needed = [one for one in requires("cx_text") or () if "extra ==" not in one]
    except PackageNotFoundError:
        return Sign("packages", WARNING, "cx_text is not installed, only found", "install it with pip")
    wrong = [told for told in map(unfit, needed) if told]
    if wrong:
        return Sign("packages", PROBLEM, "; ".join(wrong), "install cx_text again")
    return fine("packages", f"{len(needed)}, all in versions that will do")


def unfit(requirement: str) -> str:
    """Return what is wrong with the package that a requirement names, nothing where it will do.

    >>> unfit("msgspec>=0.1,<99; python_version > '3'"), unfit("nobody-makes-this>=1")
    ('', 'nobody-makes-this is missing')
    """
    name, bounds = _REQUIREMENT.match(requirement).groups()  # type: ignore[union-attr]
    try:
        found = version(name)
    except PackageNotFoundError:
        return f"{name} is missing"
    here = _numbers(found)
    holds = {
        ">=": lambda bound: here >= bound,
        "<": lambda bound: here < bound,
        "==": lambda bound: here == bound,
    }
    if all(holds[sign](_numbers(bound)) for sign, bound in _BOUND.findall(bounds)):
        return ""
    return f"{name} is {found}, needed is {bounds.strip()}"


def _numbers(release: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared, without zeros at its end.

    >>> _numbers("3.0") == _numbers("3"), _numbers("3.10rc1") > _numbers("3.9")
    (True, True)
    """
    numbers = [int(one) for one in re.findall(r"\d+", re.match(r"[\d.]*", release)[0])]  # type: ignore[index]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _models() -> Sign:
    """Return whether every file of the shipped models is as it was made."""
    count, changed = changed_files()
    if changed:
        return Sign(
            "shipped models", PROBLEM, f"missing or changed: {', '.join(changed)}", "install cx_text again"
        )
    return fine("shipped models", f"{count} files as they were made")


def memory() -> float:
    """Return the gigabytes of memory that this process may use, as the machine or its container sets them."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = CGROUP.read_text(encoding="ascii").strip()
    except OSError:
        limit = "max"
    return (min(whole, int(limit)) if limit.isdigit() else whole) / 2**30


def _memory(size: float) -> Sign:
    """Return whether there is memory for a night."""
    found = f"{size:.1f} GB"
    if size < LEAST:
        return Sign("memory", PROBLEM, found, "give it 1 GB, or 3 GB for 100,000 comments")
    if size < COMFORT:
        return Sign(
            "memory", WARNING, found, "enough for a few thousand comments; --workers 1 needs the least"
        )
    return fine("memory", found)


def _zones() -> Sign:
    """Return whether the time zones of the world are known."""
    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        return Sign("time zones", PROBLEM, "not known", "install the package tzdata")
    return fine("time zones", "known")

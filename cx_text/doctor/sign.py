"""What was looked at, how it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from cx_text.errors import CxTextError

OK, WARNING, PROBLEM = "ok", "warning", "problem"


@dataclass(frozen=True)
class Sign:
    """One thing that was looked at.

    Attributes:
        of: what.
        state: ``ok``, ``warning`` (a night may be slow or lose comfort) or ``problem`` (it would fail).
        found: how it is.
        mend: what to do; empty where nothing is.
    """

    of: str
    state: str
    found: str
    mend: str = ""


def fine(of: str, found: str) -> Sign:
    """Return the sign of what is as it should be."""
    return Sign(of, OK, found)


def refused(of: str, error: CxTextError, state: str = PROBLEM) -> Sign:
    """Return the sign that an error of ours is."""
    place = f"{error.where}: " if error.where else ""
    return Sign(of, state, f"{error.code} {place}{error.wrong}", error.mend)

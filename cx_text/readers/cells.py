"""Cells to numbers and flags; what cannot be read is None and is counted by the caller."""

from __future__ import annotations

import math
import re

_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_POINTS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_CURRENCY = "$\u20ac\u00a3\u00a5 \t\u00a0\u202f"

_FLAGS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "1.0", "resolved", "solved"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0", "0.0", "unresolved", "not resolved", "unsolved"), False),
}


def number(cell: str) -> float | None:
    """Return the number in `cell`; a comma is decimal unless it groups thousands.

    >>> number("4,0"), number("1,234.5"), number("1.234,50"), number("12 apples")
    (4.0, 1234.5, 1234.5, None)
    """
    text = cell.strip(_CURRENCY)
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif _POINTS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if math.isfinite(value) else None


def flag(cell: str) -> bool | None:
    """Return yes or no; None for anything else.

    >>> flag("Yes"), flag("unresolved"), flag("maybe")
    (True, False, None)
    """
    return _FLAGS.get(cell.strip().casefold())

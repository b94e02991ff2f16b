"""Cells of tables as text that no spreadsheet runs and no terminal obeys."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from cx_text.records import Kind

Row = Mapping[str, Any]

_BREAKS = re.compile(r"\r\n|[\t\n\v\f\r\x85\u2028\u2029]")
_UNSHOWN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)
_STARTERS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b")
_LURKERS = frozenset("\t\r\0")
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def shown(text: str) -> str:
    r"""Return `text` on one line, without control, direction and surrogate characters.

    >>> shown("two\nlines\x00 \u202egnp.exe")
    'two lines gnp.exe'
    """
    return _UNSHOWN.sub("", _BREAKS.sub(" ", text))


def safe_cell(text: str) -> str:
    """Return `text` as shown, with a leading ``'`` where a spreadsheet could take it for a formula.

    Dangerous is what begins, after blanks and invisible characters, with ``= + - @``, their
    full-width forms, TAB, CR or NUL, and is no plain number.

    >>> safe_cell("=cmd|' /C calc'!A0"), safe_cell("-12.5"), safe_cell("fine")
    ("'=cmd|' /C calc'!A0", '-12.5', 'fine')
    """
    clean = shown(text)
    if _NUMBER.fullmatch(clean):
        return clean
    return f"'{clean}" if _is_dangerous(text) else clean


def _is_dangerous(text: str) -> bool:
    """Return whether the first visible mark starts a formula, or TAB, CR or NUL stands before it."""
    for mark in text:
        if mark in _STARTERS or mark in _LURKERS:
            return True
        if mark not in _FILLERS and unicodedata.category(mark)[0] not in "CMZ":
            return False
    return False


def joined(items: Sequence[str]) -> str:
    r"""Return a list as one text: items joined by ``|``, with ``|`` and ``\`` escaped by ``\``.

    >>> print(joined(["a|b", "c"]))
    a\|b|c
    """
    return "|".join(item.replace("\\", "\\\\").replace("|", "\\|") for item in items)


def empty(value: Any) -> bool:
    """Return whether a cell holds nothing: None, NaN, NA, NaT or a number without bounds."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return isinstance(value, float) and not math.isfinite(value)


_AS_TEXT: Mapping[Kind, Callable[[Any], str]] = {
    Kind.TEXT: safe_cell,
    Kind.NUMBER: repr,
    Kind.COUNT: lambda value: str(int(value)),
    Kind.TIME: lambda value: str(value.isoformat()).replace("+00:00", "Z"),
    Kind.FLAG: lambda value: "true" if value else "false",
    Kind.LIST: lambda value: safe_cell(joined(value)),
}


def texts(values: pd.Series, kind: Kind) -> list[str]:
    """Return one text a cell; an empty cell is an empty text, a list is joined by ``|``."""
    as_text = _AS_TEXT[kind]
    return ["" if empty(value) else as_text(value) for value in values.tolist()]


def rows(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a table as mappings, with None where a cell is empty."""
    columns = {name: [None if empty(cell) else cell for cell in frame[name].tolist()] for name in frame}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]

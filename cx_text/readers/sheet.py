"""The raw table that every format is read into: headers and rows, text as text."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from cx_text.errors import InputError

Row = tuple[str | None, ...]

RAW_LENGTH = 200
SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK = "\u200b\u200c\u200d\u2060\ufeff"
_JOINT = re.compile(r"[\s_-]+")
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0+")


class Misfit(str):  # noqa: SLOT000 - a slot cannot be added to str
    """The text of a cell that is no text; `code` is the row's code where text is needed."""

    code: str

    def __new__(cls, text: str, code: str) -> Self:
        """Return `text` marked with a row code."""
        misfit = super().__new__(cls, text)
        misfit.code = code
        return misfit


@dataclass(frozen=True)
class Sheet:
    """One table as it stands in the file, before anything is mapped or typed.

    Attributes:
        headers: c headers as written, no two alike.
        rows: n rows of c cells: text, or None for a really empty cell, JSON null or Parquet null.
        lines: n line or sheet row numbers, from 1.
        rejected: rows that could not be split into cells, as rows of REJECTED without `file`.
        warnings: sentences about the file as a whole.
    """

    headers: tuple[str, ...]
    rows: list[Row]
    lines: list[int]
    rejected: list[dict[str, Any]] = field(default_factory=list)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check once that lengths agree (a mistake of ours otherwise)."""
        if len(self.rows) != len(self.lines):
            message = f"{len(self.rows)} rows, but {len(self.lines)} lines"
            raise ValueError(message)

    def column(self, place: int) -> list[str | None]:
        """Return the n cells of the column at `place`."""
        return [row[place] for row in self.rows]


def normal(header: str) -> str:
    """Return what two headers share that mean the same name: case, blanks, `_` and `-` aside.

    >>> normal(" Customer-Remarks"), normal("CSAT  Score"), normal("Agent_name")
    ('customer_remarks', 'csat_score', 'agent_name')
    """
    return _JOINT.sub("_", header.translate(dict.fromkeys(map(ord, _BLANK))).strip().casefold())


def checked(headers: Sequence[str], limit: int) -> tuple[str, ...]:
    """Return `headers` with a name for the nameless (``column 3``).

    Raises:
        InputError: E_TOO_BIG above `limit` columns, E_ENCODING for broken letters, E_DUP_COLUMN.
    """
    if len(headers) > limit:
        wrong = f"{len(headers)} columns, {limit} are allowed"
        raise InputError("E_TOO_BIG", wrong, "leave columns out or raise [input] max_columns")
    if any(SURROGATE.search(header) for header in headers):
        raise InputError("E_ENCODING", "the header holds broken letters", "save the file as UTF-8")
    named = tuple(header if normal(header) else f"column {n}" for n, header in enumerate(headers, start=1))
    counts = Counter(map(normal, named))
    if twice := [header for header in named if counts[normal(header)] > 1]:
        wrong = f"the columns {listed(twice)} have the same name"
        raise InputError("E_DUP_COLUMN", wrong, "rename or remove one of them")
    return named


def shown(text: str, length: int = 60) -> str:
    r"""Return `text` from a file as it may stand in a message: one line, printable, cut.

    >>> shown("a" + chr(27) + "[31m")
    'a\\x1b[31m'
    """
    plain_text = "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text
    )
    return plain_text if len(plain_text) <= length else plain_text[: length - 1] + "\u2026"


def listed(headers: Sequence[str], most: int = 20) -> str:
    """Return headers for a message: quoted, at most `most` of them."""
    names = ", ".join(f'"{shown(header)}"' for header in headers[:most])
    return names + (f" and {len(headers) - most} more" if len(headers) > most else "")


def refused(line: int, code: str, reason: str, raw: str, column: str = "") -> dict[str, Any]:
    """Return one row of REJECTED without `file`; `raw` is cut at 200 characters."""
    whole = raw[:RAW_LENGTH].encode("utf-8", "surrogateescape" if _escaped(raw) else "backslashreplace")
    return {
        "line": line,
        "code": code,
        "column": column,
        "reason": reason,
        "raw": whole.decode("utf-8", "backslashreplace")[:RAW_LENGTH],
    }


def _escaped(raw: str) -> bool:
    """Return whether all broken letters of the cut text stand for undecodable bytes."""
    return all("\udc80" <= mark <= "\udcff" for mark in SURROGATE.findall(raw[:RAW_LENGTH]))


def plain(value: Any) -> str | None:
    """Return a typed cell as text: no ``.0`` on whole numbers, ISO dates, ``true``/``false``.

    None, NaN and NaT are None; lists and objects are their JSON, marked Q_BAD_TYPE.

    >>> plain(5.0), plain(0.25), plain(True), plain(None), plain("NA")
    ('5', '0.25', 'true', None, 'NA')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, (dict, list, tuple)):
        return Misfit(json.dumps(value, ensure_ascii=False, default=plain), "Q_BAD_TYPE")
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return _scalar(value)


def _scalar(value: Any) -> str | None:
    """Return a number, date or flag as text; what equals not even itself is None."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, Decimal):
        return whole(format(value, "f"))
    if isinstance(value, (dt.date, dt.time)) and value == value:  # noqa: PLR0124 - NaT is not
        return value.isoformat()
    return None if str(value) in {"nan", "NaT", "<NA>"} else str(value)


def whole(number: str) -> str:
    """Return the literal of a number without the ``.0`` of a whole one.

    >>> whole("4.0"), whole("4.50"), whole("1e5")
    ('4', '4.50', '1e5')
    """
    match = _WHOLE.fullmatch(number)
    return match[1] if match else number

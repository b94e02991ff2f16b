"""Cells to moments: ISO 8601 in its spellings, a declared format, or an order the column settles."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cx_text.errors import InputError

_TIME = r"""(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d+))?)?
    \s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"""
_REST = rf"(?:(?:T|t|,?\s+)\s*{_TIME})?"
_ISO = re.compile(rf"(?P<year>\d{{4}})([-/.])(?P<month>\d\d?)\2(?P<day>\d\d?){_REST}", re.VERBOSE)
_NUMERIC = re.compile(rf"(?P<one>\d\d?)([-/.])(?P<two>\d\d?)\2(?P<year>\d{{4}}|\d\d){_REST}", re.VERBOSE)
_DAY_NAMED = re.compile(
    rf"(?P<day>\d\d?)[\s-](?P<name>[A-Za-z]{{3,9}})\.?[\s,-]\s*(?P<year>\d{{4}}|\d\d){_REST}", re.VERBOSE
)
_NAMED_DAY = re.compile(
    rf"(?P<name>[A-Za-z]{{3,9}})\.?\s(?P<day>\d\d?),?\s(?P<year>\d{{4}}){_REST}", re.VERBOSE
)
_MONTHS = ("january february march april may june july august september october november december").split()
_EPOCHS = {"epoch": 1, "%s": 1, "epoch_ms": 1000}
_START = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY, _MINUTE = 24, 60

Moment = dt.datetime | None


@dataclass(frozen=True)
class Clock:
    """How dates of one column are read: declared `form`, `zone` of dates without one, day first?"""

    form: str
    zone: ZoneInfo
    day_first: bool | None = None


def moments(cells: Sequence[str | None], form: str, zone: ZoneInfo) -> list[Moment]:
    """Return the moment in UTC of each cell; None where it is empty or cannot be read.

    `form` is a strptime format, ``epoch`` or ``epoch_ms``; empty: ISO 8601, month names, or day and
    month in the one order that the whole column allows.

    Raises:
        InputError: E_FORMAT, the column does not say whether the day or the month comes first.
    """
    distinct = {cell for cell in cells if cell}
    clock = Clock(form, zone, None if form else day_first(distinct))
    read = {cell: moment(cell, clock) for cell in distinct}
    return [read.get(cell) if cell else None for cell in cells]


def day_first(cells: Iterable[str]) -> bool | None:
    """Return whether numeric dates start with the day; None where there are none.

    >>> day_first(["03/04/2024", "25/04/2024"]), day_first(["2024-04-03"])
    (True, None)

    Raises:
        InputError: E_FORMAT, no part is above 12, or sometimes the one and sometimes the other is.
    """
    matches = filter(None, (_NUMERIC.fullmatch(cell.strip()) for cell in cells))
    pairs = {(int(match["one"]), int(match["two"])) for match in matches}
    first = any(two <= 12 < one for one, two in pairs)
    second = any(one <= 12 < two for one, two in pairs)
    if first != second or all(one == two for one, two in pairs):
        return first if pairs else None
    wrong = "the dates do not show whether the day or the month comes first"
    if first:
        wrong = "some dates start with the day and some with the month"
    raise InputError("E_FORMAT", wrong, 'declare it: [input] date_format = "%d/%m/%Y" or "%m/%d/%Y"')


def moment(cell: str, clock: Clock) -> Moment:
    """Return the moment in UTC that `cell` names; None if it names none.

    >>> moment("2015-02-24 11:35:52 -0800", Clock("", ZoneInfo("UTC"))).isoformat()
    '2015-02-24T19:35:52+00:00'
    """
    text = cell.strip()
    try:
        if clock.form:
            return _declared(text, clock)
        return _spelled(text, clock)
    except (ValueError, OverflowError):
        return None


def _declared(text: str, clock: Clock) -> Moment:
    """Return the moment by the declared format; ISO dates of typed cells are taken beside it.

    Raises:
        ValueError, OverflowError: there is none.
    """
    if clock.form in _EPOCHS:
        return _START + dt.timedelta(seconds=float(text) / _EPOCHS[clock.form])
    try:
        return _in_utc(dt.datetime.strptime(text, clock.form), clock.zone)  # noqa: DTZ007 - zone follows
    except ValueError:
        if clock.form.startswith("%Y") or not _ISO.fullmatch(text):
            raise
        return _spelled(text, clock)


def _spelled(text: str, clock: Clock) -> Moment:
    """Return the moment of a date in one of the usual spellings.

    Raises:
        ValueError, OverflowError: there is none.
    """
    if match := _ISO.fullmatch(text):
        return _built(match, int(match["month"]), int(match["day"]), clock.zone)
    if match := _NUMERIC.fullmatch(text):
        one, two = int(match["one"]), int(match["two"])
        return _built(match, *((two, one) if clock.day_first else (one, two)), clock.zone)
    if match := _DAY_NAMED.fullmatch(text) or _NAMED_DAY.fullmatch(text):
        return _built(match, _month(match["name"]), int(match["day"]), clock.zone)
    if text.isdigit() and len(text) != 8:
        return None
    return _in_utc(dt.datetime.fromisoformat(text), clock.zone)


def _month(name: str) -> int:
    """Return the number of an English month by its name or first three letters; 0 if it is none."""
    word = name.casefold()
    short = word if len(word) > 3 and word != "sept" else word[:3]
    found = [n for n, month in enumerate(_MONTHS, start=1) if short in {month, month[:3]}]
    return found[0] if found else 0


def _built(match: re.Match[str], month: int, day: int, zone: ZoneInfo) -> Moment:
    """Return the moment of a match with its time; 24:00 and leap seconds run into what follows.

    Raises:
        ValueError, OverflowError: the calendar or the clock has no such value.
    """
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 2000 if year < 70 else 1900
    start = dt.datetime(year, month, day)  # noqa: DTZ001 - the zone follows
    if match["hour"] is None:
        return _in_utc(start, zone)
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if half := match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    if hour > _DAY or minute >= _MINUTE or second > _MINUTE or (hour == _DAY and minute + second):
        return None
    part = int((match["part"] or "0")[:6].ljust(6, "0"))
    time = dt.timedelta(hours=hour, minutes=minute, seconds=second, microseconds=part)
    return _in_utc(start + time, _offset(match["zone"]) or zone)


def _offset(text: str | None) -> dt.tzinfo | None:
    """Return the zone that a date names as Z, UTC or hours and minutes; None without one."""
    if not text:
        return None
    digits = re.sub(r"[^0-9]", "", text).ljust(4, "0")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-offset if text.startswith("-") else offset)


def _in_utc(value: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Return `value` in UTC; without a zone of its own it is meant in `zone`.

    A time that a change of clocks skips is read by the offset before the change.
    """
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(dt.UTC)

"""JSON Lines, and one JSON array of objects: numbers keep their literal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from cx_text.config import Config
from cx_text.errors import InputError
from cx_text.readers.encoding import decode
from cx_text.readers.sheet import Sheet, checked, plain, refused, whole

_LINE = re.compile(r"\r\n|\n|\r")
_MAX_CELLS = 20_000_000
_GAP = re.compile(r"[ \t\r\n]*")

Element = tuple[int, str, Any]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; one name given twice is a mistake."""
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a name stands twice"
        raise ValueError(message)
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=str, parse_float=whole, parse_constant=lambda _: None, strict=False
)


def read_jsonl(data: bytes, config: Config) -> Sheet:
    """Return the table of JSON Lines or of one JSON array; headers in the order they appear.

    Raises:
        InputError: E_EMPTY, E_ENCODING, E_FORMAT, E_TRUNCATED, E_DUP_COLUMN, E_TOO_BIG.
    """
    text, warnings = decode(data)
    return objects(text, config.input.max_columns, warnings)


def objects(text: str, max_columns: int, warnings: tuple[str, ...] = ()) -> Sheet:
    """Return the table in `text`; lines that are no JSON object are set aside.

    Raises:
        InputError: as `read_jsonl`.
    """
    if not text.strip():
        raise InputError("E_EMPTY", "the file holds no rows", "export it again")
    array = text.lstrip().startswith("[")
    good, rejected = [], []
    for line, raw, found in _elements(text) if array else _lines(text):
        if isinstance(found, dict):
            good.append((line, found))
        else:
            reason = found if isinstance(found, _Mistake) else "this is no JSON object"
            rejected.append(refused(line, "Q_BAD_JSON", reason, raw))
    if rejected and not good:
        raise InputError("E_FORMAT", "no line holds a JSON object", "write one object a line, or a CSV")
    names = _names(found for _, found in good)
    headers = checked(names, max_columns)
    _measure(len(names) * len(good), sum(len(found) for _, found in good))
    rows = [tuple(plain(found.get(name)) for name in names) for _, found in good]
    return Sheet(headers, rows, [line for line, _ in good], rejected, warnings)


def _measure(cells: int, held: int) -> None:
    """Refuse objects of which each has other names: as a table they would be far larger."""
    if cells > max(_MAX_CELLS, 4 * held):
        wrong = f"{held} values make a table of {cells} cells, for the objects share few names"
        raise InputError("E_TOO_BIG", wrong, "use the same names in all objects")


class _Mistake(str):
    """Why a line is no JSON."""

    __slots__ = ()


def _lines(text: str) -> Iterator[Element]:
    """Yield number, text and value of each line that is not blank."""
    for number, line in enumerate(_LINE.split(text), start=1):
        if line.strip():
            yield number, line, _value(line)


def _value(line: str) -> Any:
    """Return the JSON value of a line, or the mistake in it."""
    try:
        return _DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        return _Mistake(f"this is no JSON: {getattr(error, 'msg', error)}")


def _elements(text: str) -> Iterator[Element]:
    """Yield line, text and value of each element of the array in `text`.

    Raises:
        InputError: E_FORMAT, or E_TRUNCATED where the array has no end.
    """
    place, line, past = _skip(text, text.index("[") + 1), 1, 0
    while text[place : place + 1] != "]":
        line, past = line + len(_LINE.findall(text, past, place)), place
        try:
            found, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise _broken(text, line, getattr(error, "pos", 0)) from None
        yield line, text[place:end], found
        place = _skip(text, end)
        if text[place : place + 1] == ",":
            place = _skip(text, place + 1)
        elif text[place : place + 1] != "]":
            raise _broken(text, line, place)
    if text[place + 1 :].strip():
        raise InputError("E_FORMAT", "text follows the JSON array", "write one array, or one object a line")


def _skip(text: str, place: int) -> int:
    """Return the next place after `place` that is not blank."""
    match = _GAP.match(text, place)
    return match.end() if match else place


def _broken(text: str, line: int, place: int) -> InputError:
    """Return the error of an array that cannot be read at `place`."""
    if not text.rstrip().endswith("]") or place >= len(text.rstrip()):
        wrong = f"the JSON array ends within the element of line {line}"
        return InputError("E_TRUNCATED", wrong, "export the file again")
    wrong = f"the JSON array is broken near line {line}"
    return InputError("E_FORMAT", wrong, "mend it or write one object a line")


def _names(found: Iterable[dict[str, Any]]) -> list[str]:
    """Return the names of all objects in the order they first appear."""
    return list(dict.fromkeys(name for row in found for name in row))

"""Files as bad exporters, broken transfers and attackers make them, each with the outcome it must have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

HEADER = ("id", "comment", "date", "csat")
TEXT = "Caf\u00e9 d\u00e9\u00e7u \u2013 na\u00efve"


@dataclass(frozen=True)
class Case:
    """One hostile file.

    Attributes:
        name: file name; what stands before the ending says what is wrong.
        data: its bytes.
        code: file code where it is refused, empty where it is taken.
        accepted: rows taken; -1 where only the laws are checked.
        rows: codes of the rows set aside, in order of lines.
        warns: words that some warning must hold.
    """

    name: str
    data: bytes
    code: str = ""
    accepted: int = -1
    rows: tuple[str, ...] = ()
    warns: str = ""


def taken(name: str, data: bytes | str, accepted: int, *rows: str, warns: str = "") -> Case:
    """Return a file of which `accepted` rows are taken and others set aside by their codes."""
    return Case(name, _bytes(data), "", accepted, rows, warns)


def refused(name: str, data: bytes | str, code: str) -> Case:
    """Return a file that is refused as a whole."""
    return Case(name, _bytes(data), code)


def either(name: str, data: bytes | str) -> Case:
    """Return a file that may be taken or refused, so long as the laws hold."""
    return Case(name, _bytes(data), "?")


def _bytes(data: bytes | str) -> bytes:
    """Return text as UTF-8."""
    return data.encode() if isinstance(data, str) else data


def rows(count: int = 6, first: int = 0) -> list[list[str]]:
    """Return rows of good cells under HEADER."""
    return [[f"r{n}", f"{TEXT} {n}", "2024-05-17", str(1 + n % 5)] for n in range(first, first + count)]


def lines(table: Sequence[Sequence[str]], mark: str = ",", end: str = "\n") -> str:
    """Return a table as delimited text without quotes, HEADER first."""
    return "".join(mark.join(row) + end for row in [HEADER, *table])


def csv(*extra: str, count: int = 6) -> str:
    """Return a CSV of `count` good rows with `extra` lines after them."""
    return lines(rows(count)) + "".join(f"{line}\n" for line in extra)


def gather(*sources: Callable[[], Iterator[Case]]) -> list[Case]:
    """Return the cases of all sources; their names differ."""
    found = [case for source in sources for case in source()]
    names = [case.name for case in found]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return found

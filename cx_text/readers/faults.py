"""Which rows are set aside, and why: the ``Q_`` codes that need the mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cx_text.config import Config
from cx_text.errors import InputError
from cx_text.readers.dates import Moment
from cx_text.readers.sheet import SURROGATE, Misfit, Sheet, refused

_REASONS = {
    "Q_BAD_TYPE": "a list or an object stands where text is needed",
    "Q_ERROR_CELL": "the cell holds a spreadsheet error",
}
_MENDS = {
    "Q_BAD_DATE": "declare [input] date_format, or name another column: --map created_at=HEADER",
    "Q_RAGGED": "export the file again with quotes around cells that hold the delimiter",
    "Q_NO_ID": 'fill in the ids, or name another column: --map verbatim_id="HEADER"',
    "Q_BAD_JSON": "write one JSON object a line",
    "Q_BAD_ENCODING": "save the file as UTF-8",
    "Q_BAD_TYPE": 'name a column of text: --map verbatim="HEADER"',
    "Q_TOO_LONG": "shorten the comments, or raise [input] max_comment_bytes",
    "Q_DUP_ID_CONFLICT": 'name a column of unique ids: --map verbatim_id="HEADER"',
    "Q_ERROR_CELL": "mend the formulas, or export values",
}

Fault = tuple[int, dict[str, Any]]


def faults(
    sheet: Sheet, columns: Mapping[str, str], dates: Sequence[Moment], config: Config
) -> dict[int, dict[str, Any]]:
    """Return what is wrong with bad rows: place of the row -> row of REJECTED, one fault a row."""
    found: dict[int, dict[str, Any]] = {}
    for place, fault in _all(sheet, columns, dates, config):
        found.setdefault(place, fault)
    return found


def _all(
    sheet: Sheet, columns: Mapping[str, str], dates: Sequence[Moment], config: Config
) -> Iterator[Fault]:
    """Yield every fault of every row, the gravest kinds first."""
    for header in sheet.headers:
        yield from _broken(sheet, header)
    for target in ("verbatim_id", "verbatim"):
        if target in columns:
            yield from _unfit(sheet, columns[target])
    if "verbatim_id" in columns:
        yield from _nameless(sheet, columns)
    yield from _long(sheet, columns["verbatim"], config.input.max_comment_bytes)
    if "created_at" in columns:
        yield from _undated(sheet, columns["created_at"], dates)


def _cells(sheet: Sheet, header: str) -> Iterator[tuple[int, str]]:
    """Yield place and text of the cells of a column; empty cells as empty text."""
    own = sheet.headers.index(header)
    return ((place, row[own] or "") for place, row in enumerate(sheet.rows))


def _broken(sheet: Sheet, header: str) -> Iterator[Fault]:
    """Yield rows with bytes that are no letters."""
    for place, cell in _cells(sheet, header):
        if not cell.isascii() and SURROGATE.search(cell):
            reason = "the cell holds bytes that are no letters"
            yield place, refused(sheet.lines[place], "Q_BAD_ENCODING", reason, cell, header)


def _unfit(sheet: Sheet, header: str) -> Iterator[Fault]:
    """Yield rows where a comment or id is no text."""
    for place, cell in _cells(sheet, header):
        if isinstance(cell, Misfit):
            yield place, refused(sheet.lines[place], cell.code, _REASONS[cell.code], cell, header)


def _nameless(sheet: Sheet, columns: Mapping[str, str]) -> Iterator[Fault]:
    """Yield rows with an empty id; their comment leads to them."""
    text = sheet.headers.index(columns["verbatim"])
    header = columns["verbatim_id"]
    for place, cell in _cells(sheet, header):
        if not cell:
            raw = sheet.rows[place][text] or ""
            yield place, refused(sheet.lines[place], "Q_NO_ID", "the id is empty", raw, header)


def _long(sheet: Sheet, header: str, most: int) -> Iterator[Fault]:
    """Yield rows with a comment of more than `most` bytes."""
    for place, cell in _cells(sheet, header):
        if len(cell) * 4 > most and (size := len(cell.encode("utf-8", "surrogatepass"))) > most:
            reason = f"the comment has {size} bytes, {most} are allowed"
            yield place, refused(sheet.lines[place], "Q_TOO_LONG", reason, cell, header)


def _undated(sheet: Sheet, header: str, dates: Sequence[Moment]) -> Iterator[Fault]:
    """Yield rows with a date that cannot be read; an empty one is none."""
    for place, cell in _cells(sheet, header):
        if dates[place] is None and cell.strip():
            yield place, refused(sheet.lines[place], "Q_BAD_DATE", "this is no date", cell, header)


def refuse_worst(rejected: Sequence[Mapping[str, Any]], read: int, share: float) -> None:
    """Refuse a file with too many bad rows, naming the commonest fault and its mend.

    Raises:
        InputError: E_TOO_MANY_BAD.
    """
    if not rejected or len(rejected) <= share * read:
        return
    codes = [row["code"] for row in rejected]
    code = max(sorted(set(codes)), key=codes.count)
    first = next(row for row in rejected if row["code"] == code)
    wrong = (
        f"{len(rejected)} of {read} rows are bad, most by {code} (line {first['line']}: {first['reason']})"
    )
    raise InputError("E_TOO_MANY_BAD", wrong, f"{_MENDS[code]}, or raise [input] max_bad_share")

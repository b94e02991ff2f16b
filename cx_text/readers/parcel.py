"""A sheet as bytes that hold values only, to be sent from one process to another.

Equal cells of a column are one text on the way and stay one object in memory at its end.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import msgspec

from cx_text.errors import InputError
from cx_text.readers.sheet import Misfit, Row, Sheet

_BROKEN = "surrogatepass"


class _Column(msgspec.Struct, array_like=True, frozen=True):
    """The distinct cells of a column, for each row the place of its cell, and the cells that are no text."""

    texts: list[bytes | None]
    places: bytes
    misfits: list[tuple[int, str]]


class _Parcel(msgspec.Struct, array_like=True, frozen=True):
    """A sheet, or why there is none: code, what is wrong, what to do."""

    headers: list[str] = []
    columns: list[_Column] = []
    lines: bytes = b""
    rejected: list[dict[str, Any]] = []
    warnings: list[str] = []
    error: tuple[str, str, str] | None = None


def packed(sheet: Sheet) -> bytes:
    """Return a sheet as bytes."""
    columns = [_column(cells) for cells in zip(*sheet.rows, strict=True)]
    lines = array("q", sheet.lines).tobytes()
    parcel = _Parcel(list(sheet.headers), columns, lines, sheet.rejected, list(sheet.warnings))
    return msgspec.msgpack.encode(parcel)


def packed_error(error: InputError) -> bytes:
    """Return why there is no sheet as bytes."""
    return msgspec.msgpack.encode(_Parcel(error=(error.code, error.wrong, error.mend)))


def unpacked(data: bytes) -> Sheet:
    """Return the sheet that `packed` made.

    Raises:
        InputError: the one that `packed_error` was given.
        ValueError: these bytes are no parcel.
    """
    parcel = msgspec.msgpack.decode(data, type=_Parcel)
    if parcel.error:
        raise InputError(*parcel.error)
    lines = array("q", parcel.lines).tolist()
    columns = [_cells(column) for column in parcel.columns]
    rows: list[Row] = list(zip(*columns, strict=True)) if columns else [()] * len(lines)
    return Sheet(tuple(parcel.headers), rows, lines, parcel.rejected, tuple(parcel.warnings))


def _column(cells: Sequence[str | None]) -> _Column:
    """Return one column, each distinct text once."""
    place = {text: number for number, text in enumerate(dict.fromkeys(cells))}
    texts = [None if text is None else text.encode("utf-8", _BROKEN) for text in place]
    misfits = []
    if Misfit in set(map(type, cells)):
        misfits = [(row, cell.code) for row, cell in enumerate(cells) if isinstance(cell, Misfit)]
    return _Column(texts, array("I", map(place.__getitem__, cells)).tobytes(), misfits)


def _cells(column: _Column) -> list[str | None]:
    """Return the cells of a column."""
    texts = [None if text is None else text.decode("utf-8", _BROKEN) for text in column.texts]
    cells = list(map(texts.__getitem__, array("I", column.places)))
    for row, code in column.misfits:
        cells[row] = Misfit(str(cells[row]), code)
    return cells

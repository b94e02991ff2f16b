"""XLSX: the first visible sheet; sizes, cell references and error cells are looked at before."""

from __future__ import annotations

import io
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

import python_calamine as calamine
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from cx_text.config import Config, Input
from cx_text.errors import InputError
from cx_text.readers.sheet import Misfit, Row, Sheet, checked, listed, plain

_CHUNK = 1 << 20
_OVERLAP = 4096
_MAX_CELLS = 20_000_000
_DTD = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T|E\0?N\0?T\0?I)", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]{0,300}?\br=[\"'](\d+)")
_LETTERS = re.compile(rb"\br=[\"']([A-Z]{1,3})\d")
_ERROR = re.compile(rb"<(?:\w+:)?c\b(?=[^>]{0,300}?\bt=[\"']e[\"'])[^>]{0,300}?\br=[\"']([A-Z]{1,3})(\d+)")
_LIMITS = "split the file, or raise [input] max_expansion and max_expanded_bytes"
_SAVE = "save it again as .xlsx without a password, or as CSV UTF-8"

_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError)

Place = tuple[int, int]


@dataclass
class _Seen:
    """What was found in a worksheet's XML: error cells by (row, column), the furthest cell."""

    errors: set[Place] = field(default_factory=set)
    rows: int = 0
    columns: int = 0


def read_xlsx(data: bytes, config: Config) -> Sheet:
    """Return the table of the first visible sheet; lines are sheet rows.

    Raises:
        InputError: E_EMPTY, E_FORMAT, E_TRUNCATED, E_UNSAFE (password, DTD), E_TOO_BIG, E_DUP_COLUMN.
    """
    with _archive(data) as archive:
        _measure(archive, len(data), config.input)
        name, part, others = _first_sheet(archive)
        seen = _look(archive, part, config.input)
    try:
        sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name)
        cells = list(_cells(sheet, seen.errors))
    except (calamine.CalamineError, LookupError, *_DAMAGE) as error:
        raise InputError("E_FORMAT", f"the workbook is damaged ({type(error).__name__})", _SAVE) from None
    return _table(cells, config.input.max_columns, others)


def _archive(data: bytes) -> zipfile.ZipFile:
    """Return the open workbook; refuse what is none by its first bytes."""
    if not data:
        raise InputError("E_EMPTY", "the file holds no bytes", "export it again")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError("E_UNSAFE", "the workbook has a password or is in the old .xls format", _SAVE)
    if not data.startswith(b"PK"):
        raise InputError("E_FORMAT", "this is no XLSX workbook", "give the file the ending of what it is")
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE:
        raise InputError("E_TRUNCATED", "the workbook has no whole end", "export it again") from None


def _measure(archive: zipfile.ZipFile, stored: int, limits: Input) -> None:
    """Refuse a workbook by its declared sizes, and by parts that are encrypted or lie elsewhere."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise InputError("E_UNSAFE", "the workbook is encrypted", _SAVE)
    names = [part.filename.replace("\\", "/") for part in parts]
    if len(set(map(str.casefold, names))) < len(names):
        raise InputError("E_UNSAFE", "the workbook holds two parts of one name", _SAVE)
    if any(_leads_out(part, name) for part, name in zip(parts, names, strict=True)):
        raise InputError("E_UNSAFE", "a part of the workbook leads out of it", _SAVE)
    size = sum(part.file_size for part in parts)
    if size > min(stored * limits.max_expansion, limits.max_expanded_bytes):
        raise InputError("E_TOO_BIG", f"{stored} bytes would expand to {size}", _LIMITS)


def _leads_out(part: zipfile.ZipInfo, name: str) -> bool:
    """Return whether a part is a link, or its name a path to elsewhere."""
    is_link = stat.S_ISLNK(part.external_attr >> 16)
    return is_link or name.startswith("/") or ":" in name or ".." in name.split("/")


def _first_sheet(archive: zipfile.ZipFile) -> tuple[str, str, tuple[str, ...]]:
    """Return name and part of the first visible worksheet, and the names of the other ones."""
    targets = {
        link.get("Id"): link.get("Target", "")
        for link in _xml(archive, "xl/_rels/workbook.xml.rels")
        if link.get("Type", "").endswith("/worksheet")
    }
    sheets = [
        (node.get("name", ""), targets[_relation(node)])
        for node in _xml(archive, "xl/workbook.xml").iter()
        if node.tag.endswith("}sheet")
        and node.get("state", "visible") == "visible"
        and _relation(node) in targets
    ]
    if not sheets:
        raise InputError("E_EMPTY", "the workbook has no visible sheet", "show the sheet with the comments")
    name, target = sheets[0]
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return name, part, tuple(other for other, _ in sheets[1:])


def _relation(node: Any) -> str:
    """Return the id of the part that a sheet lies in; its name space differs in ISO 29500 Strict."""
    return next((value for name, value in node.attrib.items() if name.endswith("}id")), "")


def _xml(archive: zipfile.ZipFile, part: str) -> Any:
    """Return the root of a small XML part, DTDs refused."""
    try:
        return fromstring(archive.read(part), forbid_dtd=True)
    except DefusedXmlException:
        raise InputError("E_UNSAFE", "the workbook declares a DTD", _SAVE) from None
    except (LookupError, ParseError, *_DAMAGE) as error:
        wrong = f"the workbook lacks a readable {part} ({type(error).__name__})"
        raise InputError("E_FORMAT", wrong, _SAVE) from None


def _look(archive: zipfile.ZipFile, part: str, limits: Input) -> _Seen:
    """Return what the sheet's XML holds; every XML part is searched for a DTD, in chunks."""
    seen = _Seen()
    for name in archive.namelist():
        if name.endswith((".xml", ".rels", ".vml")):
            for chunk in _chunks(archive, name):
                if _DTD.search(chunk):
                    raise InputError("E_UNSAFE", "the workbook declares a DTD", _SAVE)
                if name == part:
                    _note(seen, chunk)
    if seen.columns > limits.max_columns or seen.rows * seen.columns > _MAX_CELLS:
        wrong = f"the sheet reaches to row {seen.rows}, column {seen.columns}"
        raise InputError("E_TOO_BIG", wrong, "delete stray cells far out, or export as CSV")
    return seen


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield the bytes of a part in overlapping chunks."""
    try:
        with archive.open(name) as stream:
            tail = b""
            while block := stream.read(_CHUNK):
                yield tail + block
                tail = block[-_OVERLAP:]
    except _DAMAGE as error:
        wrong = f"the workbook's part {name} is damaged ({type(error).__name__})"
        raise InputError("E_FORMAT", wrong, _SAVE) from None


def _note(seen: _Seen, chunk: bytes) -> None:
    """Add what one chunk of the sheet shows."""
    seen.rows = max(seen.rows, *map(int, _ROW.findall(chunk)), 0)
    seen.columns = max(seen.columns, *map(_number, set(_LETTERS.findall(chunk))), 0)
    seen.errors.update((int(row) - 1, _number(letters) - 1) for letters, row in _ERROR.findall(chunk))


def _number(letters: bytes) -> int:
    """Return the number of a column, from 1.

    >>> _number(b"A"), _number(b"AB")
    (1, 28)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _cells(sheet: Any, errors: set[Place]) -> Iterator[tuple[int, Row]]:
    """Yield sheet row and cells of each row that holds anything; rows and columns count from A1."""
    top, left = sheet.start or (0, 0)
    for at, row in enumerate(sheet.to_python(skip_empty_area=True), start=top):
        cells = tuple(
            Misfit("#ERROR", "Q_ERROR_CELL") if (at, place) in errors else _text(value)
            for place, value in enumerate(row, start=left)
        )
        if any(cells):
            yield at + 1, cells


def _text(value: Any) -> str | None:
    """Return a cell as text; two letters that XML cannot hold are escaped in workbooks, and come back."""
    text = plain(value)
    if text and "_xFFF" in text:
        text = text.replace("_xFFFE_", "\ufffe").replace("_xFFFF_", "\uffff")
    return text or None


def _table(cells: list[tuple[int, Row]], max_columns: int, others: tuple[str, ...]) -> Sheet:
    """Return the table; columns without header and without any cell are left out."""
    if not cells:
        raise InputError("E_EMPTY", "the first visible sheet is empty", "move the comments there")
    (_, header), body = cells[0], cells[1:]
    used = [place for place, name in enumerate(header) if name or any(row[place] for _, row in body)]
    headers = checked([header[place] or "" for place in used], max_columns)
    rows = [tuple(row[place] for place in used) for _, row in body]
    warnings = (f"only the first sheet is read, not {listed(others)}",) if others else ()
    return Sheet(headers, rows, [line for line, _ in body], warnings=warnings)

"""Hostile workbooks."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import xlsxwriter
from hostile_corpus import HEADER, Case, csv, either, refused, rows, taken

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
Change = Callable[[bytes], bytes]


def workbook(fill: Callable[[Any], object] | None = None, **options: Any) -> bytes:
    """Return a workbook that `fill` has written; without it one sheet of six good rows."""
    stream = io.BytesIO()
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(stream, plain | options) as book:
        (fill or good_sheet)(book)
    return stream.getvalue()


def good_sheet(book: Any, name: str | None = None, extra: list[list[Any]] | None = None) -> Any:
    """Add a sheet of six good rows, and `extra` ones after them."""
    sheet = book.add_worksheet(name)
    for at, row in enumerate([list(HEADER), *rows(), *(extra or [])]):
        sheet.write_row(at, 0, row)
    return sheet


def changed(data: bytes, changes: Mapping[str, Change], more: Mapping[str, bytes] | None = None) -> bytes:
    """Return a workbook with parts changed and added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, bytes)(old.read(name)))
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return stream.getvalue()


def sheet_with(extra: bytes, change: Change = bytes) -> bytes:
    """Return a good workbook with raw XML after its last row."""
    return changed(
        workbook(), {SHEET: lambda xml: change(xml).replace(b"</sheetData>", extra + b"</sheetData>")}
    )


def book(*extra: list[Any], then: Callable[[Any], object] = id, **options: Any) -> bytes:
    """Return a workbook of six good rows and `extra` ones; `then` may change its sheet."""
    return workbook(lambda made: then(good_sheet(made, None, list(extra))), **options)


def books(*names: str, then: Callable[[Any], object] = id) -> bytes:
    """Return a workbook with a good sheet of each name; `then` may change its first sheet."""

    def fill(made: Any) -> None:
        first, last = [good_sheet(made, name) for name in names]
        then(first)
        last.activate()

    return workbook(fill)


def odd_books() -> Iterator[Case]:
    """Yield sound workbooks with something unusual in them."""
    good = workbook()
    yield taken("good.xlsx", good, 6)
    yield taken("inline-strings.xlsx", workbook(in_memory=False, constant_memory=True), 6)
    for name, part in {
        "macros": "xl/vbaProject.bin",
        "external-link": "xl/externalLinks/externalLink1.xml",
        "picture": "xl/media/image1.png",
    }.items():
        yield taken(f"{name}.xlsx", changed(good, {}, {part: b"<a/>" * 50}), 6)
    yield taken("several-sheets.xlsx", books("May", "June"), 6, warns="June")
    yield taken("hidden-first.xlsx", books("lists", "May", then=lambda sheet: sheet.hide()), 6)
    yield taken("very-hidden.xlsx", books("lists", "May", then=lambda sheet: sheet.very_hidden()), 6)
    yield taken("chart-first.xlsx", workbook(_chart_first), 6)
    yield refused("only-chart.xlsx", workbook(_only_chart), "E_EMPTY")
    yield refused("empty-sheet.xlsx", workbook(lambda made: made.add_worksheet()), "E_EMPTY")
    yield refused(
        "empty-first.xlsx", workbook(lambda made: (made.add_worksheet(), good_sheet(made))), "E_EMPTY"
    )
    yield taken("header-only.xlsx", workbook(lambda made: made.add_worksheet().write_row(0, 0, HEADER)), 0)
    titled = workbook(lambda made: made.add_worksheet().write_column(0, 0, ["Export", "id", "1"]))
    yield refused("title-row.xlsx", titled, "E_MISSING_COLUMN")
    yield taken("merged.xlsx", book(then=lambda sheet: sheet.merge_range(3, 1, 5, 1, "one for three")), 6)
    for name, column, outcome in (("comment", 1, (6, "Q_ERROR_CELL")), ("score", 3, (7,))):
        wrong = partial(_formula, column=column, value="#N/A")
        yield taken(f"error-{name}.xlsx", book(["x", "a"], then=wrong), *outcome)
    yield taken("error-text.xlsx", book(["x", "#N/A", "", ""]), 7)
    yield taken("formula-value.xlsx", book(["x"], then=partial(_formula, column=1, value="ab")), 7)
    yield taken("formula-bare.xlsx", book(["x"], then=partial(_formula, column=1, value="")), 7)
    yield taken("typed.xlsx", workbook(_typed), 3)
    yield taken("dates-1904.xlsx", workbook(_typed, date_1904=True), 3)
    yield taken("dates-serial.xlsx", book(["x", "a", 45429.5, 1]), 6, "Q_BAD_DATE")
    yield taken("blank-rows.xlsx", book([], [], ["x", "a"]), 7)
    yield taken("control-text.xlsx", book(["x", "a\x01\x1b[2J\rb_x0041_"]), 7)
    yield taken("long-cell.xlsx", book(["x", "y" * 32_767]), 7)
    strict = ("xl/workbook.xml", SHEET, STRINGS, "xl/_rels/workbook.xml.rels")
    yield taken("strict.xlsx", changed(good, dict.fromkeys(strict, _strict)), 6)
    yield taken("prefixed.xlsx", changed(good, {SHEET: _prefixed}), 6)
    yield taken("no-references.xlsx", changed(good, {SHEET: _bare}), 6)
    yield taken("wrong-dimension.xlsx", changed(good, {SHEET: _wide}), 6)
    yield taken("stored.xlsx", _restored(good, zipfile.ZIP_STORED), 6)
    yield taken("zip-comment.xlsx", _commented(good), 6)
    yield either("bzip2.xlsx", _restored(good, zipfile.ZIP_BZIP2))
    yield either("far-column.xlsx", sheet_with(b'<row r="8"><c r="XFD8"><v>1</v></c></row>'))
    yield either("rows-falling.xlsx", sheet_with(b'<row r="3"><c r="A3"><v>1</v></c></row>'))


def bad_books() -> Iterator[Case]:
    """Yield workbooks that are damaged, dangerous or something else."""
    good = workbook()
    yield refused("nothing.xlsx", b"", "E_EMPTY")
    yield refused("csv.xlsx", csv(), "E_FORMAT")
    yield refused("html.xlsx", b"<html><table><tr><td>id</td></tr></table></html>", "E_FORMAT")
    yield refused("old-or-locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "E_UNSAFE")
    yield refused("magic-only.xlsx", b"PK\x03\x04", "E_TRUNCATED")
    for share in (10, 50, 90, 99):
        yield refused(f"cut-{share}.xlsx", good[: len(good) * share // 100], "E_TRUNCATED")
    yield refused("zip-of-csv.xlsx", _zip({"export.csv": csv().encode()}), "E_FORMAT")
    yield refused("zip-empty.xlsx", _zip({}), "E_FORMAT")
    yield refused(
        "docx.xlsx", _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), "E_FORMAT"
    )
    yield refused(
        "ods.xlsx", _zip({"mimetype": b"application/vnd.oasis", "content.xml": b"<o/>"}), "E_FORMAT"
    )
    yield refused("xlsb.xlsx", _zip({"xl/workbook.bin": bytes(60)}), "E_FORMAT")
    yield refused("encrypted-part.xlsx", _flagged(good, 1), "E_UNSAFE")
    yield refused("strange-method.xlsx", _method(good, 99), "E_FORMAT")
    yield refused("path-up.xlsx", changed(good, {}, {"../../etc/cron.d/x": b"x"}), "E_UNSAFE")
    yield refused("path-root.xlsx", changed(good, {}, {"/etc/passwd": b"x"}), "E_UNSAFE")
    yield refused("path-windows.xlsx", changed(good, {}, {"..\\..\\x": b"x"}), "E_UNSAFE")
    yield refused("part-twice.xlsx", _twice(good), "E_UNSAFE")
    for part in ("xl/workbook.xml", SHEET, STRINGS):
        yield refused(
            f"dtd-{part.split('/')[-1]}.xlsx",
            changed(good, {part: _declared(b'<!ENTITY a "b">')}),
            "E_UNSAFE",
        )
    lol = b'<!ENTITY l0 "lol">' + b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)
    )
    yield refused("laughs.xlsx", changed(good, {STRINGS: _declared(lol)}), "E_UNSAFE")
    yield refused(
        "xxe.xlsx", changed(good, {SHEET: _declared(b'<!ENTITY x SYSTEM "file:///etc/passwd">')}), "E_UNSAFE"
    )
    yield refused("bomb-part.xlsx", changed(good, {}, {"xl/bomb.xml": bytes(5_000_000)}), "E_TOO_BIG")
    yield refused(
        "bomb-strings.xlsx", changed(good, {STRINGS: lambda xml: xml + b" " * 5_000_000}), "E_TOO_BIG"
    )
    yield refused("bomb-references.xlsx", _referenced(300_000), "E_TOO_BIG")
    yield refused(
        "far-cell.xlsx", sheet_with(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "E_TOO_BIG"
    )
    yield refused(
        "rows-giant.xlsx", sheet_with(b'<row r="99999999999"><c r="A99999999999"/></row>'), "E_TOO_BIG"
    )
    yield refused("no-workbook.xlsx", changed(good, {"xl/workbook.xml": lambda _: b""}), "E_FORMAT")
    yield refused("not-xml.xlsx", changed(good, {SHEET: lambda _: b"not xml at all"}), "E_FORMAT")
    yield refused("half-xml.xlsx", changed(good, {SHEET: lambda xml: xml[: len(xml) // 2]}), "E_FORMAT")
    yield either("string-out-of-range.xlsx", sheet_with(b'<row r="8"><c r="A8" t="s"><v>99999</v></c></row>'))
    yield either("string-negative.xlsx", sheet_with(b'<row r="8"><c r="A8" t="s"><v>-1</v></c></row>'))
    yield either("odd-type.xlsx", sheet_with(b'<row r="8"><c r="A8" t="zz"><v>1</v></c></row>'))
    yield either("bad-number.xlsx", sheet_with(b'<row r="8"><c r="A8"><v>1e999x</v></c></row>'))
    yield either("bad-reference.xlsx", sheet_with(b'<row r="8"><c r="AAAAAAAA8"><v>1</v></c></row>'))
    yield either("row-zero.xlsx", sheet_with(b'<row r="0"><c r="A0"><v>1</v></c></row>'))
    yield either(
        "deep-xml.xlsx",
        changed(
            good,
            {"xl/workbook.xml": lambda xml: xml[:-11] + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</workbook>"},
        ),
    )
    yield either(
        "utf16-xml.xlsx",
        changed(good, {SHEET: lambda xml: xml.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16")}),
    )
    yield either("many-parts.xlsx", changed(good, {}, {f"x/{n}.xml": b"<a/>" for n in range(5000)}))
    yield either("size-lies.xlsx", _lying(good))
    for number, at in enumerate(range(40, len(good), max(len(good) // 12, 1))):
        yield either(f"flipped-{number}.xlsx", good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :])


def _typed(book: Any) -> None:
    """Fill a sheet with numbers, flags and dates."""
    sheet, form = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(0, 0, [*HEADER, "fcr"])
    for at in range(1, 4):
        sheet.write_row(at, 0, [at, f"comment {at}"])
        sheet.write_datetime(at, 2, dt.datetime(2024, 5, at, 10), form)  # noqa: DTZ001 - Excel has no zones
        sheet.write_number(at, 3, at)
        sheet.write_boolean(at, 4, at == 1)


def _chart(book: Any) -> Any:
    """Return a chart of nothing much."""
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "={1,2}"})
    return chart


def _chart_first(book: Any) -> None:
    """Put a chart sheet before the data."""
    book.add_chartsheet("chart").set_chart(_chart(book))
    good_sheet(book, "Sheet1")


def _only_chart(made: Any) -> None:
    """Make a workbook of nothing but a chart."""
    made.add_chartsheet().set_chart(_chart(made))


def _formula(sheet: Any, column: int, value: str) -> None:
    """Put a formula with its last value into the row after the good ones."""
    sheet.write_formula(7, column, "=A1", None, value)


def _wide(xml: bytes) -> bytes:
    """Return a sheet that says it is as large as can be."""
    assert b'"A1:D7"' in xml
    return xml.replace(b'"A1:D7"', b'"A1:XFD1048576"')


def _strict(xml: bytes) -> bytes:
    """Return XML in the names of ISO 29500 Strict, which Excel can save."""
    return xml.replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    ).replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def _prefixed(xml: bytes) -> bytes:
    """Return a sheet whose elements carry a prefix."""
    for name in (b"worksheet", b"sheetData", b"row", b"c", b"v"):
        xml = xml.replace(b"<" + name + b" ", b"<x:" + name + b" ").replace(
            b"<" + name + b">", b"<x:" + name + b">"
        )
        xml = xml.replace(b"</" + name + b">", b"</x:" + name + b">")
    return xml.replace(b'xmlns="', b'xmlns:x="', 1)


def _bare(xml: bytes) -> bytes:
    """Return a sheet whose rows and cells do not say where they stand."""
    return re.sub(rb' r="[A-Z]*\d+"', b"", xml)


def _declared(body: bytes) -> Change:
    """Return a change that declares a DTD before the root."""
    return lambda xml: xml.replace(b"?>", b"?><!DOCTYPE x [" + body + b"]>", 1)


def _referenced(count: int) -> bytes:
    """Return a workbook in which `count` cells share one text of a million letters."""
    cells = b"".join(
        b'<row r="%d"><c r="B%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(10, 10 + count)
    )
    data = sheet_with(cells)
    return changed(
        data, {STRINGS: lambda xml: xml.replace(b"<t>id</t>", b"<t>" + b"x y " * 250_000 + b"</t>")}
    )


def _zip(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return parts as a zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def _restored(data: bytes, method: int) -> bytes:
    """Return a workbook compressed by another method."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return _zip({name: old.read(name) for name in old.namelist()}, method)


def _commented(data: bytes) -> bytes:
    """Return a workbook with a comment at the end of its zip."""
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = b"made by an exporter" * 100
    return stream.getvalue()


def _twice(data: bytes) -> bytes:
    """Return a workbook with two parts of one name, of which programs may choose either."""
    stream = io.BytesIO(data)
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        sheet = old.read(SHEET)
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(SHEET, sheet)
    return stream.getvalue()


def _directory(data: bytes) -> int:
    """Return where the central directory of a zip begins."""
    return int(struct.unpack("<I", data[-6:-2])[0])


def _flagged(data: bytes, flag: int) -> bytes:
    """Return a zip whose first part carries a flag."""
    at = _directory(data) + 8
    return data[:at] + bytes([data[at] | flag]) + data[at + 1 :]


def _method(data: bytes, method: int) -> bytes:
    """Return a zip whose parts say that they are compressed by `method`."""
    at = data.index(b"xl/workbook.xml", _directory(data)) - 36
    return data[:at] + struct.pack("<H", method) + data[at + 2 :]


def _lying(data: bytes) -> bytes:
    """Return a zip whose sheet is larger than it says."""
    at = data.index(SHEET.encode(), _directory(data)) - 22
    return data[:at] + struct.pack("<I", 10) + data[at + 4 :]


BOOK_CASES = (odd_books, bad_books)

"""XLSX: the first visible sheet as text; errors, bombs, DTDs and passwords found."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from cx_text.config import Config, make_config
from cx_text.errors import InputError
from cx_text.readers.sheet import Misfit, Sheet
from cx_text.readers.xlsx import read_xlsx


def workbook(fill: Callable[[Any], None]) -> bytes:
    """Return a workbook that `fill` has written."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        fill(book)
    return stream.getvalue()


def table(*rows: list[Any], top: int = 0, left: int = 0) -> bytes:
    """Return a workbook with one sheet of rows."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows, start=top):
            sheet.write_row(at, left, row)

    return workbook(fill)


def read(data: bytes) -> Sheet:
    """Return the sheet of a workbook."""
    return read_xlsx(data, Config())


def rewritten(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook with one part changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


def test_cells_become_the_text_that_a_csv_would_hold() -> None:
    """Whole numbers have no ``.0``, dates are ISO, text stays as it is."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "comment", "n", "half", "yes", "day", "moment"])
        sheet.write_string(1, 0, "007")
        sheet.write_string(1, 1, " =1+1\n\u00e9\U0001f600 ")
        sheet.write_number(1, 2, 5)
        sheet.write_number(1, 3, 0.5)
        sheet.write_boolean(1, 4, True)
        moment = dt.datetime(2024, 1, 5, 10, 11, 12)  # noqa: DTZ001 - Excel has no zones
        sheet.write_datetime(1, 5, moment.date(), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_datetime(1, 6, moment, book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}))

    assert read(workbook(fill)).rows == [
        ("007", " =1+1\n\u00e9\U0001f600 ", "5", "0.5", "true", "2024-01-05", "2024-01-05T10:11:12")
    ]


def test_a_table_that_starts_elsewhere_keeps_its_sheet_rows() -> None:
    """Empty rows and columns around it are not there."""
    sheet = read(table(["id", "comment"], ["1", "a"], [], ["2", "b"], top=3, left=2))
    assert sheet.headers == ("id", "comment")
    assert sheet.rows == [("1", "a"), ("2", "b")]
    assert sheet.lines == [5, 7]


def test_an_error_cell_is_marked_where_it_stands() -> None:
    """The text that reads like an error is text."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(1, 1, ["id", "comment"])
        sheet.write_row(2, 1, ["1", "#N/A"])
        sheet.write_string(3, 1, "2")
        sheet.write_formula(3, 2, "=NA()", None, "#N/A")

    [text, error] = [row[1] for row in read(workbook(fill)).rows]
    assert text == "#N/A"
    assert not isinstance(text, Misfit)
    assert isinstance(error, Misfit)
    assert error.code == "Q_ERROR_CELL"


def test_the_first_visible_sheet_is_read_and_the_others_are_named() -> None:
    """A hidden sheet holds lists, not comments."""

    def fill(book: Any) -> None:
        hidden, first, second = (book.add_worksheet(name) for name in ("lists", "May", "June"))
        hidden.hide()
        first.activate()
        first.set_first_sheet()
        for sheet, text in ((hidden, "h"), (first, "f"), (second, "s")):
            sheet.write_column(0, 0, ["comment", text])

    sheet = read(workbook(fill))
    assert sheet.rows == [("f",)]
    assert sheet.warnings == ('only the first sheet is read, not "June"',)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_EMPTY"),
        (b"id,comment\n1,a\n", "E_FORMAT"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "E_UNSAFE"),
        (table(["id", "comment"], ["1", "a"])[:-40], "E_TRUNCATED"),
        (table(), "E_EMPTY"),
        (table(["a", "A"], ["1", "2"]), "E_DUP_COLUMN"),
    ],
)
def test_a_file_that_is_no_workbook_with_a_table_is_refused(data: bytes, code: str) -> None:
    """With one code and what to do."""
    with pytest.raises(InputError) as caught:
        read(data)
    assert caught.value.code == code
    assert caught.value.mend


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_dtd_in_any_part_is_refused(part: str, encoding: str) -> None:
    """No entity is ever expanded."""

    def declare(xml: bytes) -> bytes:
        text = xml.decode().split("?>", 1)[1]
        return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>{text}'.encode(encoding)

    with pytest.raises(InputError, match="E_UNSAFE"):
        read(rewritten(table(["comment"], ["a"]), part, declare))


def test_a_bomb_is_refused_by_its_declared_size() -> None:
    """Before anything is expanded."""
    bomb = rewritten(table(["comment"], ["a"]), "xl/styles.xml", lambda xml: xml + b" " * 30_000_000)
    with pytest.raises(InputError, match="E_TOO_BIG"):
        read(bomb)


def test_a_cell_far_out_does_not_make_a_giant_table() -> None:
    """Two cells span a table of 17 thousand million."""

    def far(xml: bytes) -> bytes:
        return xml.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        )

    with pytest.raises(InputError, match="row 1048576, column 16384"):
        read(rewritten(table(["comment"], ["a"]), "xl/worksheets/sheet1.xml", far))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"]
)
def test_a_part_that_is_no_xml_is_refused(part: str) -> None:
    """Never a traceback."""
    with pytest.raises(InputError, match="E_FORMAT"):
        read(rewritten(table(["comment"], ["a"]), part, lambda xml: xml[: len(xml) // 2]))


def test_a_damaged_part_is_refused() -> None:
    """Its checksum says so."""
    data = bytearray(table(["comment"], ["a" * 50]))
    at = data.index(b"xl/worksheets/sheet1.xml") + 40
    data[at : at + 30] = bytes(30)
    with pytest.raises(InputError, match="E_FORMAT"):
        read(bytes(data))


def test_the_limit_of_columns_holds() -> None:
    """It is a setting."""
    with pytest.raises(InputError, match="E_TOO_BIG"):
        read_xlsx(table(["a", "b", "c"], [1, 2, 3]), make_config({"input": {"max_columns": 2}}))

"""The workbook: values only, read back with another library."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from cx_text.records import CSV_TABLES, ISSUES, THEMES, TRENDS, Findings, Result
from cx_text.reports import workbook
from cx_text.reports.workbook import write_workbook


def written(findings: Findings) -> bytes:
    """Return the bytes of the workbook."""
    out = io.BytesIO()
    write_workbook(findings, out)
    return out.getvalue()


def opened(findings: Findings) -> Any:
    """Return the workbook as another program sees it."""
    return openpyxl.load_workbook(io.BytesIO(written(findings)))


def test_there_is_a_sheet_for_each_csv_table_with_its_columns(rich: Result) -> None:
    """Names and headers are those of the CSV files."""
    book = opened(rich.findings)
    others = ["teams", "consistency", "not_training"]
    assert book.sheetnames == [*(table.name for table in CSV_TABLES), *others]
    for table in CSV_TABLES:
        header = [cell.value for cell in book[table.name][1]]
        assert header == list(table.columns)
        assert book[table.name].max_row == len(getattr(rich.findings, table.name)) + 1


def test_a_workbook_without_rows_has_its_headers(nothing: Result) -> None:
    """An empty night has all sheets."""
    book = opened(nothing.findings)
    for table in CSV_TABLES:
        assert [cell.value for cell in book[table.name][1]] == list(table.columns)


def test_headers_are_bold_frozen_and_filtered(rich: Result) -> None:
    """A sheet can be read and sorted at once."""
    sheet = opened(rich.findings)["themes"]
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")


def test_numbers_times_and_shares_are_values_with_a_format(rich: Result) -> None:
    """A share is a number shown in percent, a time is a date."""
    book = opened(rich.findings)
    themes, issues = book["themes"], book["issues"]
    share = themes.cell(2, 1 + list(THEMES.columns).index("share"))
    assert (share.value, share.number_format) == (0.118, "0.0%")
    seen = issues.cell(2, 1 + list(ISSUES.columns).index("first_seen"))
    assert seen.value == datetime(2025, 1, 6)  # noqa: DTZ001 - a sheet knows no zones


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+1+1", "\uff1d1", "https://example.org"])
def test_no_text_becomes_a_formula_or_a_link(rich: Result, text: str) -> None:
    """What looks like one is text."""
    themes = rich.themes.assign(label=text)
    data = written(replace(rich.findings, themes=themes))
    cell = openpyxl.load_workbook(io.BytesIO(data))["themes"].cell(2, 1 + list(THEMES.columns).index("label"))
    assert cell.data_type == "s"
    assert str(cell.value).lstrip("'") == text
    assert cell.hyperlink is None
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_too_many_rows_are_cut_and_it_is_said(rich: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line says how many there are and where."""
    monkeypatch.setattr(workbook, "MAX_ROWS", 5)
    sheet = opened(rich.findings)["trends"]
    assert sheet.max_row == 7
    assert (
        sheet["A7"].value == f"Cut here: 5 of {len(rich.findings.trends):,} rows; trends.csv has all of them."
    )


def test_a_sheet_that_fits_says_nothing(rich: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many rows as allowed are not cut."""
    monkeypatch.setattr(workbook, "MAX_ROWS", len(rich.themes))
    assert opened(rich.findings)["themes"].max_row == len(rich.themes) + 1


def test_a_cell_is_cut_at_what_a_sheet_can_hold(rich: Result) -> None:
    """Excel refuses longer ones."""
    themes = rich.themes.assign(label="x" * 40_000)
    cell = opened(replace(rich.findings, themes=themes))["themes"].cell(
        2, 1 + list(THEMES.columns).index("label")
    )
    assert len(cell.value) == 32_767
    assert cell.value.endswith("\u2026")


def test_a_date_before_the_calendar_of_a_sheet_is_text(rich: Result) -> None:
    """A sheet counts days from 1900."""
    issues = ISSUES.frame([{"first_seen": "1850-01-02T00:00:00Z"}])
    cell = opened(replace(rich.findings, issues=issues))["issues"].cell(
        2, 1 + list(ISSUES.columns).index("first_seen")
    )
    assert cell.value == "1850-01-02T00:00:00+00:00"


def test_nothing_and_infinity_are_empty_cells(rich: Result) -> None:
    """No error value, no word for nothing."""
    trends = TRENDS.frame([{"period": None, "rate": float("inf"), "n": None}])
    sheet = opened(replace(rich.findings, trends=trends))["trends"]
    assert [cell.value for cell in sheet[2]] == [None] * len(TRENDS.columns)


def test_the_clock_does_not_enter_the_bytes(rich: Result) -> None:
    """Dates inside are fixed."""
    data = written(rich.findings)
    assert data == written(rich.findings)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert {item.date_time[:3] for item in parts.infolist()} == {(1980, 1, 1)}
        assert b"2000-01-01T00:00:00Z" in parts.read("docProps/core.xml")

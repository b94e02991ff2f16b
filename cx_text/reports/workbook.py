"""The published tables as one Excel workbook that holds values only: no formula, no link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

import pandas as pd
import xlsxwriter

from cx_text.records import (
    ACTIONS,
    CHANGES,
    CONSISTENCY,
    CSV_TABLES,
    EXPERIENCE,
    NOT_TRAINING,
    TEAMS,
    THEMES,
    Findings,
    Kind,
    Table,
)
from cx_text.reports.cells import empty, joined, safe_cell

MAX_ROWS = 100_000
MAX_CHARACTERS = 32_767
GROUPS = "groups"
"""The sheet of the parents of themes."""

_FIRST_YEAR = 1900
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_RATIOS = {
    "share",
    "share_low",
    "share_high",
    "negative_share",
    "at_stake",
    "reach",
    "rate",
    "baseline_rate",
}
_WIDTHS: Mapping[Kind, int] = {
    Kind.TEXT: 24,
    Kind.NUMBER: 13,
    Kind.COUNT: 11,
    Kind.TIME: 17,
    Kind.FLAG: 9,
    Kind.LIST: 36,
}
_FORMATS: Mapping[Kind, str] = {
    Kind.NUMBER: "0.000",
    Kind.COUNT: "#,##0",
    Kind.TIME: "yyyy-mm-dd hh:mm",
}


def write_workbook(findings: Findings, out: BinaryIO) -> None:
    """Write a sheet for each CSV table, named like it; equal findings give equal bytes.

    Parents of themes have a sheet of their own, so that nobody adds up a theme and its group.
    """
    book = xlsxwriter.Workbook(out, dict(_OPTIONS))
    book.set_properties({"created": _CREATED.replace(tzinfo=None), "author": "", "comments": ""})
    header = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F7", "valign": "vcenter"})
    for name, table, frame in _sheets(findings):
        _fill(book.add_worksheet(name), table, frame, _formats(book, table), header)
    book.close()


def _sheets(findings: Findings) -> Iterator[tuple[str, Table, pd.DataFrame]]:
    """Yield name, columns and rows of each sheet; those that are no CSV table only where they have rows."""
    for table in CSV_TABLES:
        frame = getattr(findings, table.name)
        if table is not THEMES:
            yield table.name, table, frame
            continue
        above = frame["theme_id"].isin(frame["parent_theme_id"].dropna())
        yield table.name, table, frame[~above]
        if above.any():
            yield GROUPS, table, frame[above]
    for table in (EXPERIENCE, CHANGES, ACTIONS, TEAMS, CONSISTENCY, NOT_TRAINING):
        frame = getattr(findings, table.name)
        if len(frame):
            yield table.name, table, frame


def _formats(book: Any, table: Table) -> dict[str, Any]:
    """Return the number format of each column that needs one."""
    shown = {name: "0.0%" if name in _RATIOS else _FORMATS.get(kind) for name, kind in table.columns.items()}
    return {name: book.add_format({"num_format": form}) for name, form in shown.items() if form}


def _fill(sheet: Any, table: Table, frame: pd.DataFrame, formats: Mapping[str, Any], header: Any) -> None:
    """Write header and rows of one sheet, frozen and with filters, and say so where it is cut."""
    part = frame.head(MAX_ROWS)
    for place, (name, kind) in enumerate(table.columns.items()):
        sheet.write_string(0, place, safe_cell(name), header)
        sheet.set_column(place, place, max(_WIDTHS[kind], len(name) + 4))
        _fill_column(sheet, place, kind, part[name].tolist(), formats.get(name))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(part), len(table.columns) - 1)
    if len(frame) > len(part):
        note = f"Cut here: {len(part):,} of {len(frame):,} rows; {table.name}.csv has all of them."
        sheet.write_string(len(part) + 1, 0, note, header)


def _fill_column(sheet: Any, place: int, kind: Kind, cells: list[Any], form: Any) -> None:
    """Write the cells of one column, each as what it is; an empty cell stays empty."""
    for line, cell in enumerate(cells, start=1):
        if empty(cell):
            continue
        if kind is Kind.TEXT or kind is Kind.LIST:
            text = safe_cell(cell if kind is Kind.TEXT else joined(cell))
            if text:
                sheet.write_string(line, place, _cut(text))
        elif kind is Kind.TIME and cell.year < _FIRST_YEAR:
            sheet.write_string(line, place, cell.isoformat())
        elif kind is Kind.TIME:
            sheet.write_datetime(line, place, cell.to_pydatetime().replace(tzinfo=None), form)
        elif kind is Kind.FLAG:
            sheet.write_boolean(line, place, bool(cell))
        else:
            sheet.write_number(line, place, cell, form)


def _cut(text: str) -> str:
    """Return `text` as long as a cell of Excel may be."""
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "\u2026"

"""CSV and Parquet: columns, types and bytes."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cx_text.records import (
    CSV_TABLES,
    MENTIONS,
    REJECTED,
    VERBATIMS,
    Kind,
    Result,
    Table,
)
from cx_text.reports.tables import kinds_of, write_csv, write_parquet

SAMPLE = Table(
    "sample",
    {
        "name": Kind.TEXT,
        "rate": Kind.NUMBER,
        "n": Kind.COUNT,
        "at": Kind.TIME,
        "sure": Kind.FLAG,
        "ids": Kind.LIST,
    },
)
ROWS = [
    {
        "name": "caf\u00e9, \u201cnice\u201d",
        "rate": 0.25,
        "n": 3,
        "at": "2025-05-12T10:00:00.0+02:00",
        "sure": True,
        "ids": ["a|b", "c"],
    },
    {"name": "=1+1", "at": "2025-05-12T10:00:00.5Z", "sure": False},
    {},
]


def as_csv(table: Table, rows: object) -> bytes:
    """Return rows as CSV."""
    out = io.BytesIO()
    write_csv(table, table.frame(rows), out)
    return out.getvalue()


def as_parquet(table: Table, rows: object) -> pa.Table:
    """Return rows as they come back from Parquet."""
    out = io.BytesIO()
    write_parquet(table, table.frame(rows), out)
    return pq.read_table(io.BytesIO(out.getvalue()))


def test_a_csv_is_utf8_with_lf_and_says_each_kind_in_one_way() -> None:
    """The whole file, byte for byte."""
    assert as_csv(SAMPLE, ROWS).decode("utf-8") == (
        "name,rate,n,at,sure,ids\n"
        '"caf\u00e9, \u201cnice\u201d",0.25,3,2025-05-12T08:00:00Z,true,a\\|b|c\n'
        "'=1+1,,,2025-05-12T10:00:00.500000Z,false,\n"
        ",,,,,\n"
    )


def test_a_csv_without_rows_has_its_header() -> None:
    """Columns are there also with no rows."""
    assert as_csv(SAMPLE, []) == b"name,rate,n,at,sure,ids\n"


def test_a_header_is_a_cell_too() -> None:
    """An attribute may be called like a formula."""
    frame = Table("bare", {"name": Kind.TEXT}).frame({"name": ["a"], "attr_=x": ["b"]})
    table = Table("bare", {"=name": Kind.TEXT})
    out = io.BytesIO()
    write_csv(table, frame.rename(columns={"name": "=name"}), out)
    assert out.getvalue().decode().splitlines()[0] == "'=name,attr_=x"


def test_a_line_break_in_a_cell_does_not_forge_a_row() -> None:
    """One row stays one line."""
    assert as_csv(SAMPLE, [{"name": "a\r\nb,c\nd"}]).count(b"\n") == 2


def test_parquet_has_the_types_of_the_contract() -> None:
    """Explicit types, no metadata of pandas."""
    schema = as_parquet(SAMPLE, ROWS).schema
    assert dict(zip(schema.names, map(str, schema.types), strict=True)) == {
        "name": "string",
        "rate": "double",
        "n": "int64",
        "at": "timestamp[us, tz=UTC]",
        "sure": "bool",
        "ids": "list<element: string>",
    }
    assert schema.metadata is None


def test_parquet_holds_values_as_they_are() -> None:
    """No quote before a formula, null for nothing."""
    table = as_parquet(SAMPLE, ROWS).to_pydict()
    assert table["name"] == [ROWS[0]["name"], "=1+1", None]
    assert table["rate"] == [0.25, None, None]
    assert table["n"] == [3, None, None]
    assert table["sure"] == [True, False, None]
    assert table["ids"] == [["a|b", "c"], [], []]


@pytest.mark.parametrize("table", [VERBATIMS, MENTIONS])
def test_parquet_without_rows_has_the_types_of_parquet_with_rows(table: Table, rich: Result) -> None:
    """A quiet night does not change a schema."""
    full = io.BytesIO()
    frame = getattr(rich, table.name).drop(columns=["attr_region"], errors="ignore")
    write_parquet(table, frame, full)
    assert as_parquet(table, []).schema == pq.read_schema(io.BytesIO(full.getvalue()))


@pytest.mark.parametrize("table", [*CSV_TABLES, REJECTED], ids=lambda table: str(table.name))
def test_every_table_can_be_read_back_with_all_columns_and_rows(table: Table, rich: Result) -> None:
    """Any CSV reader finds what was published."""
    frame = rich.rejected if table is REJECTED else getattr(rich.findings, table.name)
    out = io.BytesIO()
    write_csv(table, frame, out)
    lines = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8"))))
    assert lines[0] == list(table.columns)
    assert len(lines) == len(frame) + 1
    assert {len(line) for line in lines} == {len(table.columns)}


def test_kept_attributes_follow_the_columns(rich: Result) -> None:
    """An attribute of the export is a column of text."""
    kinds = kinds_of(VERBATIMS, rich.verbatims)
    assert list(kinds)[-1] == "attr_region"
    assert kinds["attr_region"] is Kind.TEXT

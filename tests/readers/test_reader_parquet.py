"""Parquet: typed cells as text, damage and bombs refused."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cx_text.config import Config, make_config
from cx_text.errors import InputError
from cx_text.readers.parquet import read_parquet
from cx_text.readers.sheet import Misfit, Sheet


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    """Return columns as a Parquet file."""
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream, **options)
    return stream.getvalue()


def read(columns: dict[str, Any], **options: Any) -> Sheet:
    """Return the sheet of columns written as Parquet."""
    return read_parquet(parquet(columns, **options), Config())


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        (pa.array(["NA", "", None, " x "]), ["NA", "", None, " x "]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([5.0, 0.1, float("nan"), None]), ["5", "0.1", None, None]),
        (pa.array([0.1, 5.0], pa.float32()), ["0.1", "5"]),
        (pa.array([7, None]), ["7", None]),
        (pa.array([Decimal("4.00"), Decimal("4.50")]), ["4", "4.50"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([dt.date(2024, 1, 5)]), ["2024-01-05"]),
        (pa.array([dt.datetime(2024, 1, 5, 10, 11, 12)]), ["2024-01-05T10:11:12"]),  # noqa: DTZ001 - naive is meant
        (
            pa.array([dt.datetime(2024, 1, 5, 10, tzinfo=dt.UTC)], pa.timestamp("ns", "UTC")),
            ["2024-01-05T10:00:00+00:00"],
        ),
        (pa.array([b"caf\xc3\xa9", b"caf\xe9"]), ["caf\u00e9", "caf\udce9"]),
        (pa.array([None, None]), [None, None]),
        (pa.array(["x", "y"], pa.large_string()), ["x", "y"]),
    ],
)
def test_each_type_becomes_the_text_that_a_csv_would_hold(values: Any, cells: list[str | None]) -> None:
    """Whole floats have no ``.0``, moments are ISO, null and NaN are none."""
    assert [row[0] for row in read({"a": values}).rows] == cells


def test_lists_and_structs_are_marked() -> None:
    """Whether that matters depends on the column."""
    [row] = read({"a": [["x", "y"]], "b": [{"c": 1}]}).rows
    assert row == ('["x", "y"]', '{"c": 1}')
    assert all(isinstance(cell, Misfit) for cell in row)


def test_rows_keep_their_order_over_row_groups() -> None:
    """Lines are row numbers from 1."""
    sheet = read({"a": [str(n % 7) for n in range(100)]}, row_group_size=9)
    assert [row[0] for row in sheet.rows] == [str(n % 7) for n in range(100)]
    assert sheet.lines == list(range(1, 101))


def test_a_table_without_rows_keeps_its_headers() -> None:
    """An empty night."""
    sheet = read({"id": pa.array([], pa.string()), "comment": pa.array([], pa.string())})
    assert (sheet.headers, sheet.rows) == (("id", "comment"), [])


def test_a_repeated_text_is_one_object_in_memory() -> None:
    """A dictionary bomb cannot fill the memory with copies."""
    sheet = read({"a": ["x" * 1000] * 1000})
    assert len({id(row[0]) for row in sheet.rows}) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda _: b"", "E_EMPTY"),
        (lambda data: data[:-20], "E_TRUNCATED"),
        (lambda data: data[:6], "E_TRUNCATED"),
        (lambda data: b"id,comment\n" + data, "E_FORMAT"),
        (lambda data: data[:-30] + b"\xff" * 22 + data[-8:], "E_FORMAT"),
        (lambda data: b"PARE" + data[4:], "E_UNSAFE"),
    ],
)
def test_a_damaged_or_encrypted_file_is_refused(change: Any, code: str) -> None:
    """With one code and what to do."""
    with pytest.raises(InputError) as caught:
        read_parquet(change(parquet({"id": ["1", "2"], "comment": ["a", "b"]})), Config())
    assert caught.value.code == code
    assert caught.value.mend


@pytest.mark.parametrize(
    "limits",
    [{"max_columns": 1}, {"max_expanded_bytes": 50_000}, {"max_expansion": 2}],
)
def test_sizes_above_the_limits_are_refused(limits: dict[str, int]) -> None:
    """Columns, text counted with its repeats, and declared expansion."""
    data = parquet({"a": ["x" * 1000] * 100, "b": [str(n) * 200 for n in range(100)]}, compression="zstd")
    assert len(read_parquet(data, Config()).rows) == 100
    with pytest.raises(InputError, match="E_TOO_BIG"):
        read_parquet(data, make_config({"input": limits}))


def test_two_columns_of_one_name_are_refused() -> None:
    """Parquet allows what a table of columns does not."""
    stream = io.BytesIO()
    pq.write_table(pa.table([pa.array(["a"]), pa.array(["b"])], names=["x", "x"]), stream)
    with pytest.raises(InputError, match="E_DUP_COLUMN"):
        read_parquet(stream.getvalue(), Config())

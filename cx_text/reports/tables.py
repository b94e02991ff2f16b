"""Tables as CSV for people and programs, and as Parquet for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cx_text.records import Kind, Table, attributes
from cx_text.reports.cells import safe_cell, texts

_ARROW: Mapping[Kind, Any] = {
    Kind.TEXT: pa.string(),
    Kind.NUMBER: pa.float64(),
    Kind.COUNT: pa.int64(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.FLAG: pa.bool_(),
    Kind.LIST: pa.list_(pa.string()),
}


def kinds_of(table: Table, frame: pd.DataFrame) -> dict[str, Kind]:
    """Return the columns to write and their kinds: those of `table`, then kept attributes."""
    return dict(table.columns) | dict.fromkeys(attributes(frame.columns), Kind.TEXT)


def write_csv(table: Table, frame: pd.DataFrame, out: BinaryIO) -> None:
    """Write `frame` as CSV: UTF-8, LF, a header, safe cells; an empty cell is empty."""
    kinds = kinds_of(table, frame)
    columns = [texts(frame[name], kind) for name, kind in kinds.items()]
    lines = io.TextIOWrapper(out, encoding="utf-8", newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([safe_cell(name) for name in kinds])
    writer.writerows(zip(*columns, strict=True))
    lines.detach()


def write_parquet(table: Table, frame: pd.DataFrame, out: BinaryIO) -> None:
    """Write `frame` as Parquet with the types of `table`, also with no rows; empty is null."""
    kinds = kinds_of(table, frame)
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in kinds.items()])
    arrays = [pa.array(frame[name], type=_ARROW[kind], from_pandas=True) for name, kind in kinds.items()]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), out)

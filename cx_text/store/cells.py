"""Columns of our tables as lists of plain SQLite values, and back; whole columns at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cx_text.records import Kind, attributes

Cells = list[Any]
_PREFIX = "attr_"


def cells(column: pd.Series, kind: Kind) -> Cells:
    """Return a column of `kind` as plain values: None where empty, microseconds UTC, lists as JSON."""
    if column.empty:
        return []
    if kind is Kind.LIST:
        return [compact(item) for item in column]
    known = column.notna().to_numpy()
    if kind is Kind.TIME:
        plain = microseconds(column).tolist()
    elif kind in (Kind.FLAG, Kind.COUNT):
        plain = column.astype("Int64").fillna(0).tolist()
    else:
        plain = column.tolist()
    return [value if there else None for value, there in zip(plain, known, strict=True)]


def column(values: Sequence[Any], kind: Kind) -> pd.Series:
    """Return plain values of a column of `kind` as the table has it; the inverse of `cells`."""
    if kind is Kind.LIST:
        return pd.Series(parsed(values), dtype=object)
    if kind is Kind.TIME:
        empty = np.datetime64("NaT", "us")
        times = [empty if value is None else np.datetime64(value, "us") for value in values]
        return pd.Series(pd.DatetimeIndex(np.array(times, dtype="datetime64[us]"), tz="UTC"))
    if kind is Kind.NUMBER:
        return pd.Series(np.array(values, dtype=np.float64))
    return pd.Series(list(values), dtype=object).astype(kind.value)


def microseconds(column: pd.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return times as microseconds since 1970 UTC; what an empty time gives means nothing."""
    naive = column.dt.tz_convert("UTC").dt.tz_localize(None)
    return np.asarray(naive.to_numpy(dtype="datetime64[us]")).view(np.int64)


def compact(value: Any, *, ordered: bool = True) -> str:
    """Return `value` as the shortest JSON, keys sorted where `ordered`; numpy's numbers become plain ones.

    Raises:
        ValueError: a number is not finite (JSON has no word for it).
    """
    return json.dumps(
        value, ensure_ascii=False, sort_keys=ordered, separators=(",", ":"), allow_nan=False, default=_plain
    )


def _plain(value: Any) -> Any:
    """Return a numpy array, scalar or mapping as JSON knows it, anything else as text."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return str(value)


def parsed(texts: Sequence[str]) -> list[Any]:
    """Return what JSON texts say, one item a text; read in one go, which is several times faster.

    >>> parsed(['["a"]', "[]"])
    [['a'], []]
    """
    items: list[Any] = json.loads(f"[{','.join(texts)}]")
    return items


def turned(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    """Return the `width` columns of an answer given as rows.

    >>> turned([(1, "a"), (2, "b")], 2), turned([], 2)
    ([(1, 2), ('a', 'b')], [(), ()])
    """
    return list(zip(*rows, strict=True)) if rows else [()] * width


def packed_attributes(frame: pd.DataFrame) -> list[str]:
    """Return the kept attributes of each row as a JSON object, without the empty ones."""
    names = attributes(frame.columns)
    if not names:
        return ["{}"] * len(frame)
    rows = zip(*(cells(frame[name], Kind.TEXT) for name in names), strict=True)
    short = [name.removeprefix(_PREFIX) for name in names]
    return [
        compact({name: value for name, value in zip(short, row, strict=True) if value is not None})
        for row in rows
    ]


def unpacked_attributes(texts: Sequence[str]) -> dict[str, pd.Series]:
    """Return the columns of attributes that some row has; the inverse of `packed_attributes`."""
    rows = parsed(texts)
    names = sorted({name for row in rows for name in row})
    return {f"{_PREFIX}{name}": column([row.get(name) for row in rows], Kind.TEXT) for name in names}

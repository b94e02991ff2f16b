"""Hostile Parquet files."""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hostile_corpus import HEADER, Case, csv, either, refused, rows, taken

ONE = dt.datetime(2024, 5, 17, tzinfo=dt.UTC)


def parquets() -> Iterator[Case]:
    """Yield Parquet files with odd types, damage and bombs."""
    good = parquet({})
    yield taken("good.parquet", good, 6)
    for codec in ("none", "snappy", "gzip", "zstd", "lz4", "brotli"):
        yield taken(f"codec-{codec}.parquet", parquet({}, compression=codec), 6)
    yield taken("many-groups.parquet", parquet({}, row_group_size=1), 6)
    yield taken("no-rows.parquet", parquet({}, count=0), 0)
    for name, values in _types().items():
        yield taken(f"type-{name}.parquet", parquet({"more": values}), 6)
    yield taken(
        "int96.parquet",
        parquet({"more": pa.array([ONE] * 6)}, use_deprecated_int96_timestamps=True),
        6,
    )
    yield taken("comment-list.parquet", parquet({"comment": pa.array([["a"], *[None] * 5])}), 5, "Q_BAD_TYPE")
    yield taken(
        "comment-binary.parquet",
        parquet({"comment": pa.array([b"caf\xc3\xa9", *[b"\xff\xfe"] * 2, *[b"a"] * 3])}),
        4,
        "Q_BAD_ENCODING",
        "Q_BAD_ENCODING",
    )
    yield taken("ids-null.parquet", parquet({"id": pa.array(["a", None, "c", "d", "e", "f"])}), 5, "Q_NO_ID")
    yield taken(
        "far-years.parquet",
        parquet({"date": pa.array([2**60, 0, 0, 0, 0, 0], pa.timestamp("us"))}),
        5,
        "Q_BAD_DATE",
    )
    yield either(
        "far-seconds.parquet", parquet({"date": pa.array([2**52, 0, 0, 0, 0, 0], pa.timestamp("s"))})
    )
    yield either("odd-zone.parquet", parquet({"date": pa.array([0] * 6, pa.timestamp("us", "Mars/Phobos"))}))
    yield refused("twice.parquet", parquet({}, twice=True), "E_DUP_COLUMN")
    yield refused("no-comment.parquet", _written({"id": pa.array(["1"])}), "E_MISSING_COLUMN")
    yield taken("no-columns.parquet", _written({}), 0)
    yield refused(
        "columns-2001.parquet", _written({f"c{n}": pa.array(["a"]) for n in range(2001)}), "E_TOO_BIG"
    )
    yield refused("nothing.parquet", b"", "E_EMPTY")
    yield refused("csv.parquet", csv(), "E_FORMAT")
    yield refused("magic.parquet", b"PAR1", "E_TRUNCATED")
    yield refused("two-magics.parquet", b"PAR1PAR1", "E_TRUNCATED")
    yield refused("magic-zero.parquet", b"PAR1" + bytes(40) + b"PAR1", "E_FORMAT")
    for share in (10, 50, 90, 99):
        yield refused(f"cut-{share}.parquet", good[: len(good) * share // 100], "E_TRUNCATED")
    yield refused("encrypted.parquet", b"PARE" + good[4:-4] + b"PARE", "E_UNSAFE")
    yield refused("footer-long.parquet", good[:-8] + struct.pack("<I", 2**31) + b"PAR1", "E_FORMAT")
    yield refused("footer-noise.parquet", good[:-60] + b"\xff" * 52 + good[-8:], "E_FORMAT")
    wide = pa.DictionaryArray.from_arrays(pa.array([0] * 3000, pa.int32()), ["x" * 1_000_000])
    yield refused("bomb-dictionary.parquet", _written({"comment": wide}), "E_TOO_BIG")
    yield refused("bomb-nulls.parquet", _written({"comment": pa.nulls(30_000_000, pa.string())}), "E_TOO_BIG")
    yield refused(
        "bomb-zeros.parquet",
        _written({"comment": pa.array([bytes(40_000_000)])}, use_dictionary=False),
        "E_TOO_BIG",
    )
    for number, at in enumerate(range(4, len(good), max(len(good) // 12, 1))):
        yield either(f"flipped-{number}.parquet", good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :])


def parquet(columns: Mapping[str, Any], count: int = 6, *, twice: bool = False, **options: Any) -> bytes:
    """Return `count` good rows with some columns exchanged."""
    body = {name: pa.array([row[at] for row in rows(count)], pa.string()) for at, name in enumerate(HEADER)}
    names, values = zip(*{**body, **columns}.items(), strict=True)
    stream = io.BytesIO()
    extra = ([pa.array(["b"] * count)], ["comment"]) if twice else ([], [])
    pq.write_table(pa.table([*values, *extra[0]], names=[*names, *extra[1]]), stream, **options)
    return stream.getvalue()


def _written(columns: Mapping[str, Any], **options: Any) -> bytes:
    """Return columns as a compressed Parquet file."""
    stream = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), stream, compression="zstd", **options)
    return stream.getvalue()


def _types() -> dict[str, Any]:
    """Return a column of each type beside text."""
    return {
        "int8": pa.array([1] * 6, pa.int8()),
        "uint64": pa.array([2**64 - 1] * 6, pa.uint64()),
        "half": pa.array([0.5] * 6, pa.float32()).cast(pa.float16()),
        "float": pa.array([float("nan"), float("inf"), -0.0, 1e308, 5e-324, None]),
        "decimal": pa.array([Decimal("4.50")] * 6),
        "decimal256": pa.array([Decimal("1e60")] * 6, pa.decimal256(76, 2)),
        "flag": pa.array([True, None] * 3),
        "date32": pa.array([ONE.date()] * 6),
        "date64": pa.array([ONE.date()] * 6, pa.date64()),
        "time": pa.array([ONE.time()] * 6),
        "duration": pa.array([dt.timedelta(days=1)] * 6),
        "nanos": pa.array([ONE] * 6, pa.timestamp("ns", "UTC")),
        "zoned": pa.array([ONE] * 6, pa.timestamp("us", "Europe/Berlin")),
        "null": pa.nulls(6),
        "large-text": pa.array(["a"] * 6, pa.large_string()),
        "text-view": pa.array(["a"] * 6, pa.string_view()),
        "dictionary": pa.array(["a", "b"] * 3).dictionary_encode(),
        "fixed": pa.array([b"abcd"] * 6, pa.binary(4)),
        "list": pa.array([["a", None]] * 6),
        "struct": pa.array([{"a": 1, "b": [ONE]}] * 6),
        "map": pa.array([[("k", 1)]] * 6, pa.map_(pa.string(), pa.int64())),
        "deep": pa.array([[[[[1]]]]] * 6),
    }


PARQUET_CASES = (parquets,)

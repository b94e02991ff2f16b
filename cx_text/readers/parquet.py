"""Parquet: sizes are looked at before anything is expanded, equal cells are one text in memory."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cx_text.config import Config, Input
from cx_text.errors import InputError
from cx_text.readers.sheet import Sheet, checked, plain

_MAGIC = b"PAR1"
_MAX_CELLS, _CELLS_A_BYTE = 20_000_000, 20
_AGAIN = "export the file again"
_LIMITS = "split the file, or raise [input] max_expansion and max_expanded_bytes"


def read_parquet(data: bytes, config: Config) -> Sheet:
    """Return the table of a Parquet file; lines are row numbers from 1.

    Raises:
        InputError: E_EMPTY, E_FORMAT, E_TRUNCATED, E_UNSAFE (encrypted), E_TOO_BIG, E_DUP_COLUMN.
    """
    _look(data)
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        _measure(file.metadata, len(data), config.input)
        headers = checked(file.schema_arrow.names, config.input.max_columns)
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        columns = _columns(pq.ParquetFile(io.BytesIO(data), read_dictionary=texts), config.input)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, LookupError) as error:
        raise InputError(
            "E_FORMAT", f"the Parquet file is damaged ({type(error).__name__})", _AGAIN
        ) from None
    rows = list(zip(*columns, strict=True))
    return Sheet(headers, rows, list(range(1, len(rows) + 1)))


def _is_text(kind: Any) -> bool:
    """Return whether a column can be read as a dictionary of texts, each kept once."""
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))


def _look(data: bytes) -> None:
    """Refuse what is no whole, open Parquet file by its first and last bytes."""
    if not data:
        raise InputError("E_EMPTY", "the file holds no bytes", _AGAIN)
    if b"PARE" in (data[:4], data[-4:]):
        raise InputError("E_UNSAFE", "the Parquet file is encrypted", "export it without encryption")
    if data[:4] != _MAGIC:
        raise InputError("E_FORMAT", "this is no Parquet file", "give it the ending of what it is")
    if len(data) < 12 or data[-4:] != _MAGIC:
        raise InputError("E_TRUNCATED", "the Parquet file has no end", _AGAIN)


def _measure(metadata: Any, stored: int, limits: Input) -> None:
    """Refuse a file whose declared sizes are above the limits."""
    if metadata.num_columns > limits.max_columns:
        wrong = f"{metadata.num_columns} columns, {limits.max_columns} are allowed"
        raise InputError("E_TOO_BIG", wrong, "leave columns out or raise [input] max_columns")
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    size = sum(group.total_byte_size for group in groups)
    cells = metadata.num_rows * metadata.num_columns
    if cells > max(_MAX_CELLS, _CELLS_A_BYTE * stored):
        raise InputError("E_TOO_BIG", f"{stored} bytes would make a table of {cells} cells", _LIMITS)
    if size > stored * limits.max_expansion or max(size, cells * 8) > limits.max_expanded_bytes:
        wrong = f"{stored} bytes would expand to {max(size, cells * 8)}"
        raise InputError("E_TOO_BIG", wrong, _LIMITS)


def _columns(file: Any, limits: Input) -> list[list[str | None]]:
    """Return the cells of each column as text, read one row group at a time."""
    columns: list[list[str | None]] = [[] for _ in file.schema_arrow.names]
    size = 0
    for number in range(file.num_row_groups):
        table = file.read_row_group(number, use_threads=False)
        for cells, column in zip(columns, table.columns, strict=True):
            for chunk in column.chunks:
                texts, places = _distinct(chunk)
                size += _size(texts, places)
                if size > limits.max_expanded_bytes:
                    raise InputError("E_TOO_BIG", f"the text expands to more than {size} bytes", _LIMITS)
                cells.extend(None if place is None else texts[place] for place in places)
    return columns


def _size(texts: list[str | None], places: list[int | None]) -> int:
    """Return the length of all cells together, repeated ones counted each time."""
    lengths = [len(text or "") for text in texts]
    return sum(lengths[place] for place in places if place is not None)


def _distinct(chunk: Any) -> tuple[list[str | None], list[int | None]]:
    """Return texts, and for each cell the place of its text (None for null).

    Lists and objects are not encoded as a dictionary: each cell has its own text.
    """
    if pa.types.is_nested(chunk.type) or pa.types.is_null(chunk.type):
        return [plain(value) for value in chunk.to_pylist()], list(range(len(chunk)))
    encoded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
    return _texts(encoded.dictionary), encoded.indices.to_pylist()


def _texts(values: Any) -> list[str | None]:
    """Return distinct values as text; bytes that are no UTF-8 become lone surrogates."""
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp("us", values.type.tz), safe=False)
    elif pa.types.is_float32(values.type) or pa.types.is_float16(values.type):
        return [plain(float(str(value))) for value in values.to_numpy(zero_copy_only=False)]
    elif pa.types.is_string(values.type):
        values = values.cast(pa.binary())
    elif pa.types.is_large_string(values.type):
        values = values.cast(pa.large_binary())
    return [plain(value) for value in _values(values)]


def _values(values: Any) -> list[Any]:
    """Return values of Python; a time beyond its calendar or in no known zone is the number stored."""
    try:
        return list(values.to_pylist())
    except (ValueError, OverflowError, LookupError):
        return [_value(scalar) for scalar in values]


def _value(scalar: Any) -> Any:
    """Return one value of Python."""
    try:
        return scalar.as_py()
    except (ValueError, OverflowError, LookupError):
        return str(scalar.value)

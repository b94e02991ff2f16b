r"""From a file, a stream or a frame to its reading.

>>> import io
>>> from cx_text.config import Config
>>> read_stream(io.BytesIO(b"id,comment\n1,Thank you\n"), Config()).verbatims.frame["verbatim"].tolist()
['Thank you']
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from cx_text.config import Config
from cx_text.errors import InputError
from cx_text.readers.confined import confined
from cx_text.readers.delimited import read_delimited
from cx_text.readers.encoding import decode
from cx_text.readers.jsonl import read_jsonl
from cx_text.readers.parquet import read_parquet
from cx_text.readers.reading import Reading, make_reading
from cx_text.readers.sheet import Row, Sheet, checked, plain, shown
from cx_text.readers.source import drain, take
from cx_text.readers.xlsx import read_xlsx

Reader = Callable[[bytes, Config], Sheet]

TEXT_READERS: Mapping[str, Reader] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_jsonl,
}
READERS: Mapping[str, Reader] = {**TEXT_READERS, ".parquet": read_parquet, ".xlsx": read_xlsx}
"""The format of each ending; those of text also come as ``.gz``."""


def read_file(path: Path, config: Config) -> Reading:
    """Return what a file holds; what is compressed or binary is parsed in a confined process.

    Raises:
        InputError: the file cannot be taken; its code is one of the ``E_`` codes.
        UsageError: AMBIGUOUS or MAPPING, the columns cannot be told apart.
    """
    name = shown(path.name, 200)
    try:
        read, packed = _reader(path)
        data = take(path, config.input)
        plain_text = not packed and read in TEXT_READERS.values()
        sheet = read(data, config) if plain_text else confined(read, data, config, gzipped=packed)
        return make_reading(sheet, config, name, hashlib.sha256(data).hexdigest())
    except InputError as error:
        raise _placed(error, name) from None


def read_stream(stream: BinaryIO, config: Config, name: str = "-") -> Reading:
    """Return what a stream of CSV or JSON Lines holds; its first letter tells which.

    Raises:
        InputError, UsageError: as `read_file`.
    """
    try:
        data = drain(stream, config.input)
        text, _ = decode(data)
        read = read_jsonl if text.lstrip()[:1] in {"{", "["} else read_delimited
        return make_reading(read(data, config), config, name, hashlib.sha256(data).hexdigest())
    except InputError as error:
        raise _placed(error, name) from None


def read_frame(frame: pd.DataFrame, config: Config, name: str = "frame") -> Reading:
    """Return what a DataFrame holds; lines are row numbers from 1, missing values are empty.

    Raises:
        InputError, UsageError: as `read_file`.
    """
    try:
        headers = checked([str(header) for header in frame.columns], config.input.max_columns)
        columns = [[plain(value) for value in frame.iloc[:, place]] for place in range(len(headers))]
        rows: list[Row] = list(zip(*columns, strict=True))
        sheet = Sheet(headers, rows, list(range(1, len(rows) + 1)))
        return make_reading(sheet, config, name, hashlib.sha256(repr(sheet.rows).encode()).hexdigest())
    except InputError as error:
        raise _placed(error, name) from None


def _reader(path: Path) -> tuple[Reader, bool]:
    """Return the reader for the ending of `path`, and whether the file is packed by gzip."""
    ending, table = path.suffix.casefold(), READERS
    packed = ending == ".gz"
    if packed:
        ending, table = path.with_suffix("").suffix.casefold(), TEXT_READERS
    if ending not in table:
        wrong = f'no reader for the ending "{shown(path.suffix)}"'
        raise InputError("E_FORMAT", wrong, f"give one of {', '.join(READERS)} or a text one with .gz")
    return table[ending], packed


def _placed(error: InputError, name: str) -> InputError:
    """Return `error` with the place it speaks of."""
    return InputError(error.code, error.wrong, error.mend, name)

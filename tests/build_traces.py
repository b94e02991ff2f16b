"""Looks for traces of words in every byte of a folder, also where they are packed."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd


def traces(folder: Path, marks: Iterable[str]) -> set[tuple[str, str]]:
    """Return file and mark wherever a mark can be read: in any case, UTF-8, UTF-16 or escaped for JSON."""
    wanted = list(marks)
    return {
        (str(path.relative_to(folder)), mark)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
        for data in unpacked(path)
        for mark in wanted
        if any(form in data.lower() for form in _forms(mark))
    }


def _forms(mark: str) -> set[bytes]:
    """Return what a mark may look like."""
    low = mark.lower()
    return {low.encode(), low.encode("utf-16-le"), low.encode("utf-16-be"), json.dumps(low)[1:-1].encode()}


def unpacked(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file and those of all that is packed in it."""
    yield path.read_bytes()
    if path.suffix in {".xlsx", ".npz"}:
        yield from _members(path.read_bytes())
    elif path.suffix == ".parquet":
        yield pd.read_parquet(path).to_csv().encode()
    elif path.suffix == ".sqlite":
        yield from _blobs(path)


def _members(data: bytes) -> Iterator[bytes]:
    """Yield the members of a zip file."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        yield from (packed.read(name) for name in packed.namelist())


def _blobs(path: Path) -> Iterator[bytes]:
    """Yield what is packed in the cells of a state."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as state:
        for (data,) in state.execute("SELECT findings FROM told"):
            yield zlib.decompress(data)
        for (data,) in state.execute("SELECT data FROM models WHERE data IS NOT NULL"):
            yield from _members(data)

"""The same rows in every format are the same verbatims."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cx_text.config import Config
from cx_text.readers import READERS, read_file, read_frame

MOMENTS = [dt.datetime(2024, 1, 5, 10, 11, 12), None, dt.datetime(2024, 2, 6)]  # noqa: DTZ001 - Excel has no zones


def frame(*, with_id: bool) -> pd.DataFrame:
    """Return rows with each kind of value, some missing."""
    data: dict[str, Any] = {
        "Comment": ['caf\u00e9 \U0001f600, "quoted"\nline', "NA", " =1+1 "],
        "Date": pd.to_datetime(pd.Series(MOMENTS)),
        "CSAT": [5.0, None, 4.0],
        "minutes": [0.5, 2.0, None],
        "FCR": pd.array([True, None, False], dtype="boolean"),
        "shop": ["Leeds", None, "007"],
    }
    return pd.DataFrame({"id": ["007", "1e5", " x "]} | data if with_id else data)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV."""
    table.to_csv(path, index=False)


def write_tsv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as TSV in another encoding and with other line ends."""
    table.to_csv(path, index=False, sep="\t", encoding="utf-16", lineterminator="\r\n")
    text = path.read_bytes().decode("utf-16").replace('"\r\nline', '"\nline')
    path.write_bytes(text.encode("utf-16"))


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as JSON rows with ISO dates."""
    return [
        {
            name: None if pd.isna(value) else value.isoformat() if isinstance(value, pd.Timestamp) else value
            for name, value in row.items()
        }
        for row in table.astype(object).to_dict("records")
    ]


def write_jsonl(table: pd.DataFrame, path: Path) -> None:
    """Write a table as JSON Lines."""
    path.write_text("\n".join(json.dumps(row) for row in rows_of(table)))


def write_json(table: pd.DataFrame, path: Path) -> None:
    """Write a table as one JSON array."""
    path.write_text(json.dumps(rows_of(table), indent=1))


def write_gz(table: pd.DataFrame, path: Path) -> None:
    """Write a table as compressed CSV."""
    path.write_bytes(gzip.compress(table.to_csv(index=False).encode()))


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet."""
    table.to_parquet(path)


def write_xlsx(table: pd.DataFrame, path: Path) -> None:
    """Write a table as a workbook."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        table.to_excel(writer, index=False)


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    "a.tsv": write_tsv,
    "a.jsonl": write_jsonl,
    "a.json": write_json,
    "a.csv.gz": write_gz,
    "a.parquet": write_parquet,
    "a.xlsx": write_xlsx,
}


@pytest.mark.parametrize("with_id", [True, False])
@pytest.mark.parametrize("name", WRITERS)
def test_the_same_rows_in_another_format_are_the_same_verbatims(
    tmp_path: Path, name: str, with_id: bool
) -> None:
    """Ids, hashes, values and missing values."""
    table = frame(with_id=with_id)
    write_csv(table, tmp_path / "a.csv")
    WRITERS[name](table, tmp_path / name)
    expected, found = (read_file(tmp_path / each, Config()) for each in ("a.csv", name))
    columns = list(expected.verbatims.frame.columns.drop("attr_minutes"))
    pd.testing.assert_frame_equal(found.verbatims.frame[columns], expected.verbatims.frame[columns])
    assert found.columns == expected.columns
    assert len(found.rejected) == len(expected.rejected) == 0


@pytest.mark.parametrize("with_id", [True, False])
def test_a_frame_gives_the_verbatims_of_its_csv(tmp_path: Path, with_id: bool) -> None:
    """A notebook and a nightly run agree."""
    table = frame(with_id=with_id)
    write_csv(table, tmp_path / "a.csv")
    expected, found = read_file(tmp_path / "a.csv", Config()), read_frame(table, Config())
    columns = list(expected.verbatims.frame.columns.drop("attr_minutes"))
    pd.testing.assert_frame_equal(found.verbatims.frame[columns], expected.verbatims.frame[columns])


def test_every_reader_is_compared() -> None:
    """A new format without a comparison is noticed."""
    compared = {Path(name).suffix for name in WRITERS} | {".csv"}
    assert set(READERS) - compared == {".txt", ".ndjson"}

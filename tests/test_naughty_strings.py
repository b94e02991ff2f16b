"""The Big List of Naughty Strings through every input and output: no crash, no lost row, no injection."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from cx_text.config import make_config
from cx_text.nightly import Order, run
from cx_text.queries import FORMS, export
from cx_text.stages.clean import clean
from cx_text.store import Workspace

SOURCE = Path(__file__).parents[2] / "shared" / "data" / "blns_raw.json.gz"
HEADER = ("id", "comment", "agent", "place")
CONFIG = make_config({"privacy": {"redact": False}, "input": {"keep": ["place"]}})
STARTERS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\t\r\0"
PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.slow,
    pytest.mark.skipif(not SOURCE.is_file(), reason="the public data sets are not beside the project"),
]

Rows = Sequence[tuple[str, str, str, str]]


def naughty() -> Rows:
    """Return a row a string, which stands in three fields."""
    strings = json.loads(gzip.decompress(SOURCE.read_bytes()))
    return [(f"n{number}", text, text, text) for number, text in enumerate(strings)]


def as_csv(rows: Rows, path: Path) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])


def as_jsonl(rows: Rows, path: Path) -> None:
    """Write rows as JSON Lines."""
    lines = (json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows)
    path.write_text("\n".join(lines), encoding="utf-8")


def as_parquet(rows: Rows, path: Path) -> None:
    """Write rows as Parquet."""
    pd.DataFrame(rows, columns=list(HEADER)).to_parquet(path)


def as_xlsx(rows: Rows, path: Path) -> None:
    """Write rows as a workbook."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([HEADER, *rows]):
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell)


INPUTS: dict[str, Callable[[Rows, Path], None]] = {
    "a.csv": as_csv, "a.jsonl": as_jsonl, "a.parquet": as_parquet, "a.xlsx": as_xlsx,
}  # fmt: skip


@pytest.fixture(scope="module", params=INPUTS)
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a workspace that took the strings in one format, and the reports."""
    place = tmp_path_factory.mktemp("naughty")
    INPUTS[request.param](naughty(), place / request.param)
    night = run([place / request.param], Order(place / "w", CONFIG, place / "out"))
    ledger = night.record["ledger"]
    assert (ledger["read"], ledger["accepted"]) == (len(naughty()),) * 2, ledger
    return place


def exported(home: Path, form: str) -> bytes:
    """Return the export of all rows."""
    out = io.BytesIO()
    export("verbatims", form, home / "w", out)
    return out.getvalue()


def is_safe(cell: str) -> bool:
    """Return whether no spreadsheet takes a cell for a formula."""
    seen = [mark for mark in cell if unicodedata.category(mark)[0] not in "CMZ"]
    lead = cell[: cell.index(seen[0])] if seen else cell
    return bool(PLAIN_NUMBER.fullmatch(cell)) or not (
        set(lead) & set("\t\r\0") or (seen and seen[0] in STARTERS)
    )


def cells(home: Path) -> Iterator[str]:
    """Yield every cell of every CSV and workbook."""
    sources = [path.read_text(encoding="utf-8") for path in (home / "out").glob("*.csv")]
    for text in [*sources, exported(home, "csv").decode()]:
        for row in csv.reader(io.StringIO(text, newline="")):
            yield from row
    book = openpyxl.load_workbook(home / "out" / "report.xlsx")
    yield from book.sheetnames
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
            yield from (cell.value for cell in row if isinstance(cell.value, str))


def test_no_cell_of_any_table_is_a_formula(home: Path) -> None:
    """Promise 32: comments, agents and attributes, in CSV and XLSX."""
    assert [cell for cell in cells(home) if not is_safe(cell)] == []


def test_every_string_stands_in_parquet_and_json_as_it_came(home: Path) -> None:
    """Agent and attribute unchanged, the comment cleaned; an empty one is empty."""
    parquet = pq.read_table(io.BytesIO(exported(home, "parquet"))).to_pylist()
    rows = [json.loads(line) for line in exported(home, "jsonl").splitlines()]
    published = pd.read_parquet(home / "out" / "verbatims.parquet")
    assert len(published) == len(rows) == len(parquet) == len(naughty())
    expected = {name: (clean(text), text or None) for name, text, _, _ in naughty()}
    for row in (*rows, *parquet):
        text, field = expected[row["verbatim_id"]]
        assert (row["text"] or "", row["agent"], row["attr_place"]) == (text, field, field)


def test_a_terminal_obeys_nothing_in_json(home: Path) -> None:
    """Promise 34: what cannot be printed is escaped."""
    assert exported(home, "jsonl").decode().replace("\n", "").isprintable()


def test_every_form_of_export_is_tried() -> None:
    """A new one is noticed."""
    assert set(FORMS) == {"csv", "jsonl", "parquet"}


def test_the_formats_give_equal_digests(home: Path, request: pytest.FixtureRequest) -> None:
    """Promise 6, over all strings: each is compared with the first."""
    with Workspace.open(home / "w", write=False) as space:
        found = space.digest()["sha256"]
    assert request.config.stash.setdefault(DIGEST, found) == found


DIGEST = pytest.StashKey[str]()

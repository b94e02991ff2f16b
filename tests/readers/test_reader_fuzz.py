"""Whatever bytes come: a reading or one of our errors; equal rows are equal in every format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hostile_books import workbook
from hostile_corpus import csv as good_csv
from hostile_lines import GOOD_LINES
from hostile_parquet import parquet
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.config import Config, make_config
from cx_text.errors import InputError
from cx_text.readers.confined import confined
from cx_text.readers.delimited import read_delimited
from cx_text.readers.files import Reader
from cx_text.readers.jsonl import read_jsonl
from cx_text.readers.parquet import read_parquet
from cx_text.readers.reading import Reading, make_reading
from cx_text.readers.sheet import Sheet
from cx_text.readers.xlsx import read_xlsx

LENIENT = make_config({"input": {"max_bad_share": 1.0}})
TEXT_FORMATS: dict[str, tuple[Reader, bytes]] = {
    "csv": (read_delimited, good_csv().encode()),
    "tsv": (read_delimited, good_csv().replace(",", "\t").encode("utf-16")),
    "jsonl": (read_jsonl, GOOD_LINES.encode()),
    "json": (read_jsonl, json.dumps([json.loads(line) for line in GOOD_LINES.splitlines()]).encode()),
}
BINARY_FORMATS: dict[str, tuple[Reader, bytes]] = {
    "xlsx": (read_xlsx, workbook()),
    "parquet": (read_parquet, parquet({})),
}
CUT = st.tuples(st.floats(0, 1), st.sampled_from(["flip", "cut", "splice", "repeat"]), st.binary(max_size=6))


def read(sheet: Callable[[], Sheet]) -> Reading | None:
    """Return the reading of a sheet, None where one of our errors refuses it; all else is a bug."""
    try:
        return make_reading(sheet(), LENIENT, "fuzz", "")
    except InputError as error:
        refusal = error
    assert refusal.code.startswith("E_")
    assert refusal.wrong
    assert refusal.mend
    return None


def mutated(data: bytes, cuts: Sequence[tuple[float, str, bytes]]) -> bytes:
    """Return `data` after some changes, each at its share of the length."""
    for share, kind, extra in cuts:
        at = int(share * len(data))
        if kind == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (extra or b"\x01")[0]]) + data[at + 1 :]
        elif kind == "cut":
            data = data[:at] + data[at + 1 + len(extra) * 8 :]
        elif kind == "splice":
            data = data[:at] + extra + data[at:]
        elif kind == "repeat":
            data = data[:at] + data[at // 2 :]
    return data


@pytest.mark.parametrize("name", TEXT_FORMATS)
@settings(max_examples=60)
@given(data=st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_break_a_reader_of_text(name: str, data: bytes) -> None:
    """A reading, in which rows add up, or one of our errors."""
    reader, _ = TEXT_FORMATS[name]
    read(lambda: reader(data, LENIENT))


@pytest.mark.parametrize("name", TEXT_FORMATS)
@settings(max_examples=60)
@given(cuts=st.lists(CUT, min_size=1, max_size=4))
def test_no_change_of_a_good_text_file_breaks_its_reader(
    name: str, cuts: list[tuple[float, str, bytes]]
) -> None:
    """Bits flipped, parts cut, spliced in or repeated."""
    reader, good = TEXT_FORMATS[name]
    read(lambda: reader(mutated(good, cuts), LENIENT))


@pytest.mark.parametrize("name", BINARY_FORMATS)
@settings(max_examples=8)
@given(cuts=st.lists(CUT, min_size=1, max_size=4))
def test_no_change_of_a_good_binary_file_breaks_its_reader(
    name: str, cuts: list[tuple[float, str, bytes]]
) -> None:
    """The parsers are not ours and may die; their process dies alone."""
    reader, good = BINARY_FORMATS[name]
    read(lambda: confined(reader, mutated(good, cuts), LENIENT))


LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\r")
TABLE = st.lists(
    st.tuples(st.text(LETTERS, min_size=1, max_size=8), st.text(LETTERS, max_size=20)), max_size=6
)


def as_csv(rows: Sequence[Sequence[str]]) -> Sheet:
    """Return the rows through a CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([["id", "comment"], *rows])
    return read_delimited(text.getvalue().encode(), Config())


def as_jsonl(rows: Sequence[Sequence[str]]) -> Sheet:
    """Return the rows through JSON Lines."""
    lines = (json.dumps({"id": own, "comment": text}, ensure_ascii=False) for own, text in rows)
    return read_jsonl("\n".join(lines).encode(), Config())


def as_parquet(rows: Sequence[Sequence[str]]) -> Sheet:
    """Return the rows through Parquet."""
    stream = io.BytesIO()
    columns = {name: pa.array([row[at] for row in rows]) for at, name in enumerate(("id", "comment"))}
    pq.write_table(pa.table(columns), stream)
    return read_parquet(stream.getvalue(), Config())


def as_xlsx(rows: Sequence[Sequence[str]]) -> Sheet:
    """Return the rows through a workbook."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([("id", "comment"), *rows]):
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell)
    return read_xlsx(stream.getvalue(), Config())


def test_letters_that_xml_cannot_hold_come_back_from_a_workbook() -> None:
    """Its writers escape them."""
    rows = [("1", "a\x01b\x1fc\ufffed\uffff"), ("2", "_x0041_")]
    assert as_xlsx(rows).rows == as_csv(rows).rows


@pytest.mark.parametrize("through", [as_jsonl, as_parquet, as_xlsx])
@settings(max_examples=40)
@given(rows=TABLE.filter(bool))
def test_the_same_rows_are_the_same_verbatims_in_every_format(
    through: Callable[[Sequence[Sequence[str]]], Sheet], rows: list[tuple[str, str]]
) -> None:
    """Promise 6: ids, texts, hashes and what is set aside."""
    expected, found = (
        make_reading(sheet, LENIENT, "x", "").verbatims.frame for sheet in (as_csv(rows), through(rows))
    )
    columns = ["verbatim_id", "verbatim", "content_hash"]
    assert found[columns].values.tolist() == expected[columns].values.tolist()

"""From file to reading: every row is taken, set aside with a code, or a duplicate."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.config import Config, make_config
from cx_text.errors import InputError, UsageError
from cx_text.readers import READERS, Reading, read_file, read_frame, read_stream
from cx_text.records import INPUT, REJECTED


def read(text: str | bytes, **settings_: Any) -> Reading:
    """Return the reading of a CSV or JSONL text."""
    data = text.encode() if isinstance(text, str) else text
    return read_stream(io.BytesIO(data), make_config(settings_))


def column(reading: Reading, name: str) -> list[Any]:
    """Return the values of a column, missing ones as None."""
    return [None if pd.isna(value) else value for value in reading.verbatims.frame[name]]


def codes(reading: Reading) -> list[tuple[int, str, str]]:
    """Return line, code and column of the rows set aside."""
    return list(reading.rejected[["line", "code", "column"]].itertuples(index=False, name=None))


def test_a_file_becomes_typed_canonical_columns(tmp_path: Path) -> None:
    """With its name, its hash and what was mapped."""
    path = tmp_path / "may.csv"
    path.write_text(
        "Survey ID,Comment,Date,Agent_name,CSAT Score,FCR,shop\n"
        "007,Thank you,2024-05-01 10:00,Ann,5,yes,Leeds\n"
        "1e5,NA,,,,,\n"
    )
    reading = read_file(path, Config())
    frame = reading.verbatims.frame
    assert list(frame.columns) == [*INPUT.columns, "attr_shop"]
    assert column(reading, "verbatim_id") == ["007", "1e5"]
    assert column(reading, "verbatim") == ["Thank you", "NA"]
    assert column(reading, "created_at") == [pd.Timestamp("2024-05-01 10:00", tz="UTC"), None]
    assert column(reading, "agent") == ["Ann", None]
    assert column(reading, "csat") == [5.0, None]
    assert column(reading, "resolved") == [True, None]
    assert column(reading, "attr_shop") == ["Leeds", None]
    assert reading.name == "may.csv"
    assert reading.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert reading.columns["agent"] == "Agent_name"
    assert (reading.read, reading.duplicate, reading.kept, reading.dropped) == (2, 0, ("shop",), ())


def test_a_header_alone_is_an_empty_night() -> None:
    """With all columns, and no row."""
    reading = read("id,comment,date\n")
    assert len(reading.verbatims) == 0
    assert list(reading.verbatims.frame.columns) == list(INPUT.columns)
    assert list(reading.rejected.columns) == list(REJECTED.columns)
    assert reading.read == 0


def test_an_empty_array_is_an_empty_night() -> None:
    """It has no header that could be missing."""
    assert read("[]").read == 0


def test_an_empty_comment_is_accepted_as_empty_text() -> None:
    """Its row counts; what it is worth is said later."""
    assert column(read("id,comment,csat\n1,,5\n"), "verbatim") == [""]


ROWS: list[dict[str, Any]] = [{"id": f"r{n}", "comment": f"text {n}"} for n in range(6)]


@pytest.mark.parametrize(
    ("row", "code", "named"),
    [
        ({"id": "x", "comment": ["a"]}, "Q_BAD_TYPE", "comment"),
        ({"id": {"a": 1}, "comment": "a"}, "Q_BAD_TYPE", "id"),
        ({"id": "", "comment": "a"}, "Q_NO_ID", "id"),
        ({"comment": "a"}, "Q_NO_ID", "id"),
        ({"id": "r0", "comment": "other"}, "Q_DUP_ID_CONFLICT", "id"),
        ({"id": "x", "comment": "a", "date": "soon"}, "Q_BAD_DATE", "date"),
        ({"id": "x", "comment": "\u00e9" * 600_000}, "Q_TOO_LONG", "comment"),
        ({"id": "x", "comment": "a\ud800"}, "Q_BAD_ENCODING", "comment"),
        ({"id": "x", "comment": "a", "shop": "\udfff"}, "Q_BAD_ENCODING", "shop"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_line_code_and_column(
    row: dict[str, Any], code: str, named: str
) -> None:
    """And nothing else of the file is lost."""
    reading = read("\n".join(json.dumps(row) for row in [*ROWS, row]))
    assert [found[1:] for found in codes(reading)] == [(code, named)]
    assert (reading.read, len(reading.verbatims)) == (7, 6)
    assert reading.rejected["raw"].str.len().max() <= 200
    assert reading.rejected["file"].tolist() == ["-"]


def test_rows_set_aside_by_the_reader_and_by_the_mapping_come_by_line() -> None:
    """Ragged ones among the others."""
    text = "id,comment,date\n1,a,2024-01-05\n,b,\n3\n4,c,soon\n5,d,\n6,e,\n7,f,\n"
    assert codes(read(text)) == [(3, "Q_NO_ID", "id"), (4, "Q_RAGGED", ""), (5, "Q_BAD_DATE", "date")]


def test_the_same_row_again_is_a_duplicate_and_kept_once() -> None:
    """Also when its numbers are written otherwise."""
    reading = read("id,comment,csat\n1,a,4\n2,b,5\n1,a,4\n1,a,4.0\n")
    assert (reading.read, reading.duplicate, len(reading.rejected)) == (4, 2, 0)
    assert column(reading, "verbatim_id") == ["1", "2"]


def test_of_a_conflict_the_same_row_stays_in_whatever_order() -> None:
    """A reordered copy is no other export."""
    rows = ["1,a", "1,b", "1,c", "2,d"]
    kept = {
        tuple(sorted(column(read("\n".join(["id,comment", *order])), "verbatim")))
        for order in (rows, rows[::-1], [rows[1], rows[3], rows[0], rows[2]])
    }
    assert len(kept) == 1


def test_without_an_id_equal_rows_stay_and_are_numbered() -> None:
    """Fifty equal rows stay fifty."""
    reading = read("comment\n" + "ok\n" * 50)
    ids = column(reading, "verbatim_id")
    digest = reading.verbatims.frame["content_hash"][0]
    assert ids == [f"{digest}-{n}" for n in range(1, 51)]
    assert reading.duplicate == 0


def test_the_content_hash_knows_neither_order_nor_spelling_of_headers_nor_empty_columns() -> None:
    """So that an overlapping export counts a row once."""
    plain = read("comment,Shop Name\nok,Leeds\n")
    moved = read("shop_name,Comment,new\nLeeds,ok,\n")
    other = read("comment,shop name\nok,York\n")
    assert column(plain, "content_hash") == column(moved, "content_hash")
    assert column(plain, "content_hash") != column(other, "content_hash")


def test_another_mapping_gives_the_same_ids() -> None:
    """It updates rows instead of doubling them."""
    text = "comment,a,b\nok,Ann,Bob\n"
    first, second = read(text, columns={"agent": "a"}), read(text, columns={"agent": "b"})
    assert column(first, "verbatim_id") == column(second, "verbatim_id")
    assert column(first, "agent") != column(second, "agent")


@pytest.mark.parametrize(
    ("header", "cells", "target", "values", "setting"),
    [
        ("CSAT", "4;x;6;0", "csat", [4.0, None, None, None], "[scores.csat] scale"),
        ("NPS", "10;11;0;-1", "nps", [10.0, None, 0.0, None], "[scores.nps] scale"),
        ("FCR", "yes;no;maybe;", "resolved", [True, False, None, None], "--map resolved="),
        ("handle minutes", "3,5;-2;1;", "handle_minutes", [3.5, None, 1.0, None], "--map handle_minutes="),
        ("value", "1,200;-5;?;", "value", [1200.0, -5.0, None, None], "--map value="),
    ],
)
def test_a_value_that_cannot_be_used_is_empty_and_named_in_a_warning(
    header: str, cells: str, target: str, values: list[Any], setting: str
) -> None:
    """The row stays; the warning says column, count and what to set."""
    lines = [f'{n};"{cell}"' for n, cell in enumerate(cells.split(";"))]
    reading = read("\n".join([f"comment;{header}", *lines]))
    assert column(reading, target) == values
    assert len(reading.rejected) == 0
    assert all(f'{target} ("{header}"): ' in warning for warning in reading.warnings)
    assert any(setting in warning for warning in reading.warnings)


def test_the_warning_counts() -> None:
    """Unreadable and off the scale apart."""
    reading = read("comment,csat\na,x\nb,y\nc,9\nd,5\n")
    assert [warning.split("; ")[0] for warning in reading.warnings] == [
        'csat ("csat"): 2 values are no number and left empty',
        'csat ("csat"): 1 value is off the scale 1 to 5 and left empty',
    ]


def test_the_wait_for_a_response_is_counted_in_minutes() -> None:
    """Where it is not given; a response before the contact is unknown and said."""
    text = (
        "comment,contacted_at,responded_at\n"
        "a,2024-01-05 10:00,2024-01-05 10:30\n"
        "b,2024-01-05 10:00,2024-01-05 09:00\n"
        "c,2024-01-05 10:00,\n"
        "d,2024-01-05 10:00,soon\n"
    )
    reading = read(text)
    assert column(reading, "first_response_minutes") == [30.0, None, None, None]
    assert 'responded_at ("responded_at"): 1 value is no date' in reading.warnings[0]
    assert "first_response_minutes: 1 value is below 0" in reading.warnings[1]


def test_a_given_wait_is_not_counted_again() -> None:
    """What is said wins over what is computed."""
    text = "comment,first_response_minutes,contacted_at,responded_at\na,5,2024-01-05,2024-01-06\n"
    assert column(read(text), "first_response_minutes") == [5.0]


def test_operational_dates_of_unknown_order_are_left_empty_and_said() -> None:
    """They are no reason to refuse the file."""
    reading = read("comment,contacted_at,responded_at\na,01/02/2024,02/02/2024\n")
    assert column(reading, "first_response_minutes") == [None]
    assert "[input] date_format" in reading.warnings[0]


def test_a_column_with_up_to_200_values_is_an_attribute_and_another_is_named() -> None:
    """Unless the configuration keeps it."""
    lines = [f"{n},t{n},{n % 200},{n}" for n in range(201)]
    text = "\n".join(["id,comment,Shop No,Order No", *lines])
    reading = read(text)
    assert (reading.kept, reading.dropped) == (("Shop No",), ("Order No",))
    assert "attr_shop_no" in reading.verbatims.frame
    assert "attr_order_no" not in reading.verbatims.frame
    assert read(text, input={"keep": ["order_no"]}).kept == ("Shop No", "Order No")


def test_a_file_mostly_bad_is_refused_and_says_what_is_wrong_most() -> None:
    """Half is allowed, more is not."""
    good = "id,comment,date\n1,a,2024-01-05\n2,b,soon\n"
    assert len(read(good).rejected) == 1
    with pytest.raises(InputError) as caught:
        read(good + "3,c,later\n4\n")
    assert caught.value.code == "E_TOO_MANY_BAD"
    assert "3 of 4 rows are bad, most by Q_BAD_DATE (line 3" in caught.value.wrong
    assert "date_format" in caught.value.mend


def test_the_share_of_bad_rows_is_a_setting() -> None:
    """From 0 to 1."""
    text = "id,comment\n1,a\n2,b\n3\n"
    assert len(read(text).rejected) == 1
    with pytest.raises(InputError, match="E_TOO_MANY_BAD"):
        read(text, input={"max_bad_share": 0.1})


@pytest.mark.parametrize(("rows", "refused"), [(19, False), (20, True)])
def test_twenty_rows_without_any_text_are_refused(rows: int, refused: bool) -> None:
    """The mapping is wrong then."""
    text = "id,comment\n" + "".join(f"{n}, \n" for n in range(rows))
    if not refused:
        assert len(read(text).verbatims) == rows
        return
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.code == "E_NO_TEXT"
    assert "--map verbatim=" in caught.value.mend


def test_dates_of_unknown_order_refuse_the_file() -> None:
    """The error names the setting, and the setting mends it."""
    text = "id,comment,date\n1,a,03/04/2024\n"
    with pytest.raises(InputError, match=r"\[input\] date_format"):
        read(text)
    reading = read(text, input={"date_format": "%d/%m/%Y"})
    assert column(reading, "created_at") == [pd.Timestamp("2024-04-03", tz="UTC")]


def test_an_error_names_the_file_and_not_its_folder(tmp_path: Path) -> None:
    """On one line, whatever the name."""
    path = tmp_path / "bad\nname.csv"
    path.write_bytes(b"")
    with pytest.raises(InputError) as caught:
        read_file(path, Config())
    assert str(caught.value).startswith("E_EMPTY bad\\nname.csv: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.pdf", "a.xls", "a", "a.parquet.gz", "a.csv.part", "a.tar.gz"])
def test_an_unknown_ending_is_refused(tmp_path: Path, name: str) -> None:
    """The error names the endings there are."""
    path = tmp_path / name
    path.write_bytes(b"id,comment\n1,a\n")
    with pytest.raises(InputError) as caught:
        read_file(path, Config())
    assert caught.value.code == "E_FORMAT"
    assert all(ending in caught.value.mend for ending in READERS)


@pytest.mark.parametrize("name", ["a.csv", "A.CSV", "a.tsv", "a.txt", "a.csv.gz", "a.CSV.GZ"])
def test_endings_are_known_in_any_case(tmp_path: Path, name: str) -> None:
    """With .gz for text."""
    path = tmp_path / name
    data = b"id,comment\n1,a\n"
    path.write_bytes(gzip.compress(data) if name.casefold().endswith(".gz") else data)
    reading = read_file(path, Config())
    assert column(reading, "verbatim") == ["a"]
    assert reading.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_stream_is_csv_or_json_by_its_first_letter() -> None:
    """In any encoding that has a mark."""
    assert column(read("id,comment\n1,a\n"), "verbatim") == ["a"]
    assert column(read('\n {"id": "1", "comment": "a"}\n'), "verbatim") == ["a"]
    assert column(read('{"id": "1", "comment": "\u00e9"}\n'.encode("utf-16")), "verbatim") == ["\u00e9"]


def test_a_frame_is_read_like_a_file() -> None:
    """Missing values are empty, numbers and dates are typed."""
    frame = pd.DataFrame(
        {
            "comment": ["a", None, "nan"],
            "csat": [5.0, float("nan"), 4.0],
            "date": pd.to_datetime(["2024-01-05", None, "2024-01-06"]),
            "shop": pd.Categorical(["x", "y", None]),
        }
    )
    reading = read_frame(frame, Config())
    assert column(reading, "verbatim") == ["a", "", "nan"]
    assert column(reading, "csat") == [5.0, None, 4.0]
    assert column(reading, "created_at")[1:] == [None, pd.Timestamp("2024-01-06", tz="UTC")]
    assert column(reading, "attr_shop") == ["x", "y", None]
    assert reading.name == "frame"


def test_a_frame_with_two_columns_of_one_name_is_refused() -> None:
    """As a file would be."""
    with pytest.raises(InputError, match="E_DUP_COLUMN frame"):
        read_frame(pd.DataFrame([["a", "b"]], columns=["comment", "Comment"]), Config())


def test_a_wrong_mapping_is_a_usage_error() -> None:
    """The whole command is wrong, not one file."""
    with pytest.raises(UsageError):
        read("comment,feedback\na,b\n")


CELL = st.sampled_from(["", "1", "2", "a", "b", "2024-01-05", "soon", '"', ",", "\n", "\u00e9"]) | st.text(
    max_size=3
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=12), st.sampled_from([b"", b"\xff", b'"']))
def test_rows_are_conserved_whatever_a_file_holds(rows: list[list[str]], tail: bytes) -> None:
    """Taken, set aside or duplicate; or the file is refused with one of our errors."""
    body = "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass")
    data = b"id,comment,date\n" + body + tail
    try:
        reading = read_stream(io.BytesIO(data), make_config({"input": {"max_bad_share": 1.0}}))
    except InputError:
        return
    assert reading.read == len(reading.verbatims) + len(reading.rejected) + reading.duplicate
    assert reading.verbatims.frame["verbatim_id"].is_unique


@settings(max_examples=50, deadline=None)
@given(st.permutations([("1", "a"), ("1", "b"), ("1", "a"), ("2", "a"), ("", "c"), ("3", "NA")]))
def test_the_order_of_rows_changes_no_row(rows: list[tuple[str, str]]) -> None:
    """Whatever is kept, refused or a duplicate."""
    text = "\n".join(["id,comment", *(",".join(row) for row in rows)])
    reading = read(text)
    frame = reading.verbatims.frame.sort_values("verbatim_id", ignore_index=True)
    baseline = read("id,comment\n1,a\n1,b\n1,a\n2,a\n,c\n3,NA\n")
    pd.testing.assert_frame_equal(
        frame, baseline.verbatims.frame.sort_values("verbatim_id", ignore_index=True)
    )
    assert sorted(reading.rejected["code"]) == sorted(baseline.rejected["code"])

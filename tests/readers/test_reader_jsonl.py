"""JSON Lines and arrays: literals survive, broken lines are set aside."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.config import Config, make_config
from cx_text.errors import InputError
from cx_text.readers.jsonl import read_jsonl
from cx_text.readers.sheet import Misfit, Sheet


def read(text: str) -> Sheet:
    """Return the sheet of a JSONL text."""
    return read_jsonl(text.encode(), Config())


@pytest.mark.parametrize(
    ("literal", "cell"),
    [
        ('"text"', "text"),
        ('"NA"', "NA"),
        ("null", None),
        ("NaN", None),
        ("5", "5"),
        ("5.0", "5"),
        ("4.50", "4.50"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("true", "true"),
        ('""', ""),
        ('"tab\\there"', "tab\there"),
        ('"a\\u2028b"', "a\u2028b"),
        ('"a\u0085b"', "a\u0085b"),
    ],
)
def test_a_json_value_becomes_its_text(literal: str, cell: str | None) -> None:
    """Numbers keep their digits; only null is none."""
    assert read(f'{{"comment": {literal}}}\n').rows == [(cell,)]


def test_lists_and_objects_are_marked() -> None:
    """Whether that matters depends on the column."""
    [row] = read('{"a": [1, "x"], "b": {"c": null}}\n').rows
    assert row == ('["1", "x"]', '{"c": null}')
    assert all(isinstance(cell, Misfit) and cell.code == "Q_BAD_TYPE" for cell in row)


def test_headers_are_the_union_in_order_of_appearance() -> None:
    """What a row lacks is none."""
    sheet = read('{"a": "1"}\n{"b": "2", "a": "3"}\n')
    assert sheet.headers == ("a", "b")
    assert sheet.rows == [("1", None), ("3", "2")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_line_end_is_known_and_blank_lines_are_no_rows(end: str) -> None:
    """Lines are counted from 1."""
    sheet = read(end.join(['{"a": "1"}', "", '{"a": "2"}', ""]))
    assert sheet.rows == [("1",), ("2",)]
    assert sheet.lines == [1, 3]


@pytest.mark.parametrize(
    "line",
    ['{"a": ', "hello", '"text"', "5", '{"a": 1}{"a": 2}', '{"a": 1, "a": 2}', "[" * 100_000],
)
def test_a_line_that_is_no_object_is_set_aside(line: str) -> None:
    """The rows around it stay."""
    sheet = read(f'{{"a": "1"}}\n{line}\n{{"a": "2"}}\n')
    assert sheet.rows == [("1",), ("2",)]
    [row] = sheet.rejected
    assert (row["line"], row["code"], row["raw"]) == (2, "Q_BAD_JSON", line[:200])


def test_an_array_is_read_with_the_line_of_each_element() -> None:
    """Elements that are no objects are set aside."""
    sheet = read('[\n  {"a": "1"},\n  7,\n  {"a":\n   "2"}, {"a": "3"}\n]\n')
    assert sheet.rows == [("1",), ("2",), ("3",)]
    assert sheet.lines == [2, 4, 5]
    assert [(row["line"], row["code"]) for row in sheet.rejected] == [(3, "Q_BAD_JSON")]


def test_an_empty_array_is_an_empty_night() -> None:
    """It has no rows and no headers, and that is fine."""
    sheet = read(" [ ] ")
    assert (sheet.headers, sheet.rows) == ((), [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E_EMPTY"),
        (" \n", "E_EMPTY"),
        ('[{"a": 1}, {"a"', "E_TRUNCATED"),
        ('[{"a": 1}', "E_TRUNCATED"),
        ('[{"a": 1},', "E_TRUNCATED"),
        ('[{"a": 1} {"a": 2}]', "E_FORMAT"),
        ('[{"a": x}, {"a": 2}]', "E_FORMAT"),
        ('[{"a": 1}] and more', "E_FORMAT"),
        ("id,comment\n1,a\n", "E_FORMAT"),
        ('{"Comment": "a", "comment": "b"}\n', "E_DUP_COLUMN"),
    ],
)
def test_a_file_that_is_no_table_of_objects_is_refused(text: str, code: str) -> None:
    """With one code and what to do."""
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.code == code
    assert caught.value.mend


def test_an_array_broken_in_its_middle_is_refused_whole() -> None:
    """What follows a broken element cannot be trusted."""
    with pytest.raises(InputError, match="near line 2"):
        read('[{"a": 1},\n{"a": oops},\n{"a": 2}]')


def test_keys_that_never_end_are_refused() -> None:
    """The limit of columns holds for the union of all rows."""
    text = "\n".join(json.dumps({f"key{n}": n}) for n in range(5))
    with pytest.raises(InputError, match="E_TOO_BIG"):
        read_jsonl(text.encode(), make_config({"input": {"max_columns": 4}}))


@given(st.lists(st.text(), min_size=1, max_size=8))
def test_whatever_json_escapes_is_read_again(texts: list[str]) -> None:
    """Lone surrogates too: their rows are judged later."""
    lines = "\n".join(json.dumps({"comment": text}) for text in texts)
    assert [row[0] for row in read(lines).rows] == texts

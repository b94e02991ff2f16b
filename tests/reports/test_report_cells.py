"""Cells: harmless in any spreadsheet, readable in any other program."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.records import Kind, Table
from cx_text.reports.cells import empty, joined, rows, safe_cell, shown, texts

TABLE = Table("sample", {"name": Kind.TEXT, "n": Kind.COUNT, "rate": Kind.NUMBER, "ids": Kind.LIST})


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("fine", "fine"),
        ("", ""),
        ("a=b", "a=b"),
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("  =1", "'  =1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\u200b\u200d=1", "'\u200b\u200d=1"),
        ("\u00a0@x", "'\u00a0@x"),
        ("\u202e=1", "'=1"),
        ("\x01=1", "'=1"),
        ("\tfoo", "' foo"),
        ("\rfoo", "' foo"),
        ("\x00foo", "'foo"),
        ("\n=1", "' =1"),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20x", "'\uff20x"),
        ("-", "'-"),
        ("--5", "'--5"),
    ],
)
def test_a_dangerous_cell_gets_a_leading_quote(text: str, safe: str) -> None:
    """A formula is text; what is no formula stays as it is."""
    assert safe_cell(text) == safe


@pytest.mark.parametrize("number", ["-5", "+3.25", "-.5", "1e5", "-1e-05", "+442079460000", "007"])
def test_a_plain_number_stays_a_number(number: str) -> None:
    """A sign alone is no danger."""
    assert safe_cell(number) == number


def test_digits_of_other_scripts_are_no_plain_number() -> None:
    """Only ASCII digits make the exception."""
    assert safe_cell("-\u0661\u0662") == "'-\u0661\u0662"


@given(st.text())
def test_no_cell_begins_like_a_formula_whatever_the_text(text: str) -> None:
    """Law: after blanks and invisible characters no dangerous one comes first."""
    cell = safe_cell(text)
    bare = cell.lstrip(" \u00a0\ufeff\u200b\u200c\u200d\u2060")
    assert not bare.startswith(("=", "@", "\t", "\r", "\x00", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    if bare.startswith(("+", "-")):
        float(bare)


@given(st.text())
def test_what_is_shown_holds_no_control_character_and_no_line_break(text: str) -> None:
    """Law: one printable line, that can be encoded."""
    line = shown(text)
    assert len(line.splitlines()) <= 1
    assert not any(ord(mark) < 32 or 0x7F <= ord(mark) < 0xA0 for mark in line)
    assert line.encode("utf-8").decode("utf-8") == line
    assert shown(line) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("two\r\nlines", "two lines"),
        ("tab\there", "tab here"),
        ("bell\x07", "bell"),
        ("\u202eevil\u202c", "evil"),
        ("lone \udc80 surrogate", "lone  surrogate"),
        ("family \U0001f469\u200d\U0001f467", "family \U0001f469\u200d\U0001f467"),
        (
            "\u0634\u06a9\u0631\u200c\u06af\u0632\u0627\u0631",
            "\u0634\u06a9\u0631\u200c\u06af\u0632\u0627\u0631",
        ),
    ],
)
def test_text_is_shown_on_one_line_and_scripts_survive(text: str, line: str) -> None:
    """Joiners that scripts and emoji need are kept."""
    assert shown(text) == line


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a|b"), (["a|b"], "a\\|b"), (["a\\", "b"], "a\\\\|b")],
)
def test_lists_are_joined_so_that_they_can_be_split_again(items: list[str], text: str) -> None:
    """Separators inside an item are escaped."""
    assert joined(items) == text


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (Kind.TEXT, ["a", None, "=b"], ["a", "", "'=b"]),
        (Kind.NUMBER, [0.1, None, 3.0, 1e-06], ["0.1", "", "3.0", "1e-06"]),
        (Kind.COUNT, [1, None], ["1", ""]),
        (Kind.FLAG, [True, False, None], ["true", "false", ""]),
        (Kind.TIME, ["2025-05-12T10:00:00Z", None], ["2025-05-12T10:00:00Z", ""]),
        (Kind.LIST, [["a", "b"], [], ["=a"]], ["a|b", "", "'=a"]),
    ],
)
def test_each_kind_has_one_form_as_text(kind: Kind, values: list[object], expected: list[str]) -> None:
    """Numbers are shortest, times ISO 8601 with Z, an empty cell is empty."""
    frame = Table("one", {"cell": kind}).frame({"cell": values})
    assert texts(frame["cell"], kind) == expected


def test_a_number_without_bounds_is_not_known() -> None:
    """Infinity is no number a spreadsheet has."""
    assert texts(pd.Series([float("inf"), float("-inf")]), Kind.NUMBER) == ["", ""]


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), pd.NA, pd.NaT])
def test_nothing_is_empty(value: object) -> None:
    """All spellings of nothing are alike."""
    assert empty(value)


@pytest.mark.parametrize("value", ["", 0, 0.0, False, []])
def test_something_small_is_not_empty(value: object) -> None:
    """Zero is a value."""
    assert not empty(value)


def test_rows_are_mappings_with_none_for_nothing() -> None:
    """One form of nothing for all that tell from rows."""
    frame = TABLE.frame([{"name": "a", "n": 2}, {"rate": 0.5, "ids": ["x"]}])
    assert rows(frame) == [
        {"name": "a", "n": 2, "rate": None, "ids": []},
        {"name": None, "n": None, "rate": 0.5, "ids": ["x"]},
    ]


def test_no_rows_of_a_table_are_no_rows() -> None:
    """An empty table has no rows, but keeps its columns."""
    assert rows(TABLE.frame()) == []

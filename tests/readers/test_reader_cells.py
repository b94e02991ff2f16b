"""Numbers, flags, headers and typed cells: text in, value out."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.readers.cells import flag, number
from cx_text.readers.sheet import Misfit, normal, plain, refused, shown


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("4", 4.0),
        ("4.0", 4.0),
        ("4,0", 4.0),
        (" 4,5 ", 4.5),
        ("-1", -1.0),
        ("+2", 2.0),
        (".5", 0.5),
        ("1e2", 100.0),
        ("1,234", 1234.0),
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("0,125", 0.125),
        ("$12.50", 12.5),
        ("12,50 \u20ac", 12.5),
        ("", None),
        ("five", None),
        ("4 of 5", None),
        ("1,2,3", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("\u0664", None),
    ],
)
def test_a_number_is_read_as_people_write_it(cell: str, value: float | None) -> None:
    """A comma is decimal unless it groups thousands."""
    assert number(cell) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back(value: float) -> None:
    """However Python prints it."""
    assert number(repr(value)) == value


@given(st.text())
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    """Never an exception, never NaN."""
    value = number(text)
    assert value is None or math.isfinite(value)


@pytest.mark.parametrize("cell", ["true", "TRUE", "Yes", "y", "1", "1.0", " resolved "])
def test_yes_in_its_spellings(cell: str) -> None:
    """Case and blanks aside."""
    assert flag(cell) is True


@pytest.mark.parametrize("cell", ["false", "No", "N", "0", "Unresolved", "not resolved"])
def test_no_in_its_spellings(cell: str) -> None:
    """Case and blanks aside."""
    assert flag(cell) is False


@pytest.mark.parametrize("cell", ["", "maybe", "2", "unknown"])
def test_anything_else_is_neither_yes_nor_no(cell: str) -> None:
    """It is not guessed."""
    assert flag(cell) is None


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Comment", "comment"),
        ("  Customer   Remarks ", "customer_remarks"),
        ("customer-remarks", "customer_remarks"),
        ("CUSTOMER_REMARKS", "customer_remarks"),
        ("\ufeffid\u200b", "id"),
        ("", ""),
        ("C\u043emment", "c\u043emment"),
    ],
)
def test_headers_match_after_case_blanks_and_marks(header: str, name: str) -> None:
    """A look-alike letter stays another letter."""
    assert normal(header) == name


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (None, None),
        (float("nan"), None),
        (pd.NaT, None),
        (pd.NA, None),
        (np.float64(2.0), "2"),
        (np.int64(3), "3"),
        (np.True_, "true"),
        (1e20, "100000000000000000000"),
        (float("inf"), "inf"),
        (Decimal("1.0"), "1"),
        (dt.time(10, 5), "10:05:00"),
        (dt.timedelta(hours=1), "1:00:00"),
        (pd.Timestamp("2024-01-05 10:00"), "2024-01-05T10:00:00"),
        (b"caf\xc3\xa9", "caf\u00e9"),
    ],
)
def test_a_typed_cell_becomes_text(value: Any, text: str | None) -> None:
    """None, NaN and NaT are none."""
    assert plain(value) == text


def test_nested_cells_become_their_json_and_are_marked() -> None:
    """Dates inside them too."""
    cell = plain({"a": [1, dt.date(2024, 1, 5)]})
    assert cell == '{"a": [1, "2024-01-05"]}'
    assert isinstance(cell, Misfit)
    assert cell.code == "Q_BAD_TYPE"


@given(st.text(max_size=300))
def test_what_is_shown_is_one_printable_line(text: str) -> None:
    """No control character and no forged line gets into a message."""
    assert shown(text).isprintable()
    assert len(shown(text)) <= 60


@given(st.text(st.characters(), max_size=300))
def test_the_raw_value_of_a_refused_row_can_always_be_written(text: str) -> None:
    """Broken letters are spelled out, and it is cut at 200 characters."""
    raw = refused(1, "Q_BAD_ENCODING", "", text)["raw"]
    assert len(raw.encode("utf-8").decode("utf-8")) <= 200


def test_an_undecodable_byte_is_shown_as_its_number() -> None:
    """So that the original can be found."""
    assert refused(1, "Q_BAD_ENCODING", "", "caf\udce9")["raw"] == "caf\\xe9"

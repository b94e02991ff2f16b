"""Tables have exactly their columns, in order, of their kind, with floats rounded once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text import records
from cx_text.records import CSV_TABLES, MENTIONS, ROW_TABLES, THEMES, VERBATIMS, Table, published

ALL = (*CSV_TABLES, *ROW_TABLES, records.REJECTED, records.INPUT, records.CATALOGUE, records.LINKS)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_an_empty_table_has_all_its_columns_and_kinds(table: Table) -> None:
    """A night without rows still publishes every column."""
    frame = table.frame()
    assert list(frame.columns) == list(table.columns)
    assert len(frame) == 0
    assert [str(frame[name].dtype) for name in frame] == [kind.value for kind in table.columns.values()]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_conforming_twice_changes_nothing(table: Table) -> None:
    """The door can be passed again."""
    once = table.frame([{}, {}])
    pd.testing.assert_frame_equal(table.frame(once), once)


def test_a_missing_column_is_filled_with_emptiness_not_with_zero() -> None:
    """Empty means not known."""
    frame = THEMES.frame([{"theme_id": "T0001"}])
    assert frame["label"].isna().all()
    assert frame["volume"].isna().all()
    assert frame["share"].isna().all()
    assert frame.loc[0, "keywords"] == []


def test_an_unknown_column_is_a_mistake_but_attributes_pass() -> None:
    """A typo in a column name is found at the door."""
    with pytest.raises(ValueError, match="mentions has no column themeid"):
        MENTIONS.frame([{"themeid": "T1"}])
    assert list(VERBATIMS.frame([{"attr_b": "1", "attr_a": "2"}]).columns)[-2:] == ["attr_a", "attr_b"]


def test_words_that_look_like_nothing_stay_words() -> None:
    """NA and nan are text that a customer wrote."""
    frame = VERBATIMS.frame([{"verbatim_id": "nan", "text": "NA"}, {"verbatim_id": "007", "text": None}])
    assert frame["verbatim_id"].tolist() == ["nan", "007"]
    assert frame["text"].isna().tolist() == [False, True]


def test_two_lists_of_one_table_are_never_the_same_object() -> None:
    """Changing one cell must not change another."""
    frame = THEMES.frame([{}, {}])
    frame.loc[0, "evidence"].append("x")
    assert frame.loc[1, "evidence"] == []


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e6, max_value=1e6))
def test_published_numbers_have_six_decimals_and_no_negative_zero(value: float) -> None:
    """Two spellings of nothing would make two digests."""
    told = float(published(value))
    assert told == round(told, 6)
    assert str(told) != "-0.0"


def test_times_are_kept_in_utc_to_the_microsecond() -> None:
    """A zone is a spelling, not another time."""
    frame = VERBATIMS.frame([{"created_at": pd.Timestamp("2025-03-30T01:30:00.123456+01:00")}])
    assert frame.loc[0, "created_at"] == pd.Timestamp("2025-03-30T00:30:00.123456Z")


def test_counts_may_be_unknown() -> None:
    """An unknown count is no zero."""
    assert THEMES.frame([{"rank": 1}, {}])["rank"].isna().tolist() == [False, True]


def test_lists_come_from_tuples_and_arrays_too() -> None:
    """Parquet hands lists back as arrays."""
    frame = THEMES.frame({"evidence": [("a", "b"), np.array(["c"]), None]})
    assert frame["evidence"].tolist() == [["a", "b"], ["c"], []]

"""Dates: ISO in its spellings, a declared format, the order that the column settles."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.errors import InputError
from cx_text.readers.dates import Clock, day_first, moment, moments

UTC = ZoneInfo("UTC")


def iso(cell: str, form: str = "", zone: str = "UTC") -> str | None:
    """Return the moment of one cell as ISO text."""
    [value] = moments([cell], form, ZoneInfo(zone))
    return value.isoformat() if value else None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-01-05", "2024-01-05T00:00:00"),
        ("2024-1-5", "2024-01-05T00:00:00"),
        ("2024/01/05", "2024-01-05T00:00:00"),
        ("20240105", "2024-01-05T00:00:00"),
        ("20240105T101112Z", "2024-01-05T10:11:12"),
        ("2024-W01-5", "2024-01-05T00:00:00"),
        (" 2024-01-05 10:11 ", "2024-01-05T10:11:00"),
        ("2024-01-05T10:11:12", "2024-01-05T10:11:12"),
        ("2024-01-05T10:11:12Z", "2024-01-05T10:11:12"),
        ("2024-01-05 10:11:12 UTC", "2024-01-05T10:11:12"),
        ("2024-01-05T10:11:12.5", "2024-01-05T10:11:12.500000"),
        ("2024-01-05T10:11:12,123456789", "2024-01-05T10:11:12.123456"),
        ("2015-02-24 11:35:52 -0800", "2015-02-24T19:35:52"),
        ("2024-01-05T10:11:12+02:00", "2024-01-05T08:11:12"),
        ("2024-01-05T10:11:12+0530", "2024-01-05T04:41:12"),
        ("2024-01-05T10:11+02", "2024-01-05T08:11:00"),
        ("2024-01-05 03:53:50 PM", "2024-01-05T15:53:50"),
        ("2024-01-05 12:00 am", "2024-01-05T00:00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00"),
        ("2024-01-05T24:00:00", "2024-01-06T00:00:00"),
        ("2099-12-31", "2099-12-31T00:00:00"),
        ("22-Apr-15", "2015-04-22T00:00:00"),
        ("5 January 2024 10:11", "2024-01-05T10:11:00"),
        ("Sept 5, 2024", "2024-09-05T00:00:00"),
        ("January 5, 2024 3:04 PM", "2024-01-05T15:04:00"),
        ("25/04/2024", "2024-04-25T00:00:00"),
        ("04/25/2024 10:11", "2024-04-25T10:11:00"),
        ("25.04.24", "2024-04-25T00:00:00"),
        ("25.04.99", "1999-04-25T00:00:00"),
    ],
)
def test_a_date_is_read_in_its_usual_spellings(cell: str, expected: str) -> None:
    """As a moment in UTC."""
    assert iso(cell) == f"{expected}+00:00"


@pytest.mark.parametrize(
    "cell",
    [
        "yesterday", "2024-13-01", "2024-02-30", "2024-01-05T25:00", "2024-01-05T10:61", "0000-00-00",
        "1424777752", "1700123112345", "99/99/2024", "5 Foo 2024", "5 Mayor 2024", "2024", "12:30",
        "2024-01-05 13:00 PM", "2024-01-05T24:30", "9999-12-31T23:00-05:00", "\u0662\u0660",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(cell: str) -> None:
    """An epoch is only read when it is declared."""
    assert iso(cell) is None


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_none(text: str) -> None:
    """Never an exception."""
    value = moment(text, Clock("", UTC))
    assert value is None or value.tzinfo is dt.UTC


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_every_moment_is_read_back(value: dt.datetime) -> None:
    """In ISO with T and with a blank."""
    assert moment(value.isoformat(), Clock("", UTC)) == value
    assert moment(value.isoformat(sep=" "), Clock("", UTC)) == value


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["03/04/2024", "25/04/2024"], True),
        (["03/04/2024", "04/25/2024"], False),
        (["04.04.2024"], False),
        (["2024-04-03", "5 May 2024"], None),
        (["13/13/2024", "25/04/2024"], True),
        ([], None),
    ],
)
def test_the_whole_column_settles_day_and_month(cells: list[str], expected: bool | None) -> None:
    """One part above 12 is enough; a date that fits neither order says nothing."""
    assert day_first(cells) is expected


@pytest.mark.parametrize("cells", [["03/04/2024"], ["25/04/2024", "04/25/2024"]])
def test_an_order_that_is_not_settled_is_an_error_that_names_the_setting(cells: list[str]) -> None:
    """It is not guessed."""
    with pytest.raises(InputError, match=r"\[input\] date_format"):
        day_first(cells)


@pytest.mark.parametrize(
    ("cell", "form", "expected"),
    [
        ("03/04/2024", "%d/%m/%Y", "2024-04-03T00:00:00+00:00"),
        ("03/04/2024", "%m/%d/%Y", "2024-03-04T00:00:00+00:00"),
        ("03/04/2024 +0200", "%d/%m/%Y %z", "2024-04-02T22:00:00+00:00"),
        ("2024-04-03T10:00:00", "%d/%m/%Y", "2024-04-03T10:00:00+00:00"),
        ("2024-03-04", "%Y-%d-%m", "2024-04-03T00:00:00+00:00"),
        ("2024-03-25", "%Y-%d-%m", None),
        ("April 3", "%d/%m/%Y", None),
        ("1424777752", "epoch", "2015-02-24T11:35:52+00:00"),
        ("1424777752", "%s", "2015-02-24T11:35:52+00:00"),
        ("1424777752500", "epoch_ms", "2015-02-24T11:35:52.500000+00:00"),
        ("1e300", "epoch", None),
        ("soon", "epoch", None),
    ],
)
def test_a_declared_format_decides(cell: str, form: str, expected: str | None) -> None:
    """The ISO text of typed cells is taken beside it, unless the format itself starts with the year."""
    assert iso(cell, form) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-01-05 12:00", "2024-01-05T11:00:00+00:00"),
        ("2024-07-05 12:00", "2024-07-05T10:00:00+00:00"),
        ("2024-03-31 02:30", "2024-03-31T01:30:00+00:00"),
        ("2024-10-27 02:30", "2024-10-27T00:30:00+00:00"),
        ("2024-07-05 12:00Z", "2024-07-05T12:00:00+00:00"),
    ],
)
def test_a_date_without_zone_is_meant_in_the_configured_one(cell: str, expected: str) -> None:
    """Also where clocks change: the skipped hour and the first of the doubled ones."""
    assert iso(cell, zone="Europe/Berlin") == expected


def test_an_empty_cell_is_no_moment() -> None:
    """And disturbs no other."""
    assert moments([None, "", "  ", "2024-01-05"], "", UTC)[:3] == [None, None, None]

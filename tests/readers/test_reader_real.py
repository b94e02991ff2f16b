"""Public exports are read with no flags, or with the one flag that they need."""

from __future__ import annotations

from pathlib import Path

import pytest

from cx_text.config import make_config
from cx_text.readers import Reading, read_file

DATA = Path(__file__).parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the public data sets are not beside the project"),
]


def read(name: str, **columns: str) -> Reading:
    """Return the reading of a public set."""
    return read_file(DATA / f"{name}.csv.gz", make_config({"columns": columns}))


def test_service_survey_needs_no_flag() -> None:
    """Agents, supervisors, channels, scores, dates and waits are found."""
    reading = read("shopzilla_agents")
    assert len(reading.verbatims) == reading.read == 3739
    assert reading.columns == {
        "verbatim_id": "id",
        "verbatim": "text",
        "created_at": "date",
        "channel": "channel",
        "agent": "agent",
        "team": "supervisor",
        "contact_reason": "category",
        "product": "product_category",
        "csat": "csat",
        "contacted_at": "reported_at",
        "responded_at": "responded_at",
    }
    frame = reading.verbatims.frame
    assert frame["csat"].between(1, 5).all()
    assert frame["created_at"].notna().all()
    assert frame["first_response_minutes"].dropna().ge(0).all()
    assert "order_id" in reading.dropped


def test_complaints_need_one_flag() -> None:
    """None of the date columns is taken without it."""
    assert "created_at" not in read("comcast_complaints").columns
    reading = read("comcast_complaints", created_at="date_fixed")
    dates = reading.verbatims.frame["created_at"]
    assert len(reading.verbatims) == reading.read == 2224
    assert (dates.min().isoformat()[:10], dates.max().isoformat()[:10]) == ("2015-04-01", "2015-06-30")


def test_tweets_need_no_flag() -> None:
    """Their own id column is unique, the tweet's number is not; dates carry a zone."""
    reading = read("us_airline_tweets")
    assert len(reading.verbatims) == reading.read == 14640
    assert reading.columns["verbatim_id"] == "id"
    assert "tweet_id" in reading.dropped
    first = reading.verbatims.frame.set_index("verbatim_id").loc["us_airline_tweets-000000", "created_at"]
    assert first.isoformat() == "2015-02-24T19:35:52+00:00"


def test_repeated_ids_with_other_content_are_set_aside() -> None:
    """The tweet's number is repeated 155 times."""
    reading = read("us_airline_tweets", verbatim_id="tweet_id")
    assert reading.read == len(reading.verbatims) + len(reading.rejected) + reading.duplicate
    assert set(reading.rejected["code"]) == {"Q_DUP_ID_CONFLICT"}
    assert len(reading.rejected) == 155


def test_lone_carriage_returns_break_no_row() -> None:
    """Two of the sets hold them unquoted."""
    for name, rows in (("twcs_multibrand", 6000), ("twcs_spotify", 15096)):
        reading = read(name)
        assert (reading.read, len(reading.rejected)) == (rows, 0)

"""Series, small lines and quotes: what the cards are made of."""

from __future__ import annotations

from base64 import b64decode

import pandas as pd
import pytest
from defusedxml import ElementTree

from cx_text.config import make_config
from cx_text.records import TRENDS, Result
from cx_text.reports.quoting import Quotes, quotes_of, shortened
from cx_text.reports.series import Series, covered, length, noun, theme_series
from cx_text.reports.sparks import spark

WEEKS = ("2025-01-06", "2025-01-13", "2025-01-20")


def trends(*rows: tuple[str, str, str, int, int | None]) -> pd.DataFrame:
    """Return rows (period, theme, channel, n, count) as table TRENDS."""
    return TRENDS.frame(
        dict(zip(("period", "theme_id", "channel", "n", "count"), row, strict=True)) for row in rows
    )


def test_a_series_takes_the_rows_of_all_channels_and_not_their_sum() -> None:
    """A channel is a part of all."""
    table = trends(
        (WEEKS[0], "t1", "", 100, 10),
        (WEEKS[0], "t1", "Chat", 40, 8),
        (WEEKS[1], "t1", "", 50, 10),
        (WEEKS[1], "t1", "Chat", 20, 1),
    )
    assert theme_series(table)["t1"] == Series(WEEKS[:2], (0.1, 0.2))
    assert theme_series(table, "Chat")["t1"] == Series(WEEKS[:2], (0.2, 0.05))


def test_a_theme_without_a_row_in_an_observed_period_was_not_mentioned_there() -> None:
    """Zero is a rate."""
    table = trends((WEEKS[0], "t1", "", 100, 10), (WEEKS[0], "t2", "", 100, 5), (WEEKS[2], "t2", "", 10, 1))
    assert theme_series(table)["t1"] == Series((WEEKS[0], WEEKS[2]), (0.1, 0.0))


def test_a_suppressed_count_draws_no_line() -> None:
    """What is not published is not shown."""
    assert theme_series(trends((WEEKS[0], "t1", "", 4, None))) == {}
    assert theme_series(TRENDS.frame()) == {}
    assert theme_series(trends((WEEKS[0], "t1", "", 9, 3)), "Fax") == {}


def test_the_order_of_rows_plays_no_part(rich: Result) -> None:
    """Law: any order, one series."""
    table = rich.findings.trends
    assert theme_series(table.iloc[::-1].reset_index(drop=True)) == theme_series(table)


def test_a_line_needs_two_known_rates() -> None:
    """A single point has no course."""
    assert not Series()
    assert not Series(WEEKS[:1], (0.1,))
    assert not Series(WEEKS, (0.1, None, None))
    assert Series(WEEKS, (0.1, None, 0.2))


def test_a_series_is_told_for_those_who_do_not_see_it() -> None:
    """First, last and highest."""
    told = Series(WEEKS, (0.1, 0.3, 0.2)).told
    assert told == "from 10.0% in the first to 20.0% in the last of 3 weeks, highest 30.0%"
    assert Series().told == "no trend"


@pytest.mark.parametrize(
    ("periods", "days", "name", "span"),
    [
        ((), 0, "period", ""),
        (WEEKS, 7, "week", "6 Jan 2025 \u2013 26 Jan 2025"),
        (("2025-01-31", "2025-02-01"), 1, "day", "31 Jan 2025 \u2013 1 Feb 2025"),
        (("2025-01-06",), 0, "period", "6 Jan 2025"),
        (("one", "two"), 0, "period", "one \u2013 two"),
    ],
)
def test_periods_are_called_by_their_length(
    periods: tuple[str, ...], days: int, name: str, span: str
) -> None:
    """The last period is covered to its last day."""
    assert (length(periods), noun(periods), covered(periods)) == (days, name, span)


def svg(address: str) -> str:
    """Return the drawing behind an address."""
    return b64decode(address.removeprefix("data:image/svg+xml;base64,")).decode()


@pytest.mark.parametrize("values", [[], [1.0], [None, 1.0, None], [None, None]])
def test_too_few_values_draw_nothing(values: list[float | None]) -> None:
    """No empty picture."""
    assert spark(values) == ""


def test_a_small_line_runs_from_left_to_right_and_up_is_more() -> None:
    """Hand-countable: two values at both ends."""
    drawing = svg(spark([0.0, 1.0]))
    assert 'd="M3.0 33.0L157.0 3.0"' in drawing
    assert '<circle cx="157.0" cy="3.0"' in drawing


def test_a_gap_in_the_data_is_a_gap_in_the_line() -> None:
    """Nothing is invented between two periods."""
    drawing = ElementTree.fromstring(svg(spark([1.0, None, 1.0, 0.5])))
    paths = [part.attrib["d"] for part in drawing if "d" in part.attrib]
    assert paths[-1].count("M") == 2


def test_a_flat_line_is_drawn_without_a_division_by_zero() -> None:
    """All values alike."""
    assert "nan" not in svg(spark([0.0, 0.0]))
    assert "nan" not in svg(spark([5.0, 5.0], from_zero=False))


QUOTES = Quotes(
    {
        "a": "Bad.",
        "b": "My parcel was left out in the rain.",
        "c": "my parcel was LEFT out in the rain!!",
        "d": "  ",
        "e": "Nobody called me back about it.",
        "f": "The lamp arrived broken once more.",
    },
    {"b": "Chat"},
    limit=2,
)


def test_quotes_are_distinct_not_empty_and_few() -> None:
    """Equal words are one quote, whatever their case."""
    assert [quote.text for quote in QUOTES.best(["b", "c", "d", "e", "f", "unknown"])] == [
        "My parcel was left out in the rain.",
        "Nobody called me back about it.",
    ]


def test_a_quote_that_says_something_comes_before_a_single_word() -> None:
    """Order of evidence else is kept."""
    assert [quote.text for quote in QUOTES.best(["a", "e"])] == ["Nobody called me back about it.", "Bad."]


def test_a_quote_knows_where_it_was_said_and_no_more() -> None:
    """Without a source there is none."""
    assert [quote.source for quote in QUOTES.best(["b", "e"])] == ["Chat", ""]


def test_the_number_of_quotes_is_a_setting(rich: Result) -> None:
    """None at all, if that is wanted."""
    quotes = quotes_of(rich, make_config({"report": {"quotes": 0}}))
    assert quotes.best(["v00-0"]) == []


def test_a_channel_too_small_to_be_shown_is_not_named(rich: Result) -> None:
    """A quote of a small group is a quote of that group."""
    sources = quotes_of(rich, make_config({})).sources
    assert sources["v00-0"] == "Phone, 3 Jun 2025"
    assert sources["v00-2"] == "5 Jun 2025"
    assert "Fax" not in " ".join(sources.values())


def test_agents_are_not_named_beside_quotes(rich: Result) -> None:
    """A quote is about the matter."""
    assert "Agent" not in " ".join(quotes_of(rich, make_config({})).sources.values())


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short", 10, "short"),
        ("one two three", 9, "one two\u2026"),
        ("one, two three", 6, "one\u2026"),
        ("x" * 20, 5, "xxxxx\u2026"),
    ],
)
def test_a_long_quote_is_cut_at_a_word(text: str, limit: int, short: str) -> None:
    """Nobody reads an essay on a card."""
    assert shortened(text, limit) == short

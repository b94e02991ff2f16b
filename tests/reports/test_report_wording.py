"""Numbers in words: what a manager reads."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cx_text.config import Config, make_config
from cx_text.reports.wording import (
    as_day,
    between,
    chance,
    count,
    day,
    decimal,
    expected,
    listing,
    measure,
    percent,
    percents,
    plural,
    signed,
    times,
)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(None, ""), (0, "0%"), (0.0004, "0.0%"), (0.1, "10.0%"), (0.98765, "98.8%"), (1, "100%")],
)
def test_a_ratio_is_told_in_percent(ratio: float | None, text: str) -> None:
    """One decimal, but whole for nothing and all."""
    assert percent(ratio) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.118, 0.13, "11.8\u201313.0%"),
        (0.0, 0.05, "0\u20135.0%"),
        (None, 0.1, ""),
        (0.1, None, ""),
    ],
)
def test_an_interval_needs_both_bounds(low: float | None, high: float | None, text: str) -> None:
    """Half an interval is none."""
    assert percents(low, high) == text


def test_an_interval_with_signs_says_to() -> None:
    """A dash beside a minus cannot be read."""
    assert between("\u22122.8", "\u22121.4") == "\u22122.8 to \u22121.4"
    assert between("1", "2") == "1\u20132"


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (1234.56, "1,234.6"), (-2.14, "\u22122.1"), (-0.04, "0.0"), (0.0, "0.0")]
)
def test_a_decimal_has_a_real_minus_and_no_signed_zero(value: float | None, text: str) -> None:
    """Typography of numbers."""
    assert decimal(value) == text


@pytest.mark.parametrize(("value", "text"), [(2.0, "+2.0"), (-2.0, "\u22122.0"), (0.01, "0.0"), (None, "")])
def test_a_difference_has_its_sign(value: float | None, text: str) -> None:
    """Plus is said."""
    assert signed(value) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(None, ""), (0.04, "0.04"), (0.42, "0.4"), (8.94, "8.9"), (12.3, "12"), (1500.0, "1,500")],
)
def test_a_ratio_of_rates_has_as_many_digits_as_it_deserves(ratio: float | None, text: str) -> None:
    """Small ones need more."""
    assert times(ratio) == text


@pytest.mark.parametrize(
    ("probability", "text"),
    [(None, ""), (0.9, "90%"), (0.979, "97%"), (0.9999, "over 99%"), (1.0, "over 99%")],
)
def test_nothing_is_certain(probability: float | None, text: str) -> None:
    """A chance is never 100 %."""
    assert chance(probability) == text


@pytest.mark.parametrize(("value", "text"), [(None, ""), (8.0, "8.0"), (71.4, "71"), (0.26, "0.3")])
def test_expected_counts_have_a_decimal_only_where_it_counts(value: float | None, text: str) -> None:
    """Below ten a decimal matters."""
    assert expected(value) == text


def test_counts_and_nouns_agree() -> None:
    """One comment, two replies."""
    assert count(1234567) == "1,234,567"
    assert plural(1, "comment") == "1 comment"
    assert plural(1200, "comment") == "1,200 comments"
    assert plural(2, "word of praise", "words of praise") == "2 words of praise"


@pytest.mark.parametrize(("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b")])
def test_a_listing_reads_like_a_sentence(items: list[str], text: str) -> None:
    """With and before the last."""
    assert listing(items) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, ""),
        ("2025-05-12", "12 May 2025"),
        ("2025-05-12T10:00:00Z", "12 May 2025"),
        (date(2024, 2, 29), "29 Feb 2024"),
        (datetime(2099, 12, 31, 23, 59, tzinfo=UTC), "31 Dec 2099"),
        ("third quarter", "third quarter"),
    ],
)
def test_a_day_is_told_alike_in_every_locale(moment: date | str | None, text: str) -> None:
    """Names of months are ours."""
    assert day(moment) == text


def test_what_is_no_date_is_no_day() -> None:
    """Text without a date."""
    assert as_day("soon") is None


@pytest.mark.parametrize(
    ("metric", "value", "told"),
    [
        ("csat", 0.662, "66.2%"),
        ("nps", 14.2, "+14"),
        ("nps", -3.6, "\u22124"),
        ("ces", 5.126, "5.13"),
        ("fcr", 0.5, "50.0%"),
        ("first_response", 42.4, "42 min"),
        ("own", 3.0, "3.00"),
    ],
)
def test_each_score_is_told_in_its_own_unit(metric: str, value: float, told: str) -> None:
    """Percent, points, minutes or a mean."""
    assert measure(metric, Config()).value(value) == told


def test_a_mean_says_which_end_is_best() -> None:
    """An effort score may run either way."""
    low = make_config({"scores": {"ces": {"direction": "low_is_good"}, "csat": {"method": "mean"}}})
    assert measure("ces", low).meaning.endswith("from 1 to 7, 1 is best")
    assert measure("csat", low).meaning.endswith("from 1 to 5, 5 is best")
    assert measure("csat", low).value(4.25) == "4.25"


@pytest.mark.parametrize(
    ("metric", "change", "told"),
    [("csat", -2.1, "\u22122.1"), ("nps", 1.25, "+1.2"), ("ces", -0.126, "\u22120.13")],
)
def test_a_difference_is_told_in_points_of_the_score(metric: str, change: float, told: str) -> None:
    """A difference of shares comes in points of a hundred."""
    assert measure(metric, Config()).change(change) == told


def test_intervals_of_scores_do_not_repeat_the_unit() -> None:
    """The unit stands once."""
    config = Config()
    assert measure("csat", config).interval(0.65, 0.67) == "65.0\u201367.0%"
    assert measure("first_response", config).interval(39.0, 46.0) == "39\u201346 min"
    assert measure("nps", config).interval(-2.0, 3.0) == "\u22122 to +3"

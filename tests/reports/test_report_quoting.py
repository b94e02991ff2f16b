"""Quotes: readable, typical, in the tone of their theme, and no two of them one text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports.ledger_told import copy_lines
from cx_text.reports.quoting import Quotes, echoes, flaws, quotes_of
from cx_text.reports.themes_told import theme_section
from cx_text.stages.duplicates import near_copies

FORM = "Dear team, my order [ORDER] from {} has not arrived, please send it again"


def best(
    texts: dict[str, str], limit: int = 3, tone: str = "", tones: dict[str, str] | None = None
) -> list[str]:
    """Return the quotes chosen of texts in their order."""
    return [quote.text for quote in Quotes(texts, tones=tones or {}).best(list(texts), limit, tone)]


def test_the_most_typical_readable_quotes_are_chosen_in_their_order() -> None:
    """The evidence is most typical first."""
    texts = {
        "a": "The driver threw my parcel over the fence into the mud.",
        "b": "Left outside in the rain although I was at home all day.",
        "c": "Found the box open and wet behind the bins of my neighbour.",
        "d": "Somebody signed for it with a name that I do not know.",
    }
    assert best(texts) == [texts["a"], texts["b"], texts["c"]]


def test_near_copies_are_quoted_once() -> None:
    """One form, filled in three times, is one voice."""
    texts = {f"v{place}": FORM.format(day) for place, day in enumerate(("Monday", "Friday", "Sunday"))}
    texts["w"] = "I stood at the counter for an hour and nobody looked up."
    assert best(texts) == [texts["v0"], texts["w"]]


def test_no_two_quotes_of_a_theme_are_near_copies(rich: Result) -> None:
    """Whatever the evidence holds."""
    quotes = dict.fromkeys(rich.quotes, FORM.format("Monday")) | {
        "v00-3": "Nobody told me what became of it."
    }
    result = replace(rich, quotes=quotes)
    for card in theme_section(result, Config(), quotes_of(result, Config())).cards:
        said = [quote.text for quote in card.quotes]
        assert said
        assert not any(near_copies(one, other) for one in said for other in said if one != other)
        assert len(said) == len(set(said))


def test_a_quote_that_says_another_again_comes_last() -> None:
    """It is better than none, if it is no near copy."""
    texts = {
        "a": "No estimate, no option to leave a number, music for an hour.",
        "b": "I gave up. No estimate, no option to leave a number, music for an hour. Do better.",
        "c": "Twenty minutes in the queue and then the line went dead on me.",
    }
    assert best(texts, 2) == [texts["a"], texts["c"]]
    assert best(texts, 3) == [texts["a"], texts["c"], texts["b"]]


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("I waited three weeks and nobody called me back.", 0),
        ("Waited weeks, nobody called back", 1),
        ("Too slow", 2),
        ("word " * 41, 1),
        ("I WAITED THREE WEEKS AND NOBODY CALLED ME BACK", 1),
        ("[NAME] [PHONE] [EMAIL] told me that [NAME] [ORDER] did", 1),
        ("[NAME] told me three weeks ago that you would call", 0),
        ("", 2),
    ],
)
def test_what_is_hard_to_read_has_flaws(text: str, n: int) -> None:
    """Too short, too long, blacked out, shouted."""
    assert flaws(text) == n


def test_readable_quotes_come_before_shouted_and_blacked_out_ones() -> None:
    """Even if these are more typical."""
    texts = {
        "a": "WHERE IS MY REFUND YOU HAVE HAD IT FOR WEEKS NOW",
        "b": "Slow",
        "c": "My refund has been on its way for six weeks now.",
    }
    assert best(texts) == [texts["c"], texts["a"], texts["b"]]


def test_praise_is_quoted_from_comments_that_praise() -> None:
    """A comment that also complains comes after; one whose tone is not known does not."""
    texts = {
        "a": "The clerk was kind, but the lamp broke on the second day.",
        "b": "She took her time and explained each page of the contract.",
        "c": "He smiled and found my ring within a minute, thank you.",
    }
    tones = {"a": "mixed", "b": "positive"}
    assert best(texts, 2, "positive", tones) == [texts["b"], texts["c"]]
    assert best(texts, 2, "", tones) == [texts["a"], texts["b"]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Too slow!", "too SLOW", True),
        ("Too slow", "Too expensive", False),
        ("My refund is late", "My refund is late and nobody cares at all", True),
        ("My refund is late", "The late bus is my problem", False),
        ("", "Anything", False),
    ],
)
def test_an_echo_shares_half_the_pairs_of_the_shorter_text(one: str, other: str, *, same: bool) -> None:
    """In either direction."""
    assert echoes(one, other) is echoes(other, one) is same


def test_near_copies_are_told_with_one_of_them(rich: Result) -> None:
    """How many, how much of all, by how many, and the text."""
    group = {"count": 412, "customers": 398, "share": 0.0705, "example": "v00-0"}
    record = {**rich.record, "near_copies": [group, {**group, "customers": None, "example": "v01-0"}]}
    lines = copy_lines(replace(rich, record=record), quotes_of(rich, Config()))
    assert [line.told for line in lines] == [
        "412 comments (7.0%), by 398 customers, are near copies of one text:",
        "412 comments (7.0%) are near copies of one text:",
    ]
    assert lines[0].quote.text == "Four weeks and my refund is still not there."
    assert copy_lines(rich, quotes_of(rich, Config())) == []

"""Why a text feels as it does: the words that counted, and what others made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.valence import Opinion, compound

SERVICE = SentimentScorer()
PLAIN = SentimentScorer(service=False)

WORDS = (
    "good bad GREAT awful not never no but , . ! ? why very least at kind of please thanks for nothing "
    "still waiting on hold she wasn't that helpful :) slightly without doubt so this the fraud team"
).split()
texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("text", "opinions"),
    [
        ("", []),
        ("The parcel came on Monday", []),
        ("A good shop", [Opinion("good", 1.3, 1.3)]),
        ("Still waiting for my refund", [Opinion("still waiting", -2.0, -2.0)]),
        ("Thanks for nothing", [Opinion("thanks for nothing", -2.3, -2.3)]),
        ("The fraud team was excellent", [Opinion("excellent", 3.0, 3.0)]),
        ("Please help", []),
    ],
)
def test_words_and_phrases_that_count_are_named_with_their_worth(text: str, opinions: list[Opinion]) -> None:
    """A phrase by its own words; words that mean nothing at a service desk are not there."""
    assert SERVICE.opinions(text) == opinions


def test_a_neighbour_is_named_where_it_changes_the_worth_of_a_word() -> None:
    """Negations and boosters, as far as they reach; an article changes nothing."""
    [one] = SERVICE.opinions("the clerk was not a very helpful man")
    assert (one.said, one.by) == ("helpful", ("not", "very"))
    assert one.value < 0 < one.valence


def test_what_stands_behind_a_but_weighs_three_times_what_stands_before() -> None:
    """The factor is told apart from the neighbours."""
    [before, behind] = SERVICE.opinions("good shop but awful app")
    assert (before.factor, behind.factor) == (0.5, 1.5)
    assert before.value == pytest.approx(before.valence * 0.5)
    assert before.by == behind.by == ()


def test_what_is_asked_counts_less() -> None:
    """A question is no verdict."""
    [one] = SERVICE.opinions("Could you make it better?")
    assert 0 < one.factor < 1


def test_capitals_count_where_they_stand_out() -> None:
    """They are no neighbour: the word is worth more by itself."""
    [one] = PLAIN.opinions("a GREAT shop")
    assert one.value > one.valence
    assert one.by == ()


def test_vader_alone_can_be_asked_too() -> None:
    """With its own slips: here a negation that reaches over the face."""
    assert [(one.said, one.by) for one in PLAIN.opinions("It wasn't good :)")] == [
        ("good", ("wasn't",)),
        (":)", ("wasn't",)),
    ]


@given(texts)
def test_opinions_make_the_score(text: str) -> None:
    """Their values, with the marks of the text, are the whole score."""
    for scorer in (SERVICE, PLAIN):
        values = [one.value for one in scorer.opinions(text)]
        assert compound(values, text) == pytest.approx(scorer.score(text), abs=1e-4)


@given(texts)
def test_a_word_that_nobody_changed_is_worth_what_it_is_worth_alone(text: str) -> None:
    """Unless it is in capitals, an idiom of its own, or VADER's "kind of"."""
    for one in SERVICE.opinions(text.lower()):
        assert one.by or one.value == pytest.approx(one.valence * one.factor)

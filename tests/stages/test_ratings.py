"""Ratings on one scale, by text, and what contradicts them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from build_collection import collection
from hypothesis import given
from hypothesis import strategies as st

from cx_text.config import Ces, Config, Csat, Nps, Scores
from cx_text.stages.ratings import by_text, conflict, contradictions, ratings, turned_scales

NONE = float("nan")


def told(csat: object, nps: object, settings: Scores | None = None) -> float:
    """Return the rating of one row."""
    frame = pd.DataFrame({"csat": [csat], "nps": [nps]}, dtype="float64")
    return float(ratings(frame, settings or Scores())[0])


@pytest.mark.parametrize(
    ("csat", "rating"), [(1, -1.0), (2, -0.5), (3, 0.0), (4, 0.5), (5, 1.0), (1.5, -0.75)]
)
def test_satisfaction_is_told_by_its_place_on_the_scale(csat: float, rating: float) -> None:
    """From worst to best, the middle is 0."""
    assert told(csat, None) == rating


@pytest.mark.parametrize(
    ("nps", "rating"),
    [(0, -1.0), (3, -0.6), (6, -0.2), (7, -0.0667), (8, 0.2), (9, 0.6), (10, 1.0)],
)
def test_a_recommendation_has_its_middle_between_the_passives(nps: float, rating: float) -> None:
    """Not at 5, which is a detractor's answer."""
    assert told(None, nps) == rating


def test_satisfaction_comes_before_recommendation() -> None:
    """It is about the contact, as the comment is."""
    assert told(2, 10) == -0.5


@pytest.mark.parametrize(("csat", "nps"), [(None, None), (0, None), (6, 11), (None, -1)])
def test_what_is_missing_or_off_the_scale_is_no_rating(csat: float | None, nps: float | None) -> None:
    """NaN."""
    assert np.isnan(told(csat, nps))


def test_an_answer_off_its_scale_leaves_the_other_to_be_asked() -> None:
    """A CSAT of 99 is none."""
    assert told(99, 10) == 1.0


def test_scales_and_directions_are_those_declared() -> None:
    """School marks: 1 is best, 6 is worst."""
    marks = Scores(csat=Csat(scale=(1, 6), direction="low_is_good"), nps=Nps(), ces=Ces())
    assert told(1, None, marks) == 1.0
    assert told(6, None, marks) == -1.0
    assert told(2, None, marks) == 0.6


def test_no_rows_have_no_ratings() -> None:
    """Nothing in, nothing out."""
    assert ratings(pd.DataFrame({"csat": [], "nps": []}, dtype="float64"), Scores()).shape == (0,)


def test_a_text_has_the_mean_of_its_ratings() -> None:
    """Unrated copies do not count, and a text without a rating has none."""
    keys = ["good", "late", "good", "good", "hello"]
    assert by_text(keys, [1.0, -1.0, NONE, 0.0, NONE]) == {"good": 0.5, "late": -1.0}


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30))
def test_the_mean_of_a_text_does_not_depend_on_the_order_of_rows(given_: list[float]) -> None:
    """To the last bit."""
    mixed = sorted(given_)
    assert by_text("a" * len(mixed), given_) == by_text("a" * len(mixed), mixed)


@pytest.mark.parametrize(
    ("score", "label", "rating", "found"),
    [
        (-0.8, "negative", 1.0, True),
        (0.8, "positive", -1.0, True),
        (0.5, "positive", -0.6, True),
        (-0.5, "negative", 0.6, True),
        (-0.49, "negative", 1.0, False),
        (-0.8, "negative", 0.59, False),
        (-0.8, "mixed", 1.0, False),
        (0.8, "neutral", -1.0, False),
        (0.8, "positive", 1.0, False),
        (-0.8, "negative", -1.0, False),
        (0.0, "neutral", 1.0, False),
        (NONE, "", 1.0, None),
        (-0.8, "negative", NONE, None),
    ],
)
def test_a_conflict_is_a_clear_text_against_a_clear_rating(
    score: float, label: str, rating: float, found: bool | None
) -> None:
    """And not known where one of both is not."""
    assert conflict(score, label, rating) is found


def rated(csat: float, sentiment: float, channel: str = "Chat") -> dict[str, object]:
    """Return a comment with its rating."""
    label = "positive" if sentiment > 0 else "negative"
    told = {"csat": csat, "sentiment": sentiment, "sentiment_label": label, "channel": channel}
    return told | {"conflict": conflict(sentiment, label, (csat - 3) / 2)}


def test_the_clearest_contradictions_come_first_with_their_rating() -> None:
    """Those that agree, or say little, are not listed; a channel too small to show is not named."""
    rows = [rated(5, -0.6), rated(1, 0.9), rated(5, 0.9), rated(1, 0.3), rated(5, -0.8, "Fax")]
    others = [rated(5, 0.8)] * 20 + [rated(5, 0.8, "Phone")] * 15
    found = contradictions(collection(rows + others, []), Config())
    assert found["verbatim_id"].tolist() == ["v00001", "v00004", "v00000"]
    assert found["rating"].tolist() == ["CSAT 1", "CSAT 5", "CSAT 5"]
    assert found["channel"].fillna("").tolist() == ["Chat", "", "Chat"]


@pytest.mark.parametrize(("against", "warned"), [(20, True), (17, True), (11, False), (0, False)])
def test_a_scale_that_most_contradict_is_called_in_question(against: int, warned: bool) -> None:
    """Beyond chance, and in the channel where it is so."""
    rows = [rated(5, -0.8)] * against + [rated(5, 0.8)] * (20 - against) + [rated(5, 0.8, "Phone")] * 60
    told = turned_scales(collection(rows, []), Config())
    assert [one.split(":")[0] for one in told] == (["channel Chat"] if warned else [])
    assert all(f"{against} of 20" in one and "direction" in one for one in told)


def test_few_comments_call_no_scale_in_question() -> None:
    """Nineteen may all be ironic."""
    assert turned_scales(collection([rated(5, -0.8)] * 19, []), Config()) == []
    assert turned_scales(collection([rated(1, -0.8)], []), Config()) == []

"""What is bad everywhere and no training mends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import collection
from statsmodels.stats.proportion import proportion_confint

from cx_text.config import Config
from cx_text.events import events_of
from cx_text.people import compare_people
from cx_text.records import COACHING, NOT_TRAINING, Collection
from cx_text.stages.widespread import coachable, everyones, not_training


def said(counts: Mapping[str, int], n: int = 1000, **columns: Any) -> Collection:
    """Return n comments of ten agents; so many of them, from the first on, tell each theme badly."""
    rows = pd.DataFrame({"agent": [f"a{number % 10}" for number in range(n)], **columns})
    links = [(row, theme, -0.5) for theme, count in counts.items() for row in range(count)]
    return collection(rows, links, labels={theme: f"label of {theme}" for theme in counts})


def told(data: Collection, changers: Mapping[str, str], coached: Sequence[str] = ()) -> pd.DataFrame:
    """Return table NOT_TRAINING where some topics are coached."""
    coaching = COACHING.frame([{"topic": topic, "direction": "coach"} for topic in coached])
    return not_training(data, compare_people(data, Config()), changers, coaching, Config())


def test_who_should_act_on_a_common_complaint_is_told_with_share_and_interval() -> None:
    """60 of 1000 on the process, 30 on technology; Wilson's interval as statsmodels has it."""
    table = told(said({"t1": 60, "t2": 30}), {"t1": "process", "t2": "technology"})
    assert list(table.columns) == list(NOT_TRAINING.columns)
    assert table["topic"].tolist() == ["t1"]
    row = table.iloc[0]
    assert (row["label"], row["attribution"], row["acts"]) == (
        "label of t1",
        "process",
        "who owns the process",
    )
    assert (row["n"], row["count"], row["share"]) == (1000, 60, 0.06)
    low, high = proportion_confint(60, 1000, method="wilson")
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-6)
    assert len(row["evidence"]) == 25


def apart(first: int, second: int) -> Collection:
    """Return 1000 comments: the first so many tell t1 badly, the last so many t2."""
    rows = pd.DataFrame({"agent": [f"a{number % 10}" for number in range(1000)]})
    links = [(row, "t1", -0.5) for row in range(first)] + [(999 - row, "t2", -0.5) for row in range(second)]
    return collection(rows, links)


def test_the_most_frequent_comes_first_and_what_is_rare_is_left_out() -> None:
    """2 % of 1000 is 20."""
    changers = {"t1": "process", "t2": "customer"}
    assert told(apart(20, 21), changers)["topic"].tolist() == ["t2", "t1"]
    assert told(apart(19, 21), changers)["topic"].tolist() == ["t2"]
    assert told(apart(20, 20), changers)["topic"].tolist() == ["t1", "t2"]


@pytest.mark.parametrize("who", ["agent", None])
def test_what_agents_can_change_or_nobody_knows_is_none(who: str | None) -> None:
    """It is a training matter, or not known to be none."""
    assert told(apart(50, 0), {"t1": who} if who else {}).empty


def test_what_is_praised_more_than_blamed_is_none() -> None:
    """50 badly and 51 well."""
    rows = pd.DataFrame({"agent": [f"a{number % 10}" for number in range(1000)]})
    links = [(row, "t1", -0.5 if row < 50 else 0.5) for row in range(101)]
    assert told(collection(rows, links), {"t1": "process"}).empty
    assert len(told(collection(rows, links[:100]), {"t1": "process"})) == 1


def test_a_complaint_without_a_reason_is_nobodys() -> None:
    """Nobody can act on it."""
    assert told(said({"general-complaint": 60}), {"general-complaint": "process"}).empty


def test_what_somebody_is_coached_on_or_tells_the_same_is_left_out() -> None:
    """t2 is in half of t1's comments, t3 in none."""
    data = said({"t1": 60, "t2": 30})
    assert told(data, {"t1": "process"}, coached=["t1"]).empty
    assert told(data, {"t1": "process"}, coached=["t2"]).empty
    assert len(told(data, {"t1": "process"}, coached=["t3"])) == 1


def test_behaviours_that_are_usually_the_process_are_told_beside_themes() -> None:
    """Speed was missing in 40 comments, shown in 10."""
    told_of = [["speed-"]] * 40 + [["speed+"]] * 10 + [[]] * 950
    row = told(said({}, behaviours=told_of), {"speed": "process"}).iloc[0]
    assert (row["topic"], row["topic_kind"], row["count"]) == ("speed", "behaviour", 40)
    mostly_shown = [["speed-"]] * 40 + [["speed+"]] * 41 + [[]] * 919
    assert told(said({}, behaviours=mostly_shown), {"speed": "process"}).empty


def test_topics_that_tell_the_same_are_everyones_once() -> None:
    """The more frequent one has the row."""
    data = said({"t1": 60, "t2": 40})
    rows = list(
        everyones(data, compare_people(data, Config()), {"t1": "agent", "t2": "agent"}, set(), Config())
    )
    assert [(row["topic"], row["related"]) for row in rows] == [("t1", ["t2"])]


@pytest.mark.parametrize(
    ("changers", "trained"),
    [
        ({"t1": "agent", "t2": "process"}, {"t1", "clarity"}),
        ({"t2": "process"}, {"clarity"}),
        ({}, {"t1", "t2", "clarity"}),
        ({"clarity": "agent"}, {"t1", "t2", "clarity"}),
    ],
)
def test_behaviours_and_the_agents_themes_can_be_trained(changers: dict[str, str], trained: set[str]) -> None:
    """The whole cannot; where nothing is known of themes, all of them are taken."""
    data = said({"t1": 5, "t2": 5}, behaviours=[["clarity-"]] * 1000)
    events = events_of(data, -1)
    flags = coachable(events, changers)
    assert {name for name, flag in zip(events.topics, flags, strict=True) if flag} == trained
    assert flags.dtype == np.bool_


def test_without_comments_nothing_is_told() -> None:
    """No rows, all columns."""
    assert list(told(collection([], []), {}).columns) == list(NOT_TRAINING.columns)

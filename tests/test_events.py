"""What is told of people: themes, behaviours and the whole, in one matrix; and what shows it best."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from build_collection import collection

from cx_text.events import Events, behaviour_events, described, events_of, evidence, merged, overlap, told
from cx_text.records import Collection


@pytest.fixture
def small() -> Collection:
    """Return 4 verbatims: theme a badly in 0 and 1, well in 2; theme b badly in 1; behaviours beside."""
    rows = [
        {"behaviours": ["clarity-", "politeness+"], "sentiment_label": "negative"},
        {"behaviours": ["clarity-"], "sentiment_label": "negative"},
        {"behaviours": ["clarity+"], "sentiment_label": "positive"},
        {"sentiment_label": None},
    ]
    return collection(
        rows, [(0, "a", -0.5), (1, "a", -0.05), (1, "b", -0.9), (2, "a", 0.6)], {"a": "late", "b": "rude"}
    )


def test_what_is_told_badly_is_negative_themes_the_negative_whole_and_what_was_missing(
    small: Collection,
) -> None:
    """In that order; an unknown feeling of the whole is none."""
    events = events_of(small, -1)
    assert events.topics == ["a", "b", "overall", "clarity", "politeness"]
    assert events.kinds == ["theme", "theme", "theme", "behaviour", "behaviour"]
    assert events.labels == [
        "late",
        "rude",
        "negative comments overall",
        "clarity missing",
        "politeness missing",
    ]
    assert events.matrix.toarray().tolist() == [
        [1, 0, 1, 1, 0],
        [1, 1, 1, 1, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ]


def test_what_is_told_well_has_the_same_topics(small: Collection) -> None:
    """So that both can be laid beside each other."""
    events = events_of(small, 1)
    assert events.topics == events_of(small, -1).topics
    assert events.labels[-1] == "politeness shown"
    assert events.matrix.toarray().tolist() == [
        [0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0],
        [1, 0, 1, 1, 0],
        [0, 0, 0, 0, 0],
    ]


def test_making_it_easy_has_a_label_that_reads_on_both_sides() -> None:
    """That low effort is missing would say the contrary of what is meant."""
    data = collection([{"behaviours": ["low_effort-", "follow_up-"]}], [])
    assert events_of(data, -1).labels[1:] == ["follow up missing", "ease missing"]


def test_without_behaviours_there_is_no_column_of_them() -> None:
    """Another language than English, or nothing told."""
    matrix, names = behaviour_events(pd.Series([[], [], []], dtype=object), "-")
    assert (matrix.shape, names) == ((3, 0), [])
    assert events_of(collection([{}], []), -1).topics == ["overall"]


def test_the_overlap_of_two_topics_is_that_of_the_rarer_one(small: Collection) -> None:
    """By hand: b is in 1 of the 2 rows of a, and a in the only row of b."""
    shared = overlap(events_of(small, -1).matrix)
    assert shared[0, 1] == shared[1, 0] == 1
    assert shared[0, 3] == 1
    assert shared[0, 4] == 0
    assert shared[4, 4] == 0


def test_topics_that_tell_the_same_stand_behind_the_first() -> None:
    """The order says which is the stronger; sameness is not passed on."""
    same = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]]) > 0
    assert merged([0, 1, 2], same) == [(0, [1]), (2, [])]
    assert merged([1, 0, 2], same) == [(1, [0, 2])]
    assert merged([], same) == []


def test_a_topic_is_described_by_its_columns(small: Collection) -> None:
    """As in the tables."""
    wanted = {"topic": "clarity", "topic_kind": "behaviour", "label": "clarity missing"}
    assert described(events_of(small, -1), 3) == wanted


def shown(rows: list[dict[str, object]], topic: str = "clarity", **theme: float) -> list[str]:
    """Return the evidence for a topic that all rows tell badly."""
    links = [(number, "a", -0.5, sure) for number, sure in enumerate(theme.values())]
    data = collection([{"behaviours": ["clarity-"]} | row for row in rows], links)
    return evidence(data, events_of(data, -1), topic, np.ones(len(rows), dtype=bool))


def test_evidence_that_can_be_read_comes_first() -> None:
    """Neither two words nor a whole story."""
    assert shown([{"length": 2}, {"length": 61}, {"length": 6}, {"length": 60}]) == [
        "v00002",
        "v00003",
        "v00000",
        "v00001",
    ]


def test_the_most_typical_of_a_behaviour_is_about_what_most_are_about() -> None:
    """Two of three are about theme x."""
    assert shown([{"theme_id": "y"}, {"theme_id": "x"}, {"theme_id": "x"}, {}]) == [
        "v00001",
        "v00002",
        "v00000",
        "v00003",
    ]


def test_the_most_typical_of_a_theme_is_the_surest_and_of_the_whole_the_worst() -> None:
    """By confidence, and by sentiment."""
    assert shown([{}, {}, {}], "a", one=0.5, two=0.9, three=0.7) == ["v00001", "v00002", "v00000"]
    rows = [{"sentiment_label": "negative", "sentiment": felt} for felt in (-0.2, -0.9, -0.5)]
    assert shown(rows, "overall") == ["v00001", "v00002", "v00000"]


def test_no_text_is_shown_twice_and_25_are_enough() -> None:
    """50 rows, two texts; 50 rows, 50 texts."""
    assert shown([{"text_key": f"k{number % 2}"} for number in range(50)]) == ["v00000", "v00001"]
    assert len(shown([{} for _ in range(50)])) == 25


def test_only_the_rows_that_are_asked_for_are_shown(small: Collection) -> None:
    """The second one only."""
    events = events_of(small, -1)
    assert evidence(small, events, "a", np.array([False, True, True, True])) == ["v00001"]
    assert told(events, "b").tolist() == [False, True, False, False]


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_order_of_rows_plays_no_part(sign: int) -> None:
    """Columns are sorted by name, rows follow the verbatims."""
    data = collection([{"behaviours": ["speed-", "clarity+"]}, {"behaviours": ["empathy-"]}], [])
    turned = collection([{"behaviours": ["empathy-"]}, {"behaviours": ["clarity+", "speed-"]}], [])
    one, other = (events_of(each, sign) for each in (data, turned))
    assert isinstance(one, Events)
    assert one.topics == other.topics
    assert one.matrix.toarray().tolist() == other.matrix.toarray()[::-1].tolist()

"""Events, groups and typical verbatims."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from build_collection import collection

from cx_text.counting import (
    accountable,
    case_mix,
    channel_cases,
    commonest,
    length_class,
    main_team,
    shown_channels,
    substantive_group,
    theme_events,
    typical,
)
from cx_text.records import CATALOGUE, LINKS, VERBATIMS, Collection


@pytest.fixture
def small() -> Collection:
    """Return 4 verbatims: theme a badly in 0 and 1, well in 2; theme b badly in 1; 3 is no answer."""
    rows = {
        "verbatim_id": ["v0", "v1", "v2", "v3"],
        "status": ["themed", "themed", "themed", "non_answer"],
        "sentiment_label": ["negative", "negative", "positive", None],
        "agent": ["ann", "ann", "ann", "bob"],
        "team": ["red", "blue", None, "red"],
        "channel": ["chat", "mail", "chat", "chat"],
    }
    verbatims = VERBATIMS.frame(rows).drop(columns="text").assign(period=-1, text_key=["k", "k", "l", "m"])
    links = LINKS.frame(
        {
            "row": [0, 1, 1, 2],
            "theme_id": ["a", "a", "b", "a"],
            "sentiment": [-0.5, -0.05, -0.9, 0.6],
            "confidence": [0.5, 0.9, 0.7, 0.5],
        }
    )
    catalogue = CATALOGUE.frame({"theme_id": ["a", "b"], "label": ["late", "rude"]})
    return Collection(verbatims, links, catalogue, [], 7, last_complete=True)


@pytest.mark.parametrize(
    ("sign", "events"),
    [
        (None, [[1, 0], [1, 1], [1, 0], [0, 0]]),
        (-1, [[1, 0], [1, 1], [0, 0], [0, 0]]),
        (1, [[0, 0], [0, 0], [1, 0], [0, 0]]),
    ],
)
def test_an_event_is_a_verbatim_that_speaks_so_of_a_theme(
    small: Collection, sign: int | None, events: list[list[int]]
) -> None:
    """Any, badly, well."""
    assert theme_events(small, sign).toarray().tolist() == events


def test_a_theme_that_is_not_in_the_catalogue_is_no_event(small: Collection) -> None:
    """Muted themes may still be linked."""
    only_b = Collection(small.verbatims, small.links, small.catalogue[1:], [], 7, last_complete=True)
    assert theme_events(only_b).toarray().ravel().tolist() == [0, 1, 0, 0]


def test_a_verbatim_without_content_has_no_group(small: Collection) -> None:
    """Bob's only verbatim is a non-answer."""
    assert substantive_group(small, "agent").isna().tolist() == [False, False, False, True]


def test_an_agent_belongs_to_the_team_of_most_verbatims_ties_the_smallest(small: Collection) -> None:
    """Ann is once red and once blue."""
    assert main_team(small).to_dict() == {"ann": "blue", "bob": "red"}


def test_equal_texts_are_evidence_once_and_the_surest_comes_first(small: Collection) -> None:
    """v0 and v1 say the same."""
    assert typical(small, small.links).to_dict() == {"a": ["v1", "v2"], "b": ["v1"]}
    assert typical(small, small.links[:0]).empty


def test_only_columns_that_tell_cases_apart_are_strata(small: Collection) -> None:
    """All contact reasons are missing."""
    assert list(case_mix(small, ["channel", "contact_reason"]).columns) == ["channel"]
    assert case_mix(small, []).shape == (4, 0)
    np.testing.assert_array_equal(case_mix(small, []).index, pd.RangeIndex(4))


def named(agents: list[str], others: list[str | None], teams: list[str]) -> Collection:
    """Return verbatims of agents and teams whose texts name others."""
    return collection(
        pd.DataFrame({"agent": agents, "team": teams, "named_agent": pd.Series(others, dtype="str")}), []
    )


def test_nobody_answers_for_a_verbatim_that_names_another_agent() -> None:
    """Ann's second one names Bob, who is of her team; the third one Cat, who is not."""
    data = named(
        ["ann", "ann", "ann", "bob", "cat"], [None, "bob", "cat", None, None], [*["red"] * 4, "blue"]
    )
    assert accountable(data, "agent").fillna("").tolist() == ["ann", "", "", "bob", "cat"]
    assert accountable(data, "team").fillna("").tolist() == ["red", "red", "", "red", "blue"]


def test_a_named_agent_without_a_team_may_be_of_any() -> None:
    """Whether it was the team's cannot be told, so nobody answers for it."""
    data = named(["ann", "bob"], ["bob", None], ["red", "blue"])
    data.verbatims.loc[1, "team"] = None
    assert accountable(data, "team").isna().all()


@pytest.mark.parametrize(
    ("lengths", "classes"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], [0, 0, 1, 1, 2, 2, 3, 3]),
        ([5, 5, 5, 5], [0, 0, 0, 0]),
        ([3, 3, 3, 3, 3, 3, 3, 90], [0, 0, 0, 0, 0, 0, 0, 1]),
        ([4], [0]),
        ([], []),
    ],
)
def test_classes_of_length_are_quartiles_and_equal_lengths_are_in_one(
    lengths: list[int], classes: list[int]
) -> None:
    """By hand; few distinct lengths give fewer classes."""
    rows = pd.DataFrame({"length": lengths})
    assert length_class(collection(rows, [])).tolist() == classes


def test_length_is_a_case_of_channels_where_lengths_differ() -> None:
    """Between contact reason and product."""
    rows = [{"contact_reason": str(x), "product": str(x), "length": x} for x in range(1, 9)]
    assert list(channel_cases(collection(rows, [])).columns) == ["contact_reason", "length_class", "product"]
    assert channel_cases(collection([{"length": 3}] * 5, [])).shape == (5, 0)


def test_a_channel_that_is_too_small_to_show_is_none() -> None:
    """Nine by fax; the next smallest goes with it, for all less chat would tell of fax."""
    rows = [{"channel": name} for name, size in (("chat", 30), ("mail", 20), ("fax", 9)) for _ in range(size)]
    assert set(shown_channels(collection(rows, []), 10).dropna()) == {"chat"}
    assert set(shown_channels(collection(rows, []), 9).dropna()) == {"chat", "mail", "fax"}


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [3, 0, 5, 1, 4, 2]])
def test_the_commonest_value_of_a_group_ignores_what_is_missing_and_takes_the_smallest_of_equals(
    order: list[int],
) -> None:
    """In any order of rows; a group without a value is left out."""
    rows = pd.DataFrame({"team": [*"aaaaa", "b"], "topic": ["x", "y", "x", "y", None, None]})
    found = commonest(rows.iloc[order], ["team"], "topic")
    assert found.to_dict("index") == {"a": {"topic": "x", "size": 2, "total": 4}}


def test_nothing_has_no_commonest_value() -> None:
    """An empty table, with its columns."""
    assert commonest(LINKS.frame(), ["row", "theme_id"], "attribution")["attribution"].empty

"""Agents and teams compared on all that is told of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import Centre, collection
from hypothesis import given
from hypothesis import strategies as st

from cx_text.config import Config
from cx_text.people import Comparisons, compare_people
from cx_text.records import Collection


def block(n: int, missing: int, **columns: Any) -> list[dict[str, Any]]:
    """Return n equal rows, of which the first `missing` tell that clarity was missing."""
    return [columns | {"behaviours": ["clarity-"] if number < missing else []} for number in range(n)]


def compared(rows: list[dict[str, Any]]) -> Comparisons:
    """Return the people of rows without themes."""
    return compare_people(collection(rows, []), Config())


def cell(people: Comparisons, name: str, topic: str = "clarity") -> tuple[Any, ...]:
    """Return count, expected and state of an agent on what was missing."""
    one = people["agent", -1]
    place = one.counts.groups.index(name), list(one.events.topics).index(topic)
    return int(one.counts.count[place]), float(one.counts.expected[place]), str(one.judged.state[place])


def simpson() -> list[dict[str, Any]]:
    """Return a reversal: Ann is better than others in both channels, and worse in all comments.

    Phone: she 48 of 120 (40 %), others 500 of 1000 (50 %). Chat: 1 of 30 (3 %), 100 of 1000 (10 %).
    """
    return [
        *block(120, 48, agent="ann", channel="phone"),
        *block(30, 1, agent="ann", channel="chat"),
        *(row for who in "bcdef" for row in block(200, 100, agent=who, channel="phone")),
        *(row for who in "bcdef" for row in block(200, 20, agent=who, channel="chat")),
    ]


def test_a_reversal_is_seen_and_nobody_is_blamed_for_hard_cases() -> None:
    """By hand: expected 120 x 50 % + 30 x 10 % = 63; pooled 150 x 30 % = 45."""
    people = compared(simpson())
    one = people["agent", -1]
    topic = list(one.events.topics).index("clarity")
    assert cell(people, "ann") == (49, pytest.approx(63), "consistent")
    assert one.pooled[0, topic] == pytest.approx(49 / (150 * 600 / 2000))
    assert not one.reversals[0, topic]
    assert not one.flagged.any()


def test_a_reversal_beyond_what_is_worth_coaching_is_flagged_as_one() -> None:
    """Ann takes nearly all of the hard channel: 1.66 times the others pooled, 0.8 times adjusted."""
    rows = [
        *block(200, 80, agent="ann", channel="phone"),
        *(row for who in "bcdef" for row in block(40, 20, agent=who, channel="phone")),
        *(row for who in "bcdef" for row in block(160, 26, agent=who, channel="chat")),
    ]
    people = compared(rows)
    topic = list(people["agent", -1].events.topics).index("clarity")
    assert people["agent", -1].pooled[0, topic] == pytest.approx(80 / (200 * 230 / 1000))
    assert people["agent", -1].reversals[0, topic]
    assert not people["agent", -1].flagged[0, topic]


def test_what_names_another_agent_is_charged_to_nobody() -> None:
    """30 of Ann's complaints name Bob: without them she is as the others, and Bob has none of them."""
    rows = [
        *block(70, 7, agent="ann"),
        *block(30, 30, agent="ann", named_agent="bob"),
        *(row for who in ("bob", "cat", "dan") for row in block(100, 10, agent=who)),
    ]
    people = compared(rows)
    assert cell(people, "ann") == (7, pytest.approx(70 * 30 / 300), "consistent")
    assert cell(people, "bob")[0] == 10
    assert people["agent", -1].counts.n.tolist() == [70, 100, 100, 100]


def test_praise_and_blame_are_compared_apart() -> None:
    """The same rows, told well."""
    rows = [row | {"behaviours": ["clarity+"] * bool(row["behaviours"])} for row in simpson()]
    people = compared(rows)
    topic = list(people["agent", 1].events.topics).index("clarity")
    assert people["agent", 1].counts.count[0, topic] == 49
    assert people["agent", -1].counts.count[0, topic] == 0


def test_nobody_is_compared_who_may_not_be_shown() -> None:
    """Nine comments are too few; the tenth makes it enough."""
    rows = [*(row for who in "bcd" for row in block(50, 5, agent=who)), *block(9, 9, agent="ann")]
    rows += block(30, 3, agent=None)
    assert compared(rows)["agent", -1].counts.groups == ["b", "c", "d"]
    assert compared([*rows, *block(1, 1, agent="ann")])["agent", -1].counts.groups == ["ann", "b", "c", "d"]


SMALL_AGENT = [
    *(row for who in ("bob", "cat") for row in block(50, 5, agent=who, team="red")),
    *block(9, 9, agent="zoe", team="red"),
    *block(50, 5, agent="dan", team="blue"),
    *block(12, 6, agent=None, team="blue"),
    *block(50, 5, agent="eve", team="green"),
]
"""Red less Bob and Cat would be Zoe's 9 comments; blue's 12 of unnamed agents are enough to be told."""


def test_a_team_does_not_tell_of_an_agent_who_is_not_shown() -> None:
    """Zoe is in no team's numbers, and still among those whom the others are compared with."""
    counts = compared(SMALL_AGENT + block(30, 3, agent=None, team=None))["team", -1].counts
    topic = 1
    assert counts.groups == ["blue", "green", "red"]
    assert counts.n.tolist() == [62, 50, 100]
    assert counts.count[:, topic].tolist() == [11, 5, 10]
    assert counts.expected[1, topic] == pytest.approx(50 * (11 + 10 + 9) / (62 + 100 + 9))


def test_all_comments_less_the_teams_do_not_tell_of_an_agent_who_is_not_shown() -> None:
    """Where all others have a team, all less the teams would be Zoe's: the smallest team is withheld."""
    assert compared(SMALL_AGENT)["team", -1].counts.groups == ["blue", "red"]


def test_without_agents_and_teams_nobody_is_compared() -> None:
    """No columns, no groups."""
    people = compared([{}] * 40)
    assert all(one.counts.groups == [] for one in people.values())


def states(data: Collection) -> dict[tuple[str, str], str]:
    """Return the state of each agent and topic."""
    one = compare_people(data, Config())["agent", -1]
    return {
        (name, topic): one.judged.state[row, column]
        for row, name in enumerate(one.counts.groups)
        for column, topic in enumerate(one.events.topics)
    }


@given(st.integers(0, 1000))
def test_other_names_and_another_order_change_nothing(seed: int) -> None:
    """Agents are renamed and rows shuffled: each keeps what is said of it."""
    data = Centre(n=1500, agents=10, planted={(1, 0): 5.0}).collection(seed % 7)
    random = np.random.default_rng(seed)
    turned = {f"a{number}": f"z{other}" for number, other in enumerate(random.permutation(10))}
    order = random.permutation(len(data.verbatims))
    rows = data.verbatims.iloc[order].assign(agent=lambda frame: frame["agent"].map(turned))
    place = pd.Series(np.arange(order.size), index=order)
    links = data.links.assign(row=place[data.links["row"]].to_numpy()).sort_values(["row", "theme_id"])
    other = Collection(rows.reset_index(drop=True), links, data.catalogue, [], 7, last_complete=True)
    assert {(turned[name], topic): state for (name, topic), state in states(data).items()} == states(other)

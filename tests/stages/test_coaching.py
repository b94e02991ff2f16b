"""One agent, a whole team, or everyone; to train or to celebrate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import Centre, collection

from cx_text.config import Config
from cx_text.people import compare_people
from cx_text.records import COACHING, Collection
from cx_text.stages.coaching import coaching_topics

Planted = dict[tuple[int, int], float]


def topics(
    data: Collection, config: Config | None = None, changers: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return the coaching topics of a collection."""
    settings = config or Config()
    return coaching_topics(data, compare_people(data, settings), changers or {}, settings)


def told(table: pd.DataFrame, direction: str = "coach") -> set[tuple[Any, ...]]:
    """Return (scope, agent or team, topic) of one direction; a missing name is empty."""
    chosen = table[table["direction"] == direction]
    name = chosen["agent"].where(chosen["scope"] == "individual", chosen["team"]).fillna("")
    return set(zip(chosen["scope"], name, chosen["topic"], strict=True))


def praised(data: Collection) -> Collection:
    """Return the same collection with good for bad and bad for good."""
    turned = {"negative": "positive", "positive": "negative", "neutral": "neutral"}
    data.verbatims["sentiment_label"] = data.verbatims["sentiment_label"].map(turned)
    data.links["sentiment"] = -data.links["sentiment"]
    return data


def said_by_all(label: str, share: float = 0.1, sentiment: float = -0.5) -> Collection:
    """Return 1000 comments of 10 agents, 2 teams, 2 channels; a share of each speaks of one theme."""
    number = np.arange(1000)
    frame = pd.DataFrame(
        {
            "agent": [f"a{x}" for x in number % 10],
            "team": [f"T{x}" for x in number % 2],
            "channel": [f"c{x}" for x in number // 10 % 2],
        }
    )
    links = [(int(x), "t", sentiment) for x in number if x // 20 % 10 < 10 * share]
    return collection(frame, links, labels={"t": label})


TEAM: Planted = {(agent, 2): 3.0 for agent in range(1, 30, 5)}


def test_an_agent_who_stands_out_is_coached_alone() -> None:
    """Agent 1 has four times the rate on theme 0; the rest of the team has not."""
    table = topics(Centre(planted={(1, 0): 4.0}).collection(0))
    row = table.iloc[0]
    assert list(table.columns) == list(COACHING.columns)
    assert told(table) == {("individual", "a1", "t0")}
    assert (row["rank"], row["team"], row["label"]) == (1, "T1", "theme 0")
    assert row["count"] > row["expected"] * 2
    assert row["oe_ratio"] == pytest.approx(row["count"] / row["expected"], abs=1e-5)
    assert row["probability"] >= 0.9


def test_a_team_that_is_elevated_as_a_whole_is_coached_as_a_team() -> None:
    """All 6 agents of T1 have three times the rate; none of them is listed by name for it."""
    found = [told(topics(Centre(planted=TEAM).collection(seed))) for seed in range(20)]
    assert sum(("team", "T1", "t2") in pairs for pairs in found) >= 19
    assert sum(len(pairs - {("team", "T1", "t2")}) for pairs in found) <= 2


def test_one_bad_agent_is_no_team_matter() -> None:
    """Agent 1 makes up for all that T1 has too much."""
    found = [told(topics(Centre(planted={(1, 0): 6.0}).collection(seed))) for seed in range(10)]
    assert all(("individual", "a1", "t0") in pairs for pairs in found)
    assert not any(scope == "team" for pairs in found for scope, _, _ in pairs)


def test_who_is_praised_more_than_others_is_celebrated() -> None:
    """The same plant, of praise: agent 1 is an example to others, and nobody is coached."""
    table = topics(praised(Centre(planted={(1, 0): 4.0}).collection(0)))
    assert told(table, "celebrate") == {("individual", "a1", "t0")}
    assert not told(table)


def test_nobody_is_celebrated_for_what_they_must_train() -> None:
    """Agent 1 hears of theme 0 more of everything, good and bad."""
    data = Centre(n=20_000, planted={(1, 0): 6.0}).collection(0)
    assert told(topics(data)) == {("individual", "a1", "t0")}
    assert not told(topics(data), "celebrate")


def test_where_nobody_differs_hardly_anything_is_listed() -> None:
    """20 centres of 30 agents and 5 teams, both directions: one row in five centres."""
    assert sum(len(topics(Centre().collection(seed))) for seed in range(20)) <= 4


def test_an_agent_with_few_verbatims_is_never_listed() -> None:
    """Zoe's 9 comments are all bad; so are those of Zac."""
    rows = [
        {"agent": who} for who, n in [("ann", 300), ("bob", 300), ("zac", 9), ("zoe", 9)] for _ in range(n)
    ]
    links = [(number, "t", -0.5) for number in [*range(0, 600, 20), *range(600, 618)]]
    assert topics(collection(rows, links)).empty


@pytest.mark.parametrize(
    ("who", "share", "sentiment", "scopes"),
    [
        ("agent", 0.1, -0.5, {("everyone", "", "t")}),
        ("technology", 0.1, -0.5, set()),
        (None, 0.1, -0.5, set()),
        ("agent", 0.0, -0.5, set()),
        ("agent", 0.1, 0.5, set()),
    ],
)
def test_everyone_trains_what_is_bad_everywhere_and_theirs_to_change(
    who: str | None, share: float, sentiment: float, scopes: set[tuple[str, str, str]]
) -> None:
    """Common, negative and the agents' to change; then it has a count and no expectation."""
    table = topics(said_by_all("rude staff", share, sentiment), changers={"t": who} if who else {})
    assert told(table) == scopes
    assert table[["expected", "oe_ratio", "probability"]].isna().all(axis=None)
    assert (table["count"] == 100).all()


def test_a_matter_of_one_channel_is_not_everyones() -> None:
    """All complaints are made on the phone."""
    data = said_by_all("rude staff")
    spoken = data.verbatims["status"] == "themed"
    data.verbatims["channel"] = np.where(spoken, "phone", data.verbatims["channel"])
    assert topics(data, changers={"t": "agent"}).empty


def test_evidence_shows_that_agent_and_theme_once_a_text() -> None:
    """Only negative mentions of theme 0 by agent 1, the surest first, no text twice, at most 25."""
    data = Centre(planted={(1, 0): 4.0}).collection(0)
    data.links["confidence"] = np.linspace(0.2, 0.9, len(data.links))
    mine = data.verbatims["agent"] == "a1"
    first = data.verbatims.loc[mine, "text_key"].iloc[0]
    data.verbatims.loc[mine & (data.verbatims.index % 2 == 0), "text_key"] = first
    evidence = topics(data).iloc[0]["evidence"]
    links = data.links[(data.links["theme_id"] == "t0") & (data.links["sentiment"] < 0)]
    links = links.set_index(data.verbatims["verbatim_id"].iloc[links["row"]])["confidence"]
    shown = data.verbatims.set_index("verbatim_id").loc[evidence]
    assert 2 <= len(evidence) <= 25
    assert set(shown["agent"]) == {"a1"}
    assert shown["text_key"].is_unique
    assert links.loc[evidence].is_monotonic_decreasing


def test_strong_evidence_comes_first_then_the_larger_excess() -> None:
    """Ranks count from 1; everyone's topic comes last."""
    planted = {(1, 0): 6.0, (7, 3): 4.0, (13, 4): 4.0}
    table = topics(Centre(planted=planted).collection(3))
    excess = (table["count"] - table["expected"])[: len(planted)]
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert {("individual", "a1", "t0"), ("individual", "a7", "t3")} <= told(table)
    assert excess.is_monotonic_decreasing


def test_the_overall_tone_is_nobodys_topic() -> None:
    """Agent 0 is negative four times as often, of 40 themes a little of each: there is nothing to train."""
    random = np.random.default_rng(1)
    agent = random.integers(0, 20, 8000)
    row = np.flatnonzero(random.random(8000) < np.where(agent == 0, 0.2, 0.05))
    frame = pd.DataFrame({"agent": [f"a{x:02d}" for x in agent]})
    theme = [f"t{x:02d}" for x in random.integers(0, 40, row.size)]
    data = collection(frame, pd.DataFrame({"row": row, "theme_id": theme, "sentiment": -0.5}))
    people = compare_people(data, Config())["agent", -1]
    assert people.judged.state[0, list(people.events.topics).index("overall")] == "strong_evidence"
    assert "overall" not in set(topics(data)["topic"])


def test_without_agents_teams_or_themes_the_table_is_empty() -> None:
    """No columns, no rows, no themes."""
    assert topics(collection([{"channel": "chat"}] * 40, [(0, "t", -0.5)])).empty
    assert topics(collection([{"channel": "chat"}] * 40, [])).empty
    assert list(topics(collection([{"agent": "ann"}] * 40, [])).columns) == list(COACHING.columns)


def behaved(planted: Planted, *, also_theme: bool = False, mark: str = "-") -> Collection:
    """Return a centre whose theme 0 is told as behaviour clarity, too (or instead)."""
    data = Centre(planted=planted).collection(0)
    rows = data.links.loc[(data.links["theme_id"] == "t0") & (data.links["sentiment"] < 0), "row"].astype(int)
    told = data.verbatims.index.isin(rows)
    data.verbatims["behaviours"] = [[f"clarity{mark}"] if one else [] for one in told]
    if also_theme:
        return data
    return replace(data, links=data.links[data.links["theme_id"] != "t0"].reset_index(drop=True))


def test_a_behaviour_is_a_topic_as_a_theme_is() -> None:
    """Clarity was missing four times as often with agent 1."""
    row = topics(behaved({(1, 0): 4.0})).iloc[0]
    assert (row["scope"], row["agent"], row["topic"], row["topic_kind"]) == (
        "individual",
        "a1",
        "clarity",
        "behaviour",
    )
    assert (row["label"], row["related"]) == ("clarity missing", [])
    assert row["state"] in ("strong_evidence", "worth_a_look")
    assert 1.5 < row["expected_after"] <= row["oe_ratio"]
    assert row["low"] < row["oe_ratio"] < row["high"]


def test_what_is_shown_more_often_is_celebrated() -> None:
    """The same, told well."""
    assert told(topics(behaved({(1, 0): 4.0}, mark="+")), "celebrate") == {("individual", "a1", "clarity")}


def test_a_theme_and_a_behaviour_that_tell_the_same_are_one_row() -> None:
    """The behaviour's, for the evidence is equal; the theme stands behind it."""
    table = topics(behaved({(1, 0): 4.0}, also_theme=True))
    assert told(table) == {("individual", "a1", "clarity")}
    assert table.iloc[0]["related"] == ["t0"]


def test_what_tells_the_same_as_a_teams_topic_is_the_teams_too() -> None:
    """Theme 2 is T1's matter; its agents are not listed for the behaviour that tells the same."""
    data = Centre(planted=TEAM).collection(0)
    rows = data.links.loc[(data.links["theme_id"] == "t2") & (data.links["sentiment"] < 0), "row"].astype(int)
    data.verbatims["behaviours"] = [["clarity-"] if one else [] for one in data.verbatims.index.isin(rows)]
    table = topics(data)
    assert told(table) == {("team", "T1", "clarity")}
    assert table.iloc[0]["related"] == ["t2"]


@pytest.mark.parametrize(("who", "rows"), [("agent", 1), ("process", 0), (None, 1)])
def test_only_what_agents_can_change_is_coached(who: str | None, rows: int) -> None:
    """A theme of the process is none, however much an agent stands out; what is unknown of all is told."""
    data = Centre(planted={(1, 0): 4.0}).collection(0)
    assert len(topics(data, changers={"t0": who} if who else {})) == rows


def test_a_behaviour_is_coached_even_where_it_is_usually_the_process() -> None:
    """Who stands out among colleagues with the same process has something to learn."""
    table = topics(behaved({(1, 0): 4.0}), changers={"clarity": "process", "t1": "technology"})
    assert told(table) == {("individual", "a1", "clarity")}


def test_who_cannot_be_compared_with_others_of_their_cases_is_not_listed() -> None:
    """Agent 1 alone takes refunds, so nobody knows how many complaints these bring."""
    data = Centre(planted={(1, 0): 4.0}).collection(0)
    data.verbatims["contact_reason"] = np.where(data.verbatims["agent"] == "a1", "refund", "other")
    assert topics(data).empty


def with_praise(data: Collection, told: Sequence[Sequence[str]]) -> list[str]:
    """Make the first comments about nothing, not agent 1's, positive ones that tell so; return their ids."""
    rows = data.verbatims
    free = (rows["status"] == "unthemed") & (rows["behaviours"].map(len) == 0) & (rows["agent"] != "a1")
    places = rows.index[free][: len(told)]
    rows.loc[places, "sentiment_label"] = "positive"
    rows["behaviours"] = pd.Series({**rows["behaviours"], **dict(zip(places, map(list, told), strict=True))})
    return [str(name) for name in rows.loc[places, "verbatim_id"]]


def test_good_evidence_is_praise_of_others_on_the_same_behaviour() -> None:
    """Positive, told of clarity, of nothing that was missing; not of the agent herself; five at most."""
    data = behaved({(1, 0): 4.0})
    praise = with_praise(data, [["clarity+"], ["clarity+", "speed-"], ["speed+"], *[["clarity+"]] * 7])
    data.verbatims.loc[data.verbatims["verbatim_id"] == praise[0], "agent"] = "a1"
    data.verbatims.loc[data.verbatims["verbatim_id"] == praise[3], "sentiment_label"] = "mixed"
    assert topics(data).iloc[0]["good_evidence"] == praise[4:9]


def test_a_theme_is_praised_as_the_behaviour_that_most_of_it_tells() -> None:
    """A third of the complaints of theme 0 tell that clarity was missing: its praise shows what is good."""
    data = behaved({(1, 0): 4.0}, also_theme=True)
    missing = data.verbatims["behaviours"].map(len) > 0
    kept = missing & (missing.cumsum() % 3 == 0)
    data.verbatims["behaviours"] = [["clarity-"] if one else [] for one in kept]
    praise = with_praise(data, [["clarity+"]] * 2)
    row = topics(data).iloc[0]
    assert row["topic"] == "t0"
    assert row["good_evidence"] == praise


def test_a_theme_without_a_behaviour_has_no_good_example() -> None:
    """A positive mention of a complaint is a reading error as often as praise."""
    data = Centre(planted={(1, 0): 4.0}).collection(0)
    assert (data.links["sentiment"] > 0).any()
    assert topics(data).iloc[0]["good_evidence"] == []


def test_everyones_topic_is_not_one_that_somebody_has() -> None:
    """Clarity is missing everywhere, and most with agent 1: it is hers, not everyone's."""
    data = behaved({(1, 0): 6.0})
    everywhere = data.verbatims.index[::8]
    data.verbatims["behaviours"] = [
        ["clarity-"] if told or number in everywhere else []
        for number, told in zip(data.verbatims.index, data.verbatims["behaviours"].map(len) > 0, strict=True)
    ]
    scopes = told(topics(data, changers={"clarity": "agent"}))
    assert ("individual", "a1", "clarity") in scopes
    assert not any(scope == "everyone" for scope, _, _ in scopes)

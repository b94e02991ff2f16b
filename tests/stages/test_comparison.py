"""Channels and agents against what their mix of cases lets expect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import Centre, collection

from cx_text.config import Agents, Config, Privacy
from cx_text.people import compare_people
from cx_text.records import AGENTS, CHANNELS, Collection
from cx_text.stages import comparison
from cx_text.stages.comparison import compare_channels

FLAGGED = ("worth_a_look", "strong_evidence")


def block(n: int, bad: int, **columns: Any) -> list[dict[str, Any]]:
    """Return n equal rows, of which the first `bad` complain."""
    return [columns | {"bad": number < bad} for number in range(n)]


def of_one_theme(*blocks: list[dict[str, Any]]) -> Collection:
    """Return a collection in which the bad rows speak badly of theme t."""
    rows = [row for part in blocks for row in part]
    links = [(number, "t", -0.5) for number, row in enumerate(rows) if row["bad"]]
    frame = pd.DataFrame(rows).drop(columns="bad")
    return collection(frame, links, labels={"t": "slow"})


def compare_agents(data: Collection, config: Config) -> pd.DataFrame:
    """Return table AGENTS of a collection."""
    return comparison.compare_agents(data, compare_people(data, config)["agent", -1], {"t": "agent"})


def compare_teams(data: Collection, config: Config) -> pd.DataFrame:
    """Return table TEAMS of a collection."""
    return comparison.compare_teams(data, compare_people(data, config)["team", -1], {})


def cell(table: pd.DataFrame, **wanted: str) -> pd.Series:
    """Return the one row with these values."""
    found = table[np.logical_and.reduce([table[name] == value for name, value in wanted.items()])]
    assert len(found) == 1
    return found.iloc[0]


def worse(table: pd.DataFrame) -> set[tuple[str, str]]:
    """Return the (agent, theme) that are flagged as worse; the overall tone aside."""
    found = table[table["state"].isin(FLAGGED) & (table["direction"] == "worse")]
    return {pair for pair in zip(found["agent"], found["topic"], strict=True) if pair[1] != "overall"}


def test_a_channel_is_compared_with_the_other_channels_by_hand() -> None:
    """Chat has 30 of 100, mail 10 of 100: chat is expected to have 10."""
    table = compare_channels(
        of_one_theme(block(100, 30, channel="chat"), block(100, 10, channel="mail")), Config()
    )
    chat = cell(table, channel="chat", theme_id="t")
    assert list(table.columns) == list(CHANNELS.columns)
    assert (chat["n"], chat["count"], chat["rate"], chat["label"]) == (100, 30, 0.3, "slow")
    assert (chat["expected"], chat["oe_ratio"]) == (10, 3)
    assert chat["low"] < 3 < chat["high"]
    assert chat["verdict"] == "above"
    assert cell(table, channel="mail")["verdict"] == "below"


def test_a_channel_with_harder_cases_is_not_blamed_for_them() -> None:
    """Chat handles refunds mostly, and refunds are complained about everywhere alike."""
    table = compare_channels(
        of_one_theme(
            block(180, 72, channel="chat", contact_reason="refund"),
            block(20, 1, channel="chat", contact_reason="praise"),
            block(50, 20, channel="mail", contact_reason="refund"),
            block(150, 8, channel="mail", contact_reason="praise"),
        ),
        Config(),
    )
    assert table["verdict"].tolist() == ["consistent", "consistent"]
    assert cell(table, channel="chat")["oe_ratio"] == pytest.approx(1, abs=0.02)


def test_a_channel_below_k_shows_its_n_and_nothing_else() -> None:
    """9 comments by fax; together with 10 unnamed ones they cannot be had by subtraction."""
    table = compare_channels(
        of_one_theme(
            block(9, 9, channel="fax"),
            block(100, 30, channel="chat"),
            block(100, 10, channel="mail"),
            block(10, 1, channel=None),
        ),
        Config(),
    )
    fax = cell(table, channel="fax")
    assert (fax["n"], fax["verdict"]) == (9, "insufficient")
    assert fax.drop(["channel", "n", "verdict"]).isna().all()
    assert cell(table, channel="chat")["verdict"] == "above"


def test_a_small_channel_cannot_be_had_by_subtraction() -> None:
    """All less chat and mail would be fax, so the next smallest channel is withheld too."""
    table = compare_channels(
        of_one_theme(
            block(9, 9, channel="fax"),
            block(200, 30, channel="chat"),
            block(100, 10, channel="mail"),
            block(300, 30, channel="web"),
        ),
        Config(),
    )
    assert table.loc[table["count"].notna(), "channel"].tolist() == ["chat", "web"]
    assert table["channel"].tolist() == ["chat", "fax", "mail", "web"]
    assert cell(table, channel="chat")["expected"] == 20


def test_a_channel_is_not_judged_on_a_theme_it_should_hardly_have() -> None:
    """Fewer than 5 expected; it is not even tested."""
    table = compare_channels(
        of_one_theme(block(100, 20, channel="chat"), block(100, 4, channel="mail")), Config()
    )
    chat = cell(table, channel="chat")
    assert (chat["verdict"], chat["expected"]) == ("insufficient", 4)
    assert np.isnan(chat["q_value"])


@pytest.mark.parametrize("count", [0, 1])
def test_without_other_channels_there_is_no_comparison(count: int) -> None:
    """One channel, or none."""
    table = compare_channels(of_one_theme(block(50, 20, channel="chat" if count else None)), Config())
    assert len(table) == count
    assert (table["verdict"] == "insufficient").all()


def test_an_agent_is_compared_with_others_of_the_same_cases_by_hand() -> None:
    """Ann has 30 of 100 where the two others have 10 each."""
    table = compare_agents(of_one_theme(*(block(100, bad, agent=who) for who, bad in AGENT_COUNTS)), Config())
    ann = cell(table, agent="ann", topic="t")
    assert list(table.columns) == list(AGENTS.columns)
    assert (ann["n"], ann["count"], ann["expected"], ann["oe_ratio"]) == (100, 30, 10, 3)
    assert (ann["state"], ann["direction"], ann["topic_kind"]) == ("strong_evidence", "worse", "theme")
    assert ann["low"] < 3 < ann["high"]
    assert ann["probability"] > 0.975
    assert cell(table, agent="ann", topic="overall")["count"] == 30


AGENT_COUNTS = [("ann", 30), ("bob", 10), ("cat", 10), ("dan", 10), ("eve", 10)]


def test_praise_is_no_event() -> None:
    """The same counts, all of them positive: nothing to flag, but everyone appears."""
    data = of_one_theme(*(block(100, bad, agent=who) for who, bad in AGENT_COUNTS))
    praised = collection(data.verbatims[["agent"]], data.links.assign(sentiment=0.5), labels={"t": "slow"})
    table = compare_agents(praised, Config())
    assert not worse(table)
    assert set(table["agent"]) == {who for who, _ in AGENT_COUNTS}
    assert (table["count"] == 0).all()


@pytest.mark.parametrize(
    ("config", "fewest"),
    [
        (Config(), 10),
        (Config(agents=Agents(minimum=25)), 25),
        (Config(agents=Agents(minimum=2), privacy=Privacy(k=15)), 15),
    ],
)
def test_an_agent_with_few_verbatims_is_never_judged(config: Config, fewest: int) -> None:
    """Zoe has one verbatim too few, all of them bad; Yan has just enough."""
    data = of_one_theme(
        block(300, 20, agent="ann"),
        block(300, 20, agent="bob"),
        block(fewest, 1, agent="yan"),
        block(fewest - 1, fewest - 1, agent="zoe", team="red"),
        block(fewest - 1, 0, agent="zac"),
    )
    table = compare_agents(data, config)
    zoe = cell(table, agent="zoe")
    assert (zoe["n"], zoe["state"], zoe["team"]) == (fewest - 1, "insufficient", "red")
    assert zoe.drop(["agent", "team", "n", "state"]).isna().all()
    assert (table.loc[table["agent"] == "yan", "state"] == "consistent").all()


def test_an_agent_with_nothing_to_read_still_has_a_row() -> None:
    """Non-answers are no evidence, but the agent was there."""
    data = of_one_theme(block(100, 5, agent="ann"), block(100, 5, agent="bob"), block(12, 0, agent="zoe"))
    data.verbatims.loc[data.verbatims["agent"] == "zoe", "status"] = "non_answer"
    zoe = cell(compare_agents(data, Config()), agent="zoe")
    assert (zoe["n"], zoe["state"]) == (0, "insufficient")


def test_without_agents_the_table_is_empty() -> None:
    """No column, no rows."""
    assert compare_agents(of_one_theme(block(50, 20, channel="chat")), Config()).empty


def test_a_good_agent_who_works_only_the_bad_channel_is_not_flagged() -> None:
    """Simpson's trap: Ann has 40 % against 20 % of all others, and 40 % against 50 % in her channel."""
    table = compare_agents(
        of_one_theme(
            block(200, 80, agent="ann", channel="phone"),
            *(block(30, 15, agent=f"b{x}", channel="phone") for x in range(10)),
            *(block(70, 7, agent=f"b{x}", channel="chat") for x in range(10)),
        ),
        Config(),
    )
    ann = cell(table, agent="ann", topic="t")
    assert ann["oe_ratio"] == pytest.approx(0.8)
    assert ann["state"] == "consistent"
    assert ann["reversal"]
    assert not worse(table)


def test_a_bad_agent_who_works_only_the_good_channel_is_found() -> None:
    """30 % looks average overall and is three times too much in chat."""
    table = compare_agents(
        of_one_theme(
            block(200, 60, agent="ann", channel="chat"),
            *(block(100, 50, agent=f"b{x}", channel="phone") for x in range(10)),
            *(block(100, 10, agent=f"b{x}", channel="chat") for x in range(10)),
        ),
        Config(),
    )
    ann = cell(table, agent="ann", topic="t")
    assert ann["oe_ratio"] == pytest.approx(3)
    assert worse(table) == {("ann", "t")}


def test_where_both_comparisons_agree_there_is_no_reversal() -> None:
    """One channel only: pooled and adjusted are the same."""
    data = of_one_theme(*(block(100, bad, agent=who) for who, bad in AGENT_COUNTS))
    assert not compare_agents(data, Config())["reversal"].any()


def test_planted_agents_are_found_and_others_left_alone() -> None:
    """20 centres, 3 of 30 agents with three times the rate: 95 % right, 75 % found."""
    planted = {(1, 0): 3.0, (7, 3): 3.0, (20, 5): 3.0}
    truth = {(f"a{agent}", f"t{theme}") for agent, theme in planted}
    found = [worse(compare_agents(Centre(planted=planted).collection(seed), Config())) for seed in range(20)]
    hits = sum(len(pairs & truth) for pairs in found)
    assert hits >= 0.95 * sum(map(len, found))
    assert hits >= 0.75 * 20 * len(truth)


def test_where_nobody_differs_hardly_anybody_is_flagged() -> None:
    """20 centres, 30 agents, 7 topics, two directions: at most 2 flags, none of them strong."""
    tables = [compare_agents(Centre().collection(seed), Config()) for seed in range(20)]
    assert sum(int(table["state"].isin(FLAGGED).sum()) for table in tables) <= 2
    assert not any((table["state"] == "strong_evidence").any() for table in tables)


def test_where_channels_do_not_differ_hardly_any_is_marked() -> None:
    """20 centres whose channels are drawn anew: at most 3 of their tables have a mark (4.7 % of 150 had)."""
    marked = 0
    for seed in range(20):
        data = Centre(n=3000).collection(seed)
        random = np.random.default_rng(seed)
        data.verbatims["channel"] = random.choice(["chat", "mail", "web"], len(data.verbatims))
        marked += bool(compare_channels(data, Config())["verdict"].isin(["above", "below"]).any())
    assert marked <= 3


def test_the_one_hidden_agent_cannot_be_had_by_subtraction() -> None:
    """Zoe alone is too small, so the next smallest agent shows no number either."""
    data = of_one_theme(
        block(300, 20, agent="ann"),
        block(300, 20, agent="bob"),
        block(50, 5, agent="yan"),
        block(4, 4, agent="zoe"),
    )
    table = compare_agents(data, Config())
    assert set(table.loc[table["count"].notna(), "agent"]) == {"ann", "bob"}


def test_a_channel_of_long_texts_is_not_blamed_for_their_length() -> None:
    """Texts of 200 words mention theme t in half of all cases, in mail as well; those of 10 in a tenth."""
    data = of_one_theme(
        block(180, 90, channel="phone", length=200),
        block(20, 2, channel="phone", length=10),
        block(60, 30, channel="mail", length=200),
        block(540, 54, channel="mail", length=10),
    )
    table = compare_channels(data, Config())
    assert table["verdict"].tolist() == ["consistent", "consistent"]
    assert cell(table, channel="phone")["oe_ratio"] == pytest.approx(1)
    alike = data.verbatims.assign(length=10)
    assert (
        cell(compare_channels(replace(data, verbatims=alike), Config()), channel="phone")["verdict"]
        == "above"
    )


def test_a_channel_that_shares_no_kind_of_case_with_others_is_not_judged() -> None:
    """All transcripts are longer than all messages: there is nothing to tell channel from length."""
    data = of_one_theme(
        block(100, 50, channel="phone", length=200),
        block(100, 10, channel="mail", length=10),
        block(100, 10, channel="chat", length=10),
    )
    phone = cell(compare_channels(data, Config()), channel="phone")
    assert (phone["verdict"], phone["support"]) == ("insufficient", 0)
    assert np.isnan(phone["q_value"])
    assert cell(compare_channels(data, Config()), channel="mail")["support"] == 1


def test_an_agent_is_compared_on_behaviours_beside_themes() -> None:
    """Clarity was missing in 30 of Ann's 100 contacts, in 10 of each other's."""
    rows = [row for who, bad in AGENT_COUNTS for row in block(100, bad, agent=who)]
    for row in rows:
        row["behaviours"] = ["clarity-"] * row.pop("bad")
    table = compare_agents(collection(rows, []), Config())
    ann = cell(table, agent="ann", topic="clarity")
    assert (ann["topic_kind"], ann["label"], ann["count"]) == ("behaviour", "clarity missing", 30)
    assert (ann["expected"], ann["state"]) == (10, "strong_evidence")


def test_a_row_says_how_far_it_can_be_compared_and_what_is_to_be_expected() -> None:
    """Ann alone does refunds; two of her comments name Bob."""
    data = of_one_theme(
        block(98, 60, agent="ann", contact_reason="refund"),
        block(2, 2, agent="ann", contact_reason="refund", named_agent="bob"),
        *(block(100, 10, agent=who, contact_reason="other") for who in ("bob", "cat", "dan", "eve")),
    )
    ann = cell(compare_agents(data, Config()), agent="ann", topic="t")
    assert (ann["n"], ann["count"], ann["left_out"], ann["attribution"]) == (98, 60, 2, "agent")
    assert (ann["support"], ann["strata"], ann["state"]) == (0, 1, "worth_a_look")
    assert ann["pooled_ratio"] == pytest.approx(ann["oe_ratio"])
    assert 1.5 < ann["expected_after"] < ann["oe_ratio"]
    bob = cell(compare_agents(data, Config()), agent="bob", topic="t")
    assert (bob["support"], bob["left_out"], bob["state"]) == (1, 0, "consistent")


def test_a_reversal_names_both_ratios() -> None:
    """Simpson's trap again: 1.6 times the others pooled, 0.8 times adjusted."""
    table = compare_agents(
        of_one_theme(
            block(200, 80, agent="ann", channel="phone"),
            *(block(30, 15, agent=f"b{x}", channel="phone") for x in range(10)),
            *(block(70, 7, agent=f"b{x}", channel="chat") for x in range(10)),
        ),
        Config(),
    )
    ann = cell(table, agent="ann", topic="t")
    assert ann["pooled_ratio"] == pytest.approx(80 / (200 * 220 / 1000), abs=1e-5)
    assert (ann["oe_ratio"], ann["reversal"]) == (pytest.approx(0.8), True)


def test_agents_are_in_the_order_of_their_names_not_of_their_ratios() -> None:
    """No league table."""
    table = compare_agents(of_one_theme(*(block(100, bad, agent=who) for who, bad in AGENT_COUNTS)), Config())
    assert table["agent"].is_monotonic_increasing


def test_teams_are_compared_as_agents_are() -> None:
    """Red has 60 of 200, three others 20 each; a fifth is too small to be told, and is among the others."""
    data = of_one_theme(
        block(200, 60, team="red"),
        *(block(200, 20, team=who) for who in ("blue", "green", "white")),
        block(9, 9, team="tiny"),
        block(30, 3, team=None),
    )
    table = compare_teams(data, Config())
    assert list(table.columns) == [name for name in AGENTS.columns if name != "agent"]
    red = cell(table, team="red", topic="t")
    assert (red["n"], red["count"], red["state"]) == (200, 60, "strong_evidence")
    assert red["expected"] == pytest.approx(200 * 69 / 609, abs=1e-5)
    tiny = cell(table, team="tiny")
    assert (tiny["n"], tiny["state"]) == (9, "insufficient")
    assert tiny.drop(["team", "n", "state"]).isna().all()

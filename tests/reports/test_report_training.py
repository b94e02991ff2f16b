"""What to train: whom, why, how sure, with which quotes; and about whom nothing is said."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any

import pytest
from scipy import stats

from cx_text.config import Config
from cx_text.records import AGENTS, COACHING, NOT_TRAINING, Result
from cx_text.reports.cells import rows
from cx_text.reports.quoting import Quotes, quotes_of
from cx_text.reports.training_told import (
    Topic,
    TrainingSection,
    basis_of,
    misleading,
    team_of,
    training_section,
    who_of,
)

CONFIG = Config()
NO_QUOTES = Quotes({})


def section(result: Result, **tables: Any) -> TrainingSection:
    """Return the section of a result with other tables."""
    changed = replace(result, findings=replace(result.findings, **tables))
    return training_section(changed, CONFIG, quotes_of(changed, CONFIG))


def topics(told: TrainingSection) -> dict[str, Topic]:
    """Return all topics by whom they are for."""
    return {topic.who: topic for block in told.blocks for topic in block.topics}


def test_everyone_comes_first_then_teams_then_agents_by_name(rich: Result) -> None:
    """The rank of a topic does not order people."""
    told = section(rich)
    assert [block.title for block in told.blocks] == ["Everyone", "Teams", "Agents"]
    assert [topic.who for topic in told.blocks[2].topics] == ["Agent 00", "Agent 03", "Agent 08"]


def test_a_topic_says_how_many_of_how_many_and_how_many_are_usual(rich: Result) -> None:
    """19 / 8.0 = 2.4, its interval 0.6 and 1.6 times that."""
    topic = topics(section(rich))["Agent 00"]
    assert (topic.label, topic.team, topic.state) == ("Follow up missing", "Team South", "Strong evidence")
    assert topic.counted == "19 of 90 comments; 8.0 would be usual in such cases"
    assert topic.ratio == "2.4 times (1.4\u20133.8)"
    assert topic.says == "2.4 times (1.4\u20133.8) as often as usual"
    assert topic.picture.startswith("data:image/svg+xml;base64,")
    assert topic.alike == "\u201cPromised call never came\u201d and resolution missing"
    assert topic.means.startswith("What was promised happens")


def test_quotes_are_for_the_topic_and_for_what_good_looks_like(rich: Result) -> None:
    """Three to bring, two of contacts of others."""
    topic = topics(section(rich))["Agent 00"]
    assert (len(topic.quotes), len(topic.good)) == (3, 2)
    assert "You promised to call me back. Nobody did." in {quote.text for quote in topic.quotes}
    assert "So patient with me, I felt well looked after." in {quote.text for quote in topic.good}


def test_falling_back_without_coaching_is_told_with_its_number(rich: Result) -> None:
    """1 + (19 / 8 - 1) / 2 = 1.7; of praise it is called luck."""
    found = topics(section(rich))
    assert (
        "Without any coaching the next period would probably show about 1.7 times" in found["Agent 00"].after
    )
    assert found["Agent 08"].celebrate
    assert found["Agent 08"].after.startswith(
        "Part of it is luck: the next period would probably show about 1.6"
    )


def test_a_plain_average_that_hides_a_topic_is_told(rich: Result) -> None:
    """Agent 00 is at 0.8 of the plain average and at 2.4 in the same kinds of cases."""
    [caution] = topics(section(rich))["Agent 00"].cautions
    assert caution.startswith("A plain average would miss it: 0.8 times as often as all others")


def test_little_support_is_told_in_words(rich: Result) -> None:
    """Only for whom it is low."""
    found = topics(section(rich))
    assert found["Agent 03"].cautions[0].startswith("Only 40.0% of the comments could be compared")
    assert found["Team North"].cautions == []


def test_a_topic_of_everyone_has_a_share_and_no_expectation(rich: Result) -> None:
    """With its interval; there is nothing to draw."""
    topic = topics(section(rich))["Everyone"]
    assert topic.counted == "410 of 11,240 comments, 3.6% (3.3\u20134.0%)"
    assert (topic.ratio, topic.picture, topic.after, topic.state) == ("", "", "", "Common")


def test_who_looks_worse_only_by_their_cases_is_defended_once(rich: Result) -> None:
    """Agent 05 is at 1.8 of the plain average and at 0.9 in the same kinds of cases; 7 / 8.0 = 0.9."""
    [sentence] = section(rich).misled
    assert sentence == (
        "Agent 05, \u201cFollow-up\u201d: 1.8 times as often as all others, but 0.9 times (0.5\u20131.4) in "
        "cases of the same kind (7 of 95 comments; 8.0 would be usual in such cases)."
    )
    twice = AGENTS.frame([*rows(rich.agents), {**rows(rich.agents)[5], "topic": "speed", "count": 3}])
    [sentence] = section(rich, agents=twice).misled
    assert sentence.endswith("; the same holds for 1 other topic.")


@pytest.mark.parametrize(
    ("pooled", "ratio", "reversal", "expected"),
    [(1.8, 0.9, True, True), (1.8, 0.9, False, False), (1.2, 0.4, True, False), (0.8, 2.4, True, False)],
)
def test_only_a_plain_average_beyond_the_difference_misleads(
    pooled: float, ratio: float, reversal: bool, expected: bool
) -> None:
    """And only where the cases explain it."""
    row = {"pooled_ratio": pooled, "oe_ratio": ratio, "reversal": reversal}
    assert misleading(row, CONFIG) is expected


def test_agents_who_could_not_be_judged_are_counted_and_not_named(rich: Result) -> None:
    """Nothing is said about them."""
    told = section(rich)
    assert (told.known, told.judged, told.minimum) == (30, 19, 10)
    only = rich.agents[rich.agents["state"] == "insufficient"].reset_index(drop=True)
    told = section(rich, agents=only, coaching=COACHING.frame())
    assert (told.known, told.judged, told.blocks, told.misled) == (11, 0, [], [])


def test_with_18_comments_chance_blames_one_good_agent_in_six() -> None:
    """Mean over usual rates of 5 to 25 % of the probability to have 1.5 times the expected or more."""
    rates = (0.05, 0.1, 0.15, 0.2, 0.25)
    blamed = [stats.binom.sf(ceil(1.5 * 18 * rate) - 1, 18, rate) for rate in rates]
    assert sum(blamed) / len(blamed) == pytest.approx(1 / 6, abs=0.02)


def test_what_no_training_mends_says_who_acts(rich: Result) -> None:
    """With share, interval and words of customers; the first are told, the rest are counted."""
    told = section(rich)
    [matter] = told.matters
    assert (matter.label, matter.acts) == ("Refund not arrived", "who owns the process")
    assert matter.told == "1,140 of 11,240 comments, 10.1% (9.6\u201310.7%)"
    assert matter.quotes
    assert told.more == 0
    many = NOT_TRAINING.frame(rows(rich.findings.not_training) * 10)
    told = section(rich, not_training=many)
    assert (len(told.matters), told.more) == (8, 2)


def test_topics_beyond_those_of_a_block_are_counted(rich: Result) -> None:
    """The first in rank stay."""
    first = rows(rich.coaching)[0]
    many = [{**first, "rank": rank, "agent": f"B {rank:02d}"} for rank in range(15)]
    told = training_section(
        replace(rich, findings=replace(rich.findings, coaching=COACHING.frame(many))), CONFIG, NO_QUOTES
    )
    assert [block.more for block in told.blocks] == [3]
    assert [topic.who for topic in told.blocks[0].topics] == [f"B {rank:02d}" for rank in range(12)]


def test_a_topic_of_which_only_the_count_is_known_needs_no_more() -> None:
    """No empty bracket."""
    [row] = rows(COACHING.frame([{"scope": "everyone", "count": 40, "direction": "coach"}]))
    assert (who_of(row), basis_of(row), team_of("Blue")) == ("Everyone", "40 comments", "Team Blue")

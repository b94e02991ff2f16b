"""What the cards say: each number with its interval and its n, and nothing that is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from cx_text.config import Config, make_config
from cx_text.records import CHANNELS, CONSISTENCY, ISSUES, THEMES, Result
from cx_text.reports.cells import rows
from cx_text.reports.compared_told import channel_section, channel_sentence, consistency_told, distance
from cx_text.reports.headline import headline
from cx_text.reports.issues_told import channel_of, issue_section, rate_told, ratio_of, where_of
from cx_text.reports.ledger_told import alert_lines, ledgers, method_lines, score_cards
from cx_text.reports.quoting import Quotes
from cx_text.reports.themes_told import interval_of, theme_section

CONFIG = Config()
NO_QUOTES = Quotes({})


def with_tables(result: Result, **tables: Any) -> Result:
    """Return the result with other tables."""
    return replace(result, findings=replace(result.findings, **tables))


def facts(result: Result, place: int = 0) -> dict[str, tuple[str, str]]:
    """Return the facts of a card by name."""
    card = theme_section(result, CONFIG, NO_QUOTES).cards[place]
    return {fact.name: (fact.value, fact.beside) for fact in card.facts}


def test_a_theme_card_has_n_and_interval_with_every_rate(rich: Result) -> None:
    """The first card, number by number."""
    assert facts(rich) == {
        "Comments": ("1,326", "11.8% of 11,240, 11.2\u201312.4%"),
        "Told negatively": ("86.0%", "84.0\u201387.8%, n 1,326"),
        "Sentiment": ("\u22120.58", "from \u22121 to +1"),
        "Associated with NPS": ("\u22122.2 points", "\u22122.6 to \u22121.8"),
        "Who can change it": ("Process", ""),
        "Heard most in": ("Phone and Chat", ""),
    }


def test_a_theme_card_leaves_out_what_is_not_known(rich: Result) -> None:
    """No empty number, no word for nothing."""
    bare = with_tables(
        rich, themes=THEMES.frame([{"rank": 1, "theme_id": "x", "label": "Bare", "volume": 12}])
    )
    card = theme_section(bare, CONFIG, NO_QUOTES).cards[0]
    assert [(fact.name, fact.value) for fact in card.facts] == [("Comments", "12")]
    assert (card.line, card.why, card.parts, card.quotes, card.tags) == ("", "", [], [], [])


def test_praise_has_its_own_section_most_frequent_first(rich: Result) -> None:
    """Themes told with pleasure are nothing to fix."""
    section = theme_section(rich, CONFIG, NO_QUOTES)
    assert [card.label for card in section.praise] == [
        "Friendly and patient",
        "Solved at once",
        "Easy to order",
    ]
    assert len(section.cards) == 12
    assert not {card.label for card in section.cards} & {card.label for card in section.praise}


def test_themes_beyond_the_setting_go_to_the_table(rich: Result) -> None:
    """None is lost."""
    section = theme_section(rich, make_config({"report": {"themes": 4}}), NO_QUOTES)
    assert (len(section.cards), len(section.rest), len(section.praise)) == (4, 8, 3)
    assert section.rest[0].range == "6.2% (5.8\u20136.6%), 697 of 11,240"


def test_a_muted_theme_is_not_told(rich: Result) -> None:
    """People have said so."""
    muted = rich.themes.assign(status=["muted"] + ["active"] * 14)
    section = theme_section(with_tables(rich, themes=muted), CONFIG, NO_QUOTES)
    assert section.cards[0].label == "Long wait on the phone"


def test_a_card_says_why_the_theme_ranks_there(rich: Result) -> None:
    """Parts against the largest of all themes, and how sure the rank is."""
    cards = theme_section(rich, CONFIG, NO_QUOTES).cards
    assert cards[0].why == (
        "High on loss, volume and tone; moved up because it rises; in other samples it would rank 1 to 2."
    )
    assert [(part.name, part.width) for part in cards[0].parts] == [
        ("Loss", 99),
        ("Volume", 89),
        ("Tone", 100),
    ]
    assert "moved down because it falls" in cards[4].why


@pytest.mark.parametrize(("share", "n"), [(None, 10), (0.5, None), (0.5, 0)])
def test_without_n_a_share_has_no_interval(share: float | None, n: int | None) -> None:
    """Nothing is made up."""
    assert interval_of(share, n) == (None, None)


def test_new_and_returning_issues_come_first(rich: Result) -> None:
    """Then spikes, then what has long been there."""
    cards = issue_section(rich, NO_QUOTES).cards
    assert [card.status for card in cards] == [
        "Emerging",
        "Returned",
        "Spike",
        "Chronic",
        "Chronic",
        "Fading",
    ]
    assert [card.fresh for card in cards] == [True, True, False, False, False, False]


def test_an_issue_says_its_rate_now_against_before(rich: Result) -> None:
    """Rate with interval, rate before, ratio with interval, and what it rests on."""
    card = issue_section(rich, NO_QUOTES).cards[0]
    assert (card.rate, card.rate_of, card.before, card.before_of) == (
        "9.8% (8.1\u201311.8%)",
        "now",
        "1.1%",
        "before",
    )
    assert card.ratio == "8.9 times (7.1\u201311)"
    assert card.since == "26 May 2025"
    assert card.seen == "100 comments, 80 customers, 6 of 26 periods"


def test_the_episode_is_marked_where_it_is_a_part_of_the_time(rich: Result) -> None:
    """A chronic issue has no window, a new one has; one of a product has no line to mark."""
    cards = issue_section(rich, NO_QUOTES).cards
    assert [card.marked for card in cards] == [True, True, False, False, False, False]
    assert cards[0].chart is not None
    assert "Marked: 26 May 2025 to 30 Jun 2025" in cards[0].chart.alt


def test_an_issue_of_a_channel_is_drawn_in_that_channel(rich: Result) -> None:
    """Its own line, not that of all."""
    card = next(card for card in issue_section(rich, NO_QUOTES).cards if card.where == "in channel Phone")
    assert card.chart is not None
    assert "in channel Phone" in card.chart.alt


def test_without_dates_an_issue_has_no_chart(rich: Result, nothing: Result) -> None:
    """No empty axes."""
    cards = issue_section(with_tables(rich, trends=nothing.findings.trends), NO_QUOTES).cards
    assert [card.chart for card in cards] == [None] * 6
    assert not any(card.marked for card in cards)


@pytest.mark.parametrize(
    ("scope", "where", "channel"),
    [
        (None, "everywhere", "all"),
        ("all", "everywhere", "all"),
        ("channel=Web=Chat", "in channel Web=Chat", "Web=Chat"),
        ("contact_reason=Refund", "in contact reason Refund", None),
        ("attr_region=West", "in region West", None),
    ],
)
def test_a_scope_is_told_in_words(scope: str | None, where: str, channel: str | None) -> None:
    """Names of columns are not for readers."""
    row = rows(ISSUES.frame([{"scope": scope}]))[0]
    assert (where_of(row), channel_of(row)) == (where, channel)


def test_an_issue_with_nothing_known_says_nothing() -> None:
    """Empty cells make empty texts."""
    row = rows(ISSUES.frame([{"label": "x"}]))[0]
    assert (ratio_of(row), rate_told(row)) == ("", "")


def test_an_issue_that_nobody_had_before_is_no_multiple(rich: Result) -> None:
    """Four hundred times never is a number without a meaning."""
    issues = rich.issues.assign(baseline_rate=0.0)
    result = with_tables(rich, issues=issues)
    card = issue_section(result, NO_QUOTES).cards[0]
    assert (card.ratio, card.before) == ("", "0%")
    text = next(item.text for item in headline(result, CONFIG) if item.topic == "New")
    assert "before that nobody did (100 comments)." in text
    assert "times as often" not in text


def test_channels_show_only_themes_that_differ_somewhere(rich: Result) -> None:
    """Without a consistency index the clearest first; cells that cannot be judged say so."""
    section = channel_section(with_tables(rich, consistency=CONSISTENCY.frame()))
    assert [label for label, _, _ in section.map] == [
        "Long wait on the phone",
        "App signs me out",
        "Refund not arrived",
        "Friendly and patient",
    ]
    assert [cell.text for cell in section.map[0][1]] == [
        "\u25bc 0.4\u00d7",
        "\u2248",
        "\u25b2 2.1\u00d7",
        "\u2248",
    ]
    assert (section.map[0][1][0].kind, section.map[0][1][0].strength) == ("below", 3)
    assert section.names == ["Chat", "Email", "Phone", "Store"]


def test_a_channel_is_told_in_a_sentence_with_interval_and_n(rich: Result) -> None:
    """Observed against expected."""
    assert channel_section(rich).sentences[1] == (
        "\u201cLong wait on the phone\u201d comes up 2.1 times as often in Phone "
        "as its mix of cases lets expect (1.8\u20132.4; 1,392 of 4,700 comments against 663 expected)."
    )


def test_a_sentence_needs_no_interval_that_is_not_known() -> None:
    """No empty brackets of numbers."""
    row = rows(
        CHANNELS.frame([{"channel": "A", "label": "B", "oe_ratio": 2.0, "n": 9, "count": 4, "expected": 2}])
    )[0]
    assert channel_sentence(row).endswith("(4 of 9 comments against 2.0 expected).")


def test_one_channel_is_nothing_to_compare(rich: Result) -> None:
    """The page says so."""
    only = (
        rich.channels[rich.channels["channel"] == "Chat"]
        .assign(verdict="insufficient")
        .reset_index(drop=True)
    )
    section = channel_section(with_tables(rich, channels=only))
    assert (section.map, section.compared) == ([], False)


def test_half_and_double_are_equally_far() -> None:
    """Distances of ratios."""
    assert distance(0.5) == distance(2.0) == 2.0
    assert distance(0.0) == float("inf")


def test_channels_are_told_how_alike_they_are(rich: Result) -> None:
    """The index in words with interval and n; a channel without an index is not told."""
    told = consistency_told(rich)
    assert told is not None
    assert told.told == (
        "In the same kinds of cases channels hear mostly the same: consistency index 0.83 (0.79\u20130.87; "
        "10,900 comments), where 1 is alike. They differ beyond chance."
    )
    shared = "only 49.0% of its comments are of kinds"
    assert [(one.channel, one.told) for one in told.channels] == [
        ("Phone", "0.83 (0.79\u20130.87; 2,600 comments)"),
        (
            "Store",
            f"0.83 (0.79\u20130.87; 900 comments); {shared} that other channels have too",
        ),
    ]


def test_the_themes_that_part_channels_come_first(rich: Result) -> None:
    """With their part of all that differs, where it is known."""
    assert [(label, part) for label, _, part in channel_section(rich).map] == [
        ("Long wait on the phone", "61.0%"),
        ("Friendly and patient", "12.0%"),
        ("App signs me out", ""),
        ("Refund not arrived", ""),
    ]


def test_channels_that_cannot_be_compared_have_no_index(rich: Result) -> None:
    """None without a row, and none where chance is half of it."""
    unknown = CONSISTENCY.frame([{"scope": "all", "n": 40}])
    for table in (CONSISTENCY.frame(), unknown):
        assert consistency_told(with_tables(rich, consistency=table)) is None


def test_what_chance_explains_is_said_to_be_chance(rich: Result) -> None:
    """No channel differs beyond it."""
    table = CONSISTENCY.frame([{"scope": "all", "n": 40, "index": 0.97, "p_value": 0.4}])
    told = consistency_told(with_tables(rich, consistency=table))
    assert told is not None
    assert told.told.startswith("In the same kinds of cases channels hear nearly the same:")
    assert told.told.endswith("That is no more than chance explains.")


def test_both_ledgers_add_up(rich: Result) -> None:
    """Read and accepted, each the sum of its parts."""
    for ledger in ledgers(rich):
        parts = sum(int(line.n.replace(",", "")) for line in ledger.lines)
        assert int(ledger.whole.replace(",", "")) == parts
        assert sum(float(line.width) for line in ledger.lines) == pytest.approx(100, abs=0.05)
    assert ledgers(rich)[0].says == "2,480 = 2,391 accepted + 12 quarantined + 77 duplicate"


def test_a_score_without_a_value_has_no_card(rich: Result) -> None:
    """Four answers are no effort score."""
    cards = score_cards(rich, CONFIG)
    assert [card.name for card in cards] == ["CSAT", "NPS", "Solved at first contact", "First response"]
    assert (cards[0].value, cards[0].beside) == ("66.2%", "65.1\u201367.3%, n 7,011")
    assert cards[1].line
    assert not cards[2].line


def test_alerts_are_told_most_severe_first(rich: Result) -> None:
    """What to look at today."""
    upside_down = rich.findings.alerts.iloc[::-1].reset_index(drop=True)
    lines = alert_lines(with_tables(rich, alerts=upside_down))
    assert [(line.kind, line.state, line.strength) for line in lines] == [
        ("Issue", "New", 82),
        ("Agent", "Ongoing", 41),
    ]


def test_the_method_names_no_folder_no_run_and_no_time(rich: Result) -> None:
    """Only what a colleague needs to repeat it."""
    lines = dict(method_lines(rich, CONFIG))
    assert lines["Inputs"] == "june.csv"
    assert lines["Columns"] == "june.csv: verbatim \u2190 Customer Remarks, agent \u2190 Agent_name"
    told = " ".join(lines.values())
    assert str(rich.record["run_id"]) not in told
    assert "/exports" not in told


def test_the_headline_answers_five_questions(rich: Result) -> None:
    """Fix first, new, going well, which channel, what to coach."""
    statements = {item.topic: item for item in headline(rich, CONFIG)}
    assert list(statements) == ["Fix first", "New", "Going well", "Channel", "Coaching"]
    assert statements["Fix first"].text == (
        "11.8% of comments mention it (11.2\u201312.4%; 1,326 of 11,240), and 86.0% of these are negative "
        "(84.0\u201387.8%). It is associated with \u22122.2 points of NPS (\u22122.6 to \u22121.8). "
        "The lead over \u201cLong wait on the phone\u201d is not certain."
    )
    assert statements["New"].lead == "App signs me out"
    assert statements["Channel"].lead == "Phone: Long wait on the phone"
    assert statements["Coaching"].lead == "Agent 00: follow up missing"


def test_when_nothing_is_new_the_headline_says_so(rich: Result) -> None:
    """An honest nothing."""
    statements = {item.topic: item for item in headline(with_tables(rich, issues=ISSUES.frame()), CONFIG)}
    assert statements["New"].lead == "Nothing new"


def test_a_returned_issue_is_called_back(rich: Result) -> None:
    """New and back are not the same."""
    back = rich.issues[rich.issues["status"] == "returned"].reset_index(drop=True)
    assert headline(with_tables(rich, issues=back), CONFIG)[1].topic == "Back"


def test_the_headline_counts_other_themes_that_are_new_not_scopes_of_the_same(rich: Result) -> None:
    """One event in two scopes is one event."""
    one = rich.issues.iloc[[0]].assign(status="emerging")
    other = one.assign(scope="channel=Chat", issue_id="I-other")

    def new(*parts: pd.DataFrame) -> str:
        issues = ISSUES.frame(pd.concat(parts))
        return headline(with_tables(rich, issues=issues), CONFIG)[1].text

    assert "more of this kind" not in new(one, other)
    assert new(one, other.assign(theme_id="t99")).endswith(" 1 more of this kind below.")


def test_without_themes_there_is_no_headline(nothing: Result) -> None:
    """The page says that there is not enough text."""
    assert headline(nothing, CONFIG) == []

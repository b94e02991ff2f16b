"""Notes with a day, in words: associated with, both numbers, both ranges, or too early to tell."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from cx_text.config import Config
from cx_text.records import ACTIONS, Result
from cx_text.reports.actions_told import action_cards, notes_told
from cx_text.reports.page import write_page
from cx_text.reports.workbook import write_workbook

CONFIG = Config()
SURE = {
    "since": "2025-05-05",
    "edit": 3,
    "theme_id": "t00",
    "label": "Refund not arrived",
    "note": "new depot <opened>",
    "weeks_before": 8,
    "weeks_after": 4,
    "n_before": 800,
    "n_after": 400,
    "count_before": 80,
    "count_after": 20,
    "rate_before": 0.1,
    "rate_before_low": 0.081,
    "rate_before_high": 0.123,
    "rate_after": 0.05,
    "rate_after_low": 0.033,
    "rate_after_high": 0.076,
    "ratio": 0.5,
    "ratio_low": 0.31,
    "ratio_high": 0.81,
    "others_ratio": 0.98,
    "relative": 0.51,
    "relative_low": 0.3,
    "relative_high": 0.86,
    "verdict": "fewer",
}
SCORED = {
    "metric": "csat",
    "score_n_before": 60,
    "score_n_after": 30,
    "score_before": 0.2,
    "score_after": 0.3,
    "score_difference": 0.08,
    "score_low": -0.05,
    "score_high": 0.21,
}
RATES = (
    "5.0% of comments (3.3\u20137.6%; 20 of 400 in 4 weeks) complain about it, before 10.0% of comments "
    "(8.1\u201312.3%; 80 of 800 in 8 weeks): 0.5 times (0.3\u20130.8) as many. Complaints about all other "
    "themes went to 1.0 times as many; against that, "
)


def noted(result: Result, *rows: dict[str, Any]) -> Result:
    """Return the result with these rows of table ACTIONS."""
    return replace(result, findings=replace(result.findings, actions=ACTIONS.frame(rows)))


def page(result: Result) -> str:
    """Return the page."""
    out = io.BytesIO()
    write_page(result, CONFIG, out)
    return out.getvalue().decode("utf-8")


@pytest.mark.parametrize(
    ("verdict", "tag", "means"),
    [
        ("fewer", "Fewer complaints", "what was noted is associated with fewer complaints"),
        ("more", "More complaints", "what was noted is associated with more complaints"),
        ("no_difference", "No difference", "there is no difference beyond what chance explains"),
    ],
)
def test_both_rates_are_told_and_what_they_are_against_all_others(
    rich: Result, verdict: str, tag: str, means: str
) -> None:
    """Never that the one caused the other."""
    [card] = action_cards(noted(rich, SURE | {"verdict": verdict}).findings.actions, CONFIG)
    assert (card.label, card.note, card.since) == ("Refund not arrived", "new depot <opened>", "5 May 2025")
    assert (card.verdict, card.good) == (tag, verdict == "fewer")
    assert card.told == f"{RATES}{means}: 0.5 times (0.3\u20130.9) as many."


def test_the_score_is_told_where_it_is_known(rich: Result) -> None:
    """With its range and both n."""
    [card] = action_cards(noted(rich, SURE | SCORED).findings.actions, CONFIG)
    assert card.told.endswith(
        " CSAT of those who mention it is 30.0%, before 20.0% (n 30 and 60): "
        "+8.0 points (\u22125.0 to +21.0) beside the course of others."
    )


def test_too_early_and_without_a_before_nothing_more_is_said(rich: Result) -> None:
    """Counts, but no rate."""
    early = SURE | {"verdict": "too_early", "weeks_after": 1, "count_after": 1}
    late = {name: SURE[name] for name in ("since", "edit", "theme_id", "label", "note")}
    cards = action_cards(noted(rich, late | {"verdict": "no_baseline"}, early).findings.actions, CONFIG)
    assert [card.verdict for card in cards] == ["Too early to tell", "Nothing to compare with"]
    assert cards[0].told == (
        "1 complaint in 1 whole week since, 80 in the 8 weeks before: "
        "that is too little, or too short, to say more."
    )
    assert cards[1].told == "The data do not hold two weeks before it."


def test_a_note_stands_at_its_theme_and_in_what_changed(rich: Result) -> None:
    """One without a day at the theme alone; escaped as all that people write."""
    plain = {"since": "", "edit": 1, "theme_id": "t00", "label": "Refund not arrived", "note": "ask finance"}
    result = noted(rich, plain, SURE)
    notes = notes_told(result, CONFIG)
    assert notes["theme-1"][0] == "Note: \u201cask finance\u201d."
    assert notes["theme-1"][1].startswith(
        "Since 5 May 2025, \u201cnew depot <opened>\u201d. Fewer complaints. 5.0% of comments"
    )
    assert notes["theme-2"] == []
    told = page(result)
    assert told.count("new depot &lt;opened&gt;") == 2
    assert told.count("ask finance") == 1
    assert "Did it help?" in told
    assert "Did it help?" not in page(noted(rich, plain))


def test_the_workbook_has_a_sheet_of_notes_where_there_are_any(rich: Result) -> None:
    """And none otherwise."""
    for rows, there in (([SURE], True), ([], False)):
        out = io.BytesIO()
        write_workbook(noted(rich, *rows).findings, out)
        assert ("actions" in load_workbook(out).sheetnames) is there

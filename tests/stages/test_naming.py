"""Which other agent a text speaks of."""

from __future__ import annotations

import pytest

from cx_text.stages.naming import Roster

ROSTER = ("Marco Bellini", "Priya Raman", "Grace Whitlock", "Nora O'Brien", "Nora Quill", "A103", "Agent 7")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Marco never called me back.", {"Marco Bellini"}),
        ("I was told by marco bellini to wait.", {"Marco Bellini"}),
        ("the marco polo bag", set()),
        ("MARCO'S colleague Priya Raman helped.", {"Marco Bellini", "Priya Raman"}),
        ("Grace under pressure", set()),
        ("Grace Whitlock was kind", {"Grace Whitlock"}),
        ("Nora was kind", set()),
        ("Nora O\u2019Brien was kind", {"Nora O'Brien"}),
        ("Thanks, A103!", {"A103"}),
        ("agent 7 hung up, agent 8 did not", {"Agent 7"}),
        ("Bellini sent me away", set()),
        ("", set()),
    ],
)
def test_who_is_named_is_found_and_words_are_left_alone(text: str, named: set[str]) -> None:
    """Full names in any case; a first name if capitalised, nobody else's, and no word."""
    assert Roster.of(ROSTER).named(text) == named


@pytest.mark.parametrize(
    ("agent", "text", "other"),
    [
        ("Priya Raman", "Marco Bellini was rude to me", "Marco Bellini"),
        ("Marco Bellini", "Marco Bellini was rude to me", None),
        ("Marco Bellini", "Marco was kind, Priya was not", "Priya Raman"),
        ("Grace Whitlock", "Priya and Marco", "Marco Bellini"),
        (None, "Marco was kind", "Marco Bellini"),
        ("Priya Raman", "Nobody was kind", None),
    ],
)
def test_another_agent_is_told_beside_ones_own(agent: str | None, text: str, other: str | None) -> None:
    """One's own name changes nothing; of two others the smallest is told."""
    assert Roster.of(ROSTER).others([text], [agent]) == [other]


def test_without_agents_nobody_is_named() -> None:
    """No roster."""
    assert Roster.of([]).others(["Marco was kind"], [None]) == [None]
    assert Roster.of(ROSTER).others([], []) == []

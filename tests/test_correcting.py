"""Corrections of single comments: laid over what was read, by number, and gone with their undo."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from build_edits import make_edits

from cx_text.records import MENTIONS, VERBATIMS, Scored
from cx_text.stages.periods import counted
from cx_text.taxonomy import Edit, corrected


def correction(aspect: str, right: str = "", theme: str = "", **fields: Any) -> tuple[Any, ...]:
    """Return a correction of comment v2."""
    return ("correct", theme, {"aspect": aspect, "label": right, "examples": ("v2",), **fields})


@pytest.fixture
def scored() -> Scored:
    """Three comments; the second speaks of T1 and T2, the third of nothing."""
    rows = {
        "verbatim_id": ["v1", "v2", "v3"],
        "text": ["Late", "Late and rude", "Something"],
        "agent": ["Ada", "Ada", "Ben"],
        "team": ["North", "North", "South"],
        "status": ["themed", "themed", "unthemed"],
        "sentiment": [-0.4, -0.5, 0.2],
        "sentiment_label": ["negative", "negative", "positive"],
        "theme_id": ["T1", "T1", None],
        "theme_ids": [["T1"], ["T1", "T2"], []],
        "behaviours": [["speed-"], ["empathy-", "speed-"], []],
        "attribution": ["process", "agent", None],
    }
    said = {
        "verbatim_id": ["v1", "v2", "v2"],
        "start": [0, 0, 5],
        "end": [4, 4, 13],
        "theme_id": ["T1", "T1", "T2"],
        "sentiment": [-0.4, -0.4, -0.6],
        "confidence": [0.5, 0.5, 0.5],
        "attribution": ["process", "process", "agent"],
    }
    return Scored(VERBATIMS.frame(rows), MENTIONS.frame(said))


def told(
    scored: Scored, edits: tuple[Edit, ...], row: int = 1
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a comment and its mentions after these edits."""
    after = corrected(scored, edits)
    own = after.verbatims.iloc[row]
    said = after.mentions[after.mentions["verbatim_id"] == own["verbatim_id"]]
    return own.to_dict(), said.to_dict("records")


def test_another_theme_takes_the_place_of_the_main_one(scored: Scored) -> None:
    """The other themes stay; a person is sure."""
    row, said = told(scored, make_edits(correction("theme", theme="T9")))
    assert (row["theme_id"], row["theme_ids"], row["status"]) == ("T9", ["T9", "T2"], "themed")
    assert [(one["theme_id"], one["confidence"]) for one in said] == [("T9", 1.0), ("T2", 0.5)]


def test_a_comment_without_a_theme_gets_one(scored: Scored) -> None:
    """All of its text speaks of it, as it feels."""
    edit = correction("theme", theme="T2", examples=("v3",))
    row, said = told(scored, make_edits(edit), 2)
    assert (row["theme_id"], row["theme_ids"], row["status"]) == ("T2", ["T2"], "themed")
    assert [(one["start"], one["end"], one["theme_id"], one["sentiment"]) for one in said] == [
        (0, 9, "T2", 0.2)
    ]


def test_no_theme_takes_the_main_one_away_until_none_is_left(scored: Scored) -> None:
    """The next theme is the main one then; without any the comment is unthemed."""
    row, said = told(scored, make_edits(correction("theme")))
    assert (row["theme_id"], row["theme_ids"], len(said)) == ("T2", ["T2"], 1)
    row, said = told(scored, make_edits(correction("theme"), correction("theme")))
    assert (pd.isna(row["theme_id"]), row["theme_ids"], row["status"], said) == (True, [], "unthemed", [])


def test_a_theme_that_was_merged_is_the_one_that_stayed(scored: Scored) -> None:
    """Whichever of the two edits came first, and not after the merge is undone."""
    merge = ("merge", "T9", {"into": "T8"})
    fix = correction("theme", theme="T9")
    assert told(scored, make_edits(fix, merge))[0]["theme_id"] == "T8"
    assert told(scored, make_edits(merge, fix))[0]["theme_id"] == "T8"
    assert told(scored, make_edits(merge, fix, ("undo", "", {"undoes": 1})))[0]["theme_id"] == "T9"


@pytest.mark.parametrize(
    ("right", "value", "label", "mentions"),
    [
        ("positive", 0.6, "positive", [0.6, 0.6]),
        ("-0.9", -0.9, "negative", [-0.9, -0.9]),
        ("0", 0.0, "neutral", [0.0, 0.0]),
        ("mixed", 0.0, "mixed", [-0.4, -0.6]),
    ],
)
def test_a_comment_feels_as_a_person_reads_it(
    scored: Scored, right: str, value: float, label: str, mentions: list[float]
) -> None:
    """Its mentions too, but for a mixed one."""
    row, said = told(scored, make_edits(correction("sentiment", right)))
    assert (row["sentiment"], row["sentiment_label"]) == (value, label)
    assert [one["sentiment"] for one in said] == mentions


@pytest.mark.parametrize(
    ("right", "left"),
    [
        ("empathy+", ["empathy+", "speed-"]),
        ("empathy", ["speed-"]),
        ("clarity-", ["clarity-", "empathy-", "speed-"]),
    ],
)
def test_one_thing_is_told_of_a_behaviour(scored: Scored, right: str, left: list[str]) -> None:
    """Shown, missing, or nothing."""
    assert told(scored, make_edits(correction("behaviour", right)))[0]["behaviours"] == left


def test_who_can_change_it_is_said_of_the_comment_and_its_mentions(scored: Scored) -> None:
    """Not my agent's fault, but the process's; or nobody knows."""
    row, said = told(scored, make_edits(correction("attribution", "process")))
    assert {row["attribution"], *(one["attribution"] for one in said)} == {"process"}
    assert pd.isna(told(scored, make_edits(correction("attribution")))[0]["attribution"])


def test_a_comment_goes_to_another_agent_and_team_or_to_nobody(scored: Scored) -> None:
    """What was taken from one counts for the other."""
    row, _ = told(scored, make_edits(correction("agent", "Ben", into="South")))
    assert (row["agent"], row["team"]) == ("Ben", "South")
    row, _ = told(scored, make_edits(correction("agent")))
    assert pd.isna(row["agent"])
    assert pd.isna(row["team"])


def test_the_later_correction_holds_and_an_undone_one_does_not(scored: Scored) -> None:
    """As with every other edit."""
    first, second = correction("agent", "Ben"), correction("agent", "Cleo")
    assert told(scored, make_edits(first, second))[0]["agent"] == "Cleo"
    assert told(scored, make_edits(first, second, ("undo", "", {"undoes": 2})))[0]["agent"] == "Ben"


def test_nothing_that_was_given_is_changed_and_other_comments_stay(scored: Scored) -> None:
    """What was read stays below, so that an undo brings it back."""
    rows, said = scored.verbatims.copy(), scored.mentions.copy()
    after = corrected(scored, make_edits(correction("agent", "Ben"), correction("sentiment", "positive")))
    pd.testing.assert_frame_equal(scored.verbatims, rows)
    pd.testing.assert_frame_equal(scored.mentions, said)
    pd.testing.assert_frame_equal(after.verbatims.drop(index=1), rows.drop(index=1))


def test_a_comment_that_is_not_there_changes_nothing(scored: Scored) -> None:
    """It may come again with an old export."""
    assert corrected(scored, make_edits(correction("agent", "Ben", examples=("gone",)))) is scored


def test_counted_rows_are_corrected_like_those_with_texts(scored: Scored) -> None:
    """Figures and comments say the same."""
    edits = make_edits(correction("theme", theme="T9"), correction("agent", "Ben", into="South"))
    bare = corrected(Scored(counted(scored.verbatims), scored.mentions), edits).verbatims
    pd.testing.assert_frame_equal(bare, counted(corrected(scored, edits).verbatims))

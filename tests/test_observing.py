"""What a comment tells beside its themes, as columns of its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.config import Config, make_config
from cx_text.observing import observe
from cx_text.reading import Reader
from cx_text.records import VERBATIMS
from cx_text.scoring import TextModel

Row = dict[str, Any]

NOTHING: Row = {
    "effort": None,
    "contacts": None,
    "repeat_contact": None,
    "risks": [],
    "journey": None,
    "emotion": None,
    "behaviours": [],
    "attribution": None,
}
PLAIN = NOTHING | {"repeat_contact": False}
"""What a comment tells that was read and tells nothing."""

TOLD: Mapping[str, Row] = {
    "I had to call three times and nobody called me back. I am so angry!": {
        "effort": 0.6344,
        "contacts": 3,
        "repeat_contact": True,
        "emotion": "anger",
        "behaviours": ["follow_up-", "low_effort-"],
        "attribution": "process",
    },
    "Thank you so much, Anna was very friendly and solved my problem at once.": {
        "emotion": "gratitude",
        "behaviours": ["politeness+", "resolution+"],
        "attribution": "agent",
    },
    "I was transferred four times and had to repeat my story to every agent.": {
        "effort": 0.8439,
        "behaviours": ["low_effort-"],
        "attribution": "process",
    },
    "It was easy to sign up, no hassle at all": {"effort": 0.0, "journey": "onboarding"},
    "The app crashes all the time.": {"journey": "use", "attribution": "technology"},
    "I entered the wrong address, my mistake": {"attribution": "customer"},
    "The charger caught fire and burned my hand": {"risks": ["safety"]},
    "I bought two of them": {},
}


def table(texts: Sequence[str], languages: Sequence[str] = ()) -> Any:
    """Return texts as redacted rows, English ones if nothing else is said."""
    told = [*languages] or ["en"] * len(texts)
    return VERBATIMS.frame(
        {"verbatim_id": [str(row) for row in range(len(texts))], "text": list(texts), "language": told}
    )


def observed(*texts: str, languages: Sequence[str] = ()) -> list[Row]:
    """Return what each comment tells; `by_span` has who can change what each of its spans tells of."""
    status, spans = Reader(Config()).read(table(texts, languages))
    columns, changers = observe(texts, [state == "unthemed" for state in status], spans)
    by_span: list[list[str | None]] = [[] for _ in texts]
    for row, changer in zip(spans.rows.tolist(), changers, strict=True):
        by_span[row].append(changer)
    names = [*columns, "by_span"]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), by_span, strict=True)]


def columns_of(row: Row) -> Row:
    """Return a row without what its spans tell."""
    return {name: value for name, value in row.items() if name != "by_span"}


@pytest.mark.parametrize(("text", "told"), TOLD.items())
def test_a_comment_fills_the_columns_of_what_it_tells(text: str, told: Row) -> None:
    """All others stay empty: nothing told is not nothing there."""
    assert columns_of(observed(text)[0]) == PLAIN | told


def test_every_span_says_who_can_change_what_it_tells_of() -> None:
    """None where it tells of nothing that anybody could change."""
    told = observed("The app crashes all the time. I bought two of them. The driver was rude.")[0]
    assert told["by_span"] == ["technology", None, "agent"]


@pytest.mark.parametrize(
    ("text", "attribution", "by_span"),
    [
        ("The app crashes. The driver was very rude to me.", "agent", ["technology", "agent"]),
        ("The app crashes each time I open it. He was rude.", "technology", ["technology", "agent"]),
        ("The app crashes today. The driver was rude.", "agent", ["technology", "agent"]),
        ("The driver was rude. The app crashes today.", "agent", ["agent", "technology"]),
    ],
)
def test_a_comment_is_changed_by_who_most_of_its_words_speak_of(
    text: str, attribution: str, by_span: list[str]
) -> None:
    """Of as many words each, by the first of agent, customer, process, technology."""
    told = observed(text)[0]
    assert (told["attribution"], told["by_span"]) == (attribution, by_span)


@pytest.mark.parametrize(
    "texts",
    [
        "I am so angry! I am confused about how all of this is meant to work.",
        "I am confused about how all of this is meant to work. I am so angry!",
    ],
)
def test_a_comment_feels_what_most_of_its_words_feel(texts: str) -> None:
    """Wherever they stand."""
    assert observed("I am so angry!")[0]["emotion"] == "anger"
    assert observed(texts)[0]["emotion"] == "confusion"


def test_a_behaviour_is_named_once_however_often_it_is_told() -> None:
    """In both directions where both are told, in the order of the alphabet."""
    told = observed("She was polite. He was rude. The driver was rude, too.")[0]
    assert told["behaviours"] == ["politeness+", "politeness-"]


def test_a_risk_is_named_once_however_often_it_is_told() -> None:
    """In the order of the alphabet."""
    told = observed("It caught fire. It caught fire again. My lawyer will call you.")[0]
    assert told["risks"] == ["legal", "safety"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("n/a", "en"),
        ("", "en"),
        ("Ich habe drei Mal angerufen und bin sehr w\u00fctend", "de"),
        ("I called three times, the driver was rude", "de"),
    ],
)
def test_a_comment_that_is_not_read_tells_nothing(text: str, language: str) -> None:
    """Not even that it is no repeated contact."""
    told = observed(text, languages=[language])[0]
    assert (columns_of(told), told["by_span"]) == (NOTHING, [])


def test_no_comments_tell_nothing() -> None:
    """All columns are there and empty."""
    status, spans = Reader(Config()).read(table([]))
    columns, changers = observe([], [], spans)
    assert (status, columns, changers) == ([], {name: [] for name in NOTHING}, [])


ALONE = {text: observed(text)[0] for text in (*TOLD, "n/a", "She was polite. He was rude.")}


@settings(max_examples=25)
@given(st.lists(st.sampled_from(list(ALONE)), max_size=12))
def test_a_comment_tells_the_same_alone_and_beside_any_others(texts: list[str]) -> None:
    """In any batch and in any order, to the last digit."""
    assert observed(*texts) == [ALONE[text] for text in texts]


def test_a_scored_row_has_what_was_observed() -> None:
    """And each of its mentions who can change it."""
    scored = TextModel.untaught(Config()).score(table(list(TOLD)))
    rows = scored.verbatims.astype(object)
    rows = rows.where(rows.notna(), None)[list(NOTHING)].to_dict("records")
    assert rows == [columns_of(ALONE[text]) for text in TOLD]
    assert scored.mentions["attribution"].isna().all()


@pytest.mark.parametrize("language", ["de", "fr", "sv"])
def test_exports_in_another_language_tell_none_of_it(language: str) -> None:
    """The signs are English: words of another language that look like them would mislead."""
    model = TextModel.untaught(make_config({"input": {"language": language}}))
    rows = model.score(table(list(TOLD), [language] * len(TOLD))).verbatims
    assert set(rows["status"]) == {"unthemed"}
    assert (
        rows[["effort", "contacts", "repeat_contact", "journey", "emotion", "attribution"]]
        .isna()
        .all(axis=None)
    )
    assert not rows["risks"].map(len).any()
    assert not rows["behaviours"].map(len).any()

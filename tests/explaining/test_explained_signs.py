"""What a comment tells beside its themes, explained: which of its words say so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from build_explained import Facts

from cx_text.config import Config, make_config
from cx_text.explaining import Source, explain_verbatim, in_words
from cx_text.explaining.observed import OBSERVED, UNTOLD
from cx_text.records import VERBATIMS
from cx_text.scoring import TextModel

TEXT = (
    "I had to call three times and was on hold for an hour. The driver was rude. "
    "I am so angry! I will cancel my contract."
)


def source_of(text: str, language: str = "en", config: Config | None = None) -> Source:
    """Return a workspace with one comment, x, and no themes."""
    model = TextModel.untaught(config or Config())
    rows = VERBATIMS.frame({"verbatim_id": ["x"], "text": [text], "language": [language]})
    return Source(model, model.config, model.score(rows), {}, "r1")


def explained(text: str, **settings: Any) -> tuple[Facts, str]:
    """Return the explanation of a comment, in facts and in words on one line."""
    told = explain_verbatim(source_of(text, **settings), "x")
    return told, " ".join(in_words(told).split())


def test_every_sign_of_a_comment_is_told_with_its_words() -> None:
    """Effort names what raised it, and only that."""
    told, words = explained(TEXT)
    assert told["as_stored"]
    assert 'Effort 0.64 of 1: "had to call three times" and "on hold for an hour".' in words
    assert 'In touch about it at least 3 times: "had to call three times".' in words
    assert "A repeated contact, or still not mended." in words
    assert 'Risks: churn: "I will cancel my contract".' in words
    assert 'Stage of the journey: leaving: "cancel my contract".' in words
    assert "Emotion: anger, which most of its words tell, as far as that is sure." in words
    assert "Behaviours: low_effort-, politeness-, speed- (+ shown, - missing)." in words
    weights = {one["sign"]: one["weight"] for one in told["signs"]}
    assert told["effort"] == pytest.approx(1 - (1 - weights["contacts"]) ** 2 * (1 - weights["waiting"]) ** 2)
    assert all(told["text"][one["start"] : one["end"]] == one["words"] for one in told["signs"])


def test_every_part_tells_its_own_share() -> None:
    """The parts together tell what the whole tells."""
    told, words = explained(TEXT)
    named = {f"{one['name']}{'-+'[one['shown']]}" for span in told["spans"] for one in span["behaviours"]}
    assert sorted(named) == told["behaviours"]
    assert {span["emotion"] for span in told["spans"]} == {"anger", None}
    assert 'Missing: politeness: "rude".' in words
    assert "Who can change it: agent, as usual for what was shown or missing." in words
    assert ' sure among those that its sentiment allows: "angry".' in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The app crashes.", 'Who can change it: technology: "app'),
        ("It was easy to sign up, no hassle", "Effort 0.00 of 1; praise of ease:"),
        ("I called once. Anna was very friendly.", "Shown: politeness:"),
        ("It is still not fixed", 'or still not mended: "still not fixed".'),
    ],
)
def test_a_single_sign_is_told_in_plain_words(text: str, words: str) -> None:
    """Its words in quotation marks."""
    assert words in explained(text)[1]


def test_a_comment_without_signs_is_told_without_them() -> None:
    """Silence is no finding."""
    told, words = explained("I bought two of them")
    assert told["signs"] == []
    assert not any(
        name in words for name in ("Effort", "Risks", "journey", "Emotion", "Behaviours", "change")
    )


@pytest.mark.parametrize("name", sorted(OBSERVED))
def test_a_sign_that_a_person_corrected_is_said(name: str) -> None:
    """What is stored is not what the model says now."""
    source = source_of(TEXT)
    verbatims = source.rows.verbatims
    emptied = VERBATIMS.frame(verbatims.drop(columns=name))
    told = explain_verbatim(replace(source, rows=replace(source.rows, verbatims=emptied)), "x")
    assert not told["as_stored"]


def test_a_comment_in_a_language_with_words_is_told_by_them() -> None:
    """The words that make its sentiment, each with its worth."""
    told, words = explained("El servicio fue terrible", language="es")
    assert (told["status"], told["spans"], told["signs"]) == ("other_language", [], [])
    assert told["as_stored"]
    assert "another language than the model's (en): no theme is looked for." in words
    assert 'negative, by words of Spanish: "terrible"' in words


def test_a_comment_in_a_language_with_words_may_hold_none_of_them() -> None:
    """Neutral is not unknown."""
    assert (
        "Sentiment 0.00, neutral, by words of German: none of them"
        in explained("Zwei Stück", language="de")[1]
    )


@pytest.mark.parametrize(
    ("language", "named"), [("sv", "Swedish"), ("xx", "xx"), ("", "an unknown language")]
)
def test_a_comment_in_a_language_without_words_is_said_not_to_be_scored(language: str, named: str) -> None:
    """Nothing is guessed."""
    told, words = explained("Tjänsten var usel", language=language)
    assert (told["foreign"], told["sentiment"]) == (None, None)
    assert f"Sentiment: none, for there are no words of {named} here that tell how it feels." in words


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("es", "El servicio fue terrible. La app no funciona.", '"terrible"'),
        ("sv", "Tjänsten var usel. Appen kraschar.", "no words of Swedish"),
    ],
)
def test_an_export_in_another_language_is_explained_by_what_is_known_of_it(
    language: str, text: str, words: str
) -> None:
    """Its own words where there are some; of effort, emotion and the rest nothing is claimed."""
    config = make_config({"input": {"language": language}})
    told, said = explained(text, language=language, config=config)
    assert told["as_stored"]
    assert words in said
    assert [{name: span[name] for name in UNTOLD} for span in told["spans"]] == [UNTOLD] * len(told["spans"])
    assert len(told["spans"]) > 1

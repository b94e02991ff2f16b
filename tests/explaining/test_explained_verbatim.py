"""A comment explained: why it feels as it does and has its themes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_explained import Facts, one_with

from cx_text.explaining import (
    Source,
    explain_verbatim,
    in_words,
)
from cx_text.explaining.learned import evidence_for, topic_phrases
from cx_text.explaining.observed import UNTOLD
from cx_text.explaining.telling_verbatim import verbatim_in_words
from cx_text.records import VERBATIMS
from cx_text.scoring import built_in_topics


def test_what_spoke_for_the_themes_of_a_span_adds_up_to_the_scores_that_decide(source: Source) -> None:
    """Over all columns their softmax is how likely the model holds each theme."""
    rows = source.rows.verbatims.query("status == 'themed'").head(10).reset_index(drop=True)
    model = source.model
    spans = model.read(rows)[1]
    seen = model.seen(spans)
    found = model.assigner.predict(seen, spans.rows)
    assert len(spans) > len(rows)
    for span in range(len(spans)):
        columns = range(len(model.assigner.bias))
        scores = np.array([evidence_for(model, seen, spans, span, column)["score"] for column in columns])
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        assert found.likely[span] == pytest.approx(likely[: model.assigner.themes], abs=3e-4)


def test_the_parts_of_a_score_are_named_by_where_they_stand(source: Source) -> None:
    """Words of the span itself, those beside it, its sense and feeling, and where the theme starts from."""
    rows = source.rows.verbatims.query("status == 'themed'").head(10).reset_index(drop=True)
    spans = source.model.read(rows)[1]
    seen = source.model.seen(spans)
    for span in range(len(spans)):
        told = evidence_for(source.model, seen, spans, span, 0)
        parts = [told[name] for name in ("all_terms", "all_context", "sense", "feeling", "start")]
        assert told["score"] == pytest.approx(sum(parts))
        words = spans.texts[span].casefold()
        assert all(one["term"].split()[0] in words for one in told["terms"])
        alone = (spans.rows == spans.rows[span]).sum() == 1
        assert not (alone and told["context_terms"])


def test_every_verbatim_is_explained_as_it_is_stored(source: Source) -> None:
    """Its sentiment, its status, its themes, the main theme first, and what else it tells."""
    for name in source.rows.verbatims["verbatim_id"].iloc[:30]:
        told = explain_verbatim(source, name)
        assert told["as_stored"]
        assert {one["theme_id"] for one in told["spans"]} - {None} == set(told["theme_ids"])
        assert [one["theme_id"] for one in told["weights"]][:1] == told["theme_ids"][:1]
        assert all(told["text"][one["start"] : one["end"]] == one["text"] for one in told["spans"])


def test_a_span_tells_its_three_most_likely_themes_and_what_decided(source: Source) -> None:
    """Where the model decided, the most likely one is the theme."""
    told = explain_verbatim(source, one_with(source, "refund has not arrived"))
    span = told["spans"][0]
    assert span["decided"] == {"by": "model"}
    assert span["likely"][0]["theme_id"] == span["theme_id"]
    chances = [one["probability"] for one in span["likely"]]
    assert len(chances) == 3
    assert chances == sorted(chances, reverse=True)
    assert span["confidence"] == pytest.approx(chances[0])
    assert "refund" in " ".join(one["term"] for one in span["spoke_for_it"]["terms"])


def test_the_words_that_make_a_feeling_are_named(source: Source) -> None:
    """With their worth."""
    told = explain_verbatim(source, one_with(source, "friendly lady"))
    feelings = [span["feeling"] for span in told["spans"]]
    assert "friendly" in {word["said"] for one in feelings for word in one["opinions"]}
    assert {one["by"] for one in feelings} <= {"words", "reading", "theme"}


def test_a_short_answer_names_its_question(source: Source) -> None:
    """Its feeling is not that of its words."""
    rows = source.rows.verbatims.head(1).assign(text="the waiting time", question="What could we improve?")
    asking = replace(source, rows=replace(source.rows, verbatims=rows))
    [part] = explain_verbatim(asking, rows["verbatim_id"].iloc[0])["spans"]
    assert part["feeling"]["by"] in {"question", "theme"}
    assert part["feeling"]["by_reading"] == -0.5


@pytest.mark.parametrize(
    ("status", "words"),
    [("non_answer", "says nothing"), ("other_language", "in another language than the model's \\(en\\)")],
)
def test_a_comment_that_is_not_read_says_why(source: Source, status: str, words: str) -> None:
    """It has no parts and no theme."""
    rows = source.rows.verbatims
    told = explain_verbatim(source, rows[rows["status"] == status]["verbatim_id"].iloc[0])
    assert (told["spans"], told["weights"], told["theme_id"]) == ([], [], None)
    assert re.search(words, in_words(told))


def test_a_repeated_comment_names_the_first(source: Source) -> None:
    """A finding, not a score."""
    rows = source.rows.verbatims
    told = explain_verbatim(source, rows[rows["duplicate_of"].notna()]["verbatim_id"].iloc[0])
    assert f"It repeats {told['duplicate_of']}, which came first." in in_words(told)


def test_what_the_workspace_holds_otherwise_is_said(source: Source) -> None:
    """A correction by a person is no riddle."""
    name = one_with(source, "refund has not arrived")
    rows = source.rows.verbatims
    moved = rows.assign(sentiment=rows["sentiment"].mask(rows["verbatim_id"] == name, 0.9))
    told = explain_verbatim(replace(source, rows=replace(source.rows, verbatims=moved)), name)
    assert not told["as_stored"]
    assert "a person may have corrected it" in in_words(told)


def test_a_rule_that_people_made_is_named_where_it_decided(edited: Source) -> None:
    """With its phrase and the edit behind it."""
    told = explain_verbatim(edited, one_with(edited, "It was a present"))
    [span] = [one for one in told["spans"] if "present" in one["text"]]
    assert span["label"] == "presents"
    assert span["decided"]["by"] == "rule"
    assert (span["decided"]["rule"]["edit"], span["decided"]["phrases"]) == (1, ["a present"])
    assert span["spoke_for_it"] is None
    assert 'A rule decided, made by edit 1: it holds "a present".' in " ".join(in_words(told).split())


def test_built_in_topics_name_the_words_that_matched() -> None:
    """As they stand in the text."""
    topics = built_in_topics()[0]
    text = "I have been waiting on hold for an hour"
    held = topic_phrases(topics, topics.phrased(text)[0], text)
    assert held
    assert all(one in text.lower() for one in held)
    assert topic_phrases(topics, 0, "") == []


def test_rows_without_a_zone_or_a_value_do_not_break_an_explanation(source: Source) -> None:
    """A verbatim with nothing but an id and a text is explained, too."""
    frame = VERBATIMS.frame(
        pd.DataFrame({"verbatim_id": ["x"], "text": ["My refund has not arrived."], "language": ["en"]})
    )
    scored = source.model.score(frame)
    told = explain_verbatim(replace(source, rows=scored), "x")
    assert told["as_stored"]
    assert "From in language en." in in_words(told)


def span_facts(**changes: Any) -> Facts:
    """Return one span of a verbatim as its explanation has it."""
    feeling = {
        "sentiment": 0.0,
        "by": "words",
        "by_words": 0.0,
        "by_reading": 0.0,
        "opinions": [],
        "exclamations": 0,
        "questions": 0,
    }
    span: Facts = {
        "start": 0,
        "end": 4,
        "text": "late",
        "words": 1,
        "theme_id": "T0001",
        "label": "late",
        "confidence": 0.995,
        "decided": {"by": "model"},
        "likely": [],
        "spoke_for_it": None,
        "edits": [],
    }
    parts = {name: value for name, value in changes.items() if name in feeling}
    return UNTOLD | span | {"feeling": feeling | parts} | {k: v for k, v in changes.items() if k not in parts}


def word(said: str, valence: float, value: float, factor: float = 1.0, by: tuple[str, ...] = ()) -> Facts:
    """Return a word that counted."""
    return {"said": said, "valence": valence, "value": value, "factor": factor, "by": list(by)}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Sentiment 0.00: no word of it holds a feeling."),
        ({"opinions": [word("late", -1, -1)]}, '"late" \u22121.0.'),
        ({"opinions": [word("good", 1.9, -1.4, by=("not",))]}, 'not +1.9, for "not"'),
        ({"opinions": [word("good", 1.9, 2.85, 1.5)]}, 'for it follows a "but"'),
        ({"opinions": [word("good", 1.9, 0.95, 0.5)]}, 'what follows after "but", or because it is asked'),
        ({"opinions": [word("good", 1.9, 2.6)]}, "for its capitals"),
        (
            {"opinions": [word("late", -1, -1)], "exclamations": 1},
            "Exclamation and question marks make it stronger.",
        ),
        ({"by": "theme", "sentiment": -0.4}, 'that of the others who speak of "late" (T0001)'),
        ({"by": "reading", "by_words": 0.5}, "learned from people's comments; its words alone give +0.50."),
        ({"by": "question", "sentiment": -0.5}, "a question for what was bad."),
        ({"decided": {"by": "opinion"}}, "opinion without a reason"),
        ({"decided": {"by": "topic", "phrases": ["on hold"]}}, 'A built-in topic: it holds "on hold".'),
        ({"decided": {"by": "topic", "phrases": []}}, "it says one of its examples again"),
        (
            {"decided": {"by": "rule", "rule": {"edit": None}, "phrases": []}},
            "A rule decided, a small model of its own.",
        ),
        ({"edits": [2, 5]}, "By edit 2 and 5 what was found counts as this theme."),
        ({}, "over 99% sure"),
        (
            {"decided": {"by": "nobody", "why": "taken back", "theme_id": "T0009"}},
            "T0009, which is no theme any more",
        ),
        ({"decided": {"by": "nobody", "why": "no reason"}}, "names nothing"),
        ({"decided": {"by": "nobody", "why": "unknown words"}}, "knows none of its words"),
        ({"decided": {"by": "nobody", "why": "chatter"}}, "alike but name nothing"),
        ({"decided": {"by": "nobody", "why": "untaught"}}, "too few comments to learn themes from"),
        ({"decided": {"by": "nobody", "why": "unsure"}}, "the likeliest must have 15.0%"),
    ],
    ids=str,
)
def test_a_part_of_a_comment_is_told_in_plain_words(changes: Facts, words: str) -> None:
    """Each way to a feeling and each way to a theme has its own."""
    facts = {
        **dict.fromkeys(VERBATIMS.columns),
        "text": "late",
        "status": "themed",
        "sentiment": -0.1,
        "sentiment_label": "neutral",
        "created_at": None,
        "model_language": "en",
        "as_stored": True,
        "threshold": 0.15,
        "least_confidence": 0.15,
        "signs": [],
        "foreign": None,
        "weights": [],
        "spans": [span_facts(**changes)],
    }
    told = " ".join(line for _, body in verbatim_in_words(facts) for line in body)
    assert words in told

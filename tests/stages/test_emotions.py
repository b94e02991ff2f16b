"""Emotions of spans, by name."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.errors import WorkspaceError
from cx_text.exact import GRID
from cx_text.shipped import model_path
from cx_text.stages.emotions import (
    EDGE,
    EMOTIONS,
    MODEL,
    NONE,
    PLEASANT,
    Emotions,
    forbidden,
    read_cues,
    seen,
)
from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.vectors import StaticEncoder

SHIPPED = Emotions.shipped()
ENCODER = StaticEncoder()
SCORER = SentimentScorer()
GOLD = Path(__file__).parents[2] / "data" / "signals" / "emotions.tsv"
ROWS = list(csv.DictReader(GOLD.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=3))
TEXTS = [row["text"] for row in ROWS]


def told(texts: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Return emotions and chances of `texts`, scored as the pipeline does."""
    return SHIPPED.predict(texts, ENCODER.encode(texts), np.array([SCORER.score(text) for text in texts]))


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("I am furious about this", "anger"),
        ("I'm so fed up with this app", "frustration"),
        ("I was really disappointed with the room", "disappointment"),
        ("I don't understand this bill", "confusion"),
        ("I'm worried about my savings", "anxiety"),
        ("Finally sorted, what a relief", "relief"),
        ("Thank you so much for the help", "gratitude"),
        ("I love this shop, amazing!", "delight"),
        ("The shop opens at nine", ""),
        ("The room has a desk", ""),
        ("No thank you", ""),
        ("I'm not angry", ""),
        ("", ""),
    ],
)
def test_a_plain_feeling_is_named(text: str, emotion: str) -> None:
    """One each, facts without, and negated ones."""
    assert told([text])[0] == [emotion]


@settings(max_examples=30)
@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=12))
def test_a_span_has_the_same_answer_alone_and_in_a_batch(texts: list[str]) -> None:
    """To the last bit, chances too."""
    names, chances = told(texts)
    alone = [told([text]) for text in texts]
    assert names == [one for found, _ in alone for one in found]
    assert chances.tolist() == [one for _, found in alone for one in found.tolist()]


def test_no_emotion_contradicts_the_score() -> None:
    """Words of thanks with a bad score are no gratitude, and curses with a good one no anger."""
    vectors = ENCODER.encode(TEXTS)
    for score, refused in ((-0.5, PLEASANT), (0.5, ~PLEASANT)):
        names, _ = SHIPPED.predict(TEXTS, vectors, np.full(len(TEXTS), score))
        wrong = {name for name, bad in zip(EMOTIONS, refused, strict=True) if bad}
        assert not wrong & set(names)
        assert set(names) - {""}


def test_a_score_near_zero_allows_every_emotion() -> None:
    """The edge itself forbids."""
    assert not forbidden(np.array([0.0, EDGE - 1e-4, -EDGE + 1e-4])).any()
    assert forbidden(np.array([EDGE]))[0].tolist() == (~PLEASANT).tolist()
    assert forbidden(np.array([-EDGE]))[0].tolist() == PLEASANT.tolist()


def test_chances_belong_to_what_is_told() -> None:
    """0 where nothing is told, else above the chance of the toss among nine."""
    names, chances = told(TEXTS)
    for name, chance in zip(names, chances, strict=True):
        assert (chance == 0) == (name == "")
        assert chance == 0 or 1 / (NONE + 1) < chance <= 1


def test_no_spans_have_no_emotions() -> None:
    """An empty batch is fine."""
    names, chances = SHIPPED.predict([], np.zeros((0, 256)), np.zeros(0))
    assert names == []
    assert chances.shape == (0,)


def test_an_unsure_lead_is_not_told() -> None:
    """With margins that nothing reaches the model is silent."""
    shy = Emotions(SHIPPED.cues, SHIPPED.weights, SHIPPED.bias, np.full(NONE, 1e6))
    names, chances = shy.predict(TEXTS[:20], ENCODER.encode(TEXTS[:20]), np.zeros(20))
    assert set(names) == {""}
    assert not chances.any()


def test_the_model_sees_cues_marks_and_feelings() -> None:
    """The columns behind the vector, by hand."""
    row = seen(SHIPPED.cues, ["THANK YOU, I am glad!!!!"], np.zeros((1, 256)), np.array([0.5]))[0, 256:]
    assert row[:3].tolist() == [0.5, 0.5, 0.0]
    assert [name for name, one in zip(EMOTIONS, row[3:11], strict=True) if one] == ["gratitude"]
    assert row[11:].tolist() == [3, 0, 1, 0, 1, 0]


def test_a_negated_cue_is_none() -> None:
    """By the file's negation and reach."""
    cues = read_cues((model_path(MODEL) / "cues.toml").read_text(encoding="utf-8"))
    assert [hit.phrase.owner for hit in cues.hits("angry")] == [EMOTIONS.index("anger")]
    assert not list(cues.hits("not really angry"))


def test_all_numbers_lie_on_the_grid() -> None:
    """So that every sum is exact."""
    for array in (SHIPPED.weights, SHIPPED.bias, SHIPPED.margins):
        assert np.array_equal(array * GRID, np.rint(array * GRID))
    assert SHIPPED.weights.shape == (256 + 17, NONE + 1)
    assert (SHIPPED.margins >= 0).all()


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_emotions_are_told_rightly_on_sentences_that_nothing_was_learned_from(emotion: str) -> None:
    """Floors well below what was measured: a change for the worse shows."""
    rows = [row for row in ROWS if row["part"] == "test"]
    names, _ = told([row["text"] for row in rows])
    right = sum(row["emotion"] == name == emotion for row, name in zip(rows, names, strict=True))
    assert right / names.count(emotion) >= 0.75
    assert right / sum(row["emotion"] == emotion for row in rows) >= 0.6


def test_our_sentences_are_split_by_template() -> None:
    """No template in both parts, no sentence twice."""
    train = {row["template"] for row in ROWS if row["part"] == "train"}
    assert train.isdisjoint(row["template"] for row in ROWS if row["part"] == "test")
    assert len(set(TEXTS)) == len(TEXTS) >= 400


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_damaged_model_is_refused(tmp_path: Path, damage: str) -> None:
    """Never used, and said in one line."""
    folder = tmp_path / MODEL
    shutil.copytree(model_path(MODEL), folder)
    if damage == "changed":
        (folder / "cues.toml").write_text("format = 1", encoding="utf-8")
    else:
        (folder / "weights.npz").unlink()
    with pytest.raises(WorkspaceError, match="E_MODEL"):
        Emotions.read(folder)

"""Vectors: each text for itself, on the grid, from files that are what they were."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text import pieces
from cx_text.errors import WorkspaceError
from cx_text.exact import on_grid
from cx_text.shipped import model_path
from cx_text.stages import vectors as module
from cx_text.stages.vectors import (
    FEELING,
    Passage,
    SentenceEncoder,
    SpanFeatures,
    StaticEncoder,
    polarity,
    sentence_vectors,
    span_vectors,
    terms_of,
)

TEXTS = [
    "My refund has not arrived",
    "refund still missing",
    "The agent was friendly",
    "friendly and kind staff",
    "app crashes",
    "",
    "\U0001f600",
    "a much longer comment that goes on and on about the parcel that never came to my door " * 3,
]


@pytest.mark.parametrize("encode", [StaticEncoder().encode, sentence_vectors], ids=["static", "sentence"])
class TestEncoders:
    """What holds for both encoders."""

    def test_a_text_has_the_same_vector_alone_and_in_any_batch(self, encode) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Row i depends on text i alone, to the last bit."""
        together = encode(TEXTS)
        assert (np.concatenate([encode([text]) for text in TEXTS]) == together).all()
        assert (encode(TEXTS[::-1])[::-1] == together).all()
        assert (encode(TEXTS * 9)[: len(TEXTS)] == together).all()

    def test_vectors_lie_on_the_grid_and_have_length_one(self, encode) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Sums of products of them are exact."""
        vectors = encode(TEXTS[:5])
        assert (vectors * 4096 == np.rint(vectors * 4096)).all()
        assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 0.01

    def test_texts_that_mean_the_same_are_near(self, encode) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Otherwise no theme could be found."""
        cosine = encode(TEXTS[:5]) @ encode(TEXTS[:5]).T
        assert cosine[0, 1] > cosine[0, 2]
        assert cosine[2, 3] > cosine[2, 4]


@pytest.mark.parametrize(
    ("model", "file", "read"),
    [
        ("minilm-1", "tokenizer.json", pieces.tokenizer.__wrapped__),
        ("minilm-1", "model.onnx", lambda: SentenceEncoder()._session),
        ("static-1", "table.npy", module._token_vectors.__wrapped__),
    ],
)
def test_a_changed_model_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, file: str, read: Callable[[], object]
) -> None:
    """What was changed is never used."""
    shutil.copytree(model_path(model), tmp_path / model)
    with (tmp_path / model / file).open("ab") as out:
        out.write(b"x")
    for room in (module, pieces):
        monkeypatch.setattr(room, "model_path", lambda name: tmp_path / name)
    with pytest.raises(WorkspaceError, match=f"{model}: {file}"):
        read()


def test_terms_are_words_and_neighbouring_pairs() -> None:
    """Word order counts a little."""
    assert terms_of("Not my fault") == ["not", "my", "fault", "not my", "my fault"]


def test_opposite_feelings_are_far_apart_and_neutral_lies_between() -> None:
    """The dot product is the squared radius times the cosine of the angle."""
    negative, neutral, positive = polarity(np.array([-1.0, 0.0, 1.0]))
    assert negative @ positive == pytest.approx(-(FEELING**2), abs=1e-3)
    assert negative @ neutral == pytest.approx(0, abs=1e-6)
    assert neutral @ neutral == pytest.approx(FEELING**2, abs=1e-3)


def test_a_rare_term_is_not_kept() -> None:
    """A term needs enough distinct texts, so that nobody's own words enter a model."""
    features = SpanFeatures.fit(["refund late"] * 5 + ["secret word"] * 4)
    assert features.terms == ("late", "refund", "refund late")


def test_features_of_a_text_are_the_same_alone_and_in_a_batch() -> None:
    """Scoring a single comment equals scoring the night."""
    texts = ["refund late again", "refund came", "nothing known here", "late late refund"]
    features = SpanFeatures.fit(texts * 2 + ["refund late"] * 5, minimum=2)
    vectors, feelings = StaticEncoder().encode(texts), np.array([-0.5, 0.5, 0.0, -0.2])
    together = features.transform(texts, vectors, feelings)
    for row, text in enumerate(texts):
        alone = features.transform([text], vectors[[row]], feelings[[row]])
        assert (alone.dense[0] == together.dense[row]).all()
        assert (alone.counted.toarray()[0] == together.counted.toarray()[row]).all()
    assert (together.dense == on_grid(together.dense)).all()
    assert (together.counted.data == on_grid(together.counted.data)).all()


def test_of_no_text_there_are_no_features() -> None:
    """A night may bring nothing that is asked about; the columns are the same."""
    features = SpanFeatures.fit(["refund late"] * 5)
    seen = features.transform([], np.zeros((0, 4)), np.zeros(0))
    assert (seen.dense.shape, seen.counted.shape) == ((0, 6), (0, len(features.terms)))


def test_without_terms_the_vector_and_the_feeling_remain() -> None:
    """Few texts still can be compared."""
    features = SpanFeatures.fit(["one", "two"])
    assert features.terms == ()
    seen = features.transform(["x"], np.zeros((1, 4)), np.zeros(1))
    assert (seen.dense.shape, seen.counted.shape, seen.width) == ((1, 6), (1, 0), 6)


LONG = "The parcel that I had ordered for my sister lay in the rain behind the bins. "
PASSAGES: list[Passage] = [
    ("I ordered a lamp. It never came.", [(0, 17), (18, 32)]),
    ("I ordered a refund. It never came.", [(0, 19), (20, 34)]),
    ("It never came.", [(0, 14)]),
    ("", []),
    ("!", [(0, 1)]),
    ("My own words. \U0001f600 At the end.", [(0, 13), (14, 15), (16, 27)]),
    (LONG * 20, [(number * len(LONG), (number + 1) * len(LONG) - 1) for number in range(20)]),
    ("nothing wanted of this one", []),
]
SPANS = sum(len(spans) for _, spans in PASSAGES)


class TestLateChunking:
    """Vectors of spans, each read among the words around it."""

    def test_spans_have_the_same_vectors_alone_and_in_any_batch(self) -> None:
        """Row by row, to the last bit: forwards, backwards, many times, one passage at a time."""
        together = span_vectors(PASSAGES)
        assert together.shape == (SPANS, 384)
        assert (np.concatenate([span_vectors([one]) for one in PASSAGES]) == together).all()
        assert (span_vectors(PASSAGES * 9) == np.tile(together, (9, 1))).all()
        ends = np.cumsum([len(spans) for _, spans in PASSAGES])
        backwards = np.split(span_vectors(PASSAGES[::-1]), len(together) - ends[::-1])
        assert (np.concatenate(backwards[::-1]) == together).all()

    def test_a_span_is_read_among_the_words_around_it(self) -> None:
        """What "it" is, stands in the span before."""
        lamp, refund, bare = (span_vectors([one])[-1] for one in PASSAGES[:3])
        about = sentence_vectors(["My lamp was not delivered", "My refund was not paid"])
        assert (lamp != bare).any()
        assert about[0] @ lamp > about[0] @ refund
        assert about[1] @ refund > about[1] @ lamp

    def test_only_the_words_in_spans_are_read(self) -> None:
        """What is no span, a template for one, says nothing."""
        text = "How did we do? It never came."
        assert (span_vectors([(text, [(15, 29)])]) == span_vectors([PASSAGES[2]])).all()

    def test_a_span_without_a_word_piece_has_no_vector(self) -> None:
        """Blanks where a handle was."""
        vectors = span_vectors([("Help.        ", [(0, 5), (6, 12)])])
        assert np.linalg.norm(vectors[0]) > 0.9
        assert not vectors[1].any()

    def test_a_long_passage_is_read_in_windows_of_whole_spans(self) -> None:
        """Each window is read for itself: twenty sentences of 17 pieces, seven fit into one."""
        text, spans = PASSAGES[6]
        vectors = span_vectors([(text, spans)])
        assert (vectors[7:14] == vectors[:7]).all()
        assert (vectors[14:] != vectors[:6]).any()
        assert (vectors[:7] == span_vectors([(text, spans[:7])])).all()

    def test_of_a_span_longer_than_a_window_its_beginning_counts(self) -> None:
        """More of the same changes nothing."""
        assert (sentence_vectors([LONG * 30]) == sentence_vectors([LONG * 9])).all()

    def test_no_passage_gives_no_vector(self) -> None:
        """An empty sample is no special case."""
        assert span_vectors([]).shape == (0, 384)
        assert span_vectors([("No span is asked for", [])]).shape == (0, 384)

    @settings(max_examples=15)
    @given(st.lists(st.text(max_size=80), max_size=4))
    def test_any_text_can_be_read(self, texts: list[str]) -> None:
        """Halves of characters and marks of all kinds: one vector a span, of length 0 or about 1."""
        passages: list[Passage] = [
            (text, [(0, len(text) // 2), (len(text) // 2, len(text))]) for text in texts
        ]
        length = np.linalg.norm(span_vectors(passages), axis=1)
        assert len(length) == 2 * len(texts)
        assert ((length == 0) | (np.abs(length - 1) < 0.01)).all()

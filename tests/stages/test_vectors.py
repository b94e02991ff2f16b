"""Vectors: each text for itself, on the grid, from files that are what they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cx_text.errors import WorkspaceError
from cx_text.shipped import model_path
from cx_text.stages.vectors import (
    FEELING,
    SpanFeatures,
    StaticEncoder,
    checked,
    polarity,
    sentence_vectors,
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


def test_a_changed_or_missing_model_file_is_refused(tmp_path: Path) -> None:
    """What was changed is never used."""
    copy = tmp_path / "static-1"
    shutil.copytree(model_path("static-1"), copy)
    assert checked(copy) == copy
    with (copy / "table.npy").open("ab") as file:
        file.write(b"x")
    with pytest.raises(WorkspaceError, match=r"table\.npy is missing or was changed"):
        checked(copy)
    (copy / "table.npy").unlink()
    with pytest.raises(WorkspaceError, match=r"table\.npy"):
        checked(copy)


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
    together = features.transform(texts, vectors, feelings).toarray()
    for row, text in enumerate(texts):
        alone = features.transform([text], vectors[[row]], feelings[[row]]).toarray()
        assert (alone[0] == together[row]).all()
    assert (together * 4096 == np.rint(together * 4096)).all()


def test_without_terms_the_vector_and_the_feeling_remain() -> None:
    """Few texts still can be compared."""
    features = SpanFeatures.fit(["one", "two"])
    assert features.terms == ()
    assert features.transform(["x"], np.zeros((1, 4)), np.zeros(1)).shape == (1, 6)

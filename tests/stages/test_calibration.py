"""The layer that ratings teach: what it finds, what it leaves alone, and how little a text says of itself."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from cx_text.config import Sentiment
from cx_text.exact import GRID, on_grid, unit_rows
from cx_text.stages import calibration
from cx_text.stages.calibration import Calibration, Rated, concordance, learned, out_of_fold
from cx_text.stages.sentiment import combine

DIMENSIONS = 256
DATA = Path(__file__).parents[2].parent / "shared" / "data"
THRESHOLD = Sentiment().threshold


def joined(scores: Sequence[float], words: Sequence[float]) -> tuple[float, str]:
    """Return score and label of a text, of its spans', by the default threshold."""
    return combine(scores, words, THRESHOLD)


def made_up(texts: int = 400, high: float = 0.6, told: float = 0.3, seed: int = 0) -> Rated:
    """Return texts of 1 to 3 spans whose vectors tell of the rating, the first score only a little.

    `high` is the share of good ratings, `told` how clearly vectors tell of them.
    """
    rng = np.random.default_rng(seed)
    ratings = np.where(rng.random(texts) < high, 1.0, -1.0)
    rows = np.repeat(np.arange(texts), rng.integers(1, 4, texts))
    topics = unit_rows(rng.normal(size=(12, DIMENSIONS)))
    feeling = unit_rows(rng.normal(size=(1, DIMENSIONS)))[0]
    vectors = topics[rng.integers(0, 12, len(rows))] + told * 0.5 * np.outer(ratings[rows], feeling)
    scores = np.clip(0.15 * ratings[rows] + rng.normal(0, 0.35, len(rows)), -1, 1)
    return Rated(
        keys=[f"text {number}" for number in range(texts)],
        ratings=ratings,
        rows=rows,
        vectors=on_grid(unit_rows(vectors + 0.3 * rng.normal(size=vectors.shape) / 16)),
        scores=np.round(scores, 4) * (rng.random(len(rows)) < 0.8),
        words=rng.integers(1, 30, len(rows)).astype(np.float64),
    )


def layer(rng: np.random.Generator) -> Calibration:
    """Return a layer with random weights."""
    return Calibration(on_grid(rng.normal(0, 0.1, DIMENSIONS)), 300, 0.8, 0.9, (0.05, 0.15))


def score_of(texts: Rated, weights: np.ndarray) -> np.ndarray:
    """Return what would be published of each text with these weights."""
    frozen = Calibration(weights, 0, 0.0, 0.0, (0.0, 0.0))
    return texts.told(frozen.adjusted(texts.scores, texts.vectors), joined)[0]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(0, 999))
def test_a_span_is_moved_the_same_alone_in_a_batch_and_in_any_order(spans: int, seed: int) -> None:
    """To the last bit."""
    rng = np.random.default_rng(seed)
    found = layer(rng)
    vectors = on_grid(unit_rows(rng.normal(size=(spans, DIMENSIONS))))
    scores = np.round(rng.uniform(-1, 1, spans), 4)
    together = found.adjusted(scores, vectors)
    alone = [float(found.adjusted(scores[[at]], vectors[[at]])[0]) for at in range(spans)]
    assert together.tolist() == alone
    assert found.adjusted(scores[::-1], np.ascontiguousarray(vectors[::-1])).tolist() == alone[::-1]
    assert np.abs(together).max() <= 1
    assert together.tolist() == np.round(together, 4).tolist()


@pytest.mark.parametrize(
    ("score", "told", "moved"),
    [
        (0.1, 0.125, 0.225),
        (0.1, -0.125, -0.025),
        (0.1, 2.0, 0.4),
        (0.25, -2.0, -0.05),
        (0.9, 0.25, 1.0),
        (-0.9, -2.0, -1.0),
    ],
)
def test_a_span_is_moved_by_what_its_vector_tells_within_limits(
    score: float, told: float, moved: float
) -> None:
    """By .3 at most, and never beyond -1 and 1."""
    weights = np.zeros(DIMENSIONS)
    weights[7] = told
    vector = np.zeros((1, DIMENSIONS))
    vector[0, 7] = 1
    found = Calibration(weights, 300, 0.8, 0.9, (0.05, 0.15))
    assert found.adjusted(np.array([score]), vector).tolist() == [moved]


def test_a_span_without_known_words_keeps_its_score() -> None:
    """Its vector is 0."""
    scores = np.array([-1.0, -0.1234, 0.0, 0.5, 1.0])
    found = layer(np.random.default_rng(1)).adjusted(scores, np.zeros((5, DIMENSIONS)))
    assert found.tolist() == scores.tolist()


def test_no_spans_are_moved_to_no_scores() -> None:
    """Nothing in, nothing out."""
    found = layer(np.random.default_rng(1)).adjusted(np.zeros(0), np.zeros((0, DIMENSIONS)))
    assert found.shape == (0,)


@pytest.mark.parametrize(
    ("values", "area"),
    [
        ([0.1, 0.2, 0.3, 0.4], 1.0),
        ([0.4, 0.3, 0.2, 0.1], 0.0),
        ([0.1, 0.3, 0.2, 0.4], 0.75),
        ([0.1, 0.3, 0.3, 0.4], 0.875),
        ([0.0, 0.0, 0.0, 0.0], 0.5),
    ],
)
def test_concordance_counts_pairs_and_ties_as_half(values: list[float], area: float) -> None:
    """Two low ratings, two high ones, and one in the middle that is not asked."""
    sides = np.array([-1, -1, 1, 1, 0])
    scores = np.array([*values, 0.25])
    areas, gain = concordance(scores, scores, sides)
    assert areas == (area, area)
    assert gain == (0.0, 0.0)


def test_the_interval_of_the_gain_is_that_of_delong() -> None:
    """Recounted pair by pair: the variance of the differences of both sides' shares, by their numbers."""
    rng = np.random.default_rng(5)
    sides = np.repeat([-1, 1], [40, 25])
    before = np.round(sides * 0.2 + rng.normal(size=65), 1)
    after = np.round(sides * 0.6 + rng.normal(size=65), 1)

    def won(values: np.ndarray) -> np.ndarray:
        """Return for each pair of low and high 1, 1/2 or 0."""
        pairs = [[(h > w) + (h == w) / 2 for h in values[40:]] for w in values[:40]]
        return np.array(pairs)

    difference = won(after) - won(before)
    error = np.sqrt(difference.mean(axis=1).var(ddof=1) / 40 + difference.mean(axis=0).var(ddof=1) / 25)
    areas, gain = concordance(before, after, sides)
    assert areas[1] - areas[0] == pytest.approx(difference.mean())
    assert gain == pytest.approx((difference.mean() - 1.96 * error, difference.mean() + 1.96 * error))


def test_what_vectors_tell_of_ratings_is_learned() -> None:
    """High and low ratings are told apart better, on texts that were not learned from, and labels fit."""
    texts = made_up()
    found = learned(texts, joined)
    assert found is not None
    assert found.learned_from == 400
    assert found.gain[0] > 0.02
    assert found.after > found.before + 0.05
    assert found.before == pytest.approx(concordance_of(texts, texts.scores))
    assert found.after == pytest.approx(concordance_of(*held_out(texts)))


def concordance_of(texts: Rated, scores: np.ndarray) -> float:
    """Return how often a text rated high scores above one rated low."""
    values = texts.told(scores, joined)[0]
    low, high = values[texts.ratings < 0].tolist(), values[texts.ratings > 0].tolist()
    won = [float(good > bad) + float(good == bad) / 2 for bad, good in product(low, high)]
    return sum(won) / len(won)


def held_out(texts: Rated) -> tuple[Rated, np.ndarray]:
    """Return texts in order and the scores that others' ratings give their spans."""
    ordered = texts.usable()
    return ordered, out_of_fold(ordered, joined)


def test_a_rating_says_nothing_about_its_own_score_out_of_fold() -> None:
    """Turned round, it leaves the score of its text as it was, and moves others."""
    texts = made_up().usable()
    turned = texts.ratings.copy()
    turned[17] *= -1
    before, after = (out_of_fold(one, joined) for one in (texts, replace(texts, ratings=turned)))
    own = texts.rows == 17
    assert np.array_equal(before[own], after[own])
    assert not np.array_equal(before, after)


@pytest.mark.parametrize(("texts", "high"), [(299, 0.5), (400, 0.95), (400, 0.05)])
def test_too_few_ratings_teach_nothing(texts: int, high: float) -> None:
    """Below 300 texts, or below 30 on one side."""
    rated = made_up(texts, high)
    if texts >= calibration.MINIMUM:
        assert min((rated.ratings < 0).sum(), (rated.ratings > 0).sum()) < calibration.EACH_SIDE
    assert learned(rated, joined) is None


def test_ratings_without_a_relation_to_the_texts_are_hardly_ever_used() -> None:
    """Dealt out at random 20 times: once at most."""
    texts, draws = made_up(320), np.random.default_rng(11)
    found = [learned(replace(texts, ratings=draws.permutation(texts.ratings)), joined) for _ in range(20)]
    assert sum(one is not None for one in found) <= 1


def test_a_layer_that_makes_labels_fit_less_is_not_used() -> None:
    """Though it tells high from low better: here every score that was moved loses its right label."""
    texts = made_up()
    values = texts.told(texts.scores, joined)[0]
    right = {
        value: "positive" if side > 0 else "negative"
        for value, side in zip(values.tolist(), texts.sides.tolist(), strict=True)
    }

    def spoilt(scores: Sequence[float], words: Sequence[float]) -> tuple[float, str]:
        """Return the right label where the score is the old one."""
        value = joined(scores, words)[0]
        return value, right.get(value, "neutral")

    assert learned(texts, joined) is not None
    assert learned(texts, spoilt) is None


def test_texts_whose_words_are_all_unknown_teach_nothing() -> None:
    """Their vectors are 0."""
    texts = made_up()
    assert learned(replace(texts, vectors=np.zeros_like(texts.vectors)), joined) is None


def test_any_order_of_the_texts_and_any_number_of_threads_teach_the_same() -> None:
    """To the last bit."""
    texts = made_up()
    first = learned(texts, joined)
    assert first is not None
    for seed, threads in ((1, 1), (2, 2)):
        mixed = texts.of(np.random.default_rng(seed).permutation(len(texts.keys)))
        with threadpool_limits(threads):
            again = learned(mixed, joined)
        assert again is not None
        assert again.weights.tolist() == first.weights.tolist()
        assert replace(again, weights=first.weights) == replace(first, weights=first.weights)


def test_texts_without_rating_or_without_spans_change_nothing() -> None:
    """They are left out before anything is counted."""
    texts = made_up()
    more = made_up(50, seed=9)
    wider = Rated(
        keys=[*texts.keys, *(f"unrated {key}" for key in more.keys), "says nothing"],
        ratings=np.array([*texts.ratings, *[np.nan] * 50, -1.0]),
        rows=np.concatenate([texts.rows, more.rows + 400]),
        vectors=np.concatenate([texts.vectors, more.vectors]),
        scores=np.concatenate([texts.scores, more.scores]),
        words=np.concatenate([texts.words, more.words]),
    )
    found, same = learned(texts, joined), learned(wider, joined)
    assert found is not None
    assert same is not None
    assert same.learned_from == 400
    assert same.weights.tolist() == found.weights.tolist()


def test_weights_lie_on_the_grid() -> None:
    """So that sums with them are exact."""
    found = learned(made_up(), joined)
    assert found is not None
    assert found.weights.shape == (DIMENSIONS,)
    assert np.array_equal(np.rint(found.weights * GRID), found.weights * GRID)


def test_a_happy_export_does_not_make_other_comments_happy() -> None:
    """Nine ratings of ten are good, and all texts share a turn of speech: it counts for nothing."""
    texts = made_up(900, high=0.9)
    shared = unit_rows(np.random.default_rng(3).normal(size=(1, DIMENSIONS)))[0]
    texts = replace(texts, vectors=on_grid(unit_rows(texts.vectors + shared)))
    found = learned(texts, joined)
    assert found is not None
    request = on_grid(shared[None])
    assert abs(float(found.adjusted(np.zeros(1), request)[0])) < 0.02
    sides = texts.sides[texts.rows]
    moved = found.adjusted(np.zeros(len(sides)), texts.vectors)
    assert abs(moved[sides < 0].mean() + moved[sides > 0].mean()) < 0.02
    assert moved[sides > 0].mean() > moved[sides < 0].mean() + 0.05


def moves(texts: Rated, chosen: Sequence[int]) -> tuple[list[float], list[float]]:
    """Return how far the score of each of the `chosen` moves without its text, and with its rating turned."""
    frozen = score_of(texts, calibration._weights(texts, joined))
    left_out: list[float] = []
    turned: list[float] = []
    for one in chosen:
        own = texts.of(np.array([one]))
        rest = texts.of(np.delete(np.arange(len(texts.keys)), one))
        other = texts.ratings.copy()
        other[one] = -1.0 if other[one] > 0 else 1.0
        for found, taught in ((left_out, rest), (turned, replace(texts, ratings=other))):
            score = score_of(own, calibration._weights(taught, joined))[0]
            found.append(abs(float(score - frozen[one])))
    return left_out, turned


@pytest.mark.parametrize(("texts", "high"), [(320, 0.5), (330, 0.9), (400, 0.6)])
def test_a_rating_moves_the_score_of_its_own_text_by_less_than_two_hundredths(
    texts: int, high: float
) -> None:
    """Left out, or turned round: all is learned again, for the texts that weigh most and for others."""
    rated = made_up(texts, high).usable()
    rare = np.flatnonzero(rated.ratings < 0)[:30].tolist()
    left_out, turned = moves(rated, [*rare, *range(0, texts, 16)])
    assert 0 < max(left_out) < 0.02
    assert max(turned) < 0.02


def test_a_plain_ridge_would_let_texts_speak_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the smaller weight of such texts that holds the bound."""
    rated = made_up(330, 0.9).usable()
    monkeypatch.setattr(calibration, "MOST_MOVED", 100.0)
    left_out, _ = moves(rated, np.flatnonzero(rated.ratings < 0)[:10].tolist())
    assert max(left_out) > 0.02


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the public sets are not beside the project")
def test_ratings_of_real_exports_teach_and_no_text_speaks_for_itself() -> None:
    """Learned again without each of 60 texts, also with its rating turned: comments of an online shop."""
    from sentiment_ratings import rated  # noqa: PLC0415 - needs the sets

    texts = rated("shopzilla, CSAT 1-5", Namespace(data=DATA, rows=0)).usable()
    found = learned(texts, joined)
    assert found is not None
    assert found.after > found.before > 0.8
    low = np.flatnonzero(texts.sides < 0)[:20].tolist()
    left_out, turned = moves(texts, [*low, *range(0, len(texts.keys), len(texts.keys) // 40)])
    assert max(left_out) < 0.02
    assert max(turned) < 0.02

"""What the ratings of an export teach about its words: the third layer of sentiment.

A ridge regression learns what the comments' static vectors tell of a rating beyond what the first two
layers say. It is used only where scores of texts that it did not learn from get better, and no text
has much say in its own score, so that its rating can still be held against it.

Reference: Hoerl & Kennard 1970, Ridge Regression; Mallows 1975, On Some Topics in Robustness (weights
that bound what a single row can do); DeLong, DeLong & Clarke-Pearson 1988, Comparing the Areas under
Two or More Correlated ROC Curves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import fmean

import numpy as np
from threadpoolctl import threadpool_limits

from cx_text.exact import on_grid, unit_rows
from cx_text.text import digest_of

MINIMUM, EACH_SIDE = 300, 30
"""Fewest distinct texts with a rating to learn from, and fewest with a low and with a high one."""

MIDDLE = 0.3
"""Ratings (-1..1) nearer to 0 are neither low nor high: 3 of 1 to 5, 5 and 6 of 1 to 10."""

FOLDS = 5

TURNED = 0.5
"""How often a text rated high scores above one rated low by chance."""

RIDGE = float(EACH_SIDE)
"""So many texts must speak of a thing before half of what they tell about it is believed."""

MOST_MOVED = 0.008
"""How far a rating moves the score of its own text at most, for each 1 that it is off (of 2 at most)."""

STEP = 0.02
"""How far spans are moved to see how steeply their text follows."""

PASSES = 2
"""Steepness is looked at where the layers below put a text, then where the ratings move it."""

LIMIT = 0.3
"""The most that a span's score is moved: from clearly good to neutral, not to bad."""

DECIMALS = 4

Combine = Callable[[Sequence[float], Sequence[float]], tuple[float, str]]
"""Scores and words of a text's spans -> its score and label."""


@dataclass(frozen=True)
class Calibration:
    """What ratings taught; a frozen value that holds no one's words.

    Attributes:
        weights: what is added to a span's score for its vector, on the grid (256,).
        learned_from: number of distinct texts with a rating that it learned from.
        before: how often (0..1) a text rated high scored above one rated low, without this layer.
        after: the same with it, for texts that it did not learn from.
        gain: 95 % interval of `after` - `before`.
    """

    weights: np.ndarray
    learned_from: int
    before: float
    after: float
    gain: tuple[float, float]

    def adjusted(self, scores: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        """Return scores of n spans in [-1, 1] with 4 decimals: those of two layers moved by the third.

        A span without a known word, whose vector is 0, keeps its score.

        Args:
            scores: what the layers below say (n,).
            vectors: static vectors, on the grid (n, 256).
        """
        return _moved(scores, vectors @ self.weights)


@dataclass(frozen=True)
class Rated:
    """Distinct texts with ratings, and their spans.

    Attributes:
        keys: what tells a text from others, such as `cx_text.text.text_key`; each once (n,).
        ratings: -1 (worst) to 1 (best), NaN for none (n,).
        rows: which text each span is of, ascending (m,).
        vectors: static vectors of the spans, on the grid (m, 256).
        scores: how the layers below read the spans, -1..1 (m,).
        words: the number of words of each span, at least 1 (m,).
    """

    keys: Sequence[str]
    ratings: np.ndarray
    rows: np.ndarray
    vectors: np.ndarray
    scores: np.ndarray
    words: np.ndarray

    @cached_property
    def sides(self) -> np.ndarray:
        """-1 for each low rating, 1 for a high one, 0 for the middle (n,)."""
        sides: np.ndarray = np.sign(self.ratings) * (np.abs(self.ratings) >= MIDDLE)
        return sides

    @cached_property
    def means(self) -> np.ndarray:
        """What each text says: the mean of its spans' vectors, by the roots of their words (n, 256)."""
        roots = np.sqrt(self.words)
        sums = np.zeros((len(self.keys), self.vectors.shape[1]))
        np.add.at(sums, self.rows, roots[:, None] * self.vectors)
        means: np.ndarray = sums / np.bincount(self.rows, roots, len(self.keys))[:, None]
        return means

    def told(self, scores: np.ndarray, combine: Combine) -> tuple[np.ndarray, list[str]]:
        """Return score (n,) and label of each text, of its spans' `scores` (m,)."""
        edges = np.searchsorted(self.rows, np.arange(len(self.keys) + 1)).tolist()
        values, words = scores.tolist(), self.words.tolist()
        found = [combine(values[low:high], words[low:high]) for low, high in pairwise(edges)]
        return np.array([value for value, _ in found]), [label for _, label in found]

    def of(self, texts: np.ndarray) -> Rated:
        """Return the texts with these numbers, in this order, and their spans."""
        edges = np.searchsorted(self.rows, [texts, texts + 1]).T
        spans = np.array([span for low, high in edges for span in range(low, high)], dtype=np.int64)
        return Rated(
            keys=[self.keys[text] for text in texts],
            ratings=self.ratings[texts],
            rows=np.repeat(np.arange(len(texts)), edges[:, 1] - edges[:, 0]),
            vectors=self.vectors[spans],
            scores=self.scores[spans],
            words=self.words[spans],
        )

    def usable(self) -> Rated:
        """Return the texts with a rating and a span, in an order that their keys alone decide."""
        order = sorted(range(len(self.keys)), key=lambda text: digest_of(self.keys[text]))
        spoken = np.isin(np.arange(len(self.keys)), self.rows) & ~np.isnan(self.ratings)
        return self.of(np.array([text for text in order if spoken[text]], dtype=np.int64))


def learned(rated: Rated, combine: Combine) -> Calibration | None:
    """Return what the ratings teach, the same for any order of the texts; None where it is of no use.

    It is of use where, for texts that were not learned from, high ratings are told from low ones better
    than before (beyond chance: the whole 95 % interval) and the label fits the rating as often at least.
    None, too, below 300 distinct texts with a rating or 30 with a low or a high one, and where ratings
    mostly contradict the words: then the scale may be turned round.
    """
    texts = rated.usable()
    if len(texts.keys) < MINIMUM or min((texts.sides < 0).sum(), (texts.sides > 0).sum()) < EACH_SIDE:
        return None
    before, old_labels = texts.told(texts.scores, combine)
    after, labels = texts.told(out_of_fold(texts, combine), combine)
    areas, gain = concordance(before, after, texts.sides)
    if (
        areas[0] <= TURNED
        or gain[0] <= 0
        or _fitting(labels, texts.sides) < _fitting(old_labels, texts.sides)
    ):
        return None
    return Calibration(_weights(texts, combine), len(texts.keys), *areas, gain)


def out_of_fold(texts: Rated, combine: Combine) -> np.ndarray:
    """Return the scores of spans (m,) as each is moved by what the texts of other folds teach.

    `texts` are `usable`; their keys alone decide which fold each is in.
    """
    folds = np.arange(len(texts.keys)) % FOLDS
    scores = texts.scores.copy()
    for fold in range(FOLDS):
        weights = _weights(texts.of(np.flatnonzero(folds != fold)), combine)
        held = folds[texts.rows] == fold
        scores[held] = _moved(texts.scores[held], texts.vectors[held] @ weights)
    return scores


def concordance(
    before: np.ndarray, after: np.ndarray, sides: np.ndarray
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return how often high ratings score above low ones, before and after, and the gain's 95 % interval.

    Ties count half. `sides` (n,) is -1 for low, 1 for high ratings, and 0 for those not asked.

    >>> areas, gain = concordance(np.array([0, 1, 0, 1]), np.array([0, 1, 2, 3]), np.array([-1, -1, 1, 1]))
    >>> areas
    (0.5, 1.0)
    """
    pairs = [(values[sides < 0], values[sides > 0]) for values in (before, after)]
    below = [_share_above(low, high) for low, high in pairs]
    above = [_share_above(-high, -low) for low, high in pairs]
    areas = fmean(below[0]), fmean(below[1])
    error = math.sqrt(sum(np.var(new - old, ddof=1) / len(new) for old, new in (below, above)))
    gain = areas[1] - areas[0]
    return areas, (gain - 1.96 * error, gain + 1.96 * error)


def _share_above(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return for each of `low` the share of `high` that is above it, ties as half."""
    ordered = np.sort(high)
    ends = np.searchsorted(ordered, low, "left") + np.searchsorted(ordered, low, "right")
    share: np.ndarray = 1 - ends / (2 * len(high))
    return share


def _fitting(labels: Sequence[str], sides: np.ndarray) -> float:
    """Return how often a label fits the rating: the mean of the shares of low, middle and high ones."""
    told = np.array([{"negative": -1, "positive": 1}.get(label, 0) for label in labels])
    return fmean(float(np.mean(told[sides == side] == side)) for side in np.unique(sides))


def _weights(texts: Rated, combine: Combine) -> np.ndarray:
    """Return weights on the grid (256,) for what the vectors of `texts` tell about their ratings.

    Low and high ratings weigh the same, and what all texts say counts for nothing: a happy export is no
    reason to find a new comment happy. Leaving out a text changes the weights by its own vector times
    what is left of its rating (at most 2), times its part in the sum, over `RIDGE` or more; the part is
    so small that its own score moves by less than `MOST_MOVED` times that.
    """
    with threadpool_limits(1):
        counted = _balanced(np.ones(len(texts.keys)), texts.sides)
        counted *= len(counted) / counted.sum()
        usual = unit_rows((counted @ texts.means)[None])[0]
        means = texts.means - np.outer(texts.means @ usual, usual)
        wanted = texts.ratings - texts.told(texts.scores, combine)[0]
        own = (texts.vectors * means[texts.rows]).sum(axis=1)
        weights = np.zeros(len(usual))
        for _ in range(PASSES):
            reach = _steepness(texts, texts.vectors @ weights, own, combine) / RIDGE
            counted = _balanced(counted / np.maximum(counted * reach / MOST_MOVED, 1), texts.sides)
            seen = (means * counted[:, None]).T
            weights = np.linalg.solve(seen @ means + RIDGE * np.eye(len(usual)), seen @ wanted)
        return on_grid(weights)


def _steepness(texts: Rated, shifts: np.ndarray, own: np.ndarray, combine: Combine) -> np.ndarray:
    """Return how fast the score of each text moves (n,), where spans moved by `shifts` move on by `own`."""
    places = [_moved(texts.scores, shifts + step * own) for step in (-STEP, 0, STEP)]
    told = [texts.told(scores, combine)[0] for scores in places]
    steepest: np.ndarray = np.abs(np.diff(told, axis=0)).max(axis=0) / STEP
    return steepest


def _balanced(counted: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Return weights of texts (n,) with the heavier side made as light as the other."""
    low, high = counted[sides < 0].sum(), counted[sides > 0].sum()
    parts = np.array([min(low, high) / low, min(low, high) / high])
    balanced: np.ndarray = counted * np.select([sides < 0, sides > 0], parts, 1.0)
    return balanced


def _moved(scores: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Return `scores` moved by `shifts`, by `LIMIT` at most, within [-1, 1], with 4 decimals."""
    moved: np.ndarray = np.clip(scores + np.clip(shifts, -LIMIT, LIMIT), -1, 1)
    return np.round(moved, DECIMALS)

"""A linear model that assigns themes to spans, fast and exact, and the ids that themes keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from cx_text.exact import on_grid
from cx_text.features import Seen, context
from cx_text.groups import NONE, jaccard

SAME = 0.3
"""A theme keeps its id where at least this share of both (Jaccard) is common with the old one."""


def keep_ids(labels: np.ndarray, before: np.ndarray, old_ids: Sequence[str], next_number: int) -> list[str]:
    """Return a `theme_id` for each theme in `labels`: the old one where it is the same theme.

    Args:
        labels: new theme number of each span (n,).
        before: old theme number of the same spans (n,), an index into `old_ids`.
        old_ids: ids of the old themes.
        next_number: number of the first id never given so far.
    """
    count = int(labels.max(initial=NONE)) + 1
    overlap = jaccard(labels, before, count)
    matched = dict(zip(*linear_sum_assignment(-overlap), strict=True))
    ids = []
    for theme in range(count):
        old = matched.get(theme)
        if old is not None and overlap[theme, old] >= SAME:
            ids.append(old_ids[old])
        else:
            ids.append(f"T{next_number:04d}")
            next_number += 1
    return ids


@dataclass(frozen=True)
class Assigned:
    """What a model says of n spans and k themes.

    Attributes:
        themes: the theme of each span (n,), `NONE` where it is not sure.
        confidence: how sure it is of that theme (n,), 0..1; 0 for none.
        likely: how likely each theme is (n, k), 0..1, on the grid.
    """

    themes: np.ndarray
    confidence: np.ndarray
    likely: np.ndarray


@dataclass(frozen=True)
class ThemeAssigner:
    """A linear model from span features to k classes, the first of which are themes; weights on the grid.

    Attributes:
        weights: (2, d, k), for a span itself and for its context.
        bias: (k,).
        themes: number of themes; a further class holds spans that are like each other but name nothing.
        confidence: least confidence of an assignment (0..1).
    """

    weights: np.ndarray
    bias: np.ndarray
    themes: int
    confidence: float

    @classmethod
    def untaught(cls, width: int, confidence: float) -> ThemeAssigner:
        """Return a model of `width` features that knows no theme."""
        return cls(np.zeros((2, width, 0)), np.zeros(0), 0, confidence)

    @classmethod
    def fit(
        cls, seen: Seen, rows: np.ndarray, labels: np.ndarray, themes: int, confidence: float
    ) -> ThemeAssigner:
        """Return the model that learned `labels` (n,); spans labelled `NONE` teach nothing.

        `rows` (n,) is the verbatim of each span.
        """
        known = labels != NONE
        count = int(labels.max(initial=NONE)) + 1
        if count < 2:
            return cls(np.zeros((2, seen.width, count)), np.zeros(count), themes, confidence)
        model = LogisticRegression(C=5, max_iter=100, tol=1e-3)
        with threadpool_limits(1):
            model.fit(seen.in_context(rows)[known], labels[known])
        if count == 2:
            weights = np.concatenate([-model.coef_, model.coef_]) / 2
            bias = np.concatenate([-model.intercept_, model.intercept_]) / 2
        else:
            weights, bias = model.coef_, model.intercept_
        return cls(on_grid(weights.T).reshape(2, seen.width, count), on_grid(bias), themes, confidence)

    def predict(self, seen: Seen, rows: np.ndarray) -> Assigned:
        """Return the theme of each span, `NONE` below the confidence; `rows` (n,) is its verbatim.

        The choice is made on exact sums (ties: the smallest theme); only then exp is taken. Among few
        themes the best must be twice as likely as a guess, or the more likely half.
        """
        count = len(self.bias)
        if count == 0:
            return Assigned(np.full(len(rows), NONE), np.zeros(len(rows)), np.zeros((len(rows), 0)))
        own, around = (seen.weighed(weights) for weights in self.weights)
        scores = own + context(rows) @ around + self.bias
        best = scores.argmax(axis=1)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely = on_grid(odds / odds.sum(axis=1, keepdims=True))
        sure = likely[np.arange(len(rows)), best]
        vague = sure < max(self.confidence, min(0.5, 2 / count))
        best[vague | seen.empty | (best >= self.themes)] = NONE
        return Assigned(best, np.where(best == NONE, 0.0, sure), likely[:, : self.themes])

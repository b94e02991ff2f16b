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
from cx_text.groups import NONE, crossed, jaccard
from cx_text.text import words

ANYWHERE, UNSURE = "*", ""
"""Where a specialist is asked: of any span, of spans without a theme that is sure."""

MOST = 0.5
"""A theme was merged into another where at least this share of its spans is."""

SAME = 0.3
"""A theme keeps its id where at least this share of both (Jaccard) is common with the old one."""


def keep_ids(
    labels: np.ndarray, before: np.ndarray, old_ids: Sequence[str], next_number: int, letter: str = "T"
) -> list[str]:
    """Return a `theme_id` for each theme in `labels`: the old one where it is the same theme.

    Args:
        labels: new theme number of each span (n,).
        before: old theme number of the same spans (n,), an index into `old_ids`.
        old_ids: ids of the old themes.
        next_number: number of the first id never given so far.
        letter: first letter of a new id.
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
            ids.append(f"{letter}{next_number:04d}")
            next_number += 1
    return ids


@dataclass(frozen=True)
class Change:
    """What became of a theme when themes were learned again.

    Attributes:
        kind: ``born``, ``died``, ``merged`` (most of it is now in `into`) or ``split`` (a good part of
            it is now in `into`, a new theme).
        theme_id: the theme; for a birth the new one.
        into: the theme that took it up; empty for births and deaths.
        label: what the theme was called before; empty for births.
    """

    kind: str
    theme_id: str
    into: str = ""
    label: str = ""


def lineage(
    labels: np.ndarray, ids: Sequence[str], before: np.ndarray, old_ids: Sequence[str]
) -> list[Change]:
    """Return what was born, died, was merged or split, in that order.

    Args:
        labels: new theme of each span (n,), an index into `ids`.
        ids: ids of the new themes.
        before: old theme of the same spans (n,), an index into `old_ids`.
        old_ids: ids of the old themes; only those that spans had are told of.
    """
    table = crossed(before, labels, len(old_ids))[:, : len(ids)]
    sizes = np.bincount(before[before != NONE], minlength=len(old_ids))
    shares = table / np.maximum(sizes[:, None], 1)
    gone = [old for old in range(len(old_ids)) if sizes[old] and old_ids[old] not in ids]
    new = [theme for theme in range(len(ids)) if ids[theme] not in old_ids]
    merged = {old: int(shares[old].argmax()) for old in gone if shares[old].max(initial=0) >= MOST}
    changes = [Change("born", ids[theme]) for theme in new]
    changes += [Change("died", old_ids[old]) for old in gone if old not in merged]
    changes += [Change("merged", old_ids[old], ids[theme]) for old, theme in merged.items()]
    stayed = [old for old in range(len(old_ids)) if old_ids[old] in ids]
    return changes + [
        Change("split", old_ids[old], ids[theme])
        for old in stayed
        for theme in new
        if shares[old, theme] >= SAME
    ]


@dataclass(frozen=True)
class Specialist:
    """A rule for one theme on top of the model: phrases that tell it, or a linear rule of its own.

    Attributes:
        theme_id: the theme.
        within: the raw theme whose spans it is asked of; `ANYWHERE` for all, `UNSURE` for spans without
            a theme or with a doubtful one.
        phrases: a span that holds one of them has the theme.
        weights: (2, width) for a span and its context; (2, 0) for none.
        bias: of the linear rule, which holds where the sum is above 0.
    """

    theme_id: str
    within: str
    phrases: tuple[str, ...]
    weights: np.ndarray
    bias: float = 0.0

    @classmethod
    def of_phrases(cls, theme_id: str, within: str, phrases: Sequence[str]) -> Specialist:
        """Return the rule that goes by phrases alone."""
        return cls(theme_id, within, tuple(phrases), np.zeros((2, 0)))

    @classmethod
    def fit(cls, theme_id: str, within: str, seen: Seen, rows: np.ndarray, labels: np.ndarray) -> Specialist:
        """Return the rule learned from `labels` (n,): 1 is the theme, 0 is not, `NONE` teaches nothing."""
        known = labels != NONE
        model = LogisticRegression(C=5, max_iter=100, tol=1e-3, class_weight="balanced")
        with threadpool_limits(1):
            model.fit(seen.in_context(rows)[known], labels[known])
        weights = on_grid(model.coef_[0]).reshape(2, seen.width)
        return cls(theme_id, within, (), weights, float(on_grid(model.intercept_[0])))

    def finds(self, texts: Sequence[str], seen: Seen, rows: np.ndarray) -> np.ndarray:
        """Return which spans have the theme by this rule, (n,)."""
        told = [f" {' '.join(words(text))} " for text in texts]
        keys = [f" {' '.join(words(phrase))} " for phrase in self.phrases]
        found = np.array([any(key in one for key in keys) for one in told], dtype=bool)
        if self.weights.shape[1] == seen.width:
            own, around = (seen.weighed(weights[:, None])[:, 0] for weights in self.weights)
            found |= (own + context(rows) @ around + self.bias > 0) & ~seen.empty
        return found


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

    @property
    def least(self) -> float:
        """How likely a theme must be: the confidence, among few themes twice a guess or the likelier half."""
        return max(self.confidence, min(0.5, 2 / max(len(self.bias), 1)))

    def predict(self, seen: Seen, rows: np.ndarray) -> Assigned:
        """Return the theme of each span (n,), `NONE` where it is not likely enough; `rows` is its verbatim.

        The choice is made on exact sums (ties: the smallest theme); only then exp is taken.
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
        vague = sure < self.least
        best[vague | seen.empty | (best >= self.themes)] = NONE
        return Assigned(best, np.where(best == NONE, 0.0, sure), likely[:, : self.themes])

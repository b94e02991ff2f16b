"""Spans -> themes: communities in the graph of similar spans, then a fast model that assigns.

Learning is slow and good (sentence vectors, a neighbour graph, Louvain communities; no number of
themes is given), assigning is fast and exact (a linear model on span features, weights on the grid).
A span has the theme that the model finds, or none where the model is not sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from sklearn.linear_model import LogisticRegression
from sknetwork.clustering import Louvain
from threadpoolctl import threadpool_limits

from cx_text.config import Themes
from cx_text.exact import on_grid, unit_rows

NONE = -1
"""The label of a span without a theme."""

BLOCK = 1_000

TIE = 2.0**-40
"""Added per row number: below the step of a cosine (2^-24) for up to 65,536 rows, so it only parts ties."""

RESAMPLES = 5
KEPT = 0.8
"""Share of the spans in a resample for the stability score."""

SAME = 0.3
"""A theme keeps its id where at least this share of both (Jaccard) is common with the old one."""


def similarity_graph(vectors: np.ndarray, neighbours: int) -> sparse.csr_array:
    """Return the weighted graph of each span's nearest others, shape (n, n), symmetric.

    A weight is the cosine, counted twice where both name each other. Ties: the smaller row.
    `vectors` (n, d) lie on the grid.
    """
    n = len(vectors)
    count = min(neighbours, n - 1)
    columns, weights = [], []
    for start in range(0, n, BLOCK):
        cosine = vectors[start : start + BLOCK] @ vectors.T
        cosine[np.arange(len(cosine)), np.arange(start, start + len(cosine))] = -np.inf
        nearest = np.argpartition(TIE * np.arange(n) - cosine, count - 1, axis=1)[:, :count]
        columns.append(nearest.ravel())
        weights.append(np.take_along_axis(cosine, nearest, axis=1).ravel())
    rows = np.repeat(np.arange(n), count)
    values = np.clip(np.concatenate(weights), 0, None)
    graph = sparse.csr_array((values, (rows, np.concatenate(columns))), shape=(n, n))
    return sparse.csr_array(graph + graph.T)


def communities(graph: sparse.csr_array, resolution: float) -> np.ndarray:
    """Return a community number for each span, shape (n,).

    Reference: Blondel et al. 2008, Fast unfolding of communities in large networks (Louvain).
    """
    if graph.nnz == 0:
        return np.full(graph.shape[0], NONE)
    louvain = Louvain(resolution=resolution, random_state=0, shuffle_nodes=False)
    return np.asarray(louvain.fit_predict(sparse.csr_matrix(graph)), dtype=np.int64)


def large_enough(labels: np.ndarray, minimum: int) -> np.ndarray:
    """Return labels numbered by falling size (ties: first seen); smaller groups are `NONE`."""
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = [i for i in np.lexsort((first, -sizes)) if sizes[i] >= minimum and names[i] != NONE]
    out = np.full(len(labels), NONE)
    for number, i in enumerate(order):
        out[labels == names[i]] = number
    return out


def discover(vectors: np.ndarray, settings: Themes, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the theme of each span (n,), `NONE` for rare ones, and each theme's stability (k,).

    Stability is the mean, over random subsets of the spans, of the best Jaccard overlap between
    the theme and a theme found in the subset alone (0..1).

    Reference: Hennig 2007, Cluster-wise assessment of cluster stability.
    """
    if len(vectors) < 2 * settings.minimum:
        return np.full(len(vectors), NONE), np.zeros(0)
    with threadpool_limits(1):
        graph = similarity_graph(vectors, settings.neighbours)
        labels = large_enough(communities(graph, settings.resolution), settings.minimum)
        rng = np.random.default_rng(seed)
        overlaps = []
        for _ in range(RESAMPLES):
            kept = np.sort(rng.choice(len(labels), int(KEPT * len(labels)), replace=False))
            again = communities(graph[kept][:, kept], settings.resolution)
            overlaps.append(jaccard(labels[kept], again, labels.max() + 1).max(axis=1, initial=0))
    return labels, np.mean(overlaps, axis=0)


def jaccard(left: np.ndarray, right: np.ndarray, count: int) -> np.ndarray:
    """Return the overlap of groups 0..count-1 of `left` with those of `right`, (count, m)."""
    width = int(right.max(initial=NONE)) + 1
    table = np.zeros((count, width))
    both = (left != NONE) & (right != NONE)
    np.add.at(table, (left[both], right[both]), 1)
    union = (
        np.bincount(left[left != NONE], minlength=count)[:, None]
        + np.bincount(right[right != NONE], minlength=width)
        - table
    )
    return np.divide(table, union, out=np.zeros_like(table), where=union > 0)


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


def typical(vectors: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return how typical each span is of its theme: cosine to the theme's mean, (n,); 0 for none."""
    out = np.zeros(len(labels))
    for theme in range(int(labels.max(initial=NONE)) + 1):
        rows = labels == theme
        out[rows] = vectors[rows] @ unit_rows(vectors[rows].mean(axis=0, keepdims=True))[0]
    return out


@dataclass(frozen=True)
class ThemeAssigner:
    """A linear model from span features to k classes, the first of which are themes; weights on the grid.

    Attributes:
        weights: (d, k).
        bias: (k,).
        themes: number of themes; a further class holds spans that are like each other but name nothing.
        confidence: least confidence of an assignment (0..1).
    """

    weights: np.ndarray
    bias: np.ndarray
    themes: int
    confidence: float

    @classmethod
    def fit(
        cls, features: sparse.csr_array, labels: np.ndarray, themes: int, confidence: float
    ) -> ThemeAssigner:
        """Return the model that learned `labels` (n,); spans labelled `NONE` teach nothing."""
        known = labels != NONE
        count = int(labels.max(initial=NONE)) + 1
        if count < 2:
            return cls(np.zeros((features.shape[1], count)), np.zeros(count), themes, confidence)
        model = LogisticRegression(C=5, max_iter=200, tol=1e-3)
        with threadpool_limits(1):
            model.fit(features[known], labels[known])
        if count == 2:
            weights = np.concatenate([-model.coef_, model.coef_]) / 2
            bias = np.concatenate([-model.intercept_, model.intercept_]) / 2
        else:
            weights, bias = model.coef_, model.intercept_
        return cls(on_grid(weights.T), on_grid(bias), themes, confidence)

    def predict(self, features: sparse.csr_array) -> tuple[np.ndarray, np.ndarray]:
        """Return the theme of each span (n,), `NONE` below the confidence, and the confidence (n,).

        The choice is made on exact sums (ties: the smallest theme); only then exp is taken. Among few
        themes the best must be twice as likely as a guess, or the more likely half.
        """
        count = len(self.bias)
        empty = np.asarray(features.astype(bool).sum(axis=1)).ravel() <= 2
        if count == 0:
            return np.full(len(empty), NONE), np.zeros(len(empty))
        scores = features @ self.weights + self.bias
        best = scores.argmax(axis=1)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        sure = 1 / odds.sum(axis=1)
        vague = sure < max(self.confidence, min(0.5, 2 / count))
        best[vague | empty | (best >= self.themes)] = NONE
        return best, np.where(best == NONE, 0.0, sure)

"""Spans as numbers: what a linear model sees of them, and their context."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

NEIGHBOUR = 0.5
"""Weight of the span before and after in the context of a span."""

POLARITY = 2
"""Columns of feeling, the last of the dense ones."""


@dataclass(frozen=True)
class Seen:
    """The features of n spans on the grid: `dense` (n, d) and sparse `counted` (n, terms)."""

    dense: np.ndarray
    counted: sparse.csr_array

    @property
    def width(self) -> int:
        """The number of features of a span."""
        return int(self.dense.shape[1] + self.counted.shape[1])

    @property
    def empty(self) -> np.ndarray:
        """Which spans hold no known token and no term, (n,)."""
        told = self.dense[:, :-POLARITY].any(axis=1) | (np.diff(self.counted.indptr) > 0)
        nothing: np.ndarray = ~told
        return nothing

    def weighed(self, weights: np.ndarray) -> np.ndarray:
        """Return features times `weights` (width, k) as (n, k): exact sums."""
        split = self.dense.shape[1]
        product: np.ndarray = self.dense @ weights[:split] + self.counted @ weights[split:]
        return product

    def in_context(self, rows: np.ndarray) -> sparse.csr_array:
        """Return the features of each span beside those of its context, sparse (n, 2 * width)."""
        own = sparse.csr_array(sparse.hstack([sparse.csr_array(self.dense), self.counted]))
        return sparse.csr_array(sparse.hstack([own, context(rows) @ own]))


def context(rows: np.ndarray) -> sparse.csr_array:
    """Return how much of each span is in the context of each, (n, n): itself, half of its neighbours.

    `rows` (n,) is the verbatim of each span; spans of a verbatim follow each other.
    """
    left = np.flatnonzero(np.diff(rows) == 0)
    itself = np.arange(len(rows))
    weights = np.concatenate([np.ones(len(rows)), np.full(2 * len(left), NEIGHBOUR)])
    places = np.concatenate([itself, left, left + 1]), np.concatenate([itself, left + 1, left])
    return sparse.csr_array((weights, places), shape=(len(rows), len(rows)))

"""Made-up spans around a few centres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from cx_text.exact import on_grid, unit_rows
from cx_text.features import POLARITY, Seen

DIMENSIONS = 24


def blobs(sizes: Sequence[int], seed: int = 0, noise: float = 0.35) -> tuple[np.ndarray, np.ndarray]:
    """Return unit vectors on the grid around random centres, and the centre of each row."""
    rng = np.random.default_rng(seed)
    centres = unit_rows(rng.normal(size=(len(sizes), DIMENSIONS)))
    truth = np.repeat(np.arange(len(sizes)), sizes)
    spread = centres[truth] + noise * rng.normal(size=(len(truth), DIMENSIONS)) / np.sqrt(DIMENSIONS)
    return on_grid(unit_rows(spread)), truth


def seen_as(vectors: np.ndarray) -> Seen:
    """Return spans of which the vector is all that is seen: no feeling, no term."""
    dense = np.hstack([vectors, np.zeros((len(vectors), POLARITY))])
    return Seen(dense, sparse.csr_array((len(vectors), 0)))


def part_of(seen: Seen, rows: np.ndarray) -> Seen:
    """Return the spans with these numbers."""
    return Seen(seen.dense[rows], sparse.csr_array(seen.counted[rows]))

"""What leaving a theme out says, and which theme beside it that is really about."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cx_text.stages.regression import blocks, clustered

Floats = NDArray[np.float64]

PART = 0.5
"""A theme with less than this part of its leave-out impact left to itself may travel with another."""
LEAST = 0.2
"""That other theme explains at least this part of the difference."""


def left_out(y: Floats, said: Any, members: Any) -> tuple[Floats, Floats]:
    """Return the mean of `y` less the mean of those without each theme, and its standard error.

    Args:
        y: what each of n verbatims adds to the score.
        said: sparse, n x m of 0 and 1: it speaks of the theme.
        members: sparse, clusters x n of 0 and 1: customers and their verbatims.

    NaN where nobody is without the theme.
    """
    n, rest = len(y), len(y) - np.asarray(said.sum(axis=0)).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        without = (y.sum() - said.T @ y) / rest
    errors = []
    for part in blocks(said.shape[1]):
        silent = 1 - said[:, part].toarray()
        with np.errstate(divide="ignore", invalid="ignore"):
            away = silent * (y[:, None] - without[part]) / rest[part]
        errors.append(clustered((y - y.mean())[:, None] / n - away, members))
    return y.mean() - without, np.concatenate([*errors, np.empty(0)])


def company(said: Any, columns: Any, effects: Floats, made_of: Floats) -> Floats:
    """Return how far theme k (column) moves the plain difference of theme j (row), m x m.

    The mean of those with theme j less that of those without is its own effect, and for each other theme
    its effect x how much more often it comes up beside theme j than elsewhere. That product is returned,
    0 where it comes up less often there (silence is no company) and for a theme and itself.

    Args:
        said: sparse, n x m of 0 and 1: it speaks of the theme.
        columns: sparse, n x p, of the regression.
        effects: p, its coefficients.
        made_of: p x m of 0 and 1: which columns make a theme.

    Reference:
        Gelbach (2016), When do covariates matter?, Journal of Labor Economics 34.
    """
    n, count = said.shape[0], np.asarray(said.sum(axis=0)).ravel()[:, None]
    together = (said.T @ columns).toarray()
    often = np.asarray(columns.sum(axis=0)).ravel()
    more = together / count - (often - together) / np.maximum(n - count, 1)
    moved: Floats = np.where(more @ made_of > 0, (more * effects) @ made_of, 0.0)
    np.fill_diagonal(moved, 0.0)
    return moved

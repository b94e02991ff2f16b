"""A ridge regression whose errors know that rows of one customer belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RIDGE = 1.0
"""Penalty: as if each effect had been seen once more, as 0; it hardly counts where a column is frequent."""
ROWS = 50_000
COLUMNS = 32


@dataclass(frozen=True)
class Regression:
    """A fitted ridge regression of k outcomes; column 0 of `columns` is the intercept, without penalty.

    Attributes:
        columns: sparse, n x p.
        effects: p x k.
        inverse: of the penalised Gram matrix, p x p.
        residual: of the first outcome, n, each divided by the root of 1 - leverage (HC2).
        members: sparse, clusters x n, a 1 where a row belongs to a cluster.
    """

    columns: Any
    effects: Floats
    inverse: Floats
    residual: Floats
    members: Any

    def errors(self, by_effect: Floats, by_share: Floats) -> Floats:
        """Return the standard errors of m quantities that depend on effects and on column means.

        Args:
            by_effect: p x m, the derivative of each quantity by the effects on the first outcome.
            by_share: p x m, the derivative of each quantity by the means of the columns.

        Reference:
            White (1980), A heteroskedasticity-consistent covariance matrix, Econometrica 48; MacKinnon,
            White (1985), HC2; Liang, Zeger (1986), Longitudinal data analysis, Biometrika 73 (clusters).
        """
        loading, n = self.inverse @ by_effect, self.columns.shape[0]
        found = []
        for part in blocks(by_effect.shape[1]):
            row = self.residual[:, None] * (self.columns @ loading[:, part])
            share = self.columns @ by_share[:, part] / n
            found.append(clustered(row + share - share.mean(axis=0), self.members))
        return np.concatenate([*found, np.empty(0)])


def regress(columns: Any, outcomes: Floats, cluster: Ints) -> Regression:
    """Return the ridge regression of `outcomes` (n x k) on sparse `columns` (n x p).

    Args:
        columns: column 0 is all ones.
        outcomes: errors are those of the first.
        cluster: number of the customer of each row, from 0.

    Reference:
        Hoerl, Kennard (1970), Ridge regression, Technometrics 12.
    """
    n, p = columns.shape
    gram = (columns.T @ columns).toarray()
    inverse = np.linalg.inv(gram + np.diag([1e-9, *[RIDGE] * (p - 1)]))
    effects = inverse @ (columns.T @ outcomes)
    residual = outcomes[:, 0] - columns @ effects[:, 0]
    leverage = np.concatenate([_leverage(columns[at : at + ROWS], inverse) for at in range(0, n, ROWS)])
    shape = (int(cluster.max(initial=-1)) + 1, n)
    members = sparse.csr_matrix((np.ones(n), (cluster, np.arange(n))), shape=shape)
    return Regression(columns, effects, inverse, residual / np.sqrt(1 - leverage), members)


def _leverage(rows: Any, inverse: Floats) -> Floats:
    """Return how much each row decides its own prediction, 0..1."""
    own: Floats = np.asarray(rows.multiply(rows @ inverse).sum(axis=1)).ravel()
    return np.clip(own, 0, 1 - 1e-9)


def blocks(size: int) -> Iterator[slice]:
    """Yield slices that cover `size` columns, so many at a time as memory bears."""
    return (slice(start, start + COLUMNS) for start in range(0, size, COLUMNS))


def clustered(influence: Floats, members: Any) -> Floats:
    """Return the standard error of each column's sum over rows; NaN with fewer than 2 clusters."""
    groups = members.shape[0]
    if groups < 2:
        return np.full(influence.shape[1], np.nan)
    sums = members @ influence
    error: Floats = np.sqrt((sums * sums).sum(axis=0) * groups / (groups - 1))
    return error

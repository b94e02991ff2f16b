"""Spans -> themes: communities in the graph of similar spans that hold in random parts of it.

No number of themes is given. They are as fine as the fast model that assigns them can tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import GroupKFold
from sknetwork.clustering import Louvain
from threadpoolctl import threadpool_limits

from cx_text.config import Themes
from cx_text.exact import unit_rows
from cx_text.groups import NONE, crossed, large_enough

BLOCK = 1_000

TIE = 2.0**-40
"""Added per row number: below the step of a cosine (2^-24) for up to 65,536 rows, so it only parts ties."""

FEWEST_NEIGHBOURS = 5

COARSE_TO_FINE = (0.25, 0.5, 1.0, 4.0)
"""Resolutions at which resamples are grouped, around that of the settings: a theme should hold at several."""

RESAMPLES = 24
KEPT = 0.8
"""Share of the spans in a resample."""

FINEST = 2.0
"""Resolution, times that of the settings, at which the agreed graph is grouped first."""

CUTS = 12
"""Numbers of themes that are tried, from the finest down."""

TELLABLE = 0.6
"""Themes are as fine as a fast model can tell apart: it finds the theme of so many unseen spans."""

FOLDS = 4
SHRINKAGE = 0.1

VOTES = 3
"""Rounds in which a span joins the theme of most of its neighbours."""

PARENTS = (4, 15)
"""Fewest and most parents."""

SIBLINGS = 5
"""Themes a parent has, about."""

PARENTED = 12
"""Fewer themes than these are taken in without parents."""


def similarity_graph(vectors: np.ndarray, rows: np.ndarray, neighbours: int) -> sparse.csr_array:
    """Return the weighted graph of each span's nearest others, shape (n, n), symmetric.

    A weight is the cosine, counted twice where both name each other. Ties: the smaller row. Of its own
    verbatim (`rows`, (n,)) a span names the nearest alone: what makes a theme is that several people say it,
    and the sentences of a long story are most like each other. `vectors` (n, d) lie on the grid.
    """
    n = len(vectors)
    count = min(neighbours, n - 1)
    columns, weights = [], []
    for start in range(0, n, BLOCK):
        cosine = vectors[start : start + BLOCK] @ vectors.T
        _leave_nearest_fellow(cosine, rows[start : start + BLOCK, None] == rows, start)
        nearest = np.argpartition(TIE * np.arange(n) - cosine, count - 1, axis=1)[:, :count]
        columns.append(nearest.ravel())
        weights.append(np.take_along_axis(cosine, nearest, axis=1).ravel())
    spans = np.repeat(np.arange(n), count)
    values = np.clip(np.concatenate(weights), 0, None)
    graph = sparse.csr_array((values, (spans, np.concatenate(columns))), shape=(n, n))
    graph.eliminate_zeros()
    return sparse.csr_array(graph + graph.T)


def _leave_nearest_fellow(cosine: np.ndarray, fellows: np.ndarray, start: int) -> None:
    """Rule out each span itself, from number `start` on, and all of its `fellows` but the nearest."""
    spans = np.arange(len(cosine))
    cosine[spans, start + spans] = -np.inf
    near = np.where(fellows, cosine, -np.inf) - TIE * np.arange(cosine.shape[1])
    nearest = near.argmax(axis=1)
    kept = cosine[spans, nearest]
    cosine[fellows] = -np.inf
    cosine[spans, nearest] = np.where(fellows[spans, nearest], kept, cosine[spans, nearest])


def communities(graph: sparse.csr_array, resolution: float) -> np.ndarray:
    """Return a community number for each span, shape (n,).

    Reference: Blondel et al. 2008, Fast unfolding of communities in large networks (Louvain).
    """
    if graph.nnz == 0:
        return np.full(graph.shape[0], NONE)
    louvain = Louvain(resolution=resolution, random_state=0, shuffle_nodes=False)
    return np.asarray(louvain.fit_predict(sparse.csr_matrix(graph)), dtype=np.int64)


@dataclass(frozen=True)
class Discovered:
    """Themes of n spans.

    Attributes:
        labels: theme of each span (n,), by falling size; `NONE` for rare ones.
        stability: for each theme (k,), how often two of its spans are found together again in a
            random part of the spans, at several degrees of fineness (0..1).
        parents: group of each theme (k,); `NONE` where there are too few themes to group.
    """

    labels: np.ndarray
    stability: np.ndarray
    parents: np.ndarray


def discover(
    vectors: np.ndarray, view: np.ndarray, rows: np.ndarray, settings: Themes, seed: int
) -> Discovered:
    """Return the themes of n spans; no number of themes is given.

    Random parts of the spans are grouped at several resolutions. Spans that stay together in most of
    them belong together: the graph is weighed by that and grouped finely; groups that are rarely apart are
    joined until the themes can be told apart by what the fast model sees of a span.

    Args:
        vectors: unit vectors of the spans on the grid (n, d).
        view: what the fast model sees of them (n, e).
        rows: the verbatim of each (n,).
        settings: section ``[themes]``.
        seed: of the random parts.

    References: Lancichinetti & Fortunato 2012, Consensus clustering in complex networks; Monti et al.
    2003, Consensus clustering (co-association of resamples).
    """
    count = len(vectors)
    if count < 2 * settings.minimum:
        return Discovered(np.full(count, NONE), np.zeros(0), np.full(0, NONE))
    with threadpool_limits(1):
        neighbours = round(settings.neighbours * (count / settings.sample) ** 0.5)
        nearest = max(FEWEST_NEIGHBOURS, min(neighbours, settings.neighbours))
        graph = similarity_graph(vectors, rows, nearest)
        again = _resampled(graph, settings.resolution, seed)
        agreed = communities(_agreed(graph, again), FINEST * settings.resolution)
        fine = large_enough(agreed, settings.minimum)
        labels = _as_fine_as_tellable(fine, again, view, rows)
        labels = large_enough(voted(graph, labels), settings.minimum)
        stability = np.diag(_together(labels, again)).copy()
        return Discovered(labels, stability, grouped(vectors, labels))


def _resampled(graph: sparse.csr_array, resolution: float, seed: int) -> list[np.ndarray]:
    """Return the communities of random parts of the spans, (n,) each; `NONE` for spans left out."""
    rng = np.random.default_rng(seed)
    size = graph.shape[0]
    out = []
    for number in range(RESAMPLES):
        kept = np.sort(rng.choice(size, int(KEPT * size), replace=False))
        found = np.full(size, NONE)
        part = sparse.csr_array(graph[kept][:, kept])
        found[kept] = communities(part, resolution * COARSE_TO_FINE[number % len(COARSE_TO_FINE)])
        out.append(found)
    return out


def _agreed(graph: sparse.csr_array, again: Sequence[np.ndarray]) -> sparse.csr_array:
    """Return the graph with each weight times the share of resamples where both spans are together."""
    links = graph.tocoo()
    both, together = np.zeros(links.nnz), np.zeros(links.nnz)
    for found in again:
        left, right = found[links.row], found[links.col]
        seen = (left != NONE) & (right != NONE)
        both += seen
        together += seen & (left == right)
    share = np.divide(together, both, out=np.zeros(links.nnz), where=both > 0)
    agreed = sparse.csr_array((links.data * share, (links.row, links.col)), shape=graph.shape)
    agreed.eliminate_zeros()
    return agreed


def _together(labels: np.ndarray, again: Sequence[np.ndarray]) -> np.ndarray:
    """Return how often a span of one theme is found together with one of another, (k, k), 0..1."""
    count = int(labels.max(initial=NONE)) + 1
    total = np.zeros((count, count))
    for found in again:
        table = crossed(labels, found, count)
        shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
        total += shares @ shares.T
    return total / max(len(again), 1)


def _as_fine_as_tellable(
    fine: np.ndarray, again: Sequence[np.ndarray], view: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    """Return the finest joined groups whose spans a fast model finds often enough, else the coarsest."""
    count = int(fine.max(initial=NONE)) + 1
    if count < 3:
        return fine
    together = _together(fine, again)
    alone = np.sqrt(np.diag(together))
    apart = np.clip(1 - together / np.maximum(np.outer(alone, alone), TIE), 0, None)
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform((apart + apart.T) / 2, checks=False), "average")
    labels = fine
    for wanted in sorted({round(size) for size in np.geomspace(2, count, CUTS)}, reverse=True):
        joined = fcluster(tree, wanted, "maxclust") - 1
        labels = large_enough(np.where(fine == NONE, NONE, joined[fine]), 1)
        if found_again(view, labels, rows) >= TELLABLE:
            break
    return labels


def found_again(view: np.ndarray, labels: np.ndarray, rows: np.ndarray) -> float:
    """Return the share of spans whose theme a linear model finds from `view` that learned other verbatims.

    1 where there is nothing to tell apart, or too little to learn from.
    """
    known = np.flatnonzero(labels != NONE)
    if len(np.unique(labels[known])) < 2 or len(np.unique(rows[known])) < FOLDS:
        return 1.0
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=SHRINKAGE)
    found = np.full(len(labels), NONE)
    for fold in GroupKFold(FOLDS).split(known, groups=rows[known]):
        taught, asked = (known[part] for part in fold)
        taught = taught[np.bincount(labels[taught])[labels[taught]] > 1]
        if len(np.unique(labels[taught])) > 1:
            found[asked] = model.fit(view[taught], labels[taught]).predict(view[asked])
    return float((found[known] == labels[known]).mean())


def voted(graph: sparse.csr_array, labels: np.ndarray) -> np.ndarray:
    """Return labels where a span has the theme that weighs most among its neighbours (ties: the larger)."""
    for _ in range(VOTES):
        count = int(labels.max(initial=NONE)) + 1
        if count == 0:
            return labels
        known = np.flatnonzero(labels != NONE)
        member = sparse.csr_array((np.ones(len(known)), (known, labels[known])), shape=(len(labels), count))
        weight = (graph @ member).toarray()
        labels = np.where(weight.max(axis=1) > 0, weight.argmax(axis=1), labels)
    return labels


def grouped(vectors: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the parent of each theme (k,) by Ward's method on their means; `NONE` for too few themes.

    A theme that is alone in its group has no parent.

    Reference: Ward 1963, Hierarchical grouping to optimize an objective function.
    """
    count = int(labels.max(initial=NONE)) + 1
    if count < PARENTED:
        return np.full(count, NONE)
    wanted = min(max(round(count / SIBLINGS), PARENTS[0]), PARENTS[1])
    means = np.array([vectors[labels == theme].mean(axis=0) for theme in range(count)])
    found = fcluster(linkage(unit_rows(means), "ward"), wanted, "maxclust") - 1
    return large_enough(found, 2)

"""Drivers: what each theme does to the primary score, counted in two ways.

Leaving a theme out blames bystanders: what is said beside a bad thing looks bad. So each theme also
gets the effect that is left when all themes, channels, contact reasons and months stand side by side in
one regression; `ranking` goes by that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_text.config import Config
from cx_text.records import SCORE_COLUMNS, Collection
from cx_text.statistics import points_below_best

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COLUMNS = (
    "impact_metric",
    "impact_leaveout",
    "impact_adjusted",
    "impact_low",
    "impact_high",
    "effect_per_mention",
)
FEWEST = 10
RIDGE = 1.0
LEVELS = 30
BOOTSTRAP_ROWS = 20_000


@dataclass(frozen=True)
class _Design:
    """A regression with 0/1 columns: `cells` are its ones, (row, column); column 0 is the intercept."""

    y: Floats
    row: Ints
    column: Ints
    width: int
    cluster: Ints

    def part(self, rows: Ints) -> _Design:
        """Return the regression of `rows` (ascending) alone."""
        place = np.full(len(self.y), -1)
        place[rows] = np.arange(len(rows))
        kept = place[self.row] >= 0
        return _Design(self.y[rows], place[self.row[kept]], self.column[kept], self.width, self.cluster[rows])

    def pairs(self) -> tuple[Ints, Ints]:
        """Return (row, cell of the Gram matrix) for each two ones of a row."""
        size = np.bincount(self.row, minlength=len(self.y))
        first = np.concatenate([[0], size.cumsum()[:-1]])[self.row]
        left = np.repeat(np.arange(len(self.row)), size[self.row])
        start = np.concatenate([[0], size[self.row].cumsum()[:-1]])
        right = np.arange(len(left)) - start[left] + first[left]
        return self.row[left], self.column[left] * self.width + self.column[right]


def impact(collection: Collection, config: Config) -> pd.DataFrame:
    """Return what each theme does to the primary score, indexed by theme_id, sorted.

    `impact_metric` is `scores.primary`, else the first of csat, nps, ces with `scores.minimum` values
    among the substantive verbatims (empty without one). A verbatim contributes 0 or 100 (top2box: points
    are percentage points), -100, 0 or 100 (nps), or its score (mean; turned so that more is better).
    `effect_per_mention` is the theme's coefficient in a ridge regression of the contribution on all
    themes with at least 10 scored verbatims, channel, contact reason (the 30 commonest) and month;
    `impact_adjusted` = effect x share of the scored verbatims with the theme, with its 95 % interval by a
    bootstrap of customers (at most 20,000 rows of a seeded sample, rescaled to all);
    `impact_leaveout` = mean of all minus mean of those without the theme. Below 10 scored verbatims, and
    where no verbatim is without the theme, they are empty.

    Reference:
        Hoerl, Kennard (1970), Ridge regression, Technometrics 12; Praestgaard, Wellner (1993),
        Exchangeably weighted bootstraps (Poisson weights), Annals of Probability 21; Politis, Romano,
        Wolf (1999), Subsampling.
    """
    themes = sorted(set(collection.catalogue["theme_id"]) | set(collection.links["theme_id"]))
    table = pd.DataFrame(np.nan, index=pd.Index(themes, name="theme_id", dtype="str"), columns=list(COLUMNS))
    table["impact_metric"] = pd.Series(pd.NA, index=table.index, dtype="str")
    metric, contribution = _primary(collection, config)
    if not metric:
        return table
    table["impact_metric"] = metric
    scored = np.flatnonzero(~np.isnan(contribution))
    theme, count, design = _design(collection, contribution, scored)
    if not len(theme):
        return table
    effect, share = next(_solutions(design, len(theme), iter([np.ones(len(scored))])))
    low, high = _interval(design, len(theme), config)
    found = {
        "impact_leaveout": _leaveout(design, count),
        "impact_adjusted": effect * share,
        "impact_low": effect * share + low,
        "impact_high": effect * share + high,
        "effect_per_mention": effect,
    }
    for name, values in found.items():
        table.loc[theme, name] = np.where(count < len(scored), values, np.nan)
    return table


def _leaveout(design: _Design, count: Ints) -> Floats:
    """Return the mean of all less the mean of those without each theme; NaN where nobody is."""
    n, total = len(design.y), fsum(design.y)
    sums = np.bincount(design.column, weights=design.y[design.row], minlength=design.width)
    rest = np.maximum(n - count, 1)
    return np.where(count < n, total / n - (total - sums[1 : 1 + len(count)]) / rest, np.nan)


def _primary(collection: Collection, config: Config) -> tuple[str, Floats]:
    """Return the primary metric and each verbatim's contribution to it, NaN where it has none."""
    names = (config.scores.primary,) if config.scores.primary else SCORE_COLUMNS
    for name in names:
        score = getattr(config.scores, name)
        below = points_below_best(collection.verbatims[name], score.scale, score.direction)
        below[~collection.substantive.to_numpy()] = np.nan
        if (~np.isnan(below)).sum() >= config.scores.minimum:
            return name, _contribution(below, score.method, score.scale)
    return "", np.full(len(collection.verbatims), np.nan)


def _contribution(below: Floats, method: str, scale: tuple[float, float]) -> Floats:
    """Return what a verbatim adds to the score, from how far it lies below the best answer."""
    if method == "mean":
        return scale[1] - below
    value = 100.0 * (below <= 1)
    if method == "nps":
        value -= 100.0 * (below >= 4)
    return np.where(np.isnan(below), np.nan, value)


def _design(collection: Collection, contribution: Floats, scored: Ints) -> tuple[list[str], Ints, _Design]:
    """Return the themes with enough scored verbatims, their counts, and the regression of `scored`."""
    place = np.full(len(contribution), -1)
    place[scored] = np.arange(len(scored))
    links = collection.links
    row = place[links["row"].to_numpy(dtype=np.int64)]
    known = links["theme_id"].where(row >= 0)
    sizes = known.value_counts()
    themes = sorted(sizes.index[sizes >= FEWEST])
    code = pd.Index(themes, dtype="str").get_indexer(known)
    columns = [(np.arange(len(scored)), np.zeros(len(scored), dtype=np.int64))]
    columns.append((row[code >= 0], code[code >= 0] + 1))
    width = 1 + len(themes)
    frame = collection.verbatims.iloc[scored]
    for level in _controls(frame):
        columns.append((np.flatnonzero(level >= 0), level[level >= 0] + width))
        width += int(level.max(initial=-1)) + 1
    rows, cells = (np.concatenate(part) for part in zip(*columns, strict=True))
    order = np.lexsort((cells, rows))
    customer = frame["customer_id"].where(frame["customer_id"].notna(), "row " + frame["verbatim_id"])
    design = _Design(contribution[scored], rows[order], cells[order], width, pd.factorize(customer)[0])
    return themes, sizes.reindex(themes).to_numpy(dtype=np.int64), design


def _controls(frame: pd.DataFrame) -> Iterator[Ints]:
    """Yield the level (-1: none, or a rare one) of channel, contact reason and month."""
    month = frame["created_at"].dt.strftime("%Y-%m")
    for values in (frame["channel"], frame["contact_reason"], month):
        sizes = values.value_counts()
        common = sorted(sizes.index, key=lambda name: (-sizes[name], name))[:LEVELS]
        yield pd.Index(sorted(common), dtype="str").get_indexer(values)


def _solutions(design: _Design, themes: int, weights: Iterator[Floats]) -> Iterator[tuple[Floats, Floats]]:
    """Yield the themes' ridge coefficients and shares of rows for each weighting of the rows."""
    row, cell = design.pairs()
    width = design.width
    penalty = np.diag(np.concatenate([[1e-9], np.full(width - 1, RIDGE)]))
    for weight in weights:
        gram = np.bincount(cell, weights=weight[row], minlength=width * width).reshape(width, width)
        right = np.bincount(design.column, weights=(weight * design.y)[design.row], minlength=width)
        effect = np.linalg.solve(gram + penalty, right)
        yield effect[1 : 1 + themes], gram[0, 1 : 1 + themes] / gram[0, 0]


def _interval(design: _Design, themes: int, config: Config) -> tuple[Floats, Floats]:
    """Return how far the 95 % interval of each theme's impact reaches below and above it."""
    replicates = config.ranking.bootstrap
    if not replicates:
        return np.full(themes, np.nan), np.full(themes, np.nan)
    rng = np.random.default_rng(config.seed)
    n = len(design.y)
    if n > BOOTSTRAP_ROWS:
        design = design.part(np.sort(rng.choice(n, BOOTSTRAP_ROWS, replace=False)))
    drawn = _drawn(rng, design.cluster, replicates)
    found = np.array([effect * share for effect, share in _solutions(design, themes, drawn)])
    away = (found[1:] - found[0]) * np.sqrt(len(design.y) / n)
    low, high = np.quantile(away, [0.025, 0.975], axis=0)
    return low, high


def _drawn(rng: np.random.Generator, cluster: Ints, replicates: int) -> Iterator[Floats]:
    """Yield the weights of the rows: all ones, then how often each row's customer is drawn."""
    yield np.ones(len(cluster))
    for _ in range(replicates):
        weight = rng.poisson(1.0, int(cluster.max()) + 1)[cluster]
        yield weight.astype(np.float64) if weight.any() else np.ones(len(cluster))

"""What the regression of drivers looks at: the primary score, themes by tone, measures and controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cx_text.config import Config
from cx_text.counting import tone
from cx_text.records import SCORE_COLUMNS, Collection
from cx_text.statistics import points_below_best

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST = 10
"""Fewest customers (verbatims where unknown) with a rating who must say something for it to be told."""
LEVELS = 30
"""A control has a column for so many of its values, the commonest; the others have none."""
ALL = "all"
"""However a theme is spoken of; the tone of a measure, too."""
TONES = {-1: "negative", 0: "neutral", 1: "positive"}
MEASURES = ("first_response_minutes", "handle_minutes")


@dataclass(frozen=True)
class Design:
    """The rated verbatims as a regression.

    Attributes:
        metric: the primary score.
        outcomes: n x 1, what each verbatim adds to the score; for nps n x 3, with promoter and detractor
            (0 or 100) behind it.
        columns: sparse, n x p: an intercept, a column for each of `terms`, then controls.
        terms: `name` (theme_id or measure) and `tone` of each column that may be a driver.
        sizes: `n` and `customers` of each `name` and `tone`, themes also with tone `all`; sorted.
        cluster: number of the customer of each verbatim; one without id has a number of its own.
    """

    metric: str
    outcomes: Floats
    columns: Any
    terms: pd.DataFrame
    sizes: pd.DataFrame
    cluster: Ints


def design_of(collection: Collection, config: Config) -> Design | None:
    """Return the regression of the primary score, None without one or without a theme to tell of.

    A theme with `FEWEST` customers has a term for each tone with as many; what is left of it (neither
    well nor badly, unknown, or a tone that is too rare) is one term more, `neutral`.
    """
    metric, outcomes = _primary(collection, config)
    rated = np.flatnonzero(~np.isnan(outcomes[:, 0]))
    frame = collection.verbatims.iloc[rated].reset_index(drop=True)
    customer = frame["customer_id"].where(frame["customer_id"].notna(), "row " + frame["verbatim_id"])
    cluster = np.asarray(pd.factorize(customer)[0], dtype=np.int64)
    said = _said(collection, rated, cluster)
    if said.empty:
        return None
    measures = [name for name in MEASURES if _usable(frame[name])]
    of_measures = pd.DataFrame({"name": measures, "tone": ALL})
    terms = said[["name", "tone"]].drop_duplicates().sort_values(["name", "tone"])
    columns = [
        np.ones((len(rated), 1)),
        _ones(said["row"], said.groupby(["name", "tone"]).ngroup(), len(rated)),
        *(_doublings(frame[name])[:, None] for name in measures),
        *_controls(frame, measures),
    ]
    return Design(
        metric,
        outcomes[rated],
        sparse.hstack([sparse.csr_matrix(part) for part in columns], format="csr"),
        pd.concat([terms, of_measures], ignore_index=True),
        _sizes(said, frame[measures], cluster),
        cluster,
    )


def _primary(collection: Collection, config: Config) -> tuple[str, Floats]:
    """Return the primary metric and what each verbatim adds to it, NaN where it has no rating."""
    names = (config.scores.primary,) if config.scores.primary else SCORE_COLUMNS
    for name in names:
        score = getattr(config.scores, name)
        below = points_below_best(collection.verbatims[name], score.scale, score.direction)
        below[~collection.substantive.to_numpy()] = np.nan
        if (~np.isnan(below)).sum() >= config.scores.minimum:
            return name, _outcomes(below, score.method, score.scale)
    return "", np.full((len(collection.verbatims), 1), np.nan)


def _outcomes(below: Floats, method: str, scale: tuple[float, float]) -> Floats:
    """Return what a verbatim adds to the score, from how far it lies below the best answer."""
    if method == "mean":
        return (scale[1] - below)[:, None]
    best, worst = 100.0 * (below <= 1), 100.0 * (below >= 4)
    parts = [best - worst, best, worst] if method == "nps" else [best]
    return np.where(np.isnan(below)[:, None], np.nan, np.column_stack(parts))


def _said(collection: Collection, rated: Ints, cluster: Ints) -> pd.DataFrame:
    """Return row, name, tone and customer of each link of a rated verbatim, of themes with enough."""
    place = np.full(len(collection.verbatims), -1)
    place[rated] = np.arange(len(rated))
    links = collection.links
    row = place[links["row"].to_numpy(dtype=np.int64)]
    said = pd.DataFrame({"row": row, "name": links["theme_id"], "tone": tone(links["sentiment"])})
    said = said[row >= 0].assign(customer=cluster[row[row >= 0]])
    said = said[said.groupby("name")["customer"].transform("nunique") >= FEWEST]
    many = said.groupby(["name", "tone"])["customer"].transform("nunique") >= FEWEST
    return said.assign(tone=said["tone"].where(many, 0).map(TONES).astype("str")).reset_index(drop=True)


def _sizes(said: pd.DataFrame, measures: pd.DataFrame, cluster: Ints) -> pd.DataFrame:
    """Return how many verbatims and customers stand behind each name and tone."""
    known = [
        pd.DataFrame({"name": name, "tone": ALL, "customer": cluster[measures[name].notna()]})
        for name in measures
    ]
    every = pd.concat([said, said.assign(tone=ALL), *known])
    sizes = every.groupby(["name", "tone"])["customer"].agg(n="size", customers="nunique")
    return sizes.reset_index()


def _ones(row: Any, column: Any, n: int) -> Any:
    """Return a sparse matrix of n rows with a 1 in each of these cells."""
    cells = np.asarray(row, dtype=np.int64), np.asarray(column, dtype=np.int64)
    shape = n, int(cells[1].max(initial=-1)) + 1
    return sparse.csr_matrix((np.ones(cells[0].size), cells), shape=shape)


def _usable(minutes: pd.Series) -> bool:
    """Return whether a measure is known for more than half of the rows, and differs among them."""
    return 2 * int(minutes.notna().sum()) > len(minutes) and bool(minutes.min() < minutes.max())


def _doublings(minutes: pd.Series) -> Floats:
    """Return log2(1 + minutes) less its mean, 0 where they are not known: a step of 1 is twice as long."""
    steps = np.log2(1 + minutes.clip(lower=0).to_numpy(dtype=np.float64))
    around: Floats = np.nan_to_num(steps - np.nanmean(steps))
    return around


def _controls(frame: pd.DataFrame, measures: Sequence[str]) -> Iterator[Any]:
    """Yield the columns of channel, contact reason and month, and of measures that are not known."""
    month = frame["created_at"].dt.strftime("%Y-%m")
    for values in (frame["channel"], frame["contact_reason"], month):
        sizes = values.value_counts()
        common = sorted(sizes.index, key=lambda name: (-sizes[name], name))[:LEVELS]
        level = pd.Index(sorted(common), dtype="str").get_indexer(values)
        yield _ones(np.flatnonzero(level >= 0), level[level >= 0], len(frame))
    for name in measures:
        missing = np.flatnonzero(frame[name].isna())
        yield _ones(missing, np.zeros(missing.size), len(frame))

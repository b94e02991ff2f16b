"""How pressing a theme is: what it surely costs, how negative it is, and how lasting, wide and recent.

Every part may have a leading axis of resamples; the last axis is that of the themes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cx_text.config import Ranking
from cx_text.counting import tone
from cx_text.records import Collection

Floats = NDArray[np.float64]

SEVERE = 0.5
"""Mean sentiment of negative mentions (as -0.5) from which on they count in full."""
MICRO = 1_000_000


@dataclass(frozen=True)
class Sums:
    """Sums over verbatims, last axis themes (of `comments`, `customers` and `value`: 1); whole numbers.

    Attributes:
        volume: verbatims that mention the theme.
        negative: those that speak badly of it.
        depth: how badly, sum of -sentiment of these (1e-6).
        bad_value: the value of these, or their number.
        speakers: customers behind these.
        comments: substantive verbatims.
        customers: customers behind them.
        value: their value, or their number.
    """

    volume: Floats
    negative: Floats
    depth: Floats
    bad_value: Floats
    speakers: Floats
    comments: Floats
    customers: Floats
    value: Floats

    @property
    def intensity(self) -> Floats:
        """How bad negative mentions feel, 0..1."""
        return np.minimum(self.depth / np.maximum(self.negative, 1) / MICRO / SEVERE, 1)

    @property
    def at_stake(self) -> Floats:
        """Share of the comments, or of their value, that speak badly of the theme."""
        return self.bad_value / np.maximum(self.value, 1)

    @property
    def reach(self) -> Floats:
        """Share of the customers who speak badly of the theme."""
        return self.speakers / np.maximum(self.customers, 1)

    @property
    def breadth(self) -> Floats:
        """Share of the customers by share of the comments, at most 1: lower where few write often."""
        share = self.negative / np.maximum(self.comments, 1)
        return np.where(share > 0, np.minimum(self.reach / np.maximum(share, 1e-12), 1), 1.0)


@dataclass(frozen=True)
class Course:
    """What resamples do not change, one value a theme.

    Attributes:
        cost: points of the score that a negative mention surely costs; below 0 or NaN where not sure.
        error: its standard error.
        recurrence: 0..1, NaN without dates.
        momentum: a factor around 1.
        vague: it names no reason.
        general: an opinion without a reason; nobody can act on it.
    """

    cost: Floats
    error: Floats
    recurrence: Floats
    momentum: Floats
    vague: NDArray[np.bool_]
    general: NDArray[np.bool_]


@dataclass(frozen=True)
class Scale:
    """What all themes together lose: `loss` in points, `tone` in shares; a loss of 0 is not known."""

    loss: float
    tone: float


def cells(collection: Collection, links: pd.DataFrame, ids: pd.Index, by_value: bool) -> Any:
    """Return a sparse matrix, customers x (5 blocks of themes, then 3 totals), in the order of `Sums`.

    A verbatim without customer is a customer of its own. `links` are of substantive verbatims.
    """
    verbatims, substantive = collection.verbatims, collection.substantive.to_numpy()
    customer = verbatims["customer_id"].where(verbatims["customer_id"].notna(), verbatims["verbatim_id"])
    known = verbatims["customer_id"].notna().astype("str") + customer.astype("str")
    unit, names = pd.factorize(known)
    value = _values(verbatims, by_value)
    row, theme = links["row"].to_numpy(dtype=np.int64), ids.get_indexer(links["theme_id"])
    bad = tone(links["sentiment"]) < 0
    depth = np.rint(-links["sentiment"].to_numpy(dtype=np.float64, na_value=0.0) * MICRO)

    def block(amount: Floats, chosen: NDArray[np.bool_]) -> Any:
        at = unit[row[chosen]], theme[chosen]
        return sparse.csr_matrix((amount[chosen], at), shape=(len(names), len(ids)))

    def total(amount: Floats) -> Any:
        return sparse.csr_matrix(
            np.bincount(unit, weights=amount * substantive, minlength=len(names))[:, None]
        )

    ones, comments = np.ones(row.size), total(np.ones(unit.size))
    negative = block(ones, bad)
    blocks = [block(ones, row >= 0), negative, block(depth, bad), block(value[row], bad), negative > 0]
    return sparse.hstack([*blocks, comments, comments > 0, total(value)], format="csr", dtype=np.float64)


def _values(verbatims: pd.DataFrame, by_value: bool) -> Floats:
    """Return what each verbatim counts for: 1, or its value in cents (unknown: the median)."""
    value = verbatims["value"].clip(lower=0)
    if not by_value or not (value > 0).any():
        return np.ones(len(verbatims))
    cents: Floats = np.rint(value.fillna(value.median()).to_numpy(dtype=np.float64) * 100)
    return cents


def sums(weights: Floats, counted: Any) -> Sums:
    """Return the sums of resamples x themes for `weights`, resamples x customers, of `cells`."""
    added = np.asarray(weights @ counted)
    blocks = np.split(added[..., :-3], 5, axis=-1)
    return Sums(*blocks, *(added[..., [place]] for place in (-3, -2, -1)))


def losses(
    counted: Sums, course: Course, weights: Ranking, shift: Floats | float = 0.0
) -> tuple[Floats, Floats]:
    """Return what each theme loses by score (points) and by tone (0..1), weighed by how pressing it is.

    `shift` moves the cost by so many standard errors, as another sample would.
    """
    cost = np.maximum(np.nan_to_num(course.cost + shift * course.error), 0.0)
    lasting = 1 - weights.recurrence * (1 - np.nan_to_num(course.recurrence, nan=1.0))
    wide = 1 - weights.reach * (1 - counted.breadth)
    clear = np.where(course.vague, weights.vague, 1.0) * ~course.general
    pressing = counted.at_stake * lasting * wide * course.momentum * clear
    return pressing * cost, pressing * counted.intensity


def scale_of(lost: tuple[Floats, Floats]) -> Scale:
    """Return what all themes lose together."""
    by_score, by_tone = (float(part.sum()) for part in lost)
    return Scale(by_score, by_tone)


def priority(lost: tuple[Floats, Floats], scale: Scale, weights: Ranking) -> Floats:
    """Return the percentage that each theme has in what all lose; formula in `rank_themes`."""
    by_score, by_tone = lost
    share = weights.tone if scale.loss > 0 else 1.0
    points = by_score / scale.loss if scale.loss > 0 else 0.0
    return 100 * ((1 - share) * points + share * by_tone / max(scale.tone, 1e-12))

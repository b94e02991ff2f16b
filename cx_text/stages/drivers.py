"""Drivers: what each theme is associated with in the primary score, counted in two ways.

Leaving a theme out blames bystanders: what is said beside a bad thing looks bad. So each theme also
gets the effect that is left when all themes, spoken of badly or well, operational measures, channels,
contact reasons and months stand side by side in one regression; `ranking` goes by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, special

from cx_text.config import Config
from cx_text.records import DRIVERS, Collection
from cx_text.stages.bystanders import LEAST, PART, company, left_out
from cx_text.stages.driver_terms import ALL, FEWEST, MEASURES, Design, design_of
from cx_text.stages.regression import Regression, regress
from cx_text.statistics import benjamini_hochberg

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Q = 0.05
"""False discovery rate of drivers."""


def find_drivers(collection: Collection, config: Config) -> pd.DataFrame:
    """Return what the primary score goes with, table DRIVERS, by theme and tone; empty without ratings.

    The primary score is `scores.primary`, else the first of csat, nps, ces with `scores.minimum` values
    among the substantive verbatims. A verbatim adds 0 or 100 to it (top2box: points are percentage
    points), -100, 0 or 100 (nps), or its score (mean; turned so that more is better).

    Rows: each theme as a whole (tone `all`) and by tone, where at least 10 customers with a rating say so
    (`neutral`: neither badly nor well, or a tone too rare for a row of its own); then
    `first_response_minutes` and `handle_minutes`, where known for more than half of the ratings, as the
    effect of twice as long. Themes that everybody speaks of are left out.

    `effect` is the coefficient of a ridge regression of what a verbatim adds on all of these, channel,
    contact reason (the 30 commonest) and month; that of a theme as a whole the mean over its tones.
    `impact` = effect x `share` of the rated verbatims. `error` is the standard error of `effect`, and all
    intervals (95 %, Student's t with customers - 1 degrees) hold whole customers together. For nps
    `promoters` and `detractors` are the impact on their shares, in points: impact = promoters - detractors.
    `leaveout` is the mean of all less the mean of those without the theme.

    `driver` is one rule: the theme (or measure) has those 10 customers, and its impact stands against
    chance and the number of themes (`q_value`, Benjamini-Hochberg, at most 0.05; so its interval leaves
    out 0). Tones are judged among tones. Drivers are associated with the score, no proven cause.

    `beside_theme_id` warns of a bystander: the score is lower beyond noise where the theme comes up
    (`leaveout_high` below 0), yet the impact is not sure, or less than half of that. It names the theme
    beside it that explains most of the difference, at least a fifth.

    Reference:
        Gelbach (2016), When do covariates matter?, Journal of Labor Economics 34 (`beside_theme_id`).
    """
    design = design_of(collection, config)
    if design is None:
        return DRIVERS.frame()
    rows, fitted = _Rows.of(design), regress(design.columns, design.outcomes, design.cluster)
    sizes = design.sizes
    told = (sizes["customers"] >= FEWEST) & ((sizes["n"] < len(design.outcomes)) | rows.measured)
    numbers = pd.DataFrame({**_effects(design, fitted, rows), **_leaveout(design, fitted, rows)})
    table = sizes.assign(metric=design.metric, share=rows.share, **numbers.where(told))
    for family in (rows.whole, ~rows.whole):
        table.loc[family, "q_value"] = benjamini_hochberg(table.loc[family, "p"])
    labels = collection.catalogue.set_index("theme_id")["label"]
    table = table.assign(
        theme_id=table["name"].mask(rows.measured),
        label=table["name"].map(labels).astype("str").fillna(table["name"]),
        driver=(table["q_value"] <= Q).where(told),
        beside_theme_id=_beside(design, fitted, rows, table),
    )
    table = table.iloc[np.argsort(rows.measured, kind="stable")]
    return DRIVERS.frame(table.drop(columns=["name", "p"]))


@dataclass(frozen=True)
class _Rows:
    """The m rows of the table, in the order of `Design.sizes`.

    Attributes:
        made_of: which columns of the regression a row is made of, p x m.
        share: share of the rated verbatims, NaN for a measure.
        weight: how much each column counts in the effect of a row, p x m; sums to 1.
        whole: rows of a theme as a whole, and of measures.
        measured: rows of measures.
    """

    made_of: Floats
    share: Floats
    weight: Floats
    whole: Flags
    measured: Flags

    @classmethod
    def of(cls, design: Design) -> _Rows:
        """Return the rows of a regression."""
        rows, terms, width = design.sizes, design.terms, design.columns.shape[1]
        whole, measured = (rows["tone"] == ALL).to_numpy(), rows["name"].isin(MEASURES).to_numpy()
        same = terms["tone"].to_numpy()[:, None] == rows["tone"].to_numpy()
        ours = (terms["name"].to_numpy()[:, None] == rows["name"].to_numpy()) & (same | whole)
        made_of = np.zeros((width, len(rows)))
        made_of[1 : 1 + len(terms)] = ours
        often = made_of * _means(design.columns)[:, None]
        share = np.where(measured, np.nan, often.sum(axis=0))
        return cls(made_of, share, np.where(measured, made_of, often / share), whole, measured)


def _means(columns: Any) -> Floats:
    """Return the mean of each column."""
    means: Floats = np.asarray(columns.mean(axis=0)).ravel()
    return means


def _effects(design: Design, fitted: Regression, rows: _Rows) -> dict[str, Floats]:
    """Return effect and impact of each row with errors, intervals and p-value."""
    effect, *parts = fitted.effects.T @ rows.weight
    none = np.zeros_like(rows.made_of)
    error = fitted.errors(rows.weight, none)
    impact = effect * rows.share
    by_share = fitted.effects[:, :1] * rows.made_of
    spread = fitted.errors(rows.weight * rows.share, by_share)
    degrees = np.maximum(design.sizes["customers"].to_numpy() - 1, 1)
    wide = special.stdtrit(degrees, 0.975)
    ratio = np.where(rows.measured, effect / error, impact / spread)
    found = {
        "effect": effect,
        "effect_low": effect - wide * error,
        "effect_high": effect + wide * error,
        "error": error,
        "impact": impact,
        "impact_low": impact - wide * spread,
        "impact_high": impact + wide * spread,
        "p": 2 * special.stdtr(degrees, -np.abs(ratio)),
    }
    return found | dict(zip(("promoters", "detractors"), (part * rows.share for part in parts), strict=False))


def _leaveout(design: Design, fitted: Regression, rows: _Rows) -> dict[str, Floats]:
    """Return the leave-out impact of themes as a whole with its interval, NaN for other rows."""
    themes = rows.whole & ~rows.measured
    value, error = left_out(design.outcomes[:, 0], _said(design, rows, themes), fitted.members)
    wide = error * special.stdtrit(np.maximum(fitted.members.shape[0] - 1, 1), 0.975)
    found = {"leaveout": value, "leaveout_low": value - wide, "leaveout_high": value + wide}
    empty = np.full(themes.size, np.nan)
    for name, numbers in found.items():
        found[name] = empty.copy()
        found[name][themes] = numbers
    return found


def _said(design: Design, rows: _Rows, themes: Flags) -> Any:
    """Return a sparse matrix of 0 and 1: which verbatim speaks of which of `themes`."""
    return design.columns @ sparse.csr_matrix(rows.made_of[:, themes])


def _beside(design: Design, fitted: Regression, rows: _Rows, table: pd.DataFrame) -> pd.Series:
    """Return the theme that each bystander travels with, missing for others; ties: the smallest id."""
    themes = rows.whole & ~rows.measured
    said, made_of = _said(design, rows, themes), rows.made_of[:, themes]
    moved = company(said, design.columns, fitted.effects[:, 0], made_of)
    mine = table[themes]
    less = (mine["impact_high"] >= 0) | (mine["impact"] > PART * mine["leaveout"])
    gap = (mine["leaveout"] / mine["share"] - mine["effect"]).to_numpy()
    warned = (mine["leaveout_high"] < 0).to_numpy() & less.to_numpy() & (moved.min(axis=1) < LEAST * gap)
    beside = pd.Series(mine["name"].to_numpy()[moved.argmin(axis=1)], index=mine.index)
    return beside.where(warned).reindex(table.index)

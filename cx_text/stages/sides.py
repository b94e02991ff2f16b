"""A collection in two sides, before and after: what can be measured on both, and each measure's change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from cx_text.answers import answers_of, contributions, estimator, share_interval
from cx_text.config import Config
from cx_text.counting import case_mix, theme_events
from cx_text.records import SCORE_COLUMNS, Collection
from cx_text.stages.decomposition import ENOUGH, decompose, levels_of, strata_of
from cx_text.statistics import Estimate, design_effect, mover

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Row = dict[str, Any]

CASES = ("channel", "contact_reason", "product")
METRICS = (*SCORE_COLUMNS, "fcr")


@dataclass(frozen=True)
class Measure:
    """Something whose mean is compared.

    Attributes:
        name: what it is called in table CHANGES.
        rows: the rows that have it, ascending.
        adds: what each of them adds to the mean.
        estimate: turns flags of some of these rows into value, low and high.
        fewest: rows that each side needs to be told.
        theme: `theme_id` and `label` where it is about one.
    """

    name: str
    rows: Ints
    adds: Floats
    estimate: Callable[[Flags], Estimate]
    fewest: int
    theme: Row


@dataclass(frozen=True)
class Sides:
    """A collection whose rows are each on one of two sides, told apart `by` a column or by time.

    `after` flags those of the second.
    """

    part: Collection
    after: Flags
    config: Config
    by: str = ""

    @cached_property
    def content(self) -> Flags:
        """One flag a row: it has content."""
        return np.asarray(self.part.substantive, dtype=bool)

    @cached_property
    def cases(self) -> pd.DataFrame:
        """What tells cases apart."""
        return case_mix(self.part, [name for name in CASES if name != self.by])

    @cached_property
    def levels(self) -> Ints:
        """The number of each row's case, from the finest to the coarsest."""
        return levels_of(self.cases)

    @cached_property
    def customer(self) -> Ints:
        """The number of each row's customer; a row without one is its own."""
        rows = self.part.verbatims
        names = rows["customer_id"].where(rows["customer_id"].notna(), "row " + rows["verbatim_id"])
        return np.asarray(pd.factorize(names)[0], dtype=np.int64)

    def sizes(self, wanted: Flags) -> Row:
        """Return how many of the wanted rows each side has."""
        after = int((wanted & self.after).sum())
        return {"n_before": int(wanted.sum()) - after, "n_after": after}

    def alone(self) -> Iterator[Row]:
        """Yield each group with enough comments of which the other side has none."""
        for dimension in self.cases:
            values = self.cases[dimension]
            for name in sorted(values.dropna().unique()):
                sizes = self.sizes(self.content & values.eq(name).to_numpy(dtype=bool, na_value=False))
                if min(sizes.values()) == 0 and max(sizes.values()) >= ENOUGH:
                    yield {"measure": "one_sided", "label": f"{dimension}={name}", **sizes}

    def measures(self) -> Iterator[Measure]:
        """Yield all that is compared: scores, the negative share, then each theme's two shares."""
        yield from map(self._score, METRICS)
        rows = np.flatnonzero(self.content)
        negative = self.part.verbatims["sentiment_label"].eq("negative").to_numpy(dtype=bool, na_value=False)
        yield self._share("negative_share", rows, negative, {})
        said, bad = theme_events(self.part).tocsc(), theme_events(self.part, -1).tocsc()
        for column, theme in enumerate(self.part.catalogue[["theme_id", "label"]].to_dict("records")):
            spoken, complained = (events[:, [column]].toarray().ravel() > 0 for events in (said, bad))
            yield self._share("share", rows, spoken, theme)
            yield self._share("negative_share", rows[spoken[rows]], complained, theme)

    def _score(self, metric: str) -> Measure:
        """Return a score."""
        answers = answers_of(self.part.verbatims, metric, self.config)
        values, told = answers.to_numpy(dtype=np.float64), estimator(metric, self.config)
        fewest = max(self.config.scores.minimum, self.config.privacy.k)
        adds = contributions(values, metric, self.config)
        return Measure(metric, answers.index.to_numpy(), adds, lambda some: told(values[some]), fewest, {})

    def _share(self, name: str, rows: Ints, flags: Flags, theme: Row) -> Measure:
        """Return the share of the rows that have their flag."""
        mine, fewest = flags[rows], self.config.privacy.k
        return Measure(
            name, rows, mine.astype(np.float64), lambda some: share_interval(mine[some]), fewest, theme
        )

    def change(self, measure: Measure) -> Row:
        """Return a row of table CHANGES, with its `p`; n alone where a side has too few rows."""
        after = self.after[measure.rows]
        sizes = {"n_before": int((~after).sum()), "n_after": int(after.sum())}
        row: Row = {"measure": measure.name, **measure.theme, **sizes}
        if min(sizes.values()) < measure.fewest:
            return row
        effects = [
            design_effect(measure.adds[side], self.customer[measure.rows][side]) for side in (~after, after)
        ]
        old, new = (
            _widened(measure.estimate(side), effect)
            for side, effect in zip((~after, after), effects, strict=True)
        )
        variance = float(measure.adds.var()) * sum(
            effect / n for effect, n in zip(effects, sizes.values(), strict=True)
        )
        difference = mover([(1, new), (-1, old)])
        row |= _cells(("before", "before_low", "before_high"), old)
        row |= _cells(("after", "after_low", "after_high"), new)
        row |= _cells(("difference", "low", "high"), difference)
        row["p"] = 2 * float(special.ndtr(-abs(difference[0]) / sqrt(variance))) if variance else 1.0
        return row | self._made_of(measure, after)

    def _made_of(self, measure: Measure, after: Flags) -> Row:
        """Return what the difference is made of; nothing where there are no two kinds of cases."""
        strata = strata_of(self.levels[:, measure.rows], after)
        if strata.max(initial=0) == 0:
            return {}
        found = decompose(measure.adds, after, strata)
        return {"mix_effect": found.mix, "rate_effect": found.rate, "one_sided": found.one_sided}


def _widened(estimate: Estimate, effect: float) -> Estimate:
    """Return an estimate with bounds as far away as a variance `effect` times as wide puts them."""
    value, low, high = estimate
    return value, value - (value - low) * sqrt(effect), value + (high - value) * sqrt(effect)


def _cells(names: tuple[str, str, str], estimate: Estimate) -> Row:
    """Return an estimate as three cells."""
    return dict(zip(names, estimate, strict=True))

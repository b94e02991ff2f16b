"""Scopes: all verbatims, and those of one channel, product, team or attribute value, counted by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from cx_text.records import Collection, attributes
from cx_text.stages.rates import Flags, Ints
from cx_text.statistics import withheld

DIMENSIONS = ("channel", "product", "team")
MOST_VALUES = 20
"""Values of a dimension that are scopes, the largest first; an attribute with more is none."""
MOST_SCOPES = 100
"""Scopes at most: attributes with few values first."""


class Scope(NamedTuple):
    """All verbatims (an empty dimension), or those with one value of a dimension."""

    dimension: str = ""
    code: int = 0
    name: str = "all"


@dataclass(frozen=True)
class Cube:
    """n verbatims with content and a date, in one order, and the links of themes to them.

    Attributes:
        days: number of days from the first on, observed or not.
        day: day of each verbatim (n,), 0 is the first.
        codes: by dimension the number of each verbatim's value (n,); -1 where it has none, or one that is
            not shown.
        names: by dimension the values that are shown, sorted.
        links: row (0..n-1), theme (number), sentiment, confidence, and of the verbatim its day, who
            (number of the customer; without an id, of the text), text_key, verbatim_id, created_at.
        themes: the ids of the themes, sorted.
    """

    days: int
    day: Ints
    codes: Mapping[str, Ints]
    names: Mapping[str, Sequence[str]]
    links: pd.DataFrame
    themes: Sequence[str]

    @cached_property
    def scopes(self) -> list[Scope]:
        """All, then the values of channel, product and team, then those of attributes with few values."""
        found = [Scope()]
        told = sorted(set(self.names) - set(DIMENSIONS), key=lambda name: (len(self.names[name]), name))
        for dimension in (*DIMENSIONS, *told):
            codes = self._largest(dimension)
            few = len(self.names[dimension]) <= MOST_VALUES or dimension in DIMENSIONS
            if len(codes) > 1 and few and len(found) + len(codes) <= MOST_SCOPES + 1:
                found += [
                    Scope(dimension, code, f"{dimension}={self.names[dimension][code]}") for code in codes
                ]
        return found

    def _largest(self, dimension: str) -> list[int]:
        """Return the numbers of the largest values of a dimension in the order of their names."""
        codes = self.codes[dimension]
        sizes = np.bincount(codes[codes >= 0], minlength=len(self.names[dimension]))
        return sorted(np.argsort(-sizes, kind="stable")[:MOST_VALUES].tolist())

    def rows(self, scope: Scope) -> Flags:
        """Return which verbatims are in a scope (n,)."""
        if not scope.dimension:
            return np.ones(len(self.day), dtype=bool)
        return np.asarray(self.codes[scope.dimension] == scope.code)

    def totals(self, rows: Flags) -> Ints:
        """Return the number of verbatims among `rows` by day."""
        return np.bincount(self.day[rows], minlength=self.days)

    def by_value(self, scope: Scope, dimension: str) -> Ints:
        """Return the verbatims of a scope by value of a dimension and day; the first row has no value."""
        if (scope, dimension) not in self._by_value:
            rows, values = self.rows(scope), len(self.names[dimension]) + 1
            cell = (self.codes[dimension][rows] + 1) * self.days + self.day[rows]
            counts = np.bincount(cell, minlength=values * self.days)
            self._by_value[scope, dimension] = counts.reshape(values, self.days)
        return self._by_value[scope, dimension]

    @cached_property
    def _by_value(self) -> dict[tuple[Scope, str], Ints]:
        """What `by_value` has counted: it is asked for every window of every theme."""
        return {}

    def counts(self, links: pd.DataFrame) -> Ints:
        """Return the number of these links by theme and day."""
        cell = (links["theme"] * self.days + links["day"]).to_numpy(dtype=np.int64)
        counts = np.bincount(cell, minlength=len(self.themes) * self.days)
        return counts.reshape(len(self.themes), self.days)

    def inside(self, links: pd.DataFrame, rows: Flags) -> pd.DataFrame:
        """Return those of the links whose verbatim is among `rows`."""
        return links[rows[links["row"].to_numpy(dtype=np.int64)]]

    def customers(self, links: pd.DataFrame) -> Ints:
        """Return the number of customers behind these links by theme."""
        people = links[["theme", "who"]].drop_duplicates()["theme"].to_numpy(dtype=np.int64)
        return np.bincount(people, minlength=len(self.themes))


def cube_of(collection: Collection, k: int) -> Cube:
    """Return the verbatims with content and a date as a `Cube`; groups with fewer than `k` are not shown."""
    frame = collection.verbatims
    kept = collection.substantive.to_numpy() & (frame["period"] >= 0).to_numpy()
    said = frame[collection.substantive]
    shown = {name: _shown(said[name], k) for name in (*DIMENSIONS, *attributes(frame.columns))}
    shown = {name: values for name, values in shown.items() if name in DIMENSIONS or values}
    mine = frame[kept]
    links = collection.links
    row = links["row"].to_numpy(dtype=np.int64)
    links, row = links[kept[row]], (kept.cumsum() - 1)[row[kept[row]]]
    theme, themes = pd.factorize(links["theme_id"], sort=True)
    who = mine["customer_id"].where(mine["customer_id"].notna(), "text " + mine["text_key"])
    told = mine.assign(who=pd.factorize(who)[0])[["day", "who", "text_key", "verbatim_id", "created_at"]]
    return Cube(
        days=len(collection.periods) * collection.period_days,
        day=mine["day"].to_numpy(dtype=np.int64),
        codes={name: pd.Index(values, dtype="str").get_indexer(mine[name]) for name, values in shown.items()},
        names=shown,
        links=links[["sentiment", "confidence"]]
        .reset_index(drop=True)
        .assign(row=row, theme=theme, **told.take(row).reset_index(drop=True)),
        themes=list(themes),
    )


def _shown(column: pd.Series, k: int) -> list[str]:
    """Return the values of a column that may be shown, sorted."""
    sizes = column.value_counts()
    return sorted(set(sizes.index) - set(withheld(sizes, k, int(column.isna().sum()))))

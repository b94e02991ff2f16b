"""Scopes of one issue: each listed where it differs from the rest, and what two of them tell is told once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cx_text.stages.rates import Flags, Ints, pooled_above, pooled_ratio
from cx_text.stages.scopes import Cube
from cx_text.stages.windows import CLEAR

APART = 0.01
"""Chance, times the number of scopes, below which a scope differs from the rest."""
SAME = 1.0, 0.0
"""P-value and ratio where there is nothing to compare."""
MOST = 0.8
"""Share of an issue of all that one scope (or some together) must make up to be listed in its place."""
ALIKE = 0.8
"""Overlap (Jaccard) of the comments of two scopes from which they tell the same."""


@dataclass(frozen=True)
class _Place:
    """An issue in one scope.

    Attributes:
        label: of its row in the table.
        name: of the scope.
        days: which verbatims are of the days that it speaks of (n,).
        mine: which verbatims are in the scope (n,).
        said: the verbatims that speak of the theme, in any scope.
        window: which verbatims are of the days of the change (n,); None without a change.
        against: which verbatims are of the days that these are held against (n,).
    """

    label: int
    name: str
    days: Flags
    mine: Flags
    said: Ints
    window: Flags | None = None
    against: Flags | None = None

    @cached_property
    def comments(self) -> Ints:
        """The verbatims behind the issue."""
        return self.said[(self.days & self.mine)[self.said]]

    def apart(self, strata: Ints) -> tuple[float, float]:
        """Return p-value and ratio of the scope against the rest on its days, in the same strata (n,)."""
        parts = [self.days & flags for flags in (self.mine, ~self.mine)]
        size = int(strata.max(initial=0)) + 1
        return _compared(
            *(
                np.bincount(strata[rows], minlength=size)
                for flags in parts
                for rows in (self.said[flags[self.said]], flags)
            )
        )

    def goes_beyond(self, taken: Flags) -> bool:
        """Return whether the issue of all is one without the taken verbatims too."""
        if taken[self.comments].sum() >= MOST * len(self.comments):
            return False
        if self.window is None or self.against is None or not taken.any():
            return True
        counts = [flags & ~taken for flags in (self.window, self.against)]
        now, before = ((flags[self.said].sum(), flags.sum()) for flags in counts)
        higher, lower = (*now, *before), (*before, *now)
        return any(_differs(_compared(*([one] for one in four)), APART) for four in (higher, lower))

    def alike(self, other: _Place) -> bool:
        """Return whether two scopes tell nearly the same comments."""
        both = len(np.intersect1d(self.comments, other.comments))
        return both >= ALIKE * max(len(self.comments) + len(other.comments) - both, 1)


def told_once(found: pd.DataFrame, cube: Cube, negative: pd.DataFrame) -> pd.DataFrame:
    """Return the issues without scopes that are like the rest, and without what scopes tell twice.

    Of each theme and class the scopes are taken by how sure they differ from the rest on the same days. The
    first is listed; a further one is where it differs from the rest within those listed before and outside
    of them, taken together: so none is told for what it has of another. Of scopes that tell nearly the same
    comments the one with the largest ratio stands for all, ties: the first by name. The issue of all
    verbatims is left out where the listed scopes make up 80 % of it, or where nothing clearly changes
    without them.

    Args:
        found: issues with scope and theme (numbers), status and told (flags of days).
        cube: the verbatims.
        negative: the counted links.
    """
    said = {theme: links["row"].to_numpy(dtype=np.int64) for theme, links in negative.groupby("theme")}
    kept: list[int] = []
    for (theme, _), group in found.groupby(["theme", "status"], sort=True):
        places = [_place(one, cube, said[theme]) for one in group.itertuples()]
        listed, strata = _listed(places, np.zeros_like(cube.day), APART / len(cube.scopes))
        taken = strata > 0
        kept += [place.label for place in listed]
        kept += [place.label for place in places if place.name == "all" and place.goes_beyond(taken)]
    return found.loc[sorted(kept)]


def _place(item: Any, cube: Cube, said: Ints) -> _Place:
    """Return a row of the issues as a place."""
    scope = cube.scopes[item.scope]
    if item.status == "chronic":
        return _Place(item.Index, scope.name, item.told[cube.day], cube.rows(scope), said)
    days = (flags[cube.day] for flags in (item.inside, item.against))
    return _Place(item.Index, scope.name, item.told[cube.day], cube.rows(scope), said, *days)


def _compared(y1: Any, n1: Any, y0: Any, n0: Any) -> tuple[float, float]:
    """Return p-value and ratio of rates `y1 / n1` being above `y0 / n0`; `SAME` where they are not known."""
    p, ratio = float(pooled_above(y1, n1, y0, n0)), float(pooled_ratio(y1, n1, y0, n0)[0])
    return SAME if np.isnan(p) else (p, ratio)


def _listed(places: list[_Place], strata: Ints, limit: float) -> tuple[list[_Place], Ints]:
    """Return the scopes that are listed and the strata that they make; stratum 0 is in none of them."""
    first = {place.label: place.apart(strata) for place in places if place.name != "all"}
    waiting = [one for one in places if _differs(first.get(one.label, SAME), limit)]
    waiting.sort(key=lambda one: (first[one.label][0], one.name))
    listed = []
    while waiting:
        same = [one for one in waiting if one is waiting[0] or one.alike(waiting[0])]
        best = min(same, key=lambda one: (-first[one.label][1], one.name))
        waiting = [one for one in waiting if one not in same]
        if _differs(best.apart(strata), limit):
            listed.append(best)
            strata = np.unique(2 * strata + best.mine, return_inverse=True)[1]
    return listed, strata


def _differs(told: tuple[float, float], limit: float) -> bool:
    """Return whether a p-value is below the limit, and the ratio clear."""
    return told[0] < limit and told[1] >= CLEAR

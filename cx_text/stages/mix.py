"""The mix of channels, products and teams: changes that it explains, and values that start or stop.

When a channel joins the data, the share of every theme in all verbatims moves though nothing has changed
for any customer. So where the mix of a window differs from that of the time it is held against, rates are
compared within each channel (product, team); one without a time of both kinds says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import special

from cx_text.stages.rates import Flags, Four, Ints, pooled_above, pooled_ratio
from cx_text.stages.scopes import DIMENSIONS, Cube, Scope

SURE = 1e-3
"""Chance of so different a mix, below which rates are compared within it."""
KNOWN = 0.5
"""Least share of verbatims with a known value on both sides, else a dimension tells no mix."""
ABSENT = 1e-4
"""Chance of so long an absence of a value, below which it starts or stops."""
NAMED = 5
"""Values of a dimension that are named in a warning."""


def adjusted(cube: Cube, scope: Scope, links: pd.DataFrame, inside: Flags, against: Flags) -> Iterator[Four]:
    """Yield (y1, n1, y0, n0) by value for each dimension whose mix inside differs from that against.

    Args:
        cube: the verbatims.
        scope: those of them that are looked at; its own dimension is left out.
        links: the counted links of one theme, in any scope.
        inside: flags of days (days,).
        against: flags of the days held against them (days,).
    """
    row = cube.inside(links, cube.rows(scope))["row"].to_numpy(dtype=np.int64)
    for dimension in DIMENSIONS:
        codes = cube.codes[dimension]
        if dimension == scope.dimension or not cube.names[dimension]:
            continue
        totals = cube.by_value(scope, dimension)
        n1, n0 = (totals[:, flags].sum(axis=1) for flags in (inside, against))
        if _known(n1, n0) and _differs(n1, n0):
            y1, y0 = (
                np.bincount(codes[row[flags[cube.day[row]]]] + 1, minlength=len(totals))
                for flags in (inside, against)
            )
            yield y1, n1, y0, n0


def most_cautious(
    four: Sequence[Four], dispersion: float, *, lower: bool = False
) -> tuple[float, float, float, float]:
    """Return (p, ratio, low, high) of the comparison with the largest p-value; p is 1 where none can be made.

    With `lower` the p-value is that of the first rate being below the second.
    """
    told = []
    for y1, n1, y0, n0 in four:
        p = pooled_above(*((y0, n0, y1, n1) if lower else (y1, n1, y0, n0)), dispersion)
        ratio, low, high = pooled_ratio(y1, n1, y0, n0, dispersion)
        told.append((1.0 if np.isnan(p) else float(p), float(ratio), float(low), float(high)))
    return max(told, key=lambda one: one[0])


def _known(n1: Ints, n0: Ints) -> bool:
    """Return whether enough verbatims of both sides have a value at all."""
    return bool(min(n[1:].sum() - KNOWN * n.sum() for n in (n1, n0)) >= 0)


def _differs(n1: Ints, n0: Ints) -> bool:
    """Return whether the mixes of two sides differ by more than chance (chi-square of the table)."""
    table = np.zeros((2, max(len(n1), len(n0))))
    table[0, : len(n1)], table[1, : len(n0)] = n1, n0
    table = table[:, table.sum(axis=0) > 0]
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / max(table.sum(), 1)
    square = float(((table - expected) ** 2 / np.maximum(expected, 1e-12)).sum())
    return bool(special.chdtrc(max(table.shape[1] - 1, 1), square) < SURE)


def arrivals(cube: Cube, first_day: pd.Timestamp, days: int, since: int = 0) -> list[str]:
    """Return a sentence for each channel, product or team that only starts or stops in the data.

    It does where its absence until its first verbatim (or since its last one) has a chance below 1 in
    10,000 at the share that it has in between; at most 5 of a dimension are named.

    Args:
        cube: the verbatims.
        first_day: the date of day 0.
        days: the number of days observed to their end; later ones are not looked at.
        since: only what starts or stops on this day or later.
    """
    told: list[str] = []
    for dimension in DIMENSIONS:
        found = [
            text
            for code in range(len(cube.names[dimension]))
            for day, text in _arrival(cube, dimension, code, first_day, days)
            if day >= since
        ]
        told += found[:NAMED]
        if len(found) > NAMED:
            told.append(f"{dimension}: {len(found) - NAMED} more values start or stop in the data")
    return told


def _arrival(
    cube: Cube, dimension: str, code: int, first_day: pd.Timestamp, days: int
) -> Iterator[tuple[int, str]]:
    """Yield day and sentence where a value starts, and where it stops."""
    total = cube.totals(cube.day < days)[:days]
    mine = cube.totals((cube.codes[dimension] == code) & (cube.day < days))[:days]
    there = np.flatnonzero(mine)
    if not there.size:
        return
    first, last = int(there[0]), int(there[-1])
    share = float(mine.sum() / total[first : last + 1].sum())
    name = f"{dimension}={cube.names[dimension][code]}"
    for day, word, absent in ((first, "first", total[:first]), (last, "last", total[last + 1 :])):
        if absent.sum() * np.log1p(-min(share, 1 - 1e-12)) < np.log(ABSENT):
            when = (first_day + pd.Timedelta(days=day)).date()
            told = f"{name} {word} seen on {when}: what this does to the mix of all comments is no issue"
            yield day, told

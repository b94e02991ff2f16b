"""What changes and what stays: the tests of every theme in every scope, and the classes that they give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cx_text.config import Issues
from cx_text.records import Collection
from cx_text.stages.mix import adjusted, most_cautious
from cx_text.stages.rates import Ints, contrast, dispersion_of, rates_above, ratio_of_rates
from cx_text.stages.scopes import Cube, Scope
from cx_text.stages.seasons import Cycle, expected_by, seasons_tested
from cx_text.stages.windows import CLEAR, STRONG, windows_tested
from cx_text.statistics import benjamini_hochberg

NEGATIVE = -0.05
PRESENT = 0.6
FEWEST_PERIODS = 4
RECENT = 56
"""Days in which a history told by week is looked at by day too."""
DOUBTFUL = 0.05
"""Tests with a larger p-value need no second look at the mix."""


@dataclass(frozen=True)
class Clock:
    """The time that is judged.

    Attributes:
        first_day: the date of day 0, the start of the first period.
        step: days of a period, 1 or 7.
        periods: number of complete periods.
        days: number of days observed to their end; at least those of the complete periods.
        span: number of days of all periods.
    """

    first_day: pd.Timestamp
    step: int
    periods: int
    days: int
    span: int

    @classmethod
    def of(cls, collection: Collection) -> Clock:
        """Return the time of a collection."""
        periods = max(len(collection.periods) - (not collection.last_complete), 0)
        step = collection.period_days
        first = pd.Timestamp(collection.periods[0] if len(collection.periods) else 0)
        days = max(collection.days, periods * step)
        return cls(first, step, periods, days, len(collection.periods) * step)

    @property
    def whole(self) -> int:
        """The number of days in complete periods."""
        return self.periods * self.step

    def by_period(self, counts: Ints) -> Ints:
        """Return the sums of complete periods along the last axis of counts by day."""
        kept = counts[..., : self.whole]
        return np.asarray(kept.reshape(*kept.shape[:-1], self.periods, self.step).sum(axis=-1))


def changes(cube: Cube, clock: Clock, negative: pd.DataFrame, settings: Issues) -> pd.DataFrame:
    """Return the best change of each scope x theme that passes the false discovery rate and is large.

    One row each with scope and theme (numbers), status, inside and against (flags of the days that are
    compared), told (flags of the days that the issue speaks of), since (day of the change), pattern (the
    parts of a season in words), y1, n1, y0, n0, dispersion, ratio, low, high and q.
    """
    tests = pd.concat(list(_tests(cube, clock, negative, settings)), ignore_index=True)
    tests = _within_mix(_with_ratio(tests), cube, negative)
    by_kind = tests.groupby("kind")["p"].transform(benjamini_hochberg)
    found = tests.assign(q=np.maximum(benjamini_hochberg(tests["p"]), by_kind))
    found = found[found["q"] <= settings.q]
    found = found.assign(status=[_status(one, cube, clock, negative) for one in found.itertuples()])
    found = found.assign(first=found["kind"].map({"return": 0, "season": 2}).fillna(1))
    found = found.sort_values(["scope", "theme", "first", "p", "kind"], kind="stable")
    found = found[found["status"] != ""].drop_duplicates(["scope", "theme"])
    whole = np.arange(clock.span) < clock.whole
    told = [whole if one.status == "fading" else one.inside for one in found.itertuples()]
    return found.assign(told=pd.Series(told, index=found.index, dtype=object), since=found["start"])


def _tests(cube: Cube, clock: Clock, negative: pd.DataFrame, settings: Issues) -> Iterator[pd.DataFrame]:
    """Yield the tests of each scope; themes with too few customers there are not tested."""
    for number, scope in enumerate(cube.scopes):
        rows = cube.rows(scope)
        links = cube.inside(negative, rows)
        enough = cube.customers(links) >= settings.customers
        y, n = cube.counts(links) * enough[:, None], cube.totals(rows)
        for tests in _looks(y[:, : clock.days], n[: clock.days], clock, settings.minimum):
            yield tests.rename(columns={"series": "theme"}).assign(scope=number)


def _looks(y: Ints, n: Ints, clock: Clock, minimum: int) -> Iterator[pd.DataFrame]:
    """Yield the tests by period, those by day of the last weeks, and those of seasons."""
    weekdays, months = (make(clock.first_day, clock.days) for make in (Cycle.of_weekdays, Cycle.of_months))
    by_day = expected_by(y, n, weekdays)
    if clock.step == 1:
        yield _with_days(windows_tested(y, by_day, minimum), clock, 1, clock.days)
    else:
        weeks = months.each(clock.step, clock.periods)
        counts, totals = clock.by_period(y), clock.by_period(n)
        tests = windows_tested(counts, expected_by(counts, totals, weeks), minimum)
        yield _with_days(tests, clock, clock.step, clock.whole)
        tests = windows_tested(y, by_day, minimum, max(clock.days - RECENT, 1), clock.step)
        yield _with_days(tests, clock, 1, clock.days)
    for cycle in (weekdays, months):
        tests = seasons_tested(y, n, cycle, minimum)
        pattern = [cycle.told(arc) for arc in tests["arc"]]
        inside = [np.pad(cycle.inside(arc), (0, clock.span - clock.days)) for arc in tests["arc"]]
        judged = np.arange(clock.span) < clock.days
        against = [judged & ~flags for flags in inside]
        tests = tests.drop(columns="arc").assign(kind="season", start=0, pattern=pattern)
        yield tests.assign(inside=pd.Series(inside, dtype=object), against=pd.Series(against, dtype=object))


def _with_days(tests: pd.DataFrame, clock: Clock, step: int, days: int) -> pd.DataFrame:
    """Return tests by periods of `step` days, of `days` in all, with the days inside and against."""
    at = np.arange(clock.span)
    start, end, gap = (
        tests[name].to_numpy(dtype=np.int64)[:, None] * step for name in ("start", "end", "gap")
    )
    inside = (at >= start) & (at < end)
    against = np.where(gap < 0, ~inside & (at < days), (at >= gap) & (at < start))
    told = {
        name: pd.Series(list(flags), dtype=object)
        for name, flags in (("inside", inside), ("against", against))
    }
    return tests.drop(columns=["end", "gap"]).assign(pattern="", start=start[:, 0], **told)


def _with_ratio(tests: pd.DataFrame) -> pd.DataFrame:
    """Return tests with ratio, low and high."""
    counts = tests[["y1", "n1", "y0", "n0", "dispersion"]].to_numpy(dtype=np.float64).T
    ratio, low, high = ratio_of_rates(*counts)
    return tests.assign(ratio=ratio, low=low, high=high)


def _within_mix(tests: pd.DataFrame, cube: Cube, negative: pd.DataFrame) -> pd.DataFrame:
    """Return the tests, where the mix of a window differs with the p and ratio that hold within it."""
    by_theme = dict(tuple(negative.groupby("theme")))
    tests, within = tests.astype({"p": np.float64}), {}
    for item in tests[tests["p"] <= DOUBTFUL].itertuples():
        four = list(adjusted(cube, cube.scopes[item.scope], by_theme[item.theme], item.inside, item.against))
        if four:
            p, ratio, low, high = most_cautious(four, item.dispersion, lower=item.kind == "fall")
            if p * item.tries > item.p:
                within[item.Index] = min(p * item.tries, 1.0), ratio, low, high
    if within:
        tests.loc[list(within), ["p", "ratio", "low", "high"]] = np.array(list(within.values()))
    return tests


def _status(item: Any, cube: Cube, clock: Clock, negative: pd.DataFrame) -> str:
    """Return what a significant change is called, empty where it is too small or too long to be told."""
    if item.kind == "return":
        return "returned"
    if item.kind == "fall":
        return "fading" if item.ratio <= 1 / CLEAR else ""
    if item.ratio < CLEAR:
        return ""
    if item.kind == "season":
        return "seasonal"
    if item.kind == "burst":
        short = max(7, clock.whole // 8) if clock.step == 1 else clock.step * max(4, clock.periods // 8)
        return "spike" if item.start > 0 and item.inside.sum() <= short else ""
    mine = cube.rows(cube.scopes[item.scope])
    links = cube.inside(negative[negative["theme"] == item.theme], mine)
    outside = ~clock.by_period(item.inside).astype(bool)
    observed = outside & (clock.by_period(cube.totals(mine)) > 0)
    heard = np.bincount(links["day"], minlength=clock.span)
    present = (observed & (clock.by_period(heard) > 0)).sum() / max(observed.sum(), 1)
    return "emerging" if present < PRESENT or item.ratio >= STRONG else ""


def levels(cube: Cube, clock: Clock, settings: Issues) -> pd.DataFrame:
    """Return what is there in most periods: in all verbatims, and in scopes above the others.

    Columns as of `changes`; y1 and n1 are of the last quarter (at most 3 periods) and held against the
    time before, in a scope of all the time and held against the other verbatims, which is tested.
    """
    negative = cube.links[(cube.links["sentiment"] <= NEGATIVE).to_numpy()]
    positive = cube.links[(cube.links["sentiment"] >= -NEGATIVE).to_numpy()]
    everything = clock.by_period(cube.counts(negative)), clock.by_period(cube.totals(cube.rows(Scope())))
    found = []
    for number, scope in enumerate(cube.scopes):
        rows = cube.rows(scope)
        mine, liked = (cube.inside(part, rows) for part in (negative, positive))
        y, n = clock.by_period(cube.counts(mine)), clock.by_period(cube.totals(rows))
        liked = clock.by_period(cube.counts(liked)).sum(axis=1)
        observed = (n > 0).sum()
        there = (y > 0).sum(axis=1) >= PRESENT * max(observed, FEWEST_PERIODS)
        enough = y.sum(axis=1) >= np.maximum(settings.minimum, liked)
        theme = np.flatnonzero(there & enough)
        found.append(
            _level(y[theme], n, everything if number else None, theme).assign(theme=theme, scope=number)
        )
    table = _with_ratio(pd.concat(found, ignore_index=True))
    whole = np.arange(clock.span) < clock.whole
    days = {name: pd.Series([whole] * len(table), dtype=object) for name in ("inside", "told")}
    table = table.assign(status="chronic", since=-1, pattern="", q=benjamini_hochberg(table["p"]), **days)
    return table[(table["scope"] == 0) | (table["q"] <= settings.q)]


def _level(y: Ints, n: Ints, others: tuple[Ints, Ints] | None, theme: Ints) -> pd.DataFrame:
    """Return what the rates of series by period are held against: the time before, or the other verbatims."""
    now = np.broadcast_to(np.arange(len(n)) >= len(n) - min(max(len(n) // 4, 1), 3), y.shape)
    dispersion = dispersion_of(y, n, now)
    y1, n1, y0, n0 = contrast(y, n, now, ~now)
    p = np.full(len(theme), np.nan)
    if others is not None:
        y1, n1 = y1 + y0, n1 + n0
        y0, n0 = others[0][theme].sum(axis=1) - y1, others[1].sum() - n1
        p = rates_above(y1, n1, y0, n0, dispersion)
    return pd.DataFrame({"y1": y1, "n1": n1, "y0": y0, "n0": n0, "dispersion": dispersion, "p": p})

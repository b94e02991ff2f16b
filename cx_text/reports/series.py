"""How often each theme was mentioned over time, from the published trends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from cx_text.reports.wording import DASH, as_day, day, percent

ALL = "all"
WHOLE = ("", ALL)
"""What a scope, channel or period is called that is not a part."""


@dataclass(frozen=True)
class Series:
    """A rate by period: `periods` in order, `rates` of 0..1 with None where nothing was observed."""

    periods: tuple[str, ...] = ()
    rates: tuple[float | None, ...] = ()

    @property
    def known(self) -> list[float]:
        """The rates that are known, in order."""
        return [rate for rate in self.rates if rate is not None]

    def __bool__(self) -> bool:
        """Return whether there is a line to draw: two known rates or more."""
        return len(self.known) > 1

    @property
    def told(self) -> str:
        """The series in one clause, for those who do not see the line."""
        known = self.known
        if not known:
            return "no trend"
        return (
            f"from {percent(known[0])} in the first to {percent(known[-1])} in the last of "
            f"{len(self.periods)} {noun(self.periods)}s, highest {percent(max(known))}"
        )


def theme_series(trends: pd.DataFrame, channel: str = ALL) -> Mapping[str, Series]:
    """Return the series of each theme, over all channels or in one.

    A theme without a row in a period that was observed was not mentioned there: its rate is 0.
    Rows whose count is not published are left out.
    """
    part = trends[trends["count"].notna() & trends["n"].notna()]
    names = part["channel"].fillna("")
    part = part[names.isin(WHOLE) if channel == ALL else names == channel]
    if part.empty:
        return {}
    totals = part.groupby("period")["n"].max()
    periods = tuple(totals.index)
    counts = part.pivot_table("count", "theme_id", "period", aggfunc="sum", fill_value=0)
    counts = counts.reindex(columns=list(periods), fill_value=0)
    bases = [int(n) for n in totals]
    return {
        str(theme): Series(
            periods, tuple(int(c) / n if n else None for c, n in zip(line, bases, strict=True))
        )
        for theme, line in zip(counts.index, counts.to_numpy().tolist(), strict=True)
    }


def length(periods: tuple[str, ...]) -> int:
    """Return the days of one period, from the closest two; 0 if they are no dates."""
    days = [when for when in map(as_day, periods) if when is not None]
    return min(((later - former).days for former, later in pairwise(days)), default=0)


def noun(periods: tuple[str, ...]) -> str:
    """Return what a period is called: day, week, month or period."""
    return {1: "day", 7: "week", 28: "month", 30: "month"}.get(length(periods), "period")


def covered(periods: tuple[str, ...]) -> str:
    """Return the first and the last day of all periods; empty without any."""
    if not periods:
        return ""
    last = as_day(periods[-1])
    end: date | str = periods[-1] if last is None else last + timedelta(days=max(length(periods) - 1, 0))
    return day(periods[0]) if day(periods[0]) == day(end) else f"{day(periods[0])} {DASH} {day(end)}"

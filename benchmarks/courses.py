"""Made-up courses of complaints over time, as numbers and names: no texts, so that many can be judged.

A `Course` says how many verbatims come in a day and how often themes come up; a `Plant` bends the rate of one
theme in some days and rows. Everything follows from the seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_text.records import CATALOGUE, COUNTED, LINKS, Collection

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST = pd.Timestamp("2026-01-05", tz="UTC")
"""A Monday, the first day of all courses."""
LEVELS = (0.002, 0.005, 0.01, 0.02, 0.04, 0.08)
"""Rates of themes."""
SHARES: Mapping[str, Mapping[str, float]] = {
    "channel": {"app": 0.2, "chat": 0.25, "email": 0.2, "phone": 0.35},
    "product": {"basic": 0.4, "extra": 0.3, "family": 0.2, "gold": 0.1},
    "attr_region": {"east": 0.25, "north": 0.25, "south": 0.25, "west": 0.25},
}
TEAMS = {"app": "digital", "chat": "digital", "email": "back office", "phone": "front"}
"""The team of most verbatims of a channel."""


@dataclass(frozen=True)
class Plant:
    """A theme whose rate is `rate` on the days from `start` to before `end`, in rows with these values.

    With `weekday` only on that day of the week (0 is Monday); elsewhere the rate is `otherwise`.
    """

    theme: int
    rate: float
    start: int = 0
    end: int = 10_000
    otherwise: float = 0.0
    where: Mapping[str, str] = field(default_factory=dict)
    weekday: int | None = None


@dataclass(frozen=True)
class Course:
    """Complaints over time.

    Attributes:
        days: number of days.
        step: days of a period.
        daily: verbatims a day on average.
        themes: number of themes; each has one of `LEVELS`, and rates of its own by channel and product.
        spread: coefficient of variation of a theme's rate from period to period.
        surge: days with three times the volume, from and before.
        joins: day on which channel ``app`` first appears.
        weekly: fewer verbatims and more of ``app`` on weekends.
        plants: what bends the rates of single themes.
    """

    days: int
    step: int
    daily: float = 300
    themes: int = 40
    spread: float = 0.0
    surge: tuple[int, int] = (0, 0)
    joins: int = 0
    weekly: bool = True
    plants: Sequence[Plant] = ()

    def collection(self, seed: int, days: int | None = None) -> Collection:
        """Return what is known after the first `days` days (default: all)."""
        rng = np.random.default_rng(seed)
        day = np.repeat(np.arange(self.days), rng.poisson(self._volume()))
        rows = self._rows(day, rng)
        hit = rng.random((len(day), self.themes)) < self._rates(day, rows, rng)
        sentiment = np.where(rng.random(hit.shape) < 0.85, -0.5, 0.3)
        seen = day < (self.days if days is None else days)
        return _collected(rows[seen].reset_index(drop=True), hit[seen], sentiment[seen], self.step)

    def _volume(self) -> Floats:
        """Return the expected verbatims by day."""
        at = np.arange(self.days)
        volume = np.full(self.days, float(self.daily))
        if self.weekly:
            volume *= np.where(at % 7 >= 5, 0.6, 1.16)
        volume[slice(*self.surge)] *= 3
        return volume

    def _rows(self, day: Ints, rng: np.random.Generator) -> pd.DataFrame:
        """Return the verbatims: times, customers and groups."""
        size = len(day)
        minute = np.sort(rng.integers(7 * 60, 23 * 60 + 50, size))
        frame = pd.DataFrame(
            {"day": day, "created_at": FIRST + pd.to_timedelta(day * 1440 + minute, unit="min")}
        )
        frame["customer_id"] = [f"c{number}" for number in rng.integers(0, max(size // 2, 1), size)]
        for name, shares in SHARES.items():
            weight = np.tile(list(shares.values()), (size, 1))
            if name == "channel":
                weight[(day % 7 >= 5) & self.weekly, 0] *= 2
                weight[day < self.joins, 0] = 0
            bound = (weight / weight.sum(axis=1, keepdims=True)).cumsum(axis=1)
            pick = (rng.random((size, 1)) > bound[:, :-1]).sum(axis=1)
            frame[name] = np.array(list(shares))[pick]
        usual = frame["channel"].map(TEAMS)
        frame["team"] = usual.where(rng.random(size) < 0.9, "back office")
        return frame

    def _rates(self, day: Ints, rows: pd.DataFrame, rng: np.random.Generator) -> Floats:
        """Return the rate of each theme in each row."""
        level = rng.choice(LEVELS, self.themes)
        periods = day // self.step
        count = self.days // self.step + 1
        shape = 1 / self.spread**2 if self.spread else 0
        wild = (
            rng.gamma(shape, 1 / shape, (count, self.themes))
            if self.spread
            else np.ones((count, self.themes))
        )
        rate = level * wild[periods]
        for name in ("channel", "product"):
            factor = rng.uniform(0.4, 1.6, (len(SHARES[name]), self.themes))
            if name == "channel":
                factor[0, : self.themes // 3] *= 2
            rate *= factor[pd.Index(list(SHARES[name])).get_indexer(rows[name])]
        for plant in self.plants:
            here = (day >= plant.start) & (day < plant.end)
            here &= np.logical_and.reduce(
                [rows[name] == value for name, value in plant.where.items()] or [True]
            )
            here &= plant.weekday is None or day % 7 == plant.weekday
            rate[:, plant.theme] = np.where(here, plant.rate, plant.otherwise) * wild[periods, plant.theme]
        return np.asarray(np.minimum(rate, 1.0))


def _collected(rows: pd.DataFrame, hit: NDArray[np.bool_], sentiment: Floats, step: int) -> Collection:
    """Return rows and the themes that they speak of as a collection."""
    order = rows.sort_values("created_at", kind="stable").index.to_numpy()
    rows, hit, sentiment = rows.loc[order].reset_index(drop=True), hit[order], sentiment[order]
    row, theme = np.nonzero(hit)
    names = np.array([f"T{number:04d}" for number in range(hit.shape[1])])
    days = int(rows["day"].max()) + 1
    ids = [f"v{number:07d}" for number in range(len(rows))]
    told = rows.drop(columns="day").assign(
        verbatim_id=ids, text_key=ids, status=np.where(hit.any(axis=1), "themed", "unthemed")
    )
    links = {"row": row, "theme_id": names[theme], "sentiment": sentiment[row, theme], "confidence": 0.9}
    periods = -(-days // step)
    return Collection(
        verbatims=COUNTED.frame(told).assign(period=rows["day"] // step, day=rows["day"]),
        links=LINKS.frame(links),
        catalogue=CATALOGUE.frame({"theme_id": names, "label": names}),
        periods=[str((FIRST + pd.Timedelta(days=step * number)).date()) for number in range(periods)],
        period_days=step,
        last_complete=days % step == 0,
        days=days,
    )

"""Draws exports from the stock: every comment as often as what was planted says.

A `Tilt` multiplies the odds of a theme or contact reason where all that it names holds. Within a cell
of rows to which the same tilts apply, each comment of the stock has a weight, the product of the
factors of what it says; so the share of each theme there is known exactly. Only transcripts keep the
channel that they were written for: where nothing is planted, channels are exactly alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from world import AGENTS, WORLD

from cx_text.records import COUNTED, MENTIONS, Scored
from planting.company import TRANSCRIPT, Flags, Floats, Ints, Stock

Agent = tuple[str, str, float]
WEEKDAYS = (1.19, 1.12, 1.12, 1.05, 1.05, 0.77, 0.70)
EVER = 10**6
AGENT_LIST: tuple[Agent, ...] = tuple((name, team, weight) for name, team, _, weight in AGENTS)


@dataclass(frozen=True)
class Tilt:
    """The odds of `what` (a theme or contact reason) are `factor` times the usual ones where all holds.

    Attributes:
        what: name of the theme or reason.
        factor: 0 or more.
        first: first day on which it holds.
        last: last day.
        weekdays: 0 is the first day of the export; empty: all.
        channels: empty: all.
        agents: empty: all.
        teams: empty: all.
    """

    what: str
    factor: float
    first: int = 0
    last: int = EVER
    weekdays: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def holds(self, rows: pd.DataFrame) -> Flags:
        """Return whether it applies to each of `rows` (columns day, channel, agent, team)."""
        told = (rows["day"] >= self.first) & (rows["day"] <= self.last)
        if self.weekdays:
            told &= (rows["day"] % 7).isin(self.weekdays)
        for column, wanted in (("channel", self.channels), ("agent", self.agents), ("team", self.teams)):
            if wanted:
                told &= rows[column].isin(wanted)
        flags: Flags = told.to_numpy()
        return flags


@dataclass(frozen=True)
class Plan:
    """An export to be drawn.

    Attributes:
        days: its length; the first is a Monday.
        per_day: comments on an average day.
        tilts: what is planted.
        surges: times the usual volume, by day.
        opens: first day of a channel that is not there from the start.
        agents: name, team and weight of volume of each.
        channels: weight of volume of each channel.
        places: the same of an agent who does not work in all as others do.
    """

    days: int
    per_day: float
    tilts: tuple[Tilt, ...] = ()
    surges: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    opens: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    agents: tuple[Agent, ...] = AGENT_LIST
    channels: Mapping[str, float] = field(default_factory=lambda: MappingProxyType(WORLD["channels"]))
    places: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Export:
    """Scored rows as drawn, and the truth.

    Attributes:
        scored: the rows, by time.
        day: number of each row's day (n).
        drawn: row of the stock (n).
        cell: the cell of each row (n).
        chance: how likely each comment of the stock is in each cell, summing to 1 (cells x stock).
        said: which comment of the stock says which theme (stock x k).
    """

    scored: Scored
    day: Ints
    drawn: Ints
    cell: Ints
    chance: Floats
    said: Flags

    @cached_property
    def shares(self) -> Floats:
        """Share of the comments that say each theme, by cell (cells x k)."""
        return self.chance @ self.said

    def until(self, day: int) -> Scored:
        """Return the rows of the days up to `day`."""
        rows = self.scored.verbatims[self.day <= day]
        mentions = self.scored.mentions
        return Scored(rows, mentions[mentions["verbatim_id"] <= rows["verbatim_id"].iloc[-1]])

    def retold(self, stock: Stock) -> Export:
        """Return the same rows with the mentions that another reader, `stock`, finds in them."""
        return replace(self, scored=Scored(self.scored.verbatims, _mentions(stock, self.drawn)))


def odds_ratio(share: float, wanted: float) -> float:
    """Return the factor by which the odds must change for `share` to become `wanted`.

    >>> odds_ratio(0.5, 0.75)
    3.0
    """
    return wanted / (1 - wanted) * (1 - share) / share


def drawn(plan: Plan, stock: Stock, seed: int) -> Export:
    """Return the export of `plan` with this `seed`."""
    rng = np.random.default_rng(seed)
    rows = _contacts(plan, rng)
    holds = np.column_stack([np.ones(len(rows), dtype=bool), *(tilt.holds(rows) for tilt in plan.tilts)])
    where = rows["channel"].to_numpy(dtype=object)
    cell, members = _cells(pd.factorize(where, sort=True)[0], holds)
    chosen, chance = np.empty(len(rows), dtype=np.int64), []
    long = (stock.rows["channel"] == TRANSCRIPT).to_numpy()
    for number, first in enumerate(members):
        tilts = [tilt for tilt, told in zip(plan.tilts, holds[first, 1:], strict=True) if told]
        weight = _weights(tilts, stock) * (long == (where[first] == TRANSCRIPT))
        here = np.flatnonzero(cell == number)
        running = weight.cumsum()
        chosen[here] = np.searchsorted(running, rng.random(len(here)) * running[-1], side="right")
        chance.append(weight / running[-1])
    verbatims = (
        stock.rows.take(chosen)
        .reset_index(drop=True)
        .assign(
            verbatim_id=_ids(len(rows)),
            created_at=_times(rows, rng),
            channel=where,
            agent=rows["agent"].astype("str").mask(rng.random(len(rows)) < WORLD["agent_missing"]).to_numpy(),
            team=rows["team"].astype("str").to_numpy(),
            customer_id=_customers(len(rows), rng),
            csat=_answers(stock.felt[chosen], rng),
        )
    )
    scored = Scored(COUNTED.frame(verbatims), _mentions(stock, chosen))
    return Export(scored, rows["day"].to_numpy(), chosen, cell, np.array(chance), stock.said)


def _mentions(stock: Stock, chosen: Ints) -> pd.DataFrame:
    """Return the mentions of the rows `chosen`, table MENTIONS."""
    size = np.diff(stock.first)[chosen]
    place = np.repeat(np.arange(len(chosen)), size)
    within = np.arange(len(place)) - np.repeat(size.cumsum() - size, size)
    mentions = stock.mentions.take(stock.first[chosen][place] + within)
    return MENTIONS.frame(mentions.assign(verbatim_id=_ids(len(chosen))[place]))


def _ids(rows: int) -> NDArray[np.object_]:
    """Return the ids of rows."""
    return np.array([f"R{row:07}" for row in range(rows)], dtype=object)


def _contacts(plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return day, channel, agent and team of each comment, by day."""
    noise = np.maximum(rng.normal(1, WORLD["week_noise"], plan.days // 7 + 1), 0.1)
    size = [
        plan.per_day * WEEKDAYS[day % 7] * noise[day // 7] * plan.surges.get(day, 1.0)
        for day in range(plan.days)
    ]
    day = np.repeat(np.arange(plan.days), rng.poisson(size))
    places = list(plan.channels)
    weight = np.array([_weight_of(agent, plan) for agent in plan.agents])
    pick = rng.choice(weight.size, len(day), p=(weight / weight.sum()).ravel())
    who, where = np.divmod(pick, len(places))
    rows = pd.DataFrame(
        {
            "day": day,
            "channel": pd.Categorical.from_codes(where, places),
            "agent": pd.Categorical.from_codes(who, [name for name, _, _ in plan.agents]),
            "team": pd.Categorical([team for _, team, _ in plan.agents])[who],
        }
    )
    opens = np.array([plan.opens.get(name, 0) for name in places])
    return rows[day >= opens[where]].reset_index(drop=True)


def _weight_of(agent: Agent, plan: Plan) -> Floats:
    """Return how often an agent is met in each channel."""
    name, _, weight = agent
    usual = plan.channels
    mix = np.array([plan.places.get(name, usual).get(place, 0.0) for place in usual], dtype=np.float64)
    weights: Floats = weight * mix / mix.sum()
    return weights


def _cells(place: Ints, holds: Flags) -> tuple[Ints, Ints]:
    """Return the number of each row's cell, and the first row of each cell."""
    key = np.column_stack([place, holds])
    _, first, cell = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return cell.reshape(-1), first


def _weights(tilts: Iterable[Tilt], stock: Stock) -> Floats:
    """Return how likely each comment of the stock is where all `tilts` hold, 1 as usual."""
    weight = np.ones(len(stock.rows))
    for tilt in tilts:
        if tilt.what in stock.themes:
            says = stock.said[:, stock.themes.index(tilt.what)]
        else:
            says = (stock.rows["contact_reason"] == tilt.what).to_numpy()
        weight[says] *= tilt.factor
    return weight


def _times(rows: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Return when each comment came, within its day by the hours of its channel."""
    hours = np.zeros(len(rows), dtype=np.int64)
    for place in rows["channel"].cat.categories:
        weights = np.array(WORLD["hours"].get(place, WORLD["hours"]["Phone"]))
        here = np.flatnonzero(rows["channel"] == place)
        hours[here] = rng.choice(24, len(here), p=weights / weights.sum())
    minutes = (rows["day"].to_numpy() * 24 + hours) * 60 + rng.integers(0, 60, len(rows))
    return pd.Series(pd.Timestamp(WORLD["first_monday"], tz="UTC") + pd.to_timedelta(minutes, unit="min"))


def _customers(rows: int, rng: np.random.Generator) -> list[str]:
    """Return who wrote each comment; some have written before."""
    again = rng.random(rows) < WORLD["customers_return"]
    again[:1] = False
    number = np.cumsum(~again)
    number[again] = np.ceil(rng.random(int(again.sum())) * number[again])
    return [f"c_{one:06}" for one in number]


def _answers(felt: Floats, rng: np.random.Generator) -> Floats:
    """Return the scores given, 1 to 5, some of them missing."""
    score = np.clip(np.rint(felt + rng.normal(0, WORLD["csat_noise"], len(felt))), 1, 5)
    score[rng.random(len(felt)) < WORLD["csat_missing"]] = np.nan
    return score


def weekly_days(weeks: Sequence[int]) -> list[int]:
    """Return the days of the weeks named.

    >>> weekly_days([1])
    [7, 8, 9, 10, 11, 12, 13]
    """
    return [7 * week + day for week in weeks for day in range(7)]

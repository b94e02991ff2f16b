"""What is planted on agents, teams and channels, and what is truly so of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from world import WORLD

from planting.company import TRANSCRIPT, Flags, Floats, Stock
from planting.drawing import Agent, Export, Plan, Tilt, odds_ratio

SIZES, RATIOS = (20, 40, 80), (2.5, 4.0)
BEHAVIOURS: Mapping[str, str] = MappingProxyType(
    {
        "rude": "politeness",
        "not_listened": "active_listening",
        "unclear": "clarity",
        "no_callback": "follow_up",
        "repeat": "low_effort",
        "not_resolved": "resolution",
    }
)
"""Themes that an agent can change, and the behaviour that customers miss where they say them."""
BAD_PLACE, BAD_THEME, WORSE = "Chat", "wait", 3.0
TEAM, TEAM_THEME, TEAM_RATIO = "Team H", "cancel", 3.0
NEGATIVE = -0.05
DAYS, USUAL = 182, 130


@dataclass(frozen=True)
class Staff:
    """Who is there, by what is planted on them.

    Attributes:
        agents: name, team and expected number of comments.
        elevated: theme and O/E planted on an agent, by name.
        trapped: good agents who only work where things are bad.
        tiny: agents with very few comments, most of them bad.
    """

    agents: tuple[Agent, ...]
    elevated: Mapping[str, tuple[str, float]]
    trapped: frozenset[str]
    tiny: frozenset[str]


def staff(seed: int) -> Staff:
    """Return eight teams of six; whose theme is planted goes round with the seed."""
    slots = [(size, ratio) for size in SIZES for ratio in RATIOS]
    themes = list(BEHAVIOURS)
    names = [(f"staff-{team}{place}", f"Team {team}") for team in "ABCDEFGH" for place in range(1, 7)]
    size = dict.fromkeys((name for name, _ in names), float(USUAL))
    elevated = {}
    for slot, (number, ratio) in enumerate(slots):
        name = names[6 * slot][0]
        size[name] = float(number)
        elevated[name] = themes[(slot + seed) % len(themes)], ratio
    trapped = frozenset(names[6 * slot + 1][0] for slot in range(3))
    tiny = frozenset(names[6 * slot + 2][0] for slot in range(3))
    size |= dict.fromkeys(tiny, 4.0)
    agents = tuple((name, team, size[name]) for name, team in names)
    return Staff(agents, elevated, trapped, tiny)


def busy(people: Staff, stock: Stock) -> Plan:
    """Return an export with everything planted on agents, a team and a channel."""

    def odds(theme: str, ratio: float) -> float:
        return odds_ratio(stock.share(theme), ratio * stock.share(theme))

    tilts = [
        Tilt(theme, odds(theme, ratio), agents=(name,)) for name, (theme, ratio) in people.elevated.items()
    ]
    tilts += [Tilt("rude", odds_ratio(stock.share("rude"), 0.6), agents=tuple(sorted(people.tiny)))]
    tilts += [Tilt(BAD_THEME, odds(BAD_THEME, WORSE), channels=(BAD_PLACE,))]
    tilts += [Tilt(BAD_THEME, 0.8, agents=tuple(sorted(people.trapped)))]
    tilts += [Tilt(TEAM_THEME, odds(TEAM_THEME, TEAM_RATIO), teams=(TEAM,))]
    places = {name: {BAD_PLACE: 1.0} for name in people.trapped}
    return Plan(DAYS, _per_day(people), tuple(tilts), agents=people.agents, places=places)


def alike(people: Staff, _: Stock) -> Plan:
    """Return an export in which nobody differs but by chance."""
    return Plan(DAYS, _per_day(people), agents=people.agents)


def lengthy(people: Staff, _: Stock) -> Plan:
    """Return an export in which nobody differs, but in one more channel people say more in each comment."""
    channels = {**WORLD["channels"], TRANSCRIPT: 30}
    return Plan(DAYS, _per_day(people), agents=people.agents, channels=channels)


PLANS: Mapping[str, Callable[[Staff, Stock], Plan]] = MappingProxyType(
    {"planted": busy, "null": alike, "length": lengthy}
)


def _per_day(people: Staff) -> float:
    """Return the comments a day that give each agent the number of comments planned."""
    return sum(weight for _, _, weight in people.agents) / DAYS


def events_of(stock: Stock, *, negative: bool) -> Flags:
    """Return which comment of the stock mentions which learned theme, badly or at all (stock x themes)."""
    column = pd.Index(stock.catalogue["theme_id"]).get_indexer(stock.mentions["theme_id"])
    row = np.repeat(np.arange(len(stock.rows)), np.diff(stock.first))
    kept = (column >= 0) & ((stock.mentions["sentiment"] <= NEGATIVE).to_numpy() | (not negative))
    events = np.zeros((len(stock.rows), len(stock.catalogue)), dtype=bool)
    events[row[kept], column[kept]] = True
    return events


def true_ratios(export: Export, stock: Stock, events: Flags, column: str) -> pd.DataFrame:
    """Return the true O/E of each group of `column` on each learned theme, groups x theme_id.

    What is expected of a group is what other groups have in truth in the same channel (but of channels)
    and contact reason.

    Args:
        export: the rows.
        stock: what they were drawn from.
        events: stock x themes.
        column: agent, team or channel.
    """
    rows = export.scored.verbatims
    kinds, reason = np.unique(rows["contact_reason"].to_numpy(dtype=object), return_inverse=True)
    mine = _rates(export, stock, events, list(kinds))[export.cell, reason]
    where = np.zeros(len(rows), dtype=np.int64)
    if column != "channel":
        where = pd.factorize(rows["channel"], sort=True)[0]
    place = where * len(kinds) + reason
    group, names = pd.factorize(rows[column], sort=True)
    known = group >= 0
    group, place, mine = group[known], place[known], mine[known]
    size = np.zeros((len(names), place.max() + 1))
    sums = np.zeros((*size.shape, mine.shape[1]))
    np.add.at(size, (group, place), 1)
    np.add.at(sums, (group, place), mine)
    others = np.maximum(size.sum(axis=0) - size, 1)[:, :, None]
    expected = (size[:, :, None] * (sums.sum(axis=0) - sums) / others).sum(axis=1)
    ratio = sums.sum(axis=1) / np.maximum(expected, 1e-12)
    return pd.DataFrame(ratio, index=names, columns=list(stock.catalogue["theme_id"]))


def _rates(export: Export, stock: Stock, events: Flags, kinds: Sequence[str]) -> Floats:
    """Return the true share of comments with each event, cells x contact reasons x themes."""
    rates = []
    for kind in kinds:
        mine = (stock.rows["contact_reason"] == kind).to_numpy()
        chance = export.chance[:, mine]
        total = np.maximum(chance.sum(axis=1, keepdims=True), 1e-300)
        rates.append(chance @ events[mine].astype(np.float64) / total)
    return np.stack(rates, axis=1)

"""Agents and teams compared, once for all that is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cx_text.casemix import Flags, Floats, Standard, standardise
from cx_text.config import Config
from cx_text.counting import accountable, case_mix
from cx_text.events import Events, events_of
from cx_text.judging import Judged, judge, smallest_group
from cx_text.records import Collection
from cx_text.statistics import withheld

CASES = ("channel", "contact_reason", "product")
"""What tells kinds of cases of agents and teams apart, the most important first."""

Who = Literal["agent", "team"]

_REMNANT = ""
"""Stands for a team that is compared with and not shown; no team has an empty name."""


@dataclass(frozen=True)
class Compared:
    """The agents or teams that may be shown, compared on all that is told of them badly or well.

    Attributes:
        who: agent or team.
        events: what is counted.
        counts: g groups x t topics, adjusted for the kinds of cases.
        pooled: O/E against all others, whatever their cases (g x t).
        judged: how sure each difference is.
        difference: the O/E that is worth coaching.
    """

    who: Who
    events: Events
    counts: Standard
    pooled: Floats
    judged: Judged
    difference: float

    @property
    def reversals(self) -> Flags:
        """One flag a cell: one O/E is beyond `difference` and the other one on the other side of 1."""
        inner, pooled, adjusted = 1 / self.difference, self.pooled, self.counts.ratio
        up = ((pooled > self.difference) & (adjusted < 1)) | ((adjusted > self.difference) & (pooled < 1))
        down = ((pooled < inner) & (adjusted > 1)) | ((adjusted < inner) & (pooled > 1))
        return np.asarray(up | down)

    @property
    def flagged(self) -> Flags:
        """One flag a cell: it has more events than expected, and surely enough to say so."""
        return np.asarray(self.judged.more & (self.judged.state != "consistent"))


Comparisons = Mapping[tuple[str, int], Compared]
"""By agent or team, and -1 for what is told badly or 1 for what is told well."""


def compare_people(collection: Collection, config: Config) -> Comparisons:
    """Return agents and teams against others with the same kinds of cases.

    Nobody with fewer than `config.agents.minimum` verbatims (and never than `config.privacy.k`) is in
    it, nor who is withheld lest a smaller one's numbers be had by subtraction, nor who has nobody to be
    compared with. A verbatim whose text names another agent is nobody's. A team goes without the verbatims
    of agents who are not shown where these are fewer than k, for less its other agents it would tell them.
    """
    told = {sign: events_of(collection, sign) for sign in (-1, 1)}
    agent = accountable(collection, "agent")
    found = {("agent", sign): _compared(collection, "agent", agent, told[sign], config) for sign in told}
    shown = agent.isin(found["agent", -1].counts.groups)
    team = _without_remnant(accountable(collection, "team"), shown, config.privacy.k)
    return found | {("team", sign): _compared(collection, "team", team, told[sign], config) for sign in told}


def _without_remnant(team: pd.Series, shown: pd.Series, k: int) -> pd.Series:
    """Return the teams, `_REMNANT` where fewer than `k` verbatims of a team are not of a shown agent."""
    rest = team.mask(shown)
    sizes = rest.value_counts()
    few = sizes.index[(sizes < k) & sizes.index.isin(team[shown].unique())]
    return team.mask(rest.isin(few), _REMNANT)


def _compared(collection: Collection, who: Who, group: pd.Series, events: Events, config: Config) -> Compared:
    """Return the agents or teams (`group`: that of each verbatim) that may be shown against the others."""
    every = standardise(events.matrix, group, case_mix(collection, CASES))
    unnamed = int((collection.substantive & group.isna()).sum())
    sizes, fewest = group.value_counts(), smallest_group(config)
    hidden = withheld(sizes.drop(_REMNANT, errors="ignore"), fewest, unnamed) or withheld(
        sizes, fewest, unnamed
    )
    wanted = ~np.isin(every.groups, [*hidden, _REMNANT]) & every.known
    counts = every.keep(wanted)
    pooled = standardise(events.matrix, group, case_mix(collection, ())).keep(wanted)
    judged = judge(counts, config)
    return Compared(who, events, counts, pooled.ratio, judged, config.agents.difference)

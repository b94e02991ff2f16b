"""What to train, and whom: one agent, a whole team, or everyone; and whom to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cx_text.casemix import Flags, Standard
from cx_text.config import Config
from cx_text.counting import accountable, main_team
from cx_text.events import BEHAVIOUR, SAME, Events, described, evidence, merged, overlap, told
from cx_text.people import Compared, Comparisons
from cx_text.records import COACHING, Collection
from cx_text.stages.widespread import coachable, everyones

DIRECTIONS: Mapping[str, int] = {"coach": -1, "celebrate": 1}
WHO = ("agent", "team")
STATES = ("strong_evidence", "worth_a_look")
ALIKE = 0.05
"""Agents of a team are alike where a chi-square test of their O/E has at least this p-value."""
GOOD = 5
"""Most verbatims that show what good looks like."""
OFTEN = 0.2
"""A behaviour stands for a theme where this share of the theme's verbatims tells of it."""

Row = dict[str, Any]


def coaching_topics(
    collection: Collection, people: Comparisons, changers: Mapping[str, str], config: Config
) -> pd.DataFrame:
    """Return table COACHING: what agents, teams or everyone should train (coach) or show others (celebrate).

    Topics are behaviours, and themes that agents can change. *coach* counts what is told badly, *celebrate*
    what is told well. A topic is a **team**'s where the team stands out (see `cx_text.judging.judge`) and of
    its two or more agents none differs from the others (chi-square) or more than half are beyond
    `config.agents.difference`; these agents are then not listed for it, nor for what tells the same. Else it
    is the **individual**'s who stands out. It is **everyone**'s where it is common, mostly negative,
    usually the agent's to change, and nobody stands out. Nobody is listed who has too few
    verbatims or cannot be compared with their own kinds of cases (support below 0.5), and nobody is
    celebrated for the very topic to be coached on.

    - `related`: topics that tell the same of the same verbatims (half of the rarer one's); of these only
      the one with the stronger evidence has a row, of equals the behaviour.
    - `expected_after`: the O/E that is to be expected next time without any coaching. A row is listed
      because it was high, and part of that is chance; only what falls below this is progress.
    - `evidence`: up to 25 verbatim ids, see `cx_text.events.evidence`; `good_evidence`: up to 5 ids of
      positive verbatims of others that tell it well and of no behaviour that was missing (for a theme: of
      the behaviour that most of it tells of; none without one, for a complaint that is turned round by
      chance is no example).

    Order: strong evidence, worth a look, everyone (who has no expectation); then by excess
    (count - expected); ties by agent, team, topic.

    Args:
        collection: the verbatims.
        people: its agents and teams, compared.
        changers: who can change a topic: agent, customer, process or technology, by theme_id or
            behaviour; where none is known of any theme, all themes are taken as the agents'.
        config: the settings.
    """
    rows: list[Row] = []
    for direction, sign in DIRECTIONS.items():
        found = _stand_outs(collection, people["agent", sign], people["team", sign], changers)
        rows += [row | {"direction": direction} for row in found]
    coached = {(row["topic"], row.get(who)) for row in rows if row["direction"] == "coach" for who in WHO}
    rows = [row for row in rows if row["direction"] == "coach" or not _coached(row, coached)]
    bad, good = people["agent", -1].events, people["agent", 1].events
    busy = {topic for topic, _ in coached}
    rows += everyones(collection, people, changers, busy, config)
    rows.sort(key=_order)
    said = _Said.of(collection, bad, good)
    rows = [row | said.shown(row) for row in rows]
    return COACHING.frame({"rank": rank, **row} for rank, row in enumerate(rows, 1))


def _stand_outs(
    collection: Collection, agent: Compared, team: Compared, changers: Mapping[str, str]
) -> Iterator[Row]:
    """Yield the rows of teams and individuals; who is covered by the team has none."""
    teams = main_team(collection)
    member = teams.reindex(agent.counts.groups).to_numpy() == np.array(team.counts.groups)[:, None]
    trained = coachable(agent.events, changers)
    shared = _listed(team) & trained & _alike(agent.counts, member, agent.difference)
    alone = _listed(agent) & trained
    owner, parents = accountable(collection, "team"), _one_parent(collection, team.events)
    for number in np.flatnonzero(shared.any(axis=1)).tolist():
        same = overlap(team.events.matrix[np.flatnonzero(owner == team.counts.groups[number])]) >= SAME
        alone[member[number]] &= ~(shared[number] @ (same | parents))
        for row in _rows(team, number, shared[number], same):
            yield row | {"scope": "team", "team": team.counts.groups[number]}
    owner = accountable(collection, "agent")
    for number in np.flatnonzero(alone.any(axis=1)).tolist():
        name = agent.counts.groups[number]
        same = overlap(agent.events.matrix[np.flatnonzero(owner == name)]) >= SAME
        for row in _rows(agent, number, alone[number], same):
            yield row | {"scope": "individual", "agent": name, "team": teams.get(name)}


def _listed(compared: Compared) -> Flags:
    """Return the cells that stand out among groups that can be compared with their own kinds of cases."""
    return compared.flagged & compared.counts.supported[:, None]


def _one_parent(collection: Collection, events: Events) -> Flags:
    """Return which two topics have one parent (t x t): training in one trains the other."""
    parents = collection.catalogue.set_index("theme_id")["parent_theme_id"].reindex(events.topics).to_numpy()
    return np.asarray((parents[:, None] == parents) & pd.notna(parents))


def _alike(agent: Standard, member: Flags, difference: float) -> Flags:
    """Return teams x topics: its agents do not differ, or most of them are beyond `difference`.

    Reference:
        Breslow, Day (1987), Statistical Methods in Cancer Research II, 3.6 (heterogeneity of O/E).
    """
    alike = np.zeros((len(member), agent.count.shape[1]), dtype=bool)
    for team, inside in enumerate(member):
        count, expected = agent.count[inside], agent.expected[inside]
        if len(count) < 2:
            continue
        fair = expected * (np.maximum(count.sum(axis=0), 1) / expected.sum(axis=0))
        spread = ((count - fair) ** 2 / fair).sum(axis=0)
        most = (agent.ratio[inside] > difference).mean(axis=0) > 0.5
        alike[team] = (stats.chi2.sf(spread, len(count) - 1) >= ALIKE) | most
    return alike


def _rows(compared: Compared, group: int, chosen: Flags, same: Flags) -> Iterator[Row]:
    """Yield a row for each chosen topic of a group, those that tell the `same` (t x t) with the strongest."""
    counts, judged, events = compared.counts, compared.judged, compared.events
    low, high = (bound[group] for bound in counts.interval())
    state, sure = judged.state[group], judged.probability[group]

    def strength(topic: int) -> tuple[Any, ...]:
        kind = events.kinds[topic] != BEHAVIOUR
        return STATES.index(state[topic]), -round(sure[topic], 2), kind, events.topics[topic]

    for topic, others in merged(sorted(np.flatnonzero(chosen).tolist(), key=strength), same):
        yield {
            **described(events, topic),
            "n": int(counts.n[group]),
            "count": int(counts.count[group, topic]),
            "expected": float(counts.expected[group, topic]),
            "oe_ratio": float(counts.ratio[group, topic]),
            "low": float(low[topic]),
            "high": float(high[topic]),
            "probability": float(sure[topic]),
            "state": state[topic],
            "expected_after": float(judged.shrunken[group, topic]),
            "support": float(counts.support[group]),
            "related": [events.topics[other] for other in others],
        }


def _coached(row: Row, coached: set[tuple[str, Any]]) -> bool:
    """Return whether the agent or team of a praised row needs coaching on that very topic."""
    return any(row.get(who) is not None and (row["topic"], row[who]) in coached for who in WHO)


@dataclass(frozen=True)
class _Said:
    """Where to look for the verbatims behind a row.

    Attributes:
        collection: the verbatims.
        bad, good: what they tell badly and well.
        content, praised: which of them say something; which are positive and miss no behaviour (n).
        owners: the agent and the team answerable for each.
    """

    collection: Collection
    bad: Events
    good: Events
    content: Flags
    praised: Flags
    owners: Mapping[str, pd.Series]

    @classmethod
    def of(cls, collection: Collection, bad: Events, good: Events) -> _Said:
        """Return where to look in a collection."""
        content = collection.substantive.to_numpy()
        owners = {who: accountable(collection, who) for who in WHO}
        return cls(collection, bad, good, content, content & _praised(collection.verbatims), owners)

    def shown(self, row: Row) -> Row:
        """Return the verbatims behind a row, and those that show what good looks like."""
        who = {"individual": "agent", "team": "team"}.get(row["scope"])
        mine = (self.owners[who] == row[who]).to_numpy(dtype=bool) if who else self.content
        if row["direction"] == "celebrate":
            return {"evidence": evidence(self.collection, self.good, row["topic"], mine)}
        others = self.praised & ~mine if who else self.praised
        behaviour = _behaviour(self.bad, row, self.content)
        best = evidence(self.collection, self.good, behaviour, others)[:GOOD] if behaviour else []
        return {"evidence": evidence(self.collection, self.bad, row["topic"], mine), "good_evidence": best}


def _praised(verbatims: pd.DataFrame) -> Flags:
    """Return which verbatims are positive and tell of no behaviour that was missing."""
    missed = ["-" in "".join(one[-1] for one in told) for told in verbatims["behaviours"]]
    positive = (verbatims["sentiment_label"] == "positive").fillna(value=False).to_numpy(dtype=bool)
    return np.asarray(positive & ~np.array(missed, dtype=bool))


def _behaviour(events: Events, row: Row, content: Flags) -> str | None:
    """Return the behaviour of a row, of a theme the one that most of its verbatims tell of, or None."""
    if row["topic_kind"] == BEHAVIOUR:
        return str(row["topic"])
    rows = events.matrix[np.flatnonzero(content & told(events, row["topic"]))]
    counts = np.asarray(rows.sum(axis=0)).ravel().tolist()
    often = [
        (-count, name)
        for name, kind, count in zip(events.topics, events.kinds, counts, strict=True)
        if kind == BEHAVIOUR and count >= OFTEN * rows.shape[0]
    ]
    return min(often)[1] if often else None


def _order(row: Row) -> tuple[Any, ...]:
    """Return the sort key of a row: how sure, how many too many, then names."""
    state = STATES.index(row["state"]) if row.get("state") else len(STATES)
    excess = row["count"] - row.get("expected", 0.0)
    names = (str(row.get(name) or "") for name in ("agent", "team", "topic", "direction"))
    return (state, -excess, *names)

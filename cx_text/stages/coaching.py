"""What to train, and whom: one agent, a whole team, or everyone; and whom to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cx_text.casemix import GUARD, Flags, Judged, Standard, judge, smallest_group, standardise
from cx_text.config import Config
from cx_text.counting import (
    OVERALL,
    case_mix,
    main_team,
    substantive_group,
    theme_events,
    tone,
    topic_events,
    topic_names,
    typical,
)
from cx_text.records import COACHING, MAX_EVIDENCE, Collection
from cx_text.statistics import benjamini_hochberg, withheld
from cx_text.text import words

CASES = ("channel", "contact_reason", "product")
SIGNS: Mapping[str, int] = {"coach": -1, "celebrate": 1}
WHO = ("agent", "team")
STATES = ("strong_evidence", "worth_a_look")
ALIKE = 0.05
"""Agents of a team are alike where a chi-square test of their O/E has at least this p-value."""
COMMON, MOSTLY = 0.02, 0.5
"""Everyone's topic: this share of comments is negative on it, and this share of its own."""
MARKED = 1.25
"""Groups differ on a topic where one is significantly above the others by this factor."""
INTERACTION = frozenset(
    "agent agents advisor advisors representative representatives rep reps staff employee employees person "
    "rude polite impolite attitude tone manner helpful unhelpful friendly unfriendly explain explains "
    "explained explaining explanation listen listens listened listening understand understood tell told "
    "promised answer answers answered call calls called calling callback reply replied response transfer "
    "transfers transferred repeat repeated repeating service support knowledge patient empathy apology "
    "apologise apologize".split()
)
"""Words of a label that speak of the service interaction itself, which people can train."""

Row = dict[str, Any]


@dataclass(frozen=True)
class _Level:
    """Agents or teams x topics: their counts, and who stands out."""

    scope: str
    counts: Standard
    judged: Judged

    @property
    def flagged(self) -> Flags:
        """One flag a cell: it has more events than expected, and surely enough to say so."""
        return np.asarray(self.judged.more & (self.judged.state != "consistent"))


def coaching_topics(collection: Collection, agents: pd.DataFrame, config: Config) -> pd.DataFrame:
    """Return table COACHING: what agents, teams or everyone should train (coach) or show others (celebrate).

    *coach* counts verbatims with a negative mention of a theme and takes its agents from table AGENTS
    (`agents`); *celebrate* counts those with a positive mention. A topic is a **team**'s where the
    team stands out (probability of a true O/E beyond `config.agents.difference` against the other
    teams, false discovery rate below 0.1) and of its two or more agents none differs from the others
    (chi-square) or more than half are beyond `difference`; these agents are then not listed for it
    nor for the other themes of its parent.
    Else it is the **individual**'s who stands out. It is **everyone**'s where 2 % of all comments and
    half of the theme's are negative, its label or keywords speak of the service interaction, and no
    agent, team or channel stands out; it then has no expectation. The overall tone is listed only for
    who has no theme to work on. Nobody below `config.agents.minimum` verbatims is listed, and nobody
    is celebrated for the very topic to be coached on.

    Order: strong evidence, worth a look, everyone; then by excess (count - expected); ties by agent,
    team, topic. `evidence`: up to 25 verbatim ids, the most confident first, each text once.
    """
    rows: list[Row] = []
    for direction in SIGNS:
        rows += _stand_outs(collection, agents, direction, config)
    coached = {(row["topic"], row[side]) for row in rows if row["direction"] == "coach" for side in WHO}
    rows = [row for row in rows if row["direction"] == "coach" or not _coached(row, coached)]
    rows += _everyone(collection, {topic for topic, _ in coached}, config)
    rows.sort(key=_order)
    table = [{name: row[name] for name in COACHING.columns if name in row} for row in rows]
    return COACHING.frame({"rank": rank, **row} for rank, row in enumerate(table, 1))


def _stand_outs(collection: Collection, agents: pd.DataFrame, direction: str, config: Config) -> list[Row]:
    """Return the rows of teams and individuals in one direction."""
    ids, labels = topic_names(collection, SIGNS[direction])
    agent, team = (_level(collection, scope, direction, config) for scope in ("individual", "team"))
    if direction == "coach":
        published = _published(agents, agent.counts.groups, ids)
        agent = replace(agent, judged=replace(agent.judged, state=published))
    teams = main_team(collection)
    member = teams.reindex(agent.counts.groups).to_numpy()[None, :] == np.array(
        team.counts.groups, dtype=object
    ).reshape(-1, 1)
    shared = team.flagged & _alike(agent.counts, member, config.agents.difference)
    covered = member.T.astype(np.int64) @ shared.astype(np.int64) @ _kin(collection, ids) > 0
    rows = [*_rows(team, shared, ids, labels), *_rows(agent, agent.flagged & ~covered, ids, labels)]
    for row in rows:
        row |= {"direction": direction, "team": row["team"] or teams.get(row["agent"])}
    return [row | {"evidence": _evidence(collection, row)} for row in _without_vague(rows)]


def _kin(collection: Collection, ids: Sequence[str]) -> Any:
    """Return 1 where two topics are one or have one parent, (k, k): training in one trains the other."""
    parents = collection.catalogue.set_index("theme_id")["parent_theme_id"].reindex(ids)
    group = parents.where(parents.notna(), pd.Series(ids, index=parents.index)).to_numpy()
    return (group[:, None] == group).astype(np.int64)


def _level(collection: Collection, scope: str, direction: str, config: Config) -> _Level:
    """Return the agents (or teams) that may be shown, against the others, judged."""
    group = substantive_group(collection, "agent" if scope == "individual" else "team")
    events = topic_events(collection, SIGNS[direction])
    every = standardise(events, group, case_mix(collection, CASES))
    unnamed = int((collection.substantive & group.isna()).sum())
    hidden = withheld(group.value_counts(), smallest_group(config), unnamed)
    counts = every.keep(~np.isin(every.groups, hidden) & every.known)
    judged = judge(counts, config)
    if scope == "team":
        chance = benjamini_hochberg(counts.p_values()) >= GUARD
        judged = replace(judged, state=np.where(chance, "consistent", judged.state).astype(object))
    return _Level(scope, counts, judged)


def _published(agents: pd.DataFrame, groups: Sequence[str], ids: Sequence[str]) -> Any:
    """Return the state that table AGENTS gives to each agent x topic that is worse, else consistent."""
    worse = agents[(agents["direction"] == "worse").fillna(False) & agents["state"].isin(STATES)]
    known = dict(zip(zip(worse["agent"], worse["topic"], strict=True), worse["state"], strict=True))
    state = [known.get((agent, topic), "consistent") for agent in groups for topic in ids]
    return np.array(state, dtype=object).reshape(len(groups), len(ids))


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


def _rows(level: _Level, chosen: Flags, ids: Sequence[str], labels: Sequence[str]) -> Iterator[Row]:
    """Yield a row for each chosen cell."""
    counts, single = level.counts, level.scope == "individual"
    for group, topic in np.argwhere(chosen).tolist():
        yield {
            "scope": level.scope,
            "agent": counts.groups[group] if single else None,
            "team": None if single else counts.groups[group],
            "topic": ids[topic],
            "label": labels[topic],
            "count": int(counts.count[group, topic]),
            "expected": float(counts.expected[group, topic]),
            "oe_ratio": float(counts.ratio[group, topic]),
            "probability": float(level.judged.probability[group, topic]),
            "state": STATES.index(level.judged.state[group, topic]),
        }


def _without_vague(rows: Sequence[Row]) -> list[Row]:
    """Return the rows less the overall tone of those who, or whose team, have a theme to work on."""
    busy = {(row["agent"], row["team"]) for row in rows if row["topic"] != OVERALL}
    busy |= {(row["agent"], row["team"]) for row in rows if (None, row["team"]) in busy}
    return [row for row in rows if row["topic"] != OVERALL or (row["agent"], row["team"]) not in busy]


def _coached(row: Row, coached: set[tuple[str, Any]]) -> bool:
    """Return whether the agent or team of a praised row needs coaching on that very topic."""
    return any(row[side] is not None and (row["topic"], row[side]) in coached for side in WHO)


def _everyone(collection: Collection, busy: set[str], config: Config) -> Iterator[Row]:
    """Yield a row for each common, negative theme of the interaction in which nobody stands out."""
    negative, every = theme_events(collection, -1), theme_events(collection)
    count = np.asarray(negative.sum(axis=0)).ravel()
    said = np.asarray(every.sum(axis=0)).ravel()
    least = max(COMMON * int(collection.substantive.sum()), smallest_group(config))
    common = (count >= least) & (count >= MOSTLY * said)
    differs = _differs(collection, "channel", config)
    for topic, theme in enumerate(collection.catalogue.itertuples()):
        trainable = INTERACTION & set(words(str(theme.label)))
        if common[topic] and not differs[topic] and theme.theme_id not in busy and trainable:
            row = {"scope": "everyone", "topic": theme.theme_id, "label": theme.label, "direction": "coach"}
            row |= {"count": int(count[topic]), "state": len(STATES)}
            yield row | {"evidence": _evidence(collection, row)}


def _differs(collection: Collection, column: str, config: Config) -> Flags:
    """Return one flag a theme: some group has significantly more negative verbatims than the others."""
    group = substantive_group(collection, column)
    cases = case_mix(collection, [name for name in CASES if name != column])
    every = standardise(theme_events(collection, -1), group, cases)
    counts = every.keep((every.n >= config.privacy.k) & every.known)
    sure = benjamini_hochberg(counts.p_values()) < config.issues.q
    return np.asarray((sure & (counts.ratio > MARKED)).any(axis=0))


def _evidence(collection: Collection, row: Row) -> list[str]:
    """Return up to 25 ids of the verbatims behind a row, the most typical first."""
    verbatims, sign = collection.verbatims, SIGNS[row["direction"]]
    mine = collection.substantive
    column = {"individual": "agent", "team": "team"}.get(row["scope"])
    if column:
        mine &= (verbatims[column] == row[column]).fillna(False)
    if row["topic"] == OVERALL:
        label = "negative" if sign < 0 else "positive"
        told = verbatims[mine & (verbatims["sentiment_label"] == label).fillna(False)]
        told = told.sort_values(["sentiment", "verbatim_id"], ascending=[sign < 0, True])
        return [str(name) for name in told.drop_duplicates("text_key")["verbatim_id"][:MAX_EVIDENCE]]
    links = collection.links
    picked = links[(links["theme_id"] == row["topic"]) & (tone(links["sentiment"]) == sign)]
    picked = picked[mine.to_numpy()[picked["row"].to_numpy(dtype=np.int64)]]
    return [str(name) for name in typical(collection, picked).get(row["topic"], [])]


def _order(row: Row) -> tuple[Any, ...]:
    """Return the sort key of a row: how sure, how many too many, then names."""
    excess = row["count"] - row.get("expected", 0.0)
    return (
        row["state"],
        -excess,
        *(str(row.get(name) or "") for name in ("agent", "team", "topic", "direction")),
    )

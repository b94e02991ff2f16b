"""Channels, agents and teams against what their mix of cases lets expect; none below a minimum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cx_text.casemix import Flags, Floats, Standard, standardise
from cx_text.config import Config
from cx_text.counting import accountable, channel_cases, main_team, shown_channels, theme_events
from cx_text.judging import telling
from cx_text.people import Compared
from cx_text.records import AGENTS, CHANNELS, TEAMS, Collection, Table
from cx_text.statistics import benjamini_hochberg

FEWEST_EXPECTED = 5.0
"""A channel is judged on a theme of which it should have at least this many verbatims."""
MARKED = 1.25
"""A channel is above or below where its O/E is beyond this factor."""


def compare_channels(collection: Collection, config: Config) -> pd.DataFrame:
    """Return table CHANNELS: how often each channel hears of each theme, against the other channels.

    Events are verbatims with the theme, of any sentiment. Expected are as many as the other channels
    have among the same contact reasons, lengths and products. `verdict` is above or below where the
    false discovery rate is within `config.issues.q` and O/E beyond 1.25; insufficient where fewer than 5
    are expected or less than half of the channel can be compared with its own kinds of cases (`support`;
    in both cases `q_value` is empty: it was not tested); else consistent. A channel with fewer than
    `config.privacy.k` verbatims, or withheld because it would tell a smaller one's numbers by
    subtraction, or with nothing to compare with, has one row, the rest empty; those that are too
    small are no part of what the others let expect either.
    """
    large = shown_channels(collection, config.privacy.k)
    whole = standardise(theme_events(collection), large, channel_cases(collection))
    shown = whole.keep(whole.known)
    tested = (shown.expected >= FEWEST_EXPECTED) & shown.supported[:, None]
    q = benjamini_hochberg(np.where(tested, shown.p_values(), np.nan))
    told = np.ones(shown.count.shape, dtype=bool)
    group, topic = np.nonzero(told)
    catalogue = collection.catalogue.iloc[topic]
    rows = CHANNELS.frame(
        {
            "channel": np.array(shown.groups, dtype=object)[group],
            "theme_id": catalogue["theme_id"].to_numpy(),
            "label": catalogue["label"].to_numpy(),
            "q_value": q[told],
            "verdict": _verdicts(shown.ratio, q, config.issues.q)[told],
            "rate": (shown.count / shown.n[:, None])[told],
            "support": shown.support[group],
            **_cells(shown, told),
        }
    )
    sizes = _sizes(collection, "channel", collection.substantive)
    return CHANNELS.frame(_with_unjudged(rows, sizes, "verdict"))


def compare_agents(collection: Collection, compared: Compared, changers: Mapping[str, str]) -> pd.DataFrame:
    """Return table AGENTS: how often customers of each agent tell something bad of each topic.

    Topics are themes (events: verbatims with a negative mention), `overall` (the negative verbatim) and
    behaviours (verbatims that tell it was missing). Expected are as many as other agents have in the same
    channel, contact reason and product (coarser where these are sparse); see `cx_text.casemix`.

    - `probability`, `state`: of a true O/E beyond `config.agents.difference` (or below its inverse), and
      what follows from it, see `cx_text.judging.judge`.
    - `pooled_ratio`, `reversal`: O/E against all others, whatever their cases; true where one of it and
      the adjusted one is beyond `difference` and the other on the other side of 1: the raw comparison
      would blame (or praise) the wrong one.
    - `expected_after`: the shrunken O/E; so much is to be expected next time without any coaching.
    - `support`, `strata`: share of the agent's verbatims that are compared with their own kinds of cases,
      and how many kinds these are. Below a support of 0.5 there is no strong evidence: who alone takes a
      kind of case cannot be compared beyond it.
    - `left_out`: verbatims of the agent that are not counted, for their text names another agent.
    - `attribution`: who can usually change it; empty where it is not known.

    Shown are cells with 1 or more expected or 3 or more counted, else an agent's most telling one, by
    agent and topic. An agent who may not be shown has one row: agent, team, n, insufficient.

    Args:
        collection: the verbatims.
        compared: what is told badly of its agents, see `cx_text.people.compare_people`.
        changers: who can usually change a topic, by theme_id or behaviour.
    """
    rows = _people(collection, compared, changers, AGENTS)
    return AGENTS.frame(rows.assign(team=rows["agent"].map(main_team(collection)).to_numpy()))


def compare_teams(collection: Collection, compared: Compared, changers: Mapping[str, str]) -> pd.DataFrame:
    """Return table TEAMS: each team against the other teams, in the columns of `compare_agents`.

    `left_out` are verbatims whose text names an agent of another team, and those of agents who are too few to
    be shown (see `cx_text.people.compare_people`).
    """
    return TEAMS.frame(_people(collection, compared, changers, TEAMS))


def _people(
    collection: Collection, compared: Compared, changers: Mapping[str, str], table: Table
) -> pd.DataFrame:
    """Return the rows of agents or teams, of those that may not be shown their size only."""
    counts, judged, events = compared.counts, compared.judged, compared.events
    told = _told(counts, judged.probability)
    group, topic = np.nonzero(told)
    names = np.array(counts.groups, dtype=object)[group]
    ids, kinds, labels = (
        np.array(part, dtype=object)[topic] for part in (events.topics, events.kinds, events.labels)
    )
    present = _sizes(collection, compared.who, collection.substantive)
    counted = _sizes(collection, compared.who, accountable(collection, compared.who).notna())
    rows = table.frame(
        {
            compared.who: names,
            "topic": ids,
            "topic_kind": kinds,
            "label": labels,
            "probability": judged.probability[told],
            "state": judged.state[told],
            "direction": np.where(judged.more, "worse", "better")[told],
            "reversal": compared.reversals[told],
            "pooled_ratio": compared.pooled[told],
            "expected_after": judged.shrunken[told],
            "support": counts.support[group],
            "strata": counts.strata[group],
            "left_out": present.reindex(names).to_numpy() - counts.n[group],
            "attribution": pd.Series(ids, dtype="str").map(changers),
            **_cells(counts, told),
        }
    )
    return _with_unjudged(rows, counted, "state")


def _cells(standard: Standard, told: Flags) -> dict[str, Any]:
    """Return the columns n, count, expected, oe_ratio, low and high of the cells `told`."""
    low, high = standard.interval()
    n = np.broadcast_to(standard.n[:, None], told.shape)
    names = ("n", "count", "expected", "oe_ratio", "low", "high")
    values = (n, standard.count, standard.expected, standard.ratio, low, high)
    return {name: value[told] for name, value in zip(names, values, strict=True)}


def _verdicts(ratio: Floats, q: Floats, limit: float) -> Any:
    """Return the verdict of each cell; one without a q-value was not tested."""
    sure = q < limit
    choices = [np.isnan(q), sure & (ratio > MARKED), sure & (ratio < 1 / MARKED)]
    return np.select(choices, ["insufficient", "above", "below"], "consistent").astype(object)


def _told(standard: Standard, probability: Floats) -> Flags:
    """Return the cells to show: the telling ones, else the most telling one of a group."""
    told = telling(standard)
    empty = np.flatnonzero(~told.any(axis=1))
    told[empty, probability[empty].argmax(axis=1)] = True
    return told


def _sizes(collection: Collection, column: str, counted: pd.Series) -> pd.Series:
    """Return the number of `counted` verbatims of every group that occurs at all."""
    return counted.groupby(collection.verbatims[column]).sum()


def _with_unjudged(rows: pd.DataFrame, sizes: pd.Series, state: str) -> pd.DataFrame:
    """Return `rows` and one row, insufficient and empty, for each group without any; by group, then topic."""
    name = rows.columns[0]
    missing = sizes[~sizes.index.isin(rows[name])]
    extra = pd.DataFrame({name: missing.index, "n": missing.to_numpy(), state: "insufficient"})
    topic = "theme_id" if "theme_id" in rows.columns else "topic"
    every = pd.concat([rows, extra.astype({"n": "Int64"}).reindex(columns=rows.columns).astype(rows.dtypes)])
    return every.sort_values([name, topic], kind="stable").reset_index(drop=True)

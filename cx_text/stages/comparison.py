"""Channels and agents against what their mix of cases lets expect; nobody is compared below a minimum."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cx_text.casemix import (
    Flags,
    Floats,
    Standard,
    judge,
    smallest_group,
    standardise,
    telling,
)
from cx_text.config import Config
from cx_text.counting import (
    case_mix,
    main_team,
    substantive_group,
    theme_events,
    topic_events,
    topic_names,
)
from cx_text.records import AGENTS, CHANNELS, Collection
from cx_text.statistics import benjamini_hochberg, withheld

FEWEST_EXPECTED = 5.0
"""A channel is judged on a theme of which it should have at least this many verbatims."""
MARKED = 1.25
"""A channel is above or below where its O/E is beyond this factor."""
AGENT_CASES = ("channel", "contact_reason", "product")
CHANNEL_CASES = ("contact_reason", "product")


def compare_channels(collection: Collection, config: Config) -> pd.DataFrame:
    """Return table CHANNELS: how often each channel hears of each theme, against the other channels.

    Events are verbatims with the theme, of any sentiment. Expected are as many as the other channels
    have among the same contact reasons and products. `verdict` is above or below where the false
    discovery rate is within `config.issues.q` and O/E beyond 1.25, insufficient where fewer than 5
    are expected (then `q_value` is empty: it was not tested), else consistent. A channel with fewer
    than `config.privacy.k` verbatims, or withheld because it would tell a smaller one's numbers by
    subtraction, or with nothing to compare with, has one row, the rest empty; those that are too
    small are no part of what the others let expect either.
    """
    channel = substantive_group(collection, "channel")
    unnamed = int((collection.substantive & channel.isna()).sum())
    large = channel.where(~channel.isin(withheld(channel.value_counts(), config.privacy.k, unnamed)))
    whole = standardise(theme_events(collection), large, case_mix(collection, CHANNEL_CASES))
    shown = whole.keep(whole.known)
    tested = shown.expected >= FEWEST_EXPECTED
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
            **_cells(shown, told),
        }
    )
    return CHANNELS.frame(_with_unjudged(rows, _sizes(collection, "channel"), "verdict"))


def compare_agents(collection: Collection, config: Config) -> pd.DataFrame:
    """Return table AGENTS: how often customers of each agent speak badly of each theme.

    Events are verbatims with a negative mention of the theme; topic `overall` is the negative verbatim.
    Expected are as many as other agents have in the same channel, contact reason and product (coarser
    where these are sparse). `probability` is that of a true O/E beyond `config.agents.difference` (or
    below its inverse), shrunk towards all agents; `state` follows from it. Shown are cells with 1 or
    more expected or 3 or more counted, else an agent's most telling one. `reversal` is true where one
    of the pooled and the adjusted O/E is beyond `difference` and the other is on the other side of 1:
    the raw comparison would blame (or praise) the wrong one.

    An agent below `config.agents.minimum` (and never below `config.privacy.k`) verbatims, or withheld
    as a channel would be, or with nobody to be compared with, has one row, insufficient and empty.
    """
    agent = substantive_group(collection, "agent")
    events = topic_events(collection, -1)
    whole = standardise(events, agent, case_mix(collection, AGENT_CASES))
    unnamed = int((collection.substantive & agent.isna()).sum())
    hidden = withheld(agent.value_counts(), smallest_group(config), unnamed)
    wanted = whole.known & ~np.isin(whole.groups, hidden)
    adjusted = whole.keep(wanted)
    pooled = standardise(events, agent, case_mix(collection, ())).keep(wanted)
    verdicts = judge(adjusted, config)
    told = _told(adjusted, verdicts.probability)
    group, topic = np.nonzero(told)
    ids, labels = (np.array(names, dtype=object)[topic] for names in topic_names(collection, -1))
    rows = AGENTS.frame(
        {
            "agent": np.array(adjusted.groups, dtype=object)[group],
            "topic": ids,
            "label": labels,
            "topic_kind": np.full(topic.size, "theme", dtype=object),
            "probability": verdicts.probability[told],
            "state": verdicts.state[told],
            "direction": np.where(verdicts.more, "worse", "better")[told],
            "reversal": _reversals(pooled.ratio, adjusted.ratio, config.agents.difference)[told],
            **_cells(adjusted, told),
        }
    )
    every = _with_unjudged(rows, _sizes(collection, "agent"), "state")
    every["team"] = every["agent"].map(main_team(collection)).to_numpy()
    return AGENTS.frame(every)


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


def _reversals(pooled: Floats, adjusted: Floats, difference: float) -> Flags:
    """Return where one ratio is beyond `difference` and the other on the other side of 1."""
    inner = 1 / difference
    up = ((pooled > difference) & (adjusted < 1)) | ((adjusted > difference) & (pooled < 1))
    down = ((pooled < inner) & (adjusted > 1)) | ((adjusted < inner) & (pooled > 1))
    reversed_: Flags = up | down
    return reversed_


def _sizes(collection: Collection, column: str) -> pd.Series:
    """Return the number of substantive verbatims of every group that occurs at all."""
    groups = collection.verbatims[column]
    return collection.substantive.groupby(groups).sum()


def _with_unjudged(rows: pd.DataFrame, sizes: pd.Series, state: str) -> pd.DataFrame:
    """Return `rows` and one row, insufficient and empty, for each group without any; by group, then topic."""
    name = rows.columns[0]
    missing = sizes[~sizes.index.isin(rows[name])]
    extra = pd.DataFrame({name: missing.index, "n": missing.to_numpy(), state: "insufficient"})
    topic = "theme_id" if "theme_id" in rows.columns else "topic"
    every = pd.concat([rows, extra.astype({"n": "Int64"}).reindex(columns=rows.columns).astype(rows.dtypes)])
    return every.sort_values([name, topic], kind="stable").reset_index(drop=True)

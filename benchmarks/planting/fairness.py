"""One seed of agents, teams and channels: who is named, beside what raw rates would say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from cx_text.config import Config, Ranking
from cx_text.pipeline import find
from cx_text.records import SUBSTANTIVE, Findings
from planting.company import TRANSCRIPT, Flags, Stock, stock_of
from planting.drawing import Export, drawn
from planting.groups import (
    BAD_PLACE,
    BAD_THEME,
    BEHAVIOURS,
    PLANS,
    TEAM,
    TEAM_THEME,
    Staff,
    events_of,
    staff,
    true_ratios,
)
from planting.judging import Record
from planting.plain import pooled_z

OURS, SURE, Z_PLAIN, WORST = (
    "cx_text, coaching",
    "cx_text, strong evidence",
    "plain, z > 2",
    "plain, worst 10 %",
)
FLAGGED = ("worth_a_look", "strong_evidence")
METHODS = (OURS, SURE, Z_PLAIN, WORST)
SLIGHT = 1.1
"""A verdict is right where the true O/E is at least this far from 1, in its direction."""

Tables = dict[str, list[Record]]
Named = set[tuple[str, str]]


def trial(path: Path, seed: int) -> Tables:
    """Return the records of one seed, by table, from the stock kept at `path`."""
    stock, people = stock_of(path), staff(seed)
    config = Config(seed=seed, ranking=Ranking(bootstrap=0))
    bad, any_tone = (events_of(stock, negative=negative) for negative in (True, False))
    tables: Tables = defaultdict(list)
    for name, plan in PLANS.items():
        export = drawn(plan(people, stock), stock, seed)
        found = find(export.scored, stock.catalogue, config)
        named = {
            OURS: _coached(found),
            SURE: _sure(found),
            Z_PLAIN: _beyond(export, stock, bad),
            WORST: _worst(export),
        }
        for method, those in named.items():
            tables["flags"] += [
                {"export": name, "method": method, **one} for one in roles(those, people, stock)
            ]
            if name == "planted":
                tables["recall"] += [{"method": method, **one} for one in _elevated(those, people, stock)]
        tables["channels"] += [{"export": name, **one} for one in _channels(found, export, stock, any_tone)]
        tables["exports"].append({"export": name, "agents": len(people.agents)})
        ratios = true_ratios(export, stock, bad, "agent")
        tables["posterior"] += [{"export": name, **one} for one in _posterior(found, ratios, config)]
        if name == "planted":
            tables["teams"].append(_team(found, stock))
    return {name: [{"seed": seed, **one} for one in rows] for name, rows in tables.items()}


def _coached(found: Findings) -> Named:
    """Return agent and topic of the coaching topics of individuals."""
    rows = found.coaching[
        (found.coaching["scope"] == "individual") & (found.coaching["direction"] == "coach")
    ]
    return set(zip(rows["agent"], rows["topic"], strict=True))


def _sure(found: Findings) -> Named:
    """Return agent and topic where the comparison of agents is sure that it is worse."""
    worse = (found.agents["direction"] == "worse").fillna(value=False)
    rows = found.agents[worse & (found.agents["state"] == "strong_evidence")]
    return set(zip(rows["agent"], rows["topic"], strict=True))


def _beyond(export: Export, stock: Stock, events: Flags) -> Named:
    """Return agent and theme where the raw rate is two standard errors above that of all others."""
    rows = export.scored.verbatims
    kept = rows["status"].isin(SUBSTANTIVE).to_numpy()
    z, names = pooled_z(events[export.drawn[kept]], rows["agent"][kept])
    ids = stock.catalogue["theme_id"].to_numpy(dtype=object)
    who, what = np.nonzero(z > 2)
    return set(zip(names[who], ids[what], strict=True))


def _worst(export: Export) -> Named:
    """Return the tenth of the agents with the highest shares of negative comments."""
    rows = export.scored.verbatims
    rows = rows[rows["status"].isin(SUBSTANTIVE)]
    share = (rows["sentiment_label"] == "negative").groupby(rows["agent"]).mean().sort_values()
    return {(str(name), "overall") for name in share.index[-(-len(share) * 9 // 10) :]}


def _is_right(topic: str, theme: str, stock: Stock) -> bool:
    """Return whether a topic is that of a planted theme, its behaviour, or the comment as a whole."""
    return topic in stock.holders[theme] or topic in (BEHAVIOURS.get(theme), "overall")


def roles(named: Named, people: Staff, stock: Stock) -> Iterator[Record]:
    """Yield who was named, by what is true of them, and whether for the right topic."""
    member = {name for name, team, _ in people.agents if team == TEAM}
    for agent in sorted({agent for agent, _ in named}):
        topics = [topic for name, topic in named if name == agent]
        true = [people.elevated[agent][0]] if agent in people.elevated else [TEAM_THEME] * (agent in member)
        right = any(_is_right(topic, theme, stock) for topic in topics for theme in true)
        role = (
            "trap"
            if agent in people.trapped
            else "tiny"
            if agent in people.tiny
            else "elevated"
            if true
            else "other"
        )
        yield {"agent": agent, "role": role, "right": right}


def _elevated(named: Named, people: Staff, stock: Stock) -> Iterator[Record]:
    """Yield for each agent with something planted whether it was named for it."""
    size = {name: int(number) for name, _, number in people.agents}
    for agent, (theme, ratio) in people.elevated.items():
        found = any(name == agent and _is_right(topic, theme, stock) for name, topic in named)
        yield {"agent": agent, "theme": theme, "ratio": ratio, "size": size[agent], "found": found}


def _channels(found: Findings, export: Export, stock: Stock, events: Flags) -> Iterator[Record]:
    """Yield each verdict on a channel, with the true O/E, of cx_text and of raw rates."""
    truth = true_ratios(export, stock, events, "channel")
    rows = found.channels[found.channels["verdict"].isin(["above", "below"])]
    verdicts = [
        ("cx_text", *row) for row in zip(rows["channel"], rows["theme_id"], rows["verdict"], strict=True)
    ]
    z, names = pooled_z(events[export.drawn], export.scored.verbatims["channel"])
    ids = stock.catalogue["theme_id"].to_numpy(dtype=object)
    for who, what in zip(*np.nonzero(np.abs(z) > 2), strict=True):
        verdicts.append(("plain", names[who], ids[what], "above" if z[who, what] > 0 else "below"))
    for method, channel, theme, verdict in verdicts:
        ratio = truth.loc[channel, theme]
        yield {
            "method": method,
            "channel": channel,
            "verdict": verdict,
            "right": bool(ratio >= SLIGHT if verdict == "above" else ratio <= 1 / SLIGHT),
            "planted": channel == BAD_PLACE and theme in stock.holders[BAD_THEME] and verdict == "above",
            "long": channel == TRANSCRIPT,
        }


def _posterior(found: Findings, ratios: pd.DataFrame, config: Config) -> Iterator[Record]:
    """Yield each stated probability of a true O/E beyond the difference, and whether it is."""
    rows = found.agents[found.agents["topic"].isin(ratios.columns) & found.agents["probability"].notna()]
    for row in rows.to_dict("records"):
        ratio, difference = ratios.loc[row["agent"], row["topic"]], config.agents.difference
        beyond = ratio > difference if row["direction"] == "worse" else ratio < 1 / difference
        yield {"probability": row["probability"], "beyond": bool(beyond), "state": row["state"]}


def _team(found: Findings, stock: Stock) -> Record:
    """Return whether the team is named for its theme, how often its agents are, and other teams."""
    rows = found.coaching[found.coaching["direction"] == "coach"]
    about = rows["topic"].isin(stock.holders[TEAM_THEME])
    teams = rows[rows["scope"] == "team"]
    return {
        "found": bool((about & (rows["scope"] == "team") & (rows["team"] == TEAM)).any()),
        "members": int((about & (rows["scope"] == "individual") & (rows["team"] == TEAM)).sum()),
        "others": int((teams["team"] != TEAM).sum()),
    }

"""Fair comparison on invented contact centres whose truth is known: who is named, and was it right.

Run as ``python benchmarks/fairness.py [CENTRES]`` (default 50). Numbers only, no texts: each centre has 100
agents with 20 to 80 comments in 12 teams, and 40 topics. Planted are 4 agents with 2.5 to 4 times the
rate on a topic, a team with 2.5 to 3.5 times, a trap (an agent who takes hard cases, and does better with
them than others) and 5 agents with 3 to 9 comments that are all bad. Every second centre has nothing
planted but traps and small agents.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.people import compare_people
from cx_text.records import CATALOGUE, LINKS, VERBATIMS, Collection
from cx_text.stages.coaching import coaching_topics
from cx_text.stages.comparison import compare_agents, compare_channels

AGENTS, TEAMS, SMALL = 100, 12, 5
THEMES, OURS, BEHAVIOURS = 26, 12, 14
CHANNELS, REASONS = 4, 5
PLANTED, DIFFERENCE = 4, 1.5
SPREAD = 0.1
"""Standard deviation of the logarithm of what agents' true ratios are, where nothing is planted."""
CELL = tuple[str, str]


@dataclass
class Centre:
    """A centre and what is true of it.

    Attributes:
        collection: its comments.
        ratios: true O/E of agents x topics (themes, then behaviours).
        agents: planted (agent, topic).
        teams: planted (team, topic).
        trap: the agent with the hard cases.
    """

    collection: Collection
    ratios: np.ndarray
    agents: set[CELL] = field(default_factory=set)
    teams: set[CELL] = field(default_factory=set)
    trap: str = ""


def centre(seed: int, *, planted: bool) -> Centre:
    """Return an invented centre."""
    random = np.random.default_rng(seed)
    sizes = np.r_[random.integers(20, 81, AGENTS), random.integers(3, 10, SMALL)]
    agent = np.repeat(np.arange(sizes.size), sizes)
    mixes = random.dirichlet(np.full(REASONS, 2.0), sizes.size)
    trap = int(random.integers(AGENTS))
    mixes[trap] = [0.8, *[0.2 / (REASONS - 1)] * (REASONS - 1)]
    reason = np.array([random.choice(REASONS, p=mixes[one]) for one in agent])
    channel = random.integers(0, CHANNELS, agent.size)
    topics = THEMES + BEHAVIOURS
    rate = np.r_[np.full(THEMES, 0.025), np.full(BEHAVIOURS, 0.012)] * random.lognormal(0, 0.7, topics)
    usual = (
        rate * random.lognormal(0, 0.4, (REASONS, topics)) * random.lognormal(0, 0.3, (CHANNELS, 1, topics))
    )
    hard = int(random.integers(THEMES))
    usual[:, 0, hard] = 4 * usual[:, 1:, hard].mean(axis=1)
    ratios = random.lognormal(0, SPREAD, (sizes.size, topics))
    ratios[trap, hard] = 0.8
    made = Centre(_empty(), ratios, trap=_agent(trap))
    if planted:
        _plant(made, random, trap)
    chance = np.clip(usual[channel, reason] * ratios[agent], 0, 0.9)
    said = random.random(chance.shape) < chance
    said[agent >= AGENTS, 0] = True
    made.collection = _collection(agent, channel, reason, said)
    return made


def _plant(made: Centre, random: np.random.Generator, trap: int) -> None:
    """Make some agents and a team truly different on what people can be trained in."""
    trainable = np.r_[np.arange(OURS), np.arange(THEMES, THEMES + BEHAVIOURS)]
    others = [one for one in range(AGENTS) if one != trap]
    team = int(random.integers(TEAMS))
    alone = [one for one in others if one % TEAMS != team]
    for one, topic in zip(
        random.choice(alone, PLANTED, replace=False), random.choice(trainable, PLANTED), strict=True
    ):
        made.ratios[one, topic] = random.uniform(2.5, 4)
        made.agents.add((_agent(one), _topic(int(topic))))
    topic = int(random.choice(trainable))
    members = np.arange(AGENTS + SMALL) % TEAMS == team
    made.ratios[members, topic] = random.uniform(2.5, 3.5)
    made.teams.add((f"T{team:02d}", _topic(topic)))


def _agent(number: int) -> str:
    """Return the name of an agent."""
    return f"a{number:03d}"


def _topic(number: int) -> str:
    """Return the name of a topic."""
    return f"t{number:02d}" if number < THEMES else f"b{number - THEMES:02d}"


def _empty() -> Collection:
    """Return no comments."""
    return Collection(VERBATIMS.frame(), LINKS.frame(), CATALOGUE.frame(), (), 7, last_complete=True)


def _collection(agent: np.ndarray, channel: np.ndarray, reason: np.ndarray, said: np.ndarray) -> Collection:
    """Return comments of which each tells badly what `said` (n x topics) holds."""
    ids = [f"v{number:06d}" for number in range(agent.size)]
    row, theme = np.nonzero(said[:, :THEMES])
    shown = [
        [f"{_topic(THEMES + one)}-" for one in np.flatnonzero(part).tolist()] for part in said[:, THEMES:]
    ]
    frame = VERBATIMS.frame(
        {
            "verbatim_id": ids,
            "agent": [_agent(one) for one in agent],
            "team": [f"T{one % TEAMS:02d}" for one in agent],
            "channel": [f"c{one}" for one in channel],
            "contact_reason": [f"r{one}" for one in reason],
            "status": "themed",
            "sentiment_label": np.where(said.any(axis=1), "negative", "neutral"),
            "behaviours": shown,
        }
    )
    names = [_topic(number) for number in range(THEMES)]
    return Collection(
        verbatims=frame.assign(
            period=-1, text_key=ids, length=12, named_agent=pd.Series([None] * len(ids), dtype="str")
        ),
        links=LINKS.frame(
            {"row": row, "theme_id": [names[one] for one in theme], "sentiment": -0.5, "confidence": 0.9}
        ),
        catalogue=CATALOGUE.frame({"theme_id": names, "label": names}),
        periods=(),
        period_days=7,
        last_complete=True,
    )


CHANGERS = {_topic(number): "agent" if number < OURS else "process" for number in range(THEMES)}
LEVELS = (0.0, 0.05, 0.2, 0.5, 0.8, 0.9, 0.975, 1.01)
SIZES = (0.0, 1.0, 2.0, 4.0, 99.0)


def judged(
    made: Centre, config: Config, tally: Counter[str]
) -> Iterator[tuple[float, bool, float, bool, float]]:
    """Count who is named in a centre; yield for each cell that was judged worse what was said and is true.

    That is: probability, true O/E beyond 1.5, expected, flagged, and (expected after - true O/E).
    """
    people = compare_people(made.collection, config)
    agents = compare_agents(made.collection, people["agent", -1], CHANGERS)
    coaching = coaching_topics(made.collection, people, CHANGERS, config)
    channels = compare_channels(made.collection, config)
    tally["centres"] += 1
    tally["channel tables with a mark"] += bool(channels["verdict"].isin(["above", "below"]).any())
    alone, teams = (coaching[coaching["scope"] == scope] for scope in ("individual", "team"))
    told = {(one.agent, one.topic) for one in alone.itertuples()}
    tally["agents named"] += len(told)
    tally["agents right"] += len(told & made.agents)
    tally["agents planted"] += len(made.agents)
    told_teams = {(one.team, one.topic) for one in teams.itertuples()}
    tally["teams named"] += len(told_teams)
    tally["teams right"] += len(told_teams & made.teams)
    tally["teams planted"] += len(made.teams)
    flagged = agents[
        agents["state"].isin(["worth_a_look", "strong_evidence"]) & (agents["direction"] == "worse")
    ]
    tally["traps flagged"] += made.trap in set(flagged["agent"])
    tally["small agents flagged"] += int((flagged["agent"] >= _agent(AGENTS)).sum())
    tally["flags in table AGENTS"] += len(flagged)
    places = {_topic(number): number for number in range(THEMES + BEHAVIOURS)}
    for one in agents[(agents["direction"] == "worse") & agents["topic"].isin(places)].itertuples():
        ratio = made.ratios[int(one.agent[1:]), places[one.topic]]
        shown = one.state != "consistent"
        tally["flags right in table AGENTS"] += shown and ratio > DIFFERENCE
        yield one.probability, ratio > DIFFERENCE, one.expected, shown, one.expected_after - ratio


def main(centres: int) -> None:
    """Print precision, recall and calibration over `centres` centres with something planted, then without."""
    config = Config()
    for planted in (True, False):
        tally: Counter[str] = Counter()
        cells = [
            cell for seed in range(centres) for cell in judged(centre(seed, planted=planted), config, tally)
        ]
        print("planted" if planted else "nothing planted")
        for name, count in tally.items():
            print(f"  {name:32s} {count}")
        table = np.array(cells, dtype=np.float64)
        print("  probability   cells  mean said  true beyond 1.5")
        _print_bins(table[:, 0], LEVELS, table[:, 0], table[:, 1])
        if planted:
            big = table[table[:, 1] > 0]
            print("  expected      cells with O/E > 1.5   expected   found")
            _print_bins(big[:, 2], SIZES, big[:, 2], big[:, 3])
            print(
                f"  expected after less truth, of flagged cells: {table[table[:, 3] > 0][:, 4].mean():+.2f}"
            )


def _print_bins(values: np.ndarray, edges: Sequence[float], *columns: np.ndarray) -> None:
    """Print the size and the means of `columns` by bins of `values`."""
    for low, high in pairwise(edges):
        inside = (values >= low) & (values < high)
        means = "  ".join(f"{column[inside].mean():8.3f}" for column in columns) if inside.any() else ""
        print(f"  {low:5.3f}-{high:5.3f} {inside.sum():7d}  {means}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)

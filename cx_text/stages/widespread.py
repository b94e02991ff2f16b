"""What is bad everywhere: everyone's to train, or no training matter at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
import pandas as pd

from cx_text.casemix import Flags, Ints, standardise
from cx_text.config import Config
from cx_text.counting import channel_cases, shown_channels, theme_events
from cx_text.events import BEHAVIOUR, OVERALL, SAME, Events, described, evidence, merged, overlap
from cx_text.judging import smallest_group
from cx_text.people import Comparisons
from cx_text.records import GENERAL_THEMES, NOT_TRAINING, Collection
from cx_text.statistics import benjamini_hochberg, wilson

COMMON, MOSTLY = 0.02, 0.5
"""Common and bad: this share of comments tells it badly, and this share of its own."""
MARKED = 1.25
"""Channels differ on a topic where one is significantly above the others by this factor."""
ACTS: Mapping[str, str] = {
    "process": "who owns the process",
    "technology": "product and technology",
    "customer": "who informs customers",
}
"""Who should act on what no training mends."""

Row = dict[str, Any]


def coachable(events: Events, changers: Mapping[str, str]) -> Flags:
    """Return which topics a person can be trained in (t): behaviours, and themes that agents can change.

    Where it is known of no theme who can change it (in another language than English), all themes are.
    """
    kinds, topics = np.array(events.kinds), np.array(events.topics)
    themes = (kinds != BEHAVIOUR) & (topics != OVERALL)
    if set(topics[themes]) & set(changers):
        themes &= _changed_by(events, changers, {"agent"})
    return np.asarray(themes | (kinds == BEHAVIOUR))


def everyones(
    collection: Collection,
    people: Comparisons,
    changers: Mapping[str, str],
    busy: AbstractSet[str],
    config: Config,
) -> Iterator[Row]:
    """Yield a row of COACHING for each common complaint that agents can change and nobody stands out in.

    Common: 2 % of all comments (and never fewer than the smallest group shown) tell it badly, and so do
    half of those that tell of it. Topics that are `busy`, or tell the same as one that is, or differ
    between channels, are somebody's matter.
    """
    events = people["agent", -1].events
    ours = _changed_by(events, changers, {"agent"}) & ~_differs(collection, events, config)
    count = _counted(collection, events)
    for topic, others in _common(collection, people, ours, busy, config):
        row = {"scope": "everyone", "direction": "coach", "n": int(collection.substantive.sum())}
        related = [events.topics[other] for other in others]
        yield described(events, topic) | row | {"count": int(count[topic]), "related": related}


def not_training(
    collection: Collection,
    people: Comparisons,
    changers: Mapping[str, str],
    coaching: pd.DataFrame,
    config: Config,
) -> pd.DataFrame:
    """Return table NOT_TRAINING: what is common and bad, and not for agents to change.

    Topics as everyone's in COACHING, but usually changed by process, technology or customer
    (`attribution`); `acts` says who should act. `share` is that of all comments with content, with its
    95 % interval. The most frequent first, ties by topic. What somebody is coached on, or what tells the
    same, is left out.

    Args:
        collection: the verbatims.
        people: its agents and teams, compared.
        changers: who can change a topic, by theme_id or behaviour.
        coaching: table COACHING.
        config: the settings.
    """
    events, n = people["agent", -1].events, int(collection.substantive.sum())
    busy = set(coaching.loc[coaching["direction"] == "coach", "topic"])
    wanted, counts = _changed_by(events, changers, set(ACTS)), _counted(collection, events)
    rows = []
    for topic, _ in _common(collection, people, wanted, busy, config):
        count, who = int(counts[topic]), changers[events.topics[topic]]
        low, high = (float(bound) for bound in wilson(count, n))
        row = {"attribution": who, "acts": ACTS[who], "n": n, "count": count, "share": count / n}
        shown = evidence(collection, events, events.topics[topic], collection.substantive.to_numpy())
        rows.append(described(events, topic) | row | {"low": low, "high": high, "evidence": shown})
    return NOT_TRAINING.frame(rows)


def _changed_by(events: Events, changers: Mapping[str, str], who: AbstractSet[str]) -> Flags:
    """Return which topics with a reason are usually changed by one of `who` (t)."""
    known = {name: one for name, one in changers.items() if name not in GENERAL_THEMES}
    return np.array([known.get(name) in who for name in events.topics], dtype=bool)


def _counted(collection: Collection, events: Events) -> Ints:
    """Return how many verbatims with content tell each topic (t)."""
    rows = events.matrix[np.flatnonzero(collection.substantive)]
    return np.asarray(rows.sum(axis=0)).ravel()


def _common(
    collection: Collection,
    people: Comparisons,
    wanted: Flags,
    busy: AbstractSet[str],
    config: Config,
) -> list[tuple[int, list[int]]]:
    """Return the `wanted` topics that are common and bad, the most frequent first, each with its like."""
    bad, good = people["agent", -1].events, people["agent", 1].events
    content = np.flatnonzero(collection.substantive)
    count, said = _counted(collection, bad), _counted(collection, bad) + _counted(collection, good)
    themes = np.asarray(theme_events(collection)[content].sum(axis=0)).ravel()
    said[: themes.size] = themes
    least = max(COMMON * content.size, smallest_group(config))
    same = overlap(bad.matrix[content]) >= SAME
    taken = same[:, [name in busy for name in bad.topics]].any(axis=1)
    chosen = np.flatnonzero(wanted & ~taken & (count >= least) & (count >= MOSTLY * said))
    order = sorted(chosen.tolist(), key=lambda one: (-count[one], bad.kinds[one], bad.topics[one]))
    return merged(order, same)


def _differs(collection: Collection, events: Events, config: Config) -> Flags:
    """Return which topics (t) some channel has significantly more of than the others."""
    shown = shown_channels(collection, config.privacy.k)
    every = standardise(events.matrix, shown, channel_cases(collection))
    counts = every.keep(every.known & every.supported)
    sure = benjamini_hochberg(counts.p_values()) < config.issues.q
    return np.asarray((sure & (counts.ratio > MARKED)).any(axis=0))

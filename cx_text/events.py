"""What is told of the people of a contact: themes, behaviours and the whole, counted in one matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cx_text.counting import theme_events
from cx_text.records import MAX_EVIDENCE, Collection

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

OVERALL = "overall"
"""The topic that stands for the whole verbatim, whatever its themes."""
BEHAVIOUR, THEME = "behaviour", "theme"
"""Kinds of topics; `OVERALL` is told as a theme."""
READABLE = 6, 60
"""Words of a comment that is long enough to show something and short enough to be read."""
SAME = 0.5
"""Two topics tell the same where they share this part of the rows of the rarer one."""

NAMES: Mapping[str, str] = {"low_effort": "ease"}
"""Behaviours whose label is not their name."""


@dataclass(frozen=True)
class Events:
    """Verbatims x topics, of one sign: what is told badly (-1) or well (1).

    Attributes:
        sign: -1 or 1.
        topics: theme ids, then `OVERALL`, then names of behaviours (t).
        kinds: theme or behaviour (t).
        labels: how each reads (t).
        matrix: sparse n x t, 1 where verbatim i tells of topic j.
    """

    sign: int
    topics: Sequence[str]
    kinds: Sequence[str]
    labels: Sequence[str]
    matrix: Any


def events_of(collection: Collection, sign: int) -> Events:
    """Return what each verbatim tells badly (`sign` -1) or well (1).

    A theme counts where its mentions feel so on average, `OVERALL` where the whole verbatim does, a
    behaviour where it was missing or shown, whatever the feeling.
    """
    catalogue, verbatims = collection.catalogue, collection.verbatims
    feeling, mark, told = ("negative", "-", "missing") if sign < 0 else ("positive", "+", "shown")
    whole = (verbatims["sentiment_label"] == feeling).to_numpy(dtype=np.int64, na_value=0)
    shown, names = behaviour_events(verbatims["behaviours"], mark)
    return Events(
        sign=sign,
        topics=[*catalogue["theme_id"], OVERALL, *names],
        kinds=[*[THEME] * (len(catalogue) + 1), *[BEHAVIOUR] * len(names)],
        labels=[
            *catalogue["label"],
            f"{feeling} comments overall",
            *(f"{NAMES.get(name, name).replace('_', ' ')} {told}" for name in names),
        ],
        matrix=sparse.hstack([theme_events(collection, sign), whole[:, None], shown], format="csr"),
    )


def behaviour_events(column: pd.Series, mark: str) -> tuple[Any, list[str]]:
    """Return a sparse n x b matrix of 1s and the b names of behaviours, sorted.

    Args:
        column: n lists of names, each with + (shown) or - (missing) behind it.
        mark: which of the two counts; behaviours told of only otherwise have a column of 0s.
    """
    told = column.reset_index(drop=True).explode().dropna().astype("str")
    names = sorted(set(told.str[:-1]))
    told = told[told.str.endswith(mark)]
    place = pd.Index(names).get_indexer(told.str[:-1])
    ones = np.ones(len(told), dtype=np.int64)
    matrix = sparse.csr_matrix((ones, (told.index.to_numpy(), place)), shape=(len(column), len(names)))
    return matrix, names


def overlap(matrix: Any) -> Floats:
    """Return topics x topics: the part of the rows of the rarer one that tells of the other, too (0..1).

    Reference:
        Szymkiewicz (1934), the overlap coefficient.
    """
    both = (matrix.T @ matrix).toarray().astype(np.float64)
    size = both.diagonal()
    rarer = np.minimum(size[:, None], size)
    shared: Floats = np.divide(both, rarer, out=np.zeros(both.shape), where=rarer > 0)
    return shared


def merged(topics: Iterable[int], same: Flags) -> list[tuple[int, list[int]]]:
    """Return the topics to tell, each with those behind it that tell the `same` (t x t), in order.

    >>> merged([2, 0, 1], np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]]) > 0)
    [(2, [0]), (1, [])]
    """
    told: dict[int, list[int]] = {}
    for topic in topics:
        first = next((one for one in told if same[one, topic]), topic)
        told.setdefault(first, []).append(topic)
    return [(first, members[1:]) for first, members in told.items()]


def described(events: Events, topic: int) -> dict[str, str]:
    """Return the columns `topic`, `topic_kind` and `label` of a topic."""
    parts = (events.topics, events.kinds, events.labels)
    return dict(zip(("topic", "topic_kind", "label"), (part[topic] for part in parts), strict=True))


def evidence(collection: Collection, events: Events, topic: str, mine: Flags) -> list[str]:
    """Return up to 25 ids of the verbatims `mine` (n) that tell of a topic, the best to read first.

    Those of 6 to 60 words come first; of these the most typical: a theme's surest, a behaviour's with
    the theme that most of them have, of the whole those that feel it most. Ties go to the smallest id;
    no text is shown twice.
    """
    rows = np.flatnonzero(told(events, topic) & mine)
    columns = ["verbatim_id", "text_key", "length", "theme_id", "sentiment"]
    found = collection.verbatims[columns].iloc[rows]
    readable = found["length"].between(*READABLE)
    order = found.assign(readable=readable, typical=_typical(collection, events, topic, found))
    order = order.sort_values(["readable", "typical", "verbatim_id"], ascending=[False, False, True])
    return [str(name) for name in order.drop_duplicates("text_key")["verbatim_id"][:MAX_EVIDENCE]]


def told(events: Events, topic: str) -> Flags:
    """Return which verbatims tell of a topic (n)."""
    column = events.matrix[:, [list(events.topics).index(topic)]]
    return np.asarray(column.toarray().ravel() > 0)


def _typical(collection: Collection, events: Events, topic: str, found: pd.DataFrame) -> Any:
    """Return how typical of a topic each of the verbatims `found` is; more is better."""
    if topic == OVERALL:
        return events.sign * found["sentiment"].to_numpy(dtype=np.float64)
    if events.kinds[list(events.topics).index(topic)] == BEHAVIOUR:
        return found["theme_id"].map(found["theme_id"].value_counts()).fillna(0).to_numpy()
    links = collection.links[collection.links["theme_id"] == topic]
    return links.set_index("row")["confidence"].reindex(found.index).to_numpy()

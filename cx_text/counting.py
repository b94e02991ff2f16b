"""What counts as an event, in whose rows it happened, and which verbatims show it best.

The comparing stages share this: an event is "this verbatim speaks of this theme (badly, well)", a
group is an agent, a team or a channel. All topics are counted at once, as columns of one matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cx_text.records import MAX_EVIDENCE, Collection
from cx_text.statistics import withheld

Ints = NDArray[np.int64]

TONE = 0.05
"""A theme is spoken of badly at or below -TONE, well at or above TONE."""
CLASSES = 4
"""Classes of length, each of about as many comments."""


def tone(sentiment: Any) -> Ints:
    """Return -1, 0 or 1 for each sentiment (-1..1); an unknown one is 0.

    >>> tone([-0.4, 0.01, 0.05, float("nan")]).tolist()
    [-1, 0, 1, 0]
    """
    values = np.asarray(sentiment, dtype=np.float64)
    return (values >= TONE).astype(np.int64) - (values <= -TONE).astype(np.int64)


def theme_events(collection: Collection, sign: int | None = None) -> Any:
    """Return a sparse n x themes matrix of 1s: verbatim i speaks of theme j of the catalogue.

    With a `sign` of -1 or 1 only those that speak of it badly or well.
    """
    links = collection.links
    column = pd.Index(collection.catalogue["theme_id"]).get_indexer(links["theme_id"])
    wanted = column >= 0
    if sign is not None:
        wanted &= tone(links["sentiment"]) == sign
    row = links["row"].to_numpy(dtype=np.int64)[wanted]
    shape = len(collection.verbatims), len(collection.catalogue)
    ones = np.ones(row.size, dtype=np.int64)
    return sparse.csr_matrix((ones, (row, column[wanted])), shape=shape)


def substantive_group(collection: Collection, column: str) -> pd.Series:
    """Return the group of each verbatim, missing where it has none or the verbatim has no content."""
    return collection.verbatims[column].where(collection.substantive)


def accountable(collection: Collection, column: str) -> pd.Series:
    """Return the agent (or team) who is answerable for each verbatim, missing where nobody is.

    Nobody is where the verbatim has no content, or where its text names another agent: who of them
    did what cannot be told. For a team that other agent must be of another team.
    """
    named = collection.verbatims["named_agent"]
    if column == "team":
        theirs = named.map(main_team(collection))
        named = named.where(theirs.isna() | (theirs != collection.verbatims["team"]))
    return substantive_group(collection, column).where(named.isna())


def main_team(collection: Collection) -> pd.Series:
    """Return the team of each agent, indexed by agent: where most verbatims are, ties the smallest."""
    return commonest(collection.verbatims, ["agent"], "team")["team"]


def commonest(frame: pd.DataFrame, by: Sequence[str], name: str) -> pd.DataFrame:
    """Return the value of column `name` that most rows of each group have, ties the smallest.

    Indexed by the columns `by`, beside it `size` (rows with that value) and `total` (rows with any); a
    group without a value is left out.

    >>> rows = pd.DataFrame({"team": ["A", "A", "A", "B"], "topic": ["x", "y", "y", None]})
    >>> commonest(rows, ["team"], "topic").to_dict("index")
    {'A': {'topic': 'y', 'size': 2, 'total': 3}}
    """
    size = frame[[*by, name]].dropna().value_counts().rename("size").reset_index()
    size["total"] = size.groupby(list(by))["size"].transform("sum")
    size = size.sort_values([*by, "size", name], ascending=[*(True for _ in by), False, True])
    return size.drop_duplicates(by).set_index(list(by))


def typical(collection: Collection, links: pd.DataFrame) -> pd.Series:
    """Return up to 25 verbatim ids a theme, indexed by theme_id: the most confident, each text once.

    `links` are rows of the collection's links; ties go to the smallest id.
    """
    said = collection.verbatims[["verbatim_id", "text_key"]].iloc[links["row"].to_numpy(dtype=np.int64)]
    told = links.assign(id=said["verbatim_id"].to_numpy(), key=said["text_key"].to_numpy())
    told = told.sort_values(["theme_id", "confidence", "id"], ascending=[True, False, True])
    told = told.drop_duplicates(["theme_id", "key"]).groupby("theme_id").head(MAX_EVIDENCE)
    return told.groupby("theme_id")["id"].agg(list)


def case_mix(collection: Collection, columns: Sequence[str]) -> pd.DataFrame:
    """Return the columns that tell cases apart: of `columns`, those with more than one value."""
    cases = collection.verbatims[list(columns)]
    return cases[[name for name in columns if len(cases[name].drop_duplicates()) > 1]]


def length_class(collection: Collection) -> pd.Series:
    """Return the class of length of each verbatim, 0 (shortest) to 3, by quartiles of all with content.

    Texts of equal length are in one class, so where most are equally long there are fewer classes.
    """
    length = collection.verbatims["length"].astype("float64")
    shares = np.arange(1, CLASSES) / CLASSES
    told = length[collection.substantive].to_numpy()
    cuts = np.quantile(told, shares, method="inverted_cdf") if told.size else np.zeros(0)
    classes = np.searchsorted(np.unique(cuts), length.to_numpy(), side="left")
    return pd.Series(classes, index=length.index, name="length_class")


def channel_cases(collection: Collection) -> pd.DataFrame:
    """Return what tells the cases of channels apart, the most important first.

    Length is part of it, for the transcript of a call mentions more than a message of two lines.
    """
    rows = collection.verbatims.assign(length_class=length_class(collection))
    return case_mix(replace(collection, verbatims=rows), ("contact_reason", "length_class", "product"))


def shown_channels(collection: Collection, k: int) -> pd.Series:
    """Return the channel of each verbatim, missing where it has none, or one too small to show."""
    channel = substantive_group(collection, "channel")
    unnamed = int((collection.substantive & channel.isna()).sum())
    return channel.where(~channel.isin(withheld(channel.value_counts(), k, unnamed)))

"""Large groups of near copies, as a finding: how many comments are in truth one text."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from cx_text.config import Config
from cx_text.records import SUBSTANTIVE, published
from cx_text.stages.duplicates import MINIMUM_WORDS, near_duplicates
from cx_text.stages.periods import in_window
from cx_text.text import digest_of, words

LARGE = 20
LARGE_SHARE = 0.01
LEAST = 5
"""A group is told of from 20 comments on, or from 1 % of those with content, if these are 5 or more."""

END = 5
"""Words at the beginning or the end that a text shares with its copies."""

NEWEST = 50_000
"""Comments that are looked at, the newest ones of the window: copies come in waves."""

MOST_TEXTS = 20_000
"""Distinct texts looked at, those with the most common beginnings and ends first."""


def near_copies(verbatims: pd.DataFrame, config: Config) -> list[dict[str, Any]]:
    """Return the large groups of near copies among the newest 50,000 comments, the largest first.

    Each has ``count`` (comments), ``customers`` (different ones, None where none is known), ``share`` (of
    the comments with content) and ``example`` (the id of the first comment with its most frequent text).
    Texts of fewer than 6 words are said again by chance and make no group. For speed only texts that
    share their first or last 5 words, numbers left open, with others are compared, and of these at most
    20,000. The same for any order of the rows (table VERBATIMS); `duplicate_of` must be known.
    """
    rows = in_window(verbatims, config)
    rows = rows.sort_values(["created_at", "verbatim_id"], ascending=[False, True]).head(NEWEST)
    rows = rows[rows["status"].isin(SUBSTANTIVE)].reset_index(drop=True)
    first = rows["duplicate_of"].fillna(rows["verbatim_id"])
    sizes = first.value_counts()
    distinct = rows.assign(first=first, size=first.map(sizes)).drop_duplicates("first", ignore_index=True)
    likely = _likely(distinct)
    texts = likely["text"].tolist()
    group = pd.Series(near_duplicates(texts), index=likely["first"])
    mine = first.map(group)
    total = len(rows)
    told = []
    for number, members in rows[mine.notna()].groupby(mine.dropna()):
        count = len(members)
        if count >= LARGE or (count >= LEAST and count >= LARGE_SHARE * total):
            told.append(_told(members, likely[group.to_numpy() == number], total))
    return sorted(told, key=lambda one: (-one["count"], one["example"]))


def _told(members: pd.DataFrame, texts: pd.DataFrame, total: int) -> dict[str, Any]:
    """Return one group as a mapping; `texts` are its distinct texts with their sizes."""
    example = texts.sort_values(["size", "verbatim_id"], ascending=[False, True])["verbatim_id"].iloc[0]
    customers = int(members["customer_id"].nunique())
    return {
        "count": len(members),
        "customers": customers or None,
        "share": float(published(len(members) / total)),
        "example": str(example),
    }


def _likely(distinct: pd.DataFrame) -> pd.DataFrame:
    """Return the distinct texts that may be in a large group: enough comments begin or end like them."""
    ends = [_ends(text) for text in distinct["text"].fillna("")]
    crowds: Counter[str] = Counter()
    for pair, size in zip(ends, distinct["size"], strict=True):
        for end in pair:
            crowds[end] += int(size)
    distinct = distinct.assign(crowd=[max((crowds[end] for end in pair), default=0) for pair in ends])
    likely = distinct[distinct["crowd"] >= LEAST]
    if len(likely) <= MOST_TEXTS:
        return likely
    likely = likely.assign(place=[digest_of(text) for text in likely["text"]])
    return likely.sort_values(["crowd", "place", "verbatim_id"], ascending=[False, True, True]).head(
        MOST_TEXTS
    )


def _ends(text: str) -> tuple[str, ...]:
    """Return how a text begins and ends, numbers left open; nothing of texts that are too short."""
    said = words(text)
    if len(said) < MINIMUM_WORDS:
        return ()
    opened = ["#" if any(map(str.isdigit, word)) else word for word in said[:END] + said[-END:]]
    return f"< {' '.join(opened[:END])}", f"{' '.join(opened[END:])} >"

"""Rows and workspaces to test the store with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cx_text.records import MENTIONS, VERBATIMS, Scored
from cx_text.store import FileRecord, Workspace


def make_scored(ids: Sequence[str], mentions: Sequence[tuple[Any, ...]] = (), **columns: Any) -> Scored:
    """Return rows with these ids and further columns, and mentions as (id, start, end, theme, ...)."""
    texts = {"text": [f"text of {one}" for one in ids], "status": "themed"}
    width = max(map(len, mentions), default=0)
    said = pd.DataFrame(mentions, columns=list(MENTIONS.columns)[:width])
    return Scored(
        VERBATIMS.frame(pd.DataFrame({"verbatim_id": list(ids), **texts, **columns})), MENTIONS.frame(said)
    )


def make_many(count: int, seed: int = 7) -> Scored:
    """Return `count` rows with every column filled here and empty there, in a shuffled order."""
    rng = np.random.default_rng(seed)

    def some(values: Any) -> pd.Series:
        """Return values of which about a fifth is missing."""
        return pd.Series(values, dtype=object).where(rng.random(count) < 0.8)

    def pick(*names: str) -> pd.Series:
        """Return a name a row, or none."""
        return some(rng.choice(names, count))

    start = pd.Timestamp("2024-01-01", tz="UTC")
    ids = [f"{row:06d}" for row in rng.permutation(count)]
    columns = {
        "verbatim_id": ids,
        "created_at": some([start + pd.Timedelta(int(t), "us") for t in rng.integers(0, 10**13, count)]),
        "channel": pick("chat", "phone"),
        "agent": pick("Ada", "Émile", "李"),
        "customer_id": pick("c_1", "c_2"),
        "language": "en",
        "csat": some(rng.integers(1, 6, count)),
        "resolved": some(rng.random(count) < 0.5),
        "value": some(rng.random(count) * 100),
        "text": [f"it's “row”\n{one}\x00" for one in ids],
        "status": "themed",
        "sentiment": some(rng.random(count) * 2 - 1),
        "theme_ids": [["T1", "T2"] if flag else [] for flag in rng.random(count) < 0.5],
        "behaviours": [["empathy+"]] * count,
        "conflict": some(rng.random(count) < 0.5),
        "attr_Store № 1": pick("a", "b"),
    }
    mentions = {
        "verbatim_id": np.repeat(ids, 2),
        "start": [0, 5] * count,
        "end": [4, 9] * count,
        "theme_id": ["T1", "T2"] * count,
        "sentiment": rng.random(2 * count),
        "confidence": 0.5,
    }
    return Scored(VERBATIMS.frame(columns), MENTIONS.frame(mentions))


def in_order(scored: Scored) -> Scored:
    """Return rows and mentions in the order in which a workspace gives them back."""
    rows = scored.verbatims.sort_values(["created_at", "verbatim_id"], ignore_index=True)
    place = dict(zip(rows["verbatim_id"], rows.index, strict=True))
    said = scored.mentions.assign(place=scored.mentions["verbatim_id"].map(place))
    said = said.sort_values(["place", "start"], ignore_index=True).drop(columns="place")
    return Scored(rows, said)


def hashes(scored: Scored) -> list[str]:
    """Return a content hash a row: here, simply its text."""
    return list(scored.verbatims["text"])


def take(workspace: Workspace, scored: Scored, sha256: str = "f1", run_id: str = "R000001") -> None:
    """Take rows as the file with this hash."""
    workspace.take(FileRecord(f"{sha256}.csv", sha256, "k1"), scored, hashes(scored), run_id)


def make_workspace(folder: Path) -> Workspace:
    """Return a new workspace, open to write."""
    return Workspace.open(folder, write=True, create=True)


def assert_same(one: Scored, other: Scored) -> None:
    """Hold rows and mentions against each other, kinds and order included."""
    pd.testing.assert_frame_equal(one.verbatims, other.verbatims)
    pd.testing.assert_frame_equal(one.mentions, other.mentions)

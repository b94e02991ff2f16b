"""What is counted of themes: volume and tone, since when, in which channels, and who can change them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cx_text.counting import commonest
from cx_text.records import LINKS, Collection
from cx_text.stages.priority import MICRO, Sums
from cx_text.statistics import wilson, withheld

RECENT = 5
"""A theme is new or quiet by the last fifth of the periods, if there are at least 5."""
MAX_CHANNELS = 4
AGREED = 5
"""Fewest comments that must agree on who can change a theme."""


def links_of_parents(collection: Collection) -> pd.DataFrame:
    """Return the links of verbatims to the parents of their themes, each once: mean feeling, most sure."""
    above = collection.catalogue.set_index("theme_id")["parent_theme_id"].dropna()
    links = collection.links[collection.links["theme_id"].isin(above.index)]
    links = links.assign(theme_id=links["theme_id"].map(above))
    merged = links.groupby(["row", "theme_id"]).agg({"sentiment": "mean", "confidence": "max"})
    changers = commonest(links, ["row", "theme_id"], "attribution")["attribution"]
    return LINKS.frame(merged.assign(attribution=changers.reindex(merged.index)).reset_index())


def changers(links: pd.DataFrame) -> dict[str, str]:
    """Return who can change a theme, by theme_id, where enough comments agree."""
    told = commonest(links, ["theme_id"], "attribution")
    agreed = (told["size"] >= AGREED) & (2 * told["size"] >= told["total"])
    return dict(told.loc[agreed, "attribution"])


def volumes(collection: Collection, ids: pd.Index, counted: Sums) -> dict[str, Any]:
    """Return volume, its share with interval, and the tone; unknown where no mention has a sentiment."""
    volume, negative = counted.volume[0].astype(np.int64), counted.negative[0]
    n = int(collection.substantive.sum())
    low, high = wilson(volume, n)
    known = collection.links.dropna(subset=["sentiment"])
    micro = np.rint(known["sentiment"].to_numpy(dtype=np.float64) * MICRO).astype(np.int64)
    by_theme = pd.Series(micro).groupby(known["theme_id"].to_numpy()).agg(["sum", "count"]).reindex(ids)
    felt = known.groupby("theme_id").size().reindex(ids, fill_value=0).to_numpy()
    unsaid = np.where(felt > 0, volume, np.nan)
    return {
        "volume": volume,
        "share": volume / n if n else np.full(volume.size, np.nan),
        "share_low": low,
        "share_high": high,
        "negative_share": negative / unsaid,
        "sentiment": (by_theme["sum"] / by_theme["count"] / MICRO).to_numpy(),
    }


def status(collection: Collection, ids: pd.Index) -> Any:
    """Return new, quiet or active for each theme."""
    links = collection.links
    periods = len(collection.periods)
    if periods < RECENT:
        return np.full(len(ids), "active", dtype=object)
    period = collection.verbatims["period"].to_numpy()[links["row"].to_numpy(dtype=np.int64)]
    seen = pd.Series(period).groupby(links["theme_id"].to_numpy())
    dated = seen.agg(lambda numbers: (numbers >= 0).any()).reindex(ids, fill_value=False).astype(bool)
    first = seen.agg(lambda numbers: numbers[numbers >= 0].min()).reindex(ids)
    start = periods - -(-periods // RECENT)
    recent = dated & (first >= start)
    quiet = dated & (seen.max().reindex(ids) < start)
    return np.select([recent, quiet], ["new", "quiet"], "active").astype(object)


def channels(collection: Collection, ids: pd.Index, k: int) -> list[list[str]]:
    """Return up to 4 channels of each theme, the most frequent first, ties by name."""
    links = collection.links
    sizes = collection.verbatims.loc[collection.substantive, "channel"].value_counts()
    unnamed = int(collection.substantive.sum() - sizes.sum())
    channel = collection.verbatims["channel"].iloc[links["row"].to_numpy(dtype=np.int64)]
    pairs = pd.DataFrame({"theme": links["theme_id"].to_numpy(), "channel": channel.to_numpy()}).dropna()
    pairs = pairs[~pairs["channel"].isin(withheld(sizes, k, unnamed))]
    size = pairs.value_counts().rename("size").reset_index()
    size = size.sort_values(["theme", "size", "channel"], ascending=[True, False, True])
    named = size.groupby("theme").head(MAX_CHANNELS).groupby("theme")["channel"].agg(list)
    return [named.get(theme, []) for theme in ids]

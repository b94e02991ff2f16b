"""Which theme matters most: how many say it, how much it hurts, where it is going."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cx_text.config import Config
from cx_text.counting import commonest, tone, typical
from cx_text.records import GENERAL_THEMES, LINKS, THEMES, Collection, published
from cx_text.statistics import wilson, withheld

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEVERE = 0.5
"""Mean sentiment of negative mentions (as -0.5) from which on tone counts in full."""
MOMENTUM: Mapping[str, float] = {"rising": 1.25, "steady": 1.0, "unknown": 1.0, "falling": 0.8}
RECENT = 5
"""A theme is new or quiet by the last fifth of the periods, if there are at least 5."""
MAX_CHANNELS = 4
AGREED = 5
"""Fewest comments that must agree on who can change a theme."""
MICRO = 1_000_000
CELLS = 4_000_000
IMPACT = (
    "impact_metric",
    "impact_leaveout",
    "impact_adjusted",
    "impact_low",
    "impact_high",
    "effect_per_mention",
)


@dataclass(frozen=True)
class _Sums:
    """Sums over verbatims, last axis themes (`total`: last axis 1); whole numbers, so exact.

    `weight` is the volume or the value at stake, `depth` the sum of -sentiment of negative ones (1e-6).
    """

    volume: Floats
    negative: Floats
    depth: Floats
    weight: Floats
    total: Floats


def rank_themes(
    collection: Collection,
    impact: pd.DataFrame,
    trend: pd.Series,
    config: Config,
    muted: AbstractSet[str] = frozenset(),
    changers: Mapping[str, str] = MappingProxyType({}),
) -> pd.DataFrame:
    """Return table THEMES, the most pressing theme first; every theme of the catalogue has a row.

    After the themes come their parents, ranked among themselves, then the `muted` themes. A parent counts a
    verbatim once; neither impact nor trend is told of it.

    priority = 80 x reach x pain x momentum (0..100), each part monotone:
    reach = log(1 + 100 share) / log(101), share of substantive verbatims, or with
    `config.ranking.weight_by_value` of the value at stake (0..1);
    pain = 1 - (1 - tone)(1 - harm / 2), where tone = negative share x mean strength of the negative
    verbatims (full from -0.5 on), and harm = what one mention costs the score, divided by the
    costliest theme's, 0 where unknown or where the interval of the impact reaches 0 (0..1);
    momentum = 1.25 rising, 1 steady or unknown, 0.8 falling. Praise has no pain and ends near 0.
    An opinion without a reason (general complaint) has momentum 0: nobody can act on it.

    `rank_low` and `rank_high` are the 2.5 and 97.5 % points of the rank over
    `config.ranking.bootstrap` resamples of customers (verbatims where unknown), with harm and momentum
    as they are; empty without resamples. `status` is new where all of its verbatims, quiet where none
    lies in the last fifth of the periods, else active. `channels` names up to 4, the most frequent
    first, none of a group too small to show. `attribution` is what most of its comments tell, if 5 or more
    and half or more of those that tell it agree; else it is empty.

    Args:
        collection: the verbatims.
        impact: indexed by theme_id, any of the impact columns of THEMES, in points of which more is
            better; may be empty.
        trend: indexed by theme_id: rising, steady, falling or unknown.
        config: the settings.
        muted: themes that people do not want to hear of.
        changers: who can change a theme, by theme_id, where that is known beforehand.

    Reference:
        Rubin (1981), The Bayesian bootstrap; Poisson weights as in Oza, Russell (2001).
    """
    catalogue = collection.catalogue.sort_values("theme_id")
    quiet = catalogue["theme_id"].isin(muted)
    above = catalogue["theme_id"].isin(catalogue["parent_theme_id"].dropna()) & ~quiet
    of_parents = _links_of_parents(collection)
    levels = [
        (catalogue[~above & ~quiet], collection.links),
        (catalogue[above], of_parents),
        (catalogue[quiet], pd.concat([collection.links, of_parents], ignore_index=True)),
    ]
    ranked: list[pd.DataFrame] = []
    for themes, links in levels:
        table = _ranked(replace(collection, catalogue=themes, links=links), impact, trend, config)
        who = {**_changers(links), **changers}
        table["attribution"] = table["theme_id"].map(who).astype("str")
        before = sum(map(len, ranked))
        ranks = {name: table[name] + before for name in ("rank", "rank_low", "rank_high")}
        ranked.append(table.assign(**ranks))
    table = pd.concat([part for part in ranked if len(part)] or ranked[:1])
    return THEMES.frame(table.assign(status=table["status"].mask(table["theme_id"].isin(muted), "muted")))


def _links_of_parents(collection: Collection) -> pd.DataFrame:
    """Return the links of verbatims to the parents of their themes, each once: mean feeling, most sure."""
    above = collection.catalogue.set_index("theme_id")["parent_theme_id"].dropna()
    links = collection.links[collection.links["theme_id"].isin(above.index)]
    links = links.assign(theme_id=links["theme_id"].map(above))
    merged = links.groupby(["row", "theme_id"]).agg({"sentiment": "mean", "confidence": "max"})
    changers = commonest(links, ["row", "theme_id"], "attribution")["attribution"]
    return LINKS.frame(merged.assign(attribution=changers.reindex(merged.index)).reset_index())


def _changers(links: pd.DataFrame) -> dict[str, str]:
    """Return who can change a theme, by theme_id, where enough comments agree."""
    told = commonest(links, ["theme_id"], "attribution")
    agreed = (told["size"] >= AGREED) & (2 * told["size"] >= told["total"])
    return dict(told.loc[agreed, "attribution"])


def _ranked(collection: Collection, impact: pd.DataFrame, trend: pd.Series, config: Config) -> pd.DataFrame:
    """Return table THEMES of themes that compete with each other, ranked from 1."""
    catalogue = collection.catalogue.reset_index(drop=True)
    ids = pd.Index(catalogue["theme_id"])
    links = collection.links[collection.links["theme_id"].isin(ids)]
    links = links[collection.substantive.to_numpy()[links["row"].to_numpy(dtype=np.int64)]]
    known = impact.reindex(index=ids, columns=list(IMPACT)).reset_index(drop=True)
    direction = trend.reindex(ids).fillna("unknown").reset_index(drop=True)
    harm = _harm(known)
    momentum = np.where(
        ids.isin(list(GENERAL_THEMES)), 0.0, direction.map(MOMENTUM).to_numpy(dtype=np.float64)
    )
    cells = _cells(collection, links, ids, config)
    sums = _sums(np.ones((1, cells.shape[0])), cells)
    parts = {name: part[0] for name, part in _parts(sums, harm, momentum).items()}
    low, high = _rank_range(cells, harm, momentum, config)
    rank = _ranks(parts["priority"][None], sums.volume)[0]
    table = catalogue[["theme_id", "parent_theme_id", "label", "keywords", "stability"]].assign(
        **known,
        **_volumes(collection, links, ids, sums),
        **parts,
        rank=rank,
        rank_low=pd.Series(low, dtype="Int64").clip(upper=pd.Series(rank)),
        rank_high=pd.Series(high, dtype="Int64").clip(lower=pd.Series(rank)),
        momentum=momentum,
        trend=direction,
        status=_status(collection, links, ids),
        channels=_channels(collection, links, ids, config.privacy.k),
        evidence=typical(collection, links).reindex(ids).to_numpy(),
    )
    return THEMES.frame(table.sort_values("rank"))


def _percent(share: float) -> str:
    """Return a share in words; a small one is not rounded to nothing."""
    return f"{100 * share:.0f} %" if share >= 0.01 or share == 0 else "under 1 %"


def _harm(impact: pd.DataFrame) -> Floats:
    """Return what a mention costs, relative to the costliest theme (0..1); 0 where it is not sure."""
    columns = ("impact_high", "effect_per_mention")
    high, effect = (pd.to_numeric(impact[name]).to_numpy(dtype=np.float64) for name in columns)
    cost: Floats = np.where((high < 0) & (effect < 0), -effect, 0.0)
    return cost / max(float(cost.max(initial=0.0)), 1e-12)


def _cells(collection: Collection, links: pd.DataFrame, ids: pd.Index, config: Config) -> Any:
    """Return a sparse matrix, customers x (volume, negative, depth, weight of each theme, total weight)."""
    verbatims, substantive = collection.verbatims, collection.substantive.to_numpy()
    customer = verbatims["customer_id"].where(verbatims["customer_id"].notna(), verbatims["verbatim_id"])
    spoken = verbatims["customer_id"].notna().astype("str") + customer.astype("str")
    unit = np.asarray(pd.factorize(spoken)[0], dtype=np.int64)
    weight = _weights(verbatims, config) * substantive
    row, theme = links["row"].to_numpy(dtype=np.int64), ids.get_indexer(links["theme_id"])
    bad = tone(links["sentiment"]) < 0
    depth = np.rint(-links["sentiment"].to_numpy(dtype=np.float64, na_value=0.0) * MICRO) * bad
    values = np.concatenate([np.ones(row.size), bad, depth, weight[row], weight])
    owners = np.concatenate([np.tile(unit[row], 4), unit])
    places = np.concatenate([theme + block * len(ids) for block in range(4)])
    places = np.concatenate([places, np.full(unit.size, 4 * len(ids))])
    shape = (int(unit.max(initial=-1)) + 1, 4 * len(ids) + 1)
    return sparse.csr_matrix((values, (owners, places)), shape=shape)


def _weights(verbatims: pd.DataFrame, config: Config) -> Floats:
    """Return what each verbatim counts for in `reach`: 1, or its value in cents (unknown: the median)."""
    value = verbatims["value"].clip(lower=0)
    if not config.ranking.weight_by_value or not (value > 0).any():
        return np.ones(len(verbatims))
    cents: Floats = np.rint(value.fillna(value.median()).to_numpy(dtype=np.float64) * 100)
    return cents


def _sums(weights: Floats, cells: Any) -> _Sums:
    """Return the sums of resamples x themes for `weights`, resamples x customers."""
    sums = np.asarray(weights @ cells)
    volume, negative, depth, weight = np.split(sums[:, :-1], 4, axis=1)
    return _Sums(volume, negative, depth, weight, sums[:, -1:])


def _parts(sums: _Sums, harm: Floats, momentum: Floats) -> dict[str, Floats]:
    """Return reach, pain and priority; the formula is in `rank_themes`."""
    share = sums.weight / np.maximum(sums.total, 1)
    strength = np.minimum(sums.depth / np.maximum(sums.negative, 1) / MICRO / SEVERE, 1)
    spoken = sums.negative / np.maximum(sums.volume, 1) * strength
    reach = np.log1p(100 * share) / np.log(101)
    pain = 1 - (1 - spoken) * (1 - harm / 2)
    return {"reach": reach, "pain": pain, "priority": published(80 * reach * pain * momentum)}


def _ranks(priority: Floats, volume: Floats) -> Ints:
    """Return the rank of each theme in each resample: by priority, volume, then theme_id."""
    order = np.lexsort((-volume, -priority), axis=-1)
    return np.argsort(order, axis=-1, kind="stable") + 1


def _rank_range(cells: Any, harm: Floats, momentum: Floats, config: Config) -> tuple[Any, Any]:
    """Return the 2.5 and 97.5 % points of each rank, or nothing known without resamples."""
    themes = harm.size
    if config.ranking.bootstrap == 0 or themes == 0:
        return [None] * themes, [None] * themes
    random, ranks = np.random.default_rng(config.seed), []
    step = max(1, CELLS // max(cells.shape[0], 1))
    for start in range(0, config.ranking.bootstrap, step):
        size = min(step, config.ranking.bootstrap - start), cells.shape[0]
        sums = _sums(random.poisson(1.0, size).astype(np.float64), cells)
        ranks.append(_ranks(_parts(sums, harm, momentum)["priority"], sums.volume))
    every = np.concatenate(ranks)
    low = np.quantile(every, 0.025, axis=0, method="lower")
    return low, np.quantile(every, 0.975, axis=0, method="higher")


def _volumes(collection: Collection, links: pd.DataFrame, ids: pd.Index, sums: _Sums) -> dict[str, Any]:
    """Return volume, its share with interval, and the tone; unknown where no mention has a sentiment."""
    volume, negative = sums.volume[0].astype(np.int64), sums.negative[0]
    n = int(collection.substantive.sum())
    low, high = wilson(volume, n)
    known = links.dropna(subset=["sentiment"])
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


def _status(collection: Collection, links: pd.DataFrame, ids: pd.Index) -> Any:
    """Return new, quiet or active for each theme."""
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


def _channels(collection: Collection, links: pd.DataFrame, ids: pd.Index, k: int) -> list[list[str]]:
    """Return up to 4 channels of each theme, the most frequent first, ties by name."""
    sizes = collection.verbatims.loc[collection.substantive, "channel"].value_counts()
    unnamed = int(collection.substantive.sum() - sizes.sum())
    channel = collection.verbatims["channel"].iloc[links["row"].to_numpy(dtype=np.int64)]
    pairs = pd.DataFrame({"theme": links["theme_id"].to_numpy(), "channel": channel.to_numpy()}).dropna()
    pairs = pairs[~pairs["channel"].isin(withheld(sizes, k, unnamed))]
    size = pairs.value_counts().rename("size").reset_index()
    size = size.sort_values(["theme", "size", "channel"], ascending=[True, False, True])
    named = size.groupby("theme").head(MAX_CHANNELS).groupby("theme")["channel"].agg(list)
    return [named.get(theme, []) for theme in ids]

"""Which theme matters most: what it surely costs, how negative it is, how lasting and how wide."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_text.config import Config, Ranking
from cx_text.counting import tone, typical
from cx_text.records import DRIVERS, GENERAL_THEMES, ISSUES, THEMES, Collection, published
from cx_text.stages.priority import Course, Scale, Sums, cells, losses, priority, scale_of, sums
from cx_text.stages.theme_counts import changers, channels, links_of_parents, status, volumes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OVER = ("spike", "fading")
"""Issues that are over; while another is open, its theme counts as one that always comes back."""
CELLS = 4_000_000
TONE = "tone"
"""The basis of a priority without ratings."""
IMPACT = {
    "impact_metric": "metric",
    "impact_leaveout": "leaveout",
    "impact_adjusted": "impact",
    "impact_low": "impact_low",
    "impact_high": "impact_high",
    "effect_per_mention": "effect",
    "driver": "driver",
    "beside_theme_id": "beside_theme_id",
}


@dataclass(frozen=True)
class Known:
    """What other stages, and people, say of themes.

    Attributes:
        drivers: table DRIVERS.
        trend: rising, steady, falling or unknown, indexed by theme_id.
        issues: table ISSUES.
        muted: themes that people do not want to hear of.
        vague: themes that name no reason.
        changers: who can change a theme, by theme_id, where that is known beforehand.
    """

    drivers: pd.DataFrame = field(default_factory=DRIVERS.frame)
    trend: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))
    issues: pd.DataFrame = field(default_factory=ISSUES.frame)
    muted: AbstractSet[str] = frozenset()
    vague: AbstractSet[str] = frozenset()
    changers: Mapping[str, str] = field(default_factory=dict)


def rank_themes(collection: Collection, known: Known, config: Config) -> pd.DataFrame:
    """Return table THEMES, the most pressing theme first; every theme of the catalogue has a row.

    After the themes come their parents, ranked among themselves, then the muted themes. A parent counts a
    verbatim once; neither impact nor trend is told of it, and its cost is the mean of its themes' by
    negative mentions.

    `priority` is the percentage that a theme has in what all themes lose (themes together: 100):
    100 x ((1 - w) x loss x f / sum of these + w x at_stake x intensity x f / sum of these), with w =
    `ranking.tone`, and 1 where nothing is known to be lost; then `basis` is tone, else the primary score.

    `at_stake` is the share of comments that speak badly of it (with `ranking.weight_by_value` of their
    value), `loss` = at_stake x `cost`, in points of the score. `cost` is what one such comment surely costs:
    the cautious end of the 95 % interval of the effect of negative mentions (table DRIVERS), 0 where that
    reaches 0. `intensity` is how bad they feel (0..1, full from a mean sentiment of -0.5 on).

    f = lasting x wide x momentum x clear, each monotone, with weights of `[ranking]`:
    lasting = 1 - `recurrence` x (1 - recurrence), recurrence = periods with a negative mention by periods
    observed, 1 with an open issue (0..1, empty without dates);
    wide = 1 - `reach` x (1 - reach / share of comments that speak badly), at most 1, where `reach` is the
    share of customers who do: lower where few write often;
    momentum = 1 + `trend` where it rises, 1 - `trend` where it falls, else 1;
    clear = `vague` where it names no reason, 0 for general praise and complaint, else 1.

    `rank_low` and `rank_high` are the 2.5 and 97.5 % points of the rank over `ranking.bootstrap`
    resamples of customers (verbatims where unknown), with each cost moved by its error as another sample
    would; empty without resamples. Ties go to the larger volume, then the smallest id.

    `status` is new where all of its verbatims, quiet where none lies in the last fifth of the periods,
    else active. `channels` names up to 4, the most frequent first, none of a group too small to show.
    `attribution` is what most of its comments tell, if 5 or more and half or more of those that tell it
    agree; else it is empty.

    Reference:
        Rubin (1981), The Bayesian bootstrap; Poisson weights as in Oza, Russell (2001).
    """
    catalogue = collection.catalogue.sort_values("theme_id")
    quiet = catalogue["theme_id"].isin(known.muted)
    above = catalogue["theme_id"].isin(catalogue["parent_theme_id"].dropna()) & ~quiet
    of_parents = links_of_parents(collection)
    levels = [
        (catalogue[~above & ~quiet], collection.links),
        (catalogue[above], of_parents),
        (catalogue[quiet], pd.concat([collection.links, of_parents], ignore_index=True)),
    ]
    costs, basis = _costs(known.drivers), known.drivers["metric"].head(1).to_list()
    scale: Scale | None = None
    ranked: list[pd.DataFrame] = []
    for themes, links in levels:
        level = _Level.of(replace(collection, catalogue=themes, links=links), known, costs, config)
        scale = scale or scale_of(level.lost)
        before = sum(map(len, ranked))
        table = level.ranked(known, scale).assign(basis=basis[0] if scale.loss > 0 else TONE)
        ranks = {name: table[name] + before for name in ("rank", "rank_low", "rank_high")}
        ranked.append(table.assign(**ranks))
        costs = pd.concat([costs, level.costs_of_parents()])
    table = pd.concat([part for part in ranked if len(part)] or ranked[:1])
    return THEMES.frame(
        table.assign(status=table["status"].mask(table["theme_id"].isin(known.muted), "muted"))
    )


def _costs(drivers: pd.DataFrame) -> pd.DataFrame:
    """Return what a negative mention surely costs (below 0: not sure), and its error, by theme_id."""
    bad = drivers[(drivers["tone"] == "negative") & drivers["theme_id"].notna()].set_index("theme_id")
    return pd.DataFrame({"cost": -bad["effect_high"], "error": bad["error"]}, dtype=np.float64)


@dataclass(frozen=True)
class _Level:
    """Themes that compete with each other: one row of `collection.catalogue` each, in the order of `ids`."""

    collection: Collection
    ids: pd.Index
    cells: Any
    counted: Sums
    course: Course
    config: Config

    @classmethod
    def of(cls, collection: Collection, known: Known, costs: pd.DataFrame, config: Config) -> _Level:
        """Return the themes of a catalogue; links to others, and of what has no content, are left out."""
        ids = pd.Index(collection.catalogue["theme_id"])
        links = collection.links[collection.links["theme_id"].isin(ids)]
        links = links[collection.substantive.to_numpy()[links["row"].to_numpy(dtype=np.int64)]]
        mine = replace(collection, links=links)
        counts = cells(mine, links, ids, config.ranking.weight_by_value)
        counted = sums(np.ones((1, counts.shape[0])), counts)
        costs = costs.reindex(ids)
        course = Course(
            costs["cost"].to_numpy(),
            costs["error"].to_numpy(),
            _recurrence(mine, ids, known.issues),
            _momentum(_trend(known, ids), config.ranking),
            ids.isin(known.vague),
            ids.isin(list(GENERAL_THEMES)),
        )
        return cls(mine, ids, counts, counted, course, config)

    @property
    def lost(self) -> tuple[Floats, Floats]:
        """What each theme loses by score and by tone, 1 x themes."""
        return losses(self.counted, self.course, self.config.ranking)

    def costs_of_parents(self) -> pd.DataFrame:
        """Return cost and error of the parents of these themes: the mean by negative mentions."""
        negative, course = self.counted.negative[0], self.course
        cost = np.maximum(np.nan_to_num(course.cost), 0.0)
        table = pd.DataFrame(
            {
                "parent": self.collection.catalogue["parent_theme_id"].to_numpy(),
                "n": negative,
                "cost": cost * negative,
                "error": np.nan_to_num(course.error) * (cost > 0) * negative,
            }
        )
        added = table.groupby("parent").sum()
        return added[["cost", "error"]].div(added["n"].clip(lower=1), axis=0)

    def ranked(self, known: Known, scale: Scale) -> pd.DataFrame:
        """Return table THEMES, ranked from 1."""
        collection, ids, counted, settings = self.collection, self.ids, self.counted, self.config.ranking
        pressing = published(priority(self.lost, scale, settings))
        rank = _ranks(pressing, counted.volume)[0]
        low, high = self._rank_range(scale)
        who = {**changers(collection.links), **known.changers}
        table = collection.catalogue.reset_index(drop=True)[
            ["theme_id", "parent_theme_id", "label", "keywords", "stability"]
        ].assign(
            **_impact(known.drivers, ids),
            **volumes(collection, ids, counted),
            **self._parts(scale),
            priority=pressing[0],
            rank=rank,
            rank_low=pd.Series(low, dtype="Int64").clip(upper=pd.Series(rank)),
            rank_high=pd.Series(high, dtype="Int64").clip(lower=pd.Series(rank)),
            trend=_trend(known, ids),
            status=status(collection, ids),
            channels=channels(collection, ids, self.config.privacy.k),
            evidence=typical(collection, collection.links).reindex(ids).to_numpy(),
            attribution=pd.Series(ids.map(who).to_numpy(), dtype="str"),
        )
        return THEMES.frame(table.sort_values("rank"))

    def _parts(self, scale: Scale) -> dict[str, Any]:
        """Return the parts of the priority; cost and loss are not known without ratings."""
        course, counted, rated = self.course, self.counted, scale.loss > 0
        cost = np.maximum(np.nan_to_num(course.cost), 0.0) if rated else np.full(len(self.ids), np.nan)
        return {
            "at_stake": counted.at_stake[0],
            "cost": cost,
            "loss": counted.at_stake[0] * cost,
            "intensity": counted.intensity[0],
            "recurrence": course.recurrence,
            "reach": counted.reach[0],
            "momentum": course.momentum,
            "vague": course.vague,
        }

    def _rank_range(self, scale: Scale) -> tuple[Any, Any]:
        """Return the 2.5 and 97.5 % points of each rank, or nothing known without resamples."""
        themes, resamples, customers = len(self.ids), self.config.ranking.bootstrap, self.cells.shape[0]
        if resamples == 0 or themes == 0:
            return [None] * themes, [None] * themes
        random, ranks = np.random.default_rng(self.config.seed), []
        step = max(1, CELLS // max(customers, 1))
        for start in range(0, resamples, step):
            size = min(step, resamples - start)
            counted = sums(random.poisson(1.0, (size, customers)).astype(np.float64), self.cells)
            shift = random.standard_normal((size, themes))
            lost = losses(counted, self.course, self.config.ranking, shift)
            ranks.append(_ranks(published(priority(lost, scale, self.config.ranking)), counted.volume))
        every = np.concatenate(ranks)
        low = np.quantile(every, 0.025, axis=0, method="lower")
        return low, np.quantile(every, 0.975, axis=0, method="higher")


def _impact(drivers: pd.DataFrame, ids: pd.Index) -> dict[str, Any]:
    """Return the columns of THEMES that table DRIVERS knows."""
    whole = drivers[(drivers["tone"] == "all") & drivers["theme_id"].notna()].set_index("theme_id")
    return {name: whole[column].reindex(ids).reset_index(drop=True) for name, column in IMPACT.items()}


def _trend(known: Known, ids: pd.Index) -> pd.Series:
    """Return the trend of each theme."""
    return known.trend.reindex(ids).fillna("unknown").reset_index(drop=True)


def _momentum(trend: pd.Series, weights: Ranking) -> Floats:
    """Return the factor of each trend."""
    step = trend.map({"rising": 1.0, "falling": -1.0}).fillna(0.0).to_numpy(dtype=np.float64)
    factor: Floats = 1 + weights.trend * step
    return factor


def _recurrence(collection: Collection, ids: pd.Index, issues: pd.DataFrame) -> Floats:
    """Return periods with a negative mention by periods with any comment, 1 with an open issue."""
    period = collection.verbatims["period"].to_numpy(dtype=np.int64)
    observed = np.unique(period[collection.substantive.to_numpy() & (period >= 0)]).size
    if observed == 0:
        return np.full(len(ids), np.nan)
    links = collection.links[tone(collection.links["sentiment"]) < 0]
    when = pd.Series(period[links["row"].to_numpy(dtype=np.int64)], index=links["theme_id"])
    present = when[when >= 0].groupby(level=0).nunique().reindex(ids, fill_value=0)
    still = ids.isin(issues.loc[~issues["status"].isin(OVER), "theme_id"])
    return np.where(still, 1.0, present.to_numpy(dtype=np.float64) / observed)


def _ranks(pressing: Floats, volume: Floats) -> Ints:
    """Return the rank of each theme in each resample: by priority, volume, then theme_id."""
    order = np.lexsort((-volume, -pressing), axis=-1)
    return np.argsort(order, axis=-1, kind="stable") + 1

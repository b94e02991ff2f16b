"""The figures of a theme: each with what it was counted from, in facts and in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cx_text.counting import TONE
from cx_text.explaining.source import Facts, Source
from cx_text.reports.wording import decimal, percent, percents, signed
from cx_text.stages.ranking import MOMENTUM, SEVERE
from cx_text.statistics import wilson

Value = float | int | str | None


def figure(name: str, value: Value, formula: str, said: str, **parts: Any) -> Facts:
    """Return a figure: its name, its value, the formula, its parts by name, and all of it in a sentence."""
    return {"name": name, "value": value, "formula": formula, "from": parts, "said": said}


@dataclass(frozen=True)
class Counts:
    """What a theme's figures are counted from, over the report's window.

    Attributes:
        substantive: comments with something to say.
        volume: those that mention the theme, each once.
        negative: those whose mentions of it feel bad on average.
        depth: how bad these feel on average, 0..1; 0 without any.
        sentiment: mean over all that mention it, -1..1; None without any.
    """

    substantive: int
    volume: int
    negative: int
    depth: float
    sentiment: float | None

    @property
    def strength(self) -> float:
        """How bad the negative ones feel, 1 from `SEVERE` on."""
        return min(self.depth / SEVERE, 1.0)

    @property
    def tone(self) -> float:
        """Share of negative comments x their strength, 0..1."""
        return self.negative / max(self.volume, 1) * self.strength


def counts_of(source: Source, theme_id: str) -> Counts:
    """Return the counts of a theme; a parent counts a comment once, whatever its themes say in it."""
    collection = source.collection
    catalogue, substantive = collection.catalogue, collection.substantive.to_numpy()
    ours = {theme_id, *catalogue.loc[(catalogue["parent_theme_id"] == theme_id).fillna(False), "theme_id"]}
    links = collection.links[collection.links["theme_id"].isin(ours)]
    links = links[substantive[links["row"].to_numpy(dtype=np.int64)]]
    felt: pd.Series = links.groupby("row")["sentiment"].mean()
    bad = felt[felt <= -TONE]
    return Counts(
        substantive=int(substantive.sum()),
        volume=len(felt),
        negative=len(bad),
        depth=float(-bad.mean()) if len(bad) else 0.0,
        sentiment=float(felt.mean()) if felt.notna().any() else None,
    )


def theme_figures(source: Source, row: Facts) -> list[Facts]:
    """Return the figures of a theme's row of table THEMES, from its counts to its priority."""
    counts = counts_of(source, row["theme_id"])
    return [
        *_volumes(row, counts, source),
        *_impact(row, source),
        *_priority(row, counts, _harm(row, source.findings.themes), source),
        _rank(row, source),
    ]


def _volumes(row: Facts, counts: Counts, source: Source) -> list[Facts]:
    """Return how many, which share, how many of them negative, and the tone."""
    low, high = (float(bound) for bound in wilson(counts.volume, counts.substantive))
    share, weeks = row["share"], source.config.report.window
    found = [
        figure(
            "comments",
            row["volume"],
            "comments of the window that mention the theme, each counted once",
            f"{counts.volume:,} comments of the last {weeks} weeks of data, each counted once.",
            window_weeks=weeks,
        ),
        figure(
            "share",
            share,
            "comments / comments with something to say",
            f"{percent(share)} = {counts.volume:,} of {counts.substantive:,} comments with something to say; "
            f"the 95 % range is {percents(low, high)} (Wilson's).",
            comments=counts.volume,
            substantive=counts.substantive,
            low=low,
            high=high,
        ),
    ]
    if counts.volume:
        found += [
            figure(
                "negative share",
                row["negative_share"],
                f"comments whose mentions feel -{TONE} or worse on average / comments",
                f"{percent(row['negative_share'])} = {counts.negative:,} of {counts.volume:,} comments feel "
                f"{decimal(-TONE, 2)} or worse about it.",
                negative=counts.negative,
                comments=counts.volume,
            ),
            figure(
                "sentiment",
                row["sentiment"],
                "mean over the comments of what their mentions feel, -1 to 1",
                f"{signed(row['sentiment'], 2)} on average, from {decimal(-1, 0)} (worst) to +1 (best).",
                comments=counts.volume,
            ),
        ]
    return found


def _impact(row: Facts, source: Source) -> list[Facts]:
    """Return what the theme does to the primary score; nothing where that is not known."""
    metric, effect = row["impact_metric"], row["effect_per_mention"]
    if metric is None or effect is None:
        return []
    share = row["impact_adjusted"] / effect if effect else 0.0
    how = f"{source.config.ranking.bootstrap} resamples of customers, seed {source.config.seed}"
    return [
        figure(
            "impact",
            row["impact_adjusted"],
            "effect of a mention x share of the rated comments with the theme",
            f"{signed(row['impact_adjusted'], 2)} points of {metric} = {signed(effect, 1)} a mention x "
            f"{percent(share)} of the rated comments; the 95 % range is {signed(row['impact_low'], 2)} to "
            f"{signed(row['impact_high'], 2)} ({how}). The effect is what is left to this theme when all "
            f"themes, channels, contact reasons and months stand side by side in one regression; it is no "
            f"proof of a cause.",
            effect_per_mention=effect,
            rated_share=share,
            low=row["impact_low"],
            high=row["impact_high"],
            metric=metric,
        ),
        figure(
            "impact, leave-out",
            row["impact_leaveout"],
            "mean of all less mean of the comments without the theme",
            f"{signed(row['impact_leaveout'], 2)} points = mean of all less mean without the theme, to "
            f"compare; it also blames what is only said beside something bad.",
            metric=metric,
        ),
    ]


def _harm(row: Facts, themes: pd.DataFrame) -> Facts:
    """Return what one mention costs the score, beside the costliest theme's, and the ratio (0..1)."""
    sure = themes[(themes["impact_high"] < 0) & (themes["effect_per_mention"] < 0)]
    costs = -sure.set_index("theme_id")["effect_per_mention"]
    cost, most = float(costs.get(row["theme_id"], 0.0)), float(costs.max()) if len(costs) else 0.0
    return {"cost": cost, "costliest": most, "harm": cost / most if most else 0.0}


def _priority(row: Facts, counts: Counts, harm: Facts, source: Source) -> list[Facts]:
    """Return reach, pain, momentum and the priority that they make; formula as in `rank_themes`."""
    reach, pain, momentum = row["reach"], row["pain"], row["momentum"]
    weighed = source.config.ranking.weight_by_value
    share = (101**reach - 1) / 100 if weighed else row["share"] or 0.0
    of = "the value at stake" if weighed else "comments"
    most = decimal(harm["costliest"])
    cost = f"one mention costs {decimal(harm['cost'])} points, the costliest theme's {most}"
    moments = ", ".join(f"{value:g} {name}" for name, value in MOMENTUM.items())
    return [
        figure(
            "reach",
            reach,
            f"log(1 + 100 x share of {of}) / log(101)",
            f"{decimal(reach, 3)} = log(1 + 100 x {percent(share)} of {of}) / log(101); 0 is nobody, "
            f"1 is all.",
            share=share,
        ),
        figure(
            "pain",
            pain,
            "1 - (1 - tone) x (1 - harm / 2)",
            f"{decimal(pain, 3)} = 1 - (1 - tone {decimal(counts.tone, 3)}) x (1 - harm "
            f"{decimal(harm['harm'], 3)} / 2). Tone = negative share x strength "
            f"{decimal(counts.strength, 3)} (they feel {decimal(-counts.depth, 2)} on average; "
            f"{decimal(-SEVERE)} counts in full). "
            f"Harm: {cost if harm['cost'] else 'no sure cost to the score'}.",
            tone=counts.tone,
            negative=counts.negative,
            comments=counts.volume,
            depth=counts.depth,
            strength=counts.strength,
            **harm,
        ),
        figure(
            "momentum",
            momentum,
            f"by trend: {moments}; 0 for opinions without a reason",
            f"{decimal(momentum, 2)}, for the trend is {row['trend']}: the later half of the periods against "
            f"the earlier.",
            trend=row["trend"],
        ),
        figure(
            "priority",
            row["priority"],
            "80 x reach x pain x momentum",
            f"{decimal(row['priority'], 1)} of 100 = 80 x reach {decimal(reach, 3)} x pain "
            f"{decimal(pain, 3)} x momentum {decimal(momentum, 2)}.",
            reach=reach,
            pain=pain,
            momentum=momentum,
        ),
    ]


def _rank(row: Facts, source: Source) -> Facts:
    """Return the rank with its range."""
    low, high, resamples = row["rank_low"], row["rank_high"], source.config.ranking.bootstrap
    between = (
        "" if low is None else f"; between {low} and {high} in 95 % of {resamples} resamples of customers"
    )
    return figure(
        "rank",
        row["rank"],
        "by priority, then volume; parents after themes, muted themes last",
        f"{row['rank']} of {len(source.findings.themes)}{between}.",
        low=low,
        high=high,
        resamples=resamples,
        seed=source.config.seed,
    )

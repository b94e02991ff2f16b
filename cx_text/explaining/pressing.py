"""What a theme is associated with in the score, and what makes it pressing: figures from tables alone."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cx_text.config import Config, Ranking
from cx_text.explaining.source import Facts, Source, facts_of, figure
from cx_text.records import GENERAL_THEMES
from cx_text.reports.wording import decimal, percent, signed

LEAST_SHOWN = 1e-4
"""A smaller q-value is not told exactly."""
NET = (
    "The effect is what is left to it when all themes, spoken of badly or well, channels, contact reasons "
    "and months stand side by side in one regression; it is no proof of a cause."
)


def impact_figures(row: Facts, source: Source) -> Iterator[Facts]:
    """Yield what a theme's row of table THEMES is associated with in the score; nothing where unknown."""
    metric, drivers = row["impact_metric"], source.findings.drivers
    if metric is None or row["impact_adjusted"] is None:
        return
    told = facts_of(drivers[(drivers["theme_id"] == row["theme_id"]).fillna(value=False)])
    whole, tones = told[0], told[1:]
    yield figure(
        "impact",
        row["impact_adjusted"],
        "effect of a mention x share of the rated comments with the theme",
        f"{signed(whole['impact'], 2)} points of {metric} = {signed(whole['effect'], 1)} a mention x "
        f"{percent(whole['share'])} of the rated comments (n {whole['n']:,}, {whole['customers']:,} "
        f"customers); the 95 % range is {signed(whole['impact_low'], 2)} to "
        f"{signed(whole['impact_high'], 2)}. {NET}",
        metric=metric,
        rated_share=whole["share"],
        **{name: whole[name] for name in ("effect", "n", "customers", "impact_low", "impact_high", "error")},
    )
    yield from (_by_tone(tone, metric) for tone in tones if tone["effect"] is not None)
    yield _driver(row, whole, source)
    yield figure(
        "impact, leave-out",
        row["impact_leaveout"],
        "mean of all less mean of the comments without the theme",
        f"{signed(whole['leaveout'], 2)} points = mean of all less mean without the theme, "
        f"{signed(whole['leaveout_low'], 2)} to {signed(whole['leaveout_high'], 2)}; to compare, for it also "
        f"blames what is only said beside something bad.",
        metric=metric,
        low=whole["leaveout_low"],
        high=whole["leaveout_high"],
    )


def _by_tone(row: Facts, metric: str) -> Facts:
    """Return what a theme spoken of in one tone is associated with."""
    how = {"negative": "spoken of badly", "positive": "spoken of well"}.get(
        row["tone"], "neither, or not known"
    )
    parts = {
        name: row[name] for name in ("effect_low", "effect_high", "n", "share", "promoters", "detractors")
    }
    split = ""
    if row["promoters"] is not None:
        split = (
            f" Of its {signed(row['impact'], 2)} points {signed(row['promoters'], 2)} are of promoters and "
            f"{signed(row['detractors'], 2)} of detractors."
        )
    return figure(
        f"effect, {row['tone']}",
        row["effect"],
        "its coefficient in the regression",
        f"{signed(row['effect'], 1)} points of {metric} a mention where it is {how} (n {row['n']:,}); the "
        f"95 % range is {signed(row['effect_low'], 1)} to {signed(row['effect_high'], 1)}.{split}",
        **parts,
    )


def _driver(row: Facts, whole: Facts, source: Source) -> Facts:
    """Return whether a theme is a driver, and whom it travels with."""
    beside, q = row["beside_theme_id"], whole["q_value"]
    sure = f"{q:.2g}" if q >= LEAST_SHOWN else f"under {LEAST_SHOWN:.4f}"
    company = ""
    if beside is not None:
        company = (
            f" It is seen beside {source.label(beside)} ({beside}), which explains most of the difference."
        )
    return figure(
        "driver",
        row["driver"],
        "10 customers with a rating, and q-value of the impact at most 0.05",
        f"{'yes' if row['driver'] else 'no'}: q {sure} (Benjamini-Hochberg over all themes).{company}",
        q_value=q,
        beside=beside,
    )


def factors_of(row: Facts, weights: Ranking) -> dict[str, float]:
    """Return the factors of a theme's priority by name, from its row of table THEMES.

    Formulas as in `rank_themes`.
    """
    negative = (row["share"] or 0.0) * (row["negative_share"] or 0.0)
    breadth = min(row["reach"] / negative, 1.0) if negative else 1.0
    recurrence = 1.0 if row["recurrence"] is None else row["recurrence"]
    clear = weights.vague if row["vague"] else 1.0
    return {
        "lasting": 1 - weights.recurrence * (1 - recurrence),
        "wide": 1 - weights.reach * (1 - breadth),
        "momentum": row["momentum"],
        "clear": 0.0 if row["theme_id"] in GENERAL_THEMES else clear,
    }


def _lost(row: Facts, weights: Ranking) -> tuple[float, float]:
    """Return what a theme loses by score and by tone, weighed by its factors."""
    factor = row["at_stake"]
    for part in factors_of(row, weights).values():
        factor *= part
    return factor * (row["cost"] or 0.0), factor * row["intensity"]


def totals_of(themes: pd.DataFrame, weights: Ranking) -> tuple[float, float]:
    """Return what all themes of table THEMES lose by score and by tone; parents and muted ones left out."""
    apart = themes["theme_id"].isin(themes["parent_theme_id"].dropna()) | (themes["status"] == "muted")
    lost = [_lost(row, weights) for row in facts_of(themes[~apart])]
    return sum(by_score for by_score, _ in lost), sum(by_tone for _, by_tone in lost)


def priority_figures(row: Facts, source: Source) -> Iterator[Facts]:
    """Yield the parts of the priority of a theme's row of table THEMES, and the priority that they make."""
    yield from _stakes(row, source.config)
    yield _loss(row)
    yield from _factors(row, source.config.ranking)
    yield _priority(row, source)


def _stakes(row: Facts, config: Config) -> Iterator[Facts]:
    """Yield how much is at stake: share of negative comments, customers behind them, how bad they feel."""
    of = "the value at stake" if config.ranking.weight_by_value else "comments"
    yield figure(
        "at stake",
        row["at_stake"],
        f"share of {of} that speak badly of it",
        f"{percent(row['at_stake'])} of {of} speak badly of it.",
    )
    yield figure(
        "intensity",
        row["intensity"],
        "mean of -sentiment of the comments that speak badly / 0.5, at most 1",
        f"{decimal(row['intensity'], 2)}: how bad these feel on average, 1 from a sentiment of "
        f"{decimal(-0.5)} on.",
    )


def _loss(row: Facts) -> Facts:
    """Return what the theme surely costs the score."""
    if row["cost"] is None:
        return figure(
            "loss",
            None,
            "share at stake x sure cost of a mention",
            "not known without ratings; the priority goes by tone alone.",
            cost=None,
        )
    return figure(
        "loss",
        row["loss"],
        "share at stake x sure cost of a mention",
        f"{decimal(row['loss'], 3)} points of {row['basis']} = {percent(row['at_stake'])} x "
        f"{decimal(row['cost'], 1)}, the cautious end of what a negative mention costs.",
        cost=row["cost"],
        at_stake=row["at_stake"],
    )


def _factors(row: Facts, weights: Ranking) -> Iterator[Facts]:
    """Yield what raises or lowers the priority."""
    found = factors_of(row, weights)
    recurrence = row["recurrence"]
    how_often = (
        "no dates" if recurrence is None else f"in {percent(recurrence)} of the periods, or an open issue"
    )
    yield figure(
        "recurrence",
        recurrence,
        "periods with a negative mention / periods observed; 1 with an open issue",
        f"{how_often}: factor {decimal(found['lasting'], 2)} (weight {weights.recurrence:g}).",
        factor=found["lasting"],
    )
    yield figure(
        "reach",
        row["reach"],
        "customers who speak badly of it / customers",
        f"{percent(row['reach'])} of the customers: factor {decimal(found['wide'], 2)}, below 1 where few "
        f"write often (weight {weights.reach:g}).",
        factor=found["wide"],
    )
    yield figure(
        "momentum",
        row["momentum"],
        f"1 + {weights.trend:g} where it rises, 1 - {weights.trend:g} where it falls",
        f"{decimal(row['momentum'], 2)}, for the trend is {row['trend']}: the later half of the periods "
        f"against the earlier.",
        trend=row["trend"],
    )
    reason = "its name gives no reason" if found["clear"] < 1 else "it names a reason"
    yield figure(
        "clarity",
        found["clear"],
        f"{weights.vague:g} where the name says no reason, 0 for general praise and complaint, else 1",
        f"{decimal(found['clear'], 2)}: {reason}.",
    )


def _priority(row: Facts, source: Source) -> Facts:
    """Return the priority, computed again from the parts and from what all themes lose."""
    weights = source.config.ranking
    (by_score, by_tone), totals = _lost(row, weights), totals_of(source.findings.themes, weights)
    share = weights.tone if totals[0] > 0 else 1.0
    parts = zip((by_score, by_tone), totals, strict=True)
    points, tone = (lost / total if total else 0.0 for lost, total in parts)
    return figure(
        "priority",
        100 * ((1 - share) * points + share * tone),
        "100 x ((1 - w) x share of all points lost + w x share of all negative tone)",
        f"{decimal(row['priority'], 1)} = 100 x ({1 - share:g} x {percent(points)} of all surely lost + "
        f"{share:g} x {percent(tone)} of all negative tone); all themes together have 100.",
        points=points,
        tone=tone,
        weight=share,
        basis=row["basis"],
    )

"""The figures of a theme: each with what it was counted from, in facts and in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cx_text.counting import TONE
from cx_text.explaining.pressing import impact_figures, priority_figures
from cx_text.explaining.source import Facts, Source, figure
from cx_text.reports.wording import decimal, percent, percents, signed
from cx_text.statistics import wilson


@dataclass(frozen=True)
class Counts:
    """What a theme's figures are counted from, over the report's window.

    Attributes:
        substantive: comments with something to say.
        volume: those that mention the theme, each once.
        negative: those whose mentions of it feel bad on average.
        sentiment: mean over all that mention it, -1..1; None without any.
    """

    substantive: int
    volume: int
    negative: int
    sentiment: float | None


def counts_of(source: Source, theme_id: str) -> Counts:
    """Return the counts of a theme; a parent counts a comment once, whatever its themes say in it."""
    collection = source.collection
    catalogue, substantive = collection.catalogue, collection.substantive.to_numpy()
    ours = {theme_id, *catalogue.loc[(catalogue["parent_theme_id"] == theme_id).fillna(False), "theme_id"]}
    links = collection.links[collection.links["theme_id"].isin(ours)]
    links = links[substantive[links["row"].to_numpy(dtype=np.int64)]]
    felt: pd.Series = links.groupby("row")["sentiment"].mean()
    return Counts(
        substantive=int(substantive.sum()),
        volume=len(felt),
        negative=int((felt <= -TONE).sum()),
        sentiment=float(felt.mean()) if felt.notna().any() else None,
    )


def theme_figures(source: Source, row: Facts) -> list[Facts]:
    """Return the figures of a theme's row of table THEMES, from its counts to its priority."""
    counts = counts_of(source, row["theme_id"])
    return [
        *_volumes(row, counts, source),
        *impact_figures(row, source),
        *priority_figures(row, source),
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

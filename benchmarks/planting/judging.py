"""Whether what was said is what was planted, as counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cx_text.records import SUBSTANTIVE
from cx_text.statistics import wilson
from planting.company import Ints, Stock, top_box
from planting.drawing import Export
from planting.scenarios import Planted

CHANGES = ("emerging", "spike", "returned", "fading", "seasonal")
MOVED, TINY = 1.5, 1e-9
Holders = Mapping[str, frozenset[str]]
Record = dict[str, Any]


def judged_issues(
    issues: pd.DataFrame, planted: Sequence[Planted], holders: Holders, moved: Iterable[str] = ()
) -> list[Record]:
    """Return one record for each kind of issue: what was planted, found, right, false, misnamed.

    *found*: a row with the right theme, status and (where planted in one) scope. *right* are all such
    rows. *false* are rows about a change in a theme with nothing planted; of chronic issues those in a
    channel that is not the planted one. *misnamed* are rows about a change of a planted theme with a
    status that was not planted on it. Of themes that `moved` because they are said beside a planted one
    nothing is false.
    """
    own = ids_of((one.theme for one in planted), holders)
    touched = own | ids_of(moved, holders)
    rows = issues[["theme_id", "status", "scope"]].to_dict("records")
    records = []
    for status in (*CHANGES, "chronic"):
        wanted = [one for one in planted if one.status == status]
        mine = [row for row in rows if row["status"] == status]
        records.append(
            {
                "kind": status,
                "planted": len(wanted),
                "found": sum(any(_is(row, one, holders) for row in mine) for one in wanted),
                "right": sum(any(_is(row, one, holders) for one in wanted) for row in mine),
                "false": len(false_issues(mine, planted, touched)),
                "misnamed": sum(
                    status != "chronic"
                    and row["theme_id"] in own
                    and not any(row["theme_id"] in holders[one.theme] for one in wanted)
                    for row in mine
                ),
            }
        )
    return records


def ids_of(themes: Iterable[str], holders: Holders) -> frozenset[str]:
    """Return the ids of the learned themes that stand for `themes`."""
    return frozenset[str]().union(*(holders[name] for name in themes))


def moved_themes(export: Export, themes: Sequence[str]) -> list[str]:
    """Return the themes whose true share of a day's comments is ever half again as high as usual, or half.

    Usual is the median day.
    """
    days, cells = int(export.day.max()) + 1, len(export.shares)
    counts = np.bincount(export.day * cells + export.cell, minlength=days * cells).reshape(days, cells)
    daily = counts / counts.sum(axis=1, keepdims=True) @ export.shares
    ratio = (daily + TINY) / (np.median(daily, axis=0) + TINY)
    moved = (ratio > MOVED).any(axis=0) | (ratio < 1 / MOVED).any(axis=0)
    return [name for name, flag in zip(themes, moved, strict=True) if flag]


def false_issues(rows: Iterable[Record], planted: Sequence[Planted], touched: frozenset[str]) -> list[Record]:
    """Return the rows that say something of a theme with nothing planted.

    Of chronic issues only those of a channel can be false: themes belong to products by nature.
    """
    places = {(one.status, one.scope) for one in planted}
    return [
        row
        for row in rows
        if (
            row["scope"].startswith("channel=")
            and not (row["theme_id"] in touched and ("chronic", row["scope"]) in places)
            if row["status"] == "chronic"
            else row["theme_id"] not in touched
        )
    ]


def _is(row: Record, one: Planted, holders: Holders) -> bool:
    """Return whether a row says what was planted."""
    return row["theme_id"] in holders[one.theme] and one.scope in ("", row["scope"])


def effects_of(drivers: pd.DataFrame) -> pd.DataFrame:
    """Return effect, low and high per mention of each theme as a whole, from table DRIVERS, by theme_id."""
    table = drivers[(drivers["tone"] == "all") & drivers["theme_id"].notna()].set_index("theme_id")
    names = {"effect": "effect", "low": "effect_low", "high": "effect_high"}
    return pd.DataFrame({name: table[column] for name, column in names.items()}).dropna()


def true_effects(stock: Stock, drawn: Ints) -> pd.DataFrame:
    """Return the points that a mention of each theme adds in the rows `drawn` with content, by theme.

    `truth` is the mean difference between what is felt and what would be felt without the theme;
    `linear` the coefficient of the best linear description of what is felt, to which a regression that
    sees the true themes of endless rows would come.
    """
    drawn = drawn[stock.rows["status"].isin(SUBSTANTIVE).to_numpy()[drawn]]
    said, worth = stock.said[drawn], stock.worth[drawn]
    points = np.array([top_box(mean) for mean in stock.felt])[drawn]
    design = np.column_stack([np.ones(len(said)), said])
    linear = np.linalg.lstsq(design, points, rcond=None)[0][1:]
    truth = worth.sum(axis=0) / np.maximum(said.sum(axis=0), 1)
    return pd.DataFrame({"truth": truth, "linear": linear}, index=list(stock.themes))


def judged_drivers(effects: pd.DataFrame, truth: pd.DataFrame, holders: Holders) -> list[Record]:
    """Return one record for each learned theme that stands for a theme: estimate, interval and truth."""
    return [
        {"theme": theme, "theme_id": one, **truth.loc[theme].to_dict(), **effects.loc[one].to_dict()}
        for theme, ids in holders.items()
        for one in sorted(ids & set(effects.index))
    ]


def rank_agreement(first: pd.DataFrame, second: pd.DataFrame, top: int = 20) -> float:
    """Return Kendall's tau of the ranks that the `top` themes of one table have in both."""
    head = first.sort_values("rank").head(top).set_index("theme_id")["rank"]
    other = second.set_index("theme_id")["rank"].reindex(head.index)
    return float(stats.kendalltau(head.astype(float), other.astype(float), nan_policy="omit").statistic)


def with_interval(count: float, n: float) -> str:
    """Return a share with its Wilson interval, in percent.

    >>> with_interval(5, 10)
    '50 (24-76)'
    """
    if n == 0:
        return "-"
    low, high = wilson(count, n)
    return f"{100 * count / n:.0f} ({100 * float(low):.0f}-{100 * float(high):.0f})"


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a table in Markdown.

    >>> markdown(["a", "b"], [["x", 1]])
    ['| a | b |', '|---|---|', '| x | 1 |']
    """
    lines = ["| " + " | ".join(map(str, cells)) + " |" for cells in (head, *rows)]
    return [lines[0], "|" + "---|" * len(head), *lines[1:]]

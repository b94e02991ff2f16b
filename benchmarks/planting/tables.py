"""The tables of the benchmark, from the records of all seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from planting.judging import markdown, with_interval

Tables = dict[str, list[dict[str, Any]]]
Records = Mapping[str, pd.DataFrame]
Maker = Callable[[Records], list[str]]

BYSTANDER = "router"
IN_TIME = 4


def gathered(trials: Sequence[Tables]) -> Records:
    """Return the records of all trials by table."""
    names = dict.fromkeys(name for one in trials for name in one)
    return {name: pd.DataFrame([row for one in trials for row in one.get(name, [])]) for name in names}


def issues(records: Records) -> list[str]:
    """Return recall and precision by export, kind and method."""
    counts = records["issues"].groupby(["export", "kind", "method"], sort=False).sum(numeric_only=True)
    every = records["issues"].assign(kind="all but chronic")[records["issues"]["kind"] != "chronic"]
    counts = pd.concat(
        [counts, every.groupby(["export", "kind", "method"], sort=False).sum(numeric_only=True)]
    )
    rows = [
        (
            *name,
            with_interval(one["found"], one["planted"]),
            with_interval(one["right"], one["right"] + one["false"]),
            int(one["false"]),
            int(one["misnamed"]),
        )
        for name, one in counts.iterrows()
        if one[["planted", "false", "misnamed"]].sum()
    ]
    head = ("export", "kind", "method", "recall, %", "precision, %", "false", "misnamed")
    return markdown(head, rows)


def nothing(records: Records) -> list[str]:
    """Return how often nothing is said where nothing happens."""
    groups = records["nothing"].groupby(["export", "method"], sort=False)["raised"]
    rows = [(*name, with_interval((one == 0).sum(), len(one)), f"{one.mean():.2f}") for name, one in groups]
    return markdown(("export", "method", "nothing raised, % of exports", "issues an export"), rows)


def detection(records: Records) -> list[str]:
    """Return how soon a new problem is told of."""
    rows = [
        (
            method,
            with_interval((one <= IN_TIME).sum(), len(one)),
            with_interval(np.isfinite(one).sum(), len(one)),
            one.median(),
        )
        for method, one in records["detection"].groupby("method", sort=False)["days"]
    ]
    return markdown(("method", f"within {IN_TIME} days, %", "within 9 days, %", "median days"), rows)


def alarms(records: Records) -> list[str]:
    """Return the false alarms a week."""
    rows = [
        (*name, f"{one['alarms'].sum() / one['weeks'].sum():.2f}", int(one["most"].max()))
        for name, one in records["alarms"].groupby(["export", "method"], sort=False)
    ]
    return markdown(("nights of", "method", "false alarms a week", "most in a night"), rows)


def drivers(records: Records) -> list[str]:
    """Return signs, coverage and what is said of the bystander."""
    return markdown(
        (
            "method",
            "right sign, %",
            "sure of the wrong sign, %",
            "coverage, %",
            "coverage of the linear truth, %",
            "coverage of what other exports say, %",
            "mean error, points",
            "bystander called a driver, %",
        ),
        _drivers(records["drivers"]),
    )


def _drivers(every: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the line of each method."""
    for method, one in every.groupby("method", sort=False):
        aside = one["theme"] == BYSTANDER
        real, bystander = one[~aside], one[aside]
        wrong = (real["low"] > 0) & (real["truth"] < 0) | (real["high"] < 0) & (real["truth"] > 0)
        inside = (one["low"] <= one["truth"]) & (one["truth"] <= one["high"])
        linear = (one["low"] <= one["linear"]) & (one["linear"] <= one["high"])
        yield (
            str(method),
            with_interval((np.sign(real["effect"]) == np.sign(real["truth"])).sum(), len(real)),
            with_interval(wrong.sum(), len(real)),
            with_interval(inside.sum(), len(one)),
            with_interval(linear.sum(), len(one)),
            _steady(one),
            f"{(one['effect'] - one['truth']).abs().mean():.1f}",
            with_interval((bystander["high"] < 0).sum(), len(bystander)),
        )


def _steady(effects: pd.DataFrame) -> str:
    """Return how often an interval holds the mean of the same theme's effects in all other exports.

    That mean is what endless exports would say of the theme as it is read, right or wrong.
    """
    same = effects.groupby("theme_id")["effect"]
    others = (same.transform("sum") - effects["effect"]) / (same.transform("size") - 1)
    told = np.isfinite(others)
    inside = (effects["low"] <= others) & (others <= effects["high"])
    return with_interval(inside[told].sum(), int(told.sum()))


def effects(records: Records) -> list[str]:
    """Return the effect of each theme: the truth, and mean estimates with coverage by method."""
    every = records["drivers"]
    inside = (every["low"] <= every["truth"]) & (every["truth"] <= every["high"])
    mean = (
        every.assign(inside=100.0 * inside).groupby(["theme", "method"], sort=False).mean(numeric_only=True)
    )
    methods = list(dict.fromkeys(every["method"]))
    rows = []
    for theme in dict.fromkeys(every["theme"]):
        mine = mean.loc[theme]
        told = (
            f"{mine['effect'][one]:.1f} ({mine['inside'][one]:.0f})" if one in mine.index else "-"
            for one in methods
        )
        rows.append((theme, f"{mine['truth'].mean():.1f}", f"{mine['linear'].mean():.1f}", *told))
    return markdown(("theme", "true", "linear", *(f"{name} (coverage, %)" for name in methods)), rows)


def ranks(records: Records) -> list[str]:
    """Return how steady the first twenty ranks are."""
    tau = records["ranks"]["tau"]
    return markdown(
        ("exports", "median Kendall tau", "lowest"), [(len(tau), f"{tau.median():.2f}", f"{tau.min():.2f}")]
    )


OVER_TIME: Mapping[str, Maker] = {
    "Issues: what is found, and how much of what is told is true": issues,
    "Nothing happens: nothing is raised": nothing,
    "Days until a new problem in one channel is told": detection,
    "False alarms, night after night": alarms,
    "Drivers of CSAT": drivers,
    "Drivers by theme": effects,
    "Ranks of the first twenty themes, with and without 5 % of the comments": ranks,
}

"""The tables of agents, teams and channels from the records of all seeds, and a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from cx_text.statistics import wilson
from planting.fairness import METHODS
from planting.judging import markdown, with_interval
from planting.tables import Maker, Records

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.975, 1.0)


def agents(records: Records) -> list[str]:
    """Return how many of the agents named are those with something planted, and who else is named."""
    head = (
        "method",
        "precision, %",
        "right topic, %",
        "seeds without a trap, %",
        "seeds without a tiny one, %",
    )
    return markdown((*head, "others named, an export"), _agents(records))


def _agents(records: Records) -> Iterator[tuple[str, ...]]:
    """Yield the line of each method."""
    every, seeds = records["flags"], records["teams"]["seed"].nunique()
    for method in METHODS:
        one = every[(every["export"] == "planted") & (every["method"] == method)]
        true = one["role"] == "elevated"
        clean = (seeds - one.loc[one["role"] == role, "seed"].nunique() for role in ("trap", "tiny"))
        yield (
            method,
            with_interval(true.sum(), len(one)),
            with_interval(one.loc[true, "right"].sum(), true.sum()),
            *(with_interval(count, seeds) for count in clean),
            f"{(one['role'] == 'other').sum() / seeds:.2f}",
        )


def recall(records: Records) -> list[str]:
    """Return how many of the agents with something planted are named for it, by size and O/E."""
    groups = records["recall"].groupby(["size", "ratio"], sort=True)
    rows = []
    for name, one in groups:
        found = {method: mine["found"] for method, mine in one.groupby("method")}
        rows.append((*name, *(with_interval(found[method].sum(), len(found[method])) for method in METHODS)))
    return markdown(("comments", "planted O/E", *(f"{method}, %" for method in METHODS)), rows)


def nobody(records: Records) -> list[str]:
    """Return how many agents are named where nobody differs."""
    every, exports = records["flags"], records["exports"]
    rows = []
    for export in ("null", "length"):
        size = exports.loc[exports["export"] == export, "agents"]
        for method in METHODS:
            named = every[(every["export"] == export) & (every["method"] == method)]
            quiet = len(size) - named["seed"].nunique()
            rows.append(
                (
                    export,
                    method,
                    f"{len(named) / len(size):.2f}",
                    with_interval(quiet, len(size)),
                    f"{size.mean():.0f}",
                )
            )
    return markdown(("export", "method", "named, an export", "nobody named, % of exports", "agents"), rows)


def teams(records: Records) -> list[str]:
    """Return how often the team is found as a team."""
    one = records["teams"]
    cells = (
        with_interval(one["found"].sum(), len(one)),
        f"{one['members'].mean():.2f}",
        f"{one['others'].mean():.2f}",
    )
    head = ("team found as team, %", "its agents listed for its theme, an export", "other teams, an export")
    return markdown(head, [cells])


def channels(records: Records) -> list[str]:
    """Return how many verdicts on channels are right, and how many there are where none should be."""
    every, exports = records["channels"], records["exports"]
    rows = []
    for export in ("planted", "null", "length"):
        seeds = int((exports["export"] == export).sum())
        for method in ("cx_text", "plain"):
            one = every[(every["export"] == export) & (every["method"] == method)]
            found = one[one["planted"]]["seed"].nunique()
            rows.append(
                (
                    export,
                    method,
                    f"{len(one) / seeds:.2f}",
                    with_interval(one["right"].sum(), len(one)),
                    with_interval(found, seeds) if export == "planted" else "-",
                    with_interval(seeds - one["seed"].nunique(), seeds),
                    f"{(one['long'] & (one['verdict'] == 'above')).sum() / seeds:.2f}",
                )
            )
    head = ("export", "method", "verdicts, an export", "right, %", "planted one found, %")
    return markdown((*head, "no verdict, % of exports", "transcripts above, an export"), rows)


def posterior(records: Records) -> list[str]:
    """Return how often a true O/E is beyond the difference, by its stated probability."""
    rows = [
        (
            f"{one['low']:.3g}-{one['high']:.3g}",
            int(one["n"]),
            f"{100 * one['stated']:.1f}",
            with_interval(one["beyond"], one["n"]),
        )
        for one in binned(records["posterior"]).to_dict("records")
    ]
    return markdown(("probability", "agent x theme", "stated on average, %", "true, %"), rows)


def binned(rows: pd.DataFrame) -> pd.DataFrame:
    """Return low, high (of the bin), n, stated (mean probability) and beyond (count) of bins with any row.

    Args:
        rows: columns probability (0..1) and beyond (flags).
    """
    place = np.clip(np.searchsorted(EDGES, rows["probability"], side="right") - 1, 0, len(EDGES) - 2)
    groups = rows.groupby(place)
    table = groups.agg(n=("beyond", "size"), stated=("probability", "mean"), beyond=("beyond", "sum"))
    table.insert(0, "low", np.array(EDGES)[table.index])
    table.insert(1, "high", np.array(EDGES)[table.index + 1])
    return table.reset_index(drop=True)


def plot(records: Records, path: Path) -> None:
    """Write a picture of stated against true shares to `path`, SVG or PNG by its ending."""
    table = binned(records["posterior"])
    low, high = wilson(table["beyond"], table["n"])
    table = table.assign(true=table["beyond"] / table["n"], below=low, above=high)
    scale = alt.Scale(domain=[0, 1])
    base = alt.Chart(table).encode(alt.X("stated", title="stated probability", scale=scale))
    points = base.mark_point(filled=True, size=60).encode(
        alt.Y("true", title="share that is true", scale=scale)
    )
    bars = base.mark_rule().encode(alt.Y("below"), alt.Y2("above"))
    line = alt.Chart(pd.DataFrame({"stated": [0, 1], "true": [0, 1]})).mark_line(strokeDash=[4, 4])
    diagonal = line.encode(alt.X("stated", scale=scale), alt.Y("true", scale=scale))
    (diagonal + bars + points).properties(width=360, height=360).save(str(path))


GROUPS: Mapping[str, Maker] = {
    "Agents named": agents,
    "Agents with something planted who are named for it": recall,
    "Nobody differs: nobody is named": nobody,
    "The team": teams,
    "Verdicts on channels": channels,
    "Stated probabilities of agents": posterior,
}

"""Scopes of one issue: what two of them tell is told once, where it differs from the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from build_collection import collection

from cx_text.stages.nested import told_once
from cx_text.stages.scopes import Cube, cube_of

Cell = tuple[str, str, int, int]
"""Channel, product, verbatims and complaints of the second week; in the first nobody complains."""


def cube(cells: Sequence[Cell], **renamed: str) -> Cube:
    """Return two weeks of these verbatims; with channel="team" the channel is a team too."""
    rows: list[dict[str, Any]] = []
    links: list[tuple[int, str, float]] = []
    for week in (0, 1):
        time = pd.Timestamp("2026-01-05", tz="UTC") + pd.Timedelta(days=7 * week)
        for channel, product, size, complaints in cells:
            links += [(len(rows) + number, "x", -0.5) for number in range(complaints * week)]
            rows += [{"created_at": time, "period": week, "channel": channel, "product": product}] * size
    frame = pd.DataFrame(rows)
    return cube_of(
        collection(frame.assign(**{new: frame[old] for old, new in renamed.items()}), links, periods=2), 10
    )


def listed(told: Cube, status: str = "emerging") -> list[str]:
    """Return the scopes that are listed when the issue was found in all of them."""
    second = np.arange(told.days) >= 7
    found = pd.DataFrame({"scope": range(len(told.scopes)), "theme": 0, "status": status})
    days: Mapping[str, pd.Series] = {
        name: pd.Series([flags] * len(found), dtype=object)
        for name, flags in (("told", second), ("inside", second), ("against", ~second))
    }
    kept = told_once(found.assign(**days), told, told.links)
    return [told.scopes[number].name for number in kept["scope"]]


def test_what_is_everywhere_is_told_of_all() -> None:
    """Ten of a hundred in each channel."""
    assert listed(cube([("chat", "p", 100, 10), ("mail", "p", 100, 10)])) == ["all"]


def test_what_is_in_one_channel_is_told_there_alone() -> None:
    """Whatever share of the verbatims it has."""
    assert listed(cube([("chat", "p", 100, 20), ("mail", "p", 300, 1)])) == ["channel=chat"]


def test_what_is_worse_in_one_channel_and_bad_in_the_others_is_told_of_both() -> None:
    """30 % in chat, 10 % elsewhere, nothing before."""
    assert listed(cube([("chat", "p", 100, 30), ("mail", "p", 300, 30)])) == ["all", "channel=chat"]


def test_two_channels_that_make_up_all_of_it_stand_for_all() -> None:
    """Two of four; neither holds most of it alone."""
    cells = [("chat", "p", 100, 20), ("fax", "p", 100, 20), ("mail", "p", 300, 2), ("post", "p", 300, 2)]
    assert listed(cube(cells)) == ["channel=chat", "channel=fax"]


def test_of_a_channel_and_its_team_one_is_told() -> None:
    """The same rows and the same ratio: the first by name."""
    assert listed(cube([("chat", "p", 100, 20), ("mail", "p", 300, 1)], channel="team")) == ["channel=chat"]
    assert listed(cube([("chat", "p", 100, 20), ("mail", "p", 300, 1)], channel="attr_desk")) == [
        "attr_desk=chat"
    ]


def test_of_scopes_with_the_same_comments_the_one_with_the_larger_ratio_is_told() -> None:
    """All complaints are of gold in chat; gold is the smaller group."""
    cells = [
        ("chat", "gold", 50, 20),
        ("chat", "tin", 150, 0),
        ("mail", "gold", 20, 0),
        ("mail", "tin", 200, 0),
    ]
    assert listed(cube(cells)) == ["product=gold"]


def test_a_product_that_is_bought_in_a_channel_is_not_blamed_for_it() -> None:
    """Chat has 20 % whatever the product; gold is mostly chat and within chat like the others."""
    cells = [
        ("chat", "gold", 90, 18),
        ("chat", "tin", 60, 12),
        ("mail", "gold", 20, 0),
        ("mail", "tin", 300, 0),
    ]
    assert listed(cube(cells)) == ["channel=chat"]


def test_what_is_worst_where_a_channel_and_a_product_meet_is_told_of_both() -> None:
    """Within gold chat has four times as much, and within chat gold nine times."""
    cells = [
        ("chat", "gold", 60, 24),
        ("chat", "tin", 140, 6),
        ("mail", "gold", 60, 6),
        ("mail", "tin", 400, 6),
    ]
    assert listed(cube(cells)) == ["channel=chat", "product=gold"]


def test_what_is_always_there_stays_told_of_all_beside_a_channel_with_more() -> None:
    """A chronic issue is held against no other time: only the share of the scopes counts."""
    cells = [("chat", "p", 100, 40), ("mail", "p", 300, 20)]
    assert listed(cube(cells), "chronic") == ["all", "channel=chat"]
    assert listed(cube([("chat", "p", 100, 40), ("mail", "p", 300, 9)]), "chronic") == ["channel=chat"]


def test_classes_are_told_apart() -> None:
    """Emerging in chat says nothing about a spike of all."""
    told = cube([("chat", "p", 100, 20), ("mail", "p", 300, 1)])
    days = pd.Series([np.arange(told.days) >= 7] * 2, dtype=object)
    found = pd.DataFrame({"scope": [0, 1], "theme": 0, "status": ["spike", "emerging"]})
    found = found.assign(told=days, inside=days, against=[~flags for flags in days])
    assert len(told_once(found, told, told.links)) == 2

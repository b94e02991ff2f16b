"""What is planted on agents, teams and channels is true of them, and who is named is judged by that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from planting import company, fairness, group_tables, over_time, scenarios, tables
from planting.company import Stock
from planting.drawing import Export, drawn
from planting.fairness import METHODS, OURS, Z_PLAIN
from planting.groups import (
    BAD_PLACE,
    BAD_THEME,
    PLANS,
    RATIOS,
    SIZES,
    TEAM,
    TEAM_RATIO,
    TEAM_THEME,
    WORSE,
    Staff,
    busy,
    staff,
    true_ratios,
)
from planting.plain import pooled_z
from world import THEMES, WORLD

from cx_text.records import CATALOGUE, MENTIONS, VERBATIMS
from cx_text.stages.periods import counted

NAMES = tuple(THEMES)
ROWS = 2_000


@pytest.fixture(scope="module")
def stock() -> Stock:
    """Return 2,000 comments that each say one theme; themes and contact reasons go round independently."""
    number = np.arange(ROWS)
    theme = number % len(NAMES)
    frame = VERBATIMS.frame(
        {
            "verbatim_id": [f"S{one:04}" for one in number],
            "channel": ["Phone"] * ROWS,
            "contact_reason": [list(WORLD["reasons"])[one] for one in number // len(NAMES) % 8],
            "text": [f"text {one}" for one in number],
            "status": ["themed"] * ROWS,
        }
    )
    said = theme[:, None] == np.arange(len(NAMES))
    return Stock(
        rows=counted(frame),
        mentions=MENTIONS.frame(
            {
                "verbatim_id": frame["verbatim_id"],
                "theme_id": np.array(NAMES)[theme],
                "sentiment": np.full(ROWS, -0.5),
            }
        ),
        first=np.arange(ROWS + 1),
        themes=NAMES,
        said=said,
        felt=np.full(ROWS, 3.6),
        worth=np.zeros(said.shape),
        catalogue=CATALOGUE.frame({"theme_id": list(NAMES), "label": list(NAMES)}),
        holders={name: frozenset({name}) for name in NAMES},
    )


@pytest.fixture(scope="module")
def people() -> Staff:
    """Return the staff of seed 0."""
    return staff(0)


@pytest.fixture(scope="module")
def export(stock: Stock, people: Staff) -> Export:
    """Return an export with everything planted."""
    return drawn(busy(people, stock), stock, 0)


def test_each_size_and_strength_is_planted_once(people: Staff) -> None:
    """Nobody has two roles, and none of them is in the team that is planted as a whole."""
    size = {name: number for name, _, number in people.agents}
    planted = [(size[name], ratio) for name, (_, ratio) in people.elevated.items()]
    assert sorted(planted) == sorted((float(number), ratio) for number in SIZES for ratio in RATIOS)
    roles = [*people.elevated, *people.trapped, *people.tiny]
    assert len(roles) == len(set(roles))
    assert TEAM not in {team for name, team, _ in people.agents if name in roles}


def test_themes_go_round_with_the_seed() -> None:
    """Over six seeds each agent has each theme once."""
    agent = next(iter(staff(0).elevated))
    assert len({staff(seed).elevated[agent][0] for seed in range(6)}) == 6


def test_planted_ratios_are_true(stock: Stock, people: Staff, export: Export) -> None:
    """An agent's O/E is what was planted, give or take that others are planted on, too."""
    ratios = true_ratios(export, stock, stock.said, "agent")
    for name, (theme, ratio) in people.elevated.items():
        assert ratios.loc[name, theme] == pytest.approx(ratio, rel=0.2)
    ordinary = [name for name, _, size in people.agents if size > 100 and name not in people.trapped]
    ordinary = [name for name in ordinary if name not in people.elevated and "H" not in name]
    assert ratios.loc[ordinary, "price"].between(0.8, 1.25).all()


def test_a_trapped_agent_is_better_than_others_in_the_same_place_and_looks_worse(
    stock: Stock, people: Staff, export: Export
) -> None:
    """The theme is three times as frequent there."""
    ratios = true_ratios(export, stock, stock.said, "agent")
    for name in people.trapped:
        assert ratios.loc[name, BAD_THEME] < 1
    rows = export.scored.verbatims
    says = (
        pd.Series(stock.said[export.drawn, NAMES.index(BAD_THEME)]).groupby(rows["agent"].to_numpy()).mean()
    )
    assert (says[list(people.trapped)] > says.median()).all()


def test_the_team_and_the_channel_are_truly_above_the_others(stock: Stock, export: Export) -> None:
    """Threefold both."""
    teams, channels = (true_ratios(export, stock, stock.said, who) for who in ("team", "channel"))
    assert teams.loc[TEAM, TEAM_THEME] == pytest.approx(TEAM_RATIO, rel=0.2)
    assert channels.loc[BAD_PLACE, BAD_THEME] == pytest.approx(WORSE, rel=0.3)


def test_nobody_differs_in_the_export_of_nothing(stock: Stock, people: Staff) -> None:
    """All ratios are one, whatever was drawn."""
    export = drawn(PLANS["null"](people, stock), stock, 0)
    for who in ("agent", "team", "channel"):
        assert np.allclose(true_ratios(export, stock, stock.said, who), 1)


def test_the_named_are_told_by_what_is_true_of_them(stock: Stock, people: Staff) -> None:
    """For its own theme or behaviour an agent is named rightly, for another theme not."""
    agent, (theme, _) = next(iter(people.elevated.items()))
    trap, tiny = min(people.trapped), min(people.tiny)
    named = {(agent, theme), (trap, "price"), (tiny, "rude"), ("staff-H1", TEAM_THEME), ("staff-B4", "price")}
    roles = {one["agent"]: (one["role"], one["right"]) for one in fairness.roles(named, people, stock)}
    assert roles == {
        agent: ("elevated", True),
        trap: ("trap", False),
        tiny: ("tiny", False),
        "staff-H1": ("elevated", True),
        "staff-B4": ("other", False),
    }
    wrong = next(iter(fairness.roles({(agent, "price")}, people, stock)))
    assert (wrong["role"], wrong["right"]) == ("elevated", False)


def test_two_rates_are_compared_with_a_pooled_error() -> None:
    """10 of 20 against 30 of 100: pooled a third; .2 / sqrt(2/9 (1/20 + 1/100)) = 1.732."""
    events = np.array([True] * 10 + [False] * 10 + [True] * 30 + [False] * 70)[:, None]
    z, names = pooled_z(events, pd.Series(["a"] * 20 + ["b"] * 100))
    assert names.tolist() == ["a", "b"]
    assert z[:, 0].tolist() == pytest.approx([1.7320508, -1.7320508])


def test_rows_without_a_group_are_not_compared() -> None:
    """Two of a, two of b, and one of nobody."""
    events = np.array([[True], [False], [True], [False], [True]])
    z, _ = pooled_z(events, pd.Series(["a", "a", "b", "b", None]))
    assert z.tolist() == [[0.0], [0.0]]


def test_probabilities_are_held_against_what_came_true() -> None:
    """Two in the bin from .9 to .95, one of them true; .975 begins the last bin."""
    rows = pd.DataFrame({"probability": [0.9, 0.94, 0.975, 1.0], "beyond": [True, False, True, True]})
    table = group_tables.binned(rows)
    assert table["low"].tolist() == [0.9, 0.975]
    assert table["n"].tolist() == [2, 2]
    assert table["beyond"].tolist() == [1, 2]
    assert table["stated"].tolist() == pytest.approx([0.92, 0.9875])


def test_precision_counts_agents_not_rows() -> None:
    """Of two agents named in two seeds one has something planted, one is a trap."""
    flags = pd.DataFrame(
        [
            {"seed": 0, "export": "planted", "method": OURS, "role": "elevated", "right": True},
            {"seed": 1, "export": "planted", "method": OURS, "role": "trap", "right": False},
        ]
    )
    lines = group_tables.agents({"flags": flags, "teams": pd.DataFrame({"seed": [0, 1]})})
    assert lines[2].startswith(f"| {OURS} | 50 (9-91) | 100 (21-100) | 50 (9-91) | 100 (34-100) | 0.00 |")
    assert lines[2 + METHODS.index(Z_PLAIN)].startswith(f"| {Z_PLAIN} | - |")


def test_a_picture_is_written(tmp_path: Path) -> None:
    """As SVG by its ending."""
    rows = pd.DataFrame({"probability": [0.1, 0.6, 0.99], "beyond": [False, True, True]})
    group_tables.plot({"posterior": rows}, tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.slow
def test_one_seed_of_a_small_stock_gives_every_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From learning to the lines that are printed, over fewer comments, exports and nights."""
    daily = replace(scenarios.DAILY, per_day=60)
    less = {"DAILY": daily, "CALENDARS": (daily,), "NIGHTS": {"daily": [47, 48]}, "LOOKED": 1}
    for name, value in (less | {"EMPTY": {"null": scenarios.quiet}}).items():
        monkeypatch.setattr(over_time, name, value)
    path = company.made(tmp_path, 1, learned=400, stock=1_000)
    for records, makers in (
        (tables.gathered([fairness.trial(path, 0)]), group_tables.GROUPS),
        (tables.gathered([over_time.trial(path, 0)]), tables.OVER_TIME),
    ):
        for maker in makers.values():
            assert len(maker(records)) > 2

"""Seasons: what comes up again and again on the same days is told, what came once is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from cx_text.stages.rates import rates_above
from cx_text.stages.seasons import Cycle, expected_by, seasons_tested

MONDAY = pd.Timestamp("2026-01-05")
WEEKS = 6
Ints = NDArray[np.int64]


def weekdays(days: int = 7 * WEEKS) -> Cycle:
    """Return the weekdays of so many days from a Monday on."""
    return Cycle.of_weekdays(MONDAY, days)


def best(y: Ints, n: Ints | None = None, cycle: Cycle | None = None) -> tuple[str, float]:
    """Return the pattern of one series in words, and its p."""
    cycle = cycle or weekdays(len(y))
    test = seasons_tested(y[None, :], np.full(len(y), 100) if n is None else n, cycle, 8).iloc[0]
    return cycle.told(test["arc"]), float(test["p"])


def test_days_are_counted_from_the_first_and_named_by_the_calendar() -> None:
    """The 5th of January 2026 is a Monday; a cycle that begins on a Thursday has one in part 3."""
    cycle = Cycle.of_weekdays(MONDAY + pd.Timedelta(days=3), 9)
    assert cycle.part.tolist() == [3, 4, 5, 6, 0, 1, 2, 3, 4]
    assert cycle.turn.tolist() == [0] * 7 + [1] * 2
    months = Cycle.of_months(pd.Timestamp("2025-12-30"), 4)
    assert (months.part.tolist(), months.turn.tolist()) == ([11, 11, 0, 0], [0, 0, 0, 0])
    assert Cycle.of_months(pd.Timestamp("2025-03-01"), 366).turn.tolist() == [0] * 365 + [1]


def test_arcs_are_neighbours_also_over_the_end_of_the_week() -> None:
    """7 days, 7 pairs, 7 triples."""
    arcs = weekdays().arcs()
    assert len(arcs) == 21
    assert (6, 0) in arcs
    assert weekdays().told((6, 0)) == "Sunday, Monday"
    assert len(Cycle.of_months(MONDAY, 5).arcs()) == 48


@pytest.mark.parametrize(
    ("week", "pattern"),
    [
        ([9, 1, 1, 1, 1, 1, 1], "Monday"),
        ([1, 1, 1, 1, 1, 8, 8], "Saturday, Sunday"),
        ([8, 1, 1, 1, 1, 8, 8], "Saturday, Sunday, Monday"),
    ],
)
def test_the_planted_days_are_the_pattern(week: list[int], pattern: str) -> None:
    """Six weeks of them; the test pays for 21 arcs."""
    told, p = best(np.array(week * WEEKS))
    assert told == pattern
    assert p < 1e-6


def test_the_p_value_can_be_counted_by_hand() -> None:
    """54 of 90 events in a seventh of the verbatims, no more variation than chance, times 21."""
    y = np.array([9, 1, 1, 1, 1, 1, 1] * WEEKS)
    assert_allclose(best(y)[1], 21 * rates_above(54, 600, 36, 3600), rtol=1e-9)


@pytest.mark.parametrize(
    "y",
    [
        pytest.param([2] * 42, id="level"),
        pytest.param([1] * 14 + [40] + [1] * 27, id="one bad Monday of six"),
        pytest.param([20] + [0] * 6 + [1] * 35, id="the first Monday"),
        pytest.param([9, 1, 1, 1, 1, 1, 1], id="one week"),
        pytest.param([1, 0, 0, 0, 0, 0, 0] * 6, id="too few"),
    ],
)
def test_what_does_not_come_again_is_no_season(y: list[int]) -> None:
    """Most weeks must have it, and two at least."""
    tests = seasons_tested(np.array([y]), np.full(len(y), 100), weekdays(len(y)), 8)
    assert tests.empty or tests["p"].iloc[0] > 0.05


def test_closed_days_are_not_quiet_days() -> None:
    """Nobody writes on weekends: the other days are level."""
    n = np.array([100] * 5 + [0] * 2)
    told = seasons_tested(np.array([[3, 3, 3, 3, 3, 0, 0] * 6]), np.tile(n, 6), weekdays(), 8)
    assert told["p"].tolist() == [1.0]


def test_december_is_a_season_after_two_of_them() -> None:
    """Two years from July on; one year is none."""
    days = (pd.Timestamp("2026-07-01") - pd.Timestamp("2024-07-01")).days
    cycle = Cycle.of_months(pd.Timestamp("2024-07-01"), days)
    y = np.where(cycle.part == 11, 3, 0) + (np.arange(days) % 10 == 0)
    told, p = best(y, cycle=cycle)
    assert told == "December"
    assert p < 1e-6
    once = np.where(cycle.turn == 0, y, 0)
    assert best(once, cycle=cycle)[1] == 1


def test_expectations_follow_the_weekday_where_weekdays_differ() -> None:
    """Twelve events of 18 on Mondays: a Monday lets expect (72 + 2) / (15.4 + 2) times as many."""
    y = np.array([[12, 1, 1, 1, 1, 1, 1] * WEEKS, [2] * 42])
    exposure = expected_by(y, np.full(42, 100), weekdays())
    assert_allclose(exposure.sum(axis=1), 4200)
    assert_allclose(exposure[0, 0] / exposure[0, 1], (74 / (108 / 7 + 2)) / (8 / (108 / 7 + 2)))
    assert_allclose(exposure[1], 100)


@pytest.mark.parametrize(
    "y",
    [
        pytest.param([1] * 21 + [30] + [1] * 20, id="one burst"),
        pytest.param([0] * 38 + [9] * 4, id="four days at the end"),
        pytest.param([30] + [0] * 8, id="days seen once"),
    ],
)
def test_a_burst_teaches_nothing_about_weekdays(y: list[int]) -> None:
    """It varies within its weekday as much as between weekdays."""
    assert_allclose(expected_by(np.array([y]), np.full(len(y), 100), weekdays(len(y))), 100)


def test_chance_alone_is_hardly_ever_a_season() -> None:
    """2,000 series of Poisson counts over six weeks: p below 5 % in at most 5 %; weekdays differ in few."""
    y = np.random.default_rng(3).poisson(1.5, (2000, 42))
    n = np.full(42, 100)
    assert float((seasons_tested(y, n, weekdays(), 8)["p"] < 0.05).mean()) <= 0.05
    assert float((expected_by(y, n, weekdays()) != 100).any(axis=1).mean()) <= 0.005

"""Windows: the right periods are picked, and what is tried is paid for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cx_text.stages.windows import windows_tested


@pytest.mark.parametrize(
    ("series", "kind", "start", "end"),
    [
        ([0] * 17 + [8, 9, 8], "rise", 17, 20),
        ([0] * 19 + [9], "rise", 19, 20),
        ([9] * 12 + [0] * 8, "fall", 12, 20),
        ([0] * 8 + [9, 9] + [0] * 10, "burst", 8, 10),
        ([9] * 4 + [0] * 8 + [9] * 8, "return", 12, 20),
    ],
)
def test_the_best_window_is_the_planted_one(series: list[int], kind: str, start: int, end: int) -> None:
    """Its p is small, and that of the opposite is not."""
    tests = windows_tested(np.array([series]), np.full(20, 100), 8).set_index("kind")
    assert (tests.loc[kind, "start"], tests.loc[kind, "end"]) == (start, end)
    assert tests.loc[kind, "p"] < 0.001
    assert (tests["gap"] >= 0).to_dict() == {"burst": False, "fall": False, "return": True, "rise": False}
    opposite = {"rise": "fall", "fall": "rise", "burst": "return", "return": "burst"}[kind]
    assert tests.loc[opposite, "p"] > 0.05


def test_a_series_below_the_minimum_is_not_tested() -> None:
    """Seven events are too few for eight."""
    y = np.array([[7] + [0] * 19, [8] + [0] * 19])
    assert windows_tested(y, np.full(20, 100), 8)["series"].unique().tolist() == [1]
    assert windows_tested(y[:1], np.full(20, 100), 8).empty


def test_one_event_more_than_chance_is_not_significant() -> None:
    """Windows tried are paid for: under chance p is below 5 % in at most 5 % of the series."""
    rng = np.random.default_rng(1)
    y = rng.poisson(2.0, (2000, 26))
    tests = windows_tested(y, np.full(26, 100), 8)
    share = tests.groupby("kind")["p"].apply(lambda p: float((p < 0.05).mean()))
    assert share.index.tolist() == ["burst", "fall", "return", "rise"]
    assert (share <= 0.05).all()


def test_windows_of_the_last_days_only_are_bursts_and_rises() -> None:
    """Before `first` nothing begins; nothing fell or returned there, for the time before is not looked at."""
    y = np.array([[0] * 5 + [20] + [0] * 10 + [8, 9, 8, 9]])
    tests = windows_tested(y, np.full(20, 100), 8, first=10).set_index("kind")
    assert sorted(tests.index) == ["burst", "rise"]
    assert (tests.loc["rise", "start"], tests.loc["rise", "end"]) == (16, 20)
    assert tests.loc["burst", "start"] >= 10


def test_a_burst_is_over_when_two_observed_periods_say_so() -> None:
    """Two days that nobody worked say nothing."""
    y, n = np.array([[0] * 16 + [9, 9, 0, 0]]), np.full(20, 100)
    assert windows_tested(y, n, 8).set_index("kind").loc["burst", "p"] < 0.001
    n[18:] = 0
    assert windows_tested(y, n, 8).set_index("kind").loc["burst", "p"] == 1


def test_what_varies_from_week_to_week_is_no_rise_of_days() -> None:
    """Days within a week are alike, weeks are not: blocks of 7 see that."""
    weeks = np.array([2, 8, 1, 9, 2, 7, 1, 16])
    y, n = np.repeat(weeks, 7)[None, :], np.full(56, 100)
    alone, together = (windows_tested(y, n, 8, 1, block).set_index("kind").loc["rise"] for block in (1, 7))
    assert together["dispersion"] > 2 * alone["dispersion"]
    assert together["p"] > 0.05 > 1000 * alone["p"]


def test_exposures_may_differ_by_series() -> None:
    """Twice the events on days that let expect twice as many are nothing."""
    y = np.tile([2] * 12 + [6] * 2, (2, 1))
    n = np.stack([np.full(14, 100.0), np.array([100.0] * 12 + [300.0] * 2)])
    tests = windows_tested(y, n, 8)
    rise = tests[tests["kind"] == "rise"]["p"].to_numpy()
    assert rise[0] < 0.2
    assert_allclose(rise[1], 1)

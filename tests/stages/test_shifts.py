"""Shifts: the present level of a series is dated, and noise has one level."""

from __future__ import annotations

import numpy as np
import pytest

from cx_text.stages.shifts import level_start


@pytest.mark.parametrize(
    ("y", "start"),
    [
        ([2] * 10 + [9] * 10, 10),
        ([9] * 10 + [2] * 10, 10),
        ([1] * 8 + [6] * 8 + [15] * 8, 16),
        ([4] * 20, 0),
        ([4] * 18 + [30] * 2, 18),
        ([0] * 20, 0),
        ([2, 9], 0),
    ],
)
def test_the_present_level_begins_with_the_last_shift(y: list[int], start: int) -> None:
    """One or several steps, up or down; one period is no level."""
    assert level_start(np.array(y), np.full(len(y), 100.0)) == start


def test_the_level_is_that_of_rates() -> None:
    """Twice the events of twice the verbatims are no shift; the same events of a quarter are."""
    y = np.array([4] * 10 + [8] * 10)
    assert level_start(y, np.array([100.0] * 10 + [200.0] * 10)) == 0
    assert level_start(np.full(20, 8), np.array([400.0] * 12 + [100.0] * 8)) == 12


def test_unobserved_periods_belong_to_no_level() -> None:
    """The new level begins with the first period that is observed in it."""
    y = np.array([2] * 9 + [0] * 3 + [9] * 8)
    n = np.where((np.arange(20) >= 9) & (np.arange(20) < 12), 0.0, 100.0)
    assert level_start(y, n) == 12


def test_a_series_that_jumps_up_and_down_has_one_level() -> None:
    """What differs from period to period is no shift."""
    assert level_start(np.array([1, 12] * 10), np.full(20, 100.0)) == 0


def test_chance_hardly_ever_shifts_and_a_doubling_nearly_always() -> None:
    """52 weeks of 6 events on average; from the 30th on 12."""
    rng = np.random.default_rng(5)
    level, n = np.full(52, 6.0), np.full(52, 100.0)
    assert sum(level_start(rng.poisson(level), n) > 0 for _ in range(60)) <= 3
    level[30:] = 12
    found = [level_start(rng.poisson(level), n) for _ in range(30)]
    assert sum(abs(start - 30) <= 3 for start in found) >= 27

"""Statistics: hand-countable fixtures, textbook values and laws."""

from __future__ import annotations

from math import isnan, sqrt
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from cx_text.statistics import (
    benjamini_hochberg,
    design_effect,
    mean_interval,
    mover,
    nps_interval,
    points_below_best,
    wilson,
    withheld,
)

COUNTS = st.integers(0, 10_000)


@given(COUNTS, COUNTS)
def test_a_wilson_interval_holds_its_share_and_stays_within_0_and_1(count: int, others: int) -> None:
    """Also at 0 and at all."""
    n = count + others
    low, high = wilson(count, n)
    assert isnan(low) if n == 0 else 0 <= low <= count / n <= high <= 1


@pytest.mark.parametrize(("count", "n"), [(0, 10), (3, 10), (10, 10), (81, 263)])
def test_wilson_agrees_with_another_implementation(count: int, n: int) -> None:
    """The bounds are statsmodels' bounds."""
    assert_allclose(wilson(count, n), proportion_confint(count, n, method="wilson"), atol=1e-12)


def test_wilson_takes_arrays_and_says_nan_without_rows() -> None:
    """Row i out belongs to row i in."""
    low, high = wilson(pd.Series([5, 0]), pd.Series([10, 0]))
    assert low.shape == high.shape == (2,)
    assert (round(low[0], 4), round(high[0], 4)) == (0.2366, 0.7634)
    assert np.isnan(low[1])
    assert np.isnan(high[1])


def test_the_mean_interval_is_students() -> None:
    """1, 2, 3: standard error 1 / sqrt(3), t(2) = 4.303."""
    mean, low, high = mean_interval([1, np.nan, 2, 3])
    assert mean == 2
    assert_allclose([low, high], [2 - 4.30265 / sqrt(3), 2 + 4.30265 / sqrt(3)], atol=1e-4)


@pytest.mark.parametrize(("values", "mean"), [([], np.nan), ([4.0], 4.0), ([np.nan], np.nan)])
def test_a_mean_of_fewer_than_two_values_has_no_interval(values: list[float], mean: float) -> None:
    """The mean of one is that one."""
    assert_allclose(mean_interval(values), [mean, np.nan, np.nan])


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.randoms())
def test_a_mean_does_not_depend_on_row_order(values: list[float], random: Random) -> None:
    """To the last bit."""
    shuffled = list(values)
    random.shuffle(shuffled)
    assert mean_interval(shuffled)[0] == mean_interval(values)[0]


def test_nps_is_promoters_less_detractors_in_points() -> None:
    """50 of 100 less 20 of 100 is 30; with one of each added the error is 7.79 points."""
    value, low, high = nps_interval(50, 30, 20)
    error = 100 * sqrt((72 / 103 - (30 / 103) ** 2) / 103)
    assert value == 30
    assert_allclose([low, high], [3000 / 103 - 1.95996 * error, 3000 / 103 + 1.95996 * error], atol=1e-3)


@given(COUNTS, COUNTS, COUNTS)
def test_an_nps_interval_holds_its_value(promoters: int, passives: int, detractors: int) -> None:
    """And stays within the scale; nobody asked, nothing known."""
    value, low, high = nps_interval(promoters, passives, detractors)
    if promoters + passives + detractors == 0:
        assert np.isnan([value, low, high]).all()
    else:
        assert -100 <= low <= value <= high <= 100


def test_ten_promoters_are_no_certainty() -> None:
    """The interval of a unanimous sample has a width."""
    value, low, high = nps_interval(10, 0, 0)
    assert [float(value), float(high)] == [100, 100]
    assert low < 60


def test_q_values_keep_order_and_leave_untested_alone() -> None:
    """0.01 of 4 is 0.04; 0.02 of 4 is 0.04; 0.03 x 4 / 3; 0.5."""
    q = benjamini_hochberg([0.5, np.nan, 0.01, 0.03, 0.02])
    assert_allclose(q, [0.5, np.nan, 0.04, 0.04, 0.04])
    assert benjamini_hochberg([]).size == 0
    assert np.isnan(benjamini_hochberg([np.nan])).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_a_q_value_is_never_below_its_p_value(p: list[float]) -> None:
    """And the order of the ps is the order of the qs."""
    q = benjamini_hochberg(p)
    assert (q >= np.array(p) - 1e-12).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= -1e-12).all()


def _mix() -> pd.DataFrame:
    """Agent a works where it burns, b where it is calm, c in both."""
    rows = [
        *[("a", "hot", True)] * 3, ("a", "hot", False),
        *[("c", "hot", True)] * 2, *[("c", "hot", False)] * 2,
        *[("b", "calm", False)] * 4,
        ("c", "calm", True), *[("c", "calm", False)] * 3,
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["agent", "queue", "event"])


ROWS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans()), min_size=1)


@pytest.mark.parametrize(
    ("sizes", "unnamed", "hidden"),
    [
        ({"chat": 90, "mail": 20}, 0, []),
        ({"chat": 90, "mail": 20}, 5, []),
        ({"chat": 90, "mail": 20, "fax": 3}, 0, ["fax", "mail"]),
        ({"chat": 90, "mail": 20, "fax": 3}, 6, ["fax", "mail"]),
        ({"chat": 90, "mail": 20, "fax": 3}, 7, ["fax"]),
        ({"chat": 90, "mail": 20, "fax": 9, "post": 9}, 0, ["fax", "post"]),
        ({"b": 20, "a": 20, "fax": 9}, 0, ["a", "fax"]),
        ({"fax": 9}, 0, ["fax"]),
        ({}, 0, []),
    ],
)
def test_small_groups_hide_behind_each_other(sizes: dict[str, int], unnamed: int, hidden: list[str]) -> None:
    """Below 10 is withheld, and what all less the others would tell."""
    assert withheld(pd.Series(sizes, dtype="int64"), 10, unnamed) == hidden


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 40)), st.integers(0, 20))
def test_what_is_withheld_is_never_a_small_remainder(sizes: dict[str, int], unnamed: int) -> None:
    """All that is withheld is together 10 or more, or it is everything."""
    hidden = withheld(pd.Series(sizes, dtype="int64"), 10, unnamed)
    assert {name for name, size in sizes.items() if size < 10} <= set(hidden)
    total = sum(sizes[name] for name in hidden)
    assert not hidden or total + unnamed >= 10 or set(hidden) == set(sizes)


@pytest.mark.parametrize(
    ("direction", "points"), [("high_is_good", [0, 4, 0.5, np.nan]), ("low_is_good", [4, 0, 3.5, np.nan])]
)
def test_points_count_from_the_best_answer(direction: str, points: list[float]) -> None:
    """Five of five is none below the best, if high is good; 6 is off the scale."""
    assert_allclose(points_below_best([5, 1, 4.5, 6], (1, 5), direction), points)


@pytest.mark.parametrize(("k1", "n1", "k0", "n0"), [(30, 100, 20, 110), (0, 40, 7, 35), (9, 9, 3, 12)])
def test_shares_less_shares_have_newcombes_interval(k1: int, n1: int, k0: int, n0: int) -> None:
    """As statsmodels has it."""
    (l1, u1), (l0, u0) = wilson(k1, n1), wilson(k0, n0)
    value, low, high = mover([(1, (k1 / n1, float(l1), float(u1))), (-1, (k0 / n0, float(l0), float(u0)))])
    assert value == pytest.approx(k1 / n1 - k0 / n0)
    assert (low, high) == pytest.approx(confint_proportions_2indep(k1, n1, k0, n0, method="newcomb"))


def test_customers_who_say_it_twice_double_the_variance() -> None:
    """Each of 50 customers writes two equal comments: 2 x 50/49 over 100/99."""
    values, twice = np.repeat([1.0, 0.0], [40, 60]), np.repeat(np.arange(50), 2)
    assert design_effect(values, twice) == pytest.approx(2 * 50 / 49 / (100 / 99))


def test_the_design_effect_is_never_below_one() -> None:
    """One comment each, all alike, customers who contradict themselves, one customer."""
    assert design_effect([1.0, 0.0, 1.0], [0, 1, 2]) == pytest.approx(1)
    assert design_effect([1.0, 1.0], [0, 0]) == 1
    assert design_effect([1.0, 0.0, 1.0, 0.0], [0, 0, 1, 1]) == 1
    assert design_effect([1.0, 0.0], [0, 0]) == 1

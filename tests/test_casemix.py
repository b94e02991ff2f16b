"""Groups against what others show for the same kinds of cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from cx_text.casemix import ENOUGH, Standard, judge, smallest_group, standardise, telling
from cx_text.config import Agents, Config, Privacy


def cases(n: int, **columns: list[str]) -> pd.DataFrame:
    """Return strata of n rows."""
    return pd.DataFrame(columns, index=range(n))


def flags(*parts: tuple[int, int]) -> sparse.csr_matrix:
    """Return one topic's events: for each (yes, no), that many ones, then zeros."""
    column = np.concatenate([np.repeat([1, 0], part) for part in parts])
    return sparse.csr_matrix(column[:, None])


def standard(count: list[int], expected: list[float], n: int = 100) -> Standard:
    """Return groups of one topic, with much behind the expectation."""
    cells = (np.array(part, dtype=float)[:, None] for part in (expected, [1e7] * len(count)))
    names = [f"g{number}" for number in range(len(count))]
    return Standard(names, np.full(len(count), n), np.array(count)[:, None], *cells)


def test_expected_is_what_the_others_of_the_same_stratum_show() -> None:
    """By hand: 40 of x's rows in s, where y has 10 of 50; 20 in r, where y has 5 of 20."""
    events = flags((9, 31), (10, 40), (6, 14), (5, 15))
    group = pd.Series(["x"] * 40 + ["y"] * 50 + ["x"] * 20 + ["y"] * 20)
    made = standardise(events, group, cases(130, kind=["s"] * 90 + ["r"] * 40))
    assert made.groups == ["x", "y"]
    assert made.n.tolist() == [60, 70]
    assert made.count.ravel().tolist() == [15, 15]
    assert made.expected[0, 0] == pytest.approx(40 * 10 / 50 + 20 * 5 / 20)
    assert made.expected[1, 0] == pytest.approx(50 * 9 / 40 + 20 * 6 / 20)
    variance = (40 / 50) ** 2 * 10 + (20 / 20) ** 2 * 5
    assert made.behind[0, 0] == pytest.approx(13**2 / variance)


def test_a_stratum_with_too_few_others_takes_the_next_coarser_one() -> None:
    """In (mail, z) there are 19 others, one too few, so all mail speaks: 19 + 41 others, 12 events."""
    events = flags((0, 10), (0, ENOUGH - 1), (12, 29))
    group = pd.Series(["x"] * 10 + ["y"] * 60)
    strata = cases(70, channel=["mail"] * 70, kind=["z"] * 29 + ["w"] * 41)
    assert standardise(events, group, strata).expected[0, 0] == pytest.approx(10 * 12 / 60)


def test_without_enough_others_at_all_nothing_is_expected() -> None:
    """19 others are too few at every level; the larger group has 30 others and is compared."""
    made = standardise(flags((5, 25), (3, 16)), pd.Series(["x"] * 30 + ["y"] * 19), cases(49))
    assert made.known.tolist() == [False, True]
    assert np.isnan(made.expected[0, 0])
    assert np.isnan(made.ratio[0, 0])
    assert np.isnan(made.p_values()[0, 0])


def test_what_others_never_have_is_expected_as_if_they_had_half_a_verbatim() -> None:
    """10 of 50 against 0 of 100: O/E is large but finite."""
    made = standardise(flags((10, 40), (0, 100)), pd.Series(["x"] * 50 + ["y"] * 100), cases(150))
    assert made.expected[0, 0] == pytest.approx(50 * 0.5 / 100)
    assert made.p_values()[0, 0] < 1e-3


def test_rows_without_a_group_are_left_out() -> None:
    """The missing ones would have doubled the others' rate."""
    group = pd.Series(["x"] * 20 + ["y"] * 20 + [None] * 20, dtype="str")
    made = standardise(flags((2, 18), (4, 16), (20, 0)), group, cases(60))
    assert made.groups == ["x", "y"]
    assert made.expected[0, 0] == pytest.approx(4)


@given(st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_plays_no_part(seed: int) -> None:
    """Bit by bit the same, shuffled or not."""
    random = np.random.default_rng(seed)
    group = pd.Series([f"g{x}" for x in random.integers(0, 4, 300)])
    strata = cases(300, a=list("xyz" * 100), b=[str(x) for x in random.integers(0, 3, 300)])
    events = sparse.csr_matrix((random.random((300, 3)) < 0.2).astype(int))
    order = random.permutation(300)
    one = standardise(events, group, strata)
    two = standardise(
        events[order], group.iloc[order].reset_index(drop=True), strata.iloc[order].reset_index(drop=True)
    )
    np.testing.assert_array_equal(one.expected, two.expected)
    np.testing.assert_array_equal(one.behind, two.behind)


def test_two_equal_groups_are_compared_by_the_sign_test() -> None:
    """9 against 3 in groups of equal size: binomial(12, 1/2), two-sided mid-p by hand."""
    made = standardise(flags((9, 91), (3, 97)), pd.Series(["x"] * 100 + ["y"] * 100), cases(200))
    tail = (66 + 12 + 1 + 220 / 2) / 2**12
    assert made.p_values()[0, 0] == pytest.approx(2 * tail)
    assert made.p_values()[1, 0] == pytest.approx(2 * tail)


def test_p_values_of_equal_channels_hold_their_level() -> None:
    """400 topics, two groups that do not differ: about 5 % below 0.05, where Poisson would have 16 %."""
    random = np.random.default_rng(3)
    events = sparse.csr_matrix((random.random((2000, 400)) < 0.05).astype(int))
    made = standardise(events, pd.Series(["x", "y"] * 1000), cases(2000))
    assert 0.02 <= (made.p_values()[0] < 0.05).mean() <= 0.08


def test_one_outlier_among_many_equals_is_not_shrunk_away() -> None:
    """39 groups as expected and one with three times as many."""
    judged = judge(standard([10] * 39 + [30], [10.0] * 40), Config())
    assert judged.state[-1, 0] == "strong_evidence"
    assert judged.more[-1, 0]
    assert set(judged.state[:-1, 0]) == {"consistent"}


def test_few_events_are_shrunk_to_what_all_show() -> None:
    """3 where 1 is expected is an O/E of 3, and yet no reason to look."""
    judged = judge(standard([1] * 39 + [3], [1.0] * 40), Config())
    assert judged.state[-1, 0] == "consistent"
    assert judged.probability[-1, 0] < 0.5


def test_fewer_events_than_expected_are_found_as_well() -> None:
    """4 where 30 are expected."""
    judged = judge(standard([30] * 39 + [4], [30.0] * 40), Config())
    assert judged.state[-1, 0] == "strong_evidence"
    assert not judged.more[-1, 0]


def test_cells_with_next_to_nothing_in_them_stay_consistent() -> None:
    """2 counted and 0.9 expected are not talked about; 3 counted or 1 expected are."""
    assert telling(standard([2, 3, 0], [0.9, 0.1, 1.0])).ravel().tolist() == [False, True, True]
    assert judge(standard([2, 0], [0.0001, 100.0]), Config()).state[0, 0] == "consistent"


@pytest.mark.parametrize(("minimum", "k", "fewest"), [(10, 10, 10), (30, 10, 30), (3, 10, 10)])
def test_nobody_is_judged_below_the_minimum_or_privacy(minimum: int, k: int, fewest: int) -> None:
    """The larger of the two."""
    config = Config(agents=Agents(minimum=minimum), privacy=Privacy(k=k))
    assert smallest_group(config) == fewest

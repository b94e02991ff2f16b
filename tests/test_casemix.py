"""Groups against what others show for the same kinds of cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats
from statsmodels.stats.proportion import proportion_confint

from cx_text.casemix import ENOUGH, standardise


def cases(n: int, **columns: list[str]) -> pd.DataFrame:
    """Return strata of n rows."""
    return pd.DataFrame(columns, index=range(n))


def flags(*parts: tuple[int, int]) -> sparse.csr_matrix:
    """Return one topic's events: for each (yes, no), that many ones, then zeros."""
    column = np.concatenate([np.repeat([1, 0], part) for part in parts])
    return sparse.csr_matrix(column[:, None])


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


def test_support_is_the_share_that_is_compared_with_its_own_kind_of_cases() -> None:
    """By hand: 30 of x's 40 rows are in a stratum of 40 of y, 10 in one of nobody else."""
    group = pd.Series(["x"] * 40 + ["y"] * 40)
    made = standardise(flags((4, 36), (4, 36)), group, cases(80, kind=["s"] * 30 + ["r"] * 10 + ["s"] * 40))
    assert made.support.tolist() == [0.75, 1]
    assert made.strata.tolist() == [2, 1]
    assert made.supported.all()


def test_who_alone_takes_a_kind_of_case_is_not_supported() -> None:
    """Only x does r, and nothing else; it is compared with all others for want of better."""
    group = pd.Series(["x"] * 30 + ["y"] * 40 + ["z"] * 40)
    made = standardise(flags((9, 21), (4, 36), (4, 36)), group, cases(110, kind=["r"] * 30 + ["s"] * 80))
    assert made.support.tolist() == [0, 1, 1]
    assert made.supported.tolist() == [False, True, True]
    assert made.expected[0, 0] == pytest.approx(30 * 8 / 80)


def test_a_column_that_is_too_fine_for_everybody_leaves_nobody_unsupported() -> None:
    """Each row has a product of its own, so all are compared by kind."""
    group = pd.Series(["x", "y"] * 50)
    strata = cases(100, kind=["s"] * 50 + ["r"] * 50, product=[f"p{x}" for x in range(100)])
    made = standardise(flags((20, 80)), group, strata)
    assert made.support.tolist() == [1, 1]
    assert made.strata.tolist() == [2, 2]


def test_the_interval_is_that_of_two_poisson_rates() -> None:
    """As statsmodels has it (exact conditional), where one stratum holds all: 30 of 100 against 40 of 400."""
    made = standardise(flags((30, 70), (40, 360)), pd.Series(["x"] * 100 + ["y"] * 400), cases(500))
    low, high = (bound[0, 0] for bound in made.interval())
    told = proportion_confint(30, 70, method="beta")
    assert (low, high) == pytest.approx([share / (1 - share) * 4 for share in told], rel=1e-6)
    p = 2 * (stats.binom.sf(30, 70, 0.2) + stats.binom.pmf(30, 70, 0.2) / 2)
    assert made.p_values()[0, 0] == pytest.approx(p, rel=1e-6)


@given(st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_names_of_groups_play_no_part(seed: int) -> None:
    """Other names in another order: the same numbers for the same rows."""
    random = np.random.default_rng(seed)
    number = random.integers(0, 4, 200)
    strata = cases(200, a=[str(x) for x in random.integers(0, 3, 200)])
    events = sparse.csr_matrix((random.random((200, 2)) < 0.2).astype(int))
    one = standardise(events, pd.Series([f"g{x}" for x in number]), strata)
    two = standardise(events, pd.Series([f"h{9 - x}" for x in number]), strata)
    np.testing.assert_array_equal(one.expected, two.expected[::-1])
    np.testing.assert_array_equal(one.support, two.support[::-1])


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

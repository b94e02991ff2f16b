"""Rates: p-values, ratios and intervals are what they say, within strata too."""

from __future__ import annotations

from math import comb, exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cx_text.stages.rates import (
    contrast,
    dispersion_of,
    pooled_above,
    pooled_ratio,
    rates_above,
    ratio_of_rates,
    shared_dispersion,
)

COUNT, N = st.integers(0, 30), st.integers(1, 50)


def test_rates_are_compared_given_their_sum() -> None:
    """3 of 4 in a third of the verbatims: 4 x (1/3)^3 x 2/3 + (1/3)^4 = 9/81."""
    assert_allclose(rates_above(3, 10, 1, 20), 9 / 81)
    assert_allclose(rates_above(0, 10, 5, 20), 1)


@given(st.integers(1, 30), COUNT, N, N)
def test_the_p_value_is_the_binomial_tail(y1: int, y0: int, n1: int, n0: int) -> None:
    """Summed up term by term."""
    share, total = n1 / (n1 + n0), y1 + y0
    tail = sum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(y1, total + 1))
    assert_allclose(rates_above(y1, n1, y0, n0), tail, atol=1e-9)


@pytest.mark.parametrize(
    ("y1", "n1", "y0", "n0", "dispersion"),
    [
        (30, 100, 27, 900, 3.0),
        (200, 1000, 500, 9000, 8.0),
        (9, 50, 3, 1000, 1.2),
        (160, 100, 600, 9900, 30.0),
    ],
)
def test_counts_that_vary_more_have_the_beta_binomial_tail(
    y1: int, n1: int, y0: int, n0: int, dispersion: float
) -> None:
    """As scipy sums it: two counts with gamma rates and a variance in proportion to their mean."""
    total, share = y1 + y0, n1 / (n1 + n0)
    a, b = (total * part / (dispersion - 1) for part in (share, 1 - share))
    assert_allclose(
        rates_above(y1, n1, y0, n0, dispersion), stats.betabinom.sf(y1 - 1, total, a, b), rtol=1e-4
    )


@given(st.integers(1, 30), COUNT, N, N, st.floats(1.05, 6))
def test_more_variation_is_never_surer_where_it_matters(
    y1: int, y0: int, n1: int, n0: int, dispersion: float
) -> None:
    """Not below the plain tail where that is below 5 %; and fewer events never give a smaller p."""
    plain, wide = (float(rates_above(y1, n1, y0, n0, one)) for one in (1.0, dispersion))
    assert wide >= plain - 1e-9 or plain > 0.05
    assert rates_above(y1 - 1, n1, y0, n0) >= plain - 1e-9


def test_what_was_not_observed_has_no_p_value() -> None:
    """Neither side may be empty."""
    assert np.isnan(rates_above([1, 1], [0, 5], [1, 0], [5, 0])).all()
    assert np.isnan(ratio_of_rates(1, 0, 1, 5)).all()
    assert np.isnan(ratio_of_rates(1, 5, 0, 0)).all()


def test_a_ratio_counts_half_an_event_more() -> None:
    """8.5 of 100 to 0.5 of 400."""
    ratio, low, high = ratio_of_rates(8, 100, 0, 400)
    spread = np.exp(1.959964 * np.sqrt(1 / 8.5 + 2))
    assert_allclose([ratio, low, high], [68, 68 / spread, 68 * spread], rtol=1e-6)


def test_the_interval_of_rates_that_vary_is_wider_where_the_rate_is_higher() -> None:
    """Dispersion 3 at the mean rate 1/10 is 5 at the rate 1/5, and 1 + 2 x 2/3 at the rate 1/15."""
    ratio, low, _ = ratio_of_rates(99.5, 500, 99.5, 1500, 3.0)
    width = 1.959964 * sqrt((1 + 2 * 2) / 100 + (1 + 2 * 2 / 3) / 100)
    assert_allclose([float(ratio), log(ratio / low)], [3.0, width], rtol=1e-3)


@given(COUNT, N, COUNT, N, st.sampled_from([1.0, 2.5]))
def test_one_stratum_is_no_stratum(y1: int, n1: int, y0: int, n0: int, dispersion: float) -> None:
    """Nor do strata that are empty on one side count."""
    strata = [y1, 7, 0], [n1, 9, 0], [y0, 0, 5], [n0, 0, 11]
    assert_allclose(
        pooled_above(*strata, dispersion), rates_above(y1, n1, y0, n0, dispersion), rtol=1e-6, atol=1e-12
    )
    assert_allclose(pooled_ratio(*strata, dispersion), ratio_of_rates(y1, n1, y0, n0, dispersion))


def test_a_mix_that_shifts_is_no_difference_within_its_strata() -> None:
    """Simpson: 10 % and 1 % in both times, the first stratum 9 times as large now; plainly it is 5 times."""
    y1, n1, y0, n0 = [90, 1], [900, 100], [10, 9], [100, 900]
    assert ratio_of_rates(91, 1000, 19, 1000)[0] > 4.5
    assert rates_above(91, 1000, 19, 1000) < 1e-9
    assert_allclose(pooled_ratio(y1, n1, y0, n0)[0], 1, atol=0.03)
    assert pooled_above(y1, n1, y0, n0) > 0.4


def test_the_mantel_haenszel_ratio_can_be_counted_by_hand() -> None:
    """Weights 50 and 50 of 100: half an event halves; (8.25 + 4.25) / 2 to (4.25 + 2.25) / 2."""
    ratio, low, high = pooled_ratio([8, 4], [100, 100], [4, 2], [100, 100])
    assert_allclose(ratio, 12.5 / 6.5)
    width = 1.959964 * sqrt(1 / 12.5 + 1 / 6.5)
    assert_allclose([low, high], [12.5 / 6.5 * exp(-width), 12.5 / 6.5 * exp(width)], rtol=1e-6)


def test_strata_are_added_up_by_their_mean_and_variance() -> None:
    """Two of 4 events in halves and one of 3 in a quarter: near the exact convolution."""
    exact = sum(
        stats.binom.pmf(first, 4, 0.5) * stats.binom.pmf(second, 3, 0.25)
        for first in range(5)
        for second in range(4)
        if first + second >= 5
    )
    assert_allclose(pooled_above([3, 2], [10, 10], [1, 1], [10, 30]), exact, rtol=0.05)


def test_dispersion_is_pearsons_chi_square_over_its_degrees() -> None:
    """2 and 6 around 4: 4/4 + 4/4 on 1 degree; each in a segment of its own leaves none."""
    y, n = np.array([[2, 6, 0], [1, 1, 0]]), np.array([10, 10, 0])
    assert_allclose(dispersion_of(y, n, np.zeros((2, 3), dtype=int)), [2, 1])
    assert_allclose(dispersion_of(y, n, np.array([[0, 1, 1], [0, 1, 1]])), [1, 1])


def test_a_quiet_row_varies_at_least_as_is_usual() -> None:
    """Rows of 2 and 6, with 8 events, vary by 1 more; a row of 8 and 8 with a mean of 8 gets 8 / 8 more."""
    y, n = np.array([[2, 6], [6, 2], [2, 6], [8, 8]]), np.array([10, 10])
    segment = np.zeros(y.shape, dtype=int)
    assert_allclose(dispersion_of(y, n, segment), [2, 2, 2, 1])
    assert_allclose(shared_dispersion(y, n, segment), [2, 2, 2, 1 + 8 * (2 - 1) / 8])


def test_one_wild_row_makes_the_others_no_wilder() -> None:
    """The usual is a median by counts."""
    y, n = np.array([[4, 4], [5, 5], [6, 6], [0, 12]]), np.array([10, 10])
    assert_allclose(shared_dispersion(y, n, np.zeros(y.shape, dtype=int)), [1, 1, 1, 12])
    assert_allclose(shared_dispersion(y * 0, n, np.zeros(y.shape, dtype=int)), 1)


def test_a_contrast_sums_what_is_flagged() -> None:
    """Two of three periods against the third."""
    inside = np.array([[True, True, False]])
    counts = contrast(np.array([[1, 2, 4]]), np.array([10, 20, 40]), inside, ~inside)
    assert [part.tolist() for part in counts] == [[3], [30], [4], [40]]


@pytest.mark.parametrize("spread", [0.0, 0.4])
def test_95_percent_intervals_hold_the_true_ratio_about_as_often(spread: float) -> None:
    """6 periods at twice the rate of 20 others, 2,000 series; also where rates vary by 40 %."""
    rng = np.random.default_rng(1)
    inside = np.broadcast_to(np.arange(26) >= 20, (2000, 26))
    level = np.where(inside, 16.0, 8.0)
    wild = rng.gamma(1 / spread**2, spread**2, level.shape) if spread else 1.0
    y, n = rng.poisson(level * wild), np.full(26, 100)
    _, low, high = ratio_of_rates(*contrast(y, n, inside, ~inside), dispersion_of(y, n, inside))
    assert 0.92 <= float(((low <= 2) & (high >= 2)).mean()) <= 0.985

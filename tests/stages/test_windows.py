"""Windows: the right periods are picked, and p-values are what they say."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cx_text.stages.windows import contrast, dispersion_of, rates_above, ratio_of_rates, windows_tested


def test_rates_are_compared_given_their_sum() -> None:
    """3 of 4 in a third of the verbatims: 4 x (1/3)^3 x 2/3 + (1/3)^4 = 9/81."""
    assert_allclose(rates_above(3, 10, 1, 20), 9 / 81)
    assert_allclose(rates_above(0, 10, 5, 20), 1)


@given(st.integers(1, 30), st.integers(0, 30), st.integers(1, 50), st.integers(1, 50))
def test_the_p_value_is_the_binomial_tail(y1: int, y0: int, n1: int, n0: int) -> None:
    """Summed up term by term."""
    share, total = n1 / (n1 + n0), y1 + y0
    tail = sum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(y1, total + 1))
    assert_allclose(rates_above(y1, n1, y0, n0), tail, atol=1e-9)
    assert rates_above(y1, n1, y0, n0, 3.0) >= tail - 1e-9 or y1 * n0 <= (y0 + 3) * n1


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


def test_dispersion_is_pearsons_chi_square_over_its_degrees() -> None:
    """2 and 6 around 4: 4/4 + 4/4 on 1 degree; each in a segment of its own leaves none."""
    y, n = np.array([[2, 6, 0], [1, 1, 0]]), np.array([10, 10, 0])
    assert_allclose(dispersion_of(y, n, np.zeros((2, 3), dtype=int)), [2, 1])
    assert_allclose(dispersion_of(y, n, np.array([[0, 1, 1], [0, 1, 1]])), [1, 1])


def test_a_contrast_sums_what_is_flagged() -> None:
    """Two of three periods against the third."""
    inside = np.array([[True, True, False]])
    counts = contrast(np.array([[1, 2, 4]]), np.array([10, 20, 40]), inside, ~inside)
    assert [part.tolist() for part in counts] == [[3], [30], [4], [40]]


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

"""A difference split by Kitagawa's formula: counted by hand, and held to its laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cx_text.stages.decomposition import ENOUGH, decompose, levels_of, strata_of

Cell = tuple[str, bool, int, int]
"""A stratum, the side after, rows, and how many of them are 1."""


def made(*cells: Cell) -> tuple[Any, Any, Any]:
    """Return values, side and stratum of each row."""
    rows = [(float(i < ones), after, name) for name, after, n, ones in cells for i in range(n)]
    values, after, names = (np.array(part) for part in zip(*rows, strict=True))
    return values, after, np.unique(names, return_inverse=True)[1]


def test_a_difference_by_hand() -> None:
    """Chat 40 to 60 rows at .5 to .6, mail 60 to 40 at .2 to .25.

    The rate effect is .5 x .1 + .5 x .05, the mix effect .2 x .55 - .2 x .225.
    """
    cells = made(
        ("chat", False, 40, 20), ("mail", False, 60, 12), ("chat", True, 60, 36), ("mail", True, 40, 10)
    )
    effects = decompose(*cells)
    assert effects.rate == pytest.approx(0.075)
    assert effects.mix == pytest.approx(0.065)
    assert effects.mix + effects.rate == pytest.approx(0.46 - 0.32)
    assert effects.one_sided == 0


def test_a_channel_on_one_side_only_is_mix_by_definition() -> None:
    """Phone stays at .2; chat is new with half of the rows at .6: all of the .2 difference is mix.

    Against the mean of both sides (.3), chat brings .5 x (.6 - .3) = .15 of it, and phone the rest.
    """
    effects = decompose(*made(("phone", False, 100, 20), ("phone", True, 50, 10), ("chat", True, 50, 30)))
    assert (effects.rate, effects.mix) == pytest.approx((0, 0.2))
    assert effects.one_sided == pytest.approx(0.15)


def test_equal_rates_within_strata_leave_no_rate_effect() -> None:
    """However the mix moves."""
    effects = decompose(
        *made(("a", False, 90, 45), ("b", False, 10, 1), ("a", True, 10, 5), ("b", True, 90, 9))
    )
    assert effects.rate == pytest.approx(0)
    assert effects.mix == pytest.approx((5 + 9) / 100 - (45 + 1) / 100)


cell = st.tuples(st.integers(0, 4), st.booleans(), st.sampled_from([-100.0, 0.0, 1.0, 3.5, 100.0]))


@given(st.lists(cell, min_size=2, max_size=60), st.randoms(use_true_random=False))
def test_parts_add_up_flip_with_the_sides_and_do_not_know_the_order_of_rows(
    rows: list[Any], random: Any
) -> None:
    """For any rows."""
    place, after, values = (np.array(part) for part in zip(*rows, strict=True))
    assume(0 < after.sum() < after.size)
    strata = np.unique(place, return_inverse=True)[1]
    effects = decompose(values, after, strata)
    difference = values[after].mean() - values[~after].mean()
    assert effects.mix + effects.rate == pytest.approx(difference, abs=1e-9)
    back = decompose(values, ~after, strata)
    assert (back.mix, back.rate) == pytest.approx((-effects.mix, -effects.rate))
    order = np.array(random.sample(range(len(rows)), len(rows)))
    assert decompose(values[order], after[order], strata[order]) == effects


def test_sparse_cases_are_pooled_with_the_next_coarser_ones() -> None:
    """One of chat's reasons stands; the other, mail and fax have too few on a side and are one stratum."""
    sizes = {
        ("chat", "bill"): (30, 30),
        ("chat", "login"): (25, 10),
        ("mail", "bill"): (15, 30),
        ("fax", "bill"): (5, 4),
    }
    rows = [(*name, side) for name, pair in sizes.items() for side, n in enumerate(pair) for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["channel", "contact_reason", "after"])
    frame["stratum"] = strata_of(
        levels_of(frame[["channel", "contact_reason"]]), frame["after"].to_numpy() == 1
    )
    found = frame.groupby("stratum")[["channel", "contact_reason"]].agg(lambda names: sorted(set(names)))
    assert sorted(map(tuple, found["channel"])) == [("chat",), ("chat", "fax", "mail")]


def test_cases_with_many_rows_on_one_side_and_none_on_the_other_stand_alone() -> None:
    """A new product is no part of another."""
    frame = pd.DataFrame({"product": ["old"] * 50 + ["new"] * ENOUGH + ["rare"] * 3})
    after = np.array([True, False] * 25 + [True] * (ENOUGH + 3))
    strata = strata_of(levels_of(frame), after)
    assert pd.Series(strata).groupby(frame["product"]).nunique().tolist() == [1, 1, 1]
    assert len(set(strata)) == 3


def test_without_columns_all_rows_are_one_stratum() -> None:
    """Then nothing can be split."""
    levels = levels_of(pd.DataFrame(index=range(4)))
    assert strata_of(levels, np.array([True, False, True, False])).tolist() == [0, 0, 0, 0]

"""Groups of spans: numbered by size, counted against each other, compared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.groups import NONE, crossed, jaccard, large_enough

LABELS = st.lists(st.integers(NONE, 5), max_size=30)


@pytest.mark.parametrize(
    ("labels", "minimum", "expected"),
    [
        ([5, 5, 7, 7, 7, 9], 2, [1, 1, 0, 0, 0, NONE]),
        ([5, 5, 7, 7, 7, 9], 1, [1, 1, 0, 0, 0, 2]),
        ([4, 2, 2, 4], 2, [0, 1, 1, 0]),
        ([NONE, NONE, NONE, 3, 3], 2, [NONE, NONE, NONE, 0, 0]),
        ([3, 1, 2], 2, [NONE] * 3),
        ([], 2, []),
    ],
    ids=["by size", "singles too", "ties: first seen", "none is no group", "all too small", "nothing"],
)
def test_groups_are_numbered_by_size_and_small_ones_dropped(
    labels: list[int], minimum: int, expected: list[int]
) -> None:
    """The biggest is number 0; of equal ones, that seen first."""
    assert large_enough(np.array(labels, dtype=np.int64), minimum).tolist() == expected


@given(LABELS, st.integers(1, 4))
def test_numbers_have_no_gaps_and_every_group_is_large_enough(labels: list[int], minimum: int) -> None:
    """Whatever the labels were; to number again changes nothing."""
    found = large_enough(np.array(labels, dtype=np.int64), minimum)
    sizes = np.bincount(found[found != NONE])
    assert (sizes >= minimum).all()
    assert (np.diff(sizes) <= 0).all()
    assert (large_enough(found, minimum) == found).all()


def test_what_two_groupings_share_is_counted() -> None:
    """Hand-counted; spans that one of both does not group are not in the table."""
    left = np.array([0, 0, 0, 1, NONE, 2])
    right = np.array([0, 0, 1, 0, 0, NONE])
    assert crossed(left, right, 3).tolist() == [[2, 1], [1, 0], [0, 0]]


def test_a_group_that_nobody_has_counts_nothing() -> None:
    """`count` says how many groups there are, not what is seen of them."""
    none = np.array([], dtype=np.int64)
    assert crossed(none, none, 2).shape == (2, 0)
    assert crossed(np.array([0]), np.array([NONE]), 2).shape == (2, 0)
    assert jaccard(np.array([0]), np.array([1]), 2).tolist() == [[0, 1], [0, 0]]


def test_jaccard_is_common_over_either() -> None:
    """Hand-counted: two of 3 + 4 - 2 are common; a span without a theme still counts for the other side."""
    left = np.array([0, 0, 0, 1, NONE])
    right = np.array([0, 0, 1, 0, 0])
    assert jaccard(left, right, 2).tolist() == [[2 / 5, 1 / 3], [1 / 4, 0.0]]


@given(LABELS)
def test_a_grouping_overlaps_itself_wholly_and_nothing_else(labels: list[int]) -> None:
    """Ones on the diagonal for groups that are seen, zeros elsewhere."""
    groups = large_enough(np.array(labels, dtype=np.int64), 1)
    count = int(groups.max(initial=NONE)) + 1
    assert (jaccard(groups, groups, count) == np.eye(count)).all()


@given(LABELS, st.integers(0, 2**32 - 1))
def test_the_overlap_is_the_same_from_either_side(labels: list[int], seed: int) -> None:
    """And never beyond 0..1."""
    left = large_enough(np.array(labels, dtype=np.int64), 1)
    right = large_enough(np.random.default_rng(seed).permutation(left), 1)
    count = int(left.max(initial=NONE)) + 1
    overlap = jaccard(left, right, count)
    assert (overlap == jaccard(right, left, count).T).all()
    assert ((overlap >= 0) & (overlap <= 1)).all()

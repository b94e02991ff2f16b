"""Spans as numbers: exact sums, and a context that ends with the verbatim."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from cx_text.exact import on_grid
from cx_text.features import NEIGHBOUR, POLARITY, Seen, context


def seen(dense: list[list[float]], counted: list[list[float]]) -> Seen:
    """Return spans with these features; `dense` ends with the feeling."""
    return Seen(np.array(dense, dtype=np.float64), sparse.csr_array(np.array(counted, dtype=np.float64)))


SPANS = seen([[1, 0, 0, 0.5], [0, 0, 0, 0.5], [0, 2, 0, 0.5]], [[0, 3], [0, 0], [4, 0]])
"""Two columns of a vector, two of a feeling, two terms; the second span has nothing but a feeling."""


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], np.zeros((0, 0))),
        ([7], [[1]]),
        ([0, 0], [[1, 0.5], [0.5, 1]]),
        ([0, 1], [[1, 0], [0, 1]]),
        ([3, 3, 3, 8], [[1, 0.5, 0, 0], [0.5, 1, 0.5, 0], [0, 0.5, 1, 0], [0, 0, 0, 1]]),
    ],
    ids=["nothing", "alone", "a pair", "two verbatims", "three and one"],
)
def test_the_context_of_a_span_is_itself_and_half_of_its_neighbours(
    rows: list[int], expected: list[list[float]]
) -> None:
    """Spans of another verbatim are no neighbours, nor is the one after the next."""
    assert context(np.array(rows, dtype=np.int64)).toarray().tolist() == np.array(expected).tolist()


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_the_context_of_many_verbatims_is_that_of_each_alone(sizes: list[int]) -> None:
    """What a law needs: a batch adds nothing to a verbatim."""
    together = context(np.repeat(np.arange(len(sizes)), sizes)).toarray()
    each = sparse.block_diag([context(np.zeros(size, dtype=np.int64)).toarray() for size in sizes])
    assert (together == each.toarray()).all()


def test_features_are_weighed_dense_first_then_terms() -> None:
    """Hand-counted: 1 x 1 + 3 x 32, 2 x 2 + 4 x 16, and half of what the feeling's weight is."""
    weights = np.array([[1.0], [2.0], [4.0], [8.0], [16.0], [32.0]])
    assert SPANS.width == 6
    assert SPANS.weighed(weights).ravel().tolist() == [1 + 4 + 96, 4, 4 + 4 + 64]


def test_many_classes_are_weighed_at_once() -> None:
    """One column of weights a class."""
    assert SPANS.weighed(np.ones((6, 3))).shape == (3, 3)
    assert SPANS.weighed(np.zeros((6, 0))).shape == (3, 0)


def test_a_feeling_alone_says_nothing_of_a_theme() -> None:
    """The last two dense columns do not count."""
    assert SPANS.empty.tolist() == [False, True, False]
    assert seen([[0] * 3, [0] * 3], [[0], [2]]).empty.tolist() == [True, False]
    assert seen([[1] * POLARITY], [[]]).empty.tolist() == [True]


def test_a_span_in_context_has_its_own_features_and_those_of_around() -> None:
    """Own first; around: itself and half of the one beside it."""
    rows = np.array([0, 0, 1])
    both = SPANS.in_context(rows).toarray()
    own = np.hstack([SPANS.dense, SPANS.counted.toarray()])
    assert both.shape == (3, 2 * SPANS.width)
    assert (both[:, :6] == own).all()
    assert (both[0, 6:] == own[0] + NEIGHBOUR * own[1]).all()
    assert (both[1, 6:] == own[1] + NEIGHBOUR * own[0]).all()
    assert (both[2, 6:] == own[2]).all()


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_sums_are_exact_in_any_order_of_the_spans(seed: int, count: int) -> None:
    """To the last bit, because everything lies on the grid."""
    rng = np.random.default_rng(seed)
    dense = on_grid(rng.normal(size=(count, 8)))
    counted = on_grid(rng.normal(size=(count, 30)) * (rng.random((count, 30)) < 0.2))
    weights, order = on_grid(rng.normal(size=(38, 5))), rng.permutation(count)
    whole = Seen(dense, sparse.csr_array(counted)).weighed(weights)
    mixed = Seen(dense[order], sparse.csr_array(counted[order])).weighed(weights)
    alone = Seen(dense[:1], sparse.csr_array(counted[:1])).weighed(weights)
    assert (mixed == whole[order]).all()
    assert (alone == whole[:1]).all()

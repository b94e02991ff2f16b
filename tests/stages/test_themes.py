"""Theme discovery and assignment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from cx_text.config import Themes
from cx_text.exact import on_grid, unit_rows
from cx_text.stages.themes import (
    NONE,
    ThemeAssigner,
    communities,
    discover,
    jaccard,
    keep_ids,
    large_enough,
    similarity_graph,
    typical,
)


def blobs(sizes: list[int], seed: int = 0, noise: float = 0.35) -> tuple[np.ndarray, np.ndarray]:
    """Return unit vectors on the grid around random centres, and the centre of each row."""
    rng = np.random.default_rng(seed)
    centres = unit_rows(rng.normal(size=(len(sizes), 24)))
    truth = np.repeat(np.arange(len(sizes)), sizes)
    spread = centres[truth] + noise * rng.normal(size=(len(truth), 24)) / np.sqrt(24)
    return on_grid(unit_rows(spread)), truth


def test_each_span_names_its_nearest_others_and_the_graph_is_symmetric() -> None:
    """Hand-countable: two pairs of near points."""
    vectors = on_grid(unit_rows(np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])))
    graph = similarity_graph(vectors, 1).toarray()
    assert (graph == graph.T).all()
    assert (graph > 0).tolist() == [
        [False, True, False, False],
        [True, False, False, False],
        [False, False, False, True],
        [False, False, True, False],
    ]


def test_equal_distances_are_settled_by_the_smaller_row() -> None:
    """Ties must not depend on the sorting algorithm."""
    vectors = on_grid(np.array([[1.0, 0.0]] * 4))
    graph = similarity_graph(vectors, 1).toarray()
    assert (graph[3] > 0).tolist() == [True, False, False, False]


def test_planted_groups_are_found_without_being_told_how_many() -> None:
    """The number of themes is found, not given."""
    vectors, truth = blobs([60, 50, 40, 30])
    labels, stability = discover(vectors, Themes(sample=200, neighbours=10), seed=1)
    assert labels.max() + 1 == 4
    assert all(len(set(labels[truth == group])) == 1 for group in range(4))
    assert (stability > 0.9).all()


def test_groups_without_a_shape_have_low_stability() -> None:
    """A theme that falls apart in half of the data says so."""
    noise = on_grid(unit_rows(np.random.default_rng(3).normal(size=(200, 24))))
    clear = discover(blobs([100, 100])[0], Themes(), 1)[1].mean()
    assert discover(noise, Themes(), 1)[1].mean() < clear - 0.2


@pytest.mark.parametrize("rows", [0, 1, 2, 15])
def test_too_few_spans_give_no_theme(rows: int) -> None:
    """Nothing is invented on thin evidence."""
    vectors = blobs([max(rows, 1)])[0][:rows]
    labels, stability = discover(vectors, Themes(), 1)
    assert labels.tolist() == [NONE] * rows
    assert len(stability) == 0


def test_rare_groups_are_no_themes_and_numbers_follow_size() -> None:
    """The biggest theme is number 0."""
    labels = large_enough(np.array([5, 5, 7, 7, 7, 9]), 2)
    assert labels.tolist() == [1, 1, 0, 0, 0, NONE]


def test_a_graph_without_edges_has_no_communities() -> None:
    """One lonely span is no theme."""
    assert communities(sparse.csr_array((3, 3)), 1.0).tolist() == [NONE] * 3


def test_jaccard_is_common_over_either() -> None:
    """Hand-counted: two of 3 + 4 - 2 are common; a span without a theme still counts for the other side."""
    left = np.array([0, 0, 0, 1, NONE])
    right = np.array([0, 0, 1, 0, 0])
    assert jaccard(left, right, 2).tolist() == [[2 / 5, 1 / 3], [1 / 4, 0.0]]


def test_a_theme_keeps_its_id_where_most_of_it_is_the_same() -> None:
    """Names survive learning again; what is new gets a number never given before."""
    labels = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    before = np.array([1, 1, 1, 0, 0, NONE, NONE, NONE])
    assert keep_ids(labels, before, ["T0004", "T0002"], 9) == ["T0002", "T0004", "T0009"]


def test_a_theme_that_shares_little_gets_a_new_id() -> None:
    """One common span of ten is another theme."""
    assert keep_ids(np.zeros(10, dtype=int), np.array([0] + [NONE] * 9), ["T0001"], 5) == ["T0005"]
    assert keep_ids(np.array([0, 0]), np.full(2, NONE), [], 1) == ["T0001"]


def test_typical_spans_are_near_the_middle() -> None:
    """Quotes are taken from there."""
    vectors, _ = blobs([30])
    near = typical(vectors, np.zeros(30, dtype=int))
    assert near.max() <= 1.01
    assert typical(vectors, np.full(30, NONE)).tolist() == [0.0] * 30
    assert near.argmax() == (vectors @ unit_rows(vectors.mean(axis=0, keepdims=True))[0]).argmax()


class TestAssigner:
    """The fast model."""

    @pytest.mark.parametrize("groups", [2, 3, 5])
    def test_it_finds_what_it_learned_in_rows_it_has_not_seen(self, groups: int) -> None:
        """Half of the rows teach, the other half is asked."""
        vectors, truth = blobs([60] * groups, seed=groups)
        features = sparse.csr_array(vectors)
        model = ThemeAssigner.fit(features[::2], truth[::2], groups, 0.15)
        found, sure = model.predict(features[1::2])
        assert (found == truth[1::2]).mean() > 0.95
        assert ((sure > 0) & (sure <= 1)).all()

    @settings(max_examples=15, deadline=None)
    @given(st.permutations(range(40)))
    def test_a_row_is_judged_alike_alone_in_any_order_and_batch(self, order: list[int]) -> None:
        """To the last bit, because all sums are exact."""
        vectors, truth = blobs([20, 20], seed=4)
        features = sparse.csr_array(vectors)
        model = ThemeAssigner.fit(features, truth, 2, 0.15)
        themes, sure = model.predict(features)
        mixed_themes, mixed_sure = model.predict(features[order])
        assert (mixed_themes == themes[order]).all()
        assert (mixed_sure == sure[order]).all()
        alone = model.predict(features[[order[0]]])
        assert (alone[0][0], alone[1][0]) == (themes[order[0]], sure[order[0]])

    def test_a_span_that_is_like_nothing_known_is_left_unthemed(self) -> None:
        """Below the confidence there is no theme."""
        vectors, truth = blobs([40, 40, 40, 40])
        model = ThemeAssigner.fit(sparse.csr_array(vectors), truth, 4, 0.9)
        middle = sparse.csr_array(on_grid(vectors.mean(axis=0, keepdims=True)))
        assert model.predict(middle)[0].tolist() == [NONE]

    def test_a_span_with_nothing_known_in_it_has_no_theme(self) -> None:
        """Zeros in, none out."""
        vectors, truth = blobs([40, 40])
        model = ThemeAssigner.fit(sparse.csr_array(vectors), truth, 2, 0.0)
        assert model.predict(sparse.csr_array((1, 24)))[0].tolist() == [NONE]

    @pytest.mark.parametrize("labels", [[NONE] * 4, [0, 0, 0, NONE]])
    def test_none_or_one_theme_needs_no_model(self, labels: list[int]) -> None:
        """With one theme, every span with content has it."""
        features = sparse.csr_array(blobs([4])[0])
        model = ThemeAssigner.fit(features, np.array(labels), 1, 0.15)
        expected = NONE if max(labels) == NONE else 0
        assert model.predict(features)[0].tolist() == [expected] * 4

    def test_spans_like_those_that_name_nothing_have_no_theme(self) -> None:
        """A class of its own keeps chatter out of the themes."""
        vectors, truth = blobs([60, 60, 60])
        features = sparse.csr_array(vectors)
        found = ThemeAssigner.fit(features[::2], truth[::2], 2, 0.15).predict(features[1::2])[0]
        assert set(found[truth[1::2] == 2]) == {NONE}
        assert (found[truth[1::2] == 1] == 1).mean() > 0.95

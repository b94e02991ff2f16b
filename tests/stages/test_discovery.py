"""Theme discovery: groups that hold, as fine as they can be told apart, no number given."""

from __future__ import annotations

import numpy as np
import pytest
from build_spans import blobs
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from cx_text.config import Themes
from cx_text.exact import on_grid, unit_rows
from cx_text.groups import NONE
from cx_text.stages.discovery import (
    PARENTS,
    TELLABLE,
    Discovered,
    communities,
    discover,
    found_again,
    grouped,
    similarity_graph,
    voted,
)

SETTINGS = Themes(sample=200, neighbours=10)
SIZES = [45, 40, 36, 32, 28, 24, 20, 16]
"""Spans of eight themes."""


def noise(count: int, seed: int = 3) -> np.ndarray:
    """Return unit vectors in all directions."""
    return on_grid(unit_rows(np.random.default_rng(seed).normal(size=(count, 24))))


def themes_of(vectors: np.ndarray, view: np.ndarray, settings: Themes, seed: int) -> Discovered:
    """Return the themes of spans that are each of a verbatim of its own."""
    return discover(vectors, view, np.arange(len(vectors)), settings, seed)


class TestGraph:
    """Who is like whom."""

    def test_each_span_names_its_nearest_others_and_the_graph_is_symmetric(self) -> None:
        """Hand-countable: two pairs of near points; each pair names each other, so it counts twice."""
        vectors = on_grid(unit_rows(np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])))
        graph = similarity_graph(vectors, np.arange(len(vectors)), 1).toarray()
        assert (graph == graph.T).all()
        near = vectors[0] @ vectors[1]
        pair = np.array([[0, 1], [1, 0]]) * 2 * near
        assert (graph == np.kron(np.eye(2), pair)).all()

    def test_a_span_named_by_one_side_only_counts_once(self) -> None:
        """Three on a line: the last one names the middle one, which has a nearer friend."""
        vectors = on_grid(unit_rows(np.array([[1.0, 0.0], [1.0, 0.1], [1.0, 0.5]])))
        graph = similarity_graph(vectors, np.arange(len(vectors)), 1).toarray()
        assert graph[2, 1] == vectors[2] @ vectors[1]
        assert graph[0, 1] == 2 * (vectors[0] @ vectors[1])
        assert graph[0, 2] == 0

    def test_equal_distances_are_settled_by_the_smaller_row(self) -> None:
        """Ties must not depend on the sorting algorithm."""
        vectors = on_grid(np.array([[1.0, 0.0]] * 4))
        graph = similarity_graph(vectors, np.arange(len(vectors)), 1).toarray()
        assert (graph[3] > 0).tolist() == [True, False, False, False]

    def test_opposite_spans_are_not_linked(self) -> None:
        """A negative cosine is no likeness, even where there is nothing nearer."""
        assert similarity_graph(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.arange(2), 1).sum() == 0

    def test_of_its_own_verbatim_a_span_names_the_nearest_alone(self) -> None:
        """Hand-countable: of three sentences of one story the first and last are linked by nobody."""
        vectors = on_grid(unit_rows(np.array([[1.0, 0.0], [1.0, 0.1], [1.0, 0.3], [0.5, 1.0]])))
        graph = similarity_graph(vectors, np.array([0, 0, 0, 1]), 2).toarray()
        cosine = vectors @ vectors.T
        assert graph[0, 2] == 0
        assert graph[0, 1] == 2 * cosine[0, 1]
        assert graph[1, 2] == cosine[1, 2]
        assert graph[0, 3] == cosine[0, 3]
        assert graph[2, 3] == 2 * cosine[2, 3]
        assert similarity_graph(vectors, np.zeros(4), 3).nnz == 6

    def test_a_graph_without_edges_has_no_communities(self) -> None:
        """One lonely span is no theme."""
        assert communities(sparse.csr_array((3, 3)), 1.0).tolist() == [NONE] * 3


class TestDiscover:
    """Spans in, themes out."""

    @pytest.mark.parametrize("sizes", [SIZES, [24] * 10, [40, 20] * 5], ids=str)
    @pytest.mark.parametrize("spread", [0.1, 0.8])
    def test_planted_groups_are_found_without_being_told_how_many(
        self, sizes: list[int], spread: float
    ) -> None:
        """Each is a theme, the largest number 0, and they hold in random parts."""
        vectors, truth = blobs(sizes, noise=spread)
        found = themes_of(vectors, vectors, SETTINGS, seed=1)
        assert found.labels.max() + 1 == len(sizes)
        assert all(len(set(found.labels[truth == group])) == 1 for group in range(len(sizes)))
        assert np.bincount(found.labels).tolist() == sorted(sizes, reverse=True)
        assert (found.stability > 0.8).all()

    @pytest.mark.parametrize("sizes", [[60, 50, 40, 30], [100, 25]], ids=str)
    def test_few_large_groups_may_fall_into_parts_but_are_never_mixed(self, sizes: list[int]) -> None:
        """How fine themes are is a matter of taste, what is together in them is not."""
        vectors, truth = blobs(sizes)
        labels = themes_of(vectors, vectors, SETTINGS, seed=1).labels
        assert labels.max() + 1 >= len(sizes)
        assert all(len(set(truth[labels == theme])) == 1 for theme in range(labels.max() + 1))

    def test_noise_is_not_finer_than_can_be_told_apart(self) -> None:
        """What the fast model cannot find again is joined, down to two."""
        vectors = noise(200)
        blind = themes_of(vectors, noise(200, seed=4), SETTINGS, 1)
        assert blind.labels.max() + 1 == 2

    def test_groups_that_the_fast_model_cannot_tell_apart_are_one_theme(self) -> None:
        """The encoder sees ten groups, the fast model only which half a span is of."""
        vectors, truth = blobs([24] * 10)
        view = blobs([1, 1], noise=0)[0][truth % 2] + 0.01 * noise(240)
        assert themes_of(vectors, vectors, SETTINGS, 1).labels.max() + 1 == 10
        assert themes_of(vectors, view, SETTINGS, 1).labels.max() + 1 <= 4

    def test_groups_without_a_shape_have_low_stability(self) -> None:
        """A theme that falls apart in a part of the data says so."""
        clear, vague = blobs(SIZES)[0], noise(240)
        sure = themes_of(clear, clear, SETTINGS, 1).stability.mean()
        assert themes_of(vague, vague, SETTINGS, 1).stability.mean() < sure - 0.2

    @settings(max_examples=8)
    @given(st.integers(0, 99), st.floats(0.2, 2.0), st.integers(30, 120))
    def test_every_part_of_the_answer_fits_the_others(self, seed: int, spread: float, count: int) -> None:
        """Stability in 0..1, themes large enough and by size, one parent each."""
        vectors = blobs([count, count, count // 2], seed, spread)[0]
        found = themes_of(vectors, vectors, SETTINGS, seed)
        sizes = np.bincount(found.labels[found.labels != NONE])
        assert (sizes >= SETTINGS.minimum).all()
        assert (np.diff(sizes) <= 0).all()
        assert len(sizes) == len(found.stability) == len(found.parents)
        assert ((found.stability >= 0) & (found.stability <= 1)).all()

    @pytest.mark.parametrize("rows", [0, 1, 2, 15])
    def test_too_few_spans_give_no_theme(self, rows: int) -> None:
        """Nothing is invented on thin evidence."""
        vectors = blobs([max(rows, 1)])[0][:rows]
        found = themes_of(vectors, vectors, Themes(), 1)
        assert found.labels.tolist() == [NONE] * rows
        assert len(found.stability) == len(found.parents) == 0

    def test_a_group_below_the_minimum_is_no_theme_of_its_own(self) -> None:
        """Its spans go where their neighbours are, or nowhere."""
        vectors, _ = blobs([*SIZES, SETTINGS.minimum - 4])
        found = themes_of(vectors, vectors, SETTINGS, 1).labels
        assert (np.bincount(found[found != NONE]) >= 16).all()

    def test_the_same_spans_in_the_same_order_give_the_same_themes(self) -> None:
        """Nothing is drawn without the seed; learning puts rows in canonical order."""
        vectors, _ = blobs([60, 50, 40], noise=1.2)
        one, other = (themes_of(vectors.copy(), vectors.copy(), SETTINGS, 5) for _ in range(2))
        assert (one.labels == other.labels).all()
        assert (one.stability == other.stability).all()

    def test_clear_groups_are_found_in_any_order_of_the_spans(self) -> None:
        """Only numbers of themes, which go by size, could change; here they do not."""
        vectors, truth = blobs(SIZES)
        order = np.random.default_rng(2).permutation(len(vectors))
        found = themes_of(vectors[order], vectors[order], SETTINGS, 1).labels
        assert (found == truth[order]).all()


class TestFoundAgain:
    """Whether a fast model could tell themes apart."""

    def test_clear_groups_are_found_in_spans_that_taught_nothing(self) -> None:
        """And groups by chance are not."""
        vectors, truth = blobs([40, 40, 40])
        rows = np.arange(120)
        assert found_again(vectors, truth, rows) > 0.95
        assert found_again(vectors, np.random.default_rng(1).permutation(truth), rows) < TELLABLE

    def test_a_theme_of_one_verbatim_is_not_found_in_others(self) -> None:
        """Clear as it is: nobody else says so. Without any other theme nothing is left to learn from."""
        vectors, truth = blobs([40, 40, 40])
        assert found_again(vectors, truth, np.where(truth == 2, 40, np.arange(120) % 40)) == 80 / 120
        assert found_again(vectors, np.minimum(truth, 1), np.repeat([0, 1, 2, 3], [40, 20, 20, 40])) < 1

    def test_a_theme_of_two_spans_cannot_be_learned_from_one_of_them(self) -> None:
        """Nor does it trouble the finding of others."""
        vectors, truth = blobs([40, 40, 2])
        rows = np.arange(82) // 2
        rows[-1] = 0
        assert found_again(vectors, truth, rows) == 80 / 82

    @pytest.mark.parametrize("labels", [[0, 0, 0, 0], [NONE] * 4, [0, 0, 0, 1]])
    def test_what_cannot_be_asked_is_not_held_against_them(self, labels: list[int]) -> None:
        """One theme, or one with a single span."""
        assert found_again(noise(4), np.array(labels), np.arange(4) // 2) == 1.0


def test_a_span_joins_the_theme_of_its_neighbours() -> None:
    """Hand-countable: a triangle of theme 0 with a stranger in it, and a stray without friends."""
    links = np.zeros((5, 5))
    links[:4, :4] = 1 - np.eye(4)
    labels = np.array([0, 0, 0, 1, NONE])
    assert voted(sparse.csr_array(links), labels).tolist() == [0, 0, 0, 0, NONE]
    assert voted(sparse.csr_array(links), np.full(5, NONE)).tolist() == [NONE] * 5


def test_a_vote_without_a_majority_goes_to_the_larger_theme() -> None:
    """Theme 0 is the larger one; its neighbours weigh as much as those of theme 1."""
    links = np.zeros((3, 3))
    links[0, 2] = links[2, 0] = links[1, 2] = links[2, 1] = 1
    assert voted(sparse.csr_array(links), np.array([0, 1, NONE]))[2] == 0


class TestParents:
    """Groups of themes."""

    @staticmethod
    def families(count: int, each: int) -> tuple[np.ndarray, np.ndarray]:
        """Return spans of `count` families of `each` themes that are near each other."""
        above = blobs([each] * count, seed=7, noise=0.3)[0]
        themes = np.repeat(np.arange(count * each), 10)
        return on_grid(unit_rows(above[themes] + 0.02 * noise(len(themes)))), themes

    def test_themes_that_are_alike_have_one_parent(self) -> None:
        """Eight families of five: the families are found."""
        vectors, themes = self.families(8, 5)
        parents = grouped(vectors, themes)
        assert len(set(parents)) == 8
        assert all(len(set(parents[family * 5 : family * 5 + 5])) == 1 for family in range(8))

    def test_few_themes_have_no_parents(self) -> None:
        """A reader takes in ten themes without a tree."""
        vectors, themes = self.families(2, 5)
        assert grouped(vectors, themes).tolist() == [NONE] * 10
        assert grouped(vectors, np.full(len(themes), NONE)).tolist() == []

    @pytest.mark.parametrize("each", [3, 10])
    def test_there_are_never_more_parents_than_a_reader_takes_in(self, each: int) -> None:
        """Twenty families are grouped further."""
        vectors, themes = self.families(20, each)
        parents = grouped(vectors, themes)
        assert len(set(parents) - {NONE}) <= PARENTS[1]

    def test_a_theme_alone_has_no_parent(self) -> None:
        """A parent of one theme would say the same twice."""
        vectors, themes = self.families(8, 5)
        lonely = noise(1, seed=11)
        vectors = np.vstack([vectors, np.repeat(lonely, 10, axis=0)])
        parents = grouped(vectors, np.append(themes, np.full(10, 40)))
        sizes = np.bincount(parents[parents != NONE])
        assert (sizes >= 2).all()

"""Theme assignment: exact, in context, with rules on top; and what becomes of themes over time."""

from __future__ import annotations

import numpy as np
import pytest
from build_spans import DIMENSIONS, blobs, part_of, seen_as
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from cx_text.exact import on_grid
from cx_text.features import POLARITY, Seen
from cx_text.groups import NONE, large_enough
from cx_text.stages.themes import ANYWHERE, Change, Specialist, ThemeAssigner, keep_ids, lineage


def alone(count: int) -> np.ndarray:
    """Return the verbatim of each of `count` spans that have no neighbours."""
    return np.arange(count)


class TestIds:
    """The ids that themes keep."""

    def test_a_theme_keeps_its_id_where_most_of_it_is_the_same(self) -> None:
        """Names survive learning again; what is new gets a number never given before."""
        labels = np.array([0, 0, 0, 1, 1, 1, 2, 2])
        before = np.array([1, 1, 1, 0, 0, NONE, NONE, NONE])
        assert keep_ids(labels, before, ["T0004", "T0002"], 9) == ["T0002", "T0004", "T0009"]

    def test_a_theme_that_shares_little_gets_a_new_id(self) -> None:
        """One common span of ten is another theme."""
        assert keep_ids(np.zeros(10, dtype=int), np.array([0] + [NONE] * 9), ["T0001"], 5) == ["T0005"]
        assert keep_ids(np.array([0, 0]), np.full(2, NONE), [], 1) == ["T0001"]

    def test_other_kinds_of_groups_have_another_letter(self) -> None:
        """Parents are numbered with the themes, so that no number is given twice."""
        assert keep_ids(np.array([0, 1]), np.full(2, NONE), [], 7, "P") == ["P0007", "P0008"]

    @given(st.lists(st.tuples(st.integers(NONE, 4), st.integers(NONE, 4)), max_size=40))
    def test_no_id_is_given_twice(self, pairs: list[tuple[int, int]]) -> None:
        """However themes were mixed."""
        both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        labels = large_enough(both[:, 0], 1)
        old_ids = [f"T{number:04d}" for number in range(1, 6)]
        ids = keep_ids(labels, both[:, 1], old_ids, 6)
        assert len(set(ids)) == len(ids) == labels.max(initial=NONE) + 1
        assert all(one in old_ids or int(one[1:]) >= 6 for one in ids)


class TestLineage:
    """What became of themes; all tables can be counted by hand."""

    @pytest.mark.parametrize(
        ("before", "labels", "ids", "expected"),
        [
            ([0, 0, 1, 1], [0, 0, 1, 1], ["A", "B"], []),
            ([0, 0, NONE, NONE], [0, 0, 1, 1], ["A", "C"], [Change("born", "C")]),
            ([0, 0, 1, 1], [0, 0, NONE, NONE], ["A"], [Change("died", "B")]),
            ([0, 0, 0, 1, 1], [0, 0, 0, 0, NONE], ["A"], [Change("merged", "B", "A")]),
            ([0, 0, 0, 1, 1, 1], [0, 0, 0, 0, NONE, NONE], ["A"], [Change("died", "B")]),
            ([0] * 10, [0] * 7 + [1] * 3, ["A", "C"], [Change("born", "C"), Change("split", "A", "C")]),
            ([0] * 10, [0] * 8 + [1] * 2, ["A", "C"], [Change("born", "C")]),
            ([0, 0], [0, 0], ["C"], [Change("born", "C"), Change("merged", "A", "C")]),
            ([], [], [], []),
        ],
        ids=[
            "nothing changed",
            "new spans",
            "nothing left",
            "half is in another",
            "a third is in another",
            "three of ten in a new one",
            "two of ten in a new one",
            "all in a new one",
            "no spans",
        ],
    )
    def test_what_became_of_a_theme(
        self, before: list[int], labels: list[int], ids: list[str], expected: list[Change]
    ) -> None:
        """The old themes are A and B."""
        told = lineage(np.array(labels, dtype=np.int64), ids, np.array(before, dtype=np.int64), ["A", "B"])
        assert told == expected

    def test_changes_come_in_one_order(self) -> None:
        """Born, died, merged, split: A is cut, B goes into it, C is gone."""
        before = np.array([0] * 6 + [1] * 2 + [2] * 4)
        labels = np.array([0] * 4 + [1] * 2 + [0] * 2 + [NONE] * 3 + [1])
        told = lineage(labels, ["A", "D"], before, ["A", "B", "C"])
        assert told == [
            Change("born", "D"),
            Change("died", "C"),
            Change("merged", "B", "A"),
            Change("split", "A", "D"),
        ]

    def test_a_theme_that_no_span_had_is_not_told_of(self) -> None:
        """The sample says nothing of it."""
        assert lineage(np.array([0]), ["A"], np.array([0]), ["A", "B"]) == []


class TestAssigner:
    """The fast model."""

    @pytest.mark.parametrize("groups", [2, 3, 5])
    def test_it_finds_what_it_learned_in_rows_it_has_not_seen(self, groups: int) -> None:
        """Half of the rows teach, the other half is asked."""
        vectors, truth = blobs([60] * groups, seed=groups)
        half = len(truth) // 2
        model = ThemeAssigner.fit(seen_as(vectors[::2]), alone(half), truth[::2], groups, 0.15)
        found = model.predict(seen_as(vectors[1::2]), alone(half))
        assert (found.themes == truth[1::2]).mean() > 0.95
        assert ((found.confidence > 0) & (found.confidence <= 1)).all()
        assert found.likely.shape == (half, groups)
        assert (found.likely.argmax(axis=1) == found.themes).all()

    @settings(max_examples=15, deadline=None)
    @given(st.permutations(range(8)))
    def test_a_verbatim_is_judged_alike_alone_in_any_order_and_batch(self, order: list[int]) -> None:
        """To the last bit, because all sums are exact; eight verbatims of five spans."""
        vectors, truth = blobs([20, 20], seed=4)
        spans, rows = seen_as(vectors), np.repeat(np.arange(8), 5)
        model = ThemeAssigner.fit(spans, rows, truth, 2, 0.15)
        whole = model.predict(spans, rows)
        places = np.concatenate([np.flatnonzero(rows == row) for row in order])
        mixed = model.predict(part_of(spans, places), np.repeat(np.arange(8), 5))
        first = model.predict(part_of(spans, places[:5]), np.zeros(5, dtype=int))
        for name in ("themes", "confidence", "likely"):
            assert (getattr(mixed, name) == getattr(whole, name)[places]).all()
            assert (getattr(first, name) == getattr(whole, name)[places[:5]]).all()

    def test_weights_lie_on_the_grid(self) -> None:
        """Or sums of them would depend on their order."""
        vectors, truth = blobs([30, 30, 30])
        model = ThemeAssigner.fit(seen_as(vectors), alone(90), truth, 3, 0.15)
        assert model.weights.shape == (2, DIMENSIONS + POLARITY, 3)
        assert (model.weights == on_grid(model.weights)).all()
        assert (model.bias == on_grid(model.bias)).all()

    def test_a_span_that_is_like_nothing_known_is_left_unthemed(self) -> None:
        """Below the confidence there is no theme."""
        vectors, truth = blobs([40, 40, 40, 40])
        model = ThemeAssigner.fit(seen_as(vectors), alone(160), truth, 4, 0.9)
        middle = seen_as(on_grid(vectors.mean(axis=0, keepdims=True)))
        found = model.predict(middle, alone(1))
        assert (found.themes.tolist(), found.confidence.tolist()) == ([NONE], [0.0])
        assert (found.likely > 0).all()

    def test_a_span_with_nothing_known_in_it_has_no_theme(self) -> None:
        """Zeros in, none out; not even where its neighbours have one."""
        vectors, truth = blobs([40, 40])
        model = ThemeAssigner.fit(seen_as(vectors), alone(80), truth, 2, 0.0)
        three = seen_as(np.vstack([vectors[0], np.zeros(DIMENSIONS), vectors[1]]))
        assert model.predict(three, np.zeros(3, dtype=int)).themes.tolist() == [0, NONE, 0]

    @pytest.mark.parametrize("labels", [[NONE] * 4, [0, 0, 0, NONE]])
    def test_none_or_one_theme_needs_no_model(self, labels: list[int]) -> None:
        """With one theme, every span with content has it."""
        spans = seen_as(blobs([4])[0])
        model = ThemeAssigner.fit(spans, alone(4), np.array(labels), 1, 0.15)
        expected = NONE if max(labels) == NONE else 0
        assert model.predict(spans, alone(4)).themes.tolist() == [expected] * 4

    def test_a_model_that_knows_no_theme_finds_none(self) -> None:
        """Whatever it is shown."""
        found = ThemeAssigner.untaught(DIMENSIONS, 0.15).predict(seen_as(blobs([4])[0]), alone(4))
        assert found.themes.tolist() == [NONE] * 4
        assert found.likely.shape == (4, 0)

    def test_spans_like_those_that_name_nothing_have_no_theme(self) -> None:
        """A class of its own keeps chatter out of the themes."""
        vectors, truth = blobs([60, 60, 60])
        model = ThemeAssigner.fit(seen_as(vectors[::2]), alone(90), truth[::2], 2, 0.15)
        found = model.predict(seen_as(vectors[1::2]), alone(90))
        assert set(found.themes[truth[1::2] == 2]) == {NONE}
        assert (found.themes[truth[1::2] == 1] == 1).mean() > 0.95
        assert found.likely.shape == (90, 2)


class TestContext:
    """A span is read beside its neighbours: here the verbatims stay with their theme."""

    @pytest.fixture
    def model(self) -> ThemeAssigner:
        """Return a model that learned from verbatims of three spans, the middle one doubtful."""
        vectors, truth = blobs([60, 60], noise=0.5)
        doubtful = on_grid(vectors + vectors.mean(axis=0))
        middle = np.arange(len(vectors)) % 3 == 1
        spans = seen_as(np.where(middle[:, None], doubtful, vectors))
        return ThemeAssigner.fit(spans, np.arange(len(truth)) // 3, truth, 2, 0.15)

    @pytest.mark.parametrize("theme", [0, 1])
    def test_the_context_decides_on_a_doubtful_span(self, model: ThemeAssigner, theme: int) -> None:
        """The same span, between spans of the one theme and of the other."""
        vectors, truth = blobs([60, 60], noise=0.5)
        between = on_grid(vectors[truth == 0].mean(axis=0) + vectors[truth == 1].mean(axis=0))
        beside = vectors[truth == theme][:2]
        three = seen_as(np.vstack([beside[0], between, beside[1]]))
        assert model.predict(three, np.zeros(3, dtype=int)).themes[1] == theme

    def test_spans_of_another_verbatim_are_no_context(self, model: ThemeAssigner) -> None:
        """Or a batch would decide."""
        vectors, truth = blobs([60, 60], noise=0.5)
        between = on_grid(vectors[truth == 0].mean(axis=0) + vectors[truth == 1].mean(axis=0))
        spans = seen_as(np.vstack([vectors[0], between, vectors[1]]))
        apart = model.predict(spans, np.array([0, 1, 2])).likely[1]
        assert (apart == model.predict(part_of(spans, np.array([1])), alone(1)).likely[0]).all()
        assert (apart != model.predict(spans, np.zeros(3, dtype=int)).likely[1]).any()

    def test_a_clear_span_keeps_its_theme_among_others(self, model: ThemeAssigner) -> None:
        """Customers change the subject."""
        vectors, truth = blobs([60, 60], noise=0.5)
        one, other = vectors[truth == 0][:2], vectors[truth == 1][:1]
        three = seen_as(np.vstack([one[0], other, one[1]]))
        assert model.predict(three, np.zeros(3, dtype=int)).themes.tolist() == [0, 1, 0]


def nothing_seen(count: int) -> Seen:
    """Return spans of which nothing is seen but the words."""
    return Seen(np.zeros((count, POLARITY)), sparse.csr_array((count, 0)))


class TestSpecialist:
    """A rule for one theme."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("My SIM card is dead", True),
            ("the eSIM, card and all", False),
            ("a sim-card problem", True),
            ("SIM. Card.", True),
            ("simcard", False),
            ("sim cards", False),
            ("two-factor login", True),
            ("", False),
        ],
    )
    def test_a_phrase_is_found_as_whole_words_in_any_spelling_of_case(
        self, text: str, expected: bool
    ) -> None:
        """Punctuation parts words, letters do not."""
        rule = Specialist.of_phrases("T9", ANYWHERE, ["Sim card", "two-factor"])
        assert rule.finds([text], nothing_seen(1), alone(1)).tolist() == [expected]

    def test_a_rule_without_phrases_and_weights_finds_nothing(self) -> None:
        """And no spans give no answers."""
        rule = Specialist.of_phrases("T9", ANYWHERE, [])
        assert rule.finds(["sim card"], nothing_seen(1), alone(1)).tolist() == [False]
        assert rule.finds([], nothing_seen(0), alone(0)).tolist() == []

    def test_a_learned_rule_finds_its_theme_in_spans_it_has_not_seen(self) -> None:
        """One group against all others; what has no label teaches nothing."""
        vectors, truth = blobs([40, 40, 40])
        labels = np.select([truth == 0, truth == 1], [1, 0], NONE)
        half = len(truth) // 2
        rule = Specialist.fit("T9", ANYWHERE, seen_as(vectors[::2]), alone(half), labels[::2])
        found = rule.finds([""] * half, seen_as(vectors[1::2]), alone(half))
        assert found[truth[1::2] == 0].all()
        assert not found[truth[1::2] == 1].any()
        assert (rule.weights == on_grid(rule.weights)).all()

    def test_a_learned_rule_reads_the_context(self) -> None:
        """By hand: weight 1 for a span's own first number, 2 for that of its context, bias -3."""
        rule = Specialist("T9", ANYWHERE, (), np.array([[1.0, 0, 0], [2.0, 0, 0]]), -3.0)
        spans = Seen(np.array([[1.0, 0, 0]] * 3), sparse.csr_array((3, 0)))
        assert rule.finds([""] * 3, spans, alone(3)).tolist() == [False] * 3
        assert rule.finds([""] * 3, spans, np.array([0, 0, 1])).tolist() == [True, True, False]

    def test_a_learned_rule_says_nothing_of_a_span_with_nothing_known_in_it(self) -> None:
        """Even where its bias would."""
        rule = Specialist("T9", ANYWHERE, (), np.zeros((2, 3)), 1.0)
        spans = Seen(np.array([[0.0, 0.1, 0.1], [1.0, 0.1, 0.1]]), sparse.csr_array((2, 0)))
        assert rule.finds(["", ""], spans, alone(2)).tolist() == [False, True]

    def test_weights_of_other_features_are_not_used(self) -> None:
        """A rule that was learned before the features changed waits to be learned again."""
        rule = Specialist("T9", ANYWHERE, ("sim",), np.ones((2, 7)), 9.0)
        found = rule.finds(["sim", "card"], seen_as(blobs([2])[0]), alone(2))
        assert found.tolist() == [True, False]

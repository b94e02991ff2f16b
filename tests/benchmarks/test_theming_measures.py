"""The measures of the theme benchmark, on examples that can be counted by hand."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from theming.measures import (
    agreement,
    apart,
    b_cubed,
    caught,
    distinctive,
    holders,
    is_named,
    leaning,
    stems_of,
)

GROUPS = st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("gold", "found", "expected"),
    [
        ("aabb", "xxyy", 1.0),
        # one group: every row's precision is 1/2, its recall 1
        ("aabb", "xxxx", 2 / 3),
        # all alone: precision 1, recall 1/2
        ("aabb", "wxyz", 2 / 3),
        # x holds a, a, b: precision 2/3, 2/3, 1/3 and 1 for the b in y; recall 1, 1, 1/2, 1/2
        ("aabb", "xxxy", 2 * (8 / 12) * (3 / 4) / (8 / 12 + 3 / 4)),
    ],
)
def test_b_cubed_is_the_mean_precision_and_recall_of_the_rows(gold: str, found: str, expected: float) -> None:
    """Counted row by row."""
    assert b_cubed(list(gold), list(found)) == pytest.approx(expected)


@given(GROUPS)
def test_rows_without_a_theme_are_alone_and_the_others_stay_together(themes: list[str | None]) -> None:
    """Two rows share a group only where they share a theme."""
    groups = apart(themes).tolist()
    for i, left in enumerate(themes):
        for j, right in enumerate(themes):
            assert (groups[i] == groups[j]) == (i == j or (left is not None and left == right))


def test_themes_called_like_numbers_do_not_meet_rows_without_one() -> None:
    """A theme "1" is not the row 1 that has none."""
    assert apart(["1", None, 1]).tolist() == [0, 1, 2]


def test_agreement_with_itself_is_one_in_every_measure() -> None:
    """Whatever the groups are called."""
    found = agreement(list("aabbcc"), list("zzyyxx"))
    assert (found.ami, found.b3, found.ari, found.v) == pytest.approx((1, 1, 1, 1))
    assert (found.themes, found.coverage) == (3, 1.0)


def test_comments_without_a_theme_lower_coverage_and_agreement_and_are_no_theme() -> None:
    """Half of one class is left out: it falls apart, which B-cubed recall feels."""
    found = agreement(list("aabb"), ["x", "x", "y", None])
    assert (found.themes, found.coverage) == (2, 0.75)
    assert found.b3 == pytest.approx(2 * 1 * 0.75 / 1.75)


def test_chance_scores_nothing_in_adjusted_measures() -> None:
    """Each class is spread evenly over the groups."""
    found = agreement(list("aabb" * 20), list("xyxy" * 20))
    assert found.ari == pytest.approx(0, abs=0.05)
    assert found.ami == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize(
    ("phrases", "expected"),
    [
        (["lost_or_stolen_phone"], {"lost", "stolen", "phon"}),
        (["Refund not showing up?"], {"refund", "not", "show"}),
        (["charged", "charges"], {"charg"}),
        (["why is it"], set()),
        ([], set()),
    ],
)
def test_stems_are_those_of_words_with_meaning(phrases: list[str], expected: set[str]) -> None:
    """Stop words say nothing; a negation does."""
    assert stems_of(phrases) == expected


def test_a_stem_in_more_than_a_fifth_of_the_names_tells_no_class_apart() -> None:
    """Of ten names three say card, two say lost: card is common, lost is not."""
    names = [
        "card_lost",
        "card_broken",
        "card_late",
        "purse_lost",
        *(f"{one}_fee" for one in ("atm", "bank")),
        *"wxyz",
    ]
    wanted = distinctive(names)
    assert wanted["card_lost"] == {"lost"}
    assert wanted["card_late"] == {"lat"}
    assert wanted["atm_fee"] == {"atm", "fee"}


def test_a_name_of_common_stems_alone_keeps_them() -> None:
    """Otherwise nothing could be asked of it."""
    assert distinctive(["card", "card_lost"])["card"] == {"card"}


def test_a_stem_of_one_name_is_distinctive_however_few_names_there_are() -> None:
    """One of four is a quarter, but tells its class apart."""
    assert distinctive(["bug report", "feature request"])["bug report"] == {"bug", "report"}


@pytest.mark.parametrize(
    ("wanted", "said", "expected"),
    [
        ({"a", "b"}, {"a"}, True),
        ({"a", "b", "c"}, {"a"}, False),
        ({"a", "b", "c"}, {"a", "c", "z"}, True),
        ({"a"}, set(), False),
    ],
)
def test_a_class_is_named_when_half_of_its_stems_are_said(
    wanted: set[str], said: set[str], expected: bool
) -> None:
    """Half is enough."""
    assert is_named(frozenset(wanted), frozenset(said)) is expected


def test_the_theme_that_holds_most_of_a_class_stands_for_it() -> None:
    """A tie goes to the smaller id; rows without a theme hold nothing."""
    gold = ["late", "late", "late", "rude", "rude", "lost"]
    assert holders(gold, ["T2", "T1", "T2", "T3", "T1", None]) == {"late": "T2", "rude": "T1"}


@pytest.mark.parametrize(
    ("themes", "among", "expected"),
    [
        (["T9", "T9", None, "T1", "T1"], {"T9"}, {"new": "T9"}),
        # a third of the class is too little
        (["T9", "T1", "T1", "T1", "T1"], {"T9"}, {}),
        # two of five rows of the theme are of the class
        (["T9", "T9", None, "T9", "T9", "T9"], {"T9"}, {"old": "T9"}),
        # the theme was there before
        (["T9", "T9", "T9", "T1", "T1"], {"T2"}, {}),
    ],
)
def test_a_new_theme_stands_for_a_class_when_it_holds_half_of_it_and_half_of_it_is_that(
    themes: list[str | None], among: set[str], expected: dict[str, str]
) -> None:
    """Three rows are of the new class, the rest of an old one."""
    gold = ["new"] * 3 + ["old"] * (len(themes) - 3)
    assert caught(gold, themes, among) == expected


def test_a_theme_stands_for_the_aspect_that_is_beside_it_more_than_usual() -> None:
    """Food is beside every theme; staff is beside the waiter's more than elsewhere."""
    counts = {
        "waiter": Counter({"food": 10, "staff": 9}),
        "dishes": Counter({"food": 30, "staff": 1}),
    }
    assert leaning(counts) == {"waiter": "staff", "dishes": "food"}


def test_no_mentions_lean_nowhere() -> None:
    """Nothing was learned."""
    assert leaning({}) == {}

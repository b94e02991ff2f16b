"""Names of themes and of their parents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.stages.labels import (
    KEYWORD_WORDS,
    KEYWORDS,
    Meaning,
    has_content,
    is_general,
    name_parents,
    name_themes,
)

THEMES = [
    ["my refund has not been received", "refund not received yet", "still no refund", "refund never came",
     "refund not received", "I want my refund", "refund was not received after a month",
     "where is the refund", "the refund wasn't received"],
    ["the app crashes at login", "app crashes after the update", "app crashes", "the app crashes again",
     "since the update the app crashes", "app crashes on start", "app freezes", "the app closes itself"],
    ["very friendly agent", "friendly agent", "the agent was friendly", "a friendly agent helped",
     "such a friendly agent", "friendly agent on the phone", "kind and friendly", "friendly staff"],
]  # fmt: skip
TEXTS = [text for theme in THEMES for text in theme]
LABELS = np.repeat(np.arange(3), [len(theme) for theme in THEMES])


def repeated(*said: tuple[str, int]) -> list[str]:
    """Return texts, each as often as told."""
    return [text for text, count in said for _ in range(count)]


def named(*themes: Sequence[str], meaning: Meaning | None = None) -> tuple[list[str], list[list[str]]]:
    """Return names and keywords of themes given by their texts."""
    labels = np.repeat(np.arange(len(themes)), [len(theme) for theme in themes])
    return name_themes([text for theme in themes for text in theme], labels, meaning)


def test_a_theme_is_named_by_what_its_customers_say_and_others_do_not() -> None:
    """A manager reads the name and knows."""
    assert name_themes(TEXTS, LABELS)[0] == ["refund not received", "app crashes", "friendly agent"]


def test_names_do_not_depend_on_the_order_of_the_texts() -> None:
    """The same rows in any order give the same names."""
    order = np.random.default_rng(5).permutation(len(TEXTS))
    assert name_themes([TEXTS[i] for i in order], LABELS[order]) == name_themes(TEXTS, LABELS)


def test_no_two_themes_have_names_that_mean_the_same() -> None:
    """Siblings must be told apart; "billing issue" beside "billing issues" or "the billing" does not."""
    names, _ = named(
        repeated(("billing issue", 8), ("billing late", 6), ("parking", 3)),
        repeated(("billing issues", 8), ("billing wrong", 6), ("heating", 3)),
        repeated(("parcel lost", 40)),
    )
    assert all(names)
    assert len({name.replace("issues", "issue") for name in names}) == len(names)


def test_themes_that_say_the_same_are_told_apart_by_a_second_phrase() -> None:
    """Two phrases are joined only where no phrase of its own is good enough."""
    first = repeated(("data usage", 20), ("meter", 6))
    second = repeated(("data usage", 20), ("atlanta", 6))
    names, _ = named(first, second, repeated(("parcel lost", 200)))
    assert names == ["data usage", "data usage, atlanta", "parcel lost"]


def test_forms_of_a_phrase_count_together_and_the_most_frequent_is_shown() -> None:
    """The charge, charging, charged: said eight times, shown as most say it, without articles."""
    told = repeated(("I was charged a fee", 5), ("charging fees", 2), ("they charge the fee", 1))
    assert named(told, repeated(("parcel lost", 30)))[0][0] == "charged fee"


def test_a_word_for_one_thing_of_many_is_no_name() -> None:
    """Damaged goods are many; the lamp is one of them."""
    goods = "lamp watch radio bag kettle phone chair table clock mirror vase pillow carpet".split()
    told = [f"{one} arrived broken" for one in goods for _ in range(5)]
    names, _ = named(told, repeated(("parcel late", 65)))
    assert names[0] == "arrived broken"


@pytest.mark.parametrize(
    "hollow",
    ["waited 2 hours", "paid 160 dollars", "half an hour", "ten minutes", "on Monday", "number 53"],
)
def test_numbers_times_and_amounts_are_no_names(hollow: str) -> None:
    """They stand beside what happened, in every theme."""
    names, _ = named(repeated((f"{hollow} parcel lost", 9)), repeated(("friendly agent", 30)))
    assert names[0] == "parcel lost"


def test_a_persons_name_is_neither_name_nor_keyword() -> None:
    """It is written with a capital inside a clause, and few say it."""
    told = repeated(("thanks to Priya for great patience", 5), ("patience", 20))
    names, keywords = named(told, repeated(("parcel lost", 30)))
    assert names[0].endswith("patience")
    assert not any("priya" in one.lower() for one in [*names, *keywords[0]])


def test_a_phrase_that_is_nearly_as_good_is_given_for_its_single_word() -> None:
    """A fee is charged everywhere; hidden ones are what customers mind."""
    told = repeated(("a hidden fee on my bill", 12), ("this fee is on the bill", 12))
    names, _ = named(told, repeated(("parcel lost on the way", 30)))
    assert " " in names[0]


def test_a_brand_that_many_name_is_a_keyword() -> None:
    """Thirty spans, a fifth of the theme, say it: no person, and what the theme is about."""
    told = repeated(("the Emirates lounge", 30), ("a lounge", 120))
    assert "Emirates" in named(told, repeated(("parcel lost", 900)))[1][0]
    fewer = repeated(("the Emirates lounge", 29), ("a lounge", 121))
    assert not any("Emirates" in one for one in named(fewer, repeated(("parcel lost", 900)))[1][0])


def test_the_company_that_everybody_names_is_no_name() -> None:
    """Every theme says it."""
    names, keywords = named(
        repeated(("why does Acme bill me", 12)),
        repeated(("and Acme lost the parcel", 12)),
        repeated(("the Acme agent was rude", 12)),
    )
    assert names == ["bill", "lost parcel", "agent was rude"]
    assert not any("acme" in one.lower() for found in keywords for one in found)


def test_a_name_is_written_as_people_write_it() -> None:
    """ATM, PIN, I."""
    told = repeated(("money from the ATM", 9), ("forgot the PIN at the ATM", 3))
    assert named(told, repeated(("a parcel I ordered", 30)))[0] == ["money from ATM", "parcel I ordered"]


def test_only_what_is_written_as_one_clause_is_a_phrase() -> None:
    """A full stop parts what stands side by side."""
    names, keywords = named(repeated(("parcel lost. refund late", 9)), repeated(("friendly agent", 30)))
    assert not any("lost refund" in one for one in [*names, *keywords[0]])


def test_meaning_decides_between_phrases_that_are_as_frequent() -> None:
    """The encoder says that a theme is about the refund, not about the form."""
    texts = repeated(("late refund, blue form", 9), ("parcel lost", 9))
    labels = np.repeat([0, 1], 9)
    vectors = np.repeat(np.eye(3)[:2], 9, axis=0)

    def encode(forms: Sequence[str]) -> np.ndarray:
        """Return the first axis for refunds, the second for parcels, the third for the rest."""
        return np.eye(3)[[0 if "refund" in one else 1 if "parcel" in one else 2 for one in forms]]

    assert name_themes(texts, labels)[0][0] == "blue form"
    assert name_themes(texts, labels, Meaning(encode, vectors))[0] == ["late refund", "parcel lost"]


def test_closeness_is_the_cosine_with_the_mean_of_a_theme() -> None:
    """Theme 0 has a span on each axis, theme 1 one on the second; a span without a theme is left out."""
    meaning = Meaning(
        lambda forms: np.array([[2.0, 0.0] for _ in forms]), np.array([[1, 0], [0, 1], [0, 1], [1, 0]])
    )
    near = meaning.closeness(["x"], np.array([0, 0, 1, -1]))
    assert near.shape == (1, 2)
    assert near[0] == pytest.approx([2**-0.5, 0.0], abs=1e-3)


def test_keywords_are_few_short_and_say_different_things() -> None:
    """Not refund, refunds, my refund."""
    _, keywords = name_themes(TEXTS, LABELS)
    assert all(0 < len(found) <= KEYWORDS for found in keywords)
    assert all(len(one.split()) <= KEYWORD_WORDS for found in keywords for one in found)
    assert not any("refund" in one for one in keywords[0][1:])


def test_a_word_that_few_say_does_not_enter_a_name() -> None:
    """One person's typo is nobody's theme."""
    names, keywords = name_themes([*TEXTS, "refund not received by zzyzx"], np.append(LABELS, 0))
    assert not any("zzyzx" in word for word in [*names, *(one for found in keywords for one in found)])


def test_a_theme_without_common_words_has_no_name() -> None:
    """Random letters are not a theme."""
    texts = [f"x{number:05d}q" for number in range(20)]
    assert name_themes(texts, np.zeros(20, dtype=int)) == ([""], [[]])


def test_spans_with_little_in_common_have_no_name() -> None:
    """Thirty words, each said by one span in thirty: six of them stand for a fifth of the spans."""
    chatter = [f"{one}{two}mber" for two in "ao" for one in "bcdfghjklmnpqrs" for _ in range(5)]
    names, keywords = named(chatter, ["parcel late"] * 40)
    assert (names[0], keywords[0]) == ("", [])
    assert "parcel" in names[1]


def test_a_theme_of_idle_words_has_a_modest_name() -> None:
    """Better "help" than no theme."""
    names, _ = named(repeated(("Please help me!", 9), ("help", 9)), repeated(("parcel late", 30)))
    assert names[0] == "help"


def test_without_themes_there_are_no_names() -> None:
    """An empty night."""
    assert name_themes(["anything"], np.array([-1])) == ([], [])


def test_a_parent_is_named_by_what_its_themes_share_and_not_like_one_of_them() -> None:
    """Card lost, card broken, card late: the card."""
    told = repeated(
        ("card lost", 30), ("card broken", 20), ("card late", 20), ("agent rude", 20), ("agent slow", 20)
    )
    labels = np.repeat(np.arange(5), [30, 20, 20, 20, 20])
    names = name_themes(told, labels)[0]
    parents, keywords = name_parents(told, labels, np.array([0, 0, 0, 1, 1]), names)
    assert parents == ["card", "agent"]
    assert "lost" in keywords[0]


def test_a_theme_without_a_parent_counts_for_none() -> None:
    """Its spans are of the rest."""
    told = repeated(("card lost", 20), ("card broken", 20), ("agent rude", 20))
    labels = np.repeat(np.arange(3), 20)
    parents, _ = name_parents(told, labels, np.array([0, 0, -1]), name_themes(told, labels)[0])
    assert parents == ["card"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(alphabet="abcde .,'3I", max_size=20), min_size=1, max_size=30), st.integers(1, 3))
def test_any_texts_have_different_names(texts: list[str], count: int) -> None:
    """One name and one list of keywords a theme; no name is given twice."""
    labels = np.arange(len(texts)) % count
    names, keywords = name_themes(texts, labels)
    told = [name for name in names if name]
    assert len(names) == len(keywords) == labels.max() + 1
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hi there", False),
        ("thank you so much", False),
        ("please", False),
        ("not a", False),
        ("no refund", True),
        ("good", True),
        ("awful", True),
        ("", False),
    ],
)
def test_a_span_has_content_if_it_says_more_than_a_greeting(text: str, expected: bool) -> None:
    """Politeness is no theme."""
    assert has_content(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("very good!", True), ("worst company ever", True), ("good price", False), ("the", False), ("", False)],
)
def test_an_opinion_without_a_reason_is_general(text: str, expected: bool) -> None:
    """Praise for nothing in particular."""
    assert is_general(text) is expected

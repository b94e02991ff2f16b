"""Names of themes."""

from __future__ import annotations

import numpy as np
import pytest

from cx_text.stages.labels import KEYWORDS, has_content, name_themes, phrases

THEMES = [
    ["my refund has not been received", "refund not received yet", "still no refund", "refund never came",
     "refund not received", "I want my refund", "refund not received after a month", "where is the refund"],
    ["the app crashes at login", "app crashes after the update", "app crashes", "app crashes all the time",
     "since the update the app crashes", "app crashes on start", "app freezes", "the app closes itself"],
    ["very friendly agent", "friendly agent", "the agent was friendly", "a friendly agent helped",
     "such a friendly agent", "friendly agent on the phone", "kind and friendly", "friendly staff"],
]  # fmt: skip
TEXTS = [text for theme in THEMES for text in theme]
LABELS = np.repeat(np.arange(3), 8)


def test_a_theme_is_named_by_what_its_customers_say_and_others_do_not() -> None:
    """A manager reads the name and knows."""
    names, _ = name_themes(TEXTS, LABELS)
    assert names == ["refund", "app crashes", "friendly agent"] or names[1:] == [
        "app crashes",
        "friendly agent",
    ]
    assert "refund" in names[0]


def test_names_do_not_depend_on_the_order_of_the_texts() -> None:
    """The same rows in any order give the same names."""
    order = np.random.default_rng(5).permutation(len(TEXTS))
    assert name_themes([TEXTS[i] for i in order], LABELS[order]) == name_themes(TEXTS, LABELS)


def test_no_two_themes_have_the_same_name() -> None:
    """Siblings must be told apart."""
    names, _ = name_themes(TEXTS * 2, np.concatenate([LABELS, LABELS + 3]))
    told = [name for name in names if name]
    assert len(told) >= 4
    assert len(set(told)) == len(told)


def test_keywords_are_few_and_say_different_things() -> None:
    """Not refund, refunds, my refund."""
    _, keywords = name_themes(TEXTS, LABELS)
    assert all(0 < len(found) <= KEYWORDS for found in keywords)
    assert all(len(set(found)) == len(found) for found in keywords)


def test_a_word_that_few_say_does_not_enter_a_name() -> None:
    """One person's name or typo is nobody's theme."""
    names, keywords = name_themes([*TEXTS, "refund not received by Zzyzx"], np.append(LABELS, 0))
    assert not any("zzyzx" in word for word in [*names, *(one for found in keywords for one in found)])


def test_a_theme_without_common_words_has_no_name() -> None:
    """Random letters are not a theme."""
    texts = [f"x{number:05d}q" for number in range(20)]
    assert name_themes(texts, np.zeros(20, dtype=int)) == ([""], [[]])


def test_spans_with_little_in_common_have_no_name() -> None:
    """Thirty words, each said by one span in thirty: six of them stand for a fifth of the spans."""
    chatter = [f"{one}{two}mber" for two in "ao" for one in "bcdfghjklmnpqrs" for _ in range(5)]
    told = ["parcel late"] * 40
    names, keywords = name_themes(chatter + told, np.repeat([0, 1], [len(chatter), len(told)]))
    assert (names[0], keywords[0]) == ("", [])
    assert "parcel" in names[1]


def test_without_themes_there_are_no_names() -> None:
    """An empty night."""
    assert name_themes(["anything"], np.array([-1])) == ([], [])


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


def test_phrases_neither_begin_nor_end_with_filling() -> None:
    """Except for a negation in front, which carries the meaning."""
    assert list(phrases("the parcel was never delivered")) == [
        "parcel",
        "parcel was never delivered",
        "never delivered",
        "delivered",
    ]

"""Words and keys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.exact import on_grid, unit_rows
from cx_text.text import digest_of, text_key, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It isn\u2019t good", ["it", "isn't", "good"]),
        ("STRASSE stra\u00dfe", ["strasse", "strasse"]),
        ("a_b 3rd", ["a", "b", "3rd"]),
        ("\U0001f600 !!", []),
    ],
)
def test_words_are_folded_and_keep_inner_apostrophes(text: str, expected: list[str]) -> None:
    """The same word in any spelling of case."""
    assert words(text) == expected


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_are_folded_as_all_others_are(text: str) -> None:
    """The short way for ASCII gives what the long way gives."""
    accented = words(f"{text} \u00e9")
    assert words(text) == accented[:-1]


def test_texts_without_words_are_told_apart_by_their_marks() -> None:
    """A smile is not a frown."""
    assert text_key(":)") != text_key(":(")
    assert text_key("Good!!") == text_key(" good")


@given(st.lists(st.text()), st.lists(st.text()))
def test_a_digest_tells_different_parts_apart(left: list[str], right: list[str]) -> None:
    """Joined or split differently is another thing."""
    assert (digest_of(*left) == digest_of(*right)) == (left == right)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30), st.randoms())
def test_sums_on_the_grid_do_not_depend_on_the_order(values: list[float], random: object) -> None:
    """Exact arithmetic is what makes batches agree."""
    grid = on_grid(values)
    shuffled = list(grid * grid)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sum(shuffled) == sum(grid * grid) == (grid * grid).sum()


def test_a_row_of_zeros_stays_zero_and_others_get_length_one() -> None:
    """No division by nothing."""
    rows = unit_rows(np.array([[0.0, 0.0], [3.0, 4.0]]))
    assert rows.tolist() == [[0.0, 0.0], [0.6, 0.8]]

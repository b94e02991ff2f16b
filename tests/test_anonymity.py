"""Words of few customers stay out of what is learned (promise 43)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

from cx_text.anonymity import rare_words, said_by, without_words
from cx_text.records import VERBATIMS


def said(texts: Sequence[str], customers: Sequence[str | None] | None = None) -> pd.DataFrame:
    """Return rows with these texts, by these customers or by nobody known."""
    ids = [str(number) for number in range(len(texts))]
    return VERBATIMS.frame(
        {"verbatim_id": ids, "text": list(texts), "customer_id": customers or [None] * len(ids)}
    )


def test_a_word_of_four_customers_is_rare_and_of_five_is_not() -> None:
    """However often they say it."""
    people = ["a", "b", "c", "d", "d", "d"]
    frame = said([f"xqzt {n}" for n in range(6)], [*people])
    assert "xqzt" in rare_words(frame["text"], frame)
    frame = said([f"xqzt {n}" for n in range(6)], [*people[:5], "e"])
    assert "xqzt" not in rare_words(frame["text"], frame)


def test_without_customers_distinct_texts_count() -> None:
    """One text sent fifty times is one voice."""
    same, other = said(["xqzt is late"] * 50), said([f"xqzt is late {n}" for n in range(5)])
    assert "xqzt" in rare_words(same["text"], same)
    assert "xqzt" not in rare_words(other["text"], other)


def test_a_word_of_the_shipped_vocabulary_is_never_rare() -> None:
    """Everybody knows it, so it gives nobody away; case and apostrophes play no part."""
    frame = said(["Return my parcel", "late XQZT"])
    assert rare_words(frame["text"], frame) == {"xqzt"}


def test_customers_are_counted_by_word() -> None:
    """Each word on its own; a text without words counts for none."""
    frame = said(["a b", "b c", ""], ["x", "y", "z"])
    assert said_by(frozenset("abc"), frame, 2) == {"b"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask Xqzt now", "Ask . now"),
        ("xqzt's box, XQZT", "xqzt's box, ."),
        ("xqzty", "xqzty"),
        ("", ""),
    ],
)
def test_words_are_left_out_whole(text: str, left: str) -> None:
    """In any case; a longer word that holds one stays."""
    assert without_words([text], {"xqzt"}) == [left]


def test_nothing_gone_leaves_texts_as_they_are() -> None:
    """Also their order."""
    assert without_words(["b", "a"], ()) == ["b", "a"]

"""Token numbers: the same by chunks as of the whole text."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cx_text.pieces import KEPT_LENGTH, Pieces, tokenizer

BLANKS = [" ", "\t", "\n", "\u00a0", "\u3000"]
SOME = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(SOME, st.sampled_from(BLANKS)), max_size=8))
@example([("don\u2019t", " "), ("caf\u00e9", "\u00a0"), ("e\u0301t\u00e9", "\n"), ("\u4e2d\u6587", " ")])
def test_chunks_have_the_tokens_of_the_whole_text(parts: list[tuple[str, str]]) -> None:
    """No token reaches over a blank."""
    text = "".join(chunk + blank for chunk, blank in parts)
    assert Pieces().of(text) == tokenizer().encode(text, add_special_tokens=False).ids


def test_what_is_done_to_a_chunk_comes_first() -> None:
    """And is done to each chunk alone."""
    assert Pieces(lambda chunk: chunk.replace("cant", "can not")).of("cant go") == Pieces().of("can not go")


def test_long_chunks_are_not_kept() -> None:
    """A link is read once and would only take room."""
    pieces = Pieces()
    pieces.of("late " + "x" * (KEPT_LENGTH + 1))
    assert list(pieces) == ["late"]

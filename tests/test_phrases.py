"""Phrases that a person can read, and where a text holds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.phrases import Phrases, Stops, lines, offsets, plain
from cx_text.text import words

CLASSES = {"cash": ("cash", "coin*")}
STOPS = Stops(frozenset({"not", "never"}), 2)


def held(phrase: str, text: str, stops: Stops = STOPS) -> list[str]:
    """Return the words of `text` where `phrase` holds."""
    said = plain(text)
    hits = Phrases.of([[phrase]], CLASSES, [stops]).hits(text)
    return [" ".join(said[hit.first : hit.end]) for hit in hits]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("late", "It was LATE.", ["late"]),
        ("late", "It was later", []),
        ("late*", "It was later", ["later"]),
        ("dont care", "They don't care", ["dont care"]),
        ("dont care", "They don\u2019t care", ["dont care"]),
        ("money_back late|slow", "money back slow", ["money back slow"]),
        ("<cash> late", "coins late, cash late", ["coins late", "cash late"]),
        ("refund ... late", "refund late", ["refund late"]),
        ("refund ... late", "refund was one two three late", ["refund was one two three late"]),
        ("refund ... late", "refund was one two three four late", []),
        ("refund ... late", "refund was not late", []),
        ("refund late", "not a refund late", []),
        ("refund late", "not a big refund late", ["refund late"]),
        ("not late", "not late", ["not late"]),
        ("late", "", []),
    ],
)
def test_a_phrase_holds_where_its_places_stand_and_nothing_stops(
    phrase: str, text: str, found: list[str]
) -> None:
    """Words, starts of words, classes, joined words, gaps and stops, one by one."""
    assert held(phrase, text) == found


def test_without_stops_a_gap_passes_over_any_word() -> None:
    """An owner may have no stops."""
    assert held("refund ... late", "not a refund never late", Stops(frozenset(), 0)) == ["refund never late"]


def test_each_owner_has_stops_of_its_own() -> None:
    """The same phrase counts for one and not for the other."""
    phrases = Phrases.of([["late"], ["late"]], {}, [STOPS, Stops(frozenset(), 0)])
    assert [hit.phrase.owner for hit in phrases.hits("not late")] == [1]


def test_evidence_is_the_places_of_the_longest_phrase_and_how_many_hold() -> None:
    """A phrase that holds twice counts once."""
    phrases = Phrases.of([["very late", "late"], ["early"]], {}, [STOPS, STOPS])
    assert phrases.evidence("very late, so late") == {0: 4}
    assert phrases.evidence("on time") == {}


def test_a_phrase_is_found_again_and_again_even_where_it_overlaps_itself() -> None:
    """Each place where it starts counts, in order."""
    assert held("late ... late", "late late late") == ["late late", "late late"]


def test_no_phrases_hold_nowhere() -> None:
    """An empty list is fine."""
    assert list(Phrases.of([], {}, []).hits("refund late")) == []


@given(st.text(max_size=60))
def test_offsets_lead_back_to_the_words_of_any_text(text: str) -> None:
    """However a text is written, its words and its offsets are the same in number and in kind."""
    said = words(text)
    for place, word in enumerate(said):
        start, end = offsets(text, place, place + 1)
        assert words(text[start:end]) == [word]


def test_lines_are_what_is_written() -> None:
    """Empty lines and outer blanks say nothing."""
    assert lines("\n one two \n\n three\n") == ("one two", "three")

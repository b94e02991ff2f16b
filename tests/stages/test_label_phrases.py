"""The phrases of a span that could name a theme."""

from __future__ import annotations

import pytest

from cx_text.stages.label_phrases import LONGEST, Usage, is_filling, phrases, root, roots

PLAIN = Usage(frozenset(), {})
PHRASAL = Usage(frozenset({("top", "up"), ("hung", "up")}), {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "the parcel was never delivered",
            ["parcel", "parcel was never delivered", "never delivered", "delivered"],
        ),
        ("hi there", []),
        ("", []),
        ("refund. late", ["refund", "late"]),
        ("my refund on the card", ["refund", "refund on card", "card"]),
        ("late because lost", ["late", "lost"]),
        ("lost 3 bags", ["lost", "bags"]),
        ("waiting two hours", ["waiting"]),
        ("minutes on hold", ["minutes on hold", "hold"]),
        ("half an hour", []),
        ("did not arrive", ["did not arrive", "arrive"]),
        ("why won't card work", ["card", "card work", "work"]),
        ("didn't you call", ["call"]),
        ("cards do you support", ["cards", "support"]),
        ("lost lost", ["lost"]),
        (
            "how long does the transfer take",
            ["how long does transfer", "how long does transfer take", "transfer"],
        ),
        ("how much", []),
    ],
)
def test_phrases_begin_and_end_with_words_of_content(text: str, expected: list[str]) -> None:
    """Except for a negation in front, which carries the meaning, and "how long"."""
    assert list(phrases(text, PLAIN).values()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("agent hung up", ["agent", "agent hung up", "hung up"]),
        ("top up failed", ["top up", "top up failed", "failed"]),
        ("hung up of", []),
    ],
)
def test_a_verb_and_its_particle_are_one_word(text: str, expected: list[str]) -> None:
    """No phrase ends between them."""
    assert list(phrases(text, PHRASAL).values()) == expected


def test_forms_and_filling_do_not_change_a_key() -> None:
    """The same is said in other words."""
    keys = [
        max(phrases(text, PLAIN), key=len) for text in ("refund not received", "refunds were never receiving")
    ]
    assert keys[0] == keys[1]


def test_only_usable_roots_stand_in_a_phrase() -> None:
    """What few say is no part of a name, and nothing runs across it."""
    found = phrases("card zzyzx lost", PLAIN, {"card", "lost"})
    assert list(found.values()) == ["card", "lost"]


def test_no_phrase_is_longer_than_allowed() -> None:
    """A sentence is no name."""
    long = " ".join(f"w{letter}x" for letter in "abcdefghijkl")
    assert max(len(one.split()) for one in phrases(long, PLAIN).values()) <= LONGEST


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("cancelled", "canceling"),
        ("charges", "charged"),
        ("bill", "bills"),
        ("agent's", "agents"),
        ("can't", "not"),
    ],
)
def test_forms_of_a_word_have_one_root(left: str, right: str) -> None:
    """Spelling and ending do not matter."""
    assert root(left) == root(right)


@pytest.mark.parametrize(
    ("word", "expected"), [("the", True), ("4th", True), ("x", True), ("bill", False), ("did", True)]
)
def test_filling_carries_no_meaning(word: str, expected: bool) -> None:
    """Function words, numbers and single letters."""
    assert is_filling(word) is expected


def test_roots_leave_out_filling_and_negations() -> None:
    """What a span is about, not what it says of it."""
    assert roots("I did not get 2 refunds") == {"refund"}


def test_usage_learns_particles_and_capitals_from_the_collection() -> None:
    """Five people top up; "ATM" is written so inside clauses, whatever shouting and headlines do."""
    usage = Usage.of(["I top up at the ATM"] * 5 + ["LOST CARD", "The Lost Card"] * 9 + ["lost card"])
    assert usage.phrasal == {("top", "up")}
    assert usage.shown == {"atm": "ATM"}
    assert usage.display("i top up, atm") == "I top up, ATM"


@pytest.mark.parametrize(("shown", "expected"), [("Priya", True), ("ATM", False)])
def test_a_word_is_proper_if_only_its_first_letter_is_large(shown: str, expected: bool) -> None:
    """An abbreviation is no name."""
    assert Usage(frozenset(), {shown.lower(): shown}).is_proper(shown.lower()) is expected
    assert not PLAIN.is_proper(shown.lower())

"""The account that a run gives of itself."""

from __future__ import annotations

import pytest

from cx_text.account import Ledger, Stopwatch, __version__


def test_two_ledgers_add_up() -> None:
    """The ledger of a run is the sum of its files'."""
    left, right = Ledger(5, 3, 1, 1, 0), Ledger(4, 2, 0, 2, 1)
    assert (left + right).to_dict() == {
        "read": 9,
        "accepted": 5,
        "quarantined": 1,
        "duplicate": 3,
        "updated": 1,
    }


def test_no_file_is_a_ledger_of_zeros() -> None:
    """An empty night adds up too."""
    assert set(sum([], Ledger()).to_dict().values()) == {0}


def test_a_stopwatch_adds_the_times_of_a_stage() -> None:
    """A stage that runs twice has one number."""
    watch = Stopwatch()
    for _ in range(2):
        with watch.time("score"):
            pass
    assert list(watch.seconds) == ["score"]
    assert watch.seconds["score"] >= 0


def test_a_stage_that_fails_passes_its_error_on() -> None:
    """Timing hides nothing."""
    with pytest.raises(KeyError), Stopwatch().time("score"):
        raise KeyError


def test_the_version_is_a_text() -> None:
    """It says something in a checkout that is not installed, too."""
    assert __version__[0].isdigit()

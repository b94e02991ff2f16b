"""Large groups of near copies as a finding: few, counted by hand, the same in any order."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pandas as pd
import pytest

from cx_text import copying
from cx_text.config import Config, make_config
from cx_text.copying import near_copies
from cx_text.pipeline import first_of_each_text
from cx_text.records import MENTIONS, VERBATIMS, Scored

FORM = "Dear team, my order {} has not arrived yet, please send it again soon"
WORDS = "parcel late driver rude fee wrong app slow store clean refund lost call nice letter torn".split()


def scored(texts: Sequence[str], **columns: Sequence[object]) -> pd.DataFrame:
    """Return one row a text, in the order given, with what repeats it."""
    data = {"status": ["themed"] * len(texts), **columns}
    ids = [f"v{place:05d}" for place in range(len(texts))]
    frame = VERBATIMS.frame({"verbatim_id": ids, "text": list(texts), **data})
    return frame.assign(duplicate_of=first_of_each_text(Scored(frame, MENTIONS.frame())))


def others(n: int) -> list[str]:
    """Return n texts of eight words that have little in common."""
    return [
        " ".join(WORDS[(place * step + step) % len(WORDS)] for step in range(2, 10)) + f" {place:b}x"
        for place in range(n)
    ]


def forms(n: int) -> list[str]:
    """Return n copies of one form, each with a number of its own."""
    return [FORM.format(1_000 + place) for place in range(n)]


def test_a_form_that_many_filled_in_is_one_group_with_its_customers() -> None:
    """24 comments of 23 customers, whatever the number in them."""
    people = [f"c{place}" for place in range(23)] + ["c0"]
    rows = scored(forms(24) + ["Short and good"] * 76, customer_id=people + [None] * 76)
    assert near_copies(rows, Config()) == [{"count": 24, "customers": 23, "share": 0.24, "example": "v00000"}]


def test_one_text_sent_again_and_again_is_a_group() -> None:
    """The same words need no second text; customers that are not known are not counted."""
    assert near_copies(scored(["Sign our petition to stop the new fee now"] * 20), Config()) == [
        {"count": 20, "customers": None, "share": 1.0, "example": "v00000"}
    ]


def test_the_example_is_the_text_that_was_sent_most_often() -> None:
    """A reader sees the form as most know it."""
    texts = [*forms(19), FORM.format("9-999-9"), FORM.format("9-999-9")]
    assert near_copies(scored(texts), Config())[0]["example"] == "v00019"


@pytest.mark.parametrize(
    ("copies", "rest", "found"),
    [(20, 5_000, 1), (19, 5_000, 0), (5, 495, 1), (4, 96, 0), (5, 496, 0)],
    ids=["20 are many", "19 of many are few", "1 % are many", "4 are never many", "below 1 %"],
)
def test_a_group_is_large_from_20_comments_or_1_percent(copies: int, rest: int, found: int) -> None:
    """But never with fewer than five."""
    rows = scored(forms(copies) + [f"{place:b}x told" for place in range(rest)])
    assert len(near_copies(rows, Config())) == found


@pytest.mark.parametrize("status", ["boilerplate", "non_answer", "other_language"])
def test_only_comments_with_content_are_counted(status: str) -> None:
    """Signatures are known as boilerplate already."""
    assert near_copies(scored(forms(30), status=[status] * 30), Config()) == []


def test_short_texts_are_said_again_by_chance() -> None:
    """Fifty people may find it very slow."""
    assert near_copies(scored(["It was very slow indeed"] * 50), Config()) == []


def test_what_differs_at_a_negation_is_no_copy() -> None:
    """The beginning is the same, the meaning is not."""
    texts = ["The woman on the phone was helpful to me"] * 30
    texts += ["The woman on the phone was not helpful to me"] * 20
    assert [group["count"] for group in near_copies(scored(texts), Config())] == [30, 20]


def test_the_window_of_the_report_holds_for_copies_too() -> None:
    """Twenty of last year are not told of today."""
    days = ["2023-01-02"] * 20 + ["2025-01-06"] * 6
    rows = scored(forms(26), created_at=days)
    assert [group["count"] for group in near_copies(rows, Config())] == [6]
    wide = make_config({"report": {"window": 200}})
    assert [group["count"] for group in near_copies(rows, wide)] == [26]


def test_groups_do_not_depend_on_the_order_of_rows() -> None:
    """Turned around, the same are found, the largest first."""
    rows = scored(forms(25) + ["I would like to thank all of you again"] * 30 + others(50))
    turned = rows.iloc[::-1].reset_index(drop=True)
    assert [group["count"] for group in near_copies(rows, Config())] == [30, 25]
    assert near_copies(turned, Config()) == near_copies(rows, Config())


def test_no_rows_make_no_groups() -> None:
    """An empty night."""
    assert near_copies(VERBATIMS.frame(), Config()) == []


def test_of_too_many_texts_those_with_the_most_common_ends_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The larger form is found, with as many texts as are looked at."""
    monkeypatch.setattr(copying, "MOST_TEXTS", 30)
    other = [f"Please cancel contract {place} and confirm it in writing today" for place in range(20, 50)]
    found = near_copies(scored(forms(40) + other), Config())
    assert [(group["count"], group["example"] < "v00040") for group in found] == [(30, True)]


@pytest.mark.slow
def test_a_hundred_thousand_mostly_different_texts_take_seconds() -> None:
    """The finding may not be what a night waits for."""
    texts = [
        f"{WORDS[place % 16]} {place:b} was {place * 7:o} and {place:x} for me today"
        for place in range(100_000)
    ]
    frame = pd.DataFrame({"verbatim_id": [f"v{place:06d}" for place in range(100_000)], "text": texts})
    rows = VERBATIMS.frame(frame.assign(status="themed"))
    start = time.process_time()
    near_copies(rows, Config())
    assert time.process_time() - start < 8

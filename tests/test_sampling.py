"""What is learned from: each text once, in an order that texts alone decide, enough and not more."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from build_edits import make_edits
from build_export import comments, sentences, small_rows
from build_learned import prepared

from cx_text.config import Config
from cx_text.records import CATALOGUE
from cx_text.sampling import CARRIED_PART, distinct, sample, substantive
from cx_text.scoring import TextModel
from cx_text.taxonomy import Taxonomy, replay

FRAME = prepared(small_rows(200))
UNTOUCHED = replay(CATALOGUE.frame(), ())


def texts_of(frame: pd.DataFrame, taxonomy: Taxonomy = UNTOUCHED, config: Config | None = None) -> list[str]:
    """Return the texts of the distinct rows."""
    return [str(text) for text in distinct(frame, config or Config(), taxonomy)["text"]]


def test_a_text_counts_once_however_it_is_written() -> None:
    """Capitals, marks and blanks make no other text; a row that says nothing is none at all."""
    told = ["My refund has not come", "my REFUND  has not come!", "n/a", "The app is broken", ""]
    assert sorted(texts_of(prepared(comments(told)))) == ["My refund has not come", "The app is broken"]


def test_rows_in_any_order_are_drawn_alike() -> None:
    """The order is that of a hash of the text, which nobody can steer."""
    order = random.Random(3).sample(range(len(FRAME)), len(FRAME))
    shuffled = FRAME.iloc[order].reset_index(drop=True)
    assert texts_of(shuffled) == texts_of(FRAME) != sorted(texts_of(FRAME))


@pytest.mark.parametrize(
    ("texts", "count"), [([], 0), (["n/a", "-"], 0), (["The app is broken"] * 3 + ["none"], 3)]
)
def test_repeats_say_something_each(texts: list[str], count: int) -> None:
    """A non-answer does not."""
    frame = prepared(comments(texts)) if texts else FRAME.head(0)
    assert substantive(frame, Config()) == count


def test_examples_of_edits_in_force_come_first() -> None:
    """So that a theme that people defined by them can be learned again."""
    last = distinct(FRAME, Config(), UNTOUCHED)["verbatim_id"].iloc[-1]
    define = ("define", "T0400", {"label": "Mine", "examples": (last,)})
    wanted = replay(CATALOGUE.frame(), make_edits(define))
    taken_back = replay(CATALOGUE.frame(), make_edits(define, ("undo", "T0400", {"undoes": 1})))
    assert distinct(FRAME, Config(), wanted)["verbatim_id"].iloc[0] == last
    assert texts_of(FRAME, taken_back) == texts_of(FRAME)


def test_touched_themes_come_first_but_leave_room() -> None:
    """At most a quarter of the sample is there for them."""
    config = Config()
    small = type(config)(themes=type(config.themes)(sample=100))
    ours = FRAME.assign(theme_ids=[["T0001"]] * len(FRAME))
    touched = replay(CATALOGUE.frame({"theme_id": ["T0001"]}), make_edits(("pin", "T0001")))
    assert texts_of(ours, touched, small) == texts_of(FRAME, config=small)
    half = ours.assign(theme_ids=[["T0001"] if number % 2 else [] for number in range(len(ours))])
    first = distinct(half, small, touched)["theme_ids"].map(bool)
    assert first.head(100 // CARRIED_PART).all()
    assert not first.iloc[100 // CARRIED_PART :].head(60).all()


def test_near_copies_are_left_out_of_a_sample() -> None:
    """A campaign is one voice, nearly."""
    campaign = [
        f"Please stop the planned tower {n} near our village school because of the children."
        for n in range(9)
    ]
    rows = distinct(prepared(comments([*campaign, *sentences("refund")[:5]])), Config(), UNTOUCHED)
    spans = sample(TextModel.untaught(Config()), rows, 1000)
    assert sum("tower" in text for text in spans.texts) <= 3


@pytest.mark.parametrize("most", [1, 20, 1000])
def test_a_sample_has_about_as_many_spans_as_are_wanted(most: int) -> None:
    """It ends with the row that brings the last one."""
    rows = distinct(FRAME, Config(), UNTOUCHED)
    spans = sample(TextModel.untaught(Config()), rows, most)
    count = int(spans.with_reason.sum())
    assert count == min(count, most + 3)
    assert count >= min(most, 100)
    if count > most:
        assert int((spans.rows == spans.rows.max()).sum()) > count - most

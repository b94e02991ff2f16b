"""Themes that begin after learning: found where there is one, and nowhere else."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from itertools import product

import pandas as pd
import pytest
from build_edits import make_edits
from build_export import small_rows
from build_learned import prepared, quick, taught, themes_of

from cx_text.config import Config
from cx_text.learning import learn
from cx_text.model_file import to_bytes
from cx_text.newborn import with_new_themes
from cx_text.scoring import TextModel
from cx_text.stages.themes import UNSURE, Change
from cx_text.teaching import with_edits

WRONG = ("flickers", "hums", "glows too dimly", "burns out")
LAMPS = [
    f"{lamp} {wrong} {when}."
    for lamp, wrong, when in product(
        ("The lamp", "My new lamp", "This lamp", "The reading lamp"),
        WRONG,
        ("at night", "every evening", "after an hour"),
    )
]
EARLY, LATE = small_rows(), small_rows(120, 1000)
Row = dict[str, str]


def said(texts: Sequence[str], first: int, customers: int = 1000) -> list[Row]:
    """Return rows with these comments, from so many customers."""
    return [
        {**row, "Response ID": f"n{first + number}", "Customer ID": f"k{number % customers}", "Comment": text}
        for number, (row, text) in enumerate(zip(small_rows(len(texts)), texts, strict=True))
    ]


@cache
def model() -> TextModel:
    """Return what was learned from the small export."""
    return taught(EARLY)


def after(late: Sequence[Row], early: Sequence[Row] = EARLY) -> TextModel:
    """Return the model of the small export after a night that brought `late`."""
    rows = prepared([*early, *late])
    since = {row["Response ID"] for row in late}
    new = rows["verbatim_id"].isin(since).to_numpy(dtype=bool)
    return with_new_themes(model(), rows[new], rows[~new], 70, quick)


@pytest.fixture(scope="module")
def grown() -> TextModel:
    """Return the model after a night with complaints that there never were before."""
    return after([*LATE, *said(LAMPS, 0)])


def born(grown: TextModel) -> dict[str, str]:
    """Return the labels of the new themes by id."""
    known = model().taxonomy.labels
    return {theme: name for theme, name in grown.taxonomy.labels.items() if theme not in known}


def test_complaints_that_there_never_were_are_themes_with_names(grown: TextModel) -> None:
    """They have the first ids never given, a label in the customers' words, and their birth is told."""
    assert list(born(grown)) == ["T0070", "T0071", "T0072", "T0073"]
    assert sorted(born(grown).values()) == sorted(f"lamp {wrong}" for wrong in WRONG)
    assert grown.lineage == tuple(Change("born", theme) for theme in born(grown))
    new = grown.catalogue[grown.catalogue["theme_id"].isin(born(grown))]
    assert new["size"].between(Config().themes.minimum, len(LAMPS) / 4).all()
    assert new["stability"].between(0.6, 1).all()


def test_their_rules_are_asked_only_where_the_model_is_not_sure(grown: TextModel) -> None:
    """What was known stays as it is."""
    assert [(one.theme_id, one.within) for one in grown.specialists] == [(one, UNSURE) for one in born(grown)]
    texts = [row["Comment"] for row in EARLY]
    kept = [old == new for old, new in zip(themes_of(model(), texts), themes_of(grown, texts), strict=True)]
    assert sum(kept) > 0.97 * len(kept)


@pytest.mark.parametrize("wrong", WRONG)
def test_they_are_found_in_what_is_said_of_them(grown: TextModel, wrong: str) -> None:
    """In comments that nobody had written yet, too; what the model was sure of stays where it was."""
    own = {theme for theme, name in born(grown).items() if name == f"lamp {wrong}"}
    texts = [text for text in LAMPS if wrong in text]
    then, now = themes_of(model(), texts), themes_of(grown, texts)
    assert all(new in (own, old) for old, new in zip(then, now, strict=True))
    assert sum(new == own for new in now) >= len(texts) / 2
    assert themes_of(grown, [f"The desk lamp {wrong} every evening."]) == [own]


def test_a_night_like_all_others_brings_no_theme() -> None:
    """The model stays the very same."""
    assert after(LATE) is model()


@pytest.mark.parametrize("count", [0, 1, 15])
def test_a_few_comments_are_no_theme(count: int) -> None:
    """Less than twice what makes a theme is not looked at."""
    assert after(said(LAMPS[:count], 0)) is model()


def test_what_one_customer_repeats_is_no_theme() -> None:
    """It takes enough people."""
    assert after([*LATE, *said(LAMPS, 0, customers=1)]) is model()


def test_what_was_as_frequent_before_did_not_begin() -> None:
    """That the model missed it is no news."""
    assert after([*LATE, *said(LAMPS, 0)], early=[*EARLY[:120], *said(LAMPS, 100)]) is model()


def test_random_letters_are_no_theme() -> None:
    """Noise has neighbours, but no name and no centre."""
    rng = random.Random(1)
    noise = [" ".join(f"{rng.getrandbits(32):08x}" for _ in range(4)) for _ in range(60)]
    assert after([*LATE, *said(noise, 0)]) is model()


def test_a_model_without_themes_of_its_own_does_not_look() -> None:
    """There is nothing that it could be unsure against; it learns soon."""
    untaught = TextModel.untaught(Config())
    rows = prepared(said(LAMPS, 0))
    assert with_new_themes(untaught, rows, rows[:0], 70, quick) is untaught


def test_rows_in_any_order_give_the_same_rule(grown: TextModel) -> None:
    """Law 2 of learning."""
    late = [*LATE, *said(LAMPS, 0)]
    shuffled = random.Random(7).sample(late, len(late))
    assert to_bytes(after(shuffled, early=EARLY[::-1])) == to_bytes(grown)


@pytest.mark.parametrize("action", ["rename", "note", "mute", "pin"])
def test_a_new_theme_that_people_touch_keeps_its_comments(grown: TextModel, action: str) -> None:
    """It is told by a rule; saying something of the theme takes no rule away."""
    more = {"label": "Lamps"} if action in {"rename", "note"} else {}
    touched = with_edits(grown, make_edits((action, "T0070", more)), pd.DataFrame, quick)
    assert themes_of(touched, LAMPS) == themes_of(grown, LAMPS)
    assert touched.taxonomy.touched == {"T0070"}


def test_new_themes_keep_their_ids_when_themes_are_learned_again(grown: TextModel) -> None:
    """From then on the model itself tells them."""
    history = grown.score(prepared([*EARLY, *LATE, *said(LAMPS, 0)])).verbatims
    again = learn(history, Config(), quick, before=grown, next_number=80)
    assert born(grown).keys() <= set(again.catalogue["theme_id"][: again.assigner.themes])
    assert again.specialists == ()
    then, now = themes_of(grown, LAMPS), themes_of(again, LAMPS)
    kept = [new == old for old, new in zip(then, now, strict=True) if old & born(grown).keys()]
    assert sum(kept) > 0.9 * len(kept)

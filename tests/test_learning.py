"""What is learned: the same from the same rows in any order, with ids that stay."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from build_export import comments, small_rows

from cx_text.api import Pipeline, fit
from cx_text.config import Config
from cx_text.learning import learn
from cx_text.model_file import to_bytes
from cx_text.pipeline import redact
from cx_text.readers import read_frame
from cx_text.records import GENERAL_THEMES, VERBATIMS


def prepared(data: list[dict[str, str]]) -> pd.DataFrame:
    """Return the redacted rows of an export."""
    return redact(read_frame(pd.DataFrame(data), Config()).verbatims, Config(), (), str)


def learned(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return the themes that were learned, without the two that every model has."""
    return catalogue[~catalogue["theme_id"].isin(list(GENERAL_THEMES))]


def test_rows_in_any_order_give_the_same_bytes() -> None:
    """Law 2 of learning: shuffled, reversed, with repeated rows at either end."""
    data = small_rows(90)
    shuffled = data.copy()
    random.Random(4).shuffle(shuffled)
    first, *others = (to_bytes(learn(prepared(order), Config())) for order in (data, data[::-1], shuffled))
    assert all(first == other for other in others)


def test_repeated_texts_teach_nothing_new() -> None:
    """Learning goes by distinct texts, so that a copied comment carries no weight."""
    data = small_rows(90)
    repeated = [{**row, "Response ID": f"again{n}"} for n, row in enumerate(data * 2)]
    assert to_bytes(learn(prepared(repeated), Config())) == to_bytes(learn(prepared(data), Config()))


def test_the_themes_have_ids_names_and_enough_spans(pipeline: Pipeline) -> None:
    """Ids are numbered from 1 and each theme can be named."""
    themes = learned(pipeline.themes)
    assert len(themes) >= 3
    assert sorted(themes["theme_id"]) == [f"T{number:04d}" for number in range(1, len(themes) + 1)]
    assert themes["label"].is_unique
    assert (themes["label"] != "").all()
    assert (themes["size"] >= Config().themes.minimum).all()
    assert themes["stability"].between(0, 1).all()


def test_learning_again_from_the_same_rows_keeps_every_id(pipeline: Pipeline) -> None:
    """The ids of themes that stay the same survive; numbers of new ones go on."""
    again = learn(prepared(small_rows(150)), Config(), before=pipeline.model, next_number=50)
    assert dict(zip(again.catalogue["label"], again.catalogue["theme_id"], strict=True)) == dict(
        zip(pipeline.themes["label"], pipeline.themes["theme_id"], strict=True)
    )


def test_a_new_theme_never_takes_an_old_number(pipeline: Pipeline) -> None:
    """An id is not reused, whatever happens to its theme."""
    data = small_rows(150) + [
        {**row, "Response ID": f"n{n}", "Comment": f"The lamp {part} flickers {how} in the {room} at night."}
        for n, (row, part, how, room) in enumerate(
            (row, part, how, room)
            for row in small_rows(1)
            for part in ("bulb", "shade", "switch", "cable")
            for how in ("badly", "often", "always")
            for room in ("kitchen", "hall", "cellar")
        )
    ]
    again = learn(prepared(data), Config(), before=pipeline.model, next_number=50)
    new = set(again.catalogue["theme_id"]) - set(pipeline.themes["theme_id"])
    assert new
    assert all(int(theme[1:]) >= 50 for theme in new)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["My refund has not come"],
        ["My refund has not come", "The app is broken"] * 20,
        ["My refund has not come"] * 500,
        ["n/a", "none", "-"] * 60,
        ["the of and to a in is it", "you that he was for on are"] * 50,
    ],
    ids=["nothing", "one", "two", "identical", "non-answers", "stop words"],
)
def test_too_little_text_gives_no_themes(texts: list[str]) -> None:
    """Promise 19: no theme is invented."""
    frame = prepared(comments(texts)) if texts else VERBATIMS.frame()
    model = learn(frame, Config())
    assert learned(model.catalogue).empty
    assert model.score(frame).mentions.empty


def test_random_letters_give_no_themes() -> None:
    """Noise has neighbours, but no name."""
    rng = random.Random(1)
    texts = [" ".join(f"{rng.getrandbits(32):08x}" for _ in range(4)) for _ in range(150)]
    assert learned(fit(pd.DataFrame(comments(texts))).themes).empty


def test_it_says_from_how_many_distinct_texts_it_learned() -> None:
    """Non-answers and repeats do not count; the next learning is due by this number."""
    texts = ["My refund has not come", "my REFUND has not come!", "The app is broken", "n/a"]
    assert learn(prepared(comments(texts)), Config()).learned_from == 2

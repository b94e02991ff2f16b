"""What is learned: the same from the same rows in any order, with ids that stay."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from build_edits import make_edits
from build_export import comments, sentences, small_rows
from build_learned import prepared

from cx_text.api import Pipeline, fit
from cx_text.config import Config
from cx_text.groups import NONE
from cx_text.learning import learn
from cx_text.model_file import to_bytes
from cx_text.records import GENERAL_THEMES, VERBATIMS
from cx_text.scoring import TextModel
from cx_text.seeding import SEEDED_BELOW
from cx_text.stages.themes import Change
from cx_text.taxonomy import Edit
from cx_text.teaching import with_edits


def learned(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return the themes that were learned, without parents and those that are built in."""
    return catalogue[catalogue["theme_id"].str.match(r"T\d{4}$").to_numpy(dtype=bool)]


@pytest.mark.parametrize("count", [90, 400], ids=["few texts", "enough texts"])
def test_rows_in_any_order_give_the_same_bytes(count: int) -> None:
    """Law 2 of learning: shuffled and reversed, with and without built-in topics."""
    data = small_rows(count)
    shuffled = data.copy()
    random.Random(4).shuffle(shuffled)
    first, *others = (to_bytes(learn(prepared(order), Config())) for order in (data, data[::-1], shuffled))
    assert all(first == other for other in others)


def test_repeated_texts_teach_nothing_new() -> None:
    """Learning goes by distinct texts, so that a copied comment carries no weight."""
    data = small_rows(400)
    repeated = [{**row, "Response ID": f"again{n}"} for n, row in enumerate(data)]
    assert to_bytes(learn(prepared(repeated), Config())) == to_bytes(learn(prepared(data), Config()))


def test_the_themes_have_ids_names_and_enough_spans(pipeline: Pipeline) -> None:
    """Ids are numbered from 1 and each theme can be named."""
    themes = learned(pipeline.themes)
    assert len(themes) >= 3
    assert sorted(themes["theme_id"]) == [f"T{number:04d}" for number in range(1, len(themes) + 1)]
    assert pipeline.themes["theme_id"].is_unique
    assert themes["label"].is_unique
    assert (themes["label"] != "").all()
    assert (themes["size"] >= Config().themes.minimum).all()
    assert themes["stability"].between(0, 1).all()


def test_learning_again_from_the_same_rows_keeps_every_id(pipeline: Pipeline) -> None:
    """Those of parents too; nothing became of any theme."""
    again = learn(prepared(small_rows()), Config(), before=pipeline.model, next_number=50)
    assert dict(zip(again.catalogue["label"], again.catalogue["theme_id"], strict=True)) == dict(
        zip(pipeline.themes["label"], pipeline.themes["theme_id"], strict=True)
    )
    assert again.lineage == ()


def parents_of(model: TextModel) -> set[str]:
    """Return the ids of the parents."""
    return set(model.catalogue["parent_theme_id"].dropna())


def test_a_new_theme_never_takes_an_old_number(pipeline: Pipeline) -> None:
    """An id is not reused, whatever happens to its theme."""
    data = small_rows() + [
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
    assert new <= {change.theme_id for change in again.lineage if change.kind == "born"} | parents_of(again)


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
def test_too_little_text_gives_no_themes_of_its_own(texts: list[str]) -> None:
    """Promise 19: no theme is invented; a refund is a built-in topic."""
    frame = prepared(comments(texts)) if texts else VERBATIMS.frame()
    model = learn(frame, Config())
    assert learned(model.catalogue).empty
    said = model.score(frame).mentions["theme_id"]
    assert said.isin(["S-refund-not-received", "S-app-crash", *GENERAL_THEMES]).all()
    assert said.empty or "refund" in texts[0]


def test_random_letters_give_no_themes() -> None:
    """Noise has neighbours, but no name."""
    rng = random.Random(1)
    texts = [" ".join(f"{rng.getrandbits(32):08x}" for _ in range(4)) for _ in range(150)]
    assert learned(fit(pd.DataFrame(comments(texts))).themes).empty


def test_it_says_from_how_many_distinct_texts_it_learned() -> None:
    """Non-answers and repeats do not count; the next learning is due by this number."""
    texts = ["My refund has not come", "my REFUND has not come!", "The app is broken", "n/a"]
    assert learn(prepared(comments(texts)), Config()).learned_from == 2


def test_copies_with_a_word_changed_teach_no_theme_of_their_own() -> None:
    """A campaign of one text in forty spellings is one voice."""
    campaign = [
        f"Please stop the planned tower {number} near our village school because children play there."
        for number in range(40)
    ]
    data = small_rows() + [
        {**row, "Response ID": f"x{n}", "Comment": text}
        for n, (row, text) in enumerate(zip(small_rows(40), campaign, strict=True))
    ]
    themes = learned(learn(prepared(data), Config()).catalogue)
    assert not themes["label"].str.contains("tower|village|school|children").any()


class TestParents:
    """Groups of themes."""

    def test_parents_stand_in_the_catalogue_and_have_no_parent(self, pipeline: Pipeline) -> None:
        """Two levels; a parent has two themes or more, and no spans of its own."""
        catalogue = pipeline.themes.set_index("theme_id")
        counts = catalogue["parent_theme_id"].dropna().value_counts()
        assert len(counts) >= 3
        assert (counts >= 2).all()
        assert catalogue.loc[list(counts.index), "parent_theme_id"].isna().all()
        assert (catalogue.loc[list(counts.index), "label"] != "").all()
        assert catalogue.loc[list(counts.index), "size"].isna().all()

    def test_no_mention_is_of_a_parent(self, pipeline: Pipeline) -> None:
        """They are counted from their themes."""
        said = pipeline.score(pd.DataFrame(small_rows(100))).mentions["theme_id"]
        assert not set(said) & parents_of(pipeline.model)


class TestFewTexts:
    """Below 300 distinct texts the built-in topics come first."""

    def test_few_texts_are_told_by_built_in_topics_and_enough_by_their_own(self, pipeline: Pipeline) -> None:
        """The general themes are in both."""
        few = learn(prepared(small_rows(150)), Config())
        assert few.seeded
        assert few.learned_from < SEEDED_BELOW <= pipeline.model.learned_from
        assert few.catalogue["theme_id"].str.startswith("S-").any()
        assert not pipeline.model.seeded
        assert not pipeline.themes["theme_id"].str.startswith("S-").any()
        for model in (few, pipeline.model):
            assert set(GENERAL_THEMES) <= set(model.catalogue["theme_id"])


def edited(model: TextModel, frame: pd.DataFrame, *drafts: tuple[object, ...]) -> TextModel:
    """Return the model with edits, and the rules that they need."""
    return with_edits(model, make_edits(*drafts), lambda: model.score(frame).verbatims)


def again(model: TextModel, data: list[dict[str, str]]) -> TextModel:
    """Return what is learned from `data` after `model`, with the scores that history has."""
    return learn(model.score(prepared(data)).verbatims, Config(), before=model, next_number=500)


def mentioned(model: TextModel, texts: list[str]) -> list[str | None]:
    """Return the main theme of each text."""
    scored = model.score(prepared(comments(texts))).verbatims.sort_values("verbatim_id", key=pd.to_numeric)
    return [theme if isinstance(theme, str) else None for theme in scored["theme_id"]]


def theme_of(model: TextModel, text: str) -> str:
    """Return the main theme of a text that has one."""
    [theme] = mentioned(model, [text])
    assert theme is not None
    return theme


BUSY = "The phone queue was long again and again until I hung up."
MISSING = "The money from my refund is still missing since spring."
FREEZE = "The new app freezes after the update every single day."
LATER = small_rows(460, 150)
"""An export that shares more than half of its rows with the small one."""


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Return the rows that the shared pipeline learned from."""
    return prepared(small_rows())


class TestCarried:
    """Themes that people touched stay through learning again."""

    @pytest.mark.parametrize("action", ["rename", "mute", "pin", "note"])
    def test_a_theme_that_people_touched_keeps_its_id_and_its_class(
        self, pipeline: Pipeline, frame: pd.DataFrame, action: str
    ) -> None:
        """Whatever was said of it, and whatever else is found; the edit is in force."""
        theme = theme_of(pipeline.model, BUSY)
        more = {"label": "Never picked up"} if action in {"rename", "note"} else {}
        model = again(edited(pipeline.model, frame, (action, theme, more)), LATER)
        assert theme_of(model, BUSY) == theme
        assert model.catalogue["theme_id"].tolist().index(theme) < model.assigner.themes
        assert model.taxonomy.touched == {theme}
        assert not {change.theme_id for change in model.lineage} & {theme}
        if action == "rename":
            assert model.taxonomy.labels[theme] == "Never picked up"

    def test_columns_of_the_model_are_the_first_rows_of_its_catalogue(
        self, pipeline: Pipeline, frame: pd.DataFrame
    ) -> None:
        """Then come praise and complaint, in this order, whatever was touched."""
        parent = min(parents_of(pipeline.model))
        touched = (theme_of(pipeline.model, BUSY), "general-praise", parent)
        edits = [("rename", theme, {"label": f"My {theme}"}) for theme in touched]
        model = again(edited(pipeline.model, frame, *edits, ("mute", "general-complaint")), LATER)
        ids = model.catalogue["theme_id"].tolist()
        assert ids[model.assigner.themes :][:2] == list(GENERAL_THEMES)
        assert model.catalogue["theme_id"].is_unique
        assert mentioned(model, ["Excellent!", "Terrible!"]) == list(GENERAL_THEMES)
        assert model.taxonomy.labels[parent] == f"My {parent}"

    def test_merged_themes_stay_merged(self, pipeline: Pipeline, frame: pd.DataFrame) -> None:
        """Both are learned again, so that an undo can part them; both count as one."""
        gone, stays = theme_of(pipeline.model, BUSY), theme_of(pipeline.model, FREEZE)
        assert gone != stays
        model = again(edited(pipeline.model, frame, ("merge", gone, {"into": stays})), LATER)
        assert {gone, stays} <= set(model.catalogue["theme_id"][: model.assigner.themes])
        assert mentioned(model, [BUSY, FREEZE]) == [stays, stays]
        assert gone not in model.taxonomy.labels
        parted = edited(model, frame, ("merge", gone, {"into": stays}), ("undo", gone, {"undoes": 1}))
        assert mentioned(parted, [BUSY, FREEZE]) == [gone, stays]

    @pytest.mark.parametrize(
        "way", [{"phrases": ("bank account",)}, {}], ids=["by phrase", "by what was learned"]
    )
    def test_a_split_theme_stays_split(
        self, pipeline: Pipeline, frame: pd.DataFrame, way: Mapping[str, object]
    ) -> None:
        """Its parts are themes of their own from then on."""
        theme = theme_of(pipeline.model, MISSING)
        draft = ("split", theme, {"parts": ("T0300", "T0301"), **way})
        before = edited(pipeline.model, frame, draft)
        texts = sentences("refund")
        first, told = mentioned(before, texts), mentioned(again(before, LATER), texts)
        assert {"T0300", "T0301"} <= set(first)
        assert theme not in {*first, *told}
        kept = [now == then for then, now in zip(first, told, strict=True) if then in {"T0300", "T0301"}]
        assert np.mean(kept) > 0.8

    def test_a_defined_theme_stays_defined(self, pipeline: Pipeline, frame: pd.DataFrame) -> None:
        """It is a theme from the day it was named, and told by its phrase still."""
        draft = ("define", "T0400", {"label": "Music on hold", "phrases": ("music",)})
        before = edited(pipeline.model, frame, draft)
        text = "The music in the queue is awful."
        model = again(before, LATER)
        assert mentioned(before, [text]) == mentioned(model, [text]) == ["T0400"]
        assert model.taxonomy.labels["T0400"] == "Music on hold"

    def test_edits_ride_with_the_model(self, pipeline: Pipeline, frame: pd.DataFrame) -> None:
        """Learning again drops none, idle ones included."""
        before = edited(pipeline.model, frame, ("mute", "T0001"), ("rename", "T9999", {"label": "Nobody"}))
        edits: tuple[Edit, ...] = again(before, LATER).edits
        assert edits == before.edits

    def test_learning_again_in_any_order_gives_the_same_bytes(
        self, pipeline: Pipeline, frame: pd.DataFrame
    ) -> None:
        """With edits in force, too."""
        whole = theme_of(pipeline.model, MISSING)
        before = edited(pipeline.model, frame, ("mute", whole), ("split", whole, {"parts": ("A", "B")}))
        rows = list(LATER)
        random.Random(5).shuffle(rows)
        assert to_bytes(again(before, LATER)) == to_bytes(again(before, rows))


class TestLineage:
    """What learning again did to the themes."""

    def test_a_first_learning_only_gives_birth(self, pipeline: Pipeline) -> None:
        """Each learned theme was born, none of the general ones."""
        ids = learned(pipeline.themes)["theme_id"]
        assert pipeline.model.lineage == tuple(Change("born", one) for one in ids)

    def test_what_nobody_says_any_more_has_died_or_gone_into_another(self, pipeline: Pipeline) -> None:
        """Every old theme that still occurs is there, or its end is told with its old name."""
        model = again(pipeline.model, LATER)
        spans = pipeline.model.read(prepared(LATER))[1]
        known = pipeline.model.assign(spans).themes
        occurred = set(pipeline.themes["theme_id"].iloc[sorted(set(known) - {NONE})]) - GENERAL_THEMES.keys()
        ended = {one.theme_id: one for one in model.lineage if one.kind in {"died", "merged"}}
        assert not set(ended) & set(model.catalogue["theme_id"])
        assert set(ended) <= occurred
        for change in ended.values():
            assert change.label == pipeline.model.taxonomy.labels[change.theme_id]
            assert (change.into in set(model.catalogue["theme_id"])) == (change.kind == "merged")

    def test_praise_and_complaint_are_not_born_and_do_not_die(self, pipeline: Pipeline) -> None:
        """They are in every model."""
        opinions = [
            {**row, "Response ID": f"o{n}", "Comment": "Terrible!"} for n, row in enumerate(LATER[:9])
        ]
        model = again(pipeline.model, LATER + opinions)
        assert not {change.theme_id for change in model.lineage} & GENERAL_THEMES.keys()

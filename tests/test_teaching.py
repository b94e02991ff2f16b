"""Edits at work in a model: what they say of comments, what an undo leaves, what learning again keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from build_edits import make_edit, make_edits
from build_export import comments, small_rows
from build_learned import prepared, quick, taught, themes_of
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from cx_text.config import Config
from cx_text.errors import UsageError
from cx_text.learning import learn
from cx_text.model_file import to_bytes
from cx_text.scoring import TextModel
from cx_text.stages.vectors import Passage
from cx_text.taxonomy import Edit, checked, in_force, undone
from cx_text.teaching import with_edits

ROWS = small_rows()
FRAME = prepared(ROWS)
PHRASES = ("spring", "music", "vase", "tablet", "smile", "fence", "weeks", "polite")
HISTORY: dict[int, tuple[TextModel, pd.DataFrame]] = {}
"""The last scored rows, and by which model: scoring takes longer than all that is tested here."""
ACTIONS = (
    *("rename", "merge", "mute", "unmute", "pin", "note", "move", "found"),
    *("define", "show", "split", "halve", "undo", "undo"),
)


@cache
def model() -> TextModel:
    """Return what was learned from the small export."""
    return taught(ROWS)


def scored(model: TextModel) -> pd.DataFrame:
    """Return the rows of the small export as history has them."""
    if id(model) not in HISTORY:
        HISTORY.clear()
        HISTORY[id(model)] = model, model.score(FRAME).verbatims
    return HISTORY[id(model)][1]


def edited(model: TextModel, edits: Sequence[Edit]) -> TextModel:
    """Return the model with edits, and the rules that they need."""
    return with_edits(model, edits, lambda: scored(model), quick)


def refitted(model: TextModel, first: int = 900) -> TextModel:
    """Return what is learned again from history after `model`."""
    after = learn(scored(model), Config(), quick, before=model, next_number=first)
    return with_edits(after, model.edits, lambda: scored(model), quick)


Wish = tuple[str, int, int]
"""An action, and two numbers that choose themes and phrases."""


@dataclass
class Desk:
    """Somebody who edits themes, one edit after the other; what makes no sense is not kept.

    Attributes:
        model: the model in force.
        learnings: how often themes were learned again.
    """

    model: TextModel
    learnings: int = 0

    def tries(self, wish: Wish) -> None:
        """Make an edit."""
        edit = self._edit(*wish)
        try:
            checked(edit, self.model.taxonomy, self.model.catalogue)
            self.model = edited(self.model, (*self.model.edits, edit))
        except UsageError:
            return
        event(wish[0])

    def _edit(self, action: str, one: int, other: int) -> Edit:
        """Return the edit that is wished for."""
        number = len(self.model.edits) + 1
        themes = list(self.model.taxonomy.labels)
        theme, into = (themes[place % len(themes)] for place in (one, other))
        new, part = (f"T{200 + 2 * number + more:04d}" for more in (0, 1))
        phrase = PHRASES[other % len(PHRASES)]
        label = f"My {number}"
        drafts: dict[str, Callable[[], Edit]] = {
            "rename": lambda: make_edit(number, "rename", theme, label=label),
            "note": lambda: make_edit(number, "note", theme, label=label),
            "merge": lambda: make_edit(number, "merge", theme, into=into),
            "move": lambda: make_edit(number, "move", theme, into=into),
            "found": lambda: make_edit(number, "define", new, label=label),
            "define": lambda: make_edit(number, "define", new, label=label, phrases=(phrase,)),
            "show": lambda: make_edit(number, "define", new, label=label, examples=examples(phrase)),
            "split": lambda: make_edit(number, "split", theme, parts=(new, part), phrases=(phrase,)),
            "halve": lambda: make_edit(number, "split", theme, parts=(new, part)),
            "undo": lambda: make_edit(number, "undo", theme, undoes=1 + one % number),
        }
        return drafts.get(action, lambda: make_edit(number, action, theme))()

    def learns_again(self) -> None:
        """Learn again, and check that all that was said of themes holds as before."""
        self.learnings += 1
        before, self.model = self.model, refitted(self.model, 800 + 100 * self.learnings)
        assert_same_meaning(before, self.model)


def examples(phrase: str) -> tuple[str, ...]:
    """Return the ids of three comments that hold a phrase."""
    return tuple(FRAME.loc[FRAME["text"].str.contains(phrase), "verbatim_id"].head(3))


def assert_same_meaning(before: TextModel, after: TextModel) -> None:
    """Check that learning again kept every edit in force, and brought back none that was undone."""
    old, new = before.taxonomy, after.taxonomy
    assert after.edits == before.edits
    assert new.idle == old.idle
    assert (new.muted, new.pinned, new.notes) == (old.muted, old.pinned, old.notes)
    assert {theme: new.labels[theme] for theme in old.touched} == {
        theme: old.labels[theme] for theme in old.touched
    }
    assert {raw: new.theme_of(raw) for raw in old.carried} == {raw: old.theme_of(raw) for raw in old.carried}
    moved = {old.theme_of(edit.theme_id) for edit in in_force(before.edits) if edit.action == "move"}
    for theme in old.touched & moved:
        assert new.parents.get(theme) == old.parents.get(theme)
    assert_no_trace(after)
    for theme in old.touched:
        own = has_theme(before, theme)
        assert own.sum() < 10 or has_theme(after, theme)[own].mean() > 0.5
    for edit in set(in_force(before.edits)) - set(old.idle):
        now = old.theme_of(edit.theme_id)
        if now and edit.action == "define" and edit.phrases:
            told = has_phrase(edit.phrases[0]) & has_theme(before, now)
            assert has_theme(after, now)[told].all()


def has_theme(model: TextModel, theme: str) -> pd.Series:
    """Return which comments of the small export have a theme."""
    return scored(model)["theme_ids"].map(lambda found: theme in found)


def has_phrase(phrase: str) -> pd.Series:
    """Return which comments hold a phrase."""
    return FRAME["text"].str.contains(rf"(?i)\b{phrase}\b")


def assert_no_trace(model: TextModel) -> None:
    """Check that nothing is heard of themes and labels that only an undone edit knows."""
    out = [edit for edit in model.edits if edit.number in undone(model.edits)]
    held = in_force(model.edits)
    ids = {one for edit in out for one in (edit.theme_id,) * (edit.action == "define") + edit.parts}
    labels = {edit.label for edit in out if edit.label} - {edit.label for edit in held}
    assert not ids & model.taxonomy.labels.keys()
    assert not labels & set(model.taxonomy.labels.values())
    assert not any(has_theme(model, theme).any() for theme in ids)


def held(model: TextModel, theme: str) -> int:
    """Return how many comments of the small export have a theme."""
    return int(has_theme(model, theme).sum())


def same(one: TextModel, other: TextModel) -> bool:
    """Return whether two models say the same of the small export."""
    return bool(scored(one)["theme_ids"].tolist() == scored(other)["theme_ids"].tolist())


def theme_called(label: str) -> str:
    """Return the theme of the small export with this label."""
    return {name: theme for theme, name in model().taxonomy.labels.items()}[label]


def forbidden() -> pd.DataFrame:
    """Refuse to give history."""
    raise AssertionError


MUSIC = ("define", "T0400", {"label": "Music on hold", "phrases": ("the music",)})
SHOWN = ("define", "T0400", {"label": "White", "examples": examples("white screen")})


class TestDefined:
    """Themes that people define."""

    def test_a_phrase_is_a_rule_as_it_stands(self) -> None:
        """Whole words only, in any case; history is not asked."""
        taught = with_edits(model(), make_edits(MUSIC), forbidden, quick)
        texts = ["THE MUSIC, again.", "Bathe music lovers in sound.", "Mend the musical box."]
        assert [("T0400" in found) for found in themes_of(taught, texts)] == [True, False, False]
        assert taught.taxonomy.labels["T0400"] == "Music on hold"
        assert held(taught, "T0400") == has_phrase("the music").sum()

    def test_a_name_alone_is_a_theme_that_nobody_speaks_of(self) -> None:
        """Others can be moved below it."""
        edits = make_edits(("define", "T0400", {"label": "Money"}), ("move", "T0001", {"into": "T0400"}))
        taught = with_edits(model(), edits, forbidden, quick)
        assert taught.taxonomy.parents["T0001"] == "T0400"
        assert same(taught, model())

    def test_examples_find_what_is_like_them(self) -> None:
        """More than the examples, little else, and the same at each edit that follows."""
        taught = edited(model(), make_edits(SHOWN))
        told = has_phrase("white screen")
        assert has_theme(taught, "T0400")[told].mean() > 0.9
        assert has_theme(taught, "T0400")[~told & ~FRAME["text"].str.contains("app")].mean() < 0.3
        edits = make_edits(SHOWN, ("rename", "T0400", {"label": "Blank"}))
        assert same(with_edits(taught, edits, forbidden, quick), taught)

    @pytest.mark.parametrize("draft", [MUSIC, SHOWN], ids=["by phrase", "by examples"])
    def test_an_undo_leaves_no_trace_and_can_be_undone(self, draft: tuple[str, str, dict[str, str]]) -> None:
        """Catalogue and comments are as before; then as they were with the theme."""
        undo = ("undo", "T0400", {"undoes": 1})
        taught = edited(model(), make_edits(draft))
        undone = edited(taught, make_edits(draft, undo))
        redone = edited(undone, make_edits(draft, undo, ("undo", "T0400", {"undoes": 2})))
        assert held(taught, "T0400") > 10
        assert same(undone, model())
        pd.testing.assert_frame_equal(undone.catalogue, model().catalogue)
        assert same(redone, taught)

    @pytest.mark.parametrize("draft", [MUSIC, SHOWN], ids=["by phrase", "by examples"])
    def test_an_undo_after_learning_again_gives_the_comments_back(
        self, draft: tuple[str, str, dict[str, str]]
    ) -> None:
        """The model had learned the theme; it says others in its place, until the theme is wanted again."""
        undo = ("undo", "T0400", {"undoes": 1})
        again = refitted(edited(model(), make_edits(draft)))
        undone = edited(again, make_edits(draft, undo))
        own = has_theme(again, "T0400")
        assert held(undone, "T0400") == 0
        assert (scored(undone)["status"] == "themed")[own].mean() > 0.8
        redone = edited(undone, make_edits(draft, undo, ("undo", "T0400", {"undoes": 2})))
        assert has_theme(redone, "T0400")[own].mean() > 0.8
        assert "T0400" not in refitted(undone).catalogue["theme_id"].tolist()

    @pytest.mark.parametrize("examples", [("nobody",), ("empty",)])
    def test_examples_that_say_nothing_are_refused(self, examples: tuple[str, ...]) -> None:
        """There is nothing to be like."""
        empty = prepared([{"id": "empty", "comment": "n/a"}])
        rows = pd.concat([scored(model()), empty], ignore_index=True)
        edits = make_edits(("define", "T0400", {"label": "Void", "examples": examples}))
        with pytest.raises(UsageError, match="none of the examples of 'Void' says anything"):
            with_edits(model(), edits, lambda: rows, quick)

    def test_examples_that_have_nothing_in_common_are_refused(self) -> None:
        """No comment is near to the middle of four that are far apart."""

        def far_apart(passages: Sequence[Passage]) -> np.ndarray:
            texts = [text[start:end] for text, spans in passages for start, end in spans]
            known = {text: place for place, text in enumerate(sorted({*texts}))}
            return np.eye(1000)[[known[text] for text in texts]]

        four = tuple(FRAME.drop_duplicates("text")["verbatim_id"][:60:15])
        edits = make_edits(("define", "T0400", {"label": "All", "examples": four}))
        with pytest.raises(UsageError, match="too little of history is like the examples"):
            with_edits(model(), edits, lambda: scored(model()), far_apart)


HALVED = ("split", "T0001", {"parts": ("T0500", "T0501")})


def cut(theme: str, phrase: str, number: int = 500) -> tuple[str, str, dict[str, tuple[str, ...]]]:
    """Return the draft of a split by phrase."""
    parts = (f"T{number:04d}", f"T{number + 1:04d}")
    return "split", theme, {"parts": parts, "phrases": (phrase,)}


class TestSplit:
    """Themes that people split."""

    def test_a_phrase_parts_a_theme_and_no_other(self) -> None:
        """What says it is one part, the rest the other; comments of other themes stay theirs."""
        theme = busiest("spring")
        taught = with_edits(model(), make_edits(cut(theme, "spring")), forbidden, quick)
        own, said = has_theme(model(), theme), has_phrase("spring")
        parts = [has_theme(taught, part) for part in ("T0500", "T0501")]
        assert parts[1].any()
        assert not (parts[1] & ~(own & said)).any()
        assert ((parts[0] | parts[1]) == own).all()
        label = model().taxonomy.labels[theme]
        assert [taught.taxonomy.labels[part] for part in ("T0500", "T0501")] == [f"{label}, other", "spring"]

    def test_the_first_part_can_be_split_again(self) -> None:
        """It is what the model says of the whole."""
        theme = busiest("spring")
        first = cut(theme, "spring")
        once, twice = edited(model(), make_edits(first)), make_edits(first, cut("T0500", "weeks", 600))
        taught = edited(once, twice)
        assert (has_theme(taught, "T0601") == (has_theme(once, "T0500") & has_phrase("weeks"))).all()
        assert held(taught, "T0601") > 5
        assert (has_theme(taught, "T0501") == has_theme(once, "T0501")).all()

    def test_of_a_theme_with_another_merged_into_it_both_are_split(self) -> None:
        """People see one theme."""
        theme = busiest("spring")
        other = busiest("weeks", but=theme)
        merge = ("merge", other, {"into": theme})
        taught = edited(model(), make_edits(merge, cut(theme, "weeks")))
        own = has_theme(model(), theme) | has_theme(model(), other)
        told = has_theme(taught, "T0501")
        assert (told & has_theme(model(), theme)).any()
        assert (told & has_theme(model(), other)).any()
        assert not (told & ~(own & has_phrase("weeks"))).any()

    @pytest.mark.parametrize("merged", [False, True])
    def test_without_a_phrase_a_theme_falls_into_what_was_learned(self, merged: bool) -> None:
        """Two parts with names of their own, of what it was; no other theme moves."""
        other = theme_with_rank(3)
        edits = make_edits(*([("merge", other, {"into": "T0001"})] if merged else []), HALVED)
        taught = edited(model(), edits)
        own = has_theme(model(), "T0001") | (has_theme(model(), other) & merged)
        parts = [has_theme(taught, part) for part in ("T0500", "T0501")]
        assert min(parts[0].sum(), parts[1].sum()) > Config().themes.minimum // 2
        assert ((parts[0] | parts[1]) == own).all()
        assert taught.taxonomy.labels["T0500"] != taught.taxonomy.labels["T0501"]
        assert to_bytes(with_edits(taught, edits, forbidden, quick)) == to_bytes(taught)

    def test_an_undone_split_is_one_theme_again(self) -> None:
        """At once, and after the model has learned its parts."""
        edits = make_edits(HALVED, ("undo", "T0001", {"undoes": 1}))
        taught = edited(model(), make_edits(HALVED))
        assert same(edited(taught, edits), model())
        again = refitted(taught)
        undone = edited(again, edits)
        parts = has_theme(again, "T0500") | has_theme(again, "T0501")
        assert (has_theme(undone, "T0001") == parts).all()
        assert_no_trace(refitted(undone))

    @pytest.mark.parametrize(
        ("theme", "first"),
        [
            ("T0400", MUSIC),
            ("T0400", ("define", "T0400", {"label": "Nobody speaks of it"})),
            ("general-praise", ("note", "general-praise", {"label": "nice"})),
        ],
        ids=["told by a phrase", "without comments", "praise"],
    )
    def test_a_theme_without_enough_learned_comments_is_refused(
        self, theme: str, first: tuple[str, str, dict[str, str]]
    ) -> None:
        """A phrase can split it."""
        before = edited(model(), make_edits(first))
        with pytest.raises(UsageError, match=f"{theme} has too few different comments to be split; split it"):
            edited(before, make_edits(first, ("split", theme, {"parts": ("T0500", "T0501")})))

    def test_a_split_can_be_wanted_again_where_its_theme_is_gone(self) -> None:
        """That is said, and is no crash."""
        lost = model().catalogue["theme_id"] == "T0001"
        ids = model().catalogue["theme_id"].mask(lost, "T0099")
        renamed = replace(model(), catalogue=model().catalogue.assign(theme_id=ids))
        with pytest.raises(UsageError, match="T0001 has too few different comments"):
            edited(renamed, make_edits(HALVED))


def busiest(phrase: str, but: str = "") -> str:
    """Return the theme of the small export that most comments with a phrase have, of all `but` one."""
    said = scored(model())[has_phrase(phrase)]["theme_ids"].explode()
    return str(said[said != but].value_counts().index[0])


def theme_with_rank(rank: int) -> str:
    """Return a learned theme of the small export."""
    return str(model().catalogue["theme_id"].iloc[rank])


@pytest.mark.parametrize("action", ["rename", "note", "mute", "pin"])
def test_a_theme_of_one_text_sent_again_and_again_keeps_its_comments(action: str) -> None:
    """It is told by a rule that no edit made; what people say of it takes no rule away."""
    data = comments(["The lamp in the kitchen flickers"] * 60)
    before = taught(data)
    theme = before.specialists[0].theme_id
    more = {"label": "Lamps"} if action in {"rename", "note"} else {}
    after = with_edits(before, make_edits((action, theme, more)), forbidden, quick)
    assert themes_of(after, [data[0]["comment"]]) == [{theme}]
    parted = with_edits(after, make_edits((action, theme, more), cut(theme, "kitchen")), forbidden, quick)
    assert themes_of(parted, [data[0]["comment"]]) == [{"T0501"}]


def test_a_parent_that_people_spoke_of_keeps_its_name() -> None:
    """Its themes may be others after learning again; it is what people know by this name."""
    parents = sorted(set(model().taxonomy.parents.values()))
    notes = [("note", parent, {"label": "ours"}) for parent in parents]
    before = edited(model(), make_edits(("rename", "T0003", {"label": "Mine"}), *notes))
    again = refitted(before).taxonomy
    assert parents
    assert [again.labels[one] for one in parents] == [before.taxonomy.labels[one] for one in parents]


def wishes(actions: Sequence[str], most: int) -> st.SearchStrategy[list[Wish]]:
    """Return lists of edits that somebody may wish for."""
    one = st.tuples(st.sampled_from(actions), st.integers(0, 40), st.integers(0, 40))
    return st.lists(one, max_size=most)


SLOW = settings(phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[*HealthCheck])
"""Each example learns themes; to shrink one takes minutes."""


@pytest.mark.slow
@settings(SLOW, max_examples=6)
@given(wishes(ACTIONS, 6), wishes(ACTIONS, 4))
def test_whatever_people_said_holds_when_themes_are_learned_again(
    first: list[Wish], then: list[Wish]
) -> None:
    """Any edits in any order, undos included, and more of them between two learnings."""
    desk = Desk(model())
    for wish in first:
        desk.tries(wish)
    desk.learns_again()
    for wish in then:
        desk.tries(wish)
    assert_no_trace(desk.model)
    desk.learns_again()


BY_RULE = [one for one in ACTIONS if one not in {"show", "halve"}]


@pytest.mark.slow
@settings(SLOW, max_examples=4)
@given(wishes(BY_RULE, 6))
def test_an_undone_edit_is_as_if_it_had_never_been_made(drafts: list[Wish]) -> None:
    """The same comments have the same themes, now and after learning again."""
    desk = Desk(model())
    for wish in drafts:
        desk.tries(wish)
    never = edited(model(), in_force(desk.model.edits))
    for one, other in ((desk.model, never), (refitted(desk.model), refitted(never))):
        assert one.taxonomy.labels == other.taxonomy.labels
        assert same(one, other)

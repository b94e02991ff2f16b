"""People's edits: what each does, what an undo gives back, and laws that hold for any sequence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pandas as pd
import pytest
from build_edits import MOMENT, make_edit, make_edits, raw_themes
from hypothesis import given
from hypothesis import strategies as st

from cx_text.errors import UsageError
from cx_text.records import CATALOGUE
from cx_text.taxonomy import Edit, Taxonomy, checked, in_force, replay, theme_named, undone

RAW = raw_themes("A", "B", "C", "P", C="P")
"""Three themes, the last of them below a parent."""


def ids(taxonomy: Taxonomy) -> list[str]:
    """Return the ids of the effective themes, in order."""
    return list(taxonomy.catalogue["theme_id"])


# What each edit does


def test_without_edits_the_themes_are_those_of_the_model() -> None:
    """Every cell of them."""
    found = replay(RAW, ())
    pd.testing.assert_frame_equal(found.catalogue, RAW)
    assert (found.becomes, found.touched, found.carried, found.idle) == ({}, frozenset(), frozenset(), ())


def test_a_workspace_without_themes_has_none_whatever_people_said() -> None:
    """Edits wait for their themes."""
    found = replay(CATALOGUE.frame(), make_edits(("rename", "A", {"label": "late"}), ("mute", "A")))
    assert list(found.catalogue) == list(CATALOGUE.columns)
    assert len(found.catalogue) == 0
    assert [edit.action for edit in found.idle] == ["rename", "mute"]


def test_the_last_name_holds() -> None:
    """Others keep theirs."""
    found = replay(
        RAW, make_edits(("rename", "A", {"label": "late"}), ("rename", "A", {"label": "too late"}))
    )
    assert found.labels == {"A": "too late", "B": "label of B", "C": "label of C", "P": "label of P"}
    assert found.touched == found.carried == {"A"}


def test_a_merged_theme_counts_as_the_one_that_stays() -> None:
    """It leaves the catalogue; what it was learned from counts for the other."""
    found = replay(RAW, make_edits(("merge", "A", {"into": "B"})))
    assert ids(found) == ["B", "C", "P"]
    assert found.becomes == {"A": "B"}
    assert found.catalogue["size"].tolist() == [20, 10, 10]
    assert found.touched == {"B"}
    assert found.carried == {"A", "B"}
    assert found.made_of("B") == {"A", "B"}
    assert (found.theme_of("A"), found.theme_of("C"), found.theme_of("Z")) == ("B", "C", None)


@pytest.mark.parametrize(
    ("gone", "stays", "size"), [("A", "B", 20), ("A", "P", None), ("P", "A", None), ("P", "Q", None)]
)
def test_a_merged_theme_has_the_size_of_both_where_both_are_known(
    gone: str, stays: str, size: int | None
) -> None:
    """Parents, praise and what people define have none."""
    raw = raw_themes("A", "B", "P", "Q")
    raw["size"] = raw["size"].mask(raw["theme_id"].isin(["P", "Q"]))
    rows = replay(raw, make_edits(("merge", gone, {"into": stays}))).catalogue.to_dict("records")
    assert [row["size"] for row in rows if row["theme_id"] == stays] == [size]


def test_merges_form_chains_in_either_order() -> None:
    """A into B and B into C, or B into C and then A into B: all count as C."""
    chained = [("merge", "A", {"into": "B"}), ("merge", "B", {"into": "C"})]
    for order in (chained, chained[::-1]):
        found = replay(RAW, make_edits(*order))
        assert found.becomes == {"A": "C", "B": "C"}
        assert found.idle == ()


def test_a_merge_back_is_idle() -> None:
    """It can come about by undoing an undo; the merge that was made first holds."""
    edits = make_edits(
        ("merge", "A", {"into": "B"}),
        ("undo", "A", {"undoes": 1}),
        ("merge", "B", {"into": "A"}),
        ("undo", "A", {"undoes": 2}),
    )
    assert replay(RAW, edits[:3]).becomes == {"B": "A"}
    found = replay(RAW, edits)
    assert found.becomes == {"A": "B"}
    assert [edit.number for edit in found.idle] == [3]
    assert found.carried == {"A", "B"}


SPLIT_RAW = raw_themes("T", "B", "T1", "T2", "P", T="P")
SPLIT = ("split", "T", {"parts": ("T1", "T2")})


def test_a_split_theme_gives_way_to_its_parts() -> None:
    """They lie where it lay; should the model still say the whole, that counts as the first part."""
    found = replay(SPLIT_RAW, make_edits(SPLIT))
    assert ids(found) == ["B", "T1", "T2", "P"]
    assert found.parents == {"T1": "P", "T2": "P"}
    assert found.becomes == {"T": "T1"}
    assert found.touched == {"T1", "T2"}
    assert found.carried == {"T", "T1", "T2"}


def test_parts_are_muted_and_pinned_like_the_theme_they_come_from() -> None:
    """Who did not want to hear of the whole does not want to hear of a part."""
    found = replay(SPLIT_RAW, make_edits(("mute", "T"), ("pin", "T"), SPLIT, ("unpin", "T2")))
    assert found.muted == {"T1", "T2"}
    assert found.pinned == {"T1"}


def test_parts_become_the_theme_again_when_the_split_is_undone() -> None:
    """And apart when that is undone; an edit of a part waits meanwhile."""
    edits = make_edits(
        SPLIT, ("rename", "T1", {"label": "x"}), ("undo", "T", {"undoes": 1}), ("undo", "T", {"undoes": 3})
    )
    whole = replay(SPLIT_RAW, edits[:3])
    assert ids(whole) == ["T", "B", "P"]
    assert whole.becomes == {"T1": "T", "T2": "T"}
    assert [edit.number for edit in whole.idle] == [2]
    apart = replay(SPLIT_RAW, edits)
    assert apart.labels["T1"] == "x"
    assert ids(apart) == ["B", "T1", "T2", "P"]


def test_a_part_can_be_split_again() -> None:
    """Undoing the first split takes the second with it."""
    raw = raw_themes("T", "T1", "T2", "T3", "T4")
    edits = make_edits(("split", "T", {"parts": ("T1", "T2")}), ("split", "T2", {"parts": ("T3", "T4")}))
    assert ids(replay(raw, edits)) == ["T1", "T3", "T4"]
    undoing = (*edits, make_edit(3, "undo", "T", undoes=1))
    found = replay(raw, undoing)
    assert ids(found) == ["T"]
    assert found.becomes == dict.fromkeys(("T1", "T2", "T3", "T4"), "T")


def test_a_split_whose_parts_the_model_does_not_know_is_idle() -> None:
    """The theme stays whole."""
    found = replay(RAW, make_edits(("split", "A", {"parts": ("X", "Y")})))
    assert ids(found) == ["A", "B", "C", "P"]
    assert len(found.idle) == 1


@pytest.mark.parametrize(
    "splits",
    [
        [("split", "A", {"parts": ("B",)}), ("split", "B", {"parts": ("A",)})],
        [("split", "A", {"parts": ("A", "B")})],
        [("split", "A", {"parts": ("B", "C")}), ("split", "P", {"parts": ("B", "C")})],
    ],
    ids=["each other's part", "its own part", "parts of two"],
)
def test_splits_that_make_no_sense_lose_no_theme(splits: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Somebody may write them by hand: every raw theme still counts as one that stands."""
    found = replay(RAW, make_edits(*splits))
    assert all(found.theme_of(raw) for raw in RAW["theme_id"])


def test_a_theme_moves_below_a_parent_and_out_again() -> None:
    """The parent must be kept, for the theme to lie below it."""
    below = replay(RAW, make_edits(("move", "A", {"into": "P"})))
    assert below.parents == {"A": "P", "C": "P"}
    assert below.touched == {"A"}
    assert below.carried == {"A", "P"}
    assert replay(RAW, make_edits(("move", "C"))).parents == {}


def test_a_theme_that_people_made_a_parent_has_none() -> None:
    """Also when a refit puts it below another; there are two levels."""
    found = replay(raw_themes("A", "B", "Q", B="Q"), make_edits(("move", "A", {"into": "B"})))
    assert found.parents == {"A": "B"}


def test_the_children_of_a_merged_parent_move_to_the_one_that_stays() -> None:
    """What lies below a theme goes where it goes."""
    raw = raw_themes("A", "B", "P", "Q", A="P", B="Q")
    assert replay(raw, make_edits(("merge", "P", {"into": "Q"}))).parents == {"A": "Q", "B": "Q"}
    assert replay(raw, make_edits(("merge", "P", {"into": "A"}))).parents == {"B": "Q"}


def test_of_themes_that_lie_below_each_other_the_smallest_id_is_the_parent() -> None:
    """No edit can make them so, but a refit could meet edits that do."""
    raw = raw_themes("A", "B", "C", A="C", B="A", C="B")
    assert replay(raw, ()).parents == {"B": "A", "C": "A"}


def test_marks_are_set_and_cleared() -> None:
    """A mark that was cleared still is something that people said of the theme."""
    found = replay(
        RAW, make_edits(("mute", "A"), ("mute", "B"), ("unmute", "A"), ("pin", "C"), ("unpin", "C"))
    )
    assert found.muted == {"B"}
    assert found.pinned == frozenset()
    assert found.touched == {"A", "B", "C"}


def test_a_muted_theme_does_not_mute_the_one_it_is_merged_into() -> None:
    """The one that stays is as people left it."""
    assert replay(RAW, make_edits(("mute", "A"), ("merge", "A", {"into": "B"}))).muted == frozenset()


def test_notes_go_where_their_theme_goes() -> None:
    """In the order in which they were written."""
    edits = make_edits(
        ("note", "A", {"label": "new depot", "since": "2025-02-01"}),
        ("note", "B", {"label": "one more"}),
        ("merge", "A", {"into": "B"}),
    )
    assert replay(RAW, edits).notes == {"B": edits[:2]}


def test_a_defined_theme_stands_at_the_end() -> None:
    """Its phrases are its keywords until the model has learned others."""
    edits = make_edits(("define", "D", {"label": "parking", "phrases": ("parking lot",)}))
    found = replay(RAW, edits)
    assert ids(found) == ["A", "B", "C", "P", "D"]
    assert found.labels["D"] == "parking"
    assert found.catalogue["keywords"].iloc[-1] == ["parking lot"]
    assert found.catalogue[["size", "stability"]].iloc[-1].isna().all()
    learned = replay(raw_themes("D", "A"), edits)
    assert ids(learned) == ["D", "A"]
    assert learned.labels["D"] == "parking"
    assert learned.catalogue["keywords"].iloc[0] == ["words", "of D"]


def test_a_definition_that_was_undone_leaves_a_theme_that_nothing_counts_as() -> None:
    """The model may know it still; what was said of it waits."""
    edits = make_edits(
        ("define", "D", {"label": "parking", "phrases": ("car",)}),
        ("merge", "A", {"into": "D"}),
        ("undo", "D", {"undoes": 1}),
    )
    for raw in (RAW, raw_themes("A", "B", "C", "P", "D", C="P")):
        assert replay(raw, edits[:2]).becomes == {"A": "D"}
        found = replay(raw, edits)
        assert ids(found) == ["A", "B", "C", "P"]
        assert found.theme_of("D") is None
        assert [edit.number for edit in found.idle] == [2]


def test_edits_are_applied_by_number() -> None:
    """However they are handed over."""
    edits = make_edits(("rename", "A", {"label": "x"}), ("rename", "A", {"label": "y"}))
    assert replay(RAW, edits[::-1]).labels["A"] == "y"


def test_an_edit_without_its_theme_is_idle_and_named() -> None:
    """It neither fails nor touches."""
    found = replay(
        RAW, make_edits(("rename", "Z", {"label": "x"}), ("merge", "A", {"into": "Z"}), ("pin", "Z"))
    )
    assert [edit.number for edit in found.idle] == [1, 2, 3]
    assert found.touched == frozenset()


def test_all_edits_of_a_theme_are_found_through_its_merges() -> None:
    """Undone ones, too; those of other themes are not."""
    edits = make_edits(
        ("rename", "A", {"label": "x"}),
        ("merge", "A", {"into": "B"}),
        ("pin", "C"),
        ("undo", "A", {"undoes": 1}),
        ("move", "C", {"into": "P"}),
    )
    found = replay(RAW, edits)
    assert [edit.number for edit in found.edits_of("B")] == [1, 2, 4]
    assert [edit.number for edit in found.edits_of("P")] == [5]


# Undo


def test_an_undo_of_an_undo_restores() -> None:
    """And one of that takes it back again."""
    edits = make_edits(
        ("pin", "A"), ("undo", "A", {"undoes": 1}), ("undo", "A", {"undoes": 2}), ("undo", "A", {"undoes": 3})
    )
    held = [[edit.number for edit in in_force(edits[:count])] for count in range(1, 5)]
    assert held == [[1], [], [1], []]
    assert [undone(edits[:count]) for count in range(1, 5)] == [set(), {1}, {2}, {1, 3}]


def test_an_undo_of_what_comes_later_takes_nothing_back() -> None:
    """Somebody may write one by hand."""
    edits = make_edits(("undo", "A", {"undoes": 2}), ("pin", "A"))
    assert [edit.number for edit in in_force(edits)] == [2]


# The form of an edit


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "rename"},
        {"action": "merge"},
        {"action": "note"},
        {"action": "define"},
        {"action": "undo"},
        {"action": "paint"},
        {"action": "pin", "made_at": "yesterday"},
        {"action": "pin", "since": "01.02.2025"},
        {"action": "pin", "number": -1},
        {"action": "pin", "colour": "red"},
    ],
    ids=str,
)
def test_an_edit_that_lacks_what_it_needs_is_none(fields: dict[str, Any]) -> None:
    """Nor is one with a field that no edit has."""
    whole = {"number": 1, "made_at": MOMENT, "author": "Ada", "theme_id": "A"}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(whole | fields, Edit)


# What speaks against an edit

RULES = {
    "an unknown theme": (("rename", "D", {"label": "x"}), "no theme 'D'; see `cx-text themes list`"),
    "a theme with a near name": (("mute", "label of Bb"), r"did you mean B \(label of B\)\?"),
    "an id in the wrong case": (("mute", "b"), r"did you mean B \(label of B\)\?"),
    "a theme that was merged": (
        ("rename", "A2", {"label": "x"}),
        r"A2 is part of A \(label of A\) now; name A",
    ),
    "a merge into itself": (("merge", "A", {"into": "A"}), "A cannot be merged into itself;"),
    "a merge back": (("merge", "A", {"into": "A2"}), r"into itself \(A2 is part of it\)"),
    "a merge into nothing": (("merge", "A", {"into": "Z"}), "no theme 'Z'"),
    "a merge of a theme into a parent": (
        ("merge", "A", {"into": "P"}),
        r"P \(label of P\) holds other themes",
    ),
    "a merge of a parent into a theme": (
        ("merge", "P", {"into": "A"}),
        r"P \(label of P\) holds other themes",
    ),
    "a blank label": (("rename", "A", {"label": " \u00a0"}), "the label is blank"),
    "a label that is taken": (("rename", "A", {"label": " LABEL  of b"}), r"B \(label of B\) has this label"),
    "a label of two lines": (("rename", "A", {"label": "a\nb"}), "control characters"),
    "half a character": (("pin", "A", {"reason": "\udc80"}), "control characters"),
    "a moved cursor in a note": (("note", "A", {"label": "\x1b[2J"}), "control characters"),
    "a parent that is none": (
        ("move", "A", {"into": "B"}),
        r"B \(label of B\) is no parent; choose a parent: P",
    ),
    "an unknown parent": (("move", "A", {"into": "Z"}), "no theme 'Z'"),
    "a parent below itself": (("move", "P", {"into": "P"}), "cannot lie below itself"),
    "a parent below a parent": (("move", "Q", {"into": "P"}), r"Q \(only a name\) is a parent itself"),
    "a split of a parent": (("split", "P", {"parts": ("X", "Y")}), "is a parent"),
    "a split into one": (("split", "A", {"parts": ("X",)}), "does not fall into parts"),
    "a split into twice the same": (("split", "A", {"parts": ("X", "X")}), "does not fall into parts"),
    "a split into a theme": (("split", "A", {"parts": ("X", "B")}), "the id 'B' is taken"),
    "a definition of what is there": (("define", "A", {"label": "x"}), "the id 'A' is taken"),
    "a definition of what was": (("define", "A2", {"label": "x"}), "the id 'A2' is taken"),
    "a definition with a label that is taken": (("define", "X", {"label": "label of B"}), "has this label"),
    "an undo of what never was": (
        ("undo", "A", {"undoes": 9}),
        "there is no edit 9; edits are numbered 1 to 4",
    ),
    "an undo of what is undone": (("undo", "A", {"undoes": 3}), "undone already; undo edit 4 to restore it"),
}
KNOWN = raw_themes("A", "A2", "B", "C", "P", C="P")
DONE = make_edits(
    ("merge", "A2", {"into": "A"}),
    ("define", "Q", {"label": "only a name"}),
    ("pin", "B"),
    ("undo", "B", {"undoes": 3}),
)


def check(draft: tuple[Any, ...], **fields: Any) -> Edit:
    """Return what is kept of an edit that comes after `DONE`."""
    action, theme_id, *more = draft
    edit = make_edit(5, action, theme_id, **(more[0] if more else {}), **fields)
    return checked(edit, replay(KNOWN, DONE), KNOWN)


@pytest.mark.parametrize(("draft", "words"), RULES.values(), ids=RULES)
def test_an_edit_that_makes_no_sense_is_refused(draft: tuple[Any, ...], words: str) -> None:
    """With what speaks against it and what to do."""
    with pytest.raises(UsageError, match=words) as caught:
        check(draft)
    assert caught.value.code == "E_THEME"


@pytest.mark.parametrize(
    "draft",
    [
        ("rename", "A", {"label": "Label of A"}),
        ("rename", "A", {"label": '👩‍👧 "late" \\ zu spät'}),
        ("merge", "B", {"into": "A2"}),
        ("merge", "Q", {"into": "P"}),
        ("move", "A", {"into": "P"}),
        ("move", "A", {"into": "Q"}),
        ("move", "P"),
        ("split", "A", {"parts": ("X", "Y"), "phrases": ("x",)}),
        ("define", "X", {"label": "x", "examples": ("v1",)}),
        ("note", "A", {"label": "two\nlines"}),
        ("unmute", "A"),
        ("undo", "A2", {"undoes": 1}),
        ("undo", "B", {"undoes": 4}),
    ],
    ids=str,
)
def test_an_edit_that_makes_sense_is_kept_as_it_is(draft: tuple[Any, ...]) -> None:
    """A merge names what was merged before, and follows it; a theme may keep its own label."""
    kept = check(draft)
    assert (kept.number, kept.action, kept.theme_id) == (5, *draft[:2])
    found = replay(KNOWN, (*DONE, kept))
    assert kept not in found.idle or kept.action == "split"


def test_an_edit_has_an_author() -> None:
    """Blanks are nobody."""
    with pytest.raises(UsageError, match="--author"):
        check(("pin", "A"), author="  ")


def test_there_is_nothing_to_undo_at_first() -> None:
    """The error says so."""
    with pytest.raises(UsageError, match="there are no edits yet"):
        checked(make_edit(1, "undo", "", undoes=1), replay(KNOWN, ()), KNOWN)


def test_there_is_no_parent_at_first() -> None:
    """The error says so."""
    raw = raw_themes("A", "B")
    with pytest.raises(UsageError, match="there is none yet"):
        checked(make_edit(1, "move", "A", into="B"), replay(raw, ()), raw)


def test_a_theme_is_found_by_what_it_was() -> None:
    """An unknown one is refused."""
    taxonomy = replay(KNOWN, DONE)
    assert (theme_named("A2", taxonomy), theme_named("B", taxonomy)) == ("A", "B")
    with pytest.raises(UsageError, match="no theme 'Z'"):
        theme_named("Z", taxonomy)


# Laws: for any sequence of edits, sensible or not

THEMES = st.sampled_from(["A", "B", "C", "D", "E", "P", "Q", "X", "Y", "Z"])
PARTS = st.lists(THEMES, max_size=3, unique=True).map(tuple)
LABELS = st.text("ab", min_size=1, max_size=2)


@st.composite
def any_edits(draw: st.DrawFn) -> tuple[Edit, ...]:
    """Return up to 12 edits, as people could write them by hand."""
    actions = draw(st.lists(st.sampled_from(list(ACTIONS)), max_size=12))
    return tuple(
        make_edit(number, action, draw(THEMES), **draw(ACTIONS[action]))
        for number, action in enumerate(actions, 1)
    )


ACTIONS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "rename": st.fixed_dictionaries({"label": LABELS}),
    "merge": st.fixed_dictionaries({"into": THEMES}),
    "split": st.fixed_dictionaries({"parts": PARTS}),
    "move": st.fixed_dictionaries({"into": THEMES | st.just("")}),
    **dict.fromkeys(("mute", "unmute", "pin", "unpin"), st.just({})),
    "define": st.fixed_dictionaries({"label": LABELS}),
    "note": st.fixed_dictionaries({"label": LABELS}),
    "undo": st.fixed_dictionaries({"undoes": st.integers(1, 12)}),
}


@st.composite
def any_raw(draw: st.DrawFn) -> pd.DataFrame:
    """Return up to eight raw themes in two levels, in any order."""
    names = draw(st.lists(THEMES, max_size=8, unique=True))
    tops = [name for name in names if draw(st.booleans())]
    below = {name: draw(st.sampled_from(tops)) for name in names if name not in tops and tops}
    return raw_themes(*names, **{name: top for name, top in below.items() if draw(st.booleans())})


def meaning(taxonomy: Taxonomy) -> tuple[Any, ...]:
    """Return all that a taxonomy says, to be held against another."""
    marks = (taxonomy.muted, taxonomy.pinned, taxonomy.notes, taxonomy.touched, taxonomy.carried)
    return taxonomy.catalogue.to_csv(), taxonomy.becomes, marks, taxonomy.idle


def undoing(edits: tuple[Edit, ...], numbers: Iterable[int]) -> tuple[Edit, ...]:
    """Return `edits` and undos of the edits with these numbers."""
    start = len(edits) + 1
    return (*edits, *(make_edit(start + at, "undo", "A", undoes=one) for at, one in enumerate(numbers)))


@given(any_raw(), any_edits())
def test_a_replay_is_the_same_each_time(raw: pd.DataFrame, edits: tuple[Edit, ...]) -> None:
    """And changes nothing that it was given."""
    before = raw.copy(deep=True)
    once = meaning(replay(raw, edits))
    assert meaning(replay(raw, edits[::-1])) == once
    pd.testing.assert_frame_equal(raw, before)


@given(any_raw(), any_edits())
def test_every_theme_counts_as_one_that_stands(raw: pd.DataFrame, edits: tuple[Edit, ...]) -> None:
    """No two have the same id; only what was defined, and what was part of that, may count as nothing."""
    found = replay(raw, edits)
    names = ids(found)
    assert len(set(names)) == len(names)
    assert set(found.becomes.values()) <= set(names)
    assert not set(found.becomes) & set(names)
    assert found.touched | found.muted | found.pinned | set(found.notes) <= set(names)
    lost = {one for one in raw["theme_id"] if found.theme_of(one) is None}
    if not any(edit.action == "define" for edit in edits):
        assert lost == set()
        assert set(names) <= set(raw["theme_id"])


@given(any_raw(), any_edits())
def test_there_are_two_levels_and_no_circles(raw: pd.DataFrame, edits: tuple[Edit, ...]) -> None:
    """A parent stands, and has no parent."""
    found = replay(raw, edits)
    assert set(found.parents.values()) <= set(ids(found))
    assert not set(found.parents.values()) & set(found.parents)


@given(any_raw(), any_edits())
def test_undoing_everything_gives_back_what_the_model_knows(
    raw: pd.DataFrame, edits: tuple[Edit, ...]
) -> None:
    """Save the parts of splits, which are the whole again, and what was defined."""
    found = replay(raw, undoing(edits, [edit.number for edit in in_force(edits)]))
    special = {one for edit in edits if edit.action == "split" for one in edit.parts}
    special |= {edit.theme_id for edit in edits if edit.action == "define"}
    assert (found.muted, found.pinned, found.notes, found.idle) == (frozenset(), frozenset(), {}, ())
    assert (found.touched, found.carried) == (frozenset(), frozenset())
    assert set(found.becomes) <= special
    if not special & set(raw["theme_id"]):
        pd.testing.assert_frame_equal(found.catalogue, raw)


@given(any_raw(), any_edits(), st.integers(1, 12))
def test_an_undo_undone_is_as_if_neither_had_been(
    raw: pd.DataFrame, edits: tuple[Edit, ...], number: int
) -> None:
    """For any edit, undos included."""
    there = number <= len(edits)
    twice = undoing(undoing(edits, [number] if there else []), [len(edits) + 1] if there else [])
    assert meaning(replay(raw, twice)) == meaning(replay(raw, edits))


@given(any_raw(), any_edits(), any_raw(), st.randoms(use_true_random=False))
def test_a_refit_keeps_the_meaning_of_every_edit(
    raw: pd.DataFrame, edits: tuple[Edit, ...], learned: pd.DataFrame, rng: Any
) -> None:
    """It may name, order and drop themes as it likes, as long as it keeps those that are carried."""
    before = replay(raw, edits)
    after = replay(refitted(raw, before.carried, learned, rng), edits)
    same_for(before, after, edits)


@given(any_raw(), any_edits(), any_raw(), st.integers(1, 12), st.randoms(use_true_random=False))
def test_an_undo_after_a_refit_means_what_it_would_have_meant_before(
    raw: pd.DataFrame, edits: tuple[Edit, ...], learned: pd.DataFrame, number: int, rng: Any
) -> None:
    """Learning keeps apart what an undo takes apart."""
    carried = replay(raw, edits).carried
    if number not in {edit.number for edit in in_force(edits)}:
        return
    taken_back = undoing(edits, [number])
    before = replay(raw, taken_back)
    after = replay(refitted(raw, carried, learned, rng), taken_back)
    same_for(before, after, taken_back)


def refitted(raw: pd.DataFrame, carried: frozenset[str], learned: pd.DataFrame, rng: Any) -> pd.DataFrame:
    """Return what a refit may know: the themes carried under new names, and new ones of new ids."""
    kept = [one for one in raw["theme_id"] if one in carried] + sorted(carried - set(raw["theme_id"]))
    new = [f"N{number}" for number in range(len(learned))]
    rng.shuffle(kept)
    names = [*kept, *new]
    return raw_themes(*names).assign(label=[f"learned {one}" for one in names])


def same_for(before: Taxonomy, after: Taxonomy, edits: tuple[Edit, ...]) -> None:
    """Check that what people said of themes is the same in both."""
    assert after.touched == before.touched
    assert before.carried <= after.carried
    assert (after.muted, after.pinned, after.notes) == (before.muted, before.pinned, before.notes)
    assert after.idle == before.idle
    for raw in before.carried:
        assert after.theme_of(raw) == before.theme_of(raw)
    named = {edit.theme_id for edit in in_force(edits) if edit.action in ("rename", "define")}
    for theme in named & set(before.labels):
        if any(edit.theme_id == theme for edit in edits if edit not in before.idle):
            assert after.labels[theme] == before.labels[theme]


@st.composite
def moves(draw: st.DrawFn) -> tuple[Edit, ...]:
    """Return up to eight moves."""
    pairs = draw(st.lists(st.tuples(THEMES, THEMES | st.just("")), max_size=8))
    return make_edits(*(("move", theme, {"into": into}) for theme, into in pairs))


@given(any_raw(), moves())
def test_where_people_put_a_theme_it_lies(raw: pd.DataFrame, edits: tuple[Edit, ...]) -> None:
    """Wherever the model would put it or the parent; what was made a parent came out on top."""
    found = replay(raw, edits)
    placed: dict[str, str] = {}
    for edit in edits:
        if edit not in found.idle:
            placed[edit.theme_id] = edit.into
            placed |= {edit.into: ""} if edit.into else {}
    for theme in placed:
        top = theme
        while placed[top]:
            top = placed[top]
        assert found.parents.get(theme, theme) == top

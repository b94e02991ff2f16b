"""The file of edits: people can read it, write in it and trust it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from build_edits import MOMENT, make_edit, make_edits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_text.errors import WorkspaceError
from cx_text.store.edits import EDITS, append_edit, read_edits, table_of, taken_back_on_error
from cx_text.taxonomy import Edit

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FIELDS = {
    "reason": TEXTS,
    "label": TEXTS.filter(bool),
    "into": TEXTS.filter(bool),
    "parts": st.lists(TEXTS, max_size=3).map(tuple),
    "phrases": st.lists(TEXTS, max_size=3).map(tuple),
    "examples": st.lists(TEXTS, max_size=3).map(tuple),
    "since": st.sampled_from(["", "2025-02-01"]),
    "undoes": st.integers(1, 2**60),
}
ACTIONS = st.sampled_from(["rename", "merge", "split", "move", "mute", "pin", "define", "note", "undo"])


@st.composite
def any_edit(draw: st.DrawFn) -> Edit:
    """Return an edit with any text in any field."""
    fields: dict[str, Any] = {name: draw(values) for name, values in FIELDS.items()}
    number = draw(st.integers(1, 2**60))
    return make_edit(number, draw(ACTIONS), draw(TEXTS), author=draw(TEXTS), **fields)


def fails(workspace: Path, text: str | bytes, code: str = "E_EDITS") -> str:
    """Return the line of the error that reading a file with this content gives."""
    data = text if isinstance(text, bytes) else text.encode()
    (workspace / EDITS).write_bytes(data)
    with pytest.raises(WorkspaceError) as caught:
        read_edits(workspace)
    assert caught.value.code == code
    with pytest.raises(WorkspaceError):
        append_edit(workspace, make_edit(9, "pin", "A"))
    assert (workspace / EDITS).read_bytes() == data
    return str(caught.value).replace(str(workspace), "W")


@given(any_edit())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_edit_comes_back_as_it_was(tmp_path: Path, edit: Edit) -> None:
    """Quotes, backslashes, line ends, controls and characters beyond the first plane included."""
    (tmp_path / EDITS).unlink(missing_ok=True)
    append_edit(tmp_path, edit)
    assert read_edits(tmp_path) == (edit,)


@given(any_edit())
def test_every_line_of_an_edit_can_be_seen(edit: Edit) -> None:
    """What would end a line or move a cursor stands there as its number."""
    lines = table_of(edit).split("\n")
    assert lines[0] == "[[edit]]"
    assert all(line.isprintable() for line in lines)
    assert tomllib.loads(table_of(edit))["edit"][0]["theme_id"] == edit.theme_id


def test_a_workspace_that_nobody_edited_has_no_file(tmp_path: Path) -> None:
    """And no edits."""
    assert read_edits(tmp_path) == ()
    assert not (tmp_path / EDITS).exists()


def test_the_file_says_what_it_is_and_what_was_said(tmp_path: Path) -> None:
    """One table an edit, without empty fields; for its owner alone; nothing lies beside it."""
    first, second = make_edits(
        ("rename", "T0001", {"label": 'late "refunds"', "reason": "as we call it"}),
        ("split", "T0002", {"parts": ("T0003", "T0004"), "phrases": ("parcel",)}),
    )
    append_edit(tmp_path, first)
    append_edit(tmp_path, second)
    text = (tmp_path / EDITS).read_text(encoding="utf-8")
    header, *tables = text.split("[[edit]]\n")
    assert header.startswith("# What people said of the themes")
    assert header.endswith("\n\nversion = 1\n\n")
    assert tables[0] == (
        f'number = 1\nmade_at = "{MOMENT}"\nauthor = "Ada"\naction = "rename"\ntheme_id = "T0001"\n'
        'reason = "as we call it"\nlabel = "late \\"refunds\\""\n\n'
    )
    assert tables[1].endswith('parts = ["T0003", "T0004"]\nphrases = ["parcel"]\n')
    assert (tmp_path / EDITS).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [EDITS]


def test_what_people_wrote_in_the_file_stays(tmp_path: Path) -> None:
    """Comments, spellings, line ends and a mark of UTF-8 before the new edit are as they were."""
    own = (
        b"\xef\xbb\xbf# ours\r\nversion = 1\r\n[[edit]] # the first\r\nnumber = 3\r\n"
        b"made_at = '2025-03-01T09:30:00Z'\r\nauthor = 'B\xc3\xa9a'\r\naction = 'note'\r\n"
        b"theme_id = 'T1'\r\nlabel = '''two\nlines'''  # end"
    )
    (tmp_path / EDITS).write_bytes(own)
    append_edit(tmp_path, make_edit(4, "pin", "T2"))
    assert (tmp_path / EDITS).read_bytes().startswith(own + b"\n\n[[edit]]\n")
    found = read_edits(tmp_path)
    assert [(edit.number, edit.author, edit.label) for edit in found] == [
        (3, "Béa", "two\nlines"),
        (4, "Ada", ""),
    ]


def test_an_empty_list_of_edits_is_none(tmp_path: Path) -> None:
    """A file may hold its version alone."""
    (tmp_path / EDITS).write_text("version = 1\n", encoding="utf-8")
    assert read_edits(tmp_path) == ()


GOOD = f'[[edit]]\nnumber = 1\nmade_at = "{MOMENT}"\nauthor = "Ada"\naction = "pin"\ntheme_id = "T1"\n'

BROKEN = {
    "no version": (GOOD, "W/edits.toml:1: the version is not"),
    "version as text": ('# x\nversion = "1"\n', "W/edits.toml:2: the version is not"),
    "a version before the first": ("version = 0", "W/edits.toml:1: the version"),
    "no TOML": (f"version = 1\n{GOOD}label = late\n", "W/edits.toml:8: this is no TOML"),
    "cut": ('version = 1\n[[edit]]\nlabel = "la', "W/edits.toml:3: this is no TOML"),
    "a number without end": (f"version = 1{'0' * 5000}", "W/edits.toml:1: this is no TOML"),
    "lists without end": (f"version = 1\nedit = {'[' * 50_000}", "this is no TOML"),
    "no UTF-8": (b"version = 1\n# caf\xe9\n", "W/edits.toml:2: this is no UTF-8"),
    "an unknown table": ("version = 1\n\n[edits]\n", "W/edits.toml:3: it has no place for 'edits'"),
    "one bracket": (
        f"version = 1\n{GOOD.replace('[[edit]]', '[edit]')}",
        "W/edits.toml:2: an edit stands under",
    ),
    "an unknown field": (f"version = 1\n{GOOD}\n{GOOD}lable = 1\n", "W/edits.toml:9: .*unknown field lable"),
    "an unknown action": (f"version = 1\n{GOOD.replace('pin', 'paint')}", "W/edits.toml:2: .*paint"),
    "a field of another kind": (f"version = 1\n{GOOD}label = 5\n", r"W/edits.toml:2: .*\$.label"),
    "a time in no form": (f"version = 1\n{GOOD.replace(MOMENT, 'today')}", r"W/edits.toml:2: .*\$.made_at"),
    "a lacking field": (f"version = 1\n{GOOD.replace('pin', 'merge')}", "W/edits.toml:2: .*merge needs into"),
    "the number 0": (
        f"version = 1\n{GOOD.replace('= 1', '= 0')}",
        "W/edits.toml:2: this edit has the number 0",
    ),
    "a number twice": (f"version = 1\n{GOOD}\n{GOOD}", "W/edits.toml:9: edit 1 comes after edit 1"),
    "no table": ("version = 1\nedit = [5]\n", "W/edits.toml:1: this edit cannot be read"),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_by_its_line_and_left_as_it_is(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    """Neither read nor written to; the error says what to do."""
    line = fails(tmp_path, text)
    assert line.startswith("E_EDITS W/edits.toml:")
    assert re.search(words, line), line
    assert line.endswith("; mend this line, or put back an older copy of the file")
    assert "\n" not in line


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """Whatever it holds."""
    line = fails(tmp_path, "version = 2\nother = 1\n", "E_NEWER")
    assert line.endswith("a newer version wrote it (version 2, this one knows 1); update cx-text")


def test_edits_in_one_line_can_be_read_but_not_added_to(tmp_path: Path) -> None:
    """TOML does not let a list go on after it was closed; the error comes before anything is written."""
    table = f'{{number = 1, made_at = "{MOMENT}", author = "Ada", action = "pin", theme_id = "T1"}}'
    text = f"version = 1\nedit = [{table}]\n"
    (tmp_path / EDITS).write_text(text, encoding="utf-8")
    assert [edit.action for edit in read_edits(tmp_path)] == ["pin"]
    with pytest.raises(WorkspaceError, match=r"E_EDITS .*edits.toml:4: this is no TOML"):
        append_edit(tmp_path, make_edit(2, "pin", "T2"))
    assert (tmp_path / EDITS).read_text(encoding="utf-8") == text


def test_a_number_that_does_not_rise_is_not_written(tmp_path: Path) -> None:
    """The file would be broken."""
    append_edit(tmp_path, make_edit(2, "pin", "A"))
    with pytest.raises(WorkspaceError, match="edit 2 comes after edit 2"):
        append_edit(tmp_path, make_edit(2, "pin", "B"))
    assert [edit.theme_id for edit in read_edits(tmp_path)] == ["A"]


def append_twice(workspace: Path, edit: Edit) -> None:
    """Write an edit, then fail."""
    append_edit(workspace, edit)
    append_edit(workspace, edit)


@pytest.mark.parametrize("before", [0, 1])
def test_what_fails_leaves_the_file_as_it_was(tmp_path: Path, before: int) -> None:
    """Also where there was none."""
    for number in range(1, before + 1):
        append_edit(tmp_path, make_edit(number, "pin", "A"))
    with pytest.raises(WorkspaceError), taken_back_on_error(tmp_path):
        append_twice(tmp_path, make_edit(8, "pin", "B"))
    assert (tmp_path / EDITS).exists() == bool(before)
    assert len(read_edits(tmp_path)) == before


def test_what_succeeds_is_kept(tmp_path: Path) -> None:
    """The door changes nothing."""
    with taken_back_on_error(tmp_path):
        append_edit(tmp_path, make_edit(1, "pin", "B"))
    assert len(read_edits(tmp_path)) == 1


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    """As trouble with access, in one line."""
    (tmp_path / EDITS).mkdir()
    with pytest.raises(WorkspaceError, match="E_ACCESS"):
        read_edits(tmp_path)

"""The commands on themes: what they print, what they keep, and what they refuse."""

from __future__ import annotations

import getpass
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from build_edits import make_edit, raw_themes
from flow import Answer, Call

from cx_text import nightly
from cx_text.config import Config
from cx_text.edits import told_edit
from cx_text.errors import ResourceError, UsageError
from cx_text.model_file import to_bytes
from cx_text.nightly import Order
from cx_text.records import CSV_TABLES, REJECTED, THEMES, Findings
from cx_text.scoring import TextModel
from cx_text.store import Workspace
from cx_text.store.edits import EDITS, append_edit, read_edits
from cx_text.store.told import Told

SEED = 11


class Applied:
    """Stands in for what makes edits effective: notes how it was called, or fails."""

    def __init__(self) -> None:
        """Begin with no calls."""
        self.calls: list[tuple[int, Order]] = []
        self.error: Exception | None = None

    def __call__(self, space: Workspace, order: Order) -> None:
        """Note how many edits lie in the workspace, which is open to write."""
        space.add_agents(["Ada"])
        self.calls.append((len(read_edits(space.path)), order))
        if self.error:
            raise self.error


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> Applied:
    """Lend the stand-in."""
    stand_in = Applied()
    monkeypatch.setattr(nightly, "apply_edits", stand_in, raising=False)
    return stand_in


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a workspace whose model knows four themes, one of them a parent, and one report."""
    folder = tmp_path / "w"
    raw = raw_themes("T0001", "T0002", "T0003", "T0004", T0003="T0004")
    model = replace(TextModel.untaught(Config(seed=SEED)), catalogue=raw)
    with Workspace.open(folder, write=True, create=True) as space:
        space.point_at_model(space.save_model("text", to_bytes(model)), 0)
        space.keep_themes(raw, "R000001")
        counted = THEMES.frame({"theme_id": ["T0001", "T0002"], "volume": [42, None]})
        tables = {table.name: table.frame() for table in CSV_TABLES} | {"themes": counted}
        space.keep_told("R000001", Told(Findings(**tables, metrics={}, coverage={}), REJECTED.frame()))
        space.finish_run("R000001", {"run_id": "R000001"})
    return folder


def themes(call: Call, workspace: Path, *arguments: object) -> Any:
    """Return the JSON that a command on themes answers; it says nothing else."""
    answer = call("themes", *arguments, "--workspace", workspace, "--json")
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out)


def refused(answer: Answer, code: int, words: str) -> None:
    """Check that a command failed with one line of `words` and answered nothing."""
    assert (answer.code, answer.out) == (code, ""), answer
    assert answer.err.count("\n") == 1
    assert re.search(words, answer.err), answer.err


def test_the_list_tells_each_theme_with_its_marks(call: Call, workspace: Path, applied: Applied) -> None:
    """Comments are those of the last report; what is not known is null."""
    themes(call, workspace, "pin", "T0001")
    themes(call, workspace, "mute", "T0003")
    rows = {row["theme_id"]: row for row in themes(call, workspace, "list")}
    assert list(rows) == ["T0001", "T0002", "T0003", "T0004"]
    assert rows["T0001"] == {
        "theme_id": "T0001",
        "label": "label of T0001",
        "keywords": ["words", "of T0001"],
        "size": 10,
        "stability": 0.5,
        "parent_theme_id": None,
        "comments": 42,
        "made_of": [],
        "touched": True,
        "pinned": True,
        "muted": False,
    }
    assert rows["T0003"]["parent_theme_id"] == "T0004"
    assert [rows["T0003"][mark] for mark in ("touched", "pinned", "muted")] == [True, False, True]
    assert rows["T0002"]["comments"] is None
    printed = call("themes", "list", "--workspace", workspace)
    lines = [line for line in printed.out.splitlines() if "T0001" in line or "T0003" in line]
    assert re.search(r"T0001.*label of T0001.* 42 .*touched, pinned", lines[0])
    assert re.search(r"T0003.*T0004.*touched, muted", lines[1])
    assert printed.err == ""


def test_the_list_warns_of_an_edit_that_finds_nothing(call: Call, workspace: Path) -> None:
    """Such as one copied from another workspace; the list stands."""
    append_edit(workspace, make_edit(1, "mute", "T0099"))
    answer = call("themes", "list", "--workspace", workspace)
    assert answer.code == 0
    assert answer.err == "warning: edit 1 (mute T0099) finds nothing to act on\n"


def test_a_theme_is_shown_with_all_edits_that_touched_it(
    call: Call, workspace: Path, applied: Applied
) -> None:
    """By whom, when and why; undone ones are marked; a merged theme leads to the one that stays."""
    themes(call, workspace, "rename", "T0001", "late", "--author", "Ada", "--reason", "shorter")
    themes(call, workspace, "merge", "T0001", "T0002", "--author", "Bo")
    themes(call, workspace, "note", "T0002", "new depot", "--since", "2025-02-01", "--author", "Bo")
    themes(call, workspace, "undo", 1, "--author", "Cy")
    for name in ("T0001", "T0002"):
        told = themes(call, workspace, "show", name)
        assert (told["theme_id"], told["made_of"], told["touched"]) == ("T0002", ["T0001"], True)
        assert [(one["action"], one["author"], one["undone"]) for one in told["edits"]] == [
            ("rename", "Ada", True),
            ("merge", "Bo", False),
            ("note", "Bo", False),
            ("undo", "Cy", False),
        ]
    printed = call("themes", "show", "T0002", "--workspace", workspace).out.splitlines()
    assert "label            label of T0002" in printed
    assert "made_of          T0001" in printed
    assert re.fullmatch(
        r"edit 1: rename T0001; label late; by Ada at \d{4}-\d\d-\d\dT[\d:]{8}Z; shorter; undone", printed[-4]
    )
    assert re.fullmatch(r"edit 2: merge T0001; into T0002; by Bo at \S+Z", printed[-3])
    assert re.fullmatch(r"edit 3: note T0002; label new depot, since 2025-02-01; by Bo at \S+Z", printed[-2])


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        (["rename", "T0001", 'a "late" refund'], {"label": 'a "late" refund'}),
        (["merge", "T0001", "T0002"], {"into": "T0002"}),
        (["move", "T0001", "T0004"], {"into": "T0004"}),
        (["move", "T0003"], {}),
        (["mute", "T0001"], {}),
        (["unmute", "T0001"], {}),
        (["pin", "T0001"], {}),
        (["unpin", "T0001"], {}),
        (["note", "T0001", "two\nlines"], {"label": "two\nlines"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_edit_is_kept_with_author_time_and_reason(
    call: Call, workspace: Path, applied: Applied, arguments: list[str], fields: dict[str, str]
) -> None:
    """And made effective once, with the settings that the model learned with."""
    told = themes(call, workspace, *arguments, "--author", "Ada", "--reason", "why not")
    [kept] = read_edits(workspace)
    assert told_edit(kept) == told
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.pop("made_at"))
    whole = {"number": 1, "author": "Ada", "action": arguments[0], "theme_id": arguments[1]}
    assert told == whole | {"reason": "why not"} | fields
    [(count, order)] = applied.calls
    assert (count, order.workspace, order.config.seed) == (1, workspace, SEED)


def test_an_edit_says_how_to_take_it_back(call: Call, workspace: Path, applied: Applied) -> None:
    """On stdout, in one line; and the undo how to take back the undo."""
    answer = call("themes", "pin", "T0001", "--workspace", workspace)
    assert answer.out == "edit 1 is kept; take it back with `cx-text themes undo 1`\n"
    answer = call("themes", "undo", 1, "--workspace", workspace)
    assert answer.out == "edit 2 is kept; take it back with `cx-text themes undo 2`\n"
    assert read_edits(workspace)[1].theme_id == "T0001"
    assert themes(call, workspace, "show", "T0001")["pinned"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        ["merge", "T0002", "T0001"],
        ["define", "Slow", "--phrase", "slow"],
        ["split", "T0001", "--phrase", "slow"],
        ["undo", "1"],
        ["note", "T0001", "new depot"],
    ],
    ids=" ".join,
)
def test_an_edit_that_was_killed_on_its_way_is_kept_once(
    call: Call, workspace: Path, applied: Applied, arguments: list[str]
) -> None:
    """The same command again makes effective what lies in the file, and gives it no second number."""
    themes(call, workspace, "pin", "T0001", "--author", "Ada")
    first = themes(call, workspace, *arguments, "--author", "Ada")
    assert themes(call, workspace, *arguments, "--author", "Ada") == first
    assert [edit.number for edit in read_edits(workspace)] == [1, 2]
    assert [count for count, _ in applied.calls] == [1, 2, 2]
    assert themes(call, workspace, "pin", "T0003", "--author", "Bo")["number"] == 3


@pytest.mark.parametrize("error", [OSError, KeyError, ImportError])
def test_the_author_is_who_is_logged_in(
    call: Call, workspace: Path, applied: Applied, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Or unknown, where the system does not know."""

    def nobody() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", lambda: "dora")
    assert themes(call, workspace, "pin", "T0001")["author"] == "dora"
    monkeypatch.setattr(getpass, "getuser", nobody)
    assert themes(call, workspace, "unpin", "T0001")["author"] == "unknown"


def test_settings_of_a_file_are_those_of_the_new_report(
    call: Call, workspace: Path, applied: Applied, tmp_path: Path
) -> None:
    """Else they are the model's."""
    (tmp_path / "c.toml").write_text("seed = 5", encoding="utf-8")
    themes(call, workspace, "pin", "T0001", "--config", tmp_path / "c.toml")
    assert applied.calls[0][1].config.seed == 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["rename", "T001", "x"],
            r"E_THEME: there is no theme 'T001'; did you mean T0001 \(label of T0001\)\?",
        ),
        (["rename", "T0001", ""], "E_THEME: rename needs label"),
        (["rename", "T0001", "label of T0002"], "E_THEME.*has this label"),
        (["merge", "T0001", "T0001"], "E_THEME.*into itself"),
        (["move", "T0001", "T0002"], r"E_THEME.*is no parent; choose a parent: T0004 \(label of T0004\)"),
        (["note", "T0001", "x", "--since", "May"], "E_THEME.*since"),
        (["undo", "1"], "E_THEME: there is no edit 1; there are no edits yet"),
        (["undo", "0"], "E_USAGE"),
        (["paint", "T0001"], "E_USAGE"),
        (["show", "nope"], "E_THEME: there is no theme 'nope'; see `cx-text themes list`"),
        (["rename", "T0001", "\x1b[2J"], "E_THEME: the edit holds control characters"),
        (["rename", "T0001", "x", "--config", "nope.toml"], "CONFIG"),
    ],
    ids=repr,
)
def test_what_makes_no_sense_is_exit_2_and_keeps_nothing(
    call: Call, workspace: Path, applied: Applied, arguments: list[str], words: str
) -> None:
    """One line that says what to do."""
    refused(call("themes", *arguments, "--workspace", workspace), 2, words)
    assert not (workspace / EDITS).exists()
    assert applied.calls == []


def test_a_call_without_a_command_is_exit_2(call: Call) -> None:
    """As everywhere."""
    refused(call("themes"), 2, "E_USAGE")


@pytest.mark.parametrize("arguments", [["list"], ["show", "T1"], ["pin", "T1"]], ids=" ".join)
def test_without_a_workspace_or_a_model_there_are_no_themes(
    call: Call, tmp_path: Path, arguments: list[str]
) -> None:
    """Exit 4, with what to do first."""
    folder = tmp_path / "none"
    refused(call("themes", *arguments, "--workspace", folder), 4, "E_NO_WORKSPACE.*cx-text run")
    Workspace.open(folder, write=True, create=True).close()
    refused(call("themes", *arguments, "--workspace", folder), 4, "E_NO_MODEL.*cx-text run")


@pytest.mark.parametrize("arguments", [["list"], ["show", "T0001"], ["pin", "T0001"]], ids=" ".join)
def test_a_broken_file_of_edits_is_exit_4(call: Call, workspace: Path, arguments: list[str]) -> None:
    """It names the line."""
    (workspace / EDITS).write_text("version = 1\n\nedits = 1\n", encoding="utf-8")
    refused(call("themes", *arguments, "--workspace", workspace), 4, "E_EDITS .*edits.toml:3: ")


def test_one_writer_at_a_time(call: Call, workspace: Path, applied: Applied) -> None:
    """An edit during a run is exit 5; readers are served."""
    with Workspace.open(workspace, write=True):
        refused(call("themes", "pin", "T0001", "--workspace", workspace), 5, "E_LOCKED")
        assert len(themes(call, workspace, "list")) == 4


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ResourceError("E_DISK", "full", "free space"), 6),
        (UsageError("E_THEME", "no", "x"), 2),
        (KeyError(), 1),
    ],
    ids=repr,
)
def test_an_edit_that_cannot_be_applied_is_not_kept(
    call: Call, workspace: Path, applied: Applied, error: Exception, code: int
) -> None:
    """The next run must not find what was told to have failed."""
    themes(call, workspace, "pin", "T0001")
    before = (workspace / EDITS).read_bytes()
    applied.error = error
    assert call("themes", "mute", "T0001", "--workspace", workspace).code == code
    assert (workspace / EDITS).read_bytes() == before


def test_a_list_without_a_report_knows_no_comments(call: Call, workspace: Path) -> None:
    """An older version did not keep what it found."""
    with Workspace.open(workspace, write=True) as space:
        space.change("DELETE FROM told")
    assert {row["comments"] for row in themes(call, workspace, "list")} == {None}


def test_a_label_cannot_move_the_cursor(call: Call, workspace: Path) -> None:
    """Somebody may have written it by hand."""
    append_edit(workspace, make_edit(1, "rename", "T0001", label="a\x1b[2Jb\nc"))
    for arguments in (["list"], ["show", "T0001"]):
        out = call("themes", *arguments, "--workspace", workspace).out
        assert "a?[2Jb?c" in out
        assert "\x1b" not in out

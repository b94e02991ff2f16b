"""The commands that explain: words for people, JSON for programs, and what they refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from flow import Call, Kept

from cx_text.store import Workspace

KINDS: Mapping[str, str] = {"theme": "T0001", "verbatim": "r00003", "agent": "Mara Quill"}


def issue_of(kept: Kept) -> str:
    """Return the id of the first issue."""
    return str(pd.read_csv(kept.output / "issues.csv")["issue_id"].iloc[0])


def explained(call: Call, kind: str, name: str, workspace: Path) -> Any:
    """Return the JSON of an explanation; nothing else is said."""
    answer = call("explain", kind, name, "--workspace", workspace, "--json")
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out)


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("theme", "label found looks_at rules edits lineage examples nearest figures evidence"),
        ("verbatim", "text status language duplicate_of agent channel sentiment spans weights theme_ids"),
        ("agent", "agent team n judged topics coaching"),
        ("issue", "label status scope evidence figures examples"),
    ],
)
def test_an_explanation_as_json_is_complete(call: Call, kept: Kept, kind: str, keys: str) -> None:
    """One object on one line, with the run that it speaks of."""
    told = explained(call, kind, KINDS.get(kind) or issue_of(kept), kept.workspace)
    assert set(keys.split()) <= told.keys()
    assert (told["kind"], told["run_id"]) == (kind, "R000001")


@pytest.mark.parametrize(
    ("kind", "titles"),
    [
        ("theme", ["Theme T0001: ", "What it is", "What the model looks at", "Typical comments"]),
        ("verbatim", ["Comment r00003", "What it says", "What was made of it", "Part 1 of "]),
        ("agent", ["Agent Mara Quill", "On ", "Other topics"]),
        ("issue", ["Issue I-", "The numbers of the last report (R000001)", "All evidence"]),
    ],
)
def test_an_explanation_in_words_has_a_headline_and_sections(
    call: Call, kept: Kept, kind: str, titles: list[str]
) -> None:
    """On stdout, with nothing on stderr."""
    name = KINDS.get(kind) or issue_of(kept)
    answer = call("explain", kind, name, "--workspace", kept.workspace)
    assert (answer.code, answer.err) == (0, "")
    lines = [line for line in answer.out.splitlines() if line and not line.startswith(" ")]
    for title in titles:
        assert any(line.startswith(title) for line in lines), (title, lines)


def test_words_and_json_tell_the_same_number(call: Call, kept: Kept) -> None:
    """A share, once as a ratio and once in percent."""
    figures = explained(call, "theme", "T0001", kept.workspace)["figures"]
    [share] = [one["value"] for one in figures if one["name"] == "share"]
    words = call("explain", "theme", "T0001", "--workspace", kept.workspace).out
    assert f"Share: {share:.1%} = " in words


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("theme", "T001", r"E_THEME: there is no theme 'T001'; did you mean T00\d+ \("),
        ("verbatim", "r0003", "E_UNKNOWN: there is no verbatim 'r0003'; did you mean 'r"),
        ("agent", "Mara Quil", "E_UNKNOWN: there is no agent 'Mara Quil'; did you mean 'Mara Quill'"),
        ("issue", "I-", "E_UNKNOWN: there is no issue 'I-'; see issues.csv"),
        ("weather", "x", "E_USAGE"),
    ],
)
def test_a_name_that_is_not_there_is_exit_2(call: Call, kept: Kept, kind: str, name: str, words: str) -> None:
    """One line on stderr that leads to the nearest, and nothing on stdout."""
    answer = call("explain", kind, name, "--workspace", kept.workspace)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert re.search(words, answer.err), answer.err


@pytest.mark.parametrize("kind", ["theme", "verbatim", "agent", "issue"])
def test_without_a_workspace_there_is_nothing_to_explain(call: Call, tmp_path: Path, kind: str) -> None:
    """Exit 4, with what to do first."""
    answer = call("explain", kind, "x", "--workspace", tmp_path / "none")
    assert (answer.code, answer.out) == (4, "")
    assert "E_NO_WORKSPACE" in answer.err


def test_explaining_changes_nothing(call: Call, copied: Path) -> None:
    """It reads; a run may write meanwhile."""
    with Workspace.open(copied, write=True) as space:
        before = space.digest()
        for kind, name in KINDS.items():
            explained(call, kind, name, copied)
        assert space.digest() == before


def test_a_comment_cannot_move_the_cursor(call: Call, copied: Path) -> None:
    """Whatever found its way into a text is shown as a question mark."""
    with Workspace.open(copied, write=True) as space:
        space.change("UPDATE rows SET text = ? WHERE verbatim_id = ?", ("late\x1b[2J again", "r00003"))
    out = call("explain", "verbatim", "r00003", "--workspace", copied).out
    assert "late?[2J again" in out
    assert "\x1b" not in out

"""`cx-text correct verbatim`: what it keeps, what follows it, and what it refuses."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from flow import Call

from cx_text.nightly import Order, run
from cx_text.store.edits import read_edits

ROWS = 30


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with comments of two agents; look, but do not touch."""
    home = tmp_path_factory.mktemp("made")
    lines = [
        f"v{row},{'Ada' if row % 2 else 'Ben'},{'North' if row % 2 else 'South'},"
        f"The courier came late on day {row} and nobody told me why"
        for row in range(ROWS)
    ]
    export = home / "export.csv"
    export.write_text("\n".join(["verbatim_id,agent,team,verbatim", *lines]), encoding="utf-8")
    run([export], Order(home / "w"))
    return home / "w"


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Path:
    """Return a workspace of the test's own that is as the one made."""
    return Path(shutil.copytree(made, tmp_path / "w", symlinks=True))


def agents(workspace: Path) -> dict[str, int]:
    """Return the number of comments of each agent in the last report."""
    with (workspace / "reports" / "latest" / "agents.csv").open(encoding="utf-8", newline="") as file:
        return {row["agent"]: int(row["n"]) for row in csv.DictReader(file)}


def kept(call: Call, workspace: Path, *arguments: object) -> Any:
    """Return the edit that a correction is kept as."""
    answer = call("correct", "verbatim", *arguments, "--workspace", workspace, "--author", "Eve", "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def exported(call: Call, workspace: Path, name: str) -> dict[str, Any]:
    """Return a comment as `cx-text export` gives it."""
    answer = call("export", "verbatims", "--workspace", workspace)
    return next(row for row in map(json.loads, answer.out.splitlines()) if row["verbatim_id"] == name)


def test_not_my_agent_sticks_and_every_figure_follows(call: Call, workspace: Path) -> None:
    """The report, the export, the digest; an undo brings all of it back."""
    before = agents(workspace), call("digest", "--workspace", workspace).out
    edit = kept(call, workspace, "v1", "--agent", "Ben", "--reason", "took over")
    assert (edit["aspect"], edit["label"], edit["into"], edit["examples"]) == (
        "agent",
        "Ben",
        "South",
        ["v1"],
    )
    assert agents(workspace) == {"Ada": ROWS // 2 - 1, "Ben": ROWS // 2 + 1}
    row = exported(call, workspace, "v1")
    assert (row["agent"], row["team"]) == ("Ben", "South")
    assert call("digest", "--workspace", workspace).out != before[1]
    assert call("refit", "--workspace", workspace).code == 0
    assert exported(call, workspace, "v1")["agent"] == "Ben"
    assert call("themes", "undo", 1, "--workspace", workspace).code == 0
    assert agents(workspace) == before[0]


def test_a_misread_comment_is_read_as_a_person_says(call: Call, workspace: Path) -> None:
    """One thing at a time; each correction is an edit of its own."""
    kept(call, workspace, "v2", "--sentiment", "positive")
    kept(call, workspace, "v2", "--behaviour", "empathy+")
    kept(call, workspace, "v2", "--attribution", "process")
    row = exported(call, workspace, "v2")
    assert (row["sentiment"], row["sentiment_label"], row["attribution"]) == (0.6, "positive", "process")
    assert "empathy+" in row["behaviours"]
    assert [edit.number for edit in read_edits(workspace)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["v1"], "one thing is corrected at a time"),
        (["v1", "--agent", "Ben", "--sentiment", "0.1"], "one thing is corrected at a time"),
        (["v99", "--agent", "Ben"], "there is no comment v99"),
        (["v1", "--agent", "Benn"], "did you mean Ben?"),
        (["v1", "--sentiment", "2"], "'2' is no sentiment"),
        (["v1", "--sentiment", "cross"], "'cross' is no sentiment"),
        (["v1", "--behaviour", "empaty+"], "did you mean empathy+?"),
        (["v1", "--behaviour", "none"], "'' is no behaviour"),
        (["v1", "--attribution", "nobody"], "'nobody' is no attribution"),
        (["v1", "--theme", "T9999"], "there is no theme 'T9999'"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    call: Call, workspace: Path, arguments: list[str], words: str
) -> None:
    """With one line that names the mend, and nothing is kept."""
    answer = call("correct", "verbatim", *arguments, "--workspace", workspace)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err
    assert read_edits(workspace) == ()

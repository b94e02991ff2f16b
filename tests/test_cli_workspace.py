"""The commands that look after a workspace, as a person or a cron job calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from build_export import small_rows, write_export
from flow import Call, Kept

from cx_text.store import Workspace


def test_comments_are_shown_by_their_words(call: Call, kept: Kept) -> None:
    """`--match` gives the comments that hold all words, or what was said in them."""
    found = call("export", "verbatims", "--match", "refund weeks", "--workspace", kept.workspace)
    texts = [json.loads(line)["text"].lower() for line in found.out.splitlines()]
    assert texts
    assert all("refund" in text and "weeks" in text for text in texts)
    ids = {json.loads(line)["verbatim_id"] for line in found.out.splitlines()}
    said = call("export", "mentions", "--match", "refund weeks", "--workspace", kept.workspace)
    assert {json.loads(line)["verbatim_id"] for line in said.out.splitlines()} <= ids
    every = call("export", "verbatims", "--workspace", kept.workspace)
    assert len(every.out.splitlines()) == len(small_rows())


@pytest.mark.parametrize("expression", ['"', "a AND", "x:y", "\x00", "(" * 3000])
def test_a_hostile_match_is_exit_2(call: Call, kept: Kept, expression: str) -> None:
    """One line, nothing answered."""
    answer = call("export", "verbatims", "--match", expression, "--workspace", kept.workspace)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: E_MATCH: ")
    assert answer.err.count("\n") == 1


def test_the_status_tells_what_is_held_and_where_copies_are(call: Call, kept: Kept) -> None:
    """For people and for machines."""
    told = json.loads(call("status", "--workspace", kept.workspace, "--json").out)
    assert (told["rows"], told["files"], told["runs"], told["last_run"]) == (
        len(small_rows()),
        1,
        1,
        "R000001",
    )
    assert told["copies"] == [f"output {kept.output}"]
    assert told["pending"] == []
    lines = call("status", "--workspace", kept.workspace).out.splitlines()
    assert f"copies          output {kept.output}" in lines
    assert "pending         -" in lines


@pytest.mark.parametrize(
    "arguments",
    [
        ["delete"],
        ["delete", "--customer-id", "a", "--verbatim-id", "b"],
        ["purge"],
        ["purge", "--before", "yesterday"],
        ["purge", "--before", "2025-13-01"],
        ["backup"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_exit_2_and_changes_nothing(call: Call, copied: Path, arguments: list[str]) -> None:
    """Deletion is for good, so nothing is guessed."""
    answer = call(*arguments, "--workspace", copied)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    with Workspace.open(copied, write=False) as space:
        assert not space.has_buried


def test_a_customer_is_deleted_and_copies_are_named(call: Call, kept: Kept, copied: Path) -> None:
    """The answer counts, stderr names what is left for the user; machines get both."""
    answer = call("delete", "--customer-id", "c7", "--workspace", copied)
    assert answer.code == 0
    assert answer.out.startswith("deleted 2 comments; told 1 earlier reports again\n")
    assert f"left for you to remove: {kept.output}\n" in answer.err
    told = json.loads(call("delete", "--verbatim-id", "r00001", "--workspace", copied, "--json").out)
    assert told == {
        "rows": 1,
        "retold": told["retold"],
        "removed": [],
        "learned_again": False,
        "copies": [str(kept.output)],
    }
    assert call("check", "--workspace", copied).code == 0


def test_a_purge_says_what_went(call: Call, copied: Path) -> None:
    """Of the whole history, where the day is late enough; the report says there is not enough text."""
    answer = call("purge", "--before", "2030-01-01", "--workspace", copied)
    assert answer.out.startswith(f"deleted {len(small_rows())} comments")
    with Workspace.open(copied, write=False) as space:
        assert space.status()["rows"] == 0
    assert call("check", "--workspace", copied).out == "all is well\n"


def test_the_log_tells_of_each_run_and_holds_no_text(
    call: Call, kept: Kept, copied: Path, tmp_path: Path
) -> None:
    """Promise 41: events, counts, codes and seconds; of a failure its code."""
    (tmp_path / "empty.csv").touch()
    export = write_export(tmp_path / "more.csv", small_rows(5, 900))
    assert call("run", export, tmp_path / "empty.csv", "--workspace", copied).code == 3
    assert call("run", tmp_path / "missing.csv", "--workspace", copied).code == 2
    lines = [json.loads(line) for line in (copied / "log.jsonl").read_text(encoding="ascii").splitlines()]
    assert [(one["event"], one.get("run_id"), one.get("error")) for one in lines] == [
        ("run", "R000001", None),
        ("run", "R000002", None),
        ("run", None, lines[-1]["error"]),
    ]
    assert lines[1]["ledger"]["accepted"] == 5
    assert lines[1]["refused"] == ["E_EMPTY"]
    assert lines[1]["seconds"].keys() >= {"read", "score"}
    data = (copied / "log.jsonl").read_text(encoding="ascii")
    rows = small_rows(5, 900)
    assert not any(row["Comment"] in data or row["Customer ID"] in data.split('"') for row in rows)

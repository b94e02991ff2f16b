"""What is asked of a workspace between nights: rows out, single verbatims scored."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from build_export import small_rows
from flow import Kept

from cx_text.errors import UsageError, WorkspaceError
from cx_text.queries import export, score_lines
from cx_text.records import MENTIONS, VERBATIMS
from cx_text.store import Workspace


def exported(workspace: Path, table: str, form: str) -> bytes:
    """Return what an export writes."""
    out = io.BytesIO()
    export(table, form, workspace, out)
    return out.getvalue()


def scored(workspace: Path, *lines: bytes) -> list[dict[str, Any]]:
    """Return the answers to `lines`."""
    return [json.loads(line) for line in score_lines(lines, workspace)]


@pytest.mark.parametrize(("table", "columns"), [("verbatims", VERBATIMS), ("mentions", MENTIONS)])
def test_all_forms_of_an_export_hold_the_same_rows(kept: Kept, table: str, columns: Any) -> None:
    """JSON lines, CSV and Parquet, with all columns of the table."""
    lines = [json.loads(line) for line in exported(kept.workspace, table, "jsonl").splitlines()]
    sheet = pd.read_csv(io.BytesIO(exported(kept.workspace, table, "csv")), dtype=str)
    frame = pd.read_parquet(io.BytesIO(exported(kept.workspace, table, "parquet")))
    assert set(columns.columns) <= set(frame.columns)
    assert list(sheet.columns) == list(frame.columns) == list(lines[0])
    ids = [row["verbatim_id"] for row in lines]
    assert sheet["verbatim_id"].tolist() == frame["verbatim_id"].tolist() == ids
    if table == "verbatims":
        assert sorted(ids) == [row["Response ID"] for row in small_rows()]


def test_an_export_says_which_row_repeats_which(kept: Kept) -> None:
    """`duplicate_of` leads to a row of the same words that was there before."""
    frame = pd.read_parquet(io.BytesIO(exported(kept.workspace, "verbatims", "parquet"))).set_index(
        "verbatim_id"
    )
    repeats = frame[frame["duplicate_of"].notna()]
    assert not repeats.empty
    firsts = frame.loc[repeats["duplicate_of"]]
    assert firsts["duplicate_of"].isna().all()
    assert (firsts["created_at"].to_numpy() <= repeats["created_at"].to_numpy()).all()


@pytest.mark.parametrize(("table", "form"), [("bogus", "csv"), ("verbatims", "xml")])
def test_an_export_that_there_is_not_names_those_there_are(kept: Kept, table: str, form: str) -> None:
    """A slip is a usage error."""
    with pytest.raises(UsageError, match=r"verbatims, mentions .* jsonl, csv, parquet"):
        exported(kept.workspace, table, form)


def test_a_line_scores_as_its_row_did(kept: Kept) -> None:
    """Law 2: alone through `score`, and in the night that took it in."""
    frame = pd.read_parquet(kept.output / "verbatims.parquet").set_index("verbatim_id")
    for row in small_rows(12):
        [answer] = scored(kept.workspace, json.dumps({"verbatim": row["Comment"]}).encode())
        night = frame.loc[row["Response ID"]]
        assert answer["status"] == night["status"]
        assert answer["theme_ids"] == list(night["theme_ids"])
        assert (answer["sentiment"] is None) == pd.isna(night["sentiment"])
        assert answer["sentiment"] is None or answer["sentiment"] == night["sentiment"]


def test_plain_lines_and_json_lines_can_be_mixed(kept: Kept) -> None:
    """A blank line is no verbatim; a line without an id has its number."""
    answers = scored(
        kept.workspace,
        b"My refund is late\n",
        b"\n",
        b'{"verbatim": "The app crashes", "verbatim_id": 7, "channel": "Chat", "csat": "x"}\r\n',
        "Caf\u00e9 au lait".encode("cp1252"),
    )
    assert [answer["verbatim_id"] for answer in answers] == ["1", "7", "4"]
    assert [answer["text"] for answer in answers] == [
        "My refund is late",
        "The app crashes",
        "Caf\u00e9 au lait",
    ]
    assert answers[1]["channel"] == "Chat"


def test_lines_with_one_id_keep_their_own_mentions(kept: Kept) -> None:
    """Ids of a stream may repeat."""
    answers = scored(
        kept.workspace,
        b'{"verbatim": "My refund has not arrived.", "verbatim_id": "a"}',
        b'{"verbatim": "The app crashes after the update.", "verbatim_id": "a"}',
    )
    assert [answer["verbatim_id"] for answer in answers] == ["a", "a"]
    for answer in answers:
        assert {mention["theme_id"] for mention in answer["mentions"]} == set(answer["theme_ids"])
        assert len(answer["mentions"]) == 1


def test_what_is_scored_is_redacted_and_stored_nowhere(kept: Kept, copied: Path) -> None:
    """`score` answers; it keeps nothing."""
    with Workspace.open(copied, write=False) as space:
        before = space.status()
    [answer] = scored(copied, b"Write to jo@example.com about my refund")
    assert "jo@" not in json.dumps(answer)
    with Workspace.open(copied, write=False) as space:
        assert space.status() == before


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{bad", "Q_BAD_JSON"),
        (b'{"verbatim": "a\\ud800b"}', "Q_BAD_JSON"),
        (b'{"verbatim": 5}', "Q_BAD_TYPE"),
        (b'{"text": "a"}', "Q_BAD_TYPE"),
        (b"caf\x81\xe9", "Q_BAD_ENCODING"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(kept: Kept, line: bytes, code: str) -> None:
    """The error names the line."""
    with pytest.raises(UsageError, match=rf"{code} -:2"):
        scored(kept.workspace, b"fine\n", line)


def test_a_workspace_that_learned_nothing_says_so(tmp_path: Path) -> None:
    """There is no model before the first run."""
    with pytest.raises(WorkspaceError, match="E_NO_WORKSPACE"):
        scored(tmp_path / "w", b"fine")
    Workspace.open(tmp_path / "w", write=True, create=True).close()
    with pytest.raises(WorkspaceError, match="E_NO_MODEL"):
        scored(tmp_path / "w", b"fine")


def test_more_lines_than_fit_at_once_keep_their_order(kept: Kept) -> None:
    """Chunks are invisible."""
    answers = scored(
        kept.workspace, *[f"My refund number {number} is late".encode() for number in range(300)]
    )
    assert [answer["verbatim_id"] for answer in answers] == [str(number) for number in range(1, 301)]

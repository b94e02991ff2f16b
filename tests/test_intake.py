"""What a night takes in: ambiguous files among others, columns that come and go."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from flow import Call

from cx_text import nightly
from cx_text.config import Config
from cx_text.intake import drifted
from cx_text.readers import Reading, read_frame

HEADERS = ["id", "comment", "date", "csat"]


def reading(name: str, *headers: str) -> Reading:
    """Return the reading of an export with these columns and one row."""
    return read_frame(pd.DataFrame([["2024-05-17"] * len(headers)], columns=list(headers)), Config(), name)


def record(*readings: Reading) -> dict[str, Any]:
    """Return what a run keeps of its inputs."""
    return {"inputs": [one.told() for one in readings] + [{"name": "x.csv", "error": "E_EMPTY"}]}


@pytest.mark.parametrize(
    ("name", "headers", "words"),
    [
        ("may-17.csv", HEADERS, None),
        ("may-17.csv", ["ID", " Comment", "Date", "csat"], None),
        ("may-17.csv", HEADERS[:3], 'without "csat"'),
        ("may-17.csv", [*HEADERS, "shop", "till"], 'new "shop", "till"'),
        ("may-17.csv", [*HEADERS[:3], "stars"], 'without "csat"; new "stars"'),
        ("other.csv", HEADERS[:3], None),
        ("other.csv", [*HEADERS, "shop"], 'new "shop"'),
    ],
)
def test_columns_gone_or_new_since_the_last_export_of_its_kind_are_named(
    name: str, headers: list[str], words: str | None
) -> None:
    """Of its kind by name without digits, else by mapping; spelling and order are no change."""
    [*found] = drifted([reading(name, *headers)], [record(reading("may-16.csv", *HEADERS))])
    if words is None:
        assert found == []
    else:
        assert [words in warning and "may-16.csv" in warning for warning in found] == [True]


def test_the_last_export_counts_also_of_the_same_run() -> None:
    """A change is told once, not every night."""
    changed = [*HEADERS, "shop"]
    nights = [
        reading(f"may-{day}.csv", *names) for day, names in ((16, HEADERS), (17, changed), (18, changed))
    ]
    assert len(list(drifted(nights, []))) == 1
    assert list(drifted(nights[2:], [record(nights[0]), record(nights[1])])) == []


def test_a_renamed_required_column_is_exit_3_and_history_stays(call: Call, tmp_path: Path) -> None:
    """Promise 9: the file changed, the workspace does not."""
    (tmp_path / "1.csv").write_text("id,comment\n1,My refund is late\n", encoding="utf-8")
    (tmp_path / "2.csv").write_text("id,words\n2,The app crashes\n", encoding="utf-8")
    space = ("--workspace", tmp_path / "w")
    assert call("run", tmp_path / "1.csv", *space).code == 0
    before = call("digest", *space).out
    answer = call("run", tmp_path / "2.csv", *space)
    assert answer.code == 3
    assert "E_MISSING_COLUMN 2.csv" in answer.err
    assert call("digest", *space).out == before


def test_an_ambiguous_file_harms_no_other(call: Call, tmp_path: Path) -> None:
    """Promise 4; alone it is the call that is wrong, see `test_cli`."""
    (tmp_path / "1.csv").write_text("id,comment,feedback\n1,a,b\n", encoding="utf-8")
    (tmp_path / "2.csv").write_text("id,comment\n2,The app crashes\n", encoding="utf-8")
    answer = call("run", tmp_path / "1.csv", tmp_path / "2.csv", "--workspace", tmp_path / "w", "--json")
    assert answer.code == 3
    assert "error: AMBIGUOUS 1.csv" in answer.err
    assert json.loads(answer.out)["ledger"]["accepted"] == 1


def test_closed_standard_input_is_an_empty_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As cron may start us."""
    monkeypatch.setattr(sys, "stdin", None)
    night = nightly.run(["-"], nightly.Order(tmp_path / "w"))
    assert [error.code for error in night.refused] == ["E_EMPTY"]

"""Publishing: every file of the contract, equal bytes, for the owner only."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports import REPORTS, publish

FILES = [
    "agents.csv",
    "alerts.csv",
    "channels.csv",
    "coaching.csv",
    "issues.csv",
    "mentions.parquet",
    "rejected.csv",
    "report.html",
    "report.xlsx",
    "run.json",
    "scores.csv",
    "themes.csv",
    "trends.csv",
    "verbatims.parquet",
]


def contents(result: Result, folder: Path) -> dict[str, bytes]:
    """Return the published files by name."""
    return {path.name: path.read_bytes() for path in publish(result, folder, Config())}


@pytest.mark.parametrize("which", ["rich", "nothing"])
def test_every_file_of_the_contract_is_there(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Also with no rows, and nothing else beside them."""
    paths = publish(request.getfixturevalue(which), tmp_path, Config())
    assert sorted(path.name for path in paths) == FILES == sorted(REPORTS)
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert all(path.stat().st_size for path in paths)


def test_publishing_twice_gives_equal_bytes(rich: Result, tmp_path: Path) -> None:
    """A pure function of the result, whatever was drawn in between."""
    assert contents(rich, tmp_path / "a") == contents(rich, tmp_path / "b")


def test_only_the_record_knows_the_run(rich: Result, tmp_path: Path) -> None:
    """No file but run.json holds the id of a run."""
    run = str(rich.record["run_id"]).encode()
    assert [name for name, data in contents(rich, tmp_path).items() if run in data] == ["run.json"]


def test_all_files_can_be_read_by_other_programs(rich: Result, tmp_path: Path) -> None:
    """JSON, Parquet, XLSX."""
    publish(rich, tmp_path, Config())
    assert json.loads((tmp_path / "run.json").read_text("utf-8"))["ledger"]["read"] == 2_480
    assert pq.read_table(tmp_path / "verbatims.parquet").num_rows == len(rich.verbatims)
    assert pq.read_table(tmp_path / "mentions.parquet").num_rows == 1
    assert len(openpyxl.load_workbook(tmp_path / "report.xlsx").sheetnames) == 11


def test_publishing_over_an_older_report_replaces_it(rich: Result, nothing: Result, tmp_path: Path) -> None:
    """Old or new, never a mixture."""
    publish(rich, tmp_path, Config())
    assert contents(nothing, tmp_path) == contents(nothing, tmp_path / "fresh")

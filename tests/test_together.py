"""Several commands on one workspace at once: one writes, others are told or wait, readers see one night."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from build_export import small_rows, write_export

from cx_text import edits
from cx_text.nightly import Order, run
from cx_text.store import Workspace

ROOT = Path(__file__).parents[1]
STARTS = 20


def crowd(workspace: Path, how: str) -> list[int]:
    """Return the exit codes of many starts at once on a workspace that is not there yet."""
    command = [sys.executable, str(ROOT / "tests" / "crowd.py"), str(workspace), str(STARTS), how]
    around = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=around, check=True, capture_output=True, text=True, timeout=100)
    codes: list[int] = json.loads(done.stdout)
    return codes


@pytest.mark.parametrize("how", ["ends", "killed"])
def test_of_twenty_starts_one_works_and_the_others_are_told(tmp_path: Path, how: str) -> None:
    """Promise 26, also while the workspace is being made; a kill frees it at once."""
    assert crowd(tmp_path / "w", how) == [0] + [5] * (STARTS - 1)
    with Workspace.open(tmp_path / "w", write=True) as space:
        assert len(space.roster()) == 1


@pytest.mark.slow
def test_those_that_wait_work_one_after_another(tmp_path: Path) -> None:
    """`--wait` is a queue."""
    assert crowd(tmp_path / "w", "wait") == [0] * STARTS
    with Workspace.open(tmp_path / "w", write=False) as space:
        assert len(space.roster()) == STARTS


def test_readers_see_the_night_before_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """Promise 27: rows, scores and themes of one night, at every stage of the next."""
    workspace = tmp_path / "w"
    run([write_export(tmp_path / "a.csv", small_rows(30))], Order(workspace))
    before = looked_at(workspace)
    seen: list[tuple[str, object]] = []

    def look(stage: str, done: int, total: int) -> None:
        seen.append((stage, looked_at(workspace)))

    run([write_export(tmp_path / "b.csv", small_rows(60, 20))], Order(workspace, tell=look))
    assert {stage for stage, _ in seen} >= {"score", "report"}
    assert all(found == before for _, found in seen)
    rows, _, _, report = looked_at(workspace)
    assert rows == 80
    assert report == "R000002"


def looked_at(workspace: Path) -> tuple[int, str, tuple[str, ...], str]:
    """Return what readers see: rows, digest, labels of themes, and the newest report."""
    with Workspace.open(workspace, write=False) as space:
        digest = space.digest()
    labels = tuple(edits.themes(workspace).taxonomy.labels.values())
    return len(digest["rows"]), digest["sha256"], labels, (workspace / "reports" / "latest").resolve().name


@pytest.mark.slow
@pytest.mark.parametrize("limit", [resource.RLIMIT_AS, resource.RLIMIT_FSIZE])
def test_where_memory_or_file_size_is_limited_a_night_is_exit_6_and_leaves_nothing(
    tmp_path: Path, limit: int
) -> None:
    """Promises 24 and 25; with room enough the next start succeeds."""
    size = 2**16 if limit == resource.RLIMIT_FSIZE else 2**32
    write_export(tmp_path / "a.csv", small_rows(30))
    command = [sys.executable, "-m", "cx_text", "run", "../a.csv", "--workspace", "w"]
    home = tmp_path / "home"
    home.mkdir()
    ended = subprocess.run(
        command,
        cwd=home,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(limit, (size, size)),
    )
    assert ended.returncode == 6, ended.stderr
    assert "Traceback" not in ended.stderr
    assert run([tmp_path / "a.csv"], Order(home / "w")).record["ledger"]["accepted"] == 30

"""How nights are disturbed, and how it is seen that one ended as it should; the short form of `kills.py`."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from killing.remembering import remembered
from killing.scenes import Outcome, commands
from killing.tracing import Answer, Meet, Touch, forked, possible, traced, waited

ROOT = Path(__file__).parents[2]
watching = pytest.mark.skipif(not possible(), reason="processes can be watched on Linux and x86-64 alone")


def meeting(touches: list[Touch], answer: Answer = Answer.GO, at: int = 0) -> Meet:
    """Return who notes every touch and gives `answer` to the one of number `at`, and to all after it."""

    def meet(touch: Touch) -> Answer:
        touches.append(touch)
        return answer if at and touch.number >= at else Answer.GO

    return meet


def act_on(home: Path) -> int:
    """Make a folder and a file, rename it, and do what touches nothing."""
    (home / "folder").mkdir()
    handle = os.open(home / "folder" / "old", os.O_CREAT | os.O_WRONLY)
    os.write(handle, b"text")
    os.fsync(handle)
    os.close(handle)
    list(home.iterdir())
    (home / "folder" / "old").rename(home / "folder" / "new")
    return 3


def kill_myself() -> int:
    """End as a killed process does."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_a_forked_act_ends_with_its_own_code() -> None:
    """Whatever happens in it stays in it; one that fails is a mistake of ours."""
    assert waited(forked(lambda: 3)) == 3
    assert waited(forked(kill_myself)) == -signal.SIGKILL


@watching
def test_every_write_like_call_in_the_folder_is_met(tmp_path: Path) -> None:
    """In order, with the file it touches; reading and what lies elsewhere are not."""
    touches: list[Touch] = []
    assert traced(lambda: act_on(tmp_path), tmp_path, meeting(touches)) == 3
    assert touches == [
        Touch(1, "mkdir", "folder"),
        Touch(2, "openat", "folder/old"),
        Touch(3, "write", "folder/old"),
        Touch(4, "fsync", "folder/old"),
        Touch(5, "rename", "folder/old"),
    ]
    (tmp_path / "elsewhere").mkdir()
    touches.clear()
    assert traced(lambda: act_on(tmp_path / "elsewhere"), tmp_path / "folder", meeting(touches)) == 3
    assert touches == []


@watching
def test_a_blow_comes_before_the_call(tmp_path: Path) -> None:
    """The rename that was about to be made is not made."""
    meet = meeting([], Answer.KILL, at=5)
    assert traced(lambda: act_on(tmp_path), tmp_path, meet) == -signal.SIGKILL
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["old"]


@watching
def test_a_full_disk_refuses_what_needs_room(tmp_path: Path) -> None:
    """A file can still be renamed, not written."""

    def act() -> int:
        (tmp_path / "a").touch()
        (tmp_path / "a").rename(tmp_path / "b")
        try:
            (tmp_path / "b").write_text("text", encoding="utf-8")
        except OSError as error:
            return error.errno or 0
        return 0

    assert traced(act, tmp_path, meeting([], Answer.FULL, at=2)) == 28
    assert (tmp_path / "b").read_bytes() == b""


@watching
def test_sqlite_is_met_like_everybody_else(tmp_path: Path) -> None:
    """Its calls are made in C; the transaction before the blow stands, the one it hit does not."""

    def act() -> int:
        state = sqlite3.connect(tmp_path / "state", isolation_level=None)
        state.execute("CREATE TABLE told (word TEXT)")
        state.execute("INSERT INTO told VALUES ('first')")
        (tmp_path / "mark").touch()
        state.execute("INSERT INTO told VALUES ('second')")
        return 0

    touches: list[Touch] = []
    assert traced(act, tmp_path, meeting(touches)) == 0
    assert {touch.call for touch in touches} >= {"pwrite64", "openat"}
    (tmp_path / "state").unlink()
    mark = next(touch.number for touch in touches if touch.path == "mark")
    assert traced(act, tmp_path, meeting([], Answer.KILL, at=mark + 3)) == -signal.SIGKILL
    with sqlite3.connect(tmp_path / "state") as state:
        assert state.execute("SELECT word FROM told").fetchall() == [("first",)]
    state.close()


def test_what_is_remembered_is_computed_once(tmp_path: Path) -> None:
    """For equal arguments, also in a child; other arguments are another question."""
    asked: list[int] = []

    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    recall = remembered(double, tmp_path)
    assert waited(forked(lambda: recall(4))) == 8
    assert [recall(4), recall(4), recall(5)] == [8, 8, 10]
    assert asked == [5]


def test_the_commands_are_known_however_they_were_added() -> None:
    """So that a scene is left out only where its command is not there."""
    assert {"run", "refit", "themes", "check", "delete", "doctor"} <= commands()


def test_an_outcome_says_what_is_not_as_wanted() -> None:
    """State, what is published, and what lies about."""
    wanted = Outcome("a", {"page": "1"}, frozenset({"page", "state"}))
    assert wanted.against(wanted) == []
    found = Outcome("b", {"page": "2"}, frozenset({"page", ".page.part"}))
    assert found.against(wanted) == [
        "digest differs",
        ".page.part left over",
        "state missing",
        "page differs",
    ]


@pytest.mark.slow
def test_nights_that_are_killed_end_as_if_they_had_not_been() -> None:
    """Promises 20 to 24 in short; `benchmarks/kills.py` has the long form."""
    command = [sys.executable, str(ROOT / "benchmarks" / "kills.py"), "--kills", "4", "--full", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--scenes", "second night"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| all |" in done.stdout

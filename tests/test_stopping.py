"""A command ends in time, in order, and with all its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from build_export import small_rows, write_export

from cx_text import stopping

COMMAND = (sys.executable, "-m", "cx_text")
DEAF = """
import sqlite3
from cx_text import stopping
stopping.GRACE = 0.1
stopping.listen()
print("ready", flush=True)
forever = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n"
sqlite3.connect(":memory:").execute(forever).fetchall()
"""
ABORTS = "import os; from cx_text import stopping; stopping.listen(); os.abort()"


def test_stop_ends_with_the_number_of_the_signal() -> None:
    """128 + 15."""
    with pytest.raises(SystemExit) as ended:
        stopping._stop(signal.SIGTERM, None)
    assert ended.value.code == 143


def test_a_process_in_a_library_that_hears_no_signal_ends_in_time() -> None:
    """Python hears a signal between two of its own steps, and this one never comes to its next."""
    with subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 143


def test_a_library_that_aborts_for_want_of_memory_is_exit_6() -> None:
    """As those written in Rust and C++ do."""
    assert subprocess.run([sys.executable, "-c", ABORTS], check=False).returncode == 6


def members(group: int) -> Iterator[str]:
    """Yield what the living processes of a group were called with."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, of = (folder / "stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[:3]
            if int(of) == group and state != "Z":
                yield (folder / "cmdline").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc which processes run")
@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_busy_workers_end_with_the_run(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    """Ctrl-C in a terminal and systemd's stop reach the workers, too; a kill reaches the run alone."""
    export = write_export(tmp_path / "a.csv", small_rows(1500))
    command = [*COMMAND, "run", str(export), "--workspace", str(tmp_path / "w"), "--workers", "2"]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heard,  # noqa: PLW1509  the child only sets a signal
    ) as process:
        while len(list(members(process.pid))) < 3 and process.poll() is None:
            time.sleep(0.05)
        (os.kill if sent == signal.SIGKILL else os.killpg)(process.pid, sent)
        began = time.monotonic()
        out, err = process.communicate(timeout=30)
        assert time.monotonic() - began < 10
        while left := list(members(process.pid)):
            assert time.monotonic() - began < 10, left
            time.sleep(0.05)
    assert process.returncode == code
    assert out == ""
    # a worker that is hit while Python itself starts tells where Python was, which is not ours
    assert "cx_text" not in err or "Traceback" not in err

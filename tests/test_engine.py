"""Engines: the same answer from any of them, trouble passed on, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from joblib.externals.loky.process_executor import _ExecutorManagerThread
from threadpoolctl import threadpool_info

from cx_text.engine import ENGINES, FEW_ROWS, TEXTS, Saved, Scorer, encode_in_chunks, score_in_chunks
from cx_text.errors import InputError, ResourceError, UsageError
from cx_text.records import INPUT, MENTIONS, VERBATIMS, Scored


def verbatims(count: int) -> pd.DataFrame:
    """Return `count` verbatims that differ; every third names a refund."""
    texts = [f"call {row} about a refund" if row % 3 == 0 else f"call {row}" for row in range(count)]
    frame = INPUT.frame({"verbatim_id": [f"v{row}" for row in range(count)], "verbatim": texts})
    return frame.assign(attr_store=[f"s{row % 2}" for row in range(count)])


def score_rows(frame: pd.DataFrame, pid: bool = False) -> Scored:
    """Score each row by its own text: its length, and a mention for each refund."""
    said = frame["verbatim"].str.contains("refund")
    rows = {
        "verbatim_id": frame["verbatim_id"],
        "text": frame["verbatim"],
        "sentiment": frame["verbatim"].str.len() / 100,
        "theme_id": said.map({True: "T1", False: None}),
        "emotion": [str(os.getpid()) if pid else None] * len(frame),
        "attr_store": frame["attr_store"],
    }
    mentions = {"verbatim_id": frame["verbatim_id"][said], "start": 0, "theme_id": "T1"}
    return Scored(VERBATIMS.frame(rows), MENTIONS.frame(pd.DataFrame(mentions)))


def load_scorer(path: str) -> Scorer:
    """Note in a file beside `path` that this process loaded the scorer, and return it."""
    with Path(path).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    return partial(score_rows, pid=Path(path).stem == "pid")


def refuse(frame: pd.DataFrame) -> Scored:
    """Refuse the chunk with row 4."""
    if "v4" in set(frame["verbatim_id"]):
        raise InputError("E_TEST", "row 4", "leave it out", "here")
    return score_rows(frame)


def die(frame: pd.DataFrame) -> Scored:
    """Die as a process does that the system ends for its memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return score_rows(frame)


def count_threads(frame: pd.DataFrame) -> Scored:
    """Say in `emotion` how many threads the libraries may use here."""
    threads = max(library["num_threads"] for library in threadpool_info())
    return Scored(
        VERBATIMS.frame({"verbatim_id": frame["verbatim_id"], "emotion": [str(threads)] * len(frame)}),
        MENTIONS.frame(),
    )


def load_refusing(path: str) -> Scorer:
    """Return the scorer that refuses."""
    return refuse


def load_dying(path: str) -> Scorer:
    """Return the scorer that dies."""
    return die


def load_counting(path: str) -> Scorer:
    """Return the scorer that counts threads."""
    return count_threads


def assert_same(one: Scored, other: Scored) -> None:
    """Hold two answers against each other, kinds and order included."""
    pd.testing.assert_frame_equal(one.verbatims, other.verbatims)
    pd.testing.assert_frame_equal(one.mentions, other.mentions)


@pytest.mark.parametrize("chunk", [1, 2, 7, 30, 1000])
@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("workers", [1, 2])
def test_the_answer_does_not_depend_on_engine_workers_or_chunk(
    engine: str, workers: int, chunk: int, tmp_path: Path
) -> None:
    """A chunked answer is the answer of one call."""
    frame = verbatims(30)
    saved = Saved(load_scorer, str(tmp_path / "model"))
    assert_same(score_in_chunks(saved, frame, workers, engine, chunk=chunk), score_rows(frame))


def test_no_rows_give_empty_tables() -> None:
    """An empty night has all columns."""
    answer = score_in_chunks(score_rows, verbatims(0))
    assert len(answer) == 0
    assert list(answer.verbatims)[: len(VERBATIMS.columns)] == list(VERBATIMS.columns)
    assert list(answer.mentions) == list(MENTIONS.columns)


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_progress_adds_up_to_the_number_of_rows(engine: str, tmp_path: Path) -> None:
    """Each chunk is reported once, in order."""
    done: list[int] = []
    saved = Saved(load_scorer, str(tmp_path / "model"))
    score_in_chunks(saved, verbatims(25), 2, engine, done.append, chunk=10)
    assert done == [10, 10, 5]


def lengths(texts: Sequence[str]) -> np.ndarray:
    """Return the length of each text, (n, 1)."""
    return np.array([len(text) for text in texts], dtype=np.float64).reshape(-1, 1)


@pytest.mark.parametrize("count", [0, 1, TEXTS, 2 * TEXTS + 1])
def test_texts_are_encoded_in_order_however_many_there_are(count: int) -> None:
    """None at all, too; progress ends at their number."""
    texts = ["x" * number for number in range(count)]
    heard: list[tuple[str, int, int]] = []
    encoded = encode_in_chunks(lengths, texts, 1, lambda *told: heard.append(told))
    assert encoded[:, 0].tolist() == list(range(count))
    assert heard[-1] == ("learn", count, count)


def test_a_saved_scorer_is_loaded_once_a_process(tmp_path: Path) -> None:
    """Twelve chunks in two processes load it at most twice, and not here."""
    path = tmp_path / "model"
    score_in_chunks(Saved(load_scorer, str(path)), verbatims(24), 2, "processes", chunk=2)
    loaders = path.read_text(encoding="ascii").split()
    assert len(loaders) == len(set(loaders)) <= 2
    assert str(os.getpid()) not in loaders


def test_the_serial_engine_loads_a_saved_scorer_once_here(tmp_path: Path) -> None:
    """Many chunks, one load."""
    path = tmp_path / "model"
    score_in_chunks(Saved(load_scorer, str(path)), verbatims(24), chunk=2)
    assert path.read_text(encoding="ascii").split() == [str(os.getpid())]


@pytest.mark.parametrize(
    ("rows", "workers", "elsewhere"),
    [(FEW_ROWS, 2, True), (FEW_ROWS - 1, 2, False), (FEW_ROWS, 1, False)],
)
def test_auto_takes_processes_for_many_rows_and_workers(
    rows: int, workers: int, elsewhere: bool, tmp_path: Path
) -> None:
    """Below 30,000 rows, or with one worker, the rows are scored in this process."""
    saved = Saved(load_scorer, str(tmp_path / "pid"))
    found = score_in_chunks(saved, verbatims(rows), workers).verbatims["emotion"]
    assert (str(os.getpid()) not in set(found)) is elsewhere


def test_auto_keeps_a_scorer_in_memory_in_this_process() -> None:
    """What was not saved is not sent."""
    found = score_in_chunks(partial(score_rows, pid=True), verbatims(FEW_ROWS), workers=2)
    assert set(found.verbatims["emotion"]) == {str(os.getpid())}


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_an_error_of_the_scorer_arrives_as_it_was_raised(engine: str) -> None:
    """Code, place and exit code survive the way out of another process."""
    with pytest.raises(InputError, match="E_TEST here: row 4; leave it out") as caught:
        score_in_chunks(Saved(load_refusing, ""), verbatims(9), 2, engine, chunk=3)
    assert caught.value.exit_code == 3


def test_processes_work_again_after_an_error(tmp_path: Path) -> None:
    """A failed call does not spoil the next."""
    frame = verbatims(9)
    with pytest.raises(InputError):
        score_in_chunks(Saved(load_refusing, ""), frame, 2, "processes", chunk=3)
    saved = Saved(load_scorer, str(tmp_path / "model"))
    assert_same(score_in_chunks(saved, frame, 2, "processes", chunk=3), score_rows(frame))


def test_a_killed_worker_is_told_as_memory_used_up() -> None:
    """What the system kills for its memory ends with exit code 6, not with a hang or a traceback."""
    with pytest.raises(ResourceError, match="a worker process died"):
        score_in_chunks(Saved(load_dying, ""), verbatims(6), 2, "processes", chunk=3)


def test_an_unknown_engine_is_named_with_those_there_are() -> None:
    """The line tells what to write instead."""
    with pytest.raises(
        UsageError, match="no engine is called 'spark'; choose one of auto, serial, processes"
    ):
        score_in_chunks(score_rows, verbatims(1), engine="spark")


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_libraries_use_one_thread_inside(engine: str) -> None:
    """More threads inside would fight with the processes outside, and may add up in another order."""
    answer = score_in_chunks(Saved(load_counting, ""), verbatims(4), 2, engine, chunk=2)
    assert set(answer.verbatims["emotion"]) == {"1"}


def is_running(pid: int) -> bool:
    """Return whether a process is there and not merely waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def interrupted(workers: list[int], path: Path) -> Callable[[int], None]:
    """Return a progress that interrupts the run, once it has noted the workers."""

    def interrupt(done: int) -> None:
        """Do as Ctrl-C does."""
        workers.extend(int(pid) for pid in path.read_text(encoding="ascii").split())
        raise KeyboardInterrupt

    return interrupt


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc which processes run")
def test_an_interrupted_run_leaves_no_process(tmp_path: Path) -> None:
    """Ctrl-C ends the workers with the run."""
    path, workers = tmp_path / "pid", list[int]()
    with pytest.raises(KeyboardInterrupt):
        score_in_chunks(
            Saved(load_scorer, str(path)), verbatims(40), 2, "processes", interrupted(workers, path), chunk=2
        )
    assert workers
    assert not any(is_running(pid) for pid in workers)


def test_work_that_comes_in_while_workers_are_ended_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loky looks up what it has just thrown away; its thread would print a traceback."""
    ended = _ExecutorManagerThread.flag_executor_shutting_down
    late = list[int]()

    def end(thread: Any) -> None:
        """End the workers, and find one piece of work more in the queue."""
        ended(thread)
        late.append(-1)
        thread.work_ids_queue.put(-1)

    def interrupt(_: int) -> None:
        """Do as Ctrl-C does."""
        raise KeyboardInterrupt

    monkeypatch.setattr(_ExecutorManagerThread, "flag_executor_shutting_down", end)
    with pytest.raises(KeyboardInterrupt):
        score_in_chunks(score_rows, verbatims(40), 2, "processes", interrupt, chunk=2)
    assert late


KILLED = """
import os, signal, sys
sys.path[:0] = sys.argv[1:3]
from test_engine import load_scorer, verbatims
from cx_text.engine import Saved, score_in_chunks

def kill(done):
    os.kill(os.getpid(), signal.SIGKILL)

score_in_chunks(Saved(load_scorer, sys.argv[3]), verbatims(int(sys.argv[4])), 2, "processes", kill, chunk=2)
"""


@pytest.mark.parametrize("rows", [2, 40])
def test_workers_end_with_a_killed_run(tmp_path: Path, rows: int) -> None:
    """Also one that was never given work. The pipe is closed when the last that may write to it has ended."""
    here = Path(__file__).parent
    command = [sys.executable, "-c", KILLED, str(here), str(here.parent), str(tmp_path / "model"), str(rows)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert (tmp_path / "model").exists()


def encode_and_die(texts: Sequence[str]) -> np.ndarray:
    """Die as a process does that the system ends for its memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return lengths(texts)


def test_a_killed_worker_that_encodes_is_told_as_memory_used_up() -> None:
    """As one that scores."""
    with pytest.raises(ResourceError, match="a worker process died"):
        encode_in_chunks(encode_and_die, ["x"] * (3 * TEXTS), 2)


def note_process(folder: str, texts: Sequence[str]) -> np.ndarray:
    """Note in `folder` which process encodes."""
    (Path(folder) / str(os.getpid())).touch()
    return lengths(texts)


def test_an_interrupted_encoding_leaves_no_process(tmp_path: Path) -> None:
    """Ctrl-C while learning ends the workers with the run."""

    def interrupt(*_: object) -> None:
        """Do as Ctrl-C does."""
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_in_chunks(partial(note_process, str(tmp_path)), ["x"] * (9 * TEXTS), 2, interrupt)
    workers = [int(path.name) for path in tmp_path.iterdir()]
    assert workers
    assert not any(is_running(pid) for pid in workers)

"""How chunks of verbatims are scored: one after another, or in processes; the result is the same.

An engine is anything shaped like `map`: a function and chunks in, one answer a chunk out, in order.
To add one, write such a function and a line in `ENGINES`.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeVar
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from threadpoolctl import threadpool_limits

from cx_text.errors import ResourceError, UsageError
from cx_text.records import MENTIONS, VERBATIMS, Scored

S = TypeVar("S")
T = TypeVar("T")
Scorer = Callable[[pd.DataFrame], Scored]
Answers = Generator[Scored, None, None]
Engine = Callable[[Scorer, Iterable[pd.DataFrame], int], Answers]

FEW_ROWS = 30_000
"""Below this, starting processes (5 seconds) costs more than two of them save."""
CHUNK = 2_000
TEXTS = 250
"""Texts encoded at a time while learning."""


@dataclass(frozen=True)
class Saved:
    """A scorer that lies on disk, light enough to be sent to other processes.

    Attributes:
        load: a function of an importable module (no lambda) that gives the scorer kept at `path`.
        path: file or folder of the model; another content must have another path.
    """

    load: Callable[[str], Scorer]
    path: str

    def __call__(self, frame: pd.DataFrame) -> Scored:
        """Return the scored rows of `frame`; the scorer is loaded once a process."""
        return _loaded(self.load, self.path)(frame)


@lru_cache(maxsize=1)
def _loaded(load: Callable[[str], Scorer], path: str) -> Scorer:
    """Return the scorer at `path`, loaded at the first call in this process."""
    return load(path)


def score_in_chunks(
    score: Scorer,
    frame: pd.DataFrame,
    workers: int = 1,
    engine: str = "auto",
    progress: Callable[[int], None] | None = None,
    chunk: int = CHUNK,
) -> Scored:
    """Return the scored rows of `frame`, row i of the verbatims from row i of `frame`.

    The answer depends neither on `workers` nor on `engine` nor on `chunk`, as long as `score`
    judges each row by itself.

    Args:
        score: rows of table INPUT in, Scored out; `Saved` where processes are to share the work.
        frame: n rows.
        workers: processes at work, 1 or more.
        engine: a name in `ENGINES`, or ``auto``: processes for a `Saved` scorer, more than one
            worker and at least 30,000 rows, else serial.
        progress: told the number of rows done after each chunk, in this process.
        chunk: rows scored at a time, 1 or more.

    Raises:
        UsageError: no engine has this name.
        ResourceError: a process died, which is nearly always memory used up.
    """
    run = _engine(engine, score, len(frame), workers)
    starts = range(0, max(len(frame), 1), chunk)
    chunks = (frame.iloc[start : start + chunk] for start in starts)
    answers = []
    with closing(run(score, chunks, workers)) as arriving:
        for answer in arriving:
            answers.append(answer)
            if progress is not None:
                progress(len(answer))
    return Scored(
        VERBATIMS.frame(pd.concat([answer.verbatims for answer in answers])),
        MENTIONS.frame(pd.concat([answer.mentions for answer in answers])),
    )


def _engine(name: str, score: Scorer, rows: int, workers: int) -> Engine:
    """Return the engine called `name`, or the fitting one for ``auto``."""
    if name == "auto":
        worthwhile = isinstance(score, Saved) and workers > 1 and rows >= FEW_ROWS
        name = "processes" if worthwhile else "serial"
    if name not in ENGINES:
        known = ", ".join(["auto", *ENGINES])
        raise UsageError("E_ENGINE", f"no engine is called '{name}'", f"choose one of {known}")
    return ENGINES[name]


def _alone(score: Scorer, frame: pd.DataFrame) -> Scored:
    """Return the scored rows of one chunk, computed in one thread so that every engine computes alike."""
    with threadpool_limits(1):
        return score(frame)


def serial(score: Scorer, chunks: Iterable[pd.DataFrame], workers: int) -> Answers:  # noqa: ARG001
    """Score chunk after chunk in this process; `workers` is not asked."""
    yield from map(partial(_alone, score), chunks)


def processes(score: Scorer, chunks: Iterable[pd.DataFrame], workers: int) -> Answers:
    """Score chunks in `workers` processes, which stay for the next call; few chunks are under way at a time.

    Raises:
        ResourceError: a process died.
    """
    yield from _shared(partial(_alone, score), chunks, workers)


def _shared(act: Callable[[S], T], parts: Iterable[S], workers: int) -> Generator[T, None, None]:
    """Yield `act` of each part in order, from `workers` processes; none of them outlives this one's work."""
    watched = {"initializer": _end_with, "initargs": (os.getpid(),)}
    parallel = Parallel(n_jobs=workers, backend="loky", return_as="generator", batch_size=1, **watched)
    with _deaf_to_control_c():
        answers = parallel(delayed(act)(part) for part in parts)
    try:
        for answer in answers:  # noqa: UP028  `yield from` would close `answers` before `_give_up` does
            yield answer
    except BrokenProcessPool:
        raise ResourceError("E_MEMORY", "a worker process died", "use fewer --workers") from None
    except BaseException:
        _give_up(answers)
        raise


@contextmanager
def _deaf_to_control_c() -> Iterator[None]:
    """Let the processes that the body starts not hear Ctrl-C, which reaches a whole group; we end them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with(parent: int) -> None:
    """See to it that this process ends when `parent` was killed without a chance to say so."""

    def watch() -> None:
        """Look once a second whose child this process is."""
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _give_up(answers: Generator[Any, None, None]) -> None:
    """End the worker processes and what they were doing, without a word about unused answers."""
    with catch_warnings(), _deaf_to_lost_work():
        simplefilter("ignore", UserWarning)
        answers.close()
        get_reusable_executor().shutdown(wait=True, kill_workers=True)


@contextmanager
def _deaf_to_lost_work() -> Iterator[None]:
    """Let nobody hear of the KeyError of loky's thread when work came in while it ended its workers."""
    before = threading.excepthook

    def hear(told: threading.ExceptHookArgs) -> None:
        """Pass on all other errors of threads."""
        if told.exc_type is not KeyError:
            before(told)

    threading.excepthook = hear
    try:
        yield
    finally:
        threading.excepthook = before


def encode_in_chunks(
    encode: Callable[[Sequence[T]], np.ndarray],
    texts: Sequence[T],
    workers: int = 1,
    tell: Callable[[str, int, int], None] | None = None,
) -> np.ndarray:
    """Return `encode(texts)`, all rows in order, computed in `workers` processes where there are many texts.

    `encode` is a function of an importable module that judges each text by itself; `tell` hears
    ("learn", done, total).

    Raises:
        ResourceError: a process died.
    """
    parts = [texts[start : start + TEXTS] for start in range(0, max(len(texts), 1), TEXTS)]
    encoded: list[np.ndarray] = []
    with closing(_shared(encode, parts, workers if len(parts) > workers else 1)) as arriving:
        for part in arriving:
            encoded.append(part)
            if tell is not None:
                tell("learn", min(len(encoded) * TEXTS, len(texts)), len(texts))
    return np.concatenate(encoded)


ENGINES: Mapping[str, Engine] = {"serial": serial, "processes": processes}

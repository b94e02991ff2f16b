"""Table `speed`: how fast themes are assigned, and what the speed costs.

The fast model (the student) learns from spans that the slow way put into themes. What it loses is told
by a second student that learns from the same spans, but sees MiniLM's vectors; both group all rows.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from inspect import signature
from itertools import cycle, islice
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from scipy import sparse

from cx_text import learning
from cx_text.api import Pipeline, fit, save
from cx_text.api import load as load_pipeline
from cx_text.features import Seen
from cx_text.groups import NONE
from cx_text.reading import Spans, about
from cx_text.records import VERBATIMS
from cx_text.scoring import TextModel
from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.themes import ThemeAssigner
from cx_text.stages.vectors import StaticEncoder, sentence_vectors, span_vectors
from theming.measures import agreement
from theming.sets import Labelled, Options, export_of, load

WORDS = 20
TIMED = 20_000
CHUNK = 500
PATIENCE = 600
ONE_THREAD = {"RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}


@dataclass
class Overheard:
    """A function that remembers what it was last given and what it said."""

    act: Callable[..., Any]
    given: dict[str, Any] = field(default_factory=dict)
    said: Any = None

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Return what the function returns."""
        self.given = dict(signature(self.act).bind(*arguments, **named).arguments)
        self.said = self.act(*arguments, **named)
        return self.said


def lines(options: Options) -> Iterator[str]:
    """Yield verbatims a second, and for each set the AMI of the student and of the slow way."""
    yield f"{'set':20} {'verbatims':>9} {'words':>6} {'processes':>9} {'verbatims/s':>11} {'per cpu s':>9}"
    sets = {name: load(name, options) for name in options.sets}
    first, *_ = sets
    texts = list(islice(cycle(joined(sets[first].texts, WORDS)), TIMED))
    taught = {first: overhear(sets[first].texts)}
    save(taught[first][0], options.folder / "speed.pipeline")
    for processes in (1, 2):
        wall, processor = seconds(options.folder / "speed.pipeline", texts, processes)
        rates = f"{len(texts) / wall:11,.0f} {len(texts) / processor:9,.0f}"
        yield f"{first:20} {len(texts):9,d} {WORDS:6d} {processes:9d} {rates}"
    yield f"{'set':20} {'student':>9} {'slow':>6} {'difference':>10}   AMI over all rows"
    for name, labelled in sets.items():
        fast, slow = both(labelled, *(taught.get(name) or overhear(labelled.texts)))
        yield f"{name:20} {fast:9.3f} {slow:6.3f} {fast - slow:+10.3f}"


def joined(texts: Sequence[str], length: int) -> list[str]:
    """Return all words of `texts` in runs of `length` words; the rest at the end is left out.

    >>> joined(["one two.", "three", "four five six seven"], 3)
    ['one two. three', 'four five six']
    """
    words = " ".join(texts).split()
    return [" ".join(words[end - length : end]) for end in range(length, len(words) + 1, length)]


@dataclass(frozen=True)
class Lesson:
    """What the student learned from: vectors of n spans (n, 384), their verbatims and their themes (n,)."""

    vectors: np.ndarray
    rows: np.ndarray
    themes: np.ndarray


def overhear(texts: Sequence[str]) -> tuple[Pipeline, Lesson]:
    """Return a pipeline that learned from `texts`, and what it learned from."""
    encoding, fitting = Overheard(span_vectors), Overheard(ThemeAssigner.fit)
    with patch.object(learning, "span_vectors", encoding), patch.object(ThemeAssigner, "fit", fitting):
        pipeline = fit(export_of(texts))
    return pipeline, Lesson(encoding.said, fitting.given["rows"], fitting.given["labels"])


def both(labelled: Labelled, pipeline: Pipeline, lesson: Lesson) -> tuple[float, float]:
    """Return the AMI of student and slow way with people's labels; each row is one span to both."""
    model = pipeline.model
    scored = pipeline.score(export_of(labelled.texts)).verbatims
    gold = [labelled.gold[row] for row in scored["verbatim_id"].astype(int)]
    spans = whole_rows(model, [about(text) for text in scored["text"].fillna("")])
    fast, known = model.assign(spans).themes, model.assigner
    slow_model = ThemeAssigner.fit(
        alone(lesson.vectors), lesson.rows, lesson.themes, known.themes, known.confidence
    )
    slow = slow_model.predict(alone(sentence_vectors(spans.texts)), spans.rows).themes
    slow = np.where(spans.with_reason, slow, NONE)
    slow = np.where(fast >= known.themes, fast, slow)
    return ami(gold, fast), ami(gold, slow)


def whole_rows(model: TextModel, texts: list[str]) -> Spans:
    """Return one span for each text."""
    settings = model.config.sentiment
    scorer = SentimentScorer(settings.lexicon, settings.service)
    return Spans(
        wholes=texts,
        rows=np.arange(len(texts)),
        starts=np.zeros(len(texts), dtype=np.int64),
        ends=np.array([len(text) for text in texts], dtype=np.int64),
        texts=texts,
        vectors=StaticEncoder().encode(texts),
        sentiments=np.array([scorer.score(text) for text in texts], dtype=np.float64),
    )


def alone(vectors: np.ndarray) -> Seen:
    """Return vectors as all that is seen of spans."""
    return Seen(vectors, sparse.csr_array((len(vectors), 0)))


def ami(gold: list[str], themes: np.ndarray) -> float:
    """Return the AMI of themes, `NONE` for none."""
    return agreement(gold, [None if theme == NONE else theme for theme in themes.tolist()]).ami


def seconds(pipeline: Path, texts: list[str], processes: int) -> tuple[float, float]:
    """Return wall and processor seconds that processes of one thread take for the themes of `texts`."""
    context = multiprocessing.get_context("spawn")
    gate, spent = context.Barrier(processes + 1), context.Queue()
    for part in range(processes):
        task = (pipeline, texts[part::processes], gate, spent)
        context.Process(target=work, args=task, daemon=True).start()
    gate.wait(PATIENCE)
    begun = time.perf_counter()
    processor = sum(spent.get(timeout=PATIENCE) for _ in range(processes))
    return time.perf_counter() - begun, processor


def work(path: Path, texts: list[str], gate: Barrier, spent: Queue[float]) -> None:
    """Read the spans of `texts`, meet the others at the gate, find vectors and themes; tell the seconds."""
    os.environ.update(ONE_THREAD)
    model = load_pipeline(path).model
    chunks = [spans_of(model, texts[start : start + CHUNK]) for start in range(0, len(texts), CHUNK)]
    model.assign(chunks[0])
    encoder = StaticEncoder()
    gate.wait(PATIENCE)
    begun = time.process_time()
    for chunk in chunks:
        encoder.encode(chunk.texts)
        model.assign(chunk)
    spent.put(time.process_time() - begun)


def spans_of(model: TextModel, texts: list[str]) -> Spans:
    """Return the spans of texts."""
    ids = [str(row) for row in range(len(texts))]
    rows = VERBATIMS.frame({"verbatim_id": ids, "text": texts, "language": ["en"] * len(texts)})
    return model.read(rows)[1]

"""Ways to group comments: what a user would take instead, and cx_text; each runs as a process of its own.

``python -m theming.methods METHOD FOLDER`` reads the texts in the folder and writes what the method finds.
Nothing heavy is imported before a method asks for it, so that seconds and memory are the method's own.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import msgspec
import numpy as np

TEXTS, CLASSES, VECTORS = "texts.json", "classes.json", "vectors.npy"
ENCODE = "encode"
Themes = Sequence[object]


@dataclass(frozen=True)
class Task:
    """What a method is given.

    Attributes:
        texts: n comments.
        classes: the true number of classes, for a method that must be told.
        folder: where the comments' vectors lie, (n, 384).
    """

    texts: list[str]
    classes: int
    folder: Path

    @property
    def vectors(self) -> np.ndarray:
        """MiniLM's vectors of the comments, made before."""
        return np.asarray(np.load(self.folder / VECTORS))


@dataclass(frozen=True)
class Method:
    """One way to group comments.

    Attributes:
        group: yields the name of a line of the table and the theme of each comment, None for none.
        encoded: the vectors are made first, and their making is part of the method.
        needs: modules that it needs beyond the project's own.
    """

    group: Callable[[Task], Iterator[tuple[str, Themes]]]
    encoded: bool = False
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """The modules that are not installed."""
        return [name for name in self.needs if find_spec(name) is None]


class Line(msgspec.Struct, frozen=True):
    """One line of the table: its name, the theme of each comment, seconds since the process began."""

    name: str
    themes: list[str | None]
    seconds: float


class Outcome(msgspec.Struct, frozen=True):
    """What a process found, and what it took: seconds, and its largest resident memory in MB."""

    lines: list[Line]
    seconds: float
    peak: float


def tfidf_kmeans(task: Task) -> Iterator[tuple[str, Themes]]:
    """Yield KMeans clusters of TF-IDF rows, told the number of classes."""
    from sklearn.cluster import KMeans
    from sklearn.feature_extraction.text import TfidfVectorizer

    matrix = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2).fit_transform(task.texts)
    model = KMeans(task.classes, n_init=3, random_state=0)
    yield "TF-IDF + KMeans, told k", list(model.fit_predict(matrix))


def minilm_kmeans(task: Task) -> Iterator[tuple[str, Themes]]:
    """Yield KMeans clusters of MiniLM vectors, told the number of classes."""
    from sklearn.cluster import KMeans

    model = KMeans(task.classes, n_init=3, random_state=0)
    yield "MiniLM + KMeans, told k", list(model.fit_predict(task.vectors))


def bertopic(task: Task) -> Iterator[tuple[str, Themes]]:
    """Yield BERTopic's topics with its defaults on MiniLM vectors; then with its outliers given topics.

    UMAP's parameters are BERTopic's own, only its seed is set.
    """
    from bertopic import BERTopic
    from umap import UMAP

    vectors = task.vectors
    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=0)
    model = BERTopic(umap_model=umap)
    topics, _ = model.fit_transform(task.texts, vectors)
    yield "BERTopic", [None if topic == -1 else topic for topic in topics]
    if -1 in topics and len(set(topics)) > 1:
        topics = model.reduce_outliers(task.texts, topics, strategy="embeddings", embeddings=vectors)
    yield "BERTopic, no outliers", [None if topic == -1 else topic for topic in topics]


def ours(task: Task) -> Iterator[tuple[str, Themes]]:
    """Yield the main theme of each comment by cx_text with its defaults."""
    from cx_text.api import fit
    from theming.sets import export_of, main_themes

    yield "cx_text", main_themes(fit(export_of(task.texts)), task.texts)


def encode(task: Task) -> Iterator[tuple[str, Themes]]:
    """Make the vectors that other methods share; yields no groups."""
    from cx_text.stages.vectors import sentence_vectors

    np.save(task.folder / VECTORS, sentence_vectors(task.texts))
    yield from ()


METHODS = {
    "tfidf": Method(tfidf_kmeans),
    "minilm": Method(minilm_kmeans, encoded=True),
    "bertopic": Method(bertopic, encoded=True, needs=("bertopic", "hdbscan", "umap")),
    "ours": Method(ours),
}


def done(method: str, task: Task) -> Outcome:
    """Return what a method finds and takes."""
    began = time.monotonic()
    group = encode if method == ENCODE else METHODS[method].group
    lines = [
        Line(name, [None if theme is None else str(theme) for theme in themes], time.monotonic() - began)
        for name, themes in group(task)
    ]
    return Outcome(lines, time.monotonic() - began, peak())


def peak() -> float:
    """Return the largest resident memory of this process so far in MB; nan where the system does not tell.

    Not from `getrusage`: there a process begins with the memory of the one that started it.
    """
    status = Path("/proc/self/status")
    told = status.read_text().split() if status.is_file() else []
    return int(told[told.index("VmHWM:") + 1]) / 1024 if "VmHWM:" in told else math.nan


def main() -> None:
    """Do what the command line says and write the outcome as ``METHOD.json`` into the folder."""
    method, folder = sys.argv[1], Path(sys.argv[2])
    texts = msgspec.json.decode((folder / TEXTS).read_bytes(), type=list[str])
    classes = msgspec.json.decode((folder / CLASSES).read_bytes(), type=int)
    outcome = done(method, Task(texts, classes, folder))
    (folder / f"{method}.json").write_bytes(msgspec.json.encode(outcome))


if __name__ == "__main__":
    main()

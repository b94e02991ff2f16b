"""What ratings teach: the third layer of sentiment, on texts that it did not learn from.

Run as ``python benchmarks/sentiment_ratings.py [--data DIR] [--rows N] [--tables calibrated,...]``.
Each set is learned from and measured in folds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from sentiment import Options, accuracy, interval, macro_f1, main, read
from sentiment_readers import THRESHOLD, one_layer, spans_of, two_layers
from sklearn.metrics import confusion_matrix

from cx_text.reading import about
from cx_text.stages.calibration import Rated, concordance, learned, out_of_fold
from cx_text.stages.ratings import by_text, conflict
from cx_text.stages.sentiment import combine
from cx_text.stages.vectors import StaticEncoder
from cx_text.text import text_key, words

SHUFFLES = 40

SETS: dict[str, tuple[str, Callable[[pd.DataFrame], pd.Series]]] = {
    "shopzilla, CSAT 1-5": ("shopzilla_agents", lambda frame: (number(frame["csat"]) - 3) / 2),
    "ryanair, recommended": ("skytrax_ryanair", lambda frame: frame["label"].map({"y": 1.0, "n": -1.0})),
    "clothing, 1-5": ("womens_clothing_part", lambda frame: (number(frame["rating"]) - 3) / 2),
    "seats, 1-10": (
        "skytrax_lounge_seat",
        lambda frame: (number(frame["rating"].where(frame["kind"] == "seat")) - 5.5) / 4.5,
    ),
    "lounges, recommended": (
        "skytrax_lounge_seat",
        lambda frame: frame["label"].where(frame["kind"] == "lounge").map({"1": 1.0, "0": -1.0}),
    ),
}
"""Sets with ratings, and how a rating is told on -1..1."""


def number(column: pd.Series) -> pd.Series:
    """Return a column as numbers, NaN for none."""
    return pd.to_numeric(column, errors="coerce")


def joined(scores: Sequence[float], lengths: Sequence[float]) -> tuple[float, str]:
    """Return score and label of a text of its spans', by the default threshold."""
    return combine(scores, lengths, THRESHOLD)


def rated(name: str, options: Options, layers: Callable[[list[str]], np.ndarray] = two_layers) -> Rated:
    """Return the distinct texts of a set with their mean rating, in the order of their keys."""
    file, rating = SETS[name]
    frame = read(file, options)
    keys = [text_key(text) for text in frame["text"]]
    given = by_text(keys, rating(frame))
    first = dict(zip(reversed(keys), reversed(frame["text"].tolist()), strict=True))
    kept = sorted(key for key in given if key)
    spans, edges = spans_of([first[key] for key in kept])
    return Rated(
        keys=kept,
        ratings=np.array([given[key] for key in kept]),
        rows=np.repeat(np.arange(len(kept)), np.diff(edges)),
        vectors=StaticEncoder().encode([about(span) for span in spans]),
        scores=layers(spans),
        words=np.array([max(len(words(span)), 1) for span in spans], dtype=np.float64),
    )


def f1_of_given(confusion: np.ndarray) -> np.ndarray:
    """Return the mean F1 of the classes that were given, of confusion matrices (..., k, k).

    >>> float(f1_of_given(np.array([[2, 0, 0], [0, 0, 0], [0, 0, 3]])))
    1.0
    """
    given = (confusion.sum(axis=-1) > 0).sum(axis=-1)
    mean: np.ndarray = macro_f1(confusion) * confusion.shape[-1] / given
    return mean


def measured(texts: Rated, told: tuple[np.ndarray, list[str]]) -> str:
    """Return macro-F1 of labels against ratings, and how often good and bad are told by the sign."""
    says = [{"negative": -1, "positive": 1}.get(label, 0) for label in told[1]]
    three = confusion_matrix(texts.sides, says, labels=[-1, 0, 1])
    asked = texts.sides != 0
    two = confusion_matrix(texts.sides[asked] > 0, told[0][asked] > 0, labels=[False, True])
    return f"{interval(three, f1_of_given):>21} {interval(two, accuracy):>21}"


def calibrated(options: Options) -> Iterator[str]:
    """Yield, before and after, how well scores tell high ratings from low, and labels fit ratings."""
    yield f"{'set':22} layers  texts {'concordance (gain)':>32} {'macro-F1':>21} {'good or bad':>21}"
    for name in SETS:
        for layers, below in (("1", one_layer), ("1+2", two_layers)):
            texts = rated(name, options, below).usable()
            old = texts.told(texts.scores, joined)
            new = texts.told(out_of_fold(texts, joined), joined)
            start = time.process_time()
            used = "used" if learned(texts, joined) else "not used"
            seconds = time.process_time() - start
            areas, gain = concordance(old[0], new[0], texts.sides)
            line = f"{name:22} {layers:6} {len(texts.keys):6}"
            yield f"{line} before {areas[0]:25.4f} {measured(texts, old)}"
            told = f"{areas[1]:.4f} ({gain[0]:+.4f} to {gain[1]:+.4f})"
            yield f"{line} after  {told:>25} {measured(texts, new)}  {used}, {seconds:.1f} s"


def shuffled(options: Options) -> Iterator[str]:
    """Yield how often the layer is used where ratings were dealt out at random: of 40 times."""
    for name in SETS:
        texts = rated(name, options)
        draws = np.random.default_rng(7)
        found = [
            learned(replace(texts, ratings=draws.permutation(texts.ratings)), joined) for _ in range(SHUFFLES)
        ]
        yield f"{name:22} used {sum(one is not None for one in found)} of {SHUFFLES}"


def conflicts(options: Options) -> Iterator[str]:
    """Yield how many texts clearly say the opposite of their rating."""
    yield f"{'set':22} {'texts':>6} {'good text, bad rating':>23} {'bad text, good rating':>23}"
    for name in SETS:
        texts = rated(name, options).usable()
        layer = learned(texts, joined)
        scores = layer.adjusted(texts.scores, texts.vectors) if layer else texts.scores
        told = zip(*texts.told(scores, joined), texts.ratings, strict=True)
        good = [score > 0 for score, label, rating in told if conflict(score, label, rating)]
        yield f"{name:22} {len(texts.keys):6} {sum(good):23} {len(good) - sum(good):23}"


TABLES = {"calibrated": calibrated, "shuffled": shuffled, "conflicts": conflicts}


if __name__ == "__main__":
    main(TABLES, __doc__)

"""What a span feels, by name: anger, frustration, disappointment, confusion, anxiety, relief and more.

A linear model sees the span's static vector, its score by the sentiment stage, words that name a feeling
outright and a few marks. It says nothing where it is not sure, and never a feeling of the other sign than
the score's. The weights and cues lie in ``models/emotion-1``, where `models/build_emotion.py` puts them.
"""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from cx_text.exact import GRID, on_grid
from cx_text.phrases import Phrases, Stops, lines
from cx_text.shipped import model_path, shipped_file

MODEL = "emotion-1"
FORMAT = 1
EMOTIONS = (
    "anger",
    "frustration",
    "disappointment",
    "confusion",
    "anxiety",
    "relief",
    "gratitude",
    "delight",
)
PLEASANT = np.array([name in ("relief", "gratitude", "delight") for name in EMOTIONS])
NONE = len(EMOTIONS)
"""The column behind the emotions: no emotion."""
EDGE = 0.15
"""A score at least so far from 0 is of that sign, as by the default of ``[sentiment] threshold``."""
MARKS = 3
"""Exclamation marks beyond these say no more."""
SHORT = 3
"""Blanks below which a span is short."""

_SHOUTED = re.compile(r"\b[A-Z]{3,}\b")
_SELF = frozenset("i we me us my our i'm i've i'd i'll we're we've".split())
_OTHERS = frozenset(
    "he she they his her their guest guests customer customers staff crew driver neighbour people".split()
)


class Cues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of cues: phrases of each emotion, one a line."""

    format: int
    reach: int
    negation: str
    cues: dict[str, str]

    @property
    def phrases(self) -> Phrases:
        """The cues of each of `EMOTIONS`, ready to be looked for."""
        stops = Stops(frozenset(self.negation.split()), self.reach)
        return Phrases.of([lines(self.cues[name]) for name in EMOTIONS], {}, [stops] * len(EMOTIONS))


@dataclass(frozen=True)
class Emotions:
    """The model; the same span has the same answer, whatever is read beside it.

    Attributes:
        cues: what names a feeling outright.
        weights: float64 on the grid, shape (256 + 17, 9): a column an emotion, then none.
        bias: float64 on the grid (9,).
        margins: by how much the logit of an emotion must lead to be told (8,), on the grid.
    """

    cues: Phrases
    weights: np.ndarray
    bias: np.ndarray
    margins: np.ndarray

    @classmethod
    def shipped(cls) -> Emotions:
        """Return the model that ships with the package, read once a process.

        Raises:
            WorkspaceError: a shipped file is missing or was changed.
        """
        return _shipped()

    @classmethod
    def read(cls, folder: Path) -> Emotions:
        """Return the model in `folder`.

        Raises:
            WorkspaceError: a file is missing or was changed.
        """
        cues = read_cues(shipped_file(folder, "cues.toml", FORMAT).decode("utf-8"))
        weights = io.BytesIO(shipped_file(folder, "weights.npz", FORMAT))
        with np.load(weights, allow_pickle=False) as stored:
            return cls(cues, *(stored[name] / GRID for name in ("weights", "bias", "margins")))

    def predict(
        self, texts: Sequence[str], vectors: np.ndarray, sentiments: np.ndarray
    ) -> tuple[list[str], np.ndarray]:
        """Return the emotion of each span, empty for none, and its chance (n,) in 0..1, 0 for none.

        Args:
            texts: n spans.
            vectors: their static vectors, on the grid (n, 256).
            sentiments: their scores, -1..1 (n,).

        Decided by logits, which are exact; of equal ones the first of `EMOTIONS`. The chance among the
        emotions that the score allows and none is squashed afterwards.
        """
        logits = seen(self.cues, texts, vectors, sentiments) @ self.weights + self.bias
        logits[:, :NONE][forbidden(sentiments)] = -np.inf
        best = logits.argmax(axis=1)
        lead = logits[np.arange(len(best)), best] - np.partition(logits, -2, axis=1)[:, -2]
        sure = (best != NONE) & (lead >= np.append(self.margins, 0.0)[best])
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        told = 1 / chances.sum(axis=1)
        return [EMOTIONS[one] if said else "" for one, said in zip(best, sure, strict=True)], np.where(
            sure, told, 0.0
        )


def seen(cues: Phrases, texts: Sequence[str], vectors: np.ndarray, sentiments: np.ndarray) -> np.ndarray:
    """Return what the model sees of n spans, on the grid, shape (n, 256 + 17).

    Vector, sentiment, how good and how bad it is, one column an emotion for its cues, then exclamation
    marks, question marks, shouted words, shortness, and whether the writer or others are named.
    """
    scores = on_grid(sentiments)
    named = np.zeros((len(texts), len(EMOTIONS)))
    for row, text in enumerate(texts):
        named[row, [hit.phrase.owner for hit in cues.hits(text)]] = 1.0
    marks = np.array([_marks(text) for text in texts], dtype=np.float64).reshape(len(texts), 6)
    feeling = np.column_stack([scores, np.maximum(scores, 0.0), np.minimum(scores, 0.0)])
    return np.hstack([vectors, feeling, named, marks])


def _marks(text: str) -> tuple[int, bool, bool, bool, bool, bool]:
    """Return exclamation marks (3 at most); whether it asks, shouts, is short, names its writer, others."""
    said = frozenset(text.lower().split())
    return (
        min(text.count("!"), MARKS),
        "?" in text,
        len(_SHOUTED.findall(text)) > 1,
        text.count(" ") < SHORT,
        not said.isdisjoint(_SELF),
        not said.isdisjoint(_OTHERS),
    )


def forbidden(sentiments: np.ndarray) -> np.ndarray:
    """Return which emotions contradict the score of each span (n, 8)."""
    scores = np.asarray(sentiments, dtype=np.float64)[:, None]
    wrong: np.ndarray = np.where(PLEASANT, scores <= -EDGE, scores >= EDGE)
    return wrong


def read_cues(toml: str) -> Phrases:
    """Return the cues of a file's content; a `msgspec.ValidationError` names what does not fit."""
    return msgspec.convert(tomllib.loads(toml), Cues).phrases


@lru_cache(maxsize=1)
def _shipped() -> Emotions:
    """Return the one model of this process."""
    return Emotions.read(model_path(MODEL))

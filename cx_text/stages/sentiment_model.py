"""How a span feels, as learned from people's comments: the second layer of sentiment.

A small network reads words in their order, which lists of words and averaged vectors do not. Windows
of five tokens meet 128 filters, and of each filter the strongest answer counts; with the span's static
vector, its score by the lexicon and three counts they give the chances of negative, neutral, positive.

All numbers before the last step are multiples of 2^-12 and all sums are exact, so a text gets the same
score alone, in any batch and with any number of threads. The weights are in ``models/sentiment-2``.

Reference: Kim 2014, Convolutional Neural Networks for Sentence Classification (filters, maximum over
time); Hinton, Vinyals & Dean 2015, Distilling the Knowledge in a Neural Network (how it learned).
"""

from __future__ import annotations

import io
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np

from cx_text.exact import GRID, on_grid
from cx_text.pieces import Pieces
from cx_text.shipped import model_path, shipped_file
from cx_text.text import PLACEHOLDER

MODEL = "sentiment-2"
FORMAT = 1
BATCH = 512
HALF = 2
"""Tokens that a window sees on both sides of its own."""
LONGEST = 128
"""Tokens read of a span."""
TOKEN_GRID, FILTER_GRID = 32.0, 128.0
"""Steps to 1 of token vectors and filters: whole numbers of 8 bits, whose sums float32 holds exactly."""
MOST_HIDDEN = 64.0
DECIMALS = 4
EDGE = 0.15
"""Scores nearer to 0 are neutral, as by the default of ``[sentiment] threshold``."""
MOST_NEUTRAL = EDGE - 10**-DECIMALS

_STRAIGHT = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"))
_ASIDE = re.compile(r"@\w+|(?:https?://|www\.)\S+|" + PLACEHOLDER.pattern)
_NEGATED = re.compile(
    r"\b(?:(ca|wo|sha|ai|is|are|was|were|do|does|did|has|have|had|would|could|should|need|must)n'?t|cannot)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+|[^\w\s]")
_CAPITALS = string.ascii_uppercase.encode()
_WHOLE = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}


def plain(text: str) -> str:
    """Return `text` as the network reads it: without handles and links, negations written out.

    >>> plain("@acme it doesn\u2019t work, cant login")
    'it does not work, can not login'
    """
    straight = text if text.isascii() else text.translate(_STRAIGHT)
    return _NEGATED.sub(_written_out, _ASIDE.sub(" ", straight)).strip()


def _written_out(found: re.Match[str]) -> str:
    """Return a negated verb in two words."""
    verb = (found[1] or "can").lower()
    return f"{_WHOLE.get(verb, verb)} not"


def pieces() -> Pieces:
    """Return what tells the tokens of texts as the network reads them: words and marks apart.

    >>> pieces().of("Can't!") == pieces().of("can not !")
    True
    """
    return Pieces(lambda chunk: " ".join(_WORD.findall(plain(chunk))))


@dataclass(frozen=True)
class Windows:
    """The windows of many texts: around each token, and one around the end of each text.

    Attributes:
        tokens: token numbers, shape (windows, 2 * HALF + 1); 0 beyond a text.
        starts: first window of each text (n,).
        lengths: tokens of each text (n,).
    """

    tokens: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, ids: Sequence[Sequence[int]]) -> Windows:
        """Return the windows of texts given as token numbers.

        >>> Windows.of([[7, 8]]).tokens.tolist()
        [[0, 0, 7, 8, 0], [0, 7, 8, 0, 0], [7, 8, 0, 0, 0]]
        """
        gap = [0] * (HALF + 1)
        row = np.array([0] * HALF + [token for text in ids for token in chain(text, gap)], dtype=np.int64)
        lengths = np.array([len(text) for text in ids], dtype=np.int64)
        spans = lengths + 1
        starts = np.cumsum(spans) - spans
        firsts = np.arange(spans.sum()) + np.repeat(np.arange(len(ids)) * HALF, spans)
        return cls(row[firsts[:, None] + np.arange(2 * HALF + 1)], starts, lengths)


@dataclass(frozen=True)
class SentimentModel:
    """The network; the same text has the same score, whatever is scored beside it.

    Attributes:
        pieces: tells the tokens of words.
        words: token vectors, float32 of shape (vocabulary, d), multiples of 1/32.
        filters: float32 of shape (5 d, filters), multiples of 1/128, and `bias` (filters,).
        inner: float64 of shape (filters + 256 + 4, hidden) on the grid, and `inner_bias` (hidden,).
        outer: float64 of shape (hidden, 3) on the grid, and `outer_bias` (3,).
    """

    pieces: Pieces
    words: np.ndarray
    filters: np.ndarray
    bias: np.ndarray
    inner: np.ndarray
    inner_bias: np.ndarray
    outer: np.ndarray
    outer_bias: np.ndarray

    @classmethod
    def shipped(cls) -> SentimentModel:
        """Return the model that ships with the package, read once a process.

        Raises:
            WorkspaceError: a shipped file is missing or was changed.
        """
        return _shipped()

    @classmethod
    def read(cls, folder: Path) -> SentimentModel:
        """Return the model in `folder`.

        Raises:
            WorkspaceError: a file is missing or was changed.
        """
        arrays = _arrays(folder)
        return cls(
            pieces(),
            (arrays["words"] / TOKEN_GRID).astype(np.float32),
            (arrays["filters"] / FILTER_GRID).astype(np.float32),
            *(arrays[name] / GRID for name in ("bias", "inner", "inner_bias", "outer", "outer_bias")),
        )

    def score(self, texts: Sequence[str], vectors: np.ndarray, lexicon_scores: np.ndarray) -> np.ndarray:
        """Return how `texts` feel, (n,) in [-1, 1] with 4 decimals, see `scored`.

        Args:
            texts: n texts.
            vectors: their static vectors (n, 256), on the grid.
            lexicon_scores: what the first layer says of them (n,); stands alone where a text has no word.
        """
        wordless = [not any(map(str.isalnum, text)) for text in texts]
        learned = scored(self.chances(texts, vectors, lexicon_scores))
        scores: np.ndarray = np.where(wordless, lexicon_scores, learned)
        return scores

    def chances(self, texts: Sequence[str], vectors: np.ndarray, lexicon_scores: np.ndarray) -> np.ndarray:
        """Return the chances (n, 3) of negative, neutral and positive."""
        parts = [np.zeros((0, 3))]
        for start in range(0, len(texts), BATCH):
            part = slice(start, start + BATCH)
            parts.append(self._logits(texts[part], vectors[part], lexicon_scores[part]))
        logits = np.concatenate(parts)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances: np.ndarray = odds / odds.sum(axis=1, keepdims=True)
        return chances

    def _logits(self, texts: Sequence[str], vectors: np.ndarray, lexicon_scores: np.ndarray) -> np.ndarray:
        """Return logits (n, 3), exact."""
        windows = Windows.of([self.pieces.of(text)[:LONGEST] for text in texts])
        seen = self.words[windows.tokens].reshape(len(windows.tokens), -1) @ self.filters
        strongest = np.maximum.reduceat(seen, windows.starts, axis=0) + self.bias
        told = counts(texts, windows.lengths, lexicon_scores)
        features = np.hstack([np.maximum(strongest, 0), vectors, told])
        hidden = on_grid(np.clip(features @ self.inner + self.inner_bias, 0, MOST_HIDDEN))
        logits: np.ndarray = hidden @ self.outer + self.outer_bias
        return logits


def scored(chances: np.ndarray) -> np.ndarray:
    """Return scores (n,) in [-1, 1] with 4 decimals of chances (n, 3) of negative, neutral and positive.

    The likeliest of the three decides on which side of `EDGE` the score is; how far it is from there
    tells how much likelier it is than the next. Ties: negative before neutral before positive.

    >>> scored(np.array([[0.1, 0.1, 0.8], [0.1, 0.5, 0.4], [0.0, 0.5, 0.5], [1, 0, 0]])).tolist()
    [0.745, 0.09, 0.1499, -1.0]
    """
    bad, neither, good = chances.T
    best = chances.argmax(axis=1)
    beyond = EDGE + (1 - EDGE) * (chances.max(axis=1) - np.median(chances, axis=1))
    within = np.clip(EDGE * (good - bad) / np.maximum(neither, 1 / 3), -MOST_NEUTRAL, MOST_NEUTRAL)
    scores: np.ndarray = np.choose(best, [-beyond, within, beyond])
    return np.round(scores, DECIMALS)


def counts(texts: Sequence[str], lengths: np.ndarray, lexicon_scores: np.ndarray) -> np.ndarray:
    """Return what the network is told beside tokens and vectors: (n, 4) on the grid, in [-1, 1].

    The lexicon's score, whether it is silent, the text's length in tokens, its share of capitals.
    """
    capitals = [_capitals(text) / max(len(text), 1) for text in texts]
    silent = lexicon_scores == 0
    return on_grid(np.stack([lexicon_scores, silent, np.minimum(lengths, 32) / 32, capitals], axis=1))


def _capitals(text: str) -> int:
    """Return the number of capital letters."""
    if text.isascii():
        return len(text) - len(text.encode().translate(None, _CAPITALS))
    return sum(map(str.isupper, text))


@lru_cache(maxsize=1)
def _shipped() -> SentimentModel:
    """Return the one model of this process."""
    return SentimentModel.read(model_path(MODEL))


def _arrays(folder: Path) -> Mapping[str, np.ndarray]:
    """Return the arrays of a model folder."""
    data = io.BytesIO(shipped_file(folder, "weights.npz", FORMAT))
    with np.load(data, allow_pickle=False) as arrays:
        return dict(arrays)

"""Those who say how comments feel: VADER, TextBlob, and cx_text with one layer and with two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from cx_text.config import Sentiment
from cx_text.reading import about
from cx_text.stages.clean import clean
from cx_text.stages.sentiment import SentimentScorer, combine, label
from cx_text.stages.sentiment_model import SentimentModel
from cx_text.stages.split import split
from cx_text.stages.vectors import StaticEncoder
from cx_text.text import words

THRESHOLD = Sentiment().threshold
VADERS_OWN = 0.05
"""What VADER's authors take for the edge of neutral; TextBlob's name none and get the same."""

Said = tuple[np.ndarray, list[str]]
"""Scores in [-1, 1] and labels negative, neutral or positive."""
Reader = Callable[[Sequence[str]], Said]


def vader(texts: Sequence[str]) -> Said:
    """Return what raw VADER says of whole comments."""
    analyzer = SentimentIntensityAnalyzer()
    return _said([float(analyzer.polarity_scores(text)["compound"]) for text in texts])


def textblob(texts: Sequence[str]) -> Said:
    """Return what TextBlob says of whole comments.

    Raises:
        ImportError: it is not installed.
    """
    from textblob import TextBlob  # noqa: PLC0415 - optional

    return _said([float(TextBlob(text).sentiment.polarity) for text in texts])


def _said(scores: list[float]) -> Said:
    """Return scores with the labels that VADER's edges give."""
    return np.array(scores), [label(score, VADERS_OWN) for score in scores]


def spans_of(texts: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Return the spans of cleaned comments, and where those of each comment start (n + 1,)."""
    found = [
        [cleaned[start:end] for start, end in split(cleaned)] or [cleaned] for cleaned in map(clean, texts)
    ]
    return [span for spans in found for span in spans], np.cumsum([0, *map(len, found)])


def one_layer(spans: Sequence[str]) -> np.ndarray:
    """Return the scores of spans by the lexicon."""
    score = SentimentScorer().score
    return np.array([score(span) for span in spans])


def two_layers(spans: Sequence[str]) -> np.ndarray:
    """Return the scores of spans by the lexicon and the learned model."""
    said = [about(span) for span in spans]
    return SentimentModel.shipped().score(said, StaticEncoder().encode(said), one_layer(spans))


def whole(layers: Callable[[Sequence[str]], np.ndarray]) -> Reader:
    """Return who scores comments by their spans, as the pipeline does; mixed is told by its balance."""

    def read(texts: Sequence[str]) -> Said:
        """Return scores and labels of comments."""
        spans, edges = spans_of(texts)
        scores = layers(spans).tolist()
        weights = [float(max(len(words(span)), 1)) for span in spans]
        values = [combine(scores[low:high], weights[low:high], THRESHOLD)[0] for low, high in pairwise(edges)]
        return np.array(values), [label(value, THRESHOLD) for value in values]

    return read


READERS: dict[str, Reader] = {
    "VADER": vader,
    "TextBlob": textblob,
    "layer 1": whole(one_layer),
    "layers 1+2": whole(two_layers),
}

"""Redacted rows in, what is said in them out: spans, their meaning as numbers, and how each feels."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.stages.calibration import Calibration
from cx_text.stages.clean import boilerplate, is_non_answer
from cx_text.stages.foreign import ForeignScorer
from cx_text.stages.labels import has_content, is_general
from cx_text.stages.questions import lean_of_question
from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.sentiment_model import MODEL, SentimentModel
from cx_text.stages.split import split
from cx_text.stages.vectors import Passage, StaticEncoder
from cx_text.text import PLACEHOLDER, words

ASIDE = re.compile(rf"@\w+|https?://\S+|{PLACEHOLDER.pattern}|#")
"""What says nothing about the theme of a span."""

ENGLISH = "en"
"""The language that the lexicon of service and the learned layer know."""

SHORT_NAME = 2
"""Letters of a part of a name that is too short to be told from a word."""

SHORT_ANSWER = 6
"""Most words of an answer that, without a word of feeling, is meant as its question leans."""


@dataclass(frozen=True)
class Spans:
    """The n spans of many verbatims, columnar and in order.

    Attributes:
        wholes: texts of all verbatims by row, with blanks for what says nothing about a theme.
        rows: row of the verbatim of each span (n,).
        starts: where each starts in its verbatim (n,).
        ends: and where it ends (n,).
        texts: what each says.
        vectors: what it means, by the fast encoder, on the grid (n, 256).
        sentiments: how it feels, in [-1, 1] (n,).
    """

    wholes: list[str]
    rows: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    texts: list[str]
    vectors: np.ndarray
    sentiments: np.ndarray

    def __len__(self) -> int:
        """Return the number of spans."""
        return len(self.texts)

    @property
    def passages(self) -> list[Passage]:
        """Each verbatim that has spans, with the offsets of these."""
        found: dict[int, list[tuple[int, int]]] = {}
        for row, start, end in zip(self.rows.tolist(), self.starts.tolist(), self.ends.tolist(), strict=True):
            found.setdefault(row, []).append((start, end))
        return [(self.wholes[row], spans) for row, spans in found.items()]

    @cached_property
    def lengths(self) -> np.ndarray:
        """The number of words of each span, at least 1, (n,)."""
        return np.array([max(len(words(text)), 1) for text in self.texts], dtype=np.float64)

    @cached_property
    def with_reason(self) -> np.ndarray:
        """Which spans say something beyond chatter and plain praise or complaint, (n,)."""
        return np.array([has_content(text) and not is_general(text) for text in self.texts], dtype=bool)

    @property
    def said(self) -> list[str]:
        """The texts of the spans with a reason."""
        return [text for text, reason in zip(self.texts, self.with_reason, strict=True) if reason]


@dataclass(frozen=True)
class Reader:
    """Reads redacted rows; a row reads the same whatever is read beside it.

    Attributes:
        config: the settings.
        templates: keys of survey template sentences.
        calibration: what the export's own ratings taught, None where they taught nothing.
    """

    config: Config
    templates: tuple[str, ...] = ()
    calibration: Calibration | None = None

    @cached_property
    def words(self) -> SentimentScorer | ForeignScorer | None:
        """What knows how words of the export's language feel, None where nothing does."""
        if self.config.input.language == ENGLISH:
            return SentimentScorer(self.config.sentiment.lexicon, self.config.sentiment.service)
        return ForeignScorer.shipped(self.config.input.language)

    @property
    def is_learned(self) -> bool:
        """Whether the learned layer reads spans, too; it knows English."""
        return self.config.sentiment.learned and self.config.input.language == ENGLISH

    @property
    def layers(self) -> str:
        """What tells how a span feels, in words."""
        if self.words is None:
            return f"none for language {self.config.input.language}"
        below = f"words and {MODEL}" if self.is_learned else "words alone"
        return f"{below}, {self.calibration.learned_from} ratings" if self.calibration else below

    def abroad(self, text: str, language: str) -> float:
        """Return how a text in another language than the export's feels, nan where no words are known."""
        scorer = ForeignScorer.shipped(language)
        return scorer.score(text) if scorer else math.nan

    def read(self, frame: pd.DataFrame) -> tuple[list[str], Spans]:
        """Return the status of each redacted row (unthemed where it has content) and its spans."""
        texts, questions = frame["text"].fillna("").tolist(), frame["question"].fillna("").tolist()
        told = [self._told(*row) for row in zip(texts, questions, frame["language"], strict=True)]
        found = [(row, *span) for row, (_, offsets) in enumerate(told) for span in offsets]
        rows, starts, ends = np.array(found, dtype=np.int64).reshape(-1, 3).T
        wholes = [about(*pair) for pair in zip(texts, frame["agent"].fillna(""), strict=True)]
        raw = [texts[row][start:end] for row, start, end in found]
        plain = [" ".join(wholes[row][start:end].split()) for row, start, end in found]
        vectors, by_words, sentiments = self._felt(raw, plain)
        spans = Spans(wholes, rows, starts, ends, plain, vectors, sentiments)
        leans = np.array([lean_of_question(question) for question in questions])[rows]
        answers = (by_words == 0) & (leans != 0) & (spans.lengths <= SHORT_ANSWER)
        return [status for status, _ in told], replace(spans, sentiments=np.where(answers, leans, sentiments))

    def _told(self, text: str, question: str, language: str) -> tuple[str, list[tuple[int, int]]]:
        """Return the status of a row and the offsets of its spans."""
        if is_non_answer(text):
            return "non_answer", []
        if language != self.config.input.language:
            return "other_language", []
        offsets = split(text, boilerplate(text, question, self.templates))
        return ("unthemed" if offsets else "boilerplate"), offsets

    def _felt(self, raw: Sequence[str], plain: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return vectors of spans and how they feel, by their words and in all; equal ones are read once.

        Words are read as written (`raw`), meaning without handles, links and names (`plain`).
        """
        pairs = list(zip(raw, plain, strict=True))
        place = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
        texts = [text for _, text in place]
        vectors = StaticEncoder().encode(texts)
        score = self.words.score if self.words else _silent
        by_words = np.array([score(text) for text, _ in place], dtype=np.float64)
        scores = by_words
        if self.is_learned and texts:
            scores = SentimentModel.shipped().score(texts, vectors, by_words)
        if self.calibration:
            scores = self.calibration.adjusted(scores, vectors)
        again = np.array([place[pair] for pair in pairs], dtype=np.int64)
        return vectors[again], by_words[again], scores[again]


def _silent(_: str) -> float:
    """Return that a text holds no word of feeling that is known."""
    return 0.0


def about(text: str, agent: str = "") -> str:
    """Return a text of the same length, with blanks for handles, links, placeholders and its agent's name.

    The name says who it was, not what it was about: with it in, agents would be themes.

    >>> " ".join(about("@acme Marco lost my refund [EMAIL]", "Marco Bellini").split())
    'lost my refund'
    """
    plain = ASIDE.sub(_blank, text)
    named = _name_of(agent)
    return named.sub(_blank, plain) if named else plain


def _blank(found: re.Match[str]) -> str:
    """Return as many blanks as were matched, so that offsets stay true."""
    return " " * len(found.group())


@lru_cache(maxsize=10_000)
def _name_of(agent: str) -> re.Pattern[str] | None:
    """Return what finds the parts of an agent's name, None where there is none; initials are no parts."""
    parts = sorted({re.escape(part) for part in words(agent) if len(part) > SHORT_NAME})
    return re.compile(rf"\b(?:{'|'.join(parts)})\b", re.IGNORECASE) if parts else None

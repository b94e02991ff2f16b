"""The per-text half: redacted rows in, scored rows out, each row for itself.

A `TextModel` is a frozen value. What it says of a verbatim depends on the verbatim and on nothing else.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.records import CATALOGUE, MENTIONS, VERBATIMS, Scored
from cx_text.stages.clean import boilerplate, is_non_answer
from cx_text.stages.labels import has_content, is_general
from cx_text.stages.sentiment import SentimentScorer, combine
from cx_text.stages.split import split
from cx_text.stages.themes import NONE, ThemeAssigner
from cx_text.stages.vectors import SpanFeatures, StaticEncoder
from cx_text.text import PLACEHOLDER, words

ASIDE = re.compile(rf"@\w+|https?://\S+|{PLACEHOLDER.pattern}|#")
"""What says nothing about the theme of a span."""


SILENT = 0.05
"""A span whose sentiment is nearer to 0 holds no words of feeling."""

GENERAL_CONFIDENCE = 0.5
"""Low, so that a verbatim's main theme is one with a reason where there is one."""


@dataclass(frozen=True)
class Spans:
    """The spans of many verbatims, columnar: row of the verbatim, offsets, text, sentiment."""

    rows: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    texts: list[str]
    sentiments: np.ndarray


@dataclass(frozen=True)
class TextModel:
    """Everything that was learned; `score` turns verbatims into scored verbatims.

    Attributes:
        config: the settings it was learned with.
        templates: keys of survey template sentences.
        features: what the theme model sees of a span.
        assigner: span -> theme.
        catalogue: the themes in the order of the assigner's columns, table CATALOGUE.
        leans: mean sentiment of the spans that each theme was learned from.
        learned_from: number of distinct texts with content that it learned from.
        roster: agents whose names redaction keeps, where no workspace remembers them.
    """

    config: Config
    templates: tuple[str, ...]
    features: SpanFeatures
    assigner: ThemeAssigner
    catalogue: pd.DataFrame
    leans: np.ndarray
    learned_from: int = 0
    roster: tuple[str, ...] = ()

    @classmethod
    def untaught(cls, config: Config) -> TextModel:
        """Return a model that knows no themes."""
        empty = ThemeAssigner(np.zeros((0, 0)), np.zeros(0), 0, config.themes.confidence)
        return cls(config, (), SpanFeatures((), np.zeros(0)), empty, CATALOGUE.frame(), np.zeros(0))

    @cached_property
    def _scorer(self) -> SentimentScorer:
        """The sentiment scorer of these settings."""
        return SentimentScorer(self.config.sentiment.lexicon, self.config.sentiment.service)

    @cached_property
    def _encoder(self) -> StaticEncoder:
        """The fast encoder."""
        return StaticEncoder()

    def score(self, frame: pd.DataFrame) -> Scored:
        """Return `frame` (redacted rows, table VERBATIMS) with scores and themes, and the mentions."""
        status, spans = self.read(frame)
        themes, confidence = self.assign(spans.texts, spans.sentiments)
        spans = replace(spans, sentiments=self._pooled(spans.sentiments, themes))
        said = themes != NONE
        ids = self.catalogue["theme_id"].to_numpy(dtype=object)
        mentions = MENTIONS.frame(
            {
                "verbatim_id": frame["verbatim_id"].to_numpy()[spans.rows[said]],
                "start": spans.starts[said],
                "end": spans.ends[said],
                "theme_id": ids[themes[said]],
                "sentiment": spans.sentiments[said],
                "confidence": confidence[said],
            }
        )
        lengths = np.array([max(len(words(text)), 1) for text in spans.texts], dtype=np.float64)
        feeling = self._feelings(status, spans, lengths)
        ranked = _themes_by_weight(spans.rows[said], ids[themes[said]], lengths[said] * confidence[said])
        themed = frame.assign(
            status=[
                "themed" if state == "unthemed" and row in ranked else state
                for row, state in enumerate(status)
            ],
            sentiment=[score for score, _ in feeling],
            sentiment_label=[label for _, label in feeling],
            theme_ids=[ranked.get(row, []) for row in range(len(frame))],
            theme_id=[ranked[row][0] if row in ranked else None for row in range(len(frame))],
        )
        return Scored(VERBATIMS.frame(themed), mentions)

    def read(self, frame: pd.DataFrame) -> tuple[list[str], Spans]:
        """Return the status of each redacted row (unthemed where it has content) and its spans."""
        status, found = [], []
        ours = self.config.input.language
        questions = frame["question"].fillna("")
        for row, (text, question, language) in enumerate(
            zip(frame["text"].fillna(""), questions, frame["language"], strict=True)
        ):
            if is_non_answer(text):
                status.append("non_answer")
            elif language != ours:
                status.append("other_language")
            else:
                offsets = split(text, boilerplate(text, question, self.templates))
                status.append("unthemed" if offsets else "boilerplate")
                found += [(row, start, end, text[start:end]) for start, end in offsets]
        scores = {text: self._scorer.score(text) for text in {text for *_, text in found}}
        return status, Spans(
            rows=np.array([row for row, *_ in found], dtype=np.int64),
            starts=np.array([start for _, start, *_ in found], dtype=np.int64),
            ends=np.array([end for *_, end, _ in found], dtype=np.int64),
            texts=[about(text) for *_, text in found],
            sentiments=np.array([scores[text] for *_, text in found], dtype=np.float64),
        )

    def assign(self, texts: Sequence[str], sentiments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the theme of each span (n,), a row of the catalogue or `NONE`, and the confidence (n,)."""
        if not texts:
            return np.full(0, NONE), np.zeros(0)
        features = self.features.transform(texts, self._encoder.encode(texts), sentiments)
        themes, confidence = self.assigner.predict(features)
        themes[[not has_content(text) for text in texts]] = NONE
        general = np.array([is_general(text) for text in texts])
        themes[general] = self._general(sentiments[general])
        confidence[general] = GENERAL_CONFIDENCE
        return themes, np.where(themes == NONE, 0.0, confidence)

    def _pooled(self, sentiments: np.ndarray, themes: np.ndarray) -> np.ndarray:
        """Return sentiments where a span without words of feeling takes the lean of a negative theme.

        Customers praise in words of praise but state many a complaint as a plain fact: "she read
        from a script". That others say the same in anger tells what is meant.
        """
        learned = (themes >= 0) & (themes < len(self.leans))
        lean = np.zeros(len(themes))
        lean[learned] = self.leans[themes[learned]]
        silent = (np.abs(sentiments) < SILENT) & (lean <= -self.config.sentiment.threshold)
        return np.where(silent, lean, sentiments)

    def _general(self, sentiments: np.ndarray) -> np.ndarray:
        """Return the theme of opinions without a reason: praise, complaint, or none when neutral.

        None, too, while so little was learned that the model has no general themes.
        """
        if len(self.catalogue) == self.assigner.themes:
            return np.full(len(sentiments), NONE)
        threshold = self.config.sentiment.threshold
        praise, complaint = self.assigner.themes, self.assigner.themes + 1
        return np.select([sentiments >= threshold, sentiments <= -threshold], [praise, complaint], NONE)

    def _feelings(self, status: Sequence[str], spans: Spans, lengths: np.ndarray) -> list[tuple[float, str]]:
        """Return sentiment and label of each row, not known where a text is not scored."""
        ends = np.searchsorted(spans.rows, np.arange(len(status) + 1))
        threshold = self.config.sentiment.threshold
        return [
            combine(spans.sentiments[low:high].tolist(), lengths[low:high].tolist(), threshold)
            if state == "unthemed"
            else (math.nan, "")
            for state, (low, high) in zip(status, pairwise(ends), strict=True)
        ]


def _themes_by_weight(rows: np.ndarray, ids: np.ndarray, weights: np.ndarray) -> dict[int, list[str]]:
    """Return the themes of each row that has any, the one it is most about first (ties: by id)."""
    total: dict[int, Counter[str]] = {}
    for row, theme, weight in zip(rows.tolist(), ids, weights.tolist(), strict=True):
        total.setdefault(row, Counter())[theme] += weight
    return {
        row: [theme for theme, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))]
        for row, found in total.items()
    }


def about(text: str) -> str:
    """Return a span without handles, links and placeholders.

    >>> about("@acme my refund [EMAIL]")
    'my refund'
    """
    return " ".join(ASIDE.sub(" ", text).split())

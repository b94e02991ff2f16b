"""The per-text half: redacted rows in, scored rows out, each row for itself.

A `TextModel` is a frozen value. What it says of a verbatim depends on the verbatim and on nothing else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.features import POLARITY, Seen
from cx_text.groups import NONE
from cx_text.records import CATALOGUE, GENERAL_THEMES, MENTIONS, VERBATIMS, Scored
from cx_text.stages.clean import boilerplate, is_non_answer
from cx_text.stages.labels import has_content, is_general
from cx_text.stages.sentiment import SentimentScorer, combine
from cx_text.stages.sentiment_model import SentimentModel
from cx_text.stages.split import split
from cx_text.stages.themes import ANYWHERE, UNSURE, Assigned, Change, Specialist, ThemeAssigner
from cx_text.stages.topics import Topics
from cx_text.stages.vectors import Passage, SpanFeatures, StaticEncoder
from cx_text.taxonomy import Edit, Taxonomy, replay
from cx_text.text import PLACEHOLDER, words

ASIDE = re.compile(rf"@\w+|https?://\S+|{PLACEHOLDER.pattern}|#")
"""What says nothing about the theme of a span."""


SHORT = 2
"""Letters of a part of a name that is too short to be told from a word."""

SILENT = 0.05
"""A span whose sentiment is nearer to 0 holds no words of feeling."""

TOLD = 0.9
"""Confidence of a theme that a specialist tells."""

DOUBTFUL = 0.4
"""A theme below this confidence is not sure: a new theme may be hidden there."""

GENERAL_CONFIDENCE = 0.5
"""Low, so that a verbatim's main theme is one with a reason where there is one."""


@dataclass(frozen=True)
class Spans:
    """The spans of many verbatims, columnar: row of the verbatim, offsets, text, sentiment; in order.

    `wholes` are the texts of all verbatims by row, with blanks for what says nothing about a theme.
    """

    wholes: list[str]
    rows: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    texts: list[str]
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
    def with_reason(self) -> np.ndarray:
        """Which spans say something beyond chatter and plain praise or complaint, (n,)."""
        return np.array([has_content(text) and not is_general(text) for text in self.texts], dtype=bool)

    @property
    def said(self) -> list[str]:
        """The texts of the spans with a reason."""
        return [text for text, reason in zip(self.texts, self.with_reason, strict=True) if reason]


@dataclass(frozen=True)
class TextModel:
    """Everything that was learned; `score` turns verbatims into scored verbatims.

    Attributes:
        config: the settings it was learned with.
        templates: keys of survey template sentences.
        features: what the theme model sees of a span.
        assigner: span -> theme.
        catalogue: the raw themes, table CATALOGUE: first those of the assigner's columns, then general
            praise and complaint, then those that specialists tell, parents and what was split.
        leans: mean sentiment of the spans that each theme was learned from.
        learned_from: number of distinct texts with content that it learned from.
        roster: agents whose names redaction keeps, where no workspace remembers them.
        specialists: rules for single themes, asked in order; the last that finds its theme decides.
        edits: what people said of themes; replayed over the catalogue.
        lineage: what became of the themes of the model before.
        seeded: learned from so little that the built-in service topics come before its own themes.
    """

    config: Config
    templates: tuple[str, ...]
    features: SpanFeatures
    assigner: ThemeAssigner
    catalogue: pd.DataFrame
    leans: np.ndarray
    learned_from: int = 0
    roster: tuple[str, ...] = ()
    specialists: tuple[Specialist, ...] = ()
    edits: tuple[Edit, ...] = ()
    lineage: tuple[Change, ...] = ()
    seeded: bool = False

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The themes as people see them: the catalogue with all edits."""
        return replay(self.catalogue, self.edits)

    @cached_property
    def said_as(self) -> list[str | None]:
        """The id that a mention of each raw theme gets, None where the theme was taken back."""
        return [self.taxonomy.theme_of(raw) for raw in self.catalogue["theme_id"]]

    @classmethod
    def untaught(cls, config: Config) -> TextModel:
        """Return a model that knows no themes."""
        empty = ThemeAssigner.untaught(StaticEncoder.dimensions + POLARITY, config.themes.confidence)
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
        found = self.assign(spans)
        ids = np.array(self.said_as, dtype=object)
        themes = np.where([theme == NONE or ids[theme] is None for theme in found.themes], NONE, found.themes)
        spans = replace(spans, sentiments=self._pooled(spans.sentiments, themes))
        said = themes != NONE
        mentions = MENTIONS.frame(
            {
                "verbatim_id": frame["verbatim_id"].to_numpy()[spans.rows[said]],
                "start": spans.starts[said],
                "end": spans.ends[said],
                "theme_id": ids[themes[said]],
                "sentiment": spans.sentiments[said],
                "confidence": found.confidence[said],
            }
        )
        lengths = np.array([max(len(words(text)), 1) for text in spans.texts], dtype=np.float64)
        feeling = self._feelings(status, spans, lengths)
        ranked = _themes_by_weight(spans.rows, themes, found.likely * lengths[:, None], ids)
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
        scores = self._feel(sorted({text for *_, text in found}))
        wholes = [
            about(*pair) for pair in zip(frame["text"].fillna(""), frame["agent"].fillna(""), strict=True)
        ]
        return status, Spans(
            wholes=wholes,
            rows=np.array([row for row, *_ in found], dtype=np.int64),
            starts=np.array([start for _, start, *_ in found], dtype=np.int64),
            ends=np.array([end for *_, end, _ in found], dtype=np.int64),
            texts=[" ".join(wholes[row][start:end].split()) for row, start, end, _ in found],
            sentiments=np.array([scores[text] for *_, text in found], dtype=np.float64),
        )

    def _feel(self, texts: Sequence[str]) -> dict[str, float]:
        """Return how each of the distinct `texts` feels: by its words, or as the learned model reads it."""
        scores = np.array([self._scorer.score(text) for text in texts], dtype=np.float64)
        if self.config.sentiment.learned and len(texts):
            scores = SentimentModel.shipped().score(texts, self._encoder.encode(texts), scores)
        return dict(zip(texts, scores.tolist(), strict=True))

    def seen(self, spans: Spans) -> Seen:
        """Return what the fast theme model sees of each span."""
        return self.features.transform(spans.texts, self._encoder.encode(spans.texts), spans.sentiments)

    def assign(self, spans: Spans) -> Assigned:
        """Return the theme of each span, a row of the catalogue or `NONE`, and how likely each row is."""
        if not len(spans):
            return Assigned(np.full(0, NONE), np.zeros(0), np.zeros((0, len(self.catalogue))))
        seen = self.seen(spans)
        found = self.assigner.predict(seen, spans.rows)
        themes = np.where(spans.with_reason, found.themes, NONE)
        general = np.array([is_general(text) for text in spans.texts])
        themes[general] = self._general(spans.sentiments[general])
        confidence = np.select(
            [general & (themes != NONE), themes != NONE], [GENERAL_CONFIDENCE, found.confidence], 0
        )
        likely = np.zeros((len(spans), len(self.catalogue)))
        likely[:, : found.likely.shape[1]] = found.likely * spans.with_reason[:, None]
        held = general & (themes != NONE)
        likely[held, themes[held]] = GENERAL_CONFIDENCE
        found = Assigned(themes, confidence, likely)
        if self.seeded:
            found = self._with_topics(found, spans)
        for specialist in self.specialists:
            found = self._corrected(found, specialist, specialist.finds(spans.texts, seen, spans.rows))
        return found

    def _with_topics(self, found: Assigned, spans: Spans) -> Assigned:
        """Return what was found with the built-in topic of each span that has one."""
        shipped, prototypes = built_in_topics()
        topics, sure = shipped.match(spans.texts, self._encoder.encode(spans.texts), prototypes)
        hit = (topics != NONE) & spans.with_reason
        place = np.array([self.catalogue["theme_id"].tolist().index(one) for one in shipped.ids])[topics]
        likely = np.where(hit[:, None], 0.0, found.likely)
        likely[hit, place[hit]] = sure[hit]
        return Assigned(np.where(hit, place, found.themes), np.where(hit, sure, found.confidence), likely)

    def _corrected(self, found: Assigned, specialist: Specialist, told: np.ndarray) -> Assigned:
        """Return what was found with the theme of a specialist where it was told and asked."""
        ids = self.catalogue["theme_id"].tolist()
        if specialist.theme_id not in ids:
            return found
        if specialist.within == ANYWHERE:
            asked = np.ones(len(told), dtype=bool)
        elif specialist.within == UNSURE:
            asked = found.confidence < DOUBTFUL
        else:
            asked = found.themes == (ids.index(specialist.within) if specialist.within in ids else NONE - 1)
        place, hit = ids.index(specialist.theme_id), told & asked
        likely = np.where(hit[:, None], 0.0, found.likely)
        likely[hit, place] = 1.0
        return Assigned(np.where(hit, place, found.themes), np.where(hit, TOLD, found.confidence), likely)

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
        if not self.catalogue["theme_id"].isin(list(GENERAL_THEMES)).any():
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


@lru_cache(maxsize=1)
def built_in_topics() -> tuple[Topics, np.ndarray]:
    """Return the built-in service topics and the vectors of their examples."""
    shipped = Topics.shipped()
    return shipped, shipped.prototypes(StaticEncoder().encode)


def _themes_by_weight(
    rows: np.ndarray, themes: np.ndarray, weights: np.ndarray, ids: np.ndarray
) -> dict[int, list[str]]:
    """Return the themes mentioned in each row, the one it is most about first (ties: by id).

    A row is about a theme as much as all its spans together, longer ones more (`weights`, n x k).
    """
    named: dict[int, set[int]] = {}
    for row, theme in zip(rows.tolist(), themes.tolist(), strict=True):
        if theme != NONE:
            named.setdefault(row, set()).add(theme)
    ends = np.searchsorted(rows, [[row, row + 1] for row in named])
    out = {}
    for (row, mentioned), (low, high) in zip(named.items(), ends, strict=True):
        total = weights[low:high].sum(axis=0)
        out[row] = [ids[theme] for theme in sorted(mentioned, key=lambda one: (-total[one], ids[one]))]
    return out


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
    parts = sorted({re.escape(part) for part in words(agent) if len(part) > SHORT})
    return re.compile(rf"\b(?:{'|'.join(parts)})\b", re.IGNORECASE) if parts else None

"""The per-text half: redacted rows in, scored rows out, each row for itself.

A `TextModel` is a frozen value. What it says of a verbatim depends on the verbatim and on nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.features import POLARITY, Seen
from cx_text.groups import NONE
from cx_text.observing import Columns, observe
from cx_text.reading import ENGLISH, Reader, Spans
from cx_text.records import CATALOGUE, GENERAL_THEMES, MENTIONS, VERBATIMS, Scored
from cx_text.stages.calibration import Calibration
from cx_text.stages.labels import is_general
from cx_text.stages.ratings import conflict, ratings
from cx_text.stages.sentiment import combine, label
from cx_text.stages.themes import ANYWHERE, UNSURE, Assigned, Change, Specialist, ThemeAssigner
from cx_text.stages.topics import Topics
from cx_text.stages.vectors import SpanFeatures, StaticEncoder
from cx_text.taxonomy import Edit, Taxonomy, replay

SILENT = 0.05
"""A span whose sentiment is nearer to 0 holds no words of feeling."""

TOLD = 0.9
"""Confidence of a theme that a specialist tells."""

DOUBTFUL = 0.4
"""A theme below this confidence is not sure: a new theme may be hidden there."""

GENERAL_CONFIDENCE = 0.5
"""Low, so that a verbatim's main theme is one with a reason where there is one."""


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
        calibration: what the ratings of the export taught of its words; None where they taught nothing.
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
    calibration: Calibration | None = None

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
    def reader(self) -> Reader:
        """What reads rows with these settings and templates."""
        return Reader(self.config, self.templates, self.calibration)

    def score(self, frame: pd.DataFrame) -> Scored:
        """Return `frame` (redacted rows, table VERBATIMS) with scores and themes, and the mentions."""
        status, spans = self.read(frame)
        found = self.assign(spans)
        ids = np.array(self.said_as, dtype=object)
        themes = np.where([theme == NONE or ids[theme] is None for theme in found.themes], NONE, found.themes)
        spans = replace(spans, sentiments=self._pooled(spans.sentiments, themes))
        said = themes != NONE
        columns, changers = self._observed(frame["text"], status, spans)
        mentions = MENTIONS.frame(
            {
                "verbatim_id": frame["verbatim_id"].to_numpy()[spans.rows[said]],
                "start": spans.starts[said],
                "end": spans.ends[said],
                "theme_id": ids[themes[said]],
                "sentiment": spans.sentiments[said] if self.reader.words else math.nan,
                "confidence": found.confidence[said],
                "attribution": np.array(changers, dtype=object)[said],
            }
        )
        feeling = self._feelings(frame, status, spans)
        ranked = _themes_by_weight(spans.rows, themes, found.likely * spans.lengths[:, None], ids)
        themed = frame.assign(
            status=[
                "themed" if state == "unthemed" and row in ranked else state
                for row, state in enumerate(status)
            ],
            **columns,
            sentiment=[score for score, _ in feeling],
            sentiment_label=[label for _, label in feeling],
            conflict=[
                conflict(*felt, rating)
                for felt, rating in zip(feeling, ratings(frame, self.config.scores).tolist(), strict=True)
            ],
            theme_ids=[ranked.get(row, []) for row in range(len(frame))],
            theme_id=[ranked[row][0] if row in ranked else None for row in range(len(frame))],
        )
        return Scored(VERBATIMS.frame(themed), mentions)

    def read(self, frame: pd.DataFrame) -> tuple[list[str], Spans]:
        """Return the status of each redacted row (unthemed where it has content) and its spans."""
        return self.reader.read(frame)

    def seen(self, spans: Spans) -> Seen:
        """Return what the fast theme model sees of each span."""
        return self.features.transform(spans.texts, spans.vectors, spans.sentiments)

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
        topics, sure = shipped.match(spans.texts, spans.vectors, prototypes)
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

    def _observed(
        self, texts: pd.Series, status: Sequence[str], spans: Spans
    ) -> tuple[Columns, list[str | None]]:
        """Return what else rows tell, and who can change what each span tells of; of English only."""
        if self.config.input.language != ENGLISH:
            return {}, [None] * len(spans)
        return observe(texts.fillna("").tolist(), [state == "unthemed" for state in status], spans)

    def _feelings(self, frame: pd.DataFrame, status: Sequence[str], spans: Spans) -> list[tuple[float, str]]:
        """Return sentiment and label of each row, not known where a text is not scored."""
        ends = np.searchsorted(spans.rows, np.arange(len(status) + 1))
        threshold = self.config.sentiment.threshold
        felt = []
        rows = zip(status, frame["text"], frame["language"], pairwise(ends), strict=True)
        for state, text, language, (low, high) in rows:
            if state == "unthemed" and self.reader.words:
                own, lengths = spans.sentiments[low:high].tolist(), spans.lengths[low:high].tolist()
                felt.append(combine(own, lengths, threshold))
            else:
                score = self.reader.abroad(text, language) if state == "other_language" else math.nan
                felt.append((score, "" if math.isnan(score) else label(score, threshold)))
        return felt


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

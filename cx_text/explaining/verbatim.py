"""A verbatim: its spans, how each feels and why, its themes and what spoke for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from cx_text.explaining.learned import evidence_for, topic_phrases
from cx_text.explaining.observed import OBSERVED, UNTOLD, parts_told, signs_in
from cx_text.explaining.source import Facts, Source, facts_of, unknown
from cx_text.explaining.theme import rule_told
from cx_text.features import Seen
from cx_text.groups import NONE
from cx_text.reading import ENGLISH, SHORT_ANSWER, Spans
from cx_text.records import GENERAL_THEMES, SUBSTANTIVE, Scored
from cx_text.scoring import TOLD, built_in_topics
from cx_text.stages.foreign import ForeignScorer
from cx_text.stages.questions import lean_of_question
from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.themes import Assigned
from cx_text.stages.valence import Opinion
from cx_text.taxonomy import in_force
from cx_text.text import words

LIKELY = 3
"""Themes named for a span, the most likely ones."""

SAME = 1e-4
"""Sentiments that differ by less are the same."""

KEPT = (
    "verbatim_id text status language created_at channel agent team question duplicate_of sentiment "
    "sentiment_label theme_id theme_ids".split()
)
CHECKED = ("status", "sentiment", "theme_ids", *OBSERVED)
"""What must be found again for a verbatim to be as it is stored."""


@dataclass(frozen=True)
class _Reading:
    """One verbatim as the model reads it.

    Attributes:
        source: the workspace.
        frame: its row, table VERBATIMS.
        spans: its spans, each with what the words and the model say of its feeling.
        found: what is found in the end, after rules.
        scored: the row and its mentions, scored again.
    """

    source: Source
    frame: pd.DataFrame
    spans: Spans
    found: Assigned
    scored: Scored

    @cached_property
    def seen(self) -> Seen:
        """What the theme model sees of the spans, of which there must be one."""
        return self.source.model.seen(self.spans)

    @cached_property
    def learned(self) -> Assigned:
        """What the theme model alone says of the spans."""
        return self.source.model.assigner.predict(self.seen, self.spans.rows)

    @cached_property
    def names(self) -> list[str | None]:
        """The effective theme of each raw one."""
        return self.source.model.said_as

    @cached_property
    def raw_ids(self) -> list[str]:
        """The raw themes."""
        return [str(one) for one in self.source.model.catalogue["theme_id"]]

    @property
    def is_observed(self) -> bool:
        """Whether it is told what a verbatim tells beside its themes: the signs of that are English."""
        return self.source.model.config.input.language == ENGLISH

    @property
    def scorer(self) -> SentimentScorer | ForeignScorer | None:
        """What scores words, None where words of the export's language are not known."""
        return self.source.model.reader.words

    @cached_property
    def lengths(self) -> np.ndarray:
        """The number of words of each span, at least 1."""
        return np.array([max(len(words(text)), 1) for text in self.spans.texts])


def explain_verbatim(source: Source, verbatim_id: str) -> Facts:
    """Return why a verbatim has its sentiment and its themes, and what else it tells, as JSON knows it.

    It is read and scored again; `as_stored` is False where the workspace holds something else, such as
    what a person corrected.

    Raises:
        UsageError: E_UNKNOWN, there is no such verbatim; the nearest is named.
    """
    rows = source.rows.verbatims
    stored = rows[rows["verbatim_id"] == verbatim_id]
    if stored.empty:
        unknown("verbatim", verbatim_id, rows["verbatim_id"], "see `cx-text export verbatims`")
    reading = _read(source, stored.reset_index(drop=True))
    kept, again = facts_of(stored)[0], facts_of(reading.scored.verbatims)[0]
    told = reading.is_observed and kept["status"] in SUBSTANTIVE
    return {
        "kind": "verbatim",
        **{name: kept[name] for name in (*KEPT, *OBSERVED)},
        "signs": signs_in(kept["text"]) if told else [],
        "foreign": _foreign(kept["text"], kept["language"]) if kept["status"] == "other_language" else None,
        "label": source.label(kept["theme_id"]) if kept["theme_id"] else None,
        "model_language": source.model.config.input.language,
        "as_stored": all(kept[name] == again[name] for name in CHECKED),
        "run_id": source.run_id,
        "threshold": source.model.config.sentiment.threshold,
        "least_confidence": source.model.assigner.least,
        "spans": _spans(reading),
        "weights": _weights(reading),
    }


def _read(source: Source, frame: pd.DataFrame) -> _Reading:
    """Return one verbatim as the model reads it."""
    model = source.model
    spans = model.read(frame)[1]
    return _Reading(source, frame, spans, model.assign(spans), model.score(frame))


def _foreign(text: str, language: str) -> list[Facts] | None:
    """Return the words by which a text in another language is scored, None where it is not scored."""
    scorer = ForeignScorer.shipped(language)
    return [_told(one) for one in scorer.opinions(text)] if scorer else None


def _spans(reading: _Reading) -> list[Facts]:
    """Return all about each span."""
    spans = [_span(reading, number) for number in range(len(reading.spans))]
    if not reading.is_observed:
        return [one | UNTOLD for one in spans]
    felt = np.array([one["feeling"]["sentiment"] for one in spans], dtype=np.float64)
    told = parts_told(replace(reading.spans, sentiments=felt))
    return [one | other for one, other in zip(spans, told, strict=True)]


def _span(reading: _Reading, number: int) -> Facts:
    """Return why a span feels as it does and has its theme."""
    spans, model = reading.spans, reading.source.model
    start, end = int(spans.starts[number]), int(spans.ends[number])
    raw = int(reading.found.themes[number])
    theme = None if raw == NONE else reading.names[raw]
    decided = _decided(reading, number)
    learned = decided["by"] == "model"
    return {
        "start": start,
        "end": end,
        "text": reading.frame["text"].iloc[0][start:end],
        "words": int(reading.lengths[number]),
        "feeling": _feeling(reading, number, theme),
        "theme_id": theme,
        "label": reading.source.label(theme) if theme else None,
        "confidence": float(reading.found.confidence[number]) if theme else 0.0,
        "decided": decided,
        "likely": _likely(reading, number),
        "spoke_for_it": evidence_for(model, reading.seen, spans, number, raw) if learned else None,
        "edits": _renamed(reading, raw),
    }


def _feeling(reading: _Reading, number: int, theme: str | None) -> Facts:
    """Return how a span feels and why: by words, the model's reading, its question, or as its theme does."""
    spans = reading.spans
    start, end = int(spans.starts[number]), int(spans.ends[number])
    text = reading.frame["text"].iloc[0][start:end]
    mentions = reading.scored.mentions
    said = mentions[(mentions["start"] == start) & (mentions["end"] == end)]["sentiment"]
    own, scorer = float(spans.sentiments[number]), reading.scorer
    if scorer is None:
        return {"sentiment": None, "by": "nobody", "opinions": []}
    by_words = scorer.score(text)
    final = float(said.iloc[0]) if theme and len(said) else own
    question = reading.frame["question"].fillna("").iloc[0]
    if by_words == 0 and spans.lengths[number] <= SHORT_ANSWER and own == lean_of_question(question) != 0:
        by = "question"
    else:
        by = "words" if abs(own - by_words) < SAME else "reading"
    return {
        "sentiment": final,
        "by": "theme" if abs(final - own) > SAME else by,
        "by_words": by_words,
        "by_reading": own,
        "opinions": [_told(one) for one in scorer.opinions(text)],
        "exclamations": text.count("!"),
        "questions": text.count("?"),
    }


def _told(opinion: Opinion) -> Facts:
    """Return a word or phrase that counted, as JSON knows it."""
    return {**opinion._asdict(), "by": list(opinion.by)}


def _decided(reading: _Reading, number: int) -> Facts:
    """Return what decided the theme of a span: model, rule, topic or opinion; or why it has none."""
    model, text = reading.source.model, reading.spans.texts[number]
    raw = int(reading.found.themes[number])
    if raw == NONE or reading.names[raw] is None:
        return _undecided(reading, number)
    for rule in reversed(model.specialists):
        told = rule.theme_id == reading.raw_ids[raw] and reading.found.confidence[number] == TOLD
        if told and rule.finds(reading.spans.texts, reading.seen, reading.spans.rows)[number]:
            said = f" {' '.join(words(text))} "
            held = [one for one in rule.phrases if f" {' '.join(words(one))} " in said]
            return {"by": "rule", "rule": rule_told(model, rule), "phrases": held}
    if reading.raw_ids[raw] in GENERAL_THEMES:
        return {"by": "opinion"}
    if (
        raw == int(reading.learned.themes[number])
        and reading.learned.confidence[number] == (reading.found.confidence[number])
    ):
        return {"by": "model"}
    shipped = built_in_topics()[0]
    held = topic_phrases(shipped, shipped.ids.index(reading.raw_ids[raw]), text)
    return {"by": "topic", "phrases": held}


def _undecided(reading: _Reading, number: int) -> Facts:
    """Return why a span has no theme."""
    raw = int(reading.found.themes[number])
    if raw != NONE:
        return {"by": "nobody", "why": "taken back", "theme_id": reading.raw_ids[raw]}
    if not reading.spans.with_reason[number]:
        return {"by": "nobody", "why": "no reason"}
    if reading.seen.empty[number]:
        return {"by": "nobody", "why": "unknown words"}
    assigner, likely = reading.source.model.assigner, reading.learned.likely[number]
    if not assigner.themes:
        return {"by": "nobody", "why": "untaught"}
    if assigner.themes < len(assigner.bias) and 1 - likely.sum() > likely.max():
        return {"by": "nobody", "why": "chatter"}
    return {"by": "nobody", "why": "unsure"}


def _likely(reading: _Reading, number: int) -> list[Facts]:
    """Return the most likely themes by the learned model alone, the most likely first."""
    chances: dict[str, float] = {}
    for raw, chance in enumerate(reading.learned.likely[number].tolist()):
        theme = reading.names[raw]
        if theme and chance > chances.get(theme, 0.0):
            chances[theme] = chance
    best = sorted(chances, key=lambda one: (-chances[one], one))[:LIKELY]
    return [
        {"theme_id": one, "label": reading.source.label(one), "probability": chances[one]} for one in best
    ]


def _renamed(reading: _Reading, raw: int) -> list[int]:
    """Return the numbers of the edits by which a raw theme counts as another."""
    theme = reading.names[raw] if raw != NONE else None
    if theme is None or theme == reading.raw_ids[raw]:
        return []
    edits = in_force(reading.source.taxonomy.edits)
    return [
        one.number for one in edits if one.action in {"merge", "split"} and reading.raw_ids[raw] in one.named
    ]


def _weights(reading: _Reading) -> list[Facts]:
    """Return how much the verbatim is about each of its themes, the main theme first.

    That is the sum over all spans of how likely the theme is there times the span's number of words.
    """
    total = (reading.found.likely * reading.lengths[:, None]).sum(axis=0)
    raws = {int(raw) for raw in reading.found.themes if raw != NONE and reading.names[raw]}
    ranked = sorted(raws, key=lambda raw: (-total[raw], str(reading.names[raw])))
    return [
        {
            "theme_id": reading.names[raw],
            "label": reading.source.label(str(reading.names[raw])),
            "weight": float(total[raw]),
        }
        for raw in ranked
    ]

"""Themes that begin after learning: looked for each night in what the model is not sure of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec
import numpy as np
import pandas as pd

from cx_text.anonymity import rare_words, without_words
from cx_text.exact import unit_rows
from cx_text.groups import NONE
from cx_text.learning import Encode
from cx_text.reading import Spans
from cx_text.records import CATALOGUE
from cx_text.sampling import distinct
from cx_text.scoring import DOUBTFUL, TextModel
from cx_text.stages.discovery import discover
from cx_text.stages.labels import name_themes
from cx_text.stages.themes import UNSURE, Change, Specialist
from cx_text.stages.vectors import felt, span_vectors

MOST = 3_000
"""Texts that may say something and are looked at, of the time before learning and of the time since."""

LOOKED_AT = 2 * MOST
"""Texts to give for that: some say nothing, or say it in another language."""

COARSE = 0.5
"""Resolution, times that of the settings: what begins is told as one before it is told in parts."""

STEADY = 0.6
"""Least stability of a new theme."""

COHERENT = 0.5
"""Least mean cosine of its spans to their mean."""

RISEN = 3.0
"""A new theme is said at least so many times as often since learning as before."""


@dataclass(frozen=True)
class _Unsure:
    """Spans whose theme the model does not know or doubts, among all that have a reason.

    Attributes:
        spans: all spans.
        customers: who said each (n,).
        asked: which are unsure (n,).
    """

    spans: Spans
    customers: np.ndarray
    asked: np.ndarray

    @classmethod
    def of(cls, model: TextModel, frame: pd.DataFrame) -> _Unsure:
        """Return the spans of a sample of rows."""
        rows = distinct(frame, model.config, model.taxonomy).head(MOST)
        spans = model.read(rows)[1]
        people = rows["customer_id"].fillna(rows["verbatim_id"]).to_numpy(dtype=object)
        found = model.assign(spans)
        return cls(spans, people[spans.rows], spans.with_reason & (found.confidence < DOUBTFUL))


def with_new_themes(
    model: TextModel,
    late: pd.DataFrame,
    early: pd.DataFrame,
    next_number: int,
    encode: Encode | None = None,
) -> TextModel:
    """Return the model with a rule for each theme that began after it learned; else the model itself.

    A new theme holds together in random parts of the comments, was said by enough customers, and is much
    more frequent since learning than before.

    Args:
        model: the model in force.
        late: redacted rows taken in after the model learned, table VERBATIMS.
        early: those from before; of both a fair sample of `LOOKED_AT` texts is as good as all.
        next_number: number of the first theme id never given so far.
        encode: passages -> unit vectors of their spans on the grid; None: the shipped sentence encoder.
    """
    settings = model.config.themes
    if len(late) < 2 * settings.minimum or model.assigner.themes == 0:
        return model
    now = _Unsure.of(model, late)
    if now.asked.sum() < 2 * settings.minimum:
        return model
    vectors = (encode or span_vectors)(now.spans.passages)[now.asked]
    joined = felt(vectors, now.spans.sentiments[now.asked])
    texts = [text for text, asked in zip(now.spans.texts, now.asked, strict=True) if asked]
    coarse = msgspec.structs.replace(settings, sample=MOST, resolution=COARSE * settings.resolution)
    rows, view = now.spans.rows[now.asked], now.spans.vectors[now.asked]
    found = discover(joined, view, rows, coarse, model.config.seed)
    names, keywords = name_themes(without_words(texts, rare_words(texts, late)), found.labels)
    candidates = np.full(len(now.spans), NONE)
    candidates[now.asked] = found.labels
    before = _Unsure.of(model, early)
    born: list[tuple[Specialist, dict[str, object]]] = []
    for theme, name in enumerate(names):
        own = joined[found.labels == theme]
        together = float((own @ unit_rows(own.mean(axis=0, keepdims=True))[0]).mean())
        people = len(set(now.customers[candidates == theme]))
        enough = people >= max(model.config.issues.customers, settings.minimum)
        if name and enough and found.stability[theme] >= STEADY and together >= COHERENT:
            theme_id = f"T{next_number + len(born):04d}"
            rule = _rule(theme_id, model, now, candidates == theme)
            if _share(rule, model, now) >= RISEN * _share(rule, model, before):
                told = {"label": name, "keywords": keywords[theme], "stability": found.stability[theme]}
                born.append((rule, {"theme_id": theme_id, "size": len(own), **told}))
    if not born:
        return model
    catalogue = pd.concat([model.catalogue, CATALOGUE.frame([row for _, row in born])], ignore_index=True)
    return replace(
        model,
        catalogue=CATALOGUE.frame(catalogue),
        specialists=(*model.specialists, *(rule for rule, _ in born)),
        lineage=tuple(Change("born", rule.theme_id) for rule, _ in born),
    )


def _rule(theme_id: str, model: TextModel, now: _Unsure, own: np.ndarray) -> Specialist:
    """Return the rule that tells a new theme from everything else that has a reason."""
    labels = np.where(now.spans.with_reason, own.astype(np.int64), NONE)
    return Specialist.fit(theme_id, UNSURE, model.seen(now.spans), now.spans.rows, labels)


def _share(rule: Specialist, model: TextModel, said: _Unsure) -> float:
    """Return the share of spans with a reason that a rule would take, one more than it takes."""
    taken = rule.finds(said.spans.texts, model.seen(said.spans), said.spans.rows) & said.asked
    return (int(taken.sum()) + 1) / (int(said.spans.with_reason.sum()) + 1)

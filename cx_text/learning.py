"""What is learned from a collection, once, and then frozen: templates, themes and their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.exact import on_grid, unit_rows
from cx_text.groups import NONE
from cx_text.records import CATALOGUE, GENERAL_THEMES, published
from cx_text.scoring import Spans, TextModel
from cx_text.stages.clean import is_non_answer, learn_templates
from cx_text.stages.discovery import discover
from cx_text.stages.duplicates import near_duplicates
from cx_text.stages.labels import name_themes
from cx_text.stages.themes import ThemeAssigner, keep_ids
from cx_text.stages.vectors import Passage, SpanFeatures, StaticEncoder, polarity, span_vectors
from cx_text.text import digest_of, text_key

ENOUGH = 2
"""Themes are looked for in at least so many times the texts that make one."""

Encode = Callable[[Sequence[Passage]], np.ndarray]


def learn(
    frame: pd.DataFrame,
    config: Config,
    encode: Encode | None = None,
    before: TextModel | None = None,
    next_number: int = 1,
) -> TextModel:
    """Return a model that learned from redacted rows, the same for any order of the rows.

    Args:
        frame: redacted rows, table VERBATIMS.
        config: settings; they are frozen in the model.
        encode: passages -> unit vectors of their spans on the grid; None: the shipped sentence encoder.
        before: the model in force; themes that are the same keep its ids.
        next_number: number of the first theme id never given so far.
    """
    templates = learn_templates(sorted(set(frame["text"].dropna())))
    rows = _distinct(frame, config.input.language)
    bare = replace(TextModel.untaught(config), templates=templates, learned_from=len(rows))
    if bare.learned_from < ENOUGH * config.themes.minimum:
        return bare
    spans = _sample(bare, rows, config.themes.sample)
    usable = spans.with_reason
    texts = [text for text, used in zip(spans.texts, usable, strict=True) if used]
    vectors = (encode or span_vectors)(spans.passages)[usable]
    joined = on_grid(unit_rows(np.hstack([vectors, polarity(spans.sentiments[usable])])))
    static = StaticEncoder().encode(spans.texts)
    found = discover(joined, static[usable], config.themes, config.seed)
    names, keywords = name_themes(texts, found.labels)
    labels, kept = _named_only(found.labels, names)
    classes = np.full(len(spans), NONE)
    classes[usable] = labels
    features = SpanFeatures.fit(texts)
    seen = features.transform(spans.texts, static, spans.sentiments)
    named = np.where(classes < len(kept), classes, NONE)
    old = before or bare
    ids = keep_ids(named, old.assign(spans).themes, list(old.catalogue["theme_id"]), next_number)
    sizes = np.bincount(named[named != NONE], minlength=len(kept))
    learned = pd.DataFrame(
        {
            "theme_id": ids,
            "label": [names[theme] for theme in kept],
            "keywords": [keywords[theme] for theme in kept],
            "size": sizes,
            "stability": found.stability[kept],
        }
    )
    general = [{"theme_id": theme_id, "label": label} for theme_id, label in GENERAL_THEMES.items()]
    return replace(
        bare,
        features=features,
        assigner=ThemeAssigner.fit(seen, spans.rows, classes, len(kept), config.themes.confidence),
        catalogue=CATALOGUE.frame(pd.concat([learned, pd.DataFrame(general)])),
        leans=_leans(spans.sentiments, named),
    )


def _distinct(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return one row for each distinct text that may say something, in an order that texts alone decide."""
    pairs = zip(frame["text"].fillna(""), frame["language"], strict=True)
    ours = frame[np.array([told == language and not is_non_answer(text) for text, told in pairs], dtype=bool)]
    keys = [text_key(text) for text in ours["text"]]
    ordered = ours.assign(key=keys, place=[digest_of(key) for key in keys])
    ordered = ordered.sort_values(["place", "text", "question"]).drop_duplicates("key", ignore_index=True)
    return ordered.drop(columns=["key", "place"])


def _sample(model: TextModel, rows: pd.DataFrame, most: int) -> Spans:
    """Return the spans of the first rows that have about `most` spans with a reason, near copies left out."""
    first = rows.head(most)
    texts = first["text"].tolist()
    own = first[near_duplicates(texts) == np.arange(len(texts))].reset_index(drop=True)
    spans = model.read(own)[1]
    if int(spans.with_reason.sum()) <= most:
        return spans
    enough = int(spans.rows[np.flatnonzero(spans.with_reason)[most - 1]])
    return model.read(own.head(enough + 1))[1]


def _leans(sentiments: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the mean sentiment of the spans of each theme, rounded as published."""
    themes = range(int(labels.max(initial=NONE)) + 1)
    return np.array([published(fmean(sentiments[labels == theme])) for theme in themes])


def _named_only(labels: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, list[int]]:
    """Return labels renumbered over the themes that have a name, and those themes' old numbers.

    Spans of themes without a name are one class more, after the themes.
    """
    kept = [theme for theme, name in enumerate(names) if name]
    number = np.full(len(names) + 1, len(kept))
    number[kept] = np.arange(len(kept))
    number[NONE] = NONE
    return number[labels], kept

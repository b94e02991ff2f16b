"""What is learned from a collection, once, and then frozen: templates, themes and their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.exact import on_grid, unit_rows
from cx_text.records import CATALOGUE, GENERAL_THEMES, published
from cx_text.scoring import Spans, TextModel
from cx_text.stages.clean import is_non_answer, learn_templates
from cx_text.stages.labels import has_content, is_general, name_themes
from cx_text.stages.themes import NONE, ThemeAssigner, discover, keep_ids
from cx_text.stages.vectors import SpanFeatures, StaticEncoder, polarity, sentence_vectors
from cx_text.text import digest_of, text_key

ENOUGH = 2
"""Themes are looked for in at least so many times the texts that make one."""

Encode = Callable[[Sequence[str]], np.ndarray]


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
        encode: texts -> unit vectors on the grid; None: the shipped sentence encoder.
        before: the model in force; themes that are the same keep its ids.
        next_number: number of the first theme id never given so far.
    """
    templates = learn_templates(sorted(set(frame["text"].dropna())))
    rows = _distinct(frame, config.input.language)
    bare = replace(TextModel.untaught(config), templates=templates, learned_from=len(rows))
    if bare.learned_from < ENOUGH * config.themes.minimum:
        return bare
    spans = bare.read(rows.head(config.themes.sample))[1]
    texts, sentiments = _sample(spans, config.themes.sample)
    vectors = (encode or sentence_vectors)(texts)
    joined = on_grid(unit_rows(np.hstack([vectors, polarity(sentiments)])))
    labels, stability = discover(joined, config.themes, config.seed)
    names, keywords = name_themes(texts, labels)
    labels, kept = _named_only(labels, names)
    features = SpanFeatures.fit(texts)
    matrix = features.transform(texts, StaticEncoder().encode(texts), sentiments)
    old = before or bare
    named = np.where(labels < len(kept), labels, NONE)
    ids = keep_ids(named, old.assign(texts, sentiments)[0], list(old.catalogue["theme_id"]), next_number)
    learned = [
        {
            "theme_id": theme_id,
            "label": names[theme],
            "keywords": keywords[theme],
            "stability": stability[theme],
        }
        for theme_id, theme in zip(ids, kept, strict=True)
    ]
    general = [{"theme_id": theme_id, "label": label} for theme_id, label in GENERAL_THEMES.items()]
    sizes = np.bincount(named[named != NONE], minlength=len(kept))
    return replace(
        bare,
        features=features,
        assigner=ThemeAssigner.fit(matrix, labels, len(kept), config.themes.confidence),
        catalogue=CATALOGUE.frame(pd.DataFrame(learned + general).assign(size=[*sizes, None, None])),
        leans=_leans(sentiments, named),
    )


def _distinct(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return one row for each distinct text that may say something, in an order that texts alone decide."""
    pairs = zip(frame["text"].fillna(""), frame["language"], strict=True)
    ours = frame[np.array([told == language and not is_non_answer(text) for text, told in pairs], dtype=bool)]
    keys = [text_key(text) for text in ours["text"]]
    ordered = ours.assign(key=keys, place=[digest_of(key) for key in keys])
    ordered = ordered.sort_values(["place", "text", "question"]).drop_duplicates("key", ignore_index=True)
    return ordered.drop(columns=["key", "place"])


def _sample(spans: Spans, most: int) -> tuple[list[str], np.ndarray]:
    """Return distinct texts with a reason in them, at most `most`, and their sentiments, in canonical order.

    Of texts that say the same the smallest spelling stands for all; which texts are taken depends
    on a hash of each, so that the same rows in any order give the same sample.
    """
    distinct: dict[str, tuple[str, float]] = {}
    for text, sentiment in zip(spans.texts, spans.sentiments.tolist(), strict=True):
        if has_content(text) and not is_general(text):
            key = text_key(text)
            distinct[key] = min(distinct.get(key, (text, sentiment)), (text, sentiment))
    chosen = sorted(distinct, key=digest_of)[:most]
    return [distinct[key][0] for key in chosen], np.array([distinct[key][1] for key in chosen])


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

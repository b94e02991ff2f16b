"""What a model knows that learned from few texts: built-in topics, and a theme for a text sent many times."""

from __future__ import annotations

from dataclasses import replace
from itertools import dropwhile

import numpy as np
import pandas as pd

from cx_text.records import CATALOGUE, GENERAL_THEMES
from cx_text.scoring import TextModel, built_in_topics
from cx_text.stages.label_phrases import is_filling
from cx_text.stages.themes import ANYWHERE, Specialist
from cx_text.stages.vectors import StaticEncoder
from cx_text.text import text_key, words

SEEDED_BELOW = 300
"""Distinct texts below which the built-in service topics come before what can be learned."""

ENOUGH = 2
"""Themes are looked for in at least so many times the texts that make one."""

LONGEST = 4
"""Words of the phrase that tells a text sent again and again."""

GENERAL = CATALOGUE.frame({"theme_id": list(GENERAL_THEMES), "label": list(GENERAL_THEMES.values())})
"""Praise and complaint without a reason, table CATALOGUE."""


def seeded(
    bare: TextModel, rows: pd.DataFrame, frame: pd.DataFrame, old: TextModel, next_number: int
) -> TextModel:
    """Return the model with the built-in topics, and a theme for each text that is sent again and again.

    Args:
        bare: a model without themes.
        rows: the distinct texts, table VERBATIMS.
        frame: all redacted rows, table VERBATIMS.
        old: the model in force; a text that had a theme there keeps its id.
        next_number: number of the first theme id never given so far.
    """
    topics = replace(bare, seeded=True, catalogue=CATALOGUE.frame(pd.concat([GENERAL, *_topics()])))
    return _with_repeated(topics, rows, frame, old, next_number)


def _topics() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the built-in service topics and their parents, table CATALOGUE."""
    told = built_in_topics()[0]
    topics = {"theme_id": told.ids, "label": told.labels, "parent_theme_id": told.parents}
    above = {"theme_id": list(told.parent_labels), "label": list(told.parent_labels.values())}
    return CATALOGUE.frame(topics), CATALOGUE.frame(above)


def _with_repeated(
    model: TextModel, rows: pd.DataFrame, frame: pd.DataFrame, old: TextModel, next_number: int
) -> TextModel:
    """Return the model with a theme for each text that is sent often and has none so far.

    The theme is told by a phrase of the text; only words of the shipped vocabulary may be in it.
    """
    counts = frame["text"].fillna("").map(text_key).value_counts()
    known = {one.phrases: one.theme_id for one in old.specialists}
    themed = model.score(rows)
    often = [counts[text_key(text)] >= ENOUGH * model.config.themes.minimum for text in rows["text"]]
    rules: list[Specialist] = []
    for text in rows["text"][np.array(often, dtype=bool) & (themed.verbatims["status"] == "unthemed")]:
        said = list(dropwhile(is_filling, words(text)))[:LONGEST]
        said = list(dropwhile(is_filling, said[::-1]))[::-1]
        best = " ".join(said)
        if said and StaticEncoder().knows(said) and not any(best in one.phrases for one in rules):
            theme_id = known.get((best,), f"T{next_number + len(rules):04d}")
            rules.append(Specialist.of_phrases(theme_id, ANYWHERE, (best,)))
    told = CATALOGUE.frame([{"theme_id": one.theme_id, "label": one.phrases[0]} for one in rules])
    catalogue = CATALOGUE.frame(pd.concat([model.catalogue, told], ignore_index=True))
    return replace(model, specialists=tuple(rules), catalogue=catalogue)

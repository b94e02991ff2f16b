"""The texts and spans that are learned from: each once, in an order that texts alone decide."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.reading import Spans
from cx_text.scoring import TextModel
from cx_text.stages.clean import is_non_answer
from cx_text.stages.duplicates import near_duplicates
from cx_text.taxonomy import Taxonomy, in_force
from cx_text.text import digest_of, text_key

CARRIED_PART = 4
"""At most one in so many texts learned from is there for the themes that people touched."""


def substantive(frame: pd.DataFrame, config: Config) -> int:
    """Return the number of rows (table VERBATIMS) that may say something, repeated texts included."""
    texts = frame["text"].fillna("")[(frame["language"] == config.input.language).to_numpy(dtype=bool)]
    return sum(not is_non_answer(text) for text in texts)


def distinct(frame: pd.DataFrame, config: Config, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return one row for each distinct text that may say something, in an order that texts alone decide.

    First come some that speak of themes that people touched, so that these can be learned again.
    """
    pairs = zip(frame["text"].fillna(""), frame["language"], strict=True)
    ours = frame[
        np.array(
            [told == config.input.language and not is_non_answer(text) for text, told in pairs], dtype=bool
        )
    ]
    keys = [text_key(text) for text in ours["text"]]
    ordered = ours.assign(key=keys, place=[digest_of(key) for key in keys])
    ordered = ordered.sort_values(["place", "text", "question"]).drop_duplicates("key", ignore_index=True)
    examples = {one for edit in in_force(taxonomy.edits) for one in edit.examples}
    wanted = [
        bool(taxonomy.touched & set(themes)) or verbatim_id in examples
        for verbatim_id, themes in zip(ordered["verbatim_id"], ordered["theme_ids"], strict=True)
    ]
    first = np.cumsum(wanted) <= config.themes.sample // CARRIED_PART
    ordered = ordered.assign(later=~(np.array(wanted, dtype=bool) & first))
    return ordered.sort_values("later", kind="stable", ignore_index=True).drop(
        columns=["key", "place", "later"]
    )


def sample(model: TextModel, rows: pd.DataFrame, most: int) -> Spans:
    """Return the spans of the first rows that have about `most` spans with a reason, near copies left out."""
    first = rows.head(most)
    texts = first["text"].tolist()
    own = first[near_duplicates(texts) == np.arange(len(texts))].reset_index(drop=True)
    spans = model.read(own)[1]
    if int(spans.with_reason.sum()) <= most:
        return spans
    enough = int(spans.rows[np.flatnonzero(spans.with_reason)[most - 1]])
    return model.read(own.head(enough + 1))[1]

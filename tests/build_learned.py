"""Models that learned from the small export with a quick encoder, and what they say of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from build_export import comments

from cx_text.config import Config
from cx_text.learning import learn
from cx_text.pipeline import redact
from cx_text.readers import read_frame
from cx_text.scoring import TextModel
from cx_text.stages.vectors import Passage, StaticEncoder


def prepared(data: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """Return the redacted rows of an export."""
    return redact(read_frame(pd.DataFrame(data), Config()).verbatims, Config(), (), str)


def quick(passages: Sequence[Passage]) -> np.ndarray:
    """Return vectors of the spans of `passages`, each read by itself with the fast encoder."""
    return StaticEncoder().encode([text[start:end] for text, spans in passages for start, end in spans])


def taught(data: Sequence[Mapping[str, str]]) -> TextModel:
    """Return what is learned from an export with the quick encoder."""
    return learn(prepared(data), Config(), quick)


def themes_of(model: TextModel, texts: Sequence[str]) -> list[set[str]]:
    """Return the themes of each text."""
    scored = model.score(prepared(comments(texts))).verbatims.sort_values("verbatim_id", key=pd.to_numeric)
    return [set(found) for found in scored["theme_ids"]]

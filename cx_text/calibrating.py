"""What an export's own ratings teach its sentiment: asked once, when a model learns."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from cx_text.scoring import TextModel
from cx_text.stages.calibration import MINIMUM, Calibration, Rated, learned
from cx_text.stages.ratings import by_text, ratings
from cx_text.stages.sentiment import combine
from cx_text.text import text_key


def calibration_of(model: TextModel, rows: pd.DataFrame, frame: pd.DataFrame) -> Calibration | None:
    """Return what the ratings in `frame` teach of the distinct `rows`, None where it is of no use.

    A text that came with several ratings has their mean. Both are tables VERBATIMS.
    """
    told = by_text(map(text_key, frame["text"].fillna("")), ratings(frame, model.config.scores).tolist())
    if not model.config.sentiment.calibrate or len(told) < MINIMUM:
        return None
    texts = rows.head(model.config.themes.sample)
    spans = model.read(texts)[1]
    keys = [text_key(text) for text in texts["text"]]
    given = np.array([told.get(key, np.nan) for key in keys])
    rated = Rated(keys, given, spans.rows, spans.vectors, spans.sentiments, spans.lengths)
    return learned(rated, partial(combine, threshold=model.config.sentiment.threshold))

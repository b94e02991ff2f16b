"""Ratings on one scale, and the comments that say the opposite of theirs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import fmean

import numpy as np
import pandas as pd

from cx_text.config import Scores
from cx_text.statistics import points_below_best

CENTRES = {"csat": 0.5, "nps": 0.25}
"""How far below the best answer the middle lies, of the whole scale; passives are NPS's middle."""

DECIMALS = 4

CLEAR_RATING = 0.6
"""The best or worst fifth of the scale: 1 and 5 of 1 to 5; promoters and 0 to 3 of NPS."""

CLEAR_TEXT = 0.5
"""Half way to the end: of weaker words too many are misread."""


def ratings(frame: pd.DataFrame, settings: Scores) -> np.ndarray:
    """Return the rating of each row, -1 (worst) to 1 (best) with 4 decimals, NaN without one (n,).

    It is the CSAT, else the NPS (0 between passives 7 and 8); off the declared scale is none.

    >>> ratings(pd.DataFrame({"csat": [5, 2, None], "nps": [0, 0, 9]}), Scores()).tolist()
    [1.0, -0.5, 0.6]
    """
    found = []
    for name, centre in CENTRES.items():
        score = getattr(settings, name)
        below = points_below_best(frame[name], score.scale, score.direction)
        found.append(np.interp(below / (score.scale[1] - score.scale[0]), [0, centre, 1], [1, 0, -1]))
    rating: np.ndarray = np.where(np.isnan(found[0]), found[1], found[0])
    return np.round(rating, DECIMALS)


def by_text(keys: Iterable[str], given: Iterable[float]) -> dict[str, float]:
    """Return the mean of the ratings `given` to each text that has one.

    >>> by_text(["good", "bad", "good"], [1.0, float("nan"), 0.5])
    {'good': 0.75}
    """
    found: dict[str, list[float]] = {}
    for key, rating in zip(keys, given, strict=True):
        if not math.isnan(rating):
            found.setdefault(key, []).append(rating)
    return {key: fmean(values) for key, values in found.items()}


def conflict(score: float, label: str, rating: float) -> bool | None:
    """Return whether a text clearly says the opposite of its `rating` (-1..1); None if either is not known.

    Mixed and neutral texts say nothing clearly.

    >>> conflict(-0.6, "negative", 1.0), conflict(-0.6, "mixed", 1.0), conflict(0.5, "positive", 0.5)
    (True, False, False)
    """
    if math.isnan(score) or math.isnan(rating):
        return None
    clear = abs(score) >= CLEAR_TEXT and abs(rating) >= CLEAR_RATING and label in {"negative", "positive"}
    return clear and score * rating < 0

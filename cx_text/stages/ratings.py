"""Ratings on one scale, and the comments that say the opposite of theirs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import fmean

import numpy as np
import pandas as pd

from cx_text.config import Config, Scores
from cx_text.counting import substantive_group
from cx_text.records import CONFLICTS, Collection
from cx_text.statistics import points_below_best, wilson, withheld

CENTRES = {"csat": 0.5, "nps": 0.25}
"""How far below the best answer the middle lies, of the whole scale; passives are NPS's middle."""

DECIMALS = 4

CLEAR_RATING = 0.6
"""The best or worst fifth of the scale: 1 and 5 of 1 to 5; promoters and 0 to 3 of NPS."""

CLEAR_TEXT = 0.5
"""Half way to the end: of weaker words too many are misread."""

MOST = 25
"""Contradictions that are listed."""

ENOUGH, HALF = 20, 0.5
"""Fewest clear comments that can call a scale in question, and the share of them that must contradict it."""


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
    return _clear(score, label, rating) and score * rating < 0


def _clear(score: float, label: str, rating: float) -> bool:
    """Return whether text and rating both say clearly how it was."""
    return abs(score) >= CLEAR_TEXT and abs(rating) >= CLEAR_RATING and label in {"negative", "positive"}


def contradictions(collection: Collection, config: Config) -> pd.DataFrame:
    """Return at most 25 comments that contradict their rating, table CONFLICTS: the clearest first.

    A channel too small to show is empty.
    """
    rows = _rated(collection, config.scores)
    channel = substantive_group(collection, "channel")
    small = withheld(
        channel.value_counts(), config.privacy.k, int(channel[collection.substantive].isna().sum())
    )
    rows = rows.assign(channel=rows["channel"].mask(rows["channel"].isin(small)))
    rows = rows[rows["conflict"].fillna(value=False).astype(bool)]
    rows = rows.assign(clarity=(rows["sentiment"].abs() + rows["points"].abs()).round(DECIMALS))
    rows = rows.sort_values(["clarity", "created_at", "verbatim_id"], ascending=[False, False, True])
    told = [
        f"NPS {nps:g}" if math.isnan(csat) else f"CSAT {csat:g}"
        for csat, nps in zip(rows["csat"], rows["nps"], strict=True)
    ]
    return CONFLICTS.frame(rows.assign(rating=told).head(MOST)[list(CONFLICTS.columns)])


def turned_scales(collection: Collection, config: Config) -> list[str]:
    """Return a warning for all, and for each channel, whose clear comments mostly contradict their ratings.

    That is said where the whole 95 % interval of at least 20 clear comments lies above a half.
    """
    rows = _rated(collection, config.scores)
    told = zip(rows["sentiment"], rows["sentiment_label"].fillna(""), rows["points"], strict=True)
    clear = rows[np.array([_clear(*one) for one in told], dtype=bool)]
    channels = ((f"channel {name}", some) for name, some in clear.groupby("channel"))
    return [
        f"{name}: {int(_against(some).sum())} of {len(some)} clear comments say the opposite of their "
        "rating; is the scale turned round? ([scores.csat] or [scores.nps] direction)"
        for name, some in [("all channels", clear), *channels]
        if len(some) >= max(ENOUGH, config.privacy.k)
        and wilson(int(_against(some).sum()), len(some))[0] > HALF
    ]


def _against(rows: pd.DataFrame) -> pd.Series:
    """Return which rows say the opposite of their rating."""
    return rows["sentiment"] * rows["points"] < 0


def _rated(collection: Collection, settings: Scores) -> pd.DataFrame:
    """Return the verbatims with content, with their rating as `points` (-1..1, NaN without)."""
    rows = collection.verbatims[collection.substantive]
    return rows.assign(points=ratings(rows, settings))

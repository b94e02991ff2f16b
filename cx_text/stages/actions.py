"""Did it help? Complaints about a theme before and since the day of a note, against all other themes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from cx_text.answers import answers_of, estimator
from cx_text.config import Config
from cx_text.counting import tone
from cx_text.records import ACTIONS, SCORE_COLUMNS, Collection
from cx_text.statistics import Estimate, mover, wilson
from cx_text.taxonomy import Edit

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Row = dict[str, Any]

BASELINE = 8
"""Weeks before that are looked at, at least where there are so many."""
FEWEST_WEEKS = 2
FEWEST = 8
"""With fewer complaints, both counted and expected, nothing can be told yet."""


@dataclass(frozen=True)
class _Weeks:
    """Whole weeks around a day: `before` of them, then `after`; `place` is each row's week from 0 or -1."""

    place: Ints
    before: int
    after: int

    def counts(self, wanted: Flags) -> Ints:
        """Return how many of the wanted rows lie in each week."""
        mine = self.place[wanted & (self.place >= 0)]
        return np.bincount(mine, minlength=self.before + self.after).astype(np.int64)

    def sides(self) -> tuple[Flags, Flags]:
        """Return flags of the rows before and of those since."""
        return (self.place >= 0) & (self.place < self.before), self.place >= self.before

    def sums(self, counts: Ints) -> tuple[int, int]:
        """Return the sums of the weeks before and of those since."""
        return int(counts[: self.before].sum()), int(counts[self.before :].sum())


def actions(collection: Collection, notes: Mapping[str, Sequence[Edit]], config: Config) -> pd.DataFrame:
    """Return table ACTIONS: for each note on a theme how it went since its day, by day and number.

    `count` are comments with content that feel bad about the theme (a parent: about any of its themes), `n`
    all with content, `rate` = count / n with its Wilson interval, before and since the day, in whole weeks:
    all complete ones since, as many before (8 at least, where the data hold them). `ratio` is the rate since
    over that before, `others_ratio` the same for mentions of all other themes that feel bad. `relative` =
    ratio / others_ratio, the difference in differences, is an odds ratio: what is common to all themes, such
    as a bad month or another kind of survey, cancels. Intervals of ratios are wider where the weeks of one
    side differ by more than chance. `score_difference` is what the primary score of comments on the theme
    gained since, less what that of all others gained; empty where one of the four groups has fewer than
    `privacy.k` scores.

    `verdict` is fewer or more where the interval of `relative` is all below or above 1, no_difference where
    it is not; too_early where fewer than 2 whole weeks have passed, or fewer than 8 complaints are both
    counted and expected since; no_baseline where fewer than 2 weeks lie before. A note without a day is
    only named.

    Reference:
        Woolf (1955), Annals of Human Genetics 19 (odds ratio; halves added as Haldane, 1956, where a count is
        0); Katz and others (1978), Biometrics 34 (ratio of two rates); McCullagh, Nelder (1989), Generalized
        Linear Models, 4.5 (dispersion).
    """
    labels = dict(zip(collection.catalogue["theme_id"], collection.catalogue["label"], strict=True))
    told = [(edit.since, edit.number, theme, edit.label) for theme in notes for edit in notes[theme]]
    rows = [
        {"since": since, "edit": number, "theme_id": theme, "label": labels[theme], "note": note}
        | (_about(collection, theme, date.fromisoformat(since), config) if since else {})
        for since, number, theme, note in sorted(told)
        if theme in labels
    ]
    return ACTIONS.frame(rows)


def _about(collection: Collection, theme: str, since: date, config: Config) -> Row:
    """Return the numbers of one action."""
    weeks = _weeks(collection, since, config)
    row: Row = {"weeks_before": weeks.before, "weeks_after": weeks.after}
    if weeks.before < FEWEST_WEEKS:
        return row | {"verdict": "no_baseline"}
    content = collection.substantive.to_numpy(dtype=bool)
    about, bad, others = _said(collection, theme)
    n = weeks.counts(content)
    mine, theirs = weeks.counts(content & bad), _summed(weeks, others * content)
    (y0, y1), (n0, n1), (o0, o1) = (weeks.sums(counts) for counts in (mine, n, theirs))
    row |= {"n_before": n0, "n_after": n1, "count_before": y0, "count_after": y1}
    row |= _rate("before", y0, n0) | _rate("after", y1, n1)
    row["verdict"] = "too_early"
    if weeks.after < FEWEST_WEEKS or max(y1, y0 / max(n0, 1) * n1) < FEWEST:
        return row
    ratio = _ratio((y0, y1), (n0, n1), _dispersion(mine, n, weeks.before))
    relative = _odds_ratio((y0, y1), (o0, o1), _dispersion(mine, mine + theirs, weeks.before))
    row |= dict(zip(("ratio", "ratio_low", "ratio_high"), ratio, strict=True))
    row |= dict(zip(("relative", "relative_low", "relative_high"), relative, strict=True))
    row["others_ratio"] = o1 / n1 / (o0 / n0) if o0 and n1 else None
    row["verdict"] = "fewer" if relative[2] < 1 else "more" if relative[1] > 1 else "no_difference"
    return row | _score(collection, about & content, weeks, config)


def _weeks(collection: Collection, since: date, config: Config) -> _Weeks:
    """Return the whole weeks before and since a day that the data hold, the open end left out."""
    if not collection.periods:
        return _Weeks(np.full(len(collection.verbatims), -1), 0, 0)
    first, last = (date.fromisoformat(collection.periods[place]) for place in (0, -1))
    end = last + timedelta(days=collection.period_days) if collection.last_complete else last
    after = max((end - since).days // 7, 0)
    before = min(max((since - first).days // 7, 0), max(BASELINE, after))
    rows = collection.verbatims
    local = rows["created_at"].dt.tz_convert(config.input.timezone).dt.tz_localize(None)
    days = (local - pd.Timestamp(since)).dt.days
    place = (days // 7 + before).where(rows["period"] >= 0).fillna(-1).to_numpy(dtype=np.int64)
    return _Weeks(np.where((place >= 0) & (place < before + after), place, -1), before, after)


def _said(collection: Collection, theme: str) -> tuple[Flags, Flags, Ints]:
    """Return which rows speak of a theme, which badly, and how many other themes each speaks badly of."""
    catalogue, links, n = collection.catalogue, collection.links, len(collection.verbatims)
    ours = {theme, *catalogue.loc[(catalogue["parent_theme_id"] == theme).fillna(value=False), "theme_id"]}
    row = links["row"].to_numpy(dtype=np.int64)
    mine, bad = links["theme_id"].isin(ours).to_numpy(), tone(links["sentiment"]) < 0
    about, complained = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    about[row[mine]] = complained[row[mine & bad]] = True
    return about, complained, np.bincount(row[~mine & bad], minlength=n).astype(np.int64)


def _summed(weeks: _Weeks, numbers: Ints) -> Ints:
    """Return the sum of a number a row over each week."""
    inside = weeks.place >= 0
    sums = np.bincount(weeks.place[inside], weights=numbers[inside], minlength=weeks.before + weeks.after)
    return sums.astype(np.int64)


def _rate(side: str, count: int, n: int) -> Row:
    """Return a rate and its interval as cells."""
    low, high = wilson(count, n)
    value = count / n if n else None
    return {f"rate_{side}": value, f"rate_{side}_low": float(low), f"rate_{side}_high": float(high)}


def _dispersion(counts: Ints, totals: Ints, before: int) -> float:
    """Return how much the shares of the weeks of one side vary, 1 for no more than chance."""
    apart, weeks = 0.0, 0
    for y, n in ((counts[:before], totals[:before]), (counts[before:], totals[before:])):
        share = y.sum() / max(n.sum(), 1)
        if 0 < share < 1:
            expected = n[n > 0] * share
            apart += float(((y[n > 0] - expected) ** 2 / (expected * (1 - share))).sum())
            weeks += len(expected) - 1
    return max(apart / weeks, 1.0) if weeks else 1.0


def _ratio(y: tuple[int, int], n: tuple[int, int], dispersion: float) -> Estimate:
    """Return the ratio of the rates, since over before, with its log-normal interval."""
    half = 0.5 if 0 in y else 0.0
    (y0, y1), (n0, n1) = ((pair[0] + half, pair[1] + half) for pair in (y, n))
    return _log_normal(y1 / n1 / (y0 / n0), dispersion * (1 / y0 - 1 / n0 + 1 / y1 - 1 / n1))


def _odds_ratio(y: tuple[int, int], o: tuple[int, int], dispersion: float) -> Estimate:
    """Return the ratio of (y since / y before) to (o since / o before), with its log-normal interval."""
    half = 0.5 if 0 in {*y, *o} else 0.0
    y0, y1, o0, o1 = (count + half for count in (*y, *o))
    return _log_normal(y1 * o0 / (y0 * o1), dispersion * (1 / y0 + 1 / y1 + 1 / o0 + 1 / o1))


def _log_normal(ratio: float, variance: float) -> Estimate:
    """Return a ratio with the 95 % interval that the variance of its logarithm gives."""
    half = float(special.ndtri(0.975)) * sqrt(variance)
    return ratio, exp(log(ratio) - half), exp(log(ratio) + half)


def _score(collection: Collection, about: Flags, weeks: _Weeks, config: Config) -> Row:
    """Return how the primary score of comments on the theme moved, against that of all others."""
    rows = collection.verbatims[collection.substantive]
    names = (config.scores.primary,) if config.scores.primary else SCORE_COLUMNS
    for metric in names:
        answers = answers_of(rows, metric, config)
        if len(answers) >= config.scores.minimum:
            return _moved(metric, answers, about, weeks, config)
    return {}


def _moved(metric: str, answers: pd.Series, about: Flags, weeks: _Weeks, config: Config) -> Row:
    """Return the scores of both sides; empty where one of the four has fewer than k answers."""
    rows = answers.index.to_numpy()
    before, after = weeks.sides()
    groups = [
        answers[(about == mine)[rows] & side[rows]] for mine in (True, False) for side in (before, after)
    ]
    if min(map(len, groups)) < config.privacy.k:
        return {}
    told = [estimator(metric, config)(group) for group in groups]
    gained = mover(list(zip((-1, 1, 1, -1), told, strict=True)))
    return {
        "metric": metric,
        "score_n_before": len(groups[0]),
        "score_n_after": len(groups[1]),
        "score_before": told[0][0],
        "score_after": told[1][0],
        "score_difference": gained[0],
        "score_low": gained[1],
        "score_high": gained[2],
    }

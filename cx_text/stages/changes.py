"""What changed: scores and themes in one part of the comments against another, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_text.config import Config
from cx_text.records import CHANGES, Collection, published
from cx_text.stages.sides import Row, Sides
from cx_text.statistics import benjamini_hochberg

Flags = NDArray[np.bool_]

WEEKS = (4, 1)
"""Lengths of the newest time that is told against the time before: the first that the data hold twice."""
FAMILIES = ("comments", "one_sided", "score", "share", "negative_share")
"""Kinds of rows in their order; tests of one kind share a false discovery rate."""


@dataclass(frozen=True)
class Stretch:
    """Whole periods in a row, from place `start` to before `end`; `first` and `last` are days, ISO text."""

    start: int
    end: int
    first: str
    last: str

    def __str__(self) -> str:
        """Return the days."""
        return f"{self.first} to {self.last}"


def newest(collection: Collection) -> tuple[Stretch, Stretch] | None:
    """Return the time before and the newest complete time: 4 weeks each, else 1 week, else None."""
    complete = len(collection.periods) - (not collection.last_complete)
    for weeks in WEEKS:
        length = weeks * 7 // collection.period_days
        if complete >= 2 * length:
            middle = complete - length
            return _stretch(collection, middle - length, middle), _stretch(collection, middle, complete)
    return None


def _stretch(collection: Collection, start: int, end: int) -> Stretch:
    """Return the periods from place `start` to before `end`."""
    last = date.fromisoformat(collection.periods[end - 1]) + timedelta(days=collection.period_days - 1)
    return Stretch(start, end, collection.periods[start], last.isoformat())


def over_time(collection: Collection, config: Config) -> pd.DataFrame:
    """Return table CHANGES of the newest complete time against the time before; empty without two."""
    times = newest(collection)
    if times is None:
        return CHANGES.frame()
    period = collection.verbatims["period"].to_numpy()
    before, after = ((period >= time.start) & (period < time.end) for time in times)
    return compare(collection, before, after, (str(times[0]), str(times[1])), config)


def compare(
    collection: Collection, before: Flags, after: Flags, parts: tuple[str, str], config: Config, by: str = ""
) -> pd.DataFrame:
    """Return table CHANGES: scores and themes of the rows `after` against the rows `before`.

    `parts` are what the two are called, `by` is the column that tells them apart, if one does; then it
    is no part of the mix of cases. A row is by its `measure`:

    comments: n alone, those with content.
    one_sided: n of a channel, contact reason or product (`label`) with 20 comments or more of which the
        other part has none.
    csat, nps, ces, fcr: the score, in the unit of table SCORES.
    negative_share: the share of negative comments; with a `theme_id`, of comments on that theme that feel
        bad about it.
    share: the share of comments with content that are on the theme.

    `difference` is after less before with its 95 % interval, wider where comments of one customer are
    alike. `q_value` is the false discovery rate among scores, shares or negative shares, of a test that
    both parts have one mean. `mix_effect` + `rate_effect` = `difference`, by channel, contact reason and
    product; both are empty where these do not make two kinds of cases with enough comments. `one_sided` is
    the part of the mix effect from cases of which one part has none.

    `verdict` is higher or lower where the false discovery rate is within `config.issues.q`, no_difference
    where it is not, insufficient where the theme has fewer than `issues.minimum` comments in both
    parts together, or a part has fewer than `privacy.k` rows (for a score `scores.minimum`; then only n
    are told). With fewer than `privacy.k` comments in a part the table is empty.
    """
    both = before | after
    sides = Sides(_only(collection, both), after[both], config, by)
    comments = sides.sizes(sides.content)
    if min(comments.values()) < config.privacy.k:
        return CHANGES.frame()
    rows: list[Row] = [{"measure": "comments", **comments}, *sides.alone()]
    rows += [sides.change(measure) for measure in sides.measures()]
    told = pd.DataFrame(rows, columns=[*CHANGES.columns, "p"])
    return _judged(told.assign(part_before=parts[0], part_after=parts[1]), config)


def _only(collection: Collection, wanted: Flags) -> Collection:
    """Return the collection of the wanted rows."""
    place = np.cumsum(wanted) - 1
    row = collection.links["row"].to_numpy(dtype=np.int64)
    links = collection.links.assign(row=place[row])[wanted[row]].reset_index(drop=True)
    return replace(collection, verbatims=collection.verbatims[wanted].reset_index(drop=True), links=links)


def _judged(told: pd.DataFrame, config: Config) -> pd.DataFrame:
    """Return the rows with q-values and verdicts, by kind; themes that moved furthest come first."""
    kind = _kinds(told)
    thin = told["theme_id"].map(_most_comments(told)).astype("float64") < config.issues.minimum
    p = told["p"].astype("float64").mask(thin)
    told["q_value"] = p.groupby(kind).transform(benjamini_hochberg)
    sure = told["q_value"] <= config.issues.q
    way = [told["q_value"].isna() & kind.isin(FAMILIES[2:]), sure & (told["difference"] > 0), sure]
    told["verdict"] = np.select(way, ["insufficient", "higher", "lower"], "no_difference")
    told["verdict"] = told["verdict"].where(kind.isin(FAMILIES[2:]))
    told["mix_effect"] = published(told["difference"]) - published(told["rate_effect"])
    order = told.assign(
        kind=kind.map(FAMILIES.index), moved=-told["difference"].abs().where(told["theme_id"].notna())
    ).sort_values(["kind", "moved", "theme_id"], kind="stable")
    return CHANGES.frame(told.loc[order.index, list(CHANGES.columns)])


def _kinds(told: pd.DataFrame) -> pd.Series:
    """Return the kind of each row."""
    single = told["measure"].isin(FAMILIES[:2]) | told["theme_id"].notna()
    return told["measure"].where(single, "score")


def _most_comments(told: pd.DataFrame) -> pd.Series:
    """Return how many comments each theme has in both parts, by theme_id."""
    about = told[told["theme_id"].notna() & (told["measure"] == "negative_share")].set_index("theme_id")
    return about["n_before"] + about["n_after"]

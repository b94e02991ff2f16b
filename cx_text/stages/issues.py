"""Recurring and emerging issues: how often customers complain of a theme, over time.

An issue is told from the *share* of substantive verbatims with a negative mention of a theme, so that
a busy month is no issue. Only complete periods are judged, each theme in all verbatims and in each
scope: a channel, product, team or attribute value. `docs/issues.md` tells the rules in plain words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import fsum
from typing import Any

import numpy as np
import pandas as pd

from cx_text.config import Issues
from cx_text.records import ISSUES, MAX_EVIDENCE, TRENDS, Collection
from cx_text.stages.mix import arrivals
from cx_text.stages.nested import told_once
from cx_text.stages.rates import Ints, contrast, dispersion_of, ratio_of_rates
from cx_text.stages.scopes import Cube, Scope, cube_of
from cx_text.stages.shifts import level_start
from cx_text.stages.turns import FEWEST_PERIODS, NEGATIVE, Clock, changes, levels
from cx_text.statistics import wilson
from cx_text.text import digest_of

FEWEST_FOR_TREND = 20
PAST = ("spike", "fading")


def find_issues(collection: Collection, settings: Issues, k: int = 10) -> pd.DataFrame:
    """Return the issues, table ISSUES without `state` and `opened`, worst first.

    Empty with fewer than 4 complete periods. A theme is tested in a scope with `settings.minimum` negative
    mentions or more by `settings.customers` customers or more (without id, distinct texts count). `status`:

    emerging: the rate of a window that ends now is twice that of the other time; three times, where it was
        there in 60 % of the other periods. In a history told by week the last 8 weeks are looked at by day.
    returned: after a gap of 4 periods or more, three times higher than in it, as it was before.
    spike: twice the rate of the other time for at most 4 weeks, 7 days or an eighth of the span; over for
        2 periods, with at most half of that rate since.
    fading: at most half of what it was.
    seasonal: on 1 to 3 neighbouring weekdays, or in 1 to 4 neighbouring months (which needs two years in the
        report's window), twice the rate of other days, in 60 % of the weeks (years) that have the theme, and
        in 2 at least; `pattern` names them.
    chronic: a negative mention in 60 % of the observed periods, and no fewer negative than positive ones.

    The first five need a q-value of at most `settings.q` (Benjamini-Hochberg), over all themes x scopes x
    tests and over the tests of their kind; a p-value pays for all windows tried and for counts that vary more
    than by chance. By day, what a weekday lets expect is allowed for. Where the mix of channels, products or
    teams in the window differs from that of the other time, rates are compared within each of these.

    `count`, `rate`, `customers`, `first_seen`, `last_seen` and `evidence` speak of the window of an emerging,
    returned or spike issue, of the days of the pattern of a seasonal one, of all complete periods of a
    chronic or fading one. `since` is the first day of the present state: of the window, of the fall, of the
    present level of a chronic one. `rate_ratio` divides the rate of the window by `baseline_rate`, that of
    the other periods (returned: of the gap; chronic: the window is the last quarter, at most 3 periods, and
    nothing is tested, so `q_value` is empty; chronic in a scope: the scope against the others); it allows
    for weekday and mix where these matter.

    A scope is a channel, product, team or attribute value with `k` substantive verbatims or more (`scopes`).
    It is listed where its rate is twice that of the others on the same days; of scopes that tell the same
    comments one is listed, and no issue of all that is nothing without the listed scopes (`nested`).

    `severity` = 0.4 pain + 0.35 reach + 0.25 rise, halved where it is over (spike, fading): pain = mean
    of -sentiment of the counted mentions, reach = sqrt(rate / 0.25) up to 1, rise = log2(low) / 3
    within 0..1.
    """
    clock = Clock.of(collection)
    if clock.periods < FEWEST_PERIODS:
        return ISSUES.frame()
    cube = cube_of(collection, k)
    negative = cube.links[(cube.links["sentiment"] <= NEGATIVE).to_numpy()]
    found = [changes(cube, clock, negative, settings), levels(cube, clock, settings)]
    found = pd.concat(found, ignore_index=True).drop_duplicates(["scope", "theme"])
    found = told_once(found, cube, negative)
    labels = dict(zip(collection.catalogue["theme_id"], collection.catalogue["label"], strict=True))
    rows = [
        {**row, "label": labels.get(row["theme_id"])}
        for row in _rows(found, cube, clock, negative)
        if row["count"] >= settings.minimum and row["customers"] >= settings.customers
    ]
    rows.sort(key=lambda row: (-row["severity"], row["issue_id"]))
    return ISSUES.frame({**row, "rank": rank} for rank, row in enumerate(rows, 1))


def mix_warnings(collection: Collection, k: int = 10, weeks: int | None = None) -> list[str]:
    """Return a sentence for each channel, product or team that starts or stops (in the last `weeks`)."""
    clock = Clock.of(collection)
    since = 0 if weeks is None else clock.days - 7 * weeks
    return arrivals(cube_of(collection, k), clock.first_day, clock.days, since)


def theme_trends(collection: Collection, k: int = 10) -> pd.DataFrame:
    """Return how often each theme comes up by channel and period, table TRENDS.

    One row for each theme and channel (empty text: all) in which it comes up at all, and each period
    with substantive verbatims there, a last period that is only partly observed too; `rate` is
    count / n with its Wilson interval. Channels with fewer than `k` verbatims are left out.
    """
    cube, periods = cube_of(collection, k), len(collection.periods)
    clock = Clock.of(replace(collection, last_complete=True))
    channels = cube.names["channel"]
    found = []
    for name, scope in [
        ("", Scope()),
        *((name, Scope("channel", code)) for code, name in enumerate(channels)),
    ]:
        rows = cube.rows(scope)
        n = np.broadcast_to(clock.by_period(cube.totals(rows)), (len(cube.themes), periods))
        count = clock.by_period(cube.counts(cube.inside(cube.links, rows)))
        theme, period = np.nonzero((count.sum(axis=1, keepdims=True) > 0) & (n > 0))
        cells = {"count": count[theme, period], "n": n[theme, period]}
        found.append(pd.DataFrame({"theme": theme, "channel": name, "at": period, **cells}))
    table = pd.concat(found, ignore_index=True)
    low, high = wilson(table["count"], table["n"])
    told = {
        "period": pd.Series(list(collection.periods), dtype="str").to_numpy()[table.pop("at")],
        "theme_id": pd.Series(list(cube.themes), dtype="str").to_numpy()[table.pop("theme")],
        "rate": table["count"] / table["n"].clip(lower=1),
    }
    table = table.assign(low=low, high=high, **told)
    return TRENDS.frame(table.sort_values(["theme_id", "channel", "period"]))


def trend_of(collection: Collection) -> pd.Series:
    """Return rising, steady, falling or unknown for each theme, indexed by theme_id.

    The later half of the complete periods against the earlier half: rising or falling where the rate
    differs by a quarter and the 95 % interval of the ratio (variance as found between periods) says so
    too; unknown with fewer than 4 complete periods or 20 verbatims.
    """
    themes = sorted(set(collection.catalogue["theme_id"]) | set(collection.links["theme_id"]))
    trend = pd.Series("unknown", index=pd.Index(themes, name="theme_id", dtype="str"), dtype="str")
    clock = Clock.of(collection)
    if clock.periods < FEWEST_PERIODS:
        return trend
    cube = cube_of(collection, 1)
    count = clock.by_period(cube.counts(cube.links))
    n = clock.by_period(cube.totals(cube.rows(Scope())))
    later = np.broadcast_to(np.arange(clock.periods) >= clock.periods // 2, count.shape)
    counts = contrast(count, n, later, ~later)
    ratio, low, high = ratio_of_rates(*counts, dispersion_of(count, n, later))
    told = np.full(len(cube.themes), "steady", dtype=object)
    told[(ratio >= 1.25) & (low > 1)] = "rising"
    told[(ratio <= 0.8) & (high < 1)] = "falling"
    told[(count.sum(axis=1) < FEWEST_FOR_TREND) | np.isnan(ratio)] = "unknown"
    trend[list(cube.themes)] = told
    return trend


def _rows(found: pd.DataFrame, cube: Cube, clock: Clock, negative: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield each issue as a row of ISSUES, without its rank and label."""
    themes = dict(tuple(negative.groupby("theme")))
    for item in found.itertuples():
        rows = cube.rows(cube.scopes[item.scope])
        said = cube.inside(themes[item.theme], rows)
        counted = said[item.told[said["day"].to_numpy()]]
        theme_id, scope = cube.themes[item.theme], cube.scopes[item.scope].name
        n = cube.totals(rows)
        yield {
            "issue_id": "I-" + digest_of(theme_id, scope)[:8],
            "theme_id": theme_id,
            "status": item.status,
            "scope": scope,
            "pattern": item.pattern or None,
            "since": (clock.first_day + pd.Timedelta(days=_since(item, counted, n, clock))).strftime(
                "%Y-%m-%d"
            ),
            **_measures(item, counted, np.where(item.told, n, 0), clock.step),
            "baseline_rate": _baseline(item, said, n),
        }


def _since(item: Any, counted: pd.DataFrame, n: Ints, clock: Clock) -> int:
    """Return the day on which the present state of an issue began."""
    if item.status == "chronic":
        y = np.bincount(counted["day"], minlength=clock.span)
        start = level_start(clock.by_period(y), clock.by_period(n).astype(np.float64)) * clock.step
        return start or int(counted["day"].min())
    return int(counted["day"].min()) if item.status == "seasonal" else int(item.since)


def _baseline(item: Any, said: pd.DataFrame, n: Ints) -> float:
    """Return the rate that an issue's is held against."""
    if item.status == "chronic":
        return item.y0 / item.n0 if item.n0 else np.nan
    total = n[item.against].sum()
    return item.against[said["day"].to_numpy()].sum() / total if total else np.nan


def _measures(item: Any, counted: pd.DataFrame, n: Ints, step: int) -> Mapping[str, Any]:
    """Return the numbers of an issue from its counted mentions and the verbatims of its days."""
    rate = len(counted) / n.sum()
    pain = min(max(-fsum(counted["sentiment"]) / max(len(counted), 1), 0.0), 1.0)
    rise = float(np.clip(np.nan_to_num(np.log2(item.low)) / 3, 0, 1))
    severity = 0.4 * pain + 0.35 * min(np.sqrt(rate / 0.25), 1.0) + 0.25 * rise
    return {
        "first_seen": counted["created_at"].min(),
        "last_seen": counted["created_at"].max(),
        "periods_present": (counted["day"] // step).nunique(),
        "periods_observed": len(np.unique(np.flatnonzero(n) // step)),
        "customers": counted["who"].nunique(),
        "count": len(counted),
        "rate": rate,
        "rate_ratio": item.ratio,
        "low": item.low,
        "high": item.high,
        "q_value": item.q,
        "severity": round(float(severity) / (2 if item.status in PAST else 1), 6),
        "evidence": _evidence(counted),
    }


def _evidence(counted: pd.DataFrame) -> list[str]:
    """Return the ids of the most typical mentions, each text once: surest, then most negative first."""
    order = counted.assign(doubt=-counted["confidence"])
    order = order.sort_values(["doubt", "sentiment", "verbatim_id"], kind="stable")
    return [str(name) for name in order.drop_duplicates("text_key")["verbatim_id"].head(MAX_EVIDENCE)]

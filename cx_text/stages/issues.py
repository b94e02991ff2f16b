"""Recurring and emerging issues: how often customers complain of a theme, over time.

An issue is told from the *share* of substantive verbatims with a negative mention of a theme, so that
a busy month is no issue. Only complete periods are judged, each theme in all verbatims and in each
channel; the q-value is Benjamini-Hochberg's over all themes x scopes x tests of `windows`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
import pandas as pd

from cx_text.config import Issues
from cx_text.records import ISSUES, MAX_EVIDENCE, TRENDS, Collection
from cx_text.stages.windows import (
    CLEAR,
    STRONG,
    Flags,
    Ints,
    contrast,
    dispersion_of,
    rates_above,
    ratio_of_rates,
    windows_tested,
)
from cx_text.statistics import benjamini_hochberg, wilson, withheld
from cx_text.text import digest_of

NEGATIVE = -0.05
FEWEST_PERIODS = 4
FEWEST_FOR_TREND = 20
PRESENT = 0.6
MOST = 0.8
PAST = ("spike", "fading")


@dataclass(frozen=True)
class _Cube:
    """Verbatims by scope (0 is all, then the channels) and period, and the theme links behind them."""

    channels: Sequence[str]
    themes: Sequence[str]
    n: Ints
    links: pd.DataFrame

    def count(self, chosen: Flags) -> Ints:
        """Return the chosen links by scope, theme and period."""
        scopes, periods = self.n.shape
        size = len(self.themes) * periods
        links = self.links[chosen]
        cell = (links["theme"] * periods + links["period"]).to_numpy()
        scope = links["channel"].to_numpy() + 1
        inside = np.bincount((scope * size + cell)[scope > 0], minlength=scopes * size)
        inside[:size] = np.bincount(cell, minlength=size)
        return inside.reshape(scopes, len(self.themes), periods)


def find_issues(collection: Collection, settings: Issues, k: int = 10) -> pd.DataFrame:
    """Return the issues, table ISSUES, worst first; empty with fewer than 4 complete periods.

    `status` is emerging (its rate is twice what it was; three times, where it was there in 60 % of the
    periods), returned (after a gap of 4 periods or more, three times higher than in it, as it was
    before), spike (at most 4 weeks, 7 days or an eighth of the span, over for 2 periods), fading (at most
    half of what it was), else chronic (a negative mention in 60 % of the observed periods, and no fewer
    negative than positive mentions). Nothing seasonal is claimed.

    `count`, `rate`, `customers`, `first_seen`, `last_seen` and `evidence` speak of the window of an
    emerging, returned or spike issue, of all complete periods of a chronic or fading one.
    `rate_ratio` divides the rate of the window by `baseline_rate`, that of the other periods (returned:
    of the gap; chronic: the window is the last quarter, at most 3 periods, and nothing is tested, so
    `q_value` is empty; chronic in a channel: the channel against the others).
    A channel is listed where its rate is twice that of the others in the same window; where it makes up
    80 % of an issue of all, only the channel is listed. Channels with fewer than `k` substantive
    verbatims are left out. Customers without id count by distinct text.

    `severity` = 0.4 pain + 0.35 reach + 0.25 rise, halved where it is over (spike, fading): pain = mean
    of -sentiment of the counted mentions, reach = sqrt(rate / 0.25) up to 1, rise = log2(low) / 3
    within 0..1.
    """
    periods = len(collection.periods) - (not collection.last_complete)
    if periods < FEWEST_PERIODS:
        return ISSUES.frame()
    cube = _cube(collection, periods, k)
    negative = cube.count((cube.links["sentiment"] <= NEGATIVE).to_numpy())
    found = pd.concat(
        [_changes(cube, negative, settings, collection.period_days), _chronic(cube, negative, settings)],
        ignore_index=True,
    ).drop_duplicates(["scope", "theme"])
    found = found.astype(dict.fromkeys(["scope", "theme", "start", "end"], np.int64))
    found = _told(found, cube.n, negative)
    rows = [
        row
        for row in _rows(found, cube, collection)
        if row["count"] >= settings.minimum and row["customers"] >= settings.customers
    ]
    rows.sort(key=lambda row: (-row["severity"], row["issue_id"]))
    return ISSUES.frame({**row, "rank": rank} for rank, row in enumerate(rows, 1))


def theme_trends(collection: Collection, k: int = 10) -> pd.DataFrame:
    """Return how often each theme comes up by channel and period, table TRENDS.

    One row for each theme and channel (empty text: all) in which it comes up at all, and each period
    with substantive verbatims there, a last period that is only partly observed too; `rate` is
    count / n with its Wilson interval. Channels with fewer than `k` verbatims are left out.
    """
    cube = _cube(collection, len(collection.periods), k)
    counts = cube.count(np.ones(len(cube.links), dtype=bool))
    seen = (counts.sum(axis=2, keepdims=True) > 0) & (cube.n > 0)[:, None, :]
    scope, theme, period = np.nonzero(seen)
    count, n = counts[seen], cube.n[scope, period]
    low, high = wilson(count, n)
    table = {
        "period": pd.Series(list(collection.periods), dtype="str").to_numpy()[period],
        "theme_id": pd.Series(list(cube.themes), dtype="str").to_numpy()[theme],
        "channel": pd.Series(["", *cube.channels], dtype="str").to_numpy()[scope],
        "n": n,
        "count": count,
        "rate": count / np.maximum(n, 1),
        "low": low,
        "high": high,
    }
    return TRENDS.frame(pd.DataFrame(table).sort_values(["theme_id", "channel", "period"]))


def trend_of(collection: Collection) -> pd.Series:
    """Return rising, steady, falling or unknown for each theme, indexed by theme_id.

    The later half of the complete periods against the earlier half: rising or falling where the rate
    differs by a quarter and the 95 % interval of the ratio (variance as found between periods) says so
    too; unknown with fewer than 4 complete periods or 20 verbatims.
    """
    themes = sorted(set(collection.catalogue["theme_id"]) | set(collection.links["theme_id"]))
    trend = pd.Series("unknown", index=pd.Index(themes, name="theme_id", dtype="str"), dtype="str")
    periods = len(collection.periods) - (not collection.last_complete)
    if periods < FEWEST_PERIODS:
        return trend
    cube = _cube(collection, periods, 1)
    count = cube.count(np.ones(len(cube.links), dtype=bool))[0]
    later = np.broadcast_to(np.arange(periods) >= periods // 2, count.shape)
    counts = contrast(count, cube.n[0], later, ~later)
    ratio, low, high = ratio_of_rates(*counts, dispersion_of(count, cube.n[0], later))
    told = np.full(len(cube.themes), "steady", dtype=object)
    told[(ratio >= 1.25) & (low > 1)] = "rising"
    told[(ratio <= 0.8) & (high < 1)] = "falling"
    told[(count.sum(axis=1) < FEWEST_FOR_TREND) | np.isnan(ratio)] = "unknown"
    trend[list(cube.themes)] = told
    return trend


def _cube(collection: Collection, periods: int, k: int) -> _Cube:
    """Return the counts of the first `periods` periods, for all and each channel that may be shown."""
    frame, substantive = collection.verbatims, collection.substantive
    period = frame["period"].to_numpy(dtype=np.int64)
    counted = substantive.to_numpy() & (period >= 0) & (period < periods)
    sizes = frame.loc[substantive, "channel"].value_counts()
    unnamed = int(substantive.sum() - sizes.sum())
    channels = sorted(set(sizes.index) - set(withheld(sizes, k, unnamed)))
    channel = pd.Index(channels, dtype="str").get_indexer(frame["channel"])
    scope = channel + 1
    n = np.bincount((scope * periods + period)[counted], minlength=(len(channels) + 1) * periods)
    n[:periods] = np.bincount(period[counted], minlength=periods)
    row = collection.links["row"].to_numpy(dtype=np.int64)
    links = collection.links[counted[row]].reset_index(drop=True)
    row = row[counted[row]]
    theme, themes = pd.factorize(links["theme_id"], sort=True)
    links = links.assign(row=row, theme=theme, period=period[row], channel=channel[row])
    return _Cube(channels, list(themes), n.reshape(len(channels) + 1, periods), links)


def _changes(cube: _Cube, negative: Ints, settings: Issues, days: int) -> pd.DataFrame:
    """Return the best change of each scope x theme that passes the false discovery rate and is large."""
    tested = [
        windows_tested(y, n, settings.minimum).assign(scope=scope)
        for scope, (n, y) in enumerate(zip(cube.n, negative, strict=True))
    ]
    tests = pd.concat(tested, ignore_index=True).rename(columns={"series": "theme"})
    tests["q"] = benjamini_hochberg(tests["p"])
    found = tests[tests["q"] <= settings.q]
    periods = cube.n.shape[1]
    short = max(7 if days == 1 else 4, periods // 8)
    status = [_status(item, short) for item in found.itertuples()]
    found = found.assign(status=status, first=found["kind"] != "return")
    found = found[found["status"] != ""]
    found = found.sort_values(["scope", "theme", "first", "p", "kind"], kind="stable")
    fading = found["status"] == "fading"
    return found.assign(start=found["start"].mask(fading, 0), end=found["end"].mask(fading, periods))


def _status(item: Any, short: int) -> str:
    """Return what a significant change is called, empty where it is too small or too long to be told."""
    ratio = float(ratio_of_rates(item.y1, item.n1, item.y0, item.n0)[0])
    if item.kind == "return":
        return "returned"
    if item.kind == "rise":
        return "emerging" if ratio >= (CLEAR if item.presence < PRESENT else STRONG) else ""
    if item.kind == "burst":
        return "spike" if item.start > 0 and item.end - item.start <= short else ""
    return "fading" if ratio <= 1 / CLEAR else ""


def _chronic(cube: _Cube, negative: Ints, settings: Issues) -> pd.DataFrame:
    """Return what is there in most periods: in all verbatims, and in channels above the others."""
    positive = cube.count((cube.links["sentiment"] >= -NEGATIVE).to_numpy()).sum(axis=2)
    found = []
    for scope, (n, y) in enumerate(zip(cube.n, negative, strict=True)):
        observed = int((n > 0).sum())
        there = (y > 0).sum(axis=1) >= PRESENT * max(observed, FEWEST_PERIODS)
        theme = np.flatnonzero(
            there & (y.sum(axis=1) >= np.maximum(settings.minimum, positive[scope])) & (observed > 0)
        )
        now = np.broadcast_to(np.arange(len(n)) >= len(n) - min(max(len(n) // 4, 1), 3), y[theme].shape)
        y1, n1, y0, n0 = contrast(y[theme], n, now, ~now)
        if scope:
            y1, n1 = y1 + y0, n1 + n0
            y0, n0 = negative[0, theme].sum(axis=1) - y1, np.full_like(n1, cube.n[0].sum()) - n1
        dispersion = dispersion_of(y[theme], n, now)
        found.append(
            pd.DataFrame(
                {
                    "scope": scope,
                    "theme": theme,
                    "status": "chronic",
                    "start": 0,
                    "end": len(n),
                    "y1": y1,
                    "n1": n1,
                    "y0": y0,
                    "n0": n0,
                    "dispersion": dispersion,
                    "p": rates_above(y1, n1, y0, n0, dispersion) if scope else np.nan,
                }
            )
        )
    table = pd.concat(found, ignore_index=True)
    table["q"] = benjamini_hochberg(table["p"])
    return table[(table["scope"] == 0) | (table["q"] <= settings.q)]


def _told(found: pd.DataFrame, n: Ints, negative: Ints) -> pd.DataFrame:
    """Return the issues without channels that are like the others, and without what one channel is."""
    clear, alone = [], set()
    for item in found.itertuples():
        window = slice(item.start, item.end)
        y1, y = negative[item.scope, item.theme, window].sum(), negative[0, item.theme, window].sum()
        n1, total = n[item.scope, window].sum(), n[0, window].sum()
        counts = (y1, n1, y - y1, total - n1)
        apart = rates_above(*counts) < 0.01 and ratio_of_rates(*counts)[0] >= CLEAR
        clear.append(item.scope == 0 or bool(apart))
        if item.scope and apart and y1 >= MOST * y:
            alone.add((item.theme, item.status))
    whole = [item.scope == 0 and (item.theme, item.status) in alone for item in found.itertuples()]
    return found[np.array(clear, dtype=bool) & ~np.array(whole, dtype=bool)]


def _rows(found: pd.DataFrame, cube: _Cube, collection: Collection) -> Iterator[dict[str, Any]]:
    """Yield each issue as a row of ISSUES, without its rank."""
    frame = collection.verbatims
    links = cube.links[cube.links["sentiment"] <= NEGATIVE]
    facts = frame.loc[links["row"], ["verbatim_id", "created_at", "customer_id", "text_key"]]
    links = links.assign(**{name: facts[name].to_numpy() for name in facts})
    links["who"] = links["customer_id"].where(links["customer_id"].notna(), "text " + links["text_key"])
    themes = dict(tuple(links.groupby("theme")))
    labels = dict(zip(collection.catalogue["theme_id"], collection.catalogue["label"], strict=True))
    for item in found.itertuples():
        counted = themes[item.theme]
        inside = (counted["period"] >= item.start) & (counted["period"] < item.end)
        if item.scope:
            inside &= counted["channel"] == item.scope - 1
        theme_id = cube.themes[item.theme]
        scope = f"channel={cube.channels[item.scope - 1]}" if item.scope else "all"
        yield {
            "issue_id": "I-" + digest_of(theme_id, scope)[:8],
            "theme_id": theme_id,
            "label": labels.get(theme_id),
            "status": item.status,
            "scope": scope,
            **_measures(item, counted[inside], cube.n[item.scope]),
        }


def _measures(item: Any, counted: pd.DataFrame, n: Ints) -> Mapping[str, Any]:
    """Return the numbers of an issue from its counted mentions."""
    observed = n[item.start : item.end]
    rate = len(counted) / observed.sum()
    ratio, low, high = ratio_of_rates(item.y1, item.n1, item.y0, item.n0, item.dispersion)
    pain = min(max(-fsum(counted["sentiment"]) / max(len(counted), 1), 0.0), 1.0)
    rise = float(np.clip(np.nan_to_num(np.log2(low)) / 3, 0, 1))
    severity = 0.4 * pain + 0.35 * min(np.sqrt(rate / 0.25), 1.0) + 0.25 * rise
    return {
        "first_seen": counted["created_at"].min(),
        "last_seen": counted["created_at"].max(),
        "periods_present": counted["period"].nunique(),
        "periods_observed": int((observed > 0).sum()),
        "customers": counted["who"].nunique(),
        "count": len(counted),
        "rate": rate,
        "baseline_rate": item.y0 / item.n0 if item.n0 else np.nan,
        "rate_ratio": float(ratio),
        "low": float(low),
        "high": float(high),
        "q_value": item.q,
        "severity": round(float(severity) / (2 if item.status in PAST else 1), 6),
        "evidence": _evidence(counted),
    }


def _evidence(counted: pd.DataFrame) -> list[str]:
    """Return the ids of the most typical mentions, each text once: surest, then most negative first."""
    order = counted.assign(doubt=-counted["confidence"])
    order = order.sort_values(["doubt", "sentiment", "verbatim_id"], kind="stable")
    return [str(name) for name in order.drop_duplicates("text_key")["verbatim_id"].head(MAX_EVIDENCE)]

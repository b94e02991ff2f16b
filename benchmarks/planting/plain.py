"""What a spreadsheet would tell: raw rates beside their past, means with and without a theme."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cx_text.records import Collection
from planting.company import Flags, Floats, Ints

Z = 3.0
FEWEST_BEFORE = 4
NEGATIVE = -0.05
LEVEL = 0.95


def plain_issues(collection: Collection) -> pd.DataFrame:
    """Return theme_id, status and scope of each theme whose negative rate is beyond z = 3 of its past.

    A rate is compared with that of all earlier periods together, in all comments and in each channel:
    above in the newest complete period is emerging, above in an older one a spike, below in the newest
    fading.
    """
    frame, links = collection.verbatims, collection.links
    size = len(collection.periods) - (not collection.last_complete)
    period = frame["period"].to_numpy(dtype=np.int64)
    counted = collection.substantive.to_numpy() & (period >= 0) & (period < size)
    row = links["row"].to_numpy(dtype=np.int64)
    theme, names = pd.factorize(links["theme_id"], sort=True)
    bad = (links["sentiment"] <= NEGATIVE).to_numpy() & counted[row]
    channel = frame["channel"].to_numpy(dtype=object)
    found = []
    for scope in ("", *sorted(frame["channel"].dropna().unique())):
        inside = counted & ((channel == scope) | (not scope))
        mine = bad & inside[row]
        cells = np.bincount(theme[mine] * size + period[row[mine]], minlength=len(names) * size)
        n = np.bincount(period[inside], minlength=size)
        found.append(_beyond(cells.reshape(-1, size), n, names, f"channel={scope}" if scope else "all"))
    return pd.concat(found, ignore_index=True)


def _beyond(y: Ints, n: Ints, names: pd.Index, scope: str) -> pd.DataFrame:
    """Return the issues of one scope from its counts, themes x periods."""
    z = z_scores(y, n)
    z[:, :FEWEST_BEFORE] = 0
    status = {
        "emerging": z[:, -1] > Z,
        "spike": (z[:, :-1] > Z).any(axis=1),
        "fading": z[:, -1] < -Z,
    }
    rows = [
        {"theme_id": theme, "status": name, "scope": scope}
        for name, flags in status.items()
        for theme in names[flags]
    ]
    return pd.DataFrame(rows, columns=["theme_id", "status", "scope"])


def z_scores(y: Ints, n: Ints) -> Floats:
    """Return how far each period's rate is from that of all earlier ones, in standard errors.

    >>> z_scores(np.array([[50, 65]]), np.array([100, 100])).round(6).tolist()
    [[0.0, 3.0]]

    Args:
        y: counts, series x periods.
        n: totals by period; 0 where nothing was observed.
    """
    before, total = y.cumsum(axis=1) - y, n.cumsum() - n
    rate = before / np.maximum(total, 1)
    error = np.sqrt(rate * (1 - rate) / np.maximum(n, 1))
    z: Floats = np.divide(
        y / np.maximum(n, 1) - rate, error, out=np.zeros(y.shape), where=(error > 0) & (n > 0)
    )
    return z


def plain_drivers(collection: Collection) -> pd.DataFrame:
    """Return what a mention of each theme goes with, in points of CSAT, indexed by theme_id.

    `effect` is the mean of the comments with the theme less that of those without, `low` and `high` its
    95 % interval by Welch's t, the leave-out impact divided by the theme's share.
    """
    scored = (collection.substantive & collection.verbatims["csat"].notna()).to_numpy()
    points = 100.0 * (collection.verbatims["csat"].to_numpy() >= 4)
    rows = {}
    for theme, links in collection.links.groupby("theme_id"):
        has = np.zeros(len(scored), dtype=bool)
        has[links["row"].to_numpy(dtype=np.int64)] = True
        if (has & scored).sum() >= 10:
            test = stats.ttest_ind(points[has & scored], points[~has & scored], equal_var=False)
            bounds = test.confidence_interval(LEVEL)
            effect = points[has & scored].mean() - points[~has & scored].mean()
            rows[theme] = {"effect": effect, "low": bounds.low, "high": bounds.high}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["effect", "low", "high"])


def pooled_z(events: Flags, group: pd.Series) -> tuple[Floats, NDArray[np.object_]]:
    """Return how far each group's raw rate is from that of all others, in standard errors, and the groups.

    Args:
        events: n comments x topics.
        group: name of the group of each, or missing.

    Reference:
        The z-test of two proportions with a pooled variance.
    """
    known = group.notna().to_numpy()
    code, names = pd.factorize(group[known], sort=True)
    happened = events[known]
    y = np.zeros((len(names), events.shape[1]))
    np.add.at(y, code, happened)
    n, total = np.bincount(code, minlength=len(names))[:, None], len(code)
    rate = y.sum(axis=0) / total
    error = np.sqrt(rate * (1 - rate) * (1 / n + 1 / np.maximum(total - n, 1)))
    difference = y / n - (y.sum(axis=0) - y) / np.maximum(total - n, 1)
    z: Floats = np.divide(difference, error, out=np.zeros(y.shape), where=error > 0)
    return z, np.array(names, dtype=object)

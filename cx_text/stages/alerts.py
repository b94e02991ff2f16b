"""What somebody should look at today: few, stable, and never twice as new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from math import floor
from typing import Any

import pandas as pd

from cx_text.config import Config
from cx_text.records import ALERTS, MAX_EVIDENCE, Collection
from cx_text.text import digest_of

ALIVE = ("emerging", "returned")
"""Issues in these states are going on now; a spike is by its definition over."""
DATA_SEVERITY = 0.5
WEEK = pd.Timedelta(days=7)
"""Age up to which a comment is new, and the time that has a budget of new alerts."""
QUIET = pd.Timedelta(days=28)
"""An issue that was not alerted for longer is alerted as new again."""
FEW = 3
"""Most comments of a kind that are alerted one by one; more of them are one alert."""
GRAVE = {"safety": ("a danger or an injury", 0.9), "legal": ("legal steps", 0.8)}
"""Risks of which every comment counts: what they speak of, and the severity."""
PRESSING = {"churn": ("leaving", 0.6), "urgency": ("a matter that cannot wait", 0.5)}
"""Risks of which only negative comments are alerted, and these together."""

Row = dict[str, Any]


def raise_alerts(
    collection: Collection,
    issues: pd.DataFrame,
    coaching: pd.DataFrame,
    data_warnings: Sequence[str],
    known: pd.DataFrame,
    config: Config,
) -> pd.DataFrame:
    """Return table ALERTS: what is alive at the end of the data, the most severe first.

    Raised are themes with issues that emerge or have returned (one alert, however many scopes it is told
    of), agents to coach with strong evidence (one alert an
    agent, on the topic with the largest excess; what is the team's is not theirs), comments of the last 7
    days that tell of a risk, and warnings about the data, each with a severity of at least
    `config.alerts.severity`. The severity
    of an agent is the share of the count that is beyond expectation, that of a data warning 0.5, that of
    a comment goes by its kind: safety 0.9, legal 0.8, churn 0.6, urgency 0.5.

    Up to 3 comments about safety, or about legal steps, have an alert each; more of them have one
    together, with the newest 25 as evidence, which is new as soon as there is a newer one. Negative comments
    about leaving or haste have one alert a kind, new once a week. So one run adds 8 of them at most.

    Of issues at most `config.issues.alarm_budget_per_week` new alerts are raised in any 7 days of data
    time, over all runs (a part of an alert is none; of a budget below 1, one in 7 days / budget), the most
    severe ones; the others stay in table ISSUES and may be raised later.

    Args:
        collection: the verbatims.
        issues: table ISSUES.
        coaching: table COACHING.
        data_warnings: sentences about the data of this run; those that differ only in numbers are one.
        known: the alerts of earlier runs, table ALERT_HISTORY; these are *ongoing* and keep the time when
            they were new, all others are *new*. The dates of an issue play no part in its id, for they move
            with its window and with late rows; one last alerted more than 28 days ago gets another id.
        config: the settings.
    """
    now = collection.now
    last = dict(zip(known["alert_id"], known["last"], strict=True))
    rows = [*_issue_alerts(issues, last, now), *_agent_alerts(coaching), *_data_alerts(data_warnings)]
    rows += _verbatim_alerts(collection)
    rows = [row for row in rows if row["severity"] >= config.alerts.severity]
    first = dict(zip(known["alert_id"], known["created_at"].fillna(now), strict=True))
    for row in rows:
        row["created_at"] = first.get(row["alert_id"], now)
        row["state"] = "ongoing" if row["alert_id"] in first else "new"
    rows.sort(key=lambda row: (-row["severity"], row["alert_id"]))
    return ALERTS.frame(_within_budget(rows, _left(config.issues.alarm_budget_per_week, known, now)))


def alert_id(kind: str, subject: str, episode: str = "") -> str:
    """Return the id of an alert, equal for the same episode of the same subject.

    >>> alert_id("issue", "I-1", "emerging") == alert_id("issue", "I-1", "returned")
    False
    """
    return f"A-{digest_of(kind, subject, episode)[:8]}"


def _left(budget: float, known: pd.DataFrame, now: pd.Timestamp) -> int:
    """Return how many new alerts of issues a budget a week leaves for now."""
    if budget == 0:
        return 0
    since = now - WEEK / min(budget, 1.0)
    raised = int(((known["kind"] == "issue") & (known["created_at"] > since)).sum())
    return max(floor(max(budget, 1.0)) - raised, 0)


def _within_budget(rows: Iterable[Row], budget: int) -> Iterator[Row]:
    """Yield the rows, of new issues only the first `budget`."""
    spent = 0
    for row in rows:
        fresh = row["kind"] == "issue" and row["state"] == "new"
        spent += fresh
        if not fresh or spent <= budget:
            yield row


def _issue_alerts(issues: pd.DataFrame, last: Mapping[str, pd.Timestamp], now: pd.Timestamp) -> Iterator[Row]:
    """Yield an alert for each theme of which an issue is alive.

    Of several scopes one speaks for all: one that was alerted before, else the most severe.
    """
    alive = issues[issues["status"].isin(ALIVE)]
    names = [
        _episode_id(one, status, last, now)
        for one, status in zip(alive["issue_id"], alive["status"], strict=True)
    ]
    fresh = [name not in last for name in names]
    order = alive.assign(alert_id=names, fresh=fresh).sort_values(
        ["fresh", "severity", "alert_id"], ascending=[True, False, True]
    )
    for _, scopes in order.groupby(["theme_id", "status"], sort=False):
        row, *others = scopes.to_dict("records")
        yield {
            "alert_id": row["alert_id"],
            "kind": "issue",
            "severity": row["severity"],
            "subject": row["theme_id"],
            "message": _said(row, [other["scope"] for other in others]),
            "evidence": row["evidence"],
        }


def _said(row: Row, others: Sequence[str]) -> str:
    """Return an issue in one sentence, with the other scopes that it is told of."""
    place = "" if row["scope"] == "all" else f" ({row['scope']})"
    verb = "is emerging" if row["status"] == "emerging" else "has returned"
    never = row["baseline_rate"] == 0
    told = "none before" if never else f"{_ratio(row, 'rate_ratio')} times the usual rate"
    also = ", ".join("all comments" if name == "all" else name for name in others)
    beside = f"; also told of {also}" if also else ""
    return f"{row['label']}{place} {verb}: {row['count']} comments, {told}{beside}"


def _episode_id(issue_id: str, status: str, last: Mapping[str, pd.Timestamp], now: pd.Timestamp) -> str:
    """Return the id of the present alert of an issue; `last` is when each id was raised last."""
    for number in count(1):
        name = alert_id("issue", issue_id, status if number == 1 else f"{status} {number}")
        if name not in last or not now - last[name] > QUIET:
            break
    return name


def _agent_alerts(coaching: pd.DataFrame) -> Iterator[Row]:
    """Yield an alert for each agent to coach with strong evidence, on the most excessive topic."""
    sure = (coaching["scope"] == "individual") & (coaching["state"] == "strong_evidence")
    worse = coaching[sure & (coaching["direction"] == "coach")]
    worse = worse.assign(excess=worse["count"].astype("float64") - worse["expected"])
    worse = worse.sort_values(["agent", "excess", "topic"], ascending=[True, False, True])
    for row in worse.drop_duplicates("agent").to_dict("records"):
        yield {
            "alert_id": alert_id("agent", row["agent"]),
            "kind": "agent",
            "severity": row["excess"] / row["count"],
            "subject": row["agent"],
            "message": f'{row["agent"]} is associated with more "{row["label"]}" than similar cases of '
            f"others: {row['count']} of {row['n']} comments, {_ratio(row, 'oe_ratio')} times the expected",
            "evidence": row["evidence"],
        }


def _verbatim_alerts(collection: Collection) -> Iterator[Row]:
    """Yield alerts for the new comments that tell of a risk, kind by kind."""
    rows = collection.verbatims[collection.substantive & (collection.verbatims["period"] >= 0)]
    rows = rows[rows["created_at"] > rows["created_at"].max() - WEEK]
    rows = rows.sort_values(["created_at", "verbatim_id"], ascending=[False, True])
    for kind in (*GRAVE, *PRESSING):
        tells = rows["risks"].map(lambda risks, kind=kind: kind in risks).astype(bool)
        if kind in GRAVE:
            yield from _grave_alerts(kind, rows.loc[tells, "verbatim_id"].tolist())
            continue
        mine = rows[tells & (rows["sentiment_label"] == "negative")]
        if len(mine):
            week = mine["created_at"].iloc[0].strftime("%G-W%V")
            yield _of_comments(kind, mine["verbatim_id"].tolist(), week)


def _grave_alerts(kind: str, ids: Sequence[str]) -> Iterator[Row]:
    """Yield an alert for each of few comments, the newest first, or one for all of many."""
    if len(ids) > FEW:
        yield _of_comments(kind, ids, ids[0])
        return
    for one in ids:
        yield _of_comments(kind, [one], one) | {"subject": one}


def _of_comments(kind: str, ids: Sequence[str], episode: str) -> Row:
    """Return the alert for comments that tell of one kind of risk, the newest first."""
    about, severity = (GRAVE | PRESSING)[kind]
    told = "a new comment speaks" if len(ids) == 1 else f"{len(ids)} comments of the last 7 days speak"
    return {
        "alert_id": alert_id("verbatim", kind, episode),
        "kind": "verbatim",
        "severity": severity,
        "subject": kind,
        "message": f"{kind}: {told} of {about} (found by phrases; read before you act)",
        "evidence": ids[:MAX_EVIDENCE],
    }


def _data_alerts(data_warnings: Sequence[str]) -> Iterator[Row]:
    """Yield an alert for each warning; those that differ in numbers only are one, as it lasts."""
    told: dict[str, str] = {}
    for warning in data_warnings:
        lasting = "".join("#" if letter.isdigit() else letter for letter in warning)
        told.setdefault(alert_id("data", lasting), warning)
    for name, warning in told.items():
        row = {"alert_id": name, "kind": "data", "severity": DATA_SEVERITY, "subject": "data"}
        yield row | {"message": warning}


def _ratio(row: Row, name: str) -> str:
    """Return a ratio with its interval in words."""
    return f"{row[name]:.1f} (95 % interval {row['low']:.1f} to {row['high']:.1f})"

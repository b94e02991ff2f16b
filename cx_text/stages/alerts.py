"""What somebody should look at today: few, stable, and never twice as new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any

import pandas as pd

from cx_text.config import Config
from cx_text.records import ALERTS
from cx_text.text import digest_of

ALIVE = ("emerging", "returned")
"""Issues in these states are going on now; a spike is by its definition over."""
DATA_SEVERITY = 0.5

Row = dict[str, Any]


def raise_alerts(
    issues: pd.DataFrame,
    agents: pd.DataFrame,
    data_warnings: Sequence[str],
    known: Mapping[str, str],
    now: pd.Timestamp | None,
    config: Config,
) -> pd.DataFrame:
    """Return table ALERTS: what is alive at `now`, the most severe first.

    Raised are issues that emerge or have returned, agents with strong evidence of being worse (one
    alert an agent, on the topic with the largest excess) and warnings about the data, each with a
    severity of at least `config.alerts.severity`. The severity of an agent is the share of the count
    that is beyond expectation, that of a data warning 0.5.

    Of the issues not alerted before, at most `config.issues.alarm_budget_per_week` (rounded up) are
    raised in a run, the most severe ones; the others stay in table ISSUES and may be raised later.

    Args:
        issues: table ISSUES.
        agents: table AGENTS.
        data_warnings: sentences about the data of this run; those that differ only in numbers are one.
        known: the alerts of the last run by `alert_id`; these are *ongoing*, all others *new*. The
            dates of an issue play no part in its id, for they move with its window and with late rows.
        now: the end of the newest period, or None without dates.
        config: the settings.
    """
    rows = [*_issue_alerts(issues), *_agent_alerts(agents), *_data_alerts(data_warnings)]
    rows = [row for row in rows if row["severity"] >= config.alerts.severity]
    for row in rows:
        row["created_at"] = now
        row["state"] = "ongoing" if row["alert_id"] in known else "new"
    rows.sort(key=lambda row: (-row["severity"], row["alert_id"]))
    return ALERTS.frame(_within_budget(rows, ceil(config.issues.alarm_budget_per_week)))


def alert_id(kind: str, subject: str, episode: str = "") -> str:
    """Return the id of an alert, equal for the same episode of the same subject.

    >>> alert_id("issue", "I-1", "emerging") == alert_id("issue", "I-1", "returned")
    False
    """
    return f"A-{digest_of(kind, subject, episode)[:8]}"


def _within_budget(rows: Iterable[Row], budget: int) -> Iterator[Row]:
    """Yield the rows, of new issues only the first `budget`."""
    spent = 0
    for row in rows:
        fresh = row["kind"] == "issue" and row["state"] == "new"
        spent += fresh
        if not fresh or spent <= budget:
            yield row


def _issue_alerts(issues: pd.DataFrame) -> Iterator[Row]:
    """Yield an alert for each issue that is alive."""
    for row in issues[issues["status"].isin(ALIVE)].to_dict("records"):
        place = "" if row["scope"] == "all" else f" ({row['scope']})"
        verb = "is emerging" if row["status"] == "emerging" else "has returned"
        never = row["baseline_rate"] == 0
        told = "none before" if never else f"{_ratio(row, 'rate_ratio')} times the usual rate"
        yield {
            "alert_id": alert_id("issue", row["issue_id"], row["status"]),
            "kind": "issue",
            "severity": row["severity"],
            "subject": row["theme_id"],
            "message": f"{row['label']}{place} {verb}: {row['count']} comments, {told}",
            "evidence": row["evidence"],
        }


def _agent_alerts(agents: pd.DataFrame) -> Iterator[Row]:
    """Yield an alert for each agent with strong evidence of being worse, on the most excessive topic."""
    worse = agents[(agents["state"] == "strong_evidence") & (agents["direction"] == "worse")]
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

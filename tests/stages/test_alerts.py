"""Few alerts, stable while they last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pytest

from cx_text.config import Alerts, Config, Issues
from cx_text.records import AGENTS, ALERTS, ISSUES
from cx_text.stages.alerts import alert_id, raise_alerts

NOW = pd.Timestamp("2026-03-09", tz="UTC")


def issue(number: int, **other: Any) -> dict[str, Any]:
    """Return an emerging issue."""
    row = {
        "issue_id": f"I-{number}",
        "theme_id": f"t{number}",
        "label": "late refund",
        "status": "emerging",
        "scope": "all",
        "first_seen": "2026-02-02",
        "count": 31,
        "rate_ratio": 3.04,
        "low": 2.01,
        "high": 4.6,
        "severity": 0.6,
        "evidence": ["v1", "v2"],
    }
    return row | other


def agent(name: str, **other: Any) -> dict[str, Any]:
    """Return an agent with strong evidence of being worse."""
    row = {
        "agent": name,
        "topic": "t1",
        "label": "rude staff",
        "n": 120,
        "count": 20,
        "expected": 5.0,
        "oe_ratio": 4.0,
        "low": 2.5,
        "high": 6.0,
        "state": "strong_evidence",
        "direction": "worse",
    }
    return row | other


def alerts(
    issues: Sequence[Mapping[str, Any]] = (),
    agents: Sequence[Mapping[str, Any]] = (),
    warnings: Sequence[str] = (),
    known: Mapping[str, str] | None = None,
    config: Config | None = None,
) -> pd.DataFrame:
    """Return the alerts at NOW."""
    tables = ISSUES.frame(issues), AGENTS.frame(agents)
    return raise_alerts(*tables, warnings, known or {}, NOW, config or Config())


def test_an_issue_that_is_alive_is_told_with_numbers_and_no_cause() -> None:
    """One plain sentence: n, ratio and interval."""
    row = alerts([issue(1)]).iloc[0]
    assert row["message"] == (
        "late refund is emerging: 31 comments, 3.0 (95 % interval 2.0 to 4.6) times the usual rate"
    )
    assert (row["kind"], row["state"], row["subject"], row["severity"]) == ("issue", "new", "t1", 0.6)


def test_an_issue_that_was_never_heard_before_is_no_multiple() -> None:
    """A multiple of nothing has no meaning."""
    row = alerts([issue(1, baseline_rate=0.0)]).iloc[0]
    assert row["message"] == "late refund is emerging: 31 comments, none before"
    assert row["evidence"] == ["v1", "v2"]
    assert row["created_at"] == NOW


def test_an_issue_of_one_channel_says_so() -> None:
    """The scope stands behind the label."""
    message = alerts([issue(1, scope="channel=chat", status="returned")])["message"].iloc[0]
    assert message.startswith("late refund (channel=chat) has returned: ")


@pytest.mark.parametrize(
    ("status", "count"),
    [("emerging", 1), ("returned", 1), ("spike", 0), ("chronic", 0), ("seasonal", 0), ("fading", 0)],
)
def test_only_what_goes_on_now_is_alerted(status: str, count: int) -> None:
    """A spike is over by definition, a chronic issue is no news."""
    assert len(alerts([issue(1, status=status)])) == count


def test_the_id_stays_while_the_issue_lasts_and_changes_when_it_returns() -> None:
    """Numbers, dates and labels may move."""
    one = alerts([issue(1)])["alert_id"].iloc[0]
    moved = issue(1, count=99, severity=0.9, first_seen="2026-02-09", label="refund late")
    assert alerts([moved])["alert_id"].iloc[0] == one
    assert alerts([issue(1, status="returned")])["alert_id"].iloc[0] != one
    assert alerts([issue(2)])["alert_id"].iloc[0] != one


def test_a_known_alert_is_ongoing() -> None:
    """By its id."""
    known = {alert_id("issue", "I-1", "emerging"): "new"}
    assert alerts([issue(1), issue(2)], known=known).set_index("subject")["state"].to_dict() == {
        "t1": "ongoing",
        "t2": "new",
    }


@pytest.mark.parametrize(("budget", "told"), [(2.0, [9, 8]), (1.5, [9, 8]), (1.0, [9]), (0.0, [])])
def test_new_issues_keep_to_the_budget_the_most_severe_first(budget: float, told: list[int]) -> None:
    """Of five new issues the budget's number is raised; what is known costs nothing."""
    config = Config(issues=Issues(alarm_budget_per_week=budget))
    issues = [issue(number, severity=number / 10) for number in (5, 9, 7, 8, 6)]
    assert alerts(issues, config=config)["subject"].tolist() == [f"t{number}" for number in told]
    known = {alert_id("issue", "I-5", "emerging"): "ongoing"}
    assert "t5" in alerts(issues, known=known, config=config)["subject"].tolist()


def test_what_is_mild_is_not_raised() -> None:
    """Below `alerts.severity`, of any kind."""
    config = Config(alerts=Alerts(severity=0.7))
    assert alerts([issue(1)], [], ["a column is empty"], config=config).empty
    assert len(alerts([issue(1, severity=0.7)], [agent("ann")], config=config)) == 2


def test_an_agent_is_told_once_on_the_topic_with_the_largest_excess() -> None:
    """Association, never cause; severity is the share of the count beyond expectation."""
    rows = [agent("ann"), agent("ann", topic="t2", label="slow", count=60, expected=20.0, oe_ratio=3.0)]
    table = alerts(agents=rows)
    assert len(table) == 1
    assert table["severity"].iloc[0] == pytest.approx(40 / 60, abs=1e-6)
    assert table["message"].iloc[0] == (
        'ann is associated with more "slow" than similar cases of others: 60 of 120 comments, '
        "3.0 (95 % interval 2.5 to 6.0) times the expected"
    )


@pytest.mark.parametrize(
    "other", [{"state": "worth_a_look"}, {"direction": "better"}, {"state": "insufficient"}]
)
def test_an_agent_is_alerted_on_strong_evidence_of_being_worse_only(other: dict[str, str]) -> None:
    """Nothing less."""
    assert alerts(agents=[agent("ann", **other)]).empty


def test_warnings_that_differ_in_numbers_only_are_one_lasting_alert() -> None:
    """Tonight 12 rows, tomorrow 13."""
    tonight = alerts(warnings=["csat: 12 values are off the scale", "csat: 13 values are off the scale"])
    tomorrow = alerts(
        warnings=["csat: 14 values are off the scale"], known={tonight["alert_id"].iloc[0]: "new"}
    )
    assert tonight["message"].tolist() == ["csat: 12 values are off the scale"]
    assert tomorrow["state"].tolist() == ["ongoing"]
    assert alerts(warnings=["nps: 12 values are off the scale"])["alert_id"].iloc[0] not in set(
        tonight["alert_id"]
    )


def test_the_most_severe_comes_first_whatever_its_kind() -> None:
    """Agent 0.75, issue 0.6, data 0.5."""
    table = alerts([issue(1)], [agent("ann")], ["no dates"])
    assert table["kind"].tolist() == ["agent", "issue", "data"]


def test_a_quiet_night_raises_nothing() -> None:
    """No rows, all columns; and without dates there is no time to tell."""
    assert alerts().empty
    assert list(alerts().columns) == list(ALERTS.columns)
    undated = raise_alerts(ISSUES.frame([issue(1)]), AGENTS.frame(), [], {}, None, Config())
    assert undated["created_at"].isna().all()

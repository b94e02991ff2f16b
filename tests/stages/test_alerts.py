"""Few alerts, stable while they last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pytest
from build_collection import collection
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.config import Alerts, Config, Issues
from cx_text.records import ALERT_HISTORY, ALERTS, COACHING, ISSUES, MAX_EVIDENCE
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
        "direction": "coach",
        "scope": "individual",
        "evidence": ["v1"],
    }
    return row | other


def alerts(
    issues: Sequence[Mapping[str, Any]] = (),
    agents: Sequence[Mapping[str, Any]] = (),
    warnings: Sequence[str] = (),
    known: Sequence[Mapping[str, Any]] = (),
    config: Config | None = None,
    comments: Sequence[Mapping[str, Any]] = (),
) -> pd.DataFrame:
    """Return the alerts at NOW, where a comment without anything is the newest."""
    tables = ISSUES.frame(issues), COACHING.frame(agents)
    said = collection([{"created_at": NOW, "period": 0}, *comments], [])
    return raise_alerts(said, *tables, warnings, ALERT_HISTORY.frame(known), config or Config())


def kept(
    *names: str, kind: str = "issue", days: float = 1, last: float | None = None
) -> list[dict[str, Any]]:
    """Return alerts that were new so many `days` before NOW and raised last `last` days before it."""
    when, then = (NOW - pd.Timedelta(days=age) for age in (days, days if last is None else last))
    return [{"alert_id": one, "kind": kind, "created_at": when, "last": then} for one in names]


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


def test_an_issue_of_several_scopes_is_one_alert_which_stays_the_same() -> None:
    """The most severe scope speaks first, and goes on speaking when another one grows worse."""
    scopes = [
        issue(1, theme_id="t1", scope="channel=chat", severity=0.7),
        issue(2, theme_id="t1", scope="all", severity=0.6),
        issue(3, theme_id="t1", scope="product=tin", severity=0.5),
    ]
    row = alerts(scopes).iloc[0]
    assert row["message"].startswith("late refund (channel=chat) is emerging: 31 comments, ")
    assert row["message"].endswith("; also told of all comments, product=tin")
    worse = [*scopes[:2], {**scopes[2], "severity": 0.9}]
    [later] = alerts(worse, known=kept(row["alert_id"])).to_dict("records")
    assert (later["alert_id"], later["state"]) == (row["alert_id"], "ongoing")
    assert later["message"].endswith("; also told of product=tin, all comments")
    assert len(alerts([*scopes, issue(4, theme_id="t1", status="returned")])) == 2


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
    """By its id; it keeps the time when it was new."""
    known = kept(alert_id("issue", "I-1", "emerging"), days=9, last=1)
    table = alerts([issue(1), issue(2)], known=known).set_index("subject")
    assert table["state"].to_dict() == {"t1": "ongoing", "t2": "new"}
    assert table["created_at"].to_dict() == {"t1": NOW - pd.Timedelta(days=9), "t2": NOW}


def test_an_alert_of_an_old_workspace_has_no_time_and_is_ongoing() -> None:
    """Its times were not kept then."""
    row = alerts([issue(1)], known=[{"alert_id": alert_id("issue", "I-1", "emerging")}]).iloc[0]
    assert (row["state"], row["created_at"]) == ("ongoing", NOW)


def test_an_issue_not_alerted_for_four_weeks_is_alerted_anew() -> None:
    """Under a second id, and when that was quiet too, a third."""
    first = alert_id("issue", "I-1", "emerging")
    assert alerts([issue(1)], known=kept(first, days=90, last=28))["alert_id"].tolist() == [first]
    second = alerts([issue(1)], known=kept(first, days=90, last=29)).iloc[0]
    assert second["state"] == "new"
    both = [*kept(first, days=190), *kept(second["alert_id"], days=90)]
    third = alerts([issue(1)], known=both).iloc[0]
    assert third["state"] == "new"
    assert len({first, second["alert_id"], third["alert_id"]}) == 3


@pytest.mark.parametrize(("budget", "told"), [(2.0, [9, 8]), (1.5, [9]), (1.0, [9]), (0.5, [9]), (0.0, [])])
def test_new_issues_keep_to_the_budget_the_most_severe_first(budget: float, told: list[int]) -> None:
    """Of five new issues the budget's number is raised; what is known costs nothing."""
    config = Config(issues=Issues(alarm_budget_per_week=budget))
    issues = [issue(number, severity=number / 10) for number in (5, 9, 7, 8, 6)]
    assert alerts(issues, config=config)["subject"].tolist() == [f"t{number}" for number in told]
    known = kept(alert_id("issue", "I-5", "emerging"), days=30, last=1)
    assert "t5" in alerts(issues, known=known, config=config)["subject"].tolist()


@pytest.mark.parametrize(
    ("budget", "days", "count"),
    [(2.0, 6.9, 1), (2.0, 7.0, 2), (1.0, 6.9, 0), (1.0, 7.0, 1), (0.5, 13.9, 0), (0.5, 14.0, 1)],
)
def test_what_was_new_in_the_last_seven_days_is_taken_from_the_budget(
    budget: float, days: float, count: int
) -> None:
    """Of any run; a budget of a half is one alert in 14 days."""
    config = Config(issues=Issues(alarm_budget_per_week=budget))
    issues = [issue(number) for number in range(3)]
    assert len(alerts(issues, known=kept("A-other", days=days), config=config)) == count
    assert len(alerts(issues, known=kept("A-other", kind="agent"), config=config)) == max(int(budget), 1)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), min_size=1, max_size=25))
def test_no_seven_days_have_more_new_alerts_than_the_budget(nights: list[tuple[int, int]]) -> None:
    """Whatever is found on whatever night, and all that waits is raised at last."""
    known: dict[str, dict[str, Any]] = {}
    found: set[int] = set()

    def tonight(now: pd.Timestamp) -> pd.DataFrame:
        """Return the alerts of a night that finds all that was found so far."""
        tables = ISSUES.frame([issue(one) for one in found]), COACHING.frame()
        said = collection([{"created_at": now, "period": 0}], [])
        return raise_alerts(said, *tables, [], ALERT_HISTORY.frame(list(known.values())), Config())

    for day, number in sorted(nights):
        now = NOW + pd.Timedelta(days=day)
        found.add(number)
        for row in tonight(now).to_dict("records"):
            new = {"alert_id": row["alert_id"], "kind": "issue", "created_at": now}
            known[row["alert_id"]] = {**known.get(row["alert_id"], new), "last": now}
    raised = sorted(row["created_at"] for row in known.values())
    assert all(
        third - first >= pd.Timedelta(days=7) for first, third in zip(raised, raised[2:], strict=False)
    )
    assert len(tonight(now + pd.Timedelta(days=7))) == min(len(found), len(known) + 2)


def test_a_stray_date_is_not_now() -> None:
    """A comment typed 2099 would spend the budget for ever."""
    stray = {"created_at": "2099-01-01T00:00:00Z", "period": -1}
    assert alerts([issue(1)], comments=[stray])["created_at"].tolist() == [NOW]


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
    "other", [{"state": "worth_a_look"}, {"direction": "celebrate"}, {"scope": "team"}, {"state": None}]
)
def test_an_agent_is_alerted_on_strong_evidence_of_something_to_coach_only(other: dict[str, str]) -> None:
    """Nothing less, and nothing that is the team's."""
    assert alerts(agents=[agent("ann", **other)]).empty


def test_warnings_that_differ_in_numbers_only_are_one_lasting_alert() -> None:
    """Tonight 12 rows, tomorrow 13."""
    tonight = alerts(warnings=["csat: 12 values are off the scale", "csat: 13 values are off the scale"])
    known = kept(tonight["alert_id"].iloc[0], kind="data")
    tomorrow = alerts(warnings=["csat: 14 values are off the scale"], known=known)
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
    said = collection([{}], [])
    undated = raise_alerts(
        said, ISSUES.frame([issue(1)]), COACHING.frame(), [], ALERT_HISTORY.frame(), Config()
    )
    assert undated["created_at"].isna().all()


def risky(days: float, *risks: str, **other: Any) -> dict[str, Any]:
    """Return a negative comment with risks, so many days before NOW."""
    row = {"created_at": NOW - pd.Timedelta(days=days), "period": 0, "risks": list(risks)}
    return row | {"sentiment_label": "negative"} | other


def of_comments(*comments: Mapping[str, Any], **parts: Any) -> pd.DataFrame:
    """Return the alerts of comments; the first one is v00001."""
    table = alerts(comments=comments, **parts)
    return table[table["kind"] == "verbatim"]


def test_a_new_comment_about_legal_steps_is_an_alert_that_names_the_kind_and_the_row() -> None:
    """And says that phrases found it; no word of the comment."""
    row = of_comments(risky(1, "legal")).iloc[0]
    assert row["message"] == (
        "legal: a new comment speaks of legal steps (found by phrases; read before you act)"
    )
    assert (row["subject"], row["evidence"], row["severity"], row["state"]) == (
        "v00001",
        ["v00001"],
        0.8,
        "new",
    )


@pytest.mark.parametrize(
    ("risks", "days", "label", "count"),
    [
        (["legal"], 6.9, "positive", 1),
        (["safety"], 0, None, 1),
        (["legal", "safety"], 1, "neutral", 2),
        (["legal"], 7, "negative", 0),
        (["churn"], 1, "negative", 1),
        (["churn"], 1, "neutral", 0),
        (["urgency"], 1, "negative", 1),
        (["urgency"], 1, None, 0),
        ([], 1, "negative", 0),
    ],
)
def test_leaving_and_haste_count_only_where_the_comment_is_negative_and_all_only_for_a_week(
    risks: list[str], days: float, label: str | None, count: int
) -> None:
    """Legal steps and dangers count in any tone."""
    assert len(of_comments(risky(days, *risks, sentiment_label=label))) == count


def test_up_to_three_comments_about_safety_are_told_one_by_one_and_more_together() -> None:
    """The newest first; the table is no flood."""
    three, four = ([risky(day, "safety") for day in range(n)] for n in (3, 4))
    assert sorted(of_comments(*three)["subject"]) == ["v00001", "v00002", "v00003"]
    row = of_comments(*four).iloc[0]
    assert len(of_comments(*four)) == 1
    assert row["message"].startswith("safety: 4 comments of the last 7 days speak of a danger")
    assert (row["subject"], row["evidence"]) == ("safety", ["v00001", "v00002", "v00003", "v00004"])


def test_an_alert_of_many_comments_names_at_most_25_of_them() -> None:
    """The contract's length of evidence."""
    row = of_comments(*[risky(0, "churn")] * 40).iloc[0]
    assert len(row["evidence"]) == MAX_EVIDENCE
    assert row["message"].startswith("churn: 40 comments of the last 7 days speak of leaving")


def test_many_comments_about_legal_steps_are_new_again_when_there_is_a_newer_one() -> None:
    """Otherwise nobody would look at the fifth."""
    four = [risky(day, "legal") for day in (2, 3, 4, 5)]
    known = kept(of_comments(*four)["alert_id"].iloc[0], kind="verbatim")
    assert of_comments(*four, known=known)["state"].tolist() == ["ongoing"]
    assert of_comments(*four, risky(1, "legal"), known=known)["state"].tolist() == ["new"]


def test_comments_about_leaving_are_new_once_a_week() -> None:
    """NOW is a Monday: what was said a day before is of the week before."""
    known = kept(of_comments(risky(1, "churn"))["alert_id"].iloc[0], kind="verbatim")
    assert of_comments(risky(1, "churn"), risky(2, "churn"), known=known)["state"].tolist() == ["ongoing"]
    assert of_comments(risky(0, "churn"), risky(1, "churn"), known=known)["state"].tolist() == ["new"]


def test_comments_neither_take_the_budget_of_issues_nor_are_stopped_by_it() -> None:
    """A danger is no matter of a budget; three of each grave kind and one of the others is the most."""
    config = Config(issues=Issues(alarm_budget_per_week=1.0))
    said = [risky(day, "legal", "safety", "churn", "urgency") for day in range(3)]
    found = alerts([issue(1), issue(2)], comments=said, config=config)
    assert found["kind"].value_counts().to_dict() == {"verbatim": 8, "issue": 1}


@pytest.mark.parametrize(("least", "kinds"), [(0.85, ["safety"]), (0.7, ["safety", "legal"]), (1.0, [])])
def test_the_severity_of_the_settings_holds_for_comments_too(least: float, kinds: list[str]) -> None:
    """Safety before legal steps."""
    said = [risky(1, "legal", "safety", "churn")]
    found = of_comments(*said, config=Config(alerts=Alerts(severity=least)))
    assert [message.split(":")[0] for message in found["message"]] == kinds


def test_a_comment_without_content_or_outside_the_observed_time_is_no_alert() -> None:
    """A stray date is not now, and nobody read what has no content."""
    assert of_comments(risky(1, "legal", status="boilerplate")).empty
    assert of_comments(risky(-900, "legal", period=-1)).empty

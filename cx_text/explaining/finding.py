"""An issue or an agent: each figure of its rows with what it was counted from, and the comments behind."""

from __future__ import annotations

from cx_text.counting import TONE, accountable
from cx_text.events import BEHAVIOUR, OVERALL, events_of, evidence
from cx_text.explaining.pressing import LEAST_SHOWN
from cx_text.explaining.source import Facts, Source, facts_of, figure, row_of, unknown
from cx_text.judging import GUARD, smallest_group
from cx_text.people import CASES
from cx_text.reports.wording import chance, day, decimal, expected, percent, plural, times
from cx_text.stages.issues import PAST
from cx_text.stages.turns import NEGATIVE

AGAINST = {
    "emerging": "the periods before",
    "spike": "the other periods",
    "fading": "the periods before",
    "returned": "the quiet gap before",
    "seasonal": "the other days",
    "chronic": "the periods before the last ones",
}
"""What the rate of an issue is compared with, by its status; a chronic one of a scope with the others."""

STATES = ("strong_evidence", "worth_a_look", "consistent", "insufficient")


def explain_issue(source: Source, issue_id: str) -> Facts:
    """Return where an issue and its numbers come from, as JSON knows it.

    Raises:
        UsageError: E_UNKNOWN, the last report tells no such issue; the nearest is named.
    """
    issues = source.findings.issues
    row = row_of(issues, issue_id=issue_id)
    if row is None:
        unknown("issue", issue_id, issues["issue_id"], "see issues.csv of the last report")
    return {
        "kind": "issue",
        **row,
        "run_id": source.run_id,
        "figures": _issue_figures(row, source),
        "examples": source.quotes(row["evidence"], {row["theme_id"]}),
    }


def _issue_figures(row: Facts, source: Source) -> list[Facts]:
    """Return the figures of a row of table ISSUES; formulas as in `find_issues`."""
    return [*_counted(row, source), _rate(row), _rate_ratio(row), *_weighed(row, source)]


def _counted(row: Facts, source: Source) -> list[Facts]:
    """Return how many comments, customers and periods an issue has."""
    settings = source.config.issues
    unit = "weeks" if source.heard.period_days == 7 else "days"
    return [
        figure(
            "count",
            row["count"],
            f"comments with a mention of the theme that feels {NEGATIVE} or worse, in the issue's periods",
            f"{plural(row['count'], 'comment')} that feel {decimal(NEGATIVE, 2)} or worse about it; an issue "
            f"needs {settings.minimum}.",
            minimum=settings.minimum,
        ),
        figure(
            "customers",
            row["customers"],
            "different customers among them; those without an id count by text",
            f"{plural(row['customers'], 'customer')} said so; an issue needs {settings.customers}.",
            minimum=settings.customers,
        ),
        figure(
            "periods",
            row["periods_present"],
            "periods with such a comment / periods with any comment",
            f"present in {row['periods_present']} of {row['periods_observed']} {unit}, from "
            f"{day(row['first_seen'])} to {day(row['last_seen'])}.",
            present=row["periods_present"],
            observed=row["periods_observed"],
            period_days=source.heard.period_days,
        ),
    ]


def _rate(row: Facts) -> Facts:
    """Return how frequent an issue is."""
    n = round(row["count"] / row["rate"])
    return figure(
        "rate",
        row["rate"],
        "count / comments with something to say in these periods and this scope",
        f"{percent(row['rate'])} = {row['count']:,} of {n:,} comments with something to say.",
        count=row["count"],
        n=n,
    )


def _rate_ratio(row: Facts) -> Facts:
    """Return how many times as frequent as usual an issue is."""
    against = AGAINST[row["status"]]
    if row["status"] == "chronic" and row["scope"] != "all":
        against = "the comments outside it"
    usual = percent(row["baseline_rate"]) or "unknown rate"
    return figure(
        "rate ratio",
        row["rate_ratio"],
        "rate of the window / baseline rate, within weekday, channel, product and team where these matter",
        f"{times(row['rate_ratio']) or 'an unknown number of'} times the {usual} of {against}; the 95 % "
        f"range is {ratios(row['low'], row['high'])}.",
        baseline_rate=row["baseline_rate"],
        low=row["low"],
        high=row["high"],
        against=against,
    )


def _weighed(row: Facts, source: Source) -> list[Facts]:
    """Return how sure an issue is, and how severe."""
    limit = source.config.issues.q
    return [
        figure(
            "q-value",
            row["q_value"],
            "Benjamini-Hochberg over all themes, scopes and tests",
            _q_in_words(row["q_value"], limit),
            limit=limit,
        ),
        figure(
            "severity",
            row["severity"],
            "0.4 x pain + 0.35 x reach + 0.25 x rise, half of it where it is over",
            f"{decimal(row['severity'], 2)} of 1 = 0.4 x pain (how bad the mentions feel) + 0.35 x reach "
            f"(root of rate / 0.25) + 0.25 x rise (log2 of the low end of the range / 3)"
            f"{', halved because it is over' if row['status'] in PAST else ''}.",
            halved=row["status"] in PAST,
        ),
    ]


def _q_in_words(q: float | None, limit: float) -> str:
    """Return a q-value in a sentence."""
    if q is None:
        return "not tested; what is there most of the time is told without a comparison in time."
    value = f"under {LEAST_SHOWN:.4f}" if q < LEAST_SHOWN else f"{q:.2g}"
    return (
        f"{value}, the share of false alarms among all told at this level (Benjamini-Hochberg over all "
        f"themes, scopes and tests); told up to {limit:g}."
    )


def ratios(low: float | None, high: float | None) -> str:
    """Return a range of ratios in words.

    >>> ratios(1.5, 3.25), ratios(None, 2)
    ('1.5 to 3.2', 'not known')
    """
    return "not known" if low is None or high is None else f"{times(low)} to {times(high)}"


def explain_agent(source: Source, agent: str) -> Facts:
    """Return where an agent's rows come from, as JSON knows it.

    Of an agent with too few verbatims nothing but their number is told.

    Raises:
        UsageError: E_UNKNOWN, no verbatim of the report's window has this agent; the nearest is named.
    """
    agents, coaching = source.findings.agents, source.findings.coaching
    rows = facts_of(agents[(agents["agent"] == agent).fillna(value=False)])
    if not rows:
        unknown("agent", agent, agents["agent"].dropna().unique(), "see agents.csv of the last report")
    judged = [row for row in rows if row["topic"] is not None]
    judged.sort(key=lambda row: (STATES.index(row["state"]), -row["probability"], row["topic"]))
    return {
        "kind": "agent",
        "agent": agent,
        "team": rows[0]["team"],
        "n": rows[0]["n"],
        "run_id": source.run_id,
        "judged": bool(judged),
        "minimum": smallest_group(source.config),
        "cases": list(CASES),
        "topics": [_topic(source, agent, row) for row in judged],
        "coaching": facts_of(coaching[(coaching["agent"] == agent).fillna(value=False)]),
    }


def _topic(source: Source, agent: str, row: Facts) -> Facts:
    """Return a row of table AGENTS with its figures, and the comments behind it."""
    evidence = _evidence(source, agent, row["topic"])
    return {
        **row,
        "figures": _agent_figures(row, source),
        "evidence": evidence,
        "examples": source.quotes(evidence, {row["topic"]}),
    }


def _evidence(source: Source, agent: str, topic: str) -> list[str]:
    """Return up to 25 ids of the agent's comments that tell a topic badly, the best to read first."""
    mine = (accountable(source.heard, "agent") == agent).to_numpy(dtype=bool)
    return evidence(source.heard, events_of(source.heard, -1), topic, mine)


def _agent_figures(row: Facts, source: Source) -> list[Facts]:
    """Return the figures of a row of table AGENTS; formulas as in `compare_agents` and `judge`."""
    return [*_fairly_counted(row), *_judged(row, source)]


def _fairly_counted(row: Facts) -> list[Facts]:
    """Return how often a topic came up, how often it would be usual, and the one by the other."""
    what = "are negative" if row["topic"] == OVERALL else f"speak badly of it (mentions at -{TONE} or worse)"
    if row["topic_kind"] == BEHAVIOUR:
        what = "tell that it was missing"
    return [
        figure(
            "count",
            row["count"],
            f"the agent's comments with something to say that {what}; none that names another agent",
            f"{row['count']:,} of {row['n']:,} comments ({percent(row['count'] / row['n'])}) {what}.",
            n=row["n"],
        ),
        figure(
            "expected",
            row["expected"],
            "sum over kinds of cases of own comments x rate of the other agents in such cases",
            f"{expected(row['expected'])} would be usual: as often as other agents have them in cases of the "
            f"same channel, contact reason and product (coarser where these are rare).",
            cases=list(CASES),
        ),
        figure(
            "O/E",
            row["oe_ratio"],
            "count / expected, with its exact 95 % interval",
            f"{times(row['oe_ratio'])} = {row['count']:,} / {expected(row['expected'])}; the 95 % range is "
            f"{ratios(row['low'], row['high'])}.",
            count=row["count"],
            expected=row["expected"],
            low=row["low"],
            high=row["high"],
        ),
    ]


def _judged(row: Facts, source: Source) -> list[Facts]:
    """Return how sure it is that the agent differs, and what is made of it."""
    settings = source.config.agents
    worse = row["direction"] == "worse"
    beyond = f"{settings.difference:g} times" if worse else f"1 / {settings.difference:g} of"
    sure = chance(row["probability"])
    return [
        figure(
            "probability",
            row["probability"],
            "posterior probability that the true O/E is beyond the difference, shrunk towards all agents",
            f"{sure} sure of truly {'more' if worse else 'less'} than {beyond} what is usual; few comments "
            f"prove little, so numbers are drawn towards what all agents show.",
            difference=settings.difference,
            direction=row["direction"],
        ),
        figure(
            "state",
            row["state"],
            "by probability; strong evidence also stands against the number of comparisons",
            f"{str(row['state']).replace('_', ' ')} (worth a look from {percent(settings.probability)} sure, "
            f"strong evidence from {percent(settings.strong)} and a false discovery rate below {GUARD:g})."
            + (" The plain average would have judged the other way." if row["reversal"] else ""),
            probability=settings.probability,
            strong=settings.strong,
            guard=GUARD,
            reversal=row["reversal"],
        ),
    ]

"""A rich result of an invented parcel shop, and an empty one: all that the reports are told from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from cx_text.config import Config
from cx_text.records import (
    AGENTS,
    ALERTS,
    CHANNELS,
    COACHING,
    CONSISTENCY,
    ISSUES,
    MENTIONS,
    NOT_TRAINING,
    REJECTED,
    SCORES,
    TEAMS,
    THEMES,
    TRENDS,
    VERBATIMS,
    Findings,
    Result,
    Scored,
)

WEEKS = [str(date(2025, 1, 6) + timedelta(weeks=week)) for week in range(26)]
CHANNEL_NAMES = ("Chat", "Email", "Phone", "Store")
TOTAL = 11_240
THEME_ROWS: Sequence[tuple[str, float, float, float, str, str]] = (
    # label, share, negative share, sentiment, attribution, trend
    ("Refund not arrived", 0.118, 0.86, -0.58, "process", "rising"),
    ("Long wait on the phone", 0.141, 0.81, -0.52, "process", "steady"),
    ("App signs me out", 0.047, 0.91, -0.61, "technology", "rising"),
    ("Had to explain it again", 0.083, 0.88, -0.55, "process", "steady"),
    ("Parcel left outside", 0.062, 0.79, -0.47, "process", "falling"),
    ("Promised call never came", 0.039, 0.93, -0.64, "agent", "steady"),
    ("Unclear invoice", 0.055, 0.66, -0.31, "process", "steady"),
    ("Rude tone", 0.021, 0.97, -0.74, "agent", "steady"),
    ("Website search finds nothing", 0.034, 0.71, -0.36, "technology", "falling"),
    ("Wrong item delivered", 0.029, 0.84, -0.49, "process", "steady"),
    ("Delivery time", 0.091, 0.41, -0.08, "process", "steady"),
    ("Return label", 0.026, 0.52, -0.17, "customer", "steady"),
    ("Friendly and patient", 0.164, 0.03, 0.71, "agent", "rising"),
    ("Solved at once", 0.097, 0.05, 0.66, "agent", "steady"),
    ("Easy to order", 0.073, 0.08, 0.54, "technology", "steady"),
)
WORDS = (
    "Four weeks and my refund is still not there.",
    "I was on hold for fifty minutes, then cut off.",
    "Since the update the app throws me out each time.",
    "Third agent, third time I told the same story.",
    "The box stood in the rain in front of my door.",
    "You promised to call me back. Nobody did.",
    "I cannot see what the second fee is for.",
    "He sighed at every question that I asked.",
    "Search shows nothing although you sell it.",
    "Ordered blue, got green, twice in a row now.",
    "Delivery was fine, a day later than announced.",
    "Printing the return label took me an hour.",
    "So patient with me, I felt well looked after.",
    "One call and everything was settled. Great!",
    "Ordering took me two minutes, very easy.",
)
QUOTES = {
    f"v{theme:02d}-{number}": text
    for theme, row in enumerate(THEME_ROWS)
    for number, text in enumerate(
        (
            WORDS[theme],
            WORDS[theme].upper(),
            f"About {row[0].lower()}: this has happened to my whole family since spring.",
            f"{row[0]}. I wrote to you about it before and hope that someone reads this at last.",
        )
    )
}


def theme_rows() -> list[dict[str, Any]]:
    """Return the rows of table THEMES."""
    rows = []
    for place, (label, share, negative, sentiment, who, trend) in enumerate(THEME_ROWS):
        half = 1.96 * math.sqrt(share * (1 - share) / TOTAL)
        impact = sentiment * share * 32
        rows.append(
            {
                "rank": place + 1,
                "rank_low": max(1, place),
                "rank_high": min(15, place + 2),
                "theme_id": f"t{place:02d}",
                "label": label,
                "keywords": label.lower().split(),
                "status": "new" if place == 2 else "active",
                "attribution": who,
                "volume": round(share * TOTAL),
                "share": share,
                "share_low": share - half,
                "share_high": share + half,
                "negative_share": negative,
                "sentiment": sentiment,
                "stability": 0.9,
                "impact_metric": "nps",
                "impact_leaveout": impact * 1.2,
                "impact_adjusted": impact,
                "impact_low": impact - 0.4,
                "impact_high": impact + 0.4,
                "effect_per_mention": sentiment * 32,
                "driver": True,
                "beside_theme_id": "t01" if place == 3 else None,
                "basis": "nps",
                "at_stake": share * negative,
                "cost": max(-sentiment * 25, 0.0),
                "loss": share * negative * max(-sentiment * 25, 0.0),
                "intensity": min(max(-2 * sentiment, 0.0), 1.0),
                "recurrence": 1.0,
                "reach": share * negative,
                "momentum": {"rising": 1.5, "falling": 0.5}.get(trend, 1.0),
                "vague": False,
                "priority": 100.0 - place,
                "trend": trend,
                "channels": ["Phone", "Chat"],
                "evidence": [f"v{place:02d}-{number}" for number in range(4)],
            }
        )
    return rows


def trend_rows() -> list[dict[str, Any]]:
    """Return the rows of table TRENDS: 26 weeks, all channels together and each alone."""
    rng = np.random.default_rng(3)
    rows = []
    for place, (_, share, _, _, _, trend) in enumerate(THEME_ROWS):
        for name, n in (("", 430), ("Phone", 180), ("Chat", 110)):
            for week, period in enumerate(WEEKS):
                slope = {"rising": 0.25 if week < 20 else 2.4, "falling": 1.6 - week / 24}.get(trend, 1.0)
                count = int(rng.binomial(n, min(share * slope, 1.0)))
                rows.append(
                    {
                        "period": period,
                        "theme_id": f"t{place:02d}",
                        "channel": name,
                        "n": n,
                        "count": count,
                        "rate": count / n,
                        "low": count / n / 2,
                        "high": count / n * 2,
                    }
                )
    return rows


def issue_rows() -> list[dict[str, Any]]:
    """Return the rows of table ISSUES, one of each status."""
    kinds = (
        (0, "chronic", "all", 0, 25, 0.101, 0.097, 1.04),
        (2, "emerging", "all", 20, 25, 0.098, 0.011, 8.9),
        (1, "chronic", "channel=Phone", 0, 25, 0.31, 0.12, 2.6),
        (5, "returned", "all", 21, 25, 0.06, 0.012, 5.0),
        (9, "spike", "product=Lamp", 11, 13, 0.14, 0.02, 7.0),
        (4, "fading", "all", 2, 24, 0.03, 0.07, 0.43),
    )
    return [
        {
            "rank": rank,
            "issue_id": f"i{rank:02d}",
            "theme_id": f"t{theme:02d}",
            "label": THEME_ROWS[theme][0],
            "status": status,
            "scope": scope,
            "first_seen": WEEKS[first],
            "last_seen": WEEKS[last],
            "periods_present": last - first + 1,
            "periods_observed": 26,
            "customers": 40 * rank,
            "count": 50 * rank,
            "rate": rate,
            "baseline_rate": before,
            "rate_ratio": ratio,
            "low": ratio * 0.8,
            "high": ratio * 1.25,
            "q_value": 0.003,
            "severity": 0.9 - rank / 10,
            "evidence": [f"v{theme:02d}-{number}" for number in range(4)],
        }
        for rank, (theme, status, scope, first, last, rate, before, ratio) in enumerate(kinds, start=1)
    ]


def channel_rows() -> list[dict[str, Any]]:
    """Return the rows of table CHANNELS: every theme in four channels, some clearly different."""
    ratios = {("Phone", 1): 2.1, ("Chat", 1): 0.4, ("Chat", 2): 1.7, ("Email", 0): 1.6, ("Store", 12): 1.5}
    rows = []
    for name, n in zip(CHANNEL_NAMES, (2_600, 2_100, 4_700, 1_840), strict=True):
        for place, row in enumerate(THEME_ROWS):
            ratio = ratios.get((name, place), 1.02)
            verdict = "consistent" if ratio == 1.02 else "above" if ratio > 1 else "below"
            rows.append(
                {
                    "channel": name,
                    "theme_id": f"t{place:02d}",
                    "label": row[0],
                    "n": n,
                    "count": round(n * row[1] * ratio),
                    "expected": n * row[1],
                    "rate": row[1] * ratio,
                    "oe_ratio": ratio,
                    "low": ratio * 0.85,
                    "high": ratio * 1.15,
                    "q_value": 0.01,
                    "verdict": "insufficient" if (name, place) == ("Store", 7) else verdict,
                }
            )
    return [*rows, {"channel": "Fax", "n": 3, "verdict": "insufficient"}]


def agent_rows() -> list[dict[str, Any]]:
    """Return the rows of table AGENTS: 30 agents, 11 of them below the minimum."""
    states = {0: "strong_evidence", 3: "worth_a_look", 8: "worth_a_look"}
    rows: list[dict[str, Any]] = []
    for number in range(30):
        agent = {"agent": f"Agent {number:02d}", "team": "North" if number % 2 else "South"}
        if number >= 19:
            rows.append({**agent, "n": number - 17, "state": "insufficient"})
            continue
        ratio = {0: 2.4, 3: 1.9, 5: 0.9, 8: 0.4}.get(number, 1.0)
        rows.append(
            {
                **agent,
                "topic": "follow_up",
                "topic_kind": "behaviour",
                "label": "Follow-up",
                "n": 90 + number,
                "count": round(8 * ratio),
                "expected": 8.0,
                "oe_ratio": ratio,
                "low": ratio * 0.6,
                "high": ratio * 1.6,
                "probability": 0.5 if number not in states else 0.98 - number / 100,
                "state": states.get(number, "consistent"),
                "direction": "better" if ratio < 1 else "worse",
                "reversal": number in {0, 5},
                "pooled_ratio": {0: 0.8, 5: 1.8}.get(number, ratio),
                "expected_after": 1 + (ratio - 1) / 2,
                "support": 0.4 if number == 3 else 0.95,
                "strata": 7,
                "left_out": 2 if number == 0 else 0,
                "attribution": "agent",
            }
        )
    return rows


def team_rows() -> list[dict[str, Any]]:
    """Return the rows of table TEAMS: one that stands out, and one too small."""
    judged = {
        "topic": "clarity",
        "topic_kind": "behaviour",
        "label": "clarity missing",
        "n": 1_400,
        "count": 44,
    }
    odds = {"expected": 27.5, "oe_ratio": 1.6, "low": 1.2, "high": 2.2, "state": "worth_a_look"}
    more = {"direction": "worse", "reversal": False, "pooled_ratio": 1.7, "support": 0.9, "left_out": 0}
    return [{"team": "North", **judged, **odds, **more}, {"team": "Tiny", "n": 4, "state": "insufficient"}]


def coaching_rows() -> list[dict[str, Any]]:
    """Return the rows of table COACHING: one of each scope, and one to celebrate."""
    kinds = (
        ("individual", "Agent 00", "South", "follow_up", "follow up missing", "coach", 19, 8.0, 90),
        ("team", None, "North", "clarity", "clarity missing", "coach", 44, 27.5, 1_400),
        ("individual", "Agent 08", "South", "empathy", "empathy shown", "celebrate", 31, 14.2, 98),
        ("individual", "Agent 03", "North", "t07", "Rude tone", "coach", 9, 4.8, 93),
        ("everyone", None, None, "ownership", "ownership missing", "coach", 410, None, 11_240),
    )
    return [
        {
            "rank": rank,
            "scope": scope,
            "agent": agent,
            "team": team,
            "topic": topic,
            "topic_kind": "theme" if topic == "t07" else "behaviour",
            "label": label,
            "direction": direction,
            "n": n,
            "count": count,
            "evidence": ["v05-0", "v05-2", "v05-3"],
            "good_evidence": ["v12-0", "v13-0"] if direction == "coach" else [],
            "related": ["t05", "resolution"] if agent == "Agent 00" else [],
            **(coaching_odds(count / expected, rank) if expected else {}),
            "expected": expected,
        }
        for rank, (scope, agent, team, topic, label, direction, count, expected, n) in enumerate(
            kinds, start=1
        )
    ]


def coaching_odds(ratio: float, rank: int) -> dict[str, Any]:
    """Return how sure a row of COACHING is."""
    return {
        "oe_ratio": ratio,
        "low": ratio * 0.6,
        "high": ratio * 1.6,
        "probability": 0.99 - rank / 50,
        "state": "strong_evidence" if rank == 1 else "worth_a_look",
        "expected_after": 1 + (ratio - 1) / 2,
        "support": 0.4 if rank == 4 else 0.95,
    }


def consistency_rows() -> list[dict[str, Any]]:
    """Return the rows of table CONSISTENCY: all channels, two of them, and two themes that part them."""
    odds = {"index": 0.83, "low": 0.79, "high": 0.87, "p_value": 0.002}
    return [
        {"scope": "all", "n": 10_900, "support": 0.97, **odds},
        {"scope": "channel=Phone", "label": "Phone", "n": 2_600, "support": 0.99, **odds},
        {"scope": "channel=Store", "label": "Store", "n": 900, "support": 0.49, **odds},
        {"scope": "channel=Fax", "label": "Fax", "n": 3, "support": 0.9},
        {"scope": "theme=t01", "label": "Long wait on the phone", "contribution": 0.61, "above": ["Phone"]},
        {"scope": "theme=t12", "label": "Friendly and patient", "contribution": 0.12, "above": ["Store"]},
    ]


def not_training_rows() -> list[dict[str, Any]]:
    """Return the rows of table NOT_TRAINING: one of a process."""
    counted = {"n": 11_240, "count": 1_140, "share": 0.1014, "low": 0.096, "high": 0.107}
    who = {"attribution": "process", "acts": "who owns the process", "evidence": ["v00-0", "v00-2"]}
    return [{"topic": "t00", "topic_kind": "theme", "label": THEME_ROWS[0][0], **counted, **who}]


def score_rows() -> list[dict[str, Any]]:
    """Return the rows of table SCORES: two scores by week, and one in a channel."""
    weekly = [
        {"metric": metric, "scope": "all", "period": week, "value": value, "n": 200}
        for place, week in enumerate(WEEKS)
        for metric, value in (
            ("nps", 24 - place / 2 + 3 * math.sin(place)),
            ("csat", 0.71 - place / 400 + math.cos(place) / 90),
        )
    ]
    return [*weekly, {"metric": "nps", "scope": "channel=Phone", "period": "all", "value": 3.0, "n": 900}]


def record() -> dict[str, Any]:
    """Return the content of run.json."""
    return {
        "run_id": "2025-07-06T030000-ab12",
        "version": "0.1.0",
        "inputs": [{"file": "/exports/june.csv", "rows": 2_480}],
        "columns": {"june.csv": {"verbatim": "Customer Remarks", "agent": "Agent_name"}},
        "ledger": {"read": 2_480, "accepted": 2_391, "quarantined": 12, "duplicate": 77, "updated": 4},
        "coverage": {
            "themed": 1_902,
            "unthemed": 301,
            "non_answer": 120,
            "boilerplate": 45,
            "other_language": 23,
        },
        "timings": {"score": 1.25},
        "models": {"minilm": "minilm-1", "static": "static-1"},
        "schema_version": 1,
        "seed": 7,
        "scope": "run",
        "config_sha256": Config().sha256,
        "metrics": {"nps": {"value": 14.2, "low": float("nan"), "high": None, "n": np.int64(7_204)}},
        "warnings": ["nps: 12 values off the scale 0 to 10 became unknown; set [scores.nps] scale"],
    }


@pytest.fixture(scope="session")
def rich() -> Result:
    """Return a result with 15 themes, 6 issues, 4 channels, 30 agents and 26 weeks."""
    moments = [f"2025-06-{3 + place % 20:02d}T10:00:00Z" for place in range(len(QUOTES))]
    verbatims = VERBATIMS.frame(
        {
            "verbatim_id": list(QUOTES),
            "created_at": moments,
            "channel": ["Phone", "Chat", "Fax"] * (len(QUOTES) // 3),
            "text": list(QUOTES.values()),
            "status": ["themed"] * len(QUOTES),
            "sentiment": [-0.5] * len(QUOTES),
            "theme_ids": [["t00", "t01"]] * len(QUOTES),
            "conflict": [None, True] * (len(QUOTES) // 2),
            "attr_region": ["West", None] * (len(QUOTES) // 2),
        }
    )
    mentions = MENTIONS.frame(
        [{"verbatim_id": "v00-0", "start": 0, "end": 12, "theme_id": "t00", "sentiment": -0.6}]
    )
    findings = Findings(
        themes=THEMES.frame(theme_rows()),
        issues=ISSUES.frame(issue_rows()),
        channels=CHANNELS.frame(channel_rows()),
        agents=AGENTS.frame(agent_rows()),
        coaching=COACHING.frame(coaching_rows()),
        teams=TEAMS.frame(team_rows()),
        consistency=CONSISTENCY.frame(consistency_rows()),
        not_training=NOT_TRAINING.frame(not_training_rows()),
        alerts=ALERTS.frame(
            [
                {
                    "alert_id": "a1",
                    "created_at": "2025-07-06T00:00:00Z",
                    "kind": "issue",
                    "state": "new",
                    "severity": 0.82,
                    "subject": "t02",
                    "message": "App signs me out: 8.9 times its earlier rate since 26 May 2025",
                    "evidence": ["v02-0"],
                },
                {
                    "alert_id": "a2",
                    "created_at": "2025-07-05T00:00:00Z",
                    "kind": "agent",
                    "state": "ongoing",
                    "severity": 0.41,
                    "subject": "Agent 00",
                    "message": "Agent 00: follow-up is missed more often than the mix of cases explains",
                },
            ]
        ),
        scores=SCORES.frame(score_rows()),
        trends=TRENDS.frame(trend_rows()),
        metrics={
            "csat": {"value": 0.662, "low": 0.651, "high": 0.673, "n": 7_011},
            "nps": {"value": 14.2, "low": 12.1, "high": 16.3, "n": 7_204},
            "ces": {"value": None, "low": None, "high": None, "n": 4},
            "fcr": {"value": 0.781, "low": 0.77, "high": 0.792, "n": 5_300},
            "first_response": {"value": 42.0, "low": 39.0, "high": 46.0, "n": 6_120},
        },
        coverage={
            "themed": 9_580,
            "unthemed": 1_660,
            "non_answer": 610,
            "boilerplate": 230,
            "other_language": 118,
        },
        warnings=("2 rows lie after a gap of 3 years and are ignored for trends",),
    )
    rejected = REJECTED.frame(
        [
            {
                "file": "june.csv",
                "line": 14,
                "code": "Q_RAGGED",
                "reason": "7 fields, header has 9",
                "raw": "a,b",
            }
        ]
    )
    return Result(Scored(verbatims, mentions), findings, rejected, record(), QUOTES)


@pytest.fixture(scope="session")
def nothing() -> Result:
    """Return the result of a night without a row in a new workspace."""
    tables = (THEMES, ISSUES, CHANNELS, AGENTS, COACHING, ALERTS, SCORES, TRENDS)
    frames = {table.name: table.frame() for table in tables}
    none = dict.fromkeys(("themed", "unthemed", "non_answer", "boilerplate", "other_language"), 0)
    findings = Findings(**frames, metrics={}, coverage=none)
    ledger = dict.fromkeys(("read", "accepted", "quarantined", "duplicate", "updated"), 0)
    return Result(
        Scored(VERBATIMS.frame(), MENTIONS.frame()),
        findings,
        REJECTED.frame(),
        {"run_id": "r1", "ledger": ledger, "coverage": none, "inputs": [], "warnings": []},
    )

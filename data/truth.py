"""What is true of an export of Norvane: themes and planted effects, counted from its rows."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from math import fsum
from typing import Any

from world import PLANTED, THEMES, WORLD, Row

SUBSTANTIVE = ("comment", "short")
Test = Callable[[Row], bool]


def truth_of(rows: Sequence[Row]) -> dict[str, Any]:
    """Return all that is known of `rows`; rates are shares of rows that say something."""
    said = [row for row in rows if row.kind in SUBSTANTIVE]
    return {
        "rows": len(rows),
        "substantive": len(said),
        "customers": len({row.customer.number for row in rows}),
        "first_week": monday(0),
        "last_week": monday(WORLD["weeks"] - 1),
        "kinds": tally(row.kind for row in rows),
        "languages": tally(row.language for row in rows),
        "private": tally(row.private for row in rows),
        "themes": [theme(said, name) for name in THEMES],
        "tilts": WORLD["tilts"],
        "planted": planted(said),
    }


def tally(values: Any) -> dict[str, int]:
    """Return how often each value that is not empty occurs, by name."""
    return dict(sorted(Counter(value for value in values if value).items()))


def monday(week: int) -> str:
    """Return the Monday of a week counted from 0."""
    return str(WORLD["first_monday"] + timedelta(weeks=week))


def theme(said: Sequence[Row], name: str) -> dict[str, Any]:
    """Return name, keywords, effects and counts of one theme."""
    spec = THEMES[name]
    count = sum(name in row.themes for row in said)
    return {
        "theme": name,
        "name": spec["name"],
        "keywords": spec["keywords"],
        "polarity": "negative" if spec["csat"] < 0 else "positive" if spec["csat"] > 0 else "neutral",
        "csat_effect": spec["csat"],
        "count": count,
        "share": round(count / len(said), 4),
    }


def contrast(said: Sequence[Row], name: str, inside: Test) -> dict[str, Any]:
    """Return how often theme `name` is said where `inside` holds, and elsewhere."""
    here = [name in row.themes for row in said if inside(row)]
    there = [name in row.themes for row in said if not inside(row)]
    rate, elsewhere = statistics.mean(here), statistics.mean(there)
    return {
        "theme": name,
        "count": sum(here),
        "n": len(here),
        "rate": round(rate, 4),
        "rate_elsewhere": round(elsewhere, 4),
        "ratio": round(rate / elsewhere, 2) if elsewhere else None,
    }


def weekly(said: Sequence[Row], name: str) -> list[int]:
    """Return how many rows of each week say theme `name`."""
    counts = Counter(row.scene.week for row in said if name in row.themes)
    return [counts[week] for week in range(WORLD["weeks"])]


def planted(said: Sequence[Row]) -> dict[str, Any]:
    """Return every planted effect with the numbers that came out."""
    return over_time(said) | by_group(said) | {"bystander": bystander(said), "trap": trap(said)}


def over_time(said: Sequence[Row]) -> dict[str, Any]:
    """Return what happens in some weeks only."""
    start, fading, chronic = PLANTED["emerging"]["from"], PLANTED["fading"], PLANTED["chronic"]
    outage, double = PLANTED["outage"], PLANTED["double_week"]
    days = [str(WORLD["first_monday"] + timedelta(weeks=outage["week"], days=day)) for day in outage["days"]]
    volumes = Counter(row.scene.week for row in said)
    usual = statistics.median(n for week, n in volumes.items() if week not in (double, outage["week"]))
    return {
        "emerging": contrast(said, "code", lambda row: row.scene.week >= start)
        | {"from": monday(start), "weekly": weekly(said, "code")},
        "chronic": contrast(said, "wait", lambda row: row.scene.channel == chronic["channel"])
        | {"channel": chronic["channel"], "weekly": weekly(said, "wait")},
        "fading": contrast(said, "late", lambda row: row.scene.week < fading["high_until"])
        | {"until": monday(fading["high_until"]), "weekly": weekly(said, "late")},
        "spike": contrast(said, outage["theme"], lambda row: str(row.when.date()) in days)
        | {"days": days, "weekly": weekly(said, outage["theme"])},
        "volume_only": {"week": monday(double), "rows": volumes[double], "usual_rows": usual, "issue": False},
    }


def by_group(said: Sequence[Row]) -> dict[str, Any]:
    """Return what holds for one agent, team or channel only."""
    coached, praised, team, channel = (PLANTED[key] for key in ("coached", "praised", "team", "channel"))
    members = sorted({row.agent for row in said if row.scene.team == team["team"] and row.agent})

    def of(agent: str) -> Test:
        """Return the test for rows of `agent` as exported."""
        return lambda row: row.agent == agent

    return {
        "coach": {
            "agent": coached["agent"],
            "topics": [contrast(said, name, of(coached["agent"])) for name in coached["themes"]],
        },
        "celebrate": {"agent": praised["agent"]} | contrast(said, praised["theme"], of(praised["agent"])),
        "team": {"team": team["team"]}
        | contrast(said, team["theme"], lambda row: bool(row.agent) and row.scene.team == team["team"])
        | {"agents": [{"agent": name} | contrast(said, team["theme"], of(name)) for name in members]},
        "channel": {"channel": channel["channel"]}
        | contrast(said, channel["theme"], lambda row: row.scene.channel == channel["channel"]),
    }


def bystander(said: Sequence[Row]) -> dict[str, Any]:
    """Return the theme that does no harm but keeps bad company."""
    name, bad = PLANTED["bystander"]["theme"], PLANTED["bystander"]["beside"]
    rows = [row for row in said if name in row.themes]
    others = [row for row in said if name not in row.themes]
    return {
        "theme": name,
        "count": len(rows),
        "beside": bad,
        "beside_share": round(statistics.mean(any(t in row.themes for t in bad) for row in rows), 4),
        "csat_effect": THEMES[name]["csat"],
        "csat_mean": csat(rows),
        "csat_mean_elsewhere": csat(others),
    }


def csat(rows: Sequence[Row]) -> float:
    """Return the mean CSAT of those who gave one."""
    return round(statistics.mean(int(row.csat) for row in rows if row.csat), 3)


def trap(said: Sequence[Row]) -> dict[str, Any]:
    """Return the agent who looks bad pooled and is good given channel and contact reason."""
    agent, name = PLANTED["trap"]["agent"], PLANTED["trap"]["theme"]
    mine = [row for row in said if row.agent == agent]
    peers: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in said:
        if row.agent != agent:
            peers[row.scene.channel, row.reason].append(row)
    mix = Counter((row.scene.channel, row.reason) for row in mine)
    expected = fsum(n * statistics.mean(name in row.themes for row in peers[key]) for key, n in mix.items())
    expected_csat = fsum(n * csat(peers[key]) for key, n in mix.items()) / len(mine)
    pooled = contrast(said, name, lambda row: row.agent == agent)
    return (
        {"agent": agent}
        | pooled
        | {
            "expected_given_mix": round(expected, 2),
            "ratio_given_mix": round(pooled["count"] / expected, 2),
            "csat_mean": csat(mine),
            "csat_mean_elsewhere": csat([row for row in said if row.agent != agent]),
            "csat_expected_given_mix": round(expected_csat, 3),
        }
    )

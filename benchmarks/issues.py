"""How often planted courses of complaints are found, with which delay, and how often chance alone is told.

``python benchmarks/issues.py [--tables chance,planted,delay,nights,intervals] [--seeds 50] [--workers 1]``
needs no data: counts are drawn (`courses.py`), no text is read. README.md says what the tables hold.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import joblib
import numpy as np
import pandas as pd
from courses import Course, Plant

from cx_text.config import Config, Issues
from cx_text.records import ALERT_HISTORY, COACHING, Collection
from cx_text.stages.alerts import raise_alerts
from cx_text.stages.issues import find_issues
from cx_text.stages.rates import dispersion_of, ratio_of_rates

ALARMS = ("emerging", "returned", "spike")

CHANCE: Mapping[str, Course] = {
    "14 days": Course(14, 1, 250),
    "28 days": Course(28, 1),
    "28 days, rates vary by .3": Course(28, 1, spread=0.3),
    "28 days, rates vary by .6": Course(28, 1, spread=0.6),
    "28 days, 3 x the volume at the end": Course(28, 1, surge=(25, 28)),
    "28 days, a channel joins on the 26th": Course(28, 1, joins=25),
    "26 weeks": Course(182, 7, 100),
    "26 weeks and 3 days": Course(185, 7, 100),
    "26 weeks, rates vary by .3": Course(182, 7, 100, spread=0.3),
    "26 weeks, rates vary by .6": Course(182, 7, 100, spread=0.6),
    "26 weeks, 3 x the volume in 2 of them": Course(182, 7, 100, surge=(161, 175)),
    "26 weeks, a channel joins in the 24th": Course(182, 7, 100, joins=161),
    "53 weeks, rates vary by .3": Course(371, 7, 100, spread=0.3),
}

TRUTH = {
    0: ("emerging", "channel=chat"),
    1: ("emerging", "all"),
    2: ("spike", "all"),
    3: ("fading", "all"),
    4: ("chronic", "all"),
    5: ("seasonal", "all"),
    6: ("emerging", "product=gold"),
    7: ("returned", "all"),
}
"""Class and scope of the planted themes."""


def plants(days: int, unit: int) -> tuple[Plant, ...]:
    """Return what is planted in so many days; times are counted in units of `unit` days from the end."""
    late = days - 4 * unit
    return (
        Plant(0, 0.08, days - 3 * unit, where={"channel": "chat"}),
        Plant(1, 0.03, days - 3 * unit),
        Plant(2, 0.06, 8 * unit, 9 * unit, otherwise=0.003),
        Plant(3, 0.01, days // 2, otherwise=0.05),
        Plant(4, 0.04),
        Plant(5, 0.05, otherwise=0.012, weekday=0),
        Plant(6, 0.08, late, otherwise=0.002, where={"product": "gold"}),
        Plant(7, 0.0, days // 3, late, otherwise=0.04),
    )


PLANTED: Mapping[str, Course] = {
    "28 days": Course(28, 1, plants=plants(28, 1)),
    "28 days, rates vary by .3": Course(28, 1, spread=0.3, plants=plants(28, 1)),
    "26 weeks": Course(182, 7, 100, plants=plants(182, 7)),
    "26 weeks, rates vary by .3": Course(182, 7, 100, spread=0.3, plants=plants(182, 7)),
    "52 weeks": Course(364, 7, 100, plants=plants(364, 7)),
}

Run = Callable[[Callable[[Course, int], Any], Course], list[Any]]
"""What returns the outcome of a trial on a course for each seed."""

BEGINS = {
    "200 a day, history of 28 days": Course(28, 1, 200),
    "300 a day, history of 28 days": Course(28, 1, 300),
    "400 a day, history of 28 days": Course(28, 1, 400),
    "300 a day, history of 26 weeks": Course(182, 7, 300),
}
"""Histories after which a theme begins."""


def issues_of(collection: Collection) -> pd.DataFrame:
    """Return the issues with the default settings."""
    return find_issues(collection, Issues())


def chance(course: Course, seed: int) -> Counter[str]:
    """Return how many issues of change are told where there is none, by class."""
    return Counter(issues_of(course.collection(seed))["status"])


def planted(course: Course, seed: int) -> tuple[set[int], Counter[str], list[str]]:
    """Return which planted themes are found as they are, how many changes are told, and the wrong ones."""
    found = issues_of(course.collection(seed))
    theme = found["theme_id"].str[1:].astype(int)
    told = set(zip(theme, found["status"], found["scope"], strict=True))
    right = {number for number, (status, scope) in TRUTH.items() if (number, status, scope) in told}
    changes = [one for one in told if one[1] != "chronic"]
    wrong = [f"{one[0]} {one[1]} {one[2]}" for one in sorted(changes) if TRUTH.get(one[0]) != one[1:]]
    return right, Counter(one[1] for one in changes), wrong


def delay(history: Course, seed: int) -> float:
    """Return on which day after its begin a theme that goes from 0 to 3 % is first told as emerging."""
    start = history.days + seed % 7
    course = replace(history, days=start + 7, plants=[Plant(0, 0.03, start)])
    for day in range(1, 8):
        found = issues_of(course.collection(seed, start + day))
        if ((found["theme_id"] == "T0000") & (found["status"] == "emerging")).any():
            return day
    return np.inf


def nights(course: Course, seed: int) -> tuple[int, int, int]:
    """Return new alerts of issues after half of the time, most of them in 7 days, and weeks of nights."""
    known: dict[str, dict[str, object]] = {}
    first = course.days // 2
    for day in range(first, course.days + 1):
        collection = course.collection(seed, day)
        alerts = raise_alerts(
            collection,
            issues_of(collection),
            COACHING.frame(),
            [],
            ALERT_HISTORY.frame(list(known.values())),
            Config(),
        )
        for row in alerts.to_dict("records"):
            known[row["alert_id"]] = {
                **{name: row[name] for name in ("alert_id", "kind", "created_at")},
                "last": collection.now,
            }
    times = sorted(row["created_at"] for row in known.values())
    most = max(
        (sum(0 <= (other - one).total_seconds() < 7 * 86400 for other in times) for one in times), default=0
    )
    return len(times), most, (course.days - first) // 7


def covered(mean: float, spread: float, seeds: int) -> float:
    """Return how often the 95 % interval of a ratio of rates holds the true one (2), 6 periods against 20."""
    rng = np.random.default_rng(7)
    n = np.full(26, 100.0)
    inside = np.broadcast_to(np.arange(26) >= 20, (seeds, 26))
    level = mean * np.where(inside, 2.0, 1.0)
    wild = rng.gamma(1 / spread**2, spread**2, level.shape) if spread else np.ones(level.shape)
    y = rng.poisson(level * wild)
    counts = [
        np.where(flags, part, 0).sum(axis=1)
        for flags in (inside, ~inside)
        for part in (y, np.broadcast_to(n, y.shape))
    ]
    _, low, high = ratio_of_rates(*counts, dispersion_of(y, n, inside))
    return float(((low <= 2) & (high >= 2)).mean())


def table_of_chance(run: Run, seeds: int) -> None:
    """Print what is told of nothing."""
    print("\n## chance: issues told a run where nothing changes\n")
    for name, course in CHANCE.items():
        told = run(chance, course)
        total = sum(told, Counter())
        alarms = sum(any(one[kind] for kind in ALARMS) for one in told)
        rest = ", ".join(f"{kind} {total[kind] / seeds:.2f}" for kind in (*ALARMS, "fading", "seasonal"))
        print(f"{name:40s} runs with an alarm {alarms / seeds:.2f}; a run: {rest}", flush=True)


def table_of_planted(run: Run, seeds: int) -> None:
    """Print what is found of what is there."""
    print("\n## planted: recall by class and scope, precision of all changes told\n")
    for name, course in PLANTED.items():
        told = run(planted, course)
        recall = {
            f"{status} {scope}": sum(number in one[0] for one in told) / seeds
            for number, (status, scope) in TRUTH.items()
        }
        wrong = Counter(text for one in told for text in one[2])
        changes = sum(sum(one[1].values()) for one in told)
        print(f"{name}: precision {1 - wrong.total() / max(changes, 1):.2f} of {changes}")
        print("   " + ", ".join(f"{kind} {share:.2f}" for kind, share in recall.items()))
        print(
            "   wrong: " + ", ".join(f"{text} ({count})" for text, count in wrong.most_common(8)), flush=True
        )


def table_of_delay(run: Run, seeds: int) -> None:
    """Print how soon a new theme is told."""
    print("\n## delay: share of new themes (0 to 3 %) told on day 1, 2, 3, 4, 7 or before\n")
    for name, history in BEGINS.items():
        days = np.array(run(delay, history))
        print(
            f"{name:40s} " + ", ".join(f"{(days <= day).sum() / seeds:.2f}" for day in (1, 2, 3, 4, 7)),
            flush=True,
        )


def table_of_nights(run: Run, _: int) -> None:
    """Print how many alerts chance raises night by night."""
    print("\n## nights: new alerts of issues a week of nights where nothing changes, most in any 7 days\n")
    for name in ("28 days", "28 days, rates vary by .3", "28 days, rates vary by .6"):
        told = run(nights, CHANCE[name])
        weeks = sum(one[2] for one in told)
        new, most = sum(one[0] for one in told), max(one[1] for one in told)
        print(f"{name:40s} {new / weeks:.3f} a week, most {most}", flush=True)


def table_of_intervals(seeds: int) -> None:
    """Print how often intervals hold the truth."""
    print(
        "\n## intervals: how often the 95 % interval holds a ratio of 2, by mean count and spread of rates\n"
    )
    for spread in (0.0, 0.3, 0.6):
        told = ", ".join(f"mean {mean}: {covered(mean, spread, 40 * seeds):.3f}" for mean in (0.5, 2, 10, 50))
        print(f"varies by {spread}: {told}")


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", default="chance,planted,delay,nights,intervals")
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()

    def run(trial: Callable[[Course, int], Any], course: Course) -> list[Any]:
        """Return the outcome of a trial for each seed."""
        jobs = (joblib.delayed(trial)(course, seed) for seed in range(asked.seeds))
        return list(joblib.Parallel(n_jobs=asked.workers)(jobs))

    tables = {
        "chance": table_of_chance,
        "planted": table_of_planted,
        "delay": table_of_delay,
        "nights": table_of_nights,
    }
    for name in asked.tables.split(","):
        if name == "intervals":
            table_of_intervals(asked.seeds)
        else:
            tables[name](run, asked.seeds)


if __name__ == "__main__":
    main()

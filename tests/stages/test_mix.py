"""Mix: a channel that joins or leaves is said and is no issue; a change within channels stays one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from build_collection import collection
from numpy.testing import assert_allclose

from cx_text.records import Collection
from cx_text.stages.mix import NAMED, adjusted, arrivals, most_cautious
from cx_text.stages.rates import rates_above, ratio_of_rates
from cx_text.stages.scopes import Scope, cube_of

START = pd.Timestamp("2026-01-05")


def days(sizes: dict[str, list[int]], hits: dict[str, list[int]], column: str = "channel") -> Collection:
    """Return sizes[value][day] verbatims with a value, the first hits[value][day] with a complaint."""
    rows: list[dict[str, Any]] = []
    links: list[tuple[int, str, float]] = []
    for value, counts in sizes.items():
        for day, count in enumerate(counts):
            time = START.tz_localize("UTC") + pd.Timedelta(days=day)
            links += [(len(rows) + number, "x", -0.5) for number in range(hits[value][day])]
            rows += [{"created_at": time, "period": day // 7, "day": day, column: value or None}] * count
    return collection(rows, links, periods=2)


def strata(told: Collection, last: int = 1, scope: Scope | None = None) -> list[list[list[int]]]:
    """Return the strata of the last days against the days before."""
    cube = cube_of(told, 10)
    inside = np.arange(cube.days) >= cube.days - last
    found = adjusted(cube, scope or Scope(), cube.links, inside, ~inside)
    return [[np.asarray(part).tolist() for part in four] for four in found]


JOINED = days(
    {"chat": [50] * 13 + [40], "app": [0] * 13 + [60]},
    {"chat": [2] * 13 + [2], "app": [0] * 13 + [30]},
)
"""Chat is as ever; the app joins on the last day and complains."""


def test_rates_are_held_against_each_other_within_the_channel() -> None:
    """The first place is for verbatims without a channel, then app, then chat."""
    assert strata(JOINED) == [[[0, 30, 2], [0, 60, 40], [0, 0, 26], [0, 0, 650]]]


def test_a_channel_without_a_time_before_says_nothing() -> None:
    """Plainly, 32 of 100 against 26 of 650; within chat, 2 of 40 against those."""
    assert rates_above(32, 100, 26, 650) < 1e-9
    four = [tuple(np.array(part) for part in one) for one in strata(JOINED)]
    p, ratio, low, high = most_cautious(four, 1.0)  # type: ignore[arg-type]
    assert_allclose(p, rates_above(2, 40, 26, 650))
    assert_allclose([ratio, low, high], ratio_of_rates(2, 40, 26, 650))
    p, *_ = most_cautious(four, 1.0, lower=True)  # type: ignore[arg-type]
    assert_allclose(p, rates_above(26, 650, 2, 40))


def test_a_mix_that_is_as_before_needs_no_strata() -> None:
    """Half and half on each day; twice the volume changes nothing."""
    even = days({"chat": [20] * 13 + [40], "app": [20] * 13 + [40]}, {"chat": [1] * 14, "app": [2] * 14})
    assert strata(even) == []


def test_a_scope_is_not_adjusted_for_its_own_dimension() -> None:
    """But a team of which the channels changed is, for them."""
    assert strata(JOINED, scope=Scope("channel", 0, "channel=app")) == []
    teamed = replace(JOINED, verbatims=JOINED.verbatims.assign(team=["t", "u"] * 375))
    own = strata(teamed, scope=Scope("team", 0, "team=t"))
    assert [sum(part) for part in own[0]] == [16, 50, 13, 325]


def test_a_column_that_begins_to_be_filled_tells_no_mix() -> None:
    """Most verbatims of the time before have no channel: nothing is known about it."""
    filled = days({"": [40] * 13 + [0], "app": [0] * 13 + [40]}, {"": [1] * 14, "app": [0] * 13 + [9]})
    assert strata(filled) == []


def test_where_nothing_can_be_compared_nothing_is_told() -> None:
    """All channels are new."""
    p, ratio, low, high = most_cautious([([0, 5], [0, 10], [3, 0], [20, 0])], 1.0)
    assert p == 1
    assert np.isnan([ratio, low, high]).all()


def test_the_most_cautious_of_several_comparisons_counts() -> None:
    """The dimension that explains most."""
    clear, dull = ([9], [10], [1], [90]), ([9], [50], [1], [50])
    assert most_cautious([clear, dull], 1.0) == most_cautious([dull], 1.0)


def test_a_channel_that_joins_or_leaves_is_named_with_its_day() -> None:
    """Also when the other one stays."""
    told = days(
        {"chat": [50] * 14, "app": [0] * 10 + [20] * 4, "fax": [30] * 5 + [0] * 9},
        dict.fromkeys(("chat", "app", "fax"), [0] * 14),
    )
    said = arrivals(cube_of(told, 10), START, 14)
    assert [one.split(":")[0] for one in said] == [
        "channel=app first seen on 2026-01-15",
        "channel=fax last seen on 2026-01-09",
    ]
    assert [one.split(":")[0] for one in arrivals(cube_of(told, 10), START, 14, 8)] == [
        "channel=app first seen on 2026-01-15"
    ]


def test_a_rare_channel_that_is_away_for_a_while_does_not_stop() -> None:
    """One of 50 a day, not seen for three days: chance (0.98^150 is 5 %)."""
    told = days({"chat": [49] * 14, "fax": [1] * 11 + [0] * 3}, {"chat": [0] * 14, "fax": [0] * 14})
    assert arrivals(cube_of(told, 10), START, 14) == []


def test_days_that_are_not_over_are_not_looked_at() -> None:
    """On the first morning the app is not there yet; a channel seen only then is not named."""
    assert len(arrivals(cube_of(JOINED, 10), START, 14)) == 1
    assert arrivals(cube_of(JOINED, 10), START, 13) == []


def test_of_many_products_a_few_are_named() -> None:
    """Eight new ones on the tenth day: five by name, three by number."""
    sizes = {f"p{number}": [0] * 9 + [20] * 5 for number in range(8)} | {"old": [90] * 14}
    told = days(sizes, {name: [0] * 14 for name in sizes}, "product")
    said = arrivals(cube_of(told, 10), START, 14)
    assert len(said) == NAMED + 1
    assert said[-1] == "product: 3 more values start or stop in the data"

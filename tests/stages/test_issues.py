"""Issues: planted ones are found with their class, nothing is found where nothing is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from build_collection import collection
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from cx_text.config import Issues
from cx_text.records import ISSUES, TRENDS, Collection
from cx_text.stages.issues import find_issues, mix_warnings, theme_trends, trend_of
from cx_text.text import digest_of

SETTINGS = Issues()
CHANNELS = ("chat", "email", "phone")
WEEKS = 20


def weekly(counts: Mapping[str, Sequence[int]], n: int | Sequence[int] = 100) -> Collection:
    """Return weeks of `n` verbatims, the first counts[theme][week] of each with a complaint of the theme.

    Verbatim i of a week comes from channel (i + week) mod 3; every verbatim has a customer of its own.
    """
    weeks = len(next(iter(counts.values())))
    sizes = [n] * weeks if isinstance(n, int) else list(n)
    place = [(week, number) for week in range(weeks) for number in range(sizes[week])]
    rows = [
        {
            "created_at": pd.Timestamp("2026-01-05", tz="UTC") + pd.Timedelta(days=7 * week, minutes=number),
            "channel": CHANNELS[(number + week) % 3],
            "customer_id": f"c{week}-{number}",
            "period": week,
        }
        for week, number in place
    ]
    links = [
        (row, theme, -0.5)
        for row, (week, number) in enumerate(place)
        for theme, series in counts.items()
        if number < series[week]
    ]
    return collection(rows, links, {name: name.title() for name in counts}, weeks)


def random_weeks(
    rates: NDArray[np.float64], n: NDArray[np.int64], seed: int, channels: int = 3
) -> Collection:
    """Return weeks of n[week] verbatims with a complaint of each theme at rates[theme, week]."""
    rng = np.random.default_rng(seed)
    week = np.repeat(np.arange(len(n)), n)
    hit = rng.random((len(week), len(rates))) < rates[:, week].T
    row, theme = np.nonzero(hit)
    frame = pd.DataFrame(
        {
            "created_at": pd.Timestamp("2026-01-05", tz="UTC") + pd.to_timedelta(7 * week, unit="D"),
            "channel": np.array([f"channel {c}" for c in range(channels)])[
                rng.integers(0, channels, len(week))
            ],
            "customer_id": [f"c{number}" for number in rng.integers(0, len(week), len(week))],
            "period": week,
        }
    )
    names = pd.Series([f"t{number:03d}" for number in range(len(rates))])
    links = pd.DataFrame({"row": row, "theme_id": names.to_numpy()[theme], "sentiment": -0.5})
    return collection(frame, links, dict(zip(names, names, strict=True)), len(n))


def told(issues: pd.DataFrame) -> set[tuple[str, str, str]]:
    """Return (theme, scope, status) of each issue."""
    return set(issues[["theme_id", "scope", "status"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("series", "status"),
    [
        ([0] * 17 + [8, 9, 8], "emerging"),
        ([1] * 17 + [8, 9, 8], "emerging"),
        ([8] * 12 + [0] * 8, "fading"),
        ([8, 9, 8, 10] * 5, "chronic"),
        ([1, 0] * 5 + [12, 12] + [0, 1] * 4, "spike"),
        ([8] * 6 + [0] * 9 + [8] * 5, "returned"),
    ],
)
def test_a_planted_course_is_found_with_its_class(series: list[int], status: str) -> None:
    """One issue, told once, for all channels."""
    found = find_issues(weekly({"refund": series}), SETTINGS)
    assert told(found) == {("refund", "all", status)}


@pytest.mark.parametrize(
    "series",
    [
        pytest.param([0] * 20, id="nothing said"),
        pytest.param([0, 1, 0, 0] * 5, id="too few"),
        pytest.param([0] * 18 + [3, 4], id="fewer than eight"),
        pytest.param([0, 0, 0, 2, 0] * 4, id="now and then"),
    ],
)
def test_what_is_rare_is_no_issue(series: list[int]) -> None:
    """Neither often nor in most weeks."""
    assert find_issues(weekly({"refund": series}), SETTINGS).empty


def test_the_numbers_of_an_emerging_issue_can_be_counted_by_hand() -> None:
    """25 of the last 300 verbatims against 17 of the 1,700 before."""
    found = find_issues(weekly({"refund": [1] * 17 + [8, 9, 8]}), SETTINGS).iloc[0]
    assert found["issue_id"] == "I-" + digest_of("refund", "all")[:8]
    assert (found["rank"], found["label"]) == (1, "Refund")
    assert (found["count"], found["customers"]) == (25, 25)
    assert (found["periods_present"], found["periods_observed"]) == (3, 3)
    assert_allclose([found["rate"], found["baseline_rate"]], [25 / 300, 17 / 1700], atol=1e-6)
    assert_allclose(found["rate_ratio"], (25.5 / 300) / (17.5 / 1700), atol=1e-6)
    spread = np.exp(1.959964 * np.sqrt(1 / 25.5 + 1 / 17.5))
    assert_allclose(
        [found["low"], found["high"]], found["rate_ratio"] * np.array([1 / spread, spread]), rtol=1e-5
    )
    assert found["q_value"] < 1e-6
    severity = 0.4 * 0.5 + 0.35 * np.sqrt(25 / 300 / 0.25) + 0.25 * np.log2(found["low"]) / 3
    assert_allclose(found["severity"], severity, atol=1e-5)
    assert found["first_seen"] == pd.Timestamp("2026-05-04", tz="UTC")
    assert found["last_seen"] == pd.Timestamp("2026-05-18 00:07", tz="UTC")


def test_a_chronic_issue_has_no_q_value_but_a_present_and_a_past() -> None:
    """3 of the last 3 weeks' 27 against 155 of the 17 before; the count is of all 20."""
    found = find_issues(weekly({"refund": [9] * 20}), SETTINGS).iloc[0]
    assert (found["count"], found["periods_present"], found["periods_observed"]) == (180, 20, 20)
    assert np.isnan(found["q_value"])
    assert_allclose([found["rate"], found["baseline_rate"]], [0.09, 0.09])
    assert_allclose(found["rate_ratio"], (27.5 / 300) / (153.5 / 1700), atol=1e-6)


def test_what_is_over_is_half_as_severe() -> None:
    """A spike's severity is halved; its episode is the burst."""
    found = find_issues(weekly({"refund": [0] * 10 + [12, 12] + [0] * 8}), SETTINGS).iloc[0]
    rise = min(np.log2(found["low"]) / 3, 1)
    severity = 0.4 * 0.5 + 0.35 * np.sqrt(24 / 200 / 0.25) + 0.25 * rise
    assert found["severity"] == pytest.approx(severity / 2, abs=1e-5)
    assert found["first_seen"] == pd.Timestamp("2026-03-16", tz="UTC")
    assert found["last_seen"] == pd.Timestamp("2026-03-23 00:11", tz="UTC")


def test_twice_the_volume_is_no_issue() -> None:
    """Twice the verbatims with twice the complaints in the last weeks."""
    found = find_issues(
        weekly({"refund": [4, 5, 3, 4, 4] * 3 + [8, 9, 8, 7, 8]}, [100] * 15 + [200] * 5), SETTINGS
    )
    assert told(found) == {("refund", "all", "chronic")}


def test_praise_is_no_issue() -> None:
    """A theme with more positive than negative mentions is not chronic."""
    praised = weekly({"refund": [9] * 20})
    mood = np.where(np.arange(len(praised.links)) // 3 % 3 == 0, -0.5, 0.5)
    assert find_issues(replace(praised, links=praised.links.assign(sentiment=mood)), SETTINGS).empty


def test_a_problem_of_one_channel_is_listed_once_and_there() -> None:
    """Only chat complains, since three weeks."""
    one = weekly({"refund": [0] * 17 + [30, 30, 30]})
    mine = one.verbatims["channel"].to_numpy()[one.links["row"].to_numpy(dtype=np.int64)] == "chat"
    only = replace(one, links=one.links[mine].reset_index(drop=True))
    found = find_issues(only, SETTINGS)
    assert told(found) == {("refund", "channel=chat", "emerging")}
    assert_allclose(found["rate"], 30 / 100)


def test_a_channel_that_starts_late_is_observed_from_then() -> None:
    """Chat opens in week 10 and has the problem from its first day: chronic there, in 10 weeks."""
    one = weekly({"refund": [9] * 20})
    late = one.verbatims["channel"].mask(
        (one.verbatims["channel"] == "chat") & (one.verbatims["period"] < 10), "phone"
    )
    moved = replace(one, verbatims=one.verbatims.assign(channel=late))
    mine = late.to_numpy()[moved.links["row"].to_numpy(dtype=np.int64)] == "chat"
    found = find_issues(replace(moved, links=moved.links[mine].reset_index(drop=True)), SETTINGS)
    chat = found[(found["scope"] == "channel=chat") & (found["status"] == "chronic")].iloc[0]
    assert (chat["periods_present"], chat["periods_observed"]) == (10, 10)


def test_one_customer_who_writes_often_is_no_issue() -> None:
    """Eight mentions, one customer; without ids the distinct texts count."""
    loud = weekly({"refund": [0] * 17 + [8, 9, 8]})
    assert find_issues(replace(loud, verbatims=loud.verbatims.assign(customer_id="c")), SETTINGS).empty
    nobody = loud.verbatims.assign(customer_id=pd.Series(np.nan, index=loud.verbatims.index, dtype="str"))
    assert find_issues(replace(loud, verbatims=nobody), SETTINGS)["customers"].tolist() == [25]
    assert find_issues(replace(loud, verbatims=nobody.assign(text_key="same")), SETTINGS).empty


def test_evidence_is_sure_first_and_each_text_once() -> None:
    """Highest confidence, then most negative; a repeated text is shown once; at most 25."""
    one = weekly({"refund": [0] * 17 + [10, 10, 10]})
    links = one.links.assign(confidence=0.5, sentiment=-0.5)
    links.loc[7, "confidence"] = 0.9
    links.loc[3, "sentiment"] = -0.9
    key = one.verbatims["text_key"].copy()
    key[links["row"].to_numpy(dtype=np.int64)[:2]] = "same"
    found = find_issues(replace(one, links=links, verbatims=one.verbatims.assign(text_key=key)), SETTINGS)
    evidence = found["evidence"].iloc[0]
    ids = one.verbatims["verbatim_id"].to_numpy()[links["row"].to_numpy(dtype=np.int64)]
    assert evidence[:3] == [ids[7], ids[3], ids[0]]
    assert ids[1] not in evidence
    assert len(evidence) == 25


def test_a_partial_last_period_is_not_judged() -> None:
    """A few complaints on the first morning of a week are no rise yet."""
    one = weekly({"refund": [1] * 19 + [8]}, [100] * 19 + [9])
    assert told(find_issues(one, SETTINGS)) == {("refund", "all", "emerging")}
    assert told(find_issues(replace(one, last_complete=False, days=133), SETTINGS)) == {
        ("refund", "all", "chronic")
    }


def test_a_small_channel_is_neither_named_nor_can_be_told_by_subtraction() -> None:
    """Fax with 5 verbatims is withheld, and phone with it, the next smallest."""
    one = weekly({"refund": [9] * 20})
    channel = one.verbatims["channel"].where(one.verbatims["channel"] != "email", "chat")
    channel.iloc[:5] = "fax"
    trends = theme_trends(replace(one, verbatims=one.verbatims.assign(channel=channel)))
    assert sorted(trends["channel"].unique()) == ["", "chat"]


@pytest.mark.parametrize("weeks", [0, 1, 3])
def test_without_time_there_are_no_issues(weeks: int) -> None:
    """The table is there, its rows are not; the trend is unknown."""
    short = weekly({"refund": [50] * max(weeks, 1)})
    short = replace(short, periods=short.periods[:weeks])
    if not weeks:
        short = replace(short, verbatims=short.verbatims.assign(period=-1))
    issues = find_issues(short, SETTINGS)
    assert issues.empty
    assert issues.columns.tolist() == list(ISSUES.columns)
    assert trend_of(short).tolist() == ["unknown"]
    assert theme_trends(short).columns.tolist() == list(TRENDS.columns)
    assert (len(theme_trends(short)) == 0) == (weeks == 0)


def test_an_empty_collection_has_no_issues() -> None:
    """No rows, no themes, no error."""
    nothing = collection([], [])
    assert find_issues(nothing, SETTINGS).empty
    assert theme_trends(nothing).empty
    assert trend_of(nothing).empty


def test_no_mention_at_all_is_no_issue() -> None:
    """Many weeks, no theme."""
    silent = weekly({"refund": [0] * 20})
    assert find_issues(silent, SETTINGS).empty
    assert trend_of(silent).to_dict() == {"refund": "unknown"}


NULLS = 20
FALSE_ALARMS = 0.2
"""Most findings of change a run, on average over 20 runs of nothing but chance."""


@pytest.mark.parametrize(("weeks", "n", "spread"), [(52, 150, 0.0), (12, 60, 0.0), (52, 150, 0.4)])
def test_chance_alone_is_hardly_ever_an_issue(weeks: int, n: int, spread: float) -> None:
    """Thirty themes with constant rates, also when these vary from week to week (by 40 %)."""
    found = 0
    for seed in range(NULLS):
        rng = np.random.default_rng(seed)
        level = rng.choice([0.002, 0.005, 0.01, 0.03, 0.1], (30, 1))
        wild = rng.gamma(1 / spread**2, spread**2, (30, weeks)) if spread else np.ones((30, weeks))
        null = random_weeks(np.minimum(level * wild, 1), rng.poisson(n, weeks), seed)
        found += int((find_issues(null, SETTINGS)["status"] != "chronic").sum())
    assert found <= FALSE_ALARMS * NULLS


def test_an_issue_is_found_in_noise_nine_times_of_ten() -> None:
    """From 1 % to 6 % in the last five of thirty weeks of 100 verbatims."""
    rates = np.full((10, 30), 0.02)
    rates[0] = 0.01
    rates[0, 25:] = 0.06
    found = [find_issues(random_weeks(rates, np.full(30, 100), seed), SETTINGS) for seed in range(10)]
    assert sum(("t000", "all", "emerging") in told(issues) for issues in found) >= 9


def test_issues_do_not_depend_on_link_or_catalogue_order() -> None:
    """The same table to the last bit."""
    one = random_weeks(np.full((5, 20), 0.1), np.full(20, 100), 3)
    shuffled = replace(
        one, links=one.links.sample(frac=1, random_state=1), catalogue=one.catalogue.iloc[::-1]
    )
    pd.testing.assert_frame_equal(
        find_issues(shuffled, SETTINGS), find_issues(one, SETTINGS), check_exact=True
    )


def test_trends_count_by_theme_channel_and_period() -> None:
    """3 complaints of 6 in week 0 (one a channel), none in week 1 of 3."""
    trends = theme_trends(weekly({"refund": [3, 0]}, [6, 3]), k=1)
    assert trends["channel"].tolist() == ["", "", "chat", "chat", "email", "email", "phone", "phone"]
    assert trends["period"].tolist() == ["2026-01-05", "2026-01-12"] * 4
    assert trends["n"].tolist() == [6, 3, 2, 1, 2, 1, 2, 1]
    assert trends["count"].tolist() == [3, 0, 1, 0, 1, 0, 1, 0]
    assert_allclose(trends["rate"], [0.5, 0] * 4)
    assert_allclose(trends.loc[0, ["low", "high"]].astype(float), [0.187616, 0.812384])


@pytest.mark.parametrize(
    ("series", "trend"),
    [
        ([2] * 10 + [6] * 10, "rising"),
        ([6] * 10 + [2] * 10, "falling"),
        ([4] * 20, "steady"),
        ([0, 40] * 10, "steady"),
        ([1] * 5 + [0] * 15, "unknown"),
    ],
)
def test_a_trend_compares_the_later_half_with_the_earlier(series: list[int], trend: str) -> None:
    """Rising, falling, steady, wild, too few."""
    assert trend_of(weekly({"refund": series})).to_dict() == {"refund": trend}


def daily(counts: Mapping[str, Sequence[int]], n: Sequence[int], **columns: Sequence[str]) -> Collection:
    """Return days from a Monday on, n[day] verbatims each, the first counts[theme][day] with a complaint.

    A column gives value (number mod its length) to verbatim `number` of a day.
    """
    rows: list[dict[str, object]] = []
    links: list[tuple[int, str, float]] = []
    for day, size in enumerate(n):
        links += [
            (len(rows) + number, theme, -0.5) for theme in counts for number in range(counts[theme][day])
        ]
        time = pd.Timestamp("2026-01-05", tz="UTC") + pd.Timedelta(days=day)
        for number in range(size):
            values = {name: given[number % len(given)] for name, given in columns.items()}
            rows.append(
                {"created_at": time, "customer_id": f"c{day}-{number}", "period": day, "day": day, **values}
            )
    told = collection(rows, links, {name: name for name in counts}, len(n))
    dates = [str(date.date()) for date in pd.date_range("2026-01-05", periods=len(n))]
    return replace(told, periods=dates, period_days=1, days=len(n))


def test_what_is_high_every_monday_is_seasonal_and_no_spike_on_a_monday() -> None:
    """The count is of Mondays, the baseline of the other days."""
    found = find_issues(daily({"wait": ([12] + [2] * 6) * 4 + [12]}, [100] * 29), SETTINGS)
    assert told(found) == {("wait", "all", "seasonal")}
    row = found.iloc[0]
    assert (row["pattern"], row["count"], row["periods_present"], row["periods_observed"]) == (
        "Monday",
        60,
        5,
        5,
    )
    assert_allclose([row["rate"], row["baseline_rate"]], [0.12, 0.02])
    assert_allclose(row["rate_ratio"], (60.5 / 500) / (48.5 / 2400), rtol=1e-6)
    assert row["since"] == "2026-01-05"


def test_a_monday_that_is_high_even_for_a_monday_is_a_spike() -> None:
    """40 where 12 are usual."""
    series = ([12] + [2] * 6) * 5
    series[14] = 60
    found = find_issues(daily({"wait": series}, [100] * 35), SETTINGS)
    assert ("wait", "all", "spike") in told(found)
    assert found.loc[found["status"] == "spike", "first_seen"].tolist() == [
        pd.Timestamp("2026-01-19", tz="UTC")
    ]


def test_a_history_by_week_is_looked_at_by_day_too() -> None:
    """Three days of the week that is not over."""
    weeks = daily({"refund": [0] * 140 + [8, 9, 8]}, [20] * 143)
    verbatims = weeks.verbatims.assign(period=weeks.verbatims["day"] // 7)
    by_week = replace(
        weeks, verbatims=verbatims, periods=weeks.periods[::7], period_days=7, last_complete=False
    )
    found = find_issues(by_week, SETTINGS)
    assert told(found) == {("refund", "all", "emerging")}
    assert (found["since"].iloc[0], found["count"].iloc[0]) == ("2026-05-25", 25)
    assert (found["periods_present"].iloc[0], found["periods_observed"].iloc[0]) == (1, 1)


def test_a_channel_that_joins_is_no_issue_and_is_said() -> None:
    """The app comes on the last three days with complaints of its own; chat stays as it was."""
    told_before = daily({"login": [1] * 25 + [31] * 3}, [40] * 25 + [100] * 3)
    number = told_before.verbatims.groupby("day").cumcount()
    app = (told_before.verbatims["day"] >= 25) & (number < 60)
    joined = replace(
        told_before, verbatims=told_before.verbatims.assign(channel=np.where(app, "app", "chat"))
    )
    assert ("login", "all", "emerging") in told(find_issues(told_before, SETTINGS))
    assert {status for _, _, status in told(find_issues(joined, SETTINGS))} <= {"chronic"}
    assert mix_warnings(joined)[0].startswith("channel=app first seen on 2026-01-30: ")
    assert mix_warnings(joined, weeks=0) == []
    assert mix_warnings(told_before) == []


def test_an_attribute_that_starts_is_no_reason_to_doubt() -> None:
    """It may follow from the issue itself, such as the name of a fault."""
    told_before = daily({"login": [1] * 25 + [31] * 3}, [40] * 25 + [100] * 3)
    fault = np.where(told_before.verbatims["day"] >= 25, "E17", "none")
    marked = replace(told_before, verbatims=told_before.verbatims.assign(attr_fault=fault))
    assert ("login", "all", "emerging") in told(find_issues(marked, SETTINGS))


@pytest.mark.parametrize("column", ["channel", "product", "team", "attr_region"])
def test_an_issue_of_one_value_is_found_whatever_the_dimension(column: str) -> None:
    """The first 12 of 60 a day complain, and each 5th is of a; a complains in the last four days only."""
    whole = daily({"login": [0] * 24 + [20] * 4}, [100] * 28, **{column: "abcde"})
    mine = whole.verbatims[column].to_numpy()[whole.links["row"].to_numpy(dtype=np.int64)] == "a"
    only = replace(whole, links=whole.links[mine].reset_index(drop=True))
    assert told(find_issues(only, SETTINGS)) == {("login", f"{column}=a", "emerging")}


def test_a_chronic_issue_is_dated_by_its_present_level() -> None:
    """From 4 to 9 in the thirteenth week; without a shift since it was first heard."""
    stepped = find_issues(weekly({"refund": [5] * 14 + [12] * 16}), SETTINGS).iloc[0]
    assert (stepped["status"], stepped["since"]) == ("chronic", "2026-04-13")
    level = find_issues(weekly({"refund": [0] + [5] * 19}), SETTINGS).iloc[0]
    assert (level["status"], level["since"]) == ("chronic", "2026-01-12")


@settings(max_examples=25)
@given(st.lists(st.integers(0, 12), min_size=12, max_size=16), st.permutations(["alpha", "beta", "gamma"]))
def test_names_of_channels_play_no_part(series: list[int], names: Sequence[str]) -> None:
    """The same issues under other names."""
    plain = daily({"login": series}, [30] * len(series), channel=["alpha", "beta", "gamma"])
    renamed = dict(zip(["alpha", "beta", "gamma"], names, strict=True))
    other = replace(
        plain, verbatims=plain.verbatims.assign(channel=plain.verbatims["channel"].map(renamed).astype("str"))
    )
    one, two = (find_issues(each, SETTINGS) for each in (plain, other))
    if not one["scope"].str.startswith("channel").any():
        columns = ["status", "scope", "count", "rate_ratio", "q_value", "severity"]
        pd.testing.assert_frame_equal(one[columns], two[columns])
    assert sorted(one["count"]) == sorted(two["count"])


def test_more_of_the_same_is_never_less_sure() -> None:
    """1, 2 and 3 times all counts and verbatims of a rise: the q-value falls."""
    q = []
    for times in (1, 2, 3):
        rise = daily({"login": [1 * times] * 10 + [4 * times] * 4}, [40 * times] * 14)
        q.append(find_issues(rise, SETTINGS)["q_value"].iloc[0])
    assert q[0] > q[1] > q[2]

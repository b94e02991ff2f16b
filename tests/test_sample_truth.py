"""What is planted in the sample is in its rows as the truth file says; nothing else is."""

from __future__ import annotations

import csv
import json
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from cx_text.shipped import sample_path

Row = dict[str, str]


def table(path: Path) -> list[Row]:
    """Return the rows of a CSV file by header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Each comment with the truth about it, as one row."""
    comments, told = table(sample_path() / "comments.csv"), table(sample_path() / "truth_rows.csv")
    return [row | truth for row, truth in zip(comments, told, strict=True)]


@pytest.fixture(scope="module")
def said(rows: list[Row]) -> list[Row]:
    """The rows that say something."""
    return [row for row in rows if row["Kind"] in ("comment", "short")]


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    """The truth file."""
    content: dict[str, Any] = json.loads((sample_path() / "truth.json").read_text(encoding="utf-8"))
    return content


def themes_of(row: Row) -> list[str]:
    """Return the planted themes of a row."""
    return [name for name in row["Themes"].split("|") if name]


def day(row: Row) -> date:
    """Return the day of a row."""
    return datetime.strptime(row["Created At"], "%Y-%m-%d %H:%M").date()  # noqa: DTZ007 - as exported


def week(row: Row) -> int:
    """Return the week of a row, counted from 0."""
    return (day(row) - date(2025, 6, 30)).days // 7


def rate(said: list[Row], theme: str, inside: Callable[[Row], bool]) -> float:
    """Return the share of the rows in `inside` that say `theme`."""
    return statistics.mean(theme in themes_of(row) for row in said if inside(row))


def assert_counted(said: list[Row], told: dict[str, Any], inside: Callable[[Row], bool]) -> None:
    """Count again what the truth says of a theme inside and elsewhere."""
    here = [told["theme"] in themes_of(row) for row in said if inside(row)]
    assert (sum(here), len(here)) == (told["count"], told["n"])
    assert told["rate"] == pytest.approx(statistics.mean(here), abs=1e-4)
    assert told["rate_elsewhere"] == pytest.approx(
        rate(said, told["theme"], lambda row: not inside(row)), abs=1e-4
    )


# --- planted as the truth says -------------------------------------------------------------------


def test_the_totals_of_the_truth_are_those_of_the_rows(
    rows: list[Row], said: list[Row], truth: dict[str, Any]
) -> None:
    """Rows, kinds, customers and every theme's count and share."""
    assert (truth["rows"], truth["substantive"]) == (len(rows), len(said))
    assert truth["kinds"] == Counter(row["Kind"] for row in rows)
    assert truth["customers"] == len({row["Customer ID"] for row in rows})
    counts = Counter(name for row in rows for name in themes_of(row))
    assert {theme["theme"]: theme["count"] for theme in truth["themes"]} == counts
    assert len(counts) == 25
    for theme in truth["themes"]:
        assert theme["share"] == pytest.approx(theme["count"] / len(said), abs=1e-4)


def test_what_is_said_follows_the_theme_into_the_score(said: list[Row], truth: dict[str, Any]) -> None:
    """Mean CSAT falls with a theme's effect, from praise down to the worst complaint."""
    effects = {theme["theme"]: theme["csat_effect"] for theme in truth["themes"]}

    def mean(name: str) -> float:
        return statistics.mean(int(r["CSAT Score"]) for r in said if r["Themes"] == name and r["CSAT Score"])

    alone = {name: mean(name) for name in effects if name != "router"}
    assert all(alone[name] > 3.6 for name, effect in effects.items() if effect > 0)
    assert all(alone[name] < 3.2 for name, effect in effects.items() if effect < 0)
    assert alone["rude"] < alone["fee"] < alone["value"]


def test_login_codes_emerge_four_weeks_before_the_end(said: list[Row], truth: dict[str, Any]) -> None:
    """Never before, then more each week."""
    told = truth["planted"]["emerging"]
    assert_counted(said, told, lambda row: week(row) >= 22)
    assert sum(told["weekly"][:22]) == 0
    assert told["weekly"][22:] == sorted(told["weekly"][22:])
    assert told["from"] == "2025-12-01"
    assert told["count"] >= 60


def test_waiting_on_hold_is_there_in_every_week_and_mostly_on_the_phone(
    said: list[Row], truth: dict[str, Any]
) -> None:
    """Chronic."""
    told = truth["planted"]["chronic"]
    assert_counted(said, told, lambda row: row["Channel"] == "Phone")
    assert min(told["weekly"]) >= 8
    assert told["ratio"] > 3


def test_late_deliveries_fade_after_ten_weeks(said: list[Row], truth: dict[str, Any]) -> None:
    """To a tenth or less."""
    told = truth["planted"]["fading"]
    assert_counted(said, told, lambda row: week(row) < 10)
    assert statistics.mean(told["weekly"][15:]) < statistics.mean(told["weekly"][:10]) / 8


def test_the_outage_lasts_two_days_in_the_middle(said: list[Row], truth: dict[str, Any]) -> None:
    """And is over."""
    told = truth["planted"]["spike"]
    assert told["days"] == ["2025-09-24", "2025-09-25"]
    assert_counted(said, told, lambda row: str(day(row)) in told["days"])
    assert told["ratio"] > 5
    assert max(told["weekly"][:12] + told["weekly"][13:]) < told["weekly"][12] / 3


def test_one_week_has_twice_the_volume_and_the_usual_mix(said: list[Row], truth: dict[str, Any]) -> None:
    """No theme's share there is far off that of its neighbours; it is no issue."""
    told = truth["planted"]["volume_only"]
    assert told["rows"] == sum(week(row) == 17 for row in said)
    assert told["rows"] / told["usual_rows"] > 1.7
    assert told["issue"] is False
    for theme in (t["theme"] for t in truth["themes"] if t["share"] > 0.03):
        inside = rate(said, theme, lambda row: week(row) == 17)
        around = rate(said, theme, lambda row: week(row) in (15, 16, 18, 19))
        spread = (around * (1 - around) * (1 / told["rows"] + 1 / (4 * told["usual_rows"]))) ** 0.5
        assert abs(inside - around) < 3.5 * max(spread, 0.005), theme


def test_one_agent_needs_coaching_in_calling_back(said: list[Row], truth: dict[str, Any]) -> None:
    """Several times the others, on 30 to 90 comments."""
    told = truth["planted"]["coach"]
    assert {topic["theme"] for topic in told["topics"]} == {"no_callback"}
    for topic in told["topics"]:
        assert_counted(said, topic, lambda row: row["Agent Name"] == told["agent"])
        assert 30 <= topic["n"] <= 90
        assert 3 <= topic["ratio"] <= 7


def test_one_agent_is_praised_far_more_than_others(said: list[Row], truth: dict[str, Any]) -> None:
    """To be celebrated."""
    told = truth["planted"]["celebrate"]
    assert_counted(said, told, lambda row: row["Agent Name"] == told["agent"])
    assert told["ratio"] > 3


def test_all_agents_of_one_team_make_customers_repeat_themselves(
    said: list[Row], truth: dict[str, Any]
) -> None:
    """The team about three times or more, nobody in it below twice."""
    told = truth["planted"]["team"]
    assert_counted(said, told, lambda row: row["Team"] == told["team"])
    assert told["ratio"] > 2.8
    assert {a["agent"] for a in told["agents"]} == {
        row["Agent Name"] for row in said if row["Team"] == told["team"]
    }
    for agent in told["agents"]:
        assert_counted(said, agent, lambda row, name=agent["agent"]: row["Agent Name"] == name)  # type: ignore[misc]
        assert agent["ratio"] > 2


def test_chat_does_not_listen_three_times_as_often(said: list[Row], truth: dict[str, Any]) -> None:
    """Than the other channels together."""
    told = truth["planted"]["channel"]
    assert_counted(said, told, lambda row: row["Channel"] == "Chat")
    assert told["ratio"] > 2.7


def test_the_bystander_does_no_harm_but_keeps_bad_company(said: list[Row], truth: dict[str, Any]) -> None:
    """Those who restarted the router are unhappy, about the outage."""
    told = truth["planted"]["bystander"]
    mine = [row for row in said if told["theme"] in themes_of(row)]
    beside = [bool(set(themes_of(row)) & set(told["beside"])) for row in mine]
    assert len(mine) == told["count"] >= 50
    assert statistics.mean(beside) == pytest.approx(told["beside_share"], abs=1e-4)
    assert told["beside_share"] > 0.75
    assert told["csat_effect"] == 0
    assert told["csat_mean"] < told["csat_mean_elsewhere"] - 0.4


def test_the_agent_with_the_hardest_mix_looks_bad_and_is_good(said: list[Row], truth: dict[str, Any]) -> None:
    """Simpson: pooled worse than others, within channel and contact reason better."""
    told = truth["planted"]["trap"]
    assert_counted(said, told, lambda row: row["Agent Name"] == told["agent"])
    mine = [row for row in said if row["Agent Name"] == told["agent"]]
    assert statistics.mean(row["Channel"] == "Phone" for row in mine) > 0.9
    assert statistics.mean(int(row["Created At"][11:13]) >= 18 for row in mine) > 0.75
    assert told["ratio"] > 1.35
    assert told["ratio_given_mix"] < 0.75
    assert told["csat_expected_given_mix"] < told["csat_mean"] < told["csat_mean_elsewhere"]


def test_nothing_else_is_planted_on_agents(said: list[Row], truth: dict[str, Any]) -> None:
    """Of the other agents x themes no more are far off than chance makes."""
    planted, teams = truth["planted"], truth["planted"]["team"]["team"]
    marked = {planted[key]["agent"] for key in ("coach", "celebrate", "trap")}
    plain = [r for r in said if r["Agent Name"] and r["Agent Name"] not in marked and r["Team"] != teams]
    sizes = Counter(row["Agent Name"] for row in plain)
    pooled = {t["theme"]: rate(plain, t["theme"], lambda _: True) for t in truth["themes"]}
    counts = Counter((row["Agent Name"], name) for row in plain for name in themes_of(row))
    scores = [
        (counts[agent, theme] - n * p) / (n * p * (1 - p)) ** 0.5
        for agent, n in sizes.items()
        for theme, p in pooled.items()
        if n * p >= 5
    ]
    assert len(scores) > 400
    assert statistics.mean(abs(score) > 2 for score in scores) < 0.09
    assert max(scores) < 4.5

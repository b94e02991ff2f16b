"""The sample export is what its generator writes, and holds what its truth file says."""

from __future__ import annotations

import csv
import json
import re
import statistics
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cx_text.readers.mapping import map_columns
from cx_text.records import CANONICAL
from cx_text.shipped import sample_path
from cx_text.text import text_key

DATA = Path(__file__).parents[1] / "data"
FILES = ("comments.csv", "truth.json", "truth_rows.csv")
HEADERS = {
    "verbatim_id": "Response ID",
    "created_at": "Created At",
    "channel": "Channel",
    "agent": "Agent Name",
    "team": "Team",
    "customer_id": "Customer ID",
    "contact_reason": "Contact Reason",
    "product": "Product",
    "csat": "CSAT Score",
    "nps": "NPS Score",
    "resolved": "Issue Resolved",
    "verbatim": "Comment",
}
PRIVATE = {
    "email": r"\b[a-z]+\.[a-z]+@example\.(?:com|org|net)\b",
    "phone": r"\b555[- ]01\d\d\b",
    "order": r"\bNV-\d{4}-\d{4}\b",
    "card": r"\b(?:4111 1111 1111 1111|5555 5555 5555 4444|4242424242424242)\b",
    "iban": r"\b(?:DE89 3704 0044|GB82 WEST 1234|FR14 2004 1010)",
    "name": r"\b(?:My name is|This is|Regards,|I'm) [A-Z][a-z]+ [A-Z][a-z]+",
    "address": r"\b\d+ [A-Z][a-z]+ (?:Close|Road|Lane|Street|Avenue|Hill), [A-Z]",
}
Row = dict[str, str]


def table(path: Path) -> list[Row]:
    """Return the rows of a CSV file by header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(name: str) -> dict[str, Any]:
    """Return a phrase file."""
    return tomllib.loads((DATA / "phrases" / f"{name}.toml").read_text(encoding="utf-8"))


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


def generate(folder: Path, *arguments: str, hash_seed: str = "0") -> None:
    """Run the generator as a user would, in a strange place, zone and locale."""
    environment = {"PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PATH": ""}
    command = [sys.executable, str(DATA / "generate.py"), "--output", str(folder), *arguments]
    subprocess.run(command, check=True, cwd=folder.parent, env=environment, timeout=120)


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
    here = [theme_said for theme_said in (told["theme"] in themes_of(r) for r in said if inside(r))]
    assert (sum(here), len(here)) == (told["count"], told["n"])
    assert told["rate"] == pytest.approx(statistics.mean(here), abs=1e-4)
    assert told["rate_elsewhere"] == pytest.approx(
        rate(said, told["theme"], lambda row: not inside(row)), abs=1e-4
    )


# --- made as told --------------------------------------------------------------------------------


def test_the_generator_reproduces_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    """Wherever and whenever it runs."""
    generate(tmp_path / "again", hash_seed="123")
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (sample_path() / name).read_bytes(), name


def test_rows_and_seed_can_be_chosen(tmp_path: Path) -> None:
    """A small export of another seed has that many rows and other texts; seeds repeat."""
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        generate(tmp_path / name, "--rows", "900", "--seed", seed)
    first, again, other = ((tmp_path / name / "comments.csv").read_bytes() for name in "abc")
    assert first == again != other
    assert len(table(tmp_path / "a" / "comments.csv")) == 900


def test_the_files_are_small_enough_to_ship() -> None:
    """Below 2 MB and 400 kB."""
    sizes = {name: (sample_path() / name).stat().st_size for name in FILES}
    assert sizes["comments.csv"] < 2_000_000
    assert sizes["truth_rows.csv"] < 400_000
    assert sizes["truth.json"] < 40_000


# --- shaped as a survey tool's export ------------------------------------------------------------


def test_every_header_is_found_without_a_flag(rows: list[Row]) -> None:
    """And `Region` is left as a further attribute."""
    headers = list(table(sample_path() / "comments.csv")[0])
    assert map_columns(headers, {}) == HEADERS
    assert set(headers) - set(HEADERS.values()) == {"Region"}
    assert set(HEADERS) <= {*CANONICAL, "verbatim"}
    assert len({row["Region"] for row in rows}) == 5


def test_the_export_spans_26_whole_weeks_in_the_order_of_time(rows: list[Row]) -> None:
    """Monday 30 June to Sunday 28 December 2025, every day of it."""
    assert {day(row) for row in rows} == {date(2025, 6, 30) + timedelta(days=n) for n in range(26 * 7)}
    times = [row["Created At"] for row in rows]
    assert times == sorted(times)
    assert len({row["Response ID"] for row in rows}) == len(rows) >= 6_000


def test_forty_agents_work_in_six_teams_and_four_channels(rows: list[Row]) -> None:
    """Each in one team; few cells lack the agent, and then the team too."""
    pairs = {(row["Agent Name"], row["Team"]) for row in rows if row["Agent Name"]}
    assert len(pairs) == len({agent for agent, _ in pairs}) == 40
    assert len({team for _, team in pairs}) == 6
    assert {row["Channel"] for row in rows} == {"Phone", "Chat", "Email", "App"}
    lacking = [row for row in rows if not row["Agent Name"]]
    assert {row["Team"] for row in lacking} == {""}
    assert 0.02 < len(lacking) / len(rows) < 0.04


@pytest.mark.parametrize(
    ("header", "allowed", "empty"),
    [
        ("CSAT Score", {str(n) for n in range(1, 6)}, (0.10, 0.14)),
        ("NPS Score", {str(n) for n in range(11)}, (0.36, 0.42)),
        ("Issue Resolved", {"Yes", "No"}, (0.05, 0.09)),
    ],
)
def test_scores_stay_on_their_scale_and_are_partly_empty(
    rows: list[Row], header: str, allowed: set[str], empty: tuple[float, float]
) -> None:
    """Every value of the scale occurs."""
    values = [row[header] for row in rows]
    assert set(values) == {*allowed, ""}
    assert empty[0] < values.count("") / len(values) < empty[1]


def test_some_customers_return_from_the_same_region(rows: list[Row]) -> None:
    """A customer is one person: one region, more than one response for many of them."""
    seen = Counter(row["Customer ID"] for row in rows)
    assert sum(count > 1 for count in seen.values()) > 500
    assert len({(row["Customer ID"], row["Region"]) for row in rows}) == len(seen)


# --- texts that vary, all of them ours -----------------------------------------------------------


def test_every_theme_has_at_least_40_phrases_of_its_own() -> None:
    """No phrase is written twice anywhere."""
    everything: list[str] = []
    for name in ("orders", "billing", "service", "network", "praise"):
        for theme in read(name).values():
            parts = ("curt", "says", "details", "clauses", "teen", "learner", "elder")
            phrases = [phrase for part in parts for phrase in theme[part]]
            assert len(phrases) >= 40, theme["name"]
            everything += phrases
    repeated = [phrase for phrase, count in Counter(everything).items() if count > 1]
    assert repeated == []


def test_no_slot_or_choice_is_left_unfilled(rows: list[Row]) -> None:
    """No bracket of the grammar shows, no comment is empty."""
    assert [row["Comment"] for row in rows if re.search(r"[\[\]{}|]", row["Comment"])] == []
    assert min(len(row["Comment"].strip()) for row in rows) >= 1


def test_comments_on_themes_are_mostly_distinct(rows: list[Row]) -> None:
    """At least 85 % of those with four words or more; a few come twice within minutes."""
    texts = [row["Comment"] for row in rows if row["Kind"] == "comment" and len(row["Comment"].split()) > 3]
    assert len({text_key(text) for text in texts}) / len(texts) >= 0.85
    assert len(set(texts)) < len(texts)


def test_lengths_run_from_two_words_to_a_story(rows: list[Row]) -> None:
    """Half of the comments lie between 8 and 26 words."""
    lengths = sorted(len(row["Comment"].split()) for row in rows if row["Kind"] == "comment")
    assert lengths[len(lengths) // 100] <= 2
    assert lengths[-1] >= 80
    assert 8 <= lengths[len(lengths) // 4] < lengths[3 * len(lengths) // 4] <= 26


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("non_answer", 0.04, 0.06), ("short", 0.065, 0.095), ("boilerplate", 0.007, 0.015)],
)
def test_the_rest_has_its_usual_share(rows: list[Row], kind: str, low: float, high: float) -> None:
    """Non-answers, short words said again and again, and footers."""
    own = [row for row in rows if row["Kind"] == kind]
    assert low < len(own) / len(rows) < high
    assert Counter(row["Comment"] for row in own).most_common(1)[0][1] >= 10
    assert {row["Themes"] for row in own} == {""}


def test_about_a_third_of_the_comments_speak_of_several_topics(rows: list[Row]) -> None:
    """Some of these hold praise and complaint."""
    comments = [row for row in rows if row["Kind"] == "comment"]
    assert 0.27 < statistics.mean("|" in row["Themes"] for row in comments) < 0.37
    assert 0.05 < statistics.mean(row["Polarity"] == "mixed" for row in comments) < 0.25


@pytest.mark.parametrize(("language", "low", "high"), [("es", 140, 260), ("de", 8, 50), ("fr", 8, 50)])
def test_some_customers_write_in_their_own_language(
    rows: list[Row], truth: dict[str, Any], language: str, low: int, high: int
) -> None:
    """Counted as the truth says."""
    count = sum(row["Language"] == language for row in rows)
    assert low <= count <= high
    assert truth["languages"][language] == count


@pytest.mark.parametrize("kind", PRIVATE)
def test_private_data_is_there_as_told_and_belongs_to_nobody(rows: list[Row], kind: str) -> None:
    """Example domains, 555-01xx numbers, test cards, textbook IBANs, made-up names."""
    told = [row["Comment"] for row in rows if row["Private"] == kind]
    assert len(told) >= 3
    assert [text for text in told if not re.search(PRIVATE[kind], text.replace("\u2019", "'"))] == []


def test_no_mail_address_or_long_number_is_anything_but_planted(rows: list[Row]) -> None:
    """Every @ and every run of seven digits lies in a row that is marked."""
    risky = re.compile(r"@|(?:\d[ -]?){7}")
    unmarked = [row["Comment"] for row in rows if risky.search(row["Comment"]) and not row["Private"]]
    assert unmarked == []


@pytest.mark.parametrize(
    ("mark", "low", "high"),
    [
        ("\u00e2\u20ac\u2122", 0.002, 0.012),
        ("&#39;|&amp;", 0.002, 0.015),
        ("\u2019", 0.01, 0.1),
        ("!!", 0.005, 0.1),
    ],
)
def test_dirt_is_there_but_rare(rows: list[Row], mark: str, low: float, high: float) -> None:
    """Mojibake, entities, curly quotes, shouting."""
    assert low < statistics.mean(bool(re.search(mark, row["Comment"])) for row in rows) < high


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


def test_one_agent_needs_coaching_in_tone_and_clarity(said: list[Row], truth: dict[str, Any]) -> None:
    """About four times the others, on 30 to 90 comments."""
    told = truth["planted"]["coach"]
    assert {topic["theme"] for topic in told["topics"]} == {"rude", "unclear"}
    for topic in told["topics"]:
        assert_counted(said, topic, lambda row: row["Agent Name"] == told["agent"])
        assert 30 <= topic["n"] <= 90
        assert 3 <= topic["ratio"] <= 6


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

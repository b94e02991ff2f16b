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
def truth() -> dict[str, Any]:
    """The truth file."""
    content: dict[str, Any] = json.loads((sample_path() / "truth.json").read_text(encoding="utf-8"))
    return content


def generate(folder: Path, *arguments: str, hash_seed: str = "0") -> None:
    """Run the generator as a user would, in a strange place, zone and locale."""
    environment = {"PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PATH": ""}
    command = [sys.executable, str(DATA / "generate.py"), "--output", str(folder), *arguments]
    subprocess.run(command, check=True, cwd=folder.parent, env=environment, timeout=120)


def day(row: Row) -> date:
    """Return the day of a row."""
    return datetime.strptime(row["Created At"], "%Y-%m-%d %H:%M").date()  # noqa: DTZ007 - as exported


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

"""How it was, as told: n and interval with every rate, and nothing on thin evidence."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from cx_text.config import Config
from cx_text.records import EXPERIENCE, THEMES, Result
from cx_text.reports import experience_told
from cx_text.reports.experience_told import LEAKS, experience_section
from cx_text.reports.page import write_page
from cx_text.reports.workbook import write_workbook

EN, N = "\u2013", "n\u00a0"


def row(scope: str, measure: str, n: int, count: int | None = None, **other: Any) -> dict[str, Any]:
    """Return a row of EXPERIENCE; a share with an interval of 5 points on both sides."""
    label = scope.partition("=")[2]
    told = {"scope": scope, "label": label, "measure": measure, "item": "", "n": n}
    if count is not None:
        value = count / n
        told |= {"count": count, "value": value, "low": max(value - 0.05, 0), "high": min(value + 0.05, 1)}
    return told | other


def of(scope: str, n: int = 200) -> list[dict[str, Any]]:
    """Return what is told of one scope: effort, two emotions, repeat contacts."""
    return [
        row(scope, "comments", n),
        row(scope, "effort", n // 2, value=0.4, low=0.35, high=0.45),
        row(scope, "high_effort", n // 2, n // 4),
        row(scope, "emotion", n, n // 10, item="anger"),
        row(scope, "emotion", n, n // 20, item="delight"),
        row(scope, "emotion", n, 0, item="relief"),
        row(scope, "repeat_contact", n, n // 5),
    ]


WHOLE: Sequence[Mapping[str, Any]] = (
    *of("all", 400),
    row("all", "missing", 400, 60, item="speed"),
    row("all", "shown", 400, 20, item="speed"),
    row("all", "shown", 400, 40, item="low_effort"),
    row("all", "journey", 80, 60, item="after_purchase"),
    row("all", "journey_negative", 60, 45, item="after_purchase"),
    row("all", "journey", 80, 20, item="before_purchase"),
    row("all", "journey_negative", 20, 5, item="before_purchase"),
    *of("channel=Chat"),
    row("channel=Chat", "shown", 200, 16, item="empathy"),
    row("channel=Chat", "missing", 200, 30, item="speed"),
    row("channel=Fax", "comments", 30),
    row("channel=Fax", "effort", 30),
    *of("theme=t00"),
    row("theme=t00", "return", 50, 5),
)


def told(result: Result, table: Sequence[Mapping[str, Any]] = WHOLE) -> Result:
    """Return the result with a table of experience."""
    return replace(result, findings=replace(result.findings, experience=EXPERIENCE.frame(table)))


def page(result: Result) -> str:
    """Return the page."""
    out = io.BytesIO()
    write_page(result, Config(), out)
    return out.getvalue().decode()


def test_effort_is_told_of_all_then_channels_then_the_first_themes(rich: Result) -> None:
    """With mean, interval, share of high effort and n; a small channel has no bar."""
    lines = experience_section(told(rich)).efforts
    assert [(line.label, line.kind) for line in lines] == [
        ("All comments", "all"),
        ("Chat", "channel"),
        ("Refund not arrived", "theme"),
    ]
    assert lines[1].told == f"0.40 (0.35{EN}0.45) \u00b7 high in 50.0% (45.0{EN}55.0%) \u00b7 {N}100"
    assert [(part.tint, part.width) for part in lines[1].parts] == [("effort", "40.00")]


def test_emotions_are_parts_of_a_bar_and_the_most_frequent_are_told(rich: Result) -> None:
    """The widest bar is full; an emotion that nobody has is in no legend."""
    section = experience_section(told(rich))
    assert section.legend == ["anger", "delight"]
    line = section.emotions[0]
    assert [(part.tint, part.width) for part in line.parts] == [("anger", "66.67"), ("delight", "33.33")]
    assert line.told == f"anger 10.0% (5.0{EN}15.0%), delight 5.0% (0{EN}10.0%) \u00b7 {N}400"


def test_the_facts_of_all_comments_have_their_n(rich: Result) -> None:
    """Three figures."""
    assert list(experience_section(told(rich)).facts) == [
        ("Tell of effort", "200", "of 400 comments"),
        ("Of these, high effort", "50.0%", f"45.0{EN}55.0%, of the 200 that tell of effort"),
        ("Not the first contact", "20.0%", f"15.0{EN}25.0%, of 400 comments"),
    ]


def test_what_was_missing_stands_beside_what_was_shown(rich: Result) -> None:
    """Most told of first; the longest bar is full, and what nobody told is said to be."""
    first, second = experience_section(told(rich)).behaviours
    assert (first.label, first.missing_width, first.shown_width) == ("Speed", "100.00", "33.33")
    assert first.missing == f"60 \u00b7 15.0% (10.0{EN}20.0%)"
    assert (second.label, second.missing, second.missing_width) == ("Making it easy", "nobody says so", "0")


def test_each_channel_says_what_is_praised_and_what_is_missed_most(rich: Result) -> None:
    """In one sentence."""
    assert list(experience_section(told(rich)).channels) == [
        f"Chat: shown most: empathy, 8.0% (3.0{EN}13.0%); missing most: speed, 15.0% (10.0{EN}20.0%); {N}200."
    ]


def test_the_journey_is_told_in_its_order_with_the_negative_part(rich: Result) -> None:
    """Before buying comes first, though it is rarer."""
    section = experience_section(told(rich))
    assert section.staged == "80 comments"
    assert [line.label for line in section.journey] == ["Before buying", "Delivery and returns"]
    assert section.journey[1].told == (
        f"60 \u00b7 75.0% (70.0{EN}80.0%) \u00b7 negative 75.0% (70.0{EN}80.0%)"
    )
    assert [part.width for part in section.journey[1].parts] == ["75.00", "25.00"]


def test_a_leak_names_who_says_so_and_who_was_seen_to_return(rich: Result) -> None:
    """Two different figures, each with its n."""
    leak = experience_section(told(rich)).leaks[0]
    assert (leak.label, leak.said, leak.seen) == (
        "Refund not arrived",
        f"20.0% (15.0{EN}25.0%), {N}200",
        f"10.0% (5.0{EN}15.0%), {N}50",
    )


def test_leaks_and_themes_are_few_and_the_surest_leak_is_first(rich: Result) -> None:
    """Of 12 themes with repeat contacts, 8; of a theme with 4 of them nothing."""
    table = [row(f"theme=t{place:02d}", "repeat_contact", 100, 4 + place) for place in range(12)]
    leaks = experience_section(told(rich, table)).leaks
    assert len(leaks) == LEAKS
    assert leaks[0].said.startswith("15.0%")
    many = experience_section(told(rich, [one for place in range(12) for one in of(f"theme=t{place:02d}")]))
    assert len(many.efforts) == experience_told.THEMES


@pytest.mark.parametrize(("n", "lines"), [(9, 0), (10, 1)])
def test_nothing_is_said_on_fewer_than_ten(rich: Result, n: int, lines: int) -> None:
    """Nine could be anything."""
    section = experience_section(told(rich, [row("all", "effort", n, value=0.4, low=0.1, high=0.7)]))
    assert (len(section.efforts), section.told) == (lines, bool(lines))


def test_a_muted_theme_is_not_told_of(rich: Result) -> None:
    """People do not want to hear of it."""
    themes = THEMES.frame(rich.themes.assign(status=["muted"] + ["active"] * 14))
    muted = replace(told(rich), findings=replace(told(rich).findings, themes=themes))
    section = experience_section(muted)
    assert "Refund not arrived" not in {line.label for line in section.efforts}
    assert not section.leaks


def test_the_page_has_the_section_its_link_and_every_figure_as_text(rich: Result) -> None:
    """Bars say what they show to those who do not see them."""
    source = page(told(rich))
    assert 'id="experience"' in source
    assert 'href="#experience"' in source
    assert f'aria-label="Chat: 0.40 (0.35{EN}0.45)' in source
    assert source.count("By channel") == 2
    assert "Customers who complain of it again within 30 days" in source


def test_an_empty_section_vanishes_with_its_link(rich: Result, nothing: Result) -> None:
    """No heading over nothing."""
    for result in (rich, nothing, told(rich, [row("all", "comments", 400)])):
        assert "experience" not in re.sub(r"<style>.*?</style>", "", page(result), flags=re.DOTALL)


def test_the_workbook_has_a_sheet_of_it_where_there_is_any(rich: Result) -> None:
    """With the columns of the table."""
    for result, there in ((told(rich), True), (rich, False)):
        out = io.BytesIO()
        write_workbook(result.findings, out)
        book = openpyxl.load_workbook(out)
        assert (EXPERIENCE.name in book.sheetnames) is there
    out = io.BytesIO()
    write_workbook(told(rich).findings, out)
    sheet = openpyxl.load_workbook(out)[EXPERIENCE.name]
    assert [cell.value for cell in sheet[1]] == list(EXPERIENCE.columns)
    assert sheet.max_row == len(WHOLE) + 1


def test_names_from_data_are_text_on_the_page(rich: Result) -> None:
    """A channel may be called anything."""
    name = "<script>alert(1)</script>"
    table = [one | {"scope": f"channel={name}", "label": name} for one in of("channel=x")]
    source = page(told(rich, [*of("all"), *table]))
    assert "<script" not in source
    assert "&lt;script&gt;alert(1)" in source

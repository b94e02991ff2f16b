"""What changed, in words: only beyond chance, with both numbers, the range, and what it is made of."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from cx_text.config import Config, make_config
from cx_text.records import CHANGES, CLOSED, FIRST_RUN, ISSUES, Result
from cx_text.reports.changed_told import ChangeSection, change_section, part_name
from cx_text.reports.page import write_page
from cx_text.reports.workbook import write_workbook

CONFIG = Config()
TIMES = {"part_before": "2025-05-05 to 2025-06-01", "part_after": "2025-06-02 to 2025-06-29"}
GROUPS = {
    "part_before": "product=B, 2025-06-02 to 2025-06-29",
    "part_after": "product=A, 2025-06-02 to 2025-06-29",
}
OLD = pd.Timestamp("2025-06-01", tz="UTC")
COMMENTS = {"measure": "comments", "n_before": 800, "n_after": 1000}


def row(measure: str, before: float, after: float, verdict: str = "higher", **more: Any) -> dict[str, Any]:
    """Return a row of table CHANGES; its intervals reach .02 to each side, a tenth of it is mix."""
    difference = after - before
    return {
        "measure": measure,
        "n_before": 800,
        "n_after": 1000,
        **{name: value for side, value in (("before", before), ("after", after)) for name, value in (
            (side, value), (f"{side}_low", value - 0.02), (f"{side}_high", value + 0.02))},
        "difference": difference,
        "low": difference - 0.03,
        "high": difference + 0.03,
        "q_value": 0.001,
        "mix_effect": difference / 10,
        "rate_effect": difference * 9 / 10,
        "verdict": verdict,
    } | more  # fmt: skip


def with_changes(result: Result, *rows: dict[str, Any], parts: dict[str, str] = TIMES) -> Result:
    """Return the result with these changes."""
    told = CHANGES.frame([COMMENTS | parts, *(one | parts for one in rows)])
    return replace(result, findings=replace(result.findings, changes=told))


def section(result: Result, *rows: dict[str, Any], parts: dict[str, str] = TIMES) -> ChangeSection:
    """Return what is told of these changes."""
    return change_section(with_changes(result, *rows, parts=parts), CONFIG)


def page(result: Result) -> str:
    """Return the page."""
    out = io.BytesIO()
    write_page(result, CONFIG, out)
    return out.getvalue().decode("utf-8")


def test_it_is_said_what_is_compared_and_of_how_many_comments(rich: Result) -> None:
    """Days as people read them."""
    told = section(rich)
    assert told.parts == "2 Jun 2025 to 29 Jun 2025 (n 1,000) against 5 May 2025 to 1 Jun 2025 (n 800)"
    assert (told.title, told.names) == ("What changed", ("before", "now"))


def test_a_score_that_moved_is_told_with_its_range_and_its_parts(rich: Result) -> None:
    """In points of a hundred."""
    told = section(rich, row("csat", 0.4, 0.5))
    assert told.scores == [
        (
            "CSAT is 50.0%, before 40.0% (+10.0 points, +7.0 to +13.0; n 1,000 and 800). "
            "Of this, +1.0 points go with another mix of cases, +9.0 with how they went."
        )
    ]


def test_a_mean_and_the_net_promoter_score_keep_their_units(rich: Result) -> None:
    """A mean has two decimals, the net promoter score none."""
    ces = row("ces", 5.0, 4.5, "lower", low=-0.7, high=-0.3)
    nps = row("nps", -20.0, -30.0, "lower", low=-15.0, high=-5.0)
    told = section(rich, ces, nps).scores
    assert told[0].startswith(
        "Customer effort is 4.50, before 5.00 (\u22120.50 points, \u22120.70 to \u22120.30;"
    )
    assert told[1].startswith("NPS is \u221230, before \u221220 (\u221210.0 points, \u221215.0 to \u22125.0;")


def test_a_theme_is_told_by_name_and_a_mix_that_is_not_known_not_at_all(rich: Result) -> None:
    """Shares of all comments, and of those on the theme."""
    more: dict[str, Any] = {"theme_id": "t00", "label": "Refund", "mix_effect": None, "rate_effect": None}
    told = section(rich, row("share", 0.1, 0.2, **more), row("negative_share", 0.5, 0.25, "lower", **more))
    assert told.themes == [
        (
            "\u201cRefund\u201d is in 20.0% of comments, before 10.0% "
            "(+10.0 points, +7.0 to +13.0; n 1,000 and 800)."
        ),
        (
            "\u201cRefund\u201d is told negatively by 25.0% of those who mention it, before 50.0% "
            "(\u221225.0 points, \u221228.0 to \u221222.0; n 1,000 and 800)."
        ),
    ]


@pytest.mark.parametrize("verdict", ["no_difference", "insufficient"])
def test_what_chance_explains_is_in_the_sheet_and_not_in_words(rich: Result, verdict: str) -> None:
    """The page says that nothing differs."""
    told = section(rich, row("csat", 0.4, 0.41, verdict), row("share", 0.1, 0.11, verdict, theme_id="t00"))
    assert (told.scores, told.themes) == ([], [])
    result = with_changes(rich, row("csat", 0.4, 0.41, verdict))
    assert "No score and no theme differs beyond what chance explains." in page(result)
    out = io.BytesIO()
    write_workbook(result.findings, out)
    sheet = load_workbook(out)["changes"]
    assert [cell.value for cell in next(sheet.iter_rows(max_row=1))] == list(CHANGES.columns)
    assert sheet.max_row == 3


def test_two_groups_are_different_and_not_changed(rich: Result) -> None:
    """No "before", and the legend names them."""
    told = section(rich, row("csat", 0.4, 0.5), parts=GROUPS)
    assert told.title == "What is different"
    assert told.scores[0].startswith("CSAT is 50.0%, against 40.0%")
    assert told.names == (
        "product=B, 2 Jun 2025 to 29 Jun 2025",
        "product=A, 2 Jun 2025 to 29 Jun 2025",
    )


def test_a_group_that_one_side_alone_has_is_named_as_mix(rich: Result) -> None:
    """By definition."""
    new = {"measure": "one_sided", "label": "channel=Chat", "n_before": 0, "n_after": 40}
    old = {"measure": "one_sided", "label": "channel=Fax", "n_before": 25, "n_after": 0}
    assert section(rich, new, old).apart == (
        "Only before: channel=Fax. Only now: channel=Chat. "
        "What such a group brings or takes along counts as mix."
    )
    assert section(rich).apart == ""


def test_the_chart_shows_sure_moves_first_and_says_the_first_in_words(rich: Result) -> None:
    """Themes with too few comments are not in it."""
    rows = [
        row("share", 0.1, 0.3, "no_difference", theme_id="t00", label="Refund"),
        row("share", 0.1, 0.15, theme_id="t01", label="Queue"),
        row("share", 0.1, 0.9, "insufficient", theme_id="t02", label="Fax"),
    ]
    chart = section(rich, *rows).chart
    assert chart is not None
    assert chart.alt == (
        "Share of comments before and now, with 95 % intervals, of the 2 themes that differ most; 1 of them "
        "beyond what chance explains. Queue: 10.0% (8.0\u201312.0%) and 15.0% (13.0\u201317.0%)."
    )


def test_many_moves_are_cut_and_counted(rich: Result) -> None:
    """Ten themes, eight are told."""
    rows = [row("share", 0.1, 0.3, theme_id=f"t{place:02d}", label=f"Theme {place}") for place in range(10)]
    told = section(rich, *rows)
    assert (len(told.themes), told.more) == (8, 2)


def test_issues_that_opened_and_closed_are_told_and_old_ones_counted(rich: Result) -> None:
    """Those that closed earlier were told then."""
    now = pd.Timestamp("2025-06-29", tz="UTC")
    issues = rich.issues.assign(state=["new", "open", "open", "re-opened", "open", "open"])
    gone = [
        {"label": name, "scope": "channel=Chat", "closed": day} for name, day in (("Fax", now), ("Old", OLD))
    ]
    findings = replace(rich.findings, issues=ISSUES.frame(issues), closed=CLOSED.frame(gone), now=now)
    assert change_section(replace(rich, findings=findings), CONFIG).issues == [
        "Opened: \u201cRefund not arrived\u201d.",
        "Open again: \u201cPromised call never came\u201d.",
        "Closed: \u201cFax\u201d in channel Chat.",
        "Open as before: 4 issues.",
    ]


@pytest.mark.parametrize("fact", [{"part": {"name": "product=A", "n": 9}}, {"run_id": FIRST_RUN}])
def test_of_a_part_and_on_a_first_run_no_run_told_issues_before(rich: Result, fact: dict[str, Any]) -> None:
    """So none opened or closed."""
    issues = ISSUES.frame(rich.issues.assign(state="new"))
    whole = replace(rich, findings=replace(rich.findings, issues=issues))
    assert change_section(whole, CONFIG).issues
    assert not change_section(replace(whole, record={**whole.record, **fact}), CONFIG).issues


def test_the_section_stands_only_where_there_is_something_to_tell(nothing: Result, rich: Result) -> None:
    """No empty section, no link to it."""
    assert not change_section(nothing, CONFIG).told
    assert 'href="#changed"' not in page(nothing)
    assert 'href="#changed"' in page(with_changes(rich))


def test_the_heading_says_which_part_of_the_comments_is_told(rich: Result) -> None:
    """With its n; escaped as all else."""
    part = {"name": "product=<b>, 2025-06-02 to 2025-06-29", "n": 1234}
    told = page(replace(rich, record={**rich.record, "part": part}))
    assert "A part of the comments: product=&lt;b&gt;, 2 Jun 2025 to 29 Jun 2025, n = 1,234" in told
    assert "A part of the comments" not in page(rich)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("product=Fibre", "product=Fibre"),
        ("since 2025-09-01", "since 1 Sep 2025"),
        ("size=1 to 2, until 2025-09-01", "size=1 to 2, until 1 Sep 2025"),
    ],
)
def test_days_in_the_name_of_a_part_are_told_as_people_read_them(name: str, told: str) -> None:
    """And nothing else is touched."""
    assert part_name(name) == told


def test_the_effort_of_another_scale_is_told_by_its_method(rich: Result) -> None:
    """A share where it is set to be one."""
    config = make_config({"scores": {"ces": {"method": "top2box"}}})
    told = change_section(with_changes(rich, row("ces", 0.4, 0.5)), config)
    assert told.scores[0].startswith("Customer effort is 50.0%, before 40.0% (+10.0 points")

"""Charts: equal bytes, safe labels, a finding in words."""

from __future__ import annotations

import os
import re
import time
from base64 import b64decode

import pytest
from defusedxml import ElementTree

from cx_text.reports.charts import Bar, Chart, Dot, dots, overview, renumbered, timeline
from cx_text.reports.series import Series

BARS = [
    Bar('Refund <b>&"x"', 120, 0.75, "12.0%"),
    Bar("Long wait", 80, None, "8.0%"),
    Bar("Long wait", 8, 1.0, "1%"),
]
DOTS = [Dot("A", 2.0, 1.2, 3.1, True), Dot("B", 0.4, 0.0, 0.9, False), Dot("B", 1.5, None, None, True)]
WEEKS = Series(("2025-01-06", "2025-01-13", "2025-01-20"), (0.1, None, 0.3))


def drawn(chart: Chart) -> str:
    """Return the wide drawing."""
    return b64decode(chart.wide.removeprefix("data:image/svg+xml;base64,")).decode("utf-8")


def words(chart: Chart) -> list[str]:
    """Return all texts of a drawing, which also proves that it is well-formed."""
    return [
        part.text or "" for part in ElementTree.fromstring(drawn(chart)).iter() if part.tag.endswith("text")
    ]


def all_charts() -> list[Chart]:
    """Return one chart of each form."""
    return [
        overview(BARS, "bars"),
        dots(DOTS, "ratios", "observed / expected", 1.0),
        dots(DOTS, "points", "points", 0.0),
        timeline(WEEKS, "line", 0.05, ("2025-01-13", "2025-01-20")),
    ]


def test_drawing_again_gives_the_same_bytes() -> None:
    """What was drawn before leaves no trace."""
    assert all_charts() == all_charts()


def test_the_time_zone_of_the_machine_does_not_move_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dates are dates."""
    here = timeline(WEEKS, "line", None, None)
    monkeypatch.setitem(os.environ, "TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        assert timeline(WEEKS, "line", None, None) == here
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("chart", all_charts(), ids=lambda chart: str(chart.alt))
def test_a_chart_says_its_finding_and_has_a_form_for_phones(chart: Chart) -> None:
    """Two images, one alternative text, no script, no address."""
    assert chart.alt
    assert chart.wide != chart.narrow
    text = drawn(chart)
    assert "<script" not in text
    assert not re.search(r'(?:href|src)="', text)


def test_labels_are_text_whatever_they_hold() -> None:
    """Markup in a label is shown, not obeyed."""
    assert '1. Refund <b>&"x"' in words(overview(BARS, "bars"))
    assert "<b>" not in drawn(overview(BARS, "bars"))


def test_equal_labels_keep_their_own_lines() -> None:
    """Two themes of one name are two bars."""
    assert {"2. Long wait", "3. Long wait"} <= set(words(overview(BARS, "bars")))
    assert {"B", "B (2)"} <= set(words(dots(DOTS, "ratios", "x", 1.0)))


def test_a_share_that_is_not_known_divides_no_bar() -> None:
    """An undivided bar is drawn as told otherwise."""
    assert "8.0%" in words(overview(BARS[1:2], "bars"))


def test_a_ratio_of_zero_has_no_place_on_a_log_scale() -> None:
    """It is left out of the picture; the table has it."""
    assert "B" not in words(dots([Dot("B", 0.0, 0.0, 2.0, False), DOTS[0]], "ratios", "x", 1.0))


def test_a_ratio_axis_marks_one_and_only_what_lies_within() -> None:
    """No mark outside the picture."""
    marks = [text for text in words(dots(DOTS[:1], "ratios", "x", 1.0)) if re.fullmatch(r"[\d.]+", text)]
    assert marks == ["1", "2"]


def test_ids_are_counted_anew_in_each_drawing() -> None:
    """The renderer counts on from chart to chart."""
    svg = '<g clip-path="url(#clip12)"/><g clip-path="url(#clip9)"/><g id="clip12"/><g id="clip9"/>'
    assert renumbered(svg) == svg.replace("clip12", "id0").replace("clip9", "id1")
    assert renumbered("<text>clip12 id=clip9</text>") == "<text>clip12 id=clip9</text>"

"""What goes with the score, told: measures, promoters and detractors, and themes in bad company."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cx_text.config import Config
from cx_text.records import DRIVERS, GENERAL_THEMES, Result
from cx_text.reports.cells import rows
from cx_text.reports.drivers_told import beside_told, driver_lines, impact_chart


def driven(result: Result, *drivers: dict[str, Any]) -> Result:
    """Return the result with these rows of table DRIVERS."""
    table = DRIVERS.frame([{"metric": "nps", "tone": "all", **row} for row in drivers])
    return replace(result, findings=replace(result.findings, drivers=table))


def test_a_slow_response_is_told_by_doublings(rich: Result) -> None:
    """With interval and n, as an association."""
    row = {"label": "first_response_minutes", "n": 3369, "effect": -2.13, "driver": True}
    [line] = driver_lines(driven(rich, {**row, "effect_low": -2.59, "effect_high": -1.66}), Config())
    assert line == (
        "A first response that takes twice as long is associated with \u22122.1 points of NPS "
        "(\u22122.6 to \u22121.7; n 3,369)."
    )


def test_what_may_be_chance_is_said_to_be(rich: Result) -> None:
    """An interval alone is easily overlooked."""
    row = {"label": "handle_minutes", "n": 90, "effect": -0.4, "effect_low": -2.0, "effect_high": 1.2}
    [line] = driver_lines(driven(rich, {**row, "driver": False}), Config())
    assert line.endswith("That may be chance.")


def test_nps_is_told_by_promoters_and_detractors(rich: Result) -> None:
    """The three worst drivers, the worst first; praise, and what is no driver, are left out."""
    rows = [
        {
            "theme_id": f"t{place:02d}",
            "label": f"theme {place}",
            "impact": impact,
            "promoters": impact / 2,
            "detractors": -impact / 2,
            "driver": place != 4,
        }
        for place, impact in enumerate([-1.0, -4.0, 3.0, -2.0, -9.0, -3.0])
    ]
    lines = driver_lines(driven(rich, *rows), Config())
    assert lines[0] == (
        "\u201ctheme 1\u201d, \u22124.0 points of NPS: \u22122.0 in the share of promoters, "
        "+2.0 in that of detractors."
    )
    assert [line[1:8] for line in lines] == ["theme 1", "theme 5", "theme 3"]


def test_opinions_without_a_reason_are_not_in_the_picture(rich: Result) -> None:
    """Of course they go with the score."""
    known = rows(rich.themes.dropna(subset=["impact_adjusted", "impact_low", "impact_high"]))
    general = {**known[0], "theme_id": next(iter(GENERAL_THEMES)), "label": "no reason given"}
    shown, fuller = (impact_chart(themes, "csat", Config()) for themes in (known, [general, *known]))
    assert shown is not None
    assert shown == fuller


def test_without_drivers_nothing_is_told(rich: Result) -> None:
    """No lines."""
    assert driver_lines(driven(rich), Config()) == []


@pytest.mark.parametrize(("driver", "part"), [(True, "a smaller part"), (False, "no sure part")])
def test_a_theme_in_bad_company_says_so(driver: bool, part: str) -> None:
    """By name."""
    told = beside_told({"beside_theme_id": "t01", "driver": driver}, {"t01": "long wait"})
    assert (
        told == f"Often said beside \u201clong wait\u201d: by itself it goes with {part} of the lower scores."
    )


def test_a_theme_without_company_says_nothing() -> None:
    """Nor does one whose company is not told, such as a muted one."""
    assert beside_told({"beside_theme_id": None, "driver": True}, {"t01": "long wait"}) == ""
    assert beside_told({"beside_theme_id": "t09", "driver": True}, {"t01": "long wait"}) == ""

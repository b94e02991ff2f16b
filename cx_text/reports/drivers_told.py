"""What goes with the score: a chart of themes, what stands beside them, and measures in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cx_text.config import Config
from cx_text.records import GENERAL_THEMES, Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.charts import Chart, Dot, dots
from cx_text.reports.wording import Measure, between, count, measure

CHARTED = 12
SPLIT = 3
"""Themes whose impact on NPS is told by promoters and detractors."""
_KNOWN = ("impact_adjusted", "impact_low", "impact_high")
_MEASURES = {
    "first_response_minutes": "a first response that takes twice as long",
    "handle_minutes": "a contact that takes twice as long to handle",
}


def impact_chart(themes: Sequence[Row], metric: str, config: Config) -> Chart | None:
    """Return the chart of what themes are associated with in the score; None where nothing is known.

    Opinions without a reason are left out: of course they go with the score.
    """
    told = measure(metric, config)
    known = [
        row for row in themes if None not in map(row.get, _KNOWN) and row["theme_id"] not in GENERAL_THEMES
    ]
    known = sorted(known, key=lambda row: -abs(row["impact_adjusted"]))[:CHARTED]
    if not known:
        return None
    known.sort(key=lambda row: row["impact_adjusted"])
    items = [
        Dot(row["label"] or "", value, row["impact_low"], row["impact_high"], value < 0)
        for row in known
        for value in [row["impact_adjusted"]]
    ]
    worst = known[0]
    says = (
        f"What themes are associated with in {told.name}, with 95 % intervals. The lowest is "
        f"{worst['label']} with {told.change(worst['impact_adjusted'])} {told.difference}."
    )
    return dots(items, says, f"{told.difference} of {told.name}", 0.0)


def beside_told(row: Row, labels: Mapping[str, str]) -> str:
    """Return the warning of a theme that mostly keeps bad company; empty for others."""
    company = labels.get(row["beside_theme_id"] or "")
    if not company:
        return ""
    own = "a smaller part of the lower scores" if row["driver"] else "no sure part of the lower scores"
    return f"Often said beside \u201c{company}\u201d: by itself it goes with {own}."


def driver_lines(result: Result, config: Config) -> list[str]:
    """Return what else goes with the score, in sentences: measures, and how NPS is lost."""
    drivers = rows(result.findings.drivers)
    metric = next((row["metric"] for row in drivers if row["metric"]), "")
    told = measure(metric, config)
    measures = [row for row in drivers if row["theme_id"] is None and row["effect"] is not None]
    whole = [
        row for row in drivers if row["tone"] == "all" and row["driver"] and row["promoters"] is not None
    ]
    whole.sort(key=lambda row: (row["impact"], row["theme_id"] or ""))
    lost = [row for row in whole[:SPLIT] if row["impact"] < 0]
    return [*(_measured(row, told) for row in measures), *(_split(row, told) for row in lost)]


def _measured(row: Row, told: Measure) -> str:
    """Return what an operational measure is associated with."""
    what = _MEASURES.get(row["label"] or "", row["label"] or "")
    change, interval = told.change(row["effect"]), _between(row["effect_low"], row["effect_high"], told)
    sure = "" if row["driver"] else " That may be chance."
    return (
        f"{what[:1].upper()}{what[1:]} is associated with {change} {told.difference} of {told.name} "
        f"({interval}; n {count(row['n'])}).{sure}"
    )


def _split(row: Row, told: Measure) -> str:
    """Return how much of a theme's impact on NPS are promoters lost, and how much detractors made."""
    return (
        f"\u201c{row['label']}\u201d, {told.change(row['impact'])} {told.difference} of {told.name}: "
        f"{told.change(row['promoters'])} in the share of promoters, "
        f"{told.change(row['detractors'])} in that of detractors."
    )


def _between(low: float | None, high: float | None, told: Measure) -> str:
    """Return an interval of differences."""
    return between(told.change(low), told.change(high))

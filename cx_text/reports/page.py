"""The report as one page that opens from disk: no script, no network, nothing but what it holds."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, BinaryIO

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports.actions_told import notes_told
from cx_text.reports.cells import shown
from cx_text.reports.changed_told import change_section, part_name
from cx_text.reports.compared_told import channel_section
from cx_text.reports.conflicts_told import conflict_cards
from cx_text.reports.experience_told import experience_section
from cx_text.reports.headline import headline
from cx_text.reports.issues_told import issue_section
from cx_text.reports.ledger_told import alert_lines, copy_lines, ledgers, method_lines, score_cards
from cx_text.reports.quoting import quotes_of
from cx_text.reports.series import covered
from cx_text.reports.taxonomy_told import groups, muted_line, themes_of
from cx_text.reports.themes_told import theme_section
from cx_text.reports.training_told import training_section
from cx_text.reports.urgent_told import urgent_section
from cx_text.reports.wording import count, plural


def write_page(result: Result, config: Config, out: BinaryIO) -> None:
    """Write the report of `result` as one HTML page."""
    page = environment().get_template("report.html.j2").render(context(result, config))
    out.write(page.encode("utf-8"))


def context(result: Result, config: Config) -> dict[str, Any]:
    """Return all that the template shows: sections as values, every number already as text."""
    quotes = quotes_of(result, config)
    periods = _periods(result)
    return {
        "title": config.report.title,
        "style": style("style.css"),
        "part": _part(result),
        "period": covered(periods),
        "dated": len(periods) > 1,
        "size": _size(result, covered(periods)),
        "headline": headline(result, config),
        "scores": score_cards(result, config),
        "groups": groups(result),
        "themes": theme_section(result, config, quotes),
        "notes": notes_told(result, config),
        "muted": muted_line(result),
        "changed": change_section(result, config),
        "urgent": urgent_section(result),
        "experience": experience_section(result),
        "conflicts": conflict_cards(result),
        "issues": issue_section(result, quotes),
        "channels": channel_section(result),
        "training": training_section(result, config, quotes),
        "alerts": alert_lines(result),
        "ledgers": ledgers(result),
        "copies": copy_lines(result, quotes),
        "warnings": _warnings(result),
        "method": method_lines(result, config),
        "window": config.report.window,
        "k": config.privacy.k,
    }


def _part(result: Result) -> str:
    """Return which part of the comments the report is of, with its n; empty for all of them."""
    part = result.record.get("part")
    return f"{part_name(part['name'])}, n = {count(part['n'])}" if part else ""


def _periods(result: Result) -> tuple[str, ...]:
    """Return the periods that were observed, in order."""
    return tuple(sorted(set(result.findings.trends["period"].dropna())))


def _size(result: Result, period: str) -> list[str]:
    """Return what the report is about: when, and how much of what."""
    themes = len(themes_of(result))
    counted = (
        (sum(result.findings.coverage.values()), "comment"),
        (themes, "theme"),
        (result.channels["channel"].nunique(), "channel"),
        (result.agents["agent"].nunique(), "agent"),
    )
    sizes = [plural(n, noun) for n, noun in counted if n or noun == "comment"]
    undated = "No dates in this export" if themes else "No themes yet"
    return [period or undated, *sizes]


def _warnings(result: Result) -> list[str]:
    """Return what the run and the findings warn of, each once."""
    return list(dict.fromkeys([*result.record.get("warnings", ()), *result.findings.warnings]))


@cache
def environment() -> Environment:
    """Return the templates: everything is escaped and cleaned, a missing name is an error."""
    return Environment(
        loader=PackageLoader("cx_text.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )


def _clean(value: Any) -> Any:
    """Return what an expression gives, text without control and direction characters."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def style(name: str) -> Markup:
    """Return a style sheet, which is ours and needs no escaping."""
    return Markup(files("cx_text.reports").joinpath("templates", name).read_text("utf-8"))  # noqa: S704

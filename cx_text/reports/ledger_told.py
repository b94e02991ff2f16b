"""The ledger, the scores, the alerts and the method: what was read, and how it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from cx_text.config import Config
from cx_text.records import STATUSES, Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.quoting import Quote, Quotes
from cx_text.reports.series import WHOLE, noun
from cx_text.reports.sparks import spark
from cx_text.reports.wording import LANGUAGES, count, day, listing, measure, percent, plural

_STATES: Mapping[str, str] = {
    "themed": "told about at least one theme",
    "unthemed": "has content, but no theme fits it",
    "non_answer": "says nothing, such as \u201cn/a\u201d or \u201cno comment\u201d",
    "boilerplate": "signature, disclaimer or automatic text",
    "other_language": "in another language; no themes are looked for",
}
_NAMES: Mapping[str, str] = {"non_answer": "non-answer", "other_language": "other language"}
_READ: Mapping[str, str] = {
    "accepted": "taken in",
    "quarantined": "set aside, listed in rejected.csv with the reason",
    "duplicate": "already known, same id and same content",
}


COPIES = 5
"""Groups of near copies that are shown; run.json has all of them."""


@dataclass(frozen=True)
class Line:
    """A line of the ledger: `n`, its share of the whole as text and as `width` of 0..100."""

    name: str
    meaning: str
    n: str
    share: str
    width: str
    tint: str


@dataclass(frozen=True)
class Ledger:
    """A whole and its parts, which add up to it; `whole` is what the parts are parts of."""

    name: str
    whole: str
    lines: Sequence[Line]
    says: str


@dataclass(frozen=True)
class ScoreCard:
    """A score with its interval, its n and a line over time."""

    name: str
    meaning: str
    value: str
    beside: str
    line: str
    line_says: str


@dataclass(frozen=True)
class AlertLine:
    """An alert as text; `strength` of 0..100 is its severity."""

    when: str
    kind: str
    state: str
    message: str
    strength: int


@dataclass(frozen=True)
class CopyLine:
    """Comments that are near copies of one text: how many, and that text."""

    told: str
    quote: Quote


def ledgers(result: Result) -> list[Ledger]:
    """Return the two ledgers of the run: what was read, and what became of what was accepted."""
    read, coverage = result.record.get("ledger", {}), result.record.get("coverage", {})
    accepted = {name: coverage.get(name, 0) for name in STATUSES}
    states = {**_STATES, "other_language": _abroad(result.record.get("languages", {}))}
    return [
        _ledger("Read in this run", read.get("read", 0), {name: read.get(name, 0) for name in _READ}, _READ),
        _ledger("Accepted in this run", read.get("accepted", 0), accepted, states),
    ]


def _abroad(languages: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what became of rows in other languages: those that are scored, then those that are not."""
    told = [_STATES["other_language"]]
    for scored, what in ((True, "with sentiment"), (False, "not scored")):
        some = [
            f"{count(one['n'])} {LANGUAGES.get(code, code)}"
            for code, one in languages.items()
            if one["scored"] == scored
        ]
        if some:
            told.append(f"{listing(some)} {what}")
    return "; ".join(told)


def _ledger(name: str, whole: int, parts: Mapping[str, int], meanings: Mapping[str, str]) -> Ledger:
    """Return a whole with its parts."""
    lines = [
        Line(
            _NAMES.get(part, part).capitalize(),
            meanings[part],
            count(n),
            percent(n / whole) if whole else "",
            f"{100 * n / whole:.2f}" if whole else "0",
            part,
        )
        for part, n in parts.items()
    ]
    says = f"{count(whole)} = " + " + ".join(f"{line.n} {line.name.lower()}" for line in lines)
    return Ledger(name, count(whole), lines, says)


def score_cards(result: Result, config: Config) -> list[ScoreCard]:
    """Return a card for each score that has a value, primary metrics in their published order."""
    series = rows(result.findings.scores)
    cards = []
    for metric, numbers in result.findings.metrics.items():
        told = measure(metric, config)
        value = told.value(_known(numbers.get("value")))
        if not value:
            continue
        line = [row for row in series if row["metric"] == metric and _whole(row)]
        line.sort(key=lambda row: row["period"] or "")
        values = [row["value"] for row in line]
        interval = told.interval(_known(numbers.get("low")), _known(numbers.get("high")))
        n = f"n {count(_known(numbers.get('n')))}" if numbers.get("n") is not None else ""
        known = [value for value in values if value is not None]
        ends = f"{told.value(known[0])} to {told.value(known[-1])}" if known else ""
        name = noun(tuple(row["period"] or "" for row in line))
        cards.append(
            ScoreCard(
                told.name,
                told.meaning,
                value,
                ", ".join(part for part in (interval, n) if part),
                spark(values, from_zero=False),
                f"{told.name} by {name}, from {ends}." if ends else "",
            )
        )
    return cards


def _whole(row: Row) -> bool:
    """Return whether a score is of everybody in one period."""
    return (row["scope"] or "") in WHOLE and (row["period"] or "") not in WHOLE


def _known(value: Any) -> float | None:
    """Return a number; None for what is not one."""
    return None if value is None or value != value else float(value)  # noqa: PLR0124 - NaN


def alert_lines(result: Result) -> list[AlertLine]:
    """Return the alerts of the run, most severe first."""
    alerts = rows(result.findings.alerts)
    alerts.sort(key=lambda row: (-(row["severity"] or 0.0), row["alert_id"] or ""))
    return [
        AlertLine(
            day(row["created_at"]),
            (row["kind"] or "").capitalize(),
            (row["state"] or "").capitalize(),
            row["message"] or "",
            round(100 * (row["severity"] or 0.0)),
        )
        for row in alerts
    ]


def copy_lines(result: Result, quotes: Quotes) -> list[CopyLine]:
    """Return the largest groups of near copies, each with one of them, the largest first."""
    lines = []
    for group in result.record.get("near_copies", ())[:COPIES]:
        shared = f" ({percent(group['share'])})" if group["share"] is not None else ""
        authors = f", by {plural(group['customers'], 'customer')}," if group["customers"] else ""
        told = f"{plural(group['count'], 'comment')}{shared}{authors} are near copies of one text:"
        lines += [CopyLine(told, quote) for quote in quotes.best([group["example"]], 1)]
    return lines


def method_lines(result: Result, config: Config) -> list[tuple[str, str]]:
    """Return what a colleague needs to repeat this report: inputs, columns, versions, seed.

    Nothing of it depends on the clock, the machine or the number of the run.
    """
    record = result.record
    lines = [
        ("Inputs", ", ".join(sorted(_input_name(item) for item in record.get("inputs", ())))),
        ("Columns", _flat(record.get("columns", {}), " \u2190 ")),
        ("Models", _flat(_versions(record.get("models", {})), " ")),
        ("cx-text", str(record.get("version", ""))),
        ("Seed", str(record.get("seed", config.seed))),
        ("Settings (sha256)", str(record.get("config_sha256", config.sha256))),
    ]
    return [line for line in lines if line[1]]


def _versions(models: Mapping[str, Any]) -> dict[str, Any]:
    """Return which models were at work, without their themes."""
    return {name: told for name, told in models.items() if isinstance(told, (str, int)) and name != "themes"}


def _input_name(item: Any) -> str:
    """Return the name of an input without its folder."""
    if isinstance(item, Mapping):
        item = next((item[key] for key in ("name", "file", "path") if key in item), "")
    return PurePath(str(item)).name


def _flat(parts: Any, between: str) -> str:
    """Return nested names and values on one line."""
    if isinstance(parts, Mapping):
        return ", ".join(
            f"{_input_name(name)}: {_flat(part, between)}"
            if isinstance(part, Mapping)
            else f"{name}{between}{_flat(part, between)}"
            for name, part in parts.items()
        )
    if isinstance(parts, (list, tuple)):
        return ", ".join(map(str, parts))
    return str(parts)

"""Issues as cards: what it is, since when, where, and the rate now against the rate before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.charts import Chart, timeline
from cx_text.reports.quoting import Quote, Quotes
from cx_text.reports.series import ALL, Series, theme_series
from cx_text.reports.themes_told import interval_of
from cx_text.reports.wording import as_day, between, count, day, percent, percents, plural, times

CHARTED = 6
SHOWN = 12
FRESH = ("emerging", "returned")
_ORDER = ("emerging", "returned", "spike", "chronic", "seasonal", "fading")
_MEANING = {
    "emerging": "rises now and was not there before",
    "returned": "was quiet and is back",
    "spike": "a short burst that is over",
    "chronic": "there in most periods",
    "seasonal": "follows a pattern by weekday or month",
    "fading": "was high and falls",
}
_NAMED = {
    "emerging": ("now", "before"),
    "returned": ("now", "while it was quiet"),
    "spike": ("during the burst", "otherwise"),
    "chronic": ("over the whole time", "for comparison"),
    "fading": ("over the whole time", "for comparison"),
    "seasonal": ("on these days", "on other days"),
}
_EPISODES = ("emerging", "returned", "spike")


@dataclass(frozen=True)
class IssueCard:
    """All that the page says of one issue, as text."""

    label: str
    status: str
    meaning: str
    fresh: bool
    where: str
    since: str
    rate: str
    rate_of: str
    before: str
    before_of: str
    ratio: str
    seen: str
    marked: bool
    chart: Chart | None
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class IssueSection:
    """The issues of a result, fresh ones first: `cards`, and how many `more` there are."""

    cards: Sequence[IssueCard]
    more: int


def issue_section(result: Result, quotes: Quotes) -> IssueSection:
    """Return the issues of `result`: emerging and returned first, then by rank."""
    issues = ordered(rows(result.issues))
    lines = {ALL: theme_series(result.findings.trends)}
    for row in issues[:CHARTED]:
        channel = channel_of(row)
        if channel is not None and channel not in lines:
            lines[channel] = theme_series(result.findings.trends, channel)
    cards = [_card(row, quotes, lines if place < CHARTED else {}) for place, row in enumerate(issues[:SHOWN])]
    return IssueSection(cards, max(len(issues) - SHOWN, 0))


def ordered(issues: Sequence[Row]) -> list[Row]:
    """Return issues by how fresh they are, then by rank."""
    place = {status: number for number, status in enumerate(_ORDER)}
    return sorted(issues, key=lambda row: (place.get(row["status"] or "", len(place)), row["rank"] or 0))


def channel_of(row: Row) -> str | None:
    """Return the channel an issue is confined to, ``all`` if to nothing, None if to something else."""
    dimension, _, value = (row["scope"] or ALL).partition("=")
    if dimension == ALL:
        return ALL
    return value if dimension == "channel" else None


def where_of(row: Row) -> str:
    """Return where an issue is heard, in words."""
    dimension, _, value = (row["scope"] or ALL).partition("=")
    if not value:
        return "everywhere"
    return f"in {dimension.removeprefix('attr_').replace('_', ' ')} {value}"


def ratio_of(row: Row) -> str:
    """Return by how much the rate of an issue differs, with the interval; nothing is a multiple of never."""
    if row["rate_ratio"] is None or row["baseline_rate"] == 0:
        return ""
    interval = between(times(row["low"]), times(row["high"]))
    return f"{times(row['rate_ratio'])} times" + (f" ({interval})" if interval else "")


def rate_told(row: Row) -> str:
    """Return the rate of an issue with its interval, which follows from the rate and the count."""
    if row["rate"] is None:
        return ""
    n = round(row["count"] / row["rate"]) if row["count"] and row["rate"] else None
    interval = percents(*interval_of(row["rate"], n))
    return f"{percent(row['rate'])} ({interval})" if interval else percent(row["rate"])


def _card(row: Row, quotes: Quotes, lines: Mapping[str, Mapping[str, Series]]) -> IssueCard:
    """Return the card of one issue, with a chart where lines are given."""
    status = row["status"] or ""
    named = _NAMED.get(status, ("rate", "for comparison"))
    line = lines.get(channel_of(row) or "", {}).get(row["theme_id"], Series())
    return IssueCard(
        label=row["label"] or "Issue without a name",
        status=status.capitalize(),
        meaning=_MEANING.get(status, "") + (f" ({row['pattern']})" if row["pattern"] else ""),
        fresh=status in FRESH,
        where=where_of(row),
        since=day(row["since"] or row["first_seen"]),
        rate=rate_told(row),
        rate_of=named[0],
        before=percent(row["baseline_rate"]),
        before_of=named[1],
        ratio=ratio_of(row),
        seen=_seen(row),
        marked=_window(row, line) is not None,
        chart=_chart(row, line),
        quotes=quotes.best(row["evidence"]),
    )


def _seen(row: Row) -> str:
    """Return how much an issue rests on: comments, customers and periods."""
    parts = [plural(row["count"], "comment")] if row["count"] is not None else []
    if row["customers"] is not None:
        parts.append(plural(row["customers"], "customer"))
    if row["periods_present"] is not None and row["periods_observed"] is not None:
        parts.append(f"{count(row['periods_present'])} of {plural(row['periods_observed'], 'period')}")
    return ", ".join(parts)


def _chart(row: Row, line: Series) -> Chart | None:
    """Return the rate over time with the present episode marked; None where there is no line."""
    days = [as_day(period) for period in line.periods]
    if not line or None in days:
        return None
    dated = Series(tuple(str(when) for when in days), line.rates)
    window = _window(row, dated)
    says = f"Comments that mention {row['label']} {where_of(row)}, share over time: {line.told}."
    if window is None:
        return timeline(dated, says, None, None)
    says += f" Marked: {day(window[0])} to {day(window[1])}."
    return timeline(dated, says, _outside(dated, window), window)


def _window(row: Row, line: Series) -> tuple[str, str] | None:
    """Return first and last day of the present episode, if it is a part of the time shown."""
    first, last = as_day(row["first_seen"]), as_day(row["last_seen"])
    if not line or row["status"] not in _EPISODES or first is None or last is None:
        return None
    end = min(str(last), line.periods[-1])
    return (str(first), end) if line.periods[0] < str(first) < end else None


def _outside(line: Series, window: tuple[str, str]) -> float | None:
    """Return the mean rate outside the window; None where nothing was observed there."""
    pairs = zip(line.periods, line.rates, strict=True)
    known = [rate for period, rate in pairs if rate is not None and not window[0] <= period <= window[1]]
    return fsum(known) / len(known) if known else None

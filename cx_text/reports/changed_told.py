"""What changed: scores and themes of late against before, what made the difference, what is new or gone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cx_text.config import Config
from cx_text.records import FIRST_RUN, Result
from cx_text.reports.actions_told import ActionCard, action_cards
from cx_text.reports.cells import Row, rows
from cx_text.reports.charts import Chart, Move, moves
from cx_text.reports.issues_told import where_of
from cx_text.reports.series import ALL
from cx_text.reports.taxonomy_told import NAMELESS, changes, some
from cx_text.reports.wording import Measure, as_day, count, day, listing, measure, percent, percents, plural

CHARTED = 8
TOLD = 8
"""Moves of themes that are told in words, at most; the sheet has all."""
SURE = ("higher", "lower")
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_NEGATIVE = Measure("The share of negative comments", "", "percent")
_SHARE = Measure("", "", "percent")


@dataclass(frozen=True)
class ChangeSection:
    """What changed, in sentences.

    Attributes:
        title: of the section.
        parts: what is compared with what, with the numbers of comments; empty where nothing is.
        names: what the two are called in a legend, before first.
        scores, themes: the moves beyond what chance explains.
        more: moves of themes that are not told.
        chart: the themes that moved furthest; None where nothing is compared.
        apart: groups that only one of the two has.
        actions: what people did about themes, by their notes, and how it went since.
        issues: which opened or closed since the run before; nothing where no run told of the same before.
        taxonomy: what became of the themes when they were last learned.
    """

    title: str
    parts: str
    names: tuple[str, str]
    scores: Sequence[str]
    themes: Sequence[str]
    more: int
    chart: Chart | None
    apart: str
    actions: Sequence[ActionCard]
    issues: Sequence[str]
    taxonomy: Sequence[str]

    @property
    def told(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.parts or self.actions or self.issues or self.taxonomy)


def change_section(result: Result, config: Config) -> ChangeSection:
    """Return what changed, from table CHANGES, the states of issues and the themes' lineage."""
    table = rows(result.findings.changes)
    sure = [row for row in table if row["verdict"] in SURE]
    about = [row for row in sure if row["theme_id"]]
    return ChangeSection(
        title="What is different" if table and not in_time(table[0]) else "What changed",
        parts=_parts(table),
        names=_names(table[0]) if table else ("", ""),
        scores=[score_sentence(row, config) for row in sure if not row["theme_id"]],
        themes=[theme_sentence(row) for row in about[:TOLD]],
        more=max(len(about) - TOLD, 0),
        chart=_chart(table),
        apart=_apart(table),
        actions=action_cards(result.findings.actions, config),
        issues=list(_issues(result)),
        taxonomy=changes(result),
    )


def _parts(table: Sequence[Row]) -> str:
    """Return what is compared with what, in a clause; empty where nothing is."""
    for row in table:
        if row["measure"] == "comments":
            now, then = (
                f"{part_name(row[f'part_{side}'])} (n {count(row[f'n_{side}'])})"
                for side in ("after", "before")
            )
            return f"{now} against {then}"
    return ""


def part_name(part: str) -> str:
    """Return what a part is called, its days as a reader expects them.

    >>> part_name("product=Fibre, 2025-09-01 to 2025-09-30")
    'product=Fibre, 1 Sep 2025 to 30 Sep 2025'
    """
    return _DAY.sub(lambda found: day(found[0]), part)


def in_time(row: Row) -> bool:
    """Return whether a row compares two times, and not two groups of one time."""
    days = [row[name][-10:] for name in ("part_before", "part_after")]
    return days[0] != days[1] and None not in map(as_day, days)


def _names(row: Row) -> tuple[str, str]:
    """Return what the two parts are called, before first."""
    if in_time(row):
        return "before", "now"
    return part_name(row["part_before"]), part_name(row["part_after"])


def score_sentence(row: Row, config: Config) -> str:
    """Return a move of a score, or of the negative share of all comments, in a sentence or two."""
    told = _NEGATIVE if row["measure"] == "negative_share" else measure(row["measure"], config)
    text = f"{told.name} is {told.value(row['after'])}, {_against(row)} {told.value(row['before'])}"
    return f"{text} ({_difference(row, told)}; {_ns(row)}).{_made_of(row, told)}"


def theme_sentence(row: Row) -> str:
    """Return a move of a theme in a sentence or two."""
    name = f"\u201c{row['label'] or NAMELESS}\u201d"
    after, before = percent(row["after"]), percent(row["before"])
    if row["measure"] == "share":
        text = f"{name} is in {after} of comments, {_against(row)} {before}"
    else:
        text = f"{name} is told negatively by {after} of those who mention it, {_against(row)} {before}"
    return f"{text} ({_difference(row, _SHARE)}; {_ns(row)}).{_made_of(row, _SHARE)}"


def _against(row: Row) -> str:
    """Return the word for what is compared with."""
    return "before" if in_time(row) else "against"


def _ns(row: Row) -> str:
    """Return the numbers of both parts, in the order of their values."""
    return f"n {count(row['n_after'])} and {count(row['n_before'])}"


def _points(number: float, told: Measure) -> str:
    """Return a difference of a score in points."""
    return told.change(100 * number if told.unit == "percent" else number)


def _difference(row: Row, told: Measure) -> str:
    """Return a difference with its interval."""
    value, low, high = (_points(row[name], told) for name in ("difference", "low", "high"))
    return f"{value} {told.difference}, {low} to {high}"


def _made_of(row: Row, told: Measure) -> str:
    """Return what a difference is made of; nothing where that is not known."""
    if row["mix_effect"] is None:
        return ""
    mix, rate = (_points(row[name], told) for name in ("mix_effect", "rate_effect"))
    return f" Of this, {mix} {told.difference} go with another mix of cases, {rate} with how they went."


def _apart(table: Sequence[Row]) -> str:
    """Return the groups that one of the two has and the other has not, in a sentence for each."""
    groups = [row for row in table if row["measure"] == "one_sided"]
    told = []
    for side in ("before", "after"):
        mine = [row for row in groups if row[f"n_{side}"]]
        if mine:
            told.append(
                f"Only {_names(mine[0])[side == 'after']}: {listing([row['label'] for row in mine])}."
            )
    return " ".join([*told, "What such a group brings or takes along counts as mix."]) if told else ""


def _chart(table: Sequence[Row]) -> Chart | None:
    """Return the chart of the shares that moved furthest; None without any."""
    shares = [
        row for row in table if row["measure"] == "share" and row["verdict"] in {*SURE, "no_difference"}
    ]
    shown = sorted(shares, key=lambda row: (row["verdict"] not in SURE, -abs(row["difference"])))[:CHARTED]
    if not shown:
        return None
    items = [
        Move(
            row["label"] or NAMELESS,
            (row["before"], row["before_low"], row["before_high"]),
            (row["after"], row["after_low"], row["after_high"]),
            row["verdict"] in SURE,
        )
        for row in shown
    ]
    sure = [row for row in shown if row["verdict"] in SURE]
    first = shown[0]
    says = (
        f"Share of comments {' and '.join(_names(first))}, with 95 % intervals, of the {len(shown)} themes "
        f"that differ most; {len(sure) or 'none'} of them beyond what chance explains. {first['label']}: "
        f"{percent(first['before'])} ({percents(first['before_low'], first['before_high'])}) and "
        f"{percent(first['after'])} ({percents(first['after_low'], first['after_high'])})."
    )
    return moves(items, says)


def _issues(result: Result) -> Iterator[str]:
    """Yield which issues opened and closed since the run before, and how many stood before.

    Nothing of a first run, and of a part of the comments, of which no run told before.
    """
    if "part" in result.record or result.record["run_id"] == FIRST_RUN:
        return
    issues, now = rows(result.findings.issues), result.findings.now
    closed = [row for row in rows(result.findings.closed) if row["closed"] == now]
    states = {
        state: [row for row in issues if row["state"] == state] for state in ("new", "re-opened", "open")
    }
    for word, mine in (("Opened", states["new"]), ("Open again", states["re-opened"]), ("Closed", closed)):
        if mine:
            yield f"{word}: {some([_issue(row) for row in mine])}."
    if states["open"]:
        yield f"Open as before: {plural(len(states['open']), 'issue')}."


def _issue(row: Row) -> str:
    """Return an issue as it is named in a list."""
    where = "" if row["scope"] in {None, ALL} else f" {where_of(row)}"
    return f"\u201c{row['label'] or NAMELESS}\u201d{where}"

"""Did it help? What people noted of themes, and how complaints and scores went since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.taxonomy_told import NAMELESS, anchor_of, themes_of
from cx_text.reports.wording import between, count, day, measure, percent, percents, plural, times

_VERDICTS = {
    "fewer": "Fewer complaints",
    "more": "More complaints",
    "no_difference": "No difference",
    "too_early": "Too early to tell",
    "no_baseline": "Nothing to compare with",
}
_MEANS = {
    "fewer": "what was noted is associated with fewer complaints",
    "more": "what was noted is associated with more complaints",
    "no_difference": "there is no difference beyond what chance explains",
}


@dataclass(frozen=True)
class ActionCard:
    """A note with a day: on which theme, what it says, since when, and how it went since."""

    label: str
    note: str
    since: str
    verdict: str
    good: bool
    told: str


def action_cards(actions: pd.DataFrame, config: Config) -> list[ActionCard]:
    """Return the notes that have a day, the newest first."""
    return [
        ActionCard(
            label=row["label"] or NAMELESS,
            note=row["note"] or "",
            since=day(row["since"]),
            verdict=_VERDICTS[row["verdict"]],
            good=row["verdict"] == "fewer",
            told=action_sentence(row, config),
        )
        for row in reversed(rows(actions))
        if row["since"]
    ]


def notes_told(result: Result, config: Config) -> Mapping[str, Sequence[str]]:
    """Return the notes on each theme as sentences, by its place on the page, in the order of their days."""
    notes = rows(result.findings.actions)
    return {
        anchor_of(theme): [
            note_sentence(note, config) for note in notes if note["theme_id"] == theme["theme_id"]
        ]
        for theme in themes_of(result)
    }


def note_sentence(row: Row, config: Config) -> str:
    """Return a note, with how it went since its day if it has one."""
    note = f"\u201c{row['note']}\u201d"
    if not row["since"]:
        return f"Note: {note}."
    verdict = _VERDICTS[row["verdict"]]
    return f"Since {day(row['since'])}, {note}. {verdict}. {action_sentence(row, config)}"


def action_sentence(row: Row, config: Config) -> str:
    """Return how it went since the day of a note."""
    if row["verdict"] == "no_baseline":
        return "The data do not hold two weeks before it."
    if row["verdict"] == "too_early":
        since = (
            f"{plural(row['count_after'], 'complaint')} in {plural(row['weeks_after'], 'whole week')} since"
        )
        before = f"{count(row['count_before'])} in the {plural(row['weeks_before'], 'week')} before"
        return f"{since}, {before}: that is too little, or too short, to say more."
    return f"{_rates(row)} {_against_others(row)}{_score(row, config)}"


def _rates(row: Row) -> str:
    """Return both rates and their ratio, with intervals and numbers."""
    after, before = (
        f"{percent(row[f'rate_{side}'])} of comments "
        f"({percents(row[f'rate_{side}_low'], row[f'rate_{side}_high'])}; {count(row[f'count_{side}'])} of "
        f"{count(row[f'n_{side}'])} in {plural(row[f'weeks_{side}'], 'week')})"
        for side in ("after", "before")
    )
    return f"{after} complain about it, before {before}: {_times(row, 'ratio')} as many."


def _against_others(row: Row) -> str:
    """Return how that compares with the course of all other themes."""
    others = times(row["others_ratio"])
    told = f"Complaints about all other themes went to {others} times as many; a" if others else "A"
    return f"{told}gainst that, {_MEANS[row['verdict']]}: {_times(row, 'relative')} as many."


def _times(row: Row, name: str) -> str:
    """Return a ratio with its interval."""
    interval = between(times(row[f"{name}_low"]), times(row[f"{name}_high"]))
    return f"{times(row[name])} times ({interval})"


def _score(row: Row, config: Config) -> str:
    """Return how the score moved; empty where it is not known."""
    if row["score_difference"] is None:
        return ""
    told = measure(row["metric"], config)
    scale = 100 if told.unit == "percent" else 1
    value, low, high = (
        told.change(scale * row[name]) for name in ("score_difference", "score_low", "score_high")
    )
    now, before = told.value(row["score_after"]), told.value(row["score_before"])
    ns = f"n {count(row['score_n_after'])} and {count(row['score_n_before'])}"
    beside = f"{value} {told.difference} ({low} to {high}) beside the course of others"
    return f" {told.name} of those who mention it is {now}, before {before} ({ns}): {beside}."

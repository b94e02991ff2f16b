"""How it was for customers: effort, feelings, what people did and failed to do, the journey, coming back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.taxonomy_told import themes_of
from cx_text.reports.wording import between, count, decimal, percent, percents, plural
from cx_text.stages.emotions import EMOTIONS

ENOUGH = 10
"""Fewest comments, or customers, of which a share is told."""
THEMES, BEHAVIOURS, LEAKS, NAMED = 6, 14, 8, 3
RETURNED = 5
"""Fewest comments of a theme that tell of an earlier contact."""
FULL = 100.0
N = "n\u00a0"
STAGES: Mapping[str, str] = {
    "before_purchase": "Before buying",
    "purchase": "Buying",
    "after_purchase": "Delivery and returns",
    "onboarding": "Getting started",
    "use": "Using it",
    "renewal": "Renewing",
    "leaving": "Leaving",
}

Found = Mapping[tuple[str, str, str], Row]


@dataclass(frozen=True)
class Part:
    """A piece of a bar: its colour and its width in percent."""

    tint: str
    width: str


@dataclass(frozen=True)
class Line:
    """A bar with its name; `told` says all that it shows, `kind` is all, channel, theme or stage."""

    label: str
    kind: str
    told: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Sides:
    """A behaviour: how often it was missing and how often it was shown, as text and as widths in percent."""

    label: str
    missing: str
    missing_width: str
    shown: str
    shown_width: str


@dataclass(frozen=True)
class Leak:
    """A theme that customers come back with: who says so, and who was seen to."""

    label: str
    said: str
    seen: str


@dataclass(frozen=True)
class ExperienceSection:
    """All that is told of how it was; what there is too little of is empty."""

    facts: Sequence[tuple[str, str, str]]
    efforts: Sequence[Line]
    emotions: Sequence[Line]
    legend: Sequence[str]
    behaviours: Sequence[Sides]
    channels: Sequence[str]
    comments: str
    journey: Sequence[Line]
    staged: str
    leaks: Sequence[Leak]

    @property
    def told(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.efforts or self.emotions or self.behaviours or self.journey or self.leaks)


def experience_section(result: Result) -> ExperienceSection:
    """Return how it was for customers; nothing that rests on fewer than 10 comments."""
    table = [row for row in rows(result.findings.experience) if (row["n"] or 0) >= ENOUGH]
    found = {(row["scope"], row["measure"], row["item"] or ""): row for row in table}
    scopes = list(_scopes(result, found))
    emotions = list(_emotions(found, scopes))
    staged = max((row["n"] for row in table if row["measure"] == "journey"), default=0)
    return ExperienceSection(
        facts=list(_facts(found)),
        efforts=list(_efforts(found, scopes)),
        emotions=emotions,
        legend=[
            name for name in EMOTIONS if any(part.tint == name for line in emotions for part in line.parts)
        ],
        behaviours=_behaviours(found),
        channels=list(_by_channel(found, scopes)),
        comments=plural(_n(found, "all"), "comment"),
        journey=list(_journey(found)),
        staged=plural(staged, "comment"),
        leaks=_leaks(result, found),
    )


def _scopes(result: Result, found: Found) -> Iterator[tuple[str, str, str]]:
    """Yield scope, name and kind of what is told: all, the channels by name, the first themes by rank."""
    yield "all", "All comments", "all"
    for scope, measure, _ in found:
        if scope.startswith("channel=") and measure == "comments":
            yield scope, scope.partition("=")[2], "channel"
    for theme in themes_of(result)[:THEMES]:
        yield f"theme={theme['theme_id']}", theme["label"] or "", "theme"


def _n(found: Found, scope: str) -> int:
    """Return the number of comments of a scope."""
    row = found.get((scope, "comments", ""))
    return int(row["n"]) if row else 0


def _valued(found: Found, scope: str, measure: str, item: str = "") -> Row | None:
    """Return a row that has a value."""
    row = found.get((scope, measure, item))
    return row if row and row["value"] is not None else None


def share(row: Row | None) -> str:
    """Return a share with its interval; empty where it is not known."""
    return f"{percent(row['value'])} ({percents(row['low'], row['high'])})" if row else ""


def _facts(found: Found) -> Iterator[tuple[str, str, str]]:
    """Yield name, figure and what stands beside it, of all comments."""
    effort, high = _valued(found, "all", "effort"), _valued(found, "all", "high_effort")
    repeat = _valued(found, "all", "repeat_contact")
    if effort:
        yield "Tell of effort", count(effort["n"]), f"of {plural(_n(found, 'all'), 'comment')}"
    if high:
        beside = f"{percents(high['low'], high['high'])}, of the {count(high['n'])} that tell of effort"
        yield "Of these, high effort", percent(high["value"]), beside
    if repeat:
        beside = f"{percents(repeat['low'], repeat['high'])}, of {plural(repeat['n'], 'comment')}"
        yield "Not the first contact", percent(repeat["value"]), beside


def _efforts(found: Found, scopes: Iterable[tuple[str, str, str]]) -> Iterator[Line]:
    """Yield the mean effort of each scope that has one."""
    for scope, label, kind in scopes:
        row, high = _valued(found, scope, "effort"), _valued(found, scope, "high_effort")
        if not row:
            continue
        interval = between(decimal(row["low"], 2), decimal(row["high"], 2))
        mean = f"{decimal(row['value'], 2)} ({interval})"
        told = f"{mean} \u00b7 high in {share(high)} \u00b7 {N}{count(row['n'])}"
        yield Line(label, kind, told, [Part("effort", f"{FULL * row['value']:.2f}")])


def _emotions(found: Found, scopes: Iterable[tuple[str, str, str]]) -> Iterator[Line]:
    """Yield the emotions of each scope, the widest bar full, the most frequent ones in words."""
    felt = {}
    for scope, label, kind in scopes:
        asked = ((name, _valued(found, scope, "emotion", name)) for name in EMOTIONS)
        felt[scope, label, kind] = [(name, row) for name, row in asked if row and row["count"]]
    most = max((sum(row["count"] / row["n"] for _, row in told) for told in felt.values()), default=0.0)
    for (scope, label, kind), told in felt.items():
        if told:
            parts = [Part(name, f"{FULL * row['count'] / row['n'] / most:.2f}") for name, row in told]
            first = sorted(told, key=lambda one: -one[1]["count"])[:NAMED]
            words = ", ".join(f"{name} {share(row)}" for name, row in first)
            yield Line(label, kind, f"{words} \u00b7 {N}{count(_n(found, scope))}", parts)


def _behaviours(found: Found) -> list[Sides]:
    """Return the behaviours of all comments, those that are told of most first."""
    names = {item for scope, measure, item in found if scope == "all" and measure in ("shown", "missing")}
    pairs = {
        name: (_valued(found, "all", "missing", name), _valued(found, "all", "shown", name)) for name in names
    }
    told = {name: [row["count"] for row in pair if row] for name, pair in pairs.items()}
    first = sorted((name for name in names if told[name]), key=lambda name: (-sum(told[name]), name))
    most = max((value for values in told.values() for value in values), default=0) or 1
    return [_sides(name, *pairs[name], most) for name in first[:BEHAVIOURS]]


def _sides(name: str, missing: Row | None, shown: Row | None, most: int) -> Sides:
    """Return one behaviour, its bars against the `most` that any side has."""
    words = [
        f"{count(row['count'])} \u00b7 {share(row)}" if row else "nobody says so" for row in (missing, shown)
    ]
    widths = [f"{FULL * row['count'] / most:.2f}" if row else "0" for row in (missing, shown)]
    return Sides(named(name), words[0], widths[0], words[1], widths[1])


def named(behaviour: str) -> str:
    """Return the name of a behaviour as it reads on both sides.

    >>> named("follow_up"), named("low_effort")
    ('Follow up', 'Making it easy')
    """
    return "Making it easy" if behaviour == "low_effort" else behaviour.replace("_", " ").capitalize()


def _by_channel(found: Found, scopes: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield for each channel what is praised and what is missed most."""
    for scope, label, kind in scopes:
        best = [_most(found, scope, measure) for measure in ("shown", "missing")]
        told = [
            f"{word} {named(row['item']).lower()}, {share(row)}"
            for word, row in zip(("shown most:", "missing most:"), best, strict=True)
            if row
        ]
        if told and kind == "channel":
            yield f"{label}: {'; '.join(told)}; {N}{count(_n(found, scope))}."


def _most(found: Found, scope: str, measure: str) -> Row | None:
    """Return the row of a measure with the largest count, ties the first by name."""
    mine = [row for (place, kind, _), row in found.items() if (place, kind) == (scope, measure)]
    told = [row for row in mine if row["count"]]
    return min(told, key=lambda row: (-row["count"], row["item"]), default=None)


def _journey(found: Found) -> Iterator[Line]:
    """Yield the stages of the journey in their order, the negative part set off."""
    told = {stage: _valued(found, "all", "journey", stage) for stage in STAGES}
    most = max((row["count"] for row in told.values() if row), default=0) or 1
    for stage, row in told.items():
        negative = _valued(found, "all", "journey_negative", stage)
        if row and negative:
            width, bad = FULL * row["count"] / most, FULL * negative["count"] / most
            parts = [Part("negative", f"{bad:.2f}"), Part("otherwise", f"{width - bad:.2f}")]
            words = f"{count(row['count'])} \u00b7 {share(row)} \u00b7 negative {share(negative)}"
            yield Line(STAGES[stage], "stage", words, parts)


def _leaks(result: Result, found: Found) -> list[Leak]:
    """Return the themes that most surely come with an earlier contact."""
    told = [
        (theme, _valued(found, f"theme={theme['theme_id']}", "repeat_contact")) for theme in themes_of(result)
    ]
    sure = [(theme, row) for theme, row in told if row and row["count"] >= RETURNED]
    sure.sort(key=lambda one: (-one[1]["low"], one[0]["theme_id"]))
    leaks = []
    for theme, row in sure[:LEAKS]:
        seen = _valued(found, f"theme={theme['theme_id']}", "return")
        said = f"{share(row)}, {N}{count(row['n'])}"
        leaks.append(
            Leak(theme["label"] or "", said, f"{share(seen)}, {N}{count(seen['n'])}" if seen else "")
        )
    return leaks

"""Channels and agents against what their mix lets expect, and what to coach; no league table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.charts import Chart, Dot, dots
from cx_text.reports.quoting import Quote, Quotes
from cx_text.reports.wording import DASH, between, chance, count, expected, plural, times

HEAT_ROWS, HEAT_COLUMNS, SENTENCES, COACHED, CHARTED = 14, 8, 8, 12, 16
_NOTABLE = ("above", "below")
_SEEN = ("worth_a_look", "strong_evidence")


@dataclass(frozen=True)
class Cell:
    """A cell of the heat map: `kind` above, below, consistent or insufficient; `strength` 0..3."""

    text: str
    kind: str
    strength: int
    says: str


@dataclass(frozen=True)
class ChannelSection:
    """Channels compared: the heat map (`names`, then a label and cells a row) and `sentences`."""

    names: Sequence[str]
    map: Sequence[tuple[str, Sequence[Cell]]]
    sentences: Sequence[str]
    compared: bool
    left_out: int


@dataclass(frozen=True)
class CoachingCard:
    """One coaching topic as text."""

    who: str
    label: str
    celebrate: bool
    evidence: str
    chance: str
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class AgentSection:
    """Coaching topics, how many agents could be judged, and a chart of those worth a look."""

    cards: Sequence[CoachingCard]
    more: int
    known: int
    judged: int
    minimum: int
    difference: str
    chart: Chart | None
    reversals: int


def channel_section(result: Result) -> ChannelSection:
    """Return the channels of `result` compared; only themes that differ somewhere are shown."""
    table = [row for row in rows(result.channels) if row["channel"] and row["theme_id"]]
    notable = [row for row in table if row["verdict"] in _NOTABLE and row["oe_ratio"] is not None]
    notable.sort(key=lambda row: -distance(row["oe_ratio"]))
    themes = list(dict.fromkeys(row["theme_id"] for row in notable))
    names = sorted({row["channel"] for row in table})
    cells = {(row["theme_id"], row["channel"]): row for row in table}
    labels = {row["theme_id"]: row["label"] or "" for row in table}
    heat = [
        (labels[theme], [_cell(cells.get((theme, name))) for name in names[:HEAT_COLUMNS]])
        for theme in themes[:HEAT_ROWS]
    ]
    sentences = [channel_sentence(row) for row in notable[:SENTENCES]]
    compared = len(names) > 1
    return ChannelSection(names[:HEAT_COLUMNS], heat, sentences, compared, max(len(names) - HEAT_COLUMNS, 0))


def distance(ratio: float) -> float:
    """Return how far a ratio is from 1, alike for double and half."""
    return max(ratio, 1 / ratio) if ratio > 0 else float("inf")


def _cell(row: Row | None) -> Cell:
    """Return one cell of the heat map."""
    if row is None or row["verdict"] not in {*_NOTABLE, "consistent"} or row["oe_ratio"] is None:
        return Cell(DASH, "insufficient", 0, "too few comments to say")
    if row["verdict"] == "consistent":
        return Cell("\u2248", "consistent", 0, "as its mix lets expect")
    strength = 3 if distance(row["oe_ratio"]) >= 2 else 2 if distance(row["oe_ratio"]) >= 1.5 else 1
    mark = "\u25b2" if row["verdict"] == "above" else "\u25bc"
    ratio = f"{mark} {times(row['oe_ratio'])}\u00d7"
    return Cell(ratio, row["verdict"], strength, ", ".join(_range(row)))


def channel_sentence(row: Row) -> str:
    """Return one finding about a channel as a sentence, with interval and n."""
    basis = _range(row)
    if row["count"] is not None and row["expected"] is not None:
        seen = f"{count(row['count'])} of {plural(row['n'] or 0, 'comment')}"
        basis += [f"{seen} against {expected(row['expected'])} expected"]
    told = f"\u201c{row['label']}\u201d comes up {times(row['oe_ratio'])} times as often in {row['channel']}"
    return f"{told} as its mix of cases lets expect ({'; '.join(basis)})."


def _range(row: Row) -> list[str]:
    """Return the interval of a ratio, if it is known."""
    told = between(times(row["low"]), times(row["high"]))
    return [told] if told else []


def agent_section(result: Result, config: Config, quotes: Quotes) -> AgentSection:
    """Return what is said of agents: topics to coach or celebrate, never a ranking of people."""
    table = [row for row in rows(result.agents) if row["agent"]]
    known = {row["agent"] for row in table}
    judged = {row["agent"] for row in table if row["state"] != "insufficient"}
    topics = sorted(rows(result.coaching), key=lambda row: row["rank"] or 0)
    seen = [row for row in table if row["state"] in _SEEN and row["oe_ratio"]]
    return AgentSection(
        cards=[_coaching(row, quotes) for row in topics[:COACHED]],
        more=max(len(topics) - COACHED, 0),
        known=len(known),
        judged=len(judged),
        minimum=config.agents.minimum,
        difference=times(config.agents.difference),
        chart=_chart(seen),
        reversals=sum(bool(row["reversal"]) for row in table),
    )


def _coaching(row: Row, quotes: Quotes) -> CoachingCard:
    """Return the card of one coaching topic."""
    return CoachingCard(
        who=who_of(row),
        label=row["label"] or str(row["topic"] or "").replace("_", " ").capitalize(),
        celebrate=row["direction"] == "celebrate",
        evidence=basis_of(row),
        chance=chance(row["probability"]),
        quotes=quotes.best(row["evidence"]),
    )


def who_of(row: Row) -> str:
    """Return whom a coaching topic is for."""
    by_scope: Mapping[str, str] = {
        "individual": str(row["agent"] or "One agent"),
        "team": _team(row["team"]),
    }
    return by_scope.get(row["scope"] or "", "Everyone")


def _team(name: str | None) -> str:
    """Return a team's name with the word before it, once.

    >>> _team("Blue"), _team("Team Blue")
    ('Team Blue', 'Team Blue')
    """
    said = str(name or "")
    return said if said.casefold().startswith("team") else f"Team {said}".strip()


def basis_of(row: Row) -> str:
    """Return what a coaching topic rests on: counted against expected."""
    if row["count"] is None:
        return ""
    praise = row["direction"] == "celebrate"
    told = plural(row["count"], *(("word of praise", "words of praise") if praise else ("complaint",)))
    if row["expected"] is None or row["oe_ratio"] is None:
        return told
    return f"{told} against {expected(row['expected'])} expected, {times(row['oe_ratio'])} times as many"


def _chart(seen: Sequence[Row]) -> Chart | None:
    """Return the comparisons worth a look, by name and not by size; None without any."""
    first = sorted(seen, key=lambda row: -(row["probability"] or 0.0))[:CHARTED]
    items = [
        Dot(
            f"{row['agent']}: {row['label'] or row['topic']}",
            row["oe_ratio"],
            row["low"],
            row["high"],
            row["direction"] == "worse",
        )
        for row in sorted(first, key=lambda row: (row["agent"], row["topic"] or ""))
    ]
    if not items:
        return None
    says = (
        f"{plural(len(items), 'comparison')} worth a look, observed against expected with 95 % intervals, "
        f"in order of names: {'; '.join(f'{item.label} {times(item.value)} times' for item in items[:4])}."
    )
    return dots(items, says, "observed / expected", 1.0)

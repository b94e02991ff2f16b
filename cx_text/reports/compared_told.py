"""Channels against what their mix lets expect, and how alike they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.whiskers import share_whisker
from cx_text.reports.wording import DASH, between, count, decimal, expected, percent, plural, times

HEAT_ROWS, HEAT_COLUMNS, SENTENCES = 14, 8, 8
SIGNIFICANT, PARTIAL = 0.05, 0.8
ALIKE = (
    (0.95, "nearly the same"),
    (0.8, "mostly the same"),
    (0.5, "much that is different"),
    (0.0, "mostly different things"),
)
"""What an index of at least this is called."""
_NOTABLE = ("above", "below")


@dataclass(frozen=True)
class Cell:
    """A cell of the heat map: `kind` above, below, consistent or insufficient; `strength` 0..3."""

    text: str
    kind: str
    strength: int
    says: str


@dataclass(frozen=True)
class Alike:
    """How alike a channel is to the others: `told` in words, with a picture."""

    channel: str
    told: str
    picture: str


@dataclass(frozen=True)
class Consistency:
    """How alike channels are together (`told`), and each of them."""

    told: str
    channels: Sequence[Alike]


@dataclass(frozen=True)
class ChannelSection:
    """Channels compared: the heat map (`names`, then a label, cells and a part a row) and `sentences`.

    The part is how much of all that differs between channels the theme makes up; empty if not known.
    """

    names: Sequence[str]
    map: Sequence[tuple[str, Sequence[Cell], str]]
    sentences: Sequence[str]
    compared: bool
    left_out: int
    consistency: Consistency | None


def channel_section(result: Result) -> ChannelSection:
    """Return the channels of `result` compared; only themes that differ somewhere are shown."""
    table = [row for row in rows(result.channels) if row["channel"] and row["theme_id"]]
    notable = [row for row in table if row["verdict"] in _NOTABLE and row["oe_ratio"] is not None]
    notable.sort(key=lambda row: -distance(row["oe_ratio"]))
    parts = _parts(result)
    found = dict.fromkeys(row["theme_id"] for row in notable)
    themes = list(dict.fromkeys([*(theme for theme in parts if theme in found), *found]))
    names = sorted({row["channel"] for row in table})
    cells = {(row["theme_id"], row["channel"]): row for row in table}
    labels = {row["theme_id"]: row["label"] or "" for row in table}
    heat = [
        (
            labels[theme],
            [_cell(cells.get((theme, name))) for name in names[:HEAT_COLUMNS]],
            parts.get(theme, ""),
        )
        for theme in themes[:HEAT_ROWS]
    ]
    sentences = [channel_sentence(row) for row in notable[:SENTENCES]]
    return ChannelSection(
        names=names[:HEAT_COLUMNS],
        map=heat,
        sentences=sentences,
        compared=len(names) > 1,
        left_out=max(len(names) - HEAT_COLUMNS, 0),
        consistency=consistency_told(result),
    )


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


def consistency_told(result: Result) -> Consistency | None:
    """Return how alike channels are; None where they cannot be compared."""
    table = [row for row in rows(result.findings.consistency) if row["index"] is not None]
    whole = next((row for row in table if row["scope"] == "all"), None)
    if whole is None:
        return None
    each = [
        Alike(str(row["label"]), _alike(row), share_whisker(row["index"], row["low"], row["high"]))
        for row in table
        if row["scope"].startswith("channel=")
    ]
    return Consistency(_agreement(whole), each[:HEAT_COLUMNS])


def _agreement(row: Row) -> str:
    """Return how alike all channels are, and whether chance alone could make them differ so much."""
    word = next(word for least, word in ALIKE if row["index"] >= least)
    sure = row["p_value"] is not None and row["p_value"] < SIGNIFICANT
    beyond = "They differ beyond chance." if sure else "That is no more than chance explains."
    return f"In the same kinds of cases channels hear {word}: {_index(row)}, where 1 is alike. {beyond}"


def _index(row: Row) -> str:
    """Return the consistency index with its interval and n."""
    told = [between(decimal(row["low"], 2), decimal(row["high"], 2)), plural(row["n"] or 0, "comment")]
    return f"consistency index {decimal(row['index'], 2)} ({'; '.join(part for part in told if part)})"


def _alike(row: Row) -> str:
    """Return how alike one channel is to the others, and how much of it could be compared."""
    told = _index(row).removeprefix("consistency index ")
    if row["support"] is not None and row["support"] < PARTIAL:
        told += f"; only {percent(row['support'])} of its comments are of kinds that other channels have too"
    return told


def _parts(result: Result) -> dict[str, str]:
    """Return the part of all that differs between channels that each theme makes up, by theme_id."""
    scope = "theme="
    return {
        row["scope"].removeprefix(scope): percent(row["contribution"])
        for row in rows(result.findings.consistency)
        if row["scope"].startswith(scope) and row["contribution"] is not None
    }

"""What cannot wait: comments with a risk, the words that tell it marked, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.wording import count, day, listing, percent, percents, plural
from cx_text.stages.signals import Signals

KINDS: Mapping[str, str] = {
    "safety": "Safety",
    "legal": "Legal steps",
    "churn": "Leaving",
    "urgency": "Urgent",
}
"""What the risks are called, in the order in which they are told."""
GRAVE = ("safety", "legal")
AT_ONCE = 5
"""Comments that are shown at once; the others are a click away."""
LONGEST = 420
"""Characters of a comment that are shown, around what is marked."""


@dataclass(frozen=True)
class Fragment:
    """A piece of a comment, marked where it tells the risk."""

    text: str
    marked: bool


@dataclass(frozen=True)
class UrgentCard:
    """One comment: its kinds, whether one of them is `grave`, where and when it was written, its text."""

    kinds: Sequence[str]
    grave: bool
    source: str
    text: Sequence[Fragment]


@dataclass(frozen=True)
class UrgentSection:
    """The comments that cannot wait: the `first` ones, the `rest`, and how many were ever `counted`."""

    first: Sequence[UrgentCard]
    rest: Sequence[UrgentCard]
    counted: str


def urgent_section(result: Result) -> UrgentSection:
    """Return the comments with a risk, in the order of the findings; those without a text are left out."""
    signals = Signals.shipped()
    known = [row for row in rows(result.findings.risks) if result.quotes.get(row["verbatim_id"])]
    cards = [_card(row, result.quotes[row["verbatim_id"]], signals) for row in known]
    return UrgentSection(cards[:AT_ONCE], cards[AT_ONCE:], counted(result))


def counted(result: Result) -> str:
    """Return how many comments of the window have each risk, in one sentence; empty without any."""
    found = {row["item"]: row for row in rows(result.findings.experience) if row["measure"] == "risk"}
    told = [f"{KINDS[kind].lower()} {_share(found[kind])}" for kind in KINDS if kind in found]
    n = max((row["n"] for row in found.values()), default=0)
    return f"Of {plural(n, 'comment')} in all the time of this report: {listing(told)}." if told else ""


def _share(row: Row) -> str:
    """Return how many, and which share where it has an interval."""
    return f"{count(row['count'])} ({percent(row['value'])}, {percents(row['low'], row['high'])})"


def _card(row: Row, text: str, signals: Signals) -> UrgentCard:
    """Return the card of one comment."""
    places = [(one.start, one.end) for one in signals.find(text).risks if one.kind in row["kinds"]]
    return UrgentCard(
        kinds=[name for kind, name in KINDS.items() if kind in row["kinds"]],
        grave=any(kind in GRAVE for kind in row["kinds"]),
        source=", ".join(part for part in (row["channel"], day(row["created_at"])) if part),
        text=list(fragments(text, places)),
    )


def fragments(text: str, places: Sequence[tuple[int, int]], limit: int = LONGEST) -> Iterator[Fragment]:
    """Yield `text` in pieces, the `places` marked; of a long one about `limit` characters around the first.

    >>> [(piece.text, piece.marked) for piece in fragments("I will sue you", [(2, 10)])]
    [('I ', False), ('will sue', True), (' you', False)]
    """
    begin, stop = _window(text, min(places, default=(0, 0))[0], limit)
    if begin:
        yield Fragment("\u2026", marked=False)
    at = begin
    for start, end in sorted(places):
        first, last = max(start, at), min(end, stop)
        if first < last:
            yield from _piece(text[at:first], marked=False)
            yield from _piece(text[first:last], marked=True)
            at = last
    yield from _piece(text[at:stop], marked=False)
    if stop < len(text):
        yield Fragment("\u2026", marked=False)


def _piece(text: str, *, marked: bool) -> Iterator[Fragment]:
    """Yield a piece unless it is empty."""
    if text:
        yield Fragment(text, marked)


def _window(text: str, first: int, limit: int) -> tuple[int, int]:
    """Return where to begin and to stop, at blanks, so that `first` has a third of `limit` before it."""
    if len(text) <= limit:
        return 0, len(text)
    begin = min(max(first - limit // 3, 0), len(text) - limit)
    begin = begin and (text.find(" ", begin, first) + 1 or begin)
    stop = min(begin + limit, len(text))
    return begin, stop if stop == len(text) else max(text.rfind(" ", begin, stop), begin + limit // 2)

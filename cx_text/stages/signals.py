"""What a comment tells beside its topic and feeling: effort, contacts, risks, the stage of the journey.

The signs are phrases that a person can read and edit, ``models/signals-1/signals.toml``. Each lies within
one clause and is told with its place in the text, so that every answer can be shown word by word.
"""

from __future__ import annotations

import math
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

import msgspec

from cx_text.phrases import Hit, Phrases, Stops, lines, offsets, plain
from cx_text.shipped import model_path, shipped_file

MODEL = "signals-1"
FORMAT = 1
DECIMALS = 4
MOST_STEPS = 4
"""Most steps that one kind of effort counts for."""
MOST_TIMES = 100
"""A figure above is a date, a price or a number to call, and no number of times."""
EASED = 0.5
"""What praise of ease leaves of the effort that is told beside it."""

_CLAUSE_END = re.compile(r"[.!?;:,()\u2026]+(?=\s|$)|\n|\s(?:[-\u2013\u2014]+\s|(?=(?:but|because|so)\s))")
_FIGURE = re.compile(r"\d+")

Family = Literal["effort", "contact", "ease", "repeat", "risk", "journey"]
Scale = Literal["", "times", "further", "minutes"]


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sign as it stands in the file; `phrases` and `besides` are one a line."""

    id: str
    family: Family
    phrases: str
    besides: str = ""
    stops: str = ""
    reach: int = 0
    weight: float = 0.0
    scale: Scale = ""


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    format: int
    waits: list[float]
    numbers: dict[str, float]
    minutes: dict[str, float]
    classes: dict[str, str]
    sign: list[Sign]


class Evidence(NamedTuple):
    """Words of a text that tell something: of what kind, from which character up to which."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signal:
    """What one text tells.

    Attributes:
        effort: 0 (expressly none) to 1 with 4 decimals, see `effort_of`; None where nothing is told.
        contacts: how often the customer was in touch about it, at least; None where it is not told.
        repeat: this is not the first contact about it, or what was reported is still not mended.
        risks: urgency, churn, legal and safety, each with the words that tell it, in the order of the text.
        journey: the stage that it is about, by its name in the file; empty where the text does not say.
        evidence: all words that tell any of this, in the order of the text.
    """

    effort: float | None = None
    contacts: int | None = None
    repeat: bool = False
    risks: tuple[Evidence, ...] = ()
    journey: str = ""
    evidence: tuple[Evidence, ...] = ()


SILENT = Signal()
"""The answer for a text that tells nothing."""


class Held(NamedTuple):
    """A sign that holds in a text: how often it happened as told (0 for untold), its effort, its place."""

    sign: Sign
    times: int
    steps: int
    words: int
    place: Evidence


@dataclass(frozen=True)
class Signals:
    """Finds signs in texts; the same text has the same answer, whatever is read beside it.

    Attributes:
        signs: the signs in the order of the file.
        classes: words that a name in angle brackets stands for.
        numbers: how often a word says.
        minutes: minutes of each unit of time.
        waits: minutes at which waiting counts for one step more, rising.
    """

    signs: tuple[Sign, ...]
    classes: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, float]
    minutes: Mapping[str, float]
    waits: tuple[float, ...]

    @classmethod
    def shipped(cls) -> Signals:
        """Return the signs that ship with the package, read once a process.

        Raises:
            WorkspaceError: the shipped file is not what it was.
        """
        return _shipped()

    @classmethod
    def read(cls, toml: str) -> Signals:
        """Return the signs of a file's content; a `msgspec.ValidationError` names what does not fit."""
        book = msgspec.convert(tomllib.loads(toml), Book)
        classes = {name: tuple(members.split()) for name, members in book.classes.items()}
        return cls(tuple(book.sign), classes, book.numbers, book.minutes, tuple(book.waits))

    @cached_property
    def phrases(self) -> Phrases:
        """The phrases of each sign."""
        stops = [(self.classes[sign.stops] if sign.stops else (), sign.reach) for sign in self.signs]
        owned = [lines(sign.phrases) for sign in self.signs]
        return Phrases.of(owned, self.classes, [Stops(frozenset(words), reach) for words, reach in stops])

    @cached_property
    def besides(self) -> Phrases:
        """What has the words of each sign in another sense."""
        owned = [lines(sign.besides) for sign in self.signs]
        return Phrases.of(owned, self.classes, [Stops(frozenset(), 0)] * len(owned))

    def find(self, text: str) -> Signal:
        """Return what `text`, a whole verbatim, tells.

        >>> found = Signals.shipped().find("Third time I call. Fix it or I am cancelling my contract!")
        >>> found.contacts, found.repeat, [risk.kind for risk in found.risks], found.journey
        (3, True, ['churn'], 'leaving')
        """
        clauses = _CLAUSE_END.split(text)
        hits = list(self.phrases.within(clauses))
        return told(list(self._held(text, clauses, hits))) if hits else SILENT

    def _held(self, text: str, clauses: Sequence[str], hits: Sequence[Hit]) -> Iterator[Held]:
        """Yield the signs that `hits` in the clauses of `text` tell, each once for the same words."""
        said, beside = plain(text), list(self.besides.within(clauses))
        hits = [hit for hit in hits if not any(_meet(hit, other) for other in beside)]
        for number in sorted({hit.phrase.owner for hit in hits}):
            sign = self.signs[number]
            for first, end in _joined(hit for hit in hits if hit.phrase.owner == number):
                times, steps = self._counted(sign.scale, said[first:end])
                yield Held(sign, times, steps, end - first, Evidence(sign.id, *offsets(text, first, end)))

    def _counted(self, scale: Scale, said: Sequence[str]) -> tuple[int, int]:
        """Return how often something happened by the words `said` (0 for untold) and its steps of effort."""
        times = int(max((self._number(word) for word in said), default=0))
        if scale == "minutes":
            waited = self._waited(said)
            steps = 1 if waited is None else bisect_right(self.waits, waited)
        else:
            steps = {"times": times or 1, "further": times - 1}.get(scale, 1)
        return times, min(steps, MOST_STEPS)

    def _number(self, word: str) -> float:
        """Return how often `word` says, 0 if it does not."""
        figure = _FIGURE.match(word)
        number = float(figure[0]) if figure else self.numbers.get(word, 0.0)
        return number if number <= MOST_TIMES else 0.0

    def _waited(self, said: Sequence[str]) -> float | None:
        """Return the longest time in `said` in minutes; "hours" are two, and None is for no time told.

        >>> Signals.shipped()._waited("on hold for half an hour".split())
        30.0
        """
        found = []
        for place, word in enumerate(said):
            if word in self.minutes:
                amounts = [self._number(before) for before in said[max(place - 2, 0) : place]]
                amount = next((one for one in amounts if one), 2.0 if word.endswith("s") else 1.0)
                found.append(self.minutes[word] * amount)
        return max(found, default=None)


def told(held: Sequence[Held]) -> Signal:
    """Return what the signs of a text, in its order, tell together."""
    held = [one for one in held if one.steps or one.sign.family != "effort"]
    families: dict[str, list[Held]] = {}
    for one in held:
        families.setdefault(one.sign.family, []).append(one)
    contacts = max((one.times for one in families.get("contact", ())), default=0)
    journey = stage_of(families.get("journey", ()))
    places = {one.place for one in held if one.sign.family != "journey" or one.sign.id == journey}
    return Signal(
        effort=effort_of(held),
        contacts=contacts or None,
        repeat=contacts > 1 or "repeat" in families,
        risks=tuple(sorted((one.place for one in families.get("risk", ())), key=_by_place)),
        journey=journey,
        evidence=tuple(sorted(places, key=_by_place)),
    )


def effort_of(held: Iterable[Held]) -> float | None:
    """Return the effort that signs tell together, 0..1 with 4 decimals; None where they tell nothing of it.

    Each kind of effort with weight w and s steps leaves (1 - w) ** s of an effortless 1, whatever the
    others leave: effort = 1 - product of (1 - w) ** s. Praise of ease beside it halves it, alone it is 0.
    A kind that is told twice has its larger number of steps. Steps are times for transfers, repeating and
    chasing; times but the first for contacts; for waiting how many `waits` were passed; else 1; 4 at most.
    """
    steps: dict[str, tuple[int, float]] = {}
    eased = False
    for one in held:
        eased = eased or one.sign.family == "ease"
        if one.sign.weight and one.steps > 0:
            steps[one.sign.id] = max(steps.get(one.sign.id, (0, 0.0)), (one.steps, one.sign.weight))
    if not steps:
        return 0.0 if eased else None
    left = math.prod((1 - weight) ** count for _, (count, weight) in sorted(steps.items()))
    return round((1 - left) * (EASED if eased else 1), DECIMALS)


def stage_of(held: Iterable[Held]) -> str:
    """Return the stage that most words tell of, of equals the one that is told first; empty without any."""
    words: dict[str, int] = {}
    for one in held:
        words[one.sign.id] = words.get(one.sign.id, 0) + one.words
    return max(words, key=lambda stage: words[stage], default="")


def _by_place(evidence: Evidence) -> tuple[int, int, str]:
    """Return what orders evidence as it stands in the text."""
    return evidence.start, evidence.end, evidence.kind


def _meet(hit: Hit, other: Hit) -> bool:
    """Return whether `hit` shares a word with what has the words of its sign in another sense."""
    return hit.phrase.owner == other.phrase.owner and other.first < hit.end and hit.first < other.end


def _joined(hits: Iterable[Hit]) -> list[tuple[int, int]]:
    """Return the first word and the word behind the last of runs of hits that share words."""
    runs: list[tuple[int, int]] = []
    for hit in sorted(hits, key=lambda hit: hit.first):
        if runs and hit.first < runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], hit.end))
        else:
            runs.append((hit.first, hit.end))
    return runs


@lru_cache(maxsize=1)
def _shipped() -> Signals:
    """Return the one set of signs of this process."""
    return Signals.read(shipped_file(model_path(MODEL), "signals.toml", FORMAT).decode("utf-8"))

"""Spans -> what the people of a service contact did or failed to do, and who can change what is told of.

All that is looked for is data that a person can read: ``models/behaviours-1/behaviours.toml``. People are
judged by what is found, so a phrase counts only where it speaks of the contact: of a person, a call, an
answer; not of an app, a parcel or a rule. What stands nearest to it says of what it speaks.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from cx_text.phrases import Hit, Phrases, Stops, lines, offsets, plain
from cx_text.shipped import model_path, shipped_file
from cx_text.stages.behaviours_around import PERSON, THING, Around, covers, length, shields

MODEL, FILE, FORMAT = "behaviours-1", "behaviours.toml", 1

NEEDS = {
    "always": (None, PERSON, THING),
    "unless_thing": (None, PERSON),
    "with_person": (PERSON,),
}
"""What the phrases of each list of a side may speak of."""

LONGEST = 2_000
"""Characters of a span that are read: no sentence is longer, and time grows with the square of it."""

REACH = 3
"""Within so many words behind a negation, a wish or a condition a phrase does not count."""

GLAD, CROSS = 0.6, -0.4
"""A span as glad as this tells of nothing that was missing, one as cross as this of nothing shown."""

_ASKS = re.compile(
    r"\W*(?:do|does|did|is|are|was|were|will|can|could|would|has|have|when|who|how|what|which|any)\b.*\?\W*",
    re.IGNORECASE | re.DOTALL,
)
"""What is asked is not told."""


class Side(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One direction of a behaviour as it stands in the file; phrases and prototypes are one a line."""

    name: str
    shown: bool
    attribution: Literal["agent", "process"]
    prototypes: str
    always: str = ""
    unless_thing: str = ""
    with_person: str = ""


class Contexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a phrase may speak of, what makes it a wish, and what only looks like a behaviour."""

    person: str
    thing: str
    other: str
    customer: str
    wish: str
    shield: str


class Causes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What says who can change what is told of, where no behaviour does."""

    agent: str
    customer: str
    process: str
    technology: str


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    format: int
    classes: dict[str, str]
    contexts: Contexts
    attribution: Causes
    behaviour: list[Side]


class Found(NamedTuple):
    """A behaviour that a span tells of, and the characters of the span that say so.

    >>> str(Found("empathy", shown=False, start=0, end=9))
    'empathy-'
    """

    name: str
    shown: bool
    start: int
    end: int

    def __str__(self) -> str:
        """Return the name with + where it was shown and - where it was missing."""
        return self.name + "-+"[self.shown]


ATTRIBUTIONS = Causes.__struct_fields__
"""Who can change what a span tells of; where two are told of as much, the first."""


@dataclass(frozen=True)
class Behaviours:
    """What is looked for.

    Attributes:
        sides: each behaviour, shown and missing.
        phrases: the owners are the lists `NEEDS` of each side.
        contexts: the owners are the fields of `Contexts`.
        causes: the owners are `ATTRIBUTIONS`.
        met: words that start a phrase of what customers met with: "I was on hold".
        passive: words behind which "I" is not who acts: "I was given the wrong date".
    """

    sides: tuple[Side, ...]
    phrases: Phrases
    contexts: Phrases
    causes: Phrases
    met: frozenset[str]
    passive: frozenset[str]

    @classmethod
    def shipped(cls) -> Behaviours:
        """Return the behaviours that ship with the package.

        Raises:
            WorkspaceError: the shipped file is not what it was.
        """
        return _shipped()

    @classmethod
    def read(cls, toml: str) -> Behaviours:
        """Return the behaviours of a file's content; a `msgspec.ValidationError` names what does not fit."""
        told = msgspec.convert(tomllib.loads(toml), Content)
        classes = {name: members.split() for name, members in told.classes.items()}
        stops = Stops(frozenset(classes["negation"] + classes["unreal"]), REACH)
        free = Stops(frozenset(), 0)
        owned = [lines(getattr(side, need)) for side in told.behaviour for need in NEEDS]
        contexts = [lines(getattr(told.contexts, kind)) for kind in Contexts.__struct_fields__]
        causes = [lines(getattr(told.attribution, cause)) for cause in ATTRIBUTIONS]
        return cls(
            sides=tuple(told.behaviour),
            phrases=Phrases.of(owned, classes, [stops] * len(owned)),
            contexts=Phrases.of(contexts, classes, [free] * len(contexts)),
            causes=Phrases.of(causes, classes, [free] * len(causes)),
            met=frozenset(classes["met"]),
            passive=frozenset(classes["passive"]),
        )

    @cached_property
    def _usual(self) -> dict[tuple[str, bool], str]:
        """Who can usually change each side."""
        return {(side.name, side.shown): side.attribution for side in self.sides}

    def find(self, texts: Sequence[str], sentiments: np.ndarray) -> list[list[Found]]:
        """Return what each of n spans tells of, in the order of the file; none for most spans.

        Args:
            texts: n spans (sentences or clauses).
            sentiments: how each feels (n,), -1..1; a contrary feeling outweighs the words.

        >>> shipped = Behaviours.shipped()
        >>> told = shipped.find(["She was not rude at all", "The app is slow"], np.zeros(2))
        >>> [[str(found) for found in span] for span in told]
        [['politeness+'], []]
        """
        pairs = zip(texts, sentiments.tolist(), strict=True)
        return [[one for one in self.told(text) if _fits(one, feeling)] for text, feeling in pairs]

    def told(self, text: str) -> list[Found]:
        """Return what the words of a span tell of, however it feels, by the longest, then first phrase."""
        text = text[:LONGEST]
        hits = list(self.phrases.hits(text))
        if not hits or _ASKS.fullmatch(text):
            return []
        around, said = Around.of(list(self.contexts.hits(text))), plain(text)
        counted: dict[int, list[Hit]] = {}
        for hit in hits:
            longer = any(covers(one, hit) for one in self._contrary(hit, hits))
            shielded = any(shields(one, hit) for one in around.shields)
            if not longer and not shielded and self._apt(hit, around, said):
                counted.setdefault(hit.phrase.owner // len(NEEDS), []).append(hit)
        found = []
        for place in sorted(counted):
            best = min(counted[place], key=lambda hit: (-length(hit), hit.first))
            side = self.sides[place]
            found.append(Found(side.name, side.shown, *offsets(text, best.first, best.end)))
        return found

    def attributions(self, texts: Sequence[str], found: Sequence[Sequence[Found]]) -> list[str]:
        """Return who can change what each of n spans tells of, one of `ATTRIBUTIONS`, empty for nobody.

        Args:
            texts: n spans.
            found: what `find` returned for them.

        >>> shipped = Behaviours.shipped()
        >>> shipped.attributions(["The app is slow", "Two cats"], [[], []])
        ['technology', '']
        """
        return [self._attribution(*pair) for pair in zip(texts, found, strict=True)]

    def _attribution(self, text: str, found: Sequence[Found]) -> str:
        """Return who can change what a span tells of."""
        if found:
            weights = Counter(self._usual[one.name, one.shown] for one in found)
        else:
            weights = Counter(
                {ATTRIBUTIONS[cause]: told for cause, told in self.causes.evidence(text).items()}
            )
        return max(ATTRIBUTIONS, key=lambda cause: weights[cause]) if weights else ""

    def _apt(self, hit: Hit, around: Around, said: Sequence[str]) -> bool:
        """Return whether a phrase is no wish and speaks of what it must."""
        place, need = divmod(hit.phrase.owner, len(NEEDS))
        if self.sides[place].shown and around.wished < hit.first:
            return False
        acts = said[hit.first] not in self.met and said[max(hit.first - 1, 0)] not in self.passive
        return around.subject(hit, by_customer=acts) in tuple(NEEDS.values())[need]

    def _contrary(self, hit: Hit, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits of the other direction of the same behaviour."""
        side = self._side(hit)
        return [
            one for one in hits if self._side(one).name == side.name and self._side(one).shown != side.shown
        ]

    def _side(self, hit: Hit) -> Side:
        """Return the side that a phrase is of."""
        return self.sides[hit.phrase.owner // len(NEEDS)]


def _fits(found: Found, feeling: float) -> bool:
    """Return whether what was found does not run against how the span feels."""
    return feeling > CROSS if found.shown else feeling < GLAD


@lru_cache(maxsize=1)
def _shipped() -> Behaviours:
    """Return what the shipped file holds after its checksum was found right."""
    return Behaviours.read(shipped_file(model_path(MODEL), FILE, FORMAT).decode("utf-8"))

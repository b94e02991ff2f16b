"""Spans -> topics that ship with the package: what is used while a collection is too small to learn from.

The taxonomy is ``models/topics-1/topics.toml``, written by hand. A span that says an example again has its
topic; else it has the topic of the phrases that it holds, else none. Vectors do no more than that: the
nearest of other sentences is too often of another topic (figures in the model's card).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import accumulate, pairwise
from typing import Literal

import msgspec
import numpy as np

from cx_text.errors import WorkspaceError
from cx_text.shipped import model_path
from cx_text.text import words

MODEL = "topics-1"
FORMAT = 1
NONE = -1
"""The topic of a span without one."""

GAP = 4
"""Most words that ``...`` in a phrase stands for."""

REACH = {"praise": 3, "complaint": 2, "wish": 0}
"""Within so many words behind a negation a phrase of this tone does not count."""

AGAIN = 0.92
"""A span whose vector has at least this cosine to an example's says it again; wrong ones reach 0.89."""

Encode = Callable[[Sequence[str]], np.ndarray]
Tone = Literal["praise", "complaint", "wish"]


class Parent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of topics."""

    id: str
    label: str


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A topic as it stands in the file; `phrases` and `examples` are one a line."""

    id: str
    parent: str
    label: str
    tone: Tone
    attribution: Literal["agent", "customer", "process", "technology"]
    phrases: str
    examples: str


class Chatter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Examples of spans without a topic, one a line."""

    about: str
    examples: str


class Taxonomy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    format: int
    classes: dict[str, str]
    parent: list[Parent]
    topic: list[Topic]
    none: Chatter


@dataclass(frozen=True)
class Topics:
    """k topics in the order of the file.

    Attributes:
        ids: stable ids of the topics.
        parents: id of the parent of each topic.
        labels: names in customers' words.
        attributions: who can change it: agent, customer, process or technology.
        tones: praise, complaint or wish.
        phrases: patterns of each topic.
        examples: sentences of each topic.
        chatter: sentences that belong to no topic.
        classes: words (or starts of words, with a ``*``) that a name in angle brackets stands for.
        parent_labels: name of each parent by id.
    """

    ids: tuple[str, ...]
    parents: tuple[str, ...]
    labels: tuple[str, ...]
    attributions: tuple[str, ...]
    tones: tuple[Tone, ...]
    phrases: tuple[tuple[str, ...], ...]
    examples: tuple[tuple[str, ...], ...]
    chatter: tuple[str, ...]
    classes: Mapping[str, tuple[str, ...]]
    parent_labels: Mapping[str, str]

    @classmethod
    def shipped(cls) -> Topics:
        """Return the topics that ship with the package.

        Raises:
            WorkspaceError: the shipped file is not what it was.
        """
        return cls.read(_shipped("topics.toml"))

    @classmethod
    def read(cls, toml: str) -> Topics:
        """Return the topics of a file's content; a `msgspec.ValidationError` names what does not fit."""
        told = msgspec.convert(tomllib.loads(toml), Taxonomy)
        return cls(
            ids=tuple(topic.id for topic in told.topic),
            parents=tuple(topic.parent for topic in told.topic),
            labels=tuple(topic.label for topic in told.topic),
            attributions=tuple(topic.attribution for topic in told.topic),
            tones=tuple(topic.tone for topic in told.topic),
            phrases=tuple(_lines(topic.phrases) for topic in told.topic),
            examples=tuple(_lines(topic.examples) for topic in told.topic),
            chatter=_lines(told.none.examples),
            classes={name: tuple(members.split()) for name, members in told.classes.items()},
            parent_labels={parent.id: parent.label for parent in told.parent},
        )

    @cached_property
    def owners(self) -> np.ndarray:
        """The topic of each prototype (m,): example by example, then `NONE` for chatter."""
        sizes = [len(sentences) for sentences in self.examples]
        return np.concatenate([np.repeat(np.arange(len(sizes)), sizes), np.full(len(self.chatter), NONE)])

    def prototypes(self, encode: Encode) -> np.ndarray:
        """Return the vectors of all examples, then of chatter, on the grid, shape (m, d)."""
        return encode([sentence for topic in self.examples for sentence in topic] + list(self.chatter))

    @cached_property
    def rules(self) -> Rules:
        """The phrases, ready to be looked for."""
        return Rules.of(self)

    def match(
        self, texts: Sequence[str], vectors: np.ndarray, prototypes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the topic of each span (n,), `NONE` for none, and the confidence (n,) in 0..1, 0 for none.

        Args:
            texts: n spans.
            vectors: their unit vectors on the grid (n, d).
            prototypes: what `prototypes` returns for the same encoder (m, d).

        Sums are exact, so that a span has the same answer in any batch; ties go to the first topic.

        >>> shipped = Topics.shipped()
        >>> shipped.labels[shipped.match(["still no refund"], np.zeros((1, 1)), np.zeros((1, 1)))[0][0]]
        'refund not received'
        """
        found = [self.phrased(text) for text in texts]
        topics = np.array([topic for topic, _ in found], dtype=np.int64)
        confidence = np.array([sure for _, sure in found], dtype=np.float64)
        cosines = vectors @ prototypes.T
        nearest = cosines.argmax(axis=1)
        cosine = cosines[np.arange(len(texts)), nearest]
        again = cosine >= AGAIN
        topics[again] = self.owners[nearest[again]]
        confidence[again] = np.minimum(cosine[again], 1.0)
        return topics, np.where(topics == NONE, 0.0, confidence)

    def phrased(self, text: str) -> tuple[int, float]:
        """Return the topic whose phrases `text` holds and the confidence, `NONE` and 0 without any.

        A topic's evidence is the places of its longest phrase plus the number of its phrases; the
        confidence is its share of all evidence and one more for doubt.
        """
        evidence = self.rules.evidence(text)
        if not evidence:
            return NONE, 0.0
        best = min(evidence, key=lambda topic: (-evidence[topic], topic))
        return best, evidence[best] / (sum(evidence.values()) + 1)


def _lines(block: str) -> tuple[str, ...]:
    """Return the lines of a block that say something."""
    return tuple(line.strip() for line in block.splitlines() if line.strip())


def _shipped(name: str) -> str:
    """Return the content of a shipped file after its checksum was found right."""
    folder = model_path(MODEL)
    manifest = msgspec.json.decode((folder / "manifest.json").read_bytes())
    data = (folder / name).read_bytes()
    if manifest["format"] != FORMAT or manifest["sha256"][name] != sha256(data).hexdigest():
        wrong = f"{name} is not the file that was shipped"
        raise WorkspaceError("E_MODEL", wrong, "install the package again", MODEL)
    return data.decode("utf-8")


@dataclass(frozen=True, eq=False)
class Rule:
    """A phrase of a topic: how many places it has, and where it holds in words joined by blanks."""

    topic: int
    places: int
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Rules:
    """All phrases, found by how their first word starts.

    Attributes:
        by_word: rules by their whole first word.
        by_start: rules by the start of their first word.
        blocked: by topic, the words that keep a phrase from counting, and within how many words.
    """

    by_word: Mapping[str, tuple[Rule, ...]]
    by_start: Mapping[str, tuple[Rule, ...]]
    blocked: tuple[tuple[frozenset[str], int], ...]

    @classmethod
    def of(cls, topics: Topics) -> Rules:
        """Return the rules of `topics`."""
        by_word: dict[str, list[Rule]] = {}
        by_start: dict[str, list[Rule]] = {}
        negation = frozenset(topics.classes["negation"])
        stops = {"praise": negation | frozenset(topics.classes["doubt"])}
        blocked = tuple((stops.get(tone, negation), REACH[tone]) for tone in topics.tones)
        for topic, phrases in enumerate(topics.phrases):
            for phrase in phrases:
                places = [_choices(place, topics.classes) for place in phrase.split()]
                pattern = _pattern(places, sorted(blocked[topic][0]))
                rule = Rule(topic, sum(place != ["..."] for place in places), pattern)
                for first in sorted({choice.split()[0] for choice in places[0]}):
                    index = by_start if first.endswith("*") else by_word
                    index.setdefault(first.removesuffix("*"), []).append(rule)
        return cls(_frozen(by_word), _frozen(by_start), blocked)

    @cached_property
    def longest(self) -> int:
        """The number of letters of the longest start of a first word."""
        return max(map(len, self.by_start), default=0)

    def evidence(self, text: str) -> dict[int, int]:
        """Return for each topic whose phrases hold: the places of the longest plus how many hold."""
        held: dict[int, set[Rule]] = {}
        for rule in self.hits(text):
            held.setdefault(rule.topic, set()).add(rule)
        return {topic: max(rule.places for rule in rules) + len(rules) for topic, rules in held.items()}

    def hits(self, text: str) -> Iterator[Rule]:
        """Yield the rules that hold in `text`, as often as they do."""
        said = [word.replace("'", "") for word in words(text)]
        joined = " ".join(said)
        starts = accumulate((len(word) + 1 for word in said), initial=0)
        for place, (word, start) in enumerate(zip(said, starts, strict=False)):
            for rule in self._beginning(word):
                stops, reach = self.blocked[rule.topic]
                before = said[max(place - reach, 0) : place]
                if stops.isdisjoint(before) and rule.pattern.match(joined, start):
                    yield rule

    def _beginning(self, word: str) -> Iterator[Rule]:
        """Yield the rules whose first word may be `word`."""
        yield from self.by_word.get(word, ())
        for end in range(1, min(len(word), self.longest) + 1):
            yield from self.by_start.get(word[:end], ())


def _frozen(index: dict[str, list[Rule]]) -> dict[str, tuple[Rule, ...]]:
    """Return an index whose lists can no longer grow."""
    return {key: tuple(rules) for key, rules in index.items()}


def _choices(place: str, classes: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return what may stand at a place of a phrase, words apart.

    >>> _choices("money_back|<cash>", {"cash": ("cash", "coin*")})
    ['money back', 'cash', 'coin*']
    """
    found: list[str] = []
    for choice in place.split("|"):
        found += classes[choice[1:-1]] if choice.startswith("<") else [choice.replace("_", " ")]
    return found


def _pattern(places: Sequence[Sequence[str]], stops: Sequence[str]) -> re.Pattern[str]:
    """Return the pattern of a phrase over words joined by single blanks; no gap passes over `stops`."""
    gap = f"(?: (?!(?:{_any(stops)})(?: |$))[^ ]+){{0,{GAP}}}? "
    parts = [gap if list(place) == ["..."] else f"(?:{_any(place)})" for place in places]
    joined = parts[0] + "".join(
        part if gap in (part, before) else f" {part}" for before, part in pairwise(parts)
    )
    return re.compile(f"{joined}(?= |$)")


def _any(choices: Sequence[str]) -> str:
    """Return the pattern of any of `choices`."""
    return "|".join(re.escape(choice).replace(r"\*", "[^ ]*") for choice in choices)

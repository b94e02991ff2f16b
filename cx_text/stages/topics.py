"""Spans -> topics that ship with the package: what is used while a collection is too small to learn from.

The taxonomy is ``models/topics-1/topics.toml``, written by hand. A span that says an example again has its
topic; else it has the topic of the phrases that it holds, else none. Vectors do no more than that: the
nearest of other sentences is too often of another topic (figures in the model's card).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import msgspec
import numpy as np

from cx_text.phrases import Phrases, Stops, lines
from cx_text.shipped import model_path, shipped_file

MODEL = "topics-1"
FORMAT = 1
NONE = -1
"""The topic of a span without one."""

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
        return cls.read(shipped_file(model_path(MODEL), "topics.toml", FORMAT).decode("utf-8"))

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
            phrases=tuple(lines(topic.phrases) for topic in told.topic),
            examples=tuple(lines(topic.examples) for topic in told.topic),
            chatter=lines(told.none.examples),
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
    def rules(self) -> Phrases:
        """The phrases, ready to be looked for; what stops them depends on the tone of their topic."""
        negation = frozenset(self.classes["negation"])
        doubt = {"praise": frozenset(self.classes["doubt"])}
        stops = [Stops(negation | doubt.get(tone, frozenset()), REACH[tone]) for tone in self.tones]
        return Phrases.of(self.phrases, self.classes, stops)

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

"""Spans -> the phrases in them that could name a theme."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from cx_text.stages.label_words import (
    ARTICLES,
    AUXILIARIES,
    BEFORE_NOT,
    EXTENTS,
    JOINTS,
    NAMEABLE,
    NEGATIONS,
    PARTICLES,
    PRONOUNS,
    STOP,
    UNITS,
)
from cx_text.text import WORD, words

LONGEST = 7
"""Words of a candidate, with filling."""

MEANT = 4
"""Words of a candidate that carry meaning."""

OFTEN = 5
"""Fewest times that a collection must say a word so that its use of it is known."""

PHRASAL = 0.3
"""A verb and a particle are one word if the particle follows so often: top up, hang up."""

HALF = 0.5
CLAUSE = re.compile(r"[^\w\s'\u2019&-]+")
"""What no phrase runs across."""

Key = tuple[str, ...]
"""What the forms of a candidate share: the roots of its words of content, in order."""


def stem(word: str) -> str:
    """Return what the forms of a word share, roughly.

    >>> {stem(word) for word in ("charge", "charged", "charges", "charging")}
    {'charg'}
    """
    for ending in ("ing", "ed", "es", "ly", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return stem(word.removesuffix(ending))
    return word


@lru_cache(maxsize=100_000)
def root(word: str) -> str:
    """Return the stem of a word, a doubled end once; one root for all negations.

    >>> root("cancelled") == root("canceling"), root("didn't") == root("never")
    (True, True)
    """
    if word in NEGATIONS:
        return "not"
    short = stem(word.removesuffix("'s"))
    return short[:-1] if len(short) > 3 and short[-1] == short[-2] else short


@lru_cache(maxsize=100_000)
def is_filling(word: str) -> bool:
    """Return whether a word carries no meaning in a name; numbers do not."""
    plain = (word in STOP and word not in NAMEABLE) or word in AUXILIARIES
    return plain or len(word) == 1 or any(map(str.isdigit, word))


def roots(text: str) -> frozenset[str]:
    """Return the roots of the words of content in a text, without negations."""
    return frozenset(root(word) for word in words(text) if not is_filling(word) and word not in NEGATIONS)


@dataclass(frozen=True)
class Usage:
    """How a collection uses words.

    Attributes:
        phrasal: pairs of verb and particle that are one word.
        shown: how words are written that rarely are in lower case: ATM, Visa.
    """

    phrasal: frozenset[tuple[str, str]]
    shown: Mapping[str, str]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Usage:
        """Return how `texts` use words; how they are written is seen inside clauses in mixed case."""
        single: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        forms: dict[str, Counter[str]] = {}
        for text in texts:
            for part in CLAUSE.split(text):
                said, written = words(part), WORD.findall(part)
                single.update(said)
                pairs.update(pair for pair in pairwise(said) if pair[1] in PARTICLES)
                if sum(word[0].islower() for word in written) >= HALF * len(written):
                    for word, form in zip(said[1:], written[1:], strict=True):
                        forms.setdefault(word, Counter())[form] += 1
        often = frozenset(pair for pair, n in pairs.items() if n >= OFTEN and n >= PHRASAL * single[pair[0]])
        best = {word: min(found, key=lambda one: (-found[one], one)) for word, found in forms.items()}
        return cls(
            often,
            {
                word: form
                for word, form in best.items()
                if len(word) > 1
                and form != word
                and forms[word][form] > HALF * max(forms[word].total(), OFTEN)
            },
        )

    def is_proper(self, word: str) -> bool:
        """Return whether a word is written like a name (and not like ATM)."""
        return word in self.shown and not self.shown[word][1:].isupper()

    def display(self, phrase: str) -> str:
        """Return a phrase as people write it."""
        return WORD.sub(
            lambda found: self.shown.get(found.group(), found.group()), f" {phrase} ".replace(" i ", " I ")
        ).strip()


@dataclass(frozen=True)
class Said:
    """A word of a clause and what it may do in a candidate.

    Attributes:
        word: as said, in lower case.
        root: what it adds to the key; empty for filling.
        begins: a candidate may begin with it.
        ends: a candidate may end with it.
        meant: it says something alone.
        breaks: no candidate has it.
        asked: only a candidate that begins with "how" has it.
    """

    word: str
    root: str = ""
    begins: bool = False
    ends: bool = False
    meant: bool = False
    breaks: bool = False
    asked: bool = False


def phrases(text: str, usage: Usage, usable: Collection[str] | None = None) -> dict[Key, str]:
    """Return the candidates of a span by key, as the span says them, without articles.

    Words of content must have a root among the `usable` ones, if given.

    >>> list(phrases("Refund was not received", Usage(frozenset(), {})).values())
    ['refund', 'refund was not received', 'not received', 'received']
    """
    found: dict[Key, str] = {}
    for part in CLAUSE.split(text):
        clause = _read(words(part), usage)
        for start, said in enumerate(clause):
            if said.begins:
                for key, end in _ends(clause, start, usable):
                    kept = [one.word for one in clause[start:end] if one.word not in ARTICLES]
                    found.setdefault(key, " ".join(kept))
    return found


def _ends(clause: Sequence[Said], start: int, usable: Collection[str] | None) -> Iterator[tuple[Key, int]]:
    """Yield the key and the end of each candidate that begins at `start`."""
    key: list[str] = []
    meant = False
    for end, said in enumerate(clause[start : start + LONGEST], start + 1):
        if said.breaks or said.root in key or (said.asked and clause[start].word != "how"):
            return
        if said.root:
            key.append(said.root)
            meant = meant or said.meant
            known = usable is None or said.asked or said.root == "not" or said.root in usable
            if not known or len(key) - key.count("not") > MEANT:
                return
        if meant and said.ends:
            yield tuple(key), end


def _read(clause: Sequence[str], usage: Usage) -> list[Said]:
    """Return what each word of a clause may do in a candidate."""
    padded = ["", *clause, ""]
    asked = next(
        (at for at, pair in enumerate(pairwise(clause)) if pair[0] == "how" and pair[1] in EXTENTS), -1
    )
    out = []
    for at, word in enumerate(clause):
        before, after = padded[at], padded[at + 2]
        if 0 <= asked < at and (word in ("take", "takes") or at == asked + 1):
            out.append(Said(word, root(word), ends=at > asked + 1, asked=True))
        elif at == asked:
            out.append(Said(word, begins=True))
        elif word in PRONOUNS and before in AUXILIARIES and asked == -1:
            out.append(Said(word, breaks=True))
        else:
            out.append(_alone(word, before, after, usage))
    return out


def _alone(word: str, before: str, after: str, usage: Usage) -> Said:
    """Return what a word between two others may do in a candidate."""
    if word in JOINTS or any(map(str.isdigit, word)):
        return Said(word, breaks=True)
    if (before, word) in usage.phrasal:
        return Said(word, ends=after != "of")
    if word in NEGATIONS:
        asks = "'" in word and (before in ("why", "how") or after in PRONOUNS or after in ARTICLES)
        return Said(word, "not", begins=not asks and before not in BEFORE_NOT)
    if is_filling(word):
        return Said(word, begins=word in BEFORE_NOT and after == "not")
    if word in UNITS:
        return Said(word, root(word), begins=bool(after) and is_filling(after) and after not in ARTICLES)
    return Said(word, root(word), begins=True, ends=(word, after) not in usage.phrasal, meant=True)

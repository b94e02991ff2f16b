"""Texts and their agents -> which other agent a text speaks of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cx_text.shipped import model_path, shipped_file
from cx_text.text import WORD, words

SHORTEST = 3
"""Letters of a first name that is told without the rest of the name."""
LISTS = ("words.txt", "not_alone.txt")
"""Ordinary words, and first names that are something else as well: none of them is a name alone."""


@dataclass(frozen=True)
class Roster:
    """How agents are named in texts.

    Attributes:
        full: agents with the words of their names in small letters, by the first of these words.
        first: agents by the first name that is theirs only, and that is a name only.
    """

    full: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
    first: Mapping[str, str]

    @classmethod
    def of(cls, agents: Iterable[str]) -> Roster:
        """Return the roster of all `agents`."""
        names = {agent: tuple(words(agent)) for agent in sorted(set(agents)) if words(agent)}
        full: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for agent, name in names.items():
            if len(name) > 1 or not name[0].isalpha():
                full.setdefault(name[0], []).append((name, agent))
        often = Counter(name[0] for name in names.values())
        single = {name[0]: agent for agent, name in names.items() if often[name[0]] == 1}
        alone = {name for name in single if name.isalpha() and len(name) >= SHORTEST} - _not_names()
        return cls(full, {name: single[name] for name in sorted(alone)})

    @cached_property
    def _heads(self) -> frozenset[str]:
        """Every word that may open a name."""
        known = {*self.full, *self.first}
        return frozenset(known | {f"{word}'s" for word in known})

    def named(self, text: str) -> set[str]:
        """Return the agents whom a text names: in full, or by a capitalised first name.

        >>> sorted(Roster.of(["Ann Lee", "Marco Day"]).named("Marco put me through to ann lee."))
        ['Ann Lee', 'Marco Day']
        """
        if self._heads.isdisjoint(words(text)):
            return set()
        spoken = WORD.findall(text)
        small = [word.casefold().replace("\u2019", "'").removesuffix("'s") for word in spoken]
        found = {
            self.first[word]
            for word, said in zip(small, spoken, strict=True)
            if word in self.first and said[0].isupper()
        }
        for place, word in enumerate(small):
            for name, agent in self.full.get(word, ()):
                if tuple(small[place : place + len(name)]) == name:
                    found.add(agent)
        return found

    def others(self, texts: Iterable[str], agents: Iterable[Any]) -> list[str | None]:
        """Return for each of n redacted texts an agent whom it names beside its own one, None without any.

        Whom of them a text is about is then not known: a survey after a call may speak of whoever was
        there before. Of several the smallest name is told. A first name counts where it is capitalised, on
        the roster once, and no word or place (Grace, Will, Austin). Where it is not known whose contact it
        was, any agent who is named is told.

        Args:
            texts: n texts in which redaction kept the names of agents.
            agents: whose contact each was; no text where that is unknown.

        >>> Roster.of(["Ann Lee", "Marco Day"]).others(["Marco was rude"] * 2, ["Ann Lee", "Marco Day"])
        ['Marco Day', None]
        """
        pairs = zip(texts, agents, strict=True)
        return [min(self.named(text) - {agent}, default=None) for text, agent in pairs]


def _not_names() -> frozenset[str]:
    """Return the words that are no names when they stand alone."""
    folder = model_path("names-1")
    return frozenset(word for name in LISTS for word in shipped_file(folder, name, 1).decode("utf-8").split())

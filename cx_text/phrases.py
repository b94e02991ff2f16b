"""Phrases that a person can read and edit, and where a text holds them.

A phrase is a row of places. A place is a word (``late``), the start of a word (``deliver*``), several words
that belong together (``money_back``), a class of words (``<not>``), or one of several of these
(``late|delayed``). Neighbouring places stand for neighbouring words; at ``...`` up to four words may lie
between, none of which stops. A phrase does not count shortly behind a stop that it does not hold itself.
Words are compared in small letters without apostrophes.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from cx_text.text import WORD, words

GAP = 4
"""Most words that ``...`` in a phrase stands for."""


class Stops(NamedTuple):
    """What keeps a phrase from counting: such a word, at most `reach` words before it."""

    words: frozenset[str]
    reach: int


@dataclass(frozen=True, eq=False)
class Phrase:
    """A phrase: the number of its owner, how many places it has, and its pattern: words, a blank before each.

    `needs` has a word of each choice, place by place, save the rarest, by which it is found: without one of
    each a text cannot hold it.
    """

    owner: int
    places: int
    needs: tuple[frozenset[str], ...]
    pattern: re.Pattern[str]

    def matches(self, joined: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of the phrase in words with a blank before each; it may overlap itself."""
        start = 0
        while held := self.pattern.search(joined, start):
            yield held.span()
            start = held.start() + 1


class Hit(NamedTuple):
    """A phrase that holds in a text: from its word `first` up to, not with, its word `end`."""

    phrase: Phrase
    first: int
    end: int


@dataclass(frozen=True)
class Phrases:
    """Phrases of many owners; only those are looked for whose rarest place stands in a text.

    Attributes:
        by_key: phrases by a word, or a start of words, of their rarest place, with the blanks around it.
        stops: what keeps the phrases of each owner from counting.
    """

    by_key: Mapping[str, tuple[Phrase, ...]]
    stops: tuple[Stops, ...]

    @classmethod
    def of(
        cls, owned: Sequence[Sequence[str]], classes: Mapping[str, Sequence[str]], stops: Sequence[Stops]
    ) -> Phrases:
        """Return the phrases of each owner (k), which the stops of that owner (k) keep from counting.

        Args:
            owned: the phrases of each owner.
            classes: words (or starts of words, with a ``*``) that a name in angle brackets stands for.
            stops: what keeps the phrases of each owner from counting.

        >>> phrases = Phrases.of([["<cash> ... late"]], {"cash": ["cash", "coin*"]}, [Stops(frozenset(), 0)])
        >>> [(hit.first, hit.end) for hit in phrases.hits("My coins came late")]
        [(1, 4)]
        """
        by_key: dict[str, list[Phrase]] = {}
        for owner, phrases in enumerate(owned):
            for phrase in phrases:
                places = [_choices(place, classes) for place in phrase.split()]
                pattern = _pattern(places, sorted(stops[owner].words))
                keys = _keys(places)
                needs = tuple(need for need in _needs(places) if need != set(keys))
                made = Phrase(owner, sum(place != ["..."] for place in places), needs, pattern)
                for key in keys:
                    by_key.setdefault(f" {key} ".replace("* ", ""), []).append(made)
        return cls({key: tuple(found) for key, found in by_key.items()}, tuple(stops))

    @cached_property
    def _keys(self) -> tuple[AhoCorasick, list[tuple[Phrase, ...]]]:
        """What finds the keys in a text, and the phrases of each."""
        return AhoCorasick(list(self.by_key)), list(self.by_key.values())

    def evidence(self, text: str) -> dict[int, int]:
        """Return for each owner whose phrases hold: the places of the longest plus how many hold."""
        held: dict[int, set[Phrase]] = {}
        for hit in self.hits(text):
            held.setdefault(hit.phrase.owner, set()).add(hit.phrase)
        return {owner: max(phrase.places for phrase in found) + len(found) for owner, found in held.items()}

    def hits(self, text: str) -> Iterator[Hit]:
        """Yield where phrases hold in `text`, phrase by phrase; one may hold more than once."""
        return self.within([text])

    def within(self, clauses: Sequence[str]) -> Iterator[Hit]:
        """Yield where phrases hold in the clauses of a text, its words numbered through.

        No phrase reaches over the end of a clause, and no stop.

        >>> phrases = Phrases.of([["late"]], {}, [Stops(frozenset(["not"]), 2)])
        >>> [(hit.first, hit.end) for hit in phrases.within(["I did not", "late again"])]
        [(3, 4)]
        """
        said: list[str] = []
        ends = [0]
        for clause in clauses:
            said += plain(clause)
            ends.append(len(said))
        joined = " ".join(["", *said])
        found = [
            (phrase, *match) for phrase in self._likely(joined, said) for match in phrase.matches(joined)
        ]
        starts = list(accumulate((len(word) + 1 for word in said), initial=0)) if found else []
        for phrase, start, stop in found:
            stops, reach = self.stops[phrase.owner]
            first, end = bisect_left(starts, start), bisect_left(starts, stop)
            number = bisect_right(ends, first)
            before = said[max(first - reach, ends[number - 1]) : first]
            if end <= ends[number] and stops.isdisjoint(before):
                yield Hit(phrase, first, end)

    def _likely(self, joined: str, said: Sequence[str]) -> list[Phrase]:
        """Return the phrases of which a text has a word of each place, in the order of their keys."""
        automaton, owned = self._keys
        keys = automaton.find_matches_as_indexes(f"{joined} ", overlapping=True)
        if not keys:
            return []
        found = dict.fromkeys(phrase for key, _, _ in keys for phrase in owned[key])
        lacks = frozenset(said).isdisjoint
        return [phrase for phrase in found if not any(map(lacks, phrase.needs))]


def plain(text: str) -> list[str]:
    """Return the words of `text` as phrases see them: in small letters, without apostrophes.

    >>> plain("They DIDN'T call")
    ['they', 'didnt', 'call']
    """
    said = words(text)
    return said if "'" not in text and text.isascii() else [word.replace("'", "") for word in said]


def offsets(text: str, first: int, end: int) -> tuple[int, int]:
    """Return start and end in characters of the words `first` up to, not with, `end` of `text`.

    >>> offsets("They didn't call!", 1, 3)
    (5, 16)
    """
    found = [word.span() for word in WORD.finditer(text)][first:end]
    return found[0][0], found[-1][1]


def lines(block: str) -> tuple[str, ...]:
    """Return the lines of a block that say something."""
    return tuple(line.strip() for line in block.splitlines() if line.strip())


def _choices(place: str, classes: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what may stand at a place of a phrase, words apart.

    >>> _choices("money_back|<cash>", {"cash": ("cash", "coin*", "bank_note")})
    ['money back', 'cash', 'coin*', 'bank note']
    """
    found: list[str] = []
    for choice in place.split("|"):
        found += classes[choice[1:-1]] if choice.startswith("<") else [choice]
    return [choice.replace("_", " ") for choice in found]


def _needs(places: Sequence[Sequence[str]]) -> tuple[frozenset[str], ...]:
    """Return a word of each choice of each place that names whole words only.

    >>> [sorted(need) for need in _needs([["not"], ["..."], ["money back", "cash"], ["refund*"]])]
    [['not'], ['cash', 'money']]
    """
    whole = [place for place in places if not any("*" in choice for choice in place) and place != ["..."]]
    return tuple(frozenset(max(choice.split(), key=len) for choice in place) for place in whole)


def _keys(places: Sequence[Sequence[str]]) -> list[str]:
    """Return a word of each choice of the place that fewest texts hold; short words are common.

    >>> _keys([["not"], ["..."], ["money back", "refund*"]])
    ['money', 'refund*']
    """
    rarest = min(
        ([max(choice.split(), key=len) for choice in place] for place in places if list(place) != ["..."]),
        key=lambda words: sum(4.0 ** -len(word) for word in words),
    )
    return sorted(set(rarest))


def _pattern(places: Sequence[Sequence[str]], stops: Sequence[str]) -> re.Pattern[str]:
    """Return the pattern of a phrase over words with a blank before each; no gap passes over `stops`."""
    unless = f"(?!(?:{_any(stops)})(?: |$))" if stops else ""
    gap = f"(?: {unless}[^ ]+){{0,{GAP}}}? "
    parts = [gap if list(place) == ["..."] else f"(?:{_any(place)})" for place in places]
    joined = parts[0] + "".join(
        part if gap in (part, before) else f" {part}" for before, part in pairwise(parts)
    )
    return re.compile(f" {joined}(?= |$)")


def _any(choices: Sequence[str]) -> str:
    """Return the pattern of any of `choices`."""
    return "|".join(re.escape(choice).replace(r"\*", "[^ ]*") for choice in choices)

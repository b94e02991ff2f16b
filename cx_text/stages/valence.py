"""VADER's arithmetic: what a word with an opinion is worth among its neighbours.

A port of vaderSentiment 3.3.2 that gives equal numbers, in linear time (the original lowers the
whole text again for each opinion word). Its oddities are kept, a test compares the two.

Reference: Hutto & Gilbert 2014, VADER: A Parsimonious Rule-based Model for Sentiment Analysis of
Social Media Text (MIT licence).
"""

from __future__ import annotations

import heapq
import math
import re
import string
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES

CAPITALS = 0.733
NEGATED = -0.74
DISTANCE = (1.0, 0.95, 0.9)
ALPHA = 15
KEPT_CHUNKS = 50_000
KEPT_LENGTH = 30

BOOSTERS: Mapping[str, float] = dict(BOOSTER_DICT)
NEGATORS = frozenset(NEGATE)
IDIOMS: Mapping[str, float] = dict(SPECIAL_CASES)


class Token(NamedTuple):
    """A word, an emoji, a phrase or a mark, as the arithmetic sees it.

    Attributes:
        word: lower-case form.
        upper: written in capitals.
        valence: -4..4, None without an opinion of its own.
        boost: what it adds to a neighbour's strength.
        negates: turns a following opinion round.
        role: what else it does: ``break``, ``filler``, ``courtesy``, ``contrast``, ``fixed``,
            ``asker`` or nothing.
        keys: what a phrase may call it: any word ``*``, its classes, its word.
        opens: a phrase may start with it.
        said: the words of a phrase as they stood in the text; empty for one that is no phrase.
    """

    word: str
    upper: bool = False
    valence: float | None = None
    boost: float = 0.0
    negates: bool = False
    role: str = ""
    keys: tuple[str, ...] = ()
    opens: bool = False
    said: str = ""


class Opinion(NamedTuple):
    """A word or phrase that counted, and what its neighbours and its clause made of it.

    Attributes:
        said: the word, or the words of the phrase.
        valence: what it is worth alone, -4..4.
        value: what it is worth where it stands, with `factor`.
        factor: what "but" and asking make of it: 0.5 before a "but", 1.5 behind it, less in a question.
        by: the words around it that changed its worth, in order.
    """

    said: str
    valence: float
    value: float
    factor: float = 1.0
    by: tuple[str, ...] = ()


class Chunks(dict[str, tuple[Token, ...]]):
    """The tokens of chunks between blanks; short ones are kept, since most come again."""

    def __init__(self, make: Callable[[str], tuple[Token, ...]]) -> None:
        """Keep `make`, which gives the tokens of a chunk."""
        super().__init__()
        self._make = make

    def __missing__(self, chunk: str) -> tuple[Token, ...]:
        """Return the tokens of a chunk that is not kept."""
        tokens = self._make(chunk)
        if len(chunk) <= KEPT_LENGTH and len(self) < KEPT_CHUNKS:
            self[chunk] = tokens
        return tokens


class Vader:
    """VADER itself: the same compound score for every text."""

    def __init__(self, words: Mapping[str, Token], emoji: Mapping[str, str]) -> None:
        """Take VADER's tokens by word and its descriptions by emoji."""
        self._words = words
        self._emoji = emoji
        self._signs = re.compile("[" + re.escape("".join(emoji)) + "]")
        self._chunks = Chunks(self._tokens)

    def score(self, text: str) -> float:
        """Return VADER's compound score of `text`, -1..1."""
        described = text if text.isascii() else self._described(text)
        return compound(list(self._valued(self._read(described))[1].values()), described)

    def opinions(self, text: str) -> list[Opinion]:
        """Return the words that make the score of `text`, in order."""
        tokens = self._read(text if text.isascii() else self._described(text))
        before, values = self._valued(tokens)
        return [
            opinion_at(
                tokens, place, capitals_differ(tokens), value / before[place] if before[place] else 1.0
            )
            for place, value in values.items()
        ]

    def _read(self, described: str) -> list[Token]:
        """Return the tokens of a text without emoji."""
        return [token for chunk in described.split() for token in self._chunks[chunk]]

    def _valued(self, tokens: Sequence[Token]) -> tuple[dict[int, float], dict[int, float]]:
        """Return the worth of each opinion by place, without and with what "but" makes of it."""
        emphatic = capitals_differ(tokens)
        values = {
            place: valence_at(tokens, place, emphatic)
            for place, token in enumerate(tokens)
            if token.valence is not None
        }
        pivot = next((place for place, token in enumerate(tokens) if token.word == "but"), None)
        return values, values if pivot is None else contrast(values, pivot)

    def _described(self, text: str) -> str:
        """Return `text` with each emoji described in words, set off by a blank before it."""

        def describe(found: re.Match[str]) -> str:
            """Return the description of one emoji."""
            start = found.start()
            gap = "" if start == 0 or text[start - 1] == " " else " "
            return gap + self._emoji[found.group()]

        return self._signs.sub(describe, text)

    def _tokens(self, chunk: str) -> tuple[Token, ...]:
        """Return the one token of a chunk, without punctuation around it unless little is left."""
        bare = chunk.strip(string.punctuation)
        word = chunk if len(bare) <= 2 else bare
        lower = word.lower()
        known = self._words.get(lower) or Token(lower)
        return (known._replace(upper=word.isupper(), negates=is_negator(lower)),)


def is_negator(word: str) -> bool:
    """Return whether a lower-case word negates what follows."""
    return word in NEGATORS or "n't" in word


def capitals_differ(tokens: Sequence[Token]) -> bool:
    """Return whether some, but not all, words are in capitals."""
    return 0 < sum(token.upper for token in tokens) < len(tokens)


def valence_at(tokens: Sequence[Token], i: int, emphatic: bool) -> float:
    """Return what the opinion word `tokens[i]` is worth after boosters, negations and idioms.

    `emphatic`: capitals stand out in this text. Zero for a word without an opinion.
    """
    token = tokens[i]
    if token.valence is None or (token.word == "kind" and _word(tokens, i + 1) == "of"):
        return 0.0
    value = _after_no(tokens, i, token.valence)
    if token.upper and emphatic:
        value += CAPITALS if value > 0 else -CAPITALS
    for back in range(min(3, i)):
        before = tokens[i - back - 1]
        if before.valence is None:
            value += _boost(before, value, emphatic) * DISTANCE[back]
            value = _negate(tokens, i, back, value)
            if back == 2:
                value = _idiom(tokens, i, value)
    return _least(tokens, i, value)


def opinion_at(tokens: Sequence[Token], i: int, emphatic: bool, factor: float = 1.0) -> Opinion:
    """Return the opinion word `tokens[i]` with what its neighbours make of it, see `valence_at`.

    A neighbour changed its worth where it would be worth something else without it.
    """
    token, value = tokens[i], valence_at(tokens, i, emphatic)
    near = [place for place in range(max(i - 3, 0), min(i + 3, len(tokens))) if place != i]
    by = [
        other
        for place in near
        if (other := tokens[place])
        and valence_at([*tokens[:place], Token(""), *tokens[place + 1 :]], i, emphatic) != value
    ]
    said = tuple(other.said or other.word for other in by)
    return Opinion(token.said or token.word, token.valence or 0.0, value * factor, factor, said)


def contrast(values: dict[int, float], pivot: int) -> dict[int, float]:
    """Return opinions (place -> value) with those before "but" at `pivot` halved, those after raised.

    VADER looks a value up by equality, so equal values change at the first place that holds one;
    this is kept. Heaps of places make it linear where the original is quadratic.
    """
    values = dict(values)
    places: dict[float, list[int]] = defaultdict(list)
    for place, value in values.items():
        places[value].append(place)
    for step in sorted(values):
        first = places[values[step]][0]
        changed = values[first] * (0.5 if first < pivot else 1.5)
        if changed != values[first]:
            heapq.heappop(places[values[first]])
            heapq.heappush(places[changed], first)
            values[first] = changed
    return values


def compound(values: Sequence[float], text: str) -> float:
    """Return the sum of `values`, emphasised by the ``!`` and ``?`` of `text`, squashed to [-1, 1].

    Reference: Hutto & Gilbert 2014: s / sqrt(s^2 + 15), 4 decimals.
    """
    total = float(sum(values))
    if total:
        total += math.copysign(_emphasis(text), total)
    return round(max(-1.0, min(1.0, total / math.sqrt(total * total + ALPHA))), 4) + 0.0


def _emphasis(text: str) -> float:
    """Return the strength that exclamation and question marks add."""
    questions = text.count("?")
    asked = 0.0 if questions < 2 else questions * 0.18 if questions <= 3 else 0.96
    return min(text.count("!"), 4) * 0.292 + asked


def _word(tokens: Sequence[Token], i: int) -> str:
    """Return the word at `i`, or nothing outside the text."""
    return tokens[i].word if 0 <= i < len(tokens) else ""


def _after_no(tokens: Sequence[Token], i: int, value: float) -> float:
    """Return `value` as a "no" before it leaves it; a "no" before an opinion has none itself."""
    if (
        _word(tokens, i - 1) == "no"
        or _word(tokens, i - 2) == "no"
        or (_word(tokens, i - 3) == "no" and _word(tokens, i - 1) in ("or", "nor"))
    ):
        return value * NEGATED
    follows = i + 1 < len(tokens) and tokens[i + 1].valence is not None
    return 0.0 if tokens[i].word == "no" and follows else value


def _boost(before: Token, value: float, emphatic: bool) -> float:
    """Return what the word `before` adds to `value`."""
    scalar = before.boost
    if not scalar:
        return 0.0
    if value < 0:
        scalar = -scalar
    if before.upper and emphatic:
        scalar += CAPITALS if value > 0 else -CAPITALS
    return scalar


def _negate(tokens: Sequence[Token], i: int, back: int, value: float) -> float:
    """Return `value` as the word `back + 1` places before it turns it round, or not."""
    before = tokens[i - back - 1]
    if back == 0:
        return value * NEGATED if before.negates else value
    nearest, second = tokens[i - 1].word, tokens[i - 2].word
    emphasised = before.word == "never" and (nearest if back == 1 else second) in ("so", "this")
    if emphasised or (back == 2 and nearest in ("so", "this")):
        return value * 1.25
    if before.word == "without" and "doubt" in (nearest, second):
        return value
    return value * NEGATED if before.negates else value


def _idiom(tokens: Sequence[Token], i: int, value: float) -> float:
    """Return the value of an idiom around `tokens[i]`, plus that of "kind of" and its like."""
    three, two, one, zero = (_word(tokens, place) for place in range(i - 3, i + 1))
    pair, pair_before, triple_before = f"{two} {one}", f"{three} {two}", f"{three} {two} {one}"
    for idiom in (f"{one} {zero}", f"{two} {one} {zero}", pair, triple_before, pair_before):
        if idiom in IDIOMS:
            value = IDIOMS[idiom]
            break
    ahead, beyond = _word(tokens, i + 1), _word(tokens, i + 2)
    value = IDIOMS.get(f"{zero} {ahead}", value)
    value = IDIOMS.get(f"{zero} {ahead} {beyond}", value)
    for phrase in (triple_before, pair_before, pair):
        value += BOOSTERS.get(phrase, 0.0)
    return value


def _least(tokens: Sequence[Token], i: int, value: float) -> float:
    """Return `value` turned round by "least", not by "at least" and "very least"."""
    if _word(tokens, i - 1) == "least" and _word(tokens, i - 2) not in ("at", "very"):
        return value * NEGATED
    return value

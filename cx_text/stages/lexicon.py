"""The words, phrases and emoji that the sentiment stage knows: TOML in, one frozen value out.

A phrase pattern is a row of places: ``still|been waiting``, ``called <person>? <number> times``. A place is a
word or several (``a|b``), a class (``<person>``) or any word (``*``); a ``?``
behind it lets it be absent. The longest phrase wins, and no phrase reaches over a punctuation mark.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from cx_text.errors import ConfigError
from cx_text.shipped import model_path, shipped_file
from cx_text.stages.valence import BOOSTERS, Token

MODEL = "sentiment-1"
FORMAT = 1
Valence = Annotated[float, Meta(ge=-4, le=4)]
Trie = dict[str, Any]
LEAF = ""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of entries with one meaning: `words`, `phrases` (one a line) or `emoji`."""

    about: str
    valence: Valence | None = None
    words: str = ""
    phrases: str = ""
    emoji: str = ""
    role: str = ""
    boost: float = 0.0
    negates: bool = False


class Own(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user's lexicon: valences -4..4 by word and by phrase."""

    words: dict[str, Valence] = {}
    phrases: dict[str, Valence] = {}


@dataclass(frozen=True)
class Lexicon:
    """Everything that is known about words.

    Attributes:
        words: token by lower-case word, emoticon or emoji; without `keys`.
        phrases: trie of places; a node's `LEAF` is the token that stands for the phrase.
        classes: names of classes by word.
        spelling: canonical spelling by variant.
    """

    words: dict[str, Token] = field(default_factory=dict)
    phrases: Trie = field(default_factory=dict)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spelling: dict[str, str] = field(default_factory=dict)


@cache
def vader_words() -> tuple[Mapping[str, float], Mapping[str, str]]:
    """Return VADER's own valences by word and its descriptions by single-character emoji."""
    vader = SentimentIntensityAnalyzer()
    return vader.lexicon, {sign: text for sign, text in vader.emojis.items() if len(sign) == 1}


def read_lexicon(own: str, service: bool) -> Lexicon:
    """Return VADER's words, the shipped service layer if `service`, and the user's file if `own`.

    Later ones win over earlier ones. `own` is a path, empty for none. What ships is read once in a
    process; nobody changes it.

    Raises:
        ConfigError: the user's file cannot be read or holds mistakes.
        WorkspaceError: a shipped file is not what it was.
    """
    if not own:
        return _known(service)
    lexicon = _known.__wrapped__(service)
    _add_own(lexicon, Path(own))
    return lexicon


@cache
def _known(service: bool) -> Lexicon:
    """Return VADER's words, and over them the shipped service layer if `service`."""
    words = {word: Token(word, valence=value) for word, value in vader_words()[0].items()}
    words |= {word: Token(word, boost=boost) for word, boost in BOOSTERS.items()}
    return _with_service(words) if service else Lexicon(words)


def _with_service(words: dict[str, Token]) -> Lexicon:
    """Return `words` with the shipped service layer over them."""
    plain, phrasing, emoji = (_shipped(f"{name}.toml") for name in ("words", "phrases", "emoji"))
    parts = msgspec.convert([*plain["part"], *phrasing["part"], *emoji["part"]], list[Part])
    return lexicon_of(words, parts, phrasing["classes"], plain["spelling"])


def lexicon_of(
    words: dict[str, Token], parts: Sequence[Part], classes: Mapping[str, str], spelling: Mapping[str, str]
) -> Lexicon:
    """Return `words` with the entries of `parts` over them, a later part over an earlier one.

    `classes`: the words of each class, with blanks between them; `spelling`: canonical by variant.
    """
    named: dict[str, tuple[str, ...]] = {}
    for name, members in classes.items():
        for word in members.split():
            named[word] = (*named.get(word, ()), f"<{name}>")
    lexicon = Lexicon(words, {}, named, dict(spelling))
    for part in parts:
        _add(lexicon, part)
    return lexicon


def _add(lexicon: Lexicon, part: Part) -> None:
    """Put the entries of `part` into `lexicon`."""
    for word in (part.words + " " + part.emoji).split():
        lexicon.words[word] = _token(word, part)
    for pattern in part.phrases.splitlines():
        if pattern.strip():
            _plant(lexicon.phrases, pattern, _token("", part))


def _token(word: str, part: Part) -> Token:
    """Return the token of an entry of `part`; valence 0 is no opinion."""
    return Token(word, False, part.valence or None, part.boost, part.negates, part.role)


def _plant(trie: Trie, pattern: str, token: Token) -> None:
    """Put every reading of `pattern` into `trie`, ending in `token`."""
    for places in itertools.product(*map(_choices, pattern.split())):
        node = trie
        for place in filter(None, places):
            node = node.setdefault(place, {})
        node[LEAF] = token


def _choices(place: str) -> list[str]:
    """Return what may stand at a place of a pattern; the empty text if nothing may.

    >>> _choices("still|been?")
    ['still', 'been', '']
    """
    bare = place.removesuffix("?")
    return bare.split("|") + [""] * (bare != place)


def longest(trie: Trie, tokens: Sequence[Token], start: int) -> tuple[int, Token] | None:
    """Return the end and the token of the longest phrase of `tokens` from `start`, if there is one.

    Of two phrases of one length the more literal wins. One filler between two places is passed
    over; more would cost more than linear time.
    """
    best: tuple[int, Token] | None = None
    ways = [(trie, start)]
    while ways:
        node, place = ways.pop()
        if LEAF in node and (best is None or place > best[0]):
            best = place, node[LEAF]
        if place == len(tokens):
            continue
        if tokens[place].role == "filler" and place + 1 < len(tokens):
            ways += [(node[key], place + 2) for key in tokens[place + 1].keys if key in node]
        for key in tokens[place].keys:
            if key in node:
                ways.append((node[key], place + 1))
    return best


@cache
def _shipped(name: str) -> dict[str, Any]:
    """Return the content of a shipped file."""
    return tomllib.loads(shipped_file(model_path(MODEL), name, FORMAT).decode("utf-8"))


def _add_own(lexicon: Lexicon, path: Path) -> None:
    """Put a user's words and phrases into `lexicon`; they stand as they are, like ``fixed`` ones."""
    own = _own(path)
    lexicon.words.update(
        {word.lower(): Token(word.lower(), valence=value or None) for word, value in own.words.items()}
    )
    for phrase, value in own.phrases.items():
        _plant(lexicon.phrases, phrase.lower(), Token("", valence=value or None, role="fixed"))


def _own(path: Path) -> Own:
    """Return a user's lexicon, or say in one sentence what is wrong with it."""
    try:
        own = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Own)
    except (OSError, ValueError) as error:
        raise ConfigError(
            "LEXICON",
            f"cannot be read ({error})",
            "give a TOML file with tables [words] and [phrases]",
            str(path),
        ) from None
    for word in own.words:
        if len(word.split()) != 1:
            raise ConfigError("LEXICON", f"'{word}' is not one word", "put it under [phrases]", str(path))
    for phrase in own.phrases:
        if not _well_formed(phrase):
            raise ConfigError(
                "LEXICON",
                f"'{phrase}' is no phrase",
                "give two words or more, the first one a word",
                str(path),
            )
    return own


def _well_formed(phrase: str) -> bool:
    """Return whether a phrase has two places or more and starts with a word that must be there."""
    places = phrase.split()
    return len(places) > 1 and re.match(r"[^\W_]", places[0]) is not None and not places[0].endswith("?")

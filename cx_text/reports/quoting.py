"""Customers' own words: few, redacted, readable, and each another voice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pandas as pd

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports.cells import Row, rows, shown
from cx_text.reports.wording import day
from cx_text.stages.duplicates import near_copies
from cx_text.text import PLACEHOLDER, text_key, words

MAX_CHARACTERS = 320
READABLE = 8, 40
"""Words of a quote that is long enough to tell something and short enough to be read."""

FEW_WORDS = 4
ECHO = 0.5
"""A quote that shares this part of its pairs of words with a longer one says it again."""


@dataclass(frozen=True)
class Quote:
    """A quote: `text` on one line, `source` says where and when, if that may be said."""

    text: str
    source: str


@dataclass(frozen=True)
class Quotes:
    """All quotes of a result, by verbatim id, with what may be told of their origin, and their tone."""

    texts: Mapping[str, str]
    sources: Mapping[str, str] = field(default_factory=dict)
    limit: int = 3
    tones: Mapping[str, str] = field(default_factory=dict)

    def best(self, evidence: Sequence[str], limit: int | None = None, tone: str = "") -> list[Quote]:
        """Return up to `limit` quotes of `evidence`, no two near copies of each other.

        Readable ones come first, with a `tone` (negative, positive) those told in it, of equals the most
        typical (the first in `evidence`). One that echoes another is taken only for want of better ones.
        """
        known = ((shown(self.texts.get(verbatim, "")).strip(), verbatim) for verbatim in evidence)
        candidates = [(text, verbatim) for text, verbatim in known if text]
        candidates.sort(key=lambda one: flaws(one[0]) + self._is_off(one[1], tone))
        most = self.limit if limit is None else limit
        chosen: list[tuple[str, str]] = []
        for same in (echoes, near_copies):
            chosen += _others(candidates, chosen, most - len(chosen), same)
        return [Quote(shortened(text), self.sources.get(verbatim, "")) for text, verbatim in chosen]

    def _is_off(self, verbatim: str, tone: str) -> bool:
        """Return whether a comment is known to be told in another tone."""
        return bool(tone) and self.tones.get(verbatim, tone) != tone


def _others(
    candidates: Sequence[tuple[str, str]],
    chosen: Sequence[tuple[str, str]],
    most: int,
    same: Callable[[str, str], bool],
) -> list[tuple[str, str]]:
    """Return up to `most` candidates of which none is the `same` as another or as one that is `chosen`."""
    found: list[tuple[str, str]] = []
    for candidate in candidates:
        if len(found) >= most:
            break
        if not any(same(candidate[0], other) for other, _ in [*chosen, *found]):
            found.append(candidate)
    return found


def echoes(one: str, other: str) -> bool:
    """Return whether the shorter of two texts is said again in the other, half of it or more.

    >>> echoes("No estimate, no way out.", "So slow! No estimate, no way out. Do better.")
    True
    """
    if text_key(one) == text_key(other):
        return True
    left, right = (set(pairwise(words(text))) for text in (one, other))
    return len(left & right) >= ECHO * max(min(len(left), len(right)), 1)


def flaws(text: str) -> int:
    """Return how many things make `text` hard to read: its length, what was blacked out, capitals.

    >>> flaws("I waited three weeks and nobody called me back."), flaws("BAD SERVICE")
    (0, 3)
    """
    n = len(words(text))
    letters = [letter for letter in PLACEHOLDER.sub("", text) if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    blacked_out = len(PLACEHOLDER.findall(text))
    return sum(
        (not READABLE[0] <= n <= READABLE[1], n < FEW_WORDS, 4 * blacked_out > n, 2 * capitals > len(letters))
    )


def quotes_of(result: Result, config: Config) -> Quotes:
    """Return the quotes of `result`; a channel below the smallest group shown is not named."""
    known = result.verbatims[result.verbatims["verbatim_id"].isin(list(result.quotes))]
    named = _named_channels(result.channels, config.privacy.k)
    sources = {str(row["verbatim_id"]): _source(row, named) for row in rows(known)}
    tones = dict(zip(known["verbatim_id"], known["sentiment_label"].fillna(""), strict=True))
    return Quotes(
        result.quotes, sources, config.report.quotes, {one: tone for one, tone in tones.items() if tone}
    )


def _named_channels(channels: pd.DataFrame, smallest: int) -> set[str]:
    """Return the channels that are large enough to be named beside a quote."""
    return set(channels.loc[(channels["n"] >= smallest).fillna(value=False), "channel"].dropna())


def _source(row: Row, named: set[str]) -> str:
    """Return channel and day of a verbatim, as far as they are known."""
    channel = row["channel"] if row["channel"] in named else ""
    return ", ".join(part for part in (channel, day(row["created_at"])) if part)


def shortened(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Return `text`, cut at a word if it is too long to be read as a quote.

    >>> shortened("one two three", 8)
    'one two\u2026'
    """
    if len(text) <= limit:
        return text
    head = text[: limit + 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head[:limit]).rstrip(" ,;:") + "\u2026"

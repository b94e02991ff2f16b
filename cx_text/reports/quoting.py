"""Customers' own words: distinct, redacted, and few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports.cells import Row, rows, shown
from cx_text.reports.wording import day
from cx_text.text import text_key, words

MAX_CHARACTERS = 320
_FEW_WORDS = 4


@dataclass(frozen=True)
class Quote:
    """A quote: `text` on one line, `source` says where and when, if that may be said."""

    text: str
    source: str


@dataclass(frozen=True)
class Quotes:
    """All quotes of a result, by verbatim id, with what may be told of their origin."""

    texts: Mapping[str, str]
    sources: Mapping[str, str] = field(default_factory=dict)
    limit: int = 3

    def best(self, evidence: Sequence[str], limit: int | None = None) -> list[Quote]:
        """Return up to `limit` distinct quotes of `evidence`, in its order, telling ones first."""
        found = list(self._distinct(evidence))
        found.sort(key=lambda quote: len(words(quote.text)) < _FEW_WORDS)
        return found[: self.limit if limit is None else limit]

    def _distinct(self, evidence: Sequence[str]) -> Iterator[Quote]:
        """Yield a quote for each text that was not there before and is not empty."""
        seen = {""}
        for verbatim in evidence:
            text = shown(self.texts.get(verbatim, "")).strip()
            if text_key(text) not in seen:
                seen.add(text_key(text))
                yield Quote(shortened(text), self.sources.get(verbatim, ""))


def quotes_of(result: Result, config: Config) -> Quotes:
    """Return the quotes of `result`; a channel below the smallest group shown is not named."""
    known = result.verbatims[result.verbatims["verbatim_id"].isin(list(result.quotes))]
    named = _named_channels(result.channels, config.privacy.k)
    sources = {str(row["verbatim_id"]): _source(row, named) for row in rows(known)}
    return Quotes(result.quotes, sources, config.report.quotes)


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

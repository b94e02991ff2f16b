"""Words that could give a customer away, and how they are kept out of what is learned."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

import pandas as pd

from cx_text.stages.vectors import StaticEncoder
from cx_text.text import WORD, words

CUSTOMERS = 5
"""A word that is not in the shipped vocabulary needs so many customers to enter a model."""

GONE = "..."


def rare_words(texts: Iterable[str], frame: pd.DataFrame) -> frozenset[str]:
    """Return the words of `texts` that only few customers say and the shipped vocabulary does not hold.

    Few are fewer than 5 customers among the rows of `frame` (table VERBATIMS); where no customer is
    known, distinct texts.
    """
    unknown = StaticEncoder().unknown({word for text in texts for word in words(text)})
    return unknown - said_by(unknown, frame)


def said_by(asked: frozenset[str], frame: pd.DataFrame, customers: int = CUSTOMERS) -> frozenset[str]:
    """Return those of the words `asked` that at least so many customers of `frame` say."""
    people: dict[str, set[str]] = {word: set() for word in asked}
    spoken = frame["text"].fillna("")
    for text, who in zip(spoken, frame["customer_id"].fillna(spoken), strict=True):
        for word in asked.intersection(words(text)):
            people[word].add(who)
    return frozenset(word for word, said in people.items() if len(said) >= customers)


def without_words(texts: Sequence[str], gone: Collection[str], instead: str = ".") -> list[str]:
    """Return `texts` with `instead` in the place of words; a full stop ends what could be a phrase.

    >>> without_words(["Ask Xqzt now", "ask now"], {"xqzt"})
    ['Ask . now', 'ask now']
    """
    if not gone:
        return list(texts)
    leave = _leaving_out(frozenset(gone), instead)
    return [WORD.sub(leave, text) for text in texts]


def _leaving_out(gone: frozenset[str], instead: str) -> Callable[[re.Match[str]], str]:
    """Return what a word becomes: itself, or `instead`."""
    return lambda found: instead if gone.intersection(words(found[0])) else found[0]

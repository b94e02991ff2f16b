"""Words, keys and patterns that several stages share."""

from __future__ import annotations

import json
import re
import unicodedata
from hashlib import blake2b

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
"""A word: letters and digits, with inner apostrophes."""

PLACEHOLDER = re.compile(r"\[(?:EMAIL|PHONE|CARD|IBAN|ACCOUNT|ORDER|ADDRESS|URL|NAME|ID|IP)\]")
"""What redaction leaves behind."""


def words(text: str) -> list[str]:
    """Return the case-folded words of `text`, in order.

    >>> words("Didn't get my REFUND!")
    ["didn't", 'get', 'my', 'refund']
    """
    if text.isascii():
        return WORD.findall(text.lower())
    return [word.casefold().replace("\u2019", "'") for word in WORD.findall(text)]


def length(text: str) -> int:
    """Return the number of words of `text`, 0 or more.

    >>> length("Still waiting, since May!")
    4
    """
    return len(WORD.findall(text))


def text_key(text: str) -> str:
    """Return what two texts share when they say the same: their words, or their marks without words.

    >>> text_key("Very good!!") == text_key("very  GOOD")
    True
    """
    return " ".join(words(text)) or " ".join(unicodedata.normalize("NFKC", text).split())


def digest_of(*parts: str) -> str:
    """Return 16 hex digits that stand for `parts`, the same on every machine; order counts.

    >>> digest_of("a", "b") != digest_of("ab")
    True
    """
    state = blake2b(digest_size=8)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


def escaped(text: str) -> str:
    r"""Return JSON with what a terminal could obey, such as C1 controls and bidi marks, as its escapes.

    >>> print(escaped('"\u009b2J"'))
    "\u009b2J"
    """
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() or mark == "\n" else json.dumps(mark)[1:-1] for mark in text)

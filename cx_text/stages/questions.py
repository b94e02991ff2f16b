"""Which way the question of a survey leans: to what was bad, to what was good, or to neither.

The phrases are data that a person can read: ``models/sentiment-1/questions.toml``.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache

from cx_text.shipped import model_path, shipped_file
from cx_text.text import words

MODEL, FILE, FORMAT = "sentiment-1", "questions.toml", 1
LEAN = 0.5
_GAP = r"(?: \S+){0,3} "


@lru_cache(maxsize=1024)
def lean_of_question(question: str) -> float:
    """Return how a short answer without words of feeling is meant: -0.5, 0 or 0.5.

    0 where the question asks for both sides, for neither, or is empty.

    >>> lean_of_question("What could we improve?"), lean_of_question("What did you like most?")
    (-0.5, 0.5)
    >>> lean_of_question("Why did you give this score?"), lean_of_question("What did you like or dislike?")
    (0.0, 0.0)
    """
    neither, bad, good = _patterns()
    said = neither.sub("...", " ".join(words(question)))
    rest = bad.sub("...", said)
    return LEAN * ((good.search(rest) is not None) - (rest != said))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Return what finds phrases that lean to neither side, to the bad and to the good."""
    data = tomllib.loads(shipped_file(model_path(MODEL), FILE, FORMAT).decode("utf-8"))
    return tuple(_pattern(data[side]["phrases"]) for side in ("open", "bad", "good"))


def _pattern(phrases: str) -> re.Pattern[str]:
    """Return what finds one of `phrases` (one a line, ``*`` for up to three words) among words."""
    found = [
        _GAP.join(re.escape(part.strip()) for part in line.split("*"))
        for line in phrases.strip().splitlines()
    ]
    return re.compile(r"(?<!\S)(?:" + "|".join(found) + r")(?!\S)")

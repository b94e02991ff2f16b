"""Names of themes that say how bad it was, or with whom, but not what went wrong."""

from __future__ import annotations

import re

from cx_text.stages.label_words import ARTICLES, NAMEABLE, OPINION, STOP

WHOLE = frozenset(
    "service services customer customers client clients care support company companies staff team agent "
    "agents advisor advisors adviser representative representatives rep reps executive executives person "
    "people experience complain complained complaining complaint complaints problem problems issue "
    "issues".split()
)
"""Words for a company, its people and its service as a whole, or for a complaint as such."""

_FILLING = (STOP | ARTICLES) - NAMEABLE
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def is_vague(label: str) -> bool:
    """Return whether a theme's name is made of nothing but opinion and words for service as a whole.

    A name of its own behind them (the company's) makes it no clearer.

    >>> [is_vague(name) for name in ("worst service", "service by Norvane", "late delivery", "")]
    [True, True, False, False]
    """
    words = _WORD.findall(label)
    if not any(word.lower() in WHOLE | OPINION for word in words):
        return False
    plain = WHOLE | OPINION | _FILLING
    return all(word.lower() in plain or (place and word.istitle()) for place, word in enumerate(words))

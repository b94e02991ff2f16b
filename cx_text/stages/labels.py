"""Themes -> names that a manager understands: a phrase in customers' words, and keywords.

A good name is a phrase that many spans of the theme say and few others do. Candidates are runs of
one to four words; a run neither begins nor ends with a stop word (negations are no stop words).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from cx_text.text import words

LONGEST = 4
KEYWORDS = 6
MINIMUM = 5
"""Fewest distinct spans that say a term before it may enter a name."""

PRIOR = 0.5
NEGATIONS = frozenset(
    "no not never nobody none nothing nowhere without cannot cant can't don't didn't doesn't isn't wasn't "
    "won't wouldn't couldn't hasn't haven't dont didnt doesnt wont".split()
)
CHATTER = frozenset(
    "hi hello hey dear team thanks thank thankyou thx please pls plz regards sir madam ok okay yes yeah yep "
    "im ive id u ur ya oh lol just really also still even got get gets getting im i'm i've i'd i'll you're "
    "it's that's there's he's she's we're they're they've we've let's us ill one two etc much many lot lots "
    "would could should will like go going went want wanted need needed make made say said says thing things "
    "today yesterday tomorrow day days week weeks month months time times since ago".split()
)
STOP = (ENGLISH_STOP_WORDS | CHATTER) - NEGATIONS


def has_content(text: str) -> bool:
    """Return whether a span says anything beyond greeting, thanking and filling.

    >>> has_content("Hi there, please"), has_content("no refund")
    (False, True)
    """
    return any(word not in STOP and word not in NEGATIONS and len(word) > 1 for word in words(text))


def phrases(text: str) -> Iterator[str]:
    """Yield each distinct candidate phrase of a span once, in order.

    >>> list(phrases("refund was not received"))
    ['refund', 'refund was not received', 'not received', 'received']
    """
    run = words(text)
    seen = set()
    for start in range(len(run)):
        for end in range(start + 1, min(start + LONGEST, len(run)) + 1):
            phrase = " ".join(run[start:end])
            if phrase not in seen and _well_formed(run[start:end]):
                seen.add(phrase)
                yield phrase


def _well_formed(run: Sequence[str]) -> bool:
    """Return whether a run of words may be a name or a part of it."""
    first, last = run[0], run[-1]
    return (
        first not in STOP
        and last not in STOP
        and last not in NEGATIONS
        and any(len(word) > 2 and not word.isdigit() for word in run)
        and len(set(run)) == len(run)
    )


def name_themes(texts: Sequence[str], labels: np.ndarray) -> tuple[list[str], list[list[str]]]:
    """Return a name and up to 6 keywords for each theme; an empty name where there is no phrase.

    Args:
        texts: n distinct spans.
        labels: theme number of each span (n,); negative for none.

    A phrase scores its count in the theme times the log of how much more often the theme says it
    than the rest does (smoothed), and longer phrases gain a little. Names differ from each other.
    """
    count = int(labels.max(initial=-1)) + 1
    inside: list[Counter[str]] = [Counter() for _ in range(count)]
    everywhere: Counter[str] = Counter()
    for text, label in zip(texts, labels, strict=True):
        found = list(phrases(text))
        everywhere.update(found)
        if label >= 0:
            inside[label].update(found)
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    names: list[str] = []
    keywords: list[list[str]] = []
    for theme in range(count):
        scores = _scores(inside[theme], everywhere, int(sizes[theme]), len(texts))
        names.append(_name(scores, inside[theme], set(names)))
        keywords.append(_keywords(scores))
    return names, keywords


def _scores(inside: Counter[str], everywhere: Counter[str], size: int, total: int) -> dict[str, float]:
    """Return the score of each phrase of a theme that enough spans say, best first."""
    scores = {}
    for phrase, said in inside.items():
        if said < min(MINIMUM, size):
            continue
        rest = (everywhere[phrase] - said + PRIOR) / (total - size + 1)
        lift = math.log((said + PRIOR) / (size + 1) / rest)
        if lift > 0:
            scores[phrase] = said * lift * (1 + phrase.count(" "))
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def _name(scores: dict[str, float], inside: Counter[str], taken: set[str]) -> str:
    """Return the best phrase that is not taken, with a second one where it covers little."""
    free = [phrase for phrase in scores if phrase not in taken]
    if not free:
        return ""
    best = free[0]
    second = next((p for p in free[1:] if not _stems(p) & _stems(best) and 2 * inside[p] > inside[best]), "")
    return f"{best}, {second}" if second and " " not in best else best


def _keywords(scores: dict[str, float]) -> list[str]:
    """Return the best phrases that say different things."""
    chosen: list[str] = []
    for phrase in scores:
        if all(not _stems(phrase) <= _stems(other) for other in chosen):
            chosen.append(phrase)
        if len(chosen) == KEYWORDS:
            break
    return chosen


def _stems(phrase: str) -> set[str]:
    """Return the first five letters of each word that is no stop word."""
    return {word[:5] for word in phrase.split() if word not in STOP}

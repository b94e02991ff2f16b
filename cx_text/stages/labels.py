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
UBIQUITOUS = 0.2
"""A stem said by a larger share of the other themes' spans (the company's name) tells nothing apart."""

COMMON = 0.25
"""A theme has a name if its best stems are in at least this share of its spans."""

GROWN = 0.6
"""A longer phrase takes the place of its part where it makes up so much of the part's spans."""

RARE = 2.0
"""A phrase said by so many spans counts half."""

FILLER = 0.25
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
OPINION = frozenset(
    "absolute absolutely acceptable amazing annoyed annoying appalling appreciate appreciated atrocious "
    "awesome awful bad best better brilliant company cool crap decent delighted disappointed "
    "disappointing disappointment disaster disgrace disgraceful disgusted disgusting dissatisfied "
    "dreadful everything excellent exceptional expected experience extremely fab fabulous fair "
    "fantastic fine flawless frustrated frustrating glad good grateful great happier happy hate helps "
    "horrendous horrible horrific impressed improve improvement incredible job joke lousy love loved "
    "lovely mediocre nice okay ok outstanding overall pathetic perfect perfectly pleased poor positive "
    "rating ratings recommend recommended ridiculous rubbish sad satisfactory satisfied satisfying "
    "shame shameful shit shocking star stars super superb terrible top totally unacceptable unhappy "
    "upset very well wonderful work worse worst wow happened ever again business useless worthless "
    "feedback review".split()
)
"""Words of opinion without a reason; a span of these alone is praise or complaint in general."""


def has_content(text: str) -> bool:
    """Return whether a span says anything beyond greeting, thanking and filling.

    >>> has_content("Hi there, please"), has_content("no refund")
    (False, True)
    """
    return any(word not in STOP and word not in NEGATIONS and len(word) > 1 for word in words(text))


def is_general(text: str) -> bool:
    """Return whether a span is praise or complaint without a reason.

    >>> is_general("Very good!"), is_general("worst company ever"), is_general("good price")
    (True, True, False)
    """
    said = words(text)
    plain = all(word in STOP or word in NEGATIONS or word in OPINION for word in said)
    return plain and any(word in OPINION for word in said)


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
        and any(len(word) > 2 and word.isalpha() for word in run)
        and len(set(run)) == len(run)
    )


def stem(word: str) -> str:
    """Return what the forms of a word share, roughly.

    >>> {stem(word) for word in ("charge", "charged", "charges", "charging")}
    {'charg'}
    """
    for ending in ("ing", "ed", "es", "ly", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return stem(word.removesuffix(ending))
    return word


def stems(phrase: str) -> frozenset[str]:
    """Return the stems of the words of a phrase that carry meaning."""
    return frozenset(stem(word) for word in phrase.split() if word not in STOP)


def name_themes(texts: Sequence[str], labels: np.ndarray) -> tuple[list[str], list[list[str]]]:
    """Return a name and up to 6 keywords for each theme; an empty name where there is no phrase.

    Args:
        texts: n distinct spans.
        labels: theme number of each span (n,); negative for none.

    A stem is worth the share of the theme's spans that say it times the log of how much more often
    they do than the rest (smoothed); a stem that a fifth of the rest say is worth nothing. A phrase
    is worth its stems. Names differ from each other. Where fewer than a quarter of the spans say one of
    the six best stems they have nothing in common that could be named.
    """
    count = int(labels.max(initial=-1)) + 1
    found = [list(phrases(text)) for text in texts]
    inside: list[Counter[str]] = [Counter() for _ in range(count)]
    stems_inside: list[Counter[str]] = [Counter() for _ in range(count)]
    everywhere: Counter[str] = Counter()
    said_by = [frozenset(one for phrase in candidates for one in stems(phrase)) for candidates in found]
    for candidates, said, label in zip(found, said_by, labels, strict=True):
        everywhere.update(said)
        if label >= 0:
            inside[label].update(candidates)
            stems_inside[label].update(said)
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    names: list[str] = []
    keywords: list[list[str]] = []
    for theme in range(count):
        worth = _worth(stems_inside[theme], everywhere, int(sizes[theme]), len(texts))
        together = _share([said_by[row] for row in np.flatnonzero(labels == theme)], worth)
        scores = _scores(inside[theme], worth) if together >= COMMON else {}
        names.append(_name(scores, inside[theme], set(names)))
        keywords.append(_keywords(scores))
    return names, keywords


def _worth(inside: Counter[str], everywhere: Counter[str], size: int, total: int) -> dict[str, float]:
    """Return what each stem that enough spans of a theme say is worth for its name."""
    worth = {}
    for one, said in inside.items():
        rest = (everywhere[one] - said + PRIOR) / (total - size + 1)
        lift = math.log((said + PRIOR) / (size + 1) / rest)
        if said >= MINIMUM and lift > 0 and rest <= UBIQUITOUS:
            worth[one] = said / size * lift
    return worth


def _scores(inside: Counter[str], worth: dict[str, float]) -> dict[str, float]:
    """Return the score of each phrase that enough spans of a theme say, best first.

    The worth of its stems, less for a phrase that few say and for words that only fill.
    """
    scores = {}
    for phrase, said in inside.items():
        value = sum(worth.get(one, 0.0) for one in sorted(stems(phrase)))
        if said >= MINIMUM and value > 0:
            fillers = sum(word in STOP for word in phrase.split())
            scores[phrase] = value * said / (said + RARE) / (1 + FILLER * fillers)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def _name(scores: dict[str, float], inside: Counter[str], taken: set[str]) -> str:
    """Return the best phrase; a single word is joined by the next one that says something else."""
    free = [phrase for phrase in scores if phrase not in taken]
    if not free:
        return ""
    grown = _grown(free[0], inside)
    best = free[0] if grown in taken else grown
    if " " in best:
        return best
    others = (one for one in free[1:] if not stems(one) & stems(best))
    return next((f"{best}, {one}" for one in others if f"{best}, {one}" not in taken), best)


def _grown(phrase: str, inside: Counter[str]) -> str:
    """Return the longest phrase that mostly stands where `phrase` does: "virtual" -> "virtual card"."""
    around = [
        one
        for one, said in inside.items()
        if f" {phrase} " in f" {one} " and said >= max(MINIMUM, GROWN * inside[phrase])
    ]
    return max(around, key=lambda one: (len(one), one), default=phrase)


def _keywords(scores: dict[str, float]) -> list[str]:
    """Return the best phrases that say different things."""
    chosen: list[str] = []
    for phrase in scores:
        if all(not stems(phrase) <= stems(other) for other in chosen):
            chosen.append(phrase)
        if len(chosen) == KEYWORDS:
            break
    return chosen


def _share(said_by: Sequence[frozenset[str]], worth: dict[str, float]) -> float:
    """Return the share of the spans that say one of the stems worth most."""
    best = frozenset(sorted(worth, key=lambda one: (-worth[one], one))[:KEYWORDS])
    return sum(bool(said & best) for said in said_by) / max(len(said_by), 1)

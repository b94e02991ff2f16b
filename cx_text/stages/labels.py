"""Themes -> names that a manager understands: a phrase in customers' words, and keywords.

A good name is a phrase that many spans of the theme say and few others do, and that means what the theme
means. Candidates are runs of words inside a clause that begin and end with a word of content; runs that
differ in forms and filling only are one candidate, shown as most people say it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cx_text.exact import on_grid, unit_rows
from cx_text.groups import NONE
from cx_text.stages.label_phrases import Key, Usage, is_filling, root, roots, stem
from cx_text.stages.label_scores import Theme, scored, themes_of
from cx_text.stages.label_words import IDLE, NEGATIONS, OPINION, STOP
from cx_text.text import words

__all__ = ["STOP", "Meaning", "has_content", "is_general", "name_parents", "name_themes", "stem"]

KEYWORDS = 6

KEYWORD_WORDS = 4
"""Words of the longest keyword."""

SHORTLIST = 40
"""Candidates of a theme whose meaning is looked at."""

NEAR, APART, RIVALS = 4.0, 4.0, 3
"""How much it counts that a phrase is near its theme, and nearer than to the nearest so many others."""

CLEAR = 0.25
"""A name that is free must be at least so good, next to the best, to be given without a second phrase."""

FULLER = 0.4
"""A phrase at least so good, next to the best, is given for the single word in it."""

SPREAD = 0.2
"""A stem is at home in a theme of a parent if this share of its spans say it."""

Named = tuple[list[str], list[list[str]]]


@dataclass(frozen=True)
class Meaning:
    """What a sentence encoder says of spans and phrases.

    Attributes:
        encode: phrases -> unit vectors (m, d).
        vectors: unit vectors of the spans (n, d).
    """

    encode: Callable[[Sequence[str]], np.ndarray]
    vectors: np.ndarray

    def closeness(self, forms: Sequence[str], labels: np.ndarray) -> np.ndarray:
        """Return the cosine of each of m phrases with the mean of each of k themes, (m, k)."""
        themes = range(int(labels.max(initial=NONE)) + 1)
        means = np.array([self.vectors[labels == theme].mean(axis=0) for theme in themes])
        cosines: np.ndarray = on_grid(unit_rows(self.encode(forms))) @ on_grid(unit_rows(means)).T
        return cosines


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


def name_themes(
    texts: Sequence[str],
    labels: np.ndarray,
    meaning: Meaning | None = None,
    naming: np.ndarray | None = None,
) -> Named:
    """Return a name and up to 6 keywords for each theme; an empty name where there is no phrase.

    Args:
        texts: n distinct spans, as written.
        labels: theme number of each span (n,); negative for none.
        meaning: what a sentence encoder says of the spans; names are better with it.
        naming: which spans names may be taken from (n,), such as those that feel as their theme does.

    A stem is worth the share of the theme's spans that say it times the log of how much more often
    they do than the rest (smoothed); a stem that a fifth of the rest say is worth nothing. A phrase is
    worth its stems, less where few say it, where a stem stands for one thing of many and for words
    that fill; more where it means what the theme means and other themes do not. Names differ from each
    other in what they mean. Where fewer than a quarter of the spans say one of the six best stems they have
    nothing in common that could be named.
    """
    usage = Usage.of(texts)
    return _named(themes_of(texts, labels, usage, naming), labels, usage, meaning, ())


def name_parents(
    texts: Sequence[str],
    labels: np.ndarray,
    parents: np.ndarray,
    names: Sequence[str],
    meaning: Meaning | None = None,
) -> Named:
    """Return a name and keywords for each parent: what its themes have in common; none of their names.

    Args:
        texts: n distinct spans, as written.
        labels: theme number of each span (n,); negative for none.
        parents: parent number of each theme (k,); negative for none.
        names: name of each theme (k,).
        meaning: as for `name_themes`.
    """
    usage = Usage.of(texts)
    above = np.append(parents, NONE)[labels]
    found = themes_of(texts, above, usage)
    said = [roots(text) for text in texts]
    at_home = [_at_home([said[row] for row in np.flatnonzero(labels == one)]) for one in range(len(parents))]
    for number, parent in enumerate(found):
        homes = [at_home[theme] for theme in np.flatnonzero(parents == number)]
        count = Counter(one for home in homes for one in home)
        parent.spread = {one: n / len(homes) for one, n in count.items()}
    return _named(found, above, usage, meaning, names)


def _at_home(said: Sequence[frozenset[str]]) -> set[str]:
    """Return the roots that enough spans of a theme say."""
    count = Counter(one for found in said for one in found)
    return {one for one, n in count.items() if n >= SPREAD * len(said)}


def _named(
    themes: Sequence[Theme], labels: np.ndarray, usage: Usage, meaning: Meaning | None, taken: Collection[str]
) -> Named:
    """Return names, none of them like a `taken` one, and keywords."""
    scores = [scored(theme, usage) for theme in themes]
    if meaning is not None:
        scores = _by_meaning(themes, scores, meaning, labels)
    used = {_core(name) for name in taken}
    names, keywords = [], []
    for theme, found in zip(themes, scores, strict=True):
        order = sorted(found, key=lambda key: (-found[key], key))
        chosen = _keywords(order, theme)
        alike = used if theme.spread is None else frozenset[frozenset[str]]()
        name = _name({theme.form(key): found[key] for key in order}, chosen, used, alike)
        used.add(_core(name))
        names.append(usage.display(name))
        keywords.append([usage.display(one) for one in chosen])
    return names, keywords


def _by_meaning(
    themes: Sequence[Theme], scores: Sequence[dict[Key, float]], meaning: Meaning, labels: np.ndarray
) -> list[dict[Key, float]]:
    """Return the scores of the best candidates of each theme, higher for those that mean what it means."""
    short = [list(found)[:SHORTLIST] for found in scores]
    forms = sorted({theme.form(key) for theme, keys in zip(themes, short, strict=True) for key in keys})
    if not forms:
        return list(scores)
    cosines = dict(zip(forms, meaning.closeness(forms, labels), strict=True))
    out = []
    for number, (theme, keys) in enumerate(zip(themes, short, strict=True)):
        fits = {key: _fit(cosines[theme.form(key)], number) for key in keys}
        least = min(fits.values(), default=0.0)
        out.append({key: score * fits.get(key, least) for key, score in scores[number].items()})
    return out


def _fit(cosines: np.ndarray, theme: int) -> float:
    """Return how well a phrase means a theme, from its cosine with each theme: near it, far from others."""
    others = np.sort(np.delete(cosines, theme))[-RIVALS:]
    apart = cosines[theme] - math.fsum(others) / max(len(others), 1)
    return math.exp(NEAR * cosines[theme] + APART * apart)


def _core(name: str) -> frozenset[str]:
    """Return what tells a name from others: its roots without idle words; all where it has only those."""
    said = words(name)
    return frozenset(root(word) for word in said if not is_filling(word) and word not in IDLE) or frozenset(
        said
    )


def _name(
    forms: Mapping[str, float],
    keywords: Sequence[str],
    used: Collection[frozenset[str]],
    larger: Collection[frozenset[str]],
) -> str:
    """Return the best phrase that no other theme has, else the best with the next keyword.

    A word that is part of one of the `larger` names does not tell themes apart.
    """
    best = max(forms.values(), default=0.0)
    free = [
        one
        for one in forms
        if _core(one) not in used and (" " in one or not any(_core(one) < other for other in larger))
    ]
    clear = [one for one in free if forms[one] >= CLEAR * best]
    if clear:
        fuller = (one for one in clear if _core(clear[0]) < _core(one) and forms[one] >= FULLER * best)
        return clear[0] if " " in clear[0] else next(fuller, clear[0])
    first = next(iter(forms), "")
    joined = (f"{first}, {one}" for one in keywords if not _core(one) & _core(first))
    return next(
        (one for one in joined if _core(one) not in used),
        next((one for one in forms if _core(one) not in used), ""),
    )


def _keywords(order: Sequence[Key], theme: Theme) -> list[str]:
    """Return the best phrases that say different things."""
    chosen: list[str] = []
    covered: set[str] = set()
    for key in order:
        worth = [theme.worth.get(one, 0.0) for one in key]
        new = [theme.worth.get(one, 0.0) for one in key if one not in covered]
        if len(theme.form(key).split()) <= KEYWORD_WORDS and 2 * sum(new) > sum(worth):
            chosen.append(theme.form(key))
            covered.update(key)
        if len(chosen) == KEYWORDS:
            break
    return chosen

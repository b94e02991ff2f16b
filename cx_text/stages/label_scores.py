"""What the spans of a theme say, and how good a name each phrase of theirs would be."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cx_text.groups import NONE
from cx_text.stages.label_phrases import Key, Usage, is_filling, phrases, root, roots
from cx_text.stages.label_words import IDLE, NEGATIONS, UNITS

BEST = 6
"""Stems that must cover a theme."""

MINIMUM = 5
"""Fewest distinct spans that say a term before it may enter a name."""

PRIOR = 0.5

UBIQUITOUS = 0.2
"""A stem said by a larger share of the other themes' spans (the company's name) tells nothing apart."""

COMMON = 0.25
"""A theme has a name if its best stems are in at least this share of its spans."""

RARE = 0.05
"""A phrase said by this share of a theme counts half."""

SLOT = 0.08
"""A stem said by less of a theme is one thing of many that fill the same slot: a product, a city."""

CAPITAL = 0.3
"""A proper name said by less of a theme is no name of it: a person, a city, the company."""

KNOWN, KNOWN_SHARE = 30, 0.1
"""Unless so many spans say it, and this share of them: a brand, an airport."""

LENGTHY = 0.7
"""A phrase of n stems is worth their sum by n to this power."""

SINGLE, HOLLOW, PROPER, PART, DENIAL = 0.35, 0.1, 0.4, 0.5, 0.3
"""What a phrase counts that is one word; has no word of content but idle ones; has a proper name; mostly
stands in a longer phrase; denies, for a parent."""

WEAK = 0.15
"""The price of each weak word."""

JOINED = 3
"""Weak words that an "and" or "or" counts for: what it joins is rarely one matter."""

WHOLE = 0.8
"""A phrase is a part of a longer one that makes up so much of its spans."""


@dataclass
class Theme:
    """What the spans of a theme say.

    Attributes:
        size: number of spans.
        said: how many of them say a root.
        forms: for each candidate, how many say it in which words.
        worth: what roots are worth for the name.
        spread: for a parent, the share of its themes that a root is at home in; `None` for a theme.
    """

    size: int = 0
    said: Counter[str] = field(default_factory=Counter)
    forms: dict[Key, Counter[str]] = field(default_factory=dict)
    worth: dict[str, float] = field(default_factory=dict)
    spread: dict[str, float] | None = None

    def form(self, key: Key) -> str:
        """Return the words in which most say a candidate (ties: the shortest)."""
        forms = self.forms[key]
        return min(forms, key=lambda one: (-forms[one], len(one), one))

    def add(self, said: Collection[str], found: Mapping[Key, str]) -> None:
        """Count a span."""
        self.size += 1
        self.said.update(said)
        for key, form in found.items():
            self.forms.setdefault(key, Counter())[form] += 1


def themes_of(
    texts: Sequence[str], labels: np.ndarray, usage: Usage, naming: np.ndarray | None = None
) -> list[Theme]:
    """Return what the spans of each theme say; candidates come from those that are `naming` (n,), or all."""
    themes = [Theme() for _ in range(int(labels.max(initial=NONE)) + 1)]
    said = [roots(text) for text in texts]
    everywhere = Counter(one for found in said for one in found)
    for number, theme in enumerate(themes):
        rows = np.flatnonzero(labels == number).tolist()
        count = Counter(one for row in rows for one in said[row])
        usable = {one for one, n in count.items() if n >= MINIMUM}
        for row in rows:
            theme.add(said[row], phrases(texts[row], usage, usable) if naming is None or naming[row] else {})
        theme.worth = _worth(theme, everywhere, len(texts))
        best = frozenset(sorted(theme.worth, key=lambda one: (-theme.worth[one], one))[:BEST])
        if sum(bool(said[row] & best) for row in rows) < COMMON * theme.size:
            theme.forms = {}
    return themes


def _worth(theme: Theme, everywhere: Counter[str], total: int) -> dict[str, float]:
    """Return what each root that enough spans of a theme say is worth for its name."""
    worth = {}
    for one, said in theme.said.items():
        rest = (everywhere[one] - said + PRIOR) / (total - theme.size + 1)
        lift = math.log((said + PRIOR) / (theme.size + 1) / rest)
        if said >= MINIMUM and lift > 0 and rest <= UBIQUITOUS:
            worth[one] = said / theme.size * lift
    return worth


def scored(theme: Theme, usage: Usage) -> dict[Key, float]:
    """Return the worth of each candidate that enough spans say, best first."""
    often = {key: n for key in theme.forms if (n := theme.forms[key].total()) >= MINIMUM}
    any_order: Counter[frozenset[str]] = Counter()
    for key, n in often.items():
        any_order[frozenset(key)] += n
    parts = {
        part for key, n in often.items() for part in _parts(key) if n >= WHOLE * often.get(part, math.inf)
    }
    found = {}
    for key in often:
        said = min(any_order[frozenset(key)], theme.size)
        value = _value(key, theme) * said / (said + RARE * theme.size) * _style(key, theme, usage)
        if value > 0:
            found[key] = value * (PART if key in parts else 1)
    return {key: found[key] for key in sorted(found, key=lambda key: (-found[key], key))}


def _parts(key: Key) -> list[Key]:
    """Return the runs of a key that are shorter than it."""
    size = len(key)
    return [key[low:high] for low in range(size) for high in range(low + 1, size + 1) if high - low < size]


def _value(key: Key, theme: Theme) -> float:
    """Return what the stems of a candidate are worth; for a parent, as far as its themes share them."""
    meant = [one for one in key if one in theme.said]
    power = LENGTHY if theme.spread is None else 1
    value: float = sum(theme.worth.get(one, 0.0) for one in meant) / len(meant) ** power
    shared = 1.0
    if theme.spread is not None:
        shared = min(theme.spread.get(one, 0.0) for one in meant) * (DENIAL if "not" in key else 1)
    least = min(theme.said[one] for one in meant) / theme.size
    return value * shared * min(1.0, least / SLOT)


def _style(key: Key, theme: Theme, usage: Usage) -> float:
    """Return how well a candidate reads as a name (0..1)."""
    form = theme.form(key).split()
    idle = [is_filling(word) or word in IDLE or word in UNITS or word in NEGATIONS for word in form]
    weak = sum(
        word not in NEGATIONS and (dull or root(word) not in theme.worth)
        for word, dull in zip(form, idle, strict=True)
    )
    weak += (JOINED - 1) * sum(word in ("and", "or") for word in form)
    style: float = (HOLLOW if all(idle) else 1) / (1 + WEAK * weak)
    if len(key) == 1 and theme.spread is None:
        style *= SINGLE
    for word in filter(usage.is_proper, form):
        style *= PROPER if _is_ours(root(word), theme) else 0.0
    return style


def _is_ours(proper: str, theme: Theme) -> bool:
    """Return whether a proper name is what a theme is about."""
    said = theme.said[proper]
    known = said >= KNOWN and said >= KNOWN_SHARE * theme.size
    return proper in theme.worth and (known or said >= CAPITAL * theme.size)

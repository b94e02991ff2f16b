"""How well groups, names and new themes agree with what people said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, v_measure_score

from cx_text.stages.labels import STOP, stem
from cx_text.text import words

COMMON = 0.2
"""A stem in a larger share of the class names (and more than one) tells no class apart."""

HALF = 0.5


@dataclass(frozen=True)
class Agreement:
    """How far groups agree with classes: 1 is agreement; AMI and ARI are 0 by chance.

    Attributes:
        ami: adjusted mutual information.
        b3: B-cubed F1.
        ari: adjusted Rand index.
        v: V-measure.
        themes: number of groups.
        coverage: share of the rows that are in one.
    """

    ami: float
    b3: float
    ari: float
    v: float
    themes: int
    coverage: float


def apart(themes: Sequence[object]) -> np.ndarray:
    """Return a group number for each row, (n,); a row whose theme is None is a group of its own.

    >>> apart(["a", None, "a", None]).tolist()
    [0, 1, 0, 2]
    """
    named = [("alone", row) if theme is None else ("theme", theme) for row, theme in enumerate(themes)]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(named))}
    return np.array([numbers[name] for name in named], dtype=np.int64)


def b_cubed(gold: Sequence[object], found: Sequence[object]) -> float:
    """Return the B-cubed F1 of groups (0..1).

    Reference: Bagga & Baldwin 1998, Entity-based cross-document coreferencing.
    """
    table = pd.crosstab(np.asarray(gold), np.asarray(found)).to_numpy(dtype=np.float64)
    precision = (table**2 / table.sum(axis=0, keepdims=True)).sum() / table.sum()
    recall = (table**2 / table.sum(axis=1, keepdims=True)).sum() / table.sum()
    return float(2 * precision * recall / (precision + recall))


def agreement(gold: Sequence[object], themes: Sequence[object]) -> Agreement:
    """Return how far `themes` (None: none) agree with `gold`, row by row."""
    groups = apart(themes)
    given = [theme for theme in themes if theme is not None]
    return Agreement(
        ami=adjusted_mutual_info_score(gold, groups),
        b3=b_cubed(gold, groups.tolist()),
        ari=adjusted_rand_score(gold, groups),
        v=v_measure_score(gold, groups),
        themes=len(set(given)),
        coverage=len(given) / len(groups),
    )


def stems_of(phrases: Iterable[str]) -> frozenset[str]:
    """Return the stems of all words in `phrases` that carry meaning.

    >>> sorted(stems_of(["why_is_my_card_declined", "cards"]))
    ['card', 'declin']
    """
    return frozenset(stem(word) for phrase in phrases for word in words(phrase) if word not in STOP)


def distinctive(names: Collection[str]) -> dict[str, frozenset[str]]:
    """Return for each class name the stems that tell it from others; all where none does.

    >>> distinctive(["card_lost", "card_broken"])["card_lost"]
    frozenset({'lost'})
    """
    stems = {name: stems_of([name]) for name in names}
    counts = Counter(one for found in stems.values() for one in found)
    most = max(1, COMMON * len(stems))
    return {
        name: frozenset(one for one in found if counts[one] <= most) or found for name, found in stems.items()
    }


def is_named(wanted: frozenset[str], said: frozenset[str]) -> bool:
    """Return whether at least half of the `wanted` stems are among those `said`.

    >>> is_named(frozenset({"card", "lost"}), frozenset({"lost", "found"}))
    True
    """
    return len(wanted & said) >= HALF * len(wanted)


def holders(gold: Sequence[str], themes: Sequence[object]) -> dict[str, str]:
    """Return for each class the theme that holds most of its rows (ties: the smallest id)."""
    counts: dict[str, Counter[str]] = {}
    for name, theme in zip(gold, themes, strict=True):
        if theme is not None:
            counts.setdefault(name, Counter())[str(theme)] += 1
    return {name: min(found, key=lambda one: (-found[one], one)) for name, found in counts.items()}


def caught(gold: Sequence[str], themes: Sequence[object], among: Collection[str]) -> dict[str, str]:
    """Return the classes that a theme `among` the given ones stands for, and that theme.

    It holds at least half of the class, and at least half of what it holds is of the class.
    """
    rows = [(name, str(theme)) for name, theme in zip(gold, themes, strict=True) if theme is not None]
    both, sizes = Counter(rows), Counter(theme for _, theme in rows)
    classes = Counter(gold)
    return {
        name: theme
        for (name, theme), count in sorted(both.items())
        if theme in among and count >= HALF * classes[name] and count >= HALF * sizes[theme]
    }


def mostly(gold: Sequence[str], themes: Sequence[object], among: Collection[str]) -> dict[str, str]:
    """Return for each theme `among` the given ones the class that makes up half of it or more."""
    rows = [(str(theme), name) for name, theme in zip(gold, themes, strict=True) if theme in among]
    both, sizes = Counter(rows), Counter(theme for theme, _ in rows)
    return {theme: name for (theme, name), count in sorted(both.items()) if count >= HALF * sizes[theme]}


def leaning(counts: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Return for each theme the aspect that stands beside it more than the aspect's frequency explains.

    The largest Pearson residual, (count - expected) / sqrt(expected), of the table theme x aspect
    (ties: the first by name). A plain majority would call nearly every theme by the most frequent aspect.
    """
    totals: Counter[str] = sum(counts.values(), Counter())
    whole = totals.total()
    chosen = {}
    for theme, row in counts.items():
        expected = {aspect: row.total() * total / whole for aspect, total in totals.items()}
        residual = {aspect: (row[aspect] - mean) / mean**0.5 for aspect, mean in expected.items()}
        chosen[theme] = min(residual, key=lambda aspect: (-residual[aspect], aspect))
    return chosen

"""What a verbatim tells beside its themes: effort, emotion, behaviours, risks, and who can change it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cx_text.reading import Spans
from cx_text.stages.behaviours import ATTRIBUTIONS, Behaviours
from cx_text.stages.emotions import EMOTIONS, Emotions
from cx_text.stages.signals import SILENT, Signals

Columns = dict[str, list[Any]]


def observe(texts: Sequence[str], heard: Sequence[bool], spans: Spans) -> tuple[Columns, list[str | None]]:
    """Return columns of table VERBATIMS for n rows, and who can change what each of m spans tells of.

    Args:
        texts: n redacted texts.
        heard: which of them are read (n,); of others nothing is told.
        spans: the spans of those that are heard.

    A row has the behaviours of all its spans; of emotions and attributions the one that most of its words
    tell, an emotion as far as it is sure (ties: the first of the list).
    """
    signals = Signals.shipped()
    found = [signals.find(text) if wanted else SILENT for text, wanted in zip(texts, heard, strict=True)]
    shown = Behaviours.shipped().find(spans.texts, spans.sentiments)
    changers = Behaviours.shipped().attributions(spans.texts, shown)
    emotions, sure = Emotions.shipped().predict(spans.texts, spans.vectors, spans.sentiments)
    behaviours: dict[int, set[str]] = defaultdict(set)
    for row, several in zip(spans.rows.tolist(), shown, strict=True):
        behaviours[row].update(map(str, several))
    columns: Columns = {
        "effort": [one.effort for one in found],
        "contacts": [one.contacts for one in found],
        "repeat_contact": [one.repeat if wanted else None for one, wanted in zip(found, heard, strict=True)],
        "risks": [sorted({risk.kind for risk in one.risks}) for one in found],
        "journey": [one.journey or None for one in found],
        "emotion": _foremost(emotions, sure * spans.lengths, spans.rows, len(texts), EMOTIONS),
        "behaviours": [sorted(behaviours.get(row, ())) for row in range(len(texts))],
        "attribution": _foremost(changers, spans.lengths, spans.rows, len(texts), ATTRIBUTIONS),
    }
    return columns, [one or None for one in changers]


def _foremost(
    told: Sequence[str], weights: np.ndarray, rows: np.ndarray, count: int, order: Sequence[str]
) -> list[str | None]:
    """Return for each of `count` rows what weighs most of what its spans told, None where it is nothing."""
    sums: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row, one, weight in zip(rows.tolist(), told, weights.tolist(), strict=True):
        if one:
            sums[row][one] += weight
    return [_largest(sums[row], order) if row in sums else None for row in range(count)]


def _largest(sums: Mapping[str, float], order: Sequence[str]) -> str:
    """Return the one with the largest sum; of equal ones the first in `order`."""
    return max(order, key=lambda one: sums.get(one, 0.0))

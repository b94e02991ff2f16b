"""What the learned model looks at: the words of a theme, and what spoke for the theme of a span."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cx_text.explaining.source import Facts
from cx_text.features import NEIGHBOUR, POLARITY, Seen, context
from cx_text.phrases import Phrases, plain
from cx_text.reading import Spans
from cx_text.scoring import TextModel
from cx_text.stages.topics import Topics

WORDS = 12
"""Words and pairs of words named for a theme, at most."""

CONTRIBUTIONS = 6
"""Words named for the theme of a span, at most."""


def columns_of(model: TextModel, theme_id: str) -> list[int]:
    """Return the columns of the learned model that count as an effective theme; empty for none."""
    ours = model.taxonomy.made_of(theme_id)
    learned = model.catalogue["theme_id"].tolist()[: model.assigner.themes]
    return [column for column, raw in enumerate(learned) if raw in ours]


def words_of(model: TextModel, columns: Sequence[int]) -> Facts:
    """Return the words with the largest weights of a theme: for it, against it, and in a sentence beside.

    A word in the span itself counts by itself and as context; one in the span before or after as half of the
    context. A theme of several raw themes has the weight of that one of them which a word speaks for most.
    """
    count = len(model.features.terms)
    if not columns or not count:
        return {"for": [], "against": [], "beside": []}
    own, around = model.assigner.weights[:, -count:, list(columns)]
    here, beside = (own + around).max(axis=1), NEIGHBOUR * around.max(axis=1)
    return {
        "for": _largest(model, here, WORDS),
        "against": [one | {"weight": -one["weight"]} for one in _largest(model, -here, WORDS)],
        "beside": _largest(model, beside, WORDS),
    }


def _largest(model: TextModel, values: np.ndarray, most: int) -> list[Facts]:
    """Return the terms with the largest values above 0 (ties: by the alphabet), the largest first."""
    order = np.argsort(-values, kind="stable")[:most]
    return [
        {"term": model.features.terms[term], "weight": float(values[term])}
        for term in order.tolist()
        if values[term] > 0
    ]


def evidence_for(model: TextModel, seen: Seen, spans: Spans, span: int, column: int) -> Facts:
    """Return what spoke for a column of the model in a span: features times weights, by where they stand.

    `score` is the sum of all parts: every term, the sense of the words taken together, the feeling of the
    span, each by itself and from the spans beside it, and where the theme starts from.
    """
    own, around = model.assigner.weights[:, :, column]
    near = context(spans.rows)[[span]].toarray()[0]
    itself = own + near[span] * around
    near[span] = 0.0
    split = seen.dense.shape[1]
    terms = seen.counted[[span]].toarray()[0] * itself[split:]
    beside = (near @ seen.counted) * around[split:]
    dense, dense_beside = seen.dense[span] * itself[:split], (near @ seen.dense) * around[:split]
    bias = float(model.assigner.bias[column])
    return {
        "terms": _largest(model, terms, CONTRIBUTIONS),
        "terms_against": [one | {"weight": -one["weight"]} for one in _largest(model, -terms, CONTRIBUTIONS)],
        "context_terms": _largest(model, beside, CONTRIBUTIONS),
        "all_terms": float(terms.sum()),
        "all_context": float(beside.sum() + dense_beside.sum()),
        "sense": float(dense[:-POLARITY].sum()),
        "feeling": float(dense[-POLARITY:].sum()),
        "start": bias,
        "score": float(terms.sum() + beside.sum() + dense.sum() + dense_beside.sum() + bias),
    }


def topic_phrases(topics: Topics, topic: int, text: str) -> list[str]:
    """Return the words of `text` in which phrases of a built-in topic were found, each once.

    >>> shipped = Topics.shipped()
    >>> topic_phrases(shipped, shipped.phrased("still no refund")[0], "There is still no refund")
    ['still no refund']
    """
    return phrases_in(topics.rules, topic, text)


def phrases_in(phrases: Phrases, owner: int, text: str) -> list[str]:
    """Return the words of `text` in which phrases of an owner were found, each once."""
    said = plain(text)
    held = (hit for hit in phrases.hits(text) if hit.phrase.owner == owner)
    return list(dict.fromkeys(" ".join(said[hit.first : hit.end]) for hit in held))


def least_sure(model: TextModel) -> float:
    """Return how likely a theme must at least be, as `ThemeAssigner.predict` has it."""
    count = len(model.assigner.bias)
    return max(model.assigner.confidence, min(0.5, 2 / count)) if count else 1.0

"""What people's edits need of a model: themes they define, parts of themes they split.

A phrase is a rule as it stands. Examples, and a split without phrases, are learned from history: the
sentence encoder finds what is alike, a linear rule of its own tells it from then on. No other theme moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage

from cx_text.errors import UsageError
from cx_text.exact import on_grid, unit_rows
from cx_text.features import Seen
from cx_text.groups import NONE, large_enough
from cx_text.learning import Encode, distinct, sample
from cx_text.records import CATALOGUE
from cx_text.scoring import Spans, TextModel
from cx_text.stages.labels import name_themes
from cx_text.stages.themes import ANYWHERE, Specialist
from cx_text.stages.vectors import span_vectors
from cx_text.taxonomy import Edit, in_force

HISTORY = 4_000
"""Spans of history that a rule is learned from."""

ALIKE = 0.6
"""A span is like the examples where its cosine to their mean is at least this, and the worst example's."""

Rows = Callable[[], pd.DataFrame]


def with_edits(
    model: TextModel, edits: Sequence[Edit], history: Rows, encode: Encode | None = None
) -> TextModel:
    """Return the model with `edits` in force, and with the rules that they need.

    Args:
        model: the model in force.
        edits: all edits of the workspace.
        history: gives all redacted rows, table VERBATIMS; asked only where a rule is to be learned.
        encode: passages -> unit vectors of their spans on the grid; None: the shipped sentence encoder.

    Raises:
        UsageError: E_THEME, too few comments to learn a rule from.
    """
    edits = tuple(edits)
    wanted = [edit for edit in in_force(edits) if edit.action in {"define", "split"}]
    learned = {one.theme_id: one for one in model.specialists if not one.phrases}
    catalogue = set(model.catalogue["theme_id"])
    named = {theme for edit in edits for theme in edit.named}
    rules = [one for one in model.specialists if one.theme_id not in named]
    for edit in wanted:
        told = edit.theme_id if edit.action == "define" else edit.parts[-1]
        within = ANYWHERE if edit.action == "define" else edit.theme_id
        rows = _rows_of(edit, model)
        if edit.phrases:
            rules.append(Specialist.of_phrases(told, within, edit.phrases))
        elif told in learned:
            rules.append(learned[told])
        elif told not in catalogue and (edit.examples or edit.action == "split"):
            rule, rows = _learned(
                edit, told, within, replace(model, edits=edits), history(), encode or span_vectors
            )
            rules.append(rule)
        model = replace(model, catalogue=_with_rows(model.catalogue, rows))
    return replace(model, edits=edits, specialists=tuple(rules))


def _rows_of(edit: Edit, model: TextModel) -> list[dict[str, object]]:
    """Return the catalogue rows of an edit: what is defined, or the parts of what is split by phrase."""
    if edit.action == "define":
        return [{"theme_id": edit.theme_id, "label": edit.label, "keywords": list(edit.phrases)}]
    labels = dict(zip(model.catalogue["theme_id"], model.catalogue["label"], strict=True))
    names = [f"{labels.get(edit.theme_id, edit.theme_id)}, other", ", ".join(edit.phrases)]
    return [{"theme_id": part, "label": name} for part, name in zip(edit.parts, names, strict=True)]


def _with_rows(catalogue: pd.DataFrame, rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return the catalogue with the rows that it does not have yet."""
    new = CATALOGUE.frame([row for row in rows if row["theme_id"] not in set(catalogue["theme_id"])])
    return CATALOGUE.frame(pd.concat([catalogue, new], ignore_index=True)) if len(new) else catalogue


@dataclass(frozen=True)
class _History:
    """Spans of history that say something, what the fast model sees of them, their theme and vectors."""

    spans: Spans
    seen: Seen
    themes: np.ndarray
    vectors: np.ndarray


def _read(model: TextModel, frame: pd.DataFrame, encode: Encode) -> _History:
    """Return a sample of history as the model and the encoder read it."""
    bare = replace(model, specialists=())
    spans = sample(bare, distinct(frame, model.config, model.taxonomy), HISTORY)
    themes = np.where(spans.with_reason, bare.assign(spans).themes, NONE)
    return _History(spans, model.seen(spans), themes, encode(spans.passages))


def _learned(
    edit: Edit, told: str, within: str, model: TextModel, frame: pd.DataFrame, encode: Encode
) -> tuple[Specialist, list[dict[str, object]]]:
    """Return the rule of a defined theme or of a part, and the catalogue rows it brings."""
    if edit.action == "define":
        history = _read(model, frame, encode)
        labels = _like_examples(edit, model, frame, history, encode)
        rule = Specialist.fit(told, within, history.seen, history.spans.rows, labels)
        return rule, _rows_of(edit, model)
    history = _read(model, frame[[edit.theme_id in found for found in frame["theme_ids"]]], encode)
    labels = _halves(edit, model, history)
    texts = history.spans.texts
    names = name_themes(texts, labels)[0]
    rows: list[dict[str, object]] = [
        {"theme_id": part, "label": name or part} for part, name in zip(edit.parts, names, strict=True)
    ]
    return Specialist.fit(told, within, history.seen, history.spans.rows, labels), rows


def _like_examples(
    edit: Edit, model: TextModel, frame: pd.DataFrame, history: _History, encode: Encode
) -> np.ndarray:
    """Return 1 for spans of history that are like the example comments, 0 for others, `NONE` for chatter."""
    rows = frame[frame["verbatim_id"].isin(edit.examples)].reset_index(drop=True)
    examples = model.read(rows)[1]
    vectors = encode(examples.passages)[examples.with_reason] if len(examples) else np.zeros((0, 1))
    if not len(vectors):
        missing = f"none of the examples of {edit.label!r} says anything that a theme could be made of"
        raise UsageError("E_THEME", missing, "name other comments, or a phrase with --phrase")
    centre = on_grid(unit_rows(vectors.mean(axis=0, keepdims=True)))[0]
    least = max(ALIKE, float((vectors @ centre).min()) if len(vectors) > 1 else ALIKE)
    alike = np.where(history.vectors @ centre >= min(least, 1.0), 1, 0)
    labels = np.where(history.spans.with_reason, alike, NONE)
    if not (labels == 1).any():
        raise UsageError(
            "E_THEME", "too little of history is like the examples", "give a phrase with --phrase"
        )
    return labels


def _halves(edit: Edit, model: TextModel, history: _History) -> np.ndarray:
    """Return 0 for the larger and 1 for the smaller half of a theme's spans, `NONE` for all others.

    Reference: Ward 1963, Hierarchical grouping to optimize an objective function.
    """
    number = model.catalogue["theme_id"].tolist().index(edit.theme_id)
    own = np.flatnonzero(history.themes == number)
    labels = np.full(len(history.themes), NONE)
    if len(own) >= 2 * model.config.themes.minimum:
        halves = fcluster(linkage(history.vectors[own], "ward"), 2, "maxclust")
        labels[own] = large_enough(halves, model.config.themes.minimum // 2)
    if labels.max(initial=NONE) < 1:
        raise UsageError(
            "E_THEME", f"{edit.theme_id} has too few different comments to be split", "split it by --phrase"
        )
    return labels

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

from cx_text.anonymity import rare_words, without_words
from cx_text.errors import UsageError
from cx_text.exact import on_grid, unit_rows
from cx_text.features import Seen
from cx_text.groups import NONE, large_enough
from cx_text.learning import Encode
from cx_text.reading import Spans
from cx_text.records import CATALOGUE
from cx_text.sampling import distinct, sample
from cx_text.scoring import TextModel
from cx_text.stages.labels import name_themes
from cx_text.stages.themes import ANYWHERE, Specialist
from cx_text.stages.vectors import span_vectors
from cx_text.taxonomy import Edit, in_force, replay, undone

HISTORY = 4_000
"""Spans of history that a rule is learned from."""

ALIKE = 0.6
"""A span is like the examples where its cosine to their mean is at least this, and the worst example's."""

SILENCED = -(2.0**20)
"""Where the score of a theme starts from that is to be told no more."""

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
    told = {theme for edit in edits for theme in _tells(edit)}
    rules = [one for one in model.specialists if one.theme_id not in told]
    learned = [one for one in model.specialists if one.theme_id in told and not one.phrases]
    model = _without_undone(replace(model, edits=edits))
    known = _told_without_rule(model)
    for edit in in_force(edits):
        if not _tells(edit):
            continue
        theme, within, rows = _tells(edit)[-1], _asked_of(edit, model), _rows_of(edit, model)
        if edit.phrases:
            rules += [Specialist.of_phrases(theme, one, edit.phrases) for one in within]
        elif kept := [one for one in learned if one.theme_id == theme]:
            rules += kept
        elif theme not in known and (edit.examples or edit.action == "split"):
            by_phrase = {one.theme_id for one in rules if one.phrases}
            within = [one for one in within if one not in by_phrase]
            so_far = replace(model, specialists=tuple(rules))
            rule, rows = _learned(edit, within, so_far, history(), encode or span_vectors)
            rules += [replace(rule, within=one) for one in within]
        model = replace(model, catalogue=_with_rows(model.catalogue, rows))
    return replace(model, specialists=tuple(rules))


def _tells(edit: Edit) -> tuple[str, ...]:
    """Return the themes that exist because of an edit: the one it defines, or the parts of what it splits."""
    return (edit.theme_id,) if edit.action == "define" else edit.parts


def _without_undone(model: TextModel) -> TextModel:
    """Return the model that tells no theme whose definition was undone, as if it had never known it.

    Parts of a split that was undone stay where the model learned them: they count as the whole.
    """
    out = [edit for edit in model.edits if edit.number in undone(model.edits)]
    ids, columns = model.catalogue["theme_id"], model.assigner.themes
    defined = ids[:columns].isin([edit.theme_id for edit in out if edit.action == "define"])
    gone = ids.isin([theme for edit in out for theme in _tells(edit)]) & (ids.index >= columns)
    bias = model.assigner.bias.copy()
    bias[:columns][defined] = SILENCED
    return replace(
        model,
        assigner=replace(model.assigner, bias=bias),
        catalogue=CATALOGUE.frame(model.catalogue[~gone]),
    )


def _told_without_rule(model: TextModel) -> set[str]:
    """Return the themes of the model that need no rule: those it knows, but for silenced ones."""
    bias = model.assigner.bias[: model.assigner.themes]
    silenced = {model.catalogue["theme_id"].iloc[column] for column in np.flatnonzero(bias <= SILENCED)}
    return {*model.catalogue["theme_id"]} - silenced


def _asked_of(edit: Edit, model: TextModel) -> list[str]:
    """Return where the rule of an edit is asked: anywhere, or of all raw themes that count as what is split.

    The first part of a split is no raw theme: it is what is said of the whole still.
    """
    if edit.action == "define":
        return [ANYWHERE]
    later = [one for one in in_force(model.edits) if one.number >= edit.number]
    before = replay(model.catalogue, [one for one in model.edits if one not in later])
    unsaid = {one.parts[0] for one in model.edits if one.parts}
    return sorted(before.made_of(edit.theme_id) - unsaid)


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
    spans = sample(model, distinct(frame, model.config, model.taxonomy), HISTORY)
    themes = np.where(spans.with_reason, model.assign(spans).themes, NONE)
    return _History(spans, model.seen(spans), themes, encode(spans.passages))


def _learned(
    edit: Edit, within: Sequence[str], model: TextModel, frame: pd.DataFrame, encode: Encode
) -> tuple[Specialist, list[dict[str, object]]]:
    """Return the rule of a defined theme or of a part, and the catalogue rows it brings."""
    if edit.action == "define":
        history = _read(model, frame, encode)
        labels = _like_examples(edit, model, frame, history, encode)
        rule = Specialist.fit(edit.theme_id, ANYWHERE, history.seen, history.spans.rows, labels)
        return rule, _rows_of(edit, model)
    history = _read(model, frame[[edit.theme_id in found for found in frame["theme_ids"]]], encode)
    labels = _halves(edit, within, model, history)
    texts = history.spans.texts
    names = name_themes(without_words(texts, rare_words(texts, frame)), labels)[0]
    rows: list[dict[str, object]] = [
        {"theme_id": part, "label": name or part} for part, name in zip(edit.parts, names, strict=True)
    ]
    return Specialist.fit(edit.parts[-1], "", history.seen, history.spans.rows, labels), rows


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


def _halves(edit: Edit, within: Sequence[str], model: TextModel, history: _History) -> np.ndarray:
    """Return 0 for the larger and 1 for the smaller half of a theme's spans, `NONE` for all others.

    Reference: Ward 1963, Hierarchical grouping to optimize an objective function.
    """
    ids = np.array([*model.catalogue["theme_id"], ""])
    own = np.flatnonzero(np.isin(ids[history.themes], within))
    labels = np.full(len(history.themes), NONE)
    if len(own) >= 2 * model.config.themes.minimum:
        halves = fcluster(linkage(history.vectors[own], "ward"), 2, "maxclust")
        labels[own] = large_enough(halves, model.config.themes.minimum // 2)
    if labels.max(initial=NONE) < 1:
        raise UsageError(
            "E_THEME", f"{edit.theme_id} has too few different comments to be split", "split it by --phrase"
        )
    return labels

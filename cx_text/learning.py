"""What is learned from a collection, once, and then frozen: templates, themes and their names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
import pandas as pd

from cx_text.anonymity import rare_words, without_words
from cx_text.calibrating import calibration_of
from cx_text.config import Config
from cx_text.groups import NONE, large_enough
from cx_text.reading import Spans
from cx_text.records import CATALOGUE, GENERAL_THEMES, published
from cx_text.sampling import distinct, sample, substantive
from cx_text.scoring import TextModel
from cx_text.seeding import ENOUGH, GENERAL, SEEDED_BELOW, seeded
from cx_text.stages.clean import learn_templates
from cx_text.stages.discovery import Discovered, discover
from cx_text.stages.duplicates import near_duplicates
from cx_text.stages.labels import Meaning, name_parents, name_themes
from cx_text.stages.themes import Change, ThemeAssigner, keep_ids, lineage
from cx_text.stages.vectors import Passage, SpanFeatures, felt, span_vectors
from cx_text.text import words

CLEAR = 0.15
"""A feeling nearer to 0 is neither good nor bad."""

Encode = Callable[[Sequence[Passage]], np.ndarray]


def learn(
    frame: pd.DataFrame,
    config: Config,
    encode: Encode | None = None,
    before: TextModel | None = None,
    next_number: int = 1,
) -> TextModel:
    """Return a model that learned from redacted rows, the same for any order of the rows.

    Args:
        frame: redacted rows, table VERBATIMS.
        config: settings; they are frozen in the model.
        encode: passages -> unit vectors of their spans on the grid; None: the shipped sentence encoder.
        before: the model in force; themes that are the same keep its ids.
        next_number: number of the first theme id never given so far.
    """
    old = before or TextModel.untaught(config)
    rows = distinct(frame, config, old.taxonomy)
    templates = learn_templates(sorted(set(frame["text"].dropna())))
    rare = rare_words(templates, frame)
    bare = replace(
        TextModel.untaught(config),
        templates=tuple(one for one in templates if rare.isdisjoint(words(one))),
        learned_from=len(rows),
        edits=old.edits,
    )
    if substantive(frame, config) < ENOUGH * config.themes.minimum:
        return bare
    if bare.learned_from < SEEDED_BELOW:
        bare = seeded(bare, rows, frame, old, next_number)
        next_number += len(bare.specialists)
    if bare.learned_from < ENOUGH * config.themes.minimum:
        return bare
    bare = replace(bare, calibration=calibration_of(bare, rows, frame))
    spans = sample(bare, rows, config.themes.sample)
    public = replace(spans, texts=without_words(spans.texts, rare_words(spans.texts, frame)))
    return _with_themes(bare, old, spans, public, encode or span_vectors, next_number)


def _with_themes(
    bare: TextModel, old: TextModel, spans: Spans, public: Spans, encode: Encode, next_number: int
) -> TextModel:
    """Return the model with the themes of `spans`, and with those of the `old` one that people touched.

    Terms and names are taken from the same spans without the words of few customers (`public`).
    """
    settings, past = bare.config.themes, _Past.of(spans, old, bare)
    named = _discovered(spans, public, past, bare.config, encode)
    ids = keep_ids(named.labels, past.open, list(old.catalogue["theme_id"]), next_number)
    carried = old.catalogue.iloc[sorted(set(past.held) - {NONE})]
    classes = _classes(named, past, list(carried.index), len(ids))
    themes = len(ids) + len(carried)
    taught = np.where(named.chatter, themes, classes)
    features = SpanFeatures.fit(public.said)
    seen = features.transform(spans.texts, spans.vectors, spans.sentiments)
    parents = _parents(named, old, past.known, next_number + len(ids))
    catalogue = _joined(
        named.table.assign(theme_id=ids, parent_theme_id=parents.of_theme),
        carried,
        GENERAL,
        old.catalogue[_is_carried(old)[:-1]].drop(carried.index),
        parents.table,
        bare.catalogue,
    )
    sizes = np.bincount(classes[classes != NONE], minlength=themes)
    return replace(
        bare,
        features=features,
        assigner=ThemeAssigner.fit(seen, spans.rows, taught, themes, settings.confidence),
        catalogue=CATALOGUE.frame(catalogue.assign(size=pd.Series(sizes).reindex(catalogue.index))),
        leans=_leans(spans.sentiments, classes),
        lineage=_lineage(classes, list(catalogue["theme_id"][:themes]), past.known, old),
    )


@dataclass(frozen=True)
class _Past:
    """What spans are before anything is learned.

    Attributes:
        known: the theme that the model before gives each span (n,), a row of its catalogue; `NONE` for none.
        held: the same where people touched that theme, so that it stays; else `NONE` (n,).
        copied: the first span that each is a near copy of (n,), itself where it is none.
        free: spans in which themes are looked for (n,): with a reason, not held, no copies, of no topic.
    """

    known: np.ndarray
    held: np.ndarray
    copied: np.ndarray
    free: np.ndarray

    @classmethod
    def of(cls, spans: Spans, old: TextModel, bare: TextModel) -> _Past:
        """Return what the model before and the one without themes of its own say of `spans`."""
        said = old.assign(spans).themes
        held = np.where(_is_carried(old)[said], said, NONE)
        known = np.where(held == NONE, _as_seen(old)[said], held)
        copied = near_duplicates(spans.texts)
        free = spans.with_reason & (held == NONE) & (copied == np.arange(len(spans)))
        free &= bare.assign(spans).themes == NONE
        return cls(known, held, copied, free)

    @property
    def open(self) -> np.ndarray:
        """The theme of each span that may be found again as another, (n,); `NONE` for none."""
        return np.where(self.held == NONE, self.known, NONE)


def _discovered(spans: Spans, public: Spans, past: _Past, config: Config, encode: Encode) -> _Named:
    """Return the themes that the free spans form, with their names."""
    vectors = encode(spans.passages)[past.free]
    joined = felt(vectors, spans.sentiments[past.free])
    rows, view = spans.rows[past.free], spans.vectors[past.free]
    found = discover(joined, view, rows, config.themes, config.seed)
    meaning = Meaning(lambda told: encode([(text, [(0, len(text))]) for text in told]), vectors)
    return _named(found, public, past.free, past.copied, meaning)


def _classes(named: _Named, past: _Past, carried: Sequence[int], found: int) -> np.ndarray:
    """Return the theme of each span (n,): those `found` come first, then `carried` rows of the old model."""
    classes = named.labels.copy()
    for place, row in enumerate(carried):
        classes[past.held == row] = found + place
    return classes


def _joined(*parts: pd.DataFrame) -> pd.DataFrame:
    """Return themes, table CATALOGUE; of those with one id the first."""
    whole = pd.concat([CATALOGUE.frame(part) for part in parts], ignore_index=True)
    return whole.drop_duplicates("theme_id", ignore_index=True)


def _lineage(
    classes: np.ndarray, ids: Sequence[str], known: np.ndarray, old: TextModel
) -> tuple[Change, ...]:
    """Return what became of the themes of the model before, by the names that people knew them by."""
    before = np.where(_is_one_of(old, GENERAL_THEMES)[known], NONE, known)
    changes = lineage(classes, ids, before, list(old.catalogue["theme_id"]))
    labels = old.taxonomy.labels
    return tuple(replace(change, label=labels.get(change.theme_id, "")) for change in changes)


@dataclass(frozen=True)
class _Named:
    """Discovered themes that have a name.

    Attributes:
        table: label, keywords and stability of each.
        labels: theme of each span (n,), an index into `table`.
        chatter: spans of themes without a name (n,): alike, but about nothing.
        groups: the group of each theme, `NONE` for none.
        group_names: the name of each group, empty where it has none.
    """

    table: pd.DataFrame
    labels: np.ndarray
    chatter: np.ndarray
    groups: np.ndarray
    group_names: list[str]


def _named(found: Discovered, spans: Spans, free: np.ndarray, copied: np.ndarray, meaning: Meaning) -> _Named:
    """Return the discovered themes (of the `free` spans) that can be named, with their names.

    Spans that were `copied` from a free one (n,) have its theme.
    """
    texts = [text for text, wanted in zip(spans.texts, free, strict=True) if wanted]
    names, keywords = name_themes(
        texts, found.labels, meaning, _in_tune(spans.sentiments[free], found.labels)
    )
    kept = [theme for theme, name in enumerate(names) if name]
    number = np.full(len(names) + 1, NONE)
    number[kept] = np.arange(len(kept))
    labels, chatter = np.full(len(free), NONE), np.zeros(len(free), dtype=bool)
    labels[free] = number[found.labels]
    chatter[free] = (found.labels != NONE) & (labels[free] == NONE)
    labels, chatter = labels[copied], chatter[copied]
    groups = large_enough(found.parents[kept], 2)
    table = pd.DataFrame(
        {
            "label": [names[theme] for theme in kept],
            "keywords": [keywords[theme] for theme in kept],
            "stability": found.stability[kept],
        }
    )
    above = name_parents(texts, number[found.labels], groups, table["label"].tolist(), meaning)[0]
    return _Named(table, labels, chatter, groups, above)


def _in_tune(sentiments: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return which spans do not feel the opposite of their theme, (n,): a complaint names no praise."""
    leans = np.append(_leans(sentiments, labels), 0.0)[labels]
    opposed: np.ndarray = (sentiments * leans < 0) & (np.minimum(np.abs(sentiments), np.abs(leans)) >= CLEAR)
    return ~opposed


@dataclass(frozen=True)
class _Parents:
    """The parents of themes: their rows, table CATALOGUE, and the parent's id of each theme or None."""

    table: pd.DataFrame
    of_theme: list[str | None]


def _parents(named: _Named, old: TextModel, known: np.ndarray, next_number: int) -> _Parents:
    """Return the groups of themes as parents; one that is the same as before (`known`) keeps its id."""
    groups = np.append(named.groups, NONE)
    above = dict(zip(old.catalogue["theme_id"], old.catalogue["parent_theme_id"], strict=True))
    old_ids = sorted({parent for parent in above.values() if isinstance(parent, str)})
    place = {parent: number for number, parent in enumerate(old_ids)}
    before = np.array([*(place.get(above[theme], NONE) for theme in old.catalogue["theme_id"]), NONE])
    ids = keep_ids(groups[named.labels], before[known], old_ids, next_number, "P")
    names = [
        name or " / ".join(named.table["label"][named.groups == group].head(2))
        for group, name in enumerate(named.group_names)
    ]
    table = pd.DataFrame({"theme_id": ids, "label": names})
    return _Parents(table, [None if group == NONE else ids[group] for group in named.groups])


def _is_carried(model: TextModel) -> np.ndarray:
    """Return which raw themes people said something of, (rows + 1,); general ones are there anyway."""
    return _is_one_of(model, model.taxonomy.carried - GENERAL_THEMES.keys())


def _as_seen(model: TextModel) -> np.ndarray:
    """Return the raw theme that people see for each raw theme, `NONE` where they see none: (rows + 1,)."""
    place = {theme: row for row, theme in enumerate(model.catalogue["theme_id"])}
    return np.array([*(place.get(theme or "", NONE) for theme in model.said_as), NONE])


def _is_one_of(model: TextModel, ids: Collection[str]) -> np.ndarray:
    """Return which raw themes have one of these ids, and False for no theme: (rows + 1,)."""
    return np.append(model.catalogue["theme_id"].isin(list(ids)).to_numpy(dtype=bool), False)


def _leans(sentiments: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the mean sentiment of the spans of each theme, rounded as published; 0 without a span."""
    themes = range(int(labels.max(initial=NONE)) + 1)
    return np.array([published(fmean([*sentiments[labels == theme]] or [0.0])) for theme in themes])

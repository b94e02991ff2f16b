"""What is learned from a collection, once, and then frozen: templates, themes and their names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile
from statistics import fmean

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.groups import NONE, large_enough
from cx_text.reading import Spans
from cx_text.records import CATALOGUE, GENERAL_THEMES, published
from cx_text.scoring import TextModel, built_in_topics
from cx_text.stages.clean import is_non_answer, learn_templates
from cx_text.stages.discovery import Discovered, discover
from cx_text.stages.duplicates import near_duplicates
from cx_text.stages.label_phrases import is_filling
from cx_text.stages.labels import Meaning, name_parents, name_themes
from cx_text.stages.themes import ANYWHERE, Specialist, ThemeAssigner, keep_ids, lineage
from cx_text.stages.vectors import Passage, SpanFeatures, StaticEncoder, felt, span_vectors
from cx_text.taxonomy import Taxonomy, in_force
from cx_text.text import digest_of, text_key, words

ENOUGH = 2
"""Themes are looked for in at least so many times the texts that make one."""

LONGEST = 4
"""Words of the phrase that tells a text sent again and again."""

SEEDED_BELOW = 300
"""Distinct texts below which the built-in service topics come before what can be learned."""

CLEAR = 0.15
"""A feeling nearer to 0 is neither good nor bad."""

CARRIED_PART = 4
"""At most one in so many texts learned from is there for the themes that people touched."""

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
    bare = replace(
        TextModel.untaught(config),
        templates=learn_templates(sorted(set(frame["text"].dropna()))),
        learned_from=len(rows),
        edits=old.edits,
    )
    if _substantive(frame, config) < ENOUGH * config.themes.minimum:
        return bare
    if bare.learned_from < SEEDED_BELOW:
        bare = replace(bare, seeded=True, catalogue=CATALOGUE.frame(pd.concat([_GENERAL, *_topics()])))
        bare = _with_repeated(bare, rows, frame, old, next_number)
        next_number += len(bare.specialists)
    if bare.learned_from < ENOUGH * config.themes.minimum:
        return bare
    spans = sample(bare, rows, config.themes.sample)
    said = old.assign(spans).themes
    held = np.where(_is_carried(old)[said], said, NONE)
    known = np.where(held == NONE, _as_seen(old)[said], held)
    copied = near_duplicates(spans.texts)
    free = spans.with_reason & (held == NONE) & (copied == np.arange(len(spans)))
    free &= bare.assign(spans).themes == NONE
    read = encode or span_vectors
    vectors = read(spans.passages)[free]
    joined = felt(vectors, spans.sentiments[free])
    found = discover(joined, spans.vectors[free], config.themes, config.seed)
    meaning = Meaning(lambda told: read([(text, [(0, len(text))]) for text in told]), vectors)
    named = _named(found, spans, free, copied, meaning)
    of_free = np.where(held == NONE, known, NONE)
    ids = keep_ids(named.labels, of_free, list(old.catalogue["theme_id"]), next_number)
    carried = old.catalogue.iloc[sorted(set(held) - {NONE})]
    classes = named.labels.copy()
    for place, row in enumerate(carried.index):
        classes[held == row] = len(ids) + place
    themes = len(ids) + len(carried)
    taught = np.where(named.chatter, themes, classes)
    features = SpanFeatures.fit(spans.said)
    seen = features.transform(spans.texts, spans.vectors, spans.sentiments)
    parents = _parents(named, old, known, next_number + len(ids))
    sizes = np.bincount(classes[classes != NONE], minlength=themes)
    rows_of = [
        named.table.assign(theme_id=ids, parent_theme_id=parents.of_theme),
        carried,
        _GENERAL,
        parents.table,
        bare.catalogue,
        old.catalogue[_is_carried(old)[:-1]].drop(carried.index),
    ]
    catalogue = pd.concat([CATALOGUE.frame(part) for part in rows_of], ignore_index=True)
    catalogue = catalogue.drop_duplicates("theme_id", ignore_index=True)
    return replace(
        bare,
        features=features,
        assigner=ThemeAssigner.fit(seen, spans.rows, taught, themes, config.themes.confidence),
        catalogue=CATALOGUE.frame(catalogue.assign(size=pd.Series(sizes).reindex(catalogue.index))),
        leans=_leans(spans.sentiments, classes),
        lineage=tuple(
            replace(change, label=old.taxonomy.labels.get(change.theme_id, ""))
            for change in lineage(
                classes,
                list(catalogue["theme_id"][:themes]),
                np.where(_is_one_of(old, GENERAL_THEMES)[known], NONE, known),
                list(old.catalogue["theme_id"]),
            )
        ),
    )


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


_GENERAL = CATALOGUE.frame({"theme_id": list(GENERAL_THEMES), "label": list(GENERAL_THEMES.values())})


def _topics() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the built-in service topics and their parents, table CATALOGUE."""
    told = built_in_topics()[0]
    topics = {"theme_id": told.ids, "label": told.labels, "parent_theme_id": told.parents}
    above = {"theme_id": list(told.parent_labels), "label": list(told.parent_labels.values())}
    return CATALOGUE.frame(topics), CATALOGUE.frame(above)


def _with_repeated(
    model: TextModel, rows: pd.DataFrame, frame: pd.DataFrame, old: TextModel, next_number: int
) -> TextModel:
    """Return the model with a theme for each text that is sent again and again and has none so far.

    The theme is told by a phrase of the text; only words of the shipped vocabulary may be in it.
    """
    counts = frame["text"].fillna("").map(text_key).value_counts()
    known = {one.phrases: one.theme_id for one in old.specialists}
    themed = model.score(rows)
    often = [counts[text_key(text)] >= ENOUGH * model.config.themes.minimum for text in rows["text"]]
    rules: list[Specialist] = []
    for text in rows["text"][np.array(often, dtype=bool) & (themed.verbatims["status"] == "unthemed")]:
        said = list(dropwhile(is_filling, words(text)))[:LONGEST]
        said = list(dropwhile(is_filling, said[::-1]))[::-1]
        best = " ".join(said)
        if said and StaticEncoder().knows(said) and not any(best in one.phrases for one in rules):
            theme_id = known.get((best,), f"T{next_number + len(rules):04d}")
            rules.append(Specialist.of_phrases(theme_id, ANYWHERE, (best,)))
    told = CATALOGUE.frame([{"theme_id": one.theme_id, "label": one.phrases[0]} for one in rules])
    catalogue = CATALOGUE.frame(pd.concat([model.catalogue, told], ignore_index=True))
    return replace(model, specialists=tuple(rules), catalogue=catalogue)


def _substantive(frame: pd.DataFrame, config: Config) -> int:
    """Return the number of rows that may say something, repeated texts included."""
    texts = frame["text"].fillna("")[(frame["language"] == config.input.language).to_numpy(dtype=bool)]
    return sum(not is_non_answer(text) for text in texts)


def distinct(frame: pd.DataFrame, config: Config, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return one row for each distinct text that may say something, in an order that texts alone decide.

    First come some that speak of themes that people touched, so that these can be learned again.
    """
    pairs = zip(frame["text"].fillna(""), frame["language"], strict=True)
    ours = frame[
        np.array(
            [told == config.input.language and not is_non_answer(text) for text, told in pairs], dtype=bool
        )
    ]
    keys = [text_key(text) for text in ours["text"]]
    ordered = ours.assign(key=keys, place=[digest_of(key) for key in keys])
    ordered = ordered.sort_values(["place", "text", "question"]).drop_duplicates("key", ignore_index=True)
    examples = {one for edit in in_force(taxonomy.edits) for one in edit.examples}
    wanted = [
        bool(taxonomy.touched & set(themes)) or verbatim_id in examples
        for verbatim_id, themes in zip(ordered["verbatim_id"], ordered["theme_ids"], strict=True)
    ]
    first = np.cumsum(wanted) <= config.themes.sample // CARRIED_PART
    ordered = ordered.assign(later=~(np.array(wanted, dtype=bool) & first))
    return ordered.sort_values("later", kind="stable", ignore_index=True).drop(
        columns=["key", "place", "later"]
    )


def sample(model: TextModel, rows: pd.DataFrame, most: int) -> Spans:
    """Return the spans of the first rows that have about `most` spans with a reason, near copies left out."""
    first = rows.head(most)
    texts = first["text"].tolist()
    own = first[near_duplicates(texts) == np.arange(len(texts))].reset_index(drop=True)
    spans = model.read(own)[1]
    if int(spans.with_reason.sum()) <= most:
        return spans
    enough = int(spans.rows[np.flatnonzero(spans.with_reason)[most - 1]])
    return model.read(own.head(enough + 1))[1]


def _leans(sentiments: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the mean sentiment of the spans of each theme, rounded as published; 0 without a span."""
    themes = range(int(labels.max(initial=NONE)) + 1)
    return np.array([published(fmean([*sentiments[labels == theme]] or [0.0])) for theme in themes])

"""A theme: how it was found, what the model looks at, what people said of it, and its figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import numpy as np
import pandas as pd

from cx_text.edits import Themes
from cx_text.errors import UsageError
from cx_text.explaining.figures import theme_figures
from cx_text.explaining.learned import columns_of, words_of
from cx_text.explaining.source import Facts, Source, facts_of, row_of
from cx_text.records import GENERAL_THEMES
from cx_text.reports.actions_told import note_sentence
from cx_text.scoring import TextModel, built_in_topics
from cx_text.stages.themes import Specialist
from cx_text.taxonomy import in_force, theme_named

SAMPLE = 500
"""Comments that are read again to see which themes a theme is mistaken for."""

NEAREST = 3


def explain_theme(source: Source, theme_id: str) -> Facts:
    """Return where a theme and its numbers come from, as JSON knows it.

    Args:
        source: the workspace.
        theme_id: id of a theme, also of one that is part of another now.

    Raises:
        UsageError: there is no such theme; the nearest is named.
    """
    effective = _effective(source, theme_id)
    model, taxonomy = source.model, source.taxonomy
    row = row_of(source.findings.themes, theme_id=effective)
    known = Themes(taxonomy, {effective: row["volume"]} if row else {})
    columns = columns_of(model, effective)
    children = [child for child, parent in taxonomy.parents.items() if parent == effective]
    evidence = row["evidence"] if row else []
    return {
        "kind": "theme",
        "asked": theme_id,
        **known.told(effective),
        "parent_label": source.label(taxonomy.parents[effective]) if effective in taxonomy.parents else None,
        "children": [{"theme_id": child, "label": source.label(child)} for child in children],
        "found": how_found(model, effective),
        "first_run": source.born.get(effective),
        "run_id": source.run_id,
        "looks_at": words_of(model, columns),
        "built_in": _built_in(effective),
        "rules": _rules(model, effective),
        "edits": known.history(effective),
        "lineage": _lineage(model, effective),
        "actions": _actions(source, effective),
        "examples": source.quotes(evidence, {effective, *children}),
        "nearest": _nearest(source, effective),
        "figures": theme_figures(source, row) if row else [],
        "evidence": evidence,
    }


def _effective(source: Source, theme_id: str) -> str:
    """Return the effective theme of an id; of a theme of the past it is told what became of it."""
    if source.taxonomy.theme_of(theme_id) is None and theme_id in source.born:
        took = [one.into for one in source.model.lineage if one.theme_id == theme_id and one.into]
        into = source.taxonomy.theme_of(took[0]) if took else None
        fate = f"; most of it is now {into} ({source.label(into)})" if into else ""
        wrong = f"{theme_id} was a theme, but is none since themes were learned again{fate}"
        raise UsageError("E_THEME", wrong, f"explain {into}" if into else "see `cx-text themes list`")
    return theme_named(theme_id, source.taxonomy)


def how_found(model: TextModel, theme_id: str) -> str:
    """Return how a theme came to be: learned, built_in, general, parent, defined, split or told."""
    taxonomy = model.taxonomy
    if theme_id in taxonomy.parents.values() or theme_id in set(model.catalogue["parent_theme_id"].dropna()):
        return "parent"
    for edit in in_force(taxonomy.edits):
        if edit.action == "define" and edit.theme_id == theme_id:
            return "defined"
        if edit.action == "split" and theme_id in edit.parts:
            return "split"
    if columns_of(model, theme_id):
        return "learned"
    if theme_id in GENERAL_THEMES:
        return "general"
    return "built_in" if theme_id in built_in_topics()[0].ids else "told"


def _built_in(theme_id: str) -> Facts | None:
    """Return the phrases and examples of a built-in topic, None for any other theme."""
    shipped = built_in_topics()[0]
    if theme_id not in shipped.ids:
        return None
    topic = shipped.ids.index(theme_id)
    return {"phrases": list(shipped.phrases[topic]), "examples": list(shipped.examples[topic])}


def _rules(model: TextModel, theme_id: str) -> list[Facts]:
    """Return the rules that stand above the model: for the theme, and such as take comments from it."""
    ours = model.taxonomy.made_of(theme_id)
    touching = [one for one in model.specialists if one.theme_id in ours or one.within in ours]
    return [rule_told(model, one) | {"gives": one.theme_id in ours} for one in touching]


def rule_told(model: TextModel, rule: Specialist) -> Facts:
    """Return a rule for one theme, with the edit that made it where people did."""
    makers = [
        edit.number
        for edit in in_force(model.taxonomy.edits)
        if edit.action in {"define", "split"} and rule.theme_id in edit.named
    ]
    return {
        "theme_id": rule.theme_id,
        "within": rule.within,
        "phrases": list(rule.phrases),
        "learned": not rule.phrases,
        "edit": makers[-1] if makers else None,
    }


def _lineage(model: TextModel, theme_id: str) -> list[Facts]:
    """Return what became of the theme, or into it, when themes were last learned."""
    ours = model.taxonomy.made_of(theme_id)
    return [asdict(change) for change in model.lineage if {change.theme_id, change.into} & ours]


def _actions(source: Source, theme_id: str) -> list[Facts]:
    """Return people's notes on the theme, with how it went since and that in a sentence."""
    actions = source.findings.actions
    mine = facts_of(actions[actions["theme_id"] == theme_id])
    return [row | {"said": note_sentence(row, source.config)} for row in mine]


def _nearest(source: Source, theme_id: str) -> list[Facts]:
    """Return the themes that are second most likely where this one is found, the most frequent first.

    Read again are all comments that mention the theme, of many every so manyth; mentions that a rule
    decided have no second.
    """
    model = source.model
    rows = source.rows.verbatims
    said = rows[rows["verbatim_id"].isin(source.rows.mentions.query("theme_id == @theme_id")["verbatim_id"])]
    said = said.sort_values("verbatim_id").iloc[:: -(-len(said) // SAMPLE) or 1]
    if said.empty:
        return []
    spans = model.read(said.reset_index(drop=True))[1]
    found = model.assign(spans)
    names = pd.Series(model.said_as, dtype=object)
    mine = (names == theme_id).to_numpy()
    here = np.append(mine, False)[found.themes]
    others = np.where(mine | names.isna().to_numpy(), 0.0, found.likely[here])
    second = others.argmax(axis=1)
    seconds = Counter(names[row] for row, best in zip(second, others.max(axis=1), strict=True) if best > 0)
    order = sorted(seconds, key=lambda one: (-seconds[one], one))[:NEAREST]
    return [
        {"theme_id": one, "label": source.label(one), "times": seconds[one], "of": int(here.sum())}
        for one in order
    ]

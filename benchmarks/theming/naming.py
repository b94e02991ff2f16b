"""Table `names`: does a theme's name say what people called it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from theming.measures import distinctive, holders, is_named, stems_of
from theming.sets import Options, learned


def lines(options: Options) -> Iterator[str]:
    """Yield the share of classes whose name's stems stand in the words of the theme that holds most of them.

    A class counts when at least half of its distinctive stems are there: in the theme's label and
    keywords, or (`with parent`) in those or its parent's.
    """
    yield f"{'set':20} {'classes':>7} {'named':>7} {'with parent':>11}"
    for name in options.sets:
        labelled, pipeline, themes = learned(name, options)
        said = spoken(pipeline.themes)
        parents = dict(zip(pipeline.themes["theme_id"], pipeline.themes["parent_theme_id"], strict=True))
        holder = holders(labelled.gold, themes)
        wanted = distinctive(sorted(set(labelled.gold)))
        own = {one: said.get(holder.get(one, ""), frozenset()) for one in wanted}
        both = {one: own[one] | said.get(parents.get(holder.get(one, ""), ""), frozenset()) for one in wanted}
        named = sum(is_named(wanted[one], own[one]) for one in wanted)
        reached = sum(is_named(wanted[one], both[one]) for one in wanted)
        yield f"{name:20} {len(wanted):7d} {named / len(wanted):7.1%} {reached / len(wanted):11.1%}"
        if options.verbose:
            yield from missed(wanted, own, holder, pipeline.themes)


def spoken(catalogue: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the stems of each theme's label and keywords."""
    rows = zip(catalogue["theme_id"], catalogue["label"], catalogue["keywords"], strict=True)
    return {theme: stems_of([label, *keywords]) for theme, label, keywords in rows}


def missed(
    wanted: Mapping[str, frozenset[str]],
    own: Mapping[str, frozenset[str]],
    holder: Mapping[str, str],
    catalogue: pd.DataFrame,
) -> Iterator[str]:
    """Yield each class whose name was not found, with the name of the theme that holds it."""
    rows = catalogue.set_index("theme_id")
    for name in wanted:
        if not is_named(wanted[name], own[name]):
            theme = holder.get(name)
            told = (
                f"{rows.loc[theme, 'label']} | {', '.join(rows.loc[theme, 'keywords'])}"
                if theme
                else "no theme"
            )
            yield f"    {name}: {theme or ''} {told}"

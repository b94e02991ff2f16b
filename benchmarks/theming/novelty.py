"""Table `novelty`: does a theme that only begins later become a theme of its own on a later night?

The first night holds banking77 without some classes, over eight weeks; the second brings the ninth week:
all rows of the classes left out, and a tenth of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cx_text.nightly import Order, run
from cx_text.store import Workspace
from theming.measures import caught, mostly
from theming.sets import Labelled, Options, export_of, load

SET = "banking77"
NEW = 8
LATER = 0.1
SEED = 0
FIRST_DAY = pd.Timestamp("2024-01-01")
WEEKS = 8


@dataclass(frozen=True)
class State:
    """What a workspace knows: each row's main theme (None: none), and the ids of all its themes."""

    themes: list[str | None]
    ids: frozenset[str]


def lines(options: Options) -> Iterator[str]:
    """Yield for each new class the new theme that stands for it, and how many were found."""
    labelled = load(SET, options)
    new = chosen(labelled.gold)
    later = second_night(np.array(labelled.gold), new)
    rows = dated(labelled, later)
    workspace = options.folder / "novelty"
    before = night(rows[~later], "first.csv", workspace)
    after = night(rows, "second.csv", workspace)
    born = after.ids - before.ids
    matched = caught(labelled.gold, after.themes, born)
    hits = sorted(set(new) & matched.keys())
    yield f"{SET}: {NEW} new classes on the second night, of {len(rows)} rows {int(later.sum())} are new"
    yield f"new themes {len(born)}, new classes with one that holds half of them {len(hits)} of {NEW}"
    telling = mostly(labelled.gold, after.themes, born)
    named = sorted(set(new) & set(telling.values()))
    fresh = sum(one in new for one in telling.values())
    yield f"new themes mostly of one new class {fresh}, new classes with such a one {len(named)} of {NEW}"
    yield f"new themes that stand for an old class {len({matched[one] for one in matched.keys() - set(new)})}"
    if options.verbose:
        yield from (f"    {one}: {matched.get(one, 'not found')}" for one in new)


def chosen(gold: list[str]) -> list[str]:
    """Return the classes that the first night does not see."""
    names = sorted(set(gold))
    return sorted(np.random.default_rng(SEED).choice(names, NEW, replace=False).tolist())


def second_night(gold: np.ndarray, new: list[str]) -> np.ndarray:
    """Return which rows come only later (n,): all of the `new` classes and some of the others."""
    drawn = np.random.default_rng(SEED).random(len(gold)) < LATER
    return drawn | np.isin(gold, new)


def dated(labelled: Labelled, later: np.ndarray) -> pd.DataFrame:
    """Return the rows of an export; what comes `later` is of the ninth week, the rest of the eight before."""
    days = np.random.default_rng(SEED).integers(0, 7 * WEEKS, len(later))
    days = np.where(later, 7 * WEEKS + days % 7, days)
    created = FIRST_DAY + pd.to_timedelta(days, unit="D")
    return export_of(labelled.texts).assign(created_at=created.strftime("%Y-%m-%d"))


def night(rows: pd.DataFrame, name: str, workspace: Path) -> State:
    """Run one night over `rows` and return what the workspace knows then."""
    export = workspace.parent / name
    rows.to_csv(export, index=False, lineterminator="\n")
    run([export], Order(workspace))
    with Workspace.open(workspace, write=False) as space:
        kept = space.rows().verbatims
        catalogue = space.themes()
    themes = dict(zip(kept["verbatim_id"], kept["theme_id"], strict=True))
    found = (themes.get(row) for row in rows["verbatim_id"])
    return State(
        [theme if isinstance(theme, str) else None for theme in found], frozenset(catalogue["theme_id"])
    )

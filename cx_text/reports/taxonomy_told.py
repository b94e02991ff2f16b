"""The themes as a whole: their groups, what people said of them, and what changed when they were learned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.wording import count, listing, percent, plural

NAMED = 8
"""Themes named in one line; of more it is said how many."""
FULL = 100.0
NAMELESS = "Theme without a name"


@dataclass(frozen=True)
class Member:
    """A theme in a group: its name, its comments, and where on the page it is told."""

    label: str
    n: str
    anchor: str


@dataclass(frozen=True)
class Group:
    """Themes that belong together: `negative` and `other` are widths in percent of the largest group."""

    label: str
    told: str
    negative: str
    other: str
    members: Sequence[Member]
    more: int


@dataclass(frozen=True)
class Marks:
    """What people said of themes, as sets of theme ids."""

    touched: frozenset[str]
    pinned: frozenset[str]


def marks_of(result: Result) -> Marks:
    """Return which themes people touched and pinned."""
    models = result.record.get("models", {})
    return Marks(frozenset(models.get("touched", ())), frozenset(models.get("pinned", ())))


def themes_of(result: Result) -> list[Row]:
    """Return the themes to tell, ranked: neither their parents nor what people muted."""
    everything = rows(result.themes)
    parents = _parent_ids(everything)
    return [row for row in everything if row["status"] != "muted" and row["theme_id"] not in parents]


def _parent_ids(themes: Sequence[Row]) -> set[str]:
    """Return the ids of the themes that others lie below."""
    return {row["parent_theme_id"] for row in themes if row["parent_theme_id"]}


def anchor_of(row: Row) -> str:
    """Return the name of the place on the page where a theme is told."""
    return f"theme-{row['rank'] or 0}"


def group_names(result: Result) -> dict[str, str]:
    """Return the label of each parent, by id."""
    everything = rows(result.themes)
    return {row["theme_id"]: row["label"] or NAMELESS for row in _parents(everything)}


def _parents(everything: Sequence[Row]) -> list[Row]:
    """Return the parents that are not muted, those with most comments first."""
    ids = _parent_ids(everything)
    found = [row for row in everything if row["theme_id"] in ids and row["status"] != "muted"]
    return sorted(found, key=lambda row: (-(row["volume"] or 0), row["theme_id"]))


def groups(result: Result) -> list[Group]:
    """Return the groups of themes, largest first, those on their own last; none without parents."""
    parents, themes = _parents(rows(result.themes)), themes_of(result)
    themes.sort(key=lambda row: -(row["volume"] or 0))
    most = max([row["volume"] or 0 for row in parents], default=0) or 1
    told = []
    for parent in parents:
        members = [row for row in themes if row["parent_theme_id"] == parent["theme_id"]]
        if members:
            told.append(_group(parent, members, most))
    known = {row["theme_id"] for row in parents}
    single = [row for row in themes if row["parent_theme_id"] not in known and row["volume"]]
    if told and single:
        told.append(Group("In no group", "", "0", "0", *_members(single)))
    return told


def _group(parent: Row, members: Sequence[Row], most: int) -> Group:
    """Return one group; its bar is told against the `most` comments of any group."""
    width = FULL * (parent["volume"] or 0) / most
    negative = width * (parent["negative_share"] or 0.0)
    parts = (
        plural(int(parent["volume"] or 0), "comment"),
        parent["share"] is not None and f"{percent(parent['share'])} of all",
        parent["negative_share"] is not None and f"{percent(parent['negative_share'])} negative",
    )
    return Group(
        parent["label"] or NAMELESS,
        " \u00b7 ".join(part for part in parts if part),
        f"{negative:.2f}",
        f"{width - negative:.2f}",
        *_members(members),
    )


def _members(themes: Sequence[Row]) -> tuple[list[Member], int]:
    """Return the first themes of a group, and how many more there are."""
    named = [Member(row["label"] or NAMELESS, count(row["volume"]), anchor_of(row)) for row in themes[:NAMED]]
    return named, max(len(themes) - NAMED, 0)


def muted_line(result: Result) -> str:
    """Return in one sentence which themes people muted; empty where there are none."""
    muted = [
        f"\u201c{row['label'] or NAMELESS}\u201d" for row in rows(result.themes) if row["status"] == "muted"
    ]
    if not muted:
        return ""
    return f"Muted by your team, so counted and not told: {some(muted)}."


def changes(result: Result) -> list[str]:
    """Return what became of the themes when they were last learned again, in a sentence each.

    Nothing where nothing changed, and nothing of the first time: then most themes are born and none had
    been there before.
    """
    lineage: Sequence[Mapping[str, Any]] = result.record.get("models", {}).get("lineage", ())
    now = {row["theme_id"]: row["label"] or NAMELESS for row in themes_of(result)}
    born = {change["theme_id"] for change in lineage if change["kind"] == "born"}
    if len(born) == len(lineage) and 2 * len(born & now.keys()) > len(now):
        return []
    return list(_changes(lineage, now))


def _changes(lineage: Sequence[Mapping[str, Any]], now: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each kind of change; `now` are the labels of the themes by id."""
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for change in lineage:
        by_kind.setdefault(change["kind"], []).append(change)
    parts = {change["into"] for change in by_kind.get("split", ())}
    born = [change for change in by_kind.get("born", ()) if change["theme_id"] in now.keys() - parts]
    if born:
        yield f"New: {some([_quoted(change, now) for change in born])}."
    if gone := [_quoted(change, now) for change in by_kind.get("died", ())]:
        yield f"No longer heard often enough to be a theme: {some(gone)}."
    for kind, verb in (("merged", "is now part of"), ("split", "gave a part to the new theme")):
        told = [
            f"{_quoted(change, now)} {verb} \u201c{now[change['into']]}\u201d"
            for change in by_kind.get(kind, ())
            if change["into"] in now
        ]
        yield from (f"{sentence}." for sentence in told[:NAMED])
        if len(told) > NAMED:
            yield f"{len(told) - NAMED} more {kind} in this way: run.json names them."


def _quoted(change: Mapping[str, Any], now: Mapping[str, str]) -> str:
    """Return the name of the theme that changed: that of now, else that of then, else its id."""
    name = now.get(change["theme_id"]) or change.get("label") or change["theme_id"]
    return f"\u201c{name}\u201d"


def some(names: Sequence[str]) -> str:
    """Return names as in a sentence, many of them cut short.

    >>> some(["a", "b"]), some(list("abcdefghij"))[-18:]
    ('a and b', 'f, g, h and 2 more')
    """
    return listing([*names[:NAMED], *([f"{len(names) - NAMED} more"] if len(names) > NAMED else [])])

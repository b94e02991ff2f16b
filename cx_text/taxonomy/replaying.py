"""The themes that people see: raw themes with every edit in force applied to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from cx_text.records import CATALOGUE
from cx_text.taxonomy.edit import Edit, by_number, in_force


@dataclass(frozen=True)
class Taxonomy:
    """The themes as people see them.

    Attributes:
        catalogue: the effective themes, table CATALOGUE: those of the model in its order, then those
            that only an edit knows. A parent has no parent.
        becomes: the effective theme of each raw theme that has another id there.
        muted: effective themes that people do not want to hear of.
        pinned: effective themes that people always want to see.
        notes: the notes on each effective theme that has any, the oldest first.
        touched: effective themes that an edit in force changed or spoke of.
        carried: raw themes that learning must keep as themes of their own, so that every edit in
            force and every undo of one still has something to act on.
        idle: edits in force without effect: their theme is not there, or not on its own.
        edits: all edits by number, undone ones included.
    """

    catalogue: pd.DataFrame
    becomes: Mapping[str, str]
    muted: frozenset[str]
    pinned: frozenset[str]
    notes: Mapping[str, tuple[Edit, ...]]
    touched: frozenset[str]
    carried: frozenset[str]
    idle: tuple[Edit, ...]
    edits: tuple[Edit, ...]

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of each effective theme, by id."""
        return dict(zip(self.catalogue["theme_id"], self.catalogue["label"].fillna(""), strict=True))

    @cached_property
    def parents(self) -> dict[str, str]:
        """The parent of each effective theme that has one, by id."""
        nested = self.catalogue.dropna(subset=["parent_theme_id"])
        return dict(zip(nested["theme_id"], nested["parent_theme_id"], strict=True))

    def theme_of(self, raw: str) -> str | None:
        """Return the effective theme of a raw one; None where it has none (its definition was undone)."""
        theme = self.becomes.get(raw, raw)
        return theme if theme in self.labels else None

    def made_of(self, theme_id: str) -> frozenset[str]:
        """Return the raw themes that count as an effective theme, itself included."""
        return frozenset({theme_id} | {raw for raw, theme in self.becomes.items() if theme == theme_id})

    def edits_of(self, theme_id: str) -> tuple[Edit, ...]:
        """Return all edits that speak of a theme or of what became it, undone ones included."""
        ours = self.made_of(theme_id)
        return tuple(edit for edit in self.edits if edit.named & ours)


def replay(catalogue: pd.DataFrame, edits: Iterable[Edit]) -> Taxonomy:
    """Return the themes that people see: the raw themes of `catalogue` (table CATALOGUE) after all edits.

    Edits are applied by number. One whose theme is not there, or was merged before, is idle and no
    error. `catalogue` holds the parts of every split, in force or not, where the model knows them;
    a part whose split is not in force counts as the theme that was split. While a split is in force
    the model says the parts; should it still say the whole, that counts as the first part.
    """
    given = tuple(sorted(edits, key=by_number))
    state = _State(catalogue, given)
    applied: list[Edit] = []
    idle: list[Edit] = []
    said = in_force(given)
    for edit in (one for one in said if one.action != "correct"):
        (applied if state.applies(edit) else idle).append(edit)
    names = state.standing()
    named = {one for edit in said for one in edit.named}
    named |= {edit.theme_id for edit in given if edit.action == "split" and named & set(edit.parts)}
    changed = {one for edit in applied for one in (edit.theme_id, *edit.parts)}
    return Taxonomy(
        catalogue=state.catalogue(names),
        becomes={raw: end for raw in state.follows if state.stands(end := state.end(raw))},
        muted=frozenset(state.muted.intersection(names)),
        pinned=frozenset(state.pinned.intersection(names)),
        notes=state.noted(),
        touched=frozenset({state.end(one) for one in changed}.intersection(names)),
        carried=frozenset(named & state.rows.keys()),
        idle=tuple(idle),
        edits=given,
    )


class _State:
    """The themes while edits are applied to them, one after the other.

    A theme that follows another is no theme of its own: these links form trees whose roots stand.
    """

    def __init__(self, catalogue: pd.DataFrame, edits: Sequence[Edit]) -> None:
        """Begin with the raw themes as they are before any definition and any split."""
        self.rows = {row["theme_id"]: row for row in CATALOGUE.frame(catalogue).to_dict("records")}
        self.hidden = {edit.theme_id for edit in edits if edit.action == "define"}
        self.follows: dict[str, str] = {}
        self.muted: set[str] = set()
        self.pinned: set[str] = set()
        self.notes: list[Edit] = []
        for edit in edits:
            if edit.action == "split" and edit.theme_id in self.rows.keys() | self.hidden:
                for part in edit.parts:
                    self._join(part, edit.theme_id)

    def _join(self, part: str, whole: str) -> None:
        """Let a part follow what was split, unless it is a part already or contains it."""
        if part in self.rows and part not in self.follows and self.end(whole) != part:
            self.follows[part] = whole

    def stands(self, theme: str) -> bool:
        """Return whether a theme is one of its own."""
        return theme in self.rows and theme not in self.follows and theme not in self.hidden

    def end(self, theme: str) -> str:
        """Return the theme that a theme follows in the end, itself where it follows none."""
        while theme in self.follows:
            theme = self.follows[theme]
        return theme

    def applies(self, edit: Edit) -> bool:
        """Apply an edit; return whether it had something to act on."""
        if edit.action == "define":
            return self._define(edit)
        return self.stands(edit.theme_id) and _ACTIONS[edit.action](self, edit)

    def _define(self, edit: Edit) -> bool:
        """Let a theme that people defined stand, once."""
        if edit.theme_id not in self.hidden:
            return False
        self.hidden.discard(edit.theme_id)
        new = {"theme_id": edit.theme_id, "keywords": list(edit.phrases), "size": pd.NA}
        self.rows[edit.theme_id] = self.rows.get(edit.theme_id, new) | {"label": edit.label}
        return True

    def rename(self, edit: Edit) -> bool:
        """Give a theme another label."""
        self.rows[edit.theme_id]["label"] = edit.label
        return True

    def merge(self, edit: Edit) -> bool:
        """Let a theme follow another, or what that one follows."""
        into = self.end(edit.into)
        if into == edit.theme_id or not self.stands(into):
            return False
        sizes = [self.rows[one]["size"] for one in (into, edit.theme_id)]
        self.rows[into]["size"] = None if pd.isna(sizes).any() else sum(sizes)
        self.follows[edit.theme_id] = into
        return True

    def split(self, edit: Edit) -> bool:
        """Let the parts of a theme stand in its place, as muted, pinned and nested as it was."""
        parts = [part for part in edit.parts if self.follows.get(part) == edit.theme_id]
        for part in parts:
            del self.follows[part]
            self.rows[part]["parent_theme_id"] = self.rows[edit.theme_id].get("parent_theme_id")
            for marked in (self.muted, self.pinned):
                marked.update({part} if edit.theme_id in marked else ())
        if parts:
            self.follows[edit.theme_id] = parts[0]
        return bool(parts)

    def move(self, edit: Edit) -> bool:
        """Put a theme below another, which thereby is a parent and has none; or below none."""
        above = self.end(edit.into)
        if above == edit.theme_id or (above and not self.stands(above)):
            return False
        if above:
            self.rows[above]["parent_theme_id"] = None
        self.rows[edit.theme_id]["parent_theme_id"] = above or None
        return True

    def mark(self, edit: Edit) -> bool:
        """Set or clear a mark of a theme."""
        marked = self.muted if edit.action.endswith("mute") else self.pinned
        (marked.discard if edit.action.startswith("un") else marked.add)(edit.theme_id)
        return True

    def note(self, edit: Edit) -> bool:
        """Keep a note; it goes where its theme goes."""
        self.notes.append(edit)
        return True

    def standing(self) -> list[str]:
        """Return the themes of their own, in the order in which they became known."""
        return [theme for theme in self.rows if self.stands(theme)]

    def noted(self) -> dict[str, tuple[Edit, ...]]:
        """Return the notes on each theme that has any."""
        ends = [self.end(note.theme_id) for note in self.notes]
        return {
            theme: tuple(note for note, end in zip(self.notes, ends, strict=True) if end == theme)
            for theme in dict.fromkeys(ends)
        }

    def catalogue(self, names: Sequence[str]) -> pd.DataFrame:
        """Return these themes, table CATALOGUE, each below a parent that has none."""
        return CATALOGUE.frame([self.rows[theme] | {"parent_theme_id": self._top(theme)} for theme in names])

    def _top(self, theme: str) -> str | None:
        """Return the topmost theme above a theme; of themes that lie below each other the smallest id."""
        path = [theme]
        while (above := self._above(path[-1])) and above not in path:
            path.append(above)
        top = min(path[path.index(above) :]) if above else path[-1]
        return top if top != theme else None

    def _above(self, theme: str) -> str:
        """Return the theme that a theme lies directly below, empty for none."""
        above = self.rows[theme].get("parent_theme_id")
        above = self.end(above) if isinstance(above, str) else ""
        return above if above != theme and self.stands(above) else ""


_ACTIONS: Mapping[str, Callable[[_State, Edit], bool]] = {
    "rename": _State.rename,
    "merge": _State.merge,
    "split": _State.split,
    "move": _State.move,
    **dict.fromkeys(("mute", "unmute", "pin", "unpin"), _State.mark),
    "note": _State.note,
}

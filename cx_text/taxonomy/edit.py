"""One thing that a person said of a theme or of a comment, and which of many such edits hold.

An edit is never changed or removed: an undo is one more edit, and an undo can itself be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Action = Literal[
    "rename", "merge", "split", "move", "mute", "unmute", "pin", "unpin", "define", "note", "undo", "correct"
]
Aspect = Literal["", "theme", "sentiment", "behaviour", "attribution", "agent"]
Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
Day = Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\d)?$")]

NEEDS: Mapping[str, str] = {
    "rename": "label",
    "merge": "into",
    "define": "label",
    "note": "label",
    "undo": "undoes",
    "correct": "aspect",
}
"""The field that an action cannot do without."""


class Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a person said of a theme or a comment; fields without use for its action are empty.

    Attributes:
        number: 1 for the first edit of a workspace, rising; 0 until it is given one.
        made_at: when, ISO 8601 in UTC, such as ``2025-03-01T09:30:00Z``.
        author: who.
        action: what is done.
        theme_id: to which theme; `define`: the id of the new theme; `undo`: the theme of what it undoes;
            `correct`: the right theme, where that is what is corrected.
        reason: why.
        label: `rename` and `define`: the name; `note`: the text; `correct`: what is right, empty for none.
        into: `merge`: the theme that stays; `move`: the new parent, empty for none; `correct`: the team of
            the right agent.
        aspect: `correct`: what of the comments in `examples` was read wrongly.
        parts: `split`: ids of the parts.
        phrases: `split` and `define`: phrases that tell the theme.
        examples: `split` and `define`: ids of example verbatims, never their texts; `correct`: of whom.
        since: `note`: the day from which it speaks, ISO 8601; empty: no day.
        undoes: `undo`: number of the edit that is taken back.

    Raises:
        ValueError: a field that the action needs is empty.
    """

    number: Annotated[int, Meta(ge=0)]
    made_at: Moment
    author: str
    action: Action
    theme_id: str
    reason: str = ""
    label: str = ""
    into: str = ""
    parts: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    aspect: Aspect = ""
    since: Day = ""
    undoes: Annotated[int, Meta(ge=0)] = 0

    def __post_init__(self) -> None:
        """Refuse an edit that lacks what its action needs."""
        need = NEEDS.get(self.action)
        if need and not getattr(self, need):
            raise ValueError(f"{self.action} needs {need}")

    @property
    def named(self) -> frozenset[str]:
        """The ids of all themes that the edit speaks of."""
        into = "" if self.action == "correct" else self.into
        return frozenset({self.theme_id, into, *self.parts} - {""})


def undone(edits: Iterable[Edit]) -> frozenset[int]:
    """Return the numbers of the edits, undos included, that an undo in force takes back."""
    found: set[int] = set()
    for edit in sorted(edits, key=by_number, reverse=True):
        if edit.action == "undo" and edit.number not in found and edit.undoes < edit.number:
            found.add(edit.undoes)
    return frozenset(found)


def in_force(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits that hold, by number: none that was undone, and no undo."""
    given = tuple(edits)
    out = undone(given)
    return tuple(
        edit for edit in sorted(given, key=by_number) if edit.action != "undo" and edit.number not in out
    )


def by_number(edit: Edit) -> int:
    """Return the number of an edit, its place among the others."""
    return edit.number

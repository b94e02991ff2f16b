"""What speaks against an edit, told before it is kept."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Mapping
from typing import NoReturn

import pandas as pd

from cx_text.errors import UsageError
from cx_text.taxonomy.edit import Edit, in_force, undone
from cx_text.taxonomy.replaying import Taxonomy

LIST = "see `cx-text themes list`"
_CONTROL = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode's categories of controls, halves of characters, and ends of lines and paragraphs."""


def checked(edit: Edit, taxonomy: Taxonomy, catalogue: pd.DataFrame) -> Edit:
    """Return `edit`, which can be kept as it is.

    Args:
        edit: what somebody wants.
        taxonomy: the themes as they stand.
        catalogue: the raw themes, table CATALOGUE; their ids are taken.

    Raises:
        UsageError: E_THEME; the theme is unknown (the nearest is named) or part of another, a theme
            would be merged into itself, a label is empty or another's, a parent is none or has one,
            there is nothing to undo, an id is taken, or a text holds control characters.
    """
    _check_texts(edit)
    if edit.action == "undo":
        _check_undo(edit, taxonomy)
    elif edit.action == "correct" and not edit.theme_id:
        return edit
    elif edit.action == "define":
        _check_new(edit.theme_id, taxonomy, catalogue)
        _check_label(edit, taxonomy, catalogue)
    else:
        _check_standing(edit.theme_id, taxonomy)
        if check := _CHECKS.get(edit.action):
            check(edit, taxonomy, catalogue)
    return edit


def theme_named(theme_id: str, taxonomy: Taxonomy) -> str:
    """Return the effective theme of an id, also that of a theme that is part of another now.

    Raises:
        UsageError: E_THEME, there is no such theme; the nearest is named.
    """
    return taxonomy.theme_of(theme_id) or _unknown(theme_id, taxonomy)


def parents(taxonomy: Taxonomy, catalogue: pd.DataFrame) -> frozenset[str]:
    """Return the effective themes that may hold others.

    Those are the parents of now, those of the raw themes, and themes defined by nothing but a name.
    """
    raw = {taxonomy.theme_of(one) for one in catalogue["parent_theme_id"].dropna()}
    bare = {
        taxonomy.theme_of(edit.theme_id)
        for edit in in_force(taxonomy.edits)
        if edit.action == "define" and not edit.phrases and not edit.examples
    }
    return frozenset({*taxonomy.parents.values(), *(one for one in raw | bare if one)})


def _refuse(wrong: str, mend: str = LIST) -> NoReturn:
    """Raise the error for an edit that cannot be made."""
    raise UsageError("E_THEME", wrong, mend)


def _check_standing(theme_id: str, taxonomy: Taxonomy) -> None:
    """Refuse what is no theme of its own."""
    if theme_id not in taxonomy.labels:
        now = taxonomy.theme_of(theme_id)
        if now:
            _refuse(f"{theme_id} is part of {_called(now, taxonomy)} now", f"name {now}, or undo that edit")
        _unknown(theme_id, taxonomy)


def _unknown(theme_id: str, taxonomy: Taxonomy) -> NoReturn:
    """Raise the error for no such theme, naming the one whose id or label is nearest."""
    names = {label.casefold(): one for one, label in taxonomy.labels.items()}
    names |= {one.casefold(): one for one in taxonomy.labels}
    near = difflib.get_close_matches(theme_id.casefold(), names, n=1)
    mend = f"did you mean {_called(names[near[0]], taxonomy)}?" if near else LIST
    _refuse(f"there is no theme '{theme_id}'", mend)


def _called(theme_id: str, taxonomy: Taxonomy) -> str:
    """Return a theme's id and label."""
    return f"{theme_id} ({taxonomy.labels[theme_id]})"


def _check_texts(edit: Edit) -> None:
    """Refuse texts that no file can hold or that would break a line of a table."""
    line = "".join((edit.author, edit.theme_id, edit.into, *edit.parts, *edit.phrases, *edit.examples))
    free = edit.reason
    if edit.action == "note":
        free += edit.label
    else:
        line += edit.label
    if _has_control(line) or _has_control(free.replace("\n", "").replace("\t", "")):
        _refuse("the edit holds control characters", "write plain text")
    if not edit.author.strip():
        _refuse("nobody is named as author", "give --author NAME")


def _has_control(text: str) -> bool:
    """Return whether a text holds more than characters to read: controls, line ends, half characters."""
    return any(unicodedata.category(char) in _CONTROL for char in text)


def _check_label(edit: Edit, taxonomy: Taxonomy, _: pd.DataFrame) -> None:
    """Refuse a label that is blank or another theme's."""
    wanted = _folded(edit.label)
    if not wanted:
        _refuse("the label is blank", "give the theme a name")
    for theme_id, label in taxonomy.labels.items():
        if theme_id != edit.theme_id and _folded(label) == wanted:
            _refuse(f"{_called(theme_id, taxonomy)} has this label", "choose another, or merge the two")


def _folded(label: str) -> str:
    """Return what two labels share that look alike."""
    return " ".join(label.casefold().split())


def _check_merge(edit: Edit, taxonomy: Taxonomy, catalogue: pd.DataFrame) -> None:
    """Object to a merge into itself, into no theme, or of a parent with a theme that is none."""
    into = theme_named(edit.into, taxonomy)
    if into == edit.theme_id:
        through = "" if into == edit.into else f" ({edit.into} is part of it)"
        _refuse(f"{edit.theme_id} cannot be merged into itself{through}", "name two themes")
    holders = parents(taxonomy, catalogue)
    if (into in holders) != (edit.theme_id in holders):
        parent = into if into in holders else edit.theme_id
        _refuse(f"{_called(parent, taxonomy)} holds other themes", "move the theme below it instead")


def _check_move(edit: Edit, taxonomy: Taxonomy, catalogue: pd.DataFrame) -> None:
    """Object to a parent that is none, or to one below another."""
    if not edit.into:
        return
    into = theme_named(edit.into, taxonomy)
    holders = parents(taxonomy, catalogue)
    if into == edit.theme_id:
        _refuse(f"{edit.theme_id} cannot lie below itself", "name another parent")
    if into not in holders:
        named = ", ".join(_called(one, taxonomy) for one in sorted(holders)) or "there is none yet"
        _refuse(f"{_called(into, taxonomy)} is no parent", f"choose a parent: {named}")
    if edit.theme_id in holders:
        _refuse(f"{_called(edit.theme_id, taxonomy)} is a parent itself", "move its themes, or merge the two")


def _check_split(edit: Edit, taxonomy: Taxonomy, catalogue: pd.DataFrame) -> None:
    """Object to a split of a parent, into fewer than two parts, or into ids that are taken."""
    if edit.theme_id in parents(taxonomy, catalogue):
        _refuse(f"{_called(edit.theme_id, taxonomy)} is a parent", "split one of its themes")
    if len(set(edit.parts)) < max(len(edit.parts), 2):
        _refuse(f"{_called(edit.theme_id, taxonomy)} does not fall into parts", "name other phrases")
    for part in edit.parts:
        _check_new(part, taxonomy, catalogue)


def _check_new(theme_id: str, taxonomy: Taxonomy, catalogue: pd.DataFrame) -> None:
    """Refuse the id of a theme that is or was."""
    named = {one for edit in taxonomy.edits for one in edit.named}
    if not theme_id or theme_id in {*catalogue["theme_id"], *named}:
        _refuse(f"the id '{theme_id}' is taken", "ids are never given twice")


def _check_undo(edit: Edit, taxonomy: Taxonomy) -> None:
    """Object to undoing what was never done, or is undone."""
    numbers = [one.number for one in taxonomy.edits]
    if edit.undoes not in numbers:
        known = f"edits are numbered 1 to {max(numbers)}" if numbers else "there are no edits yet"
        _refuse(f"there is no edit {edit.undoes}", known)
    out = undone(taxonomy.edits)
    if edit.undoes in out:
        by = next(one.number for one in taxonomy.edits if one.undoes == edit.undoes and one.number not in out)
        _refuse(f"edit {edit.undoes} is undone already", f"undo edit {by} to restore it")


_CHECKS: Mapping[str, Callable[[Edit, Taxonomy, pd.DataFrame], None]] = {
    "rename": _check_label,
    "merge": _check_merge,
    "move": _check_move,
    "split": _check_split,
}

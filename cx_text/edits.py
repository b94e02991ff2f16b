"""People's edits at work: one is checked, kept, and the workspace told again with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from cx_text import nightly
from cx_text.config import Config
from cx_text.errors import UsageError, WorkspaceError
from cx_text.modelling import Tell, is_edited, load_model
from cx_text.nightly import Order
from cx_text.reports.record import plain
from cx_text.scoring import TextModel
from cx_text.store import Workspace
from cx_text.store.edits import append_edit, read_edits, taken_back_on_error
from cx_text.taxonomy import Edit, Taxonomy, checked, replay, undone

Apply = Callable[[Workspace, Order], None]
"""Makes the model with the edits of a workspace the one in force, and publishes a new report."""


@dataclass(frozen=True)
class Themes:
    """The themes of a workspace as people see them, and how many comments the last report counts.

    Attributes:
        taxonomy: the themes with all edits.
        volumes: comments by theme in the last report; a theme without any is not in it.
    """

    taxonomy: Taxonomy
    volumes: Mapping[str, int]

    def told(self, theme_id: str) -> dict[str, Any]:
        """Return all about an effective theme as JSON knows it; what is not known is None."""
        catalogue = self.taxonomy.catalogue
        row = plain(catalogue[catalogue["theme_id"] == theme_id].to_dict("records")[0])
        return {
            **row,
            "comments": self.volumes.get(theme_id),
            "made_of": sorted(self.taxonomy.made_of(theme_id) - {theme_id}),
            "touched": theme_id in self.taxonomy.touched,
            "pinned": theme_id in self.taxonomy.pinned,
            "muted": theme_id in self.taxonomy.muted,
        }

    def history(self, theme_id: str) -> list[dict[str, Any]]:
        """Return the edits that speak of a theme, without empty fields, each with `undone`."""
        out = undone(self.taxonomy.edits)
        return [told_edit(one) | {"undone": one.number in out} for one in self.taxonomy.edits_of(theme_id)]


def told_edit(one: Edit) -> dict[str, Any]:
    """Return an edit as JSON knows it, without empty fields."""
    return {name: value for name, value in msgspec.to_builtins(one).items() if value}


def themes(workspace: Path) -> Themes:
    """Return the themes of a workspace with all edits.

    Raises:
        WorkspaceError: there is no workspace, it has not learned yet, or its edits are broken.
    """
    with Workspace.open(workspace, write=False) as space:
        taxonomy = replay(_model(space).catalogue, read_edits(workspace))
        last = space.last_run()
        told = space.told(str(last["run_id"])) if last else None
    return Themes(taxonomy, _volumes(told.findings.themes) if told else {})


def edit(
    workspace: Path,
    draft: Edit,
    tell: Tell,
    config: Config | None = None,
    apply: Apply | None = None,
) -> Taxonomy:
    """Return the themes after `draft` was checked, kept with the next number, and applied.

    Where it cannot be applied it is not kept. What the last edit says already is not kept again: the same
    command, called again after it was killed, ends as if it had not been.

    Args:
        workspace: the folder that holds all state.
        draft: the edit; its number is given here, and the theme of an undo is that of what it undoes.
        tell: told of progress.
        config: settings of the new report; None: those the model learned with.
        apply: what makes edits effective; None: `nightly.apply_edits`.

    Raises:
        UsageError: E_THEME, the edit makes no sense here.
        WorkspaceError: there is no workspace, it has not learned yet, or its edits are broken.
        LockedError: another run is writing.
    """
    with Workspace.open(workspace, write=True) as space:
        model, edits = _model(space), read_edits(workspace)
        order = Order(workspace, config or model.config, tell=tell)
        if edits and _says_again(draft, edits[-1]):
            _finish(space, order, apply)
            return replay(_model(space).catalogue, edits)
        number = max((one.number for one in edits), default=0) + 1
        subject = {one.number: one.theme_id for one in edits}.get(draft.undoes, draft.theme_id)
        numbered = _with_new_ids(
            msgspec.structs.replace(draft, number=number, theme_id=subject), space, edits
        )
        new = checked(numbered, replay(model.catalogue, edits), model.catalogue)
        with taken_back_on_error(workspace):
            append_edit(workspace, new)
            (apply or nightly.apply_edits)(space, order)
        return replay(_model(space).catalogue, read_edits(workspace))


def _says_again(draft: Edit, last: Edit) -> bool:
    """Return whether a person says what the last edit says, but for what is given to an edit when kept."""
    given = {"number": draft.number, "made_at": draft.made_at, "parts": draft.parts}
    if draft.action in {"define", "undo"}:
        given["theme_id"] = draft.theme_id
    return msgspec.structs.replace(last, **given) == draft


def _finish(space: Workspace, order: Order, apply: Apply | None) -> None:
    """Do what was left undone of the last edit."""
    if is_edited(space):
        (apply or nightly.apply_edits)(space, order)
    elif last := space.last_run():
        space.publish_latest(str(last["run_id"]))


def _with_new_ids(draft: Edit, space: Workspace, edits: Sequence[Edit]) -> Edit:
    """Return an edit with ids never given so far for the theme it defines, or the two parts it makes."""
    named = [
        int(digits) for edit in edits for one in edit.named if (digits := "".join(filter(str.isdigit, one)))
    ]
    number = max([space.next_theme_number(), *(one + 1 for one in named)])
    if draft.action == "define":
        return msgspec.structs.replace(draft, theme_id=f"T{number:04d}")
    if draft.action == "split":
        return msgspec.structs.replace(draft, parts=(f"T{number:04d}", f"T{number + 1:04d}"))
    return draft


def make_draft(**fields: Any) -> Edit:
    """Return an edit without a number, with these fields.

    Raises:
        UsageError: E_THEME, a field that the action needs is empty, or one is not of its form.
    """
    try:
        return msgspec.convert({"number": 0, **fields}, Edit)
    except msgspec.ValidationError as error:
        wrong = str(error).replace("`", "")
        raise UsageError("E_THEME", wrong, "see `cx-text themes --help`") from None


def _model(space: Workspace) -> TextModel:
    """Return the model in force."""
    model = load_model(space)
    if model is None:
        raise WorkspaceError(
            "E_NO_MODEL", "nothing was learned yet", "call `cx-text run` first", str(space.path)
        )
    return model


def _volumes(themes: pd.DataFrame) -> dict[str, int]:
    """Return the volume of each theme of a report, table THEMES."""
    counted = themes.dropna(subset=["volume"])
    return dict(zip(counted["theme_id"], counted["volume"].astype(int).tolist(), strict=True))

"""Mending what can be made again from the state; history is never dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cx_text.config import Config
from cx_text.erasing import finish_deletion
from cx_text.errors import WorkspaceError
from cx_text.modelling import Tell, load_model
from cx_text.publishing import Order, publish_again
from cx_text.store import Workspace
from cx_text.store.edits import read_edits, write_edits
from cx_text.store.notes import mend_notes
from cx_text.store.search import rebuild
from cx_text.upkeep.checking import Fault, check


@dataclass(frozen=True)
class Repair:
    """How a repair ended: sentences of what was `done`, and what is `left` for a person."""

    done: tuple[str, ...]
    left: tuple[Fault, ...]


def repair(workspace: Path, tell: Tell) -> Repair:
    """Make again what can be made again: the model's file, edits, reports, index, notes and links.

    Raises:
        WorkspaceError: there is no workspace, or the state, the secret or the edits are damaged: nothing
            can replace them but a backup.
        LockedError: another program is writing.
    """
    with Workspace.open(workspace, write=True) as space:
        done = [*_mended(space, tell)]
        space.log("repair", done=len(done))
    return Repair(tuple(done), tuple(check(workspace)))


def _mended(space: Workspace, tell: Tell) -> Iterator[str]:
    """Mend a workspace, yielding a sentence for each thing that was done."""
    if _has_lost_model(space) and space.restore_model():
        yield "the model was written again from the state"
    model = load_model(space)
    finish_deletion(space, Order(space.path, model.config if model else Config(), tell=tell))
    kept = {one.number: one for one in read_edits(space.path)}
    lost = {one.number: one for one in model.edits if one.number not in kept} if model else {}
    if lost:
        write_edits(space.path, [one for _, one in sorted((kept | lost).items())])
        yield f"edits {', '.join(map(str, sorted(lost)))} were written again from the model"
    rebuild(space)
    yield "the search index was made again"
    for record in space.runs():
        run_id = str(record["run_id"])
        if not space.is_intact(run_id):
            with space.transaction():
                if publish_again(space, record):
                    yield f"the reports of {run_id} were told again"
    if last := space.last_run():
        space.publish_latest(str(last["run_id"]))
    if bad := mend_notes(space.path, space.secret):
        yield f"{bad} broken lines were taken out of the log and the list of copies"


def _has_lost_model(space: Workspace) -> bool:
    """Return whether the file of the model in use is gone or damaged."""
    try:
        space.model()
    except WorkspaceError:
        return True
    return False

"""What is wrong with a workspace: every file that was cut, changed, removed, swapped or added.

What a killed process left behind is not wrong: the next writer removes it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cx_text.errors import CxTextError, WorkspaceError
from cx_text.modelling import edits_of, load_model
from cx_text.store import Workspace
from cx_text.store.edits import EDITS, read_edits
from cx_text.store.notes import COPIES, LOG, OLD_LOG, copies
from cx_text.store.opening import FILES, FOLDERS, MODELS, REPORTS, STATE, older_states
from cx_text.store.publications import LATEST, is_file
from cx_text.store.seal import unlike_seal
from cx_text.store.search import is_in_step

RESTORE = "restore a backup"
REPAIR = "call `cx-text repair`"
LEAVE = "take it away"

_LEFT = re.compile(r".*\.tmp|\..*\.part")
"""Names of files that a killed process did not finish."""

_OF_A_KILLED_RUN = re.compile(r"[a-z]+-[0-9a-f]{16}\.npz|R\d{6,}")
"""Names of models and reports that a killed run leaves without a word of them in the state."""


@dataclass(frozen=True)
class Fault:
    """One file that is not as it should be.

    Attributes:
        path: the file or folder.
        wrong: what is wrong with it.
        mend: what to do.
    """

    path: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        """Return path, fault and what to do on one line."""
        return f"{self.path}: {self.wrong}; {self.mend}"


def check(workspace: Path) -> list[Fault]:
    """Return all that is wrong with a workspace, nothing if all is well; nothing is changed.

    Raises:
        WorkspaceError: there is no workspace, it is of another version, or access is denied.
    """
    try:
        with Workspace.open(workspace, write=False) as space:
            return [*_state(space), *_unknown(space)]
    except WorkspaceError as error:
        if error.code in {"E_DAMAGED", "E_EDITS"}:
            return [Fault(error.where, error.wrong, error.mend)]
        raise


def _state(space: Workspace) -> Iterator[Fault]:
    """Yield what is wrong with the state and with what it vouches for."""
    for name in unlike_seal(space.path, thorough=True):
        mend = REPAIR if name in {LOG, OLD_LOG} else RESTORE
        yield Fault(str(space.path / name), "it was changed since it was closed", mend)
    state = space.path / STATE
    try:
        with space.transaction():
            problems = [str(one) for (one,) in space.select("PRAGMA integrity_check(10)") if one != "ok"]
            lost = space.select("PRAGMA foreign_key_check")
            yield from (Fault(str(state), f"the state is damaged ({one})", RESTORE) for one in problems)
            if lost:
                yield Fault(str(state), f"{len(lost)} mentions have no row", RESTORE)
            if not is_in_step(space):
                yield Fault(str(state), "the search index is not in step with the rows", REPAIR)
            yield from _models(space)
            yield from _reports(space)
            yield from _edits(space)
    except (WorkspaceError, sqlite3.DatabaseError) as error:
        wrong = error.wrong if isinstance(error, CxTextError) else f"the state is damaged ({error})"
        yield Fault(str(state), wrong, RESTORE)
    lines = copies(space.path, space.secret)[1]
    yield from (Fault(f"{space.path / COPIES}:{line}", "the line was changed", REPAIR) for line in lines)


def _models(space: Workspace) -> Iterator[Fault]:
    """Yield the models that are gone or not as they were saved."""
    known = space.models()
    for name, digest in known.items():
        path = space.path / MODELS / name
        if not is_file(path, digest):
            wrong = "it was changed" if path.exists() else "it is gone"
            yield Fault(str(path), wrong, REPAIR)


def _reports(space: Workspace) -> Iterator[Fault]:
    """Yield the reports that are gone or not as they were written, and a `latest` that leads elsewhere."""
    stale = set(space.stale())
    for run_id, files in space.published().items():
        folder = space.path / REPORTS / run_id
        for name, digest in files.items():
            if run_id not in stale and not is_file(folder / name, digest):
                wrong = "it was changed" if (folder / name).exists() else "it is gone"
                yield Fault(str(folder / name), wrong, REPAIR)
    latest, last = space.path / REPORTS / LATEST, space.last_run()
    if last and (latest.is_symlink() or latest.exists()) and not _leads_to_a_run(latest, space):
        yield Fault(str(latest), "it does not lead to a report of this workspace", REPAIR)


def _leads_to_a_run(latest: Path, space: Workspace) -> bool:
    """Return whether `latest` leads to a finished run; after a kill it may be the one before the last."""
    runs = {str(one["run_id"]) for one in space.runs()}
    return latest.is_symlink() and str(latest.readlink()) in runs


def _edits(space: Workspace) -> Iterator[Fault]:
    """Yield what is wrong with people's edits: the file is broken, or some that are in force are gone."""
    try:
        read_edits(space.path)
        if model := load_model(space):
            edits_of(space, model)
    except WorkspaceError as error:
        if error.where.startswith(str(space.path / EDITS)):
            yield Fault(error.where, error.wrong, error.mend)


def _unknown(space: Workspace) -> Iterator[Fault]:
    """Yield what lies in the workspace and is not ours."""
    states = {path.name for path in older_states(space.path)}
    published = space.published()
    runs = {str(one["run_id"]) for one in space.runs()}
    places: list[tuple[Path, Iterable[str]]] = [
        (space.path, {*FILES, *FOLDERS, *states}),
        (space.path / MODELS, space.models()),
        (space.path / REPORTS, {LATEST, *runs}),
        *((space.path / REPORTS / run_id, files) for run_id, files in published.items()),
    ]
    for folder, known in places:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            of_a_kill = folder.name in FOLDERS and _OF_A_KILLED_RUN.fullmatch(path.name)
            if path.name not in set(known) and not of_a_kill and not _LEFT.fullmatch(path.name):
                yield Fault(str(path), "it is not ours", LEAVE)

"""A copy of a workspace that is a workspace, made also while a run is at work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cx_text.errors import UsageError, WorkspaceError
from cx_text.store import Workspace
from cx_text.store.disk import copy_file, make_folder, remove, told
from cx_text.store.edits import EDITS
from cx_text.store.notes import COPIES
from cx_text.store.opening import LOCK, MODELS, REPORTS, SECRET, STATE, keep_state
from cx_text.store.publications import is_file


def back_up(workspace: Path, place: Path) -> Path:
    """Return `place`, which now holds a copy of the workspace as of one moment; it is noted first.

    Raises:
        UsageError: E_BACKUP, the place is not empty, or inside the workspace.
        WorkspaceError: there is no workspace, or what is to be copied is damaged.
        ResourceError: the disk is full; nothing is left behind.
    """
    _check_place(workspace, place)
    part = place.with_name(f"{place.name}.part")
    with Workspace.open(workspace, write=False) as space:
        space.note_copy("backup", place)
    remove(part)
    try:
        make_folder(part)
        keep_state(workspace, part / STATE)
        for name in (SECRET, EDITS, COPIES, LOCK):
            if (workspace / name).exists():
                copy_file(workspace / name, part / name)
        with Workspace.open(part, write=False) as copy:
            for path, digest in _named(copy):
                _copy(workspace / path, part / path, digest)
        with Workspace.open(part, write=True) as copy:
            if last := copy.last_run():
                copy.publish_latest(str(last["run_id"]))
        with told(place):
            part.replace(place)
    except BaseException:
        remove(part)
        raise
    return place


def _check_place(workspace: Path, place: Path) -> None:
    """Refuse a place that holds something, or that lies in the workspace."""
    with told(place):
        taken = place.is_symlink() or (place.exists() and (not place.is_dir() or any(place.iterdir())))
    if taken:
        raise UsageError("E_BACKUP", "something lies there", "name a new or an empty folder", str(place))
    if workspace.resolve() in [place.resolve(), *place.resolve().parents]:
        raise UsageError("E_BACKUP", "it lies in the workspace", "name a folder elsewhere", str(place))


def _copy(source: Path, target: Path, digest: str) -> None:
    """Copy a file that has this hash."""
    make_folder(target.parent)
    copy_file(source, target)
    if not is_file(target, digest):
        wrong = "it is damaged, or was changed while it was copied"
        raise WorkspaceError("E_DAMAGED", wrong, "call `cx-text check`", str(source))


def _named(space: Workspace) -> Iterator[tuple[Path, str]]:
    """Yield each file that a state vouches for, by its path in the workspace, with its hash."""
    for name, digest in space.models().items():
        yield Path(MODELS, name), digest
    for run_id, files in space.published().items():
        for name, digest in files.items():
            yield Path(REPORTS, run_id, name), digest

"""The seal of a closed state: hashes by which damage is told from work that was cut short.

A writer breaks the seal before it changes anything and sets it when it has closed the state. So a
state without a seal was left by a process that was killed, which is fine; one that does not fit
its seal was changed by something else.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from cx_text.store.disk import damaged, told, write_whole

SEAL = "seal.json"
CHUNK = 1 << 20


def seal(workspace: Path, names: tuple[str, ...]) -> None:
    """Note hash, size and time of the files `names` as they are now."""
    write_whole(workspace / SEAL, json.dumps({name: _marks(workspace / name) for name in names}).encode())


def break_seal(workspace: Path) -> None:
    """Say that the files are being changed."""
    with told(workspace):
        (workspace / SEAL).unlink(missing_ok=True)


def unlike_seal(workspace: Path, *, thorough: bool) -> list[str]:
    """Return the names of the files that are not as they were sealed; none without a seal.

    Args:
        workspace: the folder.
        thorough: look at every byte; else only where size or time of a file differ.

    Raises:
        WorkspaceError: E_DAMAGED, the seal itself cannot be read.
    """
    before = _read(workspace)
    changed = [
        name for name, marks in before.items() if not _fits(workspace / name, marks, thorough=thorough)
    ]
    return changed if changed and _read(workspace) == before else []  # else a writer began meanwhile


def _read(workspace: Path) -> dict[str, list[Any]]:
    """Return the marks of the sealed files by name."""
    path = workspace / SEAL
    with told(path):
        try:
            marks = json.loads(path.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError:
            raise damaged(path, "the seal is damaged") from None
    if not isinstance(marks, dict) or not all(
        isinstance(one, list) and len(one) == 3 for one in marks.values()
    ):
        raise damaged(path, "the seal is damaged")
    return marks


def _fits(path: Path, marks: list[Any], *, thorough: bool) -> bool:
    """Return whether a file is as it was sealed."""
    if not thorough and _traits(path) == marks[1:]:
        return True
    return bool(sha256_of(path) == marks[0])


def _marks(path: Path) -> list[Any]:
    """Return hash, size and time of a file."""
    return [sha256_of(path), *_traits(path)]


def _traits(path: Path) -> list[int]:
    """Return size and time of change of a file, zeros where there is none."""
    with told(path):
        try:
            found = path.stat()
        except FileNotFoundError:
            return [0, 0]
    return [found.st_size, found.st_mtime_ns]


def sha256_of(path: Path) -> str:
    """Return the hash of a file's bytes; an empty file and none are the same."""
    state = hashlib.sha256()
    with told(path), suppress(FileNotFoundError):  # another process may take it away just now
        if path.is_file():
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    state.update(chunk)
    return state.hexdigest()

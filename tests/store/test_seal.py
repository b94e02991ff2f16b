"""The seal: what something else changed is told from what a killed process left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from build_scored import make_scored, make_workspace, take

from cx_text.errors import WorkspaceError
from cx_text.store import Workspace
from cx_text.store.seal import SEAL, break_seal, seal, unlike_seal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a closed workspace with a row."""
    with make_workspace(tmp_path / "W") as workspace:
        take(workspace, make_scored(["a"], text=["My refund is late"]))
    return tmp_path / "W"


def flip(path: Path, place: int) -> None:
    """Change one byte of a file."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("write", [True, False])
def test_a_flipped_byte_in_the_state_is_refused(folder: Path, write: bool) -> None:
    """Also in the middle of a text, where SQLite sees nothing; nothing is changed by the refusal."""
    flip(folder / "state.sqlite", (folder / "state.sqlite").read_bytes().index(b"My refund"))
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(WorkspaceError, match=r"E_DAMAGED .*state.sqlite: the state was changed since"):
        Workspace.open(folder, write=write)
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_an_older_state_in_its_place_is_refused(folder: Path) -> None:
    """Whole, but swapped."""
    older = (folder / "state.sqlite").read_bytes()
    with Workspace.open(folder, write=True) as workspace:
        take(workspace, make_scored(["b"]), "f2")
    (folder / "state.sqlite").write_bytes(older)
    with pytest.raises(WorkspaceError, match="E_DAMAGED"):
        Workspace.open(folder, write=True)


def test_a_copy_of_the_folder_is_no_damage(folder: Path) -> None:
    """Other times of change, the same bytes."""
    os.utime(folder / "state.sqlite", (1, 1))
    for write in (False, True):
        with Workspace.open(folder, write=write) as workspace:
            assert len(workspace.rows()) == 1


def test_without_a_seal_nothing_is_unlike_it(folder: Path) -> None:
    """A killed writer left none: its state is SQLite's to judge."""
    break_seal(folder)
    flip(folder / "state.sqlite", -1)
    assert unlike_seal(folder, thorough=True) == []


def test_a_writer_breaks_the_seal_and_sets_it(folder: Path) -> None:
    """So a process that is killed in between leaves none."""
    with Workspace.open(folder, write=True):
        assert not (folder / SEAL).exists()
    assert (folder / SEAL).exists()


def test_bit_rot_is_found_by_a_thorough_look_only(tmp_path: Path) -> None:
    """A reader goes by size and time, a writer and `check` by every byte."""
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    seal(tmp_path, ("file", "none"))
    time = file.stat().st_mtime_ns
    flip(file, 1)
    os.utime(file, ns=(time, time))
    assert unlike_seal(tmp_path, thorough=False) == []
    assert unlike_seal(tmp_path, thorough=True) == ["file"]


@pytest.mark.parametrize("data", [b"", b"[]", b'{"file": 1}', b"\xff"])
def test_a_seal_that_cannot_be_read_is_damage(tmp_path: Path, data: bytes) -> None:
    """It was written whole once."""
    (tmp_path / SEAL).write_bytes(data)
    with pytest.raises(WorkspaceError, match="the seal is damaged"):
        unlike_seal(tmp_path, thorough=True)

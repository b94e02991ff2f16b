"""The disk: files whole or not at all, trouble told in our words with the right exit code."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest
from build_scored import make_many, make_workspace, take

from cx_text.errors import CxTextError, ResourceError
from cx_text.store import Workspace
from cx_text.store.disk import make_file, told, write_whole


def sqlite_error(code: int) -> sqlite3.OperationalError:
    """Return what sqlite3 raises with a result code."""
    error = sqlite3.OperationalError("refused")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("trouble", "code", "exit_code"),
    [
        (MemoryError(), "E_MEMORY", 6),
        (OSError(errno.ENOSPC, "no space"), "E_DISK", 6),
        (OSError(errno.EDQUOT, "quota"), "E_DISK", 6),
        (OSError(errno.EACCES, "denied"), "E_ACCESS", 4),
        (sqlite_error(sqlite3.SQLITE_FULL), "E_DISK", 6),
        (sqlite_error(sqlite3.SQLITE_NOMEM), "E_MEMORY", 6),
        (sqlite_error(sqlite3.SQLITE_CORRUPT), "E_DAMAGED", 4),
        (sqlite_error(sqlite3.SQLITE_CORRUPT_INDEX), "E_DAMAGED", 4),
        (sqlite_error(sqlite3.SQLITE_NOTADB), "E_DAMAGED", 4),
        (sqlite_error(sqlite3.SQLITE_BUSY), "E_LOCKED", 5),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN), "E_ACCESS", 4),
    ],
)
def test_trouble_is_told_in_our_words(
    trouble: BaseException, code: str, exit_code: int, tmp_path: Path
) -> None:
    """One line that names the place; the exit code says what kind of trouble."""
    with pytest.raises(CxTextError, match=f"{code} .*") as caught, told(tmp_path):
        raise trouble
    assert caught.value.exit_code == exit_code
    assert caught.value.where == str(tmp_path)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR])
@pytest.mark.parametrize(("act", "number"), [("write_bytes", errno.ENOSPC), ("truncate", errno.EFBIG)])
def test_what_sqlite_cannot_write_on_a_full_disk_is_no_want_of_access(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, act: str, number: int
) -> None:
    """SQLite does not say why; whether a file can grow a little does. Nothing is left, inside or beside."""
    (tmp_path / "w").mkdir()

    def refuse(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(Path if act == "write_bytes" else os, act, refuse)
    for where in (tmp_path / "w", tmp_path / "w" / "state.sqlite"):
        with pytest.raises(ResourceError, match="E_DISK"), told(where):
            raise sqlite_error(code)
    assert [path.name for path in tmp_path.rglob("*")] == ["w"]


@pytest.mark.parametrize(
    "mistake", [ValueError("x"), sqlite3.IntegrityError("x"), sqlite3.ProgrammingError("x")]
)
def test_our_own_mistakes_are_not_dressed_up(mistake: Exception, tmp_path: Path) -> None:
    """They stay bugs."""
    with pytest.raises(type(mistake)), told(tmp_path):
        raise mistake


def test_a_full_disk_ends_a_take_with_the_state_as_before(tmp_path: Path) -> None:
    """SQLite may fill a limited number of pages only, as on a full disk."""
    with make_workspace(tmp_path / "W") as workspace:
        take(workspace, make_many(10))
        before = workspace.digest()
        ((pages,),) = workspace.select("PRAGMA page_count")
        workspace.select(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(ResourceError, match="E_DISK"):
            take(workspace, make_many(5_000), "f2")
        with pytest.raises(ResourceError, match="E_DISK"), workspace.transaction():
            take(workspace, make_many(5_000), "f2")
        assert workspace.digest() == before
        assert not workspace.file_taken("f2", "k1")
        workspace.select("PRAGMA max_page_count = 1000000")
        take(workspace, make_many(5_000), "f2")
        assert len(workspace.rows()) == 5_000


def test_a_file_replaces_the_old_one_whole(tmp_path: Path) -> None:
    """Nothing is left beside it."""
    for data in (b"old", b"new"):
        write_whole(tmp_path / "f", data)
    assert (tmp_path / "f").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full when the new bytes are to be made durable."""
    write_whole(tmp_path / "f", b"old")

    def full(_: int) -> None:
        """Refuse as a full disk does."""
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResourceError, match="E_DISK"):
        write_whole(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"old"


def test_no_link_is_followed(tmp_path: Path) -> None:
    """A link laid in our way does not lead our bytes elsewhere."""
    (tmp_path / "victim").write_bytes(b"mine")
    for name in ("f", "g.tmp"):
        (tmp_path / name).symlink_to(tmp_path / "victim")
    with pytest.raises(CxTextError, match="E_ACCESS"):
        make_file(tmp_path / "f")
    with pytest.raises(CxTextError, match="E_ACCESS"):
        write_whole(tmp_path / "g", b"ours")
    assert (tmp_path / "victim").read_bytes() == b"mine"


def test_the_next_writer_sweeps_away_what_a_killed_one_left(tmp_path: Path) -> None:
    """Half-written models and links go, and nothing else does."""
    make_workspace(tmp_path / "W").close()
    left = [tmp_path / "W" / name for name in ("secret.tmp", "models/m.npz.tmp", "reports/latest.tmp")]
    for path in left[:2]:
        path.write_bytes(b"half")
    left[2].symlink_to("R000001")
    before = {path.name for path in (tmp_path / "W").rglob("*")}
    Workspace.open(tmp_path / "W", write=False).close()
    assert all(path.is_symlink() or path.exists() for path in left)
    Workspace.open(tmp_path / "W", write=True).close()
    after = {path.name for path in (tmp_path / "W").rglob("*")}
    assert before - after - {"state.sqlite-wal", "state.sqlite-shm"} == {path.name for path in left}

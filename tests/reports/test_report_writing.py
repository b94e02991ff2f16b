"""Writing: old or new, never torn, and nobody else may look."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

import pytest

from cx_text.errors import ResourceError, UsageError
from cx_text.reports.writing import Writer, write_files


def saying(text: str) -> Writer:
    """Return a writer of `text`."""

    def write(out: BinaryIO) -> None:
        out.write(text.encode())

    return write


def failing(number: int) -> Writer:
    """Return a writer that fails like a system call, after it has written something."""

    def write(out: BinaryIO) -> None:
        out.write(b"half")
        raise OSError(number, os.strerror(number))

    return write


def names(folder: Path) -> list[str]:
    """Return what lies in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())


def test_files_are_written_in_order_and_their_paths_returned(tmp_path: Path) -> None:
    """The answer names what was written."""
    paths = write_files(tmp_path, {"b.txt": saying("b"), "a.txt": saying("a")})
    assert [path.name for path in paths] == ["b.txt", "a.txt"]
    assert [path.read_text() for path in paths] == ["b", "a"]
    assert names(tmp_path) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_files_and_new_folders_are_for_the_owner_only(tmp_path: Path, mask: int) -> None:
    """0600 and 0700 under any umask."""
    before = os.umask(mask)
    try:
        write_files(tmp_path / "new" / "deep", {"a.txt": saying("a")})
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / part).stat().st_mode) for part in ("new", "new/deep", "new/deep/a.txt")]
    assert modes == [0o700, 0o700, 0o600]


def test_the_mode_of_a_folder_that_was_there_is_left_alone(tmp_path: Path) -> None:
    """The user's folder is the user's."""
    tmp_path.chmod(0o755)
    write_files(tmp_path, {"a.txt": saying("a")})
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_failure_leaves_all_old_files_and_nothing_half_written(tmp_path: Path) -> None:
    """None takes its place before all are written."""
    write_files(tmp_path, {"a.txt": saying("old"), "b.txt": saying("old")})
    with pytest.raises(ResourceError):
        write_files(tmp_path, {"a.txt": saying("new"), "b.txt": failing(errno.ENOSPC)})
    assert names(tmp_path) == ["a.txt", "b.txt"]
    assert [(tmp_path / name).read_text() for name in names(tmp_path)] == ["old", "old"]


def test_what_a_killed_run_left_is_written_over(tmp_path: Path) -> None:
    """A half-written file of last night is no obstacle and does not stay."""
    (tmp_path / ".a.txt.part").write_text("half")
    write_files(tmp_path, {"a.txt": saying("new")})
    assert names(tmp_path) == ["a.txt"]


def test_a_link_in_the_way_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """Nothing is written outside the folder."""
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").symlink_to(outside)
    (folder / ".a.txt.part").symlink_to(outside)
    write_files(folder, {"a.txt": saying("new")})
    assert outside.read_text() == "mine"
    assert (folder / "a.txt").read_text() == "new"
    assert not (folder / "a.txt").is_symlink()


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (errno.ENOSPC, ResourceError, "DISK_FULL"),
        (errno.EDQUOT, ResourceError, "DISK_FULL"),
        (errno.EACCES, UsageError, "OUTPUT"),
    ],
)
def test_what_the_system_says_becomes_one_clear_line(
    tmp_path: Path, number: int, kind: type[Exception], code: str
) -> None:
    """Exit 6 for a full disk, 2 for a folder that cannot be written."""
    with pytest.raises(kind, match=code) as caught:
        write_files(tmp_path, {"a.txt": failing(number)})
    assert "\n" not in str(caught.value)


def test_a_file_where_the_folder_should_be_is_an_error_of_usage(tmp_path: Path) -> None:
    """The user chooses another folder."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="OUTPUT"):
        write_files(tmp_path / "file", {"a.txt": saying("a")})


def test_a_bug_of_a_writer_stays_a_bug_and_leaves_nothing(tmp_path: Path) -> None:
    """Only what the system says is turned into our errors."""

    def broken(out: BinaryIO) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_files(tmp_path, {"a.txt": broken})
    assert names(tmp_path) == []

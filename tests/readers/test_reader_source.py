"""Files are found in a stable order, opened safely and expanded within limits."""

from __future__ import annotations

import gzip
import os
import socket
from pathlib import Path

import pytest

from cx_text.config import Config, make_config
from cx_text.errors import InputError, UsageError
from cx_text.readers import find_inputs, read_file
from cx_text.readers.source import expand, take

CSV = b"id,comment\n1,a\n"
LIMITS = Config().input


def make(folder: Path, *names: str) -> None:
    """Write a small CSV under each name."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CSV)


def test_a_folder_is_its_sorted_files(tmp_path: Path) -> None:
    """Folders inside it too."""
    make(tmp_path, "b.csv", "a.csv", "sub/c.csv", "B.csv")
    found = [path.relative_to(tmp_path).as_posix() for path in find_inputs([tmp_path])]
    assert found == ["B.csv", "a.csv", "b.csv", "sub/c.csv"]


@pytest.mark.parametrize("name", [".hidden.csv", "a.csv.part", "a.TMP", "~$a.xlsx", ".git/a.csv"])
def test_hidden_and_half_written_files_of_a_folder_are_passed_over(tmp_path: Path, name: str) -> None:
    """Their writers are not done."""
    make(tmp_path, name, "z.csv")
    assert [path.name for path in find_inputs([tmp_path])] == ["z.csv"]


def test_files_come_in_the_order_given_and_none_comes_twice(tmp_path: Path) -> None:
    """Also where a folder holds a file named before."""
    make(tmp_path, "a.csv", "b.csv")
    found = find_inputs([tmp_path / "b.csv", str(tmp_path), tmp_path / "b.csv"])
    assert [path.name for path in found] == ["b.csv", "a.csv"]


def test_an_empty_folder_is_an_empty_night(tmp_path: Path) -> None:
    """That is fine."""
    assert find_inputs([tmp_path]) == []


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    """Its name cannot forge a line."""
    with pytest.raises(UsageError) as caught:
        find_inputs([tmp_path / "no\nsuch.csv"])
    assert "no\\nsuch.csv" in str(caught.value)


def test_a_link_out_of_its_folder_is_refused_and_harms_no_other(tmp_path: Path) -> None:
    """To a file, to a folder, to nothing."""
    make(tmp_path, "in/a.csv", "out/b.csv")
    for name, goal in (("file.csv", "out/b.csv"), ("folder.csv", "out"), ("nothing.csv", "gone.csv")):
        (tmp_path / "in" / name).symlink_to(tmp_path / goal)
    codes = {}
    for path in find_inputs([tmp_path / "in"]):
        try:
            codes[path.name] = str(read_file(path, Config()).read)
        except InputError as error:
            codes[path.name] = error.code
    assert codes == {"a.csv": "1"} | dict.fromkeys(("file.csv", "folder.csv", "nothing.csv"), "E_UNSAFE")


def test_a_link_inside_its_folder_is_the_file_it_names(tmp_path: Path) -> None:
    """It is not read twice."""
    make(tmp_path, "a.csv")
    (tmp_path / "latest.csv").symlink_to("a.csv")
    assert len(find_inputs([tmp_path])) == 1
    assert take(tmp_path / "latest.csv", LIMITS) == CSV


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    """A device and a folder too."""
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", Path("/dev/null"), tmp_path):
        with pytest.raises(InputError, match="E_UNSAFE"):
            take(path, LIMITS)


def test_a_file_above_the_limit_is_refused_unread(tmp_path: Path) -> None:
    """The limit is a setting."""
    make(tmp_path, "a.csv")
    with pytest.raises(InputError, match="E_TOO_BIG"):
        take(tmp_path / "a.csv", make_config({"input": {"max_expanded_bytes": 5}}).input)


@pytest.mark.parametrize("data", [CSV, CSV * 1000, b""])
def test_gzip_gives_back_what_went_in(data: bytes) -> None:
    """Several members follow each other."""
    limits = make_config({"input": {"max_expansion": 2000}}).input
    assert expand(gzip.compress(data, mtime=0) + gzip.compress(data, mtime=0), limits) == data + data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_EMPTY"),
        (CSV, "E_FORMAT"),
        (gzip.compress(CSV * 9, mtime=0)[:-4], "E_TRUNCATED"),
        (gzip.compress(CSV * 9, mtime=0)[:20], "E_TRUNCATED"),
        (gzip.compress(CSV, mtime=0)[:-8] + bytes(8), "E_FORMAT"),
        (gzip.compress(bytes(10_000_000), mtime=0), "E_TOO_BIG"),
    ],
)
def test_a_gzip_file_that_is_not_sound_is_refused(data: bytes, code: str) -> None:
    """A bomb is counted while it expands."""
    with pytest.raises(InputError) as caught:
        expand(data, LIMITS)
    assert caught.value.code == code
    assert caught.value.mend


def test_the_expanded_size_has_a_limit_of_its_own() -> None:
    """Whatever the ratio."""
    data = gzip.compress(bytes(range(256)) * 100, mtime=0)
    assert len(expand(data, LIMITS)) == 25_600
    with pytest.raises(InputError, match="E_TOO_BIG"):
        expand(data, make_config({"input": {"max_expanded_bytes": 20_000}}).input)


@pytest.mark.skipif(not hasattr(__import__("fcntl"), "F_SETLEASE"), reason="only Linux can tell")
def test_a_file_that_a_program_writes_to_is_not_taken_this_time(tmp_path: Path) -> None:
    """Also while the writer pauses; closed, it is taken whole."""
    make(tmp_path, "a.csv")
    with (tmp_path / "a.csv").open("ab") as writer:
        writer.write(b"2,b")
        writer.flush()
        with pytest.raises(InputError, match=r"E_TRUNCATED.*still being written; run again"):
            take(tmp_path / "a.csv", LIMITS)
        writer.write(b"c\n")
    assert take(tmp_path / "a.csv", LIMITS) == CSV + b"2,bc\n"


def test_a_file_that_grows_while_it_is_read_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody can tell who writes, size and time of change do."""
    make(tmp_path, "a.csv")
    sizes = iter([(tmp_path / "a.csv").stat()])

    def fstat(handle: int) -> os.stat_result:
        before = next(sizes, None)
        if before is None:
            with (tmp_path / "a.csv").open("ab") as writer:
                writer.write(b"2,b\n")
        return before or (tmp_path / "a.csv").stat()

    monkeypatch.setattr("cx_text.readers.source.os.fstat", fstat)
    with pytest.raises(InputError, match="still being written"):
        take(tmp_path / "a.csv", LIMITS)


NAMES = [
    "two\nlines.csv",
    "\x1b[2Jred.csv",
    "-dash.csv",
    "=cmd.csv",
    "quote\"'.csv",
    "x" * 250 + ".csv",
    "e\u202egnp.csv",
]


@pytest.mark.parametrize("name", [*map(os.fsencode, NAMES), b"broken\xff\xfe.csv"], ids=repr)
def test_any_file_name_is_told_on_one_clean_line(tmp_path: Path, name: bytes) -> None:
    """Of a file that is taken and of one that is refused; every name can be kept as UTF-8."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_bytes(CSV)
    told = read_file(path, Config()).name
    path.write_bytes(b"")
    with pytest.raises(InputError) as caught:
        read_file(path, Config())
    for text in (told, str(caught.value)):
        assert text.isprintable()
        assert text.encode()


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a pipe is."""
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("door.csv")
        with pytest.raises(InputError, match="E_UNSAFE"):
            take(Path("door.csv"), LIMITS)

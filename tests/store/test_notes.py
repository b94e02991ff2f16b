"""The log and the list of copies: lines that are added whole, and told from foreign ones."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cx_text.store import notes
from cx_text.store.notes import COPIES, LOG, OLD_LOG, copies, log, mend_notes, note_copy

SECRET = b"s" * 32


def test_the_log_is_a_json_object_a_line(tmp_path: Path) -> None:
    """Control characters cannot forge a line (promise 34); the file is its owner's alone."""
    log(tmp_path, "run", code="E_X\n{}\x1b[2J")
    log(tmp_path, "run", rows=3)
    lines = (tmp_path / LOG).read_text(encoding="ascii").splitlines()
    assert [sorted(json.loads(line)) for line in lines] == [["at", "code", "event"], ["at", "event", "rows"]]
    assert all(char.isprintable() for line in lines for char in line)
    assert stat.S_IMODE((tmp_path / LOG).stat().st_mode) == 0o600


def test_the_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full one becomes the old one, in the place of the one before."""
    monkeypatch.setattr(notes, "LARGEST_LOG", 200)
    for number in range(20):
        log(tmp_path, "run", number=number)
    sizes = [(tmp_path / name).stat().st_size for name in (LOG, OLD_LOG)]
    assert all(size < 300 for size in sizes)
    assert json.loads((tmp_path / LOG).read_text(encoding="ascii").splitlines()[-1])["number"] == 19


def test_a_torn_line_does_not_spoil_the_next(tmp_path: Path) -> None:
    """A full disk may cut a line."""
    (tmp_path / LOG).write_bytes(b'{"event": "ru')
    log(tmp_path, "run")
    assert json.loads((tmp_path / LOG).read_bytes().splitlines()[1])["event"] == "run"


def test_a_copy_is_noted_once_by_its_full_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is written to."""
    monkeypatch.chdir(tmp_path)
    for kind in ("output", "output", "backup"):
        note_copy(tmp_path, kind, Path("out\n2"), SECRET)
    assert copies(tmp_path, SECRET) == ([(one, f"{tmp_path}/out\n2") for one in ("output", "backup")], [])


def test_a_changed_line_is_named_and_taken_out(tmp_path: Path) -> None:
    """A path that was changed would lead nobody to the copy."""
    for name in ("a", "b"):
        note_copy(tmp_path, "output", tmp_path / name, SECRET)
    data = (tmp_path / COPIES).read_bytes()
    (tmp_path / COPIES).write_bytes(data.replace(b"/a", b"/x") + b"[]\n")
    (tmp_path / LOG).write_bytes(b"{}\n\xff\n")
    assert copies(tmp_path, SECRET) == ([("output", f"{tmp_path}/b")], [1, 3])
    assert mend_notes(tmp_path, SECRET) == 3
    assert copies(tmp_path, SECRET) == ([("output", f"{tmp_path}/b")], [])
    assert (tmp_path / LOG).read_bytes() == b"{}\n"

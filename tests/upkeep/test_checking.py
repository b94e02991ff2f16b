"""Every damaged file is named with what to do, exit 4; nothing damaged is ever used."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flow import Call, Kept

from cx_text.errors import WorkspaceError
from cx_text.nightly import Order, run
from cx_text.reports import REPORTS
from cx_text.store import Workspace
from cx_text.store.seal import break_seal
from cx_text.upkeep import back_up, check

Damage = Callable[[Path], None]


def cut(path: Path) -> None:
    """Keep the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def swap(path: Path) -> None:
    """Put another file in the place of one."""
    path.write_bytes(b"PK\x03\x04 something else altogether")


def link(path: Path) -> None:
    """Put a link to an equal file elsewhere in the place of one."""
    home = next(one for one in path.parents if one.name == "copied").parent
    other = Path(shutil.copy(path, home / "other"))
    path.unlink()
    path.symlink_to(other)


DAMAGES: tuple[Damage, ...] = (cut, flip, Path.unlink, swap, link)
FILES = ("state.sqlite", "secret", "models/*.npz", *(f"reports/R000001/{name}" for name in REPORTS))


def place(workspace: Path, pattern: str) -> Path:
    """Return the one file of a pattern."""
    [path] = workspace.glob(pattern)
    return path


def test_a_whole_workspace_has_no_faults(call: Call, copied: Path) -> None:
    """Exit 0, and looking changes nothing."""
    before = {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()}
    assert call("check", "--workspace", copied).out == "all is well\n"
    assert call("check", "--workspace", copied, "--json").out == "[]\n"
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("pattern", FILES)
def test_a_damaged_file_is_named(copied: Path, pattern: str, damage: Damage) -> None:
    """Promise 29: cut, changed, removed, swapped, or a link."""
    path = place(copied, pattern)
    damage(path)
    faults = check(copied)
    assert [Path(fault.path) for fault in faults] == [path]
    assert faults[0].mend


def test_damage_is_exit_4_with_a_line_each(call: Call, copied: Path) -> None:
    """For people a sentence, for machines a mapping."""
    flip(place(copied, "models/*.npz"))
    flip(copied / "reports" / "R000001" / "themes.csv")
    answer = call("check", "--workspace", copied)
    assert answer.code == 4
    assert [line.endswith("it was changed; call `cx-text repair`") for line in answer.out.splitlines()] == [
        True
    ] * 2
    told = json.loads(call("check", "--workspace", copied, "--json").out)
    assert [Path(fault["path"]).suffix for fault in told] == [".npz", ".csv"]


@pytest.mark.parametrize("pattern", ["state.sqlite", "secret", "models/*.npz"])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
def test_no_command_uses_a_damaged_file(
    call: Call, kept: Kept, copied: Path, pattern: str, damage: Damage
) -> None:
    """They end with exit 4 and answer nothing."""
    damage(place(copied, pattern))
    for command in (["refit"], ["themes", "list"], ["score", "-"], ["run", str(kept.export)]):
        answer = call(*command, "--workspace", copied, stdin=b"late\n")
        assert (answer.code, answer.out) == (4, ""), command


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
def test_a_damaged_report_is_told_again_before_it_is_handed_out(
    kept: Kept, copied: Path, tmp_path: Path, damage: Damage
) -> None:
    """The night finds nothing new, and yet the output is whole; so is what `themes list` counts."""
    damage(copied / "reports" / "R000001" / "themes.csv")
    damage(copied / "reports" / "R000001" / "report.html")
    night = run([kept.export], Order(copied, output=tmp_path / "out"))
    assert not night.new
    for name in REPORTS:
        assert (tmp_path / "out" / name).read_bytes() == (kept.output / name).read_bytes(), name
    assert [fault for fault in check(copied) if "reports" in fault.path] == []


@pytest.mark.parametrize(
    "name", ["notes.txt", "models/text-0.npz", "reports/R000001/more.csv", "reports/mine", "models/x.npz"]
)
def test_what_is_not_ours_is_named(copied: Path, name: str) -> None:
    """A file that somebody added is left alone."""
    (copied / name).write_text("mine", encoding="ascii")
    [fault] = check(copied)
    assert (fault.path, fault.wrong, fault.mend) == (str(copied / name), "it is not ours", "take it away")


def test_what_a_killed_run_left_is_no_damage_and_goes(copied: Path) -> None:
    """Half-written files, models and reports that no transaction speaks of; no seal, a journal."""
    left = ["edits.toml.tmp", "models/text-0123456789abcdef.npz", "reports/R000001/.themes.csv.part"]
    for name in left:
        (copied / name).write_bytes(b"half")
    (copied / "reports" / "R000002").mkdir()
    break_seal(copied)
    assert check(copied) == []
    with Workspace.open(copied, write=True):
        assert not any((copied / name).exists() for name in (*left, "reports/R000002"))
    assert check(copied) == []


def test_a_state_that_sqlite_finds_damaged_is_named_without_a_seal(copied: Path) -> None:
    """After a kill SQLite's own check is what there is."""
    break_seal(copied)
    state = copied / "state.sqlite"
    data = bytearray(state.read_bytes())
    data[4096 : 4096 * 4] = bytes(4096 * 3)
    state.write_bytes(data)
    faults = check(copied)
    assert {fault.path for fault in faults} == {str(state)}
    assert all(fault.mend for fault in faults)


def test_mentions_without_a_row_are_named(copied: Path) -> None:
    """What no program of ours can bring about."""
    break_seal(copied)
    with closing(sqlite3.connect(copied / "state.sqlite")) as state:
        state.execute("INSERT INTO mentions (verbatim_id, start) VALUES ('nobody', 0)")
        state.commit()
    assert [fault.wrong for fault in check(copied)] == ["1 mentions have no row"]


@pytest.mark.parametrize("target", ["R999999", "/etc", "../.."])
def test_a_latest_that_leads_elsewhere_is_named(copied: Path, target: str) -> None:
    """It may only lead to a run of this workspace."""
    latest = copied / "reports" / "latest"
    latest.unlink()
    latest.symlink_to(target)
    assert [fault.path for fault in check(copied)] == [str(latest)]


def test_a_broken_file_of_edits_is_named_by_its_line(copied: Path) -> None:
    """As any command names it."""
    (copied / "edits.toml").write_text("version = 1\n[[edit]]\nnumber = =\n", encoding="ascii")
    [fault] = check(copied)
    assert fault.path == f"{copied}/edits.toml:3"


def test_a_changed_log_or_list_of_copies_is_named(kept: Kept, copied: Path) -> None:
    """The log by the seal, the list line by line."""
    with Workspace.open(copied, write=True) as space:
        space.log("test", rows=1)
        space.note_copy("output", kept.output)
    flip(copied / "log.jsonl")
    flip(copied / "copies.jsonl")
    names = [Path(fault.path).name for fault in check(copied)]
    assert names[0] == "log.jsonl"
    assert names[1].startswith("copies.jsonl:")


@pytest.mark.parametrize(
    "name", ["models", "reports", "state.sqlite", "secret", "lock", "edits.toml", "log.jsonl"]
)
def test_a_link_out_of_the_workspace_is_refused(copied: Path, tmp_path: Path, name: str) -> None:
    """Promise 35: nothing is written behind it."""
    outside = tmp_path / "outside"
    path = copied / name
    if path.exists():
        path.rename(outside)
    path.symlink_to(outside)
    before = sorted(outside.iterdir()) if outside.is_dir() else []
    for write in (True, False):
        with pytest.raises(WorkspaceError, match=f"E_DAMAGED .*{name}: a link, pipe or device"):
            Workspace.open(copied, write=write)
    assert (sorted(outside.iterdir()) if outside.is_dir() else []) == before
    assert [fault.path for fault in check(copied)] == [str(path)]


def test_a_workspace_is_checked_while_a_run_is_at_work(copied: Path) -> None:
    """A reader sees one whole night; what the run has written so far is no damage."""
    with Workspace.open(copied, write=True) as space, space.transaction():
        space.save_model("text", b"new")
        space.report_folder("R000002")
        space.change("DELETE FROM mentions")
        assert check(copied) == []


def test_a_backup_is_a_workspace_with_the_same_digest(copied: Path, tmp_path: Path) -> None:
    """Promise 31: also during a run; its place is noted, so that a deletion can name it."""
    with Workspace.open(copied, write=True) as space, space.transaction():
        before = digest(copied)
        space.change("DELETE FROM mentions")
        assert back_up(copied, tmp_path / "copy") == tmp_path / "copy"
        assert space.copies()[-1] == ("backup", str(tmp_path / "copy"))
    assert check(tmp_path / "copy") == []
    assert digest(tmp_path / "copy") == before
    assert (tmp_path / "copy" / "reports" / "latest" / "report.html").is_file()


def digest(workspace: Path) -> str:
    """Return the hash of a workspace's state."""
    with Workspace.open(workspace, write=False) as space:
        return str(space.digest()["sha256"])


def test_a_backup_needs_an_empty_place_outside(call: Call, copied: Path, tmp_path: Path) -> None:
    """What lies there stays as it is; an empty folder will do."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    for target in (tmp_path / "full", copied / "copy", copied):
        answer = call("backup", target, "--workspace", copied)
        assert answer.code == 2
        assert "E_BACKUP" in answer.err
    (tmp_path / "empty").mkdir()
    assert call("backup", tmp_path / "empty", "--workspace", copied).code == 0
    assert check(tmp_path / "empty") == []


def test_a_damaged_workspace_is_not_backed_up(call: Call, copied: Path, tmp_path: Path) -> None:
    """Nothing is left at the place."""
    flip(copied / "reports" / "R000001" / "themes.csv")
    answer = call("backup", tmp_path / "copy", "--workspace", copied)
    assert answer.code == 4
    assert "themes.csv" in answer.err
    assert not list(tmp_path.glob("copy*"))

"""What can be made again is made again; what cannot is left, named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from build_edits import MOMENT
from flow import Call, Kept

from cx_text.edits import edit, make_draft
from cx_text.errors import WorkspaceError
from cx_text.nightly import Order, refit
from cx_text.reports import REPORTS
from cx_text.store import Workspace
from cx_text.store.edits import EDITS
from cx_text.upkeep import Repair, check, repair


def mended(workspace: Path) -> Repair:
    """Return how a repair ended."""
    return repair(workspace, lambda *_: None)


def digest(workspace: Path) -> str:
    """Return the hash of a workspace's state."""
    with Workspace.open(workspace, write=False) as space:
        return str(space.digest()["sha256"])


def test_a_lost_model_is_written_again_byte_for_byte(copied: Path, kept: Kept) -> None:
    """From the copy in the state: the same themes with the same ids."""
    before = digest(copied)
    [model] = (copied / "models").iterdir()
    data = model.read_bytes()
    for damage in (Path.unlink, lambda path: path.write_bytes(b"foreign")):
        damage(model)
        assert mended(copied).left == ()
        assert model.read_bytes() == data
    assert digest(copied) == before


def test_lost_reports_are_told_again_byte_for_byte(copied: Path, kept: Kept) -> None:
    """Also where the rows of the night are gone from its folder; `run.json` says the same."""
    shutil.rmtree(copied / "reports")
    done = mended(copied)
    assert "the reports of R000001 were told again" in done.done
    assert done.left == ()
    for name in REPORTS:
        assert (copied / "reports" / "latest" / name).read_bytes() == (kept.output / name).read_bytes(), name


def test_edits_in_force_are_written_again(copied: Path) -> None:
    """Their file is gone, or was cut between two edits; what people wrote since stays."""
    for name in ("first", "second"):
        draft = make_draft(
            made_at=MOMENT, author="Ada", action="define", theme_id="", label=name, phrases=(name,)
        )
        edit(copied, draft, lambda *_: None)
    whole = (copied / EDITS).read_text(encoding="utf-8")
    for left in (whole[: whole.rindex("[[edit]]")], None):
        if left is None:
            (copied / EDITS).unlink()
        else:
            (copied / EDITS).write_text(left, encoding="utf-8")
        [fault] = check(copied)
        assert fault.wrong.startswith("edits that are in force are gone: ")
        with pytest.raises(WorkspaceError, match="E_EDITS"):
            refit(Order(copied))
        assert mended(copied).left == ()
        assert (copied / EDITS).read_text(encoding="utf-8") == whole


def test_an_index_out_of_step_is_made_again(copied: Path) -> None:
    """Nobody asks for history to be dropped."""
    with Workspace.open(copied, write=True) as space:
        space.change("DELETE FROM documents WHERE number < 10")
    assert [fault.wrong for fault in check(copied)] == ["the search index is not in step with the rows"]
    before = digest(copied)
    assert mended(copied).left == ()
    assert digest(copied) == before


def test_a_wrong_latest_and_broken_notes_are_mended(copied: Path) -> None:
    """Lines that are no lines of ours go; the others stay."""
    with Workspace.open(copied, write=True) as space:
        space.note_copy("output", copied / "elsewhere")
        noted = space.copies()
    for name in ("log.jsonl", "copies.jsonl"):
        with (copied / name).open("ab") as file:
            file.write(b"\xffbroken\n")
    (copied / "reports" / "latest").unlink()
    (copied / "reports" / "latest").symlink_to("R999999")
    assert "2 broken lines were taken out of the log and the list of copies" in mended(copied).done
    assert check(copied) == []
    with Workspace.open(copied, write=False) as space:
        assert space.copies() == noted
        assert (copied / "reports" / "latest").resolve().name == "R000001"


def test_what_is_not_ours_is_left_and_named(call: Call, copied: Path) -> None:
    """Exit 4: a person has to look."""
    (copied / "mine.txt").touch()
    answer = call("repair", "--workspace", copied)
    assert answer.code == 4
    assert answer.out.endswith("mine.txt: it is not ours; take it away\n")
    assert (copied / "mine.txt").exists()


@pytest.mark.parametrize("name", ["state.sqlite", "secret"])
def test_what_nothing_can_replace_is_named_and_left(call: Call, copied: Path, name: str) -> None:
    """Exit 4, and every byte stays for whoever may rescue it."""
    data = (copied / name).read_bytes()[:-1] + b"?"
    (copied / name).write_bytes(data)
    answer = call("repair", "--workspace", copied)
    assert answer.code == 4
    assert "restore the folder from a backup" in answer.err
    assert (copied / name).read_bytes() == data

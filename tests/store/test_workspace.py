"""The folder: one writer, private files, models checked, and what is not ours left alone."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from build_scored import make_many, make_scored, make_workspace, take

from cx_text.errors import CxTextError, LockedError, WorkspaceError
from cx_text.records import SCHEMA_VERSION
from cx_text.store import Workspace
from cx_text.store.opening import check_folder
from cx_text.store.seal import SEAL

ROOT = Path(__file__).parents[2]

HOLD = """
import sys
from pathlib import Path
from cx_text.store import Workspace
with Workspace.open(Path(sys.argv[1]), write=True, wait=sys.argv[2] == "wait") as workspace:
    workspace.add_agents(["holder"])
    print("open", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(folder: Path, wait: str = "") -> Iterator[subprocess.Popen[str]]:
    """Lend another process that opens the workspace to write until its input ends."""
    command = [sys.executable, "-c", HOLD, str(folder), wait]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    """Return the next line of another process."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a closed workspace with some rows."""
    with make_workspace(tmp_path / "W") as workspace:
        take(workspace, make_many(20))
        workspace.point_at_model(workspace.save_model("themes", b"weights"), 300)
    return tmp_path / "W"


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return every file of a folder with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def test_a_second_writer_is_refused_at_once_and_readers_are_not(folder: Path) -> None:
    """Another process holds the lock; reading goes on."""
    with holder(folder) as other:
        assert said(other) == "open"
        with pytest.raises(LockedError, match=r"E_LOCKED .*: another run is writing here; wait") as caught:
            Workspace.open(folder, write=True)
        assert caught.value.exit_code == 5
        with Workspace.open(folder, write=False) as reader:
            assert reader.roster() == ("holder",)


def test_a_file_that_another_writer_takes_away_while_looking_is_no_damage(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer breaks the seal just after the folder was listed."""
    listed = list(folder.iterdir())
    assert folder / SEAL in listed
    (folder / SEAL).unlink()
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(listed))
    check_folder(folder, create=True)


def test_the_lock_is_free_when_its_holder_is_killed(folder: Path) -> None:
    """What the killed one had committed is there."""
    with holder(folder) as other:
        assert said(other) == "open"
        other.send_signal(signal.SIGKILL)
        other.wait()
    with Workspace.open(folder, write=False) as reader:
        assert reader.roster() == ("holder",)
    with Workspace.open(folder, write=True) as workspace:
        assert workspace.roster() == ("holder",)
    assert (folder / "lock").exists()


def test_a_writer_that_waits_comes_next(folder: Path) -> None:
    """It opens when the first one closes."""
    with Workspace.open(folder, write=True) as workspace, holder(folder, "wait") as other:
        workspace.close()
        assert said(other) == "open"


def test_a_writer_that_closed_or_failed_to_open_frees_the_lock(folder: Path, tmp_path: Path) -> None:
    """In the same process too."""
    for _ in range(2):
        with Workspace.open(folder, write=True):
            pass
    secret = (folder / "secret").read_bytes()
    (folder / "secret").write_bytes(b"cut")
    with pytest.raises(WorkspaceError):
        Workspace.open(folder, write=True)
    (folder / "secret").write_bytes(secret)
    with Workspace.open(folder, write=True) as workspace:
        assert len(workspace.rows()) == 20


@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_files_are_0600_and_folders_0700_under_any_umask(tmp_path: Path, umask: int) -> None:
    """Also while the state is being written, and those of models and reports."""
    before = os.umask(umask)
    try:
        with make_workspace(tmp_path / "W") as workspace:
            take(workspace, make_many(20))
            workspace.save_model("themes", b"weights")
            workspace.report_folder("R000001")
            workspace.publish_latest("R000001")
            paths = [tmp_path / "W", *(tmp_path / "W").rglob("*")]
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}
            folders = {path.name for path in paths if path.is_dir()}
    finally:
        os.umask(before)
    assert {"state.sqlite-wal", "state.sqlite-shm", "lock", "secret"} <= set(modes)
    assert modes == {name: 0o700 if name in folders else 0o600 for name in modes}


def test_a_missing_workspace_is_named_with_the_command_that_makes_one(tmp_path: Path) -> None:
    """Nothing is made by asking."""
    for write in (False, True):
        with pytest.raises(WorkspaceError, match=r"E_NO_WORKSPACE .*/W: .*; make one with `cx-text run"):
            Workspace.open(tmp_path / "W", write=write)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["notes.txt", "models", "state.db"])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, name: str) -> None:
    """It is named, and nothing is written into it."""
    (tmp_path / name).mkdir()
    with pytest.raises(WorkspaceError, match=re.escape(str(tmp_path))) as caught:
        make_workspace(tmp_path)
    assert caught.value.code == "E_NOT_A_WORKSPACE"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_is_no_workspace(tmp_path: Path) -> None:
    """It is named and keeps its content."""
    (tmp_path / "W").write_text("mine", encoding="ascii")
    with pytest.raises(WorkspaceError, match="E_NOT_A_WORKSPACE"):
        make_workspace(tmp_path / "W")
    assert (tmp_path / "W").read_text(encoding="ascii") == "mine"


def test_an_empty_folder_becomes_a_workspace(tmp_path: Path) -> None:
    """As does one whose parents are missing."""
    with make_workspace(tmp_path) as workspace:
        assert workspace.status()["rows"] == 0
    with make_workspace(tmp_path / "a" / "b") as workspace:
        assert workspace.status()["rows"] == 0


@pytest.mark.parametrize("made", [[], ["lock"], ["lock", "secret.tmp"], ["lock", "state.sqlite"]])
def test_a_making_that_was_cut_short_goes_on(tmp_path: Path, made: list[str]) -> None:
    """Empty files of ours are no damage as long as nothing was kept; until then there is no workspace."""
    for name in made:
        (tmp_path / name).touch()
    with pytest.raises(WorkspaceError, match="E_NO_WORKSPACE"):
        Workspace.open(tmp_path, write=False)
    with make_workspace(tmp_path) as workspace:
        take(workspace, make_scored(["a"]))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "lock",
        "models",
        "reports",
        "seal.json",
        "secret",
        "state.sqlite",
    ]


@pytest.mark.parametrize("write", [False, True])
def test_a_newer_workspace_is_refused_untouched(folder: Path, write: bool) -> None:
    """Its state keeps every byte; the line names both versions."""
    with closing(sqlite3.connect(folder / "state.sqlite")) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = contents(folder)
    with pytest.raises(WorkspaceError, match=rf"schema {SCHEMA_VERSION + 1}.*{SCHEMA_VERSION}.*; update"):
        Workspace.open(folder, write=write, create=write)
    after = contents(folder)
    assert {name: after[name] for name in before} == before


def test_a_reader_does_not_migrate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older state is told with what to do."""
    monkeypatch.setattr("cx_text.store.opening.SCHEMA_VERSION", SCHEMA_VERSION + 1)
    with pytest.raises(WorkspaceError, match=r"E_OLDER .*; run `cx-text run` once"):
        Workspace.open(folder, write=False)


def cut(path: Path) -> None:
    """Cut a file to nothing."""
    path.write_bytes(b"")


def spoil(path: Path) -> None:
    """Overwrite a file with as many other bytes."""
    path.write_bytes(b"\xa5" * path.stat().st_size)


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("harm", [Path.unlink, cut, spoil])
@pytest.mark.parametrize("name", ["state.sqlite", "secret"])
def test_damage_is_named_and_nothing_is_made_in_its_place(
    folder: Path, name: str, harm: object, create: bool
) -> None:
    """History is never dropped by itself."""
    assert callable(harm)
    harm(folder / name)
    before = contents(folder)
    for write in (False, True):
        with pytest.raises(CxTextError, match=f"E_DAMAGED .*{name}") as caught:
            Workspace.open(folder, write=write, create=create)
        assert caught.value.exit_code == 4
    after = contents(folder)
    assert {name: after[name] for name in before} == before


def test_a_secret_of_another_workspace_is_damage(folder: Path, tmp_path: Path) -> None:
    """Pseudonyms would no longer fit."""
    make_workspace(tmp_path / "V").close()
    (tmp_path / "V" / "secret").replace(folder / "secret")
    with pytest.raises(WorkspaceError, match=r"E_DAMAGED .*the secret was changed"):
        Workspace.open(folder, write=False)


def test_a_pseudonym_is_one_name_a_customer_and_workspace(tmp_path: Path) -> None:
    """Stable over nights, different elsewhere, and no plain hash."""
    with make_workspace(tmp_path / "W") as first:
        name = first.pseudonym("Jane Doe")
        assert re.fullmatch(r"c_[0-9a-f]{16}", name)
        assert first.pseudonym("Jane Do") != name
        assert len(first.secret) == 32
    with Workspace.open(tmp_path / "W", write=False) as again, make_workspace(tmp_path / "V") as other:
        assert again.pseudonym("Jane Doe") == name
        assert other.pseudonym("Jane Doe") != name


def test_a_reader_cannot_write(folder: Path) -> None:
    """SQLite itself refuses; the state stays."""
    with Workspace.open(folder, write=False) as reader, pytest.raises(WorkspaceError, match="readonly"):
        reader.add_agents(["Ada"])


def test_a_model_is_named_by_its_content_and_used_once_pointed_at(tmp_path: Path) -> None:
    """Saving alone changes nothing; the newest pointed at counts."""
    with make_workspace(tmp_path / "W") as workspace:
        first = workspace.save_model("themes", b"weights")
        assert re.fullmatch(r"themes-[0-9a-f]{16}\.npz", first.name)
        assert workspace.model() is None
        workspace.point_at_model(first, 300)
        second = workspace.save_model("themes", b"other")
        assert workspace.model() == (first, 300)
        workspace.point_at_model(second, 1200)
        assert workspace.model() == (second, 1200)
        workspace.point_at_model(workspace.save_model("themes", b"weights"), 1300)
        assert workspace.model() == (first, 1300)
        assert len(list((tmp_path / "W" / "models").iterdir())) == 2


@pytest.mark.parametrize("harm", [Path.unlink, cut, spoil])
def test_a_model_that_is_not_what_was_saved_is_never_used(folder: Path, harm: object) -> None:
    """Gone, cut or changed: it is named."""
    assert callable(harm)
    with Workspace.open(folder, write=False) as reader:
        model = reader.model()
        assert model is not None
        harm(model[0])
        with pytest.raises(WorkspaceError, match=f"E_DAMAGED .*{model[0].name}"):
            reader.model()


def test_latest_leads_to_the_newest_report(tmp_path: Path) -> None:
    """By a relative link, so that the folder can be moved; nothing half-made stays."""
    with make_workspace(tmp_path / "W") as workspace:
        for run in ("R000001", "R000002"):
            (workspace.report_folder(run) / "report.html").write_text(run, encoding="ascii")
            workspace.publish_latest(run)
    moved = (tmp_path / "W").rename(tmp_path / "moved")
    assert (moved / "reports" / "latest" / "report.html").read_text(encoding="ascii") == "R000002"
    assert sorted(path.name for path in (moved / "reports").iterdir()) == ["R000001", "R000002", "latest"]


def test_the_status_counts_what_is_kept(folder: Path) -> None:
    """Dates are those of the data."""
    with Workspace.open(folder, write=True) as workspace:
        workspace.finish_run("R000001", {})
    with Workspace.open(folder, write=False) as reader:
        status = reader.status()
        dates = reader.rows().verbatims["created_at"].dropna()
    assert [status[name] for name in ("rows", "files", "runs", "themes")] == [20, 1, 1, 0]
    assert [status["first"], status["last"]] == [dates.min().isoformat(), dates.max().isoformat()]
    assert str(status["model"]).startswith("themes-")
    assert status["size"] > (folder / "state.sqlite").stat().st_size
    assert status["schema_version"] == SCHEMA_VERSION


def test_the_status_of_a_new_workspace_has_no_dates(tmp_path: Path) -> None:
    """Nothing is invented."""
    with make_workspace(tmp_path / "W") as workspace:
        status = workspace.status()
    assert [status[name] for name in ("rows", "first", "last", "model")] == [0, None, None, None]

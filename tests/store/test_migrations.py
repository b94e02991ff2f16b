"""Migrations: numbered, and wholly or not at all."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cx_text.errors import WorkspaceError
from cx_text.records import SCHEMA_VERSION
from cx_text.store import Workspace
from cx_text.store.migrations import MIGRATIONS, migrate, version
from cx_text.store.search import matching
from cx_text.upkeep import check


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Lend an empty state that commits only when told."""
    state = sqlite3.connect(":memory:", isolation_level=None)
    yield state
    state.close()


def tables(connection: sqlite3.Connection) -> set[str]:
    """Return the names of all tables."""
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_there_is_a_migration_for_each_version() -> None:
    """The version of the records is the number of migrations."""
    assert len(MIGRATIONS) == SCHEMA_VERSION


def test_an_empty_state_becomes_the_newest(connection: sqlite3.Connection) -> None:
    """All tables are there, the one for edits included."""
    migrate(connection)
    assert version(connection) == SCHEMA_VERSION
    assert tables(connection) == {
        "rows",
        "mentions",
        "files",
        "agents",
        "models",
        "themes",
        "issues",
        "alerts",
        "runs",
        "edits",
        "facts",
        "documents",
        "told",
        "published",
        "tombstones",
        "erasing",
        "search",
        *(f"search_{part}" for part in ("config", "data", "docsize", "idx")),
    }


def test_a_state_of_the_newest_version_stays_as_it_is(connection: sqlite3.Connection) -> None:
    """Migrating twice is migrating once."""
    migrate(connection)
    connection.execute("INSERT INTO agents VALUES ('Ada')")
    migrate(connection)
    assert connection.execute("SELECT agent FROM agents").fetchall() == [("Ada",)]


def test_rows_survive_a_migration_forward(connection: sqlite3.Connection) -> None:
    """Only the migrations that lie ahead are run."""
    migrate(connection)
    connection.execute("INSERT INTO agents VALUES ('Ada')")
    ahead = ("ALTER TABLE files ADD COLUMN size INTEGER", "CREATE TABLE extra (x)")
    migrate(connection, (*MIGRATIONS, ahead))
    assert version(connection) == SCHEMA_VERSION + 1
    assert "extra" in tables(connection)
    assert connection.execute("SELECT agent FROM agents").fetchall() == [("Ada",)]


def test_a_migration_that_fails_leaves_the_version_before(connection: sqlite3.Connection) -> None:
    """The third version fails after the second was made: neither is kept."""
    migrate(connection)
    before = tables(connection)
    second, third = ("CREATE TABLE extra (x)",), ("DROP TABLE agents", "NO SUCH WORDS")
    with pytest.raises(sqlite3.OperationalError, match="syntax"):
        migrate(connection, (*MIGRATIONS, second, third))
    assert version(connection) == SCHEMA_VERSION
    assert tables(connection) == before
    assert not connection.in_transaction


def test_the_themes_of_the_first_version_survive_without_parents(connection: sqlite3.Connection) -> None:
    """A workspace of the first version opens with all it knew."""
    migrate(connection, MIGRATIONS[:1])
    connection.execute("INSERT INTO themes VALUES ('T0001', 1, 'refund', '[]', 9, 0.5, 'active', 'R000001')")
    migrate(connection)
    kept = connection.execute("SELECT theme_id, label, born, parent_theme_id FROM themes").fetchall()
    assert kept == [("T0001", "refund", "R000001", None)]


def test_runs_issues_and_alerts_of_the_third_version_survive_without_times(
    connection: sqlite3.Connection,
) -> None:
    """When they were new was not kept then."""
    migrate(connection, MIGRATIONS[:3])
    connection.execute("INSERT INTO runs VALUES (1, 'R000001', '{}')")
    connection.execute("INSERT INTO issues VALUES ('R000001', 'I-1', 'T1', 'all', 'spike', 5, 6)")
    connection.execute("INSERT INTO alerts VALUES ('A-1', 'R000001')")
    migrate(connection)
    assert connection.execute("SELECT run_id, now FROM runs").fetchall() == [("R000001", None)]
    assert connection.execute("SELECT issue_id, last_seen, opened FROM issues").fetchall() == [
        ("I-1", 6, None)
    ]
    assert connection.execute("SELECT alert_id, kind, created_at FROM alerts").fetchall() == [
        ("A-1", None, None)
    ]


def old_workspace(folder: Path, until: int) -> None:
    """Make a workspace as version `until` made it: its own statements, a row, a mention and a run."""
    folder.mkdir(mode=0o700)
    (folder / "secret").write_bytes(b"s" * 32)
    (folder / "lock").touch()
    (folder / "models").mkdir()
    (folder / "reports").mkdir()
    with closing(sqlite3.connect(folder / "state.sqlite", isolation_level=None)) as state:
        migrate(state, MIGRATIONS[:until])
        state.execute(
            "INSERT INTO rows (verbatim_id, content_hash, text_key, run_id, file_sha256, text, status,"
            " theme_ids, behaviours, attributes) VALUES"
            " ('a', 'h', 'k', 'R000001', 'f', 'My refund is late', 'themed', '[]', '[]', '{}')"
        )
        state.execute(
            "INSERT INTO mentions (verbatim_id, start, \"end\", theme_id) VALUES ('a', 3, 9, 'T0001')"
        )
        state.execute(
            "INSERT INTO runs (number, run_id, record) VALUES (1, 'R000001', '{\"run_id\": \"R000001\"}')"
        )


def held(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what a state says by table."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as state:
        return {name: state.execute(f"SELECT * FROM {name}").fetchall() for name in sorted(tables(state))}  # noqa: S608


@pytest.mark.parametrize("until", range(1, len(MIGRATIONS)))
def test_a_workspace_of_every_older_version_is_brought_forward(tmp_path: Path, until: int) -> None:
    """Promise 30: all it knew is there, can be searched, and the state as it was lies beside it."""
    old_workspace(tmp_path / "W", until)
    before = held(tmp_path / "W" / "state.sqlite")
    with pytest.raises(WorkspaceError, match="E_OLDER"):
        Workspace.open(tmp_path / "W", write=False)
    with Workspace.open(tmp_path / "W", write=True) as space:
        assert space.rows().verbatims["text"].tolist() == ["My refund is late"]
        assert space.rows().mentions["theme_id"].tolist() == ["T0001"]
        assert space.runs() == [{"run_id": "R000001"}]
        assert matching(space, "refund") == {"a"}
    copy = tmp_path / "W" / f"state-{until}.sqlite"
    assert held(copy) == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert check(tmp_path / "W") == []


def test_a_migration_that_fails_on_disk_leaves_the_old_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opens again with the next start, as if nothing had been."""
    old_workspace(tmp_path / "W", 3)
    before = held(tmp_path / "W" / "state.sqlite")
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "__defaults__", ((*MIGRATIONS[:-1], ("NO SUCH WORDS",)),))
        with pytest.raises(sqlite3.OperationalError):
            Workspace.open(tmp_path / "W", write=True)
    assert held(tmp_path / "W" / "state.sqlite") == before
    with Workspace.open(tmp_path / "W", write=True) as space:
        assert len(space.rows()) == 1

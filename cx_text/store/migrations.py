"""The shapes of the state: numbered migrations, each a list of statements, never changed once shipped.

The version of a state is SQLite's `user_version`; 0 is an empty file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

Migration = tuple[str, ...]

_FIRST: Migration = (
    """CREATE TABLE rows (
        verbatim_id TEXT PRIMARY KEY NOT NULL,
        content_hash TEXT NOT NULL,
        text_key TEXT NOT NULL,
        run_id TEXT NOT NULL,
        file_sha256 TEXT NOT NULL,
        created_at INTEGER,
        channel TEXT, agent TEXT, team TEXT, customer_id TEXT,
        contact_reason TEXT, question TEXT, product TEXT,
        language TEXT,
        csat REAL, nps REAL, ces REAL,
        resolved INTEGER,
        first_response_minutes REAL, handle_minutes REAL, value REAL,
        text TEXT,
        status TEXT,
        sentiment REAL, sentiment_label TEXT, effort REAL, emotion TEXT,
        theme_id TEXT, theme_ids TEXT NOT NULL, behaviours TEXT NOT NULL,
        attribution TEXT, conflict INTEGER,
        attributes TEXT NOT NULL)""",
    """CREATE TABLE mentions (
        verbatim_id TEXT NOT NULL REFERENCES rows ON DELETE CASCADE,
        start INTEGER, "end" INTEGER,
        theme_id TEXT, sentiment REAL, confidence REAL)""",
    "CREATE INDEX mentions_by_verbatim ON mentions (verbatim_id)",
    """CREATE TABLE files (
        number INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        config_key TEXT NOT NULL,
        run_id TEXT NOT NULL,
        ledger TEXT NOT NULL,
        columns TEXT NOT NULL,
        UNIQUE (sha256, config_key))""",
    "CREATE TABLE agents (agent TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID",
    """CREATE TABLE models (
        number INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        learned_from INTEGER NOT NULL)""",
    """CREATE TABLE themes (
        theme_id TEXT PRIMARY KEY NOT NULL,
        number INTEGER NOT NULL,
        label TEXT,
        keywords TEXT NOT NULL,
        size INTEGER,
        stability REAL,
        status TEXT NOT NULL,
        born TEXT NOT NULL)""",
    """CREATE TABLE issues (
        run_id TEXT NOT NULL,
        issue_id TEXT NOT NULL,
        theme_id TEXT,
        scope TEXT,
        status TEXT,
        first_seen INTEGER,
        last_seen INTEGER,
        PRIMARY KEY (run_id, issue_id))""",
    """CREATE TABLE alerts (
        alert_id TEXT NOT NULL,
        run_id TEXT NOT NULL,
        PRIMARY KEY (alert_id, run_id)) WITHOUT ROWID""",
    """CREATE TABLE runs (
        number INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL UNIQUE,
        record TEXT NOT NULL)""",
    """CREATE TABLE edits (
        id INTEGER PRIMARY KEY,
        made_at TEXT NOT NULL,
        author TEXT NOT NULL,
        action TEXT NOT NULL,
        reason TEXT NOT NULL)""",
    "CREATE TABLE facts (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
)

_PARENTS: Migration = ("ALTER TABLE themes ADD COLUMN parent_theme_id TEXT",)

_OBSERVED: Migration = (
    "ALTER TABLE rows ADD COLUMN contacts INTEGER",
    "ALTER TABLE rows ADD COLUMN repeat_contact INTEGER",
    "ALTER TABLE rows ADD COLUMN risks TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE rows ADD COLUMN journey TEXT",
    "ALTER TABLE mentions ADD COLUMN attribution TEXT",
)

_EPISODES: Migration = (
    "ALTER TABLE runs ADD COLUMN now INTEGER",
    "ALTER TABLE issues ADD COLUMN label TEXT",
    "ALTER TABLE issues ADD COLUMN opened INTEGER",
    "ALTER TABLE alerts ADD COLUMN kind TEXT",
    "ALTER TABLE alerts ADD COLUMN created_at INTEGER",
)

_COUNTED: Migration = (
    "ALTER TABLE rows ADD COLUMN length INTEGER",
    "UPDATE rows SET length = LENGTH(TRIM(text)) - LENGTH(REPLACE(TRIM(text), ' ', '')) + 1 WHERE text > ''",
    "CREATE INDEX rows_by_text ON rows (text_key)",
)

_SEARCHED: Migration = (
    # numbers of their own, since VACUUM may renumber the hidden rowids of `rows`
    "CREATE TABLE documents (number INTEGER PRIMARY KEY, verbatim_id TEXT NOT NULL UNIQUE)",
    "CREATE VIEW searched AS SELECT number, text FROM documents JOIN rows USING (verbatim_id)",
    "CREATE VIRTUAL TABLE search USING fts5(text, content='searched', content_rowid='number')",
    """CREATE TRIGGER row_added AFTER INSERT ON rows BEGIN
        INSERT INTO documents (verbatim_id) VALUES (new.verbatim_id);
        INSERT INTO search (rowid, text) VALUES (last_insert_rowid(), new.text);
    END""",
    """CREATE TRIGGER row_changed AFTER UPDATE OF text ON rows WHEN old.text IS NOT new.text BEGIN
        INSERT INTO search (search, rowid, text)
            SELECT 'delete', number, old.text FROM documents WHERE verbatim_id = old.verbatim_id;
        INSERT INTO search (rowid, text)
            SELECT number, new.text FROM documents WHERE verbatim_id = new.verbatim_id;
    END""",
    """CREATE TRIGGER row_removed BEFORE DELETE ON rows BEGIN
        INSERT INTO search (search, rowid, text)
            SELECT 'delete', number, old.text FROM documents WHERE verbatim_id = old.verbatim_id;
        DELETE FROM documents WHERE verbatim_id = old.verbatim_id;
    END""",
    "INSERT INTO documents (verbatim_id) SELECT verbatim_id FROM rows ORDER BY verbatim_id",
    "INSERT INTO search (search) VALUES ('rebuild')",
)

_KEPT: Migration = (
    "ALTER TABLE models ADD COLUMN data BLOB",
    """CREATE TABLE told (
        run_id TEXT PRIMARY KEY NOT NULL,
        findings BLOB NOT NULL,
        stale INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE published (
        run_id TEXT NOT NULL,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        PRIMARY KEY (run_id, name)) WITHOUT ROWID""",
    """CREATE TABLE tombstones (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        PRIMARY KEY (kind, key)) WITHOUT ROWID""",
    "CREATE TABLE erasing (verbatim_id TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID",
)

MIGRATIONS: tuple[Migration, ...] = (_FIRST, _PARENTS, _OBSERVED, _EPISODES, _COUNTED, (*_SEARCHED, *_KEPT))


def version(connection: sqlite3.Connection) -> int:
    """Return the version of the state behind `connection`; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring the state to the newest version in one transaction: it ends there or stays as it was.

    A state of the newest version is not touched.
    """
    ahead = migrations[version(connection) :]
    if not ahead:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for migration in ahead:
            for statement in migration:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
    except BaseException:
        connection.rollback()
        raise
    connection.commit()

"""The rows a workspace knows: which are new, taking them in, scoring them again, giving them back."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Literal

import pandas as pd

from cx_text.records import COUNTED, MENTIONS, SUBSTANTIVE, VERBATIMS, Scored, Table
from cx_text.stages.naming import Roster
from cx_text.store.cells import (
    Cells,
    cells,
    column,
    compact,
    packed_attributes,
    turned,
    unpacked_attributes,
)
from cx_text.store.database import Database, Values
from cx_text.store.edits import read_edits
from cx_text.store.statements import (
    AT_ONCE,
    KEPT,
    MENTION,
    RESCORE,
    SCORES,
    SELECT_COUNTED,
    SELECT_MENTIONS,
    SELECT_NEWEST,
    SELECT_ROWS,
    SELECT_SAMPLED,
    UPSERT,
    select_of,
)
from cx_text.taxonomy import corrected
from cx_text.text import digest_of, length, text_key

RowState = Literal["new", "same", "changed"]


@dataclass(frozen=True)
class FileRecord:
    """One input file as it was taken.

    Attributes:
        name: its name without folders.
        sha256: the hash of its bytes.
        config_key: the hash of mapping and config it was read under.
        ledger: the numbers of its rows: read, accepted, quarantined, duplicate, updated.
        columns: what was mapped to what, header by canonical column.
    """

    name: str
    sha256: str
    config_key: str
    ledger: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)


class State(Database):
    """The rows, mentions and files of one workspace; rows are given as people corrected them."""

    def __init__(self, connection: sqlite3.Connection, place: Path, secret: bytes, *, write: bool) -> None:
        """Speak through `connection`; contents and customers are keyed by `secret`."""
        super().__init__(connection, place, write=write)
        self._secret = secret

    def keyed(self, purpose: str, value: str, size: int = 16) -> str:
        """Return `2 * size` hex digits that only the workspace's secret can connect to `value`."""
        data = value.encode("utf-8", "surrogatepass")
        return blake2b(data, digest_size=size, key=self._secret, person=purpose.encode()).hexdigest()

    def pseudonym(self, customer_id: str) -> str:
        """Return the name that stands for a customer in all that is stored: ``c_`` and 16 hex digits."""
        return f"c_{self.keyed('customer', customer_id, 8)}"

    def known(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the keyed content hash of each of `ids` that the workspace knows."""
        return self._of_ids("content_hash", ids)

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the redacted text of those of the verbatims `ids` that there are."""
        return {name: text or "" for name, text in self._of_ids("text", ids).items()}

    def _of_ids(self, name: str, ids: Sequence[str]) -> dict[str, str]:
        """Return what the rows with these ids have in a column."""
        found: dict[str, str] = {}
        for start in range(0, len(ids), AT_ONCE):
            part = list(ids[start : start + AT_ONCE])
            found.update(self.select(select_of(name, len(part)), part))
        return found

    def content_state(self, ids: Sequence[str], content_hashes: Sequence[str]) -> list[RowState]:
        """Return for each row whether it is new, known with the same content, or known with another.

        Row i has the id ``ids[i]`` and the content ``content_hashes[i]``.
        """
        known = self.known(ids)
        return [
            _row_state(known.get(one), self.keyed("content", content))
            for one, content in zip(ids, content_hashes, strict=True)
        ]

    def file_taken(self, sha256: str, config_key: str) -> bool:
        """Return whether the file's rows are in the workspace as this mapping and config read them."""
        newest = self.select(
            "SELECT config_key FROM files WHERE sha256 = ? ORDER BY number DESC LIMIT 1", (sha256,)
        )
        return newest == [(config_key,)]

    def take(self, file: FileRecord, scored: Scored, content_hashes: Sequence[str], run_id: str) -> None:
        """Keep the rows of one file, new or changed, and that it was taken; wholly or not at all.

        Row i of `scored` has the content ``content_hashes[i]``; its customer is a pseudonym already.

        Raises:
            ValueError: an id occurs twice, a mention has no row, or lengths differ (a mistake of ours).
        """
        rows, mentions = _checked(scored)
        texts = rows["text"].fillna("").tolist()
        columns = [
            *(cells(rows[name], VERBATIMS.columns[name]) for name in KEPT),
            packed_attributes(rows),
            [self.keyed("content", content) for content in content_hashes],
            [digest_of(text_key(text)) for text in texts],
            [length(text) for text in texts],
            [run_id] * len(rows),
            [file.sha256] * len(rows),
        ]
        with self.transaction():
            self.change_many(UPSERT, zip(*columns, strict=True))
            self._replace_mentions(columns[0], mentions)
            self.change(
                "INSERT OR REPLACE INTO files (name, sha256, config_key, run_id, ledger, columns)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    file.name,
                    file.sha256,
                    file.config_key,
                    run_id,
                    compact(dict(file.ledger)),
                    compact(dict(file.columns)),
                ),
            )

    def rescore(self, scored: Scored) -> None:
        """Replace language, scores and mentions of known rows; wholly or not at all.

        Raises:
            ValueError: a row is not known, an id occurs twice or a mention has no row (a mistake of ours).
        """
        rows, mentions = _checked(scored)
        ids = cells(rows["verbatim_id"], VERBATIMS.columns["verbatim_id"])
        columns = [*(cells(rows[name], VERBATIMS.columns[name]) for name in SCORES), ids]
        with self.transaction():
            if self.change_many(RESCORE, zip(*columns, strict=True)) < len(ids):
                raise ValueError("only rows of the workspace can be scored again")
            self._replace_mentions(ids, mentions)

    def _replace_mentions(self, ids: Cells, mentions: pd.DataFrame) -> None:
        """Forget the mentions of the rows `ids` and keep these."""
        self.change_many("DELETE FROM mentions WHERE verbatim_id = ?", ((one,) for one in ids))
        columns = [cells(mentions[name], kind) for name, kind in MENTIONS.columns.items()]
        self.change_many(MENTION, zip(*columns, strict=True))

    def roster(self) -> tuple[str, ...]:
        """Return the names of all agents ever seen, sorted."""
        return tuple(name for (name,) in self.select("SELECT agent FROM agents ORDER BY agent"))

    def rows(self, since: pd.Timestamp | None = None, run_id: str | None = None) -> Scored:
        """Return the kept rows, ordered by (created_at, verbatim_id), and their mentions in that order.

        `duplicate_of` is left empty: it is a finding. Rows without a date come last.

        Args:
            since: leave out rows before this time; those without a date stay.
            run_id: only rows that this run took in or updated.
        """
        return self._scored(SELECT_ROWS, VERBATIMS, since, run_id)

    def counted(self, since: pd.Timestamp | None = None) -> Scored:
        """Return the kept rows as table COUNTED, without a text, and their mentions; else as `rows`."""
        return self._scored(SELECT_COUNTED, COUNTED, since, None)

    def newest(self, most: int) -> pd.DataFrame:
        """Return the `most` newest rows, table VERBATIMS."""
        return self._with_texts(SELECT_NEWEST, {"most": most})

    def sampled(self, most: int, *, late: bool) -> pd.DataFrame:
        """Return rows with the first `most` text keys, as good as drawn by lot, table VERBATIMS.

        `late`: of the rows that runs after that of the last learning took in, else of the others.
        """
        return self._with_texts(SELECT_SAMPLED, {"most": most, "late": late})

    def _scored(self, statement: str, table: Table, since: pd.Timestamp | None, run_id: str | None) -> Scored:
        """Return wanted rows as `table`, and their mentions."""
        wanted = {"since": None if since is None else _moment(since), "run_id": run_id}
        with self.transaction():
            rows = self._verbatims(statement, table, wanted)
            said = [
                _frame(MENTIONS, list(MENTIONS.columns), part)
                for part in self.select_in_parts(SELECT_MENTIONS, wanted)
            ]
        mentions = pd.concat([MENTIONS.frame(), *said], ignore_index=True)
        return corrected(Scored(rows, mentions), read_edits(self.path))

    def _with_texts(self, statement: str, wanted: Values) -> pd.DataFrame:
        """Return wanted rows as table VERBATIMS, as people corrected them."""
        rows = self._verbatims(statement, VERBATIMS, wanted)
        return corrected(Scored(rows, MENTIONS.frame()), read_edits(self.path)).verbatims

    def _verbatims(self, statement: str, table: Table, wanted: Values) -> pd.DataFrame:
        """Return the rows of an answer as `table`; the last column of the answer holds attributes."""
        names = [name for name in table.columns if name != "duplicate_of"]
        named = Roster.of(self.roster() if table is COUNTED else ()).others
        parts = []
        for part in self.select_in_parts(statement, wanted):
            *kept, attributes = turned(part, len(names) + 1)
            told = {name: column(cell, table.columns[name]) for name, cell in zip(names, kept, strict=True)}
            if table is COUNTED:
                told["named_agent"] = named((text or "" for text in kept[-1]), told["agent"])
            parts.append(pd.DataFrame({**told, **unpacked_attributes(attributes)}))
        return table.frame(pd.concat([table.frame(), *parts], ignore_index=True))

    def distinct_texts(self) -> int:
        """Return the number of distinct texts with content to be themed: what learning goes by."""
        statement = "SELECT COUNT(DISTINCT text_key) FROM rows WHERE status IN (?, ?)"
        return int(self.select(statement, SUBSTANTIVE)[0][0])


def _checked(scored: Scored) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return verbatims and mentions as their tables; each id once, each mention with its row."""
    rows, mentions = VERBATIMS.frame(scored.verbatims), MENTIONS.frame(scored.mentions)
    if not rows["verbatim_id"].is_unique:
        raise ValueError("each verbatim_id can be given once")
    if not mentions["verbatim_id"].isin(rows["verbatim_id"]).all():
        raise ValueError("each mention needs its verbatim")
    return rows, mentions


def _frame(table: Table, names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """Return some rows of an answer with the columns `names` as `table`."""
    columns = zip(names, turned(rows, len(names)), strict=True)
    return table.frame({name: column(values, table.columns[name]) for name, values in columns})


def _row_state(known: str | None, content: str) -> RowState:
    """Return what a row is, from the content hash known for its id and its own."""
    if known is None:
        return "new"
    return "same" if known == content else "changed"


def _moment(time: pd.Timestamp) -> int:
    """Return a time as microseconds since 1970; without a zone it is UTC."""
    aware = time.tz_localize("UTC") if time.tzinfo is None else time
    return int(aware.asm8.astype("datetime64[us]").astype("int64"))

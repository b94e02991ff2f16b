"""Deletion that is noted before it begins, so that whoever writes next can finish it.

A deletion first buries what it is about: keyed hashes that keep an old export from bringing it back.
In the same transaction the ids of the rows that are still there are noted as being erased. The note
goes last, when no other trace is left; then only the rewriting of the file remains.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from cx_text.records import Verbatims
from cx_text.store.cells import compact
from cx_text.store.disk import locked
from cx_text.store.publications import Publications
from cx_text.store.search import rebuild
from cx_text.store.told import Told

_DUE = "rewriting"
_FLOOR = "purged_before"


class Erasure(Publications):
    """What is to be deleted from a workspace, and what must not come back."""

    def bury_customer(self, customer_id: str) -> int:
        """Return how many rows of a customer are to be erased; no row of theirs comes in again."""
        with self.transaction():
            self._bury("customer", [customer_id])
            found = self._mark("WHERE customer_id = ?", (self.pseudonym(customer_id),))
            self._bury("verbatim", found)
        return len(found)

    def bury_verbatim(self, verbatim_id: str) -> int:
        """Return how many rows, one or none, are to be erased; none with this id comes in again."""
        with self.transaction():
            self._bury("verbatim", [verbatim_id])
            return len(self._mark("WHERE verbatim_id = ?", (verbatim_id,)))

    def bury_before(self, time: pd.Timestamp) -> int:
        """Return how many rows from before `time` are to be erased; none from then comes in again."""
        floor = int(time.tz_convert("UTC").asm8.astype("datetime64[us]").astype("int64"))
        with self.transaction():
            known = self._fact(_FLOOR)
            floor = floor if known is None else max(floor, int(known))
            self._note(_FLOOR, str(floor))
            return len(self._mark("WHERE created_at < ?", (floor,)))

    def _mark(self, condition: str, values: Sequence[str | int]) -> list[str]:
        """Note rows as being erased and return their ids."""
        found = self.select(f"SELECT verbatim_id FROM rows {condition}", values)  # noqa: S608  our own words
        self.change_many("INSERT OR IGNORE INTO erasing (verbatim_id) VALUES (?)", found)
        if found:
            self._note(_DUE, "1")
        return [one for (one,) in found]

    def _bury(self, kind: str, names: Iterable[str]) -> None:
        """Keep the keyed hashes of customers or verbatims that are gone for good."""
        keys = ((kind, self._grave(kind, name)) for name in names)
        self.change_many("INSERT OR IGNORE INTO tombstones (kind, key) VALUES (?, ?)", keys)

    def _grave(self, kind: str, name: str) -> str:
        """Return the keyed hash of what is gone; it is not the pseudonym that rows carried."""
        return self.keyed(f"gone {kind}", name)

    def buried(self, verbatims: Verbatims) -> pd.Series:
        """Return which of n rows must not come in (n,): deleted, by a deleted customer, or purged."""
        frame = verbatims.frame
        gone = pd.Series(data=False, index=frame.index)
        for kind, name in (("verbatim", "verbatim_id"), ("customer", "customer_id")):
            keys = {key for (key,) in self.select("SELECT key FROM tombstones WHERE kind = ?", (kind,))}
            if keys:
                names = frame[name].dropna().unique()
                gone |= frame[name].isin([one for one in names if self._grave(kind, one) in keys])
        floor = self._fact(_FLOOR)
        if floor is not None:
            start = pd.Timestamp(int(floor), unit="us", tz="UTC")
            gone |= (frame["created_at"] < start).fillna(value=False)
        return gone

    @property
    def has_buried(self) -> bool:
        """Whether anything was ever deleted or purged."""
        return self._fact(_FLOOR) is not None or bool(self.select("SELECT 1 FROM tombstones LIMIT 1"))

    @property
    def is_erasing(self) -> bool:
        """Whether a deletion was begun and not finished."""
        return self._fact(_DUE) is not None

    def erasing(self) -> frozenset[str]:
        """Return the ids of the rows being erased; also of those that are gone but for their traces."""
        return frozenset(one for (one,) in self.select("SELECT verbatim_id FROM erasing"))

    def rows_left(self) -> list[str]:
        """Return the texts of the rows being erased that are still there; empty texts, too."""
        texts = self.select("SELECT COALESCE(text, '') FROM rows JOIN erasing USING (verbatim_id)")
        return [text for (text,) in texts]

    def erase_rows(self) -> None:
        """Delete the rows being erased, with their mentions."""
        self.change("DELETE FROM rows WHERE verbatim_id IN (SELECT verbatim_id FROM erasing)")

    def retell(self, run_id: str, told: Told, record: Mapping[str, Any]) -> None:
        """Keep what a run found, and its record, in place of what it said before; its reports are stale."""
        with self.transaction():
            self.keep_told(run_id, told)
            kept = (compact(dict(record), ordered=False), run_id)
            self.change("UPDATE runs SET record = ? WHERE run_id = ?", kept)
            self.change("UPDATE told SET stale = 1 WHERE run_id = ?", (run_id,))

    def stale(self) -> list[str]:
        """Return the runs whose reports are to be told again."""
        return [one for (one,) in self.select("SELECT run_id FROM told WHERE stale ORDER BY run_id")]

    def retold(self, run_id: str) -> None:
        """Note that the reports of a run are as the state says."""
        self.change("UPDATE told SET stale = 0 WHERE run_id = ?", (run_id,))

    def rename_themes(self, named: Callable[[str], str]) -> None:
        """Give themes and issues, also those of the past, the labels and keywords that `named` makes."""
        rows = self.select("SELECT label, keywords, theme_id FROM themes")
        changed = [
            (label and named(label), compact([named(one) for one in json.loads(words)]), theme)
            for label, words, theme in rows
        ]
        self.change_many("UPDATE themes SET label = ?, keywords = ? WHERE theme_id = ?", changed)
        labels = self.select("SELECT DISTINCT label FROM issues WHERE label IS NOT NULL")
        self.change_many(
            "UPDATE issues SET label = ? WHERE label = ?", ((named(one), one) for (one,) in labels)
        )

    def finish_erasing(self) -> None:
        """Forget which rows were erased, and leave no byte of them in the file of the state.

        Raises:
            LockedError: another program reads; the next call ends it.
        """
        with self.transaction():
            self.change("DELETE FROM erasing")
            rebuild(self)
        self.change("INSERT INTO search (search) VALUES ('optimize')")
        self.change("VACUUM")
        if self.select("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]:
            raise locked(self.path)
        self.change("DELETE FROM facts WHERE name = ?", (_DUE,))

    def _fact(self, name: str) -> str | None:
        """Return a fact, None where it was never noted."""
        found = self.select("SELECT value FROM facts WHERE name = ?", (name,))
        return str(found[0][0]) if found else None

    def _note(self, name: str, value: str) -> None:
        """Note a fact in place of what it was."""
        self.change("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value))

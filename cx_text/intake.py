"""What a night takes in: the rows of exports that a workspace does not hold yet, and where all rows went."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from cx_text.account import Ledger
from cx_text.config import Config
from cx_text.errors import InputError, UsageError
from cx_text.pipeline import hider, redact
from cx_text.readers import Reading, find_inputs, read_file, read_stream
from cx_text.readers.sheet import listed, normal, shown
from cx_text.readers.source import take
from cx_text.records import REJECTED, Verbatims
from cx_text.store import FileRecord, Workspace
from cx_text.text import digest_of


@dataclass(frozen=True)
class Fresh:
    """One file's rows that the workspace does not hold yet, redacted, and where all its rows went.

    `withheld` counts rows that were deleted, or are of before a purge: they do not come in again.
    """

    reading: Reading
    rows: pd.DataFrame
    content: Sequence[str]
    ledger: Ledger
    key: str
    withheld: int = 0

    @property
    def counts(self) -> bool:
        """Whether the file brings anything that was not known."""
        return bool(self.ledger.accepted or self.ledger.quarantined)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the report should know of the file, in plain words."""
        if not self.withheld:
            return self.reading.warnings
        told = f"{self.reading.name}: {self.withheld} rows were deleted or purged before and are left out"
        return (*self.reading.warnings, f"{told}; they count as duplicate")

    def told(self) -> dict[str, Any]:
        """Return the entry of this file in ``run.json``."""
        return {**self.reading.told(), "ledger": self.ledger.to_dict()}

    def record(self) -> FileRecord:
        """Return what the workspace keeps of the file."""
        reading = self.reading
        return FileRecord(reading.name, reading.sha256, self.key, self.ledger.to_dict(), reading.columns)


def read_all(
    inputs: Sequence[str | Path], space: Workspace, config: Config, output: Path | None = None
) -> tuple[list[Reading], tuple[InputError, ...]]:
    """Return what the files not taken before hold, and why others could not be taken.

    What lies in a folder of exports by way of workspace or `output` is ours, and no export.
    A file whose columns cannot be told is refused among others; alone, it is the call that is wrong.

    Raises:
        UsageError: an input is missing, or a column cannot be told.
    """
    readings: list[Reading] = []
    refused: list[InputError] = []
    ours = [one for one in (space.path, output) if one]
    paths = [path for one in inputs for path in ([one] if str(one) == "-" else _exports(one, ours))]
    for path in paths:
        try:
            readings.extend(_read(path, space, config))
        except InputError as error:
            refused.append(error)
        except UsageError as error:
            if error.code != "AMBIGUOUS" or len(paths) == 1:
                raise
            refused.append(InputError(error.code, error.wrong, error.mend, shown(Path(path).name, 200)))
    return readings, tuple(refused)


def _exports(given: str | Path, ours: Sequence[Path]) -> list[Path]:
    """Return the files that an input names, without those in folders of ours that lie inside it."""
    top = Path(given).resolve()
    inside = [one.resolve() for one in ours if top in one.resolve().parents]
    return [
        path for path in find_inputs([given]) if not any(one in path.absolute().parents for one in inside)
    ]


def _read(path: str | Path, space: Workspace, config: Config) -> Iterator[Reading]:
    """Yield the reading of one input, nothing where the workspace took its bytes before."""
    if str(path) != "-":
        if not _taken(Path(path), space, config):
            yield read_file(Path(path), config)
    elif sys.stdin is None:
        raise InputError("E_EMPTY", "standard input is closed", "send it an export", "-")
    else:
        yield read_stream(sys.stdin.buffer, config)


def _taken(path: Path, space: Workspace, config: Config) -> bool:
    """Return whether the workspace took the bytes of a file before; `read_file` tells what bars them."""
    try:
        data = take(path, config.input)
    except InputError:
        return False
    return space.file_taken(hashlib.sha256(data).hexdigest(), config_key(config))


def config_key(config: Config) -> str:
    """Return the hash of the settings that decide how a file is read."""
    return Config(columns=config.columns, input=config.input, scores=config.scores).sha256


def agents_of(readings: Sequence[Reading]) -> list[str]:
    """Return the names of all agents in the exports, sorted."""
    return sorted({name for one in readings for name in one.verbatims.frame["agent"].dropna()})


def fresh_rows(readings: Sequence[Reading], space: Workspace, config: Config) -> list[Fresh]:
    """Return each file's rows that are new or changed.

    Of several files with a row of the same id the last one counts, as if each had its own night; in
    the others the row is a duplicate.
    """
    roster = sorted({*space.roster(), *agents_of(readings)})
    key = config_key(config)
    last = {row: n for n, one in enumerate(readings) for row in one.verbatims.frame["verbatim_id"]}
    fresh = []
    for number, reading in enumerate(readings):
        frame = reading.verbatims.frame
        content = pd.Series([digest_of(one, key) for one in frame["content_hash"]], frame.index, dtype=str)
        state = pd.Series(
            space.content_state(list(frame["verbatim_id"]), list(content)), frame.index, dtype=str
        )
        gone = space.buried(reading.verbatims)
        kept = (state != "same") & (frame["verbatim_id"].map(last) == number) & ~gone
        ledger = Ledger(
            read=reading.read,
            accepted=int(kept.sum()),
            quarantined=len(reading.rejected),
            duplicate=reading.duplicate + int((~kept).sum()),
            updated=int((state[kept] == "changed").sum()),
        )
        rows = redact(Verbatims(frame[kept]), config, roster, space.pseudonym)
        fresh.append(Fresh(reading, rows, list(content[kept]), ledger, key, int(gone.sum())))
    return fresh


def rejected_rows(
    readings: Sequence[Reading], roster: Sequence[str], config: Config, *, bare: bool = False
) -> pd.DataFrame:
    """Return the quarantined rows of all inputs, their raw values redacted, table REJECTED.

    These rows name no customer. Where customers were deleted one may be theirs: with `bare` the values are
    left out, and file and line have to do.
    """
    hide = _nothing if bare else hider(msgspec.structs.replace(config.privacy, redact=True), roster)
    frame = pd.concat([REJECTED.frame(), *(one.rejected for one in readings)], ignore_index=True)
    return REJECTED.frame(frame.assign(raw=[hide(text) for text in frame["raw"].fillna("")]))


def _nothing(_: str) -> str:
    """Return what is told of a value that may not be told."""
    return ""


def strangers(readings: Sequence[Reading], known: Sequence[dict[str, Any]]) -> list[str]:
    """Return a warning for each export that shares no column mapping with the runs recorded in `known`."""
    pairs = {pair for record in known for pair in record["columns"].items()}
    return [
        f"{one.name}: no column is mapped as in any earlier export; does it belong to this workspace?"
        for one in readings
        if pairs and one.columns and not pairs & set(one.columns.items())
    ]


def drifted(readings: Sequence[Reading], known: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield a warning for each export that lost or gained columns since the last one of its kind.

    Of its kind is an export of the same name, digits aside, else one with the same mapping; `known` are
    the records of earlier runs.
    """
    earlier = [one for record in known for one in record["inputs"] if one.get("columns")]
    for reading in readings:
        told = reading.told()
        if (last := _last_like(told, earlier)) and told["columns"]:
            before, now = _headers(last), _headers(told)
            gone, new = (
                sorted(a[name] for name in a.keys() - b.keys()) for a, b in ((before, now), (now, before))
            )
            if gone or new:
                yield _difference(reading.name, last["name"], gone, new)
        earlier.append(told)


def _difference(name: str, last: str, gone: Sequence[str], new: Sequence[str]) -> str:
    """Return the warning that the export `name` has other columns than the one before it."""
    changes = [f"{what} {listed(names)}" for what, names in (("without", gone), ("new", new)) if names]
    return f"{name}: other columns than {last}: {'; '.join(changes)}; check the export, or set --map"


def _last_like(told: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the last export of the same name or else of the same mapping, None where there is none."""
    by_name = [one for one in earlier if _series(one["name"]) == _series(told["name"])]
    by_mapping = [one for one in earlier if one["columns"] == told["columns"]]
    return next(reversed(by_name or by_mapping), None)


def _series(name: str) -> str:
    """Return what the names of nightly exports share: all but digits."""
    return re.sub(r"[0-9]+", "", name).casefold()


def _headers(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of an export as written, by what they mean."""
    return {normal(name): name for name in (*told["columns"].values(), *told["kept"], *told["dropped"])}

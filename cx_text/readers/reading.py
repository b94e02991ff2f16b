"""From a raw sheet to a `Reading`: mapped, typed, identified, every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.errors import InputError
from cx_text.readers.columns import Typist, attributes
from cx_text.readers.dates import Moment
from cx_text.readers.faults import faults, refuse_worst
from cx_text.readers.identity import Identity, identify
from cx_text.readers.mapping import map_columns
from cx_text.readers.sheet import Sheet
from cx_text.records import INPUT, REJECTED, Verbatims

_FEWEST = 20


@dataclass(frozen=True)
class Reading:
    """What one input gave: ``read == len(verbatims) + len(rejected) + duplicate``.

    Attributes:
        name: file name, without folders.
        sha256: of the bytes as they are stored.
        verbatims: the rows taken.
        rejected: the rows set aside, table REJECTED, by line.
        columns: canonical column -> header it was mapped from.
        kept: headers kept as attributes (``attr_*``).
        dropped: headers named, but not stored.
        read: number of rows in the input.
        duplicate: rows that said the same under the same id again.
        warnings: one sentence each.
    """

    name: str
    sha256: str
    verbatims: Verbatims
    rejected: pd.DataFrame
    columns: dict[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    read: int = 0
    duplicate: int = 0
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that rows add up (a mistake of ours otherwise)."""
        if self.read != len(self.verbatims) + len(self.rejected) + self.duplicate:
            message = f"{self.name}: rows were lost"
            raise ValueError(message)

    def told(self) -> dict[str, Any]:
        """Return what ``run.json`` says of this input."""
        names = ("name", "sha256", "columns", "kept", "dropped")
        return {name: getattr(self, name) for name in names}


def make_reading(sheet: Sheet, config: Config, name: str, sha256: str) -> Reading:
    """Return the reading of a sheet.

    Raises:
        UsageError: AMBIGUOUS or MAPPING, as `map_columns`.
        InputError: E_MISSING_COLUMN, E_FORMAT (order of day and month), E_TOO_MANY_BAD, E_NO_TEXT.
    """
    if not sheet.headers and not sheet.rows:
        return Reading(name, sha256, Verbatims(INPUT.frame()), REJECTED.frame())
    columns = map_columns(sheet.headers, config.columns)
    typist = Typist(config, columns, list(sheet.warnings))
    dates = typist.dates(_cells(sheet, columns["created_at"])) if "created_at" in columns else []
    bad = faults(sheet, columns, dates, config)
    identity = identify(sheet, columns, [place for place in range(len(sheet.rows)) if place not in bad])
    rejected = [*sheet.rejected, *bad.values(), *identity.rejected]
    read = len(sheet.rows) + len(sheet.rejected)
    refuse_worst(rejected, read, config.input.max_bad_share)
    others, kept, dropped = attributes(sheet, identity.kept, set(columns.values()), config.input.keep)
    data = _data(sheet, typist, identity, dates) | others
    _refuse_textless(data["verbatim"], columns["verbatim"])
    return Reading(
        name=name,
        sha256=sha256,
        verbatims=Verbatims(INPUT.frame(data)),
        rejected=_rejected(rejected, name),
        columns=columns,
        kept=kept,
        dropped=dropped,
        read=read,
        duplicate=identity.duplicate,
        warnings=tuple(typist.warnings),
    )


def _cells(sheet: Sheet, header: str, places: Sequence[int] | None = None) -> list[str | None]:
    """Return the cells of a column, of all rows or of those at `places`."""
    own = sheet.headers.index(header)
    rows = sheet.rows if places is None else [sheet.rows[place] for place in places]
    return [row[own] for row in rows]


def _data(sheet: Sheet, typist: Typist, identity: Identity, dates: Sequence[Moment]) -> dict[str, Any]:
    """Return the columns of INPUT for the rows that are kept."""
    cells = {target: _cells(sheet, header, identity.kept) for target, header in typist.headers.items()}
    data: dict[str, Any] = {"verbatim_id": identity.ids, "content_hash": identity.hashes}
    if "created_at" in cells:
        data["created_at"] = _moments([dates[place] for place in identity.kept])
    return data | typist.columns(cells)


def _moments(dates: Sequence[Moment]) -> pd.Series:
    """Return dates as one column; microseconds hold every year from 1 to 9999."""
    naive = [None if date is None else date.replace(tzinfo=None) for date in dates]
    return pd.Series(np.array(naive, dtype="datetime64[us]")).dt.tz_localize("UTC")


def _refuse_textless(texts: Sequence[str], header: str) -> None:
    """Refuse a file of 20 rows or more without any text: the mapping is wrong."""
    if len(texts) >= _FEWEST and not any(text.strip() for text in texts):
        wrong = f'none of {len(texts)} rows has text in "{header}"'
        raise InputError("E_NO_TEXT", wrong, 'name another column: --map verbatim="HEADER"')


def _rejected(rows: Sequence[Mapping[str, Any]], name: str) -> pd.DataFrame:
    """Return the rows set aside as table REJECTED, by line."""
    ordered = sorted(rows, key=lambda row: (row["line"], row["code"]))
    return REJECTED.frame([{"file": name, **row} for row in ordered])

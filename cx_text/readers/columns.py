"""Mapped cells to typed columns; what cannot be read is empty, counted and named in a warning."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from cx_text.config import Config
from cx_text.errors import InputError
from cx_text.readers.cells import flag, number
from cx_text.readers.dates import Moment, moments
from cx_text.readers.mapping import TIMES
from cx_text.readers.sheet import Misfit, Sheet, normal, shown
from cx_text.records import CANONICAL, SCORE_COLUMNS, Kind

MOST_VALUES = 200
_MINUTES = ("first_response_minutes", "handle_minutes")

Value = TypeVar("Value")
Cells = Sequence[str | None]


@dataclass
class Typist:
    """Types the columns of one file; `headers` says where each canonical column comes from.

    `warnings` grows by one sentence for each kind of value that is left empty.
    """

    config: Config
    headers: Mapping[str, str]
    warnings: list[str] = field(default_factory=list)

    def columns(self, cells: Mapping[str, Cells]) -> dict[str, Any]:
        """Return all canonical columns of `cells` but id and date, typed."""
        data = {
            target: self._typed(target, kind, cells[target])
            for target, kind in CANONICAL.items()
            if target in cells and target not in {"verbatim_id", "created_at"}
        }
        if "first_response_minutes" not in data and all(time in cells for time in TIMES):
            data["first_response_minutes"] = self._waits(cells)
        return data | {"verbatim": [str(cell or "") for cell in cells["verbatim"]]}

    def dates(self, cells: Cells) -> list[Moment]:
        """Return the moments of a date column, None where empty or unreadable; warns of nothing.

        Raises:
            InputError: E_FORMAT, nothing says whether the day or the month comes first.
        """
        return moments(cells, self.config.input.date_format, ZoneInfo(self.config.input.timezone))

    def _typed(self, target: str, kind: Kind, cells: Cells) -> list[Any]:
        """Return the values of one column of `kind`."""
        if kind is Kind.TEXT:
            return self._texts(target, cells)
        if kind is Kind.FLAG:
            return self._read(target, cells, flag, "neither yes nor no")
        return self._on_scale(target, self._read(target, cells, number, "no number"))

    def _texts(self, target: str, cells: Cells) -> list[str | None]:
        """Return opaque text; an error cell is empty."""
        values = without_errors(cells)
        self._warn(target, sum(map(_is_error, cells)), "a spreadsheet error", f'--map {target}="HEADER"')
        return values

    def _read(self, target: str, cells: Cells, read: Callable[[str], Value | None], fault: str) -> list[Any]:
        """Return each cell read once by `read`; blank cells are empty."""
        known = {cell: read(cell) for cell in set(cells) if cell and cell.strip()}
        lost = sum(cell in known and known[cell] is None for cell in cells if cell)
        self._warn(target, lost, fault, f'--map {target}="HEADER"')
        return [known.get(cell) if cell else None for cell in cells]

    def _on_scale(self, target: str, values: list[float | None]) -> list[float | None]:
        """Return `values` without those off the scale, or below 0 where minutes are counted."""
        low, high, fault, setting = -math.inf, math.inf, "", ""
        if target in SCORE_COLUMNS:
            low, high = getattr(self.config.scores, target).scale
            fault, setting = f"off the scale {low:g} to {high:g}", f"[scores.{target}] scale"
        elif target in _MINUTES:
            low, fault, setting = 0.0, "below 0", f'--map {target}="HEADER"'
        kept = [value if value is not None and low <= value <= high else None for value in values]
        lost = sum(value is not None for value in values) - sum(value is not None for value in kept)
        self._warn(target, lost, fault, setting)
        return kept

    def _waits(self, cells: Mapping[str, Cells]) -> list[float | None]:
        """Return the minutes from contact to response."""
        asked, answered = (self._times(time, cells[time]) for time in TIMES)
        waits = [
            (end - start).total_seconds() / 60 if start and end else None
            for start, end in zip(asked, answered, strict=True)
        ]
        return self._on_scale("first_response_minutes", waits)

    def _times(self, target: str, cells: Cells) -> list[Moment]:
        """Return the moments of an operational column; all are empty where the order is unknown."""
        try:
            values = self.dates(cells)
        except InputError as error:
            self.warnings.append(f"{self._name(target)}: {error.wrong}; {error.mend}")
            return [None] * len(cells)
        lost = sum(
            value is None and bool(cell and cell.strip()) for value, cell in zip(values, cells, strict=True)
        )
        self._warn(target, lost, "no date", "[input] date_format")
        return values

    def _warn(self, target: str, lost: int, fault: str, setting: str) -> None:
        """Say how many values of a column are left empty, and what to set."""
        if lost:
            noun = "value is" if lost == 1 else "values are"
            self.warnings.append(
                f"{self._name(target)}: {lost} {noun} {fault} and left empty; check {setting}"
            )

    def _name(self, target: str) -> str:
        """Return the column's name for a message, with the header it comes from."""
        header = self.headers.get(target)
        return f'{target} ("{shown(header)}")' if header else target


def without_errors(cells: Cells) -> list[str | None]:
    """Return cells as plain text; empty text and spreadsheet errors are None."""
    return [None if not cell or _is_error(cell) else str(cell) for cell in cells]


def _is_error(cell: str | None) -> bool:
    """Return whether a cell holds a spreadsheet error."""
    return isinstance(cell, Misfit) and cell.code == "Q_ERROR_CELL"


def attributes(
    sheet: Sheet, places: Sequence[int], mapped: Collection[str], keep: Collection[str]
) -> tuple[dict[str, list[str | None]], tuple[str, ...], tuple[str, ...]]:
    """Return the kept attributes of the rows at `places` by name, the headers kept, and those dropped.

    Kept is what is not mapped and has at most 200 distinct values, or is named in `keep`.
    """
    data, kept, dropped = {}, [], []
    wanted = set(map(normal, keep))
    for at, header in enumerate(sheet.headers):
        if header in mapped:
            continue
        cells = without_errors([sheet.rows[place][at] for place in places])
        if normal(header) in wanted or len(set(cells) - {None}) <= MOST_VALUES:
            data[f"attr_{normal(header)}"] = cells
            kept.append(header)
        else:
            dropped.append(header)
    return data, tuple(kept), tuple(dropped)

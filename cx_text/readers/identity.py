"""Which row is which: content hashes, ids, repeats and conflicts inside one file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cx_text.readers.sheet import Row, Sheet, normal, refused
from cx_text.text import digest_of

_DECIMAL = re.compile(r"(-?[0-9]+)\.(?:([0-9]*[1-9])?0*)")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9:]{5,8})(?:(\.[0-9]*[1-9])?\.?0*)(Z|[+-][0-9:]+)?"
)
_TYPED = frozenset("-0123456789tTfF")


@dataclass(frozen=True)
class Identity:
    """Ids and hashes of the rows to keep, and what became of the others.

    Attributes:
        kept: places of the rows to keep, in file order.
        ids: the id of each kept row.
        hashes: the content hash of each kept row.
        duplicate: number of rows that said the same under the same id.
        rejected: rows with the id, but not the content, of another row.
    """

    kept: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    duplicate: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)


def content_hashes(headers: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Return the hash of each row's cells by normalised header, whatever their order and format.

    Empty cells are left out: a column that another row or another night adds changes nothing.
    """
    order = sorted((normal(header), place) for place, header in enumerate(headers))
    return [
        digest_of(*(f"{name}\0{same(cell)}" for name, place in order if (cell := row[place]))) for row in rows
    ]


def same(cell: str) -> str:
    """Return what a cell has in common with the same value written by another format.

    >>> same("4.0"), same("TRUE"), same("2024-01-05 00:00:00"), same("007")
    ('4', 'true', '2024-01-05', '007')
    """
    if cell[0] not in _TYPED or len(cell) > 40:
        return cell
    if match := _DECIMAL.fullmatch(cell):
        return f"{match[1]}.{match[2]}" if match[2] else match[1]
    if match := _MOMENT.fullmatch(cell):
        time = match[2] if len(match[2]) == 8 else f"{match[2]}:00"
        rest = f"{match[3] or ''}{(match[4] or '').replace('Z', '+00:00')}"
        return match[1] if f"{time}{rest}" == "00:00:00" else f"{match[1]}T{time}{rest}"
    return cell.lower() if cell.lower() in {"true", "false"} else cell


def identify(sheet: Sheet, columns: Mapping[str, str], good: Sequence[int]) -> Identity:
    """Return who is who among the rows at the places `good`."""
    rows = [sheet.rows[place] for place in good]
    hashes = dict(zip(good, content_hashes(sheet.headers, rows), strict=True))
    if "verbatim_id" not in columns:
        return _by_content(hashes)
    own = sheet.headers.index(columns["verbatim_id"])
    ids = {place: str(sheet.rows[place][own]) for place in good}
    return _by_id(sheet, columns, ids, hashes)


def _by_content(hashes: Mapping[int, str]) -> Identity:
    """Return ids of content hash and occurrence number: 50 equal rows stay 50."""
    seen: Counter[str] = Counter()
    identity = Identity()
    for place, digest in hashes.items():
        seen[digest] += 1
        identity.kept.append(place)
        identity.ids.append(f"{digest}-{seen[digest]}")
        identity.hashes.append(digest)
    return identity


def _by_id(
    sheet: Sheet, columns: Mapping[str, str], ids: Mapping[int, str], hashes: Mapping[int, str]
) -> Identity:
    """Return the first row of each id; other contents are refused.

    Which content stands does not depend on the order of rows: it is the one of the smallest hash.
    """
    holders: dict[str, int] = {}
    for place, name in ids.items():
        if name not in holders or hashes[place] < hashes[holders[name]]:
            holders[name] = place
    text = sheet.headers.index(columns["verbatim"])
    kept, repeats, rejected = [], 0, []
    for place, name in ids.items():
        holder = holders[name]
        if place == holder:
            kept.append(place)
        elif hashes[place] == hashes[holder]:
            repeats += 1
        else:
            reason = f"line {sheet.lines[holder]} has the same id and other content"
            raw = sheet.rows[place][text] or ""
            line = sheet.lines[place]
            rejected.append(refused(line, "Q_DUP_ID_CONFLICT", reason, raw, columns["verbatim_id"]))
    return Identity(kept, [ids[p] for p in kept], [hashes[p] for p in kept], repeats, rejected)

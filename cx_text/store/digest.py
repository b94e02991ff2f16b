"""The canonical digest: what a state says, with nothing of when, by whom or in which order it was said."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd

from cx_text.records import CATALOGUE, MENTIONS, VERBATIMS, Kind, Scored, Table, attributes
from cx_text.store.cells import cells, compact

LEFT_OUT = ("customer_id", "duplicate_of")
"""Customers are keyed by the workspace's secret; who repeats whom is a finding, not a score."""

Rows = list[dict[str, Any]]


def digest_of_scored(scored: Scored, themes: pd.DataFrame | None = None) -> dict[str, Any]:
    """Return the digest of scored rows: ``rows, mentions, links, themes`` and their ``sha256``.

    Each is a list of JSON objects without their empty cells, sorted; `links` holds each pair of
    verbatim and theme once. Equal rows in any order give equal digests.

    Args:
        scored: n verbatims and their mentions.
        themes: the themes in use, table CATALOGUE.
    """
    mentions = _rows(MENTIONS.frame(scored.mentions), MENTIONS)
    body = {
        "rows": _rows(VERBATIMS.frame(scored.verbatims), VERBATIMS),
        "mentions": mentions,
        "links": _distinct([{key: row.get(key) for key in ("verbatim_id", "theme_id")} for row in mentions]),
        "themes": [] if themes is None else _rows(CATALOGUE.frame(themes), CATALOGUE),
    }
    return {**body, "sha256": hashlib.sha256(compact(body).encode()).hexdigest()}


def _rows(frame: pd.DataFrame, table: Table) -> Rows:
    """Return the rows of a frame of `table` as sorted JSON objects without empty cells."""
    kinds = {**table.columns, **dict.fromkeys(attributes(frame.columns), Kind.TEXT)}
    names = [name for name in kinds if name not in LEFT_OUT]
    columns = [_values(frame[name], kinds[name]) for name in names]
    records = zip(*columns, strict=True)
    return _sorted([dict(zip(names, record, strict=True)) for record in records])


def _values(column: pd.Series, kind: Kind) -> list[Any]:
    """Return a column as JSON values: times as ISO text, flags as booleans, lists as lists."""
    if kind is Kind.LIST:
        return [list(item) for item in column]
    if kind is Kind.TIME:
        return cells(column.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), Kind.TEXT)
    if kind is Kind.FLAG:
        return [None if value is None else bool(value) for value in cells(column, kind)]
    return cells(column, kind)


def _sorted(rows: Rows) -> Rows:
    """Return the rows without empty cells, in the order of their canonical JSON."""
    full = [{key: value for key, value in row.items() if not (value is None or value == [])} for row in rows]
    return sorted(full, key=compact)


def _distinct(rows: Rows) -> Rows:
    """Return each of sorted, equal rows once."""
    return list({compact(row): row for row in rows}.values())

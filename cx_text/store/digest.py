"""The canonical digest: what a state says, with nothing of when, by whom or in which order it was said."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd

from cx_text.records import CATALOGUE, MENTIONS, VERBATIMS, Kind, Scored, Table
from cx_text.store.cells import cells, compact

LEFT_OUT = ("customer_id", "duplicate_of")
"""Customers are keyed by the workspace's secret; who repeats whom is a finding, not a score."""

LINK = ["verbatim_id", "theme_id"]


def digest_of_scored(scored: Scored, themes: pd.DataFrame | None = None) -> dict[str, Any]:
    """Return the digest of scored rows: ``rows, mentions, links, themes`` and their ``sha256``.

    Each is a list of JSON objects without their empty cells, in an order of its own: rows by
    verbatim_id, mentions by all their columns. `links` holds each pair of verbatim and theme once.
    Equal rows in any order give equal digests.

    Args:
        scored: n verbatims and their mentions.
        themes: the themes in use, table CATALOGUE.
    """
    mentions = MENTIONS.frame(scored.mentions).sort_values(list(MENTIONS.columns))
    body = {
        "rows": _objects(VERBATIMS.frame(scored.verbatims).sort_values("verbatim_id"), VERBATIMS),
        "mentions": _objects(mentions, MENTIONS),
        "links": _objects(mentions[LINK].drop_duplicates(), MENTIONS),
        "themes": _objects(
            CATALOGUE.frame(() if themes is None else themes).sort_values("theme_id"), CATALOGUE
        ),
    }
    return {**body, "sha256": hashlib.sha256(compact(body).encode()).hexdigest()}


def _objects(frame: pd.DataFrame, table: Table) -> list[dict[str, Any]]:
    """Return the rows of a frame with columns of `table` as JSON objects without empty cells."""
    names = [name for name in frame.columns if name not in LEFT_OUT]
    columns = [_values(frame[name], table.columns.get(name, Kind.TEXT)) for name in names]
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*columns, strict=True)
    ]


def _values(column: pd.Series, kind: Kind) -> list[Any]:
    """Return a column as JSON values, None where empty: ISO text for times, booleans, lists of text."""
    if kind is Kind.LIST:
        return [list(item) or None for item in column]
    if kind is Kind.TIME:
        return cells(column.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), Kind.TEXT)
    if kind is Kind.FLAG:
        return [None if value is None else bool(value) for value in cells(column, kind)]
    return cells(column, kind)

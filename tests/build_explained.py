"""What the tests of explanations look with."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from flow import Kept

from cx_text.explaining import (
    Source,
)

Facts = dict[str, Any]
ROUNDED = 2e-6
"""Published numbers have 6 decimals."""


def published(kept: Kept, name: str) -> list[dict[str, str]]:
    """Return the rows of a table of the report."""
    with (kept.output / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def figures(facts: Facts) -> dict[str, Facts]:
    """Return figures by name; each says its formula and itself in a sentence."""
    assert all(one["formula"] and one["said"] for one in facts["figures"])
    return {one["name"]: one for one in facts["figures"]}


def same(value: Any, cell: str, slack: float = ROUNDED) -> bool:
    """Return whether a figure is what a cell of a table says."""
    return cell == "" if value is None else value == pytest.approx(float(cell), abs=slack)


def one_with(source: Source, words: str) -> str:
    """Return the id of a comment that holds these words."""
    rows = source.rows.verbatims
    return str(rows[rows["text"].fillna("").str.contains(words)]["verbatim_id"].iloc[0])

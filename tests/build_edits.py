"""Edits and raw themes to test with."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cx_text.records import CATALOGUE
from cx_text.taxonomy import Edit

MOMENT = "2025-03-01T09:30:00Z"


def make_edit(number: int, action: str, theme_id: str, author: str = "Ada", **fields: Any) -> Edit:
    """Return an edit with this number."""
    whole: dict[str, Any] = {"number": number, "made_at": MOMENT, "author": author, "theme_id": theme_id}
    return Edit(action=action, **whole, **fields)  # type: ignore[arg-type]  # any word is tried


def make_edits(*drafts: tuple[Any, ...]) -> tuple[Edit, ...]:
    """Return edits numbered from 1, each given as action, theme and further fields."""
    return tuple(
        make_edit(number, action, theme_id, **(more[0] if more else {}))
        for number, (action, theme_id, *more) in enumerate(drafts, 1)
    )


def raw_themes(*names: str, **parents: str) -> pd.DataFrame:
    """Return themes with these ids, some of them below a parent, table CATALOGUE."""
    return CATALOGUE.frame(
        {
            "theme_id": list(names),
            "label": [f"label of {name}" for name in names],
            "keywords": [["words", f"of {name}"] for name in names],
            "size": [10 for _ in names],
            "stability": [0.5 for _ in names],
            "parent_theme_id": [parents.get(name) for name in names],
        }
    )

"""A workspace to explain, and one that people edited."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from build_edits import MOMENT, make_edit
from build_explained import Facts
from flow import Kept

from cx_text.edits import edit, make_draft
from cx_text.explaining import (
    Source,
    read_source,
)
from cx_text.store.edits import append_edit


@pytest.fixture(scope="session")
def source(kept: Kept) -> Source:
    """Return what the shared workspace holds."""
    return read_source(kept.workspace)


@pytest.fixture(scope="session")
def edited(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Return a workspace in which people defined one theme, merged two, and took one edit back."""
    workspace = Path(shutil.copytree(kept.workspace, tmp_path_factory.mktemp("edited") / "w", symlinks=True))
    told: Facts = {"label": "presents", "phrases": ("a present",), "reason": "asked"}
    append_edit(workspace, make_edit(1, "define", "T0800", **told))
    append_edit(workspace, make_edit(2, "merge", "T0002", into="T0001"))
    append_edit(workspace, make_edit(3, "note", "T0001", label="new depot"))
    undo = {"action": "undo", "theme_id": "", "undoes": 3, "author": "Ada", "made_at": MOMENT}
    edit(workspace, make_draft(**undo), lambda *_: None)
    return read_source(workspace)

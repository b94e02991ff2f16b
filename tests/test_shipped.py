"""The files that ship with the package are where they are looked for."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cx_text import shipped
from cx_text.shipped import model_path, sample_path
from cx_text.stages.vectors import checked


@pytest.mark.parametrize("name", ["minilm-1", "static-1"])
def test_a_shipped_model_is_whole(name: str) -> None:
    """Every file has the hash of its manifest."""
    assert checked(model_path(name)) == model_path(name)


def test_the_sample_has_a_column_of_comments() -> None:
    """The demo can read it."""
    with (sample_path() / "comments.csv").open(encoding="utf-8", newline="") as file:
        assert "Comment" in next(csv.reader(file))


def test_an_installed_package_looks_inside_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel carries models and sample inside; a checkout has them beside the package."""
    package = tmp_path / "site" / "cx_text"
    package.mkdir(parents=True)
    monkeypatch.setattr(shipped, "_PACKAGE", package)
    assert model_path("m") == tmp_path / "site" / "models" / "m"
    (package / "_models").mkdir()
    assert model_path("m") == package / "_models" / "m"

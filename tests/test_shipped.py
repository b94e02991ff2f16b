"""The files that ship with the package are where they are looked for."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from pathlib import Path

import pytest

from cx_text import shipped
from cx_text.errors import WorkspaceError
from cx_text.shipped import model_path, sample_path, shipped_file

MODELS = sorted(path.parent.name for path in model_path("").glob("*/manifest.json"))


def test_all_models_are_there() -> None:
    """The two encoders, the lexicon, the sentiment network, the topics."""
    assert {"minilm-1", "static-1", "sentiment-1", "sentiment-2", "topics-1"} <= set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_a_shipped_model_is_whole(name: str) -> None:
    """Every file that is no text about the model has the hash of its manifest."""
    named = json.loads((model_path(name) / "manifest.json").read_text(encoding="utf-8"))["sha256"]
    lying = {path.name for path in model_path(name).iterdir()} - {"manifest.json", "card.md", "LICENSE"}
    assert set(named) == lying
    for file in named:
        assert shipped_file(model_path(name), file, 1) == (model_path(name) / file).read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a model of one file, as it was shipped."""
    folder = tmp_path / "echo-1"
    folder.mkdir()
    (folder / "words.toml").write_bytes(b"one = 1\n")
    manifest = {"format": 3, "dimensions": 9, "sha256": {"words.toml": sha256(b"one = 1\n").hexdigest()}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_a_file_comes_as_it_was_shipped(folder: Path) -> None:
    """Byte for byte; the manifest may say more than is asked."""
    assert shipped_file(folder, "words.toml", 3) == b"one = 1\n"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("words.toml", b"one = 2\n"),
        ("words.toml", b""),
        ("words.toml", None),
        ("manifest.json", None),
        ("manifest.json", b"{"),
        ("manifest.json", b"\xff"),
        ("manifest.json", b"[]"),
        ("manifest.json", b'{"format": 3}'),
        ("manifest.json", b'{"format": 3, "sha256": {}}'),
        ("manifest.json", b'{"format": "3", "sha256": {"words.toml": 1}}'),
    ],
)
def test_a_changed_or_missing_file_is_refused(folder: Path, file: str, content: bytes | None) -> None:
    """With an error that names the model and the file, whatever was done to it or to the manifest."""
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(WorkspaceError, match=r"^E_MODEL echo-1: words\.toml or its manifest is missing"):
        shipped_file(folder, "words.toml", 3)


def test_a_model_of_another_format_is_refused(folder: Path) -> None:
    """It would be misread."""
    with pytest.raises(WorkspaceError, match="install the package again"):
        shipped_file(folder, "words.toml", 2)


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

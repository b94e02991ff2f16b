"""The front door: few names, sorted, importable, and quick to open."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cx_text

HEAVY = ("pandas", "spacy", "sklearn", "onnxruntime", "pyarrow", "numpy", "typer")


def test_the_names_are_sorted_and_few() -> None:
    """A reader finds a name where it is looked for."""
    assert list(cx_text.__all__) == sorted(cx_text.__all__)
    assert len(cx_text.__all__) <= 20


@pytest.mark.parametrize("name", cx_text.__all__)
def test_every_name_can_be_imported(name: str) -> None:
    """What is promised is there."""
    assert getattr(cx_text, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A slip is told the usual way."""
    with pytest.raises(AttributeError, match="analyse"):
        _ = cx_text.analyse


def test_opening_the_door_loads_nothing_heavy() -> None:
    """`import cx_text` is quick: what a name needs is loaded when it is asked for."""
    code = f"import sys, cx_text; print([name for name in {HEAVY!r} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"

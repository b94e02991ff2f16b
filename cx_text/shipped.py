"""Where the files that ship with the package lie: inside the wheel, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def model_path(name: str) -> Path:
    """Return the folder of the shipped model `name` (one immutable folder a version)."""
    return _find("_models", "models") / name


def sample_path() -> Path:
    """Return the folder of the sample export and its truth file."""
    return _find("_data", "data") / "sample"


def _find(installed: str, checkout: str) -> Path:
    """Return the installed folder, else the checkout's."""
    inside = _PACKAGE / installed
    return inside if inside.is_dir() else _PACKAGE.parent / checkout

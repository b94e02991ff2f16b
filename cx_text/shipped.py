"""The files that ship with the package: in the wheel, or beside it in a checkout; never used if changed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec

from cx_text.errors import WorkspaceError

_PACKAGE = Path(__file__).parent


class _Manifest(msgspec.Struct, frozen=True):
    """What a shipped model says of itself: the number of its format, and the hash of each file."""

    format: int
    sha256: dict[str, str]


def model_path(name: str) -> Path:
    """Return the folder of the shipped model `name` (one immutable folder a version)."""
    return _find("_models", "models") / name


def shipped_file(folder: Path, name: str, form: int) -> bytes:
    """Return the content of a file of a shipped model, byte for byte as its manifest names it.

    Args:
        folder: of the model, see `model_path`.
        name: of the file.
        form: number of the format that the caller can read.

    Raises:
        WorkspaceError: E_MODEL, the file or its manifest is missing, was changed or is of another format.
    """
    try:
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=_Manifest)
        data = (folder / name).read_bytes()
        whole = manifest.format == form and manifest.sha256[name] == sha256(data).hexdigest()
    except (OSError, KeyError, msgspec.MsgspecError):
        whole = False
    if not whole:
        wrong = f"{name} or its manifest is missing or was changed"
        raise WorkspaceError("E_MODEL", wrong, "install the package again", folder.name)
    return data


def changed_files() -> tuple[int, list[str]]:
    """Return how many files all shipped models have, and those that are missing or not as they were made."""
    files, changed = 0, []
    for manifest in sorted(model_path("").glob("*/manifest.json")):
        try:
            named = msgspec.json.decode(manifest.read_bytes(), type=_Manifest).sha256
        except msgspec.MsgspecError:
            named = {manifest.name: ""}
        for name, digest in named.items():
            path = manifest.with_name(name)
            files += 1
            if not path.is_file() or sha256(path.read_bytes()).hexdigest() != digest:
                changed.append(f"{manifest.parent.name}/{name}")
    return files, changed


def sample_path() -> Path:
    """Return the folder of the sample export and its truth file."""
    return _find("_data", "data") / "sample"


def _find(installed: str, checkout: str) -> Path:
    """Return the installed folder, else the checkout's."""
    inside = _PACKAGE / installed
    return inside if inside.is_dir() else _PACKAGE.parent / checkout

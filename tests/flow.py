"""What the tests of the flow hand each other: a finished night, and what a command said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cx_text.nightly import Night


@dataclass(frozen=True)
class Kept:
    """A finished night: the export, the workspace, the reports."""

    export: Path
    workspace: Path
    output: Path
    night: Night


@dataclass(frozen=True)
class Answer:
    """What a command said: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Call = Callable[..., Answer]

"""What can go wrong, and the exit code that says so.

    CxTextError                 1   (only its children are raised)
    ├── UsageError              2   wrong flags, wrong mapping
    │   └── ConfigError         2   cx_text.toml holds mistakes (all of them are listed)
    ├── InputError              3   a whole file cannot be taken
    ├── WorkspaceError          4   workspace missing, damaged or of a newer version
    ├── LockedError             5   another run is writing
    └── ResourceError           6   disk or memory is used up

An error is one line, ``CODE where: what is wrong; what to do``. Bad *rows* are not errors but
values: `cx_text.records.REJECTED`.
"""

from __future__ import annotations


class CxTextError(Exception):
    """Base of every error raised on purpose; `str(error)` is the line that a user reads."""

    exit_code = 1

    def __init__(self, code: str, wrong: str, mend: str, where: str = "") -> None:
        """Keep the parts: a stable `code`, what is `wrong`, how to `mend` it, `where` (file[:line])."""
        super().__init__(code, wrong, mend, where)
        self.code = code
        self.wrong = wrong
        self.mend = mend
        self.where = where

    def __str__(self) -> str:
        """Return ``CODE where: what is wrong; what to do``."""
        place = f" {self.where}" if self.where else ""
        return f"{self.code}{place}: {self.wrong}; {self.mend}"


class UsageError(CxTextError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration holds unknown keys or values out of range."""


class InputError(CxTextError):
    """A whole input cannot be taken; its code is one of the ``E_`` file codes."""

    exit_code = 3


class WorkspaceError(CxTextError):
    """The workspace is missing, damaged or was written by a newer version."""

    exit_code = 4


class LockedError(CxTextError):
    """Another run holds the workspace."""

    exit_code = 5


class ResourceError(CxTextError):
    """Disk or memory is used up."""

    exit_code = 6

"""What the commands share: their flags, and how they speak; stdout is the answer, stderr the rest."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from cx_text.text import escaped

DEFAULT_WORKSPACE = "cx_workspace"

WorkspaceFlag = Annotated[
    Path, typer.Option("--workspace", envvar="CX_TEXT_WORKSPACE", help="Folder that holds all state.")
]
ConfigFlag = Annotated[Path | None, typer.Option("--config", help="Settings, a TOML file.")]
OutputFlag = Annotated[Path | None, typer.Option("--output", help="Folder for the reports.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
WorkersFlag = Annotated[int, typer.Option("--workers", min=1, help="Processes at work.")]
EngineFlag = Annotated[str, typer.Option("--engine", help="How chunks are run: auto, serial or processes.")]
WaitFlag = Annotated[bool, typer.Option("--wait", help="Wait for another run to end.")]
MapFlag = Annotated[
    list[str] | None, typer.Option("--map", help='COLUMN=HEADER, such as verbatim="Customer Remarks".')
]

ReasonFlag = Annotated[str, typer.Option("--reason", help="Why, for those who read it later.")]
AuthorFlag = Annotated[str, typer.Option("--author", help="Who says so.", show_default="your login name")]


def signed(author: str, reason: str) -> dict[str, str]:
    """Return what every edit tells of itself: when, who, why."""
    made_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"made_at": made_at, "author": author or _login(), "reason": reason}


def _login() -> str:
    """Return the name of who is logged in, as the system knows it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


@contextmanager
def answering() -> Iterator[None]:
    """Run the body, which writes to stdout; who has read enough may close it without harm.

    Raises:
        OSError: the answer cannot be written, such as to a full disk.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
        if isinstance(error, BrokenPipeError):
            raise typer.Exit from None
        raise


def answer(told: Any) -> None:
    """Print an answer for machines as one line of JSON that no terminal obeys."""
    typer.echo(escaped(msgspec.json.encode(told).decode()))


def progress() -> Any:
    """Return a context manager that gives a listener showing progress on stderr."""
    from cx_text.terminal import Progress

    return Progress()


def say(line: str) -> None:
    """Print a line on stderr, cleaned of what could move the cursor."""
    typer.echo(seen(line), err=True)


def seen(line: str) -> str:
    r"""Return a line for a terminal: what could move the cursor is a question mark.

    >>> seen("late\x1b[2J")
    'late?[2J'
    """
    return "".join(char if char.isprintable() else "?" for char in line)

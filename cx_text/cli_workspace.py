"""The commands that look after a workspace: what it holds, whether it is whole, copies, deletion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from cx_text.config import load_config
from cx_text.errors import UsageError, WorkspaceError
from cx_text.flags import (
    DEFAULT_WORKSPACE,
    ConfigFlag,
    JsonFlag,
    WorkspaceFlag,
    answering,
    progress,
    say,
    seen,
)

HERE = Path(DEFAULT_WORKSPACE)


def status(workspace: WorkspaceFlag = HERE, as_json: JsonFlag = False) -> None:
    """Say what the workspace holds, what waits to be finished, and which folders outside hold copies."""
    from cx_text.store import Workspace

    with Workspace.open(workspace, write=False) as space:
        held = space.status()
    if as_json:
        typer.echo(msgspec.json.encode(held).decode())
        return
    for name, value in held.items():
        for one in value if isinstance(value, list) and value else [value]:
            typer.echo(seen(f"{name:15} {'-' if one in (None, []) else one}"))


def digest(workspace: WorkspaceFlag = HERE, as_json: JsonFlag = False) -> None:  # noqa: ARG001
    """Print canonical JSON of rows, scores, themes and links, and its sha256."""
    from cx_text.store import Workspace

    with Workspace.open(workspace, write=False) as space:
        held = space.digest()
    with answering():
        typer.echo(msgspec.json.encode(held).decode())


def check(workspace: WorkspaceFlag = HERE, as_json: JsonFlag = False) -> None:
    """Look at every file of the workspace, and name each that is not as it should be."""
    from cx_text.upkeep import check as look_over

    faults = look_over(workspace)
    if as_json:
        typer.echo(msgspec.json.encode(faults).decode())
    else:
        for fault in faults:
            typer.echo(seen(str(fault)))
        if not faults:
            typer.echo("all is well")
    if faults:
        raise typer.Exit(WorkspaceError.exit_code)


def repair(workspace: WorkspaceFlag = HERE, as_json: JsonFlag = False) -> None:
    """Make again what can be made again: reports, search index, the model's file, edits; drop no history."""
    from cx_text.upkeep import repair as mend

    with progress() as tell:
        mended = mend(workspace, tell)
    if as_json:
        typer.echo(msgspec.json.encode(mended).decode())
    else:
        for line in (*mended.done, *map(str, mended.left)):
            typer.echo(seen(line))
    if mended.left:
        raise typer.Exit(WorkspaceError.exit_code)


def backup(
    place: Annotated[Path, typer.Argument(metavar="DEST", help="A new or empty folder.")],
    workspace: WorkspaceFlag = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Copy the workspace as of one moment, also while a run is at work; the copy is a workspace."""
    from cx_text.upkeep import back_up

    made = back_up(workspace, place)
    typer.echo(msgspec.json.encode({"backup": str(made)}).decode() if as_json else seen(str(made)))


def delete(
    customer_id: Annotated[str, typer.Option("--customer-id", help="Customer as in the export.")] = "",
    verbatim_id: Annotated[str, typer.Option("--verbatim-id", help="Id of one comment.")] = "",
    workspace: WorkspaceFlag = HERE,
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Delete all comments of a customer, or one comment, for good; an old export does not bring them back."""
    if bool(customer_id) == bool(verbatim_id):
        wrong = "delete needs a customer or a comment"
        raise UsageError("E_USAGE", wrong, "give either --customer-id or --verbatim-id")
    if customer_id:
        _erase(lambda space, _: space.bury_customer(customer_id), workspace, config, as_json=as_json)
    else:
        _erase(lambda space, _: space.bury_verbatim(verbatim_id), workspace, config, as_json=as_json)


def purge(
    before: Annotated[str, typer.Option("--before", metavar="DATE", help="The first day that stays.")],
    workspace: WorkspaceFlag = HERE,
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Delete all comments from before a day, for good; those without a date stay."""
    try:
        day = date.fromisoformat(before)
    except ValueError:
        raise UsageError("E_DATE", f"'{seen(before)}' is no day", "write YYYY-MM-DD") from None

    def bury(space: Any, settings: Any) -> int:
        """Note what lies before the beginning of the day in the configured zone."""
        import pandas as pd

        return int(space.bury_before(pd.Timestamp(day, tz=settings.input.timezone)))

    _erase(bury, workspace, config, as_json=as_json)


def _erase(bury: Callable[[Any, Any], int], workspace: Path, config: Path | None, *, as_json: bool) -> None:
    """Delete, and say what went and where copies outside are left."""
    from cx_text.erasing import erase

    with progress() as tell:
        done, copies = erase(workspace, bury, tell, load_config(config) if config else None)
    if as_json:
        typer.echo(msgspec.json.encode({**msgspec.to_builtins(done), "copies": copies}).decode())
    else:
        typer.echo(f"deleted {done.rows:,} comments; told {len(done.retold)} earlier reports again")
        if done.learned_again:
            typer.echo("the model knew words that only they said, and learned again without them")
    for folder in done.removed:
        say(f"removed {folder}: its reports could not be told again")
    for place in copies:
        say(f"left for you to remove: {place}")


COMMANDS = (status, digest, check, repair, backup, delete, purge)

"""The command `cx-text report`: a kept run told again, or a part of the comments."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cx_text.errors import UsageError
from cx_text.flags import DEFAULT_WORKSPACE, JsonFlag, WorkspaceFlag, answering, seen

FOLDER = "cx_report"
"""Where the report of a part lies, if it is not said."""

DAY = ["%Y-%m-%d"]


def report(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="Id of a kept run; the last one without.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="First day of the part.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="Last day of the part.")] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", help="COLUMN=VALUE, such as product=Fibre; all must hold.")
    ] = None,
    compare: Annotated[
        str, typer.Option("--compare", help="previous (the time before), or COLUMN=VALUE beside --where.")
    ] = "",
    coaching: Annotated[
        str, typer.Option("--coaching", help="agent=NAME or team=NAME: one page for a talk, nothing else.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", help=f"Folder for the reports; of a part: {FOLDER} by default.")
    ] = None,
    workspace: WorkspaceFlag = Path(DEFAULT_WORKSPACE),
    as_json: JsonFlag = False,
) -> None:
    """Tell a kept run again, or a part of the comments; the workspace stays as it is."""
    from cx_text.coached import coaching_sheet
    from cx_text.retelling import Part, kept_run, told_part

    if coaching or since or until or where or compare:
        if run:
            raise UsageError("E_PART", f"{run} is a whole run, no part", "give a run or flags of a part")
        if coaching and compare:
            raise UsageError("E_PART", "--coaching compares no two parts", "leave --compare out")
        part = Part(since.date() if since else None, until.date() if until else None, _values(where or []))
        folder = output or Path(FOLDER)
        told = (
            coaching_sheet(workspace, part, coaching, folder)
            if coaching
            else told_part(workspace, part, compare, folder)
        )
    else:
        told = kept_run(workspace, run, output)
    with answering():
        if as_json:
            typer.echo(msgspec.json.encode({**told.record, "output": str(told.folder)}).decode())
            return
        page = told.record.get("sheet") or told.folder / "report.html"
        for line in (*told.said, f"{'sheet' if coaching else 'report'}: {page}"):
            typer.echo(seen(line))


def _values(flags: list[str]) -> dict[str, str]:
    """Return the value of each column of the flags.

    Raises:
        UsageError: E_PART, a flag is no COLUMN=VALUE, or a column is given twice.
    """
    values: dict[str, str] = {}
    for flag in flags:
        column, sign, value = flag.partition("=")
        if not sign or not column or column in values:
            wrong = f"--where {flag} " + (
                "names a column again" if column in values else "is no COLUMN=VALUE"
            )
            raise UsageError("E_PART", wrong, "write --where product=Fibre, once a column")
        values[column] = value
    return values

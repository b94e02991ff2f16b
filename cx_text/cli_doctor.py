"""The command `cx-text doctor`: what is wrong, before the night finds out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cx_text.errors import UsageError
from cx_text.flags import DEFAULT_WORKSPACE, ConfigFlag, JsonFlag, WorkspaceFlag, answer, answering


def doctor(
    inputs: Annotated[list[str] | None, typer.Argument(help="Exports to look at, too.")] = None,
    workspace: WorkspaceFlag = Path(DEFAULT_WORKSPACE),
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what is wrong with this machine, the workspace, the settings and exports; nothing is changed."""
    from cx_text.doctor import PROBLEM, examine
    from cx_text.terminal import table_of

    signs = list(examine(workspace, config, inputs or []))
    with answering():
        if as_json:
            answer([asdict(sign) for sign in signs])
        else:
            rows = [[sign.state, sign.of, sign.found, sign.mend] for sign in signs]
            typer.echo(table_of(["", "what", "how it is", "what to do"], rows))
    if any(sign.state == PROBLEM for sign in signs):
        raise typer.Exit(UsageError.exit_code)

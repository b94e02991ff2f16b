"""The command `cx-text correct verbatim`: a comment was misread, or is not this agent's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cx_text.config import load_config
from cx_text.errors import UsageError
from cx_text.flags import (
    DEFAULT_WORKSPACE,
    AuthorFlag,
    ConfigFlag,
    JsonFlag,
    ReasonFlag,
    WorkspaceFlag,
    progress,
    signed,
)

app = typer.Typer(help="Correct what was read in a comment; corrections stick, and every figure follows.")

HERE = Path(DEFAULT_WORKSPACE)


@app.callback()
def corrections() -> None:
    """Correct what was read in a comment; corrections stick, and every figure follows."""


@app.command()
def verbatim(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of a comment.")],
    theme: Annotated[str, typer.Option("--theme", help="Id of its main theme, or none.")] = "",
    sentiment: Annotated[str, typer.Option("--sentiment", help="-1 to 1, or a label such as mixed.")] = "",
    behaviour: Annotated[
        str,
        typer.Option("--behaviour", help="empathy+ (shown), empathy- (missing), empathy (neither)."),
    ] = "",
    attribution: Annotated[
        str,
        typer.Option("--attribution", help="agent, customer, process, technology or none."),
    ] = "",
    agent: Annotated[str, typer.Option("--agent", help="Whose contact it was, or none.")] = "",
    reason: ReasonFlag = "",
    author: AuthorFlag = "",
    workspace: WorkspaceFlag = HERE,
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what is right of one comment: its theme, sentiment, behaviour, attribution or agent."""
    from cx_text.corrections import correct
    from cx_text.edits import make_draft, told_edit

    flags = {
        "theme": theme,
        "sentiment": sentiment,
        "behaviour": behaviour,
        "attribution": attribution,
        "agent": agent,
    }
    given = [(aspect, value) for aspect, value in flags.items() if value]
    if len(given) != 1:
        wrong = "one thing is corrected at a time"
        raise UsageError("E_CORRECT", wrong, f"give one of {', '.join(f'--{one}' for one in flags)}")
    [(aspect, value)] = given
    said = {"action": "correct", "theme_id": "", "aspect": aspect, "label": value, "examples": (name,)}
    draft = make_draft(**said, **signed(author, reason))
    settings = load_config(config) if config else None
    with progress() as tell:
        kept = correct(workspace, draft, tell, settings)
    if as_json:
        typer.echo(msgspec.json.encode(told_edit(kept)).decode())
    else:
        typer.echo(f"edit {kept.number} is kept; take it back with `cx-text themes undo {kept.number}`")

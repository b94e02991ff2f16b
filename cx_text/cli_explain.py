"""The commands `cx-text explain ...`: where a number comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cx_text.flags import DEFAULT_WORKSPACE, JsonFlag, WorkspaceFlag, answer, answering, seen

app = typer.Typer(help="Say where a number comes from: formula, parameters, and the comments behind it.")

HERE = Path(DEFAULT_WORKSPACE)


@app.command()
def theme(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of a theme, such as T0001.")],
    workspace: WorkspaceFlag = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Explain a theme: how it was found, what the model looks at, what people said, its numbers."""
    from cx_text.explaining import explain_theme

    _answer(explain_theme, name, workspace, as_json=as_json)


@app.command()
def verbatim(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of a comment.")],
    workspace: WorkspaceFlag = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Explain a comment: its parts, how each feels and why, its themes and what spoke for them."""
    from cx_text.explaining import explain_verbatim

    _answer(explain_verbatim, name, workspace, as_json=as_json)


@app.command()
def issue(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of an issue, such as I-1a2b3c4d.")],
    workspace: WorkspaceFlag = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Explain an issue: each of its numbers, and the comments behind it."""
    from cx_text.explaining import explain_issue

    _answer(explain_issue, name, workspace, as_json=as_json)


@app.command()
def agent(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of an agent as in the export.")],
    workspace: WorkspaceFlag = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Explain an agent: counted and usual numbers, how sure a difference is, and the comments behind it."""
    from cx_text.explaining import explain_agent

    _answer(explain_agent, name, workspace, as_json=as_json)


def _answer(explain: Any, name: str, workspace: Path, *, as_json: bool) -> None:
    """Print an explanation: JSON for machines, else words."""
    from cx_text.explaining import in_words, read_source

    facts = explain(read_source(workspace), name)
    with answering():
        if as_json:
            answer(facts)
        else:
            for line in in_words(facts).split("\n"):
                typer.echo(seen(line))

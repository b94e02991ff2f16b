"""The commands `cx-text themes ...`: what people say of themes, kept and replayed on every run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from cx_text.config import load_config
from cx_text.flags import (
    DEFAULT_WORKSPACE,
    AuthorFlag,
    ConfigFlag,
    JsonFlag,
    ReasonFlag,
    WorkspaceFlag,
    answer,
    answering,
    progress,
    say,
    seen,
    signed,
)

app = typer.Typer(help="See themes, and say what they are: edits stick, with author, time and reason.")

ThemeArgument = Annotated[str, typer.Argument(metavar="THEME", help="Id of a theme, such as T0001.")]
HERE = Path(DEFAULT_WORKSPACE)

MARKS = ("touched", "pinned", "muted")
SAID_APART = {"number", "made_at", "author", "action", "theme_id", "reason", "undone"}


@app.command("list")
def list_themes(workspace: WorkspaceFlag = HERE, as_json: JsonFlag = False) -> None:
    """List all themes: label, parent, comments in the last report, and what people did to them."""
    from cx_text.edits import themes
    from cx_text.terminal import table_of

    found = themes(workspace)
    rows = [found.told(theme_id) for theme_id in found.taxonomy.labels]
    with answering():
        if as_json:
            answer(rows)
        else:
            typer.echo(table_of(["theme", "label", "parent", "comments", "people"], map(_row, rows)))
    for edit in found.taxonomy.idle:
        say(f"warning: edit {edit.number} ({edit.action} {edit.theme_id}) finds nothing to act on")


@app.command()
def show(theme: ThemeArgument, workspace: WorkspaceFlag = HERE, as_json: JsonFlag = False) -> None:
    """Show all about a theme, with every edit that touched it."""
    from cx_text.edits import themes
    from cx_text.taxonomy import theme_named

    found = themes(workspace)
    theme_id = theme_named(theme, found.taxonomy)
    told, edits = found.told(theme_id), found.history(theme_id)
    with answering():
        if as_json:
            answer(told | {"edits": edits})
        else:
            for name, value in told.items():
                typer.echo(f"{name:16} {_cell(value)}")
            for edit in edits:
                typer.echo(_sentence(edit))


@app.command()
def rename(
    theme: ThemeArgument,
    label: Annotated[str, typer.Argument(help="The new name.")],
    reason: ReasonFlag = "",
    author: AuthorFlag = "",
    workspace: WorkspaceFlag = HERE,
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a theme another name."""
    said = {"action": "rename", "theme_id": theme, "label": label, "reason": reason, "author": author}
    _keep(said, workspace, config, as_json=as_json)


@app.command()
def merge(
    theme: ThemeArgument,
    into: Annotated[str, typer.Argument(metavar="INTO", help="Id of the theme that stays.")],
    reason: ReasonFlag = "",
    author: AuthorFlag = "",
    workspace: WorkspaceFlag = HERE,
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Count every mention of THEME as one of INTO."""
    said = {"action": "merge", "theme_id": theme, "into": into, "reason": reason, "author": author}
    _keep(said, workspace, config, as_json=as_json)


@app.command()
def move(
    theme: ThemeArgument,
    parent: Annotated[str, typer.Argument(metavar="[PARENT]", help="Id of the parent; none without.")] = "",
    reason: ReasonFlag = "",
    author: AuthorFlag = "",
    workspace: WorkspaceFlag = HERE,
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Put THEME below PARENT, or below none."""
    said = {"action": "move", "theme_id": theme, "into": parent, "reason": reason, "author": author}
    _keep(said, workspace, config, as_json=as_json)


PhraseFlag = Annotated[
    list[str] | None, typer.Option("--phrase", help="A phrase that tells it; may be repeated.")
]


@app.command()
def define(
    label: Annotated[str, typer.Argument(help="The name of the new theme.")],
    phrases: PhraseFlag = None,
    examples: Annotated[
        list[str] | None, typer.Option("--example", help="Id of a comment of the theme; may be repeated.")
    ] = None,
    reason: ReasonFlag = "",
    author: AuthorFlag = "",
    workspace: WorkspaceFlag = HERE,
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a theme by phrases or example comments, for history too; by its name alone, a parent."""
    told = {"phrases": tuple(phrases or ()), "examples": tuple(examples or ())}
    said = {"action": "define", "theme_id": "", "label": label, "reason": reason, "author": author}
    _keep(said | told, workspace, config, as_json=as_json)


@app.command()
def split(
    theme: ThemeArgument,
    phrases: PhraseFlag = None,
    reason: ReasonFlag = "",
    author: AuthorFlag = "",
    workspace: WorkspaceFlag = HERE,
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Make two themes of THEME: what holds a phrase and the rest, or without phrases where it falls apart."""
    said = {"action": "split", "theme_id": theme, "phrases": tuple(phrases or ())}
    _keep(said | {"reason": reason, "author": author}, workspace, config, as_json=as_json)


@app.command()
def note(
    theme: ThemeArgument,
    text: Annotated[str, typer.Argument(help="What to remember, such as: new depot opened.")],
    since: Annotated[str, typer.Option("--since", help="The day it speaks of, YYYY-MM-DD.")] = "",
    reason: ReasonFlag = "",
    author: AuthorFlag = "",
    workspace: WorkspaceFlag = HERE,
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a note on a theme, which reports show."""
    said = {"action": "note", "theme_id": theme, "label": text, "since": since}
    _keep(said | {"reason": reason, "author": author}, workspace, config, as_json=as_json)


@app.command()
def undo(
    number: Annotated[int, typer.Argument(min=1, help="Number of the edit to take back.")],
    reason: ReasonFlag = "",
    author: AuthorFlag = "",
    workspace: WorkspaceFlag = HERE,
    config: ConfigFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Take an edit back; an undo can itself be undone."""
    said = {"action": "undo", "theme_id": "", "undoes": number, "reason": reason, "author": author}
    _keep(said, workspace, config, as_json=as_json)


def _marking(action: str, help_text: str) -> None:
    """Add a command that needs to know no more than the theme."""

    def mark(
        theme: ThemeArgument,
        reason: ReasonFlag = "",
        author: AuthorFlag = "",
        workspace: WorkspaceFlag = HERE,
        config: ConfigFlag = None,
        as_json: JsonFlag = False,
    ) -> None:
        said = {"action": action, "theme_id": theme, "reason": reason, "author": author}
        _keep(said, workspace, config, as_json=as_json)

    app.command(action, help=help_text)(mark)


for name, meaning in {
    "mute": "Hear no more of a theme: it is counted, but not ranked and not alerted.",
    "unmute": "Hear of a muted theme again.",
    "pin": "Always show a theme, however small.",
    "unpin": "Show a pinned theme like any other.",
}.items():
    _marking(name, meaning)


def _keep(said: Mapping[str, Any], workspace: Path, config: Path | None, *, as_json: bool) -> None:
    """Keep an edit and print its number, or all of it as JSON."""
    from cx_text.edits import edit, make_draft, told_edit

    draft = make_draft(**{**said, **signed(said["author"], said["reason"])})
    settings = load_config(config) if config else None
    with progress() as tell:
        kept = edit(workspace, draft, tell, settings).edits[-1]
    if as_json:
        answer(told_edit(kept))
    else:
        typer.echo(f"edit {kept.number} is kept; take it back with `cx-text themes undo {kept.number}`")


def _row(told: Mapping[str, Any]) -> list[str]:
    """Return a theme as a row of the list."""
    marks = [mark for mark in MARKS if told[mark]]
    cells = [told["theme_id"], told["label"], told["parent_theme_id"], told["comments"], marks]
    return [_cell(value) for value in cells]


def _cell(value: Any) -> str:
    """Return a value as people read it."""
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return seen(", ".join(value) if isinstance(value, list) else str(value))


def _sentence(edit: Mapping[str, Any]) -> str:
    """Return an edit as a line: number, action, what it says, who, when, why, and whether it was undone."""
    what = ", ".join(f"{name} {_cell(value)}" for name, value in edit.items() if name not in SAID_APART)
    parts = [f"edit {edit['number']}: {edit['action']} {edit['theme_id']}", what]
    parts += [f"by {edit['author']} at {edit['made_at']}", edit.get("reason", "")]
    parts += ["undone"] if edit["undone"] else []
    return seen("; ".join(part for part in parts if part))

"""The command `cx-text`: flags in, exit code out; stdout is the answer, stderr is progress and log."""

from __future__ import annotations

import errno
import io
import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from cx_text import cli_correct, cli_doctor, cli_explain, cli_report, cli_themes, cli_workspace
from cx_text.config import Config, load_config, make_config
from cx_text.errors import CxTextError, InputError, UsageError
from cx_text.flags import (
    DEFAULT_WORKSPACE,
    ConfigFlag,
    EngineFlag,
    JsonFlag,
    MapFlag,
    OutputFlag,
    WaitFlag,
    WorkersFlag,
    WorkspaceFlag,
    answer,
    answering,
    progress,
    say,
)
from cx_text.stopping import listen
from cx_text.text import escaped

app = typer.Typer(
    help="Turn open-ended customer comments into ranked themes, tied to channels and agents. All offline.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_themes.app, name="themes")
app.add_typer(cli_explain.app, name="explain")
app.add_typer(cli_correct.app, name="correct")
app.command()(cli_report.report)
for command in cli_workspace.COMMANDS:
    app.command()(command)
app.command()(cli_doctor.doctor)

BEST = 10
"""Themes printed after a run."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where a disk, a quota or the largest size of a file is used up."""

NO_MEMORY = ("Cannot allocate memory", "failed to map segment", "bad alloc", "can't start new thread")
"""What libraries say where memory is used up, each as an error of its own kind."""

WRONG_CALL: Any = typer.BadParameter.__mro__[1]
"""Typer's error for a call that it does not understand; it has no public name."""


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Turn open-ended customer comments into ranked themes, tied to channels and agents. All offline."""
    if version:
        from cx_text.account import __version__

        typer.echo(__version__)
        raise typer.Exit
    os.environ["CX_TEXT_DEBUG"] = "1" if debug else ""
    if context.invoked_subcommand is None:
        raise UsageError("E_USAGE", "no command is given", "call `cx-text --help`")


@app.command()
def demo(output: OutputFlag = None, as_json: JsonFlag = False, workers: WorkersFlag = 2) -> None:
    """Make a sample export and run the whole pipeline on it."""
    from cx_text.reports.writing import write_files
    from cx_text.shipped import sample_path

    folder = output or Path("cx_demo")
    sample = (sample_path() / "comments.csv").read_bytes()
    [export] = write_files(folder, {"comments.csv": lambda out: out.writelines([sample])})
    say(f"sample export: {export}")
    _run([str(export)], folder / "workspace", folder / "report", Config(), as_json=as_json, workers=workers)


@app.command()
def run(
    inputs: Annotated[list[str], typer.Argument(help="Exports, folders of them, or - for standard input.")],
    workspace: WorkspaceFlag = Path(DEFAULT_WORKSPACE),
    output: OutputFlag = None,
    config: ConfigFlag = None,
    columns: MapFlag = None,
    engine: EngineFlag = "auto",
    workers: WorkersFlag = 2,
    as_json: JsonFlag = False,
    wait: WaitFlag = False,
) -> None:
    """Take in what is new in exports, find themes and issues, and report."""
    settings = with_columns(load_config(config), columns or [])
    _run(inputs, workspace, output, settings, as_json=as_json, workers=workers, engine=engine, wait=wait)


@app.command()
def refit(
    workspace: WorkspaceFlag = Path(DEFAULT_WORKSPACE),
    output: OutputFlag = None,
    config: ConfigFlag = None,
    workers: WorkersFlag = 2,
    as_json: JsonFlag = False,
    wait: WaitFlag = False,
) -> None:
    """Learn the themes again from all history; ids of themes that stay the same survive."""
    from cx_text import nightly

    with progress() as tell:
        order = nightly.Order(workspace, load_config(config), output, workers, wait=wait, tell=tell)
        night = nightly.refit(order)
    _answer(night, as_json=as_json)


@app.command()
def score(
    source: Annotated[str, typer.Argument(help="- for standard input.")] = "-",
    workspace: WorkspaceFlag = Path(DEFAULT_WORKSPACE),
) -> None:
    """Score verbatims, one a line (or JSON lines with a column verbatim), with the fitted models."""
    from cx_text import queries

    if source != "-":
        raise UsageError("E_USAGE", "score reads standard input", "call `cx-text score - < FILE`")
    with answering():
        for line in queries.score_lines(sys.stdin.buffer, workspace):
            typer.echo(escaped(line))


@app.command()
def export(
    table: Annotated[str, typer.Argument(help="verbatims or mentions.")],
    workspace: WorkspaceFlag = Path(DEFAULT_WORKSPACE),
    form: Annotated[str, typer.Option("--format", help="jsonl, csv or parquet.")] = "jsonl",
    match: Annotated[
        str, typer.Option("--match", help='Only comments with these words: "refund late".')
    ] = "",
) -> None:
    """Write all rows of a table to standard output, redacted; with --match those that hold some words."""
    from cx_text import queries

    with answering():
        queries.export(table, form, workspace, sys.stdout.buffer, match)


def with_columns(config: Config, columns: list[str]) -> Config:
    """Return `config` with each ``COLUMN=HEADER`` of the flags on top of its own columns.

    Raises:
        UsageError: a flag has no ``=``, or names no column.
    """
    from cx_text.readers.mapping import TARGETS

    mapped = dict(config.columns)
    for flag in columns:
        name, sign, header = flag.partition("=")
        if not sign or name not in TARGETS or not header:
            wrong = f"--map {flag} names no column and header"
            raise UsageError(
                "E_MAP", wrong, f"write COLUMN=HEADER, COLUMN one of {', '.join(sorted(TARGETS))}"
            )
        mapped[name] = header
    return make_config({**msgspec.to_builtins(config), "columns": mapped})


def _run(
    inputs: list[str],
    workspace: Path,
    output: Path | None,
    config: Config,
    *,
    as_json: bool,
    **how: Any,
) -> None:
    """Run a night and print its answer."""
    from cx_text import nightly

    with progress() as tell:
        night = nightly.run(inputs, nightly.Order(workspace, config, output, tell=tell, **how))
    say(f"workspace {workspace} held {night.held:,} rows")
    _answer(night, as_json=as_json)
    for error in night.refused:
        say(f"error: {error}")
    if night.refused:
        raise typer.Exit(InputError.exit_code)


def _answer(night: Any, *, as_json: bool) -> None:
    """Print what a run found: JSON for machines, else the first themes and where the report lies."""
    from cx_text.terminal import themes_table

    _remark(night)
    if as_json:
        answer({**night.record, "output": str(night.folder)})
        return
    ledger = night.record["ledger"]
    typer.echo(themes_table(night.folder / "themes.csv", BEST))
    if night.new:
        typer.echo(", ".join(f"{name} {count:,}" for name, count in ledger.items()))
    else:
        typer.echo("nothing new; the last report stands")
    typer.echo(f"report: {night.folder / 'report.html'}")


def _remark(night: Any) -> None:
    """Say on stderr how the columns of each new export were read, and what to know."""
    for one in night.record["inputs"] if night.new else ():
        if columns := one.get("columns"):
            say(f"{one['name']}: " + ", ".join(f"{name} = {header}" for name, header in columns.items()))
    errors = {str(error) for error in night.refused}
    for warning in night.record["warnings"]:
        if warning not in errors:
            say(f"warning: {warning}")


def guarded(command: Callable[[], int | None]) -> int:
    """Return the exit code of `command`; every error becomes one line on stderr."""
    try:
        return command() or 0
    except CxTextError as error:
        _reveal(error)
        say(f"error: {error}")
        return error.exit_code
    except WRONG_CALL as error:
        say(f"error: E_USAGE: {error.format_message().rstrip('.')}; call `cx-text --help`")
        return UsageError.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except Exception as error:  # noqa: BLE001  the last door: a bug of ours is told in one line
        _reveal(error)
        line, code = _last_words(error)
        say(f"error: {line}")
        return code


def _last_words(error: Exception) -> tuple[str, int]:
    """Return the line and the exit code for an error that nobody expected."""
    if isinstance(error, MemoryError) or any(sign in str(error) for sign in NO_MEMORY):
        return "E_MEMORY: memory is used up; use fewer --workers or a smaller export", 6
    if isinstance(error, OSError) and error.errno in FULL:
        return "E_DISK: the disk is full; free space and run again", 6
    return f"E_BUG: {type(error).__name__}; run again with --debug and report it", 1


def _reveal(error: Exception) -> None:
    """Show where an error comes from, where that was asked for: places in our code, and no data."""
    cause: BaseException | None = error if os.environ.get("CX_TEXT_DEBUG") else None
    while cause is not None:
        for line in "".join(traceback.format_tb(cause.__traceback__)).splitlines():
            say(line)
        say(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__


def main() -> None:
    """Run the command line and exit with its code."""
    listen()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(guarded(partial(app, standalone_mode=False)))

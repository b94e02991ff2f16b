"""The command `cx-text`: flags in, exit code out; stdout is the answer, stderr is progress and log."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer

from cx_text.config import Config, load_config, make_config
from cx_text.errors import CxTextError, InputError, UsageError

app = typer.Typer(
    help="Turn open-ended customer comments into ranked themes, tied to channels and agents. All offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DEFAULT_WORKSPACE = "cx_workspace"
BEST = 10
"""Themes printed after a run."""

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


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Turn open-ended customer comments into ranked themes, tied to channels and agents. All offline."""
    if version:
        from cx_text.account import __version__

        typer.echo(__version__)
        raise typer.Exit
    os.environ["CX_TEXT_DEBUG"] = "1" if debug else ""


@app.command()
def demo(output: OutputFlag = None, as_json: JsonFlag = False, workers: WorkersFlag = 2) -> None:
    """Make a sample export and run the whole pipeline on it."""
    from cx_text.shipped import sample_path

    folder = output or Path("cx_demo")
    folder.mkdir(parents=True, exist_ok=True)
    export = folder / "comments.csv"
    export.write_bytes((sample_path() / "comments.csv").read_bytes())
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
    for line in queries.score_lines(sys.stdin, workspace):
        typer.echo(line)


@app.command()
def export(
    table: Annotated[str, typer.Argument(help="verbatims or mentions.")],
    workspace: WorkspaceFlag = Path(DEFAULT_WORKSPACE),
    form: Annotated[str, typer.Option("--format", help="jsonl, csv or parquet.")] = "jsonl",
) -> None:
    """Write all rows of a table to standard output, redacted."""
    from cx_text import queries

    queries.export(table, form, workspace, sys.stdout.buffer)


@app.command()
def status(workspace: WorkspaceFlag = Path(DEFAULT_WORKSPACE), as_json: JsonFlag = False) -> None:
    """Say what the workspace holds."""
    from cx_text.store import Workspace

    with Workspace.open(workspace, write=False) as space:
        held = space.status()
    if as_json:
        typer.echo(msgspec.json.encode(held).decode())
    else:
        for name, value in held.items():
            typer.echo(f"{name:15} {'-' if value is None else value}")


@app.command()
def digest(workspace: WorkspaceFlag = Path(DEFAULT_WORKSPACE), as_json: JsonFlag = False) -> None:  # noqa: ARG001
    """Print canonical JSON of rows, scores, themes and links, and its sha256."""
    from cx_text.store import Workspace

    with Workspace.open(workspace, write=False) as space:
        typer.echo(msgspec.json.encode(space.digest()).decode())


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
    _answer(night, as_json=as_json)
    if night.refused:
        for error in night.refused:
            say(f"error: {error}")
        raise typer.Exit(InputError.exit_code)


def _answer(night: Any, *, as_json: bool) -> None:
    """Print what a run found: JSON for machines, else the first themes and where the report lies."""
    from cx_text.terminal import themes_table

    if as_json:
        typer.echo(msgspec.json.encode({**night.record, "output": str(night.folder)}).decode())
        return
    ledger = night.record["ledger"]
    typer.echo(themes_table(night.folder / "themes.csv", BEST))
    if night.new:
        typer.echo(", ".join(f"{name} {count:,}" for name, count in ledger.items()))
    else:
        typer.echo("nothing new; the last report stands")
    for warning in night.record["warnings"]:
        say(f"warning: {warning}")
    typer.echo(f"report: {night.folder / 'report.html'}")


def progress() -> Any:
    """Return a context manager that gives a listener showing progress on stderr."""
    from cx_text.terminal import Progress

    return Progress()


def say(line: str) -> None:
    """Print a line on stderr, cleaned of what could move the cursor."""
    typer.echo("".join(char if char.isprintable() else "?" for char in line), err=True)


def _stop(number: int, _: object) -> NoReturn:
    """End at a signal with the exit code that names it."""
    raise SystemExit(128 + number)


def guarded(command: Callable[[], None]) -> int:
    """Return the exit code of `command`; every error becomes one line on stderr."""
    try:
        command()
    except CxTextError as error:
        _reveal(error)
        say(f"error: {error}")
        return error.exit_code
    except MemoryError:
        say("error: E_MEMORY: memory is used up; use fewer --workers or a smaller export")
        return 6
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001  the last door: a bug of ours is told in one line
        _reveal(error)
        say(f"error: E_BUG: {type(error).__name__}; run again with --debug and report it")
        return 1
    return 0


def _reveal(error: Exception) -> None:
    """Let the traceback through where it was asked for."""
    if os.environ.get("CX_TEXT_DEBUG"):
        raise error


def main() -> None:
    """Run the command line and exit with its code."""
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(guarded(app))

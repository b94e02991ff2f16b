"""One night: read, score, find, keep, report; safe to run twice.

All that a night changes in the state is one transaction. The reports are written before it ends, so
that a night that was killed leaves the night before, and the next start does the work again.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from cx_text.account import Account, Ledger, Stopwatch
from cx_text.config import Config
from cx_text.copying import near_copies
from cx_text.errors import InputError
from cx_text.intake import Fresh, agents_of, drifted, fresh_rows, read_all, rejected_rows, strangers
from cx_text.modelling import Modeller, Tell, is_edited, load_model
from cx_text.pipeline import find, first_of_each_text, quotes
from cx_text.records import Result, Scored
from cx_text.reports import REPORTS, check_room, publish
from cx_text.reports.writing import write_files
from cx_text.scoring import TextModel
from cx_text.store import Workspace


@dataclass(frozen=True)
class Order:
    """What a night is asked to do: where, with which settings, how many processes.

    Attributes:
        workspace: the folder that holds all state.
        config: settings.
        output: folder for the reports; None: the workspace's own.
        workers: processes at work.
        engine: how chunks are run, a name of `cx_text.engine.ENGINES` or ``auto``.
        wait: wait for another run to end.
        tell: told of progress.
    """

    workspace: Path
    config: Config = field(default_factory=Config)
    output: Path | None = None
    workers: int = 1
    engine: str = "auto"
    wait: bool = False
    tell: Tell = lambda stage, done, total: None  # noqa: ARG005  a listener that does not listen


@dataclass(frozen=True)
class Night:
    """How a night ended.

    Attributes:
        record: the content of its ``run.json``.
        folder: where its reports lie.
        refused: why files could not be taken.
        new: False where nothing was new and the last reports stand.
        held: number of rows that the workspace held before.
    """

    record: dict[str, Any]
    folder: Path
    refused: tuple[InputError, ...] = ()
    new: bool = True
    held: int = 0


def run(inputs: Sequence[str | Path], order: Order) -> Night:
    """Take in what is new in `inputs`, find, report; return how it ended.

    Raises:
        UsageError: an input is missing, a column cannot be told, or settings are wrong.
        WorkspaceError: the workspace is damaged or of a newer version.
        LockedError: another run is writing.
        ResourceError: disk or memory is used up.
    """
    check_room()
    watch = Stopwatch()
    with Workspace.open(order.workspace, write=True, create=True, wait=order.wait) as space:
        with watch.time("read"):
            readings, refused = read_all(inputs, space, order.config, order.output)
        with watch.time("redact"):
            fresh = fresh_rows(readings, space, order.config)
        held = space.status()["rows"]
        last = space.last_run()
        news = any(one.counts for one in fresh) or is_edited(space)
        if last is not None and not news and _told(last, refused) and _is_whole(space, last):
            night = replace(_again(space, last, order), refused=refused)
        else:
            with space.transaction():
                space.add_agents(agents_of(readings))
                model = _modeller(space, order, watch).take(fresh)
                night = _publish(space, model, fresh, refused, order, watch)
        space.publish_latest(night.record["run_id"])
        return replace(night, held=held)


def refit(order: Order) -> Night:
    """Learn the themes again from all history, keep the ids of those that are the same, and report.

    Raises:
        WorkspaceError: there is no workspace, or it is damaged or of a newer version.
        LockedError: another run is writing.
        ResourceError: disk or memory is used up.
    """
    check_room()
    watch = Stopwatch()
    with Workspace.open(order.workspace, write=True, wait=order.wait) as space:
        with space.transaction():
            model = _modeller(space, order, watch).learn_again()
            night = _publish(space, model, [], (), order, watch)
        space.publish_latest(night.record["run_id"])
        return night


def apply_edits(space: Workspace, order: Order) -> None:
    """Make the model with the people's edits of the workspace the one in force, and report again.

    Raises:
        UsageError: E_THEME, an edit needs more comments than there are.
    """
    model = load_model(space)
    if model is None:
        return
    watch = Stopwatch()
    with space.transaction():
        edited = _modeller(space, order, watch).edit(model)
        night = _publish(space, edited, [], (), order, watch)
    space.publish_latest(night.record["run_id"])


def _modeller(space: Workspace, order: Order, watch: Stopwatch) -> Modeller:
    """Return who keeps the model of the workspace, as ordered."""
    return Modeller(space, order.config, watch, order.tell, order.workers, order.engine)


def _publish(
    space: Workspace,
    model: TextModel,
    fresh: Sequence[Fresh],
    refused: Sequence[InputError],
    order: Order,
    watch: Stopwatch,
) -> Night:
    """Find, write the reports, and note the run as finished; return how it went."""
    run_id = space.next_run_id()
    with watch.time("keep"):
        bare = space.rows()
    with watch.time("find"):
        rows = Scored(bare.verbatims.assign(duplicate_of=first_of_each_text(bare)), bare.mentions)
        taxonomy = model.taxonomy
        findings = find(rows, taxonomy.catalogue, order.config, space.past(), taxonomy.muted)
        copies = near_copies(rows.verbatims, order.config)
    scored = _of_files(fresh, rows)
    record = _account(space, fresh, refused, watch, copies).record(scored, findings, model, order.config)
    rejected = rejected_rows([one.reading for one in fresh], space.roster(), order.config)
    result = Result(scored, findings, rejected, record, quotes(rows, findings, copies))
    order.tell("report", 0, 0)
    folder = space.report_folder(run_id)
    publish(result, folder, order.config)
    space.keep_findings(run_id, findings.issues, findings.alerts)
    space.finish_run(run_id, record, findings.now)
    return Night(record, copied(folder, order.output), tuple(refused))


def _of_files(fresh: Sequence[Fresh], rows: Scored) -> Scored:
    """Return those of all rows that new files brought."""
    ids = {row for one in fresh for row in one.rows["verbatim_id"]}
    return Scored(*(table[table["verbatim_id"].isin(ids)] for table in (rows.verbatims, rows.mentions)))


def _account(
    space: Workspace,
    fresh: Sequence[Fresh],
    refused: Sequence[InputError],
    watch: Stopwatch,
    copies: Sequence[Mapping[str, Any]],
) -> Account:
    """Return what a run knows of itself beside its findings."""
    readings = [one.reading for one in fresh]
    return Account(
        run_id=space.next_run_id(),
        inputs=[
            *(one.told() for one in fresh),
            *({"name": error.where, "error": str(error)} for error in refused),
        ],
        ledger=sum((one.ledger for one in fresh), Ledger()),
        timings=watch.seconds,
        warnings=[
            *(text for one in readings for text in one.warnings),
            *strangers(readings, space.runs()),
            *drifted(readings, space.runs()),
            *(str(error) for error in refused),
        ],
        near_copies=copies,
    )


def _told(last: Mapping[str, Any], refused: Sequence[InputError]) -> bool:
    """Return whether the last run told of all files that cannot be taken."""
    return {str(error) for error in refused} <= {one.get("error") for one in last["inputs"]}


def _is_whole(space: Workspace, last: Mapping[str, Any]) -> bool:
    """Return whether all reports of the last run are still there."""
    folder = space.report_folder(str(last["run_id"]))
    return all((folder / name).is_file() for name in REPORTS)


def _again(space: Workspace, last: Mapping[str, Any], order: Order) -> Night:
    """Return the last run's output, published again where it is wanted."""
    folder = space.report_folder(str(last["run_id"]))
    return Night(dict(last), copied(folder, order.output), new=False)


def copied(folder: Path, output: Path | None) -> Path:
    """Return `folder`, or `output` once it holds the same files."""
    if output is None:
        return folder
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    write_files(output, {name: partial(_pour, folder / name) for name in names})
    return output


def _pour(source: Path, out: BinaryIO) -> None:
    """Write all bytes of `source` to `out`."""
    with source.open("rb") as file:
        shutil.copyfileobj(file, out)

"""What a run publishes: findings and reports, kept so that they can be told again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from cx_text.account import Account, Ledger, Stopwatch
from cx_text.config import Config, make_config
from cx_text.copying import NEWEST, near_copies
from cx_text.errors import ConfigError, InputError
from cx_text.intake import Fresh, drifted, rejected_rows, strangers
from cx_text.modelling import Modeller, Tell
from cx_text.pipeline import find, first_of_each_text, shown
from cx_text.records import MENTIONS, VERBATIMS, Result, Scored
from cx_text.reports import publish
from cx_text.reports.writing import write_files
from cx_text.scoring import TextModel
from cx_text.store import Workspace
from cx_text.store.publications import is_file
from cx_text.store.told import Told


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


def modeller(space: Workspace, order: Order, watch: Stopwatch) -> Modeller:
    """Return who keeps the model of the workspace, as ordered."""
    return Modeller(space, order.config, watch, order.tell, order.workers, order.engine)


def publish_run(
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
        rows = space.counted()
        first = _firsts(rows)
    with watch.time("find"):
        taxonomy = model.taxonomy
        findings = find(rows, taxonomy.catalogue, order.config, space.past(), taxonomy.muted, taxonomy.notes)
        copies = near_copies(_with_firsts(space.newest(NEWEST), first), order.config)
    scored = _of_run(space, run_id, first)
    record = _account(space, fresh, refused, watch, copies).record(scored, findings, model, order.config)
    readings = [one.reading for one in fresh]
    rejected = rejected_rows(readings, space.roster(), order.config, bare=space.has_buried)
    texts = space.texts(sorted(shown(findings, copies)))
    result = Result(scored, findings, rejected, record, texts)
    order.tell("report", 0, 0)
    folder = space.report_folder(run_id)
    space.note_published(run_id, publish(result, folder, order.config))
    space.keep_told(run_id, Told(findings, rejected, tuple(result.quotes)))
    space.keep_findings(run_id, findings.issues, findings.alerts)
    space.finish_run(run_id, record, findings.now)
    return Night(record, delivered(space, folder, order.output), tuple(refused))


def _of_run(space: Workspace, run_id: str, first: pd.Series) -> Scored:
    """Return the rows that a run took in or updated last, as the state knows them."""
    rows = space.rows(run_id=run_id)
    return Scored(_with_firsts(rows.verbatims, first), rows.mentions)


def _firsts(rows: Scored) -> pd.Series:
    """Return by id whom each row repeats."""
    return first_of_each_text(rows).set_axis(rows.verbatims["verbatim_id"])


def _with_firsts(verbatims: pd.DataFrame, first: pd.Series) -> pd.DataFrame:
    """Return some rows with whom each repeats."""
    return verbatims.assign(duplicate_of=first.reindex(verbatims["verbatim_id"]).to_numpy())


def _with_ids(rows: Scored, ids: AbstractSet[str]) -> Scored:
    """Return the rows with these ids and their mentions."""
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
            *(text for one in fresh for text in one.warnings),
            *strangers(readings, space.runs()),
            *drifted(readings, space.runs()),
            *(str(error) for error in refused),
        ],
        near_copies=copies,
    )


def publish_again(space: Workspace, record: Mapping[str, Any]) -> bool:
    """Return whether the reports of a finished run could be told again from what the state keeps.

    The rows of the run are those in its folder, where they are as it wrote them, less those that the
    workspace does not hold any more; else those that the state says the run took in or updated last.
    Texts are quoted as the workspace holds them now.
    """
    run_id = str(record["run_id"])
    told = space.told(run_id)
    if told is None:
        return False
    texts = space.texts(told.shown)
    quoted = {one: texts[one] for one in told.shown if one in texts}
    result = Result(_rows_of(space, run_id), told.findings, told.rejected, record, quoted)
    space.note_published(run_id, publish(result, space.report_folder(run_id), _config_of(record)))
    return True


def ids_published(space: Workspace, run_id: str) -> frozenset[str]:
    """Return the ids of the verbatims in the folder of a run, none where their file is gone or damaged."""
    path, known = space.report_folder(run_id) / f"{VERBATIMS.name}.parquet", space.published()
    if not is_file(path, known.get(run_id, {}).get(path.name, "")):
        return frozenset()
    named = pd.read_parquet(path, columns=["verbatim_id", "duplicate_of"])
    return frozenset({*named["verbatim_id"], *named["duplicate_of"].dropna()})


def _config_of(record: Mapping[str, Any]) -> Config:
    """Return the settings of a run, the defaults where this version knows them no more."""
    try:
        return make_config(record["config"])
    except (ConfigError, KeyError):
        return Config()


def _rows_of(space: Workspace, run_id: str) -> Scored:
    """Return the rows that a run published."""
    folder, known = space.report_folder(run_id), space.published().get(run_id, {})
    names = [f"{table.name}.parquet" for table in (VERBATIMS, MENTIONS)]
    if not all(name in known and is_file(folder / name, known[name]) for name in names):
        return _of_run(space, run_id, _firsts(space.counted()))
    verbatims, mentions = (pd.read_parquet(folder / name) for name in names)
    kept = _with_ids(Scored(verbatims, mentions), space.known(list(verbatims["verbatim_id"])).keys())
    copied = kept.verbatims["duplicate_of"]
    lone = kept.verbatims.assign(duplicate_of=copied.where(copied.isin(space.known(list(copied.dropna())))))
    return Scored(VERBATIMS.frame(lone), MENTIONS.frame(kept.mentions))


def delivered(space: Workspace, folder: Path, output: Path | None) -> Path:
    """Return `folder`, or `output` once it holds the same files; its place is noted first."""
    if output is None:
        return folder
    space.note_copy("output", output)
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    write_files(output, {name: partial(_pour, folder / name) for name in names})
    return output


def _pour(source: Path, out: BinaryIO) -> None:
    """Write all bytes of `source` to `out`."""
    with source.open("rb") as file:
        shutil.copyfileobj(file, out)

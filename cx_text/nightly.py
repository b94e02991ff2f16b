"""One night: read, score, find, keep, report; safe to run twice.

All that a night changes in the state is one transaction. The reports are written before it ends, so
that a night that was killed leaves the night before, and the next start does the work again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from cx_text.account import Account, Ledger, Stopwatch
from cx_text.config import Config
from cx_text.copying import near_copies
from cx_text.engine import Saved, encode_in_chunks, score_in_chunks
from cx_text.errors import InputError
from cx_text.intake import Fresh, agents_of, fresh_rows, read_all, rejected_rows, strangers
from cx_text.learning import SEEDED_BELOW, Encode, learn
from cx_text.model_file import from_bytes, to_bytes
from cx_text.newborn import with_new_themes
from cx_text.pipeline import find, first_of_each_text, quotes
from cx_text.records import VERBATIMS, Result, Scored
from cx_text.reports import REPORTS, publish
from cx_text.reports.writing import write_files
from cx_text.scoring import TextModel
from cx_text.stages.vectors import span_vectors
from cx_text.store import Workspace
from cx_text.store.edits import read_edits
from cx_text.teaching import with_edits

Tell = Callable[[str, int, int], None]
"""Told (stage, done, total) as work goes on."""

GROWTH = 4
"""Themes are learned again when the number of distinct texts is four times the last."""


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
    """
    watch = Stopwatch()
    with Workspace.open(order.workspace, write=True, create=True, wait=order.wait) as space:
        with watch.time("read"):
            readings, refused = read_all(inputs, space, order.config)
        with watch.time("redact"):
            fresh = fresh_rows(readings, space, order.config)
        held = space.status()["rows"]
        last = space.last_run()
        news = bool(refused) or any(one.counts for one in fresh) or _edited(space)
        if last is not None and not news and _is_whole(space.report_folder(last["run_id"])):
            night = _again(space, last, order)
        else:
            with space.transaction():
                space.add_agents(agents_of(readings))
                model = _score_new(fresh, space, order, watch)
                night = _publish(space, model, fresh, refused, order, watch)
        space.publish_latest(night.record["run_id"])
        return replace(night, held=held)


def refit(order: Order) -> Night:
    """Learn the themes again from all history, keep the ids of those that are the same, and report.

    Raises:
        WorkspaceError: there is no workspace, or it is damaged or of a newer version.
        LockedError: another run is writing.
    """
    watch = Stopwatch()
    with Workspace.open(order.workspace, write=True, wait=order.wait) as space:
        with space.transaction():
            model = _learn_again(space, order, watch)
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
        night = _publish(space, _with_edits(model, space, order, watch), [], (), order, watch)
    space.publish_latest(night.record["run_id"])


def _with_edits(model: TextModel, space: Workspace, order: Order, watch: Stopwatch) -> TextModel:
    """Return the model with the edits of the workspace, kept; rows are scored again where that may matter."""
    edits = read_edits(space.path)
    if edits == model.edits:
        return model
    with watch.time("learn"):
        new = with_edits(model, edits, lambda: space.rows().verbatims, _encoder(order))
    _keep(new, space)
    if [one.theme_id for one in new.specialists + model.specialists] or new.said_as != model.said_as:
        _rescore(new, space, order, watch)
    return new


def _edited(space: Workspace) -> bool:
    """Return whether people edited themes since the model in force was kept."""
    model = load_model(space)
    return model is not None and read_edits(space.path) != model.edits


def _rescore(model: TextModel, space: Workspace, order: Order, watch: Stopwatch) -> None:
    """Score all rows again."""
    with watch.time("score"):
        scored = _score(space.rows().verbatims, model, space, order)
    with watch.time("keep"):
        space.rescore(scored)


def _keep(model: TextModel, space: Workspace) -> None:
    """Keep a model in the workspace and put it in force."""
    path = space.save_model("text", to_bytes(model))
    space.point_at_model(path, model.learned_from)
    space.keep_themes(model.taxonomy.catalogue, space.next_run_id())


def _encoder(order: Order) -> Encode:
    """Return the sentence encoder, in as many processes as were ordered."""
    return partial(encode_in_chunks, span_vectors, workers=order.workers, tell=order.tell)


def _score_new(fresh: Sequence[Fresh], space: Workspace, order: Order, watch: Stopwatch) -> TextModel:
    """Score and keep the new rows, learning before or after where that is due; return the model."""
    model = load_model(space)
    if model is not None:
        model = _with_edits(model, space, order, watch)
    else:
        model = _learn(
            pd.concat([VERBATIMS.frame(), *(one.rows for one in fresh)]), None, space, order, watch
        )
    for one in fresh:
        with watch.time("score"):
            scored = _score(one.rows, model, space, order)
        with watch.time("keep"):
            space.take(one.record(), scored, one.content, space.next_run_id())
    if _due(space.distinct_texts(), model.learned_from):
        return _learn_again(space, order, watch)
    return _with_new_themes(model, space, order, watch) if any(len(one.rows) for one in fresh) else model


def _with_new_themes(model: TextModel, space: Workspace, order: Order, watch: Stopwatch) -> TextModel:
    """Return the model with the themes that began since it learned; if any, rows are scored again."""
    since = space.taken_since_learning()
    if not since:
        return model
    with watch.time("learn"):
        number = space.next_theme_number()
        new = with_new_themes(model, space.rows().verbatims, since, number, _encoder(order))
    if new is not model:
        _keep(new, space)
        _rescore(new, space, order, watch)
    return new


def _due(distinct: int, learned_from: int) -> bool:
    """Return whether there is so much more text than at the last learning that it is time again."""
    return learned_from < SEEDED_BELOW <= distinct or distinct >= max(GROWTH * learned_from, 1)


def load_model(space: Workspace) -> TextModel | None:
    """Return the text model in force, None before the first learning."""
    found = space.model()
    return None if found is None else from_bytes(found[0].read_bytes(), found[0].name)


def load_scorer(path: str) -> Callable[[pd.DataFrame], Scored]:
    """Return the scorer of a model file; worker processes load it once."""
    return from_bytes(Path(path).read_bytes(), path).score


def _learn(
    rows: pd.DataFrame, before: TextModel | None, space: Workspace, order: Order, watch: Stopwatch
) -> TextModel:
    """Return a model learned from `rows`, kept in the workspace and in force."""
    with watch.time("learn"):
        edits = read_edits(space.path)
        known = before and with_edits(before, edits, lambda: rows, _encoder(order))
        learned = learn(rows, order.config, _encoder(order), known, space.next_theme_number())
        model = with_edits(learned, edits, lambda: rows, _encoder(order))
    _keep(model, space)
    space.note_learning(space.next_run_id())
    return model


def _learn_again(space: Workspace, order: Order, watch: Stopwatch) -> TextModel:
    """Return a model learned from all rows; every row is scored again with it."""
    rows = space.rows().verbatims
    model = _learn(rows, load_model(space), space, order, watch)
    _rescore(model, space, order, watch)
    return model


def _score(rows: pd.DataFrame, model: TextModel, space: Workspace, order: Order) -> Scored:
    """Return the scored rows, in processes where that is worthwhile."""
    found = space.model()
    scorer = Saved(load_scorer, str(found[0])) if found and order.workers > 1 else model.score
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        order.tell("score", done, len(rows))

    return score_in_chunks(scorer, rows, order.workers, order.engine, tell)


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
        findings = find(rows, taxonomy.catalogue, order.config, space.known_alerts(), taxonomy.muted)
        copies = near_copies(rows, order.config)
    ids = {row for one in fresh for row in one.rows["verbatim_id"]}
    scored = Scored(*(table[table["verbatim_id"].isin(ids)] for table in (rows.verbatims, rows.mentions)))
    readings = [one.reading for one in fresh]
    inputs = [one.told() for one in fresh] + [{"name": error.where, "error": str(error)} for error in refused]
    account = Account(
        run_id=run_id,
        inputs=inputs,
        ledger=sum((one.ledger for one in fresh), Ledger()),
        timings=watch.seconds,
        warnings=[
            *(text for one in readings for text in one.warnings),
            *strangers(readings, space.runs()),
            *(str(error) for error in refused),
        ],
        near_copies=copies,
    )
    record = account.record(scored, findings, model, order.config)
    rejected = rejected_rows(readings, space.roster(), order.config)
    result = Result(scored, findings, rejected, record, quotes(rows, findings, copies))
    order.tell("report", 0, 0)
    folder = space.report_folder(run_id)
    publish(result, folder, order.config)
    space.keep_findings(run_id, findings.issues, findings.alerts)
    space.finish_run(run_id, record)
    return Night(record, _copied(folder, order.output), tuple(refused))


def _is_whole(folder: Path) -> bool:
    """Return whether all reports of a run are still there."""
    return all((folder / name).is_file() for name in REPORTS)


def _again(space: Workspace, last: Mapping[str, Any], order: Order) -> Night:
    """Return the last run's output, published again where it is wanted."""
    folder = space.report_folder(str(last["run_id"]))
    return Night(dict(last), _copied(folder, order.output), new=False)


def _copied(folder: Path, output: Path | None) -> Path:
    """Return `folder`, or `output` once it holds the same files."""
    if output is None:
        return folder
    write_files(output, {name: partial(_pour, folder / name) for name in REPORTS})
    return output


def _pour(source: Path, out: BinaryIO) -> None:
    """Write all bytes of `source` to `out`."""
    with source.open("rb") as file:
        shutil.copyfileobj(file, out)

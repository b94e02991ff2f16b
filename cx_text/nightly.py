"""One night: read, score, find, keep, report; safe to run twice.

All that a night changes in the state is one transaction. The reports are written before it ends, so
that a night that was killed leaves the night before, and the next start does the work again.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from cx_text.account import Account, Ledger, Stopwatch
from cx_text.config import Config
from cx_text.engine import Saved, encode_in_chunks, score_in_chunks
from cx_text.errors import InputError
from cx_text.learning import learn
from cx_text.model_file import from_bytes, to_bytes
from cx_text.pipeline import find, first_of_each_text, quotes, redact
from cx_text.readers import Reading, find_inputs, read_file, read_stream
from cx_text.records import REJECTED, VERBATIMS, Result, Scored, Verbatims
from cx_text.reports import publish
from cx_text.reports.writing import write_files
from cx_text.scoring import TextModel
from cx_text.stages.redact import Redactor
from cx_text.stages.vectors import sentence_vectors
from cx_text.store import FileRecord, Workspace
from cx_text.text import digest_of

Tell = Callable[[str, int, int], None]
"""Told (stage, done, total) as work goes on."""

FIRST_LEARNING = 300
GROWTH = 4
"""Themes are learned again at 300 distinct texts, and when their number is four times the last."""


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
    """How a night ended: its record, where the reports lie, the files that could not be taken."""

    record: dict[str, Any]
    folder: Path
    refused: tuple[InputError, ...] = ()
    new: bool = True


@dataclass(frozen=True)
class Fresh:
    """One file's rows that the workspace does not hold yet, redacted, and where all its rows went."""

    reading: Reading
    rows: pd.DataFrame
    content: Sequence[str]
    ledger: Ledger

    @property
    def counts(self) -> bool:
        """Whether the file brings anything that was not known."""
        return bool(self.ledger.accepted or self.ledger.quarantined)

    def told(self) -> dict[str, Any]:
        """Return the entry of this file in ``run.json``."""
        return {**self.reading.told(), "ledger": self.ledger.to_dict()}


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
            readings, refused = _read_all(inputs, space, order)
        with watch.time("redact"):
            fresh = _fresh(readings, space, order)
        last = space.last_run()
        if last is not None and not refused and not any(one.counts for one in fresh):
            return _again(space, last, order)
        with space.transaction():
            space.add_agents(_agents(readings))
            model = _score_new(fresh, space, order, watch)
            night = _publish(space, model, fresh, refused, order, watch)
        space.publish_latest(night.record["run_id"])
        return night


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


def _read_all(
    inputs: Sequence[str | Path], space: Workspace, order: Order
) -> tuple[list[Reading], tuple[InputError, ...]]:
    """Return what the files not taken before hold, and why others could not be taken."""
    readings: list[Reading] = []
    refused: list[InputError] = []
    key = _config_key(order.config)
    for one in inputs:
        for path in [one] if str(one) == "-" else find_inputs([one]):
            try:
                if str(path) == "-":
                    readings.append(read_stream(sys.stdin.buffer, order.config))
                elif not space.file_taken(_sha256(Path(path)), key):
                    readings.append(read_file(Path(path), order.config))
            except InputError as error:
                refused.append(error)
    return readings, tuple(refused)


def _sha256(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _config_key(config: Config) -> str:
    """Return the hash of the settings that decide how a file is read."""
    return Config(columns=config.columns, input=config.input, scores=config.scores).sha256


def _agents(readings: Sequence[Reading]) -> list[str]:
    """Return the names of all agents in the exports, sorted."""
    return sorted({name for one in readings for name in one.verbatims.frame["agent"].dropna()})


def _fresh(readings: Sequence[Reading], space: Workspace, order: Order) -> list[Fresh]:
    """Return each file's rows that are new or changed; a row of two files counts for the first."""
    roster = sorted({*space.roster(), *_agents(readings)})
    key = _config_key(order.config)
    earlier: dict[str, str] = {}
    fresh = []
    for reading in readings:
        frame = reading.verbatims.frame
        content = [digest_of(one, key) for one in frame["content_hash"]]
        known = space.content_state(list(frame["verbatim_id"]), content)
        state = [
            _state(one, earlier.get(row), text)
            for one, row, text in zip(known, frame["verbatim_id"], content, strict=True)
        ]
        earlier.update(zip(frame["verbatim_id"], content, strict=True))
        kept = [one != "same" for one in state]
        rows = redact(Verbatims(frame[kept]), order.config, roster, space.pseudonym)
        ledger = Ledger(
            read=reading.read,
            accepted=len(rows),
            quarantined=len(reading.rejected),
            duplicate=reading.duplicate + len(frame) - len(rows),
            updated=state.count("changed"),
        )
        fresh.append(
            Fresh(reading, rows, [one for one, keep in zip(content, kept, strict=True) if keep], ledger)
        )
    return fresh


def _state(known: str, earlier: str | None, content: str) -> str:
    """Return what a row is, given what the workspace and an earlier file of this run say of its id."""
    if earlier is None:
        return known
    return "same" if earlier == content else "changed"


def _score_new(fresh: Sequence[Fresh], space: Workspace, order: Order, watch: Stopwatch) -> TextModel:
    """Score and keep the new rows, learning before or after where that is due; return the model."""
    model = load_model(space)
    if model is None:
        model = _learn(
            pd.concat([VERBATIMS.frame(), *(one.rows for one in fresh)]), None, space, order, watch
        )
    for one in fresh:
        with watch.time("score"):
            scored = _score(one.rows, model, space, order)
        space.take(_file_record(one, order.config), scored, one.content, space.next_run_id())
    if _due(space.distinct_texts(), model.learned_from):
        model = _learn_again(space, order, watch)
    return model


def _due(distinct: int, learned_from: int) -> bool:
    """Return whether there is so much more text than at the last learning that it is time again."""
    return learned_from < FIRST_LEARNING <= distinct or distinct >= max(GROWTH * learned_from, 1)


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
        encode = partial(encode_in_chunks, sentence_vectors, workers=order.workers, tell=order.tell)
        model = learn(rows, order.config, encode, before, space.next_theme_number())
    path = space.save_model("text", to_bytes(model))
    space.point_at_model(path, model.learned_from)
    space.keep_themes(model.catalogue, space.next_run_id())
    return model


def _learn_again(space: Workspace, order: Order, watch: Stopwatch) -> TextModel:
    """Return a model learned from all rows; every row is scored again with it."""
    rows = space.rows().verbatims
    model = _learn(rows, load_model(space), space, order, watch)
    with watch.time("score"):
        space.rescore(_score(rows, model, space, order))
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


def _file_record(one: Fresh, config: Config) -> FileRecord:
    """Return what the workspace keeps of a file."""
    reading = one.reading
    return FileRecord(
        reading.name, reading.sha256, _config_key(config), one.ledger.to_dict(), reading.columns
    )


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
    with watch.time("find"):
        bare = space.rows()
        rows = Scored(bare.verbatims.assign(duplicate_of=first_of_each_text(bare)), bare.mentions)
        findings = find(rows, model.catalogue, order.config, space.known_alerts())
    ids = {row for one in fresh for row in one.rows["verbatim_id"]}
    scored = Scored(*(table[table["verbatim_id"].isin(ids)] for table in (rows.verbatims, rows.mentions)))
    inputs = [one.told() for one in fresh] + [{"name": error.where, "error": str(error)} for error in refused]
    account = Account(
        run_id=run_id,
        inputs=inputs,
        ledger=sum((one.ledger for one in fresh), Ledger()),
        timings=watch.seconds,
        warnings=[
            *(text for one in fresh for text in one.reading.warnings),
            *(str(error) for error in refused),
        ],
    )
    record = account.record(scored, findings, model, order.config)
    result = Result(scored, findings, _rejected(fresh, space, order), record, quotes(rows, findings))
    order.tell("report", 0, 0)
    folder = space.report_folder(run_id)
    publish(result, folder, order.config)
    space.keep_findings(run_id, findings.issues, findings.alerts)
    space.finish_run(run_id, record)
    return Night(record, _copied(folder, order.output), tuple(refused))


def _rejected(fresh: Sequence[Fresh], space: Workspace, order: Order) -> pd.DataFrame:
    """Return the quarantined rows of all files, their raw values redacted."""
    redactor = Redactor(space.roster(), order.config.privacy.keep_agents)
    frame = pd.concat([REJECTED.frame(), *(one.reading.rejected for one in fresh)], ignore_index=True)
    return REJECTED.frame(frame.assign(raw=[redactor(text) for text in frame["raw"].fillna("")]))


def _again(space: Workspace, last: Mapping[str, Any], order: Order) -> Night:
    """Return the last run's output, published again where it is wanted."""
    folder = space.report_folder(str(last["run_id"]))
    return Night(dict(last), _copied(folder, order.output), new=False)


def _copied(folder: Path, output: Path | None) -> Path:
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

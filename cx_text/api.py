"""For Python users: analyze an export or a frame, fit and keep a pipeline; no workspace, no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from cx_text.account import Account, Ledger, Stopwatch
from cx_text.config import Config
from cx_text.copying import near_copies
from cx_text.intake import agents_of, rejected_rows
from cx_text.learning import learn
from cx_text.model_file import from_bytes, to_bytes
from cx_text.pipeline import find, first_of_each_text, quotes, redact
from cx_text.readers import Reading, read_file, read_frame
from cx_text.records import Result, Scored
from cx_text.reports.writing import write_files
from cx_text.scoring import TextModel
from cx_text.text import digest_of


@dataclass(frozen=True)
class Pipeline:
    """A fitted pipeline: raw verbatims in, scored verbatims out, each for itself."""

    model: TextModel

    @property
    def themes(self) -> pd.DataFrame:
        """The themes it knows: theme_id, label, keywords, size, stability."""
        return self.model.taxonomy.catalogue

    def score(self, frame: pd.DataFrame) -> Scored:
        """Return the scored rows of `frame` (columns as in an export), redacted first.

        Raises:
            InputError: `frame` has no column with comments.
        """
        config = self.model.config
        return self.model.score(_redacted(read_frame(frame, config), config, self.model.roster))


def analyze(source: str | Path | pd.DataFrame, config: Config | None = None) -> Result:
    """Return everything that one export tells: themes, issues, channels, agents, coaching, verbatims.

    Args:
        source: the path of an export, or a frame with its columns.
        config: settings; None: the defaults.

    Raises:
        InputError: the export cannot be taken.
        UsageError: a column cannot be told without `config.columns`.
    """
    settings = config or Config()
    watch = Stopwatch()
    with watch.time("read"):
        reading = _read(source, settings)
    with watch.time("redact"):
        roster = agents_of([reading])
        frame = _redacted(reading, settings, roster)
    with watch.time("learn"):
        model = learn(frame, settings)
    with watch.time("score"):
        bare = model.score(frame)
        scored = Scored(bare.verbatims.assign(duplicate_of=first_of_each_text(bare)), bare.mentions)
    with watch.time("find"):
        findings = find(scored, model.taxonomy.catalogue, settings, muted=model.taxonomy.muted)
        copies = near_copies(scored.verbatims, settings)
    ledger = Ledger(reading.read, len(frame), len(reading.rejected), reading.duplicate)
    inputs = [{**reading.told(), "ledger": ledger.to_dict()}]
    account = Account("analyze", inputs, ledger, watch.seconds, reading.warnings, copies)
    record = account.record(scored, findings, model, settings)
    rejected = rejected_rows([reading], roster, settings)
    return Result(scored, findings, rejected, record, quotes(scored, findings, copies))


def fit(frame: pd.DataFrame, config: Config | None = None) -> Pipeline:
    """Return a pipeline that learned its themes from `frame` (columns as in an export)."""
    settings = config or Config()
    reading = read_frame(frame, settings)
    roster = agents_of([reading])
    model = learn(_redacted(reading, settings, roster), settings)
    return Pipeline(replace(model, roster=tuple(roster)))


def save(pipeline: Pipeline, path: str | Path) -> None:
    """Write a pipeline to the file `path`: arrays and JSON, no pickle."""
    target = Path(path)
    write_files(target.parent, {target.name: partial(_pour, to_bytes(pipeline.model))})


def load(path: str | Path) -> Pipeline:
    """Return the pipeline that `save` wrote.

    Raises:
        WorkspaceError: the file is no pipeline, or of a newer version.
    """
    return Pipeline(from_bytes(Path(path).read_bytes(), str(path)))


def _read(source: str | Path | pd.DataFrame, config: Config) -> Reading:
    """Return the rows of a file or a frame."""
    if isinstance(source, pd.DataFrame):
        return read_frame(source, config)
    return read_file(Path(source), config)


def _redacted(reading: Reading, config: Config, roster: Sequence[str]) -> pd.DataFrame:
    """Return the redacted rows of a reading; customers get pseudonyms without a secret."""
    return redact(reading.verbatims, config, roster, lambda customer: f"c_{digest_of(customer)}")


def _pour(data: bytes, out: BinaryIO) -> None:
    """Write `data` to `out`."""
    out.write(data)

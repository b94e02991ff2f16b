"""The account that a run gives of itself: the ledger of rows and the content of ``run.json``."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
import pandas as pd

from cx_text.config import Config
from cx_text.pipeline import coverage
from cx_text.records import SCHEMA_VERSION, Findings, Scored
from cx_text.scoring import TextModel
from cx_text.stages.vectors import SentenceEncoder, StaticEncoder


@dataclass(frozen=True)
class Ledger:
    """Where rows went: read = accepted + quarantined + duplicate; updated are among accepted."""

    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicate: int = 0
    updated: int = 0

    def __add__(self, other: Ledger) -> Ledger:
        """Return the ledger of both."""
        return Ledger(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )

    def to_dict(self) -> dict[str, int]:
        """Return the numbers by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass
class Stopwatch:
    """Seconds spent in each stage, for information only: nothing depends on them."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add the time of the body to `stage`."""
        start = time.monotonic()
        yield
        self.seconds[stage] = round(self.seconds.get(stage, 0) + time.monotonic() - start, 3)


def _version() -> str:
    """Return the version of the installed package."""
    try:
        return version("cx_text")
    except PackageNotFoundError:
        return "0+unknown"


__version__ = _version()


@dataclass(frozen=True)
class Account:
    """What a run knows of itself beside its findings.

    Attributes:
        run_id: its id.
        inputs: one mapping a file: name, sha256, columns, kept, dropped, and its ledger or its error.
        ledger: the rows of all files.
        timings: seconds by stage.
        warnings: what a reader should know, in plain words.
        near_copies: the large groups of near copies, as `copying.near_copies` tells them.
    """

    run_id: str
    inputs: Sequence[Mapping[str, Any]]
    ledger: Ledger
    timings: Mapping[str, float]
    warnings: Sequence[str]
    near_copies: Sequence[Mapping[str, Any]] = ()

    def record(self, scored: Scored, findings: Findings, model: TextModel, config: Config) -> dict[str, Any]:
        """Return the content of ``run.json``; `ledger` and `coverage` speak of the rows of this run."""
        return {
            "run_id": self.run_id,
            "version": __version__,
            "schema_version": SCHEMA_VERSION,
            "scope": "run",
            "inputs": list(self.inputs),
            "columns": {k: v for one in self.inputs for k, v in one.get("columns", {}).items()},
            "ledger": self.ledger.to_dict(),
            "coverage": coverage(scored.verbatims["status"]),
            "languages": _languages(scored.verbatims),
            "workspace": {"scope": "report window", "coverage": dict(findings.coverage)},
            "metrics": findings.metrics,
            "near_copies": list(self.near_copies),
            "models": {
                "encoder": SentenceEncoder.name,
                "vectors": StaticEncoder.name,
                "sentiment": model.reader.layers,
                "themes": len(model.taxonomy.catalogue),
                "learned_from": model.learned_from,
                "lineage": [asdict(change) for change in model.lineage],
                "edits": len(model.edits),
                "touched": sorted(model.taxonomy.touched),
                "muted": sorted(model.taxonomy.muted),
                "pinned": sorted(model.taxonomy.pinned),
            },
            "seed": config.seed,
            "config": msgspec.to_builtins(config),
            "config_sha256": config.sha256,
            "timings": dict(self.timings),
            "warnings": [*self.warnings, *_unscored(model), *findings.warnings],
        }


def _languages(verbatims: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return how many rows are in each other language, most first, and whether sentiment is told of them."""
    others = verbatims[verbatims["status"] == "other_language"]
    told = others.groupby("language")["sentiment"].agg(n="size", scored="count").reset_index()
    ordered = told.sort_values(["n", "language"], ascending=[False, True])
    return {one.language: {"n": int(one.n), "scored": bool(one.scored)} for one in ordered.itertuples()}


def _unscored(model: TextModel) -> Iterator[str]:
    """Yield a warning where the words of the export's language are not known."""
    if model.reader.words is None:
        language = model.config.input.language
        yield f"sentiment is not told: no words of feeling are known in {language} ([input] language)"

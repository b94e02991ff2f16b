"""The labelled sets, and cx_text's themes of one of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from cx_text.api import Pipeline, fit

LABELS = {
    "banking77": "label",
    "us_airline_tweets": "negativereason",
    "bitext_support": "label",
    "app_reviews_4class": "label",
}
"""The column of each set that holds what people called a comment; rows without are left out."""


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line.

    Attributes:
        data: folder of the public sets.
        sets: names of the sets.
        rows: at most so many rows of each set; 0: all.
        verbose: name single cases, too.
        folder: what is computed once, for all tables of this run.
    """

    data: Path
    sets: tuple[str, ...]
    rows: int
    verbose: bool
    folder: Path


@dataclass(frozen=True)
class Labelled:
    """Comments and what people called them."""

    texts: list[str]
    gold: list[str]


def read(name: str, data: Path) -> pd.DataFrame:
    """Return a public set, every cell as text.

    Raises:
        SystemExit: it is not there; with a message that says how to name another folder.
    """
    path = data / f"{name}.csv.gz"
    if not path.is_file():
        sys.exit(f"error: {path} is missing; name the folder of the public sets with --data")
    return pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")


def load(name: str, options: Options) -> Labelled:
    """Return the labelled rows of a set, a random part of them where fewer are asked for."""
    frame = read(name, options.data)
    frame = frame[frame[LABELS[name]] != ""]
    if 0 < options.rows < len(frame):
        frame = frame.sample(options.rows, random_state=0)
    return Labelled(frame["text"].tolist(), frame[LABELS[name]].tolist())


def export_of(texts: Sequence[str]) -> pd.DataFrame:
    """Return texts as rows of an export; a row's id is its number."""
    return pd.DataFrame({"verbatim_id": [str(row) for row in range(len(texts))], "verbatim": list(texts)})


def main_themes(pipeline: Pipeline, texts: Sequence[str]) -> list[str | None]:
    """Return the main theme of each text, None for none."""
    scored = pipeline.score(export_of(texts)).verbatims
    themes = dict(zip(scored["verbatim_id"], scored["theme_id"], strict=True))
    found = (themes.get(str(row)) for row in range(len(texts)))
    return [theme if isinstance(theme, str) else None for theme in found]


@lru_cache(maxsize=len(LABELS))
def learned(name: str, options: Options) -> tuple[Labelled, Pipeline, list[str | None]]:
    """Return a set, a pipeline that learned from all of it, and the main theme of each row."""
    labelled = load(name, options)
    pipeline = fit(export_of(labelled.texts))
    return labelled, pipeline, main_themes(pipeline, labelled.texts)

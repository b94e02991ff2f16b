"""What an explanation is made from: rows, model, edits and settings of the last report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
from rapidfuzz import fuzz, process

from cx_text.config import Config, make_config
from cx_text.errors import UsageError, WorkspaceError
from cx_text.modelling import load_model
from cx_text.pipeline import find, first_of_each_text
from cx_text.records import Collection, Findings, Past, Scored
from cx_text.reports.record import plain
from cx_text.scoring import TextModel
from cx_text.stages.periods import collect, without
from cx_text.store import Workspace
from cx_text.taxonomy import Taxonomy

QUOTES = 5
"""Comments quoted with an explanation."""

NEAR = 50.0
"""Names less alike than this (0..100) are not suggested."""

Facts = dict[str, Any]
Value = float | int | str | None


@dataclass(frozen=True)
class Source:
    """A workspace as of its last report.

    Attributes:
        model: the text model in force, with people's edits.
        config: the settings of the last run.
        rows: all rows, redacted, and their mentions.
        born: the run in which each theme was first known, by theme_id; also themes of the past.
        run_id: the last run.
        past: what it and the runs before told.
    """

    model: TextModel
    config: Config
    rows: Scored
    born: Mapping[str, str]
    run_id: str
    past: Past = field(default_factory=Past)

    @property
    def taxonomy(self) -> Taxonomy:
        """The themes as people see them."""
        return self.model.taxonomy

    @cached_property
    def collection(self) -> Collection:
        """The rows of the report's window, as numbers; muted themes included."""
        return collect(self.rows, self.taxonomy.catalogue, self.config)[0]

    @cached_property
    def heard(self) -> Collection:
        """The rows of the report's window without muted themes."""
        return without(self.collection, self.taxonomy.muted)

    @cached_property
    def findings(self) -> Findings:
        """What the last report told, computed again."""
        known = self.taxonomy
        return find(self.rows, known.catalogue, self.config, self.past, known.muted, known.notes)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The redacted text of every verbatim, by id."""
        rows = self.rows.verbatims
        return dict(zip(rows["verbatim_id"], rows["text"].fillna(""), strict=True))

    def quotes(self, ids: Sequence[str], themes: AbstractSet[str]) -> list[Facts]:
        """Return the first verbatims of `ids`: redacted text, and the part that mentions one of `themes`.

        Of several parts it is the surest, ties: the first; none where it mentions none of them.
        """
        shown = list(ids[:QUOTES])
        mentions = self.rows.mentions
        mentions = mentions[mentions["verbatim_id"].isin(shown) & mentions["theme_id"].isin(themes)]
        surest = mentions.sort_values(["confidence", "start"], ascending=[False, True])
        spots = surest.drop_duplicates("verbatim_id").set_index("verbatim_id").to_dict("index")
        return [_quote(one, self.texts[one], spots.get(one)) for one in shown]

    def label(self, theme_id: str) -> str:
        """Return the label of an effective theme, the id itself where it has none."""
        return self.taxonomy.labels.get(theme_id) or theme_id


def read_source(workspace: Path) -> Source:
    """Return what a workspace holds.

    Raises:
        WorkspaceError: there is no workspace, it is damaged, or it has not learned yet.
    """
    with Workspace.open(workspace, write=False) as space, space.transaction():
        model, last, history = load_model(space), space.last_run(), space.themes()
        if model is None or last is None:
            raise WorkspaceError(
                "E_NO_MODEL", "nothing was learned yet", "call `cx-text run` first", str(workspace)
            )
        bare, past = space.rows(), space.past()
    rows = Scored(bare.verbatims.assign(duplicate_of=first_of_each_text(bare)), bare.mentions)
    config = make_config(last["config"]) if "config" in last else model.config
    born = dict(zip(history["theme_id"], history["born"], strict=True))
    return Source(model, config, rows, born, str(last["run_id"]), past)


def _quote(verbatim_id: str, text: str, spot: Mapping[Any, Any] | None) -> Facts:
    """Return a verbatim, with the part where a theme is mentioned."""
    told: Facts = {"verbatim_id": verbatim_id, "text": text}
    if spot is None:
        return told
    part = {"span": text[int(spot["start"]) : int(spot["end"])]}
    return told | part | {name: float(spot[name]) for name in ("confidence", "sentiment")}


def figure(name: str, value: Value, formula: str, said: str, **parts: Any) -> Facts:
    """Return a figure: its name, its value, the formula, its parts by name, and all of it in a sentence."""
    return {"name": name, "value": value, "formula": formula, "from": parts, "said": said}


def row_of(frame: pd.DataFrame, **wanted: str) -> Facts | None:
    """Return the first row with these values as JSON knows it, None without one."""
    for name, value in wanted.items():
        frame = frame[(frame[name] == value).fillna(value=False)]
    return facts_of(frame)[0] if len(frame) else None


def facts_of(frame: pd.DataFrame) -> list[Facts]:
    """Return rows as JSON knows them; times as ISO 8601, what is empty as None."""
    times = [name for name, kind in frame.dtypes.items() if str(kind).startswith("datetime")]
    told = frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name in times})
    return [plain(row) for row in told.to_dict("records")]


def unknown(kind: str, name: str, known: Iterable[str], mend: str) -> NoReturn:
    """Raise the error for a name that there is not; the nearest of those `known` is named.

    Raises:
        UsageError: E_UNKNOWN.
    """
    near = process.extractOne(name, sorted(known), scorer=fuzz.ratio, score_cutoff=NEAR)
    raise UsageError(
        "E_UNKNOWN", f"there is no {kind} '{name}'", f"did you mean '{near[0]}'?" if near else mend
    )

"""The model of a workspace: learned, edited, put in force, and every row scored with the one in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from cx_text.account import Stopwatch
from cx_text.config import Config
from cx_text.engine import Saved, encode_in_chunks, score_in_chunks
from cx_text.errors import WorkspaceError
from cx_text.intake import Fresh
from cx_text.learning import Encode, learn
from cx_text.model_file import from_bytes, to_bytes
from cx_text.newborn import LOOKED_AT, with_new_themes
from cx_text.records import VERBATIMS, Scored
from cx_text.scoring import TextModel
from cx_text.seeding import SEEDED_BELOW
from cx_text.stages.vectors import span_vectors
from cx_text.store import Workspace
from cx_text.store.edits import EDITS, read_edits
from cx_text.taxonomy import Edit
from cx_text.teaching import with_edits

Tell = Callable[[str, int, int], None]
"""Told (stage, done, total) as work goes on."""

GROWTH = 4
"""Themes are learned again when the number of distinct texts is four times the last."""


def load_model(space: Workspace) -> TextModel | None:
    """Return the text model in force, None before the first learning.

    Raises:
        WorkspaceError: the model is missing, damaged or of a newer version.
    """
    found = space.model()
    return None if found is None else from_bytes(found[0].read_bytes(), found[0].name)


def load_scorer(path: str) -> Callable[[pd.DataFrame], Scored]:
    """Return the scorer of a model file; worker processes load it once.

    Raises:
        WorkspaceError: the model is damaged or of a newer version.
    """
    return from_bytes(Path(path).read_bytes(), path).score


def is_edited(space: Workspace) -> bool:
    """Return whether people edited themes since the model in force was kept.

    Raises:
        WorkspaceError: the model or the edits are damaged.
    """
    model = load_model(space)
    return model is not None and edits_of(space, model) != model.edits


def edits_of(space: Workspace, model: TextModel) -> tuple[Edit, ...]:
    """Return the edits in the file of a workspace, all those in force among them.

    Raises:
        WorkspaceError: E_EDITS, the file is broken, or edits that are in force are gone from it.
    """
    edits = read_edits(space.path)
    lost = {one.number for one in model.edits} - {one.number for one in edits}
    if lost:
        wrong = f"edits that are in force are gone: {', '.join(map(str, sorted(lost)))}"
        raise WorkspaceError("E_EDITS", wrong, "call `cx-text repair`", str(space.path / EDITS))
    return edits


@dataclass(frozen=True)
class Modeller:
    """Who keeps a workspace's model in step with its rows and its edits, inside one transaction.

    Attributes:
        space: the workspace, open for writing.
        config: settings to learn with.
        watch: counts the time that learning, scoring and keeping take.
        tell: told of progress.
        workers: processes at work.
        engine: how chunks are run, a name of `cx_text.engine.ENGINES` or ``auto``.
    """

    space: Workspace
    config: Config
    watch: Stopwatch
    tell: Tell
    workers: int = 1
    engine: str = "auto"

    def take(self, fresh: Sequence[Fresh]) -> TextModel:
        """Score and keep the new rows, learning before or after where that is due; return the model.

        Raises:
            UsageError: E_THEME, an edit needs more comments than there are.
        """
        model = load_model(self.space)
        if model is not None:
            model = self.edit(model)
        else:
            model = self._learn(pd.concat([VERBATIMS.frame(), *(one.rows for one in fresh)]), None)
        for one in fresh:
            with self.watch.time("score"):
                scored = self._score(one.rows, model)
            with self.watch.time("keep"):
                self.space.take(one.record(), scored, one.content, self.space.next_run_id())
        if _is_due(self.space.distinct_texts(), model.learned_from):
            return self.learn_again()
        return self._with_new_themes(model) if any(len(one.rows) for one in fresh) else model

    def edit(self, model: TextModel) -> TextModel:
        """Return the model with all edits, kept; rows are scored again where that may matter.

        Raises:
            UsageError: E_THEME, an edit needs more comments than there are.
        """
        edits = edits_of(self.space, model)
        if edits == model.edits:
            return model
        with self.watch.time("learn"):
            new = with_edits(model, edits, lambda: self.space.rows().verbatims, self._encoder)
        self.keep(new)
        if new.specialists or model.specialists or new.said_as != model.said_as:
            self._rescore(new)
        return new

    def learn_again(self) -> TextModel:
        """Return a model learned from all rows, ids kept; every row is scored again with it."""
        model = self._learn(self.space.rows().verbatims, load_model(self.space))
        self._rescore(model)
        return model

    def _learn(self, rows: pd.DataFrame, before: TextModel | None) -> TextModel:
        """Return a model learned from `rows`, kept in the workspace and in force."""
        with self.watch.time("learn"):
            edits = edits_of(self.space, before) if before else read_edits(self.space.path)
            known = before and with_edits(before, edits, lambda: rows, self._encoder)
            learned = learn(rows, self.config, self._encoder, known, self.space.next_theme_number())
            model = with_edits(learned, edits, lambda: rows, self._encoder)
        self.keep(model)
        self.space.note_learning(self.space.next_run_id())
        return model

    def _with_new_themes(self, model: TextModel) -> TextModel:
        """Return the model with the themes that began since it learned; if any, rows are scored again."""
        with self.watch.time("learn"):
            late, early = (self.space.sampled(LOOKED_AT, late=one) for one in (True, False))
            new = with_new_themes(model, late, early, self.space.next_theme_number(), self._encoder)
        if new is not model:
            self.keep(new)
            self._rescore(new)
        return new

    @property
    def _encoder(self) -> Encode:
        """The sentence encoder, in as many processes as were ordered."""
        return partial(encode_in_chunks, span_vectors, workers=self.workers, tell=self.tell)

    def keep(self, model: TextModel) -> None:
        """Keep a model in the workspace and put it in force."""
        path = self.space.save_model("text", to_bytes(model))
        self.space.point_at_model(path, model.learned_from)
        self.space.keep_themes(model.taxonomy.catalogue, self.space.next_run_id())

    def _rescore(self, model: TextModel) -> None:
        """Score all rows again."""
        with self.watch.time("score"):
            scored = self._score(self.space.rows().verbatims, model)
        with self.watch.time("keep"):
            self.space.rescore(scored)

    def _score(self, rows: pd.DataFrame, model: TextModel) -> Scored:
        """Return the scored rows, in processes where that is worthwhile."""
        found = self.space.model()
        scorer = Saved(load_scorer, str(found[0])) if found and self.workers > 1 else model.score
        done = 0

        def tell(count: int) -> None:
            nonlocal done
            done += count
            self.tell("score", done, len(rows))

        return score_in_chunks(scorer, rows, self.workers, self.engine, tell)


def _is_due(distinct: int, learned_from: int) -> bool:
    """Return whether there is so much more text than at the last learning that it is time again."""
    return learned_from < SEEDED_BELOW <= distinct or distinct >= max(GROWTH * learned_from, 1)

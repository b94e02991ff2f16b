"""The model of a workspace: none at first, kept in step with rows and edits, the same from disk."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from build_edits import make_edit
from flow import Kept

from cx_text.account import Stopwatch
from cx_text.config import Config
from cx_text.errors import WorkspaceError
from cx_text.modelling import Modeller, _is_due, is_edited, load_model, load_scorer
from cx_text.store import Workspace
from cx_text.store.edits import append_edit


def silent(stage: str, done: int, total: int) -> None:
    """Hear nothing."""


def theme_in(workspace: Path) -> str:
    """Return a theme of the model in force."""
    with Workspace.open(workspace, write=False) as space:
        model = load_model(space)
    assert model is not None
    return str(model.catalogue["theme_id"].iloc[0])


def test_before_the_first_learning_there_is_no_model(tmp_path: Path) -> None:
    """A new workspace has nothing that could have been edited either."""
    with Workspace.open(tmp_path / "w", write=True, create=True) as space:
        assert load_model(space) is None
        assert not is_edited(space)


def test_the_scorer_of_a_file_says_what_the_model_in_force_says(kept: Kept) -> None:
    """Worker processes know the model by its path alone."""
    with Workspace.open(kept.workspace, write=False) as space:
        model, found, rows = load_model(space), space.model(), space.rows().verbatims.head(30)
    assert model is not None
    assert found is not None
    said = load_scorer(str(found[0]))(rows)
    pd.testing.assert_frame_equal(said.verbatims, model.score(rows).verbatims)
    pd.testing.assert_frame_equal(said.mentions, model.score(rows).mentions)


def test_a_damaged_model_file_is_no_scorer(tmp_path: Path) -> None:
    """It is told, not guessed at."""
    path = tmp_path / "text.npz"
    path.write_bytes(b"what is left of a model")
    with pytest.raises(WorkspaceError, match="E_MODEL"):
        load_scorer(str(path))


def test_an_edit_is_news_until_the_model_has_it(copied: Path) -> None:
    """What is kept in the file of edits is in force after the next `edit`, and once is enough."""
    append_edit(copied, make_edit(1, "rename", theme_in(copied), label="Never picked up"))
    watch = Stopwatch()
    with Workspace.open(copied, write=True) as space:
        assert is_edited(space)
        model = load_model(space)
        assert model is not None
        with space.transaction():
            edited = Modeller(space, Config(), watch, silent).edit(model)
            assert Modeller(space, Config(), watch, silent).edit(edited) is edited
        assert not is_edited(space)
        assert "Never picked up" in set(space.themes()["label"])


def test_a_label_alone_is_no_reason_to_score_all_rows_again(copied: Path) -> None:
    """A theme that is counted as another one is."""
    watch, told = Stopwatch(), []

    def tell(stage: str, done: int, total: int) -> None:
        assert done <= total
        told.append(stage)

    theme = theme_in(copied)
    with Workspace.open(copied, write=True) as space:
        model = load_model(space)
        assert model is not None
        other = str(model.catalogue["theme_id"].iloc[1])
        with space.transaction():
            append_edit(copied, make_edit(1, "rename", theme, label="Never picked up"))
            model = Modeller(space, Config(), watch, tell).edit(model)
            assert "score" not in told
            append_edit(copied, make_edit(2, "merge", theme, into=other))
            Modeller(space, Config(), watch, tell).edit(model)
        assert "score" in told
        assert theme not in set(space.rows().mentions["theme_id"])


@pytest.mark.parametrize(
    ("distinct", "learned_from", "due"),
    [
        (0, 0, False),
        (1, 0, True),
        (40, 10, True),
        (39, 10, False),
        (299, 200, False),
        (300, 299, True),
        (301, 300, False),
        (1200, 300, True),
        (1199, 300, False),
    ],
)
def test_it_is_time_to_learn_at_300_texts_and_at_four_times_the_last(
    distinct: int, learned_from: int, due: bool
) -> None:
    """Law 2; never without any text."""
    assert _is_due(distinct, learned_from) is due

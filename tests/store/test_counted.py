"""Rows without their texts, and the few texts that are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from build_scored import assert_same, in_order, make_many, make_scored, make_workspace, take

from cx_text.records import Scored
from cx_text.stages.periods import counted
from cx_text.store import Workspace
from cx_text.text import digest_of, text_key


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Lend an empty workspace, open for writing."""
    with make_workspace(tmp_path / "w") as space:
        yield space


def test_rows_come_back_counted_as_if_counted_from_their_texts(workspace: Workspace) -> None:
    """Keys and lengths are kept when rows are taken."""
    many = make_many(300)
    take(workspace, many)
    whole = in_order(many)
    assert_same(workspace.counted(), Scored(counted(whole.verbatims), whole.mentions))


def test_the_agent_whom_a_text_names_is_found_in_passing(workspace: Workspace) -> None:
    """Beside its own one; agents that only another night told are on the roster as well."""
    workspace.add_agents(["Marco Day", "Priya Lee", "Wei Zhang"])
    agents = ["Priya Lee", "Marco Day", "Priya Lee"]
    take(
        workspace, make_scored(list("abc"), agent=agents, text=["Marco hung up", "Marco hung up", "Wei did"])
    )
    named = workspace.counted().verbatims["named_agent"]
    assert named.fillna("").tolist() == ["Marco Day", "", "Wei Zhang"]


def test_counted_rows_since_a_time_are_the_rows_since_it(workspace: Workspace) -> None:
    """The window is the same."""
    take(workspace, make_many(100))
    since = pd.Timestamp("2024-02-15")
    ids = workspace.rows(since).verbatims["verbatim_id"].tolist()
    assert 0 < len(ids) < 100
    assert workspace.counted(since).verbatims["verbatim_id"].tolist() == ids


def test_a_changed_text_has_its_own_key_and_length(workspace: Workspace) -> None:
    """An updated row is counted anew."""
    take(workspace, make_scored(["a"], text="late"))
    take(workspace, make_scored(["a"], text="very late again"), "f2")
    row = workspace.counted().verbatims.iloc[0]
    assert (row["text_key"], row["length"]) == (digest_of("very late again"), 3)


def test_the_newest_rows_come_with_their_texts(workspace: Workspace) -> None:
    """Newest first, those without a date last."""
    times = pd.to_datetime(["2024-03-01", None, "2024-03-03", "2024-03-02"], utc=True)
    take(workspace, make_scored(list("abcd"), created_at=times))
    assert workspace.newest(2)["verbatim_id"].tolist() == ["c", "d"]
    assert workspace.newest(2)["text"].tolist() == ["text of c", "text of d"]
    assert workspace.newest(9)["verbatim_id"].tolist() == ["c", "d", "a", "b"]


def test_texts_are_told_by_id(workspace: Workspace) -> None:
    """Who asks for a row that is not there gets nothing for it."""
    take(workspace, make_scored(["a", "b"]))
    assert workspace.texts(["b", "x"]) == {"b": "text of b"}
    assert workspace.texts([]) == {}


def test_a_sample_has_all_rows_of_the_texts_with_the_first_keys(workspace: Workspace) -> None:
    """The keys of texts are as good as a lot; rows from before and after the learning are kept apart."""
    early, late = [f"a{n}" for n in range(20)], [f"b{n}" for n in range(20)]
    take(workspace, make_scored([*early, "again"], text=[*early, early[0]]))
    workspace.note_learning("R000001")
    take(workspace, make_scored(late, text=late), "f2", "R000002")
    for texts, is_late in ((early, False), (late, True)):
        first = sorted(texts, key=lambda text: digest_of(text_key(text)))[:5]
        found = workspace.sampled(5, late=is_late)
        assert set(found["text"]) == set(first)
        assert len(found) == 5 + (early[0] in set(first))


def test_nothing_is_late_before_the_first_learning(workspace: Workspace) -> None:
    """And nothing early."""
    take(workspace, make_scored(["a"]))
    assert len(workspace.sampled(5, late=True)) == len(workspace.sampled(5, late=False)) == 0

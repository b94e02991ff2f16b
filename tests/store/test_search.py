"""Full-text search: every row can be found, by its newest text, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from build_scored import make_scored, make_workspace, take
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_text.errors import UsageError
from cx_text.store import Workspace
from cx_text.store.search import is_in_step, matching, rebuild

TEXTS = {
    "a": "My refund is late",
    "b": "Late delivery, no refund",
    "c": "The café was closed",
    "d": "refunds take ages",
}


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """Lend a workspace with four texts and one row with an empty one."""
    with make_workspace(tmp_path / "W") as workspace:
        take(workspace, make_scored([*TEXTS], text=[*TEXTS.values()]))
        take(workspace, make_scored(["e"], text=[""]), "f2")
        yield workspace


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("refund late", {"a", "b"}),
        ('"refund is"', {"a"}),
        ("REFUND NOT delivery", {"a"}),
        ("cafe OR ages", {"c", "d"}),
        ("refund*", {"a", "b", "d"}),
        ("NEAR(late refund, 1)", {"a"}),
        ("parcel", set()),
    ],
)
def test_words_are_found(space: Workspace, expression: str, found: set[str]) -> None:
    """Whole words in any order, without regard to case or accents; and the operators of FTS5."""
    assert matching(space, expression) == found


@pytest.mark.parametrize(
    "expression",
    [
        '"',
        "refund AND",
        "(((",
        "nothing: refund",
        "* *",
        "NEAR(",
        "\x00",
        "-",
        "\udcff",
        "(" * 5000,
    ],
    ids=range(10),
)
def test_a_hostile_expression_is_a_usage_error(space: Workspace, expression: str) -> None:
    """Exit 2, in one line that says what to write."""
    with pytest.raises(UsageError, match=r"E_MATCH: --match cannot be understood \(.*\); write words"):
        matching(space, expression)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(expression=st.text(max_size=30))
def test_any_expression_is_answered_or_refused(space: Workspace, expression: str) -> None:
    """No text makes anything but an answer or our error."""
    with suppress(UsageError):
        assert matching(space, expression) <= {*TEXTS}


def test_a_changed_text_is_found_by_its_new_words_only(space: Workspace) -> None:
    """And a row that only gets other scores stays as it is."""
    take(space, make_scored(["a"], text=["The vase broke"]), "f3")
    assert matching(space, "vase") == {"a"}
    assert matching(space, "refund") == {"b"}
    space.rescore(make_scored(["a"], text=["ignored"]))
    assert matching(space, "vase") == {"a"}
    assert is_in_step(space)


def test_a_transaction_that_fails_leaves_the_index_in_step(space: Workspace) -> None:
    """Rows and index change together or not at all."""
    take(space, make_scored(["z"], text=["a giraffe"]), "f4")
    with suppress(RuntimeError), space.transaction():
        space.change("DELETE FROM rows WHERE verbatim_id = 'z'")
        assert matching(space, "giraffe") == set()
        raise RuntimeError
    assert matching(space, "giraffe") == {"z"}
    assert is_in_step(space)


def test_numbers_hold_after_a_vacuum(space: Workspace) -> None:
    """VACUUM may renumber hidden rowids; the index goes by numbers of its own."""
    space.change("DELETE FROM rows WHERE verbatim_id IN ('a', 'c')")
    space.change("VACUUM")
    assert matching(space, "refund") == {"b"}
    assert matching(space, "ages") == {"d"}
    take(space, make_scored(["a"], text=["The vase broke"]), "f3")
    assert matching(space, "vase") == {"a"}


def test_an_index_out_of_step_is_seen_and_made_again(space: Workspace) -> None:
    """As `check` and `repair` do."""
    space.change("DELETE FROM documents WHERE verbatim_id = 'a'")
    assert not is_in_step(space)
    rebuild(space)
    assert is_in_step(space)
    assert matching(space, "refund late") == {"a", "b"}

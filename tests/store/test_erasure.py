"""What is buried stays out, and is not to be read from the grave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from build_scored import make_scored, make_workspace, take

from cx_text.records import INPUT, Verbatims
from cx_text.store import Workspace


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """Lend a workspace with two comments of Ada, one of Bob and one of nobody known, an hour apart."""
    with make_workspace(tmp_path / "W") as workspace:
        people = [*map(workspace.pseudonym, ("Ada", "Ada", "Bob")), None]
        take(workspace, make_scored("abcd", customer_id=people, created_at=times(4), text=[*"wxyz"]))
        yield workspace


def times(count: int) -> pd.DatetimeIndex:
    """Return so many hours from the beginning of 2025."""
    return pd.date_range("2025-01-01", periods=count, freq="h", tz="UTC")


def fresh(ids: str, customers: list[str | None], created_at: object = None) -> Verbatims:
    """Return rows of an export."""
    return Verbatims(
        INPUT.frame({"verbatim_id": list(ids), "customer_id": customers, "created_at": created_at})
    )


def test_a_customer_and_their_comments_are_buried(space: Workspace) -> None:
    """By either; who is alike only to the eye is another."""
    assert space.bury_customer("Ada") == 2
    assert space.erasing() == {"a", "b"}
    rows = fresh("aefg", [None, "Ada", "ada", "Ada "])
    assert space.buried(rows).tolist() == [True, True, False, False]


def test_one_comment_is_buried(space: Workspace) -> None:
    """Its writer is not."""
    assert space.bury_verbatim("a") == 1
    assert space.bury_verbatim("never seen") == 0
    assert space.buried(fresh("ab", ["Ada", "Ada"])).tolist() == [True, False]


def test_time_is_buried_up_to_a_moment_and_never_less(space: Workspace) -> None:
    """The moment itself stays; so do rows without a date; an earlier moment later changes nothing."""
    hours = times(4)
    assert space.bury_before(hours[2]) == 2
    assert space.bury_before(hours[1]) == 2
    rows = fresh("wxyz", [None] * 4, [hours[0], hours[1], hours[2], pd.NaT])
    assert space.buried(rows).tolist() == [True, True, False, False]


def test_nothing_is_buried_at_first(space: Workspace) -> None:
    """And nothing waits."""
    assert not space.has_buried
    assert not space.is_erasing
    assert not space.buried(fresh("ab", ["Ada", None])).any()
    assert space.buried(Verbatims(INPUT.frame())).empty


def test_a_tombstone_tells_nobody_who_lies_there(space: Workspace) -> None:
    """Neither the name nor the pseudonym that rows carried; another workspace has other stones."""
    space.bury_customer("Ada")
    keys = [key for (key,) in space.select("SELECT key FROM tombstones")]
    assert len(keys) == 3
    assert not {"Ada", "a", "b", space.pseudonym("Ada")} & {*keys}
    assert space.pseudonym("Ada")[2:] not in "".join(keys)


def test_a_deletion_waits_until_it_is_finished(space: Workspace) -> None:
    """Rows first, their ids last; it can be taken up at any point."""
    space.bury_customer("Ada")
    assert space.rows_left() == ["w", "x"]
    space.erase_rows()
    assert space.rows_left() == []
    assert space.is_erasing
    assert space.status()["pending"] == ["deletion of 2 rows"]
    space.finish_erasing()
    assert space.status()["pending"] == []
    assert space.erasing() == frozenset()
    assert [*space.rows().verbatims["verbatim_id"]] == ["c", "d"]
    assert space.has_buried


def test_no_byte_is_left_in_the_file_of_the_state(tmp_path: Path) -> None:
    """Neither in free pages, nor in the index of words, nor in the journal."""
    with make_workspace(tmp_path / "W") as workspace:
        texts = [f"zqxmarker{n} was here" for n in range(50)]
        take(workspace, make_scored([f"idmark{n}" for n in range(50)], text=texts))
        take(workspace, make_scored(["stays"], text=["This one stays"]), "f2")
        for number in range(50):
            workspace.bury_verbatim(f"idmark{number}")
        workspace.erase_rows()
        workspace.finish_erasing()
        data = b"".join(path.read_bytes() for path in (tmp_path / "W").glob("state.sqlite*"))
    assert b"zqxmarker" not in data
    assert b"idmark" not in data
    assert b"This one stays" in data

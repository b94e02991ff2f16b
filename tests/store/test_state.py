"""Rows: which are new, taking them wholly or not at all, and giving them back as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from build_scored import assert_same, hashes, in_order, make_many, make_scored, make_workspace, take

from cx_text.records import MENTIONS, VERBATIMS, Scored
from cx_text.store import FileRecord, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Lend a new workspace."""
    with make_workspace(tmp_path / "W") as opened:
        yield opened


def test_twenty_thousand_rows_come_back_as_they_went_in(workspace: Workspace) -> None:
    """Every column, kind, empty cell, list, attribute and microsecond survives."""
    many = make_many(20_000)
    take(workspace, many)
    assert_same(workspace.rows(), in_order(many))


def test_rows_survive_closing(tmp_path: Path) -> None:
    """What was taken is on disk."""
    rows = make_many(50)
    with make_workspace(tmp_path / "W") as workspace:
        take(workspace, rows)
    with Workspace.open(tmp_path / "W", write=False) as reader:
        assert_same(reader.rows(), in_order(rows))


def test_a_new_workspace_has_no_rows_but_all_columns(workspace: Workspace) -> None:
    """Emptiness has the shape of the tables."""
    kept = workspace.rows()
    pd.testing.assert_frame_equal(kept.verbatims, VERBATIMS.frame())
    pd.testing.assert_frame_equal(kept.mentions, MENTIONS.frame())


@pytest.mark.parametrize(
    "text", ["", "a\x00b", "é\u200b 👍🏽", "'; DROP TABLE rows; --", '"', "\r\n\t", "nan", "None"]
)
def test_text_survives(workspace: Workspace, text: str) -> None:
    """Text is opaque, in the comment, the id and an attribute."""
    take(workspace, make_scored([f"id {text}"], text=[text], attr_x=[text], agent=[text]))
    row = workspace.rows().verbatims.iloc[0]
    assert [row["verbatim_id"], row["text"], row["attr_x"], row["agent"]] == [f"id {text}", *[text] * 3]


@pytest.mark.parametrize("one", ["007", "1e5", "TRUE", " x ", "1.0"])
def test_ids_stay_what_they_are(workspace: Workspace, one: str) -> None:
    """No id becomes a number."""
    take(workspace, make_scored([one]))
    assert workspace.rows().verbatims["verbatim_id"].tolist() == [one]


def test_a_row_is_new_same_or_changed(workspace: Workspace) -> None:
    """By id first, then by content."""
    take(workspace, make_scored(["a", "b"], text=["x", "y"]))
    assert workspace.content_state(["a", "b", "c"], ["x", "other", "x"]) == ["same", "changed", "new"]


def test_the_state_of_more_rows_than_one_statement_asks_for(workspace: Workspace) -> None:
    """Answers stay in the order of the ids."""
    many = make_many(2_000)
    take(workspace, many)
    ids = many.verbatims["verbatim_id"].tolist()
    assert workspace.content_state([*ids, "z"], [*hashes(many), "z"]) == ["same"] * 2_000 + ["new"]
    assert workspace.content_state([], []) == []


def test_content_hashes_are_kept_keyed(workspace: Workspace, tmp_path: Path) -> None:
    """Nobody can try out contents without the secret, and another secret gives another hash."""
    rows = make_scored(["a"], text=["hash-of-the-content"])
    take(workspace, rows)
    with make_workspace(tmp_path / "V") as other:
        take(other, rows)
        assert workspace.known(["a", "b"]).keys() == {"a"}
        assert workspace.known(["a"])["a"] not in (other.known(["a"])["a"], "hash-of-the-content")


def test_an_id_given_again_updates_its_row(workspace: Workspace) -> None:
    """Row, attributes and mentions are replaced, others stay."""
    take(workspace, make_scored(["a", "b"], [("a", 0, 1, "T1"), ("a", 2, 3, "T2"), ("b", 0, 1, "T1")]))
    take(workspace, make_scored(["a"], [("a", 4, 5, "T3")], text=["new"], attr_x=["1"]), "f2", "R000002")
    kept = workspace.rows()
    assert kept.verbatims["text"].tolist() == ["new", "text of b"]
    assert kept.verbatims["attr_x"].fillna("-").tolist() == ["1", "-"]
    assert list(kept.mentions["theme_id"]) == ["T3", "T1"]


def test_a_file_is_known_under_the_config_that_read_it_last(workspace: Workspace) -> None:
    """Taken under another config, its rows are those of that config; going back takes it again."""
    first, second = FileRecord("a.csv", "f1", "k1"), FileRecord("a.csv", "f1", "k2")
    rows = make_scored(["a"])
    assert not workspace.file_taken("f1", "k1")
    workspace.take(first, rows, ["h"], "R000001")
    assert workspace.file_taken("f1", "k1")
    workspace.take(second, rows, ["h"], "R000002")
    assert workspace.file_taken("f1", "k2")
    assert not workspace.file_taken("f1", "k1")
    workspace.take(first, rows, ["h"], "R000003")
    assert workspace.file_taken("f1", "k1")
    assert not workspace.file_taken("f2", "k1")


def test_the_same_file_twice_changes_nothing(workspace: Workspace) -> None:
    """Rows, mentions and the number of files are those of once."""
    rows = make_many(100)
    take(workspace, rows)
    before = workspace.digest(), workspace.status()["files"]
    take(workspace, rows)
    assert (workspace.digest(), workspace.status()["files"]) == before


def test_a_file_is_kept_with_its_ledger_and_columns(workspace: Workspace) -> None:
    """What was mapped to what can be looked up."""
    file = FileRecord("a.csv", "f1", "k1", {"read": 2, "accepted": 2}, {"verbatim": "Comment"})
    workspace.take(file, make_scored(["a", "b"]), ["h", "i"], "R000001")
    ((name, ledger, columns),) = workspace.select("SELECT name, ledger, columns FROM files")
    assert (name, json.loads(ledger), json.loads(columns)) == ("a.csv", file.ledger, file.columns)


def test_a_file_without_rows_is_taken_too(workspace: Workspace) -> None:
    """An empty night is a night."""
    take(workspace, make_scored([]))
    assert workspace.file_taken("f1", "k1")
    assert len(workspace.rows()) == 0


def wrong_takes() -> dict[str, tuple[Scored, list[str]]]:
    """Return rows that cannot be taken and their content hashes, by what is said of them."""
    return {
        "each verbatim_id can be given once": (make_scored(["x", "x"]), ["h", "h"]),
        "each mention needs its verbatim": (make_scored(["x"], [("a", 0, 1, "T1")]), ["h"]),
        "is shorter than": (make_scored(["x", "y"]), ["h"]),
    }


@pytest.mark.parametrize("wrong", sorted(wrong_takes()))
def test_a_take_that_fails_leaves_nothing(workspace: Workspace, wrong: str) -> None:
    """No row, no mention, no file; what was there stays."""
    take(workspace, make_scored(["a"], [("a", 0, 1, "T1")]))
    before = workspace.digest()
    rows, contents = wrong_takes()[wrong]
    with pytest.raises(ValueError, match=wrong):
        workspace.take(FileRecord("x.csv", "fx", "k1"), rows, contents, "R000002")
    assert workspace.digest() == before
    assert not workspace.file_taken("fx", "k1")


class CutShortError(RuntimeError):
    """A failure in the midst of a transaction."""


def test_a_take_cut_short_at_its_last_step_leaves_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows and mentions were written when the file record fails: all go."""
    take(workspace, make_scored(["a"], [("a", 0, 1, "T1")]))
    before = workspace.digest()
    statements = workspace.change

    def change(statement: str, values: tuple[object, ...] = ()) -> int:
        """Fail when the file is to be recorded."""
        if "INTO files" in statement:
            raise CutShortError
        return statements(statement, values)

    monkeypatch.setattr(workspace, "change", change)
    with pytest.raises(CutShortError):
        take(workspace, make_scored(["a", "b"], [("a", 5, 6, "T9"), ("b", 0, 1, "T9")]), "f2")
    monkeypatch.undo()
    assert workspace.digest() == before
    assert not workspace.file_taken("f2", "k1")


def take_and_fail(workspace: Workspace, one: str) -> None:
    """Take a row, remember an agent and a run, all in one transaction, and fail at its end."""
    with workspace.transaction():
        take(workspace, make_scored([one]), f"file of {one}")
        workspace.add_agents(["Ada"])
        workspace.finish_run("R000001", {})
        raise CutShortError


def test_a_night_in_one_transaction_leaves_nothing_when_it_fails(workspace: Workspace) -> None:
    """The steps inside belong to the whole."""
    with pytest.raises(CutShortError):
        take_and_fail(workspace, "a")
    assert len(workspace.rows()) == 0
    assert not workspace.file_taken("file of a", "k1")
    assert (workspace.roster(), workspace.runs(), workspace.next_run_id()) == ((), [], "R000001")


def test_a_part_that_fails_and_is_caught_undoes_only_itself(workspace: Workspace) -> None:
    """What the same transaction did before and after it is kept."""
    with workspace.transaction():
        take(workspace, make_scored(["a"]), "f1")
        with pytest.raises(CutShortError):
            take_and_fail(workspace, "b")
        take(workspace, make_scored(["c"]), "f2")
    assert workspace.rows().verbatims["verbatim_id"].tolist() == ["a", "c"]
    assert workspace.roster() == ()


def test_a_reader_sees_the_night_before_until_the_transaction_ends(workspace: Workspace) -> None:
    """And within its own transaction one state throughout."""
    take(workspace, make_scored(["a"]))
    with Workspace.open(workspace.path, write=False) as reader:
        with workspace.transaction():
            take(workspace, make_scored(["b"]), "f2")
            assert len(reader.rows()) == 1
        with reader.transaction():
            assert len(reader.rows()) == 2
            take(workspace, make_scored(["c"]), "f3")
            assert len(reader.rows()) == 2
        assert len(reader.rows()) == 3


def test_scoring_again_replaces_scores_and_mentions_only(workspace: Workspace) -> None:
    """Text, groups, date and content stay what they were."""
    take(workspace, make_scored(["a", "b"], [("a", 0, 1, "T1"), ("b", 0, 1, "T1")], agent="Ada"))
    again = make_scored(["a"], [("a", 0, 1, "T5")], text="lost", agent="lost", sentiment=0.5, theme_id="T5")
    workspace.rescore(again)
    kept = workspace.rows()
    assert kept.verbatims["text"].tolist() == ["text of a", "text of b"]
    assert kept.verbatims["agent"].tolist() == ["Ada", "Ada"]
    assert kept.verbatims["theme_id"].fillna("-").tolist() == ["T5", "-"]
    assert kept.verbatims["sentiment"].iloc[0] == 0.5
    assert kept.mentions["theme_id"].tolist() == ["T5", "T1"]
    assert workspace.content_state(["a"], ["text of a"]) == ["same"]


def test_scoring_an_unknown_row_again_is_refused_wholly(workspace: Workspace) -> None:
    """The known row beside it keeps its scores."""
    take(workspace, make_scored(["a"]))
    with pytest.raises(ValueError, match="only rows of the workspace"):
        workspace.rescore(make_scored(["a", "z"], sentiment=0.5))
    assert workspace.rows().verbatims["sentiment"].isna().all()


def test_scoring_no_row_again_is_nothing(workspace: Workspace) -> None:
    """An empty frame is fine."""
    workspace.rescore(make_scored([]))
    assert len(workspace.rows()) == 0


DATED = {"created_at": pd.to_datetime(["2024-03-02", None, "2024-03-01"], utc=True)}


def test_rows_come_by_date_then_id_and_without_date_last(workspace: Workspace) -> None:
    """The order of taking is forgotten."""
    take(workspace, make_scored(["a", "b", "c"], **DATED))
    take(workspace, make_scored(["0"], created_at=pd.Timestamp("2024-03-02", tz="UTC")), "f2")
    assert workspace.rows().verbatims["verbatim_id"].tolist() == ["c", "0", "a", "b"]


@pytest.mark.parametrize(
    ("since", "ids"),
    [
        (pd.Timestamp("2024-03-02"), ["a", "b"]),
        (pd.Timestamp("2024-03-02", tz="UTC"), ["a", "b"]),
        (pd.Timestamp("2024-03-02 01:00", tz="Europe/Berlin"), ["a", "b"]),
        (pd.Timestamp("2024-03-01"), ["c", "a", "b"]),
        (pd.Timestamp("2025-01-01"), ["b"]),
    ],
)
def test_rows_since_a_time_keep_those_without_date(
    workspace: Workspace, since: pd.Timestamp, ids: list[str]
) -> None:
    """The time itself is included; mentions follow their rows."""
    mentions = [(one, 0, 1, "T1") for one in "abc"]
    take(workspace, make_scored(["a", "b", "c"], mentions, **DATED))
    kept = workspace.rows(since)
    assert kept.verbatims["verbatim_id"].tolist() == ids
    assert kept.mentions["verbatim_id"].tolist() == ids


def test_rows_of_a_run_are_those_it_took_in_or_updated(workspace: Workspace) -> None:
    """A row belongs to the last run that wrote it."""
    take(workspace, make_scored(["a", "b"]))
    take(workspace, make_scored(["b", "c"]), "f2", "R000002")
    assert workspace.rows(run_id="R000001").verbatims["verbatim_id"].tolist() == ["a"]
    assert workspace.rows(run_id="R000002").verbatims["verbatim_id"].tolist() == ["b", "c"]


def test_learning_goes_by_distinct_texts_with_content(workspace: Workspace) -> None:
    """Repeats count once whatever their case and marks; what says nothing does not count."""
    texts = ["Very good", "very good!!", "bad", "n/a", "late"]
    status = ["themed", "unthemed", "unthemed", "non_answer", "other_language"]
    take(workspace, make_scored(list("abcde"), text=texts, status=status))
    assert workspace.distinct_texts() == 2

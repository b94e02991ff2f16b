"""Deletion: no trace in any byte, no way back in, and finished by whoever comes next."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from build_export import Rows, small_rows, write_export
from build_traces import traces

from cx_text import erasing
from cx_text.config import Config
from cx_text.edits import edit, make_draft
from cx_text.erasing import Deletion, erase, finish_deletion
from cx_text.errors import LockedError
from cx_text.modelling import load_model
from cx_text.nightly import Order, run
from cx_text.store import Workspace, database
from cx_text.store.edits import EDITS, read_edits
from cx_text.upkeep import check

CUSTOMER = "kx7customer"
MARKS = ("zqxmarker", "wvkmarker", CUSTOMER, "idmark1", "idmark2", "idmark3", "idmark4")
TEXTS = (
    "I waited on hold for an hour and zqxmarker wvkmarker. You will hear from my lawyer.",
    "My refund of zqxmarker has not arrived wvkmarker after four weeks in the queue.",
    'A refund of "zqxmarker" \u00e9t\u00e9, wvkmarker; I will cancel and leave you, this is dangerous.',
)
WHO = ("2025-01-01", "Phone", "Ada", CUSTOMER, "1", "North")

Bury = Callable[[Workspace, Config], int]


def marked_rows() -> list[dict[str, str]]:
    """Return an export in which one customer speaks three times, and one of their rows cannot be taken."""
    rows = small_rows(90)
    for number, text in enumerate(TEXTS, 1):
        place = 20 * number
        rows[place] |= {"Response ID": f"idmark{number}", "Customer ID": CUSTOMER, "Comment": text}
    refused = {**rows[20], "Response ID": "idmark1", "Comment": "zqxmarker wvkmarker again, the same id"}
    return [*rows, refused]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of a workspace with two nights and an edit by example; look, but do not touch."""
    home = tmp_path_factory.mktemp("made")
    run([write_export(home / "a.csv", marked_rows())], Order(home / "w", output=home / "out"))
    edit(
        home / "w",
        make_draft(
            made_at="2025-03-01T09:30:00Z",
            author="Ada",
            action="define",
            theme_id="",
            label="on hold",
            examples=("idmark1", "r00001"),
        ),
        lambda *_: None,
    )
    run([write_export(home / "b.csv", small_rows(20, 90))], Order(home / "w"))
    return home


@pytest.fixture
def space(made: Path, tmp_path: Path) -> Path:
    """Return a workspace of the test's own that is as the one made."""
    return Path(shutil.copytree(made / "w", tmp_path / "w", symlinks=True))


def customer(space: Workspace, _: Config) -> int:
    """Bury the customer."""
    return space.bury_customer(CUSTOMER)


def gone(workspace: Path, bury: Bury) -> Deletion:
    """Delete from a workspace and return how that went."""
    return erase(workspace, bury, lambda *_: None)[0]


def test_a_customer_leaves_no_trace_in_any_byte(made: Path, space: Path) -> None:
    """Promise 45: text, ids and the customer, in the state, the models, the edits and all nights' reports."""
    with Workspace.open(space, write=False) as before:
        marks = (*MARKS, before.pseudonym(CUSTOMER))
    seen = {path.split("/")[0] for path, _ in traces(space, marks)}
    assert seen == {"state.sqlite", "edits.toml", "models", "reports"}
    done, copies = erase(space, customer, lambda *_: None)
    assert traces(space, marks) == set()
    assert done.rows == 3
    assert {"R000001", "R000002"} <= set(done.retold)
    assert copies == [str(made / "out")]
    assert check(space) == []


def test_what_is_told_again_lacks_the_rows_and_nothing_else(made: Path, space: Path) -> None:
    """Earlier nights keep their numbers; the new report counts without the rows."""
    gone(space, customer)
    old, new = (pd.read_csv(home / "reports" / "R000001" / "scores.csv") for home in (made / "w", space))
    pd.testing.assert_frame_equal(old, new)
    rows = pd.read_parquet(space / "reports" / "R000001" / "verbatims.parquet")
    was = pd.read_parquet(made / "w" / "reports" / "R000001" / "verbatims.parquet")
    kept = was[~was["verbatim_id"].str.startswith("idmark")]
    assert rows["verbatim_id"].tolist() == kept["verbatim_id"].tolist()
    rejected = pd.read_csv(space / "reports" / "R000001" / "rejected.csv")
    assert rejected[["line", "code"]].to_numpy().tolist() == [[92, "Q_DUP_ID_CONFLICT"]]
    assert rejected["raw"].isna().all()
    latest = json.loads((space / "reports" / "latest" / "run.json").read_text(encoding="utf-8"))
    assert latest["run_id"] == "R000004"
    assert sum(latest["workspace"]["coverage"].values()) == 107


def test_an_old_export_does_not_bring_the_rows_back(space: Path, tmp_path: Path) -> None:
    """They count as duplicate and are said; a new comment of the customer stays out, too."""
    gone(space, customer)
    late = {**small_rows(1)[0], "Response ID": "idmark4", "Customer ID": CUSTOMER, "Comment": TEXTS[0]}
    night = run([write_export(tmp_path / "again.csv", [*marked_rows(), late])], Order(space))
    ledger = night.record["ledger"]
    assert (ledger["read"], ledger["accepted"], ledger["quarantined"]) == (92, 0, 1)
    assert ledger["duplicate"] == 91
    [warning] = [one for one in night.record["warnings"] if "deleted" in one]
    assert warning.startswith("again.csv: 4 rows were deleted or purged before and are left out")
    assert traces(space, MARKS) == set()


def test_without_the_column_of_customers_ids_keep_the_rows_out(space: Path, tmp_path: Path) -> None:
    """Another export of the same comments."""
    gone(space, customer)
    rows = [{name: cell for name, cell in row.items() if name != "Customer ID"} for row in marked_rows()[:-1]]
    night = run([write_export(tmp_path / "again.csv", rows)], Order(space))
    assert night.record["ledger"]["updated"] == 87
    assert traces(space, MARKS) == set()


def test_a_comment_without_an_id_column_stays_out_by_its_content(tmp_path: Path) -> None:
    """Its id is the hash of what it says."""
    rows: Rows = [{"comment": text} for text in ("zqxmarker", "My refund is late", "The app is slow")]
    run([write_export(tmp_path / "a.csv", rows)], Order(tmp_path / "w"))
    with Workspace.open(tmp_path / "w", write=False) as space:
        [name] = [one for one, text in _texts(space).items() if text == "zqxmarker"]
    assert gone(tmp_path / "w", lambda space, _: space.bury_verbatim(name)).rows == 1
    night = run([write_export(tmp_path / "b.csv", [*rows, {"comment": "new"}])], Order(tmp_path / "w"))
    assert night.record["ledger"]["accepted"] == 1
    assert traces(tmp_path / "w", ["zqxmarker", name]) == set()


def _texts(space: Workspace) -> dict[str, str]:
    """Return the text of each row by its id."""
    rows = space.rows().verbatims
    return dict(zip(rows["verbatim_id"], rows["text"], strict=True))


def test_one_comment_goes_and_the_customers_others_stay(space: Path) -> None:
    """Only the one that was named."""
    assert gone(space, lambda space, _: space.bury_verbatim("idmark2")).rows == 1
    found = {mark for _, mark in traces(space, MARKS)}
    assert found == {"zqxmarker", "wvkmarker", "idmark1", "idmark3"}


def test_an_example_of_an_edit_is_forgotten_and_the_edit_stays(space: Path) -> None:
    """What people wrote is theirs; the id of the comment is not."""
    (space / EDITS).write_text((space / EDITS).read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    gone(space, customer)
    assert read_edits(space)[0].examples == ("(erased)", "r00001")
    assert (space / EDITS).read_text(encoding="utf-8").endswith("# mine\n")
    with Workspace.open(space, write=False) as reader:
        model = load_model(reader)
        assert model is not None
        assert model.edits == read_edits(space)


def test_what_people_call_a_theme_stays_though_few_customers_say_the_word(space: Path) -> None:
    """A person's own wording is exempt."""
    with Workspace.open(space, write=False) as reader:
        theme_id = reader.themes()["theme_id"].iloc[0]
    draft = make_draft(
        made_at="2025-03-02T09:30:00Z",
        author="Ada",
        action="rename",
        theme_id=theme_id,
        label="zqxmarker calls",
    )
    edit(space, draft, lambda *_: None)
    gone(space, lambda space, _: space.bury_verbatim("idmark2"))
    with Workspace.open(space, write=False) as reader:
        assert reader.themes().set_index("theme_id")["label"][theme_id] == "zqxmarker calls"


def test_purging_takes_what_is_older_and_keeps_it_out(space: Path, tmp_path: Path) -> None:
    """Promise 46; the day counts in the configured zone, rows without a date stay."""
    with Workspace.open(space, write=False) as reader:
        dates = reader.rows().verbatims["created_at"]
    day = pd.Timestamp("2025-01-04", tz="UTC")
    older = int((dates < day).sum())
    assert 0 < older < len(dates)
    assert gone(space, lambda space, _: space.bury_before(day)).rows == older
    night = run([write_export(tmp_path / "again.csv", marked_rows())], Order(space))
    assert night.record["ledger"]["accepted"] == 0
    with Workspace.open(space, write=False) as reader:
        assert reader.rows().verbatims["created_at"].min() >= day
        assert len(reader.rows()) == len(dates) - older
    assert traces(space, ["idmark1"]) == set()


@pytest.mark.parametrize(
    ("where", "step"),
    [
        (erasing, "forget_examples"),
        (erasing, "publish_run"),
        (erasing, "_remove_unknown"),
        (erasing, "publish_again"),
        (Workspace, "drop_old"),
        (Workspace, "finish_erasing"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_deletion_that_was_cut_short_is_finished_by_the_next_run(
    made: Path, space: Path, monkeypatch: pytest.MonkeyPatch, where: Any, step: str
) -> None:
    """Before any step; a workspace in between is whole, and says what waits."""

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(where, step, broken)
        with pytest.raises(RuntimeError):
            gone(space, customer)
    assert check(space) == []
    with Workspace.open(space, write=False) as reader:
        assert reader.status()["pending"] == ["deletion of 3 rows"]
    run([made / "b.csv"], Order(space))
    assert traces(space, MARKS) == set()
    assert check(space) == []
    with Workspace.open(space, write=False) as reader:
        assert reader.status()["pending"] == []


def test_a_reader_that_stays_is_named_and_the_next_call_ends_it(
    space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the old pages; the deletion is done when they are gone."""
    monkeypatch.setattr(database, "_PATIENCE", 0.1)
    with closing(sqlite3.connect(f"{(space / 'state.sqlite').as_uri()}?mode=ro", uri=True)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM rows").fetchone()
        with pytest.raises(LockedError):
            gone(space, customer)
    with Workspace.open(space, write=True) as writer:
        finish_deletion(writer, Order(space))
    assert traces(space, MARKS) == set()


def test_whoever_is_not_there_is_still_kept_out(space: Path, tmp_path: Path) -> None:
    """Nothing to delete today; nothing comes in tomorrow."""
    assert gone(space, lambda space, _: space.bury_customer("nobody yet")) == Deletion()
    row = {**small_rows(1)[0], "Response ID": "x1", "Customer ID": "nobody yet"}
    night = run([write_export(tmp_path / "c.csv", [row, small_rows(1, 500)[0]])], Order(space))
    assert night.record["ledger"]["accepted"] == 1


def test_reports_of_an_older_version_are_removed_and_said(space: Path) -> None:
    """They cannot be told again: that version did not keep what it found."""
    with Workspace.open(space, write=True) as writer:
        writer.change("DELETE FROM told WHERE run_id = 'R000001'")
        writer.change("DELETE FROM published WHERE run_id = 'R000001'")
    assert gone(space, customer).removed == (str(space / "reports" / "R000001"),)
    assert not (space / "reports" / "R000001").exists()
    assert traces(space, MARKS) == set()
    assert check(space) == []


FANS = (
    "The flurbonix I bought is broken",
    "My new flurbonix screen stays dark",
    "Nobody could tell me how a flurbonix is charged",
    "Please send back the flurbonix after repair",
    "Why does every flurbonix get so hot",
    "A flurbonix costs far too much",
)


def test_a_word_that_too_few_customers_still_say_is_learned_away(tmp_path: Path) -> None:
    """Promise 43 after a deletion: the model, the names and the earlier reports forget it."""
    rows = small_rows(80)
    for number, text in enumerate(FANS):
        rows[number] |= {"Customer ID": f"fan{number}", "Comment": text}
    run([write_export(tmp_path / "a.csv", rows)], Order(tmp_path / "w"))
    assert any(path.startswith("models/") for path, _ in traces(tmp_path / "w", ["flurbonix"]))
    assert not gone(tmp_path / "w", lambda space, _: space.bury_customer("fan0")).learned_again
    assert gone(tmp_path / "w", lambda space, _: space.bury_customer("fan1")).learned_again
    left = {path.split("/")[0] for path, _ in traces(tmp_path / "w", ["flurbonix"])}
    assert left <= {"state.sqlite", "reports"}  # in the comments of the four others
    with Workspace.open(tmp_path / "w", write=False) as space:
        assert "flurbonix" not in erasing._words_of(load_model(space))  # type: ignore[arg-type]
        labels = space.themes()["label"].fillna("").str.casefold()
        assert not labels.str.contains("flurbonix").any()

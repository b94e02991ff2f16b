"""One night: what is new is taken in, learned from where it is due, and told; safe to run twice."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from build_export import Rows, comments, small_rows, write_export
from flow import Kept

from cx_text import publishing
from cx_text.config import make_config
from cx_text.errors import UsageError
from cx_text.modelling import Modeller
from cx_text.nightly import Night, Order, refit, run
from cx_text.records import CSV_TABLES, MENTIONS, REJECTED, VERBATIMS
from cx_text.reports import REPORTS
from cx_text.store import Workspace


def digest(workspace: Path) -> str:
    """Return the hash of a workspace's state."""
    with Workspace.open(workspace, write=False) as space:
        return str(space.digest()["sha256"])


def take_in(home: Path, name: str, rows: Rows, workspace: str = "w") -> Night:
    """Return the night that takes in `rows` as the file `name`."""
    return run([write_export(home / name, rows)], Order(home / workspace, output=home / "out"))


def add_up(record: dict[str, Any]) -> bool:
    """Return whether a record's rows add up."""
    ledger = record["ledger"]
    parts = ledger["accepted"] + ledger["quarantined"] + ledger["duplicate"]
    return bool(ledger["read"] == parts and ledger["accepted"] == sum(record["coverage"].values()))


def test_every_report_lies_in_the_output_folder_with_its_columns(kept: Kept) -> None:
    """The contract's files, each with its columns, and nothing else."""
    assert {path.name for path in kept.output.iterdir()} == set(REPORTS)
    for table in (*CSV_TABLES, REJECTED):
        header = (kept.output / f"{table.name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == list(table.columns)
    for table in (VERBATIMS, MENTIONS):
        names = pq.read_schema(kept.output / f"{table.name}.parquet").names
        assert [name for name in names if not name.startswith("attr_")] == list(table.columns)


def test_files_and_folders_are_for_their_owner_alone(kept: Kept) -> None:
    """Promise 39, in the workspace and in the output."""
    for top in (kept.workspace, kept.output):
        for path in (top, *top.rglob("*")):
            if not path.is_symlink():
                assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_workspace_keeps_what_it_published(kept: Kept) -> None:
    """`reports/latest` leads to the same bytes as the output."""
    latest = kept.workspace / "reports" / "latest"
    assert latest.resolve().name == kept.night.record["run_id"]
    assert all((latest / name).read_bytes() == (kept.output / name).read_bytes() for name in REPORTS)


def test_the_same_export_twice_is_a_no_op(kept: Kept, copied: Path, tmp_path: Path) -> None:
    """Nothing in the state changes and the same bytes are published, for a renamed copy too."""
    before = digest(copied)
    renamed = Path(shutil.copy(kept.export, tmp_path / "renamed.csv"))
    for number, export in enumerate((kept.export, renamed)):
        night = run([export], Order(copied, output=tmp_path / str(number)))
        assert not night.new
        assert night.held == len(small_rows())
        assert night.record["run_id"] == kept.night.record["run_id"]
        for name in REPORTS:
            assert (night.folder / name).read_bytes() == (kept.output / name).read_bytes()
    assert digest(copied) == before


def test_a_reordered_copy_is_a_no_op(kept: Kept, copied: Path, tmp_path: Path) -> None:
    """Rows are known by their id and content, not by their place."""
    night = run([write_export(tmp_path / "turned.csv", small_rows()[::-1])], Order(copied))
    assert not night.new


def test_overlapping_exports_count_a_row_once(tmp_path: Path) -> None:
    """The second night takes in only what the first did not have."""
    take_in(tmp_path, "a.csv", small_rows(30))
    night = take_in(tmp_path, "b.csv", small_rows(30, 20))
    assert night.record["ledger"] == {
        "read": 30,
        "accepted": 20,
        "quarantined": 0,
        "duplicate": 10,
        "updated": 0,
    }
    assert add_up(night.record)
    assert sum(night.record["workspace"]["coverage"].values()) == 50


def test_a_corrected_row_replaces_the_old_one(tmp_path: Path) -> None:
    """Same id, other content: accepted and counted as updated."""
    rows = small_rows(30)
    take_in(tmp_path, "a.csv", rows)
    rows[4] = {**rows[4], "Comment": "The vase in my box was broken."}
    night = take_in(tmp_path, "b.csv", rows)
    assert night.record["ledger"] == {
        "read": 30,
        "accepted": 1,
        "quarantined": 0,
        "duplicate": 29,
        "updated": 1,
    }
    assert pd.read_parquet(tmp_path / "out" / "verbatims.parquet")["text"].tolist() == [rows[4]["Comment"]]
    assert sum(night.record["workspace"]["coverage"].values()) == 30


def test_of_two_files_with_a_row_the_last_counts_as_in_two_nights(tmp_path: Path) -> None:
    """The rows add up, and the state is that of one night a file."""
    first, second = small_rows(20), small_rows(20)
    second[0] = {**second[0], "Comment": "The vase in my box was broken."}
    files = [write_export(tmp_path / name, rows) for name, rows in (("a.csv", first), ("b.csv", second))]
    night = run(files, Order(tmp_path / "together", output=tmp_path / "out"))
    assert night.record["ledger"]["read"] == 40
    assert night.record["ledger"]["accepted"] == 20
    assert add_up(night.record)
    assert len(pd.read_parquet(tmp_path / "out" / "verbatims.parquet")) == 20
    for file in files:
        run([file], Order(tmp_path / "one by one"))
    for name in ("together", "one by one"):
        refit(Order(tmp_path / name))
    assert digest(tmp_path / "together") == digest(tmp_path / "one by one")


def test_bad_rows_are_set_aside_and_counted(tmp_path: Path) -> None:
    """They add up: read = accepted + quarantined + duplicate, in the record, the rows and the page."""
    rows = comments(["My refund has not come", "The app is slow", "call me: jo@example.com", "fine"])
    rows[2]["id"] = ""
    night = take_in(tmp_path, "a.csv", [*rows, rows[0]])
    assert night.record["ledger"] == {
        "read": 5,
        "accepted": 3,
        "quarantined": 1,
        "duplicate": 1,
        "updated": 0,
    }
    assert add_up(night.record)
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv")
    assert rejected[["file", "line", "code"]].to_numpy().tolist() == [["a.csv", 4, "Q_NO_ID"]]
    assert "jo@" not in (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8")
    assert len(pd.read_parquet(tmp_path / "out" / "verbatims.parquet")) == 3


def test_a_rejected_file_harms_no_other(tmp_path: Path) -> None:
    """The good one is taken; the bad one is told."""
    (tmp_path / "a.csv").write_bytes(b"")
    good = write_export(tmp_path / "b.csv", small_rows(20))
    night = run([tmp_path / "a.csv", good], Order(tmp_path / "w"))
    assert [error.code for error in night.refused] == ["E_EMPTY"]
    assert night.record["ledger"]["accepted"] == 20
    assert any("E_EMPTY" in warning for warning in night.record["warnings"])


def test_a_folder_is_read_without_what_is_hidden_or_unsafe(tmp_path: Path) -> None:
    """A pipe or a link never stops a night."""
    folder = tmp_path / "in"
    folder.mkdir()
    write_export(folder / "a.csv", small_rows(15))
    write_export(folder / "b.csv", small_rows(15, 15))
    write_export(folder / ".hidden.csv", small_rows(15, 30))
    os.mkfifo(folder / "pipe.csv")
    (folder / "link.csv").symlink_to("/etc/hostname")
    night = run([folder], Order(tmp_path / "w"))
    assert night.record["ledger"]["accepted"] == 30
    assert {(error.code, error.where) for error in night.refused} == {
        ("E_UNSAFE", "link.csv"),
        ("E_UNSAFE", "pipe.csv"),
    }


def test_workspace_and_output_inside_the_folder_of_exports_are_no_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`cx-text run .` with the default workspace reads what people put there, and nothing that it wrote."""
    write_export(tmp_path / "a.csv", small_rows(15))
    monkeypatch.chdir(tmp_path)
    order = Order(Path("w"), output=Path("out"))
    first, again = run(["."], order), run(["."], order)
    assert [one["name"] for one in first.record["inputs"]] == ["a.csv"]
    assert not first.refused
    assert not again.new


def test_a_file_refused_again_is_no_news(tmp_path: Path) -> None:
    """The last report stands, and the error is said again; another bad file is told in a new one."""
    (tmp_path / "a.csv").write_bytes(b"")
    export = write_export(tmp_path / "b.csv", small_rows(15))
    run([tmp_path / "a.csv", export], Order(tmp_path / "w"))
    again = run([tmp_path / "a.csv", export], Order(tmp_path / "w"))
    assert not again.new
    assert [error.code for error in again.refused] == ["E_EMPTY"]
    (tmp_path / "c.csv").write_bytes(b"")
    assert run([tmp_path / "c.csv", export], Order(tmp_path / "w")).new


def test_a_missing_input_stops_before_anything_is_kept(tmp_path: Path) -> None:
    """A slip in a cron job is exit 2 and no half a night."""
    good = write_export(tmp_path / "a.csv", small_rows(15))
    with pytest.raises(UsageError, match=r"nothing\.csv"):
        run([good, tmp_path / "nothing.csv"], Order(tmp_path / "w"))
    with Workspace.open(tmp_path / "w", write=False) as space:
        assert space.status()["rows"] == 0


def test_an_export_that_shares_no_mapping_is_warned_of(tmp_path: Path) -> None:
    """It may belong to another workspace."""
    take_in(tmp_path, "a.csv", small_rows(15))
    night = take_in(tmp_path, "b.csv", comments(["My refund has not come"]))
    assert any(warning.startswith("b.csv: no column is mapped") for warning in night.record["warnings"])
    night = take_in(tmp_path, "c.csv", small_rows(15, 15))
    assert not any("no column is mapped" in warning for warning in night.record["warnings"])


def test_another_mapping_updates_instead_of_doubling(tmp_path: Path) -> None:
    """The same file under another mapping is taken again."""
    export = write_export(tmp_path / "a.csv", small_rows(15))
    run([export], Order(tmp_path / "w"))
    config = make_config({"columns": {"product": "Region"}})
    night = run([export], Order(tmp_path / "w", config))
    assert night.record["ledger"]["updated"] == 15
    assert sum(night.record["workspace"]["coverage"].values()) == 15


def test_it_learns_again_at_four_times_the_text_and_at_300(tmp_path: Path) -> None:
    """The ids of themes that are still there stay; numbers are never given twice."""
    learned, ids = [], []
    for name, first, count in (("a", 0, 40), ("b", 40, 40), ("c", 80, 140), ("d", 220, 220)):
        night = take_in(tmp_path, f"{name}.csv", small_rows(count, first))
        learned.append(night.record["models"]["learned_from"])
        with Workspace.open(tmp_path / "w", write=False) as space:
            themes = space.themes()
        ids.append(set(themes.loc[themes["status"] == "active", "theme_id"]))
        assert themes["theme_id"].is_unique
    assert learned[0] == learned[1]
    assert learned[2] >= 4 * learned[0]
    assert learned[3] >= 300 > learned[2]
    assert all(before & after for before, after in pairwise(ids))


def test_refit_keeps_the_ids(copied: Path) -> None:
    """Learning again from the same rows finds the same themes."""
    before = digest(copied)
    night = refit(Order(copied))
    assert digest(copied) == before
    assert night.record["run_id"] == "R000002"
    assert night.record["ledger"]["read"] == 0
    assert len(pd.read_csv(night.folder / "themes.csv")) > 2


def test_a_refit_given_again_is_a_no_op_until_something_is_new(copied: Path, tmp_path: Path) -> None:
    """Killed after it was done and started again, it ends as if it had never been killed."""
    first, again = refit(Order(copied)), refit(Order(copied, output=tmp_path / "out"))
    assert (first.new, again.new) == (True, False)
    assert again.record["run_id"] == first.record["run_id"] == "R000002"
    assert (tmp_path / "out" / "report.html").read_bytes() == (first.folder / "report.html").read_bytes()
    other = refit(Order(copied, make_config({"themes": {"minimum": 9}})))
    assert (other.new, other.record["run_id"]) == (True, "R000003")
    run([write_export(tmp_path / "more.csv", small_rows(20, 1000))], Order(copied))
    assert refit(Order(copied)).new


def broken(*_: object, **__: object) -> None:
    """Fail as a disk or a bug would."""
    raise RuntimeError


@pytest.mark.parametrize("step", ["publish", "find", "learn_again", "delivered"])
def test_an_error_in_the_middle_leaves_the_night_before(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """And the next start ends in the state of a run that never failed."""
    export = write_export(tmp_path / "more.csv", small_rows(20, 1000))
    undisturbed = Path(shutil.copytree(copied, tmp_path / "undisturbed", symlinks=True))
    before = digest(copied)
    act = refit if step == "learn_again" else lambda order: run([export], order)
    with monkeypatch.context() as patch:
        patch.setattr(Modeller if step == "learn_again" else publishing, step, broken)
        with pytest.raises(RuntimeError):
            act(Order(copied))
    assert digest(copied) == before
    with Workspace.open(copied, write=False) as space:
        assert space.status()["runs"] == 1
    nights = [act(Order(place)) for place in (copied, undisturbed)]
    assert digest(copied) == digest(undisturbed)
    assert {one.record["run_id"] for one in nights} == {"R000002"}


def test_a_run_killed_after_its_commit_is_pointed_at_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`reports/latest` is the last thing written; the no-op makes up for it."""
    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "publish_latest", broken)
        with pytest.raises(RuntimeError):
            take_in(tmp_path, "a.csv", small_rows(15))
    latest = tmp_path / "w" / "reports" / "latest"
    assert not latest.exists()
    assert not take_in(tmp_path, "a.csv", small_rows(15)).new
    assert latest.resolve().name == "R000001"


def test_reports_that_were_removed_are_told_again(kept: Kept, copied: Path) -> None:
    """Somebody tidied up; the next run does not stumble over it."""
    shutil.rmtree(copied / "reports")
    night = run([kept.export], Order(copied))
    assert {path.name for path in night.folder.iterdir()} == set(REPORTS)
    themes = (night.folder / "themes.csv").read_bytes()
    assert themes == (kept.output / "themes.csv").read_bytes()


THIN: Sequence[tuple[str, list[str]]] = (
    ("one row", ["My refund has not come"]),
    ("two texts", ["My refund has not come", "The app is broken"]),
    ("non-answers", ["n/a", "none", "nothing", "-", "no comment"] * 20),
    ("stop words", ["the of and to a in is it", "you that he was for on are"] * 50),
    ("hex", [f"{number * 2654435761 % 2**64:016x}" for number in range(60)]),
    ("marks", ["!!!", "\U0001f600", "???"] * 10),
)


@pytest.mark.parametrize("texts", [texts for _, texts in THIN], ids=[name for name, _ in THIN])
def test_a_thin_night_gives_a_valid_report_and_invents_nothing(tmp_path: Path, texts: list[str]) -> None:
    """Promise 19: not enough text is said, no NaN is shown."""
    night = take_in(tmp_path, "a.csv", comments(texts))
    assert night.record["ledger"]["accepted"] == len(texts)
    assert add_up(night.record)
    assert_thin(tmp_path / "out")


@pytest.mark.parametrize(
    ("texts", "volumes"),
    [
        (["My refund has not come", "The app is broken"] * 20, [20, 20]),
        (["My refund has not come"] * 500, [500]),
        (["The lamp in the kitchen flickers"] * 500, [500]),
    ],
    ids=["two built-in topics", "one built-in topic", "no built-in topic"],
)
def test_a_few_texts_sent_again_and_again_are_a_theme_each(
    tmp_path: Path, texts: list[str], volumes: list[int]
) -> None:
    """Promise 12: identical comments are one theme; a parent of one theme would say the same twice."""
    night = take_in(tmp_path, "a.csv", comments(texts))
    themes = pd.read_csv(tmp_path / "out" / "themes.csv")
    assert themes["volume"].tolist() == volumes
    assert night.record["coverage"]["themed"] == len(texts)


def test_a_header_alone_is_a_fine_empty_night(tmp_path: Path) -> None:
    """0 rows, before and after others."""
    (tmp_path / "head.csv").write_text("id,comment\n", encoding="utf-8")
    night = run([tmp_path / "head.csv"], Order(tmp_path / "w", output=tmp_path / "out"))
    assert night.record["ledger"]["read"] == 0
    assert_thin(tmp_path / "out")
    assert take_in(tmp_path, "a.csv", small_rows(15)).record["ledger"]["accepted"] == 15


def assert_thin(folder: Path) -> None:
    """Check the report of a night without themes."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "ot enough text" in page
    assert pd.read_csv(folder / "themes.csv").empty
    assert pd.read_parquet(folder / "mentions.parquet").empty
    for path in folder.glob("*.csv"):
        cells = {cell for line in path.read_text(encoding="utf-8").splitlines() for cell in line.split(",")}
        assert not cells & {"nan", "NaN", "inf", "None", "<NA>"}
    assert ">nan<" not in page.lower()
    json.loads((folder / "run.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)

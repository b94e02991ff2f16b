"""The command `cx-text report`: kept runs, parts of the comments, and two parts against each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from flow import Answer, Call, Kept

from cx_text.reports import REPORTS
from cx_text.store import Workspace


@pytest.fixture
def report(call: Call, lent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return the command, on a workspace of this file and in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def act(*arguments: object) -> Answer:
        return call("report", *arguments, "--workspace", lent)

    return act


def told(answer: Answer) -> dict[str, Any]:
    """Return the answer in JSON of a call that went well."""
    assert answer.code == 0, answer
    record: dict[str, Any] = json.loads(answer.out)
    return record


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rows_of(folder: Path) -> pd.DataFrame:
    """Return the comments of a report."""
    return pd.read_parquet(folder / "verbatims.parquet")


def test_without_a_run_the_path_of_the_last_report_is_told(report: Call, lent: Path) -> None:
    """As the run told it."""
    answer = report()
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"report: {lent / 'reports' / 'R000001' / 'report.html'}\n"
    assert report("R000001") == answer


def test_a_kept_run_is_copied_as_it_was(report: Call, kept: Kept, tmp_path: Path) -> None:
    """All files, the same bytes."""
    record = told(report("R000001", "--output", tmp_path / "again", "--json"))
    assert (record["run_id"], record["output"]) == ("R000001", str(tmp_path / "again"))
    assert files(tmp_path / "again") == files(kept.output)


def test_a_run_that_is_not_known_is_an_error_that_names_the_last_ones(report: Call) -> None:
    """And nothing is written."""
    answer = report("R000009")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "error: E_RUN: there is no run 'R000009'; the last runs are R000001\n"


def test_a_part_is_told_in_full_of_its_own_rows_alone(report: Call, kept: Kept, tmp_path: Path) -> None:
    """All files; two conditions hold together; the heading, the record and the rows say the same n."""
    record = told(report("--where", "channel=Chat", "--where", "agent=Mara Quill", "--json"))
    folder = tmp_path / "cx_report"
    assert record["output"] == "cx_report"
    assert set(files(folder)) == set(REPORTS)
    rows, all_rows = rows_of(folder), rows_of(kept.output)
    wanted = all_rows[(all_rows["channel"] == "Chat") & (all_rows["agent"] == "Mara Quill")]
    assert sorted(rows["verbatim_id"]) == sorted(wanted["verbatim_id"])
    n = len(wanted)
    assert record["part"] == {"name": "channel=Chat, agent=Mara Quill", "against": "", "n": n}
    assert (record["scope"], record["ledger"]["read"], sum(record["coverage"].values())) == ("part", n, n)
    page = (folder / "report.html").read_text("utf-8")
    assert f"A part of the comments: channel=Chat, agent=Mara Quill, n = {n}" in page


def test_days_are_whole_days_first_and_last_among_them(report: Call, kept: Kept, tmp_path: Path) -> None:
    """In the configured zone, here UTC."""
    days = rows_of(kept.output)["created_at"].dt.strftime("%Y-%m-%d")
    since, until = sorted(set(days.dropna()))[3], sorted(set(days.dropna()))[9]
    record = told(report("--since", since, "--until", until, "--output", "days", "--json"))
    found = rows_of(tmp_path / "days")["created_at"].dt.strftime("%Y-%m-%d")
    assert (found.min(), found.max()) == (since, until)
    assert len(found) == record["part"]["n"] == ((days >= since) & (days <= until)).sum()


def test_previous_is_the_equally_long_time_before(report: Call, tmp_path: Path) -> None:
    """Without days the newest complete week, for four are not there twice."""
    record = told(report("--compare", "previous", "--output", "newest", "--json"))
    first, last = record["part"]["name"].split(" to ")
    assert (pd.Timestamp(last) - pd.Timestamp(first)).days == 6
    before = [str((pd.Timestamp(day) - pd.Timedelta(days=7)).date()) for day in (first, last)]
    assert record["part"]["against"] == " to ".join(before)
    sheet = pd.read_excel(tmp_path / "newest" / "report.xlsx", sheet_name="changes", engine="openpyxl")
    assert set(sheet["part_before"]) == {record["part"]["against"]}
    assert sheet["n_after"].iloc[0] <= record["part"]["n"]


def test_one_group_is_compared_with_another(report: Call, kept: Kept, tmp_path: Path) -> None:
    """Numbers are those of the rows."""
    record = told(
        report("--where", "channel=Chat", "--compare", "channel=Phone", "--output", "two", "--json")
    )
    assert record["part"]["against"] == "channel=Phone"
    sheet = pd.read_excel(tmp_path / "two" / "report.xlsx", sheet_name="changes", engine="openpyxl")
    rows = rows_of(kept.output)
    rows = rows[rows["status"].isin(["themed", "unthemed"])]
    sizes = rows["channel"].value_counts()
    assert sheet[["n_before", "n_after"]].iloc[0].tolist() == [sizes["Phone"], sizes["Chat"]]
    assert "What is different" in (tmp_path / "two" / "report.html").read_text("utf-8")


def test_a_part_below_k_is_refused(report: Call, tmp_path: Path) -> None:
    """Its n is said, and nothing is written."""
    answer = report("--where", "channel=Chat", "--since", "2999-01-01")
    assert answer.code == 2
    assert answer.err == (
        "error: E_SMALL: channel=Chat, since 2999-01-01 has 0 comments with content; 10 are the least\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--where", "chanel=Chat"], "E_UNKNOWN: there is no column 'chanel'; did you mean 'channel'?"),
        (["--where", "channel=Chta"], "E_UNKNOWN: there is no channel 'Chta'; did you mean 'Chat'?"),
        (["--where", "customer_id=c_1"], "E_UNKNOWN: there is no column 'customer_id'"),
        (["--where", "channel"], "E_PART: --where channel is no COLUMN=VALUE"),
        (["--where", "channel=Chat", "--where", "channel=Phone"], "names a column again"),
        (["--since", "2025-02-30"], "E_USAGE"),
        (["--since", "2025-03-02", "--until", "2025-03-01"], "E_PART: --until 2025-03-01 is before"),
        (["--since", "2025-03-02", "--compare", "previous"], "E_PART: --compare previous needs both ends"),
        (["--where", "channel=Chat", "--compare", "channel=Chat"], "E_PART: --compare channel=Chat names no"),
        (["--where", "channel=Chat", "--compare", "agent=Mara Quill"], "E_PART"),
        (["--where", "channel=Chat", "--compare", "nonsense"], "E_PART: --compare nonsense names no other"),
        (["--where", "channel=Chat", "--compare", "channel=Fax"], "E_UNKNOWN: there is no channel 'Fax'"),
        (["R000001", "--since", "2025-03-02"], "E_PART: R000001 is a whole run"),
    ],
    ids=" ".join,
)
def test_a_part_that_makes_no_sense_is_exit_2_and_one_line(
    report: Call, tmp_path: Path, arguments: list[str], words: str
) -> None:
    """Which names what is wrong, and the nearest known name; nothing is written."""
    answer = report(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert words in answer.err
    assert list(tmp_path.iterdir()) == []


def test_telling_changes_nothing(call: Call, copied: Path, tmp_path: Path) -> None:
    """The workspace holds the same state, runs and reports; it may be told while a run writes."""

    def held(space: Workspace) -> tuple[Any, ...]:
        return space.digest(), space.runs(), sorted(copied.rglob("*")), files(copied / "reports" / "R000001")

    with Workspace.open(copied, write=True) as space:
        before = held(space)
        for flags in (["--where", "channel=Chat"], ["--compare", "previous"], []):
            assert call("report", *flags, "--output", tmp_path / "o", "--workspace", copied).code == 0
        assert held(space) == before


def test_a_workspace_without_a_run_has_nothing_to_tell(call: Call, tmp_path: Path) -> None:
    """It says what to do."""
    Workspace.open(tmp_path / "w", write=True, create=True).close()
    for flags in ([], ["--where", "channel=Chat"]):
        answer = call("report", *flags, "--workspace", tmp_path / "w", "--output", tmp_path / "o")
        assert answer.code == 4
        assert "cx-text run" in answer.err


def test_a_note_with_a_day_is_told_in_the_report_and_explained(call: Call, copied: Path) -> None:
    """From the command to the page, and the same sentence in `explain theme`."""
    says = ["T0001", "new lamp depot", "--since", "2025-01-16", "--workspace", copied]
    assert call("themes", "note", *says).code == 0
    page = (copied / "reports" / "latest" / "report.html").read_text("utf-8")
    assert "Did it help?" in page
    explained = json.loads(call("explain", "theme", "T0001", "--workspace", copied, "--json").out)
    [action] = explained["actions"]
    assert (action["note"], action["since"]) == ("new lamp depot", "2025-01-16")
    assert action["said"] in page
    words = call("explain", "theme", "T0001", "--workspace", copied).out
    assert "How it went since\n  Since 16 Jan 2025," in words

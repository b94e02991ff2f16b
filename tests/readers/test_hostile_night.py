"""A folder full of hostile files is one night: no crash, no lost row, and the good files are taken."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path

import pandas as pd
import pytest
from flow import Call
from test_reader_hostile import CASES

GOOD = "id,comment\n{0},My refund is late\n"
PASSED_OVER = (".hidden.csv", "a.csv.part", "a.tmp", "~$a.xlsx")
NAMES = ("two\nlines.csv", "\x1b[2Jerror: E_BUG forged.csv", "=cmd.csv", "<script>.csv", "\U0001f600.csv")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of hostile files and of things that are no files."""
    place = tmp_path / "in"
    (place / "folder.csv").mkdir(parents=True)
    for case in CASES[::5]:
        (place / case.name).write_bytes(case.data)
    for name in (*PASSED_OVER, *NAMES):
        (place / name).write_text(GOOD.format(f"good {name!r}"), encoding="utf-8")
    for name, goal in (("link.csv", "/etc/passwd"), ("device.csv", "/dev/zero"), ("gone.csv", "nothing.csv")):
        (place / name).symlink_to(goal)
    os.mkfifo(place / "pipe.csv")
    monkeypatch.chdir(place)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("socket.csv")
    return place


@pytest.mark.slow
def test_a_night_over_hostile_files_takes_what_is_good_and_says_the_rest(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    """Promises 1 to 4: exit 3, rows conserved in every output, one line a refusal, no file harms another."""
    out = tmp_path / "out"
    answer = call("run", folder, "--workspace", tmp_path / "w", "--output", out)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    ledger = record["ledger"]
    assert answer.code == 3
    assert ledger["read"] == ledger["accepted"] + ledger["quarantined"] + ledger["duplicate"]
    verbatims, rejected = pd.read_parquet(out / "verbatims.parquet"), pd.read_csv(out / "rejected.csv")
    assert (len(verbatims), len(rejected)) == (ledger["accepted"], ledger["quarantined"])
    assert verbatims["verbatim_id"].str.startswith("good ").sum() == len(NAMES)
    errors = [line for line in answer.err.splitlines() if line.startswith("error: ")]
    assert all(re.fullmatch(r"error: [A-Z_]+ \S.*: \S.*; \S.*", line) for line in errors)
    refused = {one["name"] for one in record["inputs"] if "error" in one}
    expected = {case.name for case in CASES[::5] if case.code not in {"", "?"}}
    links = {"link.csv", "device.csv", "gone.csv", "pipe.csv", "socket.csv"}
    assert expected | links <= refused
    assert len(refused) == len(errors)
    assert "forged.csv: " not in "".join(line for line in answer.err.splitlines() if line.startswith("error"))
    assert answer.err.replace("\n", "").isprintable()

"""Coaching sheets by `cx-text report --coaching`: of agents, teams, and parts of the comments."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from flow import Answer, Call, Kept

from cx_text.coached import OFTEN, with_strength
from cx_text.config import Config
from cx_text.explaining.source import read_source
from cx_text.pipeline import quotes
from cx_text.records import COACHING, REJECTED, Result


@pytest.fixture
def sheet(call: Call, lent: Path, tmp_path: Path) -> Call:
    """Return the command, on a workspace of this file."""

    def act(*arguments: object) -> Answer:
        return call("report", *arguments, "--workspace", lent, "--output", tmp_path / "o")

    return act


@pytest.fixture(scope="module")
def agents(kept: Kept) -> pd.DataFrame:
    """Return table AGENTS of the kept run."""
    return pd.read_csv(kept.output / "agents.csv")


def test_the_sheet_of_an_agent_is_one_page_whose_path_is_told(
    sheet: Call, agents: pd.DataFrame, tmp_path: Path
) -> None:
    """It is named after the agent, and its n is that of the report."""
    answer = sheet("--coaching", "agent=Mara Quill")
    path = tmp_path / "o" / "coaching-agent-mara-quill.html"
    assert (answer.code, answer.out) == (0, f"sheet: {path}\n")
    assert [one.name for one in (tmp_path / "o").iterdir()] == [path.name]
    n = int(agents.loc[agents["agent"] == "Mara Quill", "n"].iloc[0])
    assert f"{n} comments" in path.read_text("utf-8")


def test_machines_are_told_the_path_in_json(sheet: Call, tmp_path: Path) -> None:
    """With whom it is of."""
    told = json.loads(sheet("--coaching", "agent=Mara Quill", "--json").out)
    assert told == {
        "coaching": {"kind": "agent", "name": "Mara Quill"},
        "sheet": str(tmp_path / "o" / "coaching-agent-mara-quill.html"),
        "output": str(tmp_path / "o"),
    }


def test_a_part_speaks_of_its_own_comments(sheet: Call, tmp_path: Path) -> None:
    """Fewer than of all, and the heading says of which."""
    pages = []
    for flags in ([], ["--where", "channel=Chat"]):
        assert sheet("--coaching", "agent=Mara Quill", *flags).code == 0
        pages.append((tmp_path / "o" / "coaching-agent-mara-quill.html").read_text("utf-8"))
    whole, part = (int(re.findall(r"(\d+) comments", page)[0]) for page in pages)
    assert 0 < part < whole
    assert "channel=Chat" in pages[1] or "That is too few" in pages[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--coaching", "agent=Mara Qill"],
            "E_UNKNOWN: there is no agent 'Mara Qill'; did you mean 'Mara Quill'?",
        ),
        (["--coaching", "team=Nobody at all"], "E_UNKNOWN: there is no team 'Nobody at all'"),
        (
            ["--coaching", "Mara Quill"],
            "E_PART: --coaching Mara Quill names nobody; write agent=NAME or team=NAME",
        ),
        (["--coaching", "channel=Chat"], "E_PART"),
        (["--coaching", "agent="], "E_PART"),
        (
            ["--coaching", "agent=Mara Quill", "--compare", "previous"],
            "E_PART: --coaching compares no two parts",
        ),
        (["R000001", "--coaching", "agent=Mara Quill"], "E_PART: R000001 is a whole run"),
        (["--coaching", "agent=Mara Quill", "--where", "channel=Chta"], "did you mean 'Chat'?"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_exit_2_and_one_line(
    sheet: Call, tmp_path: Path, arguments: list[str], words: str
) -> None:
    """The nearest known name is told, and nothing is written."""
    answer = sheet(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_strength_is_what_is_praised_most_of_the_agents_own(kept: Kept) -> None:
    """Counted by hand in the comments; only where nothing is celebrated."""
    source = read_source(kept.workspace)
    findings = source.findings
    result = Result(source.rows, findings, REJECTED.frame(), {}, quotes(source.rows, findings))
    bare = COACHING.frame()
    plain = Result(
        source.rows, findings.__class__(**{**vars(findings), "coaching": bare}), REJECTED.frame(), {}
    )
    told = with_strength(plain, source.heard, "agent", "Mara Quill").coaching
    rows = source.heard.verbatims
    mine = rows[source.heard.substantive & (rows["agent"] == "Mara Quill") & rows["named_agent"].isna()]
    praised = mine["behaviours"].explode().dropna().astype("str")
    often = praised[praised.str.endswith("+")].value_counts()
    if len(told) and told["topic_kind"].iloc[0] == "behaviour":
        assert told["count"].iloc[0] == often.iloc[0] >= OFTEN
        assert set(told["evidence"].iloc[0]) <= set(mine["verbatim_id"])
    assert (told["n"] == len(mine)).all()
    praise = {"scope": "individual", "agent": "Mara Quill", "direction": "celebrate", "topic": "empathy"}
    known = COACHING.frame([praise])
    celebrated = Result(
        source.rows, findings.__class__(**{**vars(findings), "coaching": known}), REJECTED.frame(), {}
    )
    assert with_strength(celebrated, source.heard, "agent", "Mara Quill") is celebrated
    assert Config().privacy.k <= len(result.verbatims)

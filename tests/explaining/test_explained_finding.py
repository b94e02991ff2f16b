"""Issues and agents explained, and what all explanations share."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from build_explained import ROUNDED, Facts, figures, published, same
from flow import Kept

from cx_text.errors import UsageError, WorkspaceError
from cx_text.explaining import (
    Source,
    explain_agent,
    explain_issue,
    explain_theme,
    explain_verbatim,
    in_words,
    read_source,
)
from cx_text.store import Workspace


@pytest.mark.parametrize(
    ("explain", "name", "words"),
    [
        (explain_theme, "T001", r"E_THEME: there is no theme 'T001'; did you mean T00\d+ \("),
        (explain_verbatim, "r0007", "E_UNKNOWN: there is no verbatim 'r0007'; did you mean 'r00007'"),
        (explain_agent, "Mara Quil", "there is no agent 'Mara Quil'; did you mean 'Mara Quill'"),
        (explain_agent, "%", "there is no agent '%'; see agents.csv"),
        (explain_issue, "I-a4faf6c", "there is no issue 'I-a4faf6c'; did you mean 'I-"),
    ],
)
def test_an_unknown_name_leads_to_the_nearest(source: Source, explain: Any, name: str, words: str) -> None:
    """A slip of the pen is no search."""
    with pytest.raises(UsageError, match=words):
        explain(source, name)


def test_a_slip_in_a_label_leads_to_its_theme(source: Source) -> None:
    """A label is as good as an id to people."""
    label, theme = max((label, theme) for theme, label in source.model.taxonomy.labels.items())
    with pytest.raises(UsageError, match=re.escape(f"did you mean {theme} ({label})")):
        explain_theme(source, label[:-1])


AGENT_FIGURES = {
    "count": "count",
    "expected": "expected",
    "O/E": "oe_ratio",
    "probability": "probability",
}


def test_every_number_of_every_agent_is_that_of_the_report(kept: Kept, source: Source) -> None:
    """And O/E is what its parts make of it."""
    rows = published(kept, "agents.csv")
    for agent in {row["agent"] for row in rows}:
        told = explain_agent(source, agent)
        wanted = {row["topic"]: row for row in rows if row["agent"] == agent}
        assert {one["topic"] for one in told["topics"]} == set(wanted)
        for topic in told["topics"]:
            found, row = figures(topic), wanted[topic["topic"]]
            assert all(same(found[name]["value"], row[column]) for name, column in AGENT_FIGURES.items())
            assert found["state"]["value"] == row["state"]
            parts = found["O/E"]["from"]
            assert found["O/E"]["value"] == pytest.approx(parts["count"] / parts["expected"], rel=1e-3)


def test_the_evidence_of_an_agent_is_what_was_counted(source: Source) -> None:
    """Comments of the agent that tell the topic badly, each text once, 25 at most."""
    told = explain_agent(source, "Mara Quill")
    rows = source.rows.verbatims.set_index("verbatim_id")
    topics = {one["topic"]: one for one in told["topics"]}
    assert len(topics["overall"]["evidence"]) > 3
    for topic in topics.values():
        assert len(topic["evidence"]) <= min(topic["count"], 25)
        for name in topic["evidence"]:
            assert rows.loc[name, "agent"] == "Mara Quill"
            if topic["topic_kind"] == "behaviour":
                assert f"{topic['topic']}-" in rows.loc[name, "behaviours"]
            elif topic["topic"] != "overall":
                assert topic["topic"] in rows.loc[name, "theme_ids"]
    assert {rows.loc[name, "sentiment_label"] for name in topics["overall"]["evidence"]} == {"negative"}


def test_of_an_agent_with_few_comments_only_their_number_is_told(source: Source) -> None:
    """No rate, no score, no quote: law 44."""
    config = msgspec.structs.replace(
        source.config, agents=msgspec.structs.replace(source.config.agents, minimum=1_000)
    )
    told = explain_agent(replace(source, config=config), "Mara Quill")
    assert (told["judged"], told["topics"], told["coaching"]) == (False, [], [])
    assert told["n"] > 0
    text = in_words(told)
    assert "Not judged: fewer than 1000 comments" in text
    assert not any(quoted in text for quoted in source.texts.values() if len(quoted) > 10)


def test_every_number_of_every_issue_is_that_of_the_report(kept: Kept, source: Source) -> None:
    """And its rate is what its counts make of it."""
    rows = published(kept, "issues.csv")
    assert rows
    for row in rows:
        told = explain_issue(source, row["issue_id"])
        found = figures(told)
        pairs = {"rate": "rate", "rate ratio": "rate_ratio", "q-value": "q_value", "severity": "severity"}
        for name, column in (pairs | {"count": "count", "customers": "customers"}).items():
            assert same(found[name]["value"], row[column]), (row["issue_id"], name)
        parts = found["rate"]["from"]
        assert found["rate"]["value"] == pytest.approx(parts["count"] / parts["n"], abs=ROUNDED)
        assert told["evidence"] == row["evidence"].split("|")
        assert [one["verbatim_id"] for one in told["examples"]] == told["evidence"][:5]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"q_value": 1e-9}, "under 0.0001"),
        ({"q_value": 0.0312}, "0.031, the share of false alarms"),
        ({"q_value": None}, "not tested"),
        ({"status": "spike"}, "halved because it is over"),
        ({"status": "returned"}, "of the quiet gap before"),
        ({"scope": "channel=Phone"}, "of the comments outside it"),
        ({"low": None, "rate_ratio": None, "baseline_rate": None}, "the unknown rate of"),
    ],
    ids=str,
)
def test_an_issue_of_another_kind_is_told_as_that(source: Source, change: Facts, words: str) -> None:
    """What it is compared with and whether it was tested depend on it."""
    frame = source.findings.issues.head(1).astype({"q_value": "float64"})
    issues = frame.assign(**{name: [value] for name, value in change.items()})
    other = replace(source)
    other.__dict__["findings"] = replace(source.findings, issues=issues)
    told = " ".join(in_words(explain_issue(other, issues["issue_id"].iloc[0])).split())
    assert words in told


def test_every_explanation_is_json_and_words(source: Source) -> None:
    """No line is longer than a terminal is wide, unless one word is."""
    issue = source.findings.issues["issue_id"].iloc[0]
    for facts in (
        explain_theme(source, "T0001"),
        explain_verbatim(source, "r00003"),
        explain_agent(source, "Mara Quill"),
        explain_issue(source, issue),
    ):
        assert json.loads(msgspec.json.encode(facts))["kind"] == facts["kind"]
        text = in_words(facts)
        assert all(len(line) <= 110 or " " not in line.strip() for line in text.splitlines())
        assert "None" not in text
        assert "nan" not in text.lower().split()


def test_a_workspace_without_a_run_has_nothing_to_explain(tmp_path: Path) -> None:
    """Exit 4, with what to do first."""
    with pytest.raises(WorkspaceError, match="E_NO_WORKSPACE"):
        read_source(tmp_path / "w")
    Workspace.open(tmp_path / "w", write=True, create=True).close()
    with pytest.raises(WorkspaceError, match="E_NO_MODEL"):
        read_source(tmp_path / "w")

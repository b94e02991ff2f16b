"""Findings as bytes: the same when they come back, and without what was erased when that is asked."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pandas as pd
import pytest
from build_scored import make_workspace
from flow import Kept

from cx_text.records import ALERTS, REJECTED, RISKS, THEMES, Findings
from cx_text.store import Workspace
from cx_text.store.told import Told


@pytest.fixture
def told(kept: Kept) -> Told:
    """Return what the shared night found."""
    with Workspace.open(kept.workspace, write=False) as space:
        found = space.told("R000001")
    assert found is not None
    return found


def assert_equal(one: Findings, other: Findings) -> None:
    """Hold every field of two findings against each other, kinds and order included."""
    for name in (field.name for field in fields(Findings)):
        mine, theirs = getattr(one, name), getattr(other, name)
        if isinstance(mine, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, theirs, obj=name)
        else:
            assert mine == theirs or (mine is pd.NaT and theirs is pd.NaT), name


def test_findings_come_back_as_they_were(told: Told) -> None:
    """Every table with its kinds, and equal findings give equal bytes."""
    again = Told.from_bytes(told.to_bytes())
    assert len(told.findings.themes)
    assert_equal(again.findings, told.findings)
    pd.testing.assert_frame_equal(again.rejected, told.rejected)
    assert again.shown == told.shown
    assert again.to_bytes() == told.to_bytes()


def test_without_erased_verbatims_the_numbers_stay(told: Told) -> None:
    """Ids go from evidence and from what is quoted; nothing else moves."""
    ids = frozenset(told.findings.themes["evidence"].iloc[0][:2])
    bare = told.without(ids)
    assert bare.findings.themes["evidence"].iloc[0] == told.findings.themes["evidence"].iloc[0][2:]
    assert set(bare.shown) == set(told.shown) - ids
    columns = [name for name in THEMES.columns if name != "evidence"]
    pd.testing.assert_frame_equal(bare.findings.themes[columns], told.findings.themes[columns])
    assert not any(one.encode() in Told.to_bytes(bare) for one in ids)


def test_rows_about_an_erased_verbatim_go(told: Told) -> None:
    """An alert about it, and a risk; an alert about an agent of the same name stays."""
    alerts = [
        {"alert_id": kind, "kind": kind, "subject": "7", "evidence": ["7", "8"]}
        for kind in ("verbatim", "agent")
    ]
    risks = [{"verbatim_id": one} for one in "78"]
    findings = replace(told.findings, alerts=ALERTS.frame(alerts), risks=RISKS.frame(risks))
    bare = Told(findings, REJECTED.frame(), ("7", "8")).without(frozenset("7"))
    assert bare.findings.alerts["kind"].tolist() == ["agent"]
    assert bare.findings.alerts["evidence"].tolist() == [["8"]]
    assert bare.findings.risks["verbatim_id"].tolist() == ["8"]
    assert bare.shown == ("8",)


def test_values_that_were_set_aside_go_with_any_deletion(told: Told) -> None:
    """They name no customer, so they may be the deleted one's; file, line and code stay."""
    rejected = REJECTED.frame([{"file": "a.csv", "line": 3, "code": "Q_NO_ID", "raw": "My refund"}])
    bare = Told(told.findings, rejected).without(frozenset()).rejected
    assert bare["raw"].isna().all()
    assert bare[["file", "line", "code"]].to_numpy().tolist() == [["a.csv", 3, "Q_NO_ID"]]


def test_words_are_changed_in_labels_keywords_and_messages(told: Told) -> None:
    """And in warnings; ids and statuses stay as they are."""
    shout = told.reworded(str.upper).findings
    assert shout.themes["label"].tolist() == [one.upper() for one in told.findings.themes["label"]]
    assert shout.themes["keywords"].iloc[0] == [
        one.upper() for one in told.findings.themes["keywords"].iloc[0]
    ]
    assert shout.themes["status"].tolist() == told.findings.themes["status"].tolist()


def test_a_run_of_an_older_version_has_nothing_to_be_told_from(tmp_path: Path) -> None:
    """None, not an error."""
    with make_workspace(tmp_path / "W") as space:
        assert space.told("R000001") is None
        assert not space.is_intact("R000001")

"""Memory: the roster grows, theme numbers are never given twice, runs are numbered without a clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from build_scored import make_workspace

from cx_text.records import ALERTS, CATALOGUE, ISSUES, Past
from cx_text.store import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Lend a new workspace."""
    with make_workspace(tmp_path / "W") as opened:
        yield opened


def catalogue(*themes: str, label: str = "refund") -> pd.DataFrame:
    """Return themes with these ids."""
    return CATALOGUE.frame([{"theme_id": one, "label": label, "keywords": ["a", "b"]} for one in themes])


def issues(*ids: str, status: str = "spike") -> pd.DataFrame:
    """Return issues with these ids, seen from one day to the next."""
    days = pd.to_datetime(["2024-03-01", "2024-03-02"], utc=True)
    return ISSUES.frame(
        [
            {"issue_id": one, "theme_id": "T1", "status": status, "first_seen": days[0], "last_seen": days[1]}
            for one in ids
        ]
    )


def alerts(*ids: str, day: int = 1) -> pd.DataFrame:
    """Return alerts of issues with these ids, new on this day."""
    return ALERTS.frame([{"alert_id": one, "kind": "issue", "created_at": march(day)} for one in ids])


def march(day: int) -> pd.Timestamp:
    """Return the evening of a day."""
    return pd.Timestamp(f"2024-03-{day:02d}T20:30:00Z")


def test_the_roster_is_the_sorted_union_of_all_agents_seen(workspace: Workspace) -> None:
    """Once each; blank names are nobody."""
    assert workspace.roster() == ()
    workspace.add_agents(["Émile", "Ada", "Ada"])
    workspace.add_agents(["Bo", "Ada", "", "  "])
    assert workspace.roster() == ("Ada", "Bo", "Émile")


def test_a_theme_that_is_gone_is_retired_and_keeps_its_birth(workspace: Workspace) -> None:
    """Ids are never lost; a theme that comes back is in use again."""
    workspace.keep_themes(catalogue("T0001", "T0002"), "R000001")
    workspace.keep_themes(catalogue("T0002", "T0003", label="delivery"), "R000002")
    kept = workspace.themes().set_index("theme_id")
    assert kept["status"].to_dict() == {"T0001": "retired", "T0002": "active", "T0003": "active"}
    assert kept["born"].to_dict() == {"T0001": "R000001", "T0002": "R000001", "T0003": "R000002"}
    assert kept["label"].to_dict() == {"T0001": "refund", "T0002": "delivery", "T0003": "delivery"}
    assert kept["keywords"].tolist() == [["a", "b"]] * 3
    workspace.keep_themes(catalogue("T0001"), "R000003")
    assert workspace.themes()["status"].tolist() == ["active", "retired", "retired"]


def test_a_theme_remembers_its_parent_and_may_lose_it(workspace: Workspace) -> None:
    """A theme on its own has none."""
    nested = catalogue("T0001", "T0002").assign(parent_theme_id=["T0002", None])
    workspace.keep_themes(nested, "R000001")
    assert workspace.themes()["parent_theme_id"].fillna("-").tolist() == ["T0002", "-"]
    workspace.keep_themes(catalogue("T0001", "T0002"), "R000002")
    assert workspace.themes()["parent_theme_id"].isna().all()


def test_a_theme_number_is_never_given_twice(workspace: Workspace) -> None:
    """Not even when the theme with the highest is retired; numbers are compared as numbers."""
    assert workspace.next_theme_number() == 1
    workspace.keep_themes(catalogue("T0009", "T0010"), "R000001")
    assert workspace.next_theme_number() == 11
    workspace.keep_themes(catalogue("T0001"), "R000002")
    assert workspace.next_theme_number() == 11


def test_a_workspace_without_themes_has_their_columns(workspace: Workspace) -> None:
    """Emptiness has a shape."""
    assert list(workspace.themes()) == [*CATALOGUE.columns, "status", "born"]
    assert len(workspace.themes()) == 0


def alerted(past: Past) -> dict[str, tuple[pd.Timestamp, pd.Timestamp]]:
    """Return when each alert was new, and raised last."""
    times = zip(past.alerts["created_at"], past.alerts["last"], strict=True)
    return dict(zip(past.alerts["alert_id"], times, strict=True))


def test_alerts_are_known_by_the_finished_runs_that_raised_them(workspace: Workspace) -> None:
    """A run that was killed before its end did not raise any: it will be run again."""
    workspace.keep_findings("R000001", issues(), alerts("A", "B"))
    assert alerted(workspace.past()) == {}
    workspace.finish_run("R000001", {}, march(1))
    workspace.keep_findings("R000002", issues(), pd.concat([alerts("B"), alerts("C", day=2)]))
    assert alerted(workspace.past()) == {"A": (march(1), march(1)), "B": (march(1), march(1))}
    workspace.finish_run("R000002", {}, march(2))
    assert alerted(workspace.past()) == {
        "A": (march(1), march(1)),
        "B": (march(1), march(2)),
        "C": (march(2), march(2)),
    }
    assert workspace.past().alerts["kind"].tolist() == ["issue"] * 3


def test_a_run_without_dates_has_no_now(workspace: Workspace) -> None:
    """Nor has one of a workspace that did not keep it yet."""
    workspace.finish_run("R000001", {})
    workspace.finish_run("R000002", {}, march(2))
    runs = workspace.past().runs
    assert runs["run_id"].tolist() == ["R000001", "R000002"]
    assert runs["now"].isna().tolist() == [True, False]


def test_findings_told_again_replace_what_the_run_said_before(workspace: Workspace) -> None:
    """Other runs keep theirs."""
    workspace.keep_findings("R000001", issues("I1"), alerts("A"))
    workspace.keep_findings("R000002", issues("I1", "I2"), alerts("A"))
    workspace.keep_findings("R000002", issues("I3", status="chronic"), alerts("B"))
    for run in ("R000001", "R000002"):
        workspace.finish_run(run, {})
    kept = workspace.past().issues
    assert kept[["run_id", "issue_id", "status"]].to_numpy().tolist() == [
        ["R000001", "I1", "spike"],
        ["R000002", "I3", "chronic"],
    ]
    assert kept["first_seen"].tolist() == [pd.Timestamp("2024-03-01", tz="UTC")] * 2
    assert workspace.past().alerts["alert_id"].tolist() == ["A", "B"]


def test_runs_are_numbered_by_those_that_ended(workspace: Workspace) -> None:
    """A run that was killed gives its id to the run that takes it up."""
    assert (workspace.next_run_id(), workspace.last_run(), workspace.runs()) == ("R000001", None, [])
    workspace.finish_run("R000001", {"run_id": "R000001"})
    assert workspace.next_run_id() == "R000002"
    workspace.finish_run("R000002", {"run_id": "R000002"})
    assert workspace.last_run() == {"run_id": "R000002"}
    assert workspace.runs() == [{"run_id": "R000001"}, {"run_id": "R000002"}]


def test_the_tenth_run_follows_the_ninth(workspace: Workspace) -> None:
    """Runs are ordered by number."""
    for number in range(1, 13):
        workspace.finish_run(workspace.next_run_id(), {"n": number})
    assert workspace.next_run_id() == "R000013"
    assert [run["n"] for run in workspace.runs()] == list(range(1, 13))


def test_a_run_record_may_hold_numpy_numbers_and_text_of_any_kind(workspace: Workspace) -> None:
    """It comes back as plain JSON."""
    record = {"n": np.int64(3), "share": np.float64(0.5), "names": ("é", None), "rates": np.array([1.0])}
    workspace.finish_run("R000001", record)
    assert workspace.last_run() == {"n": 3, "share": 0.5, "names": ["é", None], "rates": [1.0]}


def test_a_run_record_with_a_number_that_is_none_is_refused(workspace: Workspace) -> None:
    """JSON has no NaN: what is not known is null."""
    with pytest.raises(ValueError, match="Out of range"):
        workspace.finish_run("R000001", {"rate": float("nan")})
    assert workspace.last_run() is None

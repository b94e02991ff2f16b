"""Episodes: an issue keeps its id, is told as new once, closes and opens again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from cx_text.records import CLOSED, ISSUE_HISTORY, ISSUES, RUN_HISTORY, Past
from cx_text.stages.episodes import closed_issues, with_state

START = pd.Timestamp("2026-03-01T20:00:00Z")


def night(day: int) -> pd.Timestamp:
    """Return the evening of a day of March."""
    return START + pd.Timedelta(days=day - 1)


def issues(*names: str) -> pd.DataFrame:
    """Return issues of these names, seen since February."""
    rows = [
        {"issue_id": one, "theme_id": f"T{one}", "label": f"label {one}", "scope": "all", "status": "chronic"}
        | {"first_seen": "2026-02-01T00:00:00Z", "last_seen": "2026-02-27T00:00:00Z"}
        for one in names
    ]
    return ISSUES.frame(rows)


def told(nights: Sequence[tuple[int | None, str]]) -> Past:
    """Return the past of runs on these days that told the issues named by letters, one run after another."""
    past = Past()
    for number, (day, names) in enumerate(nights, 1):
        now = pd.NaT if day is None else night(day)
        found = with_state(issues(*names), past, now).assign(run_id=f"R{number:06d}")
        past = Past(
            RUN_HISTORY.frame(
                pd.concat([past.runs, pd.DataFrame({"run_id": [f"R{number:06d}"], "now": [now]})])
            ),
            ISSUE_HISTORY.frame(pd.concat([past.issues, found[list(ISSUE_HISTORY.columns)]])),
        )
    return past


def states(found: pd.DataFrame) -> dict[str, Any]:
    """Return the state of each issue and the day on which it opened."""
    days = found["opened"].dt.day
    return dict(zip(found["issue_id"], zip(found["state"], days, strict=True), strict=True))


@pytest.mark.parametrize(
    ("nights", "state"),
    [
        ([], ("new", 9)),
        ([(1, "")], ("new", 9)),
        ([(1, "b")], ("new", 9)),
        ([(1, "a")], ("open", 1)),
        ([(1, "a"), (2, "ab")], ("open", 1)),
        ([(1, "a"), (2, "")], ("re-opened", 9)),
        ([(1, "a"), (2, ""), (3, "a")], ("open", 3)),
        ([(1, "a"), (2, ""), (3, "a"), (4, "")], ("re-opened", 9)),
    ],
)
def test_an_issue_is_open_where_the_night_before_told_it(
    nights: list[tuple[int, str]], state: tuple[str, int]
) -> None:
    """Tonight is the 9th."""
    assert states(with_state(issues("a"), told(nights), night(9)))["a"] == state


def test_a_night_told_again_tells_the_same_states() -> None:
    """The runs of the same data time play no part: a theme that was named anew is no night."""
    once = with_state(issues("a", "b"), told([(1, "a")]), night(2))
    again = with_state(issues("a", "b"), told([(1, "a"), (2, "ab"), (2, "b")]), night(2))
    pd.testing.assert_frame_equal(once, again)
    assert states(once) == {"a": ("open", 1), "b": ("new", 2)}


def test_runs_of_an_old_workspace_lie_before_now() -> None:
    """Their time was not kept; what they told is open since it was first seen."""
    past = told([(None, "a")])
    old = Past(past.runs, ISSUE_HISTORY.frame(past.issues.assign(opened=pd.NaT)), past.alerts)
    found = with_state(issues("a"), old, night(2)).iloc[0]
    assert (found["state"], found["opened"]) == ("open", pd.Timestamp("2026-02-01", tz="UTC"))


def test_what_is_no_longer_found_is_closed_as_it_was_told_last() -> None:
    """One with the first run that did not tell it, two tonight; the fourth is found again."""
    past = told([(1, "abd"), (2, "ac"), (3, "ac")])
    gone = closed_issues(issues("d"), past, night(4))
    assert gone["issue_id"].tolist() == ["a", "c", "b"]
    assert gone["closed"].tolist() == [night(4), night(4), night(2)]
    assert gone["opened"].tolist() == [night(1), night(2), night(1)]
    first = gone.iloc[0]
    assert (first["theme_id"], first["label"], first["scope"], first["status"]) == (
        "Ta",
        "label a",
        "all",
        "chronic",
    )
    assert first["last_seen"] == pd.Timestamp("2026-02-27", tz="UTC")


def test_an_issue_that_closed_twice_is_told_once() -> None:
    """By its last episode."""
    gone = closed_issues(issues(), told([(1, "a"), (2, ""), (3, "a"), (4, "")]), night(5))
    assert gone[["opened", "closed"]].to_numpy().tolist() == [[night(3), night(4)]]


def test_without_a_past_nothing_is_closed() -> None:
    """No rows, all columns, whether or not there are issues."""
    for found in (issues(), issues("a")):
        gone = closed_issues(found, Past(), night(1))
        assert gone.empty
        assert gone.columns.tolist() == list(CLOSED.columns)
    assert with_state(issues(), Past(), pd.NaT).empty


def test_all_that_is_known_is_new_open_open_again_or_closed() -> None:
    """Found or not, no issue is lost and none is in two places."""
    past = told([(1, "abc"), (2, "cd"), (3, "de")])
    found = with_state(issues("a", "d", "f"), past, night(4))
    gone = closed_issues(found, past, night(4))
    assert states(found) == {"a": ("re-opened", 4), "d": ("open", 2), "f": ("new", 4)}
    assert sorted([*found["issue_id"], *gone["issue_id"]]) == list("abcdef")

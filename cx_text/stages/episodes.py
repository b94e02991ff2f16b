"""Episodes of issues: which are new, open or open again, and which are closed, by what earlier runs told.

Earlier means of an earlier "now" in data time, so that a run told again, with other names for themes,
say, gives the same states.
"""

from __future__ import annotations

import pandas as pd

from cx_text.records import CLOSED, ISSUES, Past


def with_state(issues: pd.DataFrame, past: Past, now: pd.Timestamp) -> pd.DataFrame:
    """Return the issues (table ISSUES) with `state` and `opened`.

    An issue is *open* where the run before told it (`opened` is kept), *re-opened* where only a run
    before that did, else *new*; these two opened `now`.
    """
    runs, told = _earlier(past, now)
    before = told[told["run_id"] == runs["run_id"].iloc[-1]] if len(runs) else told
    opened = before.set_index("issue_id")["opened"]
    again = issues["issue_id"].isin(told["issue_id"])
    known = issues["issue_id"].isin(before["issue_id"])
    state = pd.Series("new", index=issues.index, dtype="str").mask(again, "re-opened").mask(known, "open")
    since = opened.reindex(issues["issue_id"]).set_axis(issues.index).fillna(issues["first_seen"])
    return ISSUES.frame(issues.assign(state=state, opened=since.where(known, now)))


def closed_issues(issues: pd.DataFrame, past: Past, now: pd.Timestamp) -> pd.DataFrame:
    """Return the issues of earlier runs that are not among `issues`, table CLOSED; the latest closed first.

    One row an issue, as it was told last; `closed` is the "now" of the first run that did not tell it, equal
    to `now` for those that this run is the first to miss.
    """
    runs, told = _earlier(past, now)
    number = pd.Series(range(len(runs)), index=runs["run_id"])
    gone = told[~told["issue_id"].isin(issues["issue_id"])]
    gone = gone.assign(number=gone["run_id"].map(number))
    gone = gone.sort_values(["number", "issue_id"]).drop_duplicates("issue_id", keep="last")
    after = [*runs["now"].iloc[1:], now]
    gone = gone.assign(closed=[after[int(one)] for one in gone["number"]])
    gone = gone.sort_values(["number", "issue_id"], ascending=[False, True])
    return CLOSED.frame(gone[list(CLOSED.columns)])


def _earlier(past: Past, now: pd.Timestamp) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the runs of an earlier data time (or of an unknown one), in order, and what they told."""
    runs = past.runs[~(past.runs["now"] >= now)].reset_index(drop=True)
    return runs, past.issues[past.issues["run_id"].isin(runs["run_id"])]

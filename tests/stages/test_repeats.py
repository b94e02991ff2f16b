"""Who came back about the same, counted by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from build_collection import collection

from cx_text.stages.repeats import solved_at_once

Contact = tuple[str | None, str, str]
"""Customer, day of January, reason."""


def told(*contacts: Contact, **columns: Any) -> pd.Series:
    """Return who did not come back within 7 days; the data end on 31 January."""
    rows = pd.DataFrame(contacts, columns=["customer_id", "day", "contact_reason"])
    days = pd.to_datetime("2026-01-" + rows.pop("day"), utc=True)
    end = {"customer_id": "last", "created_at": pd.Timestamp("2026-01-31T23:00Z"), "contact_reason": "end"}
    frame = pd.concat([rows.assign(created_at=days, **columns), pd.DataFrame([end])], ignore_index=True)
    return solved_at_once(collection(frame.assign(period=0), [], {}, periods=1), 7)


def test_a_customer_who_is_back_within_a_week_was_not_helped() -> None:
    """Ann on the 1st and 8th, Bob on the 1st and 9th: Ann's second call is no first one, Bob's is."""
    found = told(("ann", "01", "bill"), ("ann", "08", "bill"), ("bob", "01", "bill"), ("bob", "09", "bill"))
    assert found.to_dict() == {0: 0.0, 2: 1.0, 3: 1.0}


def test_another_matter_is_no_return() -> None:
    """Nor is somebody else with the same."""
    assert told(("ann", "01", "bill"), ("ann", "02", "router"), ("bob", "02", "bill")).tolist() == [1, 1, 1]


def test_a_chain_of_calls_is_one_first_contact() -> None:
    """1st, 6th and 11th: each is within a week of the one before, so only the first counts."""
    assert told(("ann", "01", "bill"), ("ann", "06", "bill"), ("ann", "11", "bill")).to_dict() == {0: 0.0}


def test_a_contact_that_was_not_watched_for_a_week_is_not_told() -> None:
    """From the 25th on nobody knows yet."""
    assert told(("ann", "24", "bill"), ("bob", "25", "bill")).to_dict() == {0: 1.0}


def test_the_same_words_again_are_no_return() -> None:
    """A survey that came in twice."""
    twice = told(("ann", "01", "bill"), ("ann", "03", "bill"), text_key=["same", "same"])
    assert twice.to_dict() == {0: 1.0}


def test_two_rows_of_one_moment_are_one_contact() -> None:
    """The first of them by order."""
    assert told(("ann", "01", "bill"), ("ann", "01", "bill")).to_dict() == {0: 1.0}


@pytest.mark.parametrize(("named", "counted"), [(2, True), (1, False)])
def test_customers_must_be_known_of_most_contacts(named: int, counted: bool) -> None:
    """3 of 5 are, with the last one; 2 of 5 are not."""
    people: list[str | None] = ["ann", "bob"][:named] + [None] * (4 - named)
    found = told(*((one, f"{place + 1:02d}", "bill") for place, one in enumerate(people)))
    assert (len(found) > 0) == counted


def test_without_a_reason_a_contact_is_about_its_themes() -> None:
    """Ann speaks of fee and wait, then of wait; Bob of fee, then of wait."""
    days = ["01", "03", "01", "03", "31"]
    rows = pd.DataFrame(
        {
            "customer_id": ["ann", "ann", "bob", "bob", "last"],
            "created_at": pd.to_datetime("2026-01-" + pd.Series(days), utc=True),
            "period": 0,
        }
    )
    links = [(0, "fee", -0.5), (0, "wait", -0.5), (1, "wait", -0.5), (2, "fee", -0.5), (3, "wait", -0.5)]
    assert solved_at_once(collection(rows, links, periods=1), 7).to_dict() == {0: 0.0, 2: 1.0, 3: 1.0}


def test_without_dates_or_customers_nothing_is_told() -> None:
    """An empty series, no error."""
    assert solved_at_once(collection([{"customer_id": "ann"}] * 3, []), 7).empty
    assert solved_at_once(collection([], []), 7).empty

"""The digest: equal states have equal digests, and nothing of when or by whom is in it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from build_scored import make_many, make_scored, make_workspace, take
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.records import CATALOGUE, Scored
from cx_text.store import digest_of_scored

MENTIONED = [("a", 0, 4, "T1", 0.5, 0.9), ("a", 5, 9, "T1", 0.1, 0.8), ("b", 0, 4, "T2", -0.5, 0.7)]
THEMES = CATALOGUE.frame([{"theme_id": "T1", "label": "refund", "keywords": ["refund", "money"], "size": 9}])


def part(scored: Scored, rows: Any) -> Scored:
    """Return some rows, by position, with their mentions."""
    verbatims = scored.verbatims.iloc[rows]
    return Scored(verbatims, scored.mentions[scored.mentions["verbatim_id"].isin(verbatims["verbatim_id"])])


def test_a_digest_says_what_a_small_state_holds() -> None:
    """Empty cells are left out; lists, times, flags and pairs read as JSON knows them."""
    rows = make_scored(
        ["b", "a"],
        MENTIONED,
        created_at=pd.to_datetime(["2024-03-01T12:00:00.5Z", None], utc=True),
        theme_ids=[["T2"], ["T1"]],
        conflict=[None, True],
        csat=[4, None],
        attr_shop=["x", None],
    )
    digest = digest_of_scored(rows, THEMES)
    assert digest["rows"] == [
        {"verbatim_id": "a", "text": "text of a", "status": "themed", "theme_ids": ["T1"], "conflict": True},
        {
            "verbatim_id": "b",
            "created_at": "2024-03-01T12:00:00.500000Z",
            "csat": 4.0,
            "text": "text of b",
            "status": "themed",
            "theme_ids": ["T2"],
            "attr_shop": "x",
        },
    ]
    assert [mention["start"] for mention in digest["mentions"]] == [0, 5, 0]
    assert digest["links"] == [
        {"verbatim_id": "a", "theme_id": "T1"},
        {"verbatim_id": "b", "theme_id": "T2"},
    ]
    assert digest["themes"] == [
        {"theme_id": "T1", "label": "refund", "keywords": ["refund", "money"], "size": 9}
    ]


def test_anybody_can_recompute_the_hash_from_the_printed_json() -> None:
    """It is the SHA-256 of the rest as compact JSON with sorted keys."""
    digest = json.loads(json.dumps(digest_of_scored(make_many(50), THEMES)))
    claimed = digest.pop("sha256")
    canonical = json.dumps(digest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == claimed


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(12)))
def test_the_order_of_rows_and_mentions_does_not_matter(order: list[int]) -> None:
    """A shuffled frame has the same digest."""
    rows = make_many(12)
    shuffled = Scored(rows.verbatims.iloc[order], rows.mentions.iloc[[2 * row for row in order]])
    straight = Scored(rows.verbatims, rows.mentions.iloc[::2])
    assert digest_of_scored(shuffled) == digest_of_scored(straight)


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(4)), sizes=st.lists(st.integers(0, 5), min_size=3, max_size=3))
def test_the_order_in_which_files_are_taken_does_not_matter(
    order: list[int], sizes: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither do their number, the runs, the secret or the file names."""
    rows = make_many(15)
    ends = [sum(sizes[:count]) for count in range(4)] + [15]
    files = [part(rows, slice(ends[one], ends[one + 1])) for one in range(4)]
    digests = []
    for way in (range(4), order):
        with make_workspace(tmp_path_factory.mktemp("any") / "W") as workspace:
            for run, one in enumerate(way):
                take(workspace, files[one], f"f{run}{one}", f"R{run + 1:06d}")
            workspace.keep_themes(THEMES, f"R{order[0] + 1:06d}")
            digests.append(workspace.digest())
    assert digests[0] == digests[1] == digest_of_scored(rows, THEMES)


@pytest.mark.parametrize(
    ("columns", "matters"),
    [
        ({"customer_id": "c_2"}, False),
        ({"duplicate_of": "b"}, False),
        ({"text": "other"}, True),
        ({"agent": "Ada"}, True),
        ({"sentiment": 0.1}, True),
        ({"theme_ids": [["T9"], []]}, True),
        ({"attr_shop": "x"}, True),
        ({"created_at": pd.Timestamp("2024-01-01", tz="UTC")}, True),
    ],
)
def test_a_digest_tells_rows_and_scores_apart_but_no_customers(
    columns: dict[str, Any], matters: bool
) -> None:
    """Customers are keyed by the secret, repeats are a finding."""
    plain, other = make_scored(["a", "b"]), make_scored(["a", "b"], **columns)
    assert (digest_of_scored(plain)["sha256"] != digest_of_scored(other)["sha256"]) is matters


def test_mentions_and_themes_are_part_of_the_digest() -> None:
    """Each change shows."""
    plain, said = make_scored(["a", "b"]), make_scored(["a", "b"], MENTIONED)
    found = {digest_of_scored(one, themes)["sha256"] for one in (plain, said) for themes in (None, THEMES)}
    assert len(found) == 4


def test_retired_themes_are_not_part_of_the_digest(tmp_path: Path) -> None:
    """Two ways to the same themes in use are the same state."""
    old = THEMES.assign(theme_id="T0")
    with make_workspace(tmp_path / "W") as workspace:
        workspace.keep_themes(old, "R000001")
        workspace.keep_themes(THEMES, "R000002")
        assert workspace.digest() == digest_of_scored(make_scored([]), THEMES)

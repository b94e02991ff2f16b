"""Rows to a Collection: the window, days and weeks."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from cx_text.config import Config, make_config
from cx_text.records import CATALOGUE, MENTIONS, VERBATIMS, Collection, Scored
from cx_text.stages.periods import collect, counted, without
from cx_text.text import digest_of


def scored(times: list[str | None], mentions: list[dict[str, object]] | None = None) -> Scored:
    """Return rows r0, r1 ... written at `times`."""
    rows = [
        {"verbatim_id": f"r{number}", "created_at": time, "text": f"Text {number}!", "status": "themed"}
        for number, time in enumerate(times)
    ]
    return Scored(VERBATIMS.frame(rows), MENTIONS.frame(mentions or []))


def collected(times: list[str | None], config: Config | None = None) -> Collection:
    """Return the collection of rows written at `times`."""
    return collect(scored(times), CATALOGUE.frame(), config or Config())[0]


def days(first: str, count: int, hour: int = 12) -> list[str | None]:
    """Return `count` days from `first` on, at an hour."""
    return [time.isoformat() for time in pd.date_range(f"{first}T{hour:02d}:00Z", periods=count, freq="D")]


def test_a_short_history_is_told_by_day_a_long_one_by_week() -> None:
    """Nine days of tweets, or half a year of surveys."""
    assert collected(days("2025-01-01", 9)).period_days == 1
    assert collected(days("2025-01-01", 60)).period_days == 7
    assert collected(days("2025-01-01", 60), make_config({"issues": {"period": "day"}})).period_days == 1


def test_weeks_begin_on_monday_and_have_no_gaps() -> None:
    """A silent week is a week with nothing, not a missing one."""
    config = make_config({"issues": {"period": "week"}})
    found = collected(["2025-01-01T10:00Z", "2025-01-22T10:00Z"], config)
    assert list(found.periods) == ["2024-12-30", "2025-01-06", "2025-01-13", "2025-01-20"]
    assert found.verbatims["period"].tolist() == [0, 3]


def test_days_are_those_of_the_configured_zone() -> None:
    """Late in the evening in New York is the next day in UTC."""
    times: list[str | None] = ["2025-01-02T02:00:00Z"]
    assert collected(times).periods == ("2025-01-02",)
    zone = make_config({"input": {"timezone": "America/New_York"}})
    assert collected(times, zone).periods == ("2025-01-01",)


def test_rows_without_a_date_stay_and_belong_to_no_period() -> None:
    """They count for themes but not for trends."""
    found = collected([None, "2025-01-01T10:00Z"])
    assert found.verbatims["verbatim_id"].tolist() == ["r1", "r0"]
    assert found.verbatims["period"].tolist() == [0, -1]
    assert collected([None, None]).periods == ()


def test_rows_before_the_window_are_left_out() -> None:
    """The report speaks of the last weeks, in data time."""
    config = make_config({"report": {"window": 2}})
    found = collected(["2024-01-01T10:00Z", *days("2025-01-01", 20)], config)
    assert "r0" not in set(found.verbatims["verbatim_id"])
    assert collected(["1970-01-01T10:00Z"], config).verbatims["verbatim_id"].tolist() == ["r0"]


def test_a_stray_row_in_the_far_future_does_not_move_now() -> None:
    """One typed 2099 must not make all of history old."""
    rows = scored([*days("2025-01-01", 150), "2099-01-01T10:00Z"])
    found, warnings = collect(rows, CATALOGUE.frame(), Config())
    assert found.periods[-1] == "2025-05-26"
    assert found.verbatims.set_index("verbatim_id").loc["r150", "period"] == -1
    assert warnings == ["1 rows lie far after all others; trends leave them out"]


def test_a_pause_in_the_data_is_not_taken_for_stray_rows() -> None:
    """Many rows after a long gap are the present."""
    found, warnings = collect(
        scored([*days("2025-01-01", 20), *days("2025-03-01", 20)]), CATALOGUE.frame(), Config()
    )
    assert found.periods[-1].startswith("2025-03")
    assert warnings == []


@pytest.mark.parametrize(
    ("times", "period", "complete"),
    [
        (days("2025-01-06", 7), "week", True),
        (days("2025-01-06", 6), "week", False),
        (days("2025-01-06", 3, hour=21), "day", True),
        (days("2025-01-06", 3, hour=9), "day", False),
        (days("2025-01-06", 3, hour=0), "day", True),
        ([None], "day", False),
    ],
)
def test_a_newest_period_seen_in_part_is_said(times: list[str | None], period: str, complete: bool) -> None:
    """Half a week must not look like a fall. Dates without a time are whole days."""
    assert collected(times, make_config({"issues": {"period": period}})).last_complete is complete


def test_rows_and_links_do_not_depend_on_the_order_they_came_in() -> None:
    """Canonical order by time, then id."""
    mentions: list[dict[str, object]] = [
        {"verbatim_id": "r1", "theme_id": "T0002", "sentiment": -0.5, "confidence": 0.4},
        {"verbatim_id": "r1", "theme_id": "T0002", "sentiment": -0.1, "confidence": 0.9},
        {"verbatim_id": "r0", "theme_id": "T0001", "sentiment": 0.3, "confidence": 0.5},
        {"verbatim_id": "gone", "theme_id": "T0001", "sentiment": 0.3, "confidence": 0.5},
    ]
    for mention, who in zip(mentions, ("agent", "agent", "process", "agent"), strict=True):
        mention["attribution"] = who
    rows = scored(["2025-01-02T10:00Z", "2025-01-01T10:00Z"], mentions)
    shuffled = Scored(rows.verbatims.iloc[::-1], rows.mentions.iloc[::-1])
    first, second = (collect(one, CATALOGUE.frame(), Config())[0] for one in (rows, shuffled))
    pd.testing.assert_frame_equal(first.verbatims, second.verbatims)
    pd.testing.assert_frame_equal(first.links, second.links)
    assert first.links.to_dict("records") == [
        {
            "row": 0,
            "theme_id": "T0002",
            "sentiment": pytest.approx(-0.3),
            "confidence": 0.9,
            "attribution": "agent",
        },
        {"row": 1, "theme_id": "T0001", "sentiment": 0.3, "confidence": 0.5, "attribution": "process"},
    ]


@pytest.mark.parametrize(
    ("told", "attribution"),
    [
        (["process", "agent", "process"], "process"),
        (["process", "agent"], "agent"),
        ([None, None, "customer"], "customer"),
    ],
)
def test_who_can_change_a_theme_of_a_comment_is_what_most_of_its_mentions_tell(
    told: list[str | None], attribution: str
) -> None:
    """Ties go to the first by name; what tells nothing has no vote."""
    mentions: list[dict[str, object]] = [
        {"verbatim_id": "r0", "theme_id": "T1", "attribution": one} for one in told
    ]
    links = collect(scored(["2025-01-02T10:00Z"], mentions), CATALOGUE.frame(), Config())[0].links
    assert links["attribution"].tolist() == [attribution]


def test_texts_are_left_behind_and_repeats_share_a_key() -> None:
    """The per-collection half reads numbers and ids, never texts."""
    rows = scored(["2025-01-02T10:00Z"] * 2)
    rows.verbatims["text"] = ["Very good!", "very GOOD"]
    found = collect(rows, CATALOGUE.frame(), Config())[0]
    assert "text" not in found.verbatims
    assert found.verbatims["text_key"].tolist() == [digest_of("very good")] * 2
    assert found.verbatims["length"].tolist() == [2, 2]


def test_the_other_agent_whom_a_text_names_is_told_unless_a_person_said_whose_it_was() -> None:
    """The second row was Priya's until somebody corrected it."""
    rows = scored(["2025-01-02T10:00Z", "2025-01-02T11:00Z"])
    rows.verbatims["agent"] = ["Priya Lee", "Marco Day"]
    rows.verbatims["text"] = ["Marco hung up", "Priya was kind"]
    found = collect(rows, CATALOGUE.frame(), Config())[0].verbatims
    assert found["named_agent"].tolist() == ["Marco Day", "Priya Lee"]
    told = counted(rows.verbatims).assign(agent=["Priya Lee", "Priya Lee"])
    corrected = collect(replace(rows, verbatims=told), CATALOGUE.frame(), Config())[0].verbatims
    assert corrected["named_agent"].fillna("").tolist() == ["Marco Day", ""]


def test_rows_counted_before_give_the_same_collection() -> None:
    """A store may keep keys and lengths and leave the texts where they are."""
    rows = scored(["2025-01-02T10:00Z"] * 2)
    rows.verbatims["text"] = ["Very good!", "late"]
    bare = Scored(counted(rows.verbatims), rows.mentions)
    with_texts, without = (collect(one, CATALOGUE.frame(), Config())[0].verbatims for one in (rows, bare))
    pd.testing.assert_frame_equal(with_texts, without)


def test_without_muted_themes_the_collection_is_as_if_nobody_had_said_them() -> None:
    """The verbatims stay, for they count in every share."""
    mentions: list[dict[str, object]] = [
        {
            "verbatim_id": f"r{row}",
            "start": 0,
            "end": 4,
            "theme_id": theme,
            "sentiment": 0.1,
            "confidence": 0.9,
        }
        for row, theme in [(0, "T1"), (0, "T2"), (1, "T2"), (2, "T1")]
    ]
    catalogue = CATALOGUE.frame({"theme_id": ["T1", "T2"], "label": ["one", "two"]})
    whole, _ = collect(scored(days("2025-01-01", 4), mentions), catalogue, Config())
    heard = without(whole, {"T2", "T9"})
    assert heard.catalogue["theme_id"].tolist() == ["T1"]
    assert heard.links["row"].tolist() == [0, 2]
    pd.testing.assert_frame_equal(heard.verbatims, whole.verbatims)
    assert without(whole, set()).links.equals(whole.links)

"""How it was for customers, counted by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import Link, collection
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.config import Config, Privacy
from cx_text.records import EXPERIENCE, RISKS, Collection
from cx_text.stages.breakdowns import MOST, experience, urgent
from cx_text.statistics import mean_interval, wilson

CONFIG = Config()
DAY = pd.Timestamp("2026-03-01T12:00:00Z")


def told(data: Collection, config: Config = CONFIG) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the rows by scope, measure and item, with what is empty as None."""
    table = experience(data, config)
    assert list(table.columns) == list(EXPERIENCE.columns)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return {(row["scope"], row["measure"], row["item"]): row for row in rows}


def numbers(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return n, count and share of a row."""
    return row["n"], row["count"], row["value"]


def comments(n: int, **columns: Any) -> list[dict[str, Any]]:
    """Return n equal comments."""
    return [dict(columns)] * n


def later(days: float, **columns: Any) -> dict[str, Any]:
    """Return a comment so many days after DAY, within the observed time."""
    return {"created_at": DAY + pd.Timedelta(days=days), "period": 0, **columns}


def test_effort_is_the_mean_of_those_who_tell_of_it_with_its_interval() -> None:
    """0.2, 0.4 and 0.6 of five: mean 0.4, one of three is high; who tells nothing is no zero."""
    rows = told(collection([{"effort": value} for value in (0.2, 0.4, 0.6, None, None)], []))
    row = rows["all", "effort", ""]
    mean, low, high = mean_interval([0.2, 0.4, 0.6])
    assert (row["n"], row["count"], row["value"]) == (3, None, pytest.approx(0.4))
    assert (row["low"], row["high"]) == pytest.approx((max(low, 0), min(high, 1)), abs=1e-6)
    assert mean == pytest.approx(0.4)
    assert numbers(rows["all", "high_effort", ""]) == (3, 1, pytest.approx(1 / 3, abs=1e-6))
    assert numbers(rows["all", "comments", ""]) == (5, None, None)


@pytest.mark.parametrize(("effort", "high"), [(0.4999, 0), (0.5, 1), (1.0, 1), (0.0, 0)])
def test_effort_is_high_from_a_half_on(effort: float, high: int) -> None:
    """The edge belongs to it."""
    assert told(collection([{"effort": effort}], []))["all", "high_effort", ""]["count"] == high


def test_the_interval_of_an_effort_stays_within_its_scale() -> None:
    """A t interval of two values would not."""
    row = told(collection([{"effort": 0.0}, {"effort": 1.0}], []))["all", "effort", ""]
    assert (row["low"], row["high"]) == (0.0, 1.0)


def test_the_share_of_an_emotion_is_of_all_comments_with_content() -> None:
    """3 angry and 1 relieved of 20; a comment without content is not asked."""
    rows = [*comments(3, emotion="anger"), {"emotion": "relief"}, *comments(16)]
    status = ["unthemed"] * len(rows) + ["non_answer"]
    found = told(collection(pd.DataFrame([*rows, {"emotion": "anger"}]).assign(status=status), []))
    row = found["all", "emotion", "anger"]
    assert numbers(row) == (20, 3, 0.15)
    assert (row["low"], row["high"]) == pytest.approx([float(bound) for bound in wilson(3, 20)], abs=1e-6)
    assert numbers(found["all", "emotion", "relief"]) == (20, 1, 0.05)
    assert ("all", "emotion", "delight") not in found


def test_a_repeat_contact_is_told_or_not_or_unknown() -> None:
    """2 of 4; of the fifth nobody knows."""
    flags = (True, True, False, False, None)
    rows = told(collection([{"repeat_contact": flag} for flag in flags], []))
    assert numbers(rows["all", "repeat_contact", ""]) == (4, 2, 0.5)


def test_what_was_shown_and_what_was_missing_are_counted_apart() -> None:
    """A comment may praise one behaviour and miss another."""
    rows = [
        {"behaviours": ["empathy+", "speed-"]},
        {"behaviours": ["empathy+"]},
        {"behaviours": ["empathy-"]},
    ]
    found = told(collection([*rows, {}], []))
    assert numbers(found["all", "shown", "empathy"]) == (4, 2, 0.5)
    assert numbers(found["all", "missing", "empathy"]) == (4, 1, 0.25)
    assert numbers(found["all", "missing", "speed"]) == (4, 1, 0.25)
    assert ("all", "shown", "speed") not in found


def test_risks_are_counted_by_kind() -> None:
    """A comment may have several."""
    found = told(collection([{"risks": ["legal", "churn"]}, {"risks": ["churn"]}, {}, {}], []))
    assert numbers(found["all", "risk", "churn"]) == (4, 2, 0.5)
    assert numbers(found["all", "risk", "legal"]) == (4, 1, 0.25)


def test_stages_of_the_journey_share_the_comments_that_tell_of_one() -> None:
    """3 of 4 are about use, 2 of these negative."""
    rows = [
        *comments(2, journey="use", sentiment_label="negative"),
        {"journey": "use", "sentiment_label": None},
    ]
    found = told(collection([*rows, {"journey": "leaving", "sentiment_label": "positive"}, {}], []))
    assert numbers(found["all", "journey", "use"]) == (4, 3, 0.75)
    assert numbers(found["all", "journey_negative", "use"]) == (3, 2, pytest.approx(2 / 3, abs=1e-6))
    assert numbers(found["all", "journey_negative", "leaving"]) == (1, 0, 0.0)


def test_channels_and_themes_are_told_like_all() -> None:
    """12 by chat, 3 of them angry; 4 of late, 2 of these angry."""
    rows = [
        *comments(3, channel="chat", emotion="anger"),
        *comments(9, channel="chat"),
        *comments(30, channel="phone"),
    ]
    links: Sequence[Link] = [(row, "late", -0.5) for row in (0, 1, 20, 21)]
    found = told(collection(rows, links, labels={"late": "Late again"}))
    assert numbers(found["channel=chat", "emotion", "anger"]) == (12, 3, 0.25)
    assert numbers(found["channel=phone", "emotion", "anger"]) == (30, 0, 0.0)
    assert numbers(found["theme=late", "emotion", "anger"]) == (4, 2, 0.5)
    assert found["theme=late", "emotion", "anger"]["label"] == "Late again"
    assert found["channel=chat", "comments", ""]["label"] == "chat"


def test_behaviours_are_not_told_by_theme_and_the_journey_only_of_all() -> None:
    """Tables stay small."""
    rows = comments(20, channel="chat", behaviours=["speed-"], journey="use", risks=["churn"])
    found = told(collection(rows, [(0, "late", -0.5)]))
    assert {measure for scope, measure, _ in found if scope == "theme=late"} == {"comments"}
    assert {measure for scope, measure, _ in found if scope == "channel=chat"} == {"comments", "missing"}
    assert {measure for scope, measure, _ in found if scope == "all"} == {
        "comments",
        "missing",
        "risk",
        "journey",
        "journey_negative",
    }


def test_a_small_channel_shows_its_n_only() -> None:
    """9 by fax are fewer than 10; how many of them tell of effort would be a number, too."""
    rows = [*comments(9, channel="fax", emotion="anger", effort=0.9), *comments(20, channel="chat")]
    rows += comments(1)
    found = told(collection(rows, []))
    assert numbers(found["channel=fax", "comments", ""]) == (9, None, None)
    assert [key for key in found if key[0] == "channel=fax"] == [("channel=fax", "comments", "")]
    assert found["channel=chat", "emotion", "anger"]["count"] == 0


def test_a_small_channel_cannot_be_had_by_subtraction() -> None:
    """All less chat would be fax, so that chat is withheld too; with 10 beside them it is not."""
    rows = [*comments(9, channel="fax", emotion="anger"), *comments(20, channel="chat")]
    assert ("channel=chat", "emotion", "anger") not in told(collection(rows, []))
    found = told(collection([*rows, *comments(10, channel="mail")], []))
    assert found["channel=chat", "emotion", "anger"]["count"] == 0


def test_a_channel_in_which_few_can_be_asked_shows_n_only_for_that_question() -> None:
    """30 comments, of which 4 tell of effort; these with 2 of phone are too few, so mail is withheld too."""
    rows = [*comments(4, channel="chat", effort=0.5), *comments(26, channel="chat")]
    rows += [*comments(7, channel="phone", effort=0.1), *comments(30, channel="phone")]
    rows += comments(50, channel="mail", effort=0.1)
    found = told(collection(rows, []))
    shown = {name: found[f"channel={name}", "effort", ""]["value"] for name in ("chat", "phone", "mail")}
    assert shown == {"chat": None, "phone": None, "mail": pytest.approx(0.1)}
    assert found["channel=chat", "comments", ""]["n"] == 30


def test_a_cell_of_a_theme_may_be_small() -> None:
    """Themes are no group of people."""
    found = told(collection([{"effort": 0.7, "channel": "chat"}] * 2, [(0, "late", -0.5)]))
    assert found["theme=late", "effort", ""]["value"] == pytest.approx(0.7)


def came(*days: float, customer: str = "c", text: str = "") -> list[dict[str, Any]]:
    """Return a customer's comments on these days, each in other words or all in the same."""
    return [later(day, customer_id=customer, text_key=text or f"{customer}{day}") for day in days]


@pytest.mark.parametrize(
    ("days", "count", "n"),
    [
        ((0, 30), 1, 1),
        ((0, 31), 0, 1),
        ((0,), 0, 1),
        ((0, 5, 9), 1, 1),
        ((0, 40, 45), 0, 1),
        ((31,), None, None),
        ((0, 0), 0, 1),
    ],
)
def test_a_customer_comes_back_within_30_days_of_the_first_complaint(
    days: tuple[float, ...], count: int | None, n: int | None
) -> None:
    """The data end on day 60; who first complained after day 30 has not been watched for long enough."""
    rows = [*came(*days), later(60)]
    found = told(collection(rows, [(row, "late", -0.5) for row in range(len(days))]))
    row = found.get(("theme=late", "return", ""), {"n": None, "count": None})
    assert (row["count"], row["n"]) == (count, n)


def test_only_complaints_of_the_same_theme_in_other_words_are_a_return() -> None:
    """Praise is no leak, another theme is another matter, the same text is sent twice."""
    rows = [*came(0, 1, customer="a"), *came(0, 1, customer="b"), *came(0, 1, customer="d", text="same")]
    rows += [*came(0, 1, customer="e"), later(60)]
    links: Sequence[Link] = [
        (0, "late", -0.5),
        (1, "late", 0.5),
        (2, "late", -0.5),
        (3, "rude", -0.5),
        (4, "late", -0.5),
        (5, "late", -0.5),
        (6, "late", -0.5),
        (7, "late", -0.5),
    ]
    found = told(collection(rows, links))
    assert numbers(found["theme=late", "return", ""]) == (4, 1, 0.25)
    assert numbers(found["theme=rude", "return", ""]) == (1, 0, 0.0)


def test_without_customers_or_dates_nobody_returns() -> None:
    """No row, and no zero."""
    for rows in ([later(0), later(60)], [{"customer_id": "a"}, {"customer_id": "a"}]):
        found = told(collection(rows, [(0, "late", -0.5), (1, "late", -0.5)]))
        assert not [measure for _, measure, _ in found if measure == "return"]


def risk_ids(data: Collection, config: Config = CONFIG) -> list[str]:
    """Return the ids of the comments that cannot wait."""
    table = urgent(data, config)
    assert list(table.columns) == list(RISKS.columns)
    return list(table["verbatim_id"])


def test_legal_and_safety_come_first_then_the_newest_then_the_smallest_id() -> None:
    """Five comments in their order."""
    kinds: Sequence[list[str]] = (["churn"], ["legal"], ["urgency", "safety"], ["churn"], ["churn"], [])
    rows = [later(day, risks=risks) for day, risks in zip((9, 1, 3, 9, 10, 11), kinds, strict=True)]
    assert risk_ids(collection(rows, [])) == ["v00002", "v00001", "v00004", "v00000", "v00003"]
    assert urgent(collection(rows, []), CONFIG)["kinds"].iloc[0] == ["urgency", "safety"]


def test_what_is_older_than_30_days_can_wait_and_what_has_no_date_cannot() -> None:
    """Day 60 is now; a stray date is not."""
    rows = [later(29, risks=["legal"]), later(30, risks=["legal"]), {"risks": ["legal"]}, later(60)]
    stray = later(900, risks=["churn"], period=-1)
    assert risk_ids(collection([*rows, stray], [])) == ["v00001", "v00002", "v00004"]


def test_at_most_50_comments_cannot_wait() -> None:
    """A person has a day."""
    assert len(risk_ids(collection([later(0, risks=["legal"])] * 70, []))) == MOST


def test_a_comment_that_was_not_read_and_a_small_channel_are_not_told() -> None:
    """The channel is empty, the comment stays."""
    said = [later(0, risks=["legal"], channel="fax"), later(0, risks=["legal"], channel="fax")]
    said += [later(0, channel="chat")] * 20 + [later(0)] * 20
    rows = pd.DataFrame(said).assign(status=["unthemed", "other_language", *["unthemed"] * 40])
    table = urgent(collection(rows, []), CONFIG)
    assert (list(table["verbatim_id"]), table["channel"].isna().all()) == (["v00000"], True)
    larger = urgent(collection(rows, []), Config(privacy=Privacy(k=1)))
    assert list(larger["channel"]) == ["fax"]


def test_nothing_is_told_of_nothing() -> None:
    """No rows, no error."""
    empty = collection([], [])
    assert experience(empty, CONFIG).empty
    assert urgent(empty, CONFIG).empty


@st.composite
def many(draw: st.DrawFn) -> tuple[Collection, Collection]:
    """Return the same comments in two orders; their themes go with them."""
    n = draw(st.integers(1, 40))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    rows = pd.DataFrame(
        {
            "verbatim_id": [f"x{number:03d}" for number in range(n)],
            "created_at": DAY + pd.to_timedelta(random.integers(0, 90, n), unit="D"),
            "period": 0,
            "channel": random.choice(["chat", "mail", "fax"], n),
            "customer_id": random.choice(["a", "b", "c"], n),
            "text_key": [f"x{number:03d}" for number in range(n)],
            "effort": np.where(random.random(n) < 0.5, random.random(n), np.nan),
            "emotion": random.choice(["anger", "relief"], n),
            "behaviours": [list(random.choice(["speed+", "speed-"], 1)) for _ in range(n)],
            "risks": [list(random.choice(["legal", "churn"], 1)) for _ in range(n)],
        }
    )
    order = random.permutation(n)
    place = np.empty(n, dtype=int)
    place[order] = np.arange(n)
    links, moved = ([(int(row), "late", -0.5) for row in at[:n:2]] for at in (np.arange(n), place))
    return collection(rows, links), collection(rows.iloc[order], moved)


@settings(max_examples=30, deadline=None)
@given(many())
def test_the_order_of_rows_plays_no_part_and_every_share_is_one(pair: tuple[Collection, Collection]) -> None:
    """Bytes are equal; shares lie in their intervals."""
    one, other = (experience(data, CONFIG) for data in pair)
    pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(urgent(pair[0], CONFIG), urgent(pair[1], CONFIG))
    known = one.dropna(subset=["low"])
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    assert (known["low"] >= 0).all()
    assert (known["high"] <= 1).all()


def test_periods_and_catalogue_are_left_as_they_were() -> None:
    """What is given is not changed."""
    data = collection([later(0, risks=["legal"], channel="fax")], [(0, "late", -0.5)])
    before = replace(data, verbatims=data.verbatims.copy())
    experience(data, CONFIG)
    urgent(data, CONFIG)
    pd.testing.assert_frame_equal(data.verbatims, before.verbatims)

"""Drivers: effects that can be counted by hand, and bystanders that are not blamed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import collection
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cx_text.config import Config, make_config
from cx_text.records import DRIVERS, Collection
from cx_text.stages.drivers import find_drivers


def told(score: str, values: Sequence[float | None], themes: dict[str, list[int]], **more: Any) -> Collection:
    """Return one verbatim a value; themes by the rows that mention them, badly unless told otherwise."""
    feelings: dict[str, float] = more.pop("feelings", {})
    rows = pd.DataFrame({score: pd.Series(values, dtype="float64"), "status": "themed", **more})
    links = [(row, theme, feelings.get(theme, -0.5)) for theme, mine in themes.items() for row in mine]
    return collection(rows, sorted(links), {theme: theme for theme in themes} or None)


def whole(data: Collection, **sections: Any) -> pd.DataFrame:
    """Return the drivers, each theme as a whole, by theme_id."""
    table = find_drivers(data, make_config(sections))
    return table[table["tone"] == "all"].set_index("theme_id")


HALF = [5.0] * 60 + [1.0] * 40
"""60 happy, 40 unhappy verbatims: CSAT 60."""


def test_impact_of_a_lone_theme_can_be_counted_by_hand() -> None:
    """Of the 50 with it 20 are happy, of the 50 without 40: -40 points a mention, -20 on the whole."""
    themes = {"refund": [*range(20), *range(60, 90)]}
    found = whole(told("csat", list(HALF), themes)).loc["refund"]
    assert (found["metric"], found["n"], found["customers"], found["share"]) == ("csat", 50, 50, 0.5)
    assert_allclose(found["leaveout"], 60 - 80)
    assert_allclose(found["effect"], -40 * 25 / 26, atol=1e-6)
    assert_allclose(found["impact"], found["effect"] / 2, atol=1e-6)
    assert found["driver"]


@pytest.mark.parametrize(
    ("score", "scores", "good", "bad", "spread"),
    [
        ("csat", {}, 5, 1, 100),
        ("csat", {"csat": {"direction": "low_is_good"}}, 1, 5, 100),
        ("csat", {"csat": {"method": "mean"}}, 5, 2, 3),
        ("nps", {}, 9, 6, 200),
        ("nps", {}, 9, 7, 100),
        ("ces", {}, 7, 1, 6),
        ("ces", {"ces": {"direction": "low_is_good"}}, 1, 7, 6),
    ],
)
def test_points_are_those_of_the_metric(
    score: str, scores: dict[str, Any], good: float, bad: float, spread: float
) -> None:
    """Half the verbatims are bad, all those with the theme: leaving it out gains half the spread."""
    themes = {"refund": list(range(50, 100))}
    found = whole(told(score, [good] * 50 + [bad] * 50, themes), scores=scores).loc["refund"]
    assert found["metric"] == score
    assert_allclose(found["leaveout"], -spread / 2)
    assert_allclose(found["effect"], -spread * 25 / 26, atol=1e-6)


def bystander() -> Collection:
    """Waiting makes 8 of 10 unhappy, else 2 of 10 are; parking is mentioned beside waiting, harmlessly."""
    wait = list(range(200))
    happy = [row % 10 < (2 if row < 200 else 8) for row in range(600)]
    parking = [*range(150), *range(200, 250)]
    values: list[float | None] = [5.0 if one else 1.0 for one in happy]
    return told("csat", values, {"parking": parking, "wait": wait})


def test_a_bystander_is_not_blamed() -> None:
    """Leaving parking out moves the score by points; beside waiting nothing is left of it."""
    found = whole(bystander())
    assert found.loc["parking", "leaveout_high"] < -8
    assert abs(found.loc["parking", "impact"]) < 0.5
    assert found.loc["parking", "impact_low"] < 0 < found.loc["parking", "impact_high"]
    assert found["driver"].to_dict() == {"parking": False, "wait": True}
    assert_allclose(found.loc["wait", "effect"], -60, atol=2)
    assert_allclose(found.loc["wait", "impact"], -20, atol=1)
    assert found.loc["wait", "impact_high"] < -15


def test_a_bystander_names_whom_it_travels_with() -> None:
    """Three in four who speak of parking wait, one in eight of the others; the harmful one names nobody."""
    assert whole(bystander())["beside_theme_id"].to_dict() == {"parking": "wait", "wait": np.nan}


def test_a_theme_that_is_only_less_praised_keeps_no_company() -> None:
    """Where the difference is that nobody says thanks, there is no theme beside it to be named."""
    happy = [row % 10 < (2 if row < 200 else 8) for row in range(600)]
    thanks = [row for row in range(200, 600) if happy[row]]
    themes = {"lost": list(range(200)), "thanks": thanks}
    found = whole(told("csat", [5.0 if one else 1.0 for one in happy], themes, feelings={"thanks": 0.6}))
    assert found["beside_theme_id"].isna().all()


def test_a_theme_spoken_of_badly_and_well_has_two_effects() -> None:
    """Staff: 40 bad mentions (10 happy), 40 good ones (all happy), 5 of neither; of 100 others half are."""
    values = [5.0] * 10 + [1.0] * 30 + [5.0] * 40 + [5.0, 1.0] * 2 + [5.0] + [5.0, 1.0] * 50
    data = told("csat", values, {"staff": list(range(85))})
    data.links["sentiment"] = [-0.5] * 40 + [0.5] * 40 + [0.0] * 5
    table = find_drivers(data, Config()).set_index("tone")
    assert table["n"].to_dict() == {"all": 85, "negative": 40, "neutral": 5, "positive": 40}
    assert_allclose(table.loc["negative", "effect"], -25, atol=1.5)
    assert_allclose(table.loc["positive", "effect"], 50, atol=2.5)
    assert pd.isna(table.loc["neutral", "effect"])
    assert table.loc["neutral", "share"] == pytest.approx(5 / 185, abs=1e-6)
    parts = table.loc[["negative", "positive"], "impact"].sum() + 10 * 5 / 6 * 5 / 185
    assert table.loc["all", "impact"] == pytest.approx(parts, abs=0.05)
    assert table.loc["all", "effect"] == pytest.approx(table.loc["all", "impact"] / (85 / 185), abs=1e-4)


def test_a_tone_too_rare_for_a_row_counts_among_the_neutral_ones() -> None:
    """9 good mentions are no effect of their own, 30 bad ones are."""
    data = told("csat", [1.0] * 30 + [5.0] * 70, {"fee": list(range(39))})
    data.links["sentiment"] = [-0.5] * 30 + [0.5] * 9
    table = find_drivers(data, Config()).set_index("tone")
    assert table["n"].to_dict() == {"all": 39, "negative": 30, "neutral": 9}
    assert pd.isna(table.loc["neutral", "impact"])


def test_impact_on_nps_is_promoters_less_detractors() -> None:
    """With the theme 10 promoters, 10 passives, 30 detractors; without 30, 10, 10: -40 and +40 points."""
    values = [9.0] * 10 + [7.0] * 10 + [3.0] * 30 + [9.0] * 30 + [7.0] * 10 + [3.0] * 10
    found = whole(told("nps", values, {"wait": list(range(50))})).loc["wait"]
    assert_allclose(found["promoters"], -20 * 25 / 26, atol=1e-6)
    assert_allclose(found["detractors"], 20 * 25 / 26, atol=1e-6)
    assert_allclose(found["impact"], found["promoters"] - found["detractors"], atol=2e-6)


def test_other_scores_have_no_promoters() -> None:
    """They stay empty."""
    assert whole(bystander())[["promoters", "detractors"]].isna().all(axis=None)


def test_a_channel_is_no_driver() -> None:
    """Phone is unhappier, and mentions the menu more often; within a channel the menu does nothing."""
    phone = [row < 200 for row in range(400)]
    happy = [row % 10 < (3 if one else 8) for row, one in enumerate(phone)]
    menu = [*range(150), *range(200, 250)]
    values: list[float | None] = [5.0 if one else 1.0 for one in happy]
    channel = np.where(phone, "phone", "chat")
    found = whole(told("csat", values, {"menu": menu}, channel=channel)).loc["menu"]
    assert found["leaveout"] < -8
    assert abs(found["impact"]) < 0.5
    assert not found["driver"]


def waited(known: int) -> Collection:
    """Return 400 verbatims whose CES falls by half a point each time the response takes twice as long."""
    rng = np.random.default_rng(1)
    minutes = np.exp2(rng.integers(0, 6, 400)) - 1
    score = np.clip(5 - 0.5 * np.log2(1 + minutes) + rng.normal(0, 0.4, 400), 1, 7)
    told_minutes = pd.Series(minutes).where(np.arange(400) < known)
    rows = list(range(0, 400, 7))
    return told("ces", score.tolist(), {"fee": rows}, first_response_minutes=told_minutes)


def test_a_slow_response_is_a_driver_by_doublings() -> None:
    """Its row stands behind the themes, without a theme and an impact."""
    table = find_drivers(waited(400), Config())
    row = table.iloc[-1]
    assert (row["label"], row["tone"], row["n"], row["driver"]) == (
        "first_response_minutes",
        "all",
        400,
        True,
    )
    assert pd.isna(row["theme_id"])
    assert pd.isna(row["impact"])
    assert_allclose(row["effect"], -0.5, atol=0.03)
    assert row["effect_low"] < row["effect"] < row["effect_high"] < -0.4


@pytest.mark.parametrize(("known", "told_of"), [(201, True), (200, False)])
def test_a_measure_is_used_where_more_than_half_have_it(known: int, told_of: bool) -> None:
    """Elsewhere it would speak of few."""
    table = find_drivers(waited(known), Config())
    assert ("first_response_minutes" in set(table["label"])) == told_of


def test_a_measure_that_is_always_the_same_drives_nothing() -> None:
    """There is nothing to compare."""
    data = told("csat", list(HALF), {"fee": list(range(20))}, handle_minutes=[5.0] * 100)
    assert set(find_drivers(data, Config())["label"]) == {"fee"}


def test_too_few_customers_have_no_effect() -> None:
    """9 scored verbatims are not enough, 10 are, and 20 of 9 customers are not; they have no row."""
    themes = {"nine": list(range(9)), "rare": list(range(10)), "same": list(range(40, 60)), "unscored": [100]}
    customer = [f"c{row % 9}" if 40 <= row < 60 else f"p{row}" for row in range(102)]
    data = told("csat", [*HALF, None, None], themes, customer_id=customer)
    assert whole(data).index.tolist() == ["rare"]


def test_what_everybody_says_has_no_effect() -> None:
    """Nobody is left to compare with."""
    found = whole(told("csat", list(HALF), {"all": list(range(100))})).loc["all"]
    assert found[["effect", "impact", "leaveout", "q_value", "driver"]].isna().all()
    assert found["n"] == 100


@pytest.mark.parametrize(
    ("scores", "nps", "metric"),
    [({}, 30, "csat"), ({}, 29, "csat"), ({"primary": "nps"}, 30, "nps"), ({"primary": "nps"}, 29, None)],
)
def test_the_primary_score_is_the_declared_or_first_with_enough(
    scores: dict[str, Any], nps: int, metric: str | None
) -> None:
    """CSAT comes first; a declared score without enough values has no drivers."""
    second = pd.Series([9.0] * nps + [None] * (100 - nps), dtype="float64")
    found = whole(told("csat", list(HALF), {"refund": list(range(20))}, nps=second), scores=scores)
    assert set(found["metric"]) == ({metric} if metric else set())


def test_scores_of_what_is_not_substantive_do_not_count() -> None:
    """29 substantive values are too few, whatever the non-answers scored."""
    status = ["themed"] * 29 + ["non_answer"] * 71
    assert whole(told("csat", list(HALF), {"refund": list(range(20))}, status=status)).empty


def test_nothing_is_an_empty_table() -> None:
    """The columns are there."""
    found = find_drivers(collection([], []), Config())
    assert found.empty
    assert found.columns.tolist() == list(DRIVERS.columns)


def noisy(n: int) -> Collection:
    """Return n verbatims with three themes; only the first makes a difference, of 2 points of CES."""
    rng = np.random.default_rng(4)
    hit = rng.random((n, 3)) < [0.2, 0.3, 0.1]
    values = np.clip(rng.normal(5, 1, n) - 2 * hit[:, 0], 1, 7)
    themes = {f"t{number}": np.flatnonzero(hit[:, number]).tolist() for number in range(3)}
    customer = [f"c{number}" for number in rng.integers(0, n // 2, n)]
    return told("ces", values.tolist(), themes, customer_id=customer)


def test_no_seed_plays_a_part() -> None:
    """There is no chance in intervals."""
    one, other = (find_drivers(noisy(500), Config(seed=seed)) for seed in (7, 8))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert (one["impact_low"] < one["impact"]).all()
    assert (one["impact"] < one["impact_high"]).all()


def test_customers_who_write_often_make_intervals_wider() -> None:
    """A hundred customers with five equal verbatims each know no more than a hundred verbatims."""
    values: list[float | None] = [2.0 + 4 * (row // 5 % 2) for row in range(500)]
    themes = {"t": [row for row in range(500) if row // 5 % 3 == 0]}
    lone = whole(told("ces", values, themes)).loc["t"]
    crowd = [f"c{row // 5}" for row in range(500)]
    many = whole(told("ces", values, themes, customer_id=crowd)).loc["t"]
    wider = (many["impact_high"] - many["impact_low"]) / (lone["impact_high"] - lone["impact_low"])
    assert 1.9 < wider < 2.6  # the square root of 5 is 2.2
    assert many["effect"] == lone["effect"]


PLANTED = {"fee": -1.2, "lost": -0.8, "parking": 0.0, "staff": 0.5, "menu": 0.0}
RATES = {"fee": 0.1, "lost": 0.2, "parking": 0.1, "staff": 0.15, "menu": 0.05}


def world(seed: int, n: int = 600) -> Collection:
    """Return n answers of CES with planted effects; three customers in five write more than once.

    Parking is said by two in five of those who lost something, by one in forty of the others.
    """
    rng = np.random.default_rng(seed)
    person = np.where(rng.random(n) < 0.4, np.arange(n) + n, rng.integers(0, n // 3, n))
    mood = rng.normal(0, 0.4, 2 * n)[person]
    hit = {name: rng.random(n) < rate for name, rate in RATES.items()}
    hit["parking"] = rng.random(n) < np.where(hit["lost"], 0.4, 0.025)
    score = 4 + mood + rng.normal(0, 0.6, n) + sum(PLANTED[name] * said for name, said in hit.items())
    themes = {name: np.flatnonzero(said).tolist() for name, said in hit.items()}
    return told("ces", score.clip(1, 7).tolist(), themes, customer_id=[f"c{one}" for one in person])


def test_intervals_hold_what_was_planted_and_bystanders_are_left_alone() -> None:
    """In 60 worlds 95 % of 300 intervals, give or take chance; parking is a driver in 3 at most."""
    found = [whole(world(seed)) for seed in range(60)]
    truth = (pd.Series(PLANTED) * pd.Series(RATES)).sort_index()
    held = [(one["impact_low"] <= truth) & (truth <= one["impact_high"]) for one in found]
    assert 0.92 <= np.mean(held) <= 0.98
    assert sum(one.loc["parking", "driver"] for one in found) <= 3
    assert all(one.loc[["fee", "lost"], "impact_high"].lt(0).all() for one in found)
    warned = [one.loc["parking", "beside_theme_id"] for one in found]
    assert warned.count("lost") > 45
    assert set(warned) <= {"lost", np.nan}


@settings(max_examples=15)
@given(st.permutations(list(range(40))))
def test_names_of_themes_play_no_part(order: list[int]) -> None:
    """Another alphabet, the same numbers."""
    rng = np.random.default_rng(9)
    values: list[float | None] = [float(one) for one in rng.integers(1, 6, 40)]
    rows = {0: list(range(0, 40, 2)), 1: list(range(0, 40, 3)), 2: list(range(5, 25))}
    plain = whole(told("csat", values, {f"t{one}": mine for one, mine in rows.items()}))
    names = {one: f"n{order[one]:02d}" for one in rows}
    other = whole(told("csat", values, {names[one]: mine for one, mine in rows.items()}))
    for one in rows:
        assert other.loc[names[one], "impact"] == pytest.approx(plain.loc[f"t{one}", "impact"], abs=2e-6)

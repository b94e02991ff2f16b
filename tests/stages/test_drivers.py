"""Drivers: effects that can be counted by hand, and bystanders that are not blamed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import collection
from numpy.testing import assert_allclose

from cx_text.config import Config, make_config
from cx_text.records import Collection
from cx_text.stages import drivers
from cx_text.stages.drivers import COLUMNS, impact


def told(score: str, values: Sequence[float | None], themes: dict[str, list[int]], **more: Any) -> Collection:
    """Return one verbatim a value; themes by the rows that mention them."""
    rows = pd.DataFrame({score: pd.Series(values, dtype="float64"), "status": "themed", **more})
    links = [(row, theme, -0.5) for theme, mine in themes.items() for row in mine]
    return collection(rows, sorted(links), {theme: theme for theme in themes} or None)


def plain(**settings: Any) -> Config:
    """Return settings without a bootstrap."""
    return make_config({"ranking": {"bootstrap": 0}, **settings})


HALF = [5.0] * 60 + [1.0] * 40
"""60 happy, 40 unhappy verbatims: CSAT 60."""


def test_impact_of_a_lone_theme_can_be_counted_by_hand() -> None:
    """Of the 50 with it 20 are happy, of the 50 without 40: -40 points a mention, -20 on the whole."""
    themes = {"refund": [*range(20), *range(60, 90)]}
    found = impact(told("csat", list(HALF), themes), plain()).loc["refund"]
    assert found["impact_metric"] == "csat"
    assert_allclose(found["impact_leaveout"], 60 - 80)
    assert_allclose(found["effect_per_mention"], -40 * 25 / 26)
    assert_allclose(found["impact_adjusted"], found["effect_per_mention"] / 2)
    assert np.isnan(found["impact_low"])


@pytest.mark.parametrize(
    ("score", "settings", "good", "bad", "spread"),
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
    score: str, settings: dict[str, Any], good: float, bad: float, spread: float
) -> None:
    """Half the verbatims are bad, all those with the theme: leaving it out gains half the spread."""
    themes = {"refund": list(range(50, 100))}
    found = impact(told(score, [good] * 50 + [bad] * 50, themes), plain(scores=settings)).loc["refund"]
    assert found["impact_metric"] == score
    assert_allclose(found["impact_leaveout"], -spread / 2)
    assert_allclose(found["effect_per_mention"], -spread * 25 / 26)


def bystander() -> Collection:
    """Waiting makes 8 of 10 unhappy, else 2 of 10 are; parking is mentioned beside waiting, harmlessly."""
    wait = list(range(200))
    happy = [row % 10 < (2 if row < 200 else 8) for row in range(600)]
    parking = [*range(150), *range(200, 250)]
    values: list[float | None] = [5.0 if one else 1.0 for one in happy]
    return told("csat", values, {"parking": parking, "wait": wait})


def test_a_bystander_is_not_blamed() -> None:
    """Leaving parking out moves the score by points; beside waiting nothing is left of it."""
    found = impact(bystander(), Config())
    assert found.loc["parking", "impact_leaveout"] < -8
    assert abs(found.loc["parking", "impact_adjusted"]) < 0.5
    assert found.loc["parking", "impact_low"] < 0 < found.loc["parking", "impact_high"]
    assert_allclose(found.loc["wait", "effect_per_mention"], -60, atol=2)
    assert_allclose(found.loc["wait", "impact_adjusted"], -20, atol=1)
    assert found.loc["wait", "impact_high"] < -15


def test_a_channel_is_no_driver() -> None:
    """Phone is unhappier, and mentions the menu more often; within a channel the menu does nothing."""
    phone = [row < 200 for row in range(400)]
    happy = [row % 10 < (3 if one else 8) for row, one in enumerate(phone)]
    menu = [*range(150), *range(200, 250)]
    values: list[float | None] = [5.0 if one else 1.0 for one in happy]
    channel = np.where(phone, "phone", "chat")
    found = impact(told("csat", values, {"menu": menu}, channel=channel), plain()).loc["menu"]
    assert found["impact_leaveout"] < -8
    assert abs(found["impact_adjusted"]) < 0.5


def test_too_few_mentions_have_no_effect() -> None:
    """9 scored verbatims are not enough, 10 are; a theme without any has its row."""
    themes = {"nine": list(range(9)), "rare": list(range(10)), "unscored": [100, 101]}
    found = impact(told("csat", [*HALF, None, None], themes), plain())
    assert found.index.tolist() == ["nine", "rare", "unscored"]
    assert found["impact_metric"].tolist() == ["csat"] * 3
    assert found["effect_per_mention"].notna().tolist() == [False, True, False]
    assert found["impact_leaveout"].notna().tolist() == [False, True, False]


def test_what_everybody_says_has_no_effect() -> None:
    """Nobody is left to compare with."""
    found = impact(told("csat", list(HALF), {"all": list(range(100))}), plain()).loc["all"]
    assert found.drop("impact_metric").isna().all()


@pytest.mark.parametrize(
    ("scores", "nps", "metric"),
    [({}, 30, "csat"), ({}, 29, "csat"), ({"primary": "nps"}, 30, "nps"), ({"primary": "nps"}, 29, None)],
)
def test_the_primary_score_is_the_declared_or_first_with_enough(
    scores: dict[str, Any], nps: int, metric: str | None
) -> None:
    """CSAT comes first; a declared score without enough values leaves impact empty."""
    second = pd.Series([9.0] * nps + [None] * (100 - nps), dtype="float64")
    found = impact(told("csat", list(HALF), {"refund": list(range(40))}, nps=second), plain(scores=scores))
    assert found["impact_metric"].isna().all() if metric is None else (found["impact_metric"] == metric).all()


def test_scores_of_what_is_not_substantive_do_not_count() -> None:
    """29 substantive values are too few, whatever the non-answers scored."""
    status = ["themed"] * 29 + ["non_answer"] * 71
    found = impact(told("csat", list(HALF), {"refund": list(range(20))}, status=status), plain())
    assert found["impact_metric"].isna().all()


def test_nothing_is_an_empty_table() -> None:
    """The columns are there."""
    found = impact(collection([], []), Config())
    assert found.empty
    assert found.columns.tolist() == list(COLUMNS)


def noisy(n: int) -> Collection:
    """Return n verbatims with three themes; only the first makes a difference, of 2 points of CES."""
    rng = np.random.default_rng(4)
    hit = rng.random((n, 3)) < [0.2, 0.3, 0.1]
    values = np.clip(rng.normal(5, 1, n) - 2 * hit[:, 0], 1, 7)
    themes = {f"t{number}": np.flatnonzero(hit[:, number]).tolist() for number in range(3)}
    customer = [f"c{number}" for number in rng.integers(0, n // 2, n)]
    return told("ces", values.tolist(), themes, customer_id=customer)


def test_an_interval_holds_its_impact_and_the_seed_settles_it() -> None:
    """The same twice; another seed gives another interval around the same number."""
    one, again = (impact(noisy(500), Config()) for _ in range(2))
    other = impact(noisy(500), Config(seed=8))
    pd.testing.assert_frame_equal(one, again, check_exact=True)
    assert (one["impact_adjusted"] == other["impact_adjusted"]).all()
    assert (one["impact_low"] != other["impact_low"]).all()
    assert (one["impact_low"] < one["impact_adjusted"]).all()
    assert (one["impact_adjusted"] < one["impact_high"]).all()


def test_customers_who_write_often_make_intervals_wider() -> None:
    """A hundred customers with five equal verbatims each know no more than a hundred verbatims."""
    values: list[float | None] = [2.0 + 4 * (row // 5 % 2) for row in range(500)]
    themes = {"t": [row for row in range(500) if row // 5 % 3 == 0]}
    lone = impact(told("ces", values, themes), Config()).loc["t"]
    crowd = [f"c{row // 5}" for row in range(500)]
    many = impact(told("ces", values, themes, customer_id=crowd), Config()).loc["t"]
    wider = (many["impact_high"] - many["impact_low"]) / (lone["impact_high"] - lone["impact_low"])
    assert 1.7 < wider < 3  # the square root of 5 is 2.2


def test_the_interval_of_a_sample_is_that_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bootstrap of 1,000 of 4,000 rows is rescaled to about the width of the full one."""
    full = impact(noisy(4000), Config())
    monkeypatch.setattr(drivers, "BOOTSTRAP_ROWS", 1000)
    part = impact(noisy(4000), Config())
    width, other = (one["impact_high"] - one["impact_low"] for one in (full, part))
    assert (part["impact_adjusted"] == full["impact_adjusted"]).all()
    assert_allclose(other, width, rtol=0.35)

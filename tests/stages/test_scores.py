"""Scores: every number counted by hand, small groups kept to themselves."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import collection
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cx_text.config import Config, make_config
from cx_text.records import SCORES, Collection
from cx_text.stages.scores import metrics, scores

SMALL = make_config({"scores": {"minimum": 1}, "privacy": {"k": 1}})


def told(values: Mapping[str, Any], weeks: int = 0) -> Collection:
    """Return one verbatim a row of values."""
    return collection(pd.DataFrame(values), [], {}, weeks)


def value(table: pd.DataFrame, scope: str, period: str = "") -> float:
    """Return the value of a scope and period."""
    cell = table[(table["scope"] == scope) & (table["period"] == period)]
    assert len(cell) == 1
    return float(cell["value"].iloc[0])


@pytest.mark.parametrize(
    ("metric", "column", "values", "config", "expected"),
    [
        ("csat", "csat", [5, 4, 3, 1, None], {}, 0.5),
        ("csat", "csat", [5, 4, 3, 1], {"csat": {"direction": "low_is_good"}}, 0.25),
        ("csat", "csat", [10, 9, 8, 7], {"csat": {"scale": [1, 10]}}, 0.5),
        ("csat", "csat", [5, 4, 3, 2, 99], {"csat": {"method": "mean"}}, 3.5),
        ("nps", "nps", [10, 9, 8, 7, 6, 0], {}, 0.0),
        ("nps", "nps", [10, 9, 9, 7, 6], {}, 40.0),
        ("ces", "ces", [7, 6, 2, None], {}, 5.0),
        ("ces", "ces", [7, 6, 2, 1], {"ces": {"method": "top2box"}}, 0.5),
        ("fcr", "resolved", [True, True, False, None], {}, 2 / 3),
        ("first_response", "first_response_minutes", [1, 2, 30, None], {}, 2.0),
        ("handle", "handle_minutes", [4, 8, None], {}, 6.0),
    ],
)
def test_a_metric_is_what_the_field_means_by_it(
    metric: str, column: str, values: list[Any], config: dict[str, Any], expected: float
) -> None:
    """Top two boxes, promoters less detractors, means, shares, medians; off the scale is unknown."""
    settings = make_config({"scores": {"minimum": 1, **config}})
    found, warnings = metrics(told({column: values}), settings)
    assert found[metric]["value"] == pytest.approx(expected, abs=1e-6)
    assert found[metric]["n"] == len([one for one in values if one is not None and one != 99])
    assert warnings == []


def test_a_metric_with_too_few_values_is_empty_and_says_so() -> None:
    """29 of 30; one without any value is empty without a warning."""
    found, warnings = metrics(told({"csat": [5] * 29}), Config())
    assert found["csat"] == {"value": None, "low": None, "high": None, "n": 29}
    assert found["nps"] == {"value": None, "low": None, "high": None, "n": 0}
    assert len(warnings) == 1
    assert warnings[0].startswith("csat: 29 values")
    table = scores(told({"csat": [5] * 29, "channel": ["chat"] * 29, "period": [0] * 29}, weeks=1), Config())
    assert table["scope"].tolist() == ["all", "channel=chat"]
    assert table["value"].isna().all()


def test_the_warning_of_a_thin_score_names_its_flag() -> None:
    """The scale may be another; a share has none."""
    _, warnings = metrics(told({"nps": [7] * 29, "resolved": [True] * 29}), Config())
    assert warnings[0].endswith('set [scores.nps] scale (now 0 to 10) or --map nps="HEADER"')
    assert warnings[1] == "fcr: 29 values are fewer than the 30 that a number needs; it stays empty"


def test_standard_errors_stand_beside_the_values() -> None:
    """NPS of 50 promoters, 30 passives, 20 detractors: root of (.7 - .3 x .3) / 99; a median has none."""
    rows = {"nps": [10] * 50 + [7] * 30 + [0] * 20, "first_response_minutes": [1.0] * 100}
    table = scores(told(rows), Config()).set_index("metric")
    assert table.loc["nps", "error"] == pytest.approx(100 * sqrt((0.7 - 0.09) / 99), abs=1e-6)
    assert isnan(table.loc["first_response", "error"])


def test_coming_back_is_told_beside_what_customers_say() -> None:
    """30 customers, each with one bill; 10 are back the next day. All say that it was resolved."""
    people = [f"c{number}" for number in range(30)]
    days = ["2026-01-01"] * 30 + ["2026-01-02"] * 10 + ["2026-01-20"]
    rows = {
        "customer_id": [*people, *people[:10], "late"],
        "created_at": pd.to_datetime(days, utc=True),
        "contact_reason": "bill",
        "resolved": True,
        "channel": ["mail"] * 15 + ["phone"] * 15 + ["phone"] * 11,
        "period": 0,
    }
    data = told(rows, weeks=1)
    found, _ = metrics(data, Config())
    assert found["fcr"]["value"] == 1
    assert found["fcr_repeat"]["value"] == pytest.approx(20 / 30, abs=1e-6)
    assert found["fcr_repeat"]["n"] == 30
    table = scores(data, Config())
    table = table[table["metric"] == "fcr_repeat"]
    assert value(table, "channel=mail") == pytest.approx(5 / 15, abs=1e-6)
    assert value(table, "channel=phone") == 1


def test_intervals_hold_their_values() -> None:
    """All metrics of 40 verbatims that have answers."""
    rng = np.random.default_rng(2)
    rows = {
        "csat": rng.integers(1, 6, 40).tolist(),
        "nps": rng.integers(0, 11, 40).tolist(),
        "ces": rng.integers(1, 8, 40).tolist(),
        "resolved": (rng.random(40) < 0.7).tolist(),
        "first_response_minutes": rng.exponential(30, 40).tolist(),
    }
    known = [number for number in metrics(told(rows), Config())[0].values() if number["n"]]
    assert len(known) == 5
    for number in known:
        assert number["low"] is not None
        assert number["value"] is not None
        assert number["high"] is not None
        assert number["low"] < number["value"] < number["high"]


def test_scores_are_told_by_group_and_over_time() -> None:
    """Two weeks, two channels, one team, counted by hand."""
    rows: dict[str, list[Any]] = {
        "csat": [5, 1, 4, 2, 5, 5],
        "channel": ["chat", "chat", "mail", "mail", "chat", None],
        "team": ["north"] * 6,
        "period": [0, 0, 0, 1, 1, -1],
    }
    table = scores(told(rows, weeks=2), SMALL)
    assert table.columns.tolist() == list(SCORES.columns)
    assert_allclose(value(table, "all"), 4 / 6, atol=1e-6)
    assert_allclose(value(table, "channel=chat"), 2 / 3, atol=1e-6)
    assert value(table, "channel=mail") == 0.5
    assert value(table, "team=north") == value(table, "all")
    assert_allclose(value(table, "all", "2026-01-05"), 2 / 3, atol=1e-6)
    assert value(table, "all", "2026-01-12") == 0.5
    assert value(table, "channel=chat", "2026-01-05") == 0.5
    assert value(table, "channel=mail", "2026-01-12") == 0
    assert set(table.loc[table["period"] != "", "scope"]) == {"all", "channel=chat", "channel=mail"}


def test_a_small_group_shows_its_n_and_cannot_be_told_by_subtraction() -> None:
    """3 faxes are withheld, and with them mail, the smaller of the others; chat is shown."""
    rows: dict[str, list[Any]] = {
        "csat": [5] * 60,
        "channel": ["chat"] * 40 + ["mail"] * 17 + ["fax"] * 3,
        "period": [0] * 60,
    }
    table = scores(told(rows, weeks=1), Config()).set_index(["scope", "period"])
    assert table["n"].to_dict() == {
        ("all", ""): 60,
        ("all", "2026-01-05"): 60,
        ("channel=chat", ""): 40,
        ("channel=chat", "2026-01-05"): 40,
        ("channel=fax", ""): 3,
        ("channel=mail", ""): 17,
    }
    assert table["value"].notna().to_list() == [True, True, True, True, False, False]
    assert (table["value"].isna() == table["low"].isna()).all()


def test_a_thin_period_shows_its_n_only() -> None:
    """9 values of the second week are below k = 10."""
    rows = {"csat": [5, 1] * 20, "period": [0] * 31 + [1] * 9}
    table = scores(told(rows, weeks=2), Config()).set_index("period")
    assert table["n"].to_dict() == {"": 40, "2026-01-05": 31, "2026-01-12": 9}
    assert table["value"].notna().to_list() == [True, True, False]


def test_nothing_scored_is_an_empty_table() -> None:
    """The columns are there."""
    table = scores(told({"csat": []}), Config())
    assert table.empty
    assert table.columns.tolist() == list(SCORES.columns)


@given(st.permutations(list(range(12))))
def test_scores_do_not_depend_on_row_order(order: list[int]) -> None:
    """To the last bit, means too."""
    frame = pd.DataFrame({"ces": [1.1, 2.7, 3.3] * 4, "channel": ["chat", "mail"] * 6})
    straight = scores(collection(frame, [], {}), SMALL)
    mixed = scores(collection(frame.iloc[order], [], {}), SMALL)
    pd.testing.assert_frame_equal(mixed, straight, check_exact=True)

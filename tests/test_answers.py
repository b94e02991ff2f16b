"""Answers: what counts, what each adds, what all come to."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.answers import answers_of, contributions, estimator, median_interval
from cx_text.config import Config, make_config

METHODS: list[tuple[str, dict[str, Any]]] = [
    ("csat", {}),
    ("csat", {"csat": {"method": "mean"}}),
    ("csat", {"csat": {"direction": "low_is_good"}}),
    ("nps", {}),
    ("ces", {}),
    ("ces", {"ces": {"method": "top2box"}}),
    ("fcr", {}),
]


@pytest.mark.parametrize(("metric", "scores"), METHODS)
@given(data=st.data())
def test_a_metric_is_the_mean_of_what_its_answers_add(
    metric: str, scores: dict[str, Any], data: st.DataObject
) -> None:
    """So its change can be split into what each stratum adds."""
    settings = make_config({"scores": scores})
    low, high = (0, 1) if metric == "fcr" else map(int, getattr(settings.scores, metric).scale)
    values = pd.Series(data.draw(st.lists(st.integers(low, high), min_size=2, max_size=30)), dtype="float64")
    value, *_ = estimator(metric, settings)(values)
    assert np.mean(contributions(values, metric, settings)) == pytest.approx(value, abs=1e-9)


def test_answers_off_their_scale_are_not_known() -> None:
    """A 99 stands for "no answer" in many exports; rows keep their place."""
    frame = pd.DataFrame({"csat": [5.0, 99.0, None, 1.0], "resolved": [True, None, False, None]})
    assert answers_of(frame, "csat", Config()).to_dict() == {0: 5.0, 3: 1.0}
    assert answers_of(frame, "fcr", Config()).to_dict() == {0: 1.0, 2: 0.0}


def test_the_median_interval_is_conovers() -> None:
    """Of ten values the 2nd and 9th: 2 x 11/1024 = 0.021 lies outside; of five none is wide enough."""
    assert median_interval(np.arange(10.0)) == (4.5, 1.0, 8.0)
    assert median_interval(np.arange(6.0)) == (2.5, 0.0, 5.0)
    median, low, high = median_interval(np.arange(5.0))
    assert median == 2
    assert isnan(low)
    assert isnan(high)
    assert all(isnan(number) for number in median_interval(np.array([])))


@given(st.lists(st.floats(0, 1e6), min_size=6, max_size=60))
def test_a_median_lies_within_its_interval(values: list[float]) -> None:
    """And the bounds are values that occurred."""
    median, low, high = median_interval(np.array(values))
    assert low <= median <= high
    assert {low, high} <= set(values)

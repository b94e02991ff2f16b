"""run.json: the record as it is, in strict JSON."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cx_text.records import Result
from cx_text.reports.record import plain, write_record


def written(record: dict[str, Any]) -> str:
    """Return the text of the file."""
    out = io.BytesIO()
    write_record(record, out)
    return out.getvalue().decode("utf-8")


def test_keys_keep_their_order(rich: Result) -> None:
    """A reader finds the run first."""
    assert list(json.loads(written(dict(rich.record)))) == list(rich.record)


def test_what_is_no_number_is_null(rich: Result) -> None:
    """Strict JSON has no NaN."""
    text = written(dict(rich.record))
    assert json.loads(text)["metrics"]["nps"] == {"value": 14.2, "low": None, "high": None, "n": 7204}
    assert "NaN" not in text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(0.5), 0.5),
        (np.float64("nan"), None),
        (np.bool_(True), True),
        (np.array([1, 2]), [1, 2]),
        (pd.NA, None),
        (("a", {"b": (1,)}), ["a", {"b": [1]}]),
        ({1: "one"}, {"1": "one"}),
        (pd.Timestamp("2025-01-01", tz="UTC"), "2025-01-01 00:00:00+00:00"),
        (True, True),
    ],
)
def test_values_become_what_json_knows(value: object, expected: object) -> None:
    """Numbers of numpy are numbers."""
    assert plain(value) == expected


def test_letters_stay_letters_and_a_file_name_that_is_no_text_can_be_written() -> None:
    """UTF-8 as it is; what cannot be encoded is escaped as JSON does."""
    text = written({"inputs": ["caf\u00e9.csv", "b\udcff.csv"]})
    assert "caf\u00e9" in text
    assert json.loads(text)["inputs"] == ["caf\u00e9.csv", "b\udcff.csv"]

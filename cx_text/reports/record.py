"""The record of a run as ``run.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np

from cx_text.reports.cells import empty


def write_record(record: Mapping[str, Any], out: BinaryIO) -> None:
    """Write `record` as JSON in its own order; what is not a number becomes null."""
    text = json.dumps(plain(record), ensure_ascii=False, allow_nan=False, indent=2)
    out.write((text + "\n").encode("utf-8", "backslashreplace"))


def plain(value: Any) -> Any:
    """Return `value` as JSON knows it: mappings, lists, text, numbers, booleans and None.

    >>> plain({"value": float("nan"), "inputs": ("a.csv",)})
    {'value': None, 'inputs': ['a.csv']}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if empty(value):
        return None
    return value if isinstance(value, (str, bool, int, float)) else str(value)

"""Arithmetic that gives the same answer in any batch, order, thread count and CPU.

Numbers are rounded to multiples of 2^-12 and multiplied in float64: products are multiples of 2^-24,
and as long as sums stay below 2^29 each of them is exact, whatever the order of the additions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

GRID = 4096.0
"""Steps to 1."""


def on_grid(values: Any) -> np.ndarray:
    """Return `values` as float64 rounded to multiples of 2^-12 (ties to even), of any shape.

    >>> on_grid(0.1) * 4096
    np.float64(410.0)
    """
    grid: np.ndarray = np.rint(np.asarray(values, dtype=np.float64) * GRID) / GRID
    return grid


def unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Return rows of length 1, shape (n, d); a row of zeros stays zero."""
    length = np.sqrt((matrix * matrix).sum(axis=1, keepdims=True))
    unit: np.ndarray = np.divide(matrix, length, out=np.zeros_like(matrix), where=length > 0)
    return unit

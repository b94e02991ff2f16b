"""Groups of spans as numbers: a label for each span, counted and compared."""

from __future__ import annotations

import numpy as np

NONE = -1
"""The label of a span without a theme."""


def large_enough(labels: np.ndarray, minimum: int) -> np.ndarray:
    """Return labels numbered by falling size (ties: first seen); smaller groups are `NONE`."""
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = [i for i in np.lexsort((first, -sizes)) if sizes[i] >= minimum and names[i] != NONE]
    out = np.full(len(labels), NONE)
    for number, i in enumerate(order):
        out[labels == names[i]] = number
    return out


def crossed(left: np.ndarray, right: np.ndarray, count: int) -> np.ndarray:
    """Return how many spans are in group i of `left` (0..count-1) and group j of `right`, (count, m)."""
    table = np.zeros((count, int(right.max(initial=NONE)) + 1))
    both = (left != NONE) & (right != NONE)
    np.add.at(table, (left[both], right[both]), 1)
    return table


def jaccard(left: np.ndarray, right: np.ndarray, count: int) -> np.ndarray:
    """Return the overlap of groups 0..count-1 of `left` with those of `right`, (count, m)."""
    table = crossed(left, right, count)
    union = (
        np.bincount(left[left != NONE], minlength=count)[:, None]
        + np.bincount(right[right != NONE], minlength=table.shape[1])
        - table
    )
    overlap: np.ndarray = np.divide(table, union, out=np.zeros_like(table), where=union > 0)
    return overlap

"""A difference of two means, split into what the mix of cases does and what happens within them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_text.records import DECIMALS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ENOUGH = 20
"""Fewest rows of a stratum on each side; with fewer it is pooled with others of the next coarser one."""


@dataclass(frozen=True)
class Effects:
    """The parts of a difference, which is `mix` + `rate`.

    Attributes:
        mix: what the difference would be had only the strata's weights changed.
        rate: what it would be had only the means within strata changed.
        one_sided: the part of `mix` from strata that have rows on one side only.
    """

    mix: float
    rate: float
    one_sided: float


def levels_of(cases: pd.DataFrame) -> Ints:
    """Return the number of each row's case, by all columns of `cases`, by all but the last, ... the first.

    The most important column comes first; missing values are a value. The shape is columns x rows.
    """
    widths = range(cases.shape[1], 0, -1)
    numbers = [
        cases.groupby(list(cases.columns[:width]), dropna=False, sort=True).ngroup() for width in widths
    ]
    return np.array(numbers, dtype=np.int64).reshape(len(widths), len(cases))


def strata_of(levels: Ints, after: Flags) -> Ints:
    """Return the number of each row's stratum, from 0: its case by the finest of `levels` that stands.

    A case stands if each side has `ENOUGH` rows of it, or one has and the other none. Only rows whose case
    does not stand are counted on the next level; what is left in the end is one stratum.
    """
    place = np.zeros(after.size, dtype=np.int64)
    left = np.ones(after.size, dtype=bool)
    for here in levels:
        size = int(here.max(initial=0)) + 1
        counts = np.array([np.bincount(here[left & side], minlength=size) for side in (after, ~after)])
        taken = left & ((counts == 0) | (counts >= ENOUGH)).all(axis=0)[here]
        place[taken] = here[taken] + place.max(initial=0) + 1
        left &= ~taken
    return np.unique(place, return_inverse=True)[1].astype(np.int64)


def decompose(values: Floats, after: Flags, strata: Ints) -> Effects:
    """Return how the mean of `values` after less that before is made up; both sides have rows.

    rate = sum over strata of the mean weight x the difference of means, mix = sum of the difference of
    weights x the mean of means: what the two do together is shared half and half. A stratum on one side
    only has no mean to compare with, so all of it is mix: there it counts by how far its mean is from
    the mean of both sides.

    >>> values, after = np.array([1.0, 1, 1, 0, 1, 0, 0, 0]), np.arange(8) < 4
    >>> decompose(values, after, np.array([0, 0, 0, 1, 0, 1, 1, 1]))
    Effects(mix=0.5, rate=0.0, one_sided=0.0)

    Reference:
        Kitagawa (1955), Components of a difference between two rates, JASA 50.
    """
    size = int(strata.max(initial=0)) + 1
    counts = np.array([np.bincount(strata[side], minlength=size) for side in (after, ~after)])
    sums = np.array([_sums(values[side], strata[side], size) for side in (after, ~after)])
    weights = counts / counts.sum(axis=1, keepdims=True)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    middle = float((sums.sum(axis=1) / counts.sum(axis=1)).mean())
    both = (counts > 0).all(axis=0)
    rate = (weights.mean(axis=0) * (means[0] - means[1]))[both].sum()
    mix = (weights[0] - weights[1]) * (np.nanmean(means, axis=0) - middle)
    return Effects(float(mix.sum()), float(rate), float(mix[~both].sum()))


def _sums(values: Floats, place: Ints, size: int) -> Floats:
    """Return the sum of the values at each place, exactly: stored values have 6 decimals."""
    scale = 10.0**DECIMALS
    sums: Floats = np.bincount(place, weights=np.rint(values * scale), minlength=size) / scale
    return sums

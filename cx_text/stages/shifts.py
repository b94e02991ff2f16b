"""Shifts of level: since when a theme that is there all the time comes up as often as it does now."""

from __future__ import annotations

from typing import Any

import numpy as np

from cx_text.stages.rates import Floats, Ints

SHORTEST = 2
"""Fewest periods of a level."""
PRICE = 3.0
"""Price of a level in log periods times dispersion: more than what is won by chance."""


def level_start(y: Ints, n: Floats) -> int:
    """Return the first period of the present level of a series; 0 where its level never shifted.

    The levels are the best division of the observed periods under a Poisson likelihood, each level for a
    price that grows with the dispersion between neighbouring periods.

    >>> level_start(np.array([2] * 10 + [9] * 10), np.full(20, 100.0))
    10

    Args:
        y: counts by period.
        n: exposures by period; those with an n of 0 were not observed.

    Reference:
        Killick, Fearnhead, Eckley (2012), Optimal detection of changepoints with a linear computational
        cost, JASA 107 (PELT), as implemented by Truong, Oudre, Vayatis (2020), Signal Processing 167.
    """
    observed = np.flatnonzero(n > 0)
    if observed.size < 2 * SHORTEST or y.sum() == 0:
        return 0
    from ruptures import Pelt  # noqa: PLC0415  a second to import, asked only where something is chronic
    from ruptures.base import BaseCost  # noqa: PLC0415

    class PoissonCost(BaseCost):  # type: ignore[misc]
        """Twice the negative log likelihood of a segment with one rate, but for what all divisions share."""

        model = "poisson"
        min_size = SHORTEST

        def fit(self, signal: Any) -> PoissonCost:
            """Sum up counts and exposures."""
            self.signal = signal
            self.sums = np.vstack([np.zeros(2), signal.cumsum(axis=0)])
            return self

        def error(self, start: int, end: int) -> float:
            """Return the cost of the periods from `start` to before `end`."""
            count, exposure = self.sums[end] - self.sums[start]
            return float(-2 * count * np.log(count / exposure)) if count else 0.0

    signal = np.column_stack([y[observed], n[observed]]).astype(np.float64)
    price = PRICE * np.log(observed.size) * _roughness(signal[:, 0], signal[:, 1])
    ends = Pelt(custom_cost=PoissonCost(), min_size=SHORTEST, jump=1).fit(signal).predict(pen=price)
    return int(observed[ends[-2]]) if len(ends) > 1 else 0


def _roughness(y: Floats, n: Floats) -> float:
    """Return how much more neighbouring periods differ than Poisson counts would: at least 1."""
    rate = y.sum() / n.sum()
    steps = np.diff(y / n) ** 2 / (rate * (1 / n[1:] + 1 / n[:-1]))
    return float(max(steps.mean(), 1.0))

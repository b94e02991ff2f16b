"""Table `stability`: do other rows of the same kind give the same themes?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from statistics import fmean

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score

from cx_text.api import fit
from theming.measures import apart
from theming.sets import Options, export_of, load, main_themes

SAMPLES = 3
KEPT = 0.9


def lines(options: Options) -> Iterator[str]:
    """Yield the AMI between main themes learned on two random 90 % samples, on the rows in both."""
    yield f"{'set':20} {'mean AMI':>8}   pairs of {SAMPLES} samples of {KEPT:.0%}"
    for name in options.sets:
        texts = load(name, options).texts
        rng = np.random.default_rng(0)
        themes = [learned_on(np.sort(rows), texts) for rows in samples(rng, len(texts))]
        pairs = [agreed(left, right) for left, right in combinations(themes, 2)]
        yield f"{name:20} {fmean(pairs):8.3f}   {' '.join(f'{one:.3f}' for one in pairs)}"


def samples(rng: np.random.Generator, count: int) -> Iterator[np.ndarray]:
    """Yield random rows, each time nine of ten."""
    for _ in range(SAMPLES):
        yield rng.choice(count, round(KEPT * count), replace=False)


def learned_on(rows: np.ndarray, texts: list[str]) -> dict[int, str | None]:
    """Return the main theme of each row by a pipeline that learned from these rows."""
    sample = [texts[row] for row in rows]
    return dict(zip(rows.tolist(), main_themes(fit(export_of(sample)), sample), strict=True))


def agreed(left: Mapping[int, str | None], right: Mapping[int, str | None]) -> float:
    """Return the AMI of two groupings on their common rows.

    >>> agreed({1: "a", 2: "a", 3: "b"}, {1: "x", 2: "x", 3: "y", 4: "x"})
    1.0
    """
    common = sorted(left.keys() & right.keys())
    groups = (apart([side[row] for row in common]) for side in (left, right))
    return float(adjusted_mutual_info_score(*groups))

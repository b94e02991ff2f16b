"""Behaviours against people's labels, beside two simple methods, and how fast they are found.

Run as ``python benchmarks/behaviours.py``. The sentences are ``data/behaviours/gold.tsv``; its README says
who wrote and split them. Precision counts most: people are judged by what is found.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from cx_text.phrases import lines
from cx_text.stages.behaviours import Behaviours
from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.split import split
from cx_text.stages.vectors import StaticEncoder
from cx_text.text import words

DATA = Path(__file__).parents[1] / "data"
GOLD = DATA / "behaviours" / "gold.tsv"
SAMPLE = DATA / "sample" / "comments.csv"
WORDS_A_TEXT = 20

KEYWORDS = {
    "empathy": (
        "caring understanding sympathetic patient apologised",
        "uncaring unsympathetic apology heartless",
    ),
    "active_listening": ("listened listens understood heard", "interrupted ignored listening listen"),
    "ownership": ("ownership responsibility admitted", "blamed blame excuses responsibility"),
    "clarity": ("clear clearly explained", "confusing unclear vague jargon explanation"),
    "speed": ("quick quickly fast prompt immediately", "slow hold waiting queue waited"),
    "resolution": ("solved resolved fixed sorted", "unresolved unsolved resolved solved fixed"),
    "follow_up": ("updated informed followed", "callback replied reply response"),
    "proactivity": ("proactive proactively advance warned", "told warning notice informed"),
    "low_effort": ("easy painless effortless hassle", "transferred repeat times passed"),
    "consistency": ("always consistent consistently every", "different inconsistent conflicting"),
    "personalisation": ("personal remembered name tailored", "generic number copy template"),
    "politeness": ("polite friendly kind courteous lovely", "rude unfriendly shouted arrogant"),
    "knowledge": ("knowledgeable expert knew knows", "clueless incompetent wrong training"),
    "beyond_script": ("beyond extra exceeded exception", "script robot policy inflexible"),
}
"""The words that somebody would search for: shown, missing."""

Finder = Callable[[Sequence[str]], list[set[str]]]


class Row(NamedTuple):
    """A labelled sentence as the spans it is read in."""

    split: str
    labels: frozenset[str]
    attribution: str
    spans: tuple[str, ...]


def gold() -> list[Row]:
    """Return the labelled sentences."""
    with GOLD.open(encoding="utf-8", newline="") as file:
        told = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Row(
                row["split"],
                frozenset(filter(None, row["labels"].split("|"))),
                row["attribution"],
                tuple(row["text"][start:end] for start, end in split(row["text"])),
            )
            for row in told
        ]


def by_rules(spans: Sequence[str]) -> list[set[str]]:
    """Return what the shipped behaviours find in each span."""
    scorer = SentimentScorer()
    feelings = np.array([scorer.score(span) for span in spans], dtype=np.float64)
    return [{str(one) for one in found} for found in Behaviours.shipped().find(spans, feelings)]


def by_keywords(spans: Sequence[str]) -> list[set[str]]:
    """Return the sides of which a span holds a keyword."""
    keys = {
        f"{name}{sign}": set(listed.split())
        for name, pair in KEYWORDS.items()
        for sign, listed in zip("+-", pair, strict=True)
    }
    return [{side for side, known in keys.items() if known & set(words(span))} for span in spans]


def by_prototypes(least: float) -> Finder:
    """Return what finds the side of the nearest prototype, from a cosine of `least` on."""
    sides = Behaviours.shipped().sides
    told = [(f"{side.name}{'-+'[side.shown]}", one) for side in sides for one in lines(side.prototypes)]
    encoder = StaticEncoder()
    prototypes = encoder.encode([one for _, one in told])

    def find(spans: Sequence[str]) -> list[set[str]]:
        cosines = encoder.encode(spans) @ prototypes.T
        return [{told[row.argmax()][0]} if row.max() >= least else set() for row in cosines]

    return find


def counts(rows: Sequence[Row], find: Finder) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return by side how often it was found rightly, found wrongly and missed."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    found = iter(find([span for row in rows for span in row.spans]))
    for row in rows:
        said = set[str]().union(*(next(found) for _ in row.spans))
        right.update(said & row.labels)
        wrong.update(said - row.labels)
        missed.update(row.labels - said)
    return right, wrong, missed


def figures(right: int, wrong: int, missed: int) -> tuple[float, float, float]:
    """Return precision, recall and F1; 0 where nothing was found or asked for.

    >>> figures(3, 1, 3)
    (0.75, 0.5, 0.6)
    """
    return (
        right / max(right + wrong, 1),
        right / max(right + missed, 1),
        2 * right / max(2 * right + wrong + missed, 1),
    )


def overall(rows: Sequence[Row], find: Finder) -> tuple[float, float, float]:
    """Return precision, recall and F1 over all sides together."""
    right, wrong, missed = (sum(one.values()) for one in counts(rows, find))
    return figures(right, wrong, missed)


def attribution_accuracy(rows: Sequence[Row]) -> float:
    """Return the share of sentences whose usual attribution over spans is the labelled one."""
    shipped, scorer, right = Behaviours.shipped(), SentimentScorer(), 0
    for row in rows:
        feelings = np.array([scorer.score(span) for span in row.spans], dtype=np.float64)
        told = [one for one in shipped.attributions(row.spans, shipped.find(row.spans, feelings)) if one]
        right += max(told, key=told.count, default="") == row.attribution
    return right / len(rows)


def microseconds(spans: Sequence[str]) -> float:
    """Return the processor time that finding and attributing take for a text of 20 words."""
    shipped, feelings = Behaviours.shipped(), np.zeros(len(spans))
    spent = []
    for _ in range(5):
        start = time.process_time()
        shipped.attributions(spans, shipped.find(spans, feelings))
        spent.append(time.process_time() - start)
    return 1e6 * min(spent) / sum(len(span.split()) for span in spans) * WORDS_A_TEXT


def tell(name: str, cells: Iterable[float]) -> None:
    """Print a line of a table."""
    print(f"{name:24}" + "".join(f"{cell:8.0f}" if cell >= 2 else f"{cell:8.2f}" for cell in cells))


def main() -> None:
    """Print all figures."""
    rows = gold()
    train, test = ([row for row in rows if row.split == part] for part in ("train", "test"))
    found = [counts(part, by_rules) for part in (train, test)]
    print(f"{'':24}{'train P':>8}{'R':>8}{'F1':>8}{'n':>8}{'test P':>8}{'R':>8}{'F1':>8}{'n':>8}")
    for side in (f"{side.name}{'-+'[side.shown]}" for side in Behaviours.shipped().sides):
        cells: list[float] = []
        for right, wrong, missed in found:
            cells += [*figures(right[side], wrong[side], missed[side]), float(right[side] + missed[side])]
        tell(side, cells)
    thresholds = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9]
    least = max(thresholds, key=lambda one: overall(train, by_prototypes(one))[2])
    print(f"\n{'all sides':24}{'train P':>8}{'R':>8}{'F1':>8}{'test P':>8}{'R':>8}{'F1':>8}")
    methods = {"phrases": by_rules, "keywords": by_keywords, f"prototypes {least}": by_prototypes(least)}
    for name, find in methods.items():
        tell(name, [*overall(train, find), *overall(test, find)])
    print(f"\nattribution: train {attribution_accuracy(train):.3f}, test {attribution_accuracy(test):.3f}")
    texts = pd.read_csv(SAMPLE, dtype=str, keep_default_na=False)["Comment"].head(2000)
    spans = [text[start:end] for text in texts for start, end in split(text)]
    print(
        f"speed on the sample export: {microseconds(spans):.0f} microseconds a text of {WORDS_A_TEXT} words"
    )


if __name__ == "__main__":
    main()

"""How well effort, contacts, risks, journey and emotions are told.

``python benchmarks/signals.py``, with ``../shared/data`` beside the project for GoEmotions.
Precision, recall and F1 with the number of gold rows; `train` was read while the signs were written, `test`
was written before them and is only counted.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cx_text.stages.emotions import EMOTIONS, Emotions
from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.signals import Signal, Signals
from cx_text.stages.vectors import StaticEncoder

ROOT = Path(__file__).parents[1]
OWN = ROOT / "data" / "signals"
PUBLIC = ROOT.parent / "shared" / "data"
KINDS = ("repeating", "transfers", "waiting", "chasing", "obstacles", "ease")
RISKS = ("urgency", "churn", "legal", "safety")
MAPPED = {
    "anger": "anger",
    "annoyance": "frustration",
    "disappointment": "disappointment",
    "sadness": "disappointment",
    "confusion": "confusion",
    "nervousness": "anxiety",
    "fear": "anxiety",
    "relief": "relief",
    "gratitude": "gratitude",
    "joy": "delight",
    "excitement": "delight",
    "love": "delight",
}
"""Our emotions for labels of GoEmotions; all other labels are none here."""


def own(name: str, part: str) -> list[dict[str, str]]:
    """Return the rows of a part of one of our gold files."""
    with (OWN / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in rows if row["part"] == part]


def public(name: str) -> pd.DataFrame:
    """Return a public set, all cells as text."""
    path = PUBLIC / f"{name}.csv.gz"
    return pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")


def wanted(row: dict[str, str]) -> set[str]:
    """Return what a gold row tells; a count counts from two on and must be equal."""
    told = set(row["signs"].split())
    if int(row["contacts"] or 0) > 1:
        told.add(f"contacts {row['contacts']}")
    return told | ({f"journey {row['journey']}"} if row["journey"] else set())


def found(signal: Signal) -> set[str]:
    """Return what was found, in the same words."""
    told = {one.kind for one in signal.evidence if one.kind in KINDS + RISKS}
    told |= {"repeat"} if signal.repeat else set()
    told |= {f"contacts {signal.contacts}"} if (signal.contacts or 0) > 1 else set()
    return told | ({f"journey {signal.journey}"} if signal.journey else set())


def judged(gold: Sequence[set[str]], told: Sequence[set[str]]) -> dict[str, tuple[int, int, int]]:
    """Return right, told and wanted for each kind (the first word of what is told)."""
    right, said, asked = Counter[str](), Counter[str](), Counter[str]()
    for one, other in zip(gold, told, strict=True):
        right.update(name.split()[0] for name in one & other)
        said.update(name.split()[0] for name in other)
        asked.update(name.split()[0] for name in one)
    return {kind: (right[kind], said[kind], asked[kind]) for kind in said | asked}


def line(right: int, told: int, asked: int) -> str:
    """Return precision, recall, F1 and n as cells of a table."""
    precision, recall = right / max(told, 1), right / max(asked, 1)
    f1 = 2 * right / max(told + asked, 1)
    return f"{precision:.2f} | {recall:.2f} | {f1:.2f} | {asked}"


def signs() -> None:
    """Print how well signs are found in our sentences."""
    shipped = Signals.shipped()
    parts = {}
    for part in ("train", "test"):
        rows = own("gold.tsv", part)
        parts[part] = judged(
            [wanted(row) for row in rows], [found(shipped.find(row["text"])) for row in rows]
        )
    print("\n| | train P | R | F1 | n | test P | R | F1 | n |\n|---|---|---|---|---|---|---|---|---|")
    for kind in (*KINDS, "repeat", "contacts", *RISKS, "journey"):
        print(f"| {kind} | " + " | ".join(line(*parts[part][kind]) for part in ("train", "test")) + " |")


def goemotions() -> tuple[list[str], list[str]]:
    """Return texts and emotions of the test split; rows with two of our emotions are left out."""
    frame = public("goemotions").query("split == 'test'")
    labels = [{MAPPED.get(one, "") for one in told.split("|")} - {""} for told in frame["label"]]
    clear = [
        (text, min(told, default=""))
        for text, told in zip(frame["text"], labels, strict=True)
        if len(told) < 2
    ]
    return [text for text, _ in clear], [emotion for _, emotion in clear]


def emotions() -> None:
    """Print how well emotions are told: our sentences and the test split of GoEmotions."""
    sets = {
        part: (
            [row["text"] for row in own("emotions.tsv", part)],
            [row["emotion"] for row in own("emotions.tsv", part)],
        )
        for part in ("train", "test")
    }
    if PUBLIC.is_dir():
        sets["goemotions"] = goemotions()
    scorer = SentimentScorer()
    results = {}
    for name, (texts, gold) in sets.items():
        scores = np.array([scorer.score(text) for text in texts])
        told, _ = Emotions.shipped().predict(texts, StaticEncoder().encode(texts), scores)
        results[name] = judged([{one} - {""} for one in gold], [{one} - {""} for one in told])
    print("\n| | " + " | ".join(f"{name} P | R | F1 | n" for name in results) + " |")
    print("|---" * (1 + 4 * len(results)) + "|")
    for emotion in EMOTIONS:
        print(
            f"| {emotion} | "
            + " | ".join(line(*one.get(emotion, (0, 0, 0))) for one in results.values())
            + " |"
        )


if __name__ == "__main__":
    signs()
    emotions()

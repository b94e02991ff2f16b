"""What the sentiment model learns from: our labels and four public sets (development time only).

Every text has a soft label, chances of negative, neutral and positive. Held out, and never learned
from, are our comments whose twin group and the readings whose comment is a multiple of five.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from tokenizers import Tokenizer

from cx_text.shipped import model_path
from cx_text.stages.lexicon import vader_words
from cx_text.stages.split import split

ROOT = Path(__file__).parents[1]
OURS = ROOT / "data" / "sentiment"
PUBLIC = ROOT.parent / "shared" / "data"
FIFTH = 5
CHANCES = {"neg": (1.0, 0.0, 0.0), "neu": (0.0, 1.0, 0.0), "pos": (0.0, 0.0, 1.0), "mix": (0.45, 0.1, 0.45)}
POSITIVE = "admiration gratitude love joy approval optimism excitement pride relief caring"
NEGATIVE = (
    "anger annoyance disappointment disapproval disgust sadness fear grief embarrassment remorse nervousness"
)
EMOTIONS = (
    dict.fromkeys(NEGATIVE.split(), "neg")
    | dict.fromkeys(POSITIVE.split(), "pos")
    | {"neutral": "neu", "curiosity": "neu"}
)
UNSURE = 0.15
EDGE, BLUR = 0.55, 0.3
"""Where human ratings of -4..4 turn from neutral to felt, and how gradually."""


class Labelled(NamedTuple):
    """Texts with chances (n, 3) of negative, neutral and positive."""

    texts: list[str]
    chances: np.ndarray


def public(name: str) -> pd.DataFrame:
    """Return a public set, all cells as text."""
    path = PUBLIC / f"{name}.csv.gz"
    return pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")


def _labelled(frame: pd.DataFrame) -> Labelled:
    """Return the columns `text` and `label` of `frame`."""
    return Labelled(frame["text"].tolist(), np.array([CHANCES[label] for label in frame["label"]]))


def own() -> pd.DataFrame:
    """Return the comments that we wrote: label, twin, text, held_out."""
    path = OURS / "own.tsv"
    frame = pd.read_csv(path, sep="\t", quoting=csv.QUOTE_NONE, keep_default_na=False, encoding="utf-8")
    return frame.assign(held_out=frame["twin"] % FIFTH == 0)


def read() -> pd.DataFrame:
    """Return the sentences that were read: label, text (joined from the public sets), held_out."""
    frame = pd.read_csv(OURS / "read.csv")
    texts = {name: public(name).set_index("id")["text"] for name in frame["set"].unique()}
    spans = zip(frame["set"], frame["id"], frame["start"], frame["end"], strict=True)
    number = frame["id"].str[-6:].astype(int)
    return frame.assign(
        text=[texts[name][row][start:end] for name, row, start, end in spans], held_out=number % FIFTH == 0
    )


def ours(*, held_out: bool) -> Labelled:
    """Return our own and the read texts, those held out or the others."""
    frame = pd.concat([own(), read()], ignore_index=True)
    return _labelled(frame[frame["held_out"] == held_out])


def balanced(found: Labelled, often: int) -> Labelled:
    """Return `found` with the commonest feeling `often` and the others up to 2.5 times as often."""
    feeling = found.chances.argmax(axis=1)
    sizes = np.bincount(feeling, minlength=3)
    times = np.rint(often * np.minimum(sizes.max() / sizes, 2.5)).astype(int)
    rows = np.repeat(np.arange(len(feeling)), times[feeling])
    return Labelled([found.texts[row] for row in rows], found.chances[rows])


def goemotions(most: int, rng: np.random.Generator) -> Labelled:
    """Return at most `most` texts of each feeling whose emotions agree."""
    frame = public("goemotions")
    feelings = [{EMOTIONS.get(name, "") for name in label.split("|")} for label in frame["label"]]
    frame["label"] = [next(iter(found)) if len(found) == 1 else "" for found in feelings]
    found = [group for label, group in frame.groupby("label") if label]
    parts = [group.sample(min(most, len(group)), random_state=rng) for group in found]
    texts, chances = _labelled(pd.concat(parts))
    return Labelled(texts, chances * (1 - UNSURE) + UNSURE / 3)


def rated(most: dict[str, int], rng: np.random.Generator) -> Labelled:
    """Return texts of vader_ground_truth by domain, with chances from their mean human ratings."""
    frame = public("vader_ground_truth")
    parts = [
        group.sample(min(most[domain], len(group)), random_state=rng)
        for domain, group in frame.groupby("domain")
    ]
    frame = pd.concat(parts)
    return Labelled(frame["text"].tolist(), _from_ratings(frame["label"].astype(float).to_numpy()))


def _from_ratings(rating: np.ndarray) -> np.ndarray:
    """Return chances (n, 3) for mean human ratings (n,) of -4..4."""
    positive, negative = (1 / (1 + np.exp((EDGE - sign * rating) / BLUR)) for sign in (1, -1))
    return np.stack([negative, 1 - negative - positive, positive], axis=1)


def single(neutral: int, rng: np.random.Generator) -> Labelled:
    """Return VADER's words alone, with chances from their ratings, and `neutral` others without a feeling.

    They teach that a word of praise is praise wherever it stands, and that an unknown one is neither.
    """
    rated = {word: value for word, value in vader_words()[0].items() if word.isalpha()}
    pieces = Tokenizer.from_file(str(model_path("minilm-1") / "tokenizer.json")).get_vocab()
    plain = sorted(word for word, rank in pieces.items() if rank < 12000 and word.isalpha() and len(word) > 2)
    other = rng.choice([word for word in plain if word not in rated], neutral, replace=False).tolist()
    words = sorted(rated)
    firsts = rng.choice(["", "", "very ", "so ", "it was ", "they are "], len(words))
    feelings = _from_ratings(np.array([rated[word] for word in words]))
    texts = [first + word for first, word in zip(firsts, words, strict=True)]
    return Labelled([*texts, *other], np.vstack([feelings, np.tile((0.12, 0.76, 0.12), (neutral, 1))]))


def sentences(name: str) -> pd.DataFrame:
    """Return the sentences and clauses of a public set but for its held-out comments: id, text."""
    frame = public(name)
    taken = set(read().query("held_out")["id"])
    rows = [
        (row, text[start:end])
        for row, text in zip(frame["id"], frame["text"], strict=True)
        if row not in taken
        for start, end in split(text)
        if 8 <= end - start <= 300
    ]
    return pd.DataFrame(rows, columns=["id", "text"]).drop_duplicates("text")


def reviewed(most: int, rng: np.random.Generator) -> Labelled:
    """Return sentences of the best and the worst rated lounges and seats as weakly labelled texts."""
    frame = public("skytrax_lounge_seat").set_index("id")
    rating = pd.to_numeric(frame["rating"])
    worst = (frame["label"] == "0") & (rating <= 2)
    best = (frame["label"] == "1") & (rating >= 4)
    found = sentences("skytrax_lounge_seat")
    found = found[found["id"].isin(frame.index[worst | best])].sample(most, random_state=rng)
    bad = worst[found["id"]].to_numpy()[:, None]
    return Labelled(found["text"].tolist(), np.where(bad, (0.7, 0.22, 0.08), (0.08, 0.22, 0.7)))


def joined(*parts: Labelled) -> Labelled:
    """Return all texts of `parts`."""
    texts = [text for part in parts for text in part.texts]
    return Labelled(texts, np.concatenate([part.chances for part in parts]))

"""Learn the weights of `emotion-1` (development time only; about two minutes on one core).

GoEmotions is Reddit talk, so our own labelled sentences of service talk count many times as much, and plain
sentences of ours tell what no feeling looks like. How sure an emotion must be to be told is chosen on
sentences that the weights were not fitted on, template by template. Nothing of the test part is read.
Run from the project's root: ``python models/build_emotion.py``; needs ``../shared/data/goemotions.csv.gz``.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from cx_text.exact import GRID, on_grid
from cx_text.stages.emotions import EMOTIONS, FORMAT, NONE, forbidden, read_cues, seen
from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.vectors import StaticEncoder

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "models" / "emotion-1"
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
} | dict.fromkeys(("neutral", "approval", "realization", "curiosity", "optimism"), "")
"""Our emotion for a label of GoEmotions; rows with another label, or with two emotions, are left out."""
OURS = 15.0
"""Weight of a sentence of ours beside 1 of GoEmotions."""
PRECISION = 0.8
"""Wanted of each emotion on our sentences."""
FOLDS = 5
STRENGTH = 3.0
"""Inverse of the regularisation."""


class Examples(NamedTuple):
    """What is learned from: texts, the emotion of each (`NONE` for none), its weight and its template."""

    texts: list[str]
    emotions: np.ndarray
    weights: np.ndarray
    templates: np.ndarray


def goemotions(part: str) -> pd.DataFrame:
    """Return `text` and `emotion` of the rows of a part whose labels map to one emotion or to none."""
    path = ROOT.parent / "shared" / "data" / "goemotions.csv.gz"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")
    frame = frame[frame["split"] == part]
    labels = frame["label"].str.split("|").map(lambda told: {MAPPED.get(one, "?") for one in told})
    found = labels.map(lambda told: told - {""} or {""})
    clear = found.map(lambda told: len(told) == 1 and "?" not in told)
    return pd.DataFrame({"text": frame["text"], "emotion": found.map(min)})[clear]


def ours(part: str) -> pd.DataFrame:
    """Return our labelled sentences of a part."""
    path = ROOT / "data" / "signals" / "emotions.tsv"
    frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, quoting=3)
    return frame[frame["part"] == part]


def plain() -> list[str]:
    """Return our sentences without a lean and without a cue, those held out for sentiment left out."""
    cues = read_cues((FOLDER / "cues.toml").read_text(encoding="utf-8"))
    path = ROOT / "data" / "sentiment" / "own.tsv"
    frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, quoting=3)
    texts = frame["text"][(frame["label"] == "neu") & (frame["twin"].astype(int) % 5 != 0)]
    return [text for text in texts if not any(cues.hits(text))]


def numbered(names: pd.Series) -> np.ndarray:
    """Return the number of each emotion, `NONE` for none."""
    return np.array([EMOTIONS.index(name) if name else NONE for name in names])


def examples() -> Examples:
    """Return all that is learned from; templates of others than ours are -1."""
    reddit, own, calm = goemotions("train"), ours("train"), plain()
    counts = [len(reddit), len(own), len(calm)]
    return Examples(
        [*reddit["text"], *own["text"], *calm],
        np.concatenate([numbered(reddit["emotion"]), numbered(own["emotion"]), np.full(counts[2], NONE)]),
        np.repeat([1.0, OURS, OURS / 3], counts),
        np.concatenate([np.full(counts[0], -1), own["template"].astype(int), -2 - np.arange(counts[2])]),
    )


def features(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return what the model sees of `texts`, and their scores."""
    scorer = SentimentScorer()
    scores = np.array([scorer.score(text) for text in texts])
    cues = read_cues((FOLDER / "cues.toml").read_text(encoding="utf-8"))
    return seen(cues, texts, StaticEncoder().encode(texts), scores), scores


def fitted(inputs: np.ndarray, emotions: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and bias on the grid."""
    model = LogisticRegression(C=STRENGTH, max_iter=400).fit(inputs, emotions, sample_weight=weights)
    return on_grid(model.coef_.T), on_grid(model.intercept_)


def leads(logits: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first of the allowed answers for each span, and by how much it leads."""
    logits = logits.copy()
    logits[:, :NONE][forbidden(scores)] = -np.inf
    return logits.argmax(axis=1), logits.max(axis=1) - np.partition(logits, -2, axis=1)[:, -2]


def margins(data: Examples, inputs: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the least lead of each emotion that has the wanted precision on sentences left out of the fit.

    Where none has, the lead with the best.
    """
    own = data.templates != -1
    fold = np.abs(data.templates) % FOLDS
    best, lead = np.full(len(own), NONE), np.zeros(len(own))
    for number in range(FOLDS):
        out = own & (fold == number)
        weights, bias = fitted(inputs[~out], data.emotions[~out], data.weights[~out])
        best[out], lead[out] = leads(inputs[out] @ weights + bias, scores[out])
    found = np.zeros(len(EMOTIONS))
    for emotion in range(len(EMOTIONS)):
        said = own & (best == emotion)
        order = np.argsort(-lead[said], kind="stable")
        right = (data.emotions[said] == emotion)[order]
        precision = np.cumsum(right) / np.arange(1, len(right) + 1)
        enough = np.flatnonzero(precision >= min(PRECISION, precision.max()))[-1]
        found[emotion] = lead[said][order][enough]
        print(f"{EMOTIONS[emotion]:15} lead {found[emotion]:.2f} precision {precision[enough]:.2f}")
    return on_grid(found)


def main() -> None:
    """Learn and write weights and manifest."""
    data = examples()
    inputs, scores = features(data.texts)
    with threadpool_limits(1):
        weights, bias = fitted(inputs, data.emotions, data.weights)
        least = margins(data, inputs, scores)
    arrays = {"weights": weights, "bias": bias, "margins": least}
    whole = {name: np.rint(array * GRID).astype(np.int32) for name, array in arrays.items()}
    np.savez_compressed(FOLDER / "weights.npz", **whole)  # type: ignore[arg-type]
    names = ("cues.toml", "weights.npz")
    digests = {name: sha256((FOLDER / name).read_bytes()).hexdigest() for name in names}
    manifest = msgspec.json.encode({"format": FORMAT, "sha256": digests})
    (FOLDER / "manifest.json").write_bytes(msgspec.json.format(manifest) + b"\n")


if __name__ == "__main__":
    main()

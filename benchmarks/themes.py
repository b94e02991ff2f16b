"""Theme discovery beside what a user would use instead, on labelled public sets.

    python benchmarks/themes.py [--data DIR] [--sets banking77,us_airline_tweets] [--rows N]

Each method gives every comment one main theme; comments without one count as themes of their own.
TF-IDF + KMeans is told the true number of classes, cx_text is not.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, v_measure_score

from cx_text.api import fit
from cx_text.config import Config

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LABELS = {
    "banking77": "label",
    "us_airline_tweets": "negativereason",
    "bitext_support": "label",
    "app_reviews_4class": "label",
}
Method = Callable[[list[str], int], np.ndarray]


def b_cubed(gold: np.ndarray, found: np.ndarray) -> float:
    """Return the B-cubed F1 of a grouping (0..1). Reference: Bagga & Baldwin 1998."""
    table = pd.crosstab(gold, found).to_numpy(dtype=np.float64)
    precision = (table**2 / table.sum(axis=0, keepdims=True)).sum() / table.sum()
    recall = (table**2 / table.sum(axis=1, keepdims=True)).sum() / table.sum()
    return float(2 * precision * recall / (precision + recall))


def ours(texts: list[str], _: int) -> np.ndarray:
    """Return the main theme of each text by cx_text with its defaults."""
    frame = pd.DataFrame({"verbatim_id": [str(i) for i in range(len(texts))], "verbatim": texts})
    pipeline = fit(frame, Config())
    themes = pipeline.score(frame).verbatims["theme_id"]
    return themes.fillna(pd.Series([f"alone {row}" for row in range(len(texts))])).to_numpy()


def tfidf_kmeans(texts: list[str], classes: int) -> np.ndarray:
    """Return KMeans clusters on TF-IDF, told the number of classes."""
    matrix = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2).fit_transform(texts)
    return KMeans(classes, n_init=3, random_state=0).fit_predict(matrix)


METHODS: dict[str, Method] = {"TF-IDF + KMeans, told k": tfidf_kmeans, "cx_text": ours}


def load(name: str, data: Path, rows: int) -> tuple[list[str], np.ndarray]:
    """Return texts and gold labels of a set; rows without a label are left out."""
    frame = pd.read_csv(data / f"{name}.csv.gz", dtype=str, keep_default_na=False, lineterminator="\n")
    frame = frame[frame[LABELS[name]] != ""]
    if 0 < rows < len(frame):
        frame = frame.sample(rows, random_state=0)
    return frame["text"].tolist(), frame[LABELS[name]].to_numpy()


def main() -> None:
    """Print one line a set and method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--sets", default=",".join(LABELS))
    parser.add_argument("--rows", type=int, default=0, help="at most so many rows a set; 0: all")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    head = "".join(f" {name:>5}" for name in ("AMI", "B3", "ARI", "V"))
    print(f"{'set':20} {'method':24}{head} {'themes':>6} {'cover':>6} {'s':>6}")
    for name in options.sets.split(","):
        texts, gold = load(name, options.data, options.rows)
        for method, group in METHODS.items():
            begun = time.perf_counter()
            found = group(texts, len(set(gold)))
            seconds = time.perf_counter() - begun
            alone = pd.Series(found.astype(str)).str.startswith("alone")
            print(
                f"{name:20} {method:24} {adjusted_mutual_info_score(gold, found):5.3f}"
                f" {b_cubed(gold, found):5.3f} {adjusted_rand_score(gold, found):5.3f}"
                f" {v_measure_score(gold, found):5.3f} {len(set(found[~alone])):6d}"
                f" {1 - alone.mean():6.1%} {seconds:6.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()

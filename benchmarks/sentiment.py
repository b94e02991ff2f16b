"""Sentiment against people's labels, side by side with raw VADER.

Run as ``python benchmarks/sentiment.py [--data DIR]``. Prints macro-F1, accuracy and F1 by class on
two sets of labelled tweets at the default threshold; on a service desk's comments, where only a CSAT
is known, the area under the ROC curve (1-2 against 4-5). Speed is in texts a second of processor
time. None of these sets had a part in making the lexicon.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from cx_text.config import Sentiment
from cx_text.stages.sentiment import SentimentScorer, label

DATA = Path(__file__).parents[2] / "shared" / "data"
LABELLED = ("us_airline_tweets", "tweeteval_sentiment")
RATED = "shopzilla_agents"
CLASSES = ("negative", "neutral", "positive")
HEADER = "set                  scorer         macro-F1 accuracy   F1 neg   F1 neu   F1 pos    texts/s"
THRESHOLD = Sentiment().threshold
Score = Callable[[str], float]


def read(folder: Path, name: str) -> pd.DataFrame:
    """Return a labelled set, all cells as text."""
    path = folder / f"{name}.csv.gz"
    return pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")


def timed(score: Score, texts: pd.Series) -> tuple[list[float], float]:
    """Return the scores and how many texts were scored in a second of processor time."""
    start = time.process_time()
    scores = [score(text) for text in texts]
    return scores, len(scores) / (time.process_time() - start)


def agreement(score: Score, frame: pd.DataFrame) -> str:
    """Return one row of the table for a set with labels."""
    scores, speed = timed(score, frame["text"])
    labels = [label(value, THRESHOLD) for value in scores]
    single = f1_score(frame["label"], labels, labels=list(CLASSES), average=None)
    macro, accuracy = single.mean(), accuracy_score(frame["label"], labels)
    return (
        f"{macro:8.3f} {accuracy:8.3f} " + " ".join(f"{value:8.3f}" for value in single) + f" {speed:10,.0f}"
    )


def separation(score: Score, frame: pd.DataFrame) -> str:
    """Return the area under the ROC curve of a set with ratings 1-5, and the speed."""
    clear = frame[frame["csat"].isin(["1", "2", "4", "5"])]
    scores, speed = timed(score, clear["text"])
    area = roc_auc_score(clear["csat"].isin(["4", "5"]), scores)
    return f"{area:8.3f} {'':35} {speed:10,.0f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the labelled sets")
    folder = parser.parse_args().data
    vader = SentimentIntensityAnalyzer()
    scorers: dict[str, Score] = {
        "vader": lambda text: float(vader.polarity_scores(text)["compound"]),
        "service=False": SentimentScorer(service=False).score,
        "ours": SentimentScorer().score,
    }
    print(f"threshold {THRESHOLD}")
    print(HEADER)
    for name in LABELLED:
        frame = read(folder, name)
        for scorer, score in scorers.items():
            print(f"{name:20} {scorer:14} {agreement(score, frame)}")
    print(f"{'set':20} {'scorer':14} {'ROC-AUC':>8} {'':35} {'texts/s':>10}")
    frame = read(folder, RATED)
    for scorer, score in scorers.items():
        print(f"{RATED:20} {scorer:14} {separation(score, frame)}")


if __name__ == "__main__":
    main()

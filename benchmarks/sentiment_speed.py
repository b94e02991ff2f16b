"""How fast the three layers of sentiment are, and what each of them costs.

``python benchmarks/sentiment_speed.py`` needs ``../shared/data`` beside the project. Public comments of
15 to 25 words, each once, are read by a process that has met none of their words and again by the same;
then two processes share them, each with its models loaded and one thread.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from cx_text.stages.calibration import Calibration
from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.sentiment_model import SentimentModel
from cx_text.stages.vectors import StaticEncoder

PUBLIC = Path(__file__).parents[2] / "shared" / "data"
SETS = ("us_airline_tweets", "tweeteval_sentiment", "twcs_spotify", "app_reviews_4class", "shopzilla_agents")
LAYERS = ("words", "vectors", "learned layer", "own ratings")
PROCESSES, CHUNK, ROUNDS = 2, 500, 3


def comments() -> list[str]:
    """Return the distinct comments of 15 to 25 words."""
    frames = [pd.read_csv(PUBLIC / f"{name}.csv.gz", dtype=str, keep_default_na=False) for name in SETS]
    texts = dict.fromkeys(text for frame in frames for text in frame["text"])
    return [text for text in texts if 15 <= len(text.split()) <= 25]


class Layers:
    """The three layers, loaded; each object has met no word yet."""

    def __init__(self) -> None:
        """Load what ships, and a calibration as an export with ratings gives it."""
        self.words, self.model = SentimentScorer(), SentimentModel.shipped()
        self.encoder = StaticEncoder()
        self.encoder.encode(["warm"])
        weights = np.round(np.random.default_rng(0).normal(size=256) * 40) / 4096
        self.calibration = Calibration(weights, 1000, 0.8, 0.85, (0.04, 0.06))

    def read(self, texts: list[str]) -> np.ndarray:
        """Return the processor seconds of each of `LAYERS`."""
        marks = [time.process_time()]
        by_words = np.array([self.words.score(text) for text in texts])
        marks.append(time.process_time())
        vectors = self.encoder.encode(texts)
        marks.append(time.process_time())
        scores = self.model.score(texts, vectors, by_words)
        marks.append(time.process_time())
        self.calibration.adjusted(scores, vectors)
        return np.diff([*marks, time.process_time()])


def worked(texts: list[str]) -> float:
    """Return the seconds that this process takes for `texts` once its layers are loaded."""
    layers = Layers()
    with threadpool_limits(1):
        start = time.perf_counter()
        for first in range(0, len(texts), CHUNK):
            layers.read(texts[first : first + CHUNK])
        return time.perf_counter() - start


def rate(texts: list[str]) -> float:
    """Return comments a second of two processes side by side."""
    shares = [texts[one::PROCESSES] for one in range(PROCESSES)]
    seconds = Parallel(n_jobs=PROCESSES)(delayed(worked)(share) for share in shares)
    return len(texts) / float(max(seconds))


def main() -> None:
    """Print microseconds of processor time a comment and layer, and comments a second."""
    texts = comments()
    layers = Layers()
    with threadpool_limits(1):
        passes = [layers.read(texts) / len(texts) * 1e6 for _ in range(ROUNDS)]
    print(f"\n| {len(texts):,} comments, µs each | words not met before | met before |\n|---|---|---|")
    for name, cold, warm in zip(LAYERS, passes[0], np.min(passes[1:], axis=0), strict=True):
        print(f"| {name} | {cold:.0f} | {warm:.0f} |")
    print(f"| together | {passes[0].sum():.0f} | {np.min(passes[1:], axis=0).sum():.0f} |")
    print(f"\non {PROCESSES} processes, comments a second:")
    print(f"words not met before {rate(texts):,.0f}; each comment five times {rate(texts * 5):,.0f}")


if __name__ == "__main__":
    main()

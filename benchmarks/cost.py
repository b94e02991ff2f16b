"""What it costs to tell behaviours, effort, risks and emotions, beside what sentiment costs.

``python benchmarks/cost.py`` needs ``../shared/data`` beside the project. All is timed in turns in one run,
with everything loaded, on public comments of 15 to 25 words: sentiment (words, vectors, the learned layer),
behaviours with attribution and emotions by the spans that the pipeline reads, the rest by comments.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cx_text.config import Config
from cx_text.observing import observe
from cx_text.reading import Reader
from cx_text.records import VERBATIMS
from cx_text.stages.behaviours import Behaviours
from cx_text.stages.emotions import Emotions
from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.sentiment_model import SentimentModel
from cx_text.stages.signals import Signals
from cx_text.stages.vectors import StaticEncoder

PUBLIC = Path(__file__).parents[2] / "shared" / "data"
SETS = ("skytrax_ryanair", "twcs_spotify", "shopzilla_agents", "us_airline_tweets")
EACH, ROUNDS = 500, 7

Work = Callable[[], object]


def comments() -> list[str]:
    """Return comments of 15 to 25 words, as many of each set."""
    frames = [pd.read_csv(PUBLIC / f"{name}.csv.gz", dtype=str, keep_default_na=False) for name in SETS]
    return [
        text
        for frame in frames
        for text in [one for one in frame["text"] if 15 <= len(one.split()) <= 25][:EACH]
    ]


def works(texts: Sequence[str]) -> dict[str, Work]:
    """Return what is timed by name, sentiment first, all together last."""
    status, spans = Reader(Config()).read(VERBATIMS.frame(_rows(texts)))
    heard = [state == "unthemed" for state in status]
    said, vectors, scores = spans.texts, spans.vectors, spans.sentiments
    scorer, learned = SentimentScorer(), SentimentModel.shipped()
    signals, behaviours, emotions = Signals.shipped(), Behaviours.shipped(), Emotions.shipped()

    def by_words() -> np.ndarray:
        """Return how spans feel by their words alone."""
        return np.array([scorer.score(span) for span in said])

    return {
        "sentiment": lambda: learned.score(said, StaticEncoder().encode(said), by_words()),
        "sentiment by words alone, for comparison": by_words,
        "effort, contacts, risks, journey": lambda: [signals.find(text) for text in texts],
        "behaviours, attribution": lambda: behaviours.attributions(said, behaviours.find(said, scores)),
        "emotion": lambda: emotions.predict(said, vectors, scores),
        "all of these as columns": lambda: observe(texts, heard, spans),
    }


def _rows(texts: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return comments as the columns of a table."""
    return {
        "verbatim_id": [str(row) for row in range(len(texts))],
        "text": texts,
        "language": ["en"] * len(texts),
    }


def timed(work: Mapping[str, Work]) -> dict[str, float]:
    """Return the least seconds of processor time of each of several rounds; all take turns."""
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, one in work.items():
            start = time.process_time()
            one()
            times[name].append(time.process_time() - start)
    return {name: min(several) for name, several in times.items()}


def main() -> None:
    """Print microseconds of processor time a comment, and how much that is of what sentiment takes."""
    texts = comments()
    took = timed(works(texts))
    print(f"\n| {len(texts)} comments | µs each | of sentiment |\n|---|---|---|")
    for name, seconds in took.items():
        print(f"| {name} | {seconds / len(texts) * 1e6:.0f} | {seconds / took['sentiment']:.2f} |")


if __name__ == "__main__":
    main()

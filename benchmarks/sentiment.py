"""Sentiment against people's labels, side by side with VADER and TextBlob.

Run as ``python benchmarks/sentiment.py [--data DIR] [--rows N] [--tables labelled,rated,...]``. Neither
lexicon nor model learned from these sets; the card of sentiment-2 says how far they were looked at.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sentiment_readers import READERS, THRESHOLD, Reader, one_layer, spans_of, two_layers
from sklearn.metrics import confusion_matrix

from cx_text.stages.sentiment import label
from cx_text.stages.vectors import StaticEncoder

DATA = Path(__file__).parents[2] / "shared" / "data"
CLASSES = ("negative", "neutral", "positive")
BY_CSAT = dict(zip("12345", ("negative", "negative", "neutral", "positive", "positive"), strict=True))
REPLICATES = 1000
ASPECTS = {
    "food": r"food|dish|dishes|meal|pizza|sushi|steak|burger|chicken|dessert|appetizers?|entrees?",
    "staff": r"staff|waiters?|waitress|waitresses|servers?|hostess|bartenders?|manager|host|owner",
    "service": r"service",
    "price": r"prices?|priced|bill|cheap|expensive|cost|pricey",
    "place": r"place|room|tables?|space|seating|decor",
    "menu": r"menu|wine list|selection",
    "ambience": r"atmosphere|ambiance|ambience|music|vibe|noise|loud|crowd",
}
"""A few plain words of each aspect of mams_acsa; sentences that hold none of them are left out."""

Options = argparse.Namespace


def read(name: str, options: Options) -> pd.DataFrame:
    """Return a public set, all cells as text, at most as many rows as were asked for.

    Raises:
        SystemExit: it is not there.
    """
    path = options.data / f"{name}.csv.gz"
    if not path.is_file():
        sys.exit(f"error: {path} is missing; name the folder of the public sets with --data")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")
    return frame.sample(options.rows, random_state=0) if 0 < options.rows < len(frame) else frame


def macro_f1(confusion: np.ndarray) -> np.ndarray:
    """Return the mean F1 of the classes, of confusion matrices (..., k, k): gold by rows.

    >>> float(macro_f1(np.array([[2, 0], [0, 3]])))
    1.0
    """
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    single = 2 * hits / np.maximum(confusion.sum(axis=-1) + confusion.sum(axis=-2), 1)
    mean: np.ndarray = single.mean(axis=-1)
    return mean


def accuracy(confusion: np.ndarray) -> np.ndarray:
    """Return the share of hits, of confusion matrices (..., k, k).

    >>> float(accuracy(np.array([[1, 1], [0, 2]])))
    0.75
    """
    share: np.ndarray = np.trace(confusion, axis1=-2, axis2=-1) / confusion.sum(axis=(-2, -1))
    return share


def interval(confusion: np.ndarray, measure: Callable[[np.ndarray], np.ndarray]) -> str:
    """Return a measure with the 95 % interval of a bootstrap over rows.

    To draw rows again is to draw the cells of their confusion matrix again.
    """
    total = int(confusion.sum())
    drawn = np.random.default_rng(7).multinomial(total, confusion.ravel() / total, REPLICATES)
    low, high = np.quantile(measure(drawn.reshape(-1, *confusion.shape)), [0.025, 0.975])
    return f"{float(measure(confusion)):.3f} ({low:.3f}-{high:.3f})"


def compared(
    texts: Sequence[str], told: Callable[[Sequence[float], list[str]], str]
) -> Iterator[tuple[str, str]]:
    """Yield each reader's name and what `told` makes of its scores and labels."""
    for name, reader in READERS.items():
        try:
            scores, labels = reader(texts)
        except ImportError:
            yield name, "not installed"
            continue
        yield name, told(scores.tolist(), labels)


def labelled(options: Options) -> Iterator[str]:
    """Yield macro-F1, accuracy and F1 by class where people gave labels, and where CSAT stands for them."""
    yield f"{'set':22} {'reader':12} {'macro-F1':>21} {'accuracy':>21}   F1 neg neu pos"
    for name in ("us_airline_tweets", "tweeteval_sentiment", "shopzilla_agents"):
        frame = read(name, options)
        gold = frame["csat"].map(BY_CSAT) if "csat" in frame else frame["label"]
        kept = gold.isin(CLASSES)

        def told(_: Sequence[float], labels: list[str], gold: pd.Series = gold[kept]) -> str:
            """Return the measures of one reader."""
            confusion = confusion_matrix(gold, labels, labels=list(CLASSES))
            each = [
                2 * confusion[k, k] / max(confusion[k].sum() + confusion[:, k].sum(), 1) for k in range(3)
            ]
            single = " ".join(f"{value:.3f}" for value in each)
            return f"{interval(confusion, macro_f1):>21} {interval(confusion, accuracy):>21}   {single}"

        for reader, line in compared(frame["text"][kept].tolist(), told):
            yield f"{name:22} {reader:12} {line}"


def polar(options: Options) -> Iterator[str]:
    """Yield how often good and bad are told apart, by the sign of the score: by CSAT, by recommendation."""
    yield f"{'set':22} {'reader':12} {'accuracy':>21} {'where not neutral':>21}  share neutral"
    shop = read("shopzilla_agents", options)
    plane = read("skytrax_ryanair", options)
    shop = shop[shop["csat"].isin(["1", "2", "4", "5"])]
    sets = (
        ("shopzilla_agents", shop["text"], shop["csat"].isin(["4", "5"])),
        ("skytrax_ryanair", plane["text"], plane["label"] == "y"),
    )
    for name, texts, good in sets:

        def told(scores: Sequence[float], labels: list[str], good: pd.Series = good) -> str:
            """Return the measures of one reader; a score of 0 is taken for bad."""
            kept = np.array([entry != "neutral" for entry in labels])
            guess = np.array(scores) > 0
            every = confusion_matrix(good, guess, labels=[False, True])
            some = confusion_matrix(good[kept], guess[kept], labels=[False, True])
            return f"{interval(every, accuracy):>21} {interval(some, accuracy):>21}  {1 - kept.mean():.1%}"

        for reader, line in compared(texts.tolist(), told):
            yield f"{name:22} {reader:12} {line}"


def aspects(options: Options) -> Iterator[str]:
    """Yield how often an aspect's polarity is that of its own clause, and that of the whole sentence."""
    frame = read("mams_acsa", options)
    clauses, edges = spans_of(frame["text"].tolist())
    for name, layers in (("layer 1", one_layer), ("layers 1+2", two_layers)):
        by_clause = layers(clauses)
        by_sentence = READERS[name](frame["text"].tolist())[1]
        gold, own, whole = [], [], []
        for row, cell in enumerate(frame["label"]):
            for aspect, polarity in (entry.split(":") for entry in cell.split("|")):
                found = [
                    by_clause[at]
                    for at in range(edges[row], edges[row + 1])
                    if aspect in ASPECTS and re.search(rf"\b(?:{ASPECTS[aspect]})\b", clauses[at].lower())
                ]
                if found and edges[row + 1] - edges[row] > 1:
                    gold.append(polarity)
                    own.append(label(float(np.mean(found)), THRESHOLD))
                    whole.append(by_sentence[row])
        for kind, said in (("own clause", own), ("whole sentence", whole)):
            confusion = confusion_matrix(gold, said, labels=list(CLASSES))
            figures = f"macro-F1 {interval(confusion, macro_f1)}  accuracy {interval(confusion, accuracy)}"
            yield f"{name:12} {kind:15} {len(gold):5} aspects  {figures}"


def calibration(options: Options) -> Iterator[str]:
    """Yield, by tenth of the score, what people said: a calibrated score is positive less negative."""
    yield f"{'set':22} {'score':>12} {'n':>6} {'mean score':>11} {'people':>7}"
    for name in ("us_airline_tweets", "tweeteval_sentiment"):
        frame = read(name, options)
        scores, _ = READERS["layers 1+2"](frame["text"].tolist())
        gold = frame["label"].map({"negative": -1, "neutral": 0, "positive": 1}).to_numpy(dtype=float)
        step = np.clip(((scores + 1) * 5).astype(int), 0, 9)
        for at in np.unique(step):
            held = step == at
            mean, people = scores[held].mean(), gold[held].mean()
            bar = "." * round((people + 1) * 20) + "|"
            tenth = f"{at / 5 - 1:5.1f}..{at / 5 - 0.8:4.1f}"
            yield f"{name:22} {tenth:>12} {held.sum():6} {mean:11.2f} {people:7.2f} {bar}"
        gaps = [abs(scores[step == at].sum() - gold[step == at].sum()) for at in np.unique(step)]
        yield f"{name:22} mean distance {sum(gaps) / len(gold):.3f}"


def speed(options: Options) -> Iterator[str]:
    """Yield verbatims of 20 words a second of processor time, by step."""
    pool = " ".join(read("us_airline_tweets", options)["text"]).split()
    texts = [" ".join(pool[at : at + 20]) for at in range(0, min(len(pool), 200_000), 20)]
    encoder = StaticEncoder()
    two_layers(texts[:100])
    model: Reader = READERS["layers 1+2"]
    steps: dict[str, Callable[[], object]] = {
        "layer 1 alone": lambda: one_layer(texts),
        "static vectors": lambda: encoder.encode(texts),
        "layers 1+2 with vectors": lambda: two_layers(texts),
        "comments: clean, split, 1+2": lambda: model(texts),
    }
    for name, step in steps.items():
        start = time.process_time()
        step()
        yield f"{name:30} {len(texts) / (time.process_time() - start):10,.0f} a second of one core"


TABLES = {
    "labelled": labelled,
    "polar": polar,
    "aspects": aspects,
    "calibration": calibration,
    "speed": speed,
}


def main(tables: Mapping[str, Callable[[Options], Iterator[str]]], description: str | None) -> None:
    """Print those of the `tables` that are asked for."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the public sets")
    parser.add_argument("--rows", type=int, default=0, help="at most so many rows of each set")
    parser.add_argument("--tables", default=",".join(tables), help="which tables, by comma")
    options = parser.parse_args()
    for name in options.tables.split(","):
        print(f"\n{name}")
        for line in tables[name](options):
            print(line, flush=True)


if __name__ == "__main__":
    main(TABLES, __doc__)

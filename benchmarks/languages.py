"""Which language a comment is in, and how it feels in six languages besides English.

Run as ``python benchmarks/languages.py [--part test] [--tables detection,english] [--data DIR]``.
The labelled comments are `data/languages`; English comes from the public sets, where they are there.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from sentiment import accuracy, interval, macro_f1
from sklearn.metrics import confusion_matrix

from cx_text.config import Config
from cx_text.stages.clean import clean
from cx_text.stages.foreign import LANGUAGES as SCORED
from cx_text.stages.foreign import ForeignScorer
from cx_text.stages.language import LANGUAGES, LanguageDetector
from cx_text.stages.sentiment import SentimentScorer, label
from cx_text.text import words

OWN = Path(__file__).parents[1] / "data" / "languages"
PUBLIC = Path(__file__).parents[2] / "shared" / "data"
LABELS = ("neg", "neu", "pos")
LENGTHS = ((1, 3), (4, 6), (7, 10), (11, 99))
ENGLISH = (
    "app_reviews_4class banking77 bitext_support cfpb_narratives comcast_complaints goemotions mams_acsa"
    " mrpc_pairs shopzilla_agents shopzilla_remarks skytrax_lounge_seat skytrax_ryanair sst5 twcs_spotify"
    " tweeteval_sentiment us_airline_tweets vader_ground_truth womens_clothing_part"
).split()
"""Public sets that are meant to be English; the others hold addresses or are of many languages."""

Options = argparse.Namespace
Tell = Callable[[str], str]


def labelled(name: str, part: str) -> pd.DataFrame:
    """Return the comments of one part of `data/languages`, with their number of words `n`."""
    frame = pd.read_csv(OWN / f"{name}.tsv", sep="\t", dtype=str, keep_default_na=False, quoting=3)
    frame = frame[frame["part"] == part]
    return frame.assign(n=frame["text"].map(lambda text: len(words(text))))


def detectors() -> dict[str, Tell]:
    """Return what is compared: plain py3langid, the same held to our languages, ours."""
    plain, held = (LanguageIdentifier.from_model_file(MODEL_FILE) for _ in range(2))
    plain.set_languages(None)
    held.set_languages(LANGUAGES)
    return {
        "py3langid": lambda text: str(plain.classify(text)[0]),
        "held": lambda text: str(held.classify(text)[0]),
        "cx_text": LanguageDetector(LANGUAGES, "en"),
    }


def detection(options: Options) -> Iterator[str]:
    """Yield the share of comments whose language is right, by language and by length; both files count."""
    frame = pd.concat([labelled(name, options.part) for name in ("gold", "sentiment")], ignore_index=True)
    gold = frame["language"].replace("trap", "en")
    right = pd.DataFrame(
        {name: [tell(text) for text in frame["text"]] == gold for name, tell in detectors().items()}
    )
    yield f"{'':10} {'n':>4} " + " ".join(f"{name:>9}" for name in right) + "  cx_text, 4 words or more"
    for language, rows in frame.groupby("language", sort=False):
        long = rows.index[rows["n"] >= 4]
        last = f"{right.loc[long, 'cx_text'].mean():9.3f} (n {len(long)})" if len(long) else "-"
        yield _shares(str(language), right.loc[rows.index]) + f"  {last}"
    real = frame["language"] != "trap"
    for low, high in LENGTHS:
        yield _shares(f"{low}-{high} words", right[real & frame["n"].between(low, high)])
    yield _shares("all", right[real])


def _shares(name: str, right: pd.DataFrame) -> str:
    """Return a line with the share of right answers of each detector."""
    return f"{name:10} {len(right):4} " + " ".join(f"{share:9.3f}" for share in right.mean())


def english(options: Options) -> Iterator[str]:
    """Yield how much of public English, 4 words or more, is called another language; Hindi counts apart."""
    ours = LanguageDetector(LANGUAGES, Config().input.language)
    plain = detectors()["py3langid"]
    yield f"{'set':22} {'n':>6} {'py3langid':>9} {'cx_text':>9} {'of it hi':>9}"
    for name in ENGLISH:
        path = options.data / f"{name}.csv.gz"
        if not path.is_file():
            yield f"{name:22} is not there"
            continue
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")
        texts = [text for text in map(clean, frame["text"]) if len(words(text)) >= 4][: options.rows]
        told = np.array([ours(text) for text in texts])
        shares = [
            np.mean([plain(text) != "en" for text in texts]),
            np.mean(told != "en"),
            np.mean(told == "hi"),
        ]
        yield f"{name:22} {len(texts):6} " + " ".join(f"{share:9.2%}" for share in shares)


def sentiment(options: Options) -> Iterator[str]:
    """Yield macro-F1 and accuracy by language, beside the largest class and English in silence."""
    frame, threshold = labelled("sentiment", options.part), Config().sentiment.threshold
    silent = SentimentScorer()
    yield f"{'':3} {'n':>3} {'reader':9} {'macro-F1':>21} {'accuracy':>21}"
    for language in SCORED:
        rows = frame[frame["language"] == language]
        scorer = ForeignScorer.shipped(language)
        assert scorer is not None  # noqa: S101  # the list says that there is one
        readers: dict[str, Callable[[str], str]] = {
            "cx_text": lambda text, score=scorer.score: label(score(text), threshold)[:3],  # type: ignore[misc]
            "English": lambda text: label(silent.score(text), threshold)[:3],
            "majority": lambda _: "neg",
        }
        for name, read in readers.items():
            confusion = confusion_matrix(rows["label"], [read(text) for text in rows["text"]], labels=LABELS)
            told = f"{interval(confusion, macro_f1):>21} {interval(confusion, accuracy):>21}"
            yield f"{language:3} {len(rows):3} {name:9} {told}"


def speed(options: Options) -> Iterator[str]:
    """Yield comments a second of one core's processor time."""
    texts = labelled("gold", options.part)["text"].tolist() * 5
    for name, tell in detectors().items():
        yield f"{name:10} {_rate(tell, texts):9,.0f} comments/s"
    feelings = labelled("sentiment", options.part)
    for language in SCORED:
        scorer = ForeignScorer.shipped(language)
        assert scorer is not None  # noqa: S101  # the list says that there is one
        rows = feelings.loc[feelings["language"] == language, "text"].tolist() * 20
        yield f"{language:10} {_rate(scorer.score, rows):9,.0f} comments/s"


def _rate(work: Callable[[str], object], texts: list[str]) -> float:
    """Return how many texts a second `work` does."""
    start = time.process_time()
    for text in texts:
        work(text)
    return len(texts) / (time.process_time() - start)


TABLES = {"detection": detection, "english": english, "sentiment": sentiment, "speed": speed}


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", default="test", choices=("test", "train"))
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--data", type=Path, default=PUBLIC)
    parser.add_argument("--rows", type=int, default=None, help="at most so many rows of each public set")
    options = parser.parse_args()
    for name in options.tables.split(","):
        print(f"\n{name} ({options.part})\n" + "\n".join(TABLES[name](options)), flush=True)


if __name__ == "__main__":
    main()

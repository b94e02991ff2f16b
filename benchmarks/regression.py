"""Sentiment of service talk, category by category: raw VADER and us on our own labelled sentences.

Run as ``python benchmarks/regression.py [--verbose]``. Reads `data/sentiment/regression.csv`, prints the
share of right labels by category and by label, and with ``--verbose`` each sentence that we get wrong.
VADER is cut where its authors cut it, at 0.05, and cannot say mixed; ours is the whole pipeline, from
raw verbatim to label. The sentences taught nothing and are for no tuning: what holds on them is meant
to hold on sentences that nobody has seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from cx_text.api import Pipeline
from cx_text.config import Config
from cx_text.scoring import TextModel
from cx_text.stages.sentiment import label

SENTENCES = Path(__file__).parents[1] / "data" / "sentiment" / "regression.csv"
LABELS = ("negative", "neutral", "positive", "mixed")
VADER_THRESHOLD = 0.05
ALL = "all"


def read_sentences(path: Path = SENTENCES) -> pd.DataFrame:
    """Return the sentences: category, label, text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def vader_labels(texts: Sequence[str]) -> list[str]:
    """Return raw VADER's label of each text."""
    vader = SentimentIntensityAnalyzer()
    return [label(vader.polarity_scores(text)["compound"], VADER_THRESHOLD) for text in texts]


def our_labels(texts: Sequence[str]) -> list[str]:
    """Return the label of each text as a verbatim of its own; empty where it is not scored.

    The model knows no themes, so that a sentence speaks for itself.
    """
    ids = [str(number) for number in range(len(texts))]
    rows = pd.DataFrame({"verbatim_id": ids, "verbatim": list(texts)})
    scored = Pipeline(TextModel.untaught(Config())).score(rows).verbatims
    said = scored.set_index("verbatim_id")["sentiment_label"].fillna("")
    return [str(one) for one in said.loc[ids]]


def shares(right: pd.Series, by: pd.Series) -> pd.Series:
    """Return the share of `right` in each group of `by`, in order of appearance, and in all of them."""
    return pd.concat([right.groupby(by, sort=False).mean(), pd.Series({ALL: right.mean()})])


def table(sentences: pd.DataFrame, answers: dict[str, list[str]], by: str) -> pd.DataFrame:
    """Return one row for each group of the column `by` and one for all: n, share right of each scorer."""
    counts = sentences[by].value_counts(sort=False)
    columns = {
        name: shares(sentences["label"].eq(pd.Series(said, index=sentences.index)), sentences[by])
        for name, said in answers.items()
    }
    return pd.DataFrame({"n": [*counts, len(sentences)], **columns}, index=[*counts.index, ALL])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="list the sentences that we get wrong")
    verbose = parser.parse_args().verbose
    sentences = read_sentences()
    texts = sentences["text"].tolist()
    answers = {"vader": vader_labels(texts), "ours": our_labels(texts)}
    for by in ("category", "label"):
        print(table(sentences, answers, by).round(3).to_string(), end="\n\n")
    if verbose:
        told = sentences.assign(**answers)
        for row in told[told["label"] != told["ours"]].itertuples():
            print(f"{row.category:18} {row.label:8} ours {row.ours or '-':8} vader {row.vader:8} {row.text}")


if __name__ == "__main__":
    main()

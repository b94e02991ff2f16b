"""VADER's arithmetic: the same number for every text, and in linear time."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES, SentimentIntensityAnalyzer

from cx_text.stages.sentiment import SentimentScorer

VADER = SentimentIntensityAnalyzer()
PLAIN = SentimentScorer(service=False)
DATA = Path(__file__).parents[3] / "shared" / "data"

RULED = sorted(
    {*NEGATE, *BOOSTER_DICT, *" ".join(SPECIAL_CASES).split()}
    | set("but no or nor so this never without doubt least at very kind of sort just enough".split())
)
WORDS = sorted(VADER.lexicon) + RULED * 12
SIGNS = sorted(VADER.emojis)
ODD = [
    "\u3000",
    "\x1c",
    "\u200b",
    "\ud800",
    "\u0130",
    "\ufb01",
    "\n",
    "  ",
    "!",
    "??",
    "...",
    "\u2019",
    "\x00",
]


def vader(text: str) -> float:
    """Return what vaderSentiment itself says."""
    return float(VADER.polarity_scores(text)["compound"])


def made_up(rng: random.Random) -> str:
    """Return a text in which VADER's rules meet each other far more often than in life."""
    parts = []
    for _ in range(rng.choice([1, 3, 6, 10, 30])):
        word = rng.choice(WORDS) if rng.random() < 0.9 else rng.choice(SIGNS)
        word = rng.choice([word, word, word, word.upper(), word.title()])
        parts.append(word + rng.choice(["", "", "", "", ",", "!", "?!", "'s", rng.choice(ODD)]))
    return rng.choice([" ", " ", " ", "  ", "\n", ""]).join(parts)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_vader_to_the_digit_where_all_rules_meet(seed: int) -> None:
    """1,500 made-up texts a seed."""
    rng = random.Random(seed)
    texts = [made_up(rng) for _ in range(1_500)]
    assert [PLAIN.score(text) for text in texts] == [vader(text) for text in texts]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(SIGNS), st.text(max_size=8))))
def test_it_is_vader_to_the_digit_for_words_and_any_text(parts: list[str]) -> None:
    """Surrogates, controls and all scripts included."""
    text = " ".join(parts)
    assert PLAIN.score(text) == vader(text)


@given(st.text(st.characters(codec=None)))
def test_it_is_vader_to_the_digit_for_any_string(text: str) -> None:
    """No blanks needed."""
    assert PLAIN.score(text) == vader(text)


@pytest.mark.parametrize(
    "text",
    [
        "not good but not bad but good",
        "good good but good good good",
        "no good, no bad or ugly",
        "least good of all, at least good",
        "kind of nice, sort of bad, just enough good",
        "without a doubt the best, without doubt good",
        "never so bad, never this good, NEVER GOOD",
        "the bomb was the shit, a bad ass at the bus stop",
        "\U0001f600good\U0001f600\U0001f600 \U0001f525",
        "",
        "   ",
        "!!!",
    ],
)
def test_it_keeps_even_the_oddities_of_vader(text: str) -> None:
    """Its "but" rule by equal values, "no", "least" and idioms."""
    assert PLAIN.score(text) == vader(text)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["us_airline_tweets", "emoji_heavy", "blns"])
def test_it_is_vader_to_the_digit_on_real_texts(name: str) -> None:
    """Up to 4,000 texts a set."""
    path = DATA / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip("the public labelled sets are not beside the project")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n", nrows=4_000)
    assert [PLAIN.score(text) for text in frame["text"]] == [vader(text) for text in frame["text"]]

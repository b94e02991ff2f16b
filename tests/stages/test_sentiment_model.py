"""The learned layer of sentiment: its laws, its file, and how often it is right on what it never saw."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.config import Sentiment
from cx_text.errors import WorkspaceError
from cx_text.exact import GRID
from cx_text.shipped import model_path
from cx_text.stages import sentiment_model
from cx_text.stages.sentiment import SentimentScorer, label
from cx_text.stages.sentiment_model import SentimentModel, Windows, counts, plain
from cx_text.stages.vectors import StaticEncoder

OWN = Path(__file__).parents[2] / "data" / "sentiment" / "own.tsv"
THRESHOLD = Sentiment().threshold
NAMES = {"neg": "negative", "neu": "neutral", "pos": "positive"}
ENCODER, SCORER = StaticEncoder(), SentimentScorer()


def scores(texts: Sequence[str]) -> np.ndarray:
    """Return both layers' scores of `texts`."""
    lexicon = np.array([SCORER.score(text) for text in texts])
    return SentimentModel.shipped().score(texts, ENCODER.encode(texts), lexicon)


def held_out() -> pd.DataFrame:
    """Return our comments of one feeling that the model did not learn from."""
    frame = pd.read_csv(OWN, sep="\t", quoting=csv.QUOTE_NONE, keep_default_na=False)
    return frame[(frame["twin"] % 5 == 0) & (frame["label"] != "mix")]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("isn't good", "is not good"),
        ("It isn\u2019t good", "It is not good"),
        ("can't, cannot, cant, CAN'T", "can not, can not, can not, can not"),
        ("I won't and wont", "I will not and will not"),
        ("didnt wasnt hadn't", "did not was not had not"),
        ("ain't broke", "is not broke"),
        ("I want an important cantaloupe", "I want an important cantaloupe"),
        ("@acme hi", "hi"),
        ("see https://a.example/b now", "see   now"),
        ("[NAME] was rude", "was rude"),
        ("", ""),
    ],
)
def test_negations_are_written_out_and_asides_left_out(text: str, read: str) -> None:
    """What the network reads."""
    assert plain(text) == read


def test_windows_do_not_reach_into_the_next_text() -> None:
    """Each text has a window for each token and one for its end."""
    alone = [Windows.of([ids]).tokens.tolist() for ids in ([5, 6, 7], [], [8])]
    together = Windows.of([[5, 6, 7], [], [8]])
    assert together.tokens.tolist() == [row for rows in alone for row in rows]
    assert together.starts.tolist() == [0, 4, 5]
    assert together.lengths.tolist() == [3, 0, 1]


def test_counts_are_hand_countable() -> None:
    """Score, silence, length of 32 tokens, capitals."""
    told = counts(["ABcd", "", "x" * 9], np.array([8, 0, 64]), np.array([0.5, 0.0, -1.0]))
    assert told.tolist() == [[0.5, 0, 0.25, 0.5], [0, 1, 0, 0], [-1, 0, 1, 0]]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_text_scores_the_same_alone_in_a_batch_and_in_any_order(texts: list[str], random: object) -> None:
    """To the last bit."""
    alone = [float(scores([text])[0]) for text in texts]
    assert scores(texts).tolist() == alone
    assert scores(texts[::-1]).tolist() == alone[::-1]


def test_a_text_scores_the_same_across_the_edges_of_batches() -> None:
    """Also where a thousand others stand beside it."""
    texts = [
        f"{text} {number}" for number in range(60) for text in ("still waiting", "thank you!", "no " * 30)
    ]
    texts *= 4
    assert len(texts) > sentiment_model.BATCH
    together = scores(texts)
    assert all(together[at] == scores([texts[at]])[0] for at in range(0, len(texts), 37))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_has_a_score_within_minus_one_and_one_with_four_decimals(text: str) -> None:
    """Hostile ones too."""
    score = float(scores([text])[0])
    assert -1 <= score <= 1
    assert score == round(score, 4)


def test_no_texts_have_no_scores() -> None:
    """Nothing in, nothing out."""
    assert SentimentModel.shipped().score([], np.zeros((0, 256)), np.zeros(0)).shape == (0,)


def test_a_text_without_words_keeps_what_the_lexicon_says() -> None:
    """Emoji and marks."""
    texts = ["\U0001f621", "!!!", "", "\U0001f600 \U0001f600"]
    assert scores(texts).tolist() == [SCORER.score(text) for text in texts]


def test_an_endless_text_is_read_at_its_start() -> None:
    """Only so many tokens count for the network."""
    text = "bad " * 5000
    assert scores([text]).shape == (1,)


def test_all_weights_lie_on_the_grid_and_the_first_sums_are_exact_in_float32() -> None:
    """The largest sum of products stays below 2^24 steps."""
    model = SentimentModel.shipped()
    for array in (model.words, model.filters, model.bias, model.inner, model.inner_bias, model.outer):
        assert np.array_equal(np.rint(array * GRID), array * GRID)
    steps = np.abs(model.filters * sentiment_model.FILTER_GRID).sum(axis=0).max()
    largest = steps * np.abs(model.words * sentiment_model.TOKEN_GRID).max()
    assert largest + np.abs(model.bias).max() * GRID < 2**24
    assert model.words.dtype == model.filters.dtype == np.float32


def test_the_model_is_read_once_a_process() -> None:
    """It is one frozen value."""
    assert SentimentModel.shipped() is SentimentModel.shipped()


def test_the_model_ships_small() -> None:
    """No more than 5 MB."""
    assert sum(path.stat().st_size for path in model_path("sentiment-2").iterdir()) <= 5_000_000


@pytest.mark.parametrize("harm", ["byte", "gone", "manifest", "format", "nonsense"])
def test_a_damaged_model_is_refused(tmp_path: Path, harm: str) -> None:
    """With our error, which names the folder."""
    folder = tmp_path / "sentiment-2"
    shutil.copytree(model_path("sentiment-2"), folder)
    weights, manifest = folder / "weights.npz", folder / "manifest.json"
    if harm == "byte":
        data = bytearray(weights.read_bytes())
        data[len(data) // 2] ^= 1
        weights.write_bytes(data)
    elif harm == "gone":
        weights.unlink()
    elif harm == "manifest":
        manifest.unlink()
    elif harm == "format":
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
    else:
        manifest.write_text("{")
    with pytest.raises(WorkspaceError, match=r"weights\.npz"):
        SentimentModel.read(folder)


def test_an_undamaged_copy_scores_as_the_shipped_one(tmp_path: Path) -> None:
    """The folder is all there is."""
    shutil.copytree(model_path("sentiment-2"), tmp_path / "copy")
    texts = ["Nobody called me back.", "Sorted in a minute, brilliant."]
    lexicon = np.array([SCORER.score(text) for text in texts])
    copied = SentimentModel.read(tmp_path / "copy").score(texts, ENCODER.encode(texts), lexicon)
    assert copied.tolist() == scores(texts).tolist()


SENTENCES = """
plain fact      neg  The parcel was left in the rain.
plain fact      neg  Your website keeps logging me out.
plain fact      neg  It has been eleven days and no one has rung.
plain fact      neg  I was billed twice in June.
plain fact      neg  No answer to any of my mails.
plain fact      pos  The money was back on my card the next morning.
plain fact      pos  Somebody picked up at the second ring.
plain fact      pos  They replaced it on the spot.
negation        neg  The clerk was not helpful.
negation        neg  I can't recommend this place.
negation        neg  It doesn\u2019t work and never did.
negation        pos  You can't go wrong with them.
negation        pos  I have no complaints at all.
negation        pos  No fuss, no waiting.
contrast        neg  The colour is nice but it fell apart after a week.
contrast        neg  Polite enough, but nothing was solved.
contrast        pos  A bit dear, but worth every penny.
contrast        pos  The wait was long but the nurse was wonderful.
comparison      neg  My last provider was far better.
comparison      neg  Worse than the old app.
comparison      pos  Much faster than I expected.
comparison      pos  Better than any hotel we have stayed in.
request         neu  Could you send me a copy of the invoice, please?
request         neu  Please change my address to the one below.
request         neu  How do I reset my password?
request         neu  Which gate does the flight leave from?
description     neu  I spoke to an agent on Tuesday.
description     neu  My order number is on the label.
description     neu  We stayed for three nights in May.
description     neu  The shop is next to the station.
wish            neg  It would have been nice to be told.
wish            neg  The menu could be clearer.
wish            neg  I wish you opened on Sundays.
wish            neg  A bit of warmth wouldn't hurt.
past            neg  This used to be a great bakery.
past            neg  It was fine until the last update.
past            pos  The desk used to be chaos, now it runs like clockwork.
sarcasm         neg  Thanks for nothing.
sarcasm         neg  Great, another hour on hold.
sarcasm         neg  Oh wonderful, the wrong size again.
sarcasm         neg  Brilliant idea to close the only lift.
solved          pos  She fixed my problem quickly.
solved          pos  The bag was lost and they brought it to my door the same night.
solved          pos  My complaint was dealt with fairly.
politeness      neg  Please help, I have been locked out for two days.
politeness      neg  With respect, this is not good enough.
politeness      pos  Thank you for your patience with me.
capitals        neg  STILL NO REFUND
capitals        pos  ABSOLUTELY LOVED IT
emoji           neg  three weeks and counting \U0001f621
emoji           pos  got it today \U0001f60d
emoji           pos  new lounge \U0001f44d
praise          pos  The fraud team was excellent.
praise          pos  Lovely staff, spotless rooms.
praise          pos  I'd come back tomorrow.
praise          pos  couldnt be happier
complaint       neg  Rude, slow and useless.
complaint       neg  worst call centre ever
complaint       neg  What a waste of a morning.
tepid           neu  It was ok.
tepid           neu  Nothing special.
"""
RIGHT, FLOOR = 0.73, 0.66


def told(lines: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return category, label and text of each line."""
    return [(line[:15].strip(), line[16:19], line[21:]) for line in lines]


def test_sentences_of_every_kind_are_mostly_understood() -> None:
    """Written without a look at what the model says of them; those that fail stay here."""
    lines = told(SENTENCES.strip("\n").splitlines())
    given = [label(score, THRESHOLD) for score in scores([text for *_, text in lines])]
    wrong = [
        (kind, text, said)
        for (kind, gold, text), said in zip(lines, given, strict=True)
        if NAMES[gold] != said
    ]
    assert len(lines) >= 60
    assert len(wrong) <= (1 - RIGHT) * len(lines), wrong


def test_the_learned_layer_is_right_far_oftener_than_the_lexicon_on_what_it_never_saw() -> None:
    """Held-out comments of ours: neither the network nor its teacher learned from them."""
    frame = held_out()
    gold = frame["label"].map(NAMES).tolist()
    texts = frame["text"].tolist()
    learned = [label(score, THRESHOLD) for score in scores(texts)]
    lexicon = [label(SCORER.score(text), THRESHOLD) for text in texts]
    right, before = (
        np.mean([a == b for a, b in zip(gold, said, strict=True)]) for said in (learned, lexicon)
    )
    assert len(texts) > 350
    assert right >= FLOOR
    assert right >= before + 0.15


def test_scores_on_what_it_never_saw_mean_what_they_say() -> None:
    """The mean of the labels as -1, 0, 1 is near the mean score, among low, middle and high ones."""
    frame = held_out()
    gold = frame["label"].map({"neg": -1.0, "neu": 0.0, "pos": 1.0}).to_numpy()
    found = scores(frame["text"].tolist())
    for low, high in ((-1, -0.4), (-0.4, 0.4), (0.4, 1.0001)):
        within = (found >= low) & (found < high)
        assert within.sum() > 40
        assert abs(found[within].mean() - gold[within].mean()) < 0.25

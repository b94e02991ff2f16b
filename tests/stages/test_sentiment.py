"""Sentiment of service language: spans, labels, verbatims."""

from __future__ import annotations

import csv
import math
import pickle
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from cx_text.stages.sentiment import SentimentScorer, combine, label

VADER = SentimentIntensityAnalyzer()
PLAIN = SentimentScorer(service=False)
OURS = SentimentScorer()
THRESHOLD = 0.15
HELD_OUT_FLOOR = 0.9
FRESH_FLOOR = 0.45

with Path(__file__).with_name("sentiment_sentences.csv").open(encoding="utf-8", newline="") as lines:
    SENTENCES = [(row["rows"], row["label"], row["text"]) for row in csv.DictReader(lines)]


def vader(text: str) -> float:
    """Return what vaderSentiment itself says."""
    return float(VADER.polarity_scores(text)["compound"])


def labelled(text: str) -> str:
    """Return our label at the default threshold."""
    return label(OURS.score(text), THRESHOLD)


def share_right(rows: str) -> float:
    """Return the share of the sentences of one part whose label we find."""
    hits = [labelled(text) == expected for part, expected, text in SENTENCES if part == rows]
    return sum(hits) / len(hits)


class TestService:
    """With the service layer."""

    @pytest.mark.parametrize(("expected", "text"), [row[1:] for row in SENTENCES if row[0] == "core"])
    def test_service_language_is_understood(self, expected: str, text: str) -> None:
        """The sentences that the layer was made for."""
        assert labelled(text) == expected

    def test_sentences_written_before_the_lexicon_are_mostly_understood(self) -> None:
        """Written first, by the hand that then wrote the lexicon: a friendly test."""
        assert share_right("held_out") >= HELD_OUT_FLOOR

    def test_indirect_sentences_written_after_the_lexicon_are_often_missed(self) -> None:
        """Written last, mostly with no word of opinion: what words alone can and cannot do."""
        assert FRESH_FLOOR <= share_right("fresh") < HELD_OUT_FLOOR

    def test_half_of_the_sentences_are_none_that_the_layer_was_made_for(self) -> None:
        """And there are enough of both."""
        core = sum(row[0] == "core" for row in SENTENCES)
        assert core >= 60
        assert len(SENTENCES) - core >= core

    @pytest.mark.parametrize(
        ("better", "worse"),
        [
            ("The agent was very helpful", "The agent was helpful"),
            ("The agent was helpful!", "The agent was helpful"),
            ("The agent was helpful", "The agent was not helpful"),
            ("The agent was HELPFUL", "The agent was helpful"),
            ("Slow but friendly", "Friendly but slow"),
            ("slow", "very slow"),
            ("a bit slow", "slow"),
            ("Can you fix this slow app?", "This slow app"),
            ("Is the queue long?", "The queue is long"),
            ("not broken", "broken"),
            ("\U0001f60d", "\U0001f642"),
            ("\U0001f641", "\U0001f621"),
        ],
    )
    def test_degrees_are_kept(self, better: str, worse: str) -> None:
        """The first of two texts scores higher."""
        assert OURS.score(better) > OURS.score(worse)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("It isn\u2019t good", "It isn't good"),
            ("It isnt good", "It isn't good"),
            ("good,but slow", "good, but slow"),
            ("sooooo slow", "so slow"),
            ("\u2764\ufe0f", "\u2764"),
            ("\U0001f44d\U0001f3fd", "\U0001f44d"),
            ("\U0001f621\U0001f621\U0001f621", "\U0001f621"),
            ("great\U0001f44d", "great \U0001f44d"),
            ("@Bank123 you were late", "you were late"),
            ("[NAME] was rude", "was rude"),
            ("slow http://great.example/good", "slow"),
            ('"rude" & *useless*', "rude useless"),
        ],
    )
    def test_spelling_does_not_matter(self, one: str, other: str) -> None:
        """Two ways of writing one thing score alike."""
        assert OURS.score(one) == OURS.score(other) != 0

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "   ",
            "?!",
            "12345",
            "the of and",
            "[NAME]",
            "@someone",
            "\ud800",
            "\u4f60\u597d",
            "\U0001f914",
        ],
    )
    def test_nothing_said_is_zero(self, text: str) -> None:
        """No opinion is 0.0, not almost."""
        assert OURS.score(text) == 0.0

    def test_thanks_count_only_where_nothing_bad_is_said(self) -> None:
        """Courtesy does not weigh up a complaint."""
        assert OURS.score("Thanks") > THRESHOLD
        assert OURS.score("My bag is lost. Thanks") == OURS.score("My bag is lost")

    def test_a_negation_does_not_reach_over_a_comma(self) -> None:
        """VADER turns the praise round."""
        text = "Not late, good service"
        assert OURS.score(text) > THRESHOLD
        assert vader(text) < 0

    @given(st.text(st.characters(codec=None)))
    def test_any_string_scores_between_minus_one_and_one(self, text: str) -> None:
        """With 4 decimals at most, and never -0.0."""
        score = OURS.score(text)
        assert -1 <= score <= 1
        assert score == round(score, 4)
        assert math.copysign(1, score) == 1 or score < 0

    def test_a_score_does_not_depend_on_what_was_scored_before(self) -> None:
        """Forward, backward, by a fresh scorer, by a pickled one."""
        texts = [text for _, _, text in SENTENCES]
        forward = [OURS.score(text) for text in texts]
        backward = [OURS.score(text) for text in reversed(texts)]
        copy = pickle.loads(pickle.dumps(SentimentScorer()))  # noqa: S301 - our own
        assert forward == backward[::-1] == [copy.score(text) for text in texts]

    @pytest.mark.parametrize(
        "unit",
        [
            "good ",
            "but good ",
            "no ",
            "the the a ",
            "1.",
            "'a",
            "!?",
            ":(",
            "a" * 9,
            "still ",
            "had to call ",
            "\U0001f621",
            "not good but ",
        ],
    )
    @pytest.mark.parametrize("scorer", [OURS, PLAIN])
    def test_a_hundred_thousand_hostile_characters_take_less_than_two_seconds(
        self, scorer: SentimentScorer, unit: str
    ) -> None:
        """Processor time; VADER itself takes minutes for some of them."""
        text = (unit * 100_000)[:100_000]
        start = time.process_time()
        scorer.score(text)
        assert time.process_time() - start < 2


class TestLabel:
    """Cut-offs."""

    @pytest.mark.parametrize(
        ("score", "expected"),
        [
            (-1, "negative"),
            (-0.15, "negative"),
            (-0.149, "neutral"),
            (0, "neutral"),
            (0.149, "neutral"),
            (0.15, "positive"),
            (1, "positive"),
        ],
    )
    def test_a_score_at_the_threshold_is_beyond_it(self, score: float, expected: str) -> None:
        """On both sides."""
        assert label(score, 0.15) == expected


SPANS = st.lists(st.tuples(st.floats(-1, 1).map(lambda x: round(x, 4)), st.integers(1, 60)), max_size=8)


class TestCombine:
    """From spans to a verbatim."""

    @pytest.mark.parametrize(
        ("scores", "weights", "expected"),
        [
            ([], [], (0.0, "neutral")),
            ([0.0, 0.0], [3, 9], (0.0, "neutral")),
            ([0.6], [5], (0.6, "positive")),
            ([0.6, 0.0, 0.0], [4, 30, 30], (0.6, "positive")),
            ([0.5, -0.5], [4, 4], (0.0, "mixed")),
            ([0.8, -0.2], [4, 4], (0.6, "positive")),
            ([0.2, -0.8], [4, 4], (-0.6, "negative")),
            ([0.5, -0.5], [16, 4], (1 / 6, "positive")),
            ([0.5, -0.1], [1, 16], (0.21 / 0.9, "positive")),
            ([0.1, -0.1], [4, 4], (0.0, "neutral")),
        ],
    )
    def test_strength_and_length_weigh(
        self, scores: list[float], weights: list[float], expected: tuple[float, str]
    ) -> None:
        """Force = |score| x sqrt(words); the value is the mean of the scores by force."""
        value, name = combine(scores, weights, THRESHOLD)
        assert value == pytest.approx(expected[0])
        assert name == expected[1]

    @given(SPANS)
    def test_the_order_of_spans_does_not_matter(self, spans: list[tuple[float, int]]) -> None:
        """To the last bit."""
        scores, weights = [s for s, _ in spans], [float(w) for _, w in spans]
        assert combine(scores, weights, THRESHOLD) == combine(scores[::-1], weights[::-1], THRESHOLD)

    @given(SPANS)
    def test_praise_and_blame_are_treated_alike(self, spans: list[tuple[float, int]]) -> None:
        """The mirror image has the mirrored result."""
        scores, weights = [s for s, _ in spans], [float(w) for _, w in spans]
        value, name = combine(scores, weights, THRESHOLD)
        mirrored, other = combine([-s for s in scores], weights, THRESHOLD)
        swapped = {"negative": "positive", "positive": "negative"}
        assert mirrored == -value
        assert other == swapped.get(name, name)

    @given(SPANS)
    def test_the_value_lies_between_those_of_the_spans(self, spans: list[tuple[float, int]]) -> None:
        """And is mixed only with clear spans of both kinds."""
        scores, weights = [s for s, _ in spans], [float(w) for _, w in spans]
        value, name = combine(scores, weights, THRESHOLD)
        assert min([0.0, *scores]) - 1e-12 <= value <= max([0.0, *scores]) + 1e-12
        if name == "mixed":
            assert min(scores) <= -THRESHOLD
            assert max(scores) >= THRESHOLD

    def test_a_weight_too_few_is_an_error(self) -> None:
        """A mistake of ours, not of the data."""
        with pytest.raises(ValueError, match="zip"):
            combine([0.1, 0.2], [1], THRESHOLD)

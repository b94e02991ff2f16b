"""How a span of service feedback feels, from -1 to 1, and what its spans make of a verbatim.

VADER's words and arithmetic, with a service layer over them: words that mean something else at a
service desk ("please", "fraud team"), phrases ("still waiting"), emoji, and a way of reading that
glued punctuation and curly apostrophes do not mislead. The layer is data, `models/sentiment-1`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from cx_text.stages.lexicon import Lexicon, longest, read_lexicon, vader_words
from cx_text.stages.valence import (
    Chunks,
    Opinion,
    Token,
    Vader,
    capitals_differ,
    compound,
    is_negator,
    opinion_at,
    valence_at,
)
from cx_text.text import PLACEHOLDER

ASKED = 0.4
BEFORE, AFTER = 0.5, 1.5
DOMINANT = 2.0

STRAIGHT = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\ufe0e\ufe0f\u200b\u200d\u2640\u2642", "")
    | {chr(tone): "" for tone in range(0x1F3FB, 0x1F400)}
)
SKIPPED = re.compile(r"@\w|https?:|www\.|" + PLACEHOLDER.pattern)
STRETCHED = re.compile(r"(.)\1{2,}")
MARKS = frozenset(".!?;,:()[]\u2026-\u2013\u2014")
SENTENCE_END = frozenset(".!?\u2026")

Place = tuple[float, Sequence[Token], int, float]
"""An opinion: its value, its clause and its place there, and what "but" and asking make of it."""


def label(score: float, threshold: float) -> str:
    """Return ``negative``, ``neutral`` or ``positive``: beyond -threshold, between, beyond threshold.

    >>> label(-0.15, 0.15), label(0.1, 0.15), label(0.4, 0.15)
    ('negative', 'neutral', 'positive')
    """
    return "negative" if score <= -threshold else "positive" if score >= threshold else "neutral"


def combine(scores: Sequence[float], weights: Sequence[float], threshold: float) -> tuple[float, str]:
    """Return a verbatim's sentiment (-1..1) and label from its spans'.

    A span counts by its strength times the square root of its `weights` (its words): a long span
    says more than a short one, but not in proportion, and a span without opinion says nothing. The
    label is ``mixed`` where clearly negative and clearly positive spans stand together and neither
    side has twice the force of the other. Without spans: neutral 0.

    >>> combine([0.7, -0.6], [4, 6], 0.15)[1]
    'mixed'
    """
    forces = [abs(score) * math.sqrt(weight) for score, weight in zip(scores, weights, strict=True)]
    total = math.fsum(forces)
    if not total:
        return 0.0, "neutral"
    value = math.fsum(force * score for force, score in zip(forces, scores, strict=True)) / total
    good = math.fsum(force for force, score in zip(forces, scores, strict=True) if score >= threshold)
    bad = math.fsum(force for force, score in zip(forces, scores, strict=True) if score <= -threshold)
    if good and bad and max(good, bad) < DOMINANT * min(good, bad):
        return value, "mixed"
    return value, label(value, threshold)


class SentimentScorer:
    """Scores texts; the same text has the same score, whatever was scored before."""

    def __init__(self, lexicon: str = "", service: bool = True) -> None:
        """Read the words: VADER's, the shipped `service` layer, the user's TOML file `lexicon`.

        With neither of the two the scores are VADER's own, to the digit, its slips included.

        Raises:
            ConfigError: the user's file cannot be read or holds mistakes.
        """
        words = read_lexicon(lexicon, service)
        self._scorer = Reading(words) if service or lexicon else Vader(words.words, vader_words()[1])

    def score(self, text: str) -> float:
        """Return how `text` feels, -1 (worst) to 1 (best) with 4 decimals; 0 without an opinion.

        >>> SentimentScorer().score("Still waiting for my refund") < -0.3
        True
        """
        return self._scorer.score(text)

    def opinions(self, text: str) -> list[Opinion]:
        """Return the words and phrases that make the score of `text`, in order.

        >>> [(one.said, one.by) for one in SentimentScorer().opinions("She was not very helpful")]
        [('helpful', ('not', 'very'))]
        """
        return self._scorer.opinions(text)


class Reading:
    """Scores texts by a `Lexicon`: sentence by sentence, clause by clause."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile what is looked for in every chunk of text."""
        self._lexicon = lexicon
        self._chunks = Chunks(self._tokens)
        faces = sorted(
            (w for w in lexicon.words if w[0] in ":;=<" and not any(map(str.isalnum, w[:-1]))),
            key=len,
            reverse=True,
        )
        self._piece = re.compile(
            "|".join(map(re.escape, faces))
            + r"|\d+(?:[.,:]\d+)+|[^\W_]+(?:'[^\W_]+)*|[.!?;,:()\[\]]+|([^\w\s])\1*"
        )

    def score(self, text: str) -> float:
        """Return the score of `text`, see `SentimentScorer.score`."""
        return compound([value for value, *_ in self._counted(text)[0]], text)

    def opinions(self, text: str) -> list[Opinion]:
        """Return the words and phrases that make the score of `text`, see `SentimentScorer.opinions`."""
        counted, emphatic = self._counted(text)
        return [
            Opinion(token.said or token.word, value / factor, value, factor)
            if (token := clause[place]).role == "fixed"
            else opinion_at(clause, place, emphatic, factor)
            for value, clause, place, factor in counted
        ]

    def _counted(self, text: str) -> tuple[list[Place], bool]:
        """Return the opinions of `text` that count, and whether capitals stand out in it."""
        straight = text if text.isascii() else text.translate(STRAIGHT)
        tokens = self._phrased([token for chunk in straight.split() for token in self._chunks[chunk]])
        if all(token.valence is None for token in tokens):
            return [], False
        emphatic = capitals_differ([token for token in tokens if token.role != "break"])
        found = [place for sentence in _sentences(tokens) for place in self._opinions(sentence, emphatic)]
        if any(value < 0 for value, *_ in found):
            found = [one for one in found if one[1][one[2]].role != "courtesy"]
        return found, emphatic

    def _opinions(self, sentence: Sequence[Token], emphatic: bool) -> Iterator[Place]:
        """Yield each opinion of a sentence, weighed by "but" and by asking."""
        question = "?" in sentence[-1].word
        factor = BEFORE if any(token.role == "contrast" for token in sentence) else 1.0
        for clause in _clauses(sentence):
            asked = ASKED if question and clause and clause[0].role == "asker" else 1.0
            for place, token in enumerate(clause):
                if token.role == "contrast":
                    factor = AFTER
                elif token.valence is not None and token.role == "fixed":
                    yield token.valence * factor, clause, place, factor
                elif token.valence is not None:
                    yield valence_at(clause, place, emphatic) * factor * asked, clause, place, factor * asked

    def _phrased(self, tokens: Sequence[Token]) -> list[Token]:
        """Return `tokens` with phrases as one token each and without fillers."""
        trie, merged, place = self._lexicon.phrases, [], 0
        while place < len(tokens):
            token = tokens[place]
            found = longest(trie, tokens, place) if token.opens else None
            if found:
                start, (place, phrase) = place, found
                asker = token.role == "asker" and not phrase.role
                role = "asker" if asker else phrase.role
                said = " ".join(one.word for one in tokens[start:place])
                merged.append(phrase._replace(upper=token.upper, role=role, said=said))
                continue
            if token.role != "filler":
                merged.append(token)
            place += 1
        return merged

    def _tokens(self, chunk: str) -> tuple[Token, ...]:
        """Return the tokens of a chunk between blanks: itself if it is known, else its pieces."""
        if chunk.lower() in self._lexicon.words:
            return (self._token(chunk),)
        if SKIPPED.match(chunk):
            return ()
        pieces = (match.group(1) or match.group() for match in self._piece.finditer(chunk))
        return tuple(self._token(piece) for piece in pieces if self._says(piece))

    def _says(self, piece: str) -> bool:
        """Return whether a piece is more than a sign that nobody reads."""
        return piece[0].isalnum() or piece[0] in MARKS or piece in self._lexicon.words

    def _token(self, piece: str) -> Token:
        """Return the token of a word, number, emoji or punctuation mark."""
        if piece[0] in MARKS and piece not in self._lexicon.words:
            return Token(piece, role="break")
        word = self._spelled(piece.lower())
        known = self._lexicon.words.get(word) or Token(word)
        number = ("<number>",) if word[0].isdecimal() else ()
        keys = ("*", *number, *self._lexicon.classes.get(word, ()), word)
        negates = known.negates or is_negator(word)
        opens = not self._lexicon.phrases.keys().isdisjoint(keys)
        return known._replace(upper=piece.isupper(), negates=negates, keys=keys, opens=opens)

    def _spelled(self, word: str) -> str:
        """Return the word as the lexicon spells it: variants mended, "sooo" shortened."""
        words, spelling = self._lexicon.words, self._lexicon.spelling
        if word not in words and word not in spelling:
            for shorter in (STRETCHED.sub(r"\1\1", word), STRETCHED.sub(r"\1", word)):
                if shorter in words or shorter in spelling:
                    word = shorter
                    break
        return spelling.get(word, word)


def _sentences(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the sentences of `tokens` that hold an opinion, each with its closing mark."""
    start, opinion = 0, False
    for place, token in enumerate(tokens):
        if token.valence is not None:
            opinion = True
        elif token.role == "break" and not SENTENCE_END.isdisjoint(token.word):
            if opinion:
                yield tokens[start : place + 1]
            start, opinion = place + 1, False
    if opinion:
        yield tokens[start:]


def _clauses(sentence: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the words between the marks of a sentence."""
    start = 0
    for place, token in enumerate(sentence):
        if token.role == "break":
            yield sentence[start:place]
            start = place + 1
    yield sentence[start:]

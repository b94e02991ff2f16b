"""Spans -> vectors, with encoders that ship with the package: one slow and good, one fast.

`SentenceEncoder` (MiniLM) is the teacher of theme discovery; `StaticEncoder` reads a table of token
vectors distilled from it and scores every span. Static vectors are multiples of 2^-12, so that sums
and products of them are exact in float64 in any batch, order and thread count.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, pairwise

import numpy as np
import onnxruntime
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from tokenizers import Encoding

from cx_text.exact import GRID, on_grid, unit_rows
from cx_text.features import Seen
from cx_text.pieces import Pieces, tokenizer
from cx_text.shipped import model_path, shipped_file
from cx_text.text import words

FEELING = 0.2
"""Radius of the half circle of feelings beside a text vector of length 1: theme first, feeling second."""

MAX_TOKENS = 126
"""Tokens read together, without the two that frame them."""

BATCH = 64
FORMAT = 1

Passage = tuple[str, Sequence[tuple[int, int]]]
"""A text and the (start, end) of the spans in it that want a vector, in order."""


@lru_cache(maxsize=1)
def _token_vectors() -> np.ndarray:
    """Return the vectors of tokens on the grid, float64 of shape (vocabulary, 256)."""
    stored: np.ndarray = np.load(io.BytesIO(shipped_file(model_path("static-1"), "table.npy", FORMAT)))
    return np.ascontiguousarray(stored / GRID)


@lru_cache(maxsize=1)
def _pieces() -> Pieces:
    """Return the token numbers that this process has met."""
    return Pieces()


class SentenceEncoder:
    """MiniLM-L6 with int8 weights and float arithmetic: row i depends on text i alone."""

    name = "minilm-1"
    dimensions = 384

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        """The network, on one thread."""
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        network = shipped_file(model_path(self.name), "model.onnx", FORMAT)
        return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])

    def encode(self, passages: Sequence[Passage]) -> np.ndarray:
        """Return unit vectors on the grid, float64 of shape (m, 384): one a span, in order.

        A span is the mean of its tokens, each read among the words around it, so that "it never came"
        keeps what came. Long passages are read in windows of whole spans; of a span longer than a
        window its beginning counts. Zeros for a span without a token.

        Reference: Guenther et al. 2024, Late chunking: contextual chunk embeddings.
        """
        encodings = tokenizer().encode_batch([text for text, _ in passages], add_special_tokens=False)
        windows: list[tuple[list[int], list[tuple[int, int, int]]]] = []
        row = 0
        for encoding, (_, spans) in zip(encodings, passages, strict=True):
            windows += _windows(encoding, spans, row)
            row += len(spans)
        out = np.zeros((row, self.dimensions))
        by_length: dict[int, list[int]] = {}
        for number, (ids, _) in enumerate(windows):
            by_length.setdefault(len(ids), []).append(number)
        for _, numbers in sorted(by_length.items()):
            for start in range(0, len(numbers), BATCH):
                batch = [windows[number] for number in numbers[start : start + BATCH]]
                for states, (_, places) in zip(self._run([ids for ids, _ in batch]), batch, strict=True):
                    for place, first, last in places:
                        out[place] = states[first:last].mean(axis=0)
        return on_grid(unit_rows(out))

    def _run(self, windows: Sequence[Sequence[int]]) -> np.ndarray:
        """Return the states of the tokens of n windows of one length, (n, length, 384), frames left out."""
        frame = [tokenizer().token_to_id(name) for name in ("[CLS]", "[SEP]")]
        ids = np.array([[frame[0], *window, frame[1]] for window in windows], dtype=np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        names = [entry.name for entry in self._session.get_inputs()]
        states = self._session.run(None, {name: feed[name] for name in names})[0]
        return np.asarray(states, dtype=np.float64)[:, 1:-1]


def _windows(
    encoding: Encoding, spans: Sequence[tuple[int, int]], row: int
) -> Iterator[tuple[list[int], list[tuple[int, int, int]]]]:
    """Yield (token ids, [(row, first, last token)]) for runs of spans that are read together.

    `row` is the number of the first span; spans without a token are left out.
    """
    ends = [end for _, end in encoding.offsets]
    ids: list[int] = []
    places: list[tuple[int, int, int]] = []
    for number, (start, end) in enumerate(spans, row):
        first, last = bisect_right(ends, start), bisect_right(ends, end)
        own = encoding.ids[first : min(last, first + MAX_TOKENS)]
        if ids and len(ids) + len(own) > MAX_TOKENS:
            yield ids, places
            ids, places = [], []
        if own:
            places.append((number, len(ids), len(ids) + len(own)))
            ids = ids + own
    if ids:
        yield ids, places


@lru_cache(maxsize=1)
def _sentence_encoder() -> SentenceEncoder:
    """Return the one sentence encoder of this process."""
    return SentenceEncoder()


def span_vectors(passages: Sequence[Passage]) -> np.ndarray:
    """Return MiniLM's vectors of the spans of `passages`, (m, 384); loads the model once a process."""
    return _sentence_encoder().encode(passages)


def sentence_vectors(texts: Sequence[str]) -> np.ndarray:
    """Return MiniLM's vectors of whole `texts`, (n, 384)."""
    return span_vectors([(text, [(0, len(text))]) for text in texts])


def felt(vectors: np.ndarray, sentiments: np.ndarray) -> np.ndarray:
    """Return unit vectors on the grid, (n, d + 2): what spans mean (n, d) and how they feel (n,)."""
    return on_grid(unit_rows(np.hstack([vectors, polarity(sentiments)])))


class StaticEncoder:
    """The mean of token vectors from a table distilled from MiniLM: fast, exact, order-free."""

    name = "static-1"
    dimensions = 256

    def knows(self, words: Sequence[str]) -> bool:
        """Return whether each of `words` is one token of the shipped vocabulary.

        >>> StaticEncoder().knows(["late", "parcel"]), StaticEncoder().knows(["xqzt"])
        (True, False)
        """
        return not self.unknown(words)

    def unknown(self, words: Iterable[str]) -> frozenset[str]:
        """Return those of `words` that are not one token of the shipped vocabulary.

        >>> StaticEncoder().unknown(["late", "xqzt"])
        frozenset({'xqzt'})
        """
        asked = list(words)
        known = tokenizer().encode_batch_fast(asked, add_special_tokens=False)
        return frozenset(word for word, one in zip(asked, known, strict=True) if len(one.ids) != 1)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors on the grid, float64 of shape (n, 256); zeros for no known token."""
        ids = list(map(_pieces().of, texts))
        starts = np.cumsum([0, *map(len, ids)])
        flat = np.fromiter(chain.from_iterable(ids), dtype=np.int64, count=starts[-1])
        table = _token_vectors()
        counts = sparse.csr_array((np.ones(len(flat)), flat, starts), shape=(len(ids), table.shape[0]))
        return on_grid(unit_rows(counts @ table))


@dataclass(frozen=True)
class SpanFeatures:
    """What the fast theme model sees of a span: its static vector, its terms and its polarity.

    Attributes:
        terms: words and pairs of words, sorted.
        idf: inverse document frequency of each term, on the grid.
    """

    terms: tuple[str, ...]
    idf: np.ndarray

    @classmethod
    def fit(cls, texts: Sequence[str], minimum: int = 5) -> SpanFeatures:
        """Return features whose terms stand in at least `minimum` of the distinct `texts`."""
        vectorizer = TfidfVectorizer(analyzer=terms_of, min_df=minimum)
        try:
            vectorizer.fit(texts)
        except ValueError:
            return cls((), np.zeros(0))
        return cls(tuple(vectorizer.get_feature_names_out()), on_grid(vectorizer.idf_))

    @cached_property
    def _vectorizer(self) -> TfidfVectorizer:
        """Scikit-learn's vectorizer with the frozen terms."""
        vectorizer = TfidfVectorizer(analyzer=terms_of, sublinear_tf=True, vocabulary=self.terms)
        vectorizer.idf_ = self.idf
        return vectorizer

    def transform(self, texts: Sequence[str], vectors: np.ndarray, sentiments: np.ndarray) -> Seen:
        """Return the features of n spans on the grid, from their static `vectors` (n, d)."""
        if self.terms and texts:
            counted = sparse.csr_array(self._vectorizer.transform(texts))
            counted.data = on_grid(counted.data)
        else:
            counted = sparse.csr_array((len(texts), len(self.terms)))
        return Seen(np.hstack([vectors, polarity(sentiments)]), counted)


def terms_of(text: str) -> list[str]:
    """Return the words of `text` and its pairs of neighbouring words.

    >>> terms_of("Refund not here")
    ['refund', 'not', 'here', 'refund not', 'not here']
    """
    single = words(text)
    return single + [f"{left} {right}" for left, right in pairwise(single)]


def polarity(sentiments: np.ndarray) -> np.ndarray:
    """Return sentiments (n,) in [-1, 1] as points on a half circle, shape (n, 2).

    Opposite feelings are far apart, neutral lies between: the dot product of two such points is
    the squared radius times the cosine of their angle.
    """
    angle = (np.asarray(sentiments, dtype=np.float64) + 1) * (np.pi / 2)
    return on_grid(np.stack([np.cos(angle), np.sin(angle)], axis=1) * FEELING)

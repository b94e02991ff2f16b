"""Spans -> vectors, with encoders that ship with the package: one slow and good, one fast.

`SentenceEncoder` (MiniLM) is the teacher of theme discovery; `StaticEncoder` reads a table of token
vectors distilled from it and scores every span. Static vectors are multiples of 2^-12, so that sums
and products of them are exact in float64 in any batch, order and thread count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import onnxruntime
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from tokenizers import Tokenizer

from cx_text.errors import WorkspaceError
from cx_text.exact import GRID, on_grid, unit_rows
from cx_text.shipped import model_path
from cx_text.text import words

FEELING = 0.35
"""Radius of the half circle of feelings beside a text vector of length 1: theme first, feeling second."""

MAX_TOKENS = 128
BATCH = 64


def checked(folder: Path) -> Path:
    """Return `folder` of a shipped model once every file has the sha256 of its manifest.

    Raises:
        WorkspaceError: a file is missing or was changed.
    """
    try:
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes())
        bad = [
            name
            for name, digest in manifest["sha256"].items()
            if sha256((folder / name).read_bytes()).hexdigest() != digest
        ]
    except OSError as error:
        bad = [Path(error.filename).name]
    if bad:
        wrong = f"{', '.join(bad)} is missing or was changed"
        raise WorkspaceError("E_MODEL", wrong, "install the package again", folder.name)
    return folder


class SentenceEncoder:
    """MiniLM-L6 with int8 weights and float arithmetic: row i depends on text i alone."""

    name = "minilm-1"
    dimensions = 384

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        """The tokenizer without padding: texts of one length are batched instead."""
        tokenizer = Tokenizer.from_file(str(checked(model_path(self.name)) / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        return tokenizer

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        """The network, on one thread."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(
            model_path(self.name) / "model.onnx", options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors on the grid, float64 of shape (n, 384); the mean over all tokens."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        out = np.zeros((len(tokens), self.dimensions))
        by_length: dict[int, list[int]] = {}
        for row, ids in enumerate(tokens):
            by_length.setdefault(len(ids), []).append(row)
        for _, rows in sorted(by_length.items()):
            for start in range(0, len(rows), BATCH):
                batch = rows[start : start + BATCH]
                out[batch] = self._run(np.array([tokens[row] for row in batch], dtype=np.int64))
        return on_grid(unit_rows(out))

    def _run(self, ids: np.ndarray) -> np.ndarray:
        """Return the mean state of token `ids` (n, length) as (n, 384)."""
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        names = [entry.name for entry in self._session.get_inputs()]
        states = self._session.run(None, {name: feed[name] for name in names})[0]
        mean: np.ndarray = np.asarray(states, dtype=np.float64).mean(axis=1)
        return mean


@lru_cache(maxsize=1)
def _sentence_encoder() -> SentenceEncoder:
    """Return the one sentence encoder of this process."""
    return SentenceEncoder()


def sentence_vectors(texts: Sequence[str]) -> np.ndarray:
    """Return MiniLM's unit vectors on the grid, (n, 384); loads the model once a process."""
    return _sentence_encoder().encode(texts)


class StaticEncoder:
    """The mean of token vectors from a table distilled from MiniLM: fast, exact, order-free."""

    name = "static-1"
    dimensions = 256

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        """MiniLM's tokenizer without padding and without a limit."""
        tokenizer = Tokenizer.from_file(str(checked(model_path("minilm-1")) / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _table(self) -> np.ndarray:
        """Token vectors on the grid, float64 of shape (vocabulary, 256)."""
        stored: np.ndarray = np.load(checked(model_path(self.name)) / "table.npy")
        return np.ascontiguousarray(stored / GRID)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit vectors on the grid, float64 of shape (n, 256); zeros for no known token."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        ids = [encoding.ids for encoding in encodings]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in ids])])
        flat = np.fromiter((token for row in ids for token in row), dtype=np.int64, count=starts[-1])
        counts = sparse.csr_array((np.ones(len(flat)), flat, starts), shape=(len(ids), self._table.shape[0]))
        return on_grid(unit_rows(counts @ self._table))


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

    def transform(
        self, texts: Sequence[str], vectors: np.ndarray, sentiments: np.ndarray
    ) -> sparse.csr_array:
        """Return features on the grid, sparse of shape (n, d + 2 + terms), from `vectors` (n, d)."""
        dense = sparse.csr_array(np.hstack([vectors, polarity(sentiments)]))
        if not self.terms:
            return dense
        counted = sparse.csr_array(self._vectorizer.transform(texts))
        counted.data = on_grid(counted.data)
        return sparse.csr_array(sparse.hstack([dense, counted]))


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

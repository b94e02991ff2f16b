"""Distil the static vector table `static-1` from the shipped MiniLM encoder (development time only).

Every entry of the tokenizer's vocabulary is encoded alone, the 384 dimensions are reduced to 256 by
PCA, and each vector is weighted by how rare its token is (smooth inverse frequency under Zipf's law,
the vocabulary being sorted by frequency). Method: model2vec, Tulkens & van Dongen 2024; weighting:
Arora, Liang & Ma 2017. Run from the project's root: ``python models/build_static.py``.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np
import onnxruntime
from sklearn.decomposition import PCA
from tokenizers import Tokenizer

HERE = Path(__file__).parent
DIMENSIONS = 256
GRID = 4096
SMOOTH = 1e-4
BATCH = 512


def token_vectors(vocabulary: int) -> np.ndarray:
    """Return one vector a token, shape (vocabulary, 384): the mean over [CLS] token [SEP]."""
    session = onnxruntime.InferenceSession(HERE / "minilm-1" / "model.onnx")
    names = {entry.name for entry in session.get_inputs()}
    parts = []
    for start in range(0, vocabulary, BATCH):
        ids = np.arange(start, min(start + BATCH, vocabulary), dtype=np.int64)
        tokens = np.stack([np.full_like(ids, 101), ids, np.full_like(ids, 102)], axis=1)
        feed = {
            "input_ids": tokens,
            "attention_mask": np.ones_like(tokens),
            "token_type_ids": np.zeros_like(tokens),
        }
        (states, *_) = session.run(None, {name: feed[name] for name in names})
        parts.append(states.mean(axis=1))
    return np.concatenate(parts).astype(np.float64)


def main() -> None:
    """Write table.npy (int16, multiples of 2^-12) and the manifest."""
    tokenizer = Tokenizer.from_file(str(HERE / "minilm-1" / "tokenizer.json"))
    vectors = token_vectors(tokenizer.get_vocab_size())
    reduced = PCA(DIMENSIONS, svd_solver="full").fit_transform(vectors)
    rank = np.arange(1, len(reduced) + 1)
    frequency = (1 / rank) / (1 / rank).sum()
    weighted = reduced * (SMOOTH / (SMOOTH + frequency))[:, None]
    weighted[:999] *= np.asarray([not tokenizer.id_to_token(i).startswith("[") for i in range(999)])[:, None]
    table = np.rint(weighted / np.abs(weighted).max() * 7 * GRID).astype(np.int16)
    folder = HERE / "static-1"
    np.save(folder / "table.npy", table)
    digest = sha256((folder / "table.npy").read_bytes()).hexdigest()
    manifest = {"format": 1, "grid": GRID, "dimensions": DIMENSIONS, "sha256": {"table.npy": digest}}
    (folder / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")


if __name__ == "__main__":
    main()

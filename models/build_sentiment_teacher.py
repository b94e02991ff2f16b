"""The teacher of the sentiment model: MiniLM, fine-tuned for three feelings (development time only).

The network is the shipped ONNX file's, its 8-bit weights read back as floats. Needs torch and onnx,
which are no dependencies of the package.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import onnx
import torch
from build_sentiment_texts import Labelled
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

FOLDER = Path(__file__).parent / "minilm-1"
WIDTH, HEADS, LAYERS, LONGEST = 384, 12, 6, 64
FROZEN = 1
"""Layers at the bottom that stay as they are, as do the word vectors: half the time for little."""
BATCH = 32


def _weights() -> dict[str, torch.Tensor]:
    """Return the tensors of the ONNX file by the name of the weight, matrices as (in, out)."""
    graph = onnx.load(str(FOLDER / "model.onnx")).graph
    held = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    found = {name: array for name, array in held.items() if name[:6] == "inner." and name[-2:] != "_q"}
    whole = {
        name[:-2]: array.astype(np.float32) * held[f"{name[:-2]}_scale"]
        for name, array in held.items()
        if name.endswith("_q")
    }
    order = [name for name in whole if name.startswith("val_")]
    parts = ("attention.self.query", "attention.self.key", "attention.self.value")
    places = (*parts, "attention.output.dense", "intermediate.dense", "output.dense")
    for number, name in enumerate(sorted(order, key=lambda name: int(name[4:]))):
        layer, place = divmod(number, len(places))
        found[f"inner.encoder.layer.{layer}.{places[place]}.weight"] = whole[name]
    found |= {name: array for name, array in whole.items() if name.startswith("inner.")}
    return {name.removeprefix("inner."): torch.tensor(array) for name, array in found.items()}


class Layer(nn.Module):
    """One layer of the encoder."""

    def __init__(self, weights: dict[str, torch.Tensor], name: str) -> None:
        """Take the weights whose names start with `name`."""
        super().__init__()
        inner = name + ".attention.self"
        self.attend = self._linear(weights, *(f"{inner}.{part}" for part in ("query", "key", "value")))
        self.project = self._linear(weights, f"{name}.attention.output.dense")
        self.widen = self._linear(weights, f"{name}.intermediate.dense")
        self.narrow = self._linear(weights, f"{name}.output.dense")
        self.first = _norm(weights, f"{name}.attention.output.LayerNorm")
        self.second = _norm(weights, f"{name}.output.LayerNorm")
        self.drop = nn.Dropout(0.1)

    @staticmethod
    def _linear(weights: dict[str, torch.Tensor], *names: str) -> nn.Linear:
        """Return the matrices of `names` side by side as one layer."""
        matrix = torch.cat([weights[f"{name}.weight"] for name in names], dim=1)
        layer = nn.Linear(*matrix.shape)
        layer.weight = nn.Parameter(matrix.T.contiguous())
        layer.bias = nn.Parameter(torch.cat([weights[f"{name}.bias"] for name in names]))
        return layer

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the next states (n, length, width); `mask` is True where a token is."""
        n, length, _ = states.shape
        split = self.attend(states).view(n, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(*split, attn_mask=mask[:, None, None, :])
        seen = seen.transpose(1, 2).reshape(n, length, WIDTH)
        states = self.first(states + self.drop(self.project(seen)))
        return self.second(states + self.drop(self.narrow(functional.gelu(self.widen(states)))))


def _norm(weights: dict[str, torch.Tensor], name: str) -> nn.LayerNorm:
    """Return a normalisation with its weights."""
    norm = nn.LayerNorm(WIDTH, eps=1e-12)
    norm.weight = nn.Parameter(weights[f"{name}.weight"].clone())
    norm.bias = nn.Parameter(weights[f"{name}.bias"].clone())
    return norm


class Teacher(nn.Module):
    """MiniLM with three outputs over the mean of its states."""

    def __init__(self) -> None:
        """Read the shipped encoder; the outputs start at zero."""
        super().__init__()
        weights = _weights()
        name = "embeddings"
        self.words = nn.Parameter(weights[f"{name}.word_embeddings.weight"])
        self.places = nn.Parameter(weights[f"{name}.position_embeddings.weight"])
        self.kind = nn.Parameter(weights[f"{name}.token_type_embeddings.weight"][0])
        self.norm = _norm(weights, f"{name}.LayerNorm")
        self.layers = nn.ModuleList(Layer(weights, f"encoder.layer.{number}") for number in range(LAYERS))
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(WIDTH, 3)
        nn.init.zeros_(self.out.weight)
        self.tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST)
        self.tokenizer.enable_padding()

    def states(self, texts: list[str]) -> torch.Tensor:
        """Return the mean state (n, width) of each text."""
        found = self.tokenizer.encode_batch(texts)
        ids = torch.tensor([entry.ids for entry in found])
        mask = torch.tensor([entry.attention_mask for entry in found], dtype=torch.bool)
        with torch.no_grad():
            states = self.norm(self.words[ids] + self.places[: ids.shape[1]] + self.kind)
            for layer in self.layers[:FROZEN]:
                states = layer(states, mask)
        for layer in self.layers[FROZEN:]:
            states = layer(states, mask)
        weight = mask[:, :, None].float()
        return (states * weight).sum(dim=1) / weight.sum(dim=1)

    def forward(self, texts: list[str]) -> torch.Tensor:
        """Return logits (n, 3)."""
        return self.out(self.drop(self.states(texts)))


def _batches(texts: list[str], order: np.ndarray) -> list[np.ndarray]:
    """Return batches of texts of like length, in the rough order given."""
    pool = BATCH * 40
    parts = []
    for start in range(0, len(order), pool):
        near = sorted(order[start : start + pool], key=lambda row: len(texts[row]))
        parts += [np.array(near[at : at + BATCH]) for at in range(0, len(near), BATCH)]
    return parts


def teach(teacher: Teacher, data: Labelled, rate: float, rng: np.random.Generator) -> None:
    """Fine-tune `teacher` on each text once; the rate rises for a tenth of the steps, then falls to zero."""
    found = _batches(data.texts, rng.permutation(len(data.texts)))
    batches = [found[place] for place in rng.permutation(len(found))]
    groups = [
        {"params": teacher.out.parameters(), "lr": rate * 10},
        {"params": teacher.layers[FROZEN:].parameters(), "lr": rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = len(batches)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * steps + 1), (steps - step) / (0.9 * steps))
    )
    teacher.train()
    start, losses = time.monotonic(), []
    for step, rows in enumerate(batches):
        with torch.autocast("cpu", torch.bfloat16):
            logits = teacher([data.texts[row] for row in rows])
        loss = functional.cross_entropy(logits.float(), torch.tensor(data.chances[rows], dtype=torch.float32))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(teacher.layers[FROZEN:].parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 50 == 49:
            spent = time.monotonic() - start
            print(f"  step {step + 1}/{steps} loss {np.mean(losses[-50:]):.3f} {spent:.0f} s", flush=True)


@torch.no_grad()
def chances(teacher: Teacher, texts: list[str]) -> np.ndarray:
    """Return the chances (n, 3) that `teacher` gives."""
    teacher.eval()
    out = np.zeros((len(texts), 3))
    rows = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    for start in range(0, len(rows), 128):
        part = rows[start : start + 128]
        with torch.autocast("cpu", torch.bfloat16):
            logits = teacher([texts[row] for row in part])
        out[part] = torch.softmax(logits.float(), dim=1).numpy()
    return out

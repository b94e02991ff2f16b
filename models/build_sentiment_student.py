"""The student of the sentiment model: the network that ships, in torch, with weights held to the grid.

Development time only. What is learned here is read by `cx_text.stages.sentiment_model`.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cx_text.exact import GRID, unit_rows
from cx_text.shipped import model_path
from cx_text.stages.sentiment_model import FILTER_GRID, HALF, MOST_HIDDEN, TOKEN_GRID

WIDTH, FILTERS, HIDDEN, TOLD = 48, 128, 64, 4
BATCH = 256
UNKNOWN = 100
SPECIAL_DECAY = 2.0
"""Keeps words near what the shared matrix makes of them, so that rare ones are read like their kin."""
FORGOTTEN = 0.12
"""Share of tokens hidden while learning."""


LEXICON = 0.5
LEANING = np.array([-0.3, 0.6, 0.0])
"""Added to the logits in the end: the lexicon's score, against negative and for positive; less readiness to
blame. Chosen on held-out labels of ours, goemotions, vader_ground_truth and ratings of lounges."""


class Examples(NamedTuple):
    """Token numbers, further features (n, 256 + 4), chances (n, 3) and how much each counts (n,)."""

    ids: list[list[int]]
    features: np.ndarray
    chances: np.ndarray
    weights: np.ndarray


def rounded(values: torch.Tensor, steps: float, most: float) -> torch.Tensor:
    """Return multiples of 1 / `steps` within `most`; gradients pass as if nothing was done."""
    near = torch.clamp(torch.round(values * steps), -most, most) / steps
    return values + (near - values).detach()


class Student(nn.Module):
    """Filters over windows of five tokens, the strongest of each, and a small network behind them."""

    def __init__(self) -> None:
        """Start from the static vectors, seen through a matrix that all words share."""
        super().__init__()
        table = unit_rows(np.load(model_path("static-1") / "table.npy").astype(np.float64))
        self.register_buffer("table", torch.tensor(table, dtype=torch.float32))
        self.shared = nn.Linear(table.shape[1], WIDTH, bias=False)
        nn.init.normal_(self.shared.weight, std=0.4)
        self.special = nn.Embedding(len(table), WIDTH)
        nn.init.zeros_(self.special.weight)
        self.filters = nn.Conv1d(WIDTH, FILTERS, 2 * HALF + 1)
        self.inner = nn.Linear(FILTERS + 256 + TOLD, HIDDEN)
        self.outer = nn.Linear(HIDDEN, 3)

    def words(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the vectors of tokens: what the shared matrix makes of them, and what is special to each."""
        return rounded(self.shared(self.table[ids]) + self.special(ids), TOKEN_GRID, 127)

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """Return logits of texts given as `ids` (n, HALF + longest + HALF + 1)."""
        used, places = torch.unique(ids, return_inverse=True)
        vectors = functional.embedding(places, self.words(used)) * (ids != 0)[:, :, None]
        weight = rounded(self.filters.weight, FILTER_GRID, 127)
        seen = functional.conv1d(vectors.transpose(1, 2), weight)
        beyond = torch.arange(seen.shape[2]) > lengths[:, None]
        strongest = seen.masked_fill(beyond[:, None, :], -1e4).max(dim=2).values
        strongest = functional.relu(strongest + rounded(self.filters.bias, GRID, 8 * GRID))
        strongest = functional.dropout(strongest, 0.3, self.training)
        told = torch.cat([strongest, features], dim=1)
        hidden = torch.clamp(self.inner(told), 0, MOST_HIDDEN)
        return self.outer(functional.dropout(hidden, 0.2, self.training))


def padded(ids: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return token numbers with zeros around, (n, HALF + longest + HALF + 1), and lengths (n,)."""
    longest = max(map(len, ids))
    rows = np.zeros((len(ids), longest + 2 * HALF + 1), dtype=np.int64)
    for row, text in enumerate(ids):
        rows[row, HALF : HALF + len(text)] = text
    return torch.tensor(rows), torch.tensor([len(text) for text in ids])


def learn(data: Examples, epochs: int, rate: float, rng: np.random.Generator) -> Student:
    """Return a student of `data`."""
    student = Student()
    special = list(student.special.parameters())
    others = [value for name, value in student.named_parameters() if not name.startswith("special")]
    groups = [{"params": special, "weight_decay": SPECIAL_DECAY}, {"params": others, "weight_decay": 1e-2}]
    optimizer = torch.optim.AdamW(groups, lr=rate, fused=True)
    steps = epochs * (len(data.ids) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.15)
    features = torch.tensor(data.features, dtype=torch.float32)
    chances = torch.tensor(data.chances, dtype=torch.float32)
    weights = torch.tensor(data.weights, dtype=torch.float32)
    start = time.monotonic()
    for epoch in range(epochs):
        student.train()
        losses = []
        for rows in _batches(data.ids, rng):
            ids, lengths = padded([data.ids[row] for row in rows])
            hide = (torch.tensor(rng.random(ids.shape)) < FORGOTTEN) & (ids != 0)
            logits = student(ids.masked_fill(hide, UNKNOWN), lengths, features[rows])
            each = functional.cross_entropy(logits, chances[rows], reduction="none")
            loss = (each * weights[rows]).sum() / weights[rows].sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(f"  epoch {epoch + 1} loss {np.mean(losses):.4f} {time.monotonic() - start:.0f} s", flush=True)
    return student


def _batches(ids: list[list[int]], rng: np.random.Generator) -> list[np.ndarray]:
    """Return batches of texts of like length in random order."""
    order = rng.permutation(len(ids))
    order = order[np.argsort([len(ids[row]) // 4 for row in order], kind="stable")]
    count = len(ids) // BATCH + 1
    found = [part for part in np.array_split(order, count) if len(part)]
    return [found[place] for place in rng.permutation(len(found))]


def arrays(student: Student) -> dict[str, np.ndarray]:
    """Return what ships: whole numbers, steps of the grid of each array.

    Two hidden units more pass the lexicon's score on.
    """
    state = {name: value.detach().double().numpy() for name, value in student.state_dict().items()}
    with torch.no_grad():
        words = torch.round(student.words(torch.arange(len(student.table))) * TOKEN_GRID).numpy()
    words[0] = 0
    passing = np.zeros((FILTERS + 256 + TOLD, 2))
    passing[-TOLD] = -1, 1
    filters = state["filters.weight"].transpose(2, 1, 0).reshape(-1, FILTERS)
    return {
        "words": words.astype(np.int8),
        "filters": np.rint(filters * FILTER_GRID).clip(-127, 127).astype(np.int8),
        "bias": _steps(state["filters.bias"]),
        "inner": _steps(np.hstack([state["inner.weight"].T, passing])),
        "inner_bias": _steps(np.append(state["inner.bias"], [0, 0])),
        "outer": _steps(
            np.vstack([state["outer.weight"].T, [[LEXICON, 0, -LEXICON], [-LEXICON, 0, LEXICON]]])
        ),
        "outer_bias": _steps(state["outer.bias"] + LEANING),
    }


def _steps(values: np.ndarray) -> np.ndarray:
    """Return `values` in steps of the grid."""
    return np.rint(values * GRID).astype(np.int32)

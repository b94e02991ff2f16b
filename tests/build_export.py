"""A small export of an invented parcel shop: endless rows, each the same at every call."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

Rows = Sequence[Mapping[str, str]]

CHANNELS = ("Chat", "Email", "Phone", "Store")
AGENTS = ("Mara Quill", "Tobias Fenn", "Ines Oduya", "Lars Petrov", "Wen Achterberg", "Dora Nyx")
TOPICS: Mapping[str, tuple[Sequence[str], Sequence[str], Sequence[str]]] = {
    "refund": (
        ("My refund", "The refund for my order", "A refund of forty euros", "The money from my refund"),
        ("has not arrived", "is still missing", "was promised and never came", "got lost again"),
        ("after four weeks", "since spring", "on my bank account", "although I sent the shoes back"),
    ),
    "wait": (
        ("I waited on hold", "The phone queue was long", "I was kept on hold", "Nobody picked up the phone"),
        ("for fifty minutes", "all morning", "for an hour", "again and again"),
        ("before the line dropped", "and the music is awful", "in the queue", "until I hung up"),
    ),
    "app": (
        ("The app crashes", "Your app shows a white screen", "The app logs me out", "The new app freezes"),
        ("when I open my basket", "after the update", "each time I pay", "at the login page"),
        ("on my phone", "on my tablet", "every single day", "so I cannot order"),
    ),
    "kind": (
        (
            "The adviser was kind",
            "Such a friendly lady",
            "He was polite and patient",
            "A very helpful young man",
        ),
        ("and listened to me", "who explained everything", "from start to end", "and solved my problem"),
        ("with a smile", "in two minutes", "thank you so much", "I felt well looked after"),
    ),
    "parcel": (
        ("The parcel was left", "My package was dropped", "The courier left the box", "The box was thrown"),
        ("in the rain", "at the wrong door", "behind the bins", "over the fence"),
        ("without a note", "by the driver", "and the vase broke", "for the third time"),
    ),
}
"""For each topic its beginnings, middles and ends: 64 different sentences."""
MORE = (
    "",
    "",
    " Order of last week.",
    " We live in the north.",
    " It was a present.",
    " Never again!",
)
ASIDE = ("nothing", "n/a", "no comment", "Todo muy bien, gracias por la ayuda con mi pedido y el envío")

SMALL = 400
"""Rows of the small export."""


def sentences(topic: str) -> list[str]:
    """Return the 64 sentences of a topic."""
    return [" ".join(parts) + "." for parts in product(*TOPICS[topic])]


def small_rows(count: int = SMALL, first: int = 0) -> list[dict[str, str]]:
    """Return rows `first` to `first + count` of an endless export, each the same at every call."""
    return [_row(number) for number in range(first, first + count)]


def _row(number: int) -> dict[str, str]:
    """Return the row with this number, from its own random numbers."""
    rng = random.Random(number)
    topic = rng.choices(list(TOPICS), [5, 4, 3, 3, 2])[0]
    text = rng.choice(ASIDE) if rng.random() < 0.06 else rng.choice(sentences(topic)) + rng.choice(MORE)
    happy = topic == "kind"
    day, hour = divmod(number * 97, 24 * 60)
    return {
        "Response ID": f"r{number:05d}",
        "Created At": f"2025-{1 + day // 28 % 12:02d}-{1 + day % 28:02d} {hour // 60:02d}:{hour % 60:02d}",
        "Channel": CHANNELS[(number + (topic == "wait") * rng.randint(0, 3)) % 4],
        "Agent Name": AGENTS[number % len(AGENTS)],
        "Customer ID": f"c{number % 211}",
        "CSAT Score": str(rng.choice((4, 5) if happy else (1, 2, 3))),
        "Region": ("North", "South")[number % 2],
        "Comment": text,
    }


def write_export(path: Path, rows: Rows) -> Path:
    """Return `path`, now a CSV file of `rows`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def comments(texts: Sequence[str]) -> list[dict[str, str]]:
    """Return rows with nothing but an id and a comment."""
    return [{"id": str(number), "comment": text} for number, text in enumerate(texts)]

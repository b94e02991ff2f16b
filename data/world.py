"""The made-up company Norvane: its tables (``phrases/*.toml``) and the nouns of a response."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

HERE = Path(__file__).parent


def read(name: str) -> dict[str, Any]:
    """Return the tables of ``phrases/<name>.toml``."""
    return tomllib.loads((HERE / "phrases" / f"{name}.toml").read_text(encoding="utf-8"))


WORLD, FRAME, LANGUAGES = read("world"), read("frame"), read("languages")
PLANTED: dict[str, Any] = WORLD["planted"]
_PHRASES = {
    name: table
    for topic in ("orders", "billing", "service", "network", "praise")
    for name, table in read(topic).items()
}
THEMES: dict[str, dict[str, Any]] = {name: spec | _PHRASES[name] for name, spec in WORLD["themes"].items()}
AGENTS = [(agent, team, he, weight) for team, staff in WORLD["teams"].items() for agent, he, weight in staff]


@dataclass(frozen=True)
class Customer:
    """Somebody who writes, always in the same voice and language."""

    number: str
    region: str
    voice: str
    language: str
    person: str


@dataclass(frozen=True)
class Scene:
    """Where and when a contact happens: all that may tilt what is said."""

    week: int
    channel: str
    evening: bool
    agent: str
    team: str
    pronoun: str


@dataclass(frozen=True)
class Row:
    """One response and the truth about it; scores are text as exported, empty where not given."""

    when: datetime
    scene: Scene
    customer: Customer
    kind: str
    reason: str = ""
    product: str = ""
    themes: tuple[str, ...] = ()
    polarity: str = ""
    private: str = ""
    text: str = ""
    csat: str = ""
    nps: str = ""
    resolved: str = ""
    agent: str = ""
    number: str = ""

    @property
    def language(self) -> str:
        """The language of a comment on themes; other rows have none."""
        return self.customer.language if self.kind == "comment" else ""


def draw(rng: Random, weights: dict[str, float]) -> str:
    """Return one key, as often as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]


def polarity_of(themes: tuple[str, ...]) -> str:
    """Return what themes add up to: negative, positive, mixed or neutral.

    >>> polarity_of(("late", "friendly"))
    'mixed'
    """
    signs = {THEMES[name]["csat"] > 0 for name in themes if THEMES[name]["csat"]}
    if len(signs) == 2:
        return "mixed"
    return {True: "positive", False: "negative"}[signs.pop()] if signs else "neutral"

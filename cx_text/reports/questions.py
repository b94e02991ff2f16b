"""What each behaviour means to a customer, and neutral questions that open a talk about it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Questions:
    """How to talk about a behaviour: what it `means`, what to `ask`, and what to ask the praised."""

    means: str
    ask: Sequence[str]
    learn: str


def questions_of(topic: str) -> Questions:
    """Return the questions on a behaviour, those that fit any theme where `topic` is none.

    >>> questions_of("follow_up").learn
    'How do you keep track of what you have promised?'
    """
    known = _known()
    return known.get(topic, known["theme"])


@cache
def _known() -> Mapping[str, Questions]:
    """Return all questions by behaviour; those of any theme are `theme`."""
    text = files("cx_text.reports").joinpath("questions.toml").read_text("utf-8")
    return {name: Questions(**words) for name, words in tomllib.loads(text).items()}

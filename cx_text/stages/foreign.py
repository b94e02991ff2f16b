"""How a comment in another language than English feels: six languages, each with words of its own.

The words are data that a person can read, `models/sentiment-languages-1`; the way of reading is that of
English. A language without words of its own has no scorer, for another language's words would guess.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any, Self

import msgspec

from cx_text.shipped import model_path, shipped_file
from cx_text.stages.lexicon import Part, lexicon_of, vader_words
from cx_text.stages.sentiment import Reading
from cx_text.stages.valence import Opinion, Token

MODEL, SIGNS, FORMAT = "sentiment-languages-1", "sentiment-1", 1
LANGUAGES = ("de", "es", "fr", "it", "nl", "pt")
"""ISO 639-1 codes of the languages that are scored."""

_JOINT = re.compile(r"(?<=\w)['\u2019`\u00b4](?=\w)")
_STEM = re.compile(r"([^\s|~]+)~(\w+)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


class ForeignScorer:
    """Scores texts of one language; the same text has the same score, whatever was scored before."""

    def __init__(self, language: str, data: Mapping[str, Any]) -> None:
        """Compile the words of `language`: a TOML file of `models/sentiment-languages-1`, read."""
        self.language = language
        told = msgspec.convert(_plain(data, language), dict[str, Any])
        endings = {name: each.replace("-", "").split(" ") for name, each in told["endings"].items()}
        parts = [_spelled_out(part, endings) for part in msgspec.convert(told["part"], list[Part])]
        emoji = msgspec.convert(_read(SIGNS, "emoji.toml")["part"], list[Part])
        faces = {
            face: Token(face, valence=value) for face, value in vader_words()[0].items() if _is_face(face)
        }
        self._reading = Reading(lexicon_of(faces, [*emoji, *parts], told["classes"], told["spelling"]))

    @classmethod
    @cache
    def shipped(cls, language: str) -> Self | None:
        """Return the scorer of `language` (ISO 639-1), None for a language that is not scored.

        Raises:
            WorkspaceError: the shipped words are not what they were.
        """
        return cls(language, _read(MODEL, f"{language}.toml")) if language in LANGUAGES else None

    def score(self, text: str) -> float:
        """Return how `text` feels, -1 (worst) to 1 (best) with 4 decimals; 0 without an opinion.

        >>> scorer = ForeignScorer.shipped("es")
        >>> scorer is not None and scorer.score("Sigo esperando el reembolso") < -0.3
        True
        """
        return self._reading.score(plain(text, self.language))

    def opinions(self, text: str) -> list[Opinion]:
        """Return the words and phrases that make the score of `text`, in order, as they are compared."""
        return self._reading.opinions(plain(text, self.language))


def plain(text: str, language: str) -> str:
    """Return `text` as it is compared: without accents, inner apostrophes as blanks, German "ä" as "ae".

    Customers leave accents out more often than accents tell two feelings apart.

    >>> plain("L'accueil était très bon", "fr"), plain("unverschämt", "de")
    ('L accueil etait tres bon', 'unverschaemt')
    """
    if not text.isascii():
        composed = unicodedata.normalize("NFC", text)
        parts = unicodedata.normalize("NFD", composed.translate(_UMLAUTS) if language == "de" else composed)
        text = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return _JOINT.sub(" ", text)


def _read(model: str, name: str) -> dict[str, Any]:
    """Return the content of a TOML file of a shipped model."""
    return tomllib.loads(shipped_file(model_path(model), name, FORMAT).decode("utf-8"))


def _plain(data: Any, language: str) -> Any:
    """Return `data` with each text in it, keys included, as it is compared."""
    if isinstance(data, str):
        return plain(data, language)
    if isinstance(data, Mapping):
        return {plain(key, language): _plain(value, language) for key, value in data.items()}
    return [_plain(one, language) for one in data] if isinstance(data, list) else data


def _spelled_out(part: Part, endings: Mapping[str, list[str]]) -> Part:
    """Return `part` with ``stem~name`` written out as the stem with each of the endings `name`."""

    def forms(stem: re.Match[str]) -> list[str]:
        """Return the forms of one stem."""
        return [stem[1] + ending for ending in endings[stem[2]]]

    return msgspec.structs.replace(
        part,
        words=_STEM.sub(lambda stem: " ".join(forms(stem)), part.words),
        phrases=_STEM.sub(lambda stem: "|".join(forms(stem)), part.phrases),
    )


def _is_face(word: str) -> bool:
    """Return whether an entry of VADER is an emoticon, which every language shares."""
    return not word[0].isalnum() and any(sign in word for sign in ":;=<")

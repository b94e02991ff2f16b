"""The language of a comment: text -> ISO 639-1."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from cx_text.text import PLACEHOLDER, words

_MIN_WORDS = 4
_MIN_LETTERS = 20
_SURE = 0.8
_EXACT = 4096.0
_MAX_CHARACTERS = 2_000

_SCRIPTS = {
    "ja": "\u3040-\u30ff",
    "ko": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "zh": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "ru": "\u0400-\u052f",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "ar": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "he": "\u0590-\u05ff",
    "th": "\u0e00-\u0e7f",
    "hi": "\u0900-\u097f",
    "bn": "\u0980-\u09ff",
    "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "si": "\u0d80-\u0dff",
    "lo": "\u0e80-\u0eff",
    "my": "\u1000-\u109f",
    "km": "\u1780-\u17ff",
    "ka": "\u10a0-\u10ff",
    "hy": "\u0530-\u058f",
    "am": "\u1200-\u137f",
}
"""The languages that a script decides, each the largest of its script."""

_SHARED_SCRIPTS = {"ru": ("uk", "bg", "sr", "mk", "be", "kk"), "ar": ("fa", "ur"), "hi": ("mr", "ne")}
_OTHER_SCRIPT = re.compile(f"[{''.join(_SCRIPTS.values())}]")
_LETTER = re.compile(r"[^\W\d_]")
_NOISE = re.compile(rf"{PLACEHOLDER.pattern}|https?://\S+|[@#]\w+")
_WORDS_OF = {
    "en": "the and is are was were to of in it i you my for on with that this have has had not but they he"
    " she we be been at from so very good bad great nice service thanks thank please no me your their"
    " what when how can will would just all always never slow easy helpful delivery excellent best"
    " worst poor love like don't didn't it's i'm can't after get got do did why there then out up"
    " about more than still by an or if as",
    "es": "el los las muy pero porque gracias por para con una buen buena bueno malo mala servicio atención"
    " atencion todo está esta estoy es son fue han nunca siempre rápido rapido lento mejor peor"
    " excelente pésimo y en que del se mi me lo al como más mas bien cuando tiempo espera llegó nada"
    " tengo he producto",
    "fr": "le les des est très tres mais pas pour avec une bon bonne merci service je nous vous ils sont et"
    " du au dans que qui sur ne trop rapide mauvais mauvaise rien jamais toujours c'est j'ai été mon"
    " ma mes plus bien livraison accueil colis commande tout",
    "de": "der die das und ist sehr nicht aber ich wir sie ein eine mit für fuer gut schlecht danke zu den"
    " dem von auf war wurde mein meine kein keine immer nie schnell langsam freundlich leider es hat"
    " habe bin auch im noch alles lieferung kundendienst nur",
    "it": "il gli che non è molto ma per con una sono buono buona servizio grazie di della del ho mi mai"
    " sempre veloce lento ottimo ottima pessimo pessima tutto ancora anche le si e la al nel consegna"
    " assistenza era perfetto",
    "pt": "o os as e ninguém ninguem chegou encomenda pedido muito mas não nao para com uma bom boa"
    " obrigado obrigada serviço servico atendimento é foi são eu do da em que nunca sempre rápido"
    " rapido lento ótimo otimo péssimo pessimo meu minha ainda entrega tudo mais um está produto",
    "nl": "de het een en is zeer niet maar ik wij zij met voor goed goede slecht bedankt van op was mijn"
    " geen altijd nooit snel langzaam vriendelijk te heel erg dat ook nog aan bij levering dank alles"
    " werd er om",
}
_LETTERS_OF = {
    "es": re.compile("[ñ¿¡]", re.IGNORECASE),
    "pt": re.compile("[ãõ]", re.IGNORECASE),
    "de": re.compile("ß", re.IGNORECASE),
    "fr": re.compile(r"[œ]|\b[cdjlnst]'[aeéêhiou]\w+|\bqu'", re.IGNORECASE),
}
"""Letters and joints that no other of these languages has."""


@lru_cache(maxsize=1)
def _model() -> LanguageIdentifier:
    """Return the shipped model; what is made from it is a copy."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


class LanguageDetector:
    """Tells the language of a text: by script, by telling words, else by an n-gram model.

    What is too short or too close to call has the default language; slang and typing errors are
    no other language. Equal texts get equal answers, whatever else was asked.
    """

    def __init__(self, languages: Sequence[str], default: str) -> None:
        """Look for `languages` (ISO 639-1) besides those of other scripts; unsure means `default`."""
        self.languages = tuple(dict.fromkeys([default, *languages]))
        self.default = default
        self._told_by: dict[str, tuple[str, ...]] = {}
        for name in self.languages:
            for word in _WORDS_OF.get(name, "").split():
                self._told_by[word] = (*self._told_by.get(word, ()), name)
        self._identifier = copy.copy(_model())
        known = [name for name in self.languages if name in set(_model().labels)]
        self._identifier.set_languages(known or None)
        # Multiples of 2^-12 in float64 sum exactly in any order.
        self._identifier.nb_ptc = np.round(self._identifier.nb_ptc.astype(np.float64) * _EXACT) / _EXACT

    def __call__(self, text: str) -> str:
        """Return the ISO 639-1 code of the language of `text`.

        >>> LanguageDetector(["en", "es"], "en")("muy buen servicio")
        'es'
        """
        text = _NOISE.sub(" ", text[:_MAX_CHARACTERS])
        if not text.isascii() and (script := self._by_script(text)):
            return script
        spoken = words(text)
        cued = self._by_words(text, spoken)
        if cued is not None:
            return cued
        if len(spoken) < _MIN_WORDS or len(_LETTER.findall(text)) < _MIN_LETTERS:
            return self.default
        return self._by_model(text, spoken)

    def _by_script(self, text: str) -> str:
        """Return the language of the script of most letters; empty where that is Latin."""
        foreign = _OTHER_SCRIPT.findall(text)
        if 2 * len(foreign) < len(_LETTER.findall(text)) or not foreign:
            return ""
        counts = Counter(
            next(name for name in _SCRIPTS if _in_script(letter, name)) for letter in set(foreign)
        )
        script = "ja" if counts["ja"] else min(counts, key=lambda name: (-counts[name], name))
        choices = [script, *_SHARED_SCRIPTS.get(script, ())]
        return next((name for name in choices if name in self.languages), script)

    def _by_words(self, text: str, spoken: list[str]) -> str | None:
        """Return the language whose own words and letters prevail; None where they do not tell."""
        hits = self._hits(spoken)
        for name, letters in _LETTERS_OF.items():
            if name in self.languages and letters.search(text):
                hits[name] += 2
        if not hits:
            return None
        best = min(hits, key=lambda name: (-hits[name], name != self.default, name))
        rest = max((count for name, count in hits.items() if name != best), default=0)
        if best == self.default:
            return best if hits[best] > rest and 6 * hits[best] > len(spoken) else None
        return best if hits[best] >= rest + 2 and 3 * hits[best] >= len(spoken) else None

    def _hits(self, spoken: list[str]) -> Counter[str]:
        """Return how many of the words tell each language."""
        return Counter(name for word in spoken for name in self._told_by.get(word, ()))

    def _by_model(self, text: str, spoken: list[str]) -> str:
        """Return the language of the model if it is sure and the words do not speak against it."""
        # The model takes capitals for features: names must not decide.
        language, probability = self._identifier.classify(text.lower())
        if language == self.default or probability < _SURE:
            return self.default
        hits = self._hits(spoken)
        if language in _WORDS_OF:
            return language if hits[language] > hits[self.default] else self.default
        return language if 6 * hits[self.default] <= len(spoken) else self.default


@lru_cache(maxsize=4096)
def _in_script(letter: str, name: str) -> bool:
    """Return whether `letter` belongs to the script of language `name`."""
    return re.match(f"[{_SCRIPTS[name]}]", letter) is not None

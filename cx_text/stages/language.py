"""The language of a comment: text -> ISO 639-1."""

from __future__ import annotations

import copy
import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from cx_text.exact import on_grid
from cx_text.text import PLACEHOLDER, words

LANGUAGES = tuple(
    "en es fr de it pt nl pl sv da no fi cs ro hu tr id vi ru uk bg el ar fa he hi ja ko zh th".split()
)
"""The languages that were measured, see `benchmarks/languages.py`."""

_MIN_WORDS = 4
_SURE, _SURE_OF_FEW = 12.0, 20.0
"""How much likelier than the default a language must be (natural logarithm); of fewer than four words."""

_CUE = 4.0
"""What a telling word adds."""

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
    "pl": "nie jest się sie na do za ale bardzo dziękuję dziekuje dobra dobry obsługa obsluga nikt od już"
    " juz po przez czy mi moje moja zamówienie paczka paczkę polecam wszystko brak jak co to ze że pan"
    " pani był była",
    "cs": "je se na nikdo ale velmi moc děkuji dekuji dobrá dobrý za už uz jsem bylo byla mi moje"
    " objednávka zboží vše proč jak co to že od při bez pan paní doporučuji nic s byl ještě"
    " spokojenost",
    "sv": "och jag är inte har det att på mycket väldigt tack bra dålig för med som en ett ni min mitt"
    " ingen från aldrig men fick var vad också efter tillbaka bättre allt inget helt kan fungerar gång"
    " sedan",
    "da": "og jeg er ikke har det at på meget tak god dårlig for med som en et i mig mit min ingen fra"
    " aldrig men fik af hvad også efter tilbage bedre alt intet jer kunne blev uger virker igen endnu"
    " lang nogen gange",
    "no": "og jeg er ikke har det at på veldig takk bra dårlig for med som en et dere meg mitt min ingen"
    " fra aldri men fikk av hva også etter tilbake bedre alt ble uker fungerer igjen noen ikkje ganger"
    " fortsatt mye",
    "fi": "ja on ei ole olen oli että mutta hyvä hyvin huono kiitos palvelu kaikki ihan todella erittäin en"
    " mitä kun tosi vielä minun tuli ovat nyt kukaan eivät joka ollut",
    "ro": "și si nu este sunt foarte dar pentru cu de la mulțumesc multumesc am ați bun bună buna produs"
    " comanda nimeni sa să mi-au a fost prin mai nici tot ce fără fara recomand le care din",
    "hu": "és es nem van volt nagyon de köszönöm jó rossz egy az hogy meg csak már mar még senki minden"
    " rendelés soha ez is sem lett vagyok kell szépen azonnal ki nekem",
    "tr": "ve bir bu çok cok için icin değil degil ama teşekkürler teşekkür var yok iyi kötü daha ne hiç"
    " her kadar gibi hala hâlâ ürün kargo hizmet memnun kald\u0131m bana ben olarak en de da",
    "id": "dan yang tidak ada sangat sekali bagus terima kasih untuk saya sudah belum dengan di ini itu"
    " tapi bisa baik pelayanan gak nggak banget lagi dari ke kami barang pesanan kenapa harus",
    "hi": "hai hain nahi nahin nhi kyu kiya karke kar bahut bohot mujhe aap mera mere meri ki ka ke ko se"
    " ne bhi acha accha achha kya koi aur abhi hua hui raha rahe gaya diya tha thi karne baat hum"
    " bahot dhanyavad dhanyawad dhanwad aapko aapse badhiya theek thik huaa samajh kaam sahi liye",
}
_LETTERS_OF = {
    "es": re.compile("[ñ¿¡]", re.IGNORECASE),
    "pt": re.compile("[ãõ]", re.IGNORECASE),
    "de": re.compile("ß", re.IGNORECASE),
    "fr": re.compile(r"[œ]|\b[cdjlnst]'[aeéêhiou]\w+|\bqu'", re.IGNORECASE),
}
"""Letters and joints that few others of these languages have."""


@lru_cache(maxsize=1)
def _model() -> LanguageIdentifier:
    """Return the shipped model; what is made from it is a copy."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)


class LanguageDetector:
    """Tells the language of a text: by script, else by an n-gram model and telling words together.

    What is too short or too close to call has the default language; slang and typing errors are
    no other language. Equal texts get equal answers, whatever else was asked.
    """

    def __init__(self, languages: Sequence[str], default: str) -> None:
        """Look for `languages` (ISO 639-1) besides other scripts and Hindi; unsure means `default`."""
        self.languages = tuple(dict.fromkeys([default, *languages]))
        self.default = default
        self._told_by: dict[str, tuple[str, ...]] = {}
        for name in dict.fromkeys([*self.languages, "hi"]):
            for word in set(_WORDS_OF.get(name, "").split()):
                self._told_by[word] = (*self._told_by.get(word, ()), name)
        self._identifier = copy.copy(_model())
        known = [name for name in self.languages if name in set(_model().labels)]
        self._identifier.set_languages(known or None)
        self._identifier.nb_ptc = on_grid(self._identifier.nb_ptc)

    def __call__(self, text: str) -> str:
        """Return the ISO 639-1 code of the language of `text`.

        >>> LanguageDetector(["en", "es"], "en")("muy buen servicio")
        'es'
        """
        text = _NOISE.sub(" ", text[:_MAX_CHARACTERS])
        if not text.isascii() and (script := self._by_script(text)):
            return script
        return self._by_evidence(text, words(text))

    def _by_script(self, text: str) -> str:
        """Return the language of the script of most letters; empty where that is Latin."""
        foreign = _OTHER_SCRIPT.findall(text)
        if 2 * len(foreign) < len(_LETTER.findall(text)) or not foreign:
            return ""
        counts = Counter(
            next(name for name in _SCRIPTS if _in_script(letter, name)) for letter in set(foreign)
        )
        script = "ja" if counts["ja"] else min(counts, key=lambda name: (-counts[name], name))
        choices = [name for name in (script, *_SHARED_SCRIPTS.get(script, ())) if name in self.languages]
        if len(choices) < 2:
            return choices[0] if choices else script
        scores = self._scores(text)
        return max(choices, key=lambda name: scores.get(name, -math.inf))

    def _by_evidence(self, text: str, spoken: list[str]) -> str:
        """Return the likeliest language of a text in Latin letters, the default where that is not sure."""
        hits = Counter(name for word in spoken for name in self._told_by.get(word, ()))
        if self._romanised(hits, len(spoken)):
            return "hi"
        for name, letters in _LETTERS_OF.items():
            if name in self.languages and letters.search(text):
                hits[name] += 2
        # The model takes capitals for features: names must not decide.
        scores = {name: score + _CUE * hits[name] for name, score in self._scores(text.lower()).items()}
        best = min(scores, key=lambda name: (-scores[name], name))
        sure = _SURE if len(spoken) >= _MIN_WORDS else _SURE_OF_FEW
        return best if scores[best] - scores.get(self.default, math.inf) >= sure else self.default

    @staticmethod
    def _romanised(hits: Counter[str], count: int) -> bool:
        """Return whether `count` words are Hindi in Latin letters, which the model does not know."""
        return hits["hi"] >= 2 and 3 * hits["hi"] >= count and hits["hi"] == max(hits.values())

    def _scores(self, text: str) -> dict[str, float]:
        """Return how likely the model finds each language (natural logarithm, up to a constant)."""
        return dict(self._identifier.rank(text))


@lru_cache(maxsize=4096)
def _in_script(letter: str, name: str) -> bool:
    """Return whether `letter` belongs to the script of language `name`."""
    return re.match(f"[{_SCRIPTS[name]}]", letter) is not None

"""Which language a comment is in, and when the default is the honest answer."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.config import Config
from cx_text.stages.clean import clean
from cx_text.stages.language import LANGUAGES as MEASURED
from cx_text.stages.language import LanguageDetector
from cx_text.text import words

DATA = Path(__file__).parents[2].parent / "shared" / "data"
GOLD = Path(__file__).parents[2] / "data" / "languages" / "gold.tsv"
LANGUAGES = Config().input.languages
DETECT = LanguageDetector(LANGUAGES, "en")
DETECT_ALL = LanguageDetector(MEASURED, "en")

LINES = {
    "en": [
        "The delivery was late and nobody called me",
        "very good service",
        "great app but it crashes",
        "thx u guys rock",
        "lol gr8 stuff m8",
        "pls fix ur app asap",
        "wifi no work",
        "refund pending since 2 weeks",
        "Overall a pleasant stay",
        "no",
        "meh",
        "10/10 would buy again",
    ],
    "es": [
        "muy buen servicio",
        "El paquete llegó tarde y nadie me avisó",
        "No puedo entrar en mi cuenta desde ayer",
        "La atención al cliente es pésima",
        "Todo perfecto, gracias por la ayuda",
        "¿Cuándo llega mi pedido?",
        "Llevo dos semanas esperando el reembolso",
        "Excelente producto y muy rápido el envío",
        "mala atención y mucha espera",
        "El repartidor fue muy amable con mi madre",
    ],
    "fr": [
        "très bon service",
        "Le colis est arrivé en retard et personne ne répond",
        "Je n'arrive pas à me connecter à mon compte",
        "Le service client est vraiment mauvais",
        "Merci beaucoup pour votre aide",
        "J'attends mon remboursement depuis deux semaines",
        "L'application plante tout le temps",
        "Livraison rapide et produit de bonne qualité",
        "Le conseiller était très aimable avec nous",
        "Trop cher pour ce que c'est",
    ],
    "de": [
        "sehr guter Service und schnelle Lieferung",
        "Das Paket kam zu spät und niemand hat angerufen",
        "Ich kann mich nicht in mein Konto einloggen",
        "Der Kundendienst ist leider sehr langsam",
        "Vielen Dank für die schnelle Hilfe",
        "Ich warte seit zwei Wochen auf mein Geld",
        "Die App stürzt immer wieder ab",
        "Alles gut, gerne wieder bei euch",
        "Der Mitarbeiter war sehr freundlich und geduldig",
        "Viel zu teuer für die Qualität, die man bekommt",
    ],
    "it": [
        "servizio molto buono",
        "Il pacco è arrivato in ritardo e nessuno risponde",
        "Non riesco ad accedere al mio conto da ieri",
        "Il servizio clienti è davvero pessimo",
        "Grazie mille per il vostro aiuto",
        "Aspetto il rimborso da due settimane e non arriva",
        "L'applicazione si blocca sempre quando pago",
        "Consegna veloce e prodotto di ottima qualità",
        "L'operatore è stato molto gentile con noi",
        "Troppo caro per quello che offre",
    ],
    "pt": [
        "serviço muito bom",
        "A encomenda chegou atrasada e ninguém me avisou",
        "Não consigo entrar na minha conta desde ontem",
        "O atendimento ao cliente é péssimo",
        "Muito obrigado pela ajuda de vocês",
        "Estou esperando o reembolso há duas semanas",
        "O aplicativo trava toda hora e não abre",
        "Entrega rápida e produto de boa qualidade",
        "O atendente foi muito gentil com a minha mãe",
        "Não recomendo, muito caro",
    ],
    "nl": [
        "zeer goede service van jullie",
        "Het pakket kwam te laat en niemand heeft gebeld",
        "Ik kan niet inloggen op mijn account",
        "De klantenservice is heel erg traag",
        "Heel erg bedankt voor de snelle hulp",
        "Ik wacht al twee weken op mijn geld",
        "De app loopt steeds vast als ik wil betalen",
        "Snelle levering en een goed product",
        "De medewerker was heel vriendelijk en geduldig",
        "Veel te duur voor wat je krijgt",
    ],
}


@pytest.mark.parametrize(
    ("language", "text"), [(name, text) for name, texts in LINES.items() for text in texts]
)
def test_short_lines_have_the_language_they_are_written_in(language: str, text: str) -> None:
    """Seventy lines as customers write them."""
    assert DETECT(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Очень долго ждать", "ru"),
        ("Πολύ αργή εξυπηρέτηση", "el"),
        ("خدمة سيئة جدا", "ar"),
        ("שירות גרוע מאוד", "he"),
        ("服务很好", "zh"),
        ("サービスが遅いです", "ja"),
        ("漢字とかな", "ja"),
        ("배송이 너무 느려요", "ko"),
        ("บริการแย่มาก", "th"),
        ("सेवा बहुत खराब है", "hi"),
        ("@SHOP 很慢 https://shop.example/very/long/path", "zh"),
        ("the word Москва is in my very long address line", "en"),
    ],
)
def test_another_script_decides_alone(text: str, language: str) -> None:
    """Even where it was not asked for; a foreign word in a Latin text does not."""
    assert DETECT(text) == language


def test_a_shared_script_means_the_language_that_was_asked_for() -> None:
    """Cyrillic is Ukrainian for a company that serves Ukraine."""
    assert LanguageDetector(["en", "uk"], "en")("дуже повільно") == "uk"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("дуже повільно, ніхто не відповідає", "uk"),
        ("очень медленно и никто не отвечает", "ru"),
        ("много бавно и никой не отговаря", "bg"),
        ("خیلی کند بود و کسی جواب نداد", "fa"),
        ("بطيء جدا ولا أحد يرد", "ar"),
    ],
)
def test_languages_of_one_script_are_told_apart_where_several_are_looked_for(
    text: str, language: str
) -> None:
    """By the letters in a row."""
    assert DETECT_ALL(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "Bahut achha service hai",
        "mera order abhi tak nahi aaya",
        "aap ki team se baat karke bahut khushi hui",
    ],
)
def test_hindi_in_latin_letters_is_hindi(text: str) -> None:
    """Even where it was not asked for: the model would call it Dutch, or the default."""
    assert DETECT_ALL(text) == DETECT(text) == "hi"


@pytest.mark.parametrize(
    "text", ["", "   ", "12345", "👍", "ok", "xyz", "[NAME] [EMAIL]", "@united #fail", "super", "top"]
)
def test_what_cannot_be_told_has_the_default_language(text: str) -> None:
    """A guess would set comments aside."""
    assert DETECT(text) == "en"
    assert LanguageDetector(LANGUAGES, "de")(text) == "de"


def test_the_default_may_be_any_language() -> None:
    """A Spanish account reads Spanish, and still sees English and unknown codes do no harm."""
    spanish = LanguageDetector(["en", "es", "zz"], "es")
    assert spanish("no funciona") == "es"
    assert spanish("the delivery was late and nobody called me") == "en"
    assert LanguageDetector([], "zz")("the delivery was late and nobody called me") == "zz"


def test_a_language_without_a_word_list_is_left_to_the_model() -> None:
    """Polish and Swedish are told by letters in a row."""
    detect = LanguageDetector(["en", "pl", "sv"], "en")
    assert detect("Paczka przyszła za późno i nikt nie odbiera telefonu od tygodnia") == "pl"
    assert detect("Paketet kom alldeles för sent och ingen svarar när jag ringer") == "sv"


def test_detectors_do_not_change_each_other() -> None:
    """Another account in the same process asks for other languages."""
    texts = [text for lines in LINES.values() for text in lines]
    alone = [DETECT(text) for text in texts]
    other = LanguageDetector(["fr", "pl"], "fr")
    other("Paczka przyszła za późno i nikt nie odbiera telefonu od tygodnia")
    assert [DETECT(text) for text in texts] == alone
    assert [LanguageDetector(LANGUAGES, "en")(text) for text in reversed(texts)] == alone[::-1]


def test_the_order_of_the_languages_does_not_count() -> None:
    """Only the set of languages and the default do."""
    again = LanguageDetector(LANGUAGES[::-1], "en")
    assert all(again(text) == DETECT(text) for lines in LINES.values() for text in lines)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_every_text_has_a_language(text: str) -> None:
    """Two lower-case letters, whatever comes."""
    language = DETECT(text)
    assert len(language) == 2
    assert language.islower()


def gold(part: str) -> pd.DataFrame:
    """Return a part of the labelled comments of this project; what is no language is the default."""
    frame = pd.read_csv(GOLD, sep="\t", dtype=str, keep_default_na=False, quoting=3)
    frame = frame[frame["part"] == part]
    count = frame["text"].map(lambda text: len(words(text)))
    return frame.assign(
        right=frame["text"].map(DETECT_ALL) == frame["language"].replace("trap", "en"), n=count
    )


@pytest.mark.parametrize("part", ["test", "train"])
def test_labelled_comments_have_the_language_they_were_written_in(part: str) -> None:
    """Of four words or more: .95 of all, and of at least 15 languages; nothing else is below .8."""
    frame = gold(part)
    long = frame[(frame["n"] >= 4) & (frame["language"] != "trap")]
    by_language = long.groupby("language")["right"].mean()
    assert long["right"].mean() >= 0.95
    assert (by_language >= 0.95).sum() >= 15
    assert by_language.min() >= 0.8


@pytest.mark.parametrize("part", ["test", "train"])
def test_traps_stay_with_the_default(part: str) -> None:
    """Brand names, slips, single foreign words, emoji."""
    frame = gold(part)
    assert frame.loc[frame["language"] == "trap", "right"].mean() >= 0.9
    assert frame.loc[frame["language"] == "en", "right"].all()


def test_every_measured_language_has_labelled_comments() -> None:
    """At least ten, and at least 25 for 18 of them."""
    counts = pd.concat([gold("test"), gold("train")])["language"].value_counts().drop("trap")
    assert sorted(counts.index) == sorted(MEASURED)
    assert counts.min() >= 10
    assert (counts >= 25).sum() >= 18


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    ["us_airline_tweets", "banking77", "comcast_complaints", "skytrax_lounge_seat", "app_reviews_4class"],
)
def test_english_stays_english_beside_thirty_languages(name: str) -> None:
    """At most 0.5 % of comments of four words or more are set aside."""
    texts = [text for text in map(clean, public(name)) if len(words(text)) >= 4][:3000]
    foreign = [text for text in texts if DETECT_ALL(text) != "en"]
    assert len(foreign) <= 0.005 * len(texts), foreign[:10]


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["us_airline_tweets", "shopzilla_agents", "banking77"])
def test_english_with_slang_is_called_english(name: str) -> None:
    """Below 0.5 % of English comments are set aside; some customers of one shop write Hindi."""
    texts = public(name)
    foreign = [text for text in texts if DETECT(clean(text)) not in ("en", "hi")]
    assert len(foreign) < 0.005 * len(texts), foreign[:10]


def public(name: str) -> pd.Series:
    """Return the texts of a public set, or skip."""
    path = DATA / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip("the public labelled sets are not on this machine")
    return pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")["text"]

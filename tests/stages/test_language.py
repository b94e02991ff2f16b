"""Which language a comment is in, and when the default is the honest answer."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.config import Config
from cx_text.stages.clean import clean
from cx_text.stages.language import LanguageDetector

DATA = Path(__file__).parents[2].parent / "shared" / "data"
LANGUAGES = Config().input.languages
DETECT = LanguageDetector(LANGUAGES, "en")

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


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["us_airline_tweets", "shopzilla_agents", "banking77"])
def test_english_with_slang_is_called_english(name: str) -> None:
    """Below 0.5 % of English comments are set aside."""
    path = DATA / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip("the public labelled sets are not on this machine")
    texts = pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")["text"]
    foreign = [text for text in texts if DETECT(clean(text)) != "en"]
    assert len(foreign) < 0.005 * len(texts), foreign[:10]

"""How comments in other languages feel, and that no language is read with another one's words."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from cx_text.config import Config
from cx_text.errors import WorkspaceError
from cx_text.shipped import model_path
from cx_text.stages import foreign
from cx_text.stages.foreign import LANGUAGES, ForeignScorer, plain
from cx_text.stages.sentiment import label

OWN = Path(__file__).parents[2] / "data" / "languages" / "sentiment.tsv"
THRESHOLD = Config().sentiment.threshold


def scorer(language: str) -> ForeignScorer:
    """Return the shipped scorer of a language that has one."""
    found = ForeignScorer.shipped(language)
    assert found is not None
    return found


def feels(language: str, text: str) -> str:
    """Return the label of a text."""
    return label(scorer(language).score(text), THRESHOLD)


@pytest.mark.parametrize(
    ("language", "text", "feeling"),
    [
        ("es", "Sigo esperando una respuesta", "negative"),
        ("es", "Nadie contesta", "negative"),
        ("es", "El servicio no es bueno", "negative"),
        ("es", "Sin problemas", "positive"),
        ("es", "Buenas tardes", "neutral"),
        ("fr", "Toujours en attente", "negative"),
        ("fr", "L'accueil n'est pas agréable", "negative"),
        ("fr", "Je ne recommande pas", "negative"),
        ("fr", "Je recommande", "positive"),
        ("fr", "Aucun souci", "positive"),
        ("fr", "Bonne journée", "neutral"),
        ("de", "Ich warte immer noch", "negative"),
        ("de", "Das funktioniert nicht", "negative"),
        ("de", "Nicht besonders freundlich", "negative"),
        ("de", "Keine Probleme", "positive"),
        ("de", "Mit freundlichen Grüßen", "neutral"),
        ("pt", "Ninguém responde", "negative"),
        ("pt", "Não é bom", "negative"),
        ("pt", "Sem problemas", "positive"),
        ("pt", "Uma boa surpresa no hotel", "positive"),
        ("pt", "Boa tarde", "neutral"),
        ("it", "Nessuno risponde", "negative"),
        ("it", "L'operatore non è stato gentile", "negative"),
        ("it", "Nessun problema", "positive"),
        ("it", "Buona giornata", "neutral"),
        ("nl", "Nog steeds niet geholpen", "negative"),
        ("nl", "De app werkt niet", "negative"),
        ("nl", "Geen klachten", "positive"),
        ("nl", "Fijne dag", "neutral"),
    ],
)
def test_service_phrases_negations_and_greetings_are_read(language: str, text: str, feeling: str) -> None:
    """A "no" turns praise round, and what is polite is no praise."""
    assert feels(language, text) == feeling


@pytest.mark.parametrize(
    ("language", "accented", "bare"),
    [
        ("es", "pésimo, nunca más", "pesimo, nunca mas"),
        ("fr", "très déçu", "tres decu"),
        ("de", "unverschämt und ärgerlich", "unverschaemt und aergerlich"),
        ("pt", "não é rápido", "nao e rapido"),
        ("it", "è lentissimo, però gentile", "e lentissimo, pero gentile"),
        ("nl", "ongeïnteresseerd", "ongeinteresseerd"),
    ],
)
def test_accents_left_out_change_nothing(language: str, accented: str, bare: str) -> None:
    """Also where they come as marks of their own."""
    score = scorer(language).score
    assert score(accented) == score(bare) == score(accented.replace("é", "e\u0301")) != 0


@pytest.mark.parametrize(
    ("language", "weak", "strong"),
    [
        ("es", "lento", "muy lento"),
        ("fr", "aimable", "vraiment aimable"),
        ("de", "freundlich", "sehr freundlich"),
        ("pt", "lento", "muito lento"),
        ("it", "gentile", "molto gentile"),
        ("nl", "traag", "heel traag"),
    ],
)
def test_boosters_strengthen(language: str, weak: str, strong: str) -> None:
    """In both directions."""
    score = scorer(language).score
    assert abs(score(strong)) > abs(score(weak)) > 0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "La tienda es bonita pero la atención fue pésima"),
        ("fr", "Le magasin est joli mais l'accueil est horrible"),
        ("de", "Der Laden ist schön, aber die Beratung war furchtbar"),
        ("pt", "A loja é bonita mas o atendimento foi péssimo"),
        ("it", "Il negozio è bello ma il servizio è pessimo"),
        ("nl", "De winkel is mooi maar de service is waardeloos"),
    ],
)
def test_what_follows_a_but_weighs_more(language: str, text: str) -> None:
    """As in English."""
    assert feels(language, text) == "negative"


@pytest.mark.parametrize("language", LANGUAGES)
def test_emoji_and_emoticons_are_shared_by_all_languages(language: str) -> None:
    """They are those of sentiment-1."""
    score = scorer(language).score
    assert score("😍") > 0.3
    assert score("👎🏽") < -0.3
    assert score(":)") > 0 > score(":(")


@pytest.mark.parametrize("language", ["en", "pl", "ja", "zz", "", "ES"])
def test_a_language_without_words_of_its_own_has_no_scorer(language: str) -> None:
    """English has a scorer of its own; nothing else is guessed."""
    assert ForeignScorer.shipped(language) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_english_words_say_nothing_in_another_language(language: str) -> None:
    """VADER's words are not looked at: German "gift" is poison."""
    assert scorer(language).score("awful hateful lovely outstanding") == 0


def test_a_part_of_a_word_is_no_word() -> None:
    """Portuguese "no" is "in the", Spanish "no" is "not"."""
    assert feels("pt", "Estava no bom caminho") == "positive"
    assert feels("es", "No es bueno") == "negative"


def test_opinions_name_the_words_that_made_the_score() -> None:
    """As they are compared: without accents."""
    told = scorer("es").opinions("No fue rápido")
    assert [(one.said, one.by) for one in told] == [("rapido", ("no",))]
    assert told[0].value < 0


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
@settings(max_examples=200, deadline=None)
def test_every_text_has_a_score_between_the_ends(text: str, language: str) -> None:
    """With 4 decimals, the same when asked again."""
    score = scorer(language).score(text)
    assert -1 <= score <= 1
    assert score == round(score, 4) == scorer(language).score(text)


def test_the_score_does_not_depend_on_what_was_scored_before() -> None:
    """A fresh scorer, asked in reverse order, gives the same numbers."""
    frame = own()
    texts = frame.loc[frame["language"] == "fr", "text"].tolist()
    fresh = ForeignScorer("fr", foreign._read(foreign.MODEL, "fr.toml"))
    assert [fresh.score(text) for text in reversed(texts)] == [
        scorer("fr").score(text) for text in texts[::-1]
    ]


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_plain_text_stays_plain(text: str) -> None:
    """What was made plain once is not changed again."""
    once = plain(text, "de")
    assert plain(once, "de") == once


def own() -> pd.DataFrame:
    """Return the labelled comments of this project."""
    return pd.read_csv(OWN, sep="\t", dtype=str, keep_default_na=False, quoting=3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_comments_are_read_well(language: str) -> None:
    """Macro-F1 of at least .85 (the card has the figures); the goal was .6, chance is .19."""
    frame = own()
    rows = frame[(frame["part"] == "test") & (frame["language"] == language)]
    told = [feels(language, text)[:3] for text in rows["text"]]
    assert f1_score(rows["label"], told, average="macro") >= 0.85


def test_the_labelled_comments_are_what_their_page_says() -> None:
    """Six languages, 120 each, half held out, none twice."""
    frame = own()
    assert frame.groupby(["language", "part", "label"]).size().unique().tolist() == [24, 14, 22]
    assert sorted(frame["language"].unique()) == sorted(LANGUAGES)
    assert frame["text"].is_unique


class TestShippedFiles:
    """The files in models/sentiment-languages-1."""

    def test_the_manifest_names_every_file_with_its_checksum(self) -> None:
        """And the format number that the code reads."""
        folder = model_path(foreign.MODEL)
        found = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.toml")}
        assert json.loads((folder / "manifest.json").read_text("utf-8")) == {
            "format": foreign.FORMAT,
            "sha256": found,
        }
        assert sorted(found) == [f"{language}.toml" for language in LANGUAGES]

    def test_a_changed_file_is_never_used(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """One more byte is enough."""
        for path in model_path(foreign.MODEL).iterdir():
            (tmp_path / path.name).write_bytes(path.read_bytes())
        (tmp_path / "it.toml").write_bytes((tmp_path / "it.toml").read_bytes() + b"\n")
        monkeypatch.setattr(foreign, "model_path", lambda _: tmp_path)
        with pytest.raises(WorkspaceError, match=r"it\.toml"):
            foreign._read(foreign.MODEL, "it.toml")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_language_has_hundreds_of_entries_with_a_valence(self, language: str) -> None:
        """Counted as they are written, before the endings."""
        data = foreign._read(foreign.MODEL, f"{language}.toml")
        parts = [part for part in data["part"] if part.get("valence")]
        entries = sum(
            len(part.get("words", "").split()) + len(part.get("phrases", "").strip().splitlines())
            for part in parts
        )
        assert entries >= 500

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_phrase_is_empty_or_of_any_word(self, language: str) -> None:
        """Its first place is a word, so that it is looked for in few places."""
        phrases = scorer(language)._reading._lexicon.phrases
        assert "" not in phrases
        assert "*" not in phrases

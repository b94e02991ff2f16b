"""The words of the sentiment stage: the shipped files and a user's own."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from cx_text.errors import ConfigError, WorkspaceError
from cx_text.shipped import model_path
from cx_text.stages import lexicon as lexicons
from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.valence import Token

OURS = SentimentScorer()
THRESHOLD = 0.15


class TestOwnLexicon:
    """A user's TOML file."""

    def test_own_words_and_phrases_win(self, tmp_path: Path) -> None:
        """With and without the service layer."""
        path = tmp_path / "own.toml"
        path.write_text(
            '[words]\n"Zorked" = -2.5\nlovely = 0\n[phrases]\n"Not what I zapped" = -2.0\n"big red" = 3\n',
            encoding="utf-8",
        )
        for service in (True, False):
            own = SentimentScorer(str(path), service=service)
            assert own.score("It zorked") < -THRESHOLD
            assert own.score("lovely") == 0
            assert own.score("This is NOT what I zapped") < -THRESHOLD
            assert own.score("the big red one") > THRESHOLD
        assert OURS.score("It zorked") == 0

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("words = 3", "Expected"),
            ("[words]\nbad = 'x'", "Expected"),
            ("[words]\nbad = -9", "-4"),
            ("[word]\nbad = -1", "word"),
            ("not toml", "cannot be read"),
            ('[words]\n"two words" = 1', "put it under [phrases]"),
            ('[words]\n"" = 1', "is not one word"),
            ("[phrases]\nalone = 1", "two words or more"),
            ('[phrases]\n"* again" = 1', "two words or more"),
            ('[phrases]\n"maybe? again" = 1', "two words or more"),
        ],
    )
    def test_a_wrong_lexicon_is_one_clear_sentence(self, tmp_path: Path, content: str, said: str) -> None:
        """It names the file and the mistake."""
        path = tmp_path / "own.toml"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            SentimentScorer(str(path))
        assert str(caught.value).startswith(f"LEXICON {path}: ")
        assert said in str(caught.value)

    def test_a_missing_lexicon_is_an_error(self, tmp_path: Path) -> None:
        """Never silently ignored."""
        with pytest.raises(ConfigError, match="cannot be read"):
            SentimentScorer(str(tmp_path / "nowhere.toml"))


class TestModel:
    """The files in models/sentiment-1."""

    def test_the_manifest_names_every_file_with_its_checksum(self) -> None:
        """And the format number that the code reads."""
        folder = model_path(lexicons.MODEL)
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        found = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.toml")}
        assert manifest == {"format": lexicons.FORMAT, "sha256": found}

    def test_a_changed_file_is_never_used(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """One more byte is enough."""
        for path in model_path(lexicons.MODEL).iterdir():
            (tmp_path / path.name).write_bytes(path.read_bytes())
        (tmp_path / "emoji.toml").write_bytes((tmp_path / "emoji.toml").read_bytes() + b"\n")
        monkeypatch.setattr(lexicons, "model_path", lambda _: tmp_path)
        for known in (lexicons._shipped, lexicons._known):
            known.cache_clear()
        with pytest.raises(WorkspaceError, match=r"emoji\.toml or its manifest is missing or was changed"):
            SentimentScorer()
        for known in (lexicons._shipped, lexicons._known):
            known.cache_clear()

    def test_every_phrase_has_two_words_or_more(self) -> None:
        """A pattern whose words may all be absent would match everywhere."""
        trie = lexicons.read_lexicon("", service=True).phrases
        assert lexicons.LEAF not in trie
        assert not [word for word, node in trie.items() if lexicons.LEAF in node]
        assert "*" not in trie


def tokens(text: str) -> list[Token]:
    """Return words as tokens that phrases can match; "the" is a filler."""
    return [Token(word, keys=("*", word), role="filler" if word == "the" else "") for word in text.split()]


class TestPatterns:
    """Phrases as rows of places."""

    @pytest.mark.parametrize(
        ("pattern", "text", "end"),
        [
            ("still|been waiting", "still waiting here", 2),
            ("still|been waiting", "been waiting", 2),
            ("still waiting", "still here", None),
            ("called me? twice", "called me twice", 3),
            ("called me? twice", "called twice", 2),
            ("called * twice", "called mum twice", 3),
            ("called * twice", "called twice", None),
            ("round in circles", "round in the circles", 4),
            ("round in circles", "round in the the circles", None),
            ("on hold for? hours?", "on hold", 2),
            ("on hold for? hours?", "on hold for hours", 4),
        ],
    )
    def test_a_pattern_matches_from_its_first_word_on(self, pattern: str, text: str, end: int | None) -> None:
        """`end` is the place behind the phrase."""
        trie: lexicons.Trie = {}
        lexicons._plant(trie, pattern, Token("", valence=1.0))
        found = lexicons.longest(trie, tokens(text), 0)
        assert (found[0] if found else None) == end

    def test_the_longest_phrase_wins_then_the_most_literal(self) -> None:
        """Whatever the order in which they were planted."""
        trie: lexicons.Trie = {}
        for value, pattern in enumerate(["a *", "a b", "a b c", "a * c"], start=1):
            lexicons._plant(trie, pattern, Token("", valence=float(value)))
        values = [lexicons.longest(trie, tokens(text), 0) for text in ("a b", "a x", "a b c", "a x c")]
        assert [(found[0], found[1].valence) for found in values if found] == [(2, 2), (2, 1), (3, 3), (3, 4)]

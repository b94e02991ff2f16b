"""The recogniser of names, with a model of ten lines in the place of spaCy's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from cx_text.config import Config, make_config
from cx_text.errors import ConfigError
from cx_text.pipeline import hider
from cx_text.stages import recognise
from cx_text.stages.recognise import MODELS, NameRecogniser, load_model
from cx_text.stages.redact import Redactor


@dataclass
class Echo:
    """A model that takes every pair of letters like Xo Yo for a person, and keeps what it read."""

    read: list[str]
    label: str = "PERSON"

    def __call__(self, text: str) -> SimpleNamespace:
        """Return a document with the entities of `text`."""
        self.read.append(text)
        found = re.finditer(r"\bX\w*(?: Y\w*)?(?:'s)?|NAME\]\S*", text)
        ents = [
            SimpleNamespace(text=one[0], label_=self.label, start_char=one.start(), end_char=one.end())
            for one in found
        ]
        return SimpleNamespace(ents=ents)


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Echo:
    """Return the model that every recogniser of the test will load."""
    model = Echo([])
    monkeypatch.setattr(recognise, "load_model", lambda: model)
    return model


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("so Xorin Yast came", "so [NAME] came"),
        ("Xorin's bill. And Xela's", "[NAME]'s bill. And [NAME]'s"),
        ("Xorin came.\nThen Xela came!", "[NAME] came.\nThen [NAME] came!"),
        ("[NAME]: ask Xorin", "[NAME]: ask [NAME]"),
        ("nobody came", "nobody came"),
        ("", ""),
    ],
)
def test_people_that_the_model_sees_are_replaced(echo: Echo, text: str, safe: str) -> None:
    """Possessives and what redaction left behind stay."""
    recogniser = NameRecogniser(lambda _: False)
    assert recogniser(text) == safe
    assert recogniser(safe) == safe


def test_only_sentences_with_an_unusual_capitalised_word_are_read(echo: Echo) -> None:
    """The model is slow: ordinary words, capitals and numbers are not worth its time."""
    text = "Good service. THANKS XORIN! On Monday at 5. Then Xorin left. It is over."
    NameRecogniser(lambda _: False)(text)
    assert {one.strip() for one in echo.read} == {"Then Xorin left."}


def test_a_kept_name_stays(echo: Echo) -> None:
    """Agents of the roster are asked for by name."""
    assert NameRecogniser(Redactor(("Xorin Yast",)).keeps)("so Xorin Yast came") == "so Xorin Yast came"


def test_what_is_no_person_stays(echo: Echo) -> None:
    """Places and companies are not private."""
    echo.label = "ORG"
    assert NameRecogniser(lambda _: False)("at Xorin Yast") == "at Xorin Yast"


def test_settings_decide_who_reads(echo: Echo) -> None:
    """Nothing, the patterns, or the patterns and then the recogniser."""
    text = "mail ann@example.org or Xorin Yast"
    told = {
        "off": hider(make_config({"privacy": {"redact": False, "names": True}}).privacy, ())(text),
        "patterns": hider(Config().privacy, ())(text),
        "names": hider(make_config({"privacy": {"names": True}}).privacy, ())(text),
    }
    assert told == {
        "off": text,
        "patterns": "mail [EMAIL] or Xorin Yast",
        "names": "mail [EMAIL] or [NAME]",
    }


def test_a_missing_model_is_told_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, exit code 2."""
    monkeypatch.setattr(recognise, "find_spec", lambda _: None)
    load_model.cache_clear()
    with pytest.raises(ConfigError, match=r"pip install 'cx_text\[names\]'") as error:
        hider(make_config({"privacy": {"names": True}}).privacy, ())
    assert error.value.exit_code == 2
    assert all(name in str(error.value) for name in MODELS)


def test_the_real_model_sees_a_name_without_a_cue() -> None:
    """Alone and after other texts the same; runs where the extra is installed."""
    load_model.cache_clear()
    try:
        recogniser = NameRecogniser(lambda _: False)
    except ConfigError as error:
        pytest.skip(str(error))
    text = "Yesterday Zargan Vedzizhev told me to wait."
    alone = recogniser(text)
    recogniser("Another text about Berlin.")
    assert recogniser(text) == alone == "Yesterday [NAME] told me to wait."

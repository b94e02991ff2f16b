"""What is read of a redacted row: its spans, and how each feels."""

from __future__ import annotations

import pandas as pd
import pytest

from cx_text.config import Config, make_config
from cx_text.reading import Reader, about
from cx_text.records import VERBATIMS


def row(text: str, **columns: str) -> pd.DataFrame:
    """Return one redacted row."""
    told = {"verbatim_id": "1", "text": text, "language": "en"} | columns
    return VERBATIMS.frame({name: [value] for name, value in told.items()})


def feelings(text: str, question: str = "", **settings: object) -> list[float]:
    """Return how the spans of an answer feel."""
    reader = Reader(make_config({"sentiment": settings}) if settings else Config())
    return [float(one) for one in reader.read(row(text, question=question))[1].sentiments]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@acme my refund [EMAIL]", "my refund"),
        ("#fail https://a.example/x the app", "fail the app"),
        ("  two  blanks ", "two blanks"),
        ("[PHONE]", ""),
    ],
)
def test_handles_links_and_placeholders_are_not_about_anything(text: str, told: str) -> None:
    """They say nothing of the theme."""
    assert " ".join(about(text).split()) == told


@pytest.mark.parametrize(
    ("question", "sign"),
    [("What could we improve?", -1), ("What did you like most?", 1), ("Why did you give this score?", 0)],
)
def test_a_short_answer_without_feeling_has_that_of_its_question(question: str, sign: int) -> None:
    """What is only named is a complaint where it answers what to improve."""
    alone = feelings("the waiting time")
    assert feelings("the waiting time", question) == ([0.5 * sign] if sign else alone)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Nothing to improve, the staff were wonderful", 0.15, 1),
        ("The parcel is to be sent to the address that I gave when ordering", -0.49, 0.49),
    ],
)
def test_an_answer_that_says_how_it_feels_keeps_its_own_feeling(text: str, low: float, high: float) -> None:
    """So does one that is long enough to stand for itself."""
    assert all(low <= one <= high for one in feelings(text, "What could we improve?"))


def test_the_learned_layer_can_be_switched_off() -> None:
    """Then words alone decide, and a bare fact holds none."""
    assert feelings("They read from a script", learned=False) == [0.0]
    assert feelings("They read from a script") != [0.0]


def test_equal_spans_are_read_alike_wherever_they_stand() -> None:
    """They are read once."""
    rows = pd.concat([row("So slow. So rude."), row("Nice. So slow."), row("So slow.")], ignore_index=True)
    spans = Reader(Config()).read(rows)[1]
    slow = [place for place, text in enumerate(spans.texts) if text == "So slow."]
    assert len(slow) == 3
    assert len({spans.sentiments[place] for place in slow}) == 1
    assert (spans.vectors[slow] == spans.vectors[slow[0]]).all()

"""Questions of surveys and which way they lean."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.errors import WorkspaceError
from cx_text.shipped import model_path
from cx_text.stages import questions
from cx_text.stages.questions import LEAN, lean_of_question

BAD = """
What could we improve?
What can we do better?
How could we have done better
WHAT SHOULD WE IMPROVE
What did you like least about your visit?
What didn't you like? What didn\u2019t work?
What did you dislike about the app?
If you could change one thing about us... what would you change?
What is missing?
What went wrong?
What frustrated you?
Did you have any problems with the website?
What would have made your stay easier or better? How can we improve?
What stopped you from completing your purchase?
Why are you leaving?
What is the main reason for your low score?
Is there anything that disappointed you?
What would make it easier to reach us?
"""
GOOD = """
What did we do well?
What did you like most about our service?
What went well?
What do you love about the product?
What is the best thing about our app?
Who impressed you today?
What should we keep doing?
What did you enjoy?
Would you like to compliment a member of staff?
What are our strengths?
"""
NEITHER = """
Why did you give us this score?
Please tell us about your visit.
How easy or difficult was it to get help?
What did you like or dislike?
What went well and what could we improve?
What do you like most and least? What would you improve?
Was your issue resolved?
How well did we handle your complaint?
Which of these best describes you?
How likely are you to recommend us?
Comments
Any other remarks? Thank you!
How satisfied are you with the delivery?
"""


def lines(text: str) -> list[str]:
    """Return the lines of `text` that hold something."""
    return text.strip().splitlines()


@pytest.mark.parametrize("question", lines(BAD))
def test_a_question_for_the_bad_leans_to_the_bad(question: str) -> None:
    """A short answer to it names a fault."""
    assert lean_of_question(question) == -LEAN


@pytest.mark.parametrize("question", lines(GOOD))
def test_a_question_for_the_good_leans_to_the_good(question: str) -> None:
    """A short answer to it names a strength."""
    assert lean_of_question(question) == LEAN


@pytest.mark.parametrize("question", ["", *lines(NEITHER)])
def test_a_question_for_both_or_for_neither_leans_to_neither(question: str) -> None:
    """A short answer to it may mean either."""
    assert lean_of_question(question) == 0


@given(st.text())
def test_any_question_has_one_of_three_leans(question: str) -> None:
    """Also one that is no question."""
    assert lean_of_question(question) in {-LEAN, 0.0, LEAN}


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Phrases that were not shipped are not used."""
    shutil.copytree(model_path("sentiment-1"), tmp_path / "sentiment-1")
    path = tmp_path / "sentiment-1" / "questions.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    monkeypatch.setattr(questions, "model_path", lambda name: tmp_path / name)
    questions._patterns.cache_clear()
    with pytest.raises(WorkspaceError, match=r"questions\.toml"):
        lean_of_question("What was good at the test of a changed file?")


def test_the_manifest_names_every_file_of_the_folder() -> None:
    """No shipped word goes unchecked."""
    folder = model_path("sentiment-1")
    named = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sha256"]
    assert sorted(named) == sorted(path.name for path in folder.glob("*.toml"))

"""Where spans begin and end."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.stages import split as stage
from cx_text.stages.clean import clean
from cx_text.stages.split import split
from cx_text.text import WORD

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def parts(text: str, skip: tuple[tuple[int, int], ...] = ()) -> list[str]:
    """Return the spans as text."""
    return [text[start:end] for start, end in split(text, skip)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("The food was great and the staff was rude.", ["The food was great", "and the staff was rude."]),
        ("The flight was late, nobody said why.", ["The flight was late,", "nobody said why."]),
        ("Delivery took weeks, and it came broken", ["Delivery took weeks,", "and it came broken"]),
        (
            "Although we came late, the hostess didn\u2019t mind",
            ["Although we came late,", "the hostess didn\u2019t mind"],
        ),
        ("I waited an hour while they had a chat", ["I waited an hour", "while they had a chat"]),
    ],
)
def test_a_clause_with_a_subject_of_its_own_starts_a_span(text: str, spans: list[str]) -> None:
    """Two aspects of one sentence are told apart."""
    assert parts(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "The cat, the dog and the bird were nice.",
        "When I called, the agent was rude",
        "If it breaks again, they will lose me",
        "She was kind, patient and very professional",
        "I love it and I will come back",
        "I just got my card, how do I activate it?",
        "Thank you and have a nice day",
        "Excruciatingly, inexcusably slow- it took an hour",
    ],
)
def test_what_goes_on_with_the_same_matter_does_not_cut(text: str) -> None:
    """Lists, conditions, and whoever goes on to ask or to tell of himself."""
    assert parts(text) == [text]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Slow app. Rude agent! Why? Never again", ["Slow app.", "Rude agent!", "Why?", "Never again"]),
        ("slow app. nobody answered", ["slow app.", "nobody answered"]),
        ("Good app\nBad support", ["Good app", "Bad support"]),
        ("- slow\n* rude\n\u2022 dear", ["slow", "rude", "dear"]),
        ("1. Slow app\n2) Rude agent", ["1. Slow app", "2) Rude agent"]),
        ("-40 points and a bad seat", ["-40 points and a bad seat"]),
        ("It was slow.Nobody answered", ["It was slow.", "Nobody answered"]),
        ("It was slow.but it was cheap", ["It was slow.", "but it was cheap"]),
        ("why?nobody knows", ["why?", "nobody knows"]),
        ('He said "no." Then he left', ['He said "no."', "Then he left"]),
        ("I waited... Nobody came", ["I waited...", "Nobody came"]),
        ("とても遅い。もう使わない", ["とても遅い。", "もう使わない"]),
        ("Bad. #fail. [NAME] was rude", ["Bad.", "#fail.", "[NAME] was rude"]),
        ("Too slow... #fail", ["Too slow...", "#fail"]),
        ("We left at 10 a.m. Nobody waved", ["We left at 10 a.m.", "Nobody waved"]),
        ("The answer was no. They left", ["The answer was no.", "They left"]),
        ("Really?! (It was slow.) Bye", ["Really?!", "(It was slow.)", "Bye"]),
        ("Nice help!!Thank you", ["Nice help!!", "Thank you"]),
        ("slow.it was cheap.Never", ["slow.", "it was cheap.", "Never"]),
        ("Bad.  \tReally bad", ["Bad.", "Really bad"]),
    ],
)
def test_sentences_lines_and_items_end_a_span(text: str, spans: list[str]) -> None:
    """With and without capitals, blanks and marks."""
    assert parts(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith and Dr. Lee called",
        "the seat no. 5 was broken",
        "in the U.S. it works, e.g. at home",
        "bring food, drinks, etc. and games",
        "at 10 a.m. we left",
        "paid 12.50 for version 2.0.1",
        "on amazon.com and example.co.uk they say so",
        "I waited... and waited",
        "mail [EMAIL] or call [PHONE] now",
        "good :) really :-( good",
        "https://shop.example/a.b?c=d is down",
        "great service :)",
        "wait!",
        "Mr.Smith called",
        "ask [NAME], [EMAIL] or [PHONE]",
        "is it late?, I asked",
        "we flew on Thurs. 1st to Paris, Fla. by car",
        "A. first of all",
    ],
)
def test_what_only_looks_like_an_end_does_not_cut(text: str) -> None:
    """Abbreviations, decimals, addresses, placeholders and emoticons."""
    assert parts(text) == [text]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Good food, but slow service", ["Good food,", "but slow service"]),
        ("good but slow", ["good", "but slow"]),
        ("Good,but slow", ["Good,", "but slow"]),
        ("I called twice, however nobody answered", ["I called twice,", "however nobody answered"]),
        ("It works although it is slow", ["It works", "although it is slow"]),
        ("It works, even though it is slow", ["It works,", "even though it is slow"]),
        ("slow app; rude agent", ["slow app", "rude agent"]),
        ("slow app;rude agent", ["slow app", "rude agent"]),
        ("I paid twice (even though I was early)", ["I paid twice", "(even though I was early)"]),
        ('they say "free check in" but it is dear', ['they say "free check in"', "but it is dear"]),
        ("[NAME] didn't help, but [NAME] did", ["[NAME] didn't help,", "but [NAME] did"]),
        ("the app is slow - the agent was rude", ["the app is slow", "the agent was rude"]),
        ("the app is slow \u2014 the agent was rude", ["the app is slow", "the agent was rude"]),
    ],
)
def test_a_clause_that_turns_starts_a_span(text: str, spans: list[str]) -> None:
    """What is good and what is bad must not share a span."""
    assert parts(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "nothing but trouble",
        "I had no choice but to cancel",
        "not only slow but rude",
        "last but not least the price",
        "Although it is slow it works",
        "slow service though",
        "slow service in all shops though... and dear",
        "a buttery butter dish",
        "check-in was quick",
        "Economy - window",
        "wink ;) and a smile",
        "but why",
    ],
)
def test_what_only_looks_like_a_turn_does_not_cut(text: str) -> None:
    """Set phrases, openings, tails and hyphens."""
    assert parts(text) == [text]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        (" \n ", []),
        ("...", []),
        ("- -\n--", []),
        ("👍", ["👍"]),
        (":)", [":)"]),
        (";p", [";p"]),
        ("Great service. 👍", ["Great service. 👍"]),
        ("Great! :)", ["Great! :)"]),
        ('Great! "', ['Great! "']),
        ("👍👍 Great", ["👍👍 Great"]),
        ("Good\n👍", ["Good", "👍"]),
    ],
)
def test_a_span_says_something(text: str, spans: list[str]) -> None:
    """A word, an emoji or an emoticon; marks alone go with their sentence."""
    assert parts(text) == spans


def test_boilerplate_is_skipped_and_ends_a_sentence() -> None:
    """Spans lie outside of the ranges that are no answer."""
    text = "Very slow app Sent from my phone and dear"
    assert parts(text, ((14, 32),)) == ["Very slow app", "and dear"]
    assert parts(text, ((0, len(text)),)) == []
    assert parts(text, ((0, 5), (5, 9))) == ["app Sent from my phone and dear"]


PIECES = (
    "Slow| app|. |!|? |\n| but |, but |; | - |- |Mr. |no. 5|e.g. |3.5|👍|:) "
    '|...|\u2026|"|(|)| though |however|slow.Nobody|[NAME]|\u2022 |1. |a| |x.y|\u2014'
).split("|")


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join),
    st.lists(st.integers(0, 40), max_size=4).map(sorted),
)
@settings(max_examples=500, deadline=None)
def test_spans_are_ordered_and_cover_every_word(text: str, edges: list[int]) -> None:
    """The law of the spans, with and without boilerplate."""
    inside = [min(edge, len(text)) for edge in edges[: len(edges) // 2 * 2]]
    skip = tuple(zip(inside[::2], inside[1::2], strict=True))
    spans = split(text, skip)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
    covered = {place for start, end in spans for place in range(start, end)}
    skipped = {place for start, end in skip for place in range(start, end)}
    assert not covered & skipped
    letters = {
        place for word in WORD.finditer(text) for place in range(*word.span()) if text[place].isalnum()
    }
    assert letters - skipped <= covered


def test_a_text_is_split_the_same_whatever_came_before() -> None:
    """No state is kept."""
    texts = ["Slow app. Rude agent, but cheap", "Mr. Lee called. Twice", "good :)"]
    first = [split(text) for text in texts]
    split("another text. with other words; and more - of them all")
    assert [split(text) for text in reversed(texts)] == first[::-1]


def run_alone(code: str) -> str:
    """Return what a fresh process prints, warnings being errors."""
    command = [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


def test_spacy_is_imported_by_the_first_text_that_needs_it_and_says_nothing() -> None:
    """A simple comment costs no import; the first other one does, in silence."""
    code = """
import sys
from cx_text.stages.split import split
for text in ("", "great service", "Wait!", "good :) 12.50 [NAME]", "http://t.co/x", "Good\\nBad"):
    split(text)
before = "spacy" in sys.modules
split("Slow. Rude")
print(before, "spacy" in sys.modules)
"""
    assert run_alone(code) == "False True"


def test_the_rules_are_a_pipeline_of_spacy_without_a_model() -> None:
    """Its tokenizer with our special cases, and two components of ours."""
    nlp = stage._english()
    assert nlp.pipe_names == ["feedback_sentences", "feedback_clauses"]
    doc = nlp("I can't reach [NAME], e.g. at 10a.m. :-( so slow.but ok; see amazon.com")
    assert [token.text for token in doc if not token.text.isalpha()] == (
        "n't [NAME] , e.g. 10 a.m. :-( . ; amazon.com".split()
    )


def test_words_are_forgotten_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store of strings stays bounded, and the spans stay what they are."""
    monkeypatch.setattr(stage, "_MOST_STRINGS", 3000)
    stage._english.cache_clear()
    built = {id(stage._english())}
    sizes = []
    for number in range(3000):
        spans = [f"word{number} is slow.", f"Thing{number} is dear"]
        assert parts(" ".join(spans)) == spans
        nlp = stage._english()
        built.add(id(nlp))
        sizes.append(len(nlp.vocab.strings))
    assert max(sizes) <= 3000
    assert len(built) > 1
    stage._english.cache_clear()


def test_a_text_is_split_the_same_in_a_worker() -> None:
    """The stage travels to other processes by name and loads its rules there."""
    texts = ["Slow app. Rude agent, but cheap", "Mr. Lee called. Twice", "no. 5 is dear; no. They left"]
    here = [split(text) for text in texts]
    sent = pickle.dumps(split)
    code = (
        f"import pickle; work = pickle.loads({sent!r}); print([work(text) for text in {texts[::-1]!r}][::-1])"
    )
    assert run_alone(code) == repr(here)


def test_a_long_run_without_blanks_is_one_word() -> None:
    """Its marks are not looked at, what follows is; lone surrogates do no harm."""
    run = "a.B" * 30
    assert parts(f"{run} is slow. Bye") == [f"{run} is slow.", "Bye"]
    assert parts("slow \ud800 app. Bye") == ["slow \ud800 app.", "Bye"]


def test_a_text_of_a_million_characters_is_split() -> None:
    """The largest comment that is taken, in one line."""
    text = "The app is slow. Nobody answers, but I try. " * 23_000
    assert len(text) > 1_000_000
    assert len(split(text)) == 3 * 23_000


@pytest.mark.parametrize(
    "mark",
    [
        *"a|.|. |but | but|;| - |-|(|'|\n|a.|Mr. |no. |👍|:| ".split("|"),
        *("a but ", "even ", "not only a but ", "\u3002)", "a;b ", "x" * 64 + ". ", "\u201c"),
    ],
)
def test_work_grows_with_the_text_and_not_faster(mark: str) -> None:
    """Four times the adversarial text takes nowhere near sixteen times the time."""

    def took(size: int) -> float:
        text = (mark * size)[:size]
        gc.collect()
        gc.disable()
        begin = time.process_time()
        split(text)
        gc.enable()
        return time.process_time() - begin

    small = max(min(took(10_000) for _ in range(2)), 0.004)
    assert took(40_000) < 11 * small


@pytest.mark.real_data
def test_real_comments_are_covered() -> None:
    """Every word of 3,739 public comments stands in exactly one span."""
    path = DATA / "shopzilla_agents.csv.gz"
    if not path.exists():
        pytest.skip("the public labelled sets are not on this machine")
    for raw in pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")["text"]:
        text = clean(raw)
        spoken = WORD.findall(text)
        assert [word for start, end in split(text) for word in WORD.findall(text[start:end])] == spoken

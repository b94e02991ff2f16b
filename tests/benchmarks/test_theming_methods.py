"""Every way to group comments gives a line with a theme for each comment; what is missing is said."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from theming import grouping
from theming.measures import agreement
from theming.methods import METHODS, TEXTS, VECTORS, Line, Method, Outcome, Task, done, peak
from theming.sets import Labelled, Options

from cx_text.stages.vectors import sentence_vectors

KINDS = {
    "parcel": [
        "my parcel came late",
        "the parcel is late again",
        "where is my parcel",
        "parcel still not here",
    ],
    "refund": [
        "i want my refund",
        "refund never arrived",
        "no refund on my account",
        "the refund is missing",
    ],
    "login": [
        "cannot log in",
        "login fails each time",
        "password reset does not work",
        "my login is blocked",
    ],
}
TEXT = [f"{text} {tail}" for texts in KINDS.values() for text in texts for tail in ("today", "since monday")]
GOLD = [kind for kind, texts in KINDS.items() for _ in texts for _ in range(2)]


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """Return 24 comments of three kinds, with their vectors."""
    folder = tmp_path_factory.mktemp("task")
    np.save(folder / VECTORS, sentence_vectors(TEXT))
    return Task(TEXT, len(KINDS), folder)


@pytest.fixture
def options(tmp_path: Path) -> Options:
    """Return options with a folder of their own."""
    return Options(tmp_path, ("banking77",), 0, verbose=False, folder=tmp_path)


@pytest.mark.parametrize("name", [name for name in METHODS if name != "bertopic"])
def test_every_method_gives_each_comment_a_theme_or_none(name: str, task: Task) -> None:
    """In the order of the comments, with the seconds it took."""
    outcome = done(name, task)
    assert outcome.lines
    assert all(len(line.themes) == len(TEXT) for line in outcome.lines)
    assert all(0 < line.seconds <= outcome.seconds for line in outcome.lines)


def test_kmeans_on_sentence_vectors_finds_three_plain_kinds(task: Task) -> None:
    """The kinds are far apart, so that a line of noise would show a mistake in the order of rows."""
    (line,) = done("minilm", task).lines
    assert agreement(GOLD, line.themes).ami > 0.8
    assert len(set(line.themes)) == 3


def test_a_method_told_k_makes_k_groups(task: Task) -> None:
    """However many that is."""
    (line,) = done("tfidf", replace(task, classes=5)).lines
    assert len(set(line.themes)) == 5


@pytest.mark.slow
def test_bertopic_tells_outliers_from_topics_and_then_gives_them_topics(options: Options) -> None:
    """Two lines of one run: the second leaves no comment out."""
    pytest.importorskip("bertopic", reason="BERTopic is not installed; `make bench-themes` does that")
    texts = [f"{text} {number}" for number in range(12) for text in TEXT]
    folder = grouping.prepared("banking77", Labelled(texts, GOLD * 12), options)
    assert grouping.process("encode", folder).lines == []
    plain, reduced = grouping.process("bertopic", folder).lines
    assert len(plain.themes) == len(reduced.themes) == len(texts)
    assert "-1" not in plain.themes
    assert None not in reduced.themes


def test_a_process_of_its_own_finds_what_the_function_finds(options: Options, task: Task) -> None:
    """The way the table is made: texts in, outcome out, by files."""
    folder = grouping.prepared("banking77", Labelled(TEXT, GOLD), options)
    outcome = grouping.process("tfidf", folder)
    assert outcome.lines[0].themes == done("tfidf", task).lines[0].themes
    assert 20 < outcome.peak < 2_000 or not Path("/proc/self/status").is_file()


def test_a_process_that_fails_ends_the_benchmark_with_its_own_words(options: Options) -> None:
    """No line is better than a wrong one."""
    folder = grouping.prepared("banking77", Labelled(TEXT, GOLD), options)
    (folder / TEXTS).write_text("no json")
    with pytest.raises(SystemExit, match="tfidf failed"):
        grouping.process("tfidf", folder)


def test_vectors_made_before_count_as_seconds_and_memory_of_a_method(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Encoding took 100 seconds and 5,000 MB: only the line of the method that uses it says so."""
    outcomes = {"encode": Outcome([], 100.0, 5000.0), "tfidf": told("plain"), "minilm": told("encoded")}
    monkeypatch.setattr(grouping, "load", lambda *_: Labelled(list("ab"), list("ab")))
    monkeypatch.setattr(grouping, "process", lambda method, _: outcomes[method])
    monkeypatch.setattr(grouping, "METHODS", {name: METHODS[name] for name in ("tfidf", "minilm")})
    _, plain, encoded = grouping.lines(options)
    assert plain.split()[-2:] == ["1.0", "10"]
    assert encoded.split()[-2:] == ["101.0", "5000"]


def told(name: str) -> Outcome:
    """Return the outcome of a method that took one second and 10 MB."""
    return Outcome([Line(name, ["1", "2"], 1.0)], 1.5, 10.0)


def test_a_method_that_is_not_installed_has_a_line_that_says_so(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other lines are there all the same."""
    methods = {"odd": Method(METHODS["tfidf"].group, needs=("no_such_module", "numpy"))}
    monkeypatch.setattr(grouping, "METHODS", methods)
    monkeypatch.setattr(grouping, "load", lambda *_: Labelled(TEXT, GOLD))
    monkeypatch.setattr(grouping, "process", lambda *_: Outcome([], 0.0, 0.0))
    _, line = grouping.lines(options)
    assert "odd" in line
    assert line.endswith("not installed: no_such_module")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process by itself")
def test_the_peak_grows_with_what_was_held() -> None:
    """After 200 MB were held, the peak is at least 200 MB."""
    held = np.ones(25_000_000)
    assert held.sum() > 0
    assert peak() > 200

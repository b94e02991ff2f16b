"""Each table of the theme benchmark, on a small set of our own in place of the public ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import themes
from theming import aspects, assigning, naming, novelty, steadiness
from theming.aspects import Mention, Sentence
from theming.sets import Labelled, Options, export_of, learned, load, main_themes

from cx_text.records import CATALOGUE

SAID = {
    "late_parcel": (
        "the parcel",
        ["came late", "is late again", "was delivered late", "arrived a week late"],
    ),
    "refund_missing": ("the refund", ["is missing", "never arrived", "was not paid", "is still missing"]),
    "login_blocked": ("the login", ["is blocked", "fails each time", "does not work", "was locked"]),
    "rude_agent": ("the agent", ["was rude", "shouted at me", "was unfriendly and rude", "was so rude"]),
}
WHEN = (
    "",
    "today",
    "since monday",
    "for my mother",
    "at the shop",
    "in the app",
    "after the update",
    "in march",
)
ROWS = [
    (f"{what} {does} {when}".strip(), label)
    for label, (what, ways) in SAID.items()
    for does, when in product(ways, WHEN)
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two sets: complaints of four kinds, and sentences of two minds."""
    folder = tmp_path_factory.mktemp("data")
    texts, labels = zip(*ROWS, strict=True)
    pd.DataFrame({"text": texts, "label": labels}).to_csv(folder / "banking77.csv.gz", index=False)
    minds = [
        (f"the waiter was {bad} but the soup was {good} {when}", "staff:negative|food:positive")
        for bad, good, when in product(("rude", "slow"), ("great", "lovely"), WHEN)
    ]
    sentences, aspect = zip(*minds, strict=True)
    split = ["train"] * 24 + ["test"] * 8
    frame = pd.DataFrame({"text": sentences, "label": aspect, "split": split})
    frame.to_csv(folder / "mams_acsa.csv.gz", index=False)
    return folder


@pytest.fixture(scope="module")
def options(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Options:
    """Return options for the small set."""
    return Options(data, ("banking77",), 0, verbose=True, folder=tmp_path_factory.mktemp("run"))


def test_rows_without_a_label_are_left_out(tmp_path: Path) -> None:
    """Of three tweets one has no reason."""
    frame = pd.DataFrame({"text": ["a", "b", "c"], "negativereason": ["late", "", "rude"]})
    frame.to_csv(tmp_path / "us_airline_tweets.csv.gz", index=False)
    found = load("us_airline_tweets", Options(tmp_path, (), 0, verbose=False, folder=tmp_path))
    assert found == Labelled(["a", "c"], ["late", "rude"])


def test_fewer_rows_are_a_random_part_with_the_labels_that_belong_to_them(data: Path) -> None:
    """Text and label stay together."""
    found = load("banking77", Options(data, (), 20, verbose=False, folder=data))
    assert len(found.texts) == 20
    assert all(pair in ROWS for pair in zip(found.texts, found.gold, strict=True))
    assert len(set(found.gold)) > 1


def test_a_missing_set_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    """No traceback."""
    with pytest.raises(SystemExit, match="--data"):
        load("banking77", Options(tmp_path, (), 0, verbose=False, folder=tmp_path))


def test_main_themes_follow_the_rows_and_are_none_without_one(options: Options) -> None:
    """A greeting between two complaints has none."""
    _, pipeline, themes = learned("banking77", options)
    found = main_themes(pipeline, [ROWS[0][0], "hello", ROWS[-1][0]])
    assert found == [themes[0], None, themes[-1]]
    assert found[0] != found[2]


def test_names_are_found_in_the_words_of_the_themes(options: Options) -> None:
    """Four plain kinds are named by their own words."""
    head, line, *missed = naming.lines(options)
    assert head.split() == ["set", "classes", "named", "with", "parent"]
    name, classes, named, reached = line.split()
    assert (name, classes) == ("banking77", "4")
    assert float(named.rstrip("%")) == 100 - 25 * len(missed)
    assert float(reached.rstrip("%")) >= float(named.rstrip("%")) >= 75


def test_what_was_missed_is_told_with_the_theme_that_holds_it() -> None:
    """One class is said, one is not, one has no theme."""
    rows = [{"theme_id": "T1", "label": "late parcel", "keywords": ["courier"]}]
    wanted = {one: frozenset({one}) for one in ("parcel", "rude", "odd")}
    said = naming.spoken(CATALOGUE.frame(rows))["T1"]
    own = {"parcel": said, "rude": said, "odd": frozenset[str]()}
    told = list(naming.missed(wanted, own, {"parcel": "T1", "rude": "T1"}, CATALOGUE.frame(rows)))
    assert told == ["    rude: T1 late parcel | courier", "    odd:  no theme"]


def test_stability_compares_only_the_rows_that_both_samples_hold() -> None:
    """Row 1 and row 4 are in one sample each."""
    left = {1: "a", 2: "a", 3: "b", 5: "b"}
    right = {2: "x", 3: "y", 4: "x", 5: "y"}
    assert steadiness.agreed(left, right) == pytest.approx(1.0)
    assert steadiness.agreed(left, {2: "x", 3: "x", 5: "x"}) == pytest.approx(0.0)


def test_samples_are_nine_tenths_without_repeats_and_differ() -> None:
    """Each of three."""
    drawn = [frozenset(rows.tolist()) for rows in steadiness.samples(np.random.default_rng(0), 50)]
    assert [len(rows) for rows in drawn] == [45, 45, 45]
    assert len(set(drawn)) == 3


def test_plain_kinds_are_stable(options: Options) -> None:
    """The mean stands before the three pairs it is the mean of."""
    _, line = steadiness.lines(options)
    _, mean, *pairs = line.split()
    assert len(pairs) == 3
    assert float(mean) == pytest.approx(np.mean([float(one) for one in pairs]), abs=0.001)
    assert float(mean) > 0.5


def test_texts_of_one_length_are_made_of_all_words_in_order() -> None:
    """Seven words make three runs of two."""
    assert assigning.joined(["a b c", "d e", "f g"], 2) == ["a b", "c d", "e f"]
    assert assigning.joined(["a"], 2) == []


def test_overhearing_changes_nothing(options: Options) -> None:
    """The pipeline says what it says unheard; as many spans as vectors were overheard."""
    _, quiet, themes = learned("banking77", options)
    texts = [text for text, _ in ROWS]
    pipeline, lesson = assigning.overhear(texts)
    assert main_themes(pipeline, texts) == themes
    assert pipeline.themes.equals(quiet.themes)
    assert lesson.vectors.shape == (len(lesson.themes), 384)
    assert len(lesson.rows) == len(lesson.themes)


@pytest.mark.slow
def test_speed_is_told_for_one_process_and_two_and_both_ways_are_compared(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rates are above nothing; the difference is that of the two figures before it."""
    monkeypatch.setattr(assigning, "TIMED", 100)
    _, one, two, _, compared = assigning.lines(options)
    assert [line.split()[3] for line in (one, two)] == ["1", "2"]
    assert all(float(rate.replace(",", "")) > 0 for line in (one, two) for rate in line.split()[4:])
    _, fast, slow, difference = compared.split()
    assert float(difference) == pytest.approx(float(fast) - float(slow), abs=0.0011)


def two_minds() -> Iterator[Sentence]:
    """Yield three sentences: both aspects parted, both in one span, one not found."""
    gold = {"food": "positive", "staff": "negative"}
    yield Sentence(gold, [Mention("food", 0, 0.5), Mention("staff", 20, -0.5)], 0.1)
    yield Sentence(gold, [Mention("food", 0, 0.3), Mention("staff", 0, 0.3)], 0.3)
    yield Sentence(gold, [Mention("food", 0, 0.4), Mention("food", 9, 0.6)], 0.5)


def test_aspects_count_as_parted_only_in_different_spans() -> None:
    """Only in the first sentence; aspects of like polarity are not asked for."""
    assert [aspects.pairs_of(one) for one in two_minds()] == [[True], [False], [False]]
    assert aspects.pairs_of(Sentence({"food": "positive", "place": "positive"}, [], 0.0)) == []


def test_an_aspect_has_the_mean_of_its_mentions_or_else_of_the_sentence() -> None:
    """The third sentence mentions food twice and staff never."""
    sentences = list(two_minds())
    assert len(aspects.found(sentences)) == 5
    assert aspects.every(sentences)[-2:] == [("positive", 0.5, 0.5), ("negative", 0.5, 0.5)]
    assert aspects.found(sentences)[:2] == [("positive", 0.5, 0.1), ("negative", -0.5, 0.1)]


def test_polarity_is_told_as_accuracy_and_macro_f1() -> None:
    """Three of four are right; F1 is 1 for neutral, 2/3 for negative, and none was positive."""
    gold = ["negative", "negative", "neutral", "neutral"]
    assert aspects.right(gold, ["negative", "positive", "neutral", "neutral"]) == "0.750 0.556"
    assert aspects.right([], []) == "-"


def test_the_table_of_aspects_judges_the_sentences_that_were_not_learned_from(options: Options) -> None:
    """Eight sentences of two aspects each."""
    first, _, pairs, _, _, every, *_ = aspects.lines(options)
    assert "8 sentences" in first
    assert "unlike polarity: 8;" in pairs
    assert every.split()[:3] == ["all", "aspects", "16"]


def test_the_second_night_brings_all_of_the_new_classes_and_some_of_the_others() -> None:
    """Nothing of a new class comes early."""
    gold = np.array(["new", "old"] * 500)
    later = novelty.second_night(gold, ["new"])
    assert later[gold == "new"].all()
    assert 0.05 < later[gold == "old"].mean() < 0.15


def test_later_rows_have_later_dates() -> None:
    """The first eight weeks and the ninth do not overlap."""
    later = np.arange(100) % 5 == 0
    rows = novelty.dated(Labelled(["text"] * 100, ["kind"] * 100), later)
    assert rows.loc[~later, "created_at"].max() < rows.loc[later, "created_at"].min() == "2024-02-26"
    assert rows["created_at"].max() <= "2024-03-03"


def test_the_classes_left_out_are_the_same_each_time() -> None:
    """Eight of seventy-seven."""
    names = [f"class {number:02d}" for number in range(77)] * 2
    assert novelty.chosen(names) == novelty.chosen(names[::-1])
    assert len(set(novelty.chosen(names))) == 8


@pytest.mark.slow
def test_a_night_tells_the_main_theme_of_every_row_and_the_themes_there_are(tmp_path: Path) -> None:
    """A second, larger night over the same rows keeps what the first one said."""
    rows = export_of([text for text, _ in ROWS])
    before = novelty.night(rows[:100], "first.csv", tmp_path / "workspace")
    after = novelty.night(rows, "second.csv", tmp_path / "workspace")
    assert len(before.themes) == 100
    assert after.themes[:100] == before.themes
    assert {one for one in before.themes if one} <= before.ids <= after.ids


@pytest.mark.slow
def test_one_command_prints_the_tables_that_are_asked_for(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a user would call it; an unknown table is told with those there are."""
    command = ["themes.py", "--data", str(data), "--sets", "banking77"]
    monkeypatch.setattr(sys, "argv", [*command, "--tables", "main,names"])
    themes.main()
    printed = capsys.readouterr().out
    assert printed.count("== ") == 2
    lines = [line for line in printed.splitlines() if line.startswith("banking77")]
    assert lines[0].split()[1] == "TF-IDF"
    assert "cx_text" in printed
    monkeypatch.setattr(sys, "argv", [*command, "--tables", "mane"])
    with pytest.raises(SystemExit) as refused:
        themes.main()
    assert refused.value.code == 2
    assert "choose from main, names" in capsys.readouterr().err

"""Redaction measured: on our own 2,000 comments, and on public sets where they are at hand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from redaction import (
    CLEAN,
    DATA,
    LOOSE,
    OURS,
    STRUCTURED,
    Comment,
    bitext,
    measured,
    ours,
    presidio,
    read,
    recall,
    replaced,
    spread,
    touched,
)

from cx_text.stages.clean import clean
from cx_text.stages.redact import Redactor, plain_width
from cx_text.text import PLACEHOLDER

BUILD = OURS.parent / "build.py"
REDACT = Redactor()
FLOOR = 0.98
public = pytest.mark.skipif(not DATA.is_dir(), reason="the public labelled sets are not on this machine")


# --- our own set -----------------------------------------------------------------------------------


def test_the_committed_set_is_what_its_generator_writes(tmp_path: Path) -> None:
    """Byte for byte, on any machine and under any hash seed."""
    made = tmp_path / "comments.jsonl"
    subprocess.run([sys.executable, str(BUILD), "--output", str(made)], check=True)
    assert made.read_bytes() == OURS.read_bytes()


def test_ten_kinds_in_eight_manners_make_two_thousand() -> None:
    """200 of each kind, 25 of each kind in each manner."""
    names = [json.loads(line)["id"] for line in OURS.read_text("utf-8").splitlines()]
    cells = Counter(name.rsplit("-", 1)[0] for name in names)
    assert len(set(names)) == len(names) == 2000
    assert len(cells) == 80
    assert set(cells.values()) == {25}


def test_gold_spans_begin_and_end_with_what_they_hold_and_cleaning_moves_none() -> None:
    """Offsets are of the text that redaction sees."""
    for text, spans in ours():
        assert clean(text) == text
        for start, end, kind in spans:
            assert kind in {*STRUCTURED["ours"], *LOOSE["ours"]}
            assert 0 <= start < end <= len(text)
            assert text[start:end].strip() == text[start:end]


def test_mail_addresses_and_network_addresses_are_those_kept_for_examples() -> None:
    """RFC 2606, RFC 5737 and RFC 3849: nobody can be reached under them."""
    for text, spans in ours():
        for start, end, kind in spans:
            if kind == "EMAIL":
                assert "example" in text[start:end].lower()
            if kind == "IP":
                plain = plain_width(text[start:end]).lower().replace(" dot ", ".")
                assert plain.startswith(("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"))


def test_structured_data_of_our_own_set_is_found() -> None:
    """At least 98 % of each type; names and addresses are held to what they reach today, less a little."""
    told = measured(ours(), REDACT)
    assert {kind: told.found[kind] / told.total[kind] for kind in STRUCTURED["ours"]} == {
        kind: pytest.approx(1, abs=1 - FLOOR) for kind in STRUCTURED["ours"]
    }
    assert told.found["NAME"] >= 0.94 * told.total["NAME"]
    assert told.found["ADDRESS"] >= 0.93 * told.total["ADDRESS"]
    assert told.right >= 0.995 * told.places


def test_our_own_set_is_redacted_for_good() -> None:
    """Reading the outcome again changes nothing."""
    assert all(REDACT(safe) == safe for text, _ in ours() if (safe := REDACT(text)))


# --- the ruler -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "safe", "gone"),
    [
        ("no change", "no change", []),
        ("call 555-0100 now", "call [PHONE] now", ["555-0100"]),
        ("Ann", "[NAME]", ["Ann"]),
        ("ann@example.org and 1.2.3.4", "[EMAIL] and [IP]", ["ann@example.org", "1.2.3.4"]),
        ("see https://a.example/x?y=1 ok", "see https://a.example/x ok", ["?y=1"]),
        ("\uff11\uff12\uff13", "[ID]", ["\uff11\uff12\uff13"]),
    ],
)
def test_what_is_gone_is_found_again_by_its_surroundings(text: str, safe: str, gone: list[str]) -> None:
    """The places are of the original."""
    assert [text[start:end] for start, end in replaced(text, safe)] == gone


def test_a_text_that_was_not_made_by_redacting_is_refused() -> None:
    """A ruler that guesses measures nothing."""
    with pytest.raises(ValueError, match="no redacted form"):
        replaced("one", "two")


def test_a_span_counts_when_no_letter_or_digit_of_it_is_left_but_a_title() -> None:
    """Half a number is a miss; a replacement beside all gold is wrong."""
    comments = [
        Comment("Mr. Lee paid", [(0, 7, "NAME")]),
        Comment("12 34 56", [(0, 8, "ID")]),
        Comment("(12)", [(0, 4, "ID")]),
        Comment("none", []),
    ]
    outcome = {
        "Mr. Lee paid": "Mr. [NAME] paid",
        "12 34 56": "12 [ID]",
        "(12)": "([ID])",
        "none": "[NAME]",
    }
    told = measured(comments, outcome.__getitem__)
    assert told.found == {"NAME": 1, "ID": 1}
    assert told.total == {"NAME": 1, "ID": 2}
    assert (told.right, told.places) == (3, 4)
    assert told.missed["ID"] == ["'12 34 56' in '12 [ID]'"]


def test_the_table_names_each_type_and_what_is_not_promised() -> None:
    """One line a type, one figure a reader."""
    lines = list(recall("ours", ours(), {"all": lambda _: "[ID]", "none": str}, verbose=False))
    assert lines[0].split()[-2:] == ["all", "none"]
    assert re.search(r"EMAIL +200 +100\.0% +0\.0%", lines[1])
    assert sum("not promised" in line for line in lines) == len(LOOSE["ours"])


# --- public sets -----------------------------------------------------------------------------------


@public
@pytest.mark.real_data
@pytest.mark.parametrize("name", ["presidio_synth", "bitext_support"])
def test_structured_data_of_a_public_set_is_found(name: str) -> None:
    """At least 98 % of each type by other people's labels."""
    comments = {"presidio_synth": presidio, "bitext_support": bitext}[name](DATA)
    told = measured(comments, REDACT)
    for kind in STRUCTURED[name]:
        assert told.found[kind] >= FLOOR * told.total[kind] > 0, kind
    assert told.right >= 0.99 * told.places


@public
@pytest.mark.real_data
def test_hardly_a_clean_comment_is_touched() -> None:
    """At most 1 % of 5,000, first names of waiters included."""
    texts = [text for name in CLEAN for text in spread(name, DATA)]
    assert len(texts) == 5000
    assert sum(REDACT(text) != text for text in texts) <= 50


@public
@pytest.mark.real_data
@pytest.mark.parametrize("name", ["us_airline_tweets", "shopzilla_agents", "skytrax_ryanair"])
def test_hardly_a_real_comment_loses_a_number(name: str) -> None:
    """People name people; but numbers, flights, prices and dates stay in 99 of 100, true finds included."""
    texts = [clean(text) for text in read(name, DATA)["text"]]
    numbers = sum(bool({*PLACEHOLDER.findall(REDACT(text))} - {"[NAME]"}) for text in texts)
    assert numbers <= 0.01 * len(texts)


@public
@pytest.mark.real_data
def test_the_table_of_clean_comments_counts_what_is_changed() -> None:
    """A reader that changes all touches all, one that changes nothing touches none."""
    lines = list(touched(DATA, {"all": "x{}".format, "none": str}, verbose=False))
    assert [line.split()[0] for line in lines[1:5]] == list(CLEAN)
    assert lines[5].split() == ["all", "5000", "100.00%", "0.00%"]

"""What cannot wait, as told: the words that tell it are marked, and that phrases found it is said."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.config import Config
from cx_text.records import EXPERIENCE, RISKS, Result
from cx_text.reports.page import write_page
from cx_text.reports.urgent_told import AT_ONCE, LONGEST, fragments, urgent_section

SUE = "The lamp came broken. I will sue you if nobody answers."
LEAVE = "I am cancelling my contract this week."


def with_risks(
    result: Result, risks: Sequence[Mapping[str, Any]], texts: Mapping[str, str], counts: Sequence[Any] = ()
) -> Result:
    """Return the result with comments that cannot wait."""
    findings = replace(result.findings, risks=RISKS.frame(risks), experience=EXPERIENCE.frame(counts or ()))
    return replace(result, findings=findings, quotes={**result.quotes, **texts})


def risk(verbatim: str, *kinds: str, **other: Any) -> dict[str, Any]:
    """Return a row of RISKS."""
    row = {"verbatim_id": verbatim, "created_at": "2025-06-20T10:00:00Z", "channel": "Phone"}
    return row | {"kinds": list(kinds)} | other


def page(result: Result) -> str:
    """Return the page without its style."""
    out = io.BytesIO()
    write_page(result, Config(), out)
    return re.sub(r"<style>.*?</style>", "", out.getvalue().decode(), flags=re.DOTALL)


def test_a_card_has_kind_place_day_and_the_phrase_marked(rich: Result) -> None:
    """Grave are safety and legal steps."""
    result = with_risks(rich, [risk("a", "legal"), risk("b", "churn", channel=None)], {"a": SUE, "b": LEAVE})
    first, second = urgent_section(result).first
    assert (first.kinds, first.grave, first.source) == (["Legal steps"], True, "Phone, 20 Jun 2025")
    assert (second.kinds, second.grave, second.source) == (["Leaving"], False, "20 Jun 2025")
    assert "".join(part.text for part in first.text) == SUE
    assert [part.text for part in first.text if part.marked] == ["will sue you"]


def test_only_the_risks_of_the_row_are_marked(rich: Result) -> None:
    """What a person took back is not told again."""
    both = f"{SUE} {LEAVE}"
    card = urgent_section(with_risks(rich, [risk("a", "churn")], {"a": both})).first[0]
    assert all("sue" not in part.text for part in card.text if part.marked)


def test_a_comment_without_its_words_is_left_out(rich: Result) -> None:
    """There would be nothing to read."""
    assert not urgent_section(with_risks(rich, [risk("gone", "legal")], {})).first


def test_the_first_five_are_shown_and_the_others_are_a_click_away(rich: Result) -> None:
    """In the order of the findings."""
    names = [f"r{number}" for number in range(8)]
    section = urgent_section(
        with_risks(rich, [risk(name, "legal") for name in names], dict.fromkeys(names, SUE))
    )
    assert (len(section.first), len(section.rest)) == (AT_ONCE, 3)


def test_counts_of_all_the_time_have_share_interval_and_n(rich: Result) -> None:
    """Kinds in their order."""
    row = {
        "scope": "all",
        "measure": "risk",
        "n": 500,
        "count": 5,
        "value": 0.01,
        "low": 0.004,
        "high": 0.023,
    }
    rows = [row | {"item": item} for item in ("legal", "safety")]
    told = urgent_section(with_risks(rich, [], {}, rows)).counted
    assert told == (
        "Of 500 comments in all the time of this report: safety 5 (1.0%, 0.4\u20132.3%) "
        "and legal steps 5 (1.0%, 0.4\u20132.3%)."
    )


def test_the_page_marks_the_words_and_says_that_a_person_must_read_them(rich: Result) -> None:
    """Honest about how often phrases err."""
    source = page(with_risks(rich, [risk("a", "legal")], {"a": SUE}))
    assert "<mark>will sue you</mark>" in source
    assert "more than one in three was none" in source
    assert "a person reads each before anybody acts" in source
    assert 'href="#urgent"' in source


def test_without_such_comments_there_is_no_section_and_no_link(rich: Result, nothing: Result) -> None:
    """An empty section vanishes."""
    assert "urgent" not in page(rich)
    assert "urgent" not in page(nothing)


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "<mark>", "{{ 7*7 }}", "\u202etxt.exe \x1b[31m"]
)
def test_words_of_customers_are_text_marked_or_not(rich: Result, hostile: str) -> None:
    """No tag, no template, no hidden character."""
    source = page(
        with_risks(rich, [risk("a", "legal", channel=hostile)], {"a": f"{hostile} {SUE} {hostile}"})
    )
    assert "<script" not in source
    assert source.count("<mark>") == 1
    assert not re.search(r"[\x1b\u202a-\u202e]", source)
    assert "49" not in re.findall(r"<blockquote>.*?</blockquote>", source)[0]


def told(text: str, places: Sequence[tuple[int, int]], limit: int = LONGEST) -> list[tuple[str, bool]]:
    """Return the pieces."""
    return [(piece.text, piece.marked) for piece in fragments(text, places, limit)]


@pytest.mark.parametrize(
    ("text", "places", "pieces"),
    [
        ("abc", [], [("abc", False)]),
        ("abc", [(0, 3)], [("abc", True)]),
        ("a b c", [(2, 3), (4, 5)], [("a ", False), ("b", True), (" ", False), ("c", True)]),
        ("a b c", [(0, 3), (2, 5)], [("a b", True), (" c", True)]),
        ("a b c", [(4, 5), (0, 1)], [("a", True), (" b ", False), ("c", True)]),
    ],
)
def test_a_text_is_cut_where_it_is_marked(
    text: str, places: list[tuple[int, int]], pieces: list[tuple[str, bool]]
) -> None:
    """Places in any order, also where they overlap."""
    assert told(text, places) == pieces


def test_a_long_text_is_shown_around_what_is_marked() -> None:
    """Cut at blanks, with dots where something is left out."""
    text = f"{'long before ' * 60}I will sue you {'long after ' * 60}".strip()
    start = text.index("will sue")
    pieces = told(text, [(start, start + 8)])
    assert (pieces[0], pieces[-1]) == (("\u2026", False), ("\u2026", False))
    assert ("will sue", True) in pieces
    assert pieces[1][0].startswith(("long", "before"))
    assert sum(len(piece) for piece, _ in pieces) <= LONGEST + 20


@given(st.text("ab c", max_size=80), st.integers(0, 80), st.integers(1, 10), st.integers(12, 30))
def test_no_place_and_no_length_loses_what_is_marked(text: str, start: int, size: int, limit: int) -> None:
    """The marked words are in the excerpt, and the excerpt is in the text."""
    start = min(start, len(text))
    stop = min(start + size, len(text))
    pieces = told(text, [(start, stop)], limit)
    shown = "".join(piece for piece, _ in pieces if piece != "\u2026")
    assert shown in text
    assert any(marked for _, marked in pieces) is (start < stop)
    if start < stop and len(text) <= limit:
        assert [piece for piece, marked in pieces if marked] == [text[start:stop]]

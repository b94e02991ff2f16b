"""Where words and rating disagree, as told."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from cx_text.config import Config
from cx_text.records import CONFLICTS, Result
from cx_text.reports.conflicts_told import conflict_cards
from cx_text.reports.page import write_page

TEXT = "The worst <b>service</b> I ever had."


def conflict(verbatim: str, **other: Any) -> dict[str, Any]:
    """Return a row of CONFLICTS."""
    row = {"verbatim_id": verbatim, "created_at": "2025-06-20T10:00:00Z", "channel": "Phone"}
    return row | {"rating": "CSAT 5", "sentiment": -0.84} | other


def with_conflicts(result: Result, *found: dict[str, Any]) -> Result:
    """Return the result with comments that contradict their rating."""
    findings = replace(result.findings, conflicts=CONFLICTS.frame(found))
    return replace(result, findings=findings, quotes={**result.quotes, "a": TEXT, "b": "Great, thanks"})


def page(result: Result) -> str:
    """Return the page."""
    out = io.BytesIO()
    write_page(result, Config(), out)
    return out.getvalue().decode()


def test_a_card_tells_rating_and_words_with_place_and_day(rich: Result) -> None:
    """What is not known is left out."""
    result = with_conflicts(rich, conflict("a"), conflict("b", channel=None, rating="NPS 0", sentiment=0.9))
    first, second = conflict_cards(result)
    assert (first.kinds, first.source) == (["CSAT 5, words \u22120.84"], "Phone, 20 Jun 2025")
    assert (second.kinds, second.source) == (["NPS 0, words +0.90"], "20 Jun 2025")
    assert "".join(part.text for part in first.text) == TEXT


def test_a_comment_without_a_kept_text_is_left_out(rich: Result) -> None:
    """There is nothing to read."""
    assert conflict_cards(with_conflicts(rich, conflict("gone"))) == []


def test_the_page_shows_them_escaped_and_says_what_they_may_be(rich: Result) -> None:
    """And has no such section without any."""
    told = page(with_conflicts(rich, conflict("a")))
    assert 'id="conflicts"' in told
    assert "The worst &lt;b&gt;service&lt;/b&gt;" in told
    assert 'id="conflicts"' not in page(with_conflicts(rich))

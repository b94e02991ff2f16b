"""Names that say how bad it was, but not what went wrong."""

from __future__ import annotations

import pytest

from cx_text.stages.label_vague import is_vague


@pytest.mark.parametrize(
    "label",
    [
        "worst service",
        "Bad customer service",
        "customer care",
        "service by Norvane",
        "complaint",
        "very bad",
        "agent",
    ],
)
def test_opinion_and_service_as_a_whole_are_vague(label: str) -> None:
    """A name of its own behind them makes them no clearer."""
    assert is_vague(label)


@pytest.mark.parametrize(
    "label",
    [
        "late delivery",
        "rude agent",
        "service centre closed",
        "refund",
        "bill",
        "call",
        "Norvane",
        "",
        "42",
        "no refund",
    ],
)
def test_what_names_a_thing_or_an_event_is_not_vague(label: str) -> None:
    """Somebody can act on it."""
    assert not is_vague(label)

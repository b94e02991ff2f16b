"""Dots with whiskers: in their place on one axis, never outside."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.reports.whiskers import ratio_whisker, share_whisker


def drawing(address: str) -> str:
    """Return the drawing behind an address."""
    return b64decode(address.removeprefix("data:image/svg+xml;base64,")).decode()


def spots(svg: str) -> tuple[float, float, float]:
    """Return where low end, dot and high end lie."""
    [(low, high)] = re.findall(r'M([\d.]+) 13H([\d.]+)" stroke="#', svg)
    [dot] = re.findall(r'cx="([\d.]+)"', svg)
    return float(low), float(dot), float(high)


def test_as_usual_is_in_the_middle_and_half_and_double_are_equally_far() -> None:
    """160 of 320; the axis is one of ratios."""
    assert spots(drawing(ratio_whisker(1.0, 0.5, 2.0, bad=True)))[1] == 160
    low, dot, high = spots(drawing(ratio_whisker(1.0, 0.5, 2.0, bad=True)))
    assert dot - low == pytest.approx(high - dot, abs=0.11)


def test_what_is_bad_has_another_colour() -> None:
    """Praise does not look like a complaint."""
    assert "#d9702b" in drawing(ratio_whisker(2.0, 1.5, 3.0, bad=True))
    assert "#d9702b" not in drawing(ratio_whisker(2.0, 1.5, 3.0, bad=False))


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_nothing_is_drawn_outside(value: float, high: float) -> None:
    """What is beyond the axis lies on its edge."""
    for place in spots(drawing(ratio_whisker(value, 0.0, high, bad=True))):
        assert 14 <= place <= 306


def test_a_share_of_one_is_at_the_right_end_and_unknown_bounds_are_on_the_dot() -> None:
    """14 + 0.5 x 292 = 160."""
    assert spots(drawing(share_whisker(1.0, 0.5, None))) == (160, 306, 306)

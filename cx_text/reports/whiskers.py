"""Dots with whiskers, drawn by hand on one fixed axis, so that any two of them can be compared by eye."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from cx_text.reports.sparks import ACCENT, address

BAD = "#d9702b"
_WIDTH, _HEIGHT, _EDGE, _MIDDLE = 320.0, 40.0, 14.0, 13.0
_RATIOS = {0.25: "\u00bc", 0.5: "\u00bd", 1.0: "as usual", 2.0: "2\u00d7", 4.0: "4\u00d7"}
_REACH = 1 / 6, 6.0
"""The least and the largest ratio that have a place of their own; what is beyond lies on the edge."""
_SHARES = {0.0: "nothing alike", 0.5: "0.5", 1.0: "alike"}


def ratio_whisker(value: float, low: float | None, high: float | None, *, bad: bool) -> str:
    """Return a ratio with its interval around "as usual", on a log axis, as the address of an image."""

    def place(ratio: float) -> float:
        least, most = _REACH
        return log(min(max(ratio, least), most) / least) / log(most / least)

    spots = [place(one) for one in (value, value if low is None else low, value if high is None else high)]
    marks = [(place(ratio), name) for ratio, name in _RATIOS.items()]
    return address(_svg(spots, marks, place(1.0), BAD if bad else ACCENT))


def share_whisker(value: float, low: float | None, high: float | None) -> str:
    """Return a number of 0..1 with its interval as the address of an image."""
    spots = [value, value if low is None else low, value if high is None else high]
    return address(_svg(spots, list(_SHARES.items()), 1.0, ACCENT))


def _svg(spots: Sequence[float], marks: Sequence[tuple[float, str]], neutral: float, colour: str) -> str:
    """Return the drawing of a dot, its low and its high end (each 0..1) above an axis with `marks`."""
    dot, low, high = (_x(spot) for spot in spots)
    names = "".join(
        f'<path d="M{_x(at)} {_MIDDLE + 10:g}v4" stroke="#b9c4d0"/>'
        f'<text x="{_x(at)}" y="{_HEIGHT - 2:g}" text-anchor="{_anchor(at)}">{name}</text>'
        for at, name in marks
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH:g}" height="{_HEIGHT:g}" '
        f'viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" font-family="Arial, Helvetica, sans-serif" '
        f'font-size="11" fill="#55616f">'
        f'<path d="M{_EDGE:g} {_MIDDLE + 10:g}H{_WIDTH - _EDGE:g}" stroke="#d5dce4"/>'
        f'<path d="M{_x(neutral)} 2V{_MIDDLE + 14:g}" stroke="#55616f" stroke-dasharray="3 2"/>{names}'
        f'<path d="M{low} {_MIDDLE:g}H{high}" stroke="{colour}" stroke-width="3" stroke-opacity="0.5"/>'
        f'<circle cx="{dot}" cy="{_MIDDLE:g}" r="5.5" fill="{colour}"/></svg>'
    )


def _x(place: float) -> str:
    """Return where a place of 0..1 lies across the drawing."""
    return f"{_EDGE + place * (_WIDTH - 2 * _EDGE):.1f}"


def _anchor(place: float) -> str:
    """Return on which side of a place its name stands; none leaves the drawing."""
    return "start" if place <= 0 else "end" if place >= 1 else "middle"

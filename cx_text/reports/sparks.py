"""Small lines without axes, drawn by hand: dozens of them must cost nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

_WIDTH, _HEIGHT, _EDGE = 160.0, 36.0, 3.0
ACCENT = "#1f5fbf"


def spark(values: Sequence[float | None], colour: str = ACCENT, *, from_zero: bool = True) -> str:
    """Return a line as the address of an image; gaps stay gaps; fewer than 2 known values: empty."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = (0.0 if from_zero else min(known)), max(known)
    reach = (high - low) or 1.0
    step = (_WIDTH - 2 * _EDGE) / (len(values) - 1)
    points = [
        None
        if value is None
        else (_EDGE + place * step, _HEIGHT - _EDGE - (value - low) / reach * (_HEIGHT - 2 * _EDGE))
        for place, value in enumerate(values)
    ]
    return address(_svg(points, colour))


def _svg(points: Sequence[tuple[float, float] | None], colour: str) -> str:
    """Return the drawing of a line through `points` with a dot on the last."""
    line, pen = [], "M"
    for point in points:
        line.append("" if point is None else f"{pen}{point[0]:.1f} {point[1]:.1f}")
        pen = "M" if point is None else "L"
    last = [point for point in points if point is not None][-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH:g}" height="{_HEIGHT:g}" '
        f'viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}">'
        f'<path d="M0 {_HEIGHT - 0.5:g}H{_WIDTH:g}" stroke="#d5dce4"/>'
        f'<path d="{"".join(line)}" fill="none" stroke="{colour}" stroke-width="1.6" '
        f'stroke-linejoin="round" stroke-linecap="round"/>'
        f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="2.6" fill="{colour}"/></svg>'
    )


def address(svg: str) -> str:
    """Return a drawing as a ``data:`` address that a page may show as an image."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode("ascii")

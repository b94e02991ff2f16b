"""Charts: Altair specifications drawn to SVG in this process, with no script and no network.

Each is drawn twice, for a screen and for a phone, and says its finding in its `alt`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert

from cx_text.reports.cells import shown
from cx_text.reports.series import Series
from cx_text.reports.sparks import ACCENT, address

WIDE, HALF, NARROW = 900, 440, 340
NEGATIVE, OTHER, INK, MUTED, LINE = "#d9702b", "#9db7dc", "#16202c", "#5b6775", "#e3e8ee"
_FONT = "Arial, 'Liberation Sans', Helvetica, Roboto, sans-serif"
_RATIOS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
_ID = re.compile(r'(?<=id=")[A-Za-z_]+\d+(?=")')
_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": "white",
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "gridColor": LINE,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
    },
    "axisY": {"labelColor": INK},
    "text": {"font": _FONT, "fontSize": 13, "color": INK},
}


@dataclass(frozen=True)
class Chart:
    """A chart as two images, for screens and for phones; `alt` says its finding."""

    wide: str
    narrow: str
    alt: str


@dataclass(frozen=True)
class Dot:
    """A value with its interval, on a line of its own named `label`; `bad` ones are set off."""

    label: str
    value: float
    low: float | None
    high: float | None
    bad: bool


@dataclass(frozen=True)
class Bar:
    """A theme in the overview: `count` verbatims, of which the share `negative` is told negatively."""

    label: str
    count: int
    negative: float | None
    note: str


@dataclass(frozen=True)
class Move:
    """A share before and after, each as (value, low, high); `sure` ones are set off."""

    label: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    sure: bool


def overview(bars: Sequence[Bar], says: str) -> Chart:
    """Return ranked bars of volume, the negative part set off; the legend is the page's."""
    values = [
        {"label": label, "part": part, "n": n, "order": order, "total": bar.count, "note": bar.note}
        for label, bar in zip(_numbered([bar.label for bar in bars]), bars, strict=True)
        for order, (part, n) in enumerate(_parts(bar))
    ]
    order = list(dict.fromkeys(str(value["label"]) for value in values))

    def make(width: int) -> Any:
        base = alt.Chart(alt.Data(values=values)).encode(y=_names(order, width))
        tint = alt.Scale(domain=["told negatively", "told otherwise"], range=[NEGATIVE, OTHER])
        room = 1 + 40 / (width - _room(width))
        scale = alt.Scale(domain=[0, room * max(bar.count for bar in bars)], nice=False)
        bar = base.mark_bar(height=15).encode(
            x=alt.X("n:Q", title="comments", scale=scale, axis=alt.Axis(tickCount=4, format=",d")),
            color=alt.Color("part:N", scale=tint, legend=None),
            order="order:Q",
        )
        note = base.transform_filter("datum.order == 0").mark_text(align="left", dx=6, fontSize=12)
        return alt.layer(bar, note.encode(x="total:Q", text="note:N")).properties(height=27 * len(order) + 50)

    return _drawn(make, says)


def _parts(bar: Bar) -> list[tuple[str, float]]:
    """Return the negative and the other part of a bar; undivided if the share is not known."""
    negative = round(bar.count * (bar.negative or 0.0))
    return [("told negatively", negative), ("told otherwise", bar.count - negative)]


def dots(items: Sequence[Dot], says: str, title: str, neutral: float) -> Chart:
    """Return values with intervals around the line `neutral` (1: ratios, drawn on a log scale)."""
    scale = alt.Scale(type="log", nice=False, padding=10) if neutral else alt.Scale(zero=True)
    floor = min((item.value for item in items if item.value > 0), default=1.0) / 2 if neutral else None
    values = [
        _spread(label, item, floor)
        for label, item in zip(_distinct([item.label for item in items]), items, strict=True)
        if floor is None or item.value > 0
    ]
    order = [value["label"] for value in values]
    axis = alt.Axis(values=_marks(values), format="~g") if neutral else alt.Axis(tickCount=5)
    tint = alt.condition("datum.bad", alt.value(NEGATIVE), alt.value(ACCENT))

    def make(width: int) -> Any:
        base = alt.Chart(alt.Data(values=values)).encode(y=_names(order, width), color=tint)
        x = alt.X("value:Q", title=title, scale=scale, axis=axis)
        line = base.mark_rule(strokeWidth=2.5, opacity=0.45).encode(
            x=alt.X("low:Q", scale=scale), x2="high:Q"
        )
        dot = base.mark_circle(size=80, opacity=1).encode(x=x)
        rule = alt.Chart(alt.Data(values=[{"at": neutral}])).mark_rule(color=MUTED).encode(x="at:Q")
        return alt.layer(rule, line, dot).properties(height=26 * len(order) + 50)

    return _drawn(make, says)


def _marks(values: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return the ratios to mark on a log axis that spans `values` and 1."""
    low = min([1.0, *(value["low"] for value in values)])
    high = max([1.0, *(value["high"] for value in values)])
    return [ratio for ratio in _RATIOS if low <= ratio <= high]


def _spread(label: str, item: Dot, floor: float | None) -> dict[str, Any]:
    """Return a dot as data; bounds that are not known lie on the value, none is below `floor`."""
    low = item.value if item.low is None else item.low
    high = item.value if item.high is None else item.high
    return {
        "label": label,
        "value": item.value,
        "low": low if floor is None else max(low, floor),
        "high": high,
        "bad": item.bad,
    }


def moves(items: Sequence[Move], says: str) -> Chart:
    """Return shares before (grey, above) and after with their intervals; the legend is the page's."""
    values = [
        {"label": label, "side": side, "value": value, "low": low, "high": high, "tint": tint}
        for label, item in zip(_distinct([item.label for item in items]), items, strict=True)
        for side, (value, low, high), tint in (
            ("before", item.before, MUTED),
            ("now", item.after, NEGATIVE if item.sure else OTHER),
        )
    ]
    order = list(dict.fromkeys(str(value["label"]) for value in values))

    def make(width: int) -> Any:
        base = alt.Chart(alt.Data(values=values)).encode(
            y=_names(order, width).scale(paddingInner=0.35),
            yOffset=alt.YOffset("side:N", sort=["before", "now"]),
            color=alt.Color("tint:N", scale=None),
        )
        x = alt.X("value:Q", title="share of comments", axis=alt.Axis(format="%", tickCount=5))
        line = base.mark_rule(strokeWidth=2.5, opacity=0.45).encode(x=alt.X("low:Q"), x2="high:Q")
        return alt.layer(line, base.mark_circle(size=70, opacity=1).encode(x=x)).properties(
            height=38 * len(order) + 50
        )

    return _drawn(make, says)


def timeline(series: Series, says: str, before: float | None, window: tuple[str, str] | None) -> Chart:
    """Return a rate over time, with the rate before as a dashed line and `window` shaded."""
    values = [{"at": period, "rate": rate} for period, rate in zip(series.periods, series.rates, strict=True)]

    form = "%b %Y" if series.periods[0][:4] != series.periods[-1][:4] else "%-d %b"

    def make(_: int) -> Any:
        axis = alt.Axis(title=None, grid=False, tickCount=5, format=form, labelOverlap=True)
        dates = alt.X("at:T", axis=axis, scale=alt.Scale(type="utc"))
        rates = alt.Y(
            "rate:Q", title=None, axis=alt.Axis(format="%", tickCount=3), scale=alt.Scale(zero=True)
        )
        line = alt.Chart(alt.Data(values=values)).mark_line(color=ACCENT, strokeWidth=2, point=False)
        layers = [line.encode(x=dates, y=rates)]
        if before is not None:
            rule = alt.Chart(alt.Data(values=[{"rate": before}]))
            layers.append(rule.mark_rule(color=MUTED, strokeDash=[5, 4]).encode(y=rates))
        if window is not None:
            band = alt.Chart(alt.Data(values=[{"at": window[0], "to": window[1]}]))
            band = band.mark_rect(color=NEGATIVE, opacity=0.16)
            layers.insert(0, band.encode(x=dates, x2="to:T"))
        return alt.layer(*layers).properties(height=150)

    return Chart(_image(make(HALF), HALF), _image(make(NARROW), NARROW), says)


def _names(order: Sequence[str], width: int) -> Any:
    """Return the axis of names, in the given order, with room that does not depend on them."""
    room = _room(width)
    return alt.Y(
        "label:N",
        sort=list(order),
        title=None,
        axis=alt.Axis(labelLimit=room - 12, minExtent=room, maxExtent=room, domain=False),
    )


def _room(width: int) -> int:
    """Return the pixels that names take."""
    return 138 if width == NARROW else 270


def _numbered(labels: Sequence[str]) -> list[str]:
    """Return labels with their rank in front, which also keeps equal ones apart."""
    return [f"{place}. {shown(label)}" for place, label in enumerate(labels, start=1)]


def _distinct(labels: Sequence[str]) -> list[str]:
    """Return labels with a number behind those that were there before."""
    seen: dict[str, int] = {}
    for label in labels:
        seen[shown(label)] = seen.get(shown(label), 0)
    told = []
    for label in map(shown, labels):
        seen[label] += 1
        told.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return told


def _drawn(make: Callable[[int], Any], says: str) -> Chart:
    """Return the chart that `make` specifies for each width."""
    return Chart(_image(make(WIDE), WIDE), _image(make(NARROW), NARROW), says)


def _image(chart: Any, width: int) -> str:
    """Return a chart as an image of `width`, its bytes independent of what was drawn before."""
    sized = chart.properties(width=width, autosize={"type": "fit", "contains": "padding"})
    svg = vl_convert.vegalite_to_svg(sized.configure(**_CONFIG).to_dict(validate=False))
    return address(renumbered(svg))


def renumbered(svg: str) -> str:
    """Return a drawing with its ids counted from 0: the renderer counts on from chart to chart.

    >>> renumbered('<g clip-path="url(#clip7)"/><clipPath id="clip7"/>')
    '<g clip-path="url(#id0)"/><clipPath id="id0"/>'
    """
    for place, name in enumerate(dict.fromkeys(_ID.findall(svg))):
        svg = svg.replace(f'id="{name}"', f'id="id{place}"').replace(f'"url(#{name})"', f'"url(#id{place})"')
    return svg

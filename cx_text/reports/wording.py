"""Numbers, dates and lists as a reader expects them; what is not known is an empty text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cx_text.config import Config

MINUS, DASH = "\u2212", "\u2013"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Number = float | int | None

LANGUAGES: Mapping[str, str] = dict(
    pair.split()
    for pair in (
        "en English",
        "es Spanish",
        "fr French",
        "de German",
        "it Italian",
        "pt Portuguese",
        "nl Dutch",
        "pl Polish",
        "sv Swedish",
        "da Danish",
        "no Norwegian",
        "fi Finnish",
        "cs Czech",
        "ro Romanian",
        "hu Hungarian",
        "tr Turkish",
        "id Indonesian",
        "vi Vietnamese",
        "ru Russian",
        "uk Ukrainian",
        "bg Bulgarian",
        "el Greek",
        "ar Arabic",
        "fa Persian",
        "he Hebrew",
        "hi Hindi",
        "ja Japanese",
        "ko Korean",
        "zh Chinese",
        "th Thai",
    )
)
"""Languages in English by ISO 639-1."""


def count(n: Number) -> str:
    """Return a whole number with separators.

    >>> count(12480), count(None)
    ('12,480', '')
    """
    return "" if n is None else f"{int(n):,}"


def plural(n: int, noun: str, many: str = "") -> str:
    """Return `n` with its noun.

    >>> plural(1, "comment"), plural(2, "reply", "replies")
    ('1 comment', '2 replies')
    """
    return f"{n:,} {noun if n == 1 else many or noun + 's'}"


def decimal(value: Number, digits: int = 1) -> str:
    """Return a number with fixed decimals and a real minus; a rounded zero has no sign.

    >>> decimal(-0.4142, 2) == MINUS + "0.41", decimal(-0.001)
    (True, '0.0')
    """
    if value is None:
        return ""
    text = f"{abs(value):,.{digits}f}"
    return MINUS + text if value < 0 and float(text.replace(",", "")) else text


def signed(value: Number, digits: int = 1) -> str:
    """Return a number with its sign.

    >>> signed(1.25), signed(0.0)
    ('+1.2', '0.0')
    """
    text = decimal(value, digits)
    return f"+{text}" if value is not None and value > 0 and any(c in text for c in "123456789") else text


def percent(ratio: Number) -> str:
    """Return a ratio of 0..1 as a percentage.

    >>> percent(0.1239), percent(1.0), percent(0.0)
    ('12.4%', '100%', '0%')
    """
    if ratio is None:
        return ""
    return f"{ratio * 100:.1f}".removesuffix(".0") + "%" if ratio in {0, 1} else f"{ratio * 100:.1f}%"


def percents(low: Number, high: Number) -> str:
    """Return an interval of ratios.

    >>> percents(0.118, 0.13) == "11.8" + DASH + "13.0%"
    True
    """
    return between(percent(low).removesuffix("%"), percent(high))


def times(ratio: Number) -> str:
    """Return a ratio of rates.

    >>> times(1.84), times(0.042), times(35.2)
    ('1.8', '0.04', '35')
    """
    if ratio is None:
        return ""
    return f"{ratio:.2f}" if ratio < 0.1 else f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"


def between(low: str, high: str) -> str:
    """Return an interval of two texts; with a bound unknown it is empty, with a sign it says "to"."""
    if not low or not high:
        return ""
    return f"{low} to {high}" if MINUS in low + high or "+" in low + high else f"{low}{DASH}{high}"


def expected(value: Number) -> str:
    """Return how many were expected, with a decimal where it counts.

    >>> expected(8.04), expected(71.2)
    ('8.0', '71')
    """
    return decimal(value, 0 if value is not None and value >= 10 else 1)


def chance(probability: Number) -> str:
    """Return a probability in words and whole percents, never certain.

    >>> chance(0.984), chance(0.9999)
    ('98%', 'over 99%')
    """
    if probability is None:
        return ""
    return "over 99%" if probability > 0.99 else f"{math.floor(probability * 100)}%"


def listing(items: Sequence[str]) -> str:
    """Return items as in a sentence.

    >>> listing(["phone", "chat", "email"])
    'phone, chat and email'
    """
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def day(moment: date | datetime | str | None) -> str:
    """Return a day; text that is no ISO date is returned as it is.

    >>> day("2025-05-12"), day("Q3")
    ('12 May 2025', 'Q3')
    """
    when = as_day(moment)
    if when is None:
        return moment if isinstance(moment, str) else ""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def as_day(moment: date | datetime | str | None) -> date | None:
    """Return the day of a moment or of ISO text; None if it is neither."""
    if isinstance(moment, datetime):
        return moment.date()
    if isinstance(moment, str):
        try:
            return date.fromisoformat(moment[:10])
        except ValueError:
            return None
    return moment


@dataclass(frozen=True)
class Measure:
    """How a score is told.

    Attributes:
        name: of the score.
        meaning: what the number is, in a clause.
        unit: "percent" (a ratio of 0..1), "points" (signed), "minutes" or "" (a mean).
        difference: what differences are counted in.
    """

    name: str
    meaning: str
    unit: str
    difference: str = "points"

    def value(self, number: Number) -> str:
        """Return a value of this score."""
        if self.unit == "percent":
            return percent(number)
        if self.unit == "minutes":
            return "" if number is None else f"{decimal(number, 0)} min"
        return signed(number, 0) if self.unit == "points" else decimal(number, 2)

    def interval(self, low: Number, high: Number) -> str:
        """Return an interval of this score."""
        first, last = self.value(low), self.value(high)
        return between(first.removesuffix("%").removesuffix(" min"), last)

    def change(self, number: Number) -> str:
        """Return a difference in points (of a hundred for a share), without its unit."""
        return signed(number, 1 if self.unit else 2)


def measure(metric: str, config: Config) -> Measure:
    """Return how the score `metric` is told under `config`; an unknown one is told as a mean."""
    if metric in {"csat", "ces"}:
        section = getattr(config.scores, metric)
        low, high = (f"{bound:g}" for bound in section.scale)
        name = "CSAT" if metric == "csat" else "Customer effort"
        if section.method == "top2box":
            return Measure(name, f"share of the two best answers on {low} to {high}", "percent")
        best = high if section.direction == "high_is_good" else low
        return Measure(name, f"mean of answers from {low} to {high}, {best} is best", "")
    if metric == "fcr_repeat":
        days = config.scores.repeat_days
        meaning = (
            f"share of customers' first comments with no other about the same within {plural(days, 'day')}; "
            f"contacts without a comment are not seen"
        )
        return Measure("No return", meaning, "percent")
    return _FIXED.get(metric) or Measure(metric, "mean", "")


_FIXED = {
    "nps": Measure("NPS", "share of promoters minus share of detractors, from \u2212100 to +100", "points"),
    "fcr": Measure("Solved at first contact", "share of contacts marked as resolved", "percent"),
    "first_response": Measure("First response", "median minutes to the first response", "minutes", "minutes"),
    "handle": Measure("Handling time", "median minutes of handling", "minutes", "minutes"),
}

"""What is planted over time: exports by week and by day, and what should be said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from world import WORLD

from planting.company import Stock
from planting.drawing import Plan, Tilt, odds_ratio, weekly_days

PHONE = "Phone"
OTHERS = tuple(name for name in WORLD["channels"] if name != PHONE)
LATE_OPENER = "App"


@dataclass(frozen=True)
class Planted:
    """Something that should be found: a theme's status; `scope` empty: in whatever scope."""

    theme: str
    status: str
    scope: str = ""


@dataclass(frozen=True)
class Calendar:
    """When things happen in an export, in days from its start; spans are (first, last).

    Attributes:
        days: length of the export.
        per_day: comments a day.
        emerging: day from which the new problem is there.
        spike: days of the outage.
        fading: days until the old problem is as usual, a half, a quarter; then it is nearly gone.
        surge: days of twice the volume.
        opens: day on which the late channel opens.
    """

    name: str
    days: int
    per_day: float
    emerging: int
    spike: tuple[int, int]
    fading: tuple[int, int, int]
    surge: Sequence[int]
    opens: int


WEEKLY = Calendar("weekly", 182, 72, 154, (84, 90), (69, 83, 97), weekly_days([17, 25]), 91)
DAILY = Calendar("daily", 49, 275, 40, (20, 22), (19, 22, 25), (30, 31, 32, 48), 24)
CALENDARS = (WEEKLY, DAILY)
PLANTED = (
    Planted("code", "emerging", f"channel={PHONE}"),
    Planted("outage", "spike"),
    Planted("wait", "chronic", f"channel={PHONE}"),
    Planted("late", "fading"),
    Planted("app_crash", "seasonal"),
)


def eventful(calendar: Calendar, stock: Stock) -> Plan:
    """Return an export with everything in `PLANTED`."""

    def odds(theme: str, share: float) -> float:
        return odds_ratio(stock.share(theme), share)

    end, half, quarter = calendar.fading
    first, last = calendar.spike
    tilts = (
        Tilt("code", 0.0, channels=OTHERS),
        Tilt("code", 0.0, last=calendar.emerging - 1, channels=(PHONE,)),
        Tilt("code", odds("code", 0.03), first=calendar.emerging, channels=(PHONE,)),
        Tilt("outage", odds("outage", 0.2), first=first, last=last),
        Tilt("wait", odds("wait", 0.2), channels=(PHONE,)),
        Tilt("late", odds("late", 0.12), last=end),
        Tilt("late", odds("late", 0.06), first=end + 1, last=half),
        Tilt("late", odds("late", 0.03), first=half + 1, last=quarter),
        Tilt("late", odds("late", 0.01), first=quarter + 1),
        Tilt("app_crash", odds("app_crash", 0.15), weekdays=(0,)),
        Tilt("app_crash", odds("app_crash", 0.025), weekdays=(1, 2, 3, 4, 5, 6)),
    )
    return Plan(calendar.days, calendar.per_day, tilts)


def quiet(calendar: Calendar) -> Plan:
    """Return an export in which nothing differs but by chance."""
    return Plan(calendar.days, calendar.per_day)


def surge(calendar: Calendar) -> Plan:
    """Return an export with twice the volume on some days, the last among them, and the usual mix."""
    return Plan(calendar.days, calendar.per_day, surges=dict.fromkeys(calendar.surge, 2.0))


def midway(calendar: Calendar) -> Plan:
    """Return an export in which one channel, with themes of its own, opens halfway."""
    tilts = (Tilt("app_crash", 3.0, channels=(LATE_OPENER,)), Tilt("easy_app", 3.0, channels=(LATE_OPENER,)))
    return Plan(calendar.days, calendar.per_day, tilts, opens={LATE_OPENER: calendar.opens})


EMPTY = {"surge": surge, "new channel": midway, "null": quiet}
"""Exports of which nothing should be said."""

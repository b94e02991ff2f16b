"""Themes as cards: how many, how bad, since when, why they rank where they do, in whose words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports.cells import Row
from cx_text.reports.charts import Bar, Chart, overview
from cx_text.reports.drivers_told import beside_told, driver_lines, impact_chart
from cx_text.reports.quoting import Quote, Quotes
from cx_text.reports.series import Series, noun, theme_series
from cx_text.reports.sparks import spark
from cx_text.reports.taxonomy_told import NAMELESS, Marks, anchor_of, group_names, marks_of, themes_of
from cx_text.reports.wording import count, decimal, listing, measure, percent, percents, plural
from cx_text.statistics import wilson

PRAISE = 0.2
CHARTED = 12
PRAISED = 6
MOSTLY = 0.5
LOOSE = 0.5
"""A theme below this stability does not come out again when it is learned from other halves of the texts."""
STRONG = 70
"""A part of the priority counts as high from this percentage of the largest of all themes."""
_PARTS = (
    ("loss", "Loss", "what it is sure to go with in the score"),
    ("at_stake", "Volume", "how many speak badly of it"),
    ("intensity", "Tone", "how badly they feel about it"),
)
_WHO = {
    "agent": "Agents",
    "customer": "Customers",
    "process": "Process",
    "technology": "Technology",
}


@dataclass(frozen=True)
class Part:
    """A part of the priority: `width` in percent of the largest of all themes."""

    name: str
    meaning: str
    width: int


@dataclass(frozen=True)
class Fact:
    """A number on a card: `value` with what it is called and what must be known beside it."""

    name: str
    value: str
    beside: str = ""


@dataclass(frozen=True)
class ThemeCard:
    """All that the page says of one theme, as text; `facts` hold only what is known.

    `caution` says what must be known before the theme is acted on, empty for most.
    """

    anchor: str
    rank: str
    label: str
    group: str
    caution: str
    tags: Sequence[str]
    share: str
    range: str
    negative: str
    facts: Sequence[Fact]
    parts: Sequence[Part]
    why: str
    line: str
    line_says: str
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class ThemeSection:
    """The themes of a result: `cards` to act on, `praise`, the `rest` in a table, charts or None.

    `drivers` says in sentences what else goes with the score; `rated`: the ranking knows of a score.
    """

    cards: Sequence[ThemeCard]
    praise: Sequence[ThemeCard]
    rest: Sequence[ThemeCard]
    overview: Chart | None
    impact: Chart | None
    drivers: Sequence[str]
    rated: bool
    period: str
    metric: str


def theme_section(result: Result, config: Config, quotes: Quotes) -> ThemeSection:
    """Return the themes of `result` as the page shows them; parents and muted ones are left out."""
    lines = theme_series(result.findings.trends)
    themes, marks = themes_of(result), marks_of(result)
    labels = {row["theme_id"] or "": row["label"] or NAMELESS for row in themes}
    teller = _Teller(
        config, quotes, lines, sum_of(result), _largest(themes), marks, group_names(result), labels
    )
    praised = [row for row in themes if is_praise(row)]
    ranked = [row for row in themes if not is_praise(row)]
    by_volume = sorted(praised, key=lambda row: -(row["volume"] or 0))
    cards, behind = _in_full(ranked, config.report.themes, marks)
    praise, more = _in_full(by_volume, PRAISED, marks)
    metric = next((row["impact_metric"] for row in themes if row["impact_metric"]), "")
    return ThemeSection(
        cards=[teller.card(row) for row in cards],
        praise=[teller.card(row) for row in praise],
        rest=[teller.card(row) for row in sorted(behind + more, key=lambda row: row["rank"] or 0)],
        overview=_overview(ranked),
        impact=impact_chart(themes, metric, config),
        drivers=driver_lines(result, config),
        rated=bool(metric) and any(row["basis"] not in (None, "tone") for row in themes),
        period=noun(next((line.periods for line in lines.values()), ())),
        metric=measure(metric, config).name if metric else "",
    )


def _in_full(themes: Sequence[Row], most: int, marks: Marks) -> tuple[list[Row], list[Row]]:
    """Return the first themes with all that people pinned, and the others."""
    pinned = [row for row in themes[most:] if row["theme_id"] in marks.pinned]
    behind = [row for row in themes[most:] if row["theme_id"] not in marks.pinned]
    return [*themes[:most], *pinned], behind


def _tone(row: Row) -> str:
    """Return the tone in which a theme is mostly told, empty where there is none."""
    if is_praise(row):
        return "positive"
    return "negative" if (row["negative_share"] or 0.0) > MOSTLY else ""


def is_praise(row: Row) -> bool:
    """Return whether a theme is mostly told with pleasure."""
    return row["sentiment"] is not None and row["sentiment"] > PRAISE


def sum_of(result: Result) -> int:
    """Return the number of substantive verbatims that the shares are of."""
    coverage = result.findings.coverage
    return int(coverage.get("themed", 0)) + int(coverage.get("unthemed", 0))


def _largest(themes: Sequence[Row]) -> dict[str, float]:
    """Return the largest value of each part of the priority."""
    return {name: max([row[name] or 0.0 for row in themes], default=0.0) for name, _, _ in _PARTS}


@dataclass(frozen=True)
class _Teller:
    """Tells one theme, knowing what all themes are measured by."""

    config: Config
    quotes: Quotes
    lines: Mapping[str, Series]
    total: int
    largest: Mapping[str, float]
    marks: Marks
    groups: Mapping[str, str]
    labels: Mapping[str, str]

    def card(self, row: Row) -> ThemeCard:
        """Return the card of one theme."""
        line = self.lines.get(row["theme_id"], Series())
        parts = self._parts(row)
        return ThemeCard(
            anchor=anchor_of(row),
            rank=count(row["rank"]),
            label=row["label"] or NAMELESS,
            group=self._group(row),
            caution=_joined(_caution(row), beside_told(row, self.labels), by=" "),
            tags=_tags(row, self.marks),
            share=percent(row["share"]),
            range=self._range(row),
            negative=percent(row["negative_share"]),
            facts=[fact for fact in self._facts(row) if fact.value],
            parts=parts,
            why=_why(row, parts),
            line=spark(line.rates),
            line_says=f"Share of comments by {noun(line.periods)}: {line.told}.",
            quotes=self.quotes.best(row["evidence"], tone=_tone(row)),
        )

    def _group(self, row: Row) -> str:
        """Return the group of a theme; empty without one, or where both are called the same."""
        group = self.groups.get(row["parent_theme_id"] or "", "")
        return group if group != row["label"] else ""

    def _range(self, row: Row) -> str:
        """Return the share of a theme with its interval and what it is of."""
        of_all = f", {count(row['volume'])} of {count(self.total)}" if self.total else ""
        interval = f" ({share_range(row)})" if share_range(row) else ""
        return f"{percent(row['share'])}{interval}{of_all}"

    def _facts(self, row: Row) -> list[Fact]:
        """Return the numbers of a theme, each with its interval and its n."""
        low, high = interval_of(row["negative_share"], row["volume"])
        of_all = f" of {count(self.total)}" if self.total else ""
        n = f"n {count(row['volume'])}"
        return [
            Fact("Comments", count(row["volume"]), _joined(percent(row["share"]) + of_all, share_range(row))),
            Fact("Told negatively", percent(row["negative_share"]), _joined(percents(low, high), n)),
            Fact("Sentiment", decimal(row["sentiment"], 2), "from \u22121 to +1"),
            self._impact(row),
            Fact("Who can change it", _WHO.get(row["attribution"] or "", "")),
            Fact("Heard most in", listing(row["channels"][:3])),
        ]

    def _impact(self, row: Row) -> Fact:
        """Return what the theme is associated with in the score."""
        told = measure(row["impact_metric"] or "", self.config)
        change = told.change(row["impact_adjusted"])
        if not change:
            return Fact("", "")
        low, high = told.change(row["impact_low"]), told.change(row["impact_high"])
        interval = f"{low} to {high}" if low and high else ""
        return Fact(f"Associated with {told.name}", f"{change} {told.difference}", interval)

    def _parts(self, row: Row) -> list[Part]:
        """Return the parts of the priority that are known, each against the largest of all themes."""
        return [
            Part(name, meaning, round(100 * max(row[key], 0.0) / self.largest[key]))
            for key, name, meaning in _PARTS
            if row[key] is not None and self.largest[key] > 0
        ]


def interval_of(share: float | None, n: int | None) -> tuple[float | None, float | None]:
    """Return the 95 % interval of a published share of `n`; nothing without them."""
    if share is None or not n:
        return None, None
    low, high = wilson(share * n, n)
    return float(low), float(high)


def share_range(row: Row) -> str:
    """Return the interval of a theme's share; empty if it is not known."""
    return percents(row["share_low"], row["share_high"])


def _joined(*parts: str, by: str = ", ") -> str:
    """Return what is known of `parts`, in one."""
    return by.join(part for part in parts if part)


def _caution(row: Row) -> str:
    """Return what must be known of a theme whose comments have little in common; empty for others."""
    if row["stability"] is None or row["stability"] >= LOOSE:
        return ""
    return "Loosely held together: read the quotes before you act."


def _tags(row: Row, marks: Marks) -> list[str]:
    """Return what is special about a theme, in a word or three each."""
    theme = row["theme_id"]
    mark = "Pinned by your team" if theme in marks.pinned else ""
    mark = mark or ("Edited by your team" if theme in marks.touched else "")
    status = {"new": "New", "quiet": "Quiet now"}.get(row["status"] or "", "")
    trend = {"rising": "Rising", "falling": "Falling", "steady": "Steady"}.get(row["trend"] or "", "")
    loose = "Loosely held" if _caution(row) else ""
    return [tag for tag in (status, trend, mark, loose) if tag]


def _why(row: Row, parts: Sequence[Part]) -> str:
    """Return in one sentence why the theme ranks where it does, and how sure the rank is."""
    low, high = row["rank_low"], row["rank_high"]
    strong = [part.name.lower() for part in parts if part.width >= STRONG]
    main = f"high on {listing(strong)}" if strong else "no single reason stands out" if parts else ""
    course = {1: "moved up because it rises", -1: "moved down because it falls"}.get(_course(row), "")
    reason = "moved down because its name gives no reason" if row["vague"] else ""
    sure = ""
    if low is not None and high is not None:
        sure = f"in other samples it would rank {low} to {high}" if low < high else "its rank is certain"
    told = "; ".join(part for part in (main, course, reason, sure) if part)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def _course(row: Row) -> int:
    """Return the direction in which momentum, a factor around 1, moves the priority."""
    momentum = 1.0 if row["momentum"] is None else row["momentum"]
    return (momentum > 1) - (momentum < 1)


def _overview(themes: Sequence[Row]) -> Chart | None:
    """Return the chart of the first themes; None without any."""
    bars = [
        Bar(row["label"] or "", int(row["volume"]), row["negative_share"], percent(row["share"]))
        for row in themes[:CHARTED]
        if row["volume"]
    ]
    if not bars:
        return None
    most = max(bars, key=lambda bar: bar.count)
    says = (
        f"The {plural(len(bars), 'theme')} ranked first, by number of comments. "
        f"The most frequent is {most.label} with {plural(most.count, 'comment')} ({most.note})."
    )
    return overview(bars, says)

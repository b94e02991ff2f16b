"""The findings in three to five plain sentences, for those who read nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.compared_told import channel_sentence, distance
from cx_text.reports.issues_told import FRESH, ordered, rate_told, ratio_of, where_of
from cx_text.reports.taxonomy_told import themes_of
from cx_text.reports.themes_told import interval_of, is_praise, share_range, sum_of
from cx_text.reports.training_told import basis_of, times_usual, topic_label, who_of
from cx_text.reports.wording import chance, count, day, measure, percent, percents, plural


@dataclass(frozen=True)
class Statement:
    """A finding: `topic` in two words, `lead` names it, `text` says it, `link` shows more."""

    topic: str
    lead: str
    text: str
    link: str


def headline(result: Result, config: Config) -> list[Statement]:
    """Return the main findings, in the order in which a manager asks for them."""
    return list(_statements(result, config))


def _statements(result: Result, config: Config) -> Iterator[Statement]:
    """Yield a statement for each question that the findings can answer."""
    themes = themes_of(result)
    total = sum_of(result)
    sore = [row for row in themes if not is_praise(row) and (row["negative_share"] or 0.0) > 0]
    if sore:
        yield _first(sore, total, config)
    if themes:
        yield _new(ordered(rows(result.issues)))
    praised = [row for row in themes if is_praise(row)]
    if praised:
        best = max(praised, key=lambda row: row["volume"] or 0)
        yield Statement("Going well", best["label"] or "", _how_many(best, total), "#praise")
    yield from _channel([row for row in rows(result.channels) if row["verdict"] == "above"], sore)
    yield from _coach(sorted(rows(result.coaching), key=lambda row: row["rank"] or 0))


def _first(sore: list[Row], total: int, config: Config) -> Statement:
    """Return what to fix first, and whether that is a close call."""
    row = sore[0]
    text = _how_many(row, total)
    told = measure(row["impact_metric"] or "", config)
    if change := told.change(row["impact_adjusted"]):
        low, high = told.change(row["impact_low"]), told.change(row["impact_high"])
        text += f" It is associated with {change} {told.difference} of {told.name}"
        text += f" ({low} to {high})." if low and high else "."
    if len(sore) > 1 and (row["rank_high"] or 0) >= (sore[1]["rank"] or 0):
        text += f" The lead over \u201c{sore[1]['label']}\u201d is not certain."
    return Statement("Fix first", row["label"] or "", text, f"#theme-{row['rank'] or 0}")


def _how_many(row: Row, total: int) -> str:
    """Return how many say it and how many of them negatively, with intervals and n."""
    of_all = f" of {count(total)}" if total else ""
    basis = "; ".join(part for part in (share_range(row), f"{count(row['volume'])}{of_all}") if part)
    text = f"{percent(row['share'])} of comments mention it ({basis})"
    low, high = interval_of(row["negative_share"], row["volume"])
    if low is not None:
        text += f", and {percent(row['negative_share'])} of these are negative ({percents(low, high)})"
    return f"{text}."


def _new(issues: list[Row]) -> Statement:
    """Return what is new or back; an honest nothing if there is none."""
    fresh = [row for row in issues if row["status"] in FRESH]
    if not fresh:
        return Statement(
            "New", "Nothing new", "No theme rises or returns beyond what chance explains.", "#issues"
        )
    row = fresh[0]
    word = "Back" if row["status"] == "returned" else "New"
    text = f"Since {day(row['first_seen'])}, {where_of(row)}: " if row["first_seen"] else ""
    text += f"{rate_told(row)} of comments complain about it"
    before = "nobody did" if row["baseline_rate"] == 0 else percent(row["baseline_rate"])
    text += f", before that {before}" if before else ""
    text += f"; {ratio_of(row)} as often" if ratio_of(row) else ""
    text += f" ({plural(row['count'], 'comment')})." if row["count"] is not None else "."
    if more := len({one["theme_id"] for one in fresh} - {row["theme_id"]}):
        text += f" {more} more of this kind below."
    return Statement(word, row["label"] or "", text, "#issues")


def _channel(above: list[Row], sore: list[Row]) -> Iterator[Statement]:
    """Yield the channel that is furthest above what its mix lets expect, in a theme that hurts."""
    hurting = {row["theme_id"] for row in sore}
    known = [row for row in above if row["theme_id"] in hurting and row["oe_ratio"] is not None]
    if known:
        row = max(known, key=lambda row: (distance(row["low"] or row["oe_ratio"]), row["count"] or 0))
        yield Statement("Channel", f"{row['channel']}: {row['label']}", channel_sentence(row), "#channels")


def _coach(topics: list[Row]) -> Iterator[Statement]:
    """Yield the first topic to coach."""
    for row in topics:
        if row["direction"] == "coach":
            text = f"{times_usual(row)} as often as usual: " if times_usual(row) else ""
            text += f"{basis_of(row)}." if basis_of(row) else ""
            if row["probability"] is not None:
                text += f" The chance of a real difference is {chance(row['probability'])}."
            lead = f"{who_of(row)}: {topic_label(row).lower()}"
            yield Statement("Coaching", lead, text[:1].upper() + text[1:].strip(), "#training")
            return

"""What to train everyone, a team or an agent in, and why; who is not judged; no league table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.questions import questions_of
from cx_text.reports.quoting import Quote, Quotes
from cx_text.reports.themes_told import interval_of
from cx_text.reports.whiskers import ratio_whisker
from cx_text.reports.wording import between, count, expected, listing, percent, percents, plural, times

SHOWN, MISLED, MATTERS = 12, 6, 8
"""Topics of a block, agents of whom the plain average misleads, and other matters that are told."""
GOOD = 2
"""Quotes that show what good looks like."""
PARTIAL = 0.8
"""Where a smaller share of the comments is compared with its own kinds of cases, that is said."""
SCOPES: Mapping[str, tuple[str, str]] = {
    "everyone": (
        "Everyone",
        "Common complaints that people of a contact can change and in which nobody stands out.",
    ),
    "team": ("Teams", "The whole team stands out, so train it together; its agents are not listed for it."),
    "individual": (
        "Agents",
        "By name, not by merit. Bring the quotes and ask first: they are material for a talk.",
    ),
}
STATES = {"strong_evidence": "Strong evidence", "worth_a_look": "Worth a look"}


@dataclass(frozen=True)
class Topic:
    """One thing to coach or to celebrate, as text.

    Attributes:
        who: whom it is for; `team` of an agent, empty without one.
        label: the topic; `name` is its id.
        celebrate: praise to show others, not a complaint.
        state: how sure it is.
        means: what the customer wants of such a behaviour; empty for a theme.
        counted: comments that tell it, of how many, and how many would be usual.
        ratio: how many times as often as usual, with its interval; empty where nothing is expected.
        picture: the same as an image, `says` in words.
        cautions: what the reader must know before using it.
        after: what the next period would show without any coaching.
        alike: other topics that tell the same.
        quotes: what customers said; `good` is what they say where it goes well.
    """

    who: str
    team: str
    label: str
    name: str
    celebrate: bool
    state: str
    means: str
    counted: str
    ratio: str
    picture: str
    says: str
    cautions: Sequence[str]
    after: str
    alike: str
    quotes: Sequence[Quote]
    good: Sequence[Quote]


@dataclass(frozen=True)
class Block:
    """The topics of everyone, of teams or of agents; `more` were left out."""

    title: str
    meaning: str
    topics: Sequence[Topic]
    more: int


@dataclass(frozen=True)
class Matter:
    """A common complaint that no training mends: `acts` says who should act."""

    label: str
    told: str
    acts: str
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class TrainingSection:
    """What to train, what is no training matter (`more` were left out), and how many could not be judged."""

    blocks: Sequence[Block]
    matters: Sequence[Matter]
    more: int
    misled: Sequence[str]
    known: int
    judged: int
    minimum: int
    difference: str


def training_section(result: Result, config: Config, quotes: Quotes) -> TrainingSection:
    """Return what is said of the people of contacts: topics, never a ranking of people."""
    table = [row for row in rows(result.agents) if row["agent"]]
    matters = rows(result.findings.not_training)
    return TrainingSection(
        blocks=_blocks(topics_of(result, quotes)),
        matters=[_matter(row, quotes) for row in matters[:MATTERS]],
        more=max(len(matters) - MATTERS, 0),
        misled=_misled(table, config)[:MISLED],
        known=len({row["agent"] for row in table}),
        judged=len({row["agent"] for row in table if row["state"] != "insufficient"}),
        minimum=max(config.agents.minimum, config.privacy.k),
        difference=times(config.agents.difference),
    )


def _blocks(topics: Sequence[tuple[Row, Topic]]) -> list[Block]:
    """Return a block for each scope that has topics; its agents or teams are in order of names."""
    blocks = []
    for scope, (title, meaning) in SCOPES.items():
        mine = [topic for row, topic in topics if row["scope"] == scope]
        first = sorted(mine[:SHOWN], key=lambda topic: topic.who)
        if mine:
            blocks.append(Block(title, meaning, first, len(mine) - len(first)))
    return blocks


def topics_of(result: Result, quotes: Quotes) -> list[tuple[Row, Topic]]:
    """Return the rows of table COACHING, the first in rank first, each with what is told of it."""
    compared = {("individual", row["agent"], row["topic"]): row for row in rows(result.agents)}
    compared |= {("team", row["team"], row["topic"]): row for row in rows(result.findings.teams)}
    labels = {row["theme_id"]: row["label"] for row in rows(result.themes)}
    ordered = sorted(rows(result.coaching), key=lambda row: row["rank"] or 0)
    keys = [(row["scope"], _name(row), row["topic"]) for row in ordered]
    return [
        (row, _topic(row, compared.get(key), labels, quotes)) for row, key in zip(ordered, keys, strict=True)
    ]


def _name(row: Row) -> str | None:
    """Return the name of the agent or team that a topic is for, None for everyone."""
    return {"individual": row["agent"], "team": row["team"]}.get(row["scope"] or "")


def _topic(row: Row, compared: Row | None, labels: Mapping[str, str | None], quotes: Quotes) -> Topic:
    """Return one row of table COACHING as text; `compared` is its row among agents or teams."""
    celebrate = row["direction"] == "celebrate"
    tone = "positive" if celebrate else "negative"
    ratio = times_usual(row)
    return Topic(
        who=who_of(row),
        team=team_of(row["team"]) if row["team"] and row["scope"] == "individual" else "",
        label=topic_label(row),
        name=str(row["topic"] or ""),
        celebrate=celebrate,
        state=STATES.get(row["state"] or "", "Common" if row["scope"] == "everyone" else ""),
        means=questions_of(str(row["topic"] or "")).means,
        counted=basis_of(row),
        ratio=ratio,
        picture=ratio_whisker(row["oe_ratio"], row["low"], row["high"], bad=not celebrate) if ratio else "",
        says=f"{ratio} as often as usual" if ratio else "",
        cautions=_cautions(row, None if celebrate else compared),
        after=_after(row["expected_after"], celebrate=celebrate),
        alike=listing([_named(one, labels, celebrate=celebrate) for one in row["related"] or ()]),
        quotes=quotes.best(row["evidence"], tone=tone),
        good=quotes.best(row["good_evidence"] or (), GOOD, "positive"),
    )


def topic_label(row: Row) -> str:
    """Return what a topic is called, beginning with a capital."""
    label = row["label"] or str(row["topic"] or "").replace("_", " ")
    return label[:1].upper() + label[1:]


def _named(topic: str, labels: Mapping[str, str | None], *, celebrate: bool) -> str:
    """Return what a related topic is called: a theme by its label, a behaviour by its name."""
    if topic in labels:
        return f"\u201c{labels[topic]}\u201d"
    return f"{topic.replace('_', ' ')} {'shown' if celebrate else 'missing'}"


def who_of(row: Row) -> str:
    """Return whom a coaching topic is for."""
    by_scope: Mapping[str, str] = {
        "individual": str(row["agent"] or "One agent"),
        "team": team_of(row["team"]),
    }
    return by_scope.get(row["scope"] or "", "Everyone")


def team_of(name: str | None) -> str:
    """Return a team's name with the word before it, once.

    >>> team_of("Blue"), team_of("Team Blue")
    ('Team Blue', 'Team Blue')
    """
    said = str(name or "")
    return said if said.casefold().startswith("team") else f"Team {said}".strip()


def basis_of(row: Row) -> str:
    """Return what a topic rests on: comments that tell it, of how many, against how many are usual."""
    if row["count"] is None:
        return ""
    if row["n"] is None:
        return plural(row["count"], "comment")
    told = f"{count(row['count'])} of {plural(row['n'], 'comment')}"
    if row["expected"] is not None:
        return f"{told}; {expected(row['expected'])} would be usual in such cases"
    low, high = interval_of(row["count"] / row["n"] if row["n"] else None, row["n"])
    return f"{told}, {percent(row['count'] / row['n'])} ({percents(low, high)})" if low is not None else told


def times_usual(row: Row) -> str:
    """Return how many times as often as usual it is, with its interval; empty if it is not known."""
    if row["oe_ratio"] is None:
        return ""
    span = between(times(row["low"]), times(row["high"]))
    return f"{times(row['oe_ratio'])} times" + (f" ({span})" if span else "")


def _cautions(row: Row, compared: Row | None) -> list[str]:
    """Return what must be known before a topic is used: a plain average that misleads, thin comparison."""
    told = []
    if compared and compared["reversal"] and compared["pooled_ratio"] is not None:
        told.append(
            f"A plain average would miss it: {times(compared['pooled_ratio'])} times as often as all others, "
            "whatever their cases. Easier cases hide it."
        )
    support = row["support"]
    if support is not None and support < PARTIAL:
        told.append(
            f"Only {percent(support)} of the comments could be compared with others' cases of the same kind; "
            "the rest with similar ones. Read the quotes with that in mind."
        )
    return told


def _after(ratio: float | None, *, celebrate: bool) -> str:
    """Return what the next period would show if nobody did anything: closer to the usual."""
    if ratio is None:
        return ""
    if celebrate:
        return (
            f"Part of it is luck: the next period would probably show about {times(ratio)} times the usual."
        )
    return (
        f"Without any coaching the next period would probably show about {times(ratio)} times the usual, "
        "for part of this is chance. Only what falls below that is progress."
    )


def misleading(row: Row, config: Config) -> bool:
    """Return whether a plain average complains of somebody although their cases explain it."""
    pooled, ratio = row["pooled_ratio"], row["oe_ratio"]
    if not row["reversal"] or pooled is None or ratio is None:
        return False
    return bool(pooled > config.agents.difference and ratio < 1)


def _misled(table: Sequence[Row], config: Config) -> list[str]:
    """Return a sentence for each agent whom the plain average would wrong, with the clearest topic."""
    by_agent: dict[str, list[Row]] = {}
    for row in table:
        if misleading(row, config):
            by_agent.setdefault(row["agent"], []).append(row)
    told = []
    for agent in sorted(by_agent):
        worst = max(by_agent[agent], key=lambda row: row["count"] or 0)
        others = len(by_agent[agent]) - 1
        more = f"; the same holds for {plural(others, 'other topic')}" if others else ""
        told.append(
            f"{agent}, \u201c{worst['label']}\u201d: {times(worst['pooled_ratio'])} times as often as all "
            f"others, but {times_usual(worst)} in cases of the same kind ({basis_of(worst)}){more}."
        )
    return told


def _matter(row: Row, quotes: Quotes) -> Matter:
    """Return one common complaint that is no training matter."""
    told = f"{count(row['count'])} of {plural(row['n'], 'comment')}, {percent(row['share'])}"
    span = percents(row["low"], row["high"])
    return Matter(
        label=topic_label(row),
        told=f"{told} ({span})" if span else told,
        acts=str(row["acts"] or ""),
        quotes=quotes.best(row["evidence"], tone="negative"),
    )

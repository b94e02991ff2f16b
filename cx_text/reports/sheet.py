"""The coaching sheet: one page for a talk with an agent or a team, to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

from cx_text.config import Config
from cx_text.records import Result
from cx_text.reports.cells import Row, rows
from cx_text.reports.changed_told import part_name
from cx_text.reports.page import environment, style
from cx_text.reports.questions import questions_of
from cx_text.reports.quoting import Quote, quotes_of, shortened
from cx_text.reports.series import covered
from cx_text.reports.training_told import Topic, misleading, team_of, topics_of
from cx_text.reports.wording import percent, plural, times

Who = Literal["agent", "team"]
TOPICS, STRENGTHS, MISLED = 3, 2, 2
"""Topics, strengths, and notes on averages that mislead: as many as one page holds."""
LABEL = 60
"""Characters of a label."""
ROOM: Mapping[int, int] = {1: 280, 2: 150, 3: 95}
"""Characters of a quote by the number of topics on the page."""


@dataclass(frozen=True)
class Point:
    """A topic of the talk, what good `means` to a customer, and what to `ask`."""

    topic: Topic
    means: str
    ask: Sequence[str]


@dataclass(frozen=True)
class Sheet:
    """What a coaching sheet says.

    Attributes:
        name: of the agent or team.
        told: team, period and size, as known.
        judged: False: there are too few comments, and nothing but their number is said.
        n: comments of the agent or team.
        minimum: fewest comments of which anything is said.
        open_with: strengths, the first to say.
        talk_about: topics, the surest first; `more` were left out.
        shared: topics that the agent's whole team is to train.
        fairness: how the comparison was made.
    """

    name: str
    told: Sequence[str]
    judged: bool
    n: str
    minimum: int
    open_with: Sequence[Point] = ()
    talk_about: Sequence[Point] = ()
    more: int = 0
    shared: Sequence[str] = ()
    fairness: Sequence[str] = ()


def write_sheet(result: Result, config: Config, who: Who, name: str, out: BinaryIO) -> None:
    """Write the coaching sheet of the agent or team `name` as one HTML page.

    Args:
        result: of all agents and teams; COACHING may hold strengths beside what it usually tells.
        config: the settings.
        who: agent or team.
        name: one of table AGENTS or TEAMS.
        out: where the page goes.
    """
    sheet = sheet_of(result, config, who, name)
    title = config.report.title if sheet.judged else ""
    page = environment().get_template("sheet.html.j2")
    told = page.render(sheet=sheet, who=who, title=title, style=style("sheet.css"))
    out.write(told.encode("utf-8"))


def sheet_of(result: Result, config: Config, who: Who, name: str) -> Sheet:
    """Return what the coaching sheet of the agent or team `name` says."""
    people = result.agents if who == "agent" else result.findings.teams
    mine = [row for row in rows(people) if row[who] == name]
    n, minimum = plural(mine[0]["n"] or 0, "comment"), max(config.agents.minimum, config.privacy.k)
    shown = team_of(name) if who == "team" else name
    if mine[0]["state"] == "insufficient":
        return Sheet(shown, [], judged=False, n=n, minimum=minimum)
    found = topics_of(result, quotes_of(result, config))
    scope = "individual" if who == "agent" else "team"
    own = [one for one in found if one[0]["scope"] == scope and one[0][who] == name]
    coach = [one for one in own if not one[1].celebrate]
    good = [one for one in own if one[1].celebrate]
    room = ROOM[min(max(len(coach), 1), TOPICS)]
    team = mine[0]["team"] if who == "agent" else None
    return Sheet(
        name=shown,
        told=_told(result, team, n),
        judged=True,
        n=n,
        minimum=minimum,
        open_with=[_point(*one, result, room) for one in good[: STRENGTHS if len(coach) < 2 else 1]],
        talk_about=[_point(*one, result, room) for one in coach[:TOPICS]],
        more=max(len(coach) - TOPICS, 0),
        shared=[one.label for row, one in found if team and row["scope"] == "team" and row["team"] == team],
        fairness=_fairness(mine, who, config),
    )


def _told(result: Result, team: str | None, n: str) -> list[str]:
    """Return team, time or part, and size."""
    part = result.record.get("part") or {}
    periods = tuple(sorted(set(result.findings.trends["period"].dropna())))
    when = part_name(part["name"]) if part.get("name") else covered(periods)
    return [one for one in (team_of(team) if team else "", when, n) if one]


def _point(row: Row, topic: Topic, result: Result, room: int) -> Point:
    """Return a topic with its questions; its quotes take no more than `room` characters each."""
    words = questions_of(_behaviour(row, result))
    cut = replace(
        topic,
        label=shortened(topic.label, LABEL),
        quotes=_cut(topic.quotes, room),
        good=_cut(topic.good, room),
    )
    return Point(cut, words.means, [words.learn] if topic.celebrate else words.ask)


def _behaviour(row: Row, result: Result) -> str:
    """Return the behaviour that a topic is, or that the comments behind a theme tell of most often."""
    if row["topic_kind"] != "theme":
        return str(row["topic"] or "")
    mark = "+" if row["direction"] == "celebrate" else "-"
    mine = result.verbatims["verbatim_id"].isin(row["evidence"] or ())
    told = [one for names in result.verbatims.loc[mine, "behaviours"] for one in names if one.endswith(mark)]
    often = Counter(one.removesuffix(mark) for one in told)
    return min(often, key=lambda name: (-often[name], name), default="theme")


def _cut(quotes: Sequence[Quote], room: int) -> list[Quote]:
    """Return quotes of at most `room` characters."""
    return [replace(quote, text=shortened(quote.text, room)) for quote in quotes]


def _fairness(mine: Sequence[Row], who: Who, config: Config) -> list[str]:
    """Return how an agent or team was compared, and where a plain average would mislead."""
    first, others = mine[0], "colleagues" if who == "agent" else "other teams"
    told = [
        f"Compared with {others} in the same kinds of cases (channel, contact reason, product), not with all."
    ]
    if first["support"] is not None and first["strata"] is not None:
        kinds = plural(first["strata"], "such kind")
        told.append(f"{percent(first['support'])} of the comments could be compared in that way, in {kinds}.")
    if first["left_out"]:
        what = plural(first["left_out"], "comment that names", "comments that name")
        told.append(f"{what} somebody else {'of another team ' if who == 'team' else ''}were left out.")
    misled = [row for row in mine if misleading(row, config)][:MISLED]
    told += [
        f"Do not bring up \u201c{row['label']}\u201d: {times(row['pooled_ratio'])} times the average of all, "
        f"but {times(row['oe_ratio'])} times in the same kinds of cases. The cases explain it."
        for row in misled
    ]
    return told

"""The coaching sheet: one page for a talk, safe, fair, and silent on small groups."""

from __future__ import annotations

import io
import re
import tomllib
from dataclasses import replace
from importlib.resources import files

import pytest

from cx_text.config import Config
from cx_text.records import AGENTS, COACHING, VERBATIMS, Result, Scored
from cx_text.reports.cells import rows
from cx_text.reports.questions import questions_of
from cx_text.reports.sheet import ROOM, Who, sheet_of, write_sheet
from cx_text.stages.behaviours import Behaviours

CONFIG = Config()


def page(result: Result, who: Who = "agent", name: str = "Agent 00") -> str:
    """Return the page."""
    out = io.BytesIO()
    write_sheet(result, CONFIG, who, name, out)
    return out.getvalue().decode("utf-8")


def text(source: str) -> str:
    """Return what a reader sees of a page, on one line."""
    body = re.sub(r"<style>.*?</style>", "", source, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def with_coaching(result: Result, *added: dict[str, object]) -> Result:
    """Return the result with more coaching topics."""
    told = COACHING.frame([*rows(result.coaching), *added])
    return replace(result, findings=replace(result.findings, coaching=told))


def test_a_sheet_holds_all_that_a_talk_needs(rich: Result) -> None:
    """Who, when, how many, the topic with picture and quotes, questions, fairness, and limits."""
    source = page(rich)
    told = text(source)
    for words in (
        "Agent 00",
        "Team South \u00b7 6 Jan 2025 \u2013 6 Jul 2025 \u00b7 90 comments",
        "Follow up missing",
        "2.4 times (1.4\u20133.8) as often as usual: 19 of 90 comments; 8.0 would be usual in such cases.",
        "You promised to call me back. Nobody did.",
        "So patient with me, I felt well looked after.",
        "How do you note what you have promised, and what happens to the note?",
        "the next period would probably show about 1.7 times",
        "A plain average would miss it: 0.8 times",
        "95.0% of the comments could be compared in that way, in 7 such kinds.",
        "2 comments that name somebody else were left out.",
        "What not to conclude",
        "Not a grade, a rank or a ground for decisions about a person.",
    ):
        assert words in told.replace("&#39;", "'")
    assert source.count("<img") == 1
    assert "caused" not in told


def test_a_sheet_opens_from_disk_and_loads_nothing(rich: Result) -> None:
    """No script, no address; the same policy as the report's."""
    source = page(rich)
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in source
    assert "<script" not in source
    assert "http://" not in source
    assert all(one.startswith("data:image/svg+xml;base64,") for one in re.findall(r'src="([^"]*)', source))
    assert "url(" not in source


def test_a_strength_comes_before_what_to_talk_about(rich: Result) -> None:
    """With a question to learn from it."""
    praise = {**rows(rich.coaching)[2], "agent": "Agent 00", "rank": 9}
    told = text(page(with_coaching(rich, praise)))
    assert told.index("Empathy shown") < told.index("Talk about") < told.index("Follow up missing")
    assert questions_of("empathy").learn in told


def test_who_is_only_praised_has_no_topic(rich: Result) -> None:
    """And the page says so."""
    told = text(page(rich, name="Agent 08"))
    assert "Empathy shown" in told
    assert "There is no topic to coach." in told


def test_a_small_group_has_its_number_and_nothing_else(rich: Result) -> None:
    """Agent 25 has 8 comments: no rate, no quote, no team, no time."""
    coached = with_coaching(rich, {**rows(rich.coaching)[0], "agent": "Agent 25"})
    source = page(coached, name="Agent 25")
    assert re.findall(r"\d+", text(source).replace("Agent 25", "")) == ["8", "10"]
    assert not re.search(r"<blockquote|<img|Team|follow", source)
    assert text(page(rich, "team", "Tiny")).count("4 comments") == 1


def test_at_most_three_topics_are_told_and_the_rest_is_counted(rich: Result) -> None:
    """Their quotes get shorter, so that the page stays one."""
    first = rows(rich.coaching)[0]
    more = [
        {**first, "rank": 10 + place, "topic": name}
        for place, name in enumerate(("speed", "clarity", "empathy"))
    ]
    long = replace(with_coaching(rich, *more), quotes=dict.fromkeys(rich.quotes, "so it went on " * 40))
    sheet = sheet_of(long, CONFIG, "agent", "Agent 00")
    assert (len(sheet.talk_about), sheet.more) == (3, 1)
    assert all(len(quote.text) <= ROOM[3] + 1 for point in sheet.talk_about for quote in point.topic.quotes)


def test_what_the_whole_team_trains_is_no_matter_of_one(rich: Result) -> None:
    """It is named, and left to the team's sheet."""
    assert sheet_of(rich, CONFIG, "agent", "Agent 03").shared == ["Clarity missing"]
    assert sheet_of(rich, CONFIG, "agent", "Agent 00").shared == []
    team = sheet_of(rich, CONFIG, "team", "North")
    assert (team.name, [point.topic.label for point in team.talk_about]) == (
        "Team North",
        ["Clarity missing"],
    )


def test_a_theme_has_the_questions_of_what_its_comments_tell_most(rich: Result) -> None:
    """Of v05-0, v05-2 and v05-3 two tell of missing politeness; without any, questions fit all themes."""
    told = [["politeness-", "speed+"] if one in {"v05-0", "v05-2"} else ["speed-"] for one in rich.quotes]
    scored = Scored(VERBATIMS.frame(rich.verbatims.assign(behaviours=told)), rich.mentions)
    [point] = sheet_of(replace(rich, scored=scored), CONFIG, "agent", "Agent 03").talk_about
    assert point.ask == questions_of("politeness").ask
    [point] = sheet_of(rich, CONFIG, "agent", "Agent 03").talk_about
    assert (point.means, point.ask) == ("", questions_of("theme").ask)


def test_who_only_looks_worse_is_defended(rich: Result) -> None:
    """Agent 05: 1.8 times the average, 0.9 times in the same kinds of cases."""
    [sentence] = [one for one in sheet_of(rich, CONFIG, "agent", "Agent 05").fairness if "bring up" in one]
    assert sentence == (
        "Do not bring up \u201cFollow-up\u201d: 1.8 times the average of all, but 0.9 times in the same "
        "kinds of cases. The cases explain it."
    )


def test_a_part_is_named_in_the_heading(rich: Result) -> None:
    """Instead of the period."""
    part = replace(rich, record={"part": {"name": "product=Fibre", "against": "", "n": 400}})
    assert "Team South \u00b7 product=Fibre \u00b7 90 comments" in text(page(part))


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "\u202etxt.exe\x1b[31m"],
)
def test_a_hostile_name_is_text(rich: Result, hostile: str) -> None:
    """It cannot break out, and cannot hide."""
    agents = AGENTS.frame(rich.agents.assign(agent=hostile, team=hostile, label=hostile))
    coaching = COACHING.frame(rich.coaching.assign(agent=hostile, team=hostile, label=hostile))
    result = replace(rich, findings=replace(rich.findings, agents=agents, coaching=coaching))
    source = page(
        replace(result, quotes=dict.fromkeys(rich.quotes, f"I said {hostile} to them at last")), name=hostile
    )
    assert "<script" not in source
    assert not re.search(r"<img[^>]*onerror", source)
    assert "49" not in text(source)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", source)


def test_every_behaviour_has_neutral_questions() -> None:
    """All 14, and those that fit any theme; each is a question."""
    known = tomllib.loads(files("cx_text.reports").joinpath("questions.toml").read_text("utf-8"))
    assert set(known) == {side.name for side in Behaviours.shipped().sides} | {"theme"}
    for words in map(questions_of, known):
        assert len(words.ask) == 2
        assert all(one.endswith("?") and "why did" not in one.lower() for one in (*words.ask, words.learn))

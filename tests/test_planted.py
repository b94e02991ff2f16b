"""The sample export: what was planted is found, and nothing else stands at the top."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from cx_text.api import analyze
from cx_text.records import Result
from cx_text.shipped import sample_path

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("planted")]


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    """What the generator planted."""
    planted: dict[str, Any] = json.loads((sample_path() / "truth.json").read_text(encoding="utf-8"))[
        "planted"
    ]
    return planted


@pytest.fixture(scope="module")
def told() -> Result:
    """What the pipeline finds, with the defaults."""
    return analyze(sample_path() / "comments.csv")


@pytest.fixture(scope="module")
def themes_of(told: Result) -> dict[str, set[str]]:
    """The ids of the themes that hold most of the spans which speak of each planted theme."""
    truth = pd.read_csv(sample_path() / "truth_rows.csv", dtype=str, keep_default_na=False)
    single = truth[~truth["Themes"].str.contains("|", regex=False) & (truth["Themes"] != "")]
    main = told.verbatims.set_index("verbatim_id")["theme_id"].reindex(single["Response ID"]).to_numpy()
    counts = pd.crosstab(single["Themes"].to_numpy(), main)
    mostly = counts.idxmax()
    return {name: set(mostly.index[mostly == name]) for name in counts.index}


def test_nearly_every_comment_with_content_has_a_theme(told: Result) -> None:
    """A half of comments in the outlier bucket helps nobody."""
    coverage = told.findings.coverage
    assert coverage["themed"] / (coverage["themed"] + coverage["unthemed"]) >= 0.95


def test_the_emerging_problem_is_the_first_issue(
    told: Result, truth: dict[str, Any], themes_of: dict[str, set[str]]
) -> None:
    """Login codes that do not arrive: new, since December; nothing else is new."""
    first = told.issues.iloc[0]
    assert first["status"] == "emerging"
    assert first["theme_id"] in themes_of["code"]
    assert first["first_seen"] >= pd.Timestamp(truth["emerging"]["from"], tz="UTC")
    emerging = told.issues[told.issues["status"] == "emerging"]
    assert set(emerging["theme_id"]) <= themes_of["code"]


def test_the_outage_week_is_a_spike_and_the_only_one(told: Result, themes_of: dict[str, set[str]]) -> None:
    """Two days in September; the week of double volume without another mix is none."""
    spikes = told.issues[told.issues["status"] == "spike"]
    assert set(spikes["theme_id"]) <= themes_of["outage"]
    assert len(spikes) >= 1
    assert spikes["first_seen"].dt.strftime("%Y-%m").unique().tolist() == ["2025-09"]


def test_late_delivery_is_seen_to_fade(told: Result, themes_of: dict[str, set[str]]) -> None:
    """High in summer, nearly gone since autumn; nothing else falls away."""
    fading = told.issues[told.issues["status"] == "fading"]
    assert set(fading["theme_id"]) <= themes_of["late"]
    trend = told.themes.set_index("theme_id")["trend"]
    assert "falling" in set(trend[sorted(themes_of["late"] & set(trend.index))])


def test_waiting_on_hold_is_chronic_on_the_phone(told: Result, themes_of: dict[str, set[str]]) -> None:
    """In every week, and mostly there."""
    chronic = told.issues[(told.issues["status"] == "chronic") & (told.issues["scope"] == "channel=Phone")]
    assert set(chronic["theme_id"]) & themes_of["wait"]


def test_the_agent_to_coach_is_found_and_nobody_else(
    told: Result, truth: dict[str, Any], themes_of: dict[str, set[str]]
) -> None:
    """One person, with the theme that was planted; no league table of the others."""
    alone = told.coaching[(told.coaching["scope"] == "individual") & (told.coaching["direction"] == "coach")]
    assert alone["agent"].tolist() == [truth["coach"]["agent"]]
    assert set(alone["topic"]) <= themes_of["no_callback"]
    assert alone["oe_ratio"].iloc[0] > 2.5


def test_the_team_to_coach_is_found_as_a_team_and_no_other(told: Result, truth: dict[str, Any]) -> None:
    """Its agents are not listed one by one."""
    teams = told.coaching[(told.coaching["scope"] == "team") & (told.coaching["direction"] == "coach")]
    assert set(teams["team"]) == {truth["team"]["team"]}
    members = told.coaching[told.coaching["scope"] == "individual"]["team"]
    assert truth["team"]["team"] not in set(members)


def test_the_praised_agent_is_celebrated(told: Result, truth: dict[str, Any]) -> None:
    """What is done well is said too."""
    praised = told.coaching[told.coaching["direction"] == "celebrate"]
    assert set(praised["agent"]) == {truth["celebrate"]["agent"]}


def test_the_good_agent_with_the_hard_mix_is_not_blamed(told: Result, truth: dict[str, Any]) -> None:
    """Adjusted for contact reason, he does better than others."""
    rows = told.agents[told.agents["agent"] == truth["trap"]["agent"]]
    assert len(rows)
    worse = rows[(rows["direction"] == "worse") & rows["state"].isin(["worth_a_look", "strong_evidence"])]
    assert worse.empty


def test_chat_is_above_the_others_for_not_listening(told: Result, themes_of: dict[str, set[str]]) -> None:
    """Canned answers."""
    above = told.channels[(told.channels["channel"] == "Chat") & (told.channels["verdict"] == "above")]
    assert set(above["theme_id"]) <= themes_of["not_listened"]
    assert len(above)


def test_an_agent_with_few_comments_is_not_judged(told: Result) -> None:
    """Thin evidence is silence."""
    thin = told.agents[told.agents["state"] == "insufficient"]
    assert (thin["n"] < 10).all()
    assert thin["topic"].isna().all()


def test_no_address_or_number_of_a_customer_is_in_any_text(told: Result) -> None:
    """What was planted as private data is gone."""
    texts = told.verbatims["text"].str.cat(sep="\n")
    assert "@example." not in texts
    assert "4111" not in texts
    assert "[EMAIL]" in texts
    assert "[PHONE]" in texts


def test_other_languages_are_counted_and_read_with_their_own_words(told: Result) -> None:
    """Spanish is scored as Spanish; no theme is looked for."""
    spanish = told.verbatims[told.verbatims["language"] == "es"]
    assert len(spanish) > 100
    assert (spanish["status"] == "other_language").mean() > 0.95
    abroad = spanish[spanish["status"] == "other_language"]
    assert abroad["sentiment"].notna().all()
    assert abroad["theme_id"].isna().all()

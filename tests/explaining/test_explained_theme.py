"""A theme explained: its numbers from their parts, its words, its edits and what became of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from build_explained import ROUNDED, figures, published, same
from build_export import small_rows, write_export
from flow import Kept

from cx_text.config import Config
from cx_text.errors import UsageError
from cx_text.explaining import (
    Source,
    explain_theme,
    explain_verbatim,
    in_words,
    read_source,
)
from cx_text.explaining.learned import columns_of, words_of
from cx_text.explaining.telling import stability_means
from cx_text.features import NEIGHBOUR
from cx_text.nightly import Order, run
from cx_text.scoring import built_in_topics
from cx_text.stages.themes import Change

PARTS_ROUNDED = 1e-3
"""A priority from published parts, each with 6 decimals."""
THEME_FIGURES = {
    "comments": "volume",
    "share": "share",
    "negative share": "negative_share",
    "sentiment": "sentiment",
    "impact": "impact_adjusted",
    "impact, leave-out": "impact_leaveout",
    "at stake": "at_stake",
    "intensity": "intensity",
    "loss": "loss",
    "recurrence": "recurrence",
    "reach": "reach",
    "momentum": "momentum",
    "priority": "priority",
    "rank": "rank",
}


def test_every_number_of_every_theme_is_that_of_the_report(kept: Kept, source: Source) -> None:
    """Computed again from rows and mentions; parents included."""
    for row in published(kept, "themes.csv"):
        found = figures(explain_theme(source, row["theme_id"]))
        for name, column in THEME_FIGURES.items():
            if name in found:
                slack = PARTS_ROUNDED if name == "priority" else ROUNDED
                assert same(found[name]["value"], row[column], slack), (row["theme_id"], name)
        assert ("impact" in found) == (row["impact_adjusted"] != "")


def test_the_parts_of_a_figure_make_its_value(source: Source) -> None:
    """With the formulas that are named, on every theme."""
    for theme_id in source.findings.themes["theme_id"]:
        found = figures(explain_theme(source, theme_id))
        share = found["share"]["from"]
        assert found["share"]["value"] == pytest.approx(share["comments"] / share["substantive"], abs=ROUNDED)
        assert share["low"] <= found["share"]["value"] <= share["high"]
        if "impact" in found:
            parts = found["impact"]["from"]
            product = parts["effect"] * parts["rated_share"]
            assert found["impact"]["value"] == pytest.approx(product, abs=1e-4)
        loss = found["loss"]["from"]
        assert found["loss"]["value"] == pytest.approx(loss["cost"] * loss["at_stake"], abs=1e-4)
        parts = found["priority"]["from"]
        mixed = (1 - parts["weight"]) * parts["points"] + parts["weight"] * parts["tone"]
        assert found["priority"]["value"] == pytest.approx(100 * mixed)


def test_priorities_of_themes_are_parts_of_a_hundred(source: Source) -> None:
    """Parents count their themes again, so they are left out."""
    themes = source.findings.themes
    alone = themes[~themes["theme_id"].isin(themes["parent_theme_id"].dropna())]
    assert alone["priority"].sum() == pytest.approx(100, abs=1e-4)


def test_a_share_at_stake_is_that_of_its_mentions(source: Source) -> None:
    """Counted from the mentions themselves: comments whose mean feeling about it is -0.05 or worse."""
    rows, mentions = source.rows.verbatims, source.rows.mentions
    substantive = rows.loc[rows["status"].isin(["themed", "unthemed"]), "verbatim_id"]
    for theme_id in ("T0001", "T0002"):
        mine = mentions[(mentions["theme_id"] == theme_id) & mentions["verbatim_id"].isin(substantive)]
        bad = (mine.groupby("verbatim_id")["sentiment"].mean() <= -0.05).sum()
        found = figures(explain_theme(source, theme_id))["at stake"]["value"]
        assert found == pytest.approx(bad / len(substantive), abs=ROUNDED)


def test_a_bystander_names_its_company(source: Source) -> None:
    """And says that it is no driver."""
    themes, drivers = source.findings.themes.copy(), source.findings.drivers
    known = drivers.loc[(drivers["tone"] == "all") & drivers["theme_id"].notna(), "theme_id"].iloc[0]
    mine = themes["theme_id"] == known
    themes.loc[mine, ["driver", "beside_theme_id"]] = [False, "T0001"]
    found = replace(source)
    found.__dict__["findings"] = replace(source.findings, themes=themes)
    told = figures(explain_theme(found, known))["driver"]
    assert told["said"].startswith("no: q ")
    assert f"It is seen beside {source.label('T0001')} (T0001)" in told["said"]


def test_without_ratings_the_loss_is_not_known(source: Source) -> None:
    """The priority goes by tone, and nothing is told of an impact."""
    bare = replace(source.rows, verbatims=source.rows.verbatims.assign(csat=None, nps=None, ces=None))
    found = figures(explain_theme(replace(source, rows=bare), "T0001"))
    assert found["loss"]["value"] is None
    assert found["priority"]["from"]["basis"] == "tone"
    assert not {"impact", "driver"} & found.keys()


def test_the_range_of_a_share_is_that_of_the_report(kept: Kept, source: Source) -> None:
    """Wilson's, from the counts that are named."""
    for row in published(kept, "themes.csv"):
        told = figures(explain_theme(source, row["theme_id"]))["share"]["from"]
        assert same(told["low"], row["share_low"])
        assert same(told["high"], row["share_high"])


def test_a_share_by_value_is_explained_by_value(source: Source) -> None:
    """Where the settings rank by the money at stake, the share at stake speaks of that."""
    config = msgspec.structs.replace(
        source.config, ranking=msgspec.structs.replace(source.config.ranking, weight_by_value=True)
    )
    stake = figures(explain_theme(replace(source, config=config), "T0001"))["at stake"]
    assert "value at stake" in stake["formula"]


def test_the_settings_are_those_of_the_last_run(kept: Kept, source: Source) -> None:
    """They stand in its record."""
    record = json.loads((kept.output / "run.json").read_text("utf-8"))
    assert record["config"]["seed"] == source.config.seed
    assert source.config == msgspec.convert(record["config"], Config)


def test_the_words_of_a_theme_are_those_with_the_largest_weights(source: Source) -> None:
    """A word in the sentence counts by itself and as context, one beside it as half of the context."""
    model = source.model
    [column] = columns_of(model, "T0001")
    told = words_of(model, [column])
    own, around = model.assigner.weights[:, -len(model.features.terms) :, column]
    weights = dict(zip(model.features.terms, own + around, strict=True))
    assert [one["weight"] for one in told["for"]] == sorted(weights.values(), reverse=True)[:12]
    assert all(weights[one["term"]] == one["weight"] > 0 for one in told["for"])
    assert all(weights[one["term"]] == one["weight"] < 0 for one in told["against"])
    assert told["beside"][0]["weight"] == NEIGHBOUR * around.max()


def test_a_theme_that_no_model_learned_has_no_words(source: Source) -> None:
    """Such as plain praise."""
    assert words_of(source.model, columns_of(source.model, "general-praise")) == {
        "for": [],
        "against": [],
        "beside": [],
    }


def test_a_merged_theme_is_told_as_the_one_that_stays(edited: Source) -> None:
    """Also in a comment that was found to have the other; the edit is named."""
    told = explain_theme(edited, "T0002")
    assert (told["asked"], told["theme_id"], told["made_of"]) == ("T0002", "T0001", ["T0002"])
    assert [(one["number"], one["action"], one["undone"]) for one in told["edits"]] == [
        (2, "merge", False),
        (3, "note", True),
        (4, "undo", False),
    ]
    spans = [
        span
        for name in explain_theme(edited, "T0001")["evidence"]
        for span in explain_verbatim(edited, name)["spans"]
        if span["edits"]
    ]
    assert all((span["theme_id"], span["edits"]) == ("T0001", [2]) for span in spans)
    words = " ".join(in_words(told).split())
    assert "T0002 is part of it." in words
    assert "Edit 2: merge T0002, into T0001, by Ada on 2025-03-01T09:30:00Z." in words
    assert "Edit 3: note T0001, label new depot, by Ada on 2025-03-01T09:30:00Z; taken back since." in words


def test_a_defined_theme_says_by_whom_and_which_phrase(edited: Source) -> None:
    """Its rule stands above the model."""
    name = next(one for one, label in edited.taxonomy.labels.items() if label == "presents")
    told = explain_theme(edited, name)
    assert told["found"] == "defined"
    assert told["looks_at"]["for"] == []
    assert told["rules"] == [
        {
            "theme_id": name,
            "within": "*",
            "phrases": ["a present"],
            "learned": False,
            "edit": 1,
            "gives": True,
        }
    ]
    words = " ".join(in_words(told).split())
    assert f'Of all sentences, sentences that hold "a present" count as {name} (edit 1).' in words
    assert 'because "asked"' in words


def test_a_theme_says_how_it_was_found(source: Source) -> None:
    """Learned, plain opinion, or a group."""
    learned = explain_theme(source, "T0001")
    assert (learned["found"], learned["first_run"]) == ("learned", "R000001")
    assert f"learned from {learned['size']} different sentences" in in_words(learned)
    assert explain_theme(source, "general-complaint")["found"] == "general"
    parent = min(source.taxonomy.parents.values())
    told = explain_theme(source, parent)
    assert told["found"] == "parent"
    assert {one["theme_id"] for one in told["children"]} == {
        child for child, above in source.taxonomy.parents.items() if above == parent
    }
    assert explain_theme(source, told["children"][0]["theme_id"])["parent_theme_id"] == parent


def test_typical_comments_are_the_evidence_with_the_part_that_says_it(source: Source) -> None:
    """Five at most, redacted, each once."""
    told = explain_theme(source, "T0001")
    assert [one["verbatim_id"] for one in told["examples"]] == told["evidence"][:5]
    assert all(one["span"] in one["text"] and one["confidence"] > 0 for one in told["examples"])


def test_the_nearest_themes_are_those_it_is_mistaken_for(source: Source) -> None:
    """Second most likely among its mentions, the most frequent first; never itself."""
    told = explain_theme(source, "T0001")["nearest"]
    assert 0 < len(told) <= 3
    assert [one["times"] for one in told] == sorted((one["times"] for one in told), reverse=True)
    assert all(one["times"] <= one["of"] and one["theme_id"] != "T0001" for one in told)


def test_a_theme_of_the_past_says_what_became_of_it(source: Source) -> None:
    """By the lineage of the last learning."""
    model = replace(source.model, lineage=(Change("merged", "T0900", "T0001"), Change("died", "T0901")))
    past = replace(source, model=model, born={**source.born, "T0900": "R000001", "T0901": "R000001"})
    with pytest.raises(UsageError, match=r"T0900 was a theme.*most of it is now T0001 .*; explain T0001"):
        explain_theme(past, "T0900")
    with pytest.raises(UsageError, match=r"T0901 was a theme.*; see `cx-text themes list`"):
        explain_theme(past, "T0901")
    assert "T0900 has gone into T0001" in in_words(explain_theme(past, "T0001"))


def test_a_theme_of_which_nobody_speaks_now_has_no_numbers(source: Source) -> None:
    """It is explained all the same."""
    bare = replace(source.rows, mentions=source.rows.mentions.iloc[:0])
    told = explain_theme(replace(source, rows=bare), "T0001")
    assert (told["figures"], told["examples"], told["nearest"]) == ([], [], [])
    assert "Nobody speaks of it" in in_words(told)


@pytest.mark.parametrize(
    ("stability", "word"), [(1.0, "firm"), (0.75, "firm"), (0.6, "fair"), (0.49, "loose"), (0.0, "loose")]
)
def test_a_stability_is_put_in_a_word(stability: float, word: str) -> None:
    """A manager wants to know whether to rely on it."""
    assert word in stability_means(stability)


def test_a_built_in_topic_shows_its_phrases_and_sentences(tmp_path: Path) -> None:
    """It stands in while there are too few comments to learn from, and has no learned words."""
    export = write_export(tmp_path / "few.csv", small_rows(60))
    run([export], Order(tmp_path / "w"))
    source = read_source(tmp_path / "w")
    ours = [one for one in source.findings.themes["theme_id"] if one in built_in_topics()[0].ids]
    told = explain_theme(source, ours[0])
    assert (told["found"], told["looks_at"]["for"]) == ("built_in", [])
    assert told["built_in"]["examples"][0] in " ".join(in_words(told).split())
    [span] = explain_verbatim(source, told["evidence"][0])["spans"][:1]
    assert span["decided"]["by"] in {"topic", "nobody"}
    assert explain_theme(source, "general-complaint")["built_in"] is None

"""The themes as a whole: groups, what people said of them, what became of them."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from cx_text.config import Config, make_config
from cx_text.records import THEMES, Result
from cx_text.reports.headline import headline
from cx_text.reports.page import context, write_page
from cx_text.reports.quoting import Quotes
from cx_text.reports.taxonomy_told import changes, groups, muted_line, themes_of
from cx_text.reports.themes_told import theme_section
from cx_text.reports.workbook import write_workbook

CONFIG = Config()
NO_QUOTES = Quotes({})
PARENTS = {"P0001": ("Waiting", [1, 3, 5]), "P0002": ("App and site", [2, 8])}


def told_of(result: Result, **models: Any) -> Result:
    """Return the result with more said of its models."""
    return replace(result, record={**result.record, "models": {**result.record["models"], **models}})


@pytest.fixture(scope="module")
def grouped(rich: Result) -> Result:
    """Return the rich result with two parents, after all themes."""
    above = {f"t{place:02d}": parent for parent, (_, places) in PARENTS.items() for place in places}
    themes = rich.themes.assign(parent_theme_id=[above.get(theme) for theme in rich.themes["theme_id"]])
    parents = [
        {"rank": 16, "theme_id": "P0001", "label": "Waiting", "volume": 2_000, "share": 0.178,
         "negative_share": 0.75, "sentiment": -0.5, "status": "active", "evidence": ["v01-0"]},
        {"rank": 17, "theme_id": "P0002", "label": "App and site", "volume": 4_000, "share": 0.356,
         "negative_share": 0.25, "sentiment": -0.9, "status": "active", "evidence": ["v02-0"]},
    ]  # fmt: skip
    rows = [*themes.to_dict("records"), *parents]
    return replace(rich, findings=replace(rich.findings, themes=THEMES.frame(rows)))


def page(result: Result) -> str:
    """Return the page."""
    out = io.BytesIO()
    write_page(result, CONFIG, out)
    return out.getvalue().decode("utf-8")


def test_groups_come_largest_first_with_their_themes_largest_first(grouped: Result) -> None:
    """What it is about, at a glance."""
    told = groups(grouped)
    assert [group.label for group in told] == ["App and site", "Waiting", "In no group"]
    assert [member.label for member in told[1].members] == [
        "Long wait on the phone",
        "Had to explain it again",
        "Promised call never came",
    ]
    assert told[1].told == "2,000 comments \u00b7 17.8% of all \u00b7 75.0% negative"


def test_a_bar_is_as_long_as_the_group_is_large_and_as_red_as_it_is_bad(grouped: Result) -> None:
    """2,000 of at most 4,000 comments are half the width, three quarters of it negative."""
    bars = {group.label: (group.negative, group.other) for group in groups(grouped)}
    assert bars == {
        "App and site": ("25.00", "75.00"),
        "Waiting": ("37.50", "12.50"),
        "In no group": ("0", "0"),
    }


def test_many_themes_of_a_group_are_cut_and_counted(grouped: Result) -> None:
    """Ten themes are on their own, eight are named."""
    alone = groups(grouped)[-1]
    assert (len(alone.members), alone.more) == (8, 2)


def test_without_parents_nothing_is_said_of_groups(rich: Result, grouped: Result) -> None:
    """No empty section, no link to it."""
    assert groups(rich) == []
    assert "What it is about" not in page(rich)
    assert 'href="#about"' not in page(rich)
    assert 'href="#about"' in page(grouped)


def test_a_group_whose_themes_are_all_muted_is_not_told(grouped: Result) -> None:
    """Nothing is left to say."""
    muted = grouped.themes.assign(
        status=grouped.themes["status"].mask(grouped.themes["theme_id"].isin(["t02", "t08"]), "muted")
    )
    told = groups(replace(grouped, findings=replace(grouped.findings, themes=muted)))
    assert [group.label for group in told] == ["Waiting", "In no group"]


def test_parents_are_no_themes(grouped: Result, rich: Result) -> None:
    """Neither in the list nor in a count, a chart or the headline."""
    assert [row["theme_id"] for row in themes_of(grouped)] == list(rich.themes["theme_id"])
    assert context(grouped, CONFIG)["size"] == context(rich, CONFIG)["size"]
    assert headline(grouped, CONFIG) == headline(rich, CONFIG)
    one, other = (theme_section(result, CONFIG, NO_QUOTES) for result in (grouped, rich))
    assert (one.overview, one.impact) == (other.overview, other.impact)
    assert [card.label for card in one.cards] == [card.label for card in other.cards]


def test_a_card_names_its_group_unless_it_is_called_the_same(grouped: Result) -> None:
    """Where a theme belongs."""
    cards = {card.label: card.group for card in theme_section(grouped, CONFIG, NO_QUOTES).cards}
    assert (cards["Long wait on the phone"], cards["Refund not arrived"]) == ("Waiting", "")
    same = grouped.themes.assign(label=grouped.themes["label"].replace("Long wait on the phone", "Waiting"))
    section = theme_section(
        replace(grouped, findings=replace(grouped.findings, themes=same)), CONFIG, NO_QUOTES
    )
    assert {card.label: card.group for card in section.cards}["Waiting"] == ""


def test_every_theme_that_a_group_names_has_its_place_on_the_page(grouped: Result) -> None:
    """Also those that are in the table only."""
    out = io.BytesIO()
    write_page(grouped, make_config({"report": {"themes": 2}}), out)
    text = out.getvalue().decode("utf-8")
    for group in groups(grouped):
        for member in group.members:
            assert f'href="#{member.anchor}"' in text
            assert text.count(f'id="{member.anchor}"') == 1


def test_what_people_did_is_marked_on_the_card(rich: Result) -> None:
    """A pin says more than an edit."""
    result = told_of(rich, touched=["t00", "t01"], pinned=["t01"])
    tags = {card.label: list(card.tags) for card in theme_section(result, CONFIG, NO_QUOTES).cards}
    assert tags["Refund not arrived"] == ["Rising", "Edited by your team"]
    assert tags["Long wait on the phone"] == ["Steady", "Pinned by your team"]
    assert tags["Had to explain it again"] == ["Steady"]


def test_pinned_themes_are_always_told_in_full(rich: Result) -> None:
    """However low they rank."""
    result = told_of(rich, pinned=["t10"])
    section = theme_section(result, make_config({"report": {"themes": 2}}), NO_QUOTES)
    assert [card.rank for card in section.cards] == ["1", "2", "11"]
    assert "11" not in [card.rank for card in section.rest]


def test_muted_themes_are_named_in_one_line(rich: Result) -> None:
    """Nobody wonders where they went."""
    muted = rich.themes.assign(status=["muted"] * 2 + ["active"] * 13)
    result = replace(rich, findings=replace(rich.findings, themes=muted))
    line = (
        "Muted by your team, so counted and not told: "
        "\u201cRefund not arrived\u201d and \u201cLong wait on the phone\u201d."
    )
    assert muted_line(result) == line
    assert line in page(result)
    assert muted_line(rich) == ""


def test_the_number_of_themes_leaves_out_muted_ones(rich: Result) -> None:
    """As many as are told."""
    muted = rich.themes.assign(status=["muted"] * 2 + ["active"] * 13)
    result = replace(rich, findings=replace(rich.findings, themes=muted))
    assert "13 themes" in context(result, CONFIG)["size"]


@pytest.mark.parametrize(("stability", "loose"), [(0.49, True), (0.5, False), (None, False)])
def test_a_theme_that_is_loosely_held_says_so(rich: Result, stability: float | None, *, loose: bool) -> None:
    """In plain words, before somebody acts."""
    themes = rich.themes.assign(stability=[stability] + [0.9] * 14)
    result = replace(rich, findings=replace(rich.findings, themes=THEMES.frame(themes)))
    card = theme_section(result, CONFIG, NO_QUOTES).cards[0]
    told = "Loosely held together: read the quotes before you act."
    assert card.caution == (told if loose else "")
    assert (told in page(result)) is loose


LINEAGE = [
    {"kind": "born", "theme_id": "t03", "into": "", "label": ""},
    {"kind": "born", "theme_id": "t04", "into": "", "label": ""},
    {"kind": "died", "theme_id": "T0007", "into": "", "label": "Fax line"},
    {"kind": "merged", "theme_id": "T0008", "into": "t01", "label": "Queue"},
    {"kind": "split", "theme_id": "t00", "into": "t04", "label": "Refunds"},
]


def test_what_became_of_the_themes_is_told_by_name(rich: Result) -> None:
    """Born, died, merged, split; a part that is a new theme is told once."""
    told = changes(told_of(rich, lineage=LINEAGE))
    assert told == [
        "New: \u201cHad to explain it again\u201d.",
        "No longer heard often enough to be a theme: \u201cFax line\u201d.",
        "\u201cQueue\u201d is now part of \u201cLong wait on the phone\u201d.",
        "\u201cRefund not arrived\u201d gave a part to the new theme \u201cParcel left outside\u201d.",
    ]
    assert all(sentence in page(told_of(rich, lineage=LINEAGE)) for sentence in told)


def test_a_theme_that_nobody_can_name_is_told_by_its_id(rich: Result) -> None:
    """A workspace of an older version kept no names."""
    old = [{"kind": "died", "theme_id": "T0007", "into": ""}]
    assert changes(told_of(rich, lineage=old)) == [
        "No longer heard often enough to be a theme: \u201cT0007\u201d."
    ]


def test_the_first_learning_and_a_quiet_one_change_nothing(rich: Result) -> None:
    """All themes new is no news."""
    first = [{"kind": "born", "theme_id": theme, "into": ""} for theme in rich.themes["theme_id"]]
    assert changes(told_of(rich, lineage=first)) == []
    assert changes(told_of(rich, lineage=[])) == []
    assert "What changed in the themes" not in page(told_of(rich, lineage=first))


def test_many_changes_are_cut_short(rich: Result) -> None:
    """Eight of a kind are named."""
    merged = [{"kind": "merged", "theme_id": f"T{n:04d}", "into": "t01", "label": f"n{n}"} for n in range(10)]
    told = changes(told_of(rich, lineage=merged))
    assert len(told) == 9
    assert told[-1] == "2 more merged in this way: run.json names them."


def test_the_workbook_keeps_groups_on_a_sheet_of_their_own(grouped: Result, rich: Result) -> None:
    """Nobody adds up a theme and its group; nothing is lost."""
    sheets = []
    for result in (grouped, rich):
        out = io.BytesIO()
        write_workbook(result.findings, out)
        out.seek(0)
        sheets.append(load_workbook(out))
    with_groups, without = sheets
    assert with_groups.sheetnames[:2] == ["themes", "groups"]
    assert "groups" not in without.sheetnames
    column = list(THEMES.columns).index("theme_id")
    ids = {name: [row[column] for row in with_groups[name].values][1:] for name in ("themes", "groups")}
    assert ids == {"themes": list(rich.themes["theme_id"]), "groups": ["P0001", "P0002"]}

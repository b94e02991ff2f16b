"""Exports are drawn as planned, and the truth about them is exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from planting.company import TRANSCRIPT, Stock, felt, frame_of, holders, neutral_rows, top_box
from planting.drawing import Export, Plan, Tilt, drawn, odds_ratio
from planting.judging import moved_themes, true_effects
from planting.scenarios import CALENDARS, EMPTY, Calendar, eventful
from scipy import stats
from world import THEMES, WORLD

from cx_text.records import CATALOGUE, MENTIONS, VERBATIMS
from cx_text.stages.periods import counted

CHANNELS = list(WORLD["channels"])
NAMES = tuple(THEMES)
IDS = {"fee": "T1", "late": "T2"}
ROWS = 400


@pytest.fixture(scope="module")
def stock() -> Stock:
    """Return 400 comments, 100 a channel: every fourth says `fee` (T1), every tenth `late` (T2)."""
    number = np.arange(ROWS)
    place = number // 4
    said = np.random.default_rng(0).random((ROWS, len(NAMES))) < 0.1
    said[:, NAMES.index("fee")] = place % 4 == 0
    said[:, NAMES.index("late")] = place % 10 == 0
    row, theme = np.nonzero(said)
    frame = VERBATIMS.frame(
        {
            "verbatim_id": [f"S{one:03}" for one in number],
            "channel": [CHANNELS[one % 4] for one in number],
            "contact_reason": ["Billing" if one % 2 else "Delivery" for one in place],
            "text": [f"text {one}" for one in number],
            "status": ["themed"] * ROWS,
        }
    )
    worth = np.where(said, [100 * THEMES[name]["csat"] for name in NAMES], 0.0)
    return Stock(
        rows=counted(frame),
        mentions=MENTIONS.frame(
            {
                "verbatim_id": frame["verbatim_id"].to_numpy()[row],
                "theme_id": np.array([IDS.get(name, "T3") for name in NAMES])[theme],
                "sentiment": np.full(len(row), -0.5),
            }
        ),
        first=np.pad(said.sum(axis=1).cumsum(), (1, 0)),
        themes=NAMES,
        said=said,
        felt=np.full(ROWS, 3.6),
        worth=worth,
        catalogue=CATALOGUE.frame({"theme_id": ["T1", "T2", "T3"], "label": ["fee", "late", "rest"]}),
        holders={name: frozenset({IDS[name]} if name in IDS else ()) for name in NAMES},
    )


def share(export: Export, stock: Stock, theme: str, cell: int) -> float:
    """Return the true share of a theme in a cell."""
    return float(export.shares[cell, stock.themes.index(theme)])


def test_the_same_seed_draws_the_same_export(stock: Stock) -> None:
    """Another seed draws another."""
    plan = Plan(14, 30, (Tilt("fee", 3.0, first=7),))
    first, again, other = (drawn(plan, stock, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.scored.verbatims, again.scored.verbatims)
    pd.testing.assert_frame_equal(first.scored.mentions, again.scored.mentions)
    assert len(first.scored) != len(other.scored) or (first.drawn != other.drawn).any()


def test_a_factor_multiplies_the_odds_of_a_theme_where_it_holds(stock: Stock) -> None:
    """A share of a quarter has odds of 1 to 3; threefold they are 1 to 1."""
    plan = Plan(14, 200, (Tilt("fee", 3.0, first=7, channels=("Phone",)),))
    export = drawn(plan, stock, 0)
    rows = export.scored.verbatims
    tilted = (export.day >= 7) & (rows["channel"] == "Phone").to_numpy()
    cells = set(export.cell[tilted])
    assert len(cells) == 1
    assert share(export, stock, "fee", cells.pop()) == pytest.approx(0.5)
    for cell in set(export.cell[~tilted]):
        assert share(export, stock, "fee", cell) == pytest.approx(stock.share("fee"))
    says = stock.said[export.drawn, NAMES.index("fee")]
    assert stats.binomtest(int(says[tilted].sum()), int(tilted.sum()), 0.5).pvalue > 0.001


def test_a_factor_of_nothing_takes_a_theme_away(stock: Stock) -> None:
    """No comment says it, and none of its mentions is left."""
    export = drawn(Plan(7, 100, (Tilt("late", 0.0),)), stock, 0)
    assert not stock.said[export.drawn, NAMES.index("late")].any()
    assert set(export.scored.mentions["theme_id"]) == {"T1", "T3"}


def test_factors_of_two_tilts_multiply(stock: Stock) -> None:
    """Twice and one and a half are threefold odds."""
    plan = Plan(7, 100, (Tilt("fee", 2.0), Tilt("fee", 1.5)))
    export = drawn(plan, stock, 0)
    assert share(export, stock, "fee", 0) == pytest.approx(0.5)


def test_a_contact_reason_can_be_tilted(stock: Stock) -> None:
    """Half of the comments are about billing; nine times as often they are nine tenths."""
    export = drawn(Plan(28, 100, (Tilt("Billing", 9.0),)), stock, 0)
    billing = (export.scored.verbatims["contact_reason"] == "Billing").sum()
    assert stats.binomtest(int(billing), len(export.scored), 0.9).pvalue > 0.001


@pytest.mark.parametrize(
    ("tilt", "day", "channel", "agent", "expected"),
    [
        (Tilt("fee", 2.0, first=3, last=4), [2, 3, 4, 5], "Phone", "A", [False, True, True, False]),
        (Tilt("fee", 2.0, weekdays=(0,)), [0, 1, 6, 7], "Phone", "A", [True, False, False, True]),
        (Tilt("fee", 2.0, channels=("Chat",)), [0], "Phone", "A", [False]),
        (Tilt("fee", 2.0, agents=("A",)), [0], "Phone", "A", [True]),
        (Tilt("fee", 2.0, agents=("A",), teams=("other",)), [0], "Phone", "A", [False]),
    ],
)
def test_a_tilt_holds_where_all_that_it_names_does(
    tilt: Tilt, day: list[int], channel: str, agent: str, expected: list[bool]
) -> None:
    """Days count from 0, both ends of a span belong to it, day 0 is a Monday."""
    rows = pd.DataFrame({"day": day, "channel": channel, "agent": agent, "team": "one"})
    assert tilt.holds(rows).tolist() == expected


def test_a_surge_is_more_of_the_same(stock: Stock) -> None:
    """Twice the comments on its day, and the same truth everywhere."""
    export = drawn(Plan(14, 400, surges={10: 2.0}), stock, 0)
    counts = np.bincount(export.day)
    assert counts[10] / counts[3] == pytest.approx(2, abs=0.4)
    assert np.allclose(export.shares, export.shares[0])


def test_a_channel_that_opens_late_has_no_comment_before(stock: Stock) -> None:
    """The others have theirs."""
    export = drawn(Plan(14, 100, opens={"App": 7}), stock, 0)
    app = (export.scored.verbatims["channel"] == "App").to_numpy()
    assert export.day[app].min() == 7
    assert export.day.min() == 0


def test_an_agent_with_places_works_nowhere_else(stock: Stock) -> None:
    """All others work everywhere."""
    agents = (("A", "one", 1.0), ("B", "one", 1.0))
    export = drawn(Plan(7, 100, agents=agents, places={"A": {"Chat": 1.0}}), stock, 0)
    rows = export.scored.verbatims
    assert set(rows.loc[rows["agent"] == "A", "channel"]) == {"Chat"}
    assert set(rows.loc[rows["agent"] == "B", "channel"]) == set(CHANNELS)


def test_a_row_of_the_stock_that_is_drawn_twice_is_mentioned_twice(stock: Stock) -> None:
    """Each drawn row has an id of its own."""
    export = drawn(Plan(28, 100), stock, 0)
    assert len(export.scored.mentions) == stock.said[export.drawn].sum()
    assert export.scored.verbatims["verbatim_id"].is_unique


def test_transcripts_are_drawn_for_their_channel_alone(stock: Stock) -> None:
    """All other rows are drawn for any other channel."""
    written = np.where(stock.rows["channel"] == "Email", TRANSCRIPT, stock.rows["channel"].to_numpy())
    longer = replace(stock, rows=stock.rows.assign(channel=written))
    export = drawn(Plan(28, 100, channels={"Phone": 1.0, TRANSCRIPT: 1.0}), longer, 0)
    told = (export.scored.verbatims["channel"] == TRANSCRIPT).to_numpy()
    assert told.any()
    assert ((written == TRANSCRIPT)[export.drawn] == told).all()


def test_a_cut_leaves_later_rows_and_their_mentions_out(stock: Stock) -> None:
    """Rows up to a day, and what they say."""
    export = drawn(Plan(14, 50), stock, 0)
    part = export.until(6)
    assert len(part) == (export.day <= 6).sum()
    assert part.verbatims["created_at"].max() < pd.Timestamp(WORLD["first_monday"], tz="UTC") + pd.Timedelta(
        "7D"
    )
    assert set(part.mentions["verbatim_id"]) <= set(part.verbatims["verbatim_id"])
    assert len(part.mentions) == stock.said[export.drawn[export.day <= 6]].sum()


def test_a_reader_without_fault_mentions_the_true_themes(stock: Stock) -> None:
    """The same rows, other mentions."""
    export = drawn(Plan(7, 50), stock, 0)
    heard = export.retold(stock.understood)
    assert set(heard.scored.mentions["theme_id"]) == set(NAMES)
    assert len(heard.scored.mentions) == len(export.scored.mentions)
    assert stock.understood.holders["fee"] == {"fee"}


def test_scores_follow_what_is_felt(stock: Stock) -> None:
    """A mean of 3.6 gives one of the two best answers in 55.7 % of cases."""
    export = drawn(Plan(70, 100), stock, 0)
    given = export.scored.verbatims["csat"].dropna()
    assert stats.binomtest(int((given >= 4).sum()), len(given), top_box(3.6) / 100).pvalue > 0.001
    assert given.isin([1, 2, 3, 4, 5]).all()


def test_odds_lead_from_one_share_to_another() -> None:
    """What is multiplied by the ratio of odds has the share wanted."""
    factor = odds_ratio(0.04, 0.2)
    assert factor * 0.04 / (factor * 0.04 + 0.96) == pytest.approx(0.2)


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: str(calendar.name))
def test_planted_events_have_their_size(stock: Stock, calendar: Calendar) -> None:
    """Late parcels are 12 % of all at first and 1 % at the end, give or take what else is planted."""
    export = drawn(eventful(calendar, stock), stock, 0)
    column = NAMES.index("late")
    daily = export.shares[export.cell, column]
    assert daily[export.day <= calendar.fading[0]] == pytest.approx(0.12, rel=0.25)
    assert daily[export.day > calendar.fading[2]] == pytest.approx(0.01, rel=0.25)
    assert "late" in moved_themes(export, stock.themes)
    assert "fee" not in moved_themes(export, stock.themes)


@pytest.mark.parametrize("name", ["surge", "null"])
def test_nothing_moves_where_nothing_is_planted(stock: Stock, name: str) -> None:
    """Neither twice the volume nor chance is a change of a share."""
    export = drawn(EMPTY[name](CALENDARS[1]), stock, 0)
    assert moved_themes(export, stock.themes) == []


def test_the_effect_of_a_theme_is_what_it_adds_to_each_comment(stock: Stock) -> None:
    """Worth is a constant here; nobody's feeling depends on a theme, so the linear truth is nothing."""
    truth = true_effects(stock, np.arange(ROWS))
    assert truth.loc["fee", "truth"] == pytest.approx(100 * THEMES["fee"]["csat"])
    assert truth.loc["fee", "linear"] == pytest.approx(0, abs=1e-6)


def test_neutral_rows_are_the_same_for_a_seed() -> None:
    """Texts, too."""
    first, again, other = (neutral_rows(50, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(frame_of(first), frame_of(again))
    assert not frame_of(first)["Comment"].equals(frame_of(other)["Comment"])


def test_transcripts_say_three_to_five_things_in_english() -> None:
    """In a channel of their own."""
    rows = neutral_rows(60, 1, long=True)
    assert {len(row.themes) for row in rows} == {3, 4, 5}
    assert {(row.scene.channel, row.language) for row in rows} == {(TRANSCRIPT, "en")}


def test_neutral_rows_differ_between_channels_by_chance_only() -> None:
    """The sample says `wait` much more often by phone; here a chi-square test sees nothing."""
    rows = [row for row in neutral_rows(4_000, 3) if row.themes]
    phone = ["Phone" if row.scene.channel == "Phone" else "other" for row in rows]
    table = pd.crosstab(phone, ["wait" in row.themes for row in rows])
    assert stats.chi2_contingency(table).pvalue > 0.001


def test_feelings_add_up_and_the_angry_are_angrier_where_they_complain() -> None:
    """3.6 - 1.1 and half a point more; praise leaves them calm."""
    assert felt(["late"], angry=True) == pytest.approx(2.0)
    assert felt(["friendly"], angry=True) == felt(["friendly"], angry=False) == pytest.approx(4.7)


def test_a_learned_theme_stands_for_what_most_of_its_plain_comments_say() -> None:
    """Comments on two themes and comments without a learned theme do not count."""
    said = np.array([[1, 0], [1, 0], [0, 1], [1, 1], [0, 1]], dtype=bool)
    main = pd.Series(["T1", "T1", "T1", "T2", None])
    assert holders(said, main, ("fee", "late")) == {"fee": frozenset({"T1"}), "late": frozenset()}

"""Which theme matters most, and how sure that is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import Centre, collection
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.config import Config, Privacy, Ranking
from cx_text.records import CATALOGUE, DRIVERS, ISSUES, THEMES, Collection
from cx_text.stages.ranking import Known, rank_themes
from cx_text.statistics import wilson

QUICK = Config(ranking=Ranking(bootstrap=50))


def ranked(data: Collection, config: Config = QUICK, **known: Any) -> pd.DataFrame:
    """Return the themes, indexed by theme_id, in their order; `known` as in `Known`."""
    return rank_themes(data, Known(**known), config).set_index("theme_id")


def costing(**costs: tuple[float, float]) -> pd.DataFrame:
    """Return table DRIVERS: what a negative mention of each theme does to CSAT, and its error."""
    rows = [
        {
            "theme_id": theme,
            "tone": tone,
            "metric": "csat",
            "effect": effect,
            "effect_low": effect - 2 * error,
            "effect_high": effect + 2 * error,
            "error": error,
            "impact": effect / 10,
            "driver": True,
        }
        for theme, (effect, error) in costs.items()
        for tone in ("all", "negative")
    ]
    return DRIVERS.frame(rows)


def spoken(n: int, **themes: list[float]) -> Collection:
    """Return n comments; each theme is in as many of the first ones as it has sentiments."""
    links = [(row, theme, value) for theme, values in themes.items() for row, value in enumerate(values)]
    return collection([{}] * n, links)


@pytest.fixture
def small() -> Collection:
    """Return 100 comments: 20 say late (15 badly), 10 say kind (all well)."""
    return spoken(100, late=[-0.4] * 15 + [0.2] * 5, kind=[0.8] * 10)


def test_volume_share_and_tone_by_hand(small: Collection) -> None:
    """20 of 100, 15 of them negative, mean (15 x -0.4 + 5 x 0.2) / 20."""
    table = ranked(small)
    late = table.loc["late"]
    assert list(rank_themes(small, Known(), QUICK).columns) == list(THEMES.columns)
    assert (late["volume"], late["share"], late["negative_share"], late["sentiment"]) == (
        20,
        0.2,
        0.75,
        -0.25,
    )
    assert (late["share_low"], late["share_high"]) == pytest.approx(
        [float(bound) for bound in wilson(20, 100)], abs=1e-6
    )
    assert table.loc["kind", "negative_share"] == 0


PLAIN = Config(ranking=Ranking(bootstrap=0))


def test_without_ratings_priority_is_negative_share_by_intensity() -> None:
    """15 % at 0.4 / 0.5, and 10 % in full: 12 to 10 of 22; the table says by what it ranked."""
    table = ranked(spoken(100, late=[-0.4] * 15, lost=[-0.5] * 10), PLAIN)
    assert table["basis"].tolist() == ["tone", "tone"]
    assert table["at_stake"].tolist() == [0.15, 0.1]
    assert table["intensity"].tolist() == [0.8, 1.0]
    assert table["priority"].tolist() == pytest.approx([100 * 12 / 22, 100 * 10 / 22], abs=1e-6)
    assert table[["cost", "loss"]].isna().all(axis=None)


def test_with_ratings_priority_is_mostly_what_is_surely_lost() -> None:
    """Late: 15 % x 4 points; lost: 10 % x 20. Of 2.6 points .6 and 2, of the tone 12 and 10 of 22."""
    drivers = costing(late=(-10, 3), lost=(-30, 5))
    table = ranked(spoken(100, late=[-0.4] * 15, lost=[-0.5] * 10), PLAIN, drivers=drivers)
    assert table["basis"].tolist() == ["csat", "csat"]
    assert table["cost"].to_dict() == {"lost": 20, "late": 4}
    assert table["loss"].to_dict() == pytest.approx({"lost": 2.0, "late": 0.6})
    lost = 80 * 2.0 / 2.6 + 20 * 10 / 22
    assert table["priority"].to_dict() == pytest.approx({"lost": lost, "late": 100 - lost}, abs=1e-5)
    assert table["impact_adjusted"].to_dict() == {"lost": -3, "late": -1}
    assert table["driver"].all()


def test_what_is_not_sure_to_cost_anything_counts_by_tone_alone() -> None:
    """The interval reaches 0; so does it where the theme has too few ratings, and no row."""
    table = ranked(
        spoken(100, late=[-0.5] * 10, lost=[-0.5] * 10, rare=[-0.5] * 10),
        PLAIN,
        drivers=costing(late=(-10, 6), lost=(-30, 5)),
    )
    assert table["cost"].to_dict() == {"lost": 20, "late": 0, "rare": 0}
    assert table["priority"].to_dict() == pytest.approx(
        {"lost": 80 + 20 / 3, "late": 20 / 3, "rare": 20 / 3}, abs=1e-5
    )


def test_where_nothing_is_sure_the_ranking_goes_by_tone() -> None:
    """And says so."""
    table = ranked(spoken(100, late=[-0.5] * 10), PLAIN, drivers=costing(late=(-10, 6)))
    assert (table.loc["late", "basis"], table.loc["late", "priority"]) == ("tone", 100)


def test_a_theme_that_hardly_comes_back_counts_less() -> None:
    """In 1 of 10 weeks 1 - 0.5 x 0.9 beside 1 in all of them; an open issue counts as all."""
    rows = [{"period": row % 10} for row in range(100)]
    links = [(row, "lasting", -0.5) for row in range(10)] + [(row, "once", -0.5) for row in range(0, 100, 10)]
    data = collection(rows, links, periods=10)
    table = ranked(data, PLAIN)
    assert table["recurrence"].to_dict() == pytest.approx({"lasting": 1.0, "once": 0.1})
    assert table.loc["once", "priority"] == pytest.approx(100 * 0.55 / 1.55, abs=1e-5)
    for status, recurrence in (("emerging", 1.0), ("spike", 0.1)):
        issues = ISSUES.frame([{"theme_id": "once", "status": status}])
        assert ranked(data, PLAIN, issues=issues).loc["once", "recurrence"] == pytest.approx(recurrence)


def test_without_dates_recurrence_is_empty_and_counts_nothing(small: Collection) -> None:
    """It is not known, not 0."""
    assert ranked(small)["recurrence"].isna().all()
    assert ranked(small).loc["late", "priority"] == 100


def test_a_few_customers_who_write_often_weigh_less() -> None:
    """10 comments of 1 of 91 customers: half of them count as comments, half as its one voice."""
    rows = [{"customer_id": "x" if row < 10 else f"y{row}"} for row in range(100)]
    links = [(row, "one", -0.5) for row in range(10)] + [(row, "many", -0.5) for row in range(10, 20)]
    table = ranked(collection(rows, links), PLAIN)
    assert table["reach"].to_dict() == pytest.approx({"one": 1 / 91, "many": 10 / 91}, abs=1e-6)
    wide = 1 - 0.5 * (1 - (1 / 91) / 0.1)
    assert table.loc["one", "priority"] == pytest.approx(100 * wide / (1 + wide), abs=1e-4)


def test_a_theme_that_names_no_reason_counts_a_quarter() -> None:
    """Worst service, beside late delivery."""
    data = spoken(100, late=[-0.5] * 10, worst=[-0.5] * 10)
    table = ranked(data, PLAIN, vague={"worst"})
    assert table["vague"].to_dict() == {"late": False, "worst": True}
    assert table["priority"].to_dict() == pytest.approx({"late": 80, "worst": 20})


def test_praise_ends_near_zero(small: Collection) -> None:
    """Kind is said by one in ten, and nobody needs to act on it."""
    assert ranked(small).loc["kind", "priority"] == 0


def test_repeats_count_but_are_evidence_once() -> None:
    """Three equal texts: volume 3, one id."""
    links = [(0, "t", -0.5, 0.3), (1, "t", -0.5, 0.9), (2, "t", -0.5, 0.9), (3, "t", -0.5, 0.5)]
    data = collection([{"text_key": key} for key in "kkkl"], links)
    row = ranked(data).loc["t"]
    assert row["volume"] == 4
    assert row["evidence"] == ["v00001", "v00003"]


def test_what_has_no_content_is_no_part_of_a_share() -> None:
    """Of 40 rows 20 are non-answers."""
    data = spoken(40, t=[-0.5] * 10)
    data.verbatims.loc[20:, "status"] = "non_answer"
    assert ranked(data).loc["t", "share"] == 0.5


@pytest.mark.parametrize(
    ("trend", "momentum"), [("rising", 1.5), ("steady", 1.0), ("falling", 0.5), ("unknown", 1.0)]
)
def test_momentum_follows_the_trend(trend: str, momentum: float) -> None:
    """It multiplies what is lost."""
    data = spoken(100, late=[-0.5] * 10, lost=[-0.5] * 10)
    row = ranked(data, PLAIN, trend=pd.Series({"late": trend})).loc["late"]
    assert (row["trend"], row["momentum"]) == (trend, momentum)
    assert row["priority"] == pytest.approx(100 * momentum / (1 + momentum), abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(
    share=st.integers(2, 60),
    more=st.integers(0, 30),
    bad=st.floats(0.06, 1),
    worse=st.floats(0, 0.5),
    harm=st.floats(0, 40),
    costlier=st.floats(0, 40),
)
def test_priority_never_falls_when_a_part_grows(
    share: int, more: int, bad: float, worse: float, harm: float, costlier: float
) -> None:
    """More comments, a worse tone, or more harm, all else equal: neither priority nor rank gets lower."""

    def told(n: int, feeling: float, effect: float) -> tuple[float, float]:
        data = spoken(100, t=[feeling] * n, u=[-0.4] * 30, w=[-0.6] * 20)
        drivers = costing(t=(effect, 1), u=(-15, 2), w=(-12, 2))
        row = ranked(data, PLAIN, drivers=drivers).loc["t"]
        return float(row["priority"]), -float(row["rank"])

    base = told(share, -bad, -harm)
    for grown in (
        told(share + more, -bad, -harm),
        told(share, -min(bad + worse, 1), -harm),
        told(share, -bad, -harm - costlier),
    ):
        assert grown[0] >= base[0] - 2e-6
        assert grown[1] >= base[1]


def test_ranks_are_one_to_t_and_ties_go_to_volume_then_the_smallest_id() -> None:
    """Three themes of praise have priority 0."""
    table = ranked(spoken(100, b=[0.5] * 5, a=[0.5] * 5, c=[0.5] * 9, d=[-0.5] * 2))
    assert table.index.tolist() == ["d", "c", "a", "b"]
    assert table["rank"].tolist() == [1, 2, 3, 4]


def test_a_clear_rank_has_a_narrow_interval_and_a_close_one_a_wide_one() -> None:
    """One theme far ahead, two that are nearly equal."""
    table = ranked(spoken(1000, a=[-0.5] * 300, b=[-0.5] * 40, c=[-0.5] * 41), Config())
    assert table.loc["a", ["rank", "rank_low", "rank_high"]].tolist() == [1, 1, 1]
    for theme in ("b", "c"):
        assert table.loc[theme, ["rank_low", "rank_high"]].tolist() == [2, 3]


def test_a_customer_who_writes_often_makes_a_rank_unsure() -> None:
    """40 complaints of one customer weigh no more than the one customer: the rank may fall to 2."""
    data = spoken(400, a=[-0.5] * 40, b=[-0.5] * 30)
    data.links.loc[data.links["theme_id"] == "b", "row"] += 100
    links = data.links.sort_values(["row", "theme_id"]).reset_index(drop=True)
    by_row = ranked(collection([{}] * 400, links), Config()).loc["a", "rank_high"]
    rows = [{"customer_id": "x" if row < 40 else f"y{row}"} for row in range(400)]
    by_customer = ranked(collection(rows, links), Config())
    assert by_customer.loc["a", "rank_high"] == 2
    assert by_customer.loc["b", "rank_low"] == 1
    assert by_row <= 2


def test_without_resamples_the_rank_interval_is_unknown(small: Collection) -> None:
    """Empty, not equal to the rank."""
    assert ranked(small, PLAIN)[["rank_low", "rank_high"]].isna().all(axis=None)


def test_the_seed_decides_and_nothing_else() -> None:
    """Twice the same table; the rank lies within its interval."""
    data = Centre(n=1500, themes=12).collection(0)
    one, two = ranked(data), ranked(data)
    pd.testing.assert_frame_equal(one, two)
    assert ((one["rank_low"] <= one["rank"]) & (one["rank"] <= one["rank_high"])).all()
    other = ranked(data, Config(seed=8, ranking=Ranking(bootstrap=50)))
    assert one["rank"].tolist() == other["rank"].tolist()


def test_the_interval_holds_most_ranks_of_a_second_sample() -> None:
    """Two halves of a centre: of a 95 % interval, 5 in 6 of the other half's ranks should lie within."""
    inside = []
    for seed in range(6):
        halves = []
        for parity in (0, 1):
            data = Centre(n=4000, themes=15).collection(seed)
            data.verbatims.loc[data.verbatims.index % 2 == parity, "status"] = "non_answer"
            halves.append(ranked(data, Config()))
        rank = halves[1]["rank"].reindex(halves[0].index)
        inside.append(((halves[0]["rank_low"] <= rank) & (rank <= halves[0]["rank_high"])).mean())
    assert 0.75 <= np.mean(inside) <= 0.97


@pytest.mark.parametrize(
    ("periods", "seen", "status"),
    [
        (10, [8, 9], "new"),
        (10, [0, 9], "active"),
        (10, [0, 7], "quiet"),
        (4, [3], "active"),
        (5, [4], "new"),
        (10, [-1], "active"),
    ],
)
def test_status_says_whether_a_theme_came_or_went(periods: int, seen: list[int], status: str) -> None:
    """By the last fifth of the periods."""
    rows = [{"period": period} for period in seen]
    data = collection(rows, [(row, "t", -0.5) for row in range(len(rows))], periods=periods)
    assert ranked(data).loc["t", "status"] == status


def test_channels_are_named_by_volume_and_small_ones_are_not() -> None:
    """Fax has 3 comments in all; a theme has at most 4 names."""
    names = ["web"] * 12 + ["chat"] * 12 + ["fax"] * 3 + ["mail"] * 14 + ["app"] * 11 + ["sms"] * 10
    rows = [{"channel": name} for name in [*names, *[None] * 10]]
    links = [(row, "t", -0.5) for row in range(len(names))]
    assert ranked(collection(rows, links)).loc["t", "channels"] == ["mail", "chat", "web", "app"]
    shown = ranked(collection(rows, links[:27]), Config(privacy=Privacy(k=2))).loc["t", "channels"]
    assert shown == ["chat", "web", "fax"]


def test_value_at_stake_may_weigh_instead_of_heads() -> None:
    """Five large orders outweigh ten small ones; volume stays a count, unknown values are the median."""
    rows = [{"value": 1000.0 if row < 5 else 10.0} for row in range(99)] + [{"value": None}]
    links = [(row, "big" if row < 5 else "small", -0.5) for row in range(15)]
    data = collection(rows, links)
    by_value = ranked(data, Config(ranking=Ranking(bootstrap=10, weight_by_value=True)))
    assert ranked(data).index.tolist() == ["small", "big"]
    assert by_value.index.tolist() == ["big", "small"]
    assert by_value["volume"].tolist() == [5, 10]
    assert by_value.loc["big", "at_stake"] == pytest.approx(5000 / (5000 + 95 * 10), abs=1e-6)


def test_a_theme_nobody_mentions_is_listed_last_and_its_tone_is_unknown() -> None:
    """It is in the catalogue and may come back."""
    data = collection([{}] * 20, [(0, "t", 0.5)], labels={"a": "gone", "t": "here"})
    row = ranked(data).loc["a"]
    assert (row["rank"], row["volume"], row["priority"]) == (2, 0, 0)
    assert np.isnan([row["sentiment"], row["negative_share"]]).all()


@pytest.mark.parametrize("rows", [0, 30])
def test_without_themes_the_table_is_empty(rows: int) -> None:
    """No catalogue, with and without comments."""
    assert ranked(collection([{"agent": "a"}] * rows, []) if rows else empty()).empty


def empty() -> Collection:
    """Return a collection of no rows."""
    one = collection([{"agent": "a"}], [])
    return Collection(one.verbatims[:0], one.links, one.catalogue, [], 7, last_complete=True)


def test_a_complaint_without_a_reason_is_told_but_never_comes_first() -> None:
    """Nobody can act on "terrible"."""
    links = [(row, "general-complaint", -0.9) for row in range(20)] + [
        (row, "T0001", -0.3) for row in range(5)
    ]
    catalogue = {"general-complaint": "general complaint", "T0001": "refund late"}
    themes = rank_themes(collection([{}] * 30, links, catalogue), Known(), Config())
    assert themes["theme_id"].tolist() == ["T0001", "general-complaint"]
    assert themes["priority"].tolist()[1] == 0
    assert themes["volume"].tolist()[1] == 20


class TestParents:
    """Groups of themes, told after the themes."""

    @pytest.fixture
    def family(self) -> Collection:
        """Return 40 comments: 10 late, 8 lost (4 of them late too), both delivery; 5 kind."""
        links = [(row, "late", -0.4) for row in range(10)]
        links += [(row, "lost", -0.8) for row in range(6, 14)]
        links += [(row, "kind", 0.8) for row in range(20, 25)]
        return with_parents(collection([{}] * 40, links), late="delivery", lost="delivery")

    def test_a_parent_counts_a_verbatim_once(self, family: Collection) -> None:
        """14 of 40, not 18; a verbatim with both themes has the mean of both feelings."""
        row = ranked(family).loc["delivery"]
        assert (row["volume"], row["share"], row["negative_share"]) == (14, 14 / 40, 1)
        assert row["sentiment"] == pytest.approx((6 * -0.4 + 4 * -0.6 + 4 * -0.8) / 14, abs=1e-6)
        assert len(row["evidence"]) == len(set(row["evidence"])) == 14

    def test_parents_stand_after_the_themes_however_large(self, family: Collection) -> None:
        """Ranks go on; nobody reads the same complaint twice at the top."""
        table = ranked(family)
        assert table.index.tolist() == ["late", "lost", "kind", "delivery"]
        assert table["rank"].tolist() == [1, 2, 3, 4]
        assert table["rank_low"].tolist()[-1] == table["rank_high"].tolist()[-1] == 4
        assert table["parent_theme_id"].fillna("").tolist() == ["delivery", "delivery", "", ""]

    def test_parents_are_ranked_among_themselves(self, family: Collection) -> None:
        """The one that hurts more people before the other."""
        two = with_parents(family, late="delivery", lost="delivery", kind="staff")
        assert ranked(two).index.tolist()[-2:] == ["delivery", "staff"]

    def test_parents_change_nothing_of_their_themes(self, family: Collection) -> None:
        """Neither rank nor range nor any number, but the name of the parent."""
        bare = replace(family, catalogue=family.catalogue.assign(parent_theme_id=None).head(3))
        names = ["rank", "rank_low", "rank_high", "volume", "share", "priority", "sentiment"]
        pd.testing.assert_frame_equal(ranked(family)[names].head(3), ranked(bare)[names])

    def test_neither_impact_nor_trend_is_told_of_a_parent(self, family: Collection) -> None:
        """They are told of its themes."""
        row = ranked(family, trend=pd.Series({"late": "rising", "lost": "rising"})).loc["delivery"]
        assert row["trend"] == "unknown"
        assert pd.isna(row["impact_metric"])

    def test_a_parent_of_themes_that_nobody_speaks_of_has_no_volume(self, family: Collection) -> None:
        """And no share that is unknown."""
        silent = replace(family, links=family.links[family.links["theme_id"] == "kind"])
        row = ranked(silent).loc["delivery"]
        assert (row["volume"], row["share"]) == (0, 0)
        assert pd.isna(row["sentiment"])


def with_parents(data: Collection, **parents: str) -> Collection:
    """Return the collection with these parents of its themes, which stand at the end of the catalogue."""
    themes = data.catalogue[data.catalogue["theme_id"].isin({"late", "lost", "kind"})]
    above = [{"theme_id": one, "label": f"all {one}"} for one in sorted(set(parents.values()))]
    nested = themes.assign(parent_theme_id=themes["theme_id"].map(parents))
    return replace(data, catalogue=CATALOGUE.frame(pd.concat([nested, CATALOGUE.frame(above)])))


class TestMuted:
    """Themes that people do not want to hear of."""

    def test_muted_themes_come_last_and_say_so(self, small: Collection) -> None:
        """Their numbers stay what they are."""
        table, heard = ranked(small, muted={"late"}), ranked(small)
        assert table.index.tolist() == ["kind", "late"]
        assert table["rank"].tolist() == [1, 2]
        assert table["status"].tolist() == ["active", "muted"]
        assert table.loc["late", "volume"] == heard.loc["late", "volume"] == 20

    def test_muted_themes_come_after_the_parents_too(self) -> None:
        """A muted parent among them, and its themes stay where they were."""
        links = [(row, "late", -0.4) for row in range(5)] + [(row, "lost", -0.8) for row in range(3)]
        data = with_parents(collection([{}] * 9, links), late="delivery", lost="post")
        assert set(ranked(data).index[-2:]) == {"delivery", "post"}
        assert ranked(data, muted={"lost"}).index.tolist()[-1] == "lost"
        table = ranked(data, muted={"delivery", "lost"})
        assert table.index.tolist()[:2] == ["late", "post"]
        assert set(table.index[2:]) == {"delivery", "lost"}
        assert table["status"].tolist()[2:] == ["muted"] * 2
        assert (table.loc["delivery", "volume"], table.loc["delivery", "negative_share"]) == (5, 1)

    def test_all_themes_can_be_muted(self, small: Collection) -> None:
        """The table is still whole."""
        table = ranked(small, muted={"late", "kind"})
        assert table.index.tolist() == ["late", "kind"]
        assert set(table["status"]) == {"muted"}


def changed_by(**votes: int) -> Collection:
    """Return comments of theme late, so many for each attribution (`none`: tells nothing of it)."""
    told = [None if who == "none" else who for who, times in votes.items() for _ in range(times)]
    data = collection([{}] * len(told), [(row, "late", -0.5) for row in range(len(told))])
    return replace(data, links=data.links.assign(attribution=pd.Series(told, dtype="str")))


class TestAttribution:
    """Who can change a theme."""

    @pytest.mark.parametrize(
        ("votes", "attribution"),
        [
            ({"agent": 5, "none": 90}, "agent"),
            ({"agent": 4, "none": 90}, None),
            ({"agent": 6, "process": 6}, "agent"),
            ({"process": 8, "agent": 4, "customer": 4}, "process"),
            ({"process": 7, "agent": 4, "customer": 4}, None),
            ({"none": 20}, None),
        ],
    )
    def test_half_of_those_who_tell_it_and_five_of_them_must_agree(
        self, votes: dict[str, int], attribution: str | None
    ) -> None:
        """Of equal halves the first by name."""
        told = ranked(changed_by(**votes)).loc["late", "attribution"]
        assert (None if pd.isna(told) else told) == attribution

    def test_what_is_known_beforehand_goes_before_what_is_counted(self) -> None:
        """The built-in topics say it themselves."""
        data = changed_by(agent=9)
        assert ranked(data, changers={"late": "technology"}).loc["late", "attribution"] == "technology"
        assert ranked(data, changers={"other": "technology"}).loc["late", "attribution"] == "agent"

    def test_a_parent_has_what_the_comments_of_its_themes_tell(self) -> None:
        """Each of them once."""
        table = ranked(with_parents(changed_by(process=9, agent=2), late="above"))
        assert table["attribution"].to_dict() == {"late": "process", "above": "process"}

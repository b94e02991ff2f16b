"""What changed: every number counted by hand or by statsmodels, and nothing told on thin evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import collection
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from cx_text.config import Config, make_config
from cx_text.records import CHANGES, Collection
from cx_text.stages.changes import compare, newest, over_time

CONFIG = Config()
PARTS = ("then", "now")


def week(number: int, n: int, **said: tuple[int, int]) -> list[dict[str, Any]]:
    """Return n comments of a week; of each theme, (all that are on it, negative ones), the first rows."""
    return [
        {"period": number}
        | {theme: -0.5 if row < bad else 0.5 for theme, (about, bad) in said.items() if row < about}
        for row in range(n)
    ]


def told(rows: Sequence[dict[str, Any]], periods: int = 2) -> Collection:
    """Return a collection of rows; a key that is a theme (t...) is a link with its sentiment."""
    links = [(i, name, value) for i, row in enumerate(rows) for name, value in row.items() if name[0] == "t"]
    frame = pd.DataFrame([{name: value for name, value in row.items() if name[0] != "t"} for row in rows])
    return collection(frame, links, periods=periods)


def sides(made: Collection) -> tuple[Any, Any]:
    """Return the flags of the rows before (period 0) and after (period 1)."""
    period = made.verbatims["period"].to_numpy()
    return period == 0, period == 1


def changed(made: Collection, config: Config = CONFIG) -> pd.DataFrame:
    """Return table CHANGES of period 1 against period 0."""
    return compare(made, *sides(made), PARTS, config)


def row_of(table: pd.DataFrame, measure: str, theme: str = "") -> dict[str, Any]:
    """Return the only row of a measure (of a theme)."""
    mine = table[(table["measure"] == measure) & (table["theme_id"].fillna("") == theme)]
    assert len(mine) == 1
    return dict(mine.to_dict("records")[0])


def test_a_share_is_told_with_newcombes_interval_and_the_pooled_test() -> None:
    """20 of 200 to 50 of 250, 15 and 10 of them negative."""
    table = changed(told([*week(0, 200, t1=(20, 15)), *week(1, 250, t1=(50, 10))]))
    share = row_of(table, "share", "t1")
    assert (share["n_before"], share["n_after"]) == (200, 250)
    assert (share["before"], share["after"], share["difference"]) == pytest.approx((0.1, 0.2, 0.1))
    assert (share["low"], share["high"]) == pytest.approx(
        confint_proportions_2indep(50, 250, 20, 200, method="newcomb"), abs=1e-6
    )
    assert share["q_value"] == pytest.approx(proportions_ztest([50, 20], [250, 200])[1], abs=1e-6)
    assert share["verdict"] == "higher"
    negative = row_of(table, "negative_share", "t1")
    assert (negative["n_before"], negative["n_after"], negative["verdict"]) == (20, 50, "lower")
    assert (negative["before"], negative["after"]) == pytest.approx((0.75, 0.2))


def test_every_row_says_what_it_compares_and_how_many_comments_there_were() -> None:
    """Also without any theme."""
    table = changed(told([*week(0, 30), *week(1, 40)]))
    assert set(table["part_before"]) == {"then"}
    assert set(table["part_after"]) == {"now"}
    comments = row_of(table, "comments")
    assert (comments["n_before"], comments["n_after"], pd.isna(comments["verdict"])) == (30, 40, True)


def test_scores_are_compared_in_their_own_units() -> None:
    """CSAT 20 of 40 to 30 of 40 in the two best; NPS from 0 to 50 points; two of three tests that say so."""
    rows = [{"period": 0, "csat": 5 if i % 2 else 1, "nps": 10 if i % 2 else 0} for i in range(40)]
    rows += [{"period": 1, "csat": 5 if i % 4 else 1, "nps": 10 if i % 4 else 0} for i in range(40)]
    table = changed(told(rows))
    csat, nps = row_of(table, "csat"), row_of(table, "nps")
    assert (csat["before"], csat["after"], csat["difference"]) == pytest.approx((0.5, 0.75, 0.25))
    assert (nps["before"], nps["after"], nps["difference"]) == pytest.approx((0, 50, 50))
    assert nps["low"] < 50 < nps["high"]
    p = proportions_ztest([30, 20], [40, 40])[1]
    assert [csat["q_value"], nps["q_value"]] == pytest.approx([p * 3 / 2] * 2, abs=1e-6)
    assert row_of(table, "negative_share")["q_value"] == 1


def test_a_score_with_too_few_answers_on_a_side_shows_its_n_only() -> None:
    """29 are fewer than the 30 that a number needs."""
    rows = [{"period": 0, "csat": 5}] * 29 + [{"period": 1, "csat": 1}] * 40
    csat = row_of(changed(told(rows)), "csat")
    assert (csat["n_before"], csat["n_after"], csat["verdict"]) == (29, 40, "insufficient")
    assert pd.isna(csat["before"])
    assert pd.isna(csat["after"])


def test_a_part_below_k_is_not_compared_at_all() -> None:
    """Nine comments are no group."""
    assert changed(told([*week(0, 9), *week(1, 40)])).empty
    assert not changed(told([*week(0, 10), *week(1, 40)])).empty


def test_a_rare_theme_is_not_tested() -> None:
    """Seven comments in both parts; the other theme's q-value does not pay for it."""
    rows = [*week(0, 50, t1=(0, 0), t2=(5, 5)), *week(1, 50, t1=(7, 7), t2=(20, 9))]
    table = changed(told(rows))
    assert row_of(table, "share", "t1")["verdict"] == "insufficient"
    assert row_of(table, "share", "t2")["q_value"] == pytest.approx(
        proportions_ztest([20, 5], [50, 50])[1], abs=1e-6
    )


def test_q_values_are_by_kind_of_measure() -> None:
    """Two shares with p .001 and .5: Benjamini and Hochberg's are .002 and .5; scores do not count."""
    rows = [*week(0, 100, t1=(10, 0), t2=(30, 0)), *week(1, 100, t1=(40, 0), t2=(33, 0))]
    table = changed(told(rows))
    p = [proportions_ztest([40, 10], [100, 100])[1], proportions_ztest([33, 30], [100, 100])[1]]
    found = [row_of(table, "share", theme)["q_value"] for theme in ("t1", "t2")]
    assert found == pytest.approx([2 * p[0], p[1]], abs=1e-6)


def test_comments_of_one_customer_count_less() -> None:
    """The same shares from 10 customers who repeat themselves are no finding any more."""
    rows = [*week(0, 100, t1=(10, 0)), *week(1, 100, t1=(30, 0))]
    alone = row_of(changed(told(rows)), "share", "t1")
    repeated = row_of(
        changed(told([row | {"customer_id": f"c{i // 10}"} for i, row in enumerate(rows)])), "share", "t1"
    )
    assert (alone["verdict"], repeated["verdict"]) == ("higher", "no_difference")
    assert repeated["high"] - repeated["low"] > 2 * (alone["high"] - alone["low"])


def test_a_move_is_split_into_mix_and_rate() -> None:
    """The decomposition test's channels, as comments."""
    rows = []
    for number, sizes in enumerate(
        ({"chat": (40, 20), "mail": (60, 12)}, {"chat": (60, 36), "mail": (40, 10)})
    ):
        for channel, (n, about) in sizes.items():
            rows += [row | {"channel": channel} for row in week(number, n, t1=(about, 0))]
    share = row_of(changed(told(rows)), "share", "t1")
    assert (share["rate_effect"], share["mix_effect"]) == pytest.approx((0.075, 0.065))
    assert share["one_sided"] == 0


def test_a_channel_of_one_side_is_named() -> None:
    """With 20 comments; one with 19 is not, and neither is one that both sides have."""
    new, rare = ([row | {"channel": name} for row in week(1, n)] for name, n in (("new", 20), ("rare", 19)))
    old = [row | {"channel": "old"} for row in [*week(0, 30), *week(1, 30)]]
    table = changed(told([*old, *new, *rare]))
    alone = table[table["measure"] == "one_sided"]
    assert alone[["label", "n_before", "n_after"]].to_numpy().tolist() == [["channel=new", 0, 20]]


def test_without_two_kinds_of_cases_mix_and_rate_are_not_known() -> None:
    """Empty is not zero."""
    share = row_of(changed(told([*week(0, 50, t1=(9, 0)), *week(1, 50, t1=(9, 0))])), "share", "t1")
    assert pd.isna(share["mix_effect"])
    assert pd.isna(share["rate_effect"])


@given(st.integers(0, 2**32 - 1))
def test_sides_swapped_flip_every_sign_and_the_order_of_rows_plays_no_part(seed: int) -> None:
    """And published parts add up to the published difference exactly."""
    random = np.random.default_rng(seed)
    n = 120
    rows = [
        {"period": int(i % 2), "channel": str(random.choice(["a", "b"])), "csat": int(random.integers(1, 6))}
        | ({"t1": -0.5} if random.random() < 0.3 else {"t2": 0.5})
        for i in range(n)
    ]
    made = told(rows)
    there = changed(made)
    assert (there["mix_effect"] + there["rate_effect"] - there["difference"]).abs().max() < 1e-9
    before, after = sides(made)
    back = compare(made, after, before, PARTS, CONFIG).sort_values(["measure", "theme_id"])
    straight = there.sort_values(["measure", "theme_id"])
    for name in ("difference", "mix_effect", "rate_effect"):
        assert np.allclose(straight[name], -back[name], equal_nan=True, atol=2e-6)
    assert np.allclose(straight["low"], -back["high"], equal_nan=True, atol=2e-6)
    order = random.permutation(n)
    pd.testing.assert_frame_equal(changed(told([rows[i] for i in order])), there)


def test_the_newest_complete_four_weeks_are_told_against_the_four_before() -> None:
    """Nine weeks; of ten with an open end the tenth is left out; of seven the newest one."""
    nine = told(week(0, 1), periods=9)
    before, after = newest(nine) or ("", "")
    assert (str(before), str(after)) == ("2026-01-12 to 2026-02-08", "2026-02-09 to 2026-03-08")
    assert newest(replace(told(week(0, 1), periods=10), last_complete=False)) == (before, after)
    seven = newest(told(week(0, 1), periods=7)) or ("", "")
    assert str(seven[1]) == "2026-02-16 to 2026-02-22"


@pytest.mark.parametrize(("periods", "complete"), [(0, True), (1, True), (2, False)])
def test_without_two_complete_weeks_nothing_is_compared(periods: int, *, complete: bool) -> None:
    """Too early."""
    made = replace(told(week(0, 40), periods=periods), last_complete=complete)
    assert newest(made) is None
    assert over_time(made, CONFIG).columns.tolist() == list(CHANGES.columns)


def test_days_make_weeks() -> None:
    """15 days, the last one open: the 2nd week against the 1st."""
    days = [str(day.date()) for day in pd.date_range("2026-01-05", periods=15)]
    made = replace(told(week(0, 1)), periods=days, period_days=1, last_complete=False)
    assert tuple(map(str, newest(made) or ())) == ("2026-01-05 to 2026-01-11", "2026-01-12 to 2026-01-18")


def test_over_time_takes_the_rows_of_these_weeks_and_no_others() -> None:
    """The first of three weeks, and rows without a date, are left out."""
    rows = [*week(-1, 70), *week(0, 50), *week(1, 30), *week(2, 20)]
    table = over_time(told(rows, periods=3), make_config({"privacy": {"k": 5}}))
    comments = row_of(table, "comments")
    assert (comments["n_before"], comments["n_after"]) == (30, 20)
    assert comments["part_after"] == "2026-01-19 to 2026-01-25"


def test_themes_that_moved_furthest_come_first() -> None:
    """After all scores; ties by id."""
    rows = [
        *week(0, 50, t1=(20, 0), t2=(10, 0), t3=(10, 0)),
        *week(1, 50, t1=(21, 0), t2=(20, 0), t3=(20, 0)),
    ]
    table = changed(told(rows))
    assert table["measure"].tolist()[:6] == ["comments", "csat", "nps", "ces", "fcr", "negative_share"]
    assert table[table["measure"] == "share"]["theme_id"].tolist() == ["t2", "t3", "t1"]

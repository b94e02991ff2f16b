"""Did it help? Rates, ratios and differences in differences, counted by hand and by statsmodels."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import collection
from build_edits import make_edit
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from cx_text.config import Config, make_config
from cx_text.records import ACTIONS, Collection
from cx_text.stages.actions import actions
from cx_text.stages.scores import metrics

CONFIG = Config()
MONDAY = pd.Timestamp("2026-01-05", tz="UTC")
SINCE = "2026-03-02"
"""The first day of the 9th week."""


def centre(counts: dict[str, tuple[int, int]], n: int = 100, weeks: tuple[int, int] = (8, 4)) -> Collection:
    """Return `n` comments a week; of each theme so many complaints a week before and since `SINCE`.

    Themes stand in different comments, the first one in the first comments of each week.
    """
    rows: list[dict[str, Any]] = []
    links: list[tuple[int, str, float]] = []
    for week in range(sum(weeks)):
        start = 0
        for theme, pair in counts.items():
            links += [(len(rows) + start + i, theme, -0.5) for i in range(pair[week >= weeks[0]])]
            start += pair[week >= weeks[0]]
        day = MONDAY + pd.Timedelta(weeks=8 - weeks[0] + week)
        rows += [{"created_at": day + pd.Timedelta(minutes=i), "period": week} for i in range(n)]
    made = collection(rows, links, periods=sum(weeks))
    first = MONDAY + pd.Timedelta(weeks=8 - weeks[0])
    return replace(
        made, periods=[str((first + pd.Timedelta(weeks=week)).date()) for week in range(sum(weeks))]
    )


def noted(made: Collection, theme: str = "t1", since: str = SINCE, config: Config = CONFIG) -> dict[str, Any]:
    """Return the row of a note on a theme."""
    note = make_edit(3, "note", theme, label="new depot", since=since)
    table = actions(made, {theme: (note,)}, config)
    assert table.columns.tolist() == list(ACTIONS.columns)
    assert len(table) == 1
    return dict(table.to_dict("records")[0])


def test_rates_before_and_since_are_counted_in_whole_weeks() -> None:
    """10 of 100 in each of 8 weeks, 5 of 100 in each of 4; a week that is not over is left out."""
    made = centre({"t1": (10, 5), "t2": (20, 20)}, weeks=(8, 5))
    row = noted(replace(made, last_complete=False))
    assert (row["weeks_before"], row["weeks_after"]) == (8, 4)
    assert (row["count_before"], row["n_before"], row["count_after"], row["n_after"]) == (80, 800, 20, 400)
    assert (row["rate_before"], row["rate_after"]) == pytest.approx((0.1, 0.05))
    assert (row["rate_after_low"], row["rate_after_high"]) == pytest.approx(
        proportion_confint(20, 400, method="wilson"), abs=1e-6
    )
    assert (row["label"], row["note"], row["edit"], row["since"]) == ("t1", "new depot", 3, SINCE)


def test_the_ratio_has_the_interval_of_katz() -> None:
    """Where weeks do not differ by more than chance."""
    row = noted(centre({"t1": (10, 5), "t2": (20, 20)}))
    assert row["ratio"] == pytest.approx(0.5)
    assert (row["ratio_low"], row["ratio_high"]) == pytest.approx(
        confint_proportions_2indep(20, 400, 80, 800, compare="ratio", method="log"), abs=1e-6
    )


def test_what_happened_to_all_themes_is_taken_out() -> None:
    """Complaints halve everywhere: the ratio is .5, against the others 1, with Woolf's interval."""
    row = noted(centre({"t1": (10, 5), "t2": (20, 10)}))
    assert (row["ratio"], row["others_ratio"], row["relative"]) == pytest.approx((0.5, 0.5, 1))
    woolf = Table2x2(np.array([[20, 40], [80, 160]])).oddsratio_confint()
    assert (row["relative_low"], row["relative_high"]) == pytest.approx(woolf, abs=1e-6)
    assert row["verdict"] == "no_difference"


@pytest.mark.parametrize(("since", "verdict"), [(3, "fewer"), (10, "no_difference"), (30, "more")])
def test_fewer_and_more_are_said_only_beyond_chance(since: int, verdict: str) -> None:
    """Against 10 a week before, and others that stay."""
    row = noted(centre({"t1": (10, since), "t2": (20, 20)}))
    assert row["verdict"] == verdict
    assert row["relative"] == pytest.approx(since / 10)


def test_weeks_that_differ_among_themselves_widen_the_interval() -> None:
    """Odd weeks with 20, even ones with none: Pearson's chi2 over its 10 degrees of freedom, by hand."""
    made = centre({"t1": (10, 5), "t2": (20, 20)})
    links = made.links[made.links["theme_id"] == "t2"]
    rows = [
        (week * 100 + i, "t1", -0.5) for week in range(12) for i in range((20, 10)[week >= 8] * (week % 2))
    ]
    uneven = pd.concat([links, pd.DataFrame(rows, columns=["row", "theme_id", "sentiment"])])
    made = collection(
        made.verbatims.drop(columns=["status", "sentiment_label"]),
        uneven[["row", "theme_id", "sentiment"]],
        periods=12,
    )
    row = noted(made)
    shares = {False: 80 / 240, True: 20 / 100}
    chi2 = 0.0
    for week in range(12):
        y, share = (20, 10)[week >= 8] * (week % 2), shares[week >= 8]
        total = y + 20
        chi2 += (y - total * share) ** 2 / (total * share * (1 - share))
    spread = 1.959964 * sqrt(chi2 / 10 * (1 / 80 + 1 / 20 + 1 / 160 + 1 / 80))
    relative = 20 / 80 / (80 / 160)
    assert (row["relative_low"], row["relative_high"]) == pytest.approx(
        (exp(log(relative) - spread), exp(log(relative) + spread)), rel=1e-4
    )
    assert row["verdict"] == "no_difference"


@pytest.mark.parametrize(
    ("weeks", "counts", "verdict"),
    [
        ((8, 1), (10, 0), "too_early"),
        ((8, 0), (10, 0), "too_early"),
        ((8, 4), (1, 1), "too_early"),
        ((8, 4), (3, 0), "fewer"),
        ((8, 4), (0, 9), "more"),
        ((1, 4), (10, 5), "no_baseline"),
        ((2, 4), (20, 5), "fewer"),
    ],
)
def test_nothing_is_said_too_early_or_without_a_before(
    weeks: tuple[int, int], counts: tuple[int, int], verdict: str
) -> None:
    """Two whole weeks on each side, and 8 complaints that are there or expected."""
    row = noted(centre({"t1": counts, "t2": (20, 20)}, weeks=weeks))
    assert row["verdict"] == verdict
    assert pd.isna(row["relative"]) == (verdict in {"too_early", "no_baseline"})


def test_a_day_to_come_or_before_all_data_is_no_error() -> None:
    """Nor are no dates at all."""
    made = centre({"t1": (10, 5)})
    assert noted(made, since="2999-01-01")["verdict"] == "too_early"
    assert noted(made, since="1999-01-01")["verdict"] == "no_baseline"
    undated = collection([{} for _ in range(5)], [(0, "t1", -0.5)])
    assert noted(undated)["verdict"] == "no_baseline"


def test_before_is_as_long_as_since_but_eight_weeks_at_least() -> None:
    """Where the data hold them; a note in the middle of a week counts weeks from its own day."""
    made = centre({"t1": (10, 5)}, weeks=(8, 4))
    assert (noted(made)["weeks_before"], noted(made)["weeks_after"]) == (8, 4)
    row = noted(made, since="2026-02-04")
    assert (row["weeks_before"], row["weeks_after"]) == (4, 7)
    assert (row["n_before"], row["n_after"]) == (400, 700)


def test_a_parent_speaks_for_its_themes_and_a_comment_counts_once() -> None:
    """Both themes in one comment are one complaint, and no other theme's."""
    made = centre({"t1": (10, 5), "t2": (20, 20)})
    both = made.links[made.links["theme_id"] == "t1"].assign(theme_id="t3")
    links = pd.concat([made.links, both]).sort_values(["row", "theme_id"], ignore_index=True)
    names = pd.DataFrame(
        {
            "theme_id": ["t1", "t2", "t3", "p"],
            "label": list("abcd"),
            "parent_theme_id": ["p", None, "p", None],
        }
    )
    catalogue = made.catalogue.iloc[:0].merge(names, how="right", on=list(names.columns))
    row = noted(replace(made, links=links, catalogue=catalogue), "p")
    assert (row["count_before"], row["count_after"], row["others_ratio"]) == (80, 20, 1)


def test_a_note_without_a_day_is_only_named_and_one_on_an_unheard_theme_not_at_all() -> None:
    """Sorted by day, then number."""
    notes = {
        "t1": (make_edit(4, "note", "t1", label="b", since=SINCE), make_edit(2, "note", "t1", label="a")),
        "gone": (make_edit(3, "note", "gone", label="c", since=SINCE),),
    }
    table = actions(centre({"t1": (10, 5)}), notes, CONFIG)
    assert table[["note", "since"]].to_numpy().tolist() == [["a", ""], ["b", SINCE]]
    assert pd.isna(table["verdict"].iloc[0])


def test_the_score_is_told_against_that_of_all_others() -> None:
    """Theirs goes from 1 of 2 to 3 of 4 happy, that of others stays at 1 of 2: 25 points more."""
    made = centre({"t1": (20, 20), "t2": (20, 20)})
    spoken = set(made.links.loc[made.links["theme_id"] == "t1", "row"])
    happy = [i % 4 > 0 if i in spoken and i >= 800 else i % 2 > 0 for i in range(len(made.verbatims))]
    scored = replace(made, verbatims=made.verbatims.assign(csat=np.where(happy, 5.0, 1.0)))
    row = noted(scored)
    assert (row["metric"], row["score_n_before"], row["score_n_after"]) == ("csat", 160, 80)
    assert (row["score_before"], row["score_after"], row["score_difference"]) == pytest.approx(
        (0.5, 0.75, 0.25)
    )
    assert row["score_low"] < 0.25 < row["score_high"]
    assert metrics(scored, CONFIG)[0]["csat"]["n"] == 1200
    few = noted(scored, config=make_config({"privacy": {"k": 81}}))
    assert pd.isna(few["score_difference"])
    assert few["metric"] is None or pd.isna(few["metric"])


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_plays_no_part(seed: int) -> None:
    """The same comments in any order give the same numbers."""
    random = np.random.default_rng(seed)
    made = centre({"t1": (3, 1), "t2": (4, 4)}, n=10)
    order = random.permutation(len(made.verbatims))
    place = np.argsort(order)
    links = made.links.assign(row=place[made.links["row"].to_numpy(dtype=np.int64)])
    shuffled = replace(made, verbatims=made.verbatims.iloc[order].reset_index(drop=True), links=links)
    pd.testing.assert_frame_equal(pd.DataFrame([noted(shuffled)]), pd.DataFrame([noted(made)]))

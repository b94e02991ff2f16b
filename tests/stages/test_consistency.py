"""How alike channels are in what they hear of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from build_collection import collection

from cx_text.config import Config
from cx_text.records import CONSISTENCY, Collection
from cx_text.stages.comparison import compare_channels
from cx_text.stages.consistency import consistency


def made(mixes: dict[str, list[int]], **columns: Any) -> Collection:
    """Return channels whose comments are each of one theme: so many of the first, the second ..."""
    rows = [
        (channel, theme)
        for channel, counts in mixes.items()
        for theme, count in enumerate(counts)
        for _ in range(count)
    ]
    frame = pd.DataFrame({"channel": [channel for channel, _ in rows], **columns})
    return collection(frame, [(number, f"t{theme}", -0.5) for number, (_, theme) in enumerate(rows)])


def told(data: Collection, config: Config | None = None) -> pd.DataFrame:
    """Return table CONSISTENCY, by scope."""
    settings = config or Config()
    return consistency(data, compare_channels(data, settings), settings).set_index("scope")


def test_the_index_of_two_channels_is_their_overlap_by_hand() -> None:
    """Chat 60:40, mail 40:60 of 10,000 each: 1 - 2 x 0.2^2 / (2 x 0.52) = 0.923, less hardly any chance."""
    table = told(made({"chat": [6000, 4000], "mail": [4000, 6000]}))
    assert list(table.reset_index().columns) == list(CONSISTENCY.columns)
    whole = table.loc["all"]
    assert whole["index"] == pytest.approx(1 - 0.08 / 1.04, abs=5e-4)
    assert (whole["n"], whole["support"]) == (20_000, 1)
    assert whole["low"] < whole["index"] < whole["high"]
    assert whole["p_value"] == pytest.approx(1 / 401, abs=1e-6)
    assert table.loc["channel=chat", "index"] == pytest.approx(whole["index"], abs=1e-6)


def test_channels_without_a_theme_in_common_have_an_index_of_zero() -> None:
    """Nothing overlaps."""
    assert told(made({"chat": [500, 0], "mail": [0, 500]})).loc["all", "index"] == pytest.approx(0, abs=0.01)


def test_equal_mixes_have_an_index_of_one() -> None:
    """However large the channels are."""
    whole = told(made({"chat": [300, 200, 100], "mail": [60, 40, 20]})).loc["all"]
    assert whole["index"] == 1
    assert whole["p_value"] > 0.5


def test_the_themes_that_make_channels_differ_are_named_with_their_part() -> None:
    """Theme 0 is chat's, theme 1 mail's; theme 2 is everybody's."""
    table = told(made({"chat": [300, 100, 200], "mail": [100, 300, 200]}))
    themes = table[table.index.str.startswith("theme=")]
    assert set(themes.index) == {"theme=t0", "theme=t1"}
    assert themes["contribution"].is_monotonic_decreasing
    assert themes["contribution"].tolist() == [pytest.approx(0.5, abs=0.01)] * 2
    assert themes.loc["theme=t0", ["above", "below"]].tolist() == [["chat"], ["mail"]]
    assert themes.loc["theme=t1", ["above", "below"]].tolist() == [["mail"], ["chat"]]
    assert themes["index"].isna().all()


def test_a_difference_of_cases_is_none_of_channels() -> None:
    """Chat hears of refunds because refunds are handled there; within each reason the mixes are equal."""
    mixes = {"chat": [270, 30, 30, 70], "mail": [90, 10, 90, 210]}
    reasons = [
        reason for one in mixes.values() for reason, n in zip("rroo", one, strict=True) for _ in range(n)
    ]
    data = made(mixes)
    of_two = data.links.assign(
        theme_id=data.links["theme_id"].map({"t0": "a", "t1": "b", "t2": "a", "t3": "b"})
    )
    frame = data.verbatims[["channel"]]
    raw = collection(frame, of_two)
    adjusted = collection(frame.assign(contact_reason=reasons), of_two)
    assert told(raw).loc["all", "index"] < 0.97
    assert told(raw).loc["all", "p_value"] < 0.01
    assert told(adjusted).loc["all", "index"] == 1


def test_what_no_other_channel_has_cases_of_is_left_out_and_said() -> None:
    """100 of chat's 400 comments are of a kind that mail never gets."""
    data = made({"chat": [200, 200], "mail": [150, 150]})
    kind = np.where(data.verbatims.index < 100, "own", "shared")
    table = told(collection(data.verbatims[["channel"]].assign(contact_reason=kind), data.links))
    assert table.loc["channel=chat", ["n", "support"]].tolist() == [300, 0.75]
    assert table.loc["channel=mail", "support"] == 1
    assert table.loc["all", ["n", "support"]].tolist() == [600, pytest.approx(600 / 700, abs=1e-6)]


def test_where_chance_is_all_there_is_no_index() -> None:
    """30 themes in 40 comments of each channel."""
    random = np.random.default_rng(1)
    counts = [random.multinomial(40, np.full(30, 1 / 30)).tolist() for _ in range(2)]
    table = told(made(dict(zip(("chat", "mail"), counts, strict=True))))
    assert table.loc["all", ["index", "low", "high", "p_value"]].isna().all()
    assert table.loc["all", "n"] == 80


@pytest.mark.parametrize("mixes", [{}, {"chat": [50, 50]}, {"chat": [50, 50], "fax": [5, 4]}])
def test_without_two_channels_to_compare_the_table_is_empty(mixes: dict[str, list[int]]) -> None:
    """None, one, or one that is too small to be shown."""
    table = consistency(made(mixes), compare_channels(made(mixes), Config()), Config())
    assert len(table) == 0
    assert list(table.columns) == list(CONSISTENCY.columns)


def drawn(seed: int, tilt: float) -> Collection:
    """Return 1,500 comments of three channels and eight themes; `tilt` sets the first channel off."""
    random = np.random.default_rng(seed)
    usual = np.linspace(2, 1, 8) / 12
    mixes = [usual * (1 + tilt * np.where(np.arange(8) % 2, 1, -1)), usual, usual]
    return made(
        {f"c{place}": random.multinomial(500, mix / mix.sum()).tolist() for place, mix in enumerate(mixes)}
    )


def test_the_test_of_channels_that_do_not_differ_holds_its_level() -> None:
    """40 draws at 5 %: 2 are expected, 6 would be too many."""
    assert sum(told(drawn(seed, 0)).loc["all", "p_value"] <= 0.05 for seed in range(40)) <= 6


def test_the_interval_covers_what_is_true() -> None:
    """30 draws; the truth from mixes without chance: 95 % are 28.5, all but 4 must cover it."""
    big = np.linspace(2, 1, 8) / 12
    odd = big * (1 + 0.4 * np.where(np.arange(8) % 2, 1, -1))
    odd, usual = odd / odd.sum(), big / big.sum()
    both = (odd + usual) / 2
    pairs = [(odd, usual), (usual, both), (usual, both)]
    truth = np.mean([1 - ((p - q) ** 2).sum() / (p**2 + q**2).sum() for p, q in pairs])
    rows = [told(drawn(seed, 0.4)).loc["all"] for seed in range(30)]
    assert sum(row["low"] <= truth <= row["high"] for row in rows) >= 26
    assert np.mean([row["index"] for row in rows]) == pytest.approx(truth, abs=0.01)


def test_the_order_of_rows_and_the_names_of_channels_play_no_part() -> None:
    """Shuffled and renamed: the same index, bit by bit."""
    data = drawn(5, 0.3)
    order = np.random.default_rng(2).permutation(len(data.verbatims))
    place = pd.Series(np.arange(order.size), index=order)
    rows = data.verbatims.iloc[order].reset_index(drop=True)
    links = (
        data.links.assign(row=place[data.links["row"]].to_numpy()).sort_values("row").reset_index(drop=True)
    )
    turned = Collection(rows, links, data.catalogue, [], 7, last_complete=True)
    assert told(turned).loc["all", ["index", "low", "high", "p_value"]].tolist() == pytest.approx(
        told(data).loc["all", ["index", "low", "high", "p_value"]].tolist(), abs=1e-6
    )
    named = data.verbatims.assign(channel=data.verbatims["channel"].map({"c0": "z", "c1": "y", "c2": "x"}))
    other = told(Collection(named, data.links, data.catalogue, [], 7, last_complete=True))
    assert other.loc["channel=z", "index"] == pytest.approx(told(data).loc["channel=c0", "index"], abs=1e-6)


def test_what_customers_are_called_plays_no_part() -> None:
    """Pseudonyms are keyed by the workspace; who wrote twice is one customer under any name."""
    data = drawn(3, 0.3)
    number = np.arange(len(data.verbatims)) // 2
    tables = []
    for name in "ab":
        rows = data.verbatims.assign(
            customer_id=[f"{name}{one * (7 if name == 'a' else -7)}" for one in number]
        )
        tables.append(told(Collection(rows, data.links, data.catalogue, [], 7, last_complete=True)))
    pd.testing.assert_frame_equal(*tables)
    assert tables[0].loc["all", "low"] != told(data).loc["all", "low"]

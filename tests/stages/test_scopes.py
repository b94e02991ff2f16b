"""Scopes: who is counted apart, who is too small to be, and that there are not too many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from build_collection import collection

from cx_text.records import Collection
from cx_text.stages.scopes import MOST_SCOPES, Cube, cube_of


def said(columns: Mapping[str, Sequence[Any]], links: Sequence[tuple[int, str, float]] = ()) -> Collection:
    """Return verbatims with these columns, one a minute from a Monday on, and these links."""
    size = len(next(iter(columns.values())))
    times = pd.date_range("2026-01-05", periods=size, freq="min", tz="UTC")
    return collection(pd.DataFrame({"created_at": times, "period": 0, **columns}), list(links), periods=1)


def names(cube: Cube) -> list[str]:
    """Return the names of the scopes."""
    return [scope.name for scope in cube.scopes]


def test_all_comes_first_then_channel_product_team_then_attributes_with_few_values() -> None:
    """By name within a dimension; a dimension with one value is none."""
    cube = cube_of(
        said(
            {
                "team": ["t2", "t1"] * 15,
                "channel": ["web", "chat", "fax"] * 10,
                "product": ["p"] * 30,
                "attr_b": list("xy") * 15,
                "attr_a": list("xyz") * 10,
            }
        ),
        k=10,
    )
    assert names(cube) == [
        "all",
        *("channel=chat", "channel=fax", "channel=web"),
        *("team=t1", "team=t2"),
        *("attr_b=x", "attr_b=y"),
        *("attr_a=x", "attr_a=y", "attr_a=z"),
    ]


def test_a_group_below_k_is_no_scope_and_cannot_be_told_by_subtraction() -> None:
    """Nine are too few, so the next smallest is withheld too; at k = 9 all are shown."""
    column = {"channel": ["a"] * 40 + ["b"] * 20 + ["c"] * 9}
    assert names(cube_of(said(column), k=10)) == ["all"]
    assert names(cube_of(said({"channel": [*column["channel"], "d", *["a"] * 9]}), k=10)) == [
        "all",
        "channel=a",
        "channel=b",
    ]
    assert names(cube_of(said(column), k=9)) == ["all", "channel=a", "channel=b", "channel=c"]


def test_an_attribute_with_many_values_is_no_dimension_and_of_products_the_largest_are() -> None:
    """21 values of 10 verbatims each; the 21st product by name is as large as the others."""
    values = [f"v{number:02d}" for number in range(21)] * 10
    cube = cube_of(said({"attr_city": values, "product": values}), k=10)
    assert names(cube) == ["all", *(f"product=v{number:02d}" for number in range(20))]


def test_scopes_do_not_explode() -> None:
    """40 attributes of 5 values: as many whole attributes as there is room for."""
    columns = {f"attr_{number:02d}": [f"v{row % 5}" for row in range(100)] for number in range(40)}
    cube = cube_of(said(columns), k=10)
    assert len(cube.scopes) == MOST_SCOPES + 1
    assert names(cube)[-1] == "attr_19=v4"


def test_counts_by_theme_and_day_can_be_counted_by_hand() -> None:
    """Two themes, one customer with two comments, a row without a date and one without content."""
    told = said(
        {
            "channel": ["a", "a", "b", "b", "a"],
            "customer_id": ["k", "k", "l", None, None],
            "period": [0, 0, 0, 0, -1],
            "day": [0, 1, 1, 1, -1],
            "status": ["themed", "themed", "themed", "boilerplate", "themed"],
        },
        [(0, "x", -0.5), (1, "x", -0.5), (2, "y", -0.5), (3, "y", -0.5), (4, "x", -0.5)],
    )
    cube = cube_of(told, k=1)
    assert cube.themes == ["x", "y"]
    assert cube.totals(cube.rows(cube.scopes[0])).tolist() == [1, 2, 0, 0, 0, 0, 0]
    assert cube.counts(cube.links)[:, :2].tolist() == [[1, 1], [0, 1]]
    assert cube.customers(cube.links).tolist() == [1, 1]
    chat = cube.rows(cube.scopes[1])
    assert names(cube)[1] == "channel=a"
    assert cube.totals(chat)[:2].tolist() == [1, 1]
    assert cube.counts(cube.inside(cube.links, chat))[:, :2].tolist() == [[1, 1], [0, 0]]


def test_without_rows_there_is_all_and_nothing_in_it() -> None:
    """No error."""
    cube = cube_of(collection([], []), k=10)
    assert names(cube) == ["all"]
    assert cube.counts(cube.links).shape == (0, 0)

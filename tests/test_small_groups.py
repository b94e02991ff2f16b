"""Of groups too few to be shown nothing is told but their size, neither directly nor by subtraction.

Rows change places between the groups that are withheld. Whatever could be worked out of one of these
groups alone would change with that; so what is published may not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from build_export import Rows, small_rows, write_export

from cx_text.api import Pipeline
from cx_text.config import Config
from cx_text.nightly import Order, run
from cx_text.pipeline import find
from cx_text.records import SUBSTANTIVE, Findings, Scored

SMALL: Mapping[str, Mapping[str, int]] = {
    "channel": {"Fax": 6, "Letter": 14},
    "agent": {"Zoe Blum": 5, "Yan Soto": 14},
    "team": {"Night": 4, "Relief": 15},
    "attr_region": {"Isles": 5, "Abroad": 14},
}
"""By dimension a group of fewer than 10, and the one that is withheld lest its numbers be had."""
HEADERS = {"Agent Name": "agent", "Region": "attr_region"}
ADJUSTED = ("agents", "teams", "coaching", "drivers", "not_training", "themes", "alerts")
"""What is compared within the same channel, so that the channel of every comment is part of it."""
ROWS = ("verbatims.parquet", "run.json")
"""Row-level, and the names and digests of the files."""


def dealt(column: pd.Series, name: str) -> pd.Series:
    """Return a column in which the first rows are those of the small groups of this name, spread evenly."""
    places = np.arange(len(column)) * 7 % len(column)
    labels = [group for group, size in SMALL[name].items() for _ in range(size)]
    told = column.to_numpy(dtype=object).copy()
    told[places[: len(labels)]] = labels
    return pd.Series(told, index=column.index, dtype="str")


def exchanged(column: pd.Series, name: str) -> pd.Series:
    """Return a column in which the rows of the small groups of this name have changed places."""
    told = column.to_numpy(dtype=object).copy()
    mine = np.flatnonzero(column.isin(SMALL[name]).to_numpy())
    told[mine] = told[mine][::-1]
    assert (told != column.to_numpy(dtype=object)).any()
    return pd.Series(told, index=column.index, dtype="str")


@pytest.fixture(scope="module")
def scored(pipeline: Pipeline) -> Scored:
    """Return 400 rows with content, with small groups of each kind; all of them are rated."""
    found = pipeline.score(pd.DataFrame(small_rows(450)))
    rows = found.verbatims[found.verbatims["status"].isin(SUBSTANTIVE)].head(400).reset_index(drop=True)
    rows = rows.assign(team=np.where(np.arange(len(rows)) % 3, "Day", "Evening"))
    rows = rows.assign(**{name: dealt(rows[name].astype("str"), name) for name in SMALL})
    return Scored(rows, found.mentions[found.mentions["verbatim_id"].isin(rows["verbatim_id"])])


def told(scored: Scored, pipeline: Pipeline) -> Findings:
    """Return what is found in rows."""
    return find(scored, pipeline.themes, Config())


def differing(one: Findings, other: Findings) -> list[str]:
    """Return the names of the findings that differ; the team of an agent is no finding."""
    one, other = (replace(found, agents=found.agents.drop(columns="team")) for found in (one, other))
    pairs = {field.name: (getattr(one, field.name), getattr(other, field.name)) for field in fields(one)}
    return [
        name
        for name, (mine, its) in pairs.items()
        if not (mine.equals(its) if isinstance(mine, pd.DataFrame) else mine == its)
    ]


@pytest.mark.parametrize("name", SMALL)
def test_no_number_tells_which_of_the_withheld_groups_a_comment_is_of(
    name: str, scored: Scored, pipeline: Pipeline
) -> None:
    """Sums of what is withheld stay as they are, so only what can be had of a group alone would change."""
    rows = scored.verbatims
    other = Scored(rows.assign(**{name: exchanged(rows[name], name)}), scored.mentions)
    found = differing(told(scored, pipeline), told(other, pipeline))
    assert set(found) <= (set(ADJUSTED) if name == "channel" else set())


def test_the_groups_are_there_and_told_by_their_size(scored: Scored, pipeline: Pipeline) -> None:
    """Else nothing would be tested."""
    found = told(scored, pipeline)
    for name, table in (("channel", found.channels), ("agent", found.agents), ("team", found.teams)):
        rows = table[table[name].isin(SMALL[name])]
        assert dict(zip(rows[name], rows["n"], strict=True)) == SMALL[name]
        assert (
            rows.drop(columns=[name, "team", "n", "verdict", "state"], errors="ignore").isna().all(axis=None)
        )
    scopes = found.scores[found.scores["scope"].isin([f"attr_region={one}" for one in SMALL["attr_region"]])]
    assert scopes["value"].isna().all()


def published(rows: Rows, folder: Path) -> dict[str, bytes]:
    """Return the files of a night over an export of these rows, all but those about rows."""
    folder.mkdir()
    export = write_export(folder / "export.csv", rows)
    run([export], Order(folder / "workspace", output=folder / "out"))
    return {path.name: path.read_bytes() for path in (folder / "out").iterdir() if path.name not in ROWS}


def test_no_file_tells_which_of_the_withheld_agents_a_comment_is_of(tmp_path: Path) -> None:
    """Page, workbook and tables, byte for byte, of agents and of an attribute."""
    frame = pd.DataFrame(small_rows())
    frame = frame.assign(**{head: dealt(frame[head], name) for head, name in HEADERS.items()})
    other = frame.assign(**{head: exchanged(frame[head], name) for head, name in HEADERS.items()})
    first = published(frame.to_dict("records"), tmp_path / "first")
    second = published(other.to_dict("records"), tmp_path / "second")
    assert [name for name in first if first[name] != second[name]] == []

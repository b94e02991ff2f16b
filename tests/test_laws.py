"""The laws of the contract, each over a whole night."""

from __future__ import annotations

import csv
import html
import io
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from build_export import small_rows, write_export
from flow import Kept

from cx_text.engine import Saved, Scorer, score_in_chunks
from cx_text.modelling import load_model, load_scorer
from cx_text.nightly import Order, run
from cx_text.queries import export
from cx_text.records import STATUSES, SUBSTANTIVE
from cx_text.store import Workspace

ENOUGH = 10
"""Verbatims of the smallest group that is shown."""


@pytest.fixture(scope="module")
def told(kept: Kept) -> dict[str, pd.DataFrame]:
    """Return the tables that the night published, by name."""
    return {
        path.stem: pd.read_csv(path, dtype={"rank": int}, keep_default_na=True)
        for path in kept.output.glob("*.csv")
    }


@pytest.fixture(scope="module")
def rows(kept: Kept) -> dict[str, pd.DataFrame]:
    """Return all rows and mentions of the workspace, as an analyst exports them."""
    out = {}
    for table in ("verbatims", "mentions"):
        buffer = io.BytesIO()
        export(table, "parquet", kept.workspace, buffer)
        out[table] = pd.read_parquet(buffer)
    return out


def record(folder: Path) -> dict[str, Any]:
    """Return the content of ``run.json``."""
    content: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return content


# Law 1: rows add up


def test_rows_add_up_in_every_output(kept: Kept) -> None:
    """The record, the row files and the ledger of the page hold the same numbers."""
    told = record(kept.output)
    ledger, coverage = told["ledger"], told["coverage"]
    assert ledger["read"] == len(small_rows())
    assert ledger["read"] == ledger["accepted"] + ledger["quarantined"] + ledger["duplicate"]
    assert tuple(coverage) == STATUSES
    assert ledger["accepted"] == sum(coverage.values())
    verbatims = pd.read_parquet(kept.output / "verbatims.parquet")
    assert verbatims["verbatim_id"].is_unique
    assert verbatims["status"].value_counts().to_dict() == {state: n for state, n in coverage.items() if n}
    assert sum(one["ledger"]["read"] for one in told["inputs"]) == ledger["read"]


def test_the_ledger_of_the_page_is_that_of_the_record(kept: Kept) -> None:
    """A reader of the page and a program count alike."""
    told = record(kept.output)
    page = html.unescape((kept.output / "report.html").read_text(encoding="utf-8"))
    numbers = {
        name.lower().replace(" ", "_").replace("-", "_"): int(n.replace(",", ""))
        for name, n in re.findall(
            r'<span class="swatch tint-\w+"></span>([^<]+)</th>.*?<td class="num">([\d,]+)</td>', page
        )
    }
    for name, n in {**told["coverage"], "accepted": told["ledger"]["accepted"]}.items():
        assert numbers[name] == n
    assert numbers["quarantined"] == told["ledger"]["quarantined"]
    assert numbers["duplicate"] == told["ledger"]["duplicate"]


# Law 2: the same verbatim, the same scores


def test_scores_do_not_depend_on_engine_workers_or_chunks(kept: Kept) -> None:
    """Serial or processes, one or two workers: what the night kept."""
    with Workspace.open(kept.workspace, write=False) as space:
        stored = space.rows()
        found = space.model()
        model = load_model(space)
    assert found is not None
    assert model is not None
    saved = Saved(load_scorer, str(found[0]))
    ways: list[tuple[Scorer, int, str, int]] = [
        (model.score, 1, "serial", 7),
        (saved, 1, "processes", 150),
        (saved, 2, "processes", 150),
    ]
    for score, workers, engine, chunk in ways:
        again = score_in_chunks(score, stored.verbatims, workers, engine, chunk=chunk)
        pd.testing.assert_frame_equal(again.verbatims, stored.verbatims)
        pd.testing.assert_frame_equal(again.mentions, stored.mentions)


def test_rows_and_files_in_any_order_give_the_same_workspace(kept: Kept, tmp_path: Path) -> None:
    """Shuffled into two files: the same themes, ids, scores."""
    shuffled = sorted(small_rows(), key=lambda row: row["Response ID"][::-1])
    files = [
        write_export(tmp_path / "b.csv", shuffled[:170]),
        write_export(tmp_path / "a.csv", shuffled[170:]),
    ]
    run(files, Order(tmp_path / "w", output=tmp_path / "out"))
    assert sha(tmp_path / "w") == sha(kept.workspace)
    for name in ("themes.csv", "issues.csv", "channels.csv", "agents.csv", "trends.csv", "report.xlsx"):
        assert (tmp_path / "out" / name).read_bytes() == (kept.output / name).read_bytes(), name


def sha(workspace: Path) -> str:
    """Return the hash of a workspace's state."""
    with Workspace.open(workspace, write=False) as space:
        return str(space.digest()["sha256"])


# Law 3: the same everywhere


def test_the_digest_is_the_same_elsewhere(kept: Kept, tmp_path: Path) -> None:
    """Time zone, locale, hash seed and threads change nothing where themes are learned, too.

    `test_surroundings.py` has nine such places for a night that learns none.
    """
    elsewhere = {
        "TZ": "America/St_Johns",
        "LC_ALL": "tr_TR.UTF-8",
        "PYTHONHASHSEED": "77",
        "OMP_NUM_THREADS": "4",
    }
    command = [sys.executable, "-m", "cx_text", "run", str(kept.export), "--workspace", str(tmp_path / "w")]
    command += ["--output", str(tmp_path / "out"), "--json"]
    subprocess.run(command, env={**os.environ, **elsewhere}, check=True, capture_output=True)
    assert sha(tmp_path / "w") == sha(kept.workspace)
    for name in ("report.html", "report.xlsx", "mentions.parquet", "themes.csv", "scores.csv", "trends.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (kept.output / name).read_bytes(), name


# Law 5: every number can be recomputed


def links(rows: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row a verbatim x theme with its mean sentiment, and the verbatim's columns."""
    pairs = rows["mentions"].groupby(["verbatim_id", "theme_id"], as_index=False)["sentiment"].mean()
    columns = ["verbatim_id", "created_at", "channel", "csat"]
    return pairs.merge(rows["verbatims"][columns], on="verbatim_id", validate="many_to_one")


def with_parents(mentions: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """Return the mentions, and those of each theme again as mentions of its parent."""
    above = themes.set_index("theme_id")["parent_theme_id"].dropna()
    lifted = mentions[mentions["theme_id"].isin(above.index)]
    return pd.concat([mentions, lifted.assign(theme_id=lifted["theme_id"].map(above))])


def test_volume_and_share_of_a_theme_can_be_recomputed(
    told: dict[str, pd.DataFrame], rows: dict[str, pd.DataFrame]
) -> None:
    """A verbatim counts once for a theme; share is of the substantive ones."""
    substantive = int(rows["verbatims"]["status"].isin(SUBSTANTIVE).sum())
    volume = with_parents(rows["mentions"], told["themes"]).groupby("theme_id")["verbatim_id"].nunique()
    assert len(told["themes"]) > 2
    for theme in told["themes"].itertuples():
        assert theme.volume == volume.get(theme.theme_id, 0)
        assert math.isclose(theme.share, theme.volume / substantive, abs_tol=1e-6)
        assert theme.share_low <= theme.share <= theme.share_high


def test_sentiment_of_a_theme_is_counted_by_mention(
    told: dict[str, pd.DataFrame], rows: dict[str, pd.DataFrame]
) -> None:
    """Volume counts verbatims, sentiment counts mentions: it lies among theirs."""
    mentions = with_parents(rows["mentions"], told["themes"]).groupby("theme_id")["sentiment"]
    for theme in told["themes"][told["themes"]["volume"] > 0].itertuples():
        said = mentions.get_group(theme.theme_id)
        assert said.min() - 1e-6 <= theme.sentiment <= said.max() + 1e-6
        assert 0 <= theme.negative_share <= 1


def test_counts_of_a_channel_can_be_recomputed(
    told: dict[str, pd.DataFrame], rows: dict[str, pd.DataFrame]
) -> None:
    """N and count of each channel x theme; nothing of channels that are too small."""
    verbatims = rows["verbatims"]
    sizes = verbatims[verbatims["status"].isin(SUBSTANTIVE)]["channel"].value_counts()
    counts = links(rows).groupby(["channel", "theme_id"]).size()
    judged = told["channels"][told["channels"]["theme_id"].notna()]
    assert len(judged) > 4
    for cell in judged.itertuples():
        assert cell.n == sizes[cell.channel] >= ENOUGH
        assert cell.count == counts.get((cell.channel, cell.theme_id), 0)
        assert math.isclose(cell.rate, cell.count / cell.n, abs_tol=1e-6)


def test_counts_of_a_trend_can_be_recomputed(
    told: dict[str, pd.DataFrame], rows: dict[str, pd.DataFrame]
) -> None:
    """By day, for all channels and for each."""
    found = links(rows)
    found["period"] = found["created_at"].dt.strftime("%Y-%m-%d")
    whole = found.groupby(["period", "theme_id"]).size()
    of_channel = found.groupby(["period", "theme_id", "channel"]).size()
    assert not told["trends"].empty
    for row in told["trends"].fillna({"channel": ""}).itertuples():
        cell = (row.period, row.theme_id)
        count = of_channel.get((*cell, row.channel), 0) if row.channel else whole.get(cell, 0)
        assert row.count == count


def test_the_count_of_an_issue_can_be_recomputed(
    told: dict[str, pd.DataFrame], rows: dict[str, pd.DataFrame]
) -> None:
    """Verbatims with a negative mention of its theme, in its scope, from first to last seen."""
    found = links(rows)
    assert not told["issues"].empty
    for issue in told["issues"].itertuples():
        first, last = (pd.Timestamp(one) for one in (issue.first_seen, issue.last_seen))
        inside = found[
            (found["theme_id"] == issue.theme_id)
            & (found["sentiment"] <= -0.05)
            & found["created_at"].between(first, last)
        ]
        if issue.scope != "all":
            column, value = issue.scope.split("=", 1)
            inside = inside[inside[column] == value]
        assert issue.count == len(inside)
        assert set(str(issue.evidence).split("|")) <= set(inside["verbatim_id"])


def test_the_mean_score_can_be_recomputed(kept: Kept, rows: dict[str, pd.DataFrame]) -> None:
    """CSAT is the share of the two best values."""
    csat = rows["verbatims"]["csat"].dropna()
    measured = record(kept.output)["metrics"]["csat"]
    assert measured["n"] == len(csat)
    assert math.isclose(measured["value"], (csat >= 4).mean(), abs_tol=1e-6)


def test_every_evidence_is_a_row_of_the_workspace(kept: Kept, rows: dict[str, pd.DataFrame]) -> None:
    """Ids lead to verbatims, at most 25, each once."""
    known = set(rows["verbatims"]["verbatim_id"])
    for path in kept.output.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                named = [one for one in row.get("evidence", "").split("|") if one]
                assert set(named) <= known
                assert len(named) == len(set(named)) <= 25

"""For Python users: analyze, fit, score, save, load."""

from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import pytest
from build_export import comments, small_rows
from flow import Kept

import cx_text
from cx_text.api import Pipeline
from cx_text.config import make_config
from cx_text.errors import InputError, UsageError, WorkspaceError
from cx_text.records import CSV_TABLES, MENTIONS, VERBATIMS, Result


@pytest.fixture(scope="module")
def from_file(kept: Kept) -> Result:
    """Return what the small export tells."""
    return cx_text.analyze(kept.export)


def test_a_file_and_a_frame_give_the_same_findings(from_file: Result) -> None:
    """`analyze` takes what is at hand."""
    from_frame = cx_text.analyze(pd.DataFrame(small_rows()))
    for table in CSV_TABLES:
        left, right = (getattr(one.findings, table.name) for one in (from_file, from_frame))
        pd.testing.assert_frame_equal(left, right)
    columns = [name for name in VERBATIMS.columns if name != "customer_id"]
    pd.testing.assert_frame_equal(from_file.verbatims[columns], from_frame.verbatims[columns])


def test_analyze_says_what_a_night_says(kept: Kept, from_file: Result) -> None:
    """Without a workspace the themes of one export are those of its first night."""
    result = from_file
    themes = pd.read_csv(kept.output / "themes.csv")
    assert result.themes["theme_id"].tolist() == themes["theme_id"].tolist()
    assert result.themes["volume"].tolist() == themes["volume"].tolist()
    assert result.record["ledger"] == kept.night.record["ledger"]
    assert result.record["coverage"] == kept.night.record["coverage"]
    assert list(result.mentions.columns) == list(MENTIONS.columns)


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`analyze` leaves no file behind."""
    monkeypatch.chdir(tmp_path)
    cx_text.analyze(pd.DataFrame(comments(["My refund has not come"])))
    assert not list(tmp_path.iterdir())


def test_quarantined_rows_are_redacted() -> None:
    """What is set aside is shown to people, too."""
    rows = [*comments(["fine", "good"]), {"id": "", "comment": "mail me: jo@example.com"}]
    result = cx_text.analyze(pd.DataFrame(rows))
    assert result.rejected["code"].tolist() == ["Q_NO_ID"]
    assert "jo@" not in result.rejected["raw"][0]
    assert result.record["ledger"] == {
        "read": 3,
        "accepted": 2,
        "quarantined": 1,
        "duplicate": 0,
        "updated": 0,
    }


def test_a_frame_without_rows_is_a_fine_frame() -> None:
    """Empty in, empty out."""
    result = cx_text.analyze(pd.DataFrame({"comment": []}))
    assert result.themes.empty
    assert result.verbatims.empty


@pytest.mark.parametrize("frame", [pd.DataFrame({"x": ["a"]}), pd.DataFrame()])
def test_a_frame_without_comments_is_told(frame: pd.DataFrame, pipeline: Pipeline) -> None:
    """The error names the flag; nothing is guessed."""
    if frame.empty:
        assert cx_text.analyze(frame).verbatims.empty
        return
    with pytest.raises(InputError, match="E_MISSING_COLUMN"):
        cx_text.analyze(frame)
    with pytest.raises(InputError, match="E_MISSING_COLUMN"):
        pipeline.score(frame)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    """One clear error, never a bare OSError."""
    with pytest.raises((InputError, UsageError)):
        cx_text.analyze(tmp_path / "nothing.csv")


def test_columns_can_be_mapped() -> None:
    """As with --map."""
    config = make_config({"columns": {"verbatim": "Wort"}})
    result = cx_text.analyze(pd.DataFrame({"Wort": ["My refund has not come"]}), config)
    assert result.verbatims["text"].tolist() == ["My refund has not come"]


def test_a_pipeline_comes_back_as_it_was_saved(pipeline: Pipeline, tmp_path: Path) -> None:
    """Same themes, same scores, same agents, in a file for its owner."""
    path = tmp_path / "models" / "shop.npz"
    cx_text.save(pipeline, path)
    again = cx_text.load(path)
    frame = pd.DataFrame(small_rows(30, 900))
    pd.testing.assert_frame_equal(again.themes, pipeline.themes)
    pd.testing.assert_frame_equal(again.score(frame).verbatims, pipeline.score(frame).verbatims)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_no_pipeline_is_told(tmp_path: Path) -> None:
    """And it is named."""
    (tmp_path / "x.npz").write_bytes(b"hello")
    with pytest.raises(WorkspaceError, match=r"x\.npz"):
        cx_text.load(tmp_path / "x.npz")

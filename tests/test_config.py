"""Settings: the defaults, the file that shows them, and mistakes told all at once."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from cx_text.config import Config, load_config, make_config
from cx_text.errors import ConfigError

SHOWN = Path(__file__).parents[1] / "cx_text.toml"


def test_the_shown_file_has_every_key_with_its_default() -> None:
    """The file in the root is the manual of the settings."""
    told = tomllib.loads(SHOWN.read_text(encoding="utf-8"))
    assert told == as_lists(msgspec.to_builtins(Config()))
    assert load_config(SHOWN) == Config()


def as_lists(value: object) -> object:
    """Return builtins with tuples as TOML's lists."""
    if isinstance(value, dict):
        return {key: as_lists(item) for key, item in value.items()}
    return [as_lists(item) for item in value] if isinstance(value, (list, tuple)) else value


def test_without_a_file_the_defaults_hold() -> None:
    """Nothing must be configured to begin."""
    assert load_config(None) == Config()


def test_all_mistakes_are_told_in_one_go_with_the_nearest_key() -> None:
    """Nobody should have to run five times to learn of five mistakes."""
    with pytest.raises(ConfigError) as caught:
        make_config(
            {"sed": 1, "themes": {"samples": 3, "sample": 5}, "report": 3, "scores": {"csat": {"scale": "x"}}}
        )
    told = str(caught.value)
    for part in (
        "'sed'",
        "'seed'",
        "'themes.sample'",
        "expected int >= 100",
        "'report' must be a table",
        "'scores.csat.scale'",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({"input": {"timezone": "Mars/Base"}}, "no time zone"),
        ({"scores": {"nps": {"scale": [10, 0]}}}, "smaller"),
        ({"agents": {"probability": 0.99, "strong": 0.9}}, "agents.strong"),
        ({"seed": -1}, "seed"),
        ({"columns": {"verbatim": 3}}, "columns"),
        ({"issues": {"period": "month"}}, "issues.period"),
    ],
)
def test_values_that_cannot_hold_are_refused(data: dict[str, object], part: str) -> None:
    """A wrong setting is exit 2, not a strange result."""
    with pytest.raises(ConfigError, match=part):
        make_config(data)


def test_a_file_that_is_no_toml_is_refused_with_its_name(tmp_path: Path) -> None:
    """Config is data."""
    file = tmp_path / "bad.toml"
    file.write_text("seed = = 1", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"bad\.toml"):
        load_config(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "missing.toml")


def test_equal_settings_have_equal_hashes_in_any_process() -> None:
    """The hash names the settings of a run."""
    code = "from cx_text.config import Config; print(Config().sha256)"
    other = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "5"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == Config().sha256 != make_config({"seed": 8}).sha256


def test_defaults_written_out_give_the_same_hash() -> None:
    """Rows are taken again where the hash differs, so 1 and 1.0 must be one setting."""
    defaults = Config()
    assert make_config(msgspec.to_builtins(defaults)).sha256 == defaults.sha256

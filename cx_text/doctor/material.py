"""What a night is given: its settings and its exports, read as a night would, and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from cx_text.config import Config, load_config
from cx_text.doctor.sign import PROBLEM, WARNING, Sign, fine, refused
from cx_text.errors import ConfigError, CxTextError
from cx_text.readers import Reading, find_inputs, read_file
from cx_text.stages.recognise import MODELS


def settings(path: Path | None) -> tuple[Sign, Config]:
    """Return whether settings can be used, and the settings, or the defaults where they cannot."""
    try:
        config = load_config(path)
    except ConfigError as error:
        return refused("settings", error), Config()
    return fine("settings", str(path) if path else "the defaults"), config


def extras(config: Config) -> Sign:
    """Return whether the optional parts that the settings ask for are installed."""
    there = any(find_spec(name) for name in MODELS)
    if config.privacy.names and not there:
        wrong = "[privacy] names is on, its model is not installed"
        return Sign("extras", PROBLEM, wrong, "pip install 'cx_text[names]', or switch it off")
    return fine("extras", "names" if there else "none; names is for [privacy] names alone")


def exports(inputs: Sequence[str], config: Config) -> Iterator[Sign]:
    """Yield how each export would be read: its columns, its rows, and what is wrong with it."""
    for given in inputs:
        try:
            files = find_inputs([given])
        except CxTextError as error:
            yield refused("export", error)
            continue
        if not files:
            yield Sign("export", WARNING, f"{given}: no file in it", "name the folder of the exports")
        for file in files:
            yield _export(file, config)


def _export(path: Path, config: Config) -> Sign:
    """Return how one file would be read."""
    try:
        reading = read_file(path, config)
    except CxTextError as error:
        return refused(f"export {path.name}", error)
    return _read(reading)


def _read(reading: Reading) -> Sign:
    """Return what a file that can be read says."""
    of = f"export {reading.name}"
    columns = ", ".join(f"{name} = {header}" for name, header in reading.columns.items())
    found = f"{reading.read:,} rows; {columns}"
    if reading.dropped:
        found += f"; not stored: {', '.join(reading.dropped)}"
    trouble = [*reading.warnings]
    if len(reading.rejected):
        trouble.insert(0, f"{len(reading.rejected):,} rows would be set aside")
    if trouble:
        return Sign(
            of, WARNING, f"{found}; {'; '.join(trouble)}", "see `rejected.csv` and `run.json` of a run"
        )
    return fine(of, found)

"""One small export, one night and one pipeline that learned from it, shared by the tests of the flow."""

from __future__ import annotations

import io
import os
import shutil
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from build_export import small_rows, write_export
from flow import Answer, Call, Kept
from hypothesis import settings

from cx_text.api import Pipeline, fit
from cx_text.cli import app, guarded
from cx_text.nightly import Order, run

# A busy machine is no failure; CI judges the same examples each time, a developer's runs explore.
settings.register_profile("calm", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("calm")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a night over the small export; look, but do not touch."""
    home = tmp_path_factory.mktemp("kept")
    export = write_export(home / "small.csv", small_rows())
    workspace, output = home / "workspace", home / "output"
    return Kept(export, workspace, output, run([export], Order(workspace, output=output)))


@pytest.fixture
def copied(kept: Kept, tmp_path: Path) -> Path:
    """Return a workspace of the test's own that is as the shared one."""
    return Path(shutil.copytree(kept.workspace, tmp_path / "copied", symlinks=True))


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    """Return a pipeline that learned its own themes from the small export."""
    return fit(pd.DataFrame(small_rows()))


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return the command `cx-text` as a function: arguments and stdin in, its answer out."""

    def act(*arguments: object, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfd.readouterr()
        code = guarded(partial(app, [str(one) for one in arguments], standalone_mode=False))
        said = capfd.readouterr()
        return Answer(code, said.out, said.err)

    return act

"""One small export, one night and one pipeline that learned from it, shared by the tests of the flow."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Generator
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start files with slow tests first, that no worker ends alone, and trace no lines in those tests.

    Tracing makes a night take half as long again, and what slow tests run is covered by others.
    """
    slow = [item for item in items if item.get_closest_marker("slow")]
    for item in slow:
        item.add_marker("no_cover")
    files = {item.path for item in slow}
    items.sort(key=lambda item: item.path not in files)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> Generator[None, object, object]:
    """Trace no lines in what is made for slow tests alone; the mark of pytest-cov leaves that out."""
    cover = request.config.pluginmanager.getplugin("_cov")
    if cover is None or not request.node.get_closest_marker("slow"):
        return (yield)
    cover.cov_controller.pause()
    try:
        return (yield)
    finally:
        cover.cov_controller.resume()


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


@pytest.fixture(scope="module")
def lent(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace as the shared one for the tests of a file, as it notes where its reports went."""
    return Path(shutil.copytree(kept.workspace, tmp_path_factory.mktemp("lent") / "w", symlinks=True))


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

"""What is shipped: the wheel holds what the package reads, and the pages say what there is."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest
from typer.main import get_command

from cx_text.cli import app
from cx_text.config import Config
from cx_text.records import CSV_TABLES, REJECTED, ROW_TABLES
from cx_text.reports import REPORTS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("models/*/card.md")),
    ROOT / "data" / "README.md",
]
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from the sdist as for a release."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package_the_models_and_the_sample(wheel: Path) -> None:
    """Byte for byte: what is missing from it would only be missed on somebody else's machine."""
    places = {
        ROOT / "cx_text": "cx_text",
        ROOT / "models": "cx_text/_models",
        ROOT / "data/sample": "cx_text/_data/sample",
    }
    expected = {
        f"{inside}/{path.relative_to(folder).as_posix()}": path
        for folder, inside in places.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.startswith("cx_text/")}
        assert held == set(expected)
        assert all(archive.read(name) == path.read_bytes() for name, path in expected.items())
    assert {"cx_text/_data/sample/comments.csv", "cx_text/reports/templates/report.html.j2"} <= held


@pytest.mark.slow
def test_the_wheel_names_the_command_the_licence_and_nothing_for_tests(wheel: Path) -> None:
    """Users install what the job needs, and no more."""
    with ZipFile(wheel) as archive:
        about = {
            name.partition(".dist-info/")[2]: name for name in archive.namelist() if ".dist-info/" in name
        }
        metadata = archive.read(about["METADATA"]).decode()
        assert "cx-text = cx_text.cli:main" in archive.read(about["entry_points.txt"]).decode()
    assert "licenses/LICENSE" in about
    assert "\nLicense-Expression: Apache-2.0\n" in metadata
    assert all(
        "extra ==" in line for line in metadata.splitlines() if line.startswith("Requires-Dist: pytest")
    )


def test_every_command_is_in_the_readme() -> None:
    """A command that nobody reads of is not there; one that is told of must be."""
    told = set(re.findall(r"`cx-text ([a-z]+)|^cx-text ([a-z]+)", README, re.MULTILINE))
    assert {"".join(pair) for pair in told} == set(get_command(app).commands)  # type: ignore[attr-defined]


def test_every_output_file_is_in_the_readme_and_each_has_a_name_of_its_table() -> None:
    """The list of files is the one that is written."""
    listed = set(re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", README, re.MULTILINE))
    assert listed == set(REPORTS)
    assert {table.name for table in (*CSV_TABLES, *ROW_TABLES, REJECTED)} <= {
        name.split(".")[0] for name in listed
    }


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", README, re.DOTALL))
def test_settings_shown_in_the_readme_are_settings(block: str) -> None:
    """They may be copied as they stand."""
    shown = tomllib.loads(block)
    assert shown
    msgspec.convert(shown, Config)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_leads_to_files_that_are_there(page: Path) -> None:
    """A link within the project that leads nowhere is a mistake."""
    targets = LINK.findall(page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_table_of_contents_leads_to_headings() -> None:
    """An anchor is a heading in lower case with hyphens."""
    anchors = {heading.lower().replace(" ", "-") for heading in HEADING.findall(README)}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= anchors


@pytest.mark.parametrize("model", ["minilm-1", "names-1", "sentiment-1", "sentiment-2", "static-1"])
def test_a_shipped_model_has_a_card_that_names_each_of_its_files(model: str) -> None:
    """Where it comes from and what it cannot do is told beside it."""
    folder = ROOT / "models" / model
    card = (folder / "card.md").read_text("utf-8")
    assert [
        path.name for path in folder.iterdir() if path.name != "card.md" and f"`{path.name}`" not in card
    ] == []
    assert "## Limits" in card
    assert "## Where it comes from" in card

"""What lies around a night changes nothing: zone, locale, seeds, threads, clocks, order, and no network."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from build_export import small_rows, write_export

from cx_text.nightly import Order, refit, run
from cx_text.reports import REPORTS
from cx_text.store import Workspace

ROWS = 60
PUBLISHED = sorted(set(REPORTS) - {"run.json", "verbatims.parquet"})
"""What is the same in every workspace: customers in the rows bear names that its secret gives."""

ZONES = ("UTC", "Pacific/Kiritimati", "America/St_Johns")
LOCALES = ("C", "de_DE.UTF-8", "tr_TR.UTF-8")
SEEDS = ("0", "1", "4242")
WORKS = (
    ("1", "a.csv b.csv --workers 1"),
    ("2", "b.csv a.csv --workers 1"),
    ("4", "b.csv a.csv --workers 2 --engine processes"),
)
NINE = [(one, two, (one + two) % 3, (one + 2 * two) % 3) for one, two in product(range(3), range(3))]
"""An orthogonal array: of any two of the four, each pair of values is met once."""

ODD_DATES = ("2025-03-30 02:30", "2025-10-26 02:30", "2016-12-31 23:59:60", "2099-12-31 23:59")
"""An hour that a change of the clocks left out, one that came twice, a leap second, and a far year."""


def exports(folder: Path) -> Path:
    """Return `folder`, now with two exports that hold odd dates."""
    rows = small_rows(ROWS)
    for row, date in zip(rows, ODD_DATES, strict=False):
        row["Created At"] = date
    write_export(folder / "a.csv", rows[:25])
    write_export(folder / "b.csv", rows[25:])
    return folder


def sha(workspace: Path) -> str:
    """Return the hash of a workspace's state."""
    with Workspace.open(workspace, write=False) as space:
        return str(space.digest()["sha256"])


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a night in this process."""
    home = exports(tmp_path_factory.mktemp("here"))
    run([home / "a.csv", home / "b.csv"], Order(home / "w", output=home / "out"))
    return home


@pytest.mark.slow
@pytest.mark.parametrize("levels", NINE, ids=str)
def test_a_night_is_the_same_wherever_it_runs(here: Path, tmp_path: Path, levels: tuple[int, ...]) -> None:
    """Promise 17, nine of its combinations, files in either order among them: byte for byte."""
    zone, locale, seed, work = levels
    threads, arguments = WORKS[work]
    around = {"TZ": ZONES[zone], "LC_ALL": LOCALES[locale], "PYTHONHASHSEED": SEEDS[seed]}
    around |= {"OMP_NUM_THREADS": threads, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [
        sys.executable,
        "-m",
        "cx_text",
        "run",
        *arguments.split(),
        "--workspace",
        "w",
        "--output",
        "out",
    ]
    home = exports(tmp_path)
    subprocess.run(command, cwd=home, env={**os.environ, **around}, check=True, capture_output=True)
    assert sha(home / "w") == sha(here / "w")
    for name in PUBLISHED:
        assert (home / "out" / name).read_bytes() == (here / "out" / name).read_bytes(), name


@pytest.mark.slow
def test_each_pair_of_values_is_met() -> None:
    """Else nine runs would say less than they seem to."""
    for one, other in ((a, b) for a in range(4) for b in range(4) if a < b):
        assert {(levels[one], levels[other]) for levels in NINE} == set(product(range(3), range(3)))


def test_the_order_of_nights_does_not_matter_after_a_refit(tmp_path: Path) -> None:
    """Promises 15 and 16: late rows stand in their own period, as if they had come in time."""
    home = exports(tmp_path)
    for name, order in (("in time", ("a.csv", "b.csv")), ("late", ("b.csv", "a.csv"))):
        for one in order:
            run([home / one], Order(home / name))
        refit(Order(home / name, output=home / f"{name} out"))
    assert sha(home / "in time") == sha(home / "late")
    for name in ("trends.csv", "scores.csv", "themes.csv"):
        assert (home / "in time out" / name).read_bytes() == (home / "late out" / name).read_bytes(), name


CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "ctime", "localtime", "gmtime"}
TIMED = {"flags.py", "notes.py"}
"""An edit bears the time at which a person made it, a line of the log that of its event."""


def clocks_asked(source: str) -> Iterator[str]:
    """Yield each call by which a module asks what time it is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            of = ast.unparse(node.func.value)
            if of in {"time", "datetime", "datetime.datetime", "date", "datetime.date", "pd.Timestamp"}:
                yield ast.unparse(node.func)


def test_nothing_that_is_told_asks_what_time_it_is() -> None:
    """Promise 18: so a clock that is set back, or is wrong by a century, changes nothing."""
    assert list(clocks_asked("datetime.now(UTC); time.monotonic(); time.time()")) == [
        "datetime.now",
        "time.time",
    ]
    package = Path(__file__).parents[1] / "cx_text"
    asked = {
        path.name for path in package.rglob("*.py") if any(clocks_asked(path.read_text(encoding="utf-8")))
    }
    assert asked <= TIMED


def test_a_night_opens_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 40: names are not looked up either."""
    asked: list[object] = []

    def refuse(*given: object, **named: object) -> None:
        asked.append((given, named))
        raise OSError("there is no network here")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    night = run([write_export(tmp_path / "a.csv", small_rows(30))], Order(tmp_path / "w"))
    assert night.record["ledger"]["accepted"] == 30
    assert asked == []


ENCODE = """
from cx_text.stages.vectors import span_vectors
print(len(span_vectors([("late again", [(0, 4)])])))
"""


def test_the_encoder_keeps_nothing_in_the_home(tmp_path: Path) -> None:
    """Left alone, its library keeps an id of the machine there and reports to its maker, from a thread."""
    around = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    around |= {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", ENCODE], env=around, check=True, capture_output=True, text=True
    )
    assert done.stdout == "1\n"
    assert [str(path) for path in tmp_path.rglob("*")] == []

"""Nights to be killed: for each a folder as it is before, a command, and what an undisturbed run makes."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import pandas as pd
import typer

import cx_text
from cx_text.cli import app, guarded
from cx_text.errors import WorkspaceError
from cx_text.store import Workspace
from killing.tracing import Answer, Meet, Touch, forked, possible, traced, waited

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "comments.csv"
CUSTOMER = "Customer ID"
WORKSPACE, SETTINGS, LOG = "w", "cx.toml", "said.txt"
QUICK = "[ranking]\nbootstrap = 20\n"
FEW, MANY = 40, 340
"""Rows of a first night with built-in topics, and of one that learns themes of its own."""

_HERE = ("--workspace", WORKSPACE)
_NIGHT = (*_HERE, "--config", SETTINGS, "--workers", "1", "--output", "out")
_EDIT = (*_HERE, "--config", SETTINGS, "--author", "Ada")
_FIRST = ("run", "day1.csv", *_NIGHT)

Arguments = tuple[str, ...]


@dataclass(frozen=True)
class Recipe:
    """How a scene is made.

    Attributes:
        command: the command that is killed.
        before: the commands of the nights before.
        share: how often the scene is taken, beside the others.
        rows: those of the first night.
        empty: whether a file without bytes lies beside the exports.
    """

    command: Arguments
    before: Sequence[Arguments] = (_FIRST,)
    share: int = 1
    rows: int = FEW
    empty: bool = False


RECIPES: Mapping[str, Recipe] = {
    "first night": Recipe(_FIRST, (), share=5),
    "second night": Recipe(("run", "day2.csv", *_NIGHT), share=5),
    "nothing new": Recipe(("run", "day1.csv", *_NIGHT)),
    "refused file": Recipe(("run", ".", *_NIGHT), (), empty=True),
    "refit": Recipe(("refit", *_NIGHT), share=2),
    "rename": Recipe(("themes", "rename", "S-waiting-phone", "Long queue", *_EDIT), share=2),
    "define": Recipe(("themes", "define", "Fees", "--phrase", "fee", *_EDIT)),
    "delete": Recipe(("delete", "--verbatim-id", "R1000003", *_HERE), share=2),
    "learning": Recipe(_FIRST, (), rows=MANY),
}


@dataclass(frozen=True)
class Outcome:
    """What a folder holds: the hash of the state, those of what is published, the names of all files."""

    digest: str | None
    published: Mapping[str, str]
    names: frozenset[str]

    def against(self, wanted: Outcome) -> list[str]:
        """Return what is not as wanted, a few words each."""
        told = [] if self.digest == wanted.digest else ["digest differs"]
        told += [f"{name} left over" for name in sorted(self.names - wanted.names)]
        told += [f"{name} missing" for name in sorted(wanted.names - self.names)]
        both = sorted(self.published.keys() & wanted.published.keys())
        return told + [f"{name} differs" for name in both if self.published[name] != wanted.published[name]]


@dataclass(frozen=True)
class Scene:
    """A night to be killed.

    Attributes:
        name: what is done.
        base: the folder as it is before.
        command: arguments of ``cx-text``, called in a copy of `base`.
        code: exit code of the undisturbed run.
        wanted: what the undisturbed run makes.
        touches: its write-like calls; none where they cannot be watched.
        seconds: how long it took.
    """

    name: str
    base: Path
    command: Arguments
    code: int
    wanted: Outcome
    touches: Sequence[Touch]
    seconds: float

    def copy(self, home: Path) -> Path:
        """Return `home`, now a copy of the folder as it is before."""
        return _copy(self.base, home)


def warm() -> None:
    """Load what a night needs, so that forked ones need not."""
    cx_text.analyze(pd.read_csv(SAMPLE, nrows=FEW))


def commands(top: typer.Typer = app) -> frozenset[str]:
    """Return the commands that ``cx-text`` has."""
    named = {one.name or one.callback.__name__ for one in top.registered_commands if one.callback}
    groups = [
        {one.name} if one.name else commands(one.typer_instance or app) for one in top.registered_groups
    ]
    return frozenset(named.union(*groups))


def called(home: Path, arguments: Arguments) -> Callable[[], int]:
    """Return ``cx-text`` with these arguments as an act for a child process, which speaks into a file."""

    def act() -> int:
        said = os.open(home.parent / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for stream in (1, 2):
            os.dup2(said, stream)
        os.chdir(home)
        return guarded(partial(app, list(arguments), standalone_mode=False))

    return act


def ended(home: Path, arguments: Arguments) -> int:
    """Return the exit code of ``cx-text`` with these arguments, in a child process."""
    return waited(forked(called(home, arguments)))


def said(home: Path) -> str:
    """Return the last line that the last command said."""
    lines = (home.parent / LOG).read_text(errors="replace").splitlines()
    return lines[-1] if lines else ""


def scenes(folder: Path, names: Iterable[str]) -> Iterator[Scene]:
    """Yield the scenes called so; those whose command there is not are left out."""
    watched = possible()
    for name in names:
        recipe = RECIPES[name]
        if recipe.command[0] in commands():
            yield _scene(folder, name, recipe, watched=watched)


def outcome(home: Path) -> Outcome:
    """Return what a folder holds."""
    places = (home / "out", home / WORKSPACE / "reports" / "latest")
    published = [path for place in places for path in place.glob("*") if path.name != "run.json"]
    hashes = {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in published
    }
    return Outcome(_digest(home / WORKSPACE), hashes, frozenset(_names(home)))


def _digest(workspace: Path) -> str | None:
    """Return the hash of a state, None where there is none."""
    try:
        with Workspace.open(workspace, write=False) as space:
            return str(space.digest()["sha256"])
    except WorkspaceError as error:
        if error.code == "E_NO_WORKSPACE":
            return None
        raise


def _names(home: Path) -> Iterator[str]:
    """Yield the names of all files and folders in a folder; of models only that there is one.

    Their names tell the time, and one that is out of use lies there until the next writer opens.
    """
    models = sorted((home / WORKSPACE / "models").glob("*.npz"))
    yield from ("model" for _ in models[:1])
    yield from (str(path.relative_to(home)) for path in home.rglob("*") if path not in models)


def _scene(folder: Path, name: str, recipe: Recipe, *, watched: bool) -> Scene:
    """Return a scene, its folder made, with what an undisturbed run of its command makes."""
    base = folder / name / "base"
    base.mkdir(parents=True)
    (base / SETTINGS).write_text(QUICK)
    _write_export(base / "day1.csv", 0, recipe.rows, customers=bool(recipe.before))
    _write_export(base / "day2.csv", recipe.rows - 10, recipe.rows + 20, customers=bool(recipe.before))
    if recipe.empty:
        (base / "empty.csv").touch()
    for one in recipe.before:
        if ended(base, one):
            raise RuntimeError(said(base))
    home = _copy(base, folder / name / "home")
    begun = time.monotonic()
    code = ended(home, recipe.command)
    seconds = time.monotonic() - begun
    touches: list[Touch] = []
    if watched:
        act = called(_copy(base, home), recipe.command)
        traced(act, home, _noted(touches))
    return Scene(name, base, recipe.command, code, outcome(home), touches, seconds)


def _noted(touches: list[Touch]) -> Meet:
    """Return who lets every call go and notes it."""

    def note(touch: Touch) -> Answer:
        touches.append(touch)
        return Answer.GO

    return note


def _copy(source: Path, target: Path) -> Path:
    """Return `target`, now a copy of the folder `source`."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(source, target, symlinks=True))


def _write_export(path: Path, first: int, last: int, *, customers: bool) -> None:
    """Write rows of the sample as an export; a new workspace names customers by a secret of its own."""
    with (
        SAMPLE.open(encoding="utf-8", newline="") as source,
        path.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.DictReader(source)
        names = [name for name in rows.fieldnames or () if customers or name != CUSTOMER]
        writer = csv.DictWriter(out, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(islice(rows, first, last))

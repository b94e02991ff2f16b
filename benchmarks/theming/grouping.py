"""Table `main`: the themes of cx_text and of what a user would use instead, against people's labels."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from theming.measures import agreement
from theming.methods import CLASSES, ENCODE, METHODS, TEXTS, Line, Outcome
from theming.sets import Labelled, Options, load

HEAD = f"{'set':20} {'method':24}" + "".join(f" {one:>5}" for one in ("AMI", "B3", "ARI", "V"))
NOTHING = Outcome([], 0.0, 0.0)


def lines(options: Options) -> Iterator[str]:
    """Yield the table, a line as soon as it is measured."""
    yield f"{HEAD} {'themes':>6} {'cover':>6} {'s':>6} {'MB':>6}"
    for name in options.sets:
        labelled = load(name, options)
        folder = prepared(name, labelled, options)
        encoding = process(ENCODE, folder)
        for key, method in METHODS.items():
            if method.missing:
                yield f"{name:20} {key:24} not installed: {', '.join(method.missing)}"
                continue
            before = encoding if method.encoded else NOTHING
            outcome = process(key, folder)
            for line in outcome.lines:
                peak = max(before.peak, outcome.peak)
                yield f"{name:20} {told(line, labelled, before.seconds + line.seconds, peak)}"


def told(line: Line, labelled: Labelled, seconds: float, peak: float) -> str:
    """Return a line of the table behind the name of the set."""
    found = agreement(labelled.gold, line.themes)
    return (
        f"{line.name:24} {found.ami:5.3f} {found.b3:5.3f} {found.ari:5.3f} {found.v:5.3f} {found.themes:6d}"
        f" {found.coverage:6.1%} {seconds:6.1f} {peak:6.0f}"
    )


def prepared(name: str, labelled: Labelled, options: Options) -> Path:
    """Return the folder of a set, once its texts and the number of its classes lie there."""
    folder = options.folder / name
    folder.mkdir(exist_ok=True)
    (folder / TEXTS).write_bytes(msgspec.json.encode(labelled.texts))
    (folder / CLASSES).write_bytes(msgspec.json.encode(len(set(labelled.gold))))
    return folder


def process(method: str, folder: Path) -> Outcome:
    """Run a method as a process of its own and return what it found and took.

    Raises:
        SystemExit: it failed; with its own message.
    """
    command = [sys.executable, "-W", "ignore", "-m", "theming.methods", method, str(folder)]
    child = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    if child.returncode:
        sys.exit(f"error: {method} failed\n{child.stderr}")
    return msgspec.json.decode((folder / f"{method}.json").read_bytes(), type=Outcome)

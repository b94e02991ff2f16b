"""Theme discovery on labelled public sets, beside what a user would use instead.

    python benchmarks/themes.py [--tables main,names] [--sets banking77] [--rows N] [--data DIR] [--verbose]

What each table says, and how it is measured, is told in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections.abc import Callable, Collection
from pathlib import Path

from theming import aspects, assigning, grouping, naming, novelty, steadiness
from theming.sets import LABELS, Options

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
TABLES = {
    "main": grouping.lines,
    "names": naming.lines,
    "stability": steadiness.lines,
    "speed": assigning.lines,
    "aspects": aspects.lines,
    "novelty": novelty.lines,
}


def main() -> None:
    """Print each table, a line as soon as it is measured."""
    asked = parser().parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        options = Options(asked.data, tuple(asked.sets), asked.rows, asked.verbose, Path(folder))
        for name in asked.tables:
            print(f"\n== {name}", flush=True)
            for line in TABLES[name](options):
                print(line, flush=True)


def parser() -> argparse.ArgumentParser:
    """Return the flags."""
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--tables", type=listed(TABLES), default=list(TABLES), help=", ".join(TABLES))
    flags.add_argument("--sets", type=listed(LABELS), default=list(LABELS), help=", ".join(LABELS))
    flags.add_argument("--rows", type=int, default=0, help="at most so many rows of each set; 0: all")
    flags.add_argument("--data", type=Path, default=DATA, help="folder of the public sets")
    flags.add_argument("--verbose", action="store_true", help="name single cases, such as what was missed")
    return flags


def listed(known: Collection[str]) -> Callable[[str], list[str]]:
    """Return a reader of names separated by commas, each of them `known`."""

    def read(text: str) -> list[str]:
        names = text.split(",")
        if unknown := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(known)}")
        return names

    return read


if __name__ == "__main__":
    main()

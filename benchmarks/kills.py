"""Nights are killed at any point and started again: is the end that of a night that was never killed?

    python benchmarks/kills.py [--kills 500] [--full 100] [--seed 7] [--scenes "first night"] [--verbose]

Half of the kills come just before a write-like system call in workspace or output (write, fsync, rename,
unlink ...; on Linux and x86-64), the others at a time of chance, some of these to a process of its own; a
third is killed again while recovering. Then the disk is full from such a call on, which must end the night
with exit 6 (or not matter). After each the workspace is looked at, and after the recovery its digest, all
published files but run.json, and the names of all files are compared. Exit 1 if one differs.

To be quick, findings and charts, which touch no file, are computed once for equal arguments (save in
processes of their own), and all happens in memory where there is /dev/shm.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from killing.remembering import remember_findings_and_charts
from killing.scenes import RECIPES, Scene, scenes, warm
from killing.trials import Trial, fillings, trials

MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it


def table(nights: Sequence[Scene], done: Sequence[Trial]) -> str:
    """Return how many kills each scene met, by their kind, and how many it did not survive."""
    kinds = ("call", "time", "process", "full disk")
    met = Counter((one.scene, one.kind) for one in done if one.met)
    late = Counter(one.scene for one in done if not one.met)
    failed = Counter(one.scene for one in done if one.wrong)
    head = [
        "scene",
        "write-like calls",
        *(f"at a {kind}" for kind in kinds),
        "ended before",
        "failures",
    ]
    lines = [
        [
            one.name,
            len(one.touches),
            *(met[one.name, kind] for kind in kinds),
            late[one.name],
            failed[one.name],
        ]
        for one in nights
    ]
    total = ["all", *(sum(line[place] for line in lines) for place in range(1, len(head)))]
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in (head, rule, *lines, total))


def main() -> None:
    """Kill as many nights as were asked for and print what became of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--full", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--scenes", default=",".join(RECIPES))
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    warm()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        remember_findings_and_charts(Path(folder) / "remembered")
        nights = list(scenes(Path(folder).resolve(), given.scenes.split(",")))
        watched = [scene for scene in nights if scene.touches]
        done = []
        for number, one in enumerate(
            chain(trials(nights, given.kills, given.seed), fillings(watched, given.full, given.seed)), 1
        ):
            done.append(one)
            if given.verbose or one.wrong:
                print(
                    f"{number}: {one.scene}, {one.kind} {one.point}: {'; '.join(one.wrong) or 'well'}",
                    flush=True,
                )
    print(table(nights, done))
    sys.exit(any(one.wrong for one in done))


if __name__ == "__main__":
    main()

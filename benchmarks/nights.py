"""What a night costs after many others: seconds and memory of `cx-text run`, night by night.

    python benchmarks/nights.py [--nights 60] [--rows 10000] [--workers 2] [--every 10] [--once]

Generated comments (`data/generate.py`) are cut by their dates into nights of `--rows`, and each is really run
on one workspace. With `--once` all but the first and the last come as one export, which is sooner done:
the last night has the same rows behind it, but fewer runs, and themes learned again at another time.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from speed import PROJECT, STAGES, measured


def exports(nights: int, rows: int, folder: Path, *, once: bool) -> list[Path]:
    """Return the export of each night in the order of dates; with `once` those between are one."""
    command = [sys.executable, str(PROJECT / "data" / "generate.py"), "--output", str(folder)]
    subprocess.run([*command, "--rows", str(nights * rows)], check=True, stdout=subprocess.DEVNULL)
    with (folder / "comments.csv").open(encoding="utf-8", newline="") as source:
        head, *body = csv.reader(source)
    date = head.index("Created At")
    body.sort(key=lambda row: row[date])
    ends = [rows, (nights - 1) * rows, nights * rows] if once else range(rows, nights * rows + 1, rows)
    starts = [0, *ends[:-1]]
    return [
        _written(folder / f"night{number:02d}.csv", [head, *body[start:end]])
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]


def _written(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """Return `path`, now a CSV file of `rows`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def lines(args: argparse.Namespace, folder: Path) -> Iterator[list[str]]:
    """Yield the head of the table, and a line for the first, the last and every tenth night."""
    yield ["night", "rows", "seconds", "cpu s", "peak MB", *STAGES]
    files = exports(args.nights, args.rows, folder, once=args.once)
    held = 0
    for number, export in enumerate(files, 1):
        found = measured(export, folder / "workspace", ["--workers", args.workers])
        held += found.record["ledger"]["read"]
        if args.once or number in {1, len(files)} or number % args.every == 0:
            stages = found.record["timings"]
            told = [found.seconds, found.processor, found.peak, *(stages.get(stage, 0) for stage in STAGES)]
            yield [str(number), f"{held:,}", *(f"{value:,.1f}" for value in told)]


def main() -> None:
    """Print the table, a line as soon as it is measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nights", type=int, default=60)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--once", action="store_true", help="all nights between in one export")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, *cells in lines(args, Path(folder)):
            print(f"{name:8}" + "".join(f"{cell:>10}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()

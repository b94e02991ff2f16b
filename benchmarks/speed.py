"""Speed and memory of the main job: `cx-text run` on fresh workspaces, seconds by stage.

    python benchmarks/speed.py [--rows 10000,100000] [--workers 2] [--data DIR] [--skip-real]

Each export goes through three nights: its first rows, the same file again (nothing to do), and a
later export that repeats them and brings 10 % more. Generated comments come from `data/generate.py`,
real ones from the public sets where they lie beside the project.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT.parent / "shared" / "data"
REAL = {
    "shopzilla_agents": (),
    "comcast_complaints": ("--map", "created_at=date_fixed"),
    "us_airline_tweets": (),
}
STAGES = ("read", "redact", "learn", "score", "keep", "find")
GROWTH = 1.1


@dataclass(frozen=True)
class Measured:
    """One command: its answer, wall and processor seconds, peak memory of its largest process (MB)."""

    record: dict[str, Any]
    seconds: float
    processor: float
    peak: float


def generated(rows: int, folder: Path) -> tuple[Path, Path]:
    """Return an export of `rows` generated comments and a later one with 10 % more."""
    made = folder / "made"
    command = [sys.executable, str(PROJECT / "data" / "generate.py"), "--output", str(made)]
    subprocess.run([*command, "--rows", str(round(rows * GROWTH))], check=True, stdout=subprocess.DEVNULL)
    whole = made / "comments.csv"
    return first_rows(whole, rows, folder), whole


def real(name: str, data: Path, folder: Path) -> tuple[Path, Path]:
    """Return the first ten elevenths of a public export, and all of it."""
    whole = folder / f"{name}.csv"
    whole.write_bytes(gzip.decompress((data / f"{name}.csv.gz").read_bytes()))
    with whole.open(encoding="utf-8", newline="") as source:
        rows = sum(1 for _ in csv.reader(source)) - 1
    return first_rows(whole, round(rows / GROWTH), folder), whole


def first_rows(whole: Path, rows: int, folder: Path) -> Path:
    """Return a file with the header and the first `rows` rows of the CSV file `whole`."""
    path = folder / "first.csv"
    with (
        whole.open(encoding="utf-8", newline="") as source,
        path.open("w", encoding="utf-8", newline="") as out,
    ):
        csv.writer(out).writerows(row for _, row in zip(range(rows + 1), csv.reader(source), strict=False))
    return path


def measured(export: Path, workspace: Path, options: Sequence[str]) -> Measured:
    """Run `cx-text run` on `export` as a process of its own and return what it took.

    Raises:
        SystemExit: the run failed; with its own message.
    """
    command = [sys.executable, "-m", "cx_text", "run", str(export), "--workspace", str(workspace), "--json"]
    start = time.monotonic()
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as log:
        process = subprocess.Popen([*command, *options], stdout=answer, stderr=log, cwd=PROJECT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        if process.returncode:
            log.seek(0)
            sys.exit(log.read().decode())
        answer.seek(0)
        record = msgspec.json.decode(answer.read())
    return Measured(record, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def nights(name: str, exports: tuple[Path, Path], options: Sequence[str]) -> Iterator[list[str]]:
    """Yield a line of the table for each of the three nights of an export."""
    first, whole = exports
    workspace = first.parent / "workspace"
    for night, export in ((name, first), ("  again", first), ("  +10 %", whole)):
        found = measured(export, workspace, options)
        done = night != "  again"
        rows = found.record["ledger"]["read"] if done else 0
        stages = found.record["timings"] if done else {}
        yield [
            night,
            f"{rows:,}" if done else "",
            f"{found.seconds:.1f}",
            f"{found.processor:.1f}",
            f"{rows / found.seconds:,.0f}" if done else "",
            f"{found.peak:,.0f}",
            *(f"{stages[stage]:.1f}" if stage in stages else "" for stage in STAGES),
        ]


def jobs(args: argparse.Namespace, folder: Path) -> Iterator[tuple[str, tuple[Path, Path], Sequence[str]]]:
    """Yield name, exports and further flags of each job, made when its turn comes."""
    for rows in map(int, filter(None, args.rows.split(","))):
        yield f"generated {rows:,}", generated(rows, made(folder / str(rows))), ()
    for name, flags in REAL.items():
        if not args.skip_real and (args.data / f"{name}.csv.gz").is_file():
            yield name, real(name, args.data, made(folder / name)), flags


def made(folder: Path) -> Path:
    """Return `folder` once it is there."""
    folder.mkdir()
    return folder


def main() -> None:
    """Print the table, a line as soon as it is measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", default="10000,100000", help="sizes of the generated exports")
    parser.add_argument("--workers", default="2")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the public sets")
    parser.add_argument("--skip-real", action="store_true", help="only generated comments")
    args = parser.parse_args()
    for name, *cells in lines(args):
        print(f"{name:20}" + "".join(f"{cell:>8}" for cell in cells), flush=True)


def lines(args: argparse.Namespace) -> Iterator[list[str]]:
    """Yield the head of the table and its lines."""
    yield ["night", "rows", "seconds", "cpu s", "rows/s", "peak MB", *STAGES]
    with tempfile.TemporaryDirectory() as folder:
        for name, exports, flags in jobs(args, Path(folder)):
            yield from nights(name, exports, ["--workers", args.workers, *flags])


if __name__ == "__main__":
    main()

"""Simulated exports with planted structure: how often what is there is found, and what is not there is told.

    python benchmarks/planted.py [--seeds 50] [--workers 2] [--parts time groups] [--plot FILE] [--verbose]

What is planted, and what each table says, is told in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import joblib
from planting import company, fairness, group_tables, over_time, tables

PARTS: Mapping[str, tuple[Callable[[Path, int], tables.Tables], Mapping[str, tables.Maker]]] = {
    "time": (over_time.trial, tables.OVER_TIME),
    "groups": (fairness.trial, group_tables.GROUPS),
}


def main() -> None:
    """Print the tables."""
    asked = parser().parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        stock = company.made(Path(folder), asked.workers, asked.learned, asked.stock)
        for part in asked.parts:
            trial, makers = PARTS[part]
            jobs = (joblib.delayed(trial)(stock, seed) for seed in range(asked.seeds))
            records = tables.gathered(joblib.Parallel(n_jobs=asked.workers)(jobs))
            for name, table in makers.items():
                print("\n".join(["", f"## {name}", "", *table(records)]), flush=True)
            if asked.verbose and "false" in records:
                print(records["false"].to_string(index=False))
            if asked.plot and part == "groups":
                group_tables.plot(records, asked.plot)


def parser() -> argparse.ArgumentParser:
    """Return the flags."""
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--seeds", type=int, default=50)
    flags.add_argument("--workers", type=int, default=2)
    flags.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    flags.add_argument("--learned", type=int, default=company.LEARNED, help="comments learned from")
    flags.add_argument(
        "--stock", type=int, default=company.STOCK, help="comments that exports are drawn from"
    )
    flags.add_argument("--plot", type=Path, help="SVG or PNG of how well probabilities of agents hold")
    flags.add_argument("--verbose", action="store_true", help="name each false issue")
    return flags


if __name__ == "__main__":
    main()

"""Simulated exports with planted structure: how often what is there is found, and what is not there is told.

    python benchmarks/planted.py [--seeds 50] [--workers 2] [--tables issues,...] [--verbose]

What is planted, and what each table says, is told in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from pathlib import Path

import joblib
import pandas as pd
from planting import company, over_time, tables


def main() -> None:
    """Print the tables."""
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--seeds", type=int, default=50)
    flags.add_argument("--workers", type=int, default=2)
    flags.add_argument(
        "--learned", type=int, default=company.LEARNED, help="comments that themes are learned from"
    )
    flags.add_argument(
        "--stock", type=int, default=company.STOCK, help="comments that exports are drawn from"
    )
    flags.add_argument("--verbose", action="store_true", help="name each false issue")
    asked = flags.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        stock = company.made(Path(folder), asked.workers, asked.learned, asked.stock)
        jobs = (joblib.delayed(over_time.trial)(stock, seed) for seed in range(asked.seeds))
        trials = joblib.Parallel(n_jobs=asked.workers)(jobs)
    records = {name: pd.DataFrame([row for one in trials for row in one.get(name, [])]) for name in trials[0]}
    for name, table in tables.OVER_TIME.items():
        print(f"\n## {name}\n")
        print("\n".join(table(records)), flush=True)
    if asked.verbose:
        print("\n## False issues\n")
        print(records["false"].to_string(index=False))


if __name__ == "__main__":
    main()

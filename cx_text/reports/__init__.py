"""How findings are told: one file a form, all from one `Result` and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO

from cx_text.config import Config
from cx_text.records import CSV_TABLES, MENTIONS, REJECTED, VERBATIMS, Result, Table
from cx_text.reports.page import write_page
from cx_text.reports.record import write_record
from cx_text.reports.room import check_room
from cx_text.reports.sheet import write_sheet
from cx_text.reports.tables import write_csv, write_parquet
from cx_text.reports.workbook import write_workbook
from cx_text.reports.writing import write_files

__all__ = ["REPORTS", "Report", "check_room", "publish", "write_files", "write_sheet"]

Report = Callable[[Result, Config, BinaryIO], None]


def _finding(table: Table) -> Report:
    """Return the report of one published table."""
    return lambda result, _, out: write_csv(table, getattr(result.findings, table.name), out)


REPORTS: Mapping[str, Report] = {
    "report.html": write_page,
    "report.xlsx": lambda result, _, out: write_workbook(result.findings, out),
    "run.json": lambda result, _, out: write_record(result.record, out),
    "verbatims.parquet": lambda result, _, out: write_parquet(VERBATIMS, result.verbatims, out),
    "mentions.parquet": lambda result, _, out: write_parquet(MENTIONS, result.mentions, out),
    **{f"{table.name}.csv": _finding(table) for table in CSV_TABLES},
    "rejected.csv": lambda result, _, out: write_csv(REJECTED, result.rejected, out),
}
"""Each file of a report folder and the function that tells it."""


def publish(result: Result, folder: Path, config: Config) -> list[Path]:
    """Return the paths of all reports of `result`, written directly into `folder`.

    Each file is there with its columns also if it has no rows. All but ``run.json`` have equal
    bytes for equal results. A file is its old or its new self, never in between.

    Raises:
        ResourceError: the disk is full; the files that were there are untouched.
        UsageError: `folder` cannot be written.
    """
    writers = {name: partial(report, result, config) for name, report in REPORTS.items()}
    return write_files(folder, writers)

"""Hostile files: each is taken, taken in part or refused with one clear line, and no row is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_books import BOOK_CASES
from hostile_corpus import Case, gather
from hostile_lines import LINES_CASES
from hostile_parquet import PARQUET_CASES
from hostile_text import TEXT_CASES

from cx_text.config import Config
from cx_text.errors import InputError
from cx_text.readers import Reading, read_file

CASES = gather(*TEXT_CASES, *LINES_CASES, *BOOK_CASES, *PARQUET_CASES)


def read(case: Case, folder: Path) -> Reading | InputError:
    """Return the reading of a hostile file, or why it was refused."""
    path = folder / case.name
    path.write_bytes(case.data)
    try:
        return read_file(path, Config())
    except InputError as error:
        return error


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_has_the_outcome_that_the_policy_says(case: Case, tmp_path: Path) -> None:
    """Its code, the rows taken, the codes of those set aside; rows add up (`Reading` checks that)."""
    found = read(case, tmp_path)
    if case.code == "?":
        return
    if isinstance(found, InputError):
        assert found.code == case.code, found
        assert found.where == case.name
        assert found.mend
        assert "\n" not in str(found)
    else:
        assert (case.code, case.accepted) == ("", len(found.verbatims))
        assert tuple(found.rejected["code"]) == case.rows
        assert not case.warns or any(case.warns in warning for warning in found.warnings)

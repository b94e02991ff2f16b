"""Errors are one line, carry an exit code, and belong to one tree."""

from __future__ import annotations

import pytest

from cx_text import errors
from cx_text.errors import CxTextError

TREE = {
    errors.UsageError: 2,
    errors.ConfigError: 2,
    errors.InputError: 3,
    errors.WorkspaceError: 4,
    errors.LockedError: 5,
    errors.ResourceError: 6,
}


@pytest.mark.parametrize(("kind", "code"), TREE.items())
def test_each_kind_has_the_exit_code_of_the_contract(kind: type[CxTextError], code: int) -> None:
    """Exit codes are a promise to cron jobs."""
    assert kind.exit_code == code
    assert issubclass(kind, CxTextError)


def test_the_tree_in_the_docstring_names_every_error() -> None:
    """Who reads the docstring knows them all."""
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in TREE)


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("a.csv:7", "E_FORMAT a.csv:7: not a table; save it as CSV"),
        ("", "E_FORMAT: not a table; save it as CSV"),
    ],
)
def test_an_error_says_where_what_and_the_mend(where: str, line: str) -> None:
    """One line tells a person what to do next."""
    assert str(CxTextError("E_FORMAT", "not a table", "save it as CSV", where)) == line

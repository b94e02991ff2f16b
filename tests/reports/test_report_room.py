"""Room for charts: a limit of addresses is told before a night begins."""

from __future__ import annotations

import resource

import pytest

from cx_text.errors import ResourceError
from cx_text.reports import check_room


@pytest.mark.parametrize("limit", [resource.RLIM_INFINITY, 100 * 2**30])
def test_a_wide_limit_or_none_is_fine(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """Addresses are no memory: most machines set no limit."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    check_room()


def test_a_narrow_limit_is_exit_6_and_says_how_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do about it."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (8 * 2**30, resource.RLIM_INFINITY))
    with pytest.raises(ResourceError, match=r"E_MEMORY.* 8\.0 GB.*ulimit -v unlimited") as caught:
        check_room()
    assert caught.value.exit_code == 6

"""Whether charts can be drawn on this machine: asked before a night, not found out at its end."""

from __future__ import annotations

import resource

from cx_text.errors import ResourceError

ADDRESS_SPACE = 66 * 2**30
"""Bytes of addresses that the renderer of charts reserves, hardly any of which become memory."""


def check_room() -> None:
    """Refuse a limit of addresses in which no chart can be drawn.

    Raises:
        ResourceError: E_MEMORY, the limit is too small.
    """
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < ADDRESS_SPACE:
        wrong = f"the limit of virtual memory is {limit / 2**30:.1f} GB, charts reserve 66"
        raise ResourceError("E_MEMORY", wrong, "call `ulimit -v unlimited`, and limit memory by a cgroup")

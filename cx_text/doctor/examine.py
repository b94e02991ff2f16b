"""All that there is to look at, in the order in which it would stop a night."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cx_text.doctor.machine import machine
from cx_text.doctor.sign import PROBLEM, Sign


def examine(workspace: Path, config: Path | None = None, inputs: Sequence[str] = ()) -> Iterator[Sign]:
    """Yield what is found of the machine, the workspace, the settings and the exports; nothing is changed.

    Args:
        workspace: the folder that holds the workspace, or would.
        config: a file of settings; None: the defaults.
        inputs: exports and folders of them; each is read as a run would.
    """
    signs = list(machine())
    yield from signs
    if any(sign.of == "packages" and sign.state == PROBLEM for sign in signs):
        return  # what follows could not even be imported
    from cx_text.doctor.material import exports, extras, settings  # noqa: PLC0415
    from cx_text.doctor.place import place  # noqa: PLC0415

    yield from place(workspace)
    sign, usable = settings(config)
    yield sign
    yield extras(usable)
    yield from exports(inputs, usable)

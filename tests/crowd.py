"""Many processes open a workspace to write at once, and their exit codes are printed.

python crowd.py WORKSPACE COUNT ends|killed|wait
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from cx_text.errors import CxTextError
from cx_text.store import Workspace


def start(path: Path, answers: int, held: int, how: str) -> None:
    """Open the workspace and hold it until nobody is awaited any more; answer with the exit code."""
    try:
        with Workspace.open(path, write=True, create=True, wait=how == "wait") as space:
            space.add_agents([str(os.getpid())])
            os.write(answers, b"0\n")
            os.read(held, 1)
            if how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
    except CxTextError as error:
        sys.stderr.write(f"{error}\n")
        os.write(answers, f"{error.exit_code}\n".encode())


def crowd(path: Path, count: int, how: str) -> list[int]:
    """Return the exit codes of `count` starts, sorted; whoever waits does so until the first has answered."""
    heard, answers = os.pipe()
    held, free = os.pipe()
    children = []
    for _ in range(count):
        child = os.fork()
        if not child:
            os.close(free)
            start(path, answers, held, how)
            os._exit(0)
        children.append(child)
    with os.fdopen(heard, encoding="ascii") as lines:
        codes = [lines.readline() for _ in range(1 if how == "wait" else count)]
        os.close(free)
        os.close(answers)
        codes += lines.readlines()
    for child in children:
        os.waitpid(child, 0)
    return sorted(map(int, codes))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(crowd(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))

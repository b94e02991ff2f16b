"""Put fresh output of the commands into README.md: ``.venv/bin/python docs/refresh_readme.py``.

A block follows a line ``<!-- output of: COMMAND -->``. Commands run in one temporary folder, in order.
"""  # noqa: INP001  a script, not a package

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"(<!-- output of: (.+?) -->\n```text\n).*?(```\n)", re.DOTALL)


def main() -> None:
    """Run each command and write its standard output into the block below it."""
    here = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory() as folder:

        def fresh(block: re.Match[str]) -> str:
            """Return the block with the output of its command."""
            told = subprocess.run(  # noqa: S603  our own command, from our own page
                block[2].split(), cwd=folder, env=here, stdout=subprocess.PIPE, text=True, check=True
            )
            lines = "\n".join(line.rstrip() for line in told.stdout.splitlines())
            return f"{block[1]}{lines}\n{block[3]}"

        README.write_text(BLOCK.sub(fresh, README.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

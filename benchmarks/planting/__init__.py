"""Exports with planted structure, what should be found in them, and how often it is."""

import sys
from pathlib import Path

# the generator of the sample is a script, no package: its modules are found by their folder
sys.path.append(str(Path(__file__).resolve().parents[2] / "data"))

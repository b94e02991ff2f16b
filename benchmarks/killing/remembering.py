"""Pure functions answer from a folder what they answered before, in whichever process: kills come quicker."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import vl_convert

from cx_text import pipeline, publishing


def remember_findings_and_charts(folder: Path) -> None:
    """Let this process and its children find, and draw a chart, once for equal arguments."""
    folder.mkdir()
    vl_convert.vegalite_to_svg = remembered(vl_convert.vegalite_to_svg, folder)
    setattr(publishing, "find", remembered(pipeline.find, folder))  # noqa: B010  where a run looks for it


def remembered(act: Callable[..., Any], folder: Path) -> Callable[..., Any]:
    """Return `act`, whose answers are kept in `folder`, each whole or not at all."""

    @wraps(act)
    def recall(*given: Any, **named: Any) -> Any:
        said = pickle.dumps((act.__name__, given, sorted(named.items())))
        path = folder / hashlib.sha256(said).hexdigest()
        if not path.exists():
            beside = path.with_name(f"{path.name}-{os.getpid()}")
            beside.write_bytes(pickle.dumps(act(*given, **named)))
            beside.rename(path)
        return pickle.loads(path.read_bytes())  # noqa: S301  our own, of this very run

    return recall

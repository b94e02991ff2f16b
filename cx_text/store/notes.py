"""What a workspace notes as it goes: a log for people, and the places of copies outside of it.

Both are lines of JSON, each added by one write. The log holds counts, codes and times; no text of a
comment, no name of a customer, no control character.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from cx_text.store.disk import append, told, write_whole

LOG, OLD_LOG, COPIES = "log.jsonl", "log.1.jsonl", "copies.jsonl"
LARGEST_LOG = 1_000_000
"""Bytes of the log at which it becomes the old log; there are at most two."""


def log(workspace: Path, event: str, **facts: Any) -> None:
    """Add a line to the log: `event`, the wall-clock time in UTC, and `facts`."""
    path = workspace / LOG
    with told(path):
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(workspace / OLD_LOG)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    append(path, json.dumps({"at": now, "event": event, **facts}).encode() + b"\n")


def note_copy(workspace: Path, kind: str, place: Path, secret: bytes) -> None:
    """Note the folder of a copy (`kind`: output or backup) once, so that a deletion can name it."""
    known, _ = copies(workspace, secret)
    path = os.path.abspath(place)  # noqa: PTH100  a link is named as the user knows it
    if (kind, path) not in known:
        line = {"kind": kind, "path": path, "proof": _proof(kind, path, secret)}
        append(workspace / COPIES, json.dumps(line).encode() + b"\n")


def copies(workspace: Path, secret: bytes) -> tuple[list[tuple[str, str]], list[int]]:
    """Return kind and path of each copy, and the numbers of the lines that were changed."""
    found, bad = [], []
    for number, line in enumerate(_lines(workspace / COPIES), 1):
        try:
            told_of = json.loads(line)
            kind, place = str(told_of["kind"]), str(told_of["path"])
            is_ours = told_of["proof"] == _proof(kind, place, secret)
        except (ValueError, KeyError, TypeError):
            is_ours = False
        if is_ours:
            found.append((kind, place))
        else:
            bad.append(number)
    return found, bad


def mend_notes(workspace: Path, secret: bytes) -> int:
    """Return how many lines of log and copies were taken out because they are not as they were written."""
    bad = {COPIES: set(copies(workspace, secret)[1])}
    for name in (LOG, OLD_LOG):
        bad[name] = {number for number, line in enumerate(_lines(workspace / name), 1) if not _is_entry(line)}
    for name, numbers in bad.items():
        if numbers:
            kept = [line for number, line in enumerate(_lines(workspace / name), 1) if number not in numbers]
            write_whole(workspace / name, b"".join(line + b"\n" for line in kept))
    return sum(map(len, bad.values()))


def _lines(path: Path) -> list[bytes]:
    """Return the lines of a file, none where there is none."""
    with told(path):
        return path.read_bytes().splitlines() if path.is_file() else []


def _is_entry(line: bytes) -> bool:
    """Return whether a line of the log is a JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _proof(kind: str, path: str, secret: bytes) -> str:
    """Return what shows that a line is as we wrote it."""
    data = f"{kind}\0{path}".encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=8, key=secret, person=b"copy").hexdigest()

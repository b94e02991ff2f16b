"""People's edits as a file that people can read: ``W/edits.toml``.

Edits are only ever added at its end, so that comments and spellings of somebody's own stay.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from cx_text.errors import WorkspaceError
from cx_text.store.disk import told, write_whole
from cx_text.taxonomy import Edit

EDITS = "edits.toml"
VERSION = 1
HEADER = f"""\
# What people said of the themes of this workspace, written by `cx-text themes`.
#
# Every run and every refit replays these edits, in the order of their numbers. You may change this
# file by hand, and copy it with the workspace: keep the numbers rising, and take an edit back with
# `cx-text themes undo NUMBER` rather than by removing it. Times are UTC. Examples are ids of
# comments, never their texts. What you change here takes effect with the next run or edit.

version = {VERSION}
"""

ERASED = "(erased)"
"""What stands for an example that was deleted."""

_REQUIRED = {field.name for field in msgspec.structs.fields(Edit) if field.required}
_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*edit[ \t]*\]\]", re.MULTILINE)
_LINE = re.compile(r"\(at line (\d+),")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def read_edits(workspace: Path) -> tuple[Edit, ...]:
    """Return the edits of a workspace by number; none where nobody made any.

    Raises:
        WorkspaceError: E_EDITS, the file is broken (its line is named); E_NEWER.
    """
    path = workspace / EDITS
    data = _bytes(path)
    return () if data is None else _parsed(data, path)


def append_edit(workspace: Path, edit: Edit) -> None:
    """Add an edit at the end of the file, which is there whole before and after.

    Raises:
        WorkspaceError: E_EDITS, the file is broken, or would be with this edit; E_NEWER.
    """
    path = workspace / EDITS
    data = _bytes(path)
    before = HEADER.encode() if data is None else data
    after = before.rstrip() + b"\n\n" + table_of(edit).encode()
    _parsed(after, path)
    write_whole(path, after)


def without_examples(edits: Sequence[Edit], gone: AbstractSet[str]) -> tuple[Edit, ...]:
    """Return edits that name no erased verbatim as an example; that there was one is still to be seen."""
    return tuple(
        msgspec.structs.replace(edit, examples=tuple(ERASED if one in gone else one for one in edit.examples))
        for edit in edits
    )


def forget_examples(workspace: Path, gone: AbstractSet[str]) -> None:
    """Take erased verbatims out of the examples of edits; the file stays as it is where none is named.

    Where somebody spelled an id in their own way the whole file is written anew, without their remarks.

    Raises:
        WorkspaceError: E_EDITS, the file is broken; E_NEWER.
    """
    path = workspace / EDITS
    edits = read_edits(workspace)
    named = gone & {one for edit in edits for one in edit.examples}
    if not named:
        return
    wanted = without_examples(edits, gone)
    data = path.read_bytes()
    for one in sorted(named):
        data = data.replace(_value(one).encode(), _value(ERASED).encode())
    if _parsed(data, path) == wanted:
        write_whole(path, data)
    else:
        write_edits(workspace, wanted)


def write_edits(workspace: Path, edits: Sequence[Edit]) -> None:
    """Write the whole file of edits anew, without anybody's remarks."""
    write_whole(workspace / EDITS, "\n".join([HEADER, *map(table_of, edits)]).encode())


@contextmanager
def taken_back_on_error(workspace: Path) -> Iterator[None]:
    """Run the body; if it fails the file of edits is again as it was."""
    path = workspace / EDITS
    data = _bytes(path)
    try:
        yield
    except BaseException:
        if data is not None:
            write_whole(path, data)
        else:
            with told(path):
                path.unlink(missing_ok=True)
        raise


def table_of(edit: Edit) -> str:
    """Return an edit as a TOML table, without its empty fields.

    >>> print(table_of(Edit(number=1, made_at="2025-03-01T09:30:00Z", author="Ada", action="merge",
    ...     theme_id="T0002", into="T0001")), end="")
    [[edit]]
    number = 1
    made_at = "2025-03-01T09:30:00Z"
    author = "Ada"
    action = "merge"
    theme_id = "T0002"
    into = "T0001"
    """
    fields = msgspec.structs.asdict(edit).items()
    lines = [f"{name} = {_value(value)}" for name, value in fields if value or name in _REQUIRED]
    return "\n".join(["[[edit]]", *lines, ""])


def _value(value: str | int | tuple[str, ...]) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(char: str) -> str:
    """Return a character as it stands in a TOML string; what cannot be seen by its number."""
    if char in _ESCAPES:
        return _ESCAPES[char]
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def _bytes(path: Path) -> bytes | None:
    """Return the content of a file, None where there is none."""
    with told(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def _parsed(data: bytes, path: Path) -> tuple[Edit, ...]:
    """Return the edits in a file's content."""
    text = _text(data, path)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise _broken(path, line, f"this is no TOML ({error})") from None
    tables = _tables(content, text, path)
    lines = [text.count("\n", 0, table.start()) + 1 for table in _TABLE.finditer(text)]
    places = lines if len(lines) == len(tables) else [1] * len(tables)
    edits = tuple(_edit(table, path, line) for table, line in zip(tables, places, strict=True))
    for (one, other), line in zip(pairwise(edits), places[1:], strict=True):
        if other.number <= one.number:
            raise _broken(path, line, f"edit {other.number} comes after edit {one.number}")
    return edits


def _text(data: bytes, path: Path) -> str:
    """Return a file's content as text; a mark of UTF-8 at its beginning is none of it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken(path, data.count(b"\n", 0, error.start) + 1, "this is no UTF-8") from None


def _tables(content: Mapping[str, Any], text: str, path: Path) -> list[Any]:
    """Return the tables of the edits of a parsed file."""
    version = content.get("version")
    if not isinstance(version, int) or version < 1:
        raise _broken(path, _line_of("version", text), f"the version is not `version = {VERSION}`")
    if version > VERSION:
        wrong = f"a newer version wrote it (version {version}, this one knows {VERSION})"
        raise WorkspaceError("E_NEWER", wrong, "update cx-text", str(path))
    if unknown := sorted(content.keys() - {"version", "edit"}):
        raise _broken(path, _line_of(unknown[0], text), f"it has no place for '{unknown[0]}'")
    tables = content.get("edit", [])
    if not isinstance(tables, list):
        raise _broken(path, _line_of("edit", text), "an edit stands under [edit] where [[edit]] is meant")
    return tables


def _line_of(key: str, text: str) -> int:
    """Return the first line that begins with a key or with the header of its table, 1 without any."""
    found = re.search(rf"^[ \t\[\"']*{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _edit(table: Any, path: Path, line: int) -> Edit:
    """Return the edit that a table says."""
    try:
        edit = msgspec.convert(table, Edit)
    except msgspec.ValidationError as error:
        raise _broken(path, line, f"this edit cannot be read ({str(error).replace('`', '')})") from None
    if not edit.number:
        raise _broken(path, line, "this edit has the number 0")
    return edit


def _broken(path: Path, line: int, wrong: str) -> WorkspaceError:
    """Return the error for a file that is not as it should be."""
    mend = "mend this line, or put back an older copy of the file"
    return WorkspaceError("E_EDITS", wrong, mend, f"{path}:{line}")

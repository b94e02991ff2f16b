"""What is asked of a workspace between nights: rows out, single verbatims scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pandas as pd

from cx_text.errors import UsageError, WorkspaceError
from cx_text.modelling import load_model
from cx_text.pipeline import first_of_each_text, redact
from cx_text.readers.encoding import decode
from cx_text.records import INPUT, MENTIONS, VERBATIMS, Kind, Scored, Table, Verbatims
from cx_text.reports.record import plain
from cx_text.reports.tables import write_csv, write_parquet
from cx_text.store import Workspace
from cx_text.store.search import matching
from cx_text.text import escaped

AT_ONCE = 256
"""Lines scored together."""

TEXT_COLUMNS = {name for name, kind in INPUT.columns.items() if kind is Kind.TEXT}

TABLES: Mapping[str, Table] = {"verbatims": VERBATIMS, "mentions": MENTIONS}


def export(table: str, form: str, workspace: Path, out: BinaryIO, match: str = "") -> None:
    """Write all rows of `table` to `out`, redacted, as one of `FORMS`.

    Args:
        table: a name of `TABLES`.
        form: a name of `FORMS`.
        workspace: the folder that holds all state.
        out: where to.
        match: only verbatims that match this expression, see `cx_text.store.search`, or their mentions.

    Raises:
        UsageError: there is no such table or form, or `match` cannot be understood.
        WorkspaceError: there is no workspace, or it is damaged.
    """
    if table not in TABLES or form not in FORMS:
        wrong = f"there is no export of {table} as {form}"
        mend = f"choose one of {', '.join(TABLES)} and --format one of {', '.join(FORMS)}"
        raise UsageError("E_EXPORT", wrong, mend)
    with Workspace.open(workspace, write=False) as space:
        found = matching(space, match) if match else None
        rows = space.rows()
    verbatims = rows.verbatims.assign(duplicate_of=first_of_each_text(rows))
    frame = verbatims if table == "verbatims" else rows.mentions
    FORMS[form](TABLES[table], frame if found is None else frame[frame["verbatim_id"].isin(found)], out)


def write_jsonl(table: Table, frame: pd.DataFrame, out: BinaryIO) -> None:
    """Write a frame as JSON lines; times as ISO 8601 in UTC, what is empty as null."""
    rows = json_rows(table.frame(frame))
    out.writelines(escaped(msgspec.json.encode(row).decode()).encode() + b"\n" for row in rows)


def json_rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield each row of a frame as JSON knows it."""
    times = {name: kind for name, kind in frame.dtypes.items() if str(kind).startswith("datetime")}
    told = frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ") for name in times})
    yield from (plain(row) for row in told.to_dict("records"))


FORMS = {"jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet}


def score_lines(lines: Iterable[bytes], workspace: Path) -> Iterator[str]:
    """Yield a JSON line for each line that is not blank: a verbatim, or JSON with a column ``verbatim``.

    Of the other columns those of text are taken. `verbatim_id` is the line's own, else its number.

    Raises:
        UsageError: a line is no text, or JSON without text in ``verbatim``.
        WorkspaceError: there is no workspace, or it has not learned yet.
    """
    with Workspace.open(workspace, write=False) as space:
        model = load_model(space)
        if model is None:
            raise WorkspaceError(
                "E_NO_MODEL", "nothing was learned yet", "call `cx-text run` first", str(workspace)
            )
        roster, pseudonym = space.roster(), space.pseudonym
    full = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    while batch := list(islice(full, AT_ONCE)):
        frame = INPUT.frame([_row(line, number) for number, line in batch])
        own = frame["verbatim_id"].fillna(frame["content_hash"])
        frame["verbatim_id"] = frame["content_hash"]
        scored = model.score(redact(Verbatims(frame), model.config, roster, pseudonym))
        for name, row in zip(own, with_mentions(scored), strict=True):
            yield msgspec.json.encode({**row, "verbatim_id": name}).decode()


def _row(line: bytes, number: int) -> dict[str, str]:
    """Return a line of input as a row of table INPUT; its number stands in for the content hash."""
    text, where = _text(line, number), f"-:{number}"
    row: dict[str, Any] = {"verbatim": text}
    if text.lstrip().startswith("{"):
        try:
            row = msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise UsageError("Q_BAD_JSON", str(error), "write one JSON object a line", where) from None
    if not isinstance(row.get("verbatim"), str):
        raise UsageError("Q_BAD_TYPE", "no text in column verbatim", 'write {"verbatim": "..."}', where)
    plain_text = {key: str(row[key]) for key in TEXT_COLUMNS & row.keys() if row[key] is not None}
    return {**plain_text, "content_hash": str(number)}


def _text(line: bytes, number: int) -> str:
    """Return a line as text without its end.

    Raises:
        UsageError: its bytes fit no encoding.
    """
    text = decode(line.rstrip(b"\r\n"))[0]
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError("Q_BAD_ENCODING", "these bytes are no text", "write UTF-8", f"-:{number}")
    return text


def with_mentions(scored: Scored) -> Iterator[dict[str, Any]]:
    """Yield each scored verbatim as JSON knows it, with its mentions."""
    mentions = {
        name: list(json_rows(group.drop(columns="verbatim_id")))
        for name, group in scored.mentions.groupby("verbatim_id")
    }
    for row in json_rows(scored.verbatims):
        yield {**row, "mentions": mentions.get(row["verbatim_id"], [])}

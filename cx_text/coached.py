"""The coaching sheet of one agent or team: what to open with, what to talk about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cx_text.counting import accountable
from cx_text.errors import UsageError
from cx_text.events import BEHAVIOUR, OVERALL, described, events_of, evidence
from cx_text.explaining.source import read_source, unknown
from cx_text.records import COACHING, Collection, Result
from cx_text.reports import write_files, write_sheet
from cx_text.reports.sheet import Who
from cx_text.retelling import Part, Retold, Teller
from cx_text.stages.periods import collect, without

OFTEN = 3
"""Fewest comments of which a strength is made that does not stand out."""


def coaching_sheet(workspace: Path, part: Part, flag: str, output: Path) -> Retold:
    """Return the coaching sheet of an agent or team, written to the folder `output`.

    Args:
        workspace: the folder that holds all state.
        part: which comments; an empty one is all of the report's window.
        flag: ``agent=NAME`` or ``team=NAME``.
        output: the folder.

    Raises:
        UsageError: the flag, the part, the agent or the team is not known; the nearest is named.
        WorkspaceError: there is no workspace, it is damaged, or it has not learned yet.
    """
    who, name = _who(flag)
    teller = Teller(read_source(workspace))
    result, config = teller.result(teller.known(part), None)
    names = set((result.agents if who == "agent" else result.findings.teams)[who].dropna())
    if name not in names:
        unknown(who, name, names, f"see the {who}s of the last report")
    collection = collect(result.scored, teller.source.taxonomy.catalogue, config)[0]
    told = with_strength(result, without(collection, teller.source.taxonomy.muted), who, name)
    file = f"coaching-{who}-{slug(name)}.html"
    [path] = write_files(output, {file: partial(write_sheet, told, config, who, name)})
    return Retold({"coaching": {"kind": who, "name": name}, "sheet": str(path)}, output)


def _who(flag: str) -> tuple[Who, str]:
    """Return who a sheet is for.

    Raises:
        UsageError: E_PART, the flag is neither agent=NAME nor team=NAME.
    """
    kind, _, name = flag.partition("=")
    if kind not in {"agent", "team"} or not name:
        raise UsageError("E_PART", f"--coaching {flag} names nobody", "write agent=NAME or team=NAME")
    return ("agent" if kind == "agent" else "team"), name


def slug(name: str) -> str:
    """Return a name as part of the name of a file.

    >>> slug("Marco Bellini"), slug("../../etc"), slug("***")
    ('marco-bellini', 'etc', 'unnamed')
    """
    return "-".join(re.findall(r"\w+", name.casefold()))[:60] or "unnamed"


def with_strength(result: Result, collection: Collection, who: Who, name: str) -> Result:
    """Return the result with a strength of an agent or team, if table COACHING celebrates none.

    It is what customers praise most often, at least three times: a behaviour, else a theme.
    """
    coaching = result.coaching
    celebrated = (coaching["direction"] == "celebrate") & (coaching["scope"] == _scope(who))
    if (celebrated & (coaching[who] == name)).fillna(value=False).any():
        return result
    found = list(_strengths(collection, who, name))
    told = (
        COACHING.frame(pd.concat([coaching, COACHING.frame(found)], ignore_index=True)) if found else coaching
    )
    ids = [one for row in found for one in row["evidence"]]
    rows = result.verbatims[result.verbatims["verbatim_id"].isin(ids)]
    quotes = {**result.quotes, **dict(zip(rows["verbatim_id"], rows["text"].fillna(""), strict=True))}
    return replace(result, findings=replace(result.findings, coaching=told), quotes=quotes)


def _scope(who: Who) -> str:
    """Return the scope of coaching topics of an agent or team."""
    return "individual" if who == "agent" else "team"


def _strengths(collection: Collection, who: Who, name: str) -> Iterator[dict[str, Any]]:
    """Yield what is praised most often, as a row of COACHING."""
    good = events_of(collection, 1)
    mine = (accountable(collection, who) == name).to_numpy(dtype=bool)
    counts = np.asarray(good.matrix[np.flatnonzero(mine)].sum(axis=0)).ravel().tolist()
    topics = [place for place, n in enumerate(counts) if n >= OFTEN and good.topics[place] != OVERALL]
    topics.sort(key=lambda one: (good.kinds[one] != BEHAVIOUR, -counts[one], good.topics[one]))
    for one in topics[:1]:
        yield {
            **described(good, one),
            "rank": 10_000,
            "scope": _scope(who),
            who: name,
            "direction": "celebrate",
            "n": int(mine.sum()),
            "count": int(counts[one]),
            "evidence": evidence(collection, good, good.topics[one], mine),
        }

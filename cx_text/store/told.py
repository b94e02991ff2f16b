"""The findings of a run as bytes, so that its reports can be told again: ids and numbers, no texts."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from typing import Any

import pandas as pd

from cx_text.records import REJECTED, Findings, Kind
from cx_text.store.cells import cells, column

WORDED = ("label", "message")
"""The columns of findings that hold words of customers, beside keywords."""


@dataclass(frozen=True)
class Told:
    """What a run found, beside its rows and its record.

    Attributes:
        findings: its findings.
        rejected: the rows it set aside, table REJECTED.
        shown: ids of the verbatims that its reports quote, in their order.
    """

    findings: Findings
    rejected: pd.DataFrame
    shown: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Return all of it as compressed JSON; equal findings give equal bytes."""
        body = {
            "findings": {one.name: _plain(getattr(self.findings, one.name)) for one in fields(Findings)},
            "rejected": _plain(self.rejected),
            "shown": list(self.shown),
        }
        return zlib.compress(json.dumps(body, default=_number).encode())

    @classmethod
    def from_bytes(cls, data: bytes) -> Told:
        """Return what `to_bytes` gave."""
        body = json.loads(zlib.decompress(data))
        findings = Findings(**{name: _value(told) for name, told in body["findings"].items()})
        return cls(findings, _value(body["rejected"]), tuple(body["shown"]))

    def without(self, ids: AbstractSet[str]) -> Told:
        """Return it without the verbatims `ids`; the numbers stay as they were counted.

        Rows that were set aside name no customer and may be anybody's: their values go, file and line
        stay.
        """
        tables = {one.name: getattr(self.findings, one.name) for one in fields(Findings)}
        bare = {name: _without(one, ids) for name, one in tables.items() if isinstance(one, pd.DataFrame)}
        return Told(
            replace(self.findings, **bare),
            REJECTED.frame(self.rejected.assign(raw=None)),
            tuple(one for one in self.shown if one not in ids),
        )

    def reworded(self, change: Callable[[str], str]) -> Told:
        """Return it with labels, keywords and messages as `change` makes them."""
        tables = {one.name: getattr(self.findings, one.name) for one in fields(Findings)}
        new = {name: _reworded(one, change) for name, one in tables.items() if isinstance(one, pd.DataFrame)}
        warnings = [change(one) for one in self.findings.warnings]
        return replace(self, findings=replace(self.findings, **new, warnings=warnings))


def _reworded(frame: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """Return a table with labels, keywords and messages as `change` makes them."""
    texts = {name: frame[name].map(change, na_action="ignore") for name in WORDED if name in frame}
    if "keywords" in frame:
        texts["keywords"] = pd.Series([[*map(change, cell)] for cell in frame["keywords"]], dtype=object)
    return frame.assign(**texts)


def _without(frame: pd.DataFrame, ids: AbstractSet[str]) -> pd.DataFrame:
    """Return a table without the rows about `ids`, and without these in its lists."""
    kept = frame[~_about(frame).isin(ids)].reset_index(drop=True)
    lists = [name for name, kind in kept.dtypes.items() if str(kind) == Kind.LIST.value]
    return kept.assign(
        **{name: [[one for one in cell if one not in ids] for cell in kept[name]] for name in lists}
    )


def _about(frame: pd.DataFrame) -> pd.Series:
    """Return the verbatim that each row is about, missing where it is about more than one."""
    if {"kind", "subject"} <= set(frame.columns):
        return frame["subject"].where(frame["kind"] == "verbatim")
    return frame.get("verbatim_id", pd.Series(None, index=frame.index, dtype=object))


def _plain(value: Any) -> Any:
    """Return a table as its columns with their kinds, a time as text, anything else as it is."""
    if isinstance(value, pd.Timestamp) or value is pd.NaT:
        return {"time": None if value is pd.NaT else value.isoformat()}
    if not isinstance(value, pd.DataFrame):
        return value
    kinds = {name: Kind(str(values.dtype)) for name, values in value.items()}
    return {"table": [[name, kind, cells(value[name], kind)] for name, kind in kinds.items()]}


def _value(told: Any) -> Any:
    """Return the inverse of `_plain`."""
    if isinstance(told, Mapping) and set(told) == {"time"}:
        return pd.Timestamp(told["time"])
    if not isinstance(told, Mapping) or set(told) != {"table"}:
        return told
    return pd.DataFrame({name: column(values, Kind(kind)) for name, kind, values in told["table"]})


def _number(value: Any) -> Any:
    """Return a number of numpy as a plain one."""
    return value.item()

"""The nouns of the house: Verbatims -> Scored -> Findings, and the columns of their tables.

A table is a pandas DataFrame with exactly the columns of its `Table`, in that order and of that
kind; `Table.frame` is the door where this is checked, once. Published floats are rounded there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

SCHEMA_VERSION = 6
DECIMALS = 6
FIRST_RUN = "R000001"
"""The id of the first run of a workspace."""
MAX_EVIDENCE = 25


class Kind(StrEnum):
    """What a column holds; the value is its pandas dtype."""

    TEXT = "str"
    NUMBER = "float64"
    COUNT = "Int64"
    TIME = "datetime64[us, UTC]"
    FLAG = "boolean"
    LIST = "object"


def published(values: Any) -> Any:
    """Return numbers rounded to 6 decimals with -0.0 as 0.0; the only rounding of results.

    >>> float(published(-0.0000001)), float(published(1 / 3))
    (0.0, 0.333333)
    """
    return np.round(np.asarray(values, dtype=np.float64), DECIMALS) + 0.0


@dataclass(frozen=True)
class Table:
    """The columns of one published table, by name and kind."""

    name: str
    columns: Mapping[str, Kind]

    def frame(
        self, data: Mapping[str, Any] | Iterable[Mapping[str, Any]] | pd.DataFrame = ()
    ) -> pd.DataFrame:
        """Return `data` as this table: all columns, their kinds, floats rounded, a fresh index.

        `data` holds columns by name, or rows as mappings, or is a frame; what it lacks is empty.
        Further columns are kept behind only when named ``attr_*`` (attributes of the input).

        Raises:
            ValueError: a column is unknown, or lengths differ (a mistake of ours).
        """
        raw = pd.DataFrame(data if isinstance(data, (Mapping, pd.DataFrame)) else list(data))
        raw = raw.reset_index(drop=True)
        kinds = dict(self.columns) | dict.fromkeys(attributes(raw.columns), Kind.TEXT)
        if unknown := sorted(set(raw.columns) - set(kinds)):
            message = f"{self.name} has no column {', '.join(unknown)}"
            raise ValueError(message)
        columns = {name: typed(raw.get(name), kind, raw.index) for name, kind in kinds.items()}
        return pd.DataFrame(columns, index=raw.index)


def attributes(names: Iterable[str]) -> list[str]:
    """Return the names of kept attributes (prefix ``attr_``), sorted."""
    return sorted(name for name in names if name.startswith("attr_"))


def typed(values: pd.Series | None, kind: Kind, index: pd.Index) -> pd.Series:
    """Return `values` (or emptiness) as one column of `kind`; lists become lists of text."""
    if values is None:
        if kind is Kind.LIST:
            return pd.Series([[] for _ in index], index=index, dtype=object)
        return pd.Series(index=index, dtype=kind.value)
    if kind is Kind.LIST:
        return pd.Series([listed(item) for item in values], index=index, dtype=object)
    if kind is Kind.NUMBER:
        return pd.Series(published(pd.to_numeric(values).astype("float64")), index=index)
    if kind is Kind.TIME:
        return pd.to_datetime(values, utc=True, format="ISO8601").astype(kind.value)
    return values.astype(kind.value)


def listed(item: Any) -> list[str]:
    """Return a list cell as a plain list of text; an empty cell is an empty list."""
    if isinstance(item, (list, tuple, np.ndarray)):
        return [str(part) for part in item]
    return []


TEXT, NUMBER, COUNT, TIME, FLAG, LIST = (
    Kind.TEXT,
    Kind.NUMBER,
    Kind.COUNT,
    Kind.TIME,
    Kind.FLAG,
    Kind.LIST,
)

GROUPS = ("channel", "agent", "team", "customer_id", "contact_reason", "question", "product")
SCORE_COLUMNS = ("csat", "nps", "ces")
MEASURES = ("first_response_minutes", "handle_minutes", "value")

CANONICAL: Mapping[str, Kind] = {
    "verbatim_id": TEXT,
    "created_at": TIME,
    **dict.fromkeys(GROUPS, TEXT),
    "language": TEXT,
    **dict.fromkeys(SCORE_COLUMNS, NUMBER),
    "resolved": FLAG,
    **dict.fromkeys(MEASURES, NUMBER),
}

STATUSES = ("themed", "unthemed", "non_answer", "boilerplate", "other_language")
SUBSTANTIVE = ("themed", "unthemed")
SENTIMENT_LABELS = ("negative", "neutral", "positive", "mixed")

INPUT = Table("input", {**CANONICAL, "verbatim": TEXT, "content_hash": TEXT})

VERBATIMS = Table(
    "verbatims",
    {
        **CANONICAL,
        "text": TEXT,
        "status": TEXT,
        "sentiment": NUMBER,
        "sentiment_label": TEXT,
        "effort": NUMBER,
        "emotion": TEXT,
        "contacts": COUNT,
        "repeat_contact": FLAG,
        "risks": LIST,
        "journey": TEXT,
        "theme_id": TEXT,
        "theme_ids": LIST,
        "behaviours": LIST,
        "attribution": TEXT,
        "conflict": FLAG,
        "duplicate_of": TEXT,
    },
)
COUNTED = Table(
    "counted",
    {name: kind for name, kind in VERBATIMS.columns.items() if name != "text"}
    | {"text_key": TEXT, "length": COUNT, "named_agent": TEXT},
)
"""VERBATIMS as numbers and names. For `text` there are a key that repeated texts share, a number of words,
and the agent whom it names beside its own one, empty without one (see `cx_text.stages.naming`)."""
MENTIONS = Table(
    "mentions",
    {
        "verbatim_id": TEXT,
        "start": COUNT,
        "end": COUNT,
        "theme_id": TEXT,
        "sentiment": NUMBER,
        "confidence": NUMBER,
        "attribution": TEXT,
    },
)
THEMES = Table(
    "themes",
    {
        "rank": COUNT,
        "rank_low": COUNT,
        "rank_high": COUNT,
        "theme_id": TEXT,
        "parent_theme_id": TEXT,
        "label": TEXT,
        "keywords": LIST,
        "status": TEXT,
        "attribution": TEXT,
        "volume": COUNT,
        "share": NUMBER,
        "share_low": NUMBER,
        "share_high": NUMBER,
        "negative_share": NUMBER,
        "sentiment": NUMBER,
        "stability": NUMBER,
        "impact_metric": TEXT,
        "impact_leaveout": NUMBER,
        "impact_adjusted": NUMBER,
        "impact_low": NUMBER,
        "impact_high": NUMBER,
        "effect_per_mention": NUMBER,
        "driver": FLAG,
        "beside_theme_id": TEXT,
        "basis": TEXT,
        "at_stake": NUMBER,
        "cost": NUMBER,
        "loss": NUMBER,
        "intensity": NUMBER,
        "recurrence": NUMBER,
        "reach": NUMBER,
        "momentum": NUMBER,
        "vague": FLAG,
        "priority": NUMBER,
        "trend": TEXT,
        "channels": LIST,
        "evidence": LIST,
    },
)
ISSUES = Table(
    "issues",
    {
        "rank": COUNT,
        "issue_id": TEXT,
        "theme_id": TEXT,
        "label": TEXT,
        "status": TEXT,
        "state": TEXT,
        "scope": TEXT,
        "pattern": TEXT,
        "opened": TIME,
        "since": TEXT,
        "first_seen": TIME,
        "last_seen": TIME,
        "periods_present": COUNT,
        "periods_observed": COUNT,
        "customers": COUNT,
        "count": COUNT,
        "rate": NUMBER,
        "baseline_rate": NUMBER,
        "rate_ratio": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "q_value": NUMBER,
        "severity": NUMBER,
        "evidence": LIST,
    },
)
CHANNELS = Table(
    "channels",
    {
        "channel": TEXT,
        "theme_id": TEXT,
        "label": TEXT,
        "n": COUNT,
        "count": COUNT,
        "expected": NUMBER,
        "rate": NUMBER,
        "oe_ratio": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "q_value": NUMBER,
        "verdict": TEXT,
        "support": NUMBER,
    },
)
AGENTS = Table(
    "agents",
    {
        "agent": TEXT,
        "team": TEXT,
        "topic": TEXT,
        "topic_kind": TEXT,
        "label": TEXT,
        "n": COUNT,
        "count": COUNT,
        "expected": NUMBER,
        "oe_ratio": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "probability": NUMBER,
        "state": TEXT,
        "direction": TEXT,
        "reversal": FLAG,
        "pooled_ratio": NUMBER,
        "expected_after": NUMBER,
        "support": NUMBER,
        "strata": COUNT,
        "left_out": COUNT,
        "attribution": TEXT,
    },
)
TEAMS = Table("teams", {name: kind for name, kind in AGENTS.columns.items() if name != "agent"})
"""Teams x topics against other teams, with the columns of AGENTS; a sheet of the workbook."""
COACHING = Table(
    "coaching",
    {
        "rank": COUNT,
        "scope": TEXT,
        "agent": TEXT,
        "team": TEXT,
        "topic": TEXT,
        "label": TEXT,
        "direction": TEXT,
        "count": COUNT,
        "expected": NUMBER,
        "oe_ratio": NUMBER,
        "probability": NUMBER,
        "evidence": LIST,
        "topic_kind": TEXT,
        "n": COUNT,
        "low": NUMBER,
        "high": NUMBER,
        "state": TEXT,
        "expected_after": NUMBER,
        "support": NUMBER,
        "related": LIST,
        "good_evidence": LIST,
    },
)
ALERTS = Table(
    "alerts",
    {
        "alert_id": TEXT,
        "created_at": TIME,
        "kind": TEXT,
        "state": TEXT,
        "severity": NUMBER,
        "subject": TEXT,
        "message": TEXT,
        "evidence": LIST,
    },
)
SCORES = Table(
    "scores",
    {
        "metric": TEXT,
        "scope": TEXT,
        "period": TEXT,
        "value": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "error": NUMBER,
        "n": COUNT,
    },
)
TRENDS = Table(
    "trends",
    {
        "period": TEXT,
        "theme_id": TEXT,
        "channel": TEXT,
        "n": COUNT,
        "count": COUNT,
        "rate": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
    },
)
REJECTED = Table(
    "rejected",
    {
        "file": TEXT,
        "line": COUNT,
        "code": TEXT,
        "column": TEXT,
        "reason": TEXT,
        "raw": TEXT,
    },
)

CSV_TABLES = (THEMES, ISSUES, CHANNELS, AGENTS, COACHING, ALERTS, SCORES, TRENDS)
ROW_TABLES = (VERBATIMS, MENTIONS)

CATALOGUE = Table(
    "catalogue",
    {
        "theme_id": TEXT,
        "label": TEXT,
        "keywords": LIST,
        "size": COUNT,
        "stability": NUMBER,
        "parent_theme_id": TEXT,
    },
)
GENERAL_THEMES = {"general-praise": "general praise", "general-complaint": "general complaint"}
"""Ids and labels of the themes of opinions without a reason; they follow those that were learned."""

LINKS = Table(
    "links",
    {"row": COUNT, "theme_id": TEXT, "sentiment": NUMBER, "confidence": NUMBER, "attribution": TEXT},
)
DRIVERS = Table(
    "drivers",
    {
        "theme_id": TEXT,
        "label": TEXT,
        "tone": TEXT,
        "metric": TEXT,
        "n": COUNT,
        "customers": COUNT,
        "share": NUMBER,
        "effect": NUMBER,
        "effect_low": NUMBER,
        "effect_high": NUMBER,
        "error": NUMBER,
        "impact": NUMBER,
        "impact_low": NUMBER,
        "impact_high": NUMBER,
        "promoters": NUMBER,
        "detractors": NUMBER,
        "leaveout": NUMBER,
        "leaveout_low": NUMBER,
        "leaveout_high": NUMBER,
        "q_value": NUMBER,
        "driver": FLAG,
        "beside_theme_id": TEXT,
    },
)
"""What the primary score goes with, see `cx_text.stages.drivers.find_drivers`; a sheet of the workbook."""
EXPERIENCE = Table(
    "experience",
    {
        "scope": TEXT,
        "label": TEXT,
        "measure": TEXT,
        "item": TEXT,
        "n": COUNT,
        "count": COUNT,
        "value": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
    },
)
"""How it was for customers, see `cx_text.stages.breakdowns.experience`; a sheet of the workbook."""
RISKS = Table("risks", {"verbatim_id": TEXT, "created_at": TIME, "channel": TEXT, "kinds": LIST})
"""Comments that a person should read first, see `cx_text.stages.breakdowns.urgent`."""
CONFLICTS = Table(
    "conflicts",
    {"verbatim_id": TEXT, "created_at": TIME, "channel": TEXT, "rating": TEXT, "sentiment": NUMBER},
)
"""Comments that contradict their rating, see `cx_text.stages.ratings.contradictions`."""
CONSISTENCY = Table(
    "consistency",
    {
        "scope": TEXT,
        "label": TEXT,
        "n": COUNT,
        "support": NUMBER,
        "index": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "p_value": NUMBER,
        "contribution": NUMBER,
        "above": LIST,
        "below": LIST,
    },
)
"""How alike channels are, see `cx_text.stages.consistency.consistency`; a sheet of the workbook."""
NOT_TRAINING = Table(
    "not_training",
    {
        "topic": TEXT,
        "topic_kind": TEXT,
        "label": TEXT,
        "attribution": TEXT,
        "acts": TEXT,
        "n": COUNT,
        "count": COUNT,
        "share": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "evidence": LIST,
    },
)
"""Common complaints that no training mends, see `cx_text.stages.widespread.not_training`."""

CHANGES = Table(
    "changes",
    {
        "measure": TEXT,
        "theme_id": TEXT,
        "label": TEXT,
        "part_before": TEXT,
        "part_after": TEXT,
        "n_before": COUNT,
        "n_after": COUNT,
        "before": NUMBER,
        "before_low": NUMBER,
        "before_high": NUMBER,
        "after": NUMBER,
        "after_low": NUMBER,
        "after_high": NUMBER,
        "difference": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "q_value": NUMBER,
        "mix_effect": NUMBER,
        "rate_effect": NUMBER,
        "one_sided": NUMBER,
        "verdict": TEXT,
    },
)
"""What is different between two parts, see `cx_text.stages.changes.compare`; a sheet of the workbook."""
ACTIONS = Table(
    "actions",
    {
        "since": TEXT,
        "edit": COUNT,
        "theme_id": TEXT,
        "label": TEXT,
        "note": TEXT,
        "weeks_before": COUNT,
        "weeks_after": COUNT,
        "n_before": COUNT,
        "n_after": COUNT,
        "count_before": COUNT,
        "count_after": COUNT,
        "rate_before": NUMBER,
        "rate_before_low": NUMBER,
        "rate_before_high": NUMBER,
        "rate_after": NUMBER,
        "rate_after_low": NUMBER,
        "rate_after_high": NUMBER,
        "ratio": NUMBER,
        "ratio_low": NUMBER,
        "ratio_high": NUMBER,
        "others_ratio": NUMBER,
        "relative": NUMBER,
        "relative_low": NUMBER,
        "relative_high": NUMBER,
        "metric": TEXT,
        "score_n_before": COUNT,
        "score_n_after": COUNT,
        "score_before": NUMBER,
        "score_after": NUMBER,
        "score_difference": NUMBER,
        "score_low": NUMBER,
        "score_high": NUMBER,
        "verdict": TEXT,
    },
)
"""What people noted of themes and how it went since, see `cx_text.stages.actions.actions`; a sheet."""
CLOSED = Table(
    "closed",
    {
        "issue_id": TEXT,
        "theme_id": TEXT,
        "label": TEXT,
        "scope": TEXT,
        "status": TEXT,
        "opened": TIME,
        "last_seen": TIME,
        "closed": TIME,
    },
)
"""Issues that earlier runs told and this one does not, see `cx_text.stages.episodes.closed_issues`."""

RUN_HISTORY = Table("run history", {"run_id": TEXT, "now": TIME})
"""The runs of the past in order, and the newest moment that each one observed."""
ISSUE_HISTORY = Table(
    "issue history",
    {
        "run_id": TEXT,
        **{
            name: ISSUES.columns[name]
            for name in (
                "issue_id",
                "theme_id",
                "label",
                "scope",
                "status",
                "opened",
                "first_seen",
                "last_seen",
            )
        },
    },
)
"""What each run of the past said of each issue."""
ALERT_HISTORY = Table("alert history", {"alert_id": TEXT, "kind": TEXT, "created_at": TIME, "last": TIME})
"""Alerts of the past: when each was new, and when last raised (both in data time)."""


@dataclass(frozen=True)
class Verbatims:
    """n verbatims as their writers sent them, not yet redacted: a frame of table INPUT."""

    frame: pd.DataFrame

    def __len__(self) -> int:
        """Return the number of verbatims."""
        return len(self.frame)


@dataclass(frozen=True)
class Scored:
    """What the per-text half says: n rows of VERBATIMS and their MENTIONS."""

    verbatims: pd.DataFrame
    mentions: pd.DataFrame

    def __len__(self) -> int:
        """Return the number of verbatims."""
        return len(self.verbatims)


@dataclass(frozen=True)
class Collection:
    """What the per-collection half counts: many scored verbatims as numbers and ids, no texts.

    Attributes:
        verbatims: COUNTED, plus `period` (number of the period since the first, -1 without a date or
            outside the observed span) and `day` (number of the day since the start of the first period, -1
            likewise); ordered by (created_at, verbatim_id), index 0..n-1.
        links: one row a verbatim x theme: `row` (index into `verbatims`), `theme_id`, `sentiment`
            (mean over the mentions), `confidence` (the highest), `attribution` (that of most mentions,
            ties: the first by name); ordered by (row, theme_id).
        catalogue: the themes, table CATALOGUE.
        periods: the start of each period as ISO date text, without gaps; empty without dates.
        period_days: length of a period in days (1 or 7).
        last_complete: False where the newest period is only partly observed.
        days: number of days, from the start of the first period on, that were observed to their end.
    """

    verbatims: pd.DataFrame
    links: pd.DataFrame
    catalogue: pd.DataFrame
    periods: Sequence[str]
    period_days: int
    last_complete: bool
    days: int = 0

    @property
    def substantive(self) -> pd.Series:
        """One flag a verbatim: it has content to be themed (themed or unthemed)."""
        return self.verbatims["status"].isin(SUBSTANTIVE)

    @property
    def now(self) -> pd.Timestamp:
        """The newest moment that counts as observed; not a time (NaT) without dates."""
        return self.verbatims.loc[self.verbatims["period"] >= 0, "created_at"].max()


@dataclass(frozen=True)
class Past:
    """What earlier finished runs of a workspace told; empty for a first run, and without a workspace.

    Attributes:
        runs: table RUN_HISTORY, the oldest first.
        issues: table ISSUE_HISTORY.
        alerts: table ALERT_HISTORY.
    """

    runs: pd.DataFrame = field(default_factory=RUN_HISTORY.frame)
    issues: pd.DataFrame = field(default_factory=ISSUE_HISTORY.frame)
    alerts: pd.DataFrame = field(default_factory=ALERT_HISTORY.frame)


@dataclass(frozen=True)
class Findings:
    """What the per-collection half says: the published tables, metrics and the coverage.

    `closed` are the issues of earlier runs that are no longer found (table CLOSED), `now` is the newest
    moment that counts as observed.
    """

    themes: pd.DataFrame
    issues: pd.DataFrame
    channels: pd.DataFrame
    agents: pd.DataFrame
    coaching: pd.DataFrame
    alerts: pd.DataFrame
    scores: pd.DataFrame
    trends: pd.DataFrame
    metrics: Mapping[str, Mapping[str, float | int | None]]
    coverage: Mapping[str, int]
    warnings: Sequence[str] = ()
    experience: pd.DataFrame = field(default_factory=EXPERIENCE.frame)
    risks: pd.DataFrame = field(default_factory=RISKS.frame)
    conflicts: pd.DataFrame = field(default_factory=CONFLICTS.frame)
    changes: pd.DataFrame = field(default_factory=CHANGES.frame)
    actions: pd.DataFrame = field(default_factory=ACTIONS.frame)
    closed: pd.DataFrame = field(default_factory=CLOSED.frame)
    now: pd.Timestamp = field(default_factory=lambda: pd.NaT)
    teams: pd.DataFrame = field(default_factory=TEAMS.frame)
    consistency: pd.DataFrame = field(default_factory=CONSISTENCY.frame)
    not_training: pd.DataFrame = field(default_factory=NOT_TRAINING.frame)
    drivers: pd.DataFrame = field(default_factory=DRIVERS.frame)


@dataclass(frozen=True)
class Result:
    """All that one run has to tell; every report is told from this and nothing else.

    Attributes:
        scored: the rows taken in by this run.
        findings: the tables over the workspace's window as of this run.
        rejected: quarantined rows of this run, table REJECTED.
        record: the content of ``run.json``.
        quotes: redacted text by verbatim_id, for every evidence id and theme quote.
    """

    scored: Scored
    findings: Findings
    rejected: pd.DataFrame
    record: Mapping[str, Any]
    quotes: Mapping[str, str] = field(default_factory=dict)

    @property
    def verbatims(self) -> pd.DataFrame:
        """The scored verbatims, table VERBATIMS."""
        return self.scored.verbatims

    @property
    def mentions(self) -> pd.DataFrame:
        """The mentions, table MENTIONS."""
        return self.scored.mentions

    @property
    def themes(self) -> pd.DataFrame:
        """Themes, ranked, table THEMES."""
        return self.findings.themes

    @property
    def issues(self) -> pd.DataFrame:
        """Recurring and emerging issues, ranked, table ISSUES."""
        return self.findings.issues

    @property
    def channels(self) -> pd.DataFrame:
        """Channels x themes against what their mix lets expect, table CHANNELS."""
        return self.findings.channels

    @property
    def agents(self) -> pd.DataFrame:
        """Agents x topics against what their mix lets expect, table AGENTS."""
        return self.findings.agents

    @property
    def coaching(self) -> pd.DataFrame:
        """Coaching topics, ranked, table COACHING."""
        return self.findings.coaching

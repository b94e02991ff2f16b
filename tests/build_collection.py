"""Small collections for tests: rows as mappings, links as (row, theme, sentiment[, confidence])."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cx_text.records import CATALOGUE, LINKS, VERBATIMS, Collection

Link = tuple[int, str, float] | tuple[int, str, float, float]


def collection(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
    links: Sequence[Link] | pd.DataFrame,
    labels: Mapping[str, str] | None = None,
    periods: int = 0,
) -> Collection:
    """Return a collection; what a row lacks is filled in: ids v00000.., themed where it has a link.

    `labels` are the catalogue (default: each theme that occurs, labelled by its id); `periods` the
    number of weeks observed.
    """
    told = pd.DataFrame(links, columns=["row", "theme_id", "sentiment", "confidence"][: _width(links)])
    told = LINKS.frame(told.assign(confidence=told.get("confidence", 0.9)))
    told = told.sort_values(["row", "theme_id"], kind="stable").reset_index(drop=True)
    frame = pd.DataFrame(rows).reset_index(drop=True)
    if "created_at" in frame and "day" not in frame:
        day = (pd.to_datetime(frame["created_at"], utc=True) - pd.Timestamp("2026-01-05", tz="UTC")).dt.days
        frame = frame.assign(day=day.where(frame.get("period", -1) >= 0, -1))
    names = labels if labels is not None else {name: name for name in sorted(set(told["theme_id"]))}
    return Collection(
        verbatims=_verbatims(frame, told),
        links=told,
        catalogue=CATALOGUE.frame(
            {"theme_id": list(names), "label": list(names.values()), "keywords": [[] for _ in names]}
        ),
        periods=[str(day.date()) for day in pd.date_range("2026-01-05", periods=periods, freq="7D")],
        period_days=7,
        last_complete=True,
        days=7 * periods,
    )


def _width(links: Sequence[Link] | pd.DataFrame) -> int:
    """Return how many columns the links have."""
    if isinstance(links, pd.DataFrame):
        return len(links.columns)
    return len(links[0]) if len(links) else 4


def _verbatims(frame: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return the verbatims with all columns, the sentiment label from the worst and best link."""
    ids = pd.Series([f"v{number:05d}" for number in range(len(frame))], dtype="str")
    themed = frame.index.isin(links["row"].astype("int64"))
    mean = links.groupby("row")["sentiment"].mean().reindex(frame.index)
    nobody = pd.Series([None] * len(frame), dtype="str")
    extra = {
        "period": frame.get("period", -1),
        "day": frame.get("day", -1),
        "text_key": frame.get("text_key", ids),
        "length": frame.get("length", 10),
        "named_agent": frame.get("named_agent", nobody),
    }
    given = {
        "verbatim_id": ids,
        "status": np.where(themed, "themed", "unthemed"),
        "sentiment_label": np.select([mean <= -0.05, mean >= 0.05], ["negative", "positive"], "neutral"),
    }
    known = frame.drop(columns=[name for name in extra if name in frame.columns])
    full = VERBATIMS.frame(known.assign(**{name: given[name] for name in given if name not in known}))
    return full.drop(columns=["text"]).assign(**extra)


@dataclass(frozen=True)
class Centre:
    """A made-up contact centre in which agents, channels and themes are as the numbers say.

    `agents` work in `teams` (agent a0 in T0, a1 in T1, ...) and in all `channels`; each verbatim speaks
    of each of `themes` with probability `rate`, four in five times badly. `planted` multiplies the
    rate of (agent number, theme number).
    """

    n: int = 6000
    agents: int = 30
    teams: int = 5
    channels: int = 3
    themes: int = 6
    rate: float = 0.06
    planted: Mapping[tuple[int, int], float] = field(default_factory=dict)

    def collection(self, seed: int) -> Collection:
        """Return a collection of this centre."""
        random = np.random.default_rng(seed)
        agent, channel = random.integers(0, self.agents, self.n), random.integers(0, self.channels, self.n)
        usual = random.uniform(0.5, 1.5, (self.channels, self.themes)) * self.rate
        factor = np.ones((self.agents, self.themes))
        for place, times in self.planted.items():
            factor[place] = times
        said = random.random((self.n, self.themes)) < usual[channel] * factor[agent]
        row, theme = np.nonzero(said)
        rows = {"agent": agent, "team": agent % self.teams, "channel": channel}
        names = {"agent": "a", "team": "T", "channel": "c"}
        frame = pd.DataFrame({name: [f"{names[name]}{x}" for x in part] for name, part in rows.items()})
        sentiment = np.where(random.random(row.size) < 0.8, -0.5, 0.5)
        links = pd.DataFrame({"row": row, "theme_id": [f"t{x}" for x in theme], "sentiment": sentiment})
        return collection(frame, links, labels={f"t{x}": f"theme {x}" for x in range(self.themes)})

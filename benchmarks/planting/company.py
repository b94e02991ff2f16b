"""A stock of scored comments by customers of the sample's company, with nothing planted in it.

Themes are learned once, from an export of their own; then every text of the stock is read once by
that frozen model. `drawing` makes exports of these rows, so that theme assignment and sentiment err
in them as they do in real ones, and a thousand exports cost no more reading than one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from math import fsum, prod
from pathlib import Path
from random import Random

import joblib
import numpy as np
import pandas as pd
from generate import HEADER, cells, meet, spread, written
from numpy.typing import NDArray
from scipy import special
from world import AGENTS, LANGUAGES, THEMES, WORLD, Customer, Row, Scene, draw, polarity_of

from cx_text.api import fit, load, save
from cx_text.records import CATALOGUE, MENTIONS, VERBATIMS, Scored
from cx_text.stages.periods import counted

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEARNED, STOCK = 6_000, 30_000
TRANSCRIPT = "Transcript"
"""A channel whose texts say three to five things each; one comment in five of the stock is one."""
SHARES: Mapping[str, float] = {name: spec["share"] for name, spec in THEMES.items()} | {
    "late": 5.0,
    "code": 4.0,
    "router": 1.5,
}
"""How often each theme is the main point; those that the calendar of the sample tilts get a usual size."""


@dataclass(frozen=True)
class Stock:
    """n scored comments and the truth about them.

    Attributes:
        rows: table COUNTED, n rows.
        mentions: table MENTIONS, row by row of `rows`.
        first: number of the first mention of each row, and of all mentions (n + 1).
        themes: the k themes that the generator knows.
        said: which row says which of these (n x k).
        felt: the score that each customer feels, before noise (n).
        worth: points that each theme adds to the chance of one of the two best answers, given what else is
            said (n x k, -100..100); 0 where it is not said.
        catalogue: the learned themes, table CATALOGUE.
        holders: ids of the learned themes that are mostly one of the generator's, by its name.
    """

    rows: pd.DataFrame
    mentions: pd.DataFrame
    first: Ints
    themes: tuple[str, ...]
    said: Flags
    felt: Floats
    worth: Floats
    catalogue: pd.DataFrame
    holders: Mapping[str, frozenset[str]]

    def share(self, theme: str) -> float:
        """Return the share of rows, transcripts aside, that say `theme`."""
        usual = (self.rows["channel"] != TRANSCRIPT).to_numpy()
        return float(self.said[usual, self.themes.index(theme)].mean())

    @cached_property
    def understood(self) -> Stock:
        """Return the stock as a reader without fault would score it: true themes, true feelings."""
        row, theme = np.nonzero(self.said)
        names = np.array(self.themes, dtype=object)
        feeling = np.sign([THEMES[name]["csat"] for name in self.themes]) * 0.6
        mentions = MENTIONS.frame(
            {
                "verbatim_id": self.rows["verbatim_id"].to_numpy()[row],
                "theme_id": names[theme],
                "sentiment": feeling[theme],
                "confidence": np.ones(len(row)),
            }
        )
        first = np.pad(self.said.sum(axis=1).cumsum(), (1, 0))
        catalogue = CATALOGUE.frame({"theme_id": names, "label": names})
        holders = {name: frozenset({name}) for name in self.themes}
        return replace(self, mentions=mentions, first=first, catalogue=catalogue, holders=holders)


def made(folder: Path, workers: int, learned: int = LEARNED, stock: int = STOCK) -> Path:
    """Return the file of a stock of about `stock` comments, made with at most `workers` processes."""
    pipeline = fit(frame_of(neutral_rows(learned, 1)))
    save(pipeline, folder / "pipeline")
    rows = neutral_rows(stock, 2) + neutral_rows(stock // 4, 3, long=True)
    rows = [replace(row, number=f"R{number:07}") for number, row in enumerate(rows)]
    parts = [rows[start::workers] for start in range(workers)]
    jobs = (joblib.delayed(_scored)(folder / "pipeline", frame_of(part)) for part in parts)
    scored = joblib.Parallel(n_jobs=workers)(jobs)
    joblib.dump(_stocked(rows, scored, pipeline.themes), folder / "stock")
    return folder / "stock"


@lru_cache(maxsize=1)
def stock_of(path: Path) -> Stock:
    """Return the stock that `made` kept, read once a process."""
    stock: Stock = joblib.load(path)
    return stock


def neutral_rows(rows: int, seed: int, *, long: bool = False) -> list[Row]:
    """Return `rows` responses; nothing differs between channels, agents and weeks but by chance.

    With `long` they are transcripts, of which each theme's share is the higher as they say more.
    """
    rng, known = Random(seed), list[Customer]()
    answered = _transcribed if long else _answered
    return [replace(answered(rng, known), number=f"R{row:07}") for row in range(rows)]


def frame_of(rows: Sequence[Row]) -> pd.DataFrame:
    """Return rows as they would be exported."""
    return pd.DataFrame([cells(row) for row in rows], columns=list(HEADER))


def felt(themes: Sequence[str], *, angry: bool) -> float:
    """Return the mean of the score, before rounding, of a customer who says `themes`.

    >>> round(felt(["late"], angry=False), 6)
    2.5
    """
    cross = WORLD["csat_angry"] if angry and polarity_of(tuple(themes)) == "negative" else 0.0
    return float(WORLD["csat_base"] + fsum(THEMES[name]["csat"] for name in themes) + cross)


def top_box(mean: float) -> float:
    """Return the chance (in points) that a score with this mean is one of the two best answers.

    >>> top_box(3.5)
    50.0
    """
    return 100 * float(special.ndtr((mean - 3.5) / WORLD["csat_noise"]))


def _answered(rng: Random, known: list[Customer]) -> Row:
    """Return one response."""
    when, scene = _met(rng, draw(rng, WORLD["channels"]))
    customer = meet(rng, known)
    kinds = WORLD["kinds"]
    kind = draw(rng, {**kinds, "comment": 1 - fsum(kinds.values())})
    curt = customer.voice == "curt" or customer.language != "en"
    more = 0.0 if curt else WORLD["second_theme"] * (1.6 if customer.voice == "rambling" else 1)
    size = 1 + (rng.random() < more)
    size += size > 1 and customer.voice == "rambling" and rng.random() < 0.3
    reason, themes = _topics(rng, customer.language, size)
    return written(rng, Row(when, scene, customer, kind, reason, themes=themes if kind == "comment" else ()))


def _transcribed(rng: Random, known: list[Customer]) -> Row:
    """Return one transcript of a call, in English."""
    when, scene = _met(rng, "Phone")
    customer = replace(meet(rng, known), language="en")
    reason, themes = _topics(rng, "en", rng.choice((3, 4, 5)))
    row = written(rng, Row(when, scene, customer, "comment", reason, themes=themes))
    return replace(row, scene=replace(scene, channel=TRANSCRIPT))


def _met(rng: Random, channel: str) -> tuple[datetime, Scene]:
    """Return when a contact happens, which is set when it is drawn, and with whom, who may be named."""
    agent, team, pronoun, _ = rng.choice(AGENTS)
    scene = Scene(0, channel, evening=False, agent=agent, team=team, pronoun=pronoun)
    return datetime.combine(WORLD["first_monday"], datetime.min.time()), scene


def _topics(rng: Random, language: str, size: int) -> tuple[str, tuple[str, ...]]:
    """Return the contact reason and `size` themes, the main one first."""
    said = [draw(rng, {name: SHARES[name] for name in _spoken(language)})]
    reason = draw(rng, spread(said[0]))
    while len(said) < size:
        said.append(_another(rng, reason, said))
    return reason, tuple(said)


@lru_cache(maxsize=8)
def _spoken(language: str) -> tuple[str, ...]:
    """Return the themes that there are phrases for in `language`."""
    return tuple(name for name in THEMES if name in LANGUAGES.get(language, THEMES))


def _another(rng: Random, reason: str, said: Sequence[str]) -> str:
    """Return one more theme that fits `reason` and does not contradict what is `said`."""
    apart = WORLD["against"]
    fits = {
        name: SHARES[name]
        * spread(name)[reason]
        * prod(THEMES[old].get("with", {}).get(name, 1) for old in said)
        for name in THEMES
        if name not in said
        and not any(name in apart.get(old, ()) or old in apart.get(name, ()) for old in said)
    }
    return draw(rng, fits)


def _scored(path: Path, frame: pd.DataFrame) -> Scored:
    """Return `frame` as the pipeline kept at `path` scores it."""
    return load(path).score(frame)


def _stocked(rows: Sequence[Row], parts: Sequence[Scored], catalogue: pd.DataFrame) -> Stock:
    """Return the stock of `rows` with what was scored in `parts`."""
    verbatims = pd.concat([part.verbatims for part in parts])
    place = {row.number: number for number, row in enumerate(rows)}
    verbatims = verbatims.set_index(verbatims["verbatim_id"].map(place)).sort_index()
    mentions = pd.concat([part.mentions for part in parts], ignore_index=True)
    owner = mentions["verbatim_id"].map(place).to_numpy(dtype=np.int64)
    order = np.argsort(owner, kind="stable")
    themes = tuple(THEMES)
    said = np.array([[name in row.themes for name in themes] for row in rows])
    return Stock(
        rows=counted(VERBATIMS.frame(verbatims)),
        mentions=mentions.take(order).reset_index(drop=True),
        first=np.pad(np.bincount(owner, minlength=len(rows)).cumsum(), (1, 0)),
        themes=themes,
        said=said,
        felt=np.array([_felt(row) for row in rows]),
        worth=np.array([[_worth(row, name) for name in themes] for row in rows]),
        catalogue=catalogue,
        holders=holders(said, verbatims["theme_id"], themes),
    )


def _felt(row: Row) -> float:
    """Return the mean of the score of a response; a short word has its mood, a footer none."""
    if row.themes:
        return felt(row.themes, angry=row.customer.voice == "angry")
    mood = {"positive": 1.1, "negative": -1.4, "neutral": -0.3}.get(row.polarity, 0.2)
    return float(WORLD["csat_base"] + mood)


def _worth(row: Row, theme: str) -> float:
    """Return what `theme` adds to the chance of a good answer of `row`, all else as it is."""
    if theme not in row.themes:
        return 0.0
    angry, others = row.customer.voice == "angry", [name for name in row.themes if name != theme]
    return top_box(felt(row.themes, angry=angry)) - top_box(felt(others, angry=angry))


def holders(said: Flags, main: pd.Series, themes: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return, by name of the generator's theme, the ids of learned themes that are mostly it.

    Counted are the main themes of comments that say one thing only.

    Args:
        said: n x k, which comment says which theme.
        main: n ids, missing where a comment has no theme.
        themes: k names.
    """
    single = (said.sum(axis=1) == 1) & main.notna().to_numpy()
    truth = np.array(themes, dtype=object)[said[single].argmax(axis=1)]
    mostly = pd.crosstab(truth, main.to_numpy()[single]).idxmax()
    return {name: frozenset(mostly.index[mostly == name]) for name in themes}

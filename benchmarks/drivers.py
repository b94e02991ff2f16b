"""Whether drivers are right: intervals, signs and bystanders on planted effects, and how steady ranks are.

``python benchmarks/drivers.py [--replicates 200] [--sizes 1000,4000] [--data DIR]``. Worlds of numbers, no
texts: 24 themes of unlike size, some beside each other, customers who write again and tend to speak of the
same things, four channels, six months. The truth is what the regression says of 400,000 verbatims.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cx_text.api import analyze
from cx_text.config import Config
from cx_text.pipeline import find
from cx_text.records import CATALOGUE, LINKS, VERBATIMS, Collection, Scored
from cx_text.shipped import sample_path
from cx_text.stages.drivers import find_drivers

Floats = NDArray[np.float64]
ROOT = Path(__file__).parents[1]
THEMES = 24
TRUTH = 400_000
BYSTANDERS = {0: 1, 2: 3}
"""Harmless themes, each said in nearly half of the comments that speak of a harmful one, seldom elsewhere."""
TOP = 20
FIGURES = ("impact", "by tone", "lowest", "sign", "called", "beside", "width")


@dataclass(frozen=True)
class World:
    """What is true: how often themes come up, in which tone, what a mention does to the score."""

    rate: Floats
    badly: Floats
    well: Floats
    harm: Floats
    good: Floats
    loading: Floats

    @classmethod
    def draw(cls, seed: int) -> World:
        """Return a world of its own for each seed."""
        rng = np.random.default_rng(seed)
        rate = np.exp(rng.uniform(np.log(0.012), np.log(0.12), THEMES))
        badly = rng.choice([0.95, 0.8, 0.5, 0.1], THEMES, p=[0.45, 0.25, 0.15, 0.15])
        well = (1 - badly) * rng.uniform(0.3, 0.9, THEMES)
        harm = -rng.choice([0, 0, 0.08, 0.15, 0.25, 0.4], THEMES)
        good = rng.choice([0, 0.04, 0.08, 0.15], THEMES)
        for quiet, loud in BYSTANDERS.items():
            rate[loud], harm[loud], harm[quiet], good[quiet] = 0.09, -0.35, 0.0, 0.0
        return cls(rate, badly, well, harm, good, rng.normal(0, 0.5, (THEMES, 3)))

    def collection(self, n: int, rng: np.random.Generator) -> Collection:
        """Return n rated verbatims; half of them by customers who write again."""
        customer = np.where(rng.random(n) < 0.5, np.arange(n) + n, rng.integers(0, max(n // 2, 1), n))
        _, person = np.unique(customer, return_inverse=True)
        people = int(person.max()) + 1
        channel, month = rng.integers(0, 4, n), rng.integers(1, 7, n)
        said = self._said(rng, person, people, channel)
        draw = rng.random(said.shape)
        tone = np.where(draw < self.badly, -1, np.where(draw < self.badly + self.well, 1, 0))
        moved = np.where(tone < 0, self.harm, np.where(tone > 0, self.good, 0.3 * self.harm)) * said
        chance = 0.72 + moved.sum(axis=1) - 0.05 * (channel == 1) + 0.06 * (channel == 2) + 0.01 * month
        chance += 0.12 * rng.normal(size=people)[person]
        happy = rng.random(n) < np.clip(chance, 0.03, 0.97)
        row, theme = np.nonzero(said)
        frame = pd.DataFrame(
            {
                "verbatim_id": [f"v{place:07d}" for place in range(n)],
                "created_at": pd.to_datetime([f"2025-{one:02d}-15" for one in month], utc=True),
                "channel": [f"c{one}" for one in channel],
                "customer_id": [f"p{one}" for one in person],
                "csat": np.where(happy, 5.0, 2.0),
                "status": "themed",
            }
        )
        links = {
            "row": row,
            "theme_id": [f"t{one:02d}" for one in theme],
            "sentiment": 0.5 * tone[row, theme],
        }
        return Collection(
            VERBATIMS.frame(frame).assign(period=-1, text_key=frame["verbatim_id"]),
            LINKS.frame(links),
            CATALOGUE.frame({"theme_id": [f"t{one:02d}" for one in range(THEMES)]}),
            (),
            7,
            last_complete=True,
        )

    def _said(
        self, rng: np.random.Generator, person: NDArray[np.int64], people: int, channel: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Return which verbatim speaks of which theme."""
        n, spread = len(person), (self.loading**2).sum(axis=1)
        common = 0.8 * rng.normal(size=(people, 3))[person] + 0.6 * rng.normal(size=(n, 3))
        own = 0.6 * rng.normal(size=(people, THEMES))[person] + 0.8 * rng.normal(size=(n, THEMES))
        leaning = (common @ self.loading.T + own) / np.sqrt(1 + spread)
        leaning[:, :6] += 0.25 * (channel[:, None] == np.arange(6) % 4)
        said = leaning > stats.norm.ppf(1 - self.rate)
        for quiet, loud in BYSTANDERS.items():
            said[:, quiet] = rng.random(n) < np.where(said[:, loud], 0.45, 0.01)
        return np.asarray(said, dtype=np.bool_)


def told(collection: Collection) -> pd.DataFrame:
    """Return table DRIVERS of the world, indexed by theme and tone."""
    return find_drivers(collection, Config()).set_index(["theme_id", "tone"])


def drivers_table(sizes: list[int], replicates: int) -> None:
    """Print coverage of intervals, signs and bystanders for each size."""
    world = World.draw(11)
    parts = [told(world.collection(TRUTH // 8, np.random.default_rng(seed))) for seed in range(900, 908)]
    names = ["impact", "effect"]
    truth = pd.concat([part[names] for part in parts]).groupby(level=[0, 1]).mean()
    print(" ".join(f"{name:>8}" for name in ("n", *FIGURES)))
    for n in sizes:
        found = [told(world.collection(n, np.random.default_rng(seed))) for seed in range(replicates)]
        every = pd.concat(found, keys=range(replicates), names=["replicate"]).join(truth.add_suffix("_true"))
        every = every.dropna(subset=["impact_low"]).reset_index()
        every["holds"] = every["impact_true"].between(every["impact_low"], every["impact_high"])
        every["right"] = every["effect_true"].between(every["effect_low"], every["effect_high"])
        whole, tones = every[every["tone"] == "all"], every[every["tone"].isin(["negative", "positive"])]
        strong = whole[whole["driver"].fillna(value=False) & (whole["impact_true"].abs() > 0.1)]
        quiet = whole[whole["theme_id"].isin([f"t{one:02d}" for one in BYSTANDERS])]
        loud = quiet["theme_id"].map({f"t{a:02d}": f"t{b:02d}" for a, b in BYSTANDERS.items()})
        warned = quiet["leaveout_high"] < 0
        figures = (
            whole["holds"].mean(),
            tones["right"].mean(),
            whole.groupby("theme_id")["holds"].mean().min(),
            (np.sign(strong["impact"]) == np.sign(strong["impact_true"])).mean(),
            quiet["driver"].astype("float64").mean(),
            (quiet["beside_theme_id"] == loud)[warned].mean(),
            (whole["impact_high"] - whole["impact_low"]).mean(),
        )
        print(f"{n:>8} " + " ".join(f"{one:8.3f}" for one in figures))


def many_worlds(replicates: int, n: int = 4000) -> None:
    """Print coverage and false drivers among themes without any effect, each time in a new world."""
    hits, false = [], []
    for seed in range(replicates):
        world = World.draw(1000 + seed)
        clean = replace(world, harm=np.zeros(THEMES), good=np.zeros(THEMES))
        whole = told(clean.collection(n, np.random.default_rng(seed))).xs("all", level="tone")
        hits += ((whole["impact_low"] <= 0) & (whole["impact_high"] >= 0))[whole["impact"].notna()].tolist()
        false.append(bool(whole["driver"].fillna(value=False).any()))
    print(f"no effect at all, n {n:,}: intervals hold 0 {np.mean(hits):.3f}, a driver {np.mean(false):.3f}")


def steady(name: str, source: Path, drops: int = 10) -> None:
    """Print how alike the first themes are, where 5 % of the rows are left out."""
    result = analyze(source)
    catalogue = CATALOGUE.frame(result.themes[list(CATALOGUE.columns.keys() & set(result.themes.columns))])
    rows, agreed, kept = result.verbatims, [], []
    first = _leading(result.themes)
    for seed in range(drops):
        part = rows[np.random.default_rng(seed).random(len(rows)) >= 0.05]
        mentions = result.mentions[result.mentions["verbatim_id"].isin(part["verbatim_id"])]
        again = find(
            Scored(part.reset_index(drop=True), mentions.reset_index(drop=True)), catalogue, Config()
        )
        rank = again.themes.set_index("theme_id")["rank"].astype("float64")
        agreed.append(stats.kendalltau(np.arange(len(first)), rank.reindex(first)).statistic)
        kept.append(len(set(first[:10]) & set(_leading(again.themes)[:10])) / len(first[:10]))
    tau, stay = np.mean(agreed), np.mean(kept)
    print(f"{name:<12} tau of the first {len(first)}: {tau:.3f}, of the first 10 stay {stay:.2f}")


def _leading(themes: pd.DataFrame) -> list[str]:
    """Return the first themes; parents stand behind all of them."""
    parents = set(themes["parent_theme_id"].dropna())
    return [one for one in themes["theme_id"] if one not in parents][:TOP]


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument("--sizes", default="1000,4000")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    chosen = parser.parse_args()
    drivers_table([int(size) for size in chosen.sizes.split(",")], chosen.replicates)
    many_worlds(chosen.replicates)
    sources = {"sample": sample_path() / "comments.csv", "shopzilla": chosen.data / "shopzilla_agents.csv.gz"}
    for name, source in sources.items():
        if source.exists():
            steady(name, source)


if __name__ == "__main__":
    main()

"""Writes the sample export of Norvane, a made-up company, and the truth about it.

    python data/generate.py [--output DIR] [--rows N] [--seed S]

A contact happens (week, channel, agent, customer), it has a topic, the customer writes about it in
their own voice, and the scores follow from what was said. All words lie in ``phrases/*.toml``, all
numbers and everything planted in ``phrases/world.toml``. The same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from math import fsum, prod
from pathlib import Path
from random import Random

from truth import truth_of
from voices import Pen, comment, signed, soiled
from world import (
    AGENTS,
    FRAME,
    HERE,
    LANGUAGES,
    PLANTED,
    THEMES,
    WORLD,
    Customer,
    Row,
    Scene,
    draw,
    polarity_of,
)

HEADER = (
    *("Response ID", "Created At", "Channel", "Agent Name", "Team", "Customer ID", "Contact Reason"),
    *("Product", "CSAT Score", "NPS Score", "Issue Resolved", "Region", "Comment"),
)
TRUTH_HEADER = ("Response ID", "Kind", "Themes", "Polarity", "Language", "Private")


# --- a contact happens ---------------------------------------------------------------------------


def contact(rng: Random, week: int, days: Sequence[int] = ()) -> tuple[datetime, Scene]:
    """Return when and where a contact of `week` happens, on one of `days` (0 is Monday) if given."""
    agent, team, pronoun, _ = rng.choices(AGENTS, [entry[3] for entry in AGENTS])[0]
    trap = PLANTED["trap"] if agent == PLANTED["trap"]["agent"] else None
    channel = draw(rng, WORLD["channels"])
    if trap and rng.random() < trap["channel_share"]:
        channel = trap["channel"]
    hours, evening = list(WORLD["hours"][channel]), WORLD["hours"]["evening"]
    if trap and rng.random() < trap["evening_share"]:
        hours[:evening] = [0] * evening
    hour = rng.choices(range(24), hours)[0]
    day = rng.choice(days) if days else rng.choices(range(7), (17, 16, 16, 15, 15, 11, 10))[0]
    monday = datetime.combine(WORLD["first_monday"], datetime.min.time())
    when = monday + timedelta(weeks=week, days=day, hours=hour, minutes=rng.randrange(60))
    return when, Scene(week, channel, hour >= evening, agent, team, pronoun)


def meet(rng: Random, known: list[Customer]) -> Customer:
    """Return a customer seen before or, more often, a new one, who is added to `known`."""
    if known and rng.random() < WORLD["customers_return"]:
        return rng.choice(known)
    tongues = {name: WORLD["traits"][name] for name in LANGUAGES}
    new = Customer(
        number=f"C{(len(known) * 7919) % 900_001 + 100_000}",
        region=draw(rng, WORLD["regions"]),
        voice=draw(rng, FRAME["voice"]),
        language=draw(rng, {"en": 1 - fsum(tongues.values()), **tongues}),
        person=f"{rng.choice(FRAME['private']['firsts'])} {rng.choice(FRAME['private']['lasts'])}",
    )
    known.append(new)
    return new


# --- it has a topic ------------------------------------------------------------------------------


def spread(theme: str) -> dict[str, float]:
    """Return how the mentions of `theme` spread over the contact reasons."""
    own = THEMES[theme].get("at", {})
    rest = (1 - fsum(own.values())) / fsum(WORLD["reasons"].values())
    return {name: own.get(name, 0) + rest * usual for name, usual in WORLD["reasons"].items()}


PAIRS = [(reason, theme, share) for theme in THEMES for reason, share in spread(theme).items()]


def season(theme: str, week: int) -> float:
    """Return how much likelier `theme` is in `week`; praise gives and takes what the planted need."""
    calendar = WORLD["calendar"]
    if theme in calendar or THEMES[theme]["csat"] <= 0:
        return float(calendar.get(theme, [1.0] * (week + 1))[week])
    praise = fsum(spec["share"] for spec in THEMES.values() if spec["csat"] > 0)
    lost = fsum(THEMES[name]["share"] * (weeks[0] - weeks[week]) for name, weeks in calendar.items())
    return 1 + lost / praise


@cache
def chances(scene: Scene) -> list[float]:
    """Return the weight of each of PAIRS in `scene`."""
    tilts = [t for t in WORLD["tilts"] if all(getattr(scene, k) == v for k, v in t["scene"].items())]
    themes = {
        name: spec["share"] * season(name, scene.week) * prod(t["themes"].get(name, 1) for t in tilts)
        for name, spec in THEMES.items()
    }
    reasons = {name: prod(t.get("reasons", {}).get(name, 1) for t in tilts) for name in WORLD["reasons"]}
    return [themes[theme] * reasons[reason] * share for reason, theme, share in PAIRS]


@cache
def summed(scene: Scene) -> list[float]:
    """Return the running sum of `chances`, for a quick draw."""
    return list(accumulate(chances(scene)))


def topics(rng: Random, scene: Scene, customer: Customer) -> tuple[str, tuple[str, ...]]:
    """Return the contact reason and one to three themes, the main one first."""
    reason, theme, _ = rng.choices(PAIRS, cum_weights=summed(scene))[0]
    if theme not in LANGUAGES.get(customer.language, THEMES):
        return topics(rng, scene, customer)
    said = [theme]
    rambles = customer.voice == "rambling"
    more = 0.0 if customer.voice == "curt" else WORLD["second_theme"] * (1.6 if rambles else 1)
    while len(said) < 3 and rng.random() < more:
        said.append(another(rng, scene, reason, said))
        more = 0.3 if rambles else 0.0
    return reason, tuple(name for name in said if name in LANGUAGES.get(customer.language, THEMES))


def another(rng: Random, scene: Scene, reason: str, said: Sequence[str]) -> str:
    """Return one more theme that fits `reason` and does not contradict what is `said`."""
    apart, weights = WORLD["against"], {}
    for (place, theme, _), weight in zip(PAIRS, chances(scene), strict=True):
        clash = any(theme in apart.get(old, ()) or old in apart.get(theme, ()) for old in said)
        if place == reason and theme not in said and not clash:
            weights[theme] = weight * prod(THEMES[old].get("with", {}).get(theme, 1) for old in said)
    return draw(rng, weights)


# --- it is answered ------------------------------------------------------------------------------


def answer(rng: Random, week: int, known: list[Customer]) -> Row:
    """Return an ordinary response of `week`."""
    when, scene = contact(rng, week)
    customer = meet(rng, known)
    kinds = WORLD["kinds"]
    kind = draw(rng, {**kinds, "comment": 1 - fsum(kinds.values())})
    reason, themes = topics(rng, scene, customer)
    if kind != "comment":
        reason, themes = draw(rng, WORLD["reasons"]), ()
    return written(rng, Row(when, scene, customer, kind, reason, themes=themes))


def struck(rng: Random, known: list[Customer]) -> Row:
    """Return a response sent because of the outage."""
    outage = PLANTED["outage"]
    when, scene = contact(rng, outage["week"], outage["days"])
    customer = meet(rng, known)
    reason, themes = topics(rng, scene, customer)
    if rng.random() < outage["share"] and customer.language == "en":
        reason, themes = outage["reason"], (outage["theme"],)
        if customer.voice != "curt" and rng.random() < WORLD["second_theme"]:
            themes = (*themes, another(rng, scene, reason, themes))
    return written(rng, Row(when, scene, customer, "comment", reason, themes=themes))


def written(rng: Random, row: Row) -> Row:
    """Return `row` with product, scores, the agent as exported and the text.

    The text has a generator of its own: other phrases change no other cell.
    """
    words = Random(rng.getrandbits(64))
    product = draw(rng, WORLD["products"][row.reason])
    agent = "" if rng.random() < WORLD["agent_missing"] else row.scene.agent
    row = replace(row, product=product, agent=agent, polarity=polarity_of(row.themes) if row.themes else "")
    if row.kind == "comment":
        pen = Pen(words, row.scene, row.customer)
        text, private = signed(pen, soiled(pen, comment(pen, row.themes)))
        return scored(rng, replace(row, text=text, private=private))
    if row.kind == "short":
        mood = draw(rng, {"good": 52, "bad": 33, "so_so": 15})
        polarity = {"good": "positive", "bad": "negative", "so_so": "neutral"}[mood]
        return scored(rng, replace(row, text=common(words, FRAME["short"][mood]), polarity=polarity))
    table = "empty" if row.kind == "non_answer" else "boilerplate"
    return scored(rng, replace(row, text=common(words, FRAME[table]["phrases"])))


def common(rng: Random, phrases: Sequence[str]) -> str:
    """Return one of `phrases`, the first ones most often."""
    return rng.choices(phrases, [1 / (rank + 2) for rank in range(len(phrases))])[0]


def scored(rng: Random, row: Row) -> Row:
    """Return `row` with the scores that follow from what it says."""
    mood = {"positive": 1.1, "negative": -1.4, "neutral": -0.3}.get(row.polarity, 0.2)
    effect = fsum(THEMES[name]["csat"] for name in row.themes) if row.themes else mood
    bonus = PLANTED["trap"]["csat"] if row.scene.agent == PLANTED["trap"]["agent"] else 0.0
    felt = WORLD["csat_base"] + effect + bonus + rng.gauss(0, WORLD["csat_noise"])
    if row.customer.voice == "angry" and row.polarity == "negative":
        felt += WORLD["csat_angry"]
    nps = 2.2 * (felt - 1) + rng.gauss(0.4, 1.1)
    solved = min((THEMES[name]["solved"] for name in row.themes), default=0.75)
    return replace(
        row,
        csat=given(rng, str(min(5, max(1, round(felt)))), WORLD["csat_missing"]),
        nps=given(rng, str(min(10, max(0, round(nps)))), WORLD["nps_missing"]),
        resolved=given(rng, "Yes" if rng.random() < solved else "No", WORLD["resolved_missing"]),
    )


def given(rng: Random, value: str, missing: float) -> str:
    """Return `value`, or nothing in a share `missing` of all cases."""
    return "" if rng.random() < missing else value


# --- the export ----------------------------------------------------------------------------------


def export(rows: int, seed: int) -> list[Row]:
    """Return `rows` responses in the order of time."""
    rng, known = Random(seed), list[Customer]()
    weeks = [max(0.1, rng.gauss(1, WORLD["week_noise"])) for _ in range(WORLD["weeks"])]
    weeks[PLANTED["double_week"]] *= 2
    extra, twice = round(rows * PLANTED["outage"]["rows"]), round(rows * WORLD["traits"]["doubled"])
    usual = sorted(rng.choices(range(len(weeks)), weeks, k=rows - extra - twice))
    told = [answer(rng, week, known) for week in usual] + [struck(rng, known) for _ in range(extra)]
    again = rng.sample([row for row in told if row.kind == "comment"], twice)
    told += [replace(row, when=row.when + timedelta(minutes=rng.randrange(1, 5))) for row in again]
    told.sort(key=lambda row: (row.when, row.customer.number, row.text))
    return [replace(row, number=f"R{i}") for i, row in enumerate(told, start=10**6 + 1)]


def cells(row: Row) -> tuple[str, ...]:
    """Return `row` under HEADER."""
    team = row.scene.team if row.agent else ""
    return (
        *(row.number, f"{row.when:%Y-%m-%d %H:%M}", row.scene.channel, row.agent, team),
        *(row.customer.number, row.reason, row.product, row.csat, row.nps, row.resolved),
        *(row.customer.region, row.text),
    )


def truth_cells(row: Row) -> tuple[str, ...]:
    """Return the truth about `row` under TRUTH_HEADER."""
    return row.number, row.kind, "|".join(row.themes), row.polarity, row.language, row.private


def save(path: Path, header: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *lines])


def main(arguments: Sequence[str] | None = None) -> None:
    """Write ``comments.csv``, ``truth_rows.csv`` and ``truth.json``."""
    parser = argparse.ArgumentParser(description="Write the sample export of a made-up company.")
    parser.add_argument("--output", type=Path, default=HERE / "sample")
    parser.add_argument("--rows", type=int, default=WORLD["rows"])
    parser.add_argument("--seed", type=int, default=WORLD["seed"])
    chosen = parser.parse_args(arguments)
    rows = export(chosen.rows, chosen.seed)
    chosen.output.mkdir(parents=True, exist_ok=True)
    save(chosen.output / "comments.csv", HEADER, map(cells, rows))
    save(chosen.output / "truth_rows.csv", TRUTH_HEADER, map(truth_cells, rows))
    truth = {"seed": chosen.seed, **truth_of(rows)}
    text = json.dumps(truth, indent=1, ensure_ascii=False) + "\n"
    (chosen.output / "truth.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

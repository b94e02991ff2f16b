"""The flow, readable aloud: verbatims -> redact -> score -> find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import pandas as pd

from cx_text.config import Config, Privacy
from cx_text.people import compare_people
from cx_text.records import STATUSES, VERBATIMS, Collection, Findings, Past, Scored, Verbatims, attributes
from cx_text.stages.actions import actions
from cx_text.stages.alerts import raise_alerts
from cx_text.stages.behaviours import Behaviours
from cx_text.stages.breakdowns import experience, urgent
from cx_text.stages.changes import compare, newest, over_time
from cx_text.stages.clean import clean
from cx_text.stages.coaching import coaching_topics
from cx_text.stages.comparison import compare_agents, compare_channels, compare_teams
from cx_text.stages.consistency import consistency
from cx_text.stages.drivers import find_drivers
from cx_text.stages.episodes import closed_issues, with_state
from cx_text.stages.issues import find_issues, mix_warnings, theme_trends, trend_of
from cx_text.stages.label_vague import is_vague
from cx_text.stages.language import LanguageDetector
from cx_text.stages.periods import collect, without
from cx_text.stages.ranking import Known, rank_themes
from cx_text.stages.ratings import contradictions, turned_scales
from cx_text.stages.recognise import NameRecogniser
from cx_text.stages.redact import Redactor
from cx_text.stages.scores import metrics, scores
from cx_text.stages.topics import Topics
from cx_text.stages.widespread import not_training
from cx_text.taxonomy import Edit
from cx_text.text import text_key

Pseudonym = Callable[[str], str]


def redact(verbatims: Verbatims, config: Config, roster: Iterable[str], pseudonym: Pseudonym) -> pd.DataFrame:
    """Return cleaned and redacted rows, table VERBATIMS with text and language; nothing scored yet.

    Agents of the `roster` keep their names where the settings say so; customers become pseudonyms.
    """
    raw = verbatims.frame
    hide = hider(config.privacy, roster)
    detect = LanguageDetector(config.input.languages, config.input.language)
    texts = _each(raw["verbatim"].fillna(""), lambda text: hide(clean(text)))
    attribute_values = {name: _each(raw[name], hide) for name in attributes(raw.columns)}
    told = raw["language"].str.strip().str.lower().str[:2]
    frame = raw.drop(columns=["verbatim", "content_hash"]).assign(
        text=texts,
        language=told.where(told.notna() & (told != ""), pd.Series(_each(texts, detect), index=raw.index)),
        customer_id=_each(raw["customer_id"], pseudonym),
        question=_each(raw["question"], hide),
        **attribute_values,
    )
    return VERBATIMS.frame(frame)


def hider(privacy: Privacy, roster: Iterable[str]) -> Callable[[str], str]:
    """Return what takes personal data out of a text, as the settings say.

    Raises:
        ConfigError: NAMES, names are to be recognised and no model of English is installed.
    """
    redactor = Redactor(tuple(sorted(set(roster))), privacy.keep_agents)
    if not privacy.redact:
        return str
    if not privacy.names:
        return redactor
    recognise = NameRecogniser(redactor.keeps)
    return lambda text: recognise(redactor(text))


def _each(values: Iterable[Any], act: Callable[[str], str]) -> list[str | None]:
    """Return `act` of each text, calling it once for equal texts; missing values stay missing."""
    known: dict[str, str] = {}
    out: list[str | None] = []
    for value in values:
        if not isinstance(value, str):
            out.append(None)
            continue
        if value not in known:
            known[value] = act(value)
        out.append(known[value])
    return out


def find(
    scored: Scored,
    catalogue: pd.DataFrame,
    config: Config,
    past: Past | None = None,
    muted: AbstractSet[str] = frozenset(),
    notes: Mapping[str, Sequence[Edit]] | None = None,
) -> Findings:
    """Return what many scored rows say together, over the report's window.

    Args:
        scored: all rows at hand, with their mentions.
        catalogue: the themes, table CATALOGUE.
        config: settings.
        past: what earlier runs told; None: there was none.
        muted: themes that people do not want to hear of: ranked last, and nothing else is said of them.
        notes: what people noted of themes, by theme_id.
    """
    everything, warnings = collect(scored, catalogue, config)
    collection = _heard(everything, muted)
    measured, score_warnings = metrics(collection, config)
    past, now = past or Past(), collection.now
    found = with_state(find_issues(collection, config.issues, config.privacy.k), past, now)
    warnings = [*warnings, *score_warnings, *turned_scales(collection, config)]
    mixed, lately = (mix_warnings(collection, config.privacy.k, weeks) for weeks in (None, 4))
    drivers, built_in = find_drivers(collection, config), Topics.shipped()
    changers = dict(zip(built_in.ids, built_in.attributions, strict=True))
    named = everything.catalogue
    vague = frozenset(named.loc[named["label"].map(is_vague), "theme_id"])
    known = Known(drivers, trend_of(collection), found, muted, vague, changers)
    themes = rank_themes(everything, known, config)
    changers = usual_changers(themes)
    people, channels = compare_people(collection, config), compare_channels(collection, config)
    agents = compare_agents(collection, people["agent", -1], changers)
    coaching = coaching_topics(collection, people, changers, config)
    return Findings(
        themes=themes,
        issues=found,
        channels=channels,
        agents=agents,
        coaching=coaching,
        alerts=raise_alerts(collection, found, coaching, [*warnings, *lately], past.alerts, config),
        scores=scores(collection, config),
        trends=theme_trends(collection, config.privacy.k),
        metrics=measured,
        coverage=coverage(collection.verbatims["status"]),
        warnings=[*warnings, *mixed],
        experience=experience(collection, config),
        risks=urgent(collection, config),
        conflicts=contradictions(collection, config),
        changes=over_time(collection, config),
        actions=actions(without(everything, muted), notes or {}, config),
        closed=closed_issues(found, past, now),
        now=now,
        drivers=drivers,
        teams=compare_teams(collection, people["team", -1], changers),
        consistency=consistency(collection, channels, config),
        not_training=not_training(collection, people, changers, coaching, config),
    )


def compared(
    scored: Scored,
    catalogue: pd.DataFrame,
    config: Config,
    sides: Sequence[tuple[str, AbstractSet[str]]],
    muted: AbstractSet[str] = frozenset(),
    by: str = "",
) -> pd.DataFrame:
    """Return table CHANGES of two parts of the rows, each a name and its verbatim ids: before, then after.

    `by` is the column that tells them apart, if one does.
    """
    collection = _heard(collect(scored, catalogue, config)[0], muted)
    ids = collection.verbatims["verbatim_id"]
    before, after = (ids.isin(mine).to_numpy() for _, mine in sides)
    return compare(collection, before, after, (sides[0][0], sides[1][0]), config, by)


def newest_time(scored: Scored, catalogue: pd.DataFrame, config: Config) -> tuple[str, str] | None:
    """Return the first and the last day of the newest complete weeks that can be compared; None without."""
    times = newest(collect(scored, catalogue, config)[0])
    return (times[1].first, times[1].last) if times else None


def _heard(everything: Collection, muted: AbstractSet[str]) -> Collection:
    """Return the collection without muted themes, and without parents, of which nobody speaks directly."""
    return without(everything, muted | frozenset(everything.catalogue["parent_theme_id"].dropna()))


def usual_changers(themes: pd.DataFrame) -> dict[str, str]:
    """Return who can usually change what is told badly, by theme_id or behaviour, where it is known."""
    sides = Behaviours.shipped().sides
    return {
        **dict(themes.set_index("theme_id")["attribution"].dropna()),
        **{side.name: side.attribution for side in sides if not side.shown},
    }


def coverage(status: pd.Series) -> dict[str, int]:
    """Return how many rows are in each of the five coverage states."""
    counts = status.value_counts()
    return {state: int(counts.get(state, 0)) for state in STATUSES}


def quotes(scored: Scored, findings: Findings, copies: Iterable[Mapping[str, Any]] = ()) -> dict[str, str]:
    """Return the redacted text of every verbatim that a finding, or a group of near copies, shows."""
    rows = scored.verbatims[scored.verbatims["verbatim_id"].isin(shown(findings, copies))]
    return dict(zip(rows["verbatim_id"], rows["text"].fillna(""), strict=True))


def shown(findings: Findings, copies: Iterable[Mapping[str, Any]] = ()) -> set[str]:
    """Return the ids of the verbatims that a finding, or a group of near copies, shows."""
    tables = (findings.themes, findings.issues, findings.coaching, findings.alerts, findings.not_training)
    columns = [*(table["evidence"] for table in tables), findings.coaching["good_evidence"]]
    named = {one for column in columns for evidence in column for one in evidence}
    named |= {group["example"] for group in copies}
    return named | set(findings.risks["verbatim_id"]) | set(findings.conflicts["verbatim_id"])


def first_of_each_text(scored: Scored) -> pd.Series:
    """Return for each row the id of the first row with the same text, missing for that first row.

    First is the earliest `created_at` (undated last), then the smallest id. Rows are table VERBATIMS or
    COUNTED.
    """
    rows = scored.verbatims
    answered = rows[~rows["status"].isin(["non_answer", "boilerplate"])]
    ordered = answered.sort_values(["created_at", "verbatim_id"])
    keys = ordered["text_key"] if "text_key" in ordered else ordered["text"].fillna("").map(text_key)
    first = ordered["verbatim_id"].groupby(keys.to_numpy()).transform("first")
    return first.where(first != ordered["verbatim_id"]).reindex(rows.index)

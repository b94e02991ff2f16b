"""Every setting with its default, range and unit; TOML in, `ConfigError` out; data only.

`cx_text.toml` in the root of the project shows every key with its default; a test keeps them equal.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from cx_text.errors import ConfigError

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration file."""


class Input(Section, frozen=True):
    """How exports are read.

    Attributes:
        timezone: IANA name for dates without a zone, and for days and weeks.
        date_format: strptime format of `created_at`; empty: ISO 8601, or settled by the column.
        language: ISO 639-1 language of texts too short to tell.
        languages: languages looked for.
        keep: further columns to keep as attributes, even with more than 200 distinct values.
        max_comment_bytes: longer comments are set aside (bytes of UTF-8).
        max_expansion: largest ratio of expanded to stored size of a compressed file.
        max_expanded_bytes: largest expanded size of one file (bytes).
        max_columns: largest number of columns of one file.
        max_bad_share: a file with a larger share of bad rows is rejected.
    """

    timezone: str = "UTC"
    date_format: str = ""
    language: str = "en"
    languages: tuple[str, ...] = tuple(
        "en es fr de it pt nl pl sv da no fi cs ro hu tr id vi ru uk bg el ar fa he hi ja ko zh th".split()
    )
    keep: tuple[str, ...] = ()
    max_comment_bytes: Positive = 1_000_000
    max_expansion: Positive = 200
    max_expanded_bytes: Positive = 2_000_000_000
    max_columns: Positive = 2_000
    max_bad_share: Share = 0.5


class Csat(Section, frozen=True):
    """Customer satisfaction: `scale` (worst, best), `method` top2box (share of the two best) or mean."""

    scale: tuple[float, float] = (1.0, 5.0)
    direction: Literal["high_is_good", "low_is_good"] = "high_is_good"
    method: Literal["top2box", "mean"] = "top2box"


class Nps(Section, frozen=True):
    """Net promoter score: promoters 9-10 less detractors 0-6, in points of -100..100."""

    scale: tuple[float, float] = (0.0, 10.0)
    direction: Literal["high_is_good", "low_is_good"] = "high_is_good"
    method: Literal["nps"] = "nps"


class Ces(Section, frozen=True):
    """Customer effort score: `direction` says which end of the scale is easy."""

    scale: tuple[float, float] = (1.0, 7.0)
    direction: Literal["high_is_good", "low_is_good"] = "high_is_good"
    method: Literal["mean", "top2box"] = "mean"


class Scores(Section, frozen=True):
    """Scores: `primary` is the impact metric; empty: the first of csat, nps, ces with enough values.

    A score needs `minimum` values. A customer who is in touch about the same within `repeat_days` has come
    back: the contact before did not solve it (metric fcr_repeat).
    """

    primary: Literal["", "csat", "nps", "ces"] = ""
    minimum: Positive = 30
    repeat_days: Positive = 7
    csat: Csat = Csat()
    nps: Nps = Nps()
    ces: Ces = Ces()


class Privacy(Section, frozen=True):
    """Privacy: `redact` identifiers, `keep_agents` names of the roster, `k` smallest group shown.

    `names`: a model of English looks for names that no cue gives away; needs the extra `cx_text[names]`.
    """

    redact: bool = True
    keep_agents: bool = True
    names: bool = False
    k: Positive = 10


class Sentiment(Section, frozen=True):
    """Sentiment: own `lexicon` (TOML path), `service` words and rules on top of VADER, cut-offs.

    `learned`: a model that learned from people's comments reads every span, too; without it words decide.
    `calibrate`: ratings of the export teach what its own words mean, where that is seen to help.
    A text is negative at or below `-threshold`, positive at or above `threshold` (-1..1).
    """

    lexicon: str = ""
    service: bool = True
    learned: bool = True
    calibrate: bool = True
    threshold: Annotated[float, Meta(gt=0, lt=1)] = 0.15


class Themes(Section, frozen=True):
    """Theme discovery.

    Attributes:
        sample: largest number of spans learned from.
        neighbours: neighbours of a span in the similarity graph of a full sample; fewer in a smaller one.
        resolution: more gives more and smaller themes (modularity resolution).
        minimum: fewest distinct spans of a theme.
        confidence: a span below this is left unthemed (0..1).
    """

    sample: Annotated[int, Meta(ge=100, le=50_000)] = 15_000
    neighbours: Annotated[int, Meta(ge=2, le=100)] = 15
    resolution: Annotated[float, Meta(gt=0, le=20)] = 1.0
    minimum: Annotated[int, Meta(ge=2)] = 8
    confidence: Share = 0.15


class Issues(Section, frozen=True):
    """Recurring issues: `period`, false discovery `q`, `minimum` count, `customers`, alarm budget."""

    period: Literal["auto", "day", "week"] = "auto"
    q: Annotated[float, Meta(gt=0, lt=1)] = 0.05
    minimum: Positive = 8
    customers: Positive = 5
    alarm_budget_per_week: Annotated[float, Meta(ge=0)] = 2.0


class Agents(Section, frozen=True):
    """Fair comparison: fewest verbatims, O/E `difference` worth coaching, posterior probabilities."""

    minimum: Positive = 10
    difference: Annotated[float, Meta(gt=1)] = 1.5
    probability: Share = 0.9
    strong: Share = 0.975


class Ranking(Section, frozen=True):
    """Ranking: what makes a theme pressing; the formula is in `cx_text.stages.ranking.rank_themes`.

    Attributes:
        bootstrap: resamples of customers for rank intervals; 0: none.
        weight_by_value: count the column value instead of comments.
        tone: part of the priority that goes by how negative mentions are, the rest by what they surely
            cost the score (0..1); without ratings it is 1.
        recurrence: how much less a theme counts that hardly ever comes back (0: no less, 1: nothing).
        reach: how much less comments of few customers count (0: no less, 1: only customers count).
        trend: how much more a rising theme counts, and less a falling one (0..1).
        vague: what a theme that names no reason counts for (0: nothing, 1: as much as any other).
    """

    bootstrap: Annotated[int, Meta(ge=0, le=2_000)] = 200
    weight_by_value: bool = False
    tone: Share = 0.2
    recurrence: Share = 0.5
    reach: Share = 0.5
    trend: Share = 0.5
    vague: Share = 0.25


class Report(Section, frozen=True):
    """Report: `window` in weeks, `title`, `quotes` shown for each theme, `themes` shown in full."""

    window: Positive = 53
    title: str = "What customers say"
    quotes: Annotated[int, Meta(ge=0, le=10)] = 3
    themes: Positive = 20


class Alerts(Section, frozen=True):
    """Alerts: `severity` below which nothing is raised (0..1)."""

    severity: Share = 0.3


class Config(Section, frozen=True):
    """All settings. `seed` feeds every random choice; `columns` maps canonical names to headers."""

    seed: Count = 7
    columns: dict[str, str] = {}
    input: Input = Input()
    scores: Scores = Scores()
    privacy: Privacy = Privacy()
    sentiment: Sentiment = Sentiment()
    themes: Themes = Themes()
    issues: Issues = Issues()
    agents: Agents = Agents()
    ranking: Ranking = Ranking()
    report: Report = Report()
    alerts: Alerts = Alerts()

    @property
    def sha256(self) -> str:
        """Return the hash of all settings, equal for equal settings."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


def load_config(path: Path | None = None) -> Config:
    """Return the settings of a TOML file, or the defaults without one.

    Raises:
        ConfigError: the file is missing, no TOML, or holds mistakes; all of them are listed.
    """
    if path is None:
        return Config()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("CONFIG", f"cannot be read ({error})", "give a TOML file", str(path)) from None
    return make_config(data, str(path))


def make_config(data: Mapping[str, Any], where: str = "config") -> Config:
    """Return the settings in `data`, nested mappings as in the TOML file.

    Raises:
        ConfigError: lists every unknown key (with the nearest known one) and value out of range.
    """
    mistakes = list(_mistakes(Config, data, ""))
    if not mistakes:
        config = msgspec.convert(data, Config)
        mistakes = list(_conflicts(config))
    if mistakes:
        raise ConfigError("CONFIG", "; ".join(mistakes), "mend the file and run again", where)
    return config


def _mistakes(section: type[Section], data: Mapping[str, Any], prefix: str) -> Any:
    """Yield a sentence for each key of `data` that `section` does not allow."""
    hints = get_type_hints(section, include_extras=True)
    for key, value in data.items():
        name = f"{prefix}{key}"
        if key not in hints:
            near = difflib.get_close_matches(key, hints, n=1)
            yield f"unknown key '{name}'" + (f", did you mean '{prefix}{near[0]}'?" if near else "")
        elif isinstance(hints[key], type) and issubclass(hints[key], Section):
            if isinstance(value, Mapping):
                yield from _mistakes(hints[key], value, f"{name}.")
            else:
                yield f"'{name}' must be a table"
        else:
            yield from _misfit(name, value, hints[key])


def _misfit(name: str, value: Any, hint: Any) -> Any:
    """Yield a sentence if `value` is no `hint`."""
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        yield f"'{name}': {str(error).lower().replace('`', '')}"


def _conflicts(config: Config) -> Any:
    """Yield a sentence for each pair of settings that cannot hold together."""
    try:
        ZoneInfo(config.input.timezone)
    except (ValueError, OSError, KeyError):
        yield f"'input.timezone': no time zone is called '{config.input.timezone}'"
    for name in ("csat", "nps", "ces"):
        low, high = getattr(config.scores, name).scale
        if low >= high:
            yield f"'scores.{name}.scale': the first number must be the smaller one"
    if config.agents.strong < config.agents.probability:
        yield "'agents.strong' must not be below 'agents.probability'"

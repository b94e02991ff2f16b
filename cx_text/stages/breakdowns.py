"""How it was for customers: effort, feelings, coming back, behaviours, the journey, and what cannot wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_text.config import Config
from cx_text.counting import tone
from cx_text.records import EXPERIENCE, RISKS, Collection
from cx_text.statistics import mean_interval, wilson, withheld

Flags = NDArray[np.bool_]
Row = dict[str, Any]

HIGH = 0.5
"""Effort (0..1) from which it is high: two kinds of it or more, or one of them again and again."""
SOON = pd.Timedelta(days=30)
"""A customer who complains of the same theme within this time has come back."""
RECENT = pd.Timedelta(days=30)
"""Age up to which a comment cannot wait; an older one has been read or is too late."""
MOST = 50
"""Comments that cannot wait, at most."""
FIRST = frozenset({"legal", "safety"})
"""Risks that go before all others."""
BY_CHANNEL = ("comments", "effort", "high_effort", "emotion", "repeat_contact", "shown", "missing")
BY_THEME = BY_CHANNEL[:5]


@dataclass(frozen=True)
class _Question:
    """A question to n verbatims: `asked` are those that it can be asked of, `yes` those of them that say so.

    Where there are `amounts` (n,), their mean is asked for and no share.
    """

    measure: str
    item: str
    asked: Flags
    yes: Flags
    amounts: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class _Scope:
    """Some of the verbatims, by row, that are told of together; what is `hidden` shows its n only."""

    name: str
    label: str
    rows: NDArray[np.int64]
    measures: tuple[str, ...] = ()
    hidden: frozenset[tuple[str, str]] = frozenset()


def experience(collection: Collection, config: Config) -> pd.DataFrame:
    """Return how it was for customers: for all, each channel and each theme, table EXPERIENCE.

    `scope` is ``all``, ``channel=NAME`` or ``theme=ID``; n are the comments with content that a question can
    be asked of, `count` those that say yes, `value` their share (0..1) with its Wilson interval. There is no
    row where n is 0. The measures:

    comments: n alone.
    effort: the mean effort (0..1) of those that tell of it, with its t interval and no count.
    high_effort: of those that tell of effort, those with 0.5 or more.
    emotion: those that feel `item` most.
    repeat_contact: those that tell that this is not the first contact.
    shown, missing: those that tell that behaviour `item` was there, or was not; not by theme.
    risk: those with the risk `item`; of all only, as are the next two.
    journey: of those that tell of a stage, those that are about stage `item`.
    journey_negative: of those about stage `item`, the negative ones.
    return: by theme only: of the customers whose first complaint of it (since then 30 days have been
    observed), those who complain of it again within 30 days, in other words than the first time.

    A channel with fewer than `privacy.k` comments has the row of `comments` alone, and so has the next
    smallest where the difference to all would tell; one with fewer than that to ask shows for that question
    n alone.
    """
    questions = list(_questions(collection))
    scopes = [_whole(collection), *_channels(collection, questions, config.privacy.k), *_themes(collection)]
    told = [_row(question, scope) for scope in scopes for question in questions if _fits(question, scope)]
    return EXPERIENCE.frame([*(row for row in told if row["n"]), *_returns(collection)])


def urgent(collection: Collection, config: Config) -> pd.DataFrame:
    """Return at most 50 comments with a risk, table RISKS: legal and safety first, then the newest.

    Those of the last 30 days of the data, and those without a date. A channel too small to show is empty.
    """
    rows = collection.verbatims[collection.substantive & (collection.verbatims["risks"].str.len() > 0)]
    late = rows[~(rows["created_at"] < collection.now - RECENT)]
    channel = collection.verbatims["channel"].where(collection.substantive)
    hidden = _hidden(channel, collection.substantive.to_numpy(), config.privacy.k)
    grave = [not FIRST.isdisjoint(kinds) for kinds in late["risks"]]
    late = late.assign(
        grave=grave, kinds=late["risks"], channel=late["channel"].mask(late["channel"].isin(hidden))
    )
    late = late.sort_values(["grave", "created_at", "verbatim_id"], ascending=[False, False, True])
    return RISKS.frame(late.head(MOST)[list(RISKS.columns)])


def _questions(collection: Collection) -> Iterator[_Question]:
    """Yield all questions, each with whom it can be asked of and who says yes."""
    rows, heard = collection.verbatims, collection.substantive.to_numpy()
    effort = rows["effort"].to_numpy(dtype=np.float64, na_value=np.nan)
    told, known = heard & ~np.isnan(effort), heard & rows["repeat_contact"].notna().to_numpy()
    staged, negative = heard & rows["journey"].notna().to_numpy(), rows["sentiment_label"].eq("negative")
    yield _Question("comments", "", heard, heard)
    yield _Question("effort", "", told, told, effort)
    yield _Question("high_effort", "", told, told & (effort >= HIGH))
    for item, flags in _items(rows["emotion"]):
        yield _Question("emotion", item, heard, heard & flags)
    yield _Question(
        "repeat_contact", "", known, known & rows["repeat_contact"].fillna(value=False).to_numpy(bool)
    )
    for item, flags in _items(rows["behaviours"]):
        yield _Question("shown" if item.endswith("+") else "missing", item[:-1], heard, heard & flags)
    for item, flags in _items(rows["risks"]):
        yield _Question("risk", item, heard, heard & flags)
    for item, flags in _items(rows["journey"]):
        yield _Question("journey", item, staged, heard & flags)
        yield _Question("journey_negative", item, heard & flags, heard & flags & negative.to_numpy(bool))


def _items(column: pd.Series) -> Iterator[tuple[str, Flags]]:
    """Yield each value of a column of texts or of lists, by name, and which rows (n,) have it."""
    every = column.reset_index(drop=True).explode().dropna()
    for item, rows in sorted(every.groupby(every).groups.items()):
        flags = np.zeros(len(column), dtype=bool)
        flags[rows.to_numpy()] = True
        yield str(item), flags


def _whole(collection: Collection) -> _Scope:
    """Return all verbatims as a scope, of which everything is told."""
    return _Scope("all", "", np.arange(len(collection.verbatims)))


def _channels(collection: Collection, questions: Iterable[_Question], k: int) -> Iterator[_Scope]:
    """Yield the channels by name, each with what must not be told of it."""
    channel = collection.verbatims["channel"]
    small = set(_hidden(channel, collection.substantive.to_numpy(), k))
    hidden = {(one.measure, one.item): _hidden(channel, one.asked, k) for one in questions}
    for name, rows in sorted(channel.groupby(channel).groups.items()):
        mine = frozenset(question for question, names in hidden.items() if name in names)
        measures = BY_CHANNEL[:1] if name in small else BY_CHANNEL
        yield _Scope(f"channel={name}", str(name), rows.to_numpy(), measures, mine)


def _hidden(channel: pd.Series, asked: Flags, k: int) -> list[str]:
    """Return the channels of which nothing may be told but how many of them were `asked`."""
    sizes = channel[asked].value_counts()
    return withheld(sizes, k, int(asked.sum() - sizes.sum()))


def _themes(collection: Collection) -> Iterator[_Scope]:
    """Yield the themes by id."""
    labels = dict(zip(collection.catalogue["theme_id"], collection.catalogue["label"], strict=True))
    for theme, rows in collection.links.groupby("theme_id")["row"]:
        yield _Scope(f"theme={theme}", labels.get(theme, ""), rows.to_numpy(dtype=np.int64), BY_THEME)


def _fits(question: _Question, scope: _Scope) -> bool:
    """Return whether a question is told of a scope; of all verbatims every one is."""
    return not scope.measures or question.measure in scope.measures


def _row(question: _Question, scope: _Scope) -> Row:
    """Return one row of EXPERIENCE."""
    asked = question.asked[scope.rows]
    row = {"scope": scope.name, "label": scope.label, "measure": question.measure, "item": question.item}
    if question.measure == "comments" or (question.measure, question.item) in scope.hidden:
        return row | {"n": int(asked.sum())}
    if question.amounts is not None:
        mean, low, high = mean_interval(question.amounts[scope.rows][asked])
        inside = np.clip([mean, low, high], 0, 1)
        return row | {"n": int(asked.sum()), **dict(zip(("value", "low", "high"), inside, strict=True))}
    return row | _share(int(question.yes[scope.rows].sum()), int(asked.sum()))


def _share(count: int, n: int) -> Row:
    """Return a share of `n` with its interval as columns of EXPERIENCE."""
    low, high = wilson(count, n)
    return {
        "n": n,
        "count": count,
        "value": count / n if n else np.nan,
        "low": float(low),
        "high": float(high),
    }


def _returns(collection: Collection) -> Iterator[Row]:
    """Yield for each theme how many of its customers complain of it again within 30 days."""
    labels = collection.catalogue.set_index("theme_id")["label"]
    bad = collection.links[tone(collection.links["sentiment"]) < 0]
    rows = collection.verbatims.iloc[bad["row"].to_numpy(dtype=np.int64)]
    said = rows[["customer_id", "created_at", "verbatim_id", "text_key"]].reset_index(drop=True)
    said = said.assign(theme=bad["theme_id"].to_numpy()).dropna()
    said = said.sort_values(["theme", "customer_id", "created_at", "verbatim_id"])
    whose = said.groupby(["theme", "customer_id"])
    first, words = whose["created_at"].transform("first"), whose["text_key"].transform("first")
    again = (said["created_at"] > first) & (said["created_at"] <= first + SOON) & (said["text_key"] != words)
    watched = said.assign(again=again)[first <= collection.now - SOON]
    customers = watched.groupby(["theme", "customer_id"])["again"].any()
    for theme, flags in customers.groupby("theme"):
        row = {"scope": f"theme={theme}", "label": labels.get(theme, ""), "measure": "return", "item": ""}
        yield row | _share(int(flags.sum()), len(flags))

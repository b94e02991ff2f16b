"""Table `aspects`: sentences of two minds. Is each aspect found, with the feeling that belongs to it?

Every sentence of mams_acsa names several aspects with different polarity. Themes are learned from the
train split; each stands for the aspect that its sentences there name more than others do; judged is the
rest. An aspect is found where a theme of it is mentioned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

import pandas as pd
from sklearn.metrics import f1_score

from cx_text.api import Pipeline, fit
from cx_text.records import GENERAL_THEMES
from cx_text.stages.sentiment import label
from theming.measures import leaning
from theming.sets import Options, export_of, read

SET = "mams_acsa"
POLARITIES = ("negative", "neutral", "positive")


@dataclass(frozen=True)
class Mention:
    """A span's theme told as an aspect, where the span begins, and its sentiment (-1..1)."""

    aspect: str
    start: int
    sentiment: float


@dataclass(frozen=True)
class Sentence:
    """Polarity by aspect as people told it, our mentions, and the sentiment of the whole (-1..1)."""

    gold: Mapping[str, str]
    mentions: Sequence[Mention]
    sentiment: float


def lines(options: Options) -> Iterator[str]:
    """Yield how often aspects are found and parted, and how often polarity is right."""
    frame = read(SET, options.data)
    train, test = frame[frame["split"] == "train"], frame[frame["split"] != "train"]
    if 0 < options.rows < len(train):
        train = train.sample(options.rows, random_state=0)
    pipeline = fit(export_of(train["text"].tolist()))
    stands_for = leaning(beside(pipeline, train))
    sentences = told(pipeline, test, stands_for)
    threshold = pipeline.model.config.sentiment.threshold
    pairs = [pair for one in sentences for pair in pairs_of(one)]
    aspects = len(set(stands_for.values()))
    yield f"{SET}: {len(sentences)} sentences, {len(stands_for)} themes for {aspects} aspects"
    parted = fmean(len({mention.start for mention in one.mentions}) > 1 for one in sentences)
    yield f"sentences with themes in two spans or more {parted:.1%}"
    yield f"pairs of aspects of unlike polarity: {len(pairs)}; found in different spans {fmean(pairs):.1%}"
    yield f"{'polarity of':24} {'n':>5} {'mention':>17} {'whole sentence':>17}   accuracy, macro-F1"
    for name, judged in (("aspects found", found(sentences)), ("all aspects", every(sentences))):
        gold = [polarity for polarity, _, _ in judged]
        own = right(gold, [label(score, threshold) for _, score, _ in judged])
        whole = right(gold, [label(score, threshold) for _, _, score in judged])
        yield f"{name:24} {len(judged):5d} {own:>17} {whole:>17}"
    if options.verbose:
        names = dict(zip(pipeline.themes["theme_id"], pipeline.themes["label"], strict=True))
        yield from (f"    {aspect}: {names[theme]}" for theme, aspect in sorted(stands_for.items()))


def polarities(cell: str) -> dict[str, str]:
    """Return polarity by aspect.

    >>> polarities("food:positive|staff:negative")
    {'food': 'positive', 'staff': 'negative'}
    """
    return dict(one.split(":") for one in cell.split("|"))


def beside(pipeline: Pipeline, frame: pd.DataFrame) -> dict[str, Counter[str]]:
    """Return how often each theme with a reason is mentioned in sentences that name an aspect."""
    gold = [polarities(cell) for cell in frame["label"]]
    mentions = pipeline.score(export_of(frame["text"].tolist())).mentions
    counts: dict[str, Counter[str]] = {}
    for row, theme in zip(mentions["verbatim_id"].astype(int), mentions["theme_id"], strict=True):
        if theme not in GENERAL_THEMES:
            counts.setdefault(theme, Counter()).update(gold[row].keys())
    return counts


def told(pipeline: Pipeline, frame: pd.DataFrame, stands_for: Mapping[str, str]) -> list[Sentence]:
    """Return each sentence with its aspects and ours."""
    scored = pipeline.score(export_of(frame["text"].tolist()))
    mentions: dict[int, list[Mention]] = {}
    for one in scored.mentions.itertuples():
        if one.theme_id in stands_for:
            mention = Mention(stands_for[one.theme_id], int(one.start), float(one.sentiment))
            mentions.setdefault(int(one.verbatim_id), []).append(mention)
    whole = dict(zip(scored.verbatims["verbatim_id"].astype(int), scored.verbatims["sentiment"], strict=True))
    return [
        Sentence(polarities(cell), mentions.get(row, []), 0.0 if pd.isna(whole[row]) else float(whole[row]))
        for row, cell in enumerate(frame["label"])
    ]


def pairs_of(sentence: Sentence) -> list[bool]:
    """Return for each two aspects of unlike polarity whether they were found in different spans."""
    places: dict[str, set[int]] = {}
    for one in sentence.mentions:
        places.setdefault(one.aspect, set()).add(one.start)
    return [
        left in places and right in places and len(places[left] | places[right]) > 1
        for left, right in combinations(sentence.gold, 2)
        if sentence.gold[left] != sentence.gold[right]
    ]


def found(sentences: Sequence[Sentence]) -> list[tuple[str, float, float]]:
    """Return polarity, mean sentiment of its mentions, and of the sentence, for each aspect found."""
    return [
        (polarity, fmean(own), one.sentiment)
        for one in sentences
        for aspect, polarity in one.gold.items()
        if (own := [mention.sentiment for mention in one.mentions if mention.aspect == aspect])
    ]


def every(sentences: Sequence[Sentence]) -> list[tuple[str, float, float]]:
    """Return the same for every aspect; one that was not found takes the sentiment of the sentence."""
    return [
        (polarity, fmean(own) if own else one.sentiment, one.sentiment)
        for one in sentences
        for aspect, polarity in one.gold.items()
        for own in ([mention.sentiment for mention in one.mentions if mention.aspect == aspect],)
    ]


def right(gold: Sequence[str], given: Sequence[str]) -> str:
    """Return accuracy and macro-F1 as text."""
    if not gold:
        return "-"
    accuracy = fmean(one == other for one, other in zip(gold, given, strict=True))
    macro = f1_score(gold, given, labels=list(POLARITIES), average="macro", zero_division=0)
    return f"{accuracy:.3f} {macro:.3f}"

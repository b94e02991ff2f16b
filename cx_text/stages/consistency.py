"""How alike channels are in what they hear of: one number, how sure it is, and where they part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from cx_text.casemix import ENOUGH, Floats, Ints, stratum
from cx_text.config import Config
from cx_text.counting import channel_cases, shown_channels, theme_events
from cx_text.records import CONSISTENCY, Collection
from cx_text.text import digest_of

BLOCKS = 200
"""Customers are resampled in this many blocks."""
REPLICATES = 400
NOISE = 0.5
"""Where chance is this part of what mixes are compared by, nothing can be said."""

Row = dict[str, Any]


@dataclass(frozen=True)
class _Mixes:
    """Channels x themes that can be compared.

    Attributes:
        channels: c names, sorted.
        n: verbatims of each channel that are compared (c).
        support: the share of its verbatims that are (c), 0..1.
        usual: mentions (c x t) were the channel's mix as other channels have it in the same strata.
        blocks: what each block of customers adds to the difference from it (b x c x t).
    """

    channels: list[str]
    n: Ints
    support: Floats
    usual: Floats
    blocks: Floats

    @property
    def off(self) -> Floats:
        """Mentions counted less those that are usual (c x t)."""
        off: Floats = self.blocks.sum(axis=0)
        return off

    @property
    def noise(self) -> Floats:
        """The variance of `off` (c x t), from how much blocks differ."""
        noise: Floats = self.blocks.var(axis=0, ddof=1) * len(self.blocks)
        return noise


def consistency(collection: Collection, channels: pd.DataFrame, config: Config) -> pd.DataFrame:
    """Return table CONSISTENCY: how alike the theme mixes of channels are, given their cases.

    The `index` of a channel is Morisita's overlap of its mentions p (by theme) with those q that its contact
    reasons, lengths and products let expect from the other channels: 1 - sum (p - q)^2 / sum (p^2 + q^2),
    chance taken off the squares. 1 is the same mix, 0 is no theme in common: two mentions, one of the
    channel and one of the others, are of one theme `index` times as often as two of the same side. That of
    all channels is the mean by mentions.

    - scope all, then channel=...: `index` with its 95 % interval, and `p_value` of "no channel (or not this
      one) differs"; `n` verbatims are compared, `support` is their share: the rest are of kinds of which
      other channels have fewer than 20. `index` is empty where chance alone is half of what is compared.
    - scope theme=...: the themes of which some channel hears more (`above`) or less (`below`) than expected,
      as table CHANNELS (`channels`) judges; `contribution` is their share of all that differs (0..1).

    Intervals resample 200 blocks of customers; the p-value gives their parts random signs. The table is
    empty where there are no two channels to be compared.

    Reference:
        Morisita (1959), Measuring of interspecific association and similarity between communities;
        Horn (1966), Measurement of overlap in comparative ecological studies, American Naturalist 100;
        Wu (1986), Jackknife, bootstrap and other resampling methods, Annals of Statistics 14.
    """
    mixes = _mixes(collection, shown_channels(collection, config.privacy.k))
    if mixes is None:
        return CONSISTENCY.frame()
    random, size = np.random.default_rng(config.seed), len(mixes.blocks)
    signs = random.choice((-1.0, 1.0), size=(REPLICATES, size))
    draws = random.multinomial(size, np.full(size, 1 / size), REPLICATES).astype(np.float64)
    null, again = _resampled(mixes, signs, 1), _resampled(mixes, draws, 2)
    return CONSISTENCY.frame([*_scopes(mixes, null, again), *_themes(collection, mixes, channels)])


def _mixes(collection: Collection, channel: pd.Series) -> _Mixes | None:
    """Return what can be compared, in the finest strata that most verbatims share with other channels."""
    cases, named = channel_cases(collection), channel.notna()
    for width in range(cases.shape[1], -1, -1):
        place = pd.Series(stratum(cases.iloc[:, :width]), index=channel.index)
        sizes = pd.crosstab(place[named], channel[named])
        others = sizes.sum(axis=1) - sizes.max(axis=1)
        shared = named & place.isin(others.index[others >= ENOUGH])
        if 2 * int(shared.sum()) > int(named.sum()):
            return _counted(collection, channel, place, shared)
    return None


def _counted(collection: Collection, channel: pd.Series, place: pd.Series, shared: pd.Series) -> _Mixes:
    """Return the counts of the verbatims that are `shared`, and what each block adds to them."""
    owner, channels = pd.factorize(channel[shared], sort=True)
    spot = np.unique(place[shared], return_inverse=True)[1]
    events = theme_events(collection)[np.flatnonzero(shared)]
    here = _members(spot)
    sizes = (here @ _members(owner).T).toarray()
    total = sizes.sum(axis=1, keepdims=True)
    rate = (here @ events).toarray() / total
    block, row, blocks = _blocks(collection.verbatims[shared]), np.arange(spot.size), []
    for number in range(len(channels)):
        part = (sizes[:, number] / total[:, 0])[spot]
        added = sparse.csr_matrix((((owner == number) - part) / (1 - part), (block, row)))
        blocks.append((added @ events).toarray() - (added @ here.T).toarray() @ rate)
    off, n = np.stack(blocks, axis=1), sizes.sum(axis=0)
    usual = (_members(owner) @ events).toarray() - off.sum(axis=0)
    mix = usual / np.maximum(usual.sum(axis=1, keepdims=True), 1.0)
    more = off.sum(axis=2, keepdims=True) * mix
    return _Mixes(
        channels=[str(name) for name in channels],
        n=n,
        support=n / channel.value_counts().reindex(channels).to_numpy(),
        usual=usual + more.sum(axis=0),
        blocks=off - more,
    )


def _members(place: Ints) -> Any:
    """Return a sparse places x n matrix of 1s: which rows are at each place."""
    ones = np.ones(place.size, dtype=np.int64)
    return sparse.csr_matrix((ones, (place, np.arange(place.size))))


def _blocks(verbatims: pd.DataFrame) -> Ints:
    """Return the block of each verbatim, as good as drawn by lot; all of a customer are in one.

    A customer goes by the first of their verbatims: pseudonyms differ from workspace to workspace.
    """
    ids = verbatims["verbatim_id"]
    first = ids.groupby(verbatims["customer_id"].fillna(ids)).transform("min")
    place, names = pd.factorize(first)
    blocks = np.array([int(digest_of(str(name)), 16) % BLOCKS for name in names], dtype=np.int64)
    return np.asarray(blocks[place])


def _overlap(mixes: _Mixes, off: Floats, noise: Floats) -> Floats:
    """Return the overlap of all channels, then of each (1 + c), not yet cut to 0..1."""
    apart, both = _squares(mixes, off, noise)
    each = 1 - np.divide(apart, both, out=np.zeros(apart.shape), where=both > 0).sum(axis=1)
    said = (mixes.usual + off).sum(axis=1)
    whole = (each * said).sum() / max(said.sum(), 1.0)
    return np.concatenate([[whole], each])


def _squares(mixes: _Mixes, off: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """Return by channel and theme the square of what differs, by channel the squares of both mixes."""
    both = (mixes.usual + off) ** 2 - noise + mixes.usual**2
    return off**2 - noise, both.sum(axis=1, keepdims=True)


def _resampled(mixes: _Mixes, weights: Floats, times: int) -> Floats:
    """Return the overlaps (r x 1 + c) were the blocks to weigh as each of r rows of `weights` says.

    `times`: how often the noise is then in what differs; a resample of what was drawn has it twice.
    """
    noise = mixes.noise * times
    drawn = [(weight[:, None, None] * mixes.blocks).sum(axis=0) for weight in weights]
    return np.array([_overlap(mixes, off, noise) for off in drawn])


def _scopes(mixes: _Mixes, null: Floats, again: Floats) -> Iterator[Row]:
    """Yield the rows of all channels together, then of each."""
    overlap = _overlap(mixes, mixes.off, mixes.noise)
    known = mixes.noise.sum(axis=1) < NOISE * _squares(mixes, mixes.off, mixes.noise)[1][:, 0]
    sizes, supports = [mixes.n.sum(), *mixes.n], [_share(mixes), *mixes.support]
    for place, name in enumerate([None, *mixes.channels]):
        row = {
            "scope": "all" if name is None else f"channel={name}",
            "label": name,
            "n": sizes[place],
            "support": supports[place],
        }
        if known[place - 1] if place else known.all():
            index = float(np.clip(overlap[place], 0, 1))
            low, high = np.clip(np.quantile(again[:, place], [0.025, 0.975]), 0, 1)
            beyond = int((null[:, place] <= overlap[place]).sum())
            row |= {"index": index, "low": min(low, index), "high": max(high, index)}
            row |= {"p_value": (1 + beyond) / (1 + len(null))}
        yield row


def _share(mixes: _Mixes) -> float:
    """Return the share of all verbatims that is compared."""
    return float(mixes.n.sum() / (mixes.n / mixes.support).sum())


def _themes(collection: Collection, mixes: _Mixes, channels: pd.DataFrame) -> Iterator[Row]:
    """Yield the themes that some channel hears of more or less than expected, the largest part first."""
    apart, both = _squares(mixes, mixes.off, mixes.noise)
    said = (mixes.usual + mixes.off).sum(axis=1, keepdims=True)
    parts = np.maximum(apart, 0) / both * said
    part = pd.Series(parts.sum(axis=0), index=collection.catalogue["theme_id"])
    labels = dict(zip(collection.catalogue["theme_id"], collection.catalogue["label"], strict=True))
    marked = channels[channels["verdict"].isin(["above", "below"])]
    for theme in sorted(set(marked["theme_id"]), key=lambda theme: (-part[theme], theme)):
        mine = marked[marked["theme_id"] == theme].sort_values("channel")
        yield {
            "scope": f"theme={theme}",
            "label": labels[theme],
            "contribution": part[theme] / part.sum() if part.any() else 0.0,
            **{side: mine.loc[mine["verdict"] == side, "channel"].tolist() for side in ("above", "below")},
        }

"""Who truly differs from the others, and how sure that is: counts and expectations -> probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

import numpy as np
from numpy.typing import NDArray
from scipy import special

from cx_text.casemix import Flags, Floats, Standard
from cx_text.config import Config
from cx_text.statistics import benjamini_hochberg

GUARD = 0.1
"""False discovery rate that a cell must also meet before it is called strong evidence."""
MEANS = np.array([1.0, 1.0, 1.0, 2.7, 1 / 2.7])
SHAPES = np.array([400.0, 50.0, 15.0, 8.0, 8.0])
"""Means and shapes of the gamma distributions that the prior of true ratios is mixed of: most groups lie
around 1, within 5, 14 or 26 % (one standard deviation); a few stand out."""
START = np.array([2.0, 1.0, 1.0, 1.5, 1.5])
"""Cells that the weights of that mixture are thought to have been seen in before any data."""
ROUNDS = 200
WIDEST, FINEST = 12.0, 0.05
"""The largest ratio thought of, and the width of a step on the grid of ratios, as a logarithm."""


@dataclass(frozen=True)
class Judged:
    """How sure it is that a group truly differs; all groups x topics.

    Attributes:
        probability: that the true O/E is beyond `config.agents.difference` (0..1), in the direction
            that is the more probable one.
        more: that direction: True is "more events than expected".
        state: consistent, worth_a_look or strong_evidence.
        shrunken: mean of what the true O/E may be: the next O/E to be expected if nothing changes.
    """

    probability: Floats
    more: Flags
    state: NDArray[np.object_]
    shrunken: Floats


def smallest_group(config: Config) -> int:
    """Return the fewest verbatims of which an agent or team is judged, never below privacy's k."""
    return max(config.agents.minimum, config.privacy.k)


def telling(standard: Standard) -> Flags:
    """Return which cells have enough to talk about: 1 or more expected, or 3 or more counted."""
    enough: Flags = (standard.expected >= 1) | (standard.count >= 3)
    return enough


def judge(standard: Standard, config: Config) -> Judged:
    """Return how sure each difference is, shrunk towards what all groups show of all topics.

    Two kinds of groups are thought of: most have a true O/E around 1, a few stand out. The prior, a
    mixture of gamma distributions, says so; how many stand out and how close to 1 the others lie is
    learned from all other cells in which one event or more is expected. So where nobody differs nearly
    nobody is named, a lone outlier is not shrunk away, and no cell vouches for its own oddity. What few
    events of others let expect is itself uncertain, and taken as that.

    Cells that are not `telling` are consistent. Strong evidence must also hold against the number of
    comparisons made, a false discovery rate (over all telling cells) below `GUARD`, and needs a group
    that is supported, that is, compared with its own kinds of cases.

    Reference:
        DuMouchel (1999), Bayesian data mining in large frequency tables, The American Statistician 53;
        Efron (2008), Microarrays, empirical Bayes and the two-groups model, Statistical Science 23.
    """
    edges = _edges(config.agents.difference)
    ratios, parts = np.exp((edges[1:] + edges[:-1]) / 2), _parts(edges)
    limit = np.nextafter(log(config.agents.difference), 0)
    up, down = edges[:-1] >= limit, edges[1:] <= -limit
    fits = np.empty((*standard.count.shape, MEANS.size))
    for topic in range(fits.shape[1]):
        fits[:, topic] = (_likelihood(standard, topic, ratios)[:, None] * parts).sum(axis=2)
    weights = _weights(fits, standard.expected >= 1)
    above, below, shrunken = (np.empty(standard.count.shape) for _ in range(3))
    for topic in range(fits.shape[1]):
        prior = (weights[:, topic, :, None] * parts).sum(axis=1)
        sure = _likelihood(standard, topic, ratios) * prior
        sure /= sure.sum(axis=1, keepdims=True)
        above[:, topic], below[:, topic] = sure[:, up].sum(axis=1), sure[:, down].sum(axis=1)
        shrunken[:, topic] = (sure * ratios).sum(axis=1)
    probability = np.maximum(above, below)
    return Judged(probability, above >= below, _states(standard, probability, config), shrunken)


def _edges(difference: float) -> Floats:
    """Return the edges of a grid of ratios, as logarithms; `difference` and its inverse are among them."""
    step = log(difference) / ceil(log(difference) / FINEST)
    half = ceil(log(WIDEST) / step)
    return np.asarray(step * np.arange(-half, half + 1), dtype=np.float64)


def _parts(edges: Floats) -> Floats:
    """Return the parts of the prior on the grid: each row sums to 1."""
    parts = np.diff(special.gammainc(SHAPES[:, None], np.exp(edges) * (SHAPES / MEANS)[:, None]), axis=1)
    share: Floats = parts / parts.sum(axis=1, keepdims=True)
    return share


def _likelihood(standard: Standard, topic: int, ratios: Floats) -> Floats:
    """Return groups x ratios: how likely each count is for each true ratio, the best 1.

    Given the events of the group and those of others, the former are binomial, as in `Standard.interval`.
    """
    count, expected, behind = (
        part[:, topic, None] for part in (standard.count, standard.expected, standard.behind)
    )
    log_likelihood = count * np.log(ratios) - (count + behind) * np.log1p(expected / behind * ratios)
    likelihood: Floats = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    return likelihood


def _weights(fits: Floats, tells: Flags) -> Floats:
    """Return the weights of the parts of the prior for each cell, learned by EM from the others that tell.

    Args:
        fits: groups x topics x parts: how well each part explains each cell.
        tells: which cells are learned from (groups x topics).
    """
    pool = fits[tells]
    weights: Floats = START / START.sum()
    for _ in range(ROUNDS):
        weights = START + _shares(pool, weights).sum(axis=0)
        weights /= weights.sum()
    own = _shares(fits, weights) * tells[:, :, None]
    others: Floats = np.maximum(START + _shares(pool, weights).sum(axis=0) - own, START)
    others /= others.sum(axis=2, keepdims=True)
    return others


def _shares(fits: Floats, weights: Floats) -> Floats:
    """Return how much each part of the prior accounts for each cell; the last axis sums to 1."""
    shares: Floats = fits * weights
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares


def _states(standard: Standard, probability: Floats, config: Config) -> NDArray[np.object_]:
    """Return what is said of each cell."""
    told = telling(standard)
    guard = benjamini_hochberg(np.where(told, standard.p_values(), np.nan)) < GUARD
    strong = guard & standard.supported[:, None] & (probability >= config.agents.strong)
    looked = told & (probability >= config.agents.probability)
    choices = [looked & strong, looked]
    return np.select(choices, ["strong_evidence", "worth_a_look"], "consistent").astype(object)

"""Who truly differs from the others, and how sure that is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from cx_text.casemix import Standard
from cx_text.config import Agents, Config, Privacy
from cx_text.judging import MEANS, SHAPES, START, judge, smallest_group, telling


def standard(
    count: list[int], expected: list[float], n: int = 100, behind: float = 1e7, support: float = 1.0
) -> Standard:
    """Return groups of one topic, with much behind the expectation unless told."""
    names, size = [f"g{number}" for number in range(len(count))], len(count)
    return Standard(
        groups=names,
        n=np.full(size, n),
        count=np.array(count)[:, None],
        expected=np.array(expected, dtype=np.float64)[:, None],
        behind=np.full((size, 1), behind),
        support=np.full(size, support),
        strata=np.ones(size, dtype=np.int64),
    )


def test_one_outlier_among_many_equals_is_not_shrunk_away() -> None:
    """39 groups as expected and one with three times as many."""
    judged = judge(standard([10] * 39 + [30], [10.0] * 40), Config())
    assert judged.state[-1, 0] == "strong_evidence"
    assert judged.more[-1, 0]
    assert set(judged.state[:-1, 0]) == {"consistent"}


def test_few_events_are_shrunk_to_what_all_show() -> None:
    """3 where 1 is expected is an O/E of 3, and yet no reason to look."""
    judged = judge(standard([1] * 39 + [3], [1.0] * 40), Config())
    assert judged.state[-1, 0] == "consistent"
    assert judged.probability[-1, 0] < 0.5


def test_fewer_events_than_expected_are_found_as_well() -> None:
    """4 where 30 are expected."""
    judged = judge(standard([30] * 39 + [4], [30.0] * 40), Config())
    assert judged.state[-1, 0] == "strong_evidence"
    assert not judged.more[-1, 0]


def test_cells_with_next_to_nothing_in_them_stay_consistent() -> None:
    """2 counted and 0.9 expected are not talked about; 3 counted or 1 expected are."""
    assert telling(standard([2, 3, 0], [0.9, 0.1, 1.0])).ravel().tolist() == [False, True, True]
    assert judge(standard([2, 0], [0.0001, 100.0]), Config()).state[0, 0] == "consistent"


@pytest.mark.parametrize(("minimum", "k", "fewest"), [(10, 10, 10), (30, 10, 30), (3, 10, 10)])
def test_nobody_is_judged_below_the_minimum_or_privacy(minimum: int, k: int, fewest: int) -> None:
    """The larger of the two."""
    config = Config(agents=Agents(minimum=minimum), privacy=Privacy(k=k))
    assert smallest_group(config) == fewest


def test_the_posterior_is_that_of_the_prior_times_the_likelihood() -> None:
    """One group alone: the prior as it starts, integrated by scipy over the binomial likelihood."""
    alone = standard([9], [3.0], behind=50.0)
    weights, parts = START / START.sum(), stats.gamma(SHAPES, scale=MEANS / SHAPES)

    def density(ratio: float) -> float:
        chance = ratio * 3 / (ratio * 3 + 50)
        return float((weights * parts.pdf(ratio)).sum() * stats.binom.pmf(9, 59, chance))

    whole, above = (integrate.quad(density, low, 12, points=[1, 2], limit=200)[0] for low in (1e-6, 1.5))
    mean = integrate.quad(lambda ratio: ratio * density(ratio), 1e-6, 12, points=[1, 2], limit=200)[0]
    judged = judge(alone, Config())
    assert judged.probability[0, 0] == pytest.approx(above / whole, abs=0.01)
    assert judged.shrunken[0, 0] == pytest.approx(mean / whole, rel=0.01)


def test_what_few_others_let_expect_proves_less() -> None:
    """18 where 4 are expected: from ten million events of others, or from four."""
    sure, unsure = (
        judge(standard([18] + [4] * 20, [4.0] * 21, behind=behind), Config()) for behind in (1e7, 4.0)
    )
    assert unsure.probability[0, 0] < 0.9 < sure.probability[0, 0]


def test_who_is_not_supported_is_worth_a_look_at_most() -> None:
    """The evidence is the same, but nobody else takes such cases."""
    states = [
        judge(standard([10] * 39 + [30], [10.0] * 40, support=part), Config()).state[-1, 0]
        for part in (0.5, 0.4)
    ]
    assert states == ["strong_evidence", "worth_a_look"]


def test_the_next_ratio_lies_between_the_usual_one_and_what_was_counted() -> None:
    """Regression to the mean: 30 where 10 are expected will not be 3 times the usual next time."""
    judged = judge(standard([10] * 39 + [30], [10.0] * 40), Config())
    assert 1.5 < judged.shrunken[-1, 0] < 3
    assert judged.shrunken[:-1] == pytest.approx(1, abs=0.05)


def drawn(seed: int, planted: int) -> tuple[Standard, np.ndarray]:
    """Return 60 groups x 20 topics with 2 to 8 events expected, some ratios 3, and the true ratios."""
    random = np.random.default_rng(seed)
    ratios = np.ones((60, 20))
    ratios[random.choice(60, planted, replace=False), random.integers(0, 20, planted)] = 3.0
    expected = random.uniform(2, 8, ratios.shape)
    others = np.full(ratios.shape, 400.0)
    names = [f"g{number:02d}" for number in range(60)]
    counted = np.asarray(random.poisson(expected * ratios))
    strata = np.ones(60, dtype=np.int64)
    return Standard(names, np.full(60, 90), counted, expected, others, np.ones(60), strata), ratios


def test_probabilities_keep_their_word() -> None:
    """30 draws with 20 planted: what is said to be 90 % sure is true that often; of 50 to 90 %, half."""
    pairs: list[tuple[float, bool]] = []
    for seed in range(30):
        cells, ratios = drawn(seed, 20)
        judged = judge(cells, Config())
        pairs += zip(judged.probability[judged.more], ratios[judged.more] > 1.5, strict=True)
    said, true = np.array(pairs).T
    assert true[said >= 0.9].mean() >= 0.9
    assert 0.5 <= true[(said >= 0.5) & (said < 0.9)].mean() <= 0.9
    assert true[said < 0.1].mean() < 0.02


def test_where_nobody_differs_nearly_nobody_is_named() -> None:
    """30 draws of 1,200 comparisons in two directions: one flag at most."""
    states = [judge(drawn(seed, 0)[0], Config()).state for seed in range(30)]
    assert sum(int((state != "consistent").sum()) for state in states) <= 1


def test_the_order_of_groups_and_topics_plays_no_part() -> None:
    """Turned round, everything stays with its cell."""
    cells, _ = drawn(1, 10)
    parts = {name: getattr(cells, name)[::-1, ::-1] for name in ("count", "expected", "behind")}
    turned = replace(cells, **parts)
    one, two = judge(cells, Config()), judge(turned, Config())
    np.testing.assert_allclose(one.probability, two.probability[::-1, ::-1], rtol=0, atol=1e-12)
    assert (one.state == two.state[::-1, ::-1]).all()


@pytest.mark.parametrize("difference", [1.05, 1.2, 1.5, 4.0, 11.0])
def test_the_difference_worth_coaching_can_be_set(difference: float) -> None:
    """The larger it is, the less sure one can be of it."""
    config = Config(agents=Agents(difference=difference))
    judged = judge(standard([10] * 39 + [30], [10.0] * 40), config)
    assert judged.more[-1, 0]
    assert (judged.probability[-1, 0] > 0.9) == (difference <= 1.5)

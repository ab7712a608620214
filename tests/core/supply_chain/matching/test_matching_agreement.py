"""How the agreement of matchers with people is measured, on figures that can be checked by hand."""

import numpy as np
import pytest

from benchmarks.agreement import best_threshold, difference, f1_of, mean_quality, quality
from benchmarks.duplicate_quality import OURS, OURS_BEST, OURS_SHOWN, Scored, pooled, qualities

IS_MATCH = np.array([True, True, True, False, False, False])
SCORES = np.array([0.9, 0.6, 0.04, 0.5, 0.1, 0.0])


def test_figures_of_a_threshold_are_those_counted_by_hand():
    found = quality(SCORES, IS_MATCH, 0.5)

    assert (found.precision, found.recall, found.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert found.auc == pytest.approx(7 / 9)
    assert found.spread[0] <= found.f1 <= found.spread[1]


def test_nothing_said_and_nothing_to_find_is_no_division_by_zero():
    none = np.zeros(3, dtype=bool)

    assert f1_of(none, none) == (0.0, 0.0, 0.0)


def test_the_best_threshold_has_the_highest_f1():
    assert best_threshold(SCORES, IS_MATCH) == 0.6
    assert best_threshold(np.array([0.4, 0.3]), np.array([True, True])) == 0.3


def test_a_matcher_is_not_ahead_of_itself():
    same = difference(quality(SCORES, IS_MATCH, 0.5), quality(SCORES, IS_MATCH, 0.5))

    assert (same.f1, same.spread, same.is_told) == (0.0, (0.0, 0.0), False)


def test_a_difference_is_told_although_the_spreads_of_both_overlap():
    truth = np.array([True] * 10 + [False] * 10)
    one, other = truth.astype(float), truth.astype(float)
    one[0] = other[:4] = 0.0  # one misses a pair, the other that pair and three more
    ahead, behind = quality(one, truth, 0.5), quality(other, truth, 0.5)

    assert behind.spread[1] > ahead.spread[0]
    assert difference(ahead, behind).is_told
    assert difference(behind, ahead).is_told
    assert difference(ahead, behind).f1 == pytest.approx(18 / 19 - 12 / 16)


def test_a_difference_of_one_pair_of_few_is_not_told():
    worse = quality(np.where(SCORES == 0.5, 0.7, SCORES), IS_MATCH, 0.6)

    assert not difference(quality(SCORES, IS_MATCH, 0.6), worse).is_told


def test_in_the_mean_a_short_set_counts_as_much_as_a_long_one():
    whole = quality(np.array([1.0, 0.0]), np.array([True, False]), 0.5)
    long = quality(np.tile(SCORES, 50), np.tile(IS_MATCH, 50), 0.5)

    assert mean_quality([whole, long]).f1 == pytest.approx((1 + 2 / 3) / 2)


def test_in_the_pool_each_pair_counts_once_and_all_have_one_threshold():
    low = Scored({OURS: SCORES / 10, "mix": SCORES / 10}, IS_MATCH)
    high = Scored({OURS: SCORES, "mix": SCORES}, IS_MATCH)
    pool = pooled([low, high])

    found = qualities(pool, pool)

    assert pool.scores["mix"].tolist() == [*SCORES / 10, *SCORES]
    assert found["mix"].f1 < qualities(low, low)["mix"].f1 == qualities(high, high)["mix"].f1


def test_the_threshold_of_a_rival_and_our_second_come_from_the_open_half_alone():
    opened = Scored({OURS: SCORES, "mix": SCORES}, IS_MATCH)
    proof = Scored({OURS: np.array([0.55, 0.45]), "mix": np.array([0.65, 0.55])}, IS_MATCH[2:4])

    found = qualities(opened, proof)

    assert list(found) == [OURS, OURS_SHOWN, OURS_BEST, "mix"]
    # open best: 0.6; of the proof half the mix says "the same" to one, ours by it to none
    assert (found["mix"].recall, found[OURS_BEST].recall, found[OURS].recall) == (1.0, 0.0, 1.0)
    assert found[OURS].precision == 1.0 and found[OURS_SHOWN].precision == 0.5

"""Pairs are left out before they are compared whole, and never one that would have been told."""

import numpy as np
import pytest
from hypothesis import given

from benchmarks import labelled_pairs
from benchmarks.made_records import make_records
from supply_chain.matching.candidates import candidate_pairs
from supply_chain.matching.grams import distinct, distinct_cells
from supply_chain.matching.prepared import prepare
from supply_chain.matching.pruning import may_reach
from supply_chain.matching.scoring import score
from supply_chain.matching.weights import weights
from tests.core.supply_chain.matching.test_matching import records
from tests.sampling import examples


def check(prepared, left, right, *, least):
    known = weights()
    kept = may_reach(prepared, left, right, known, least=least)
    scores = score(prepared, left, right, known).score
    assert not np.any(scores[~kept] >= least)
    return kept


@pytest.mark.parametrize("least", [0.3, 0.5, 0.9])
@pytest.mark.parametrize("pairs", [labelled_pairs.facilities, labelled_pairs.mills])
def test_no_pair_that_reaches_a_score_is_left_out(pairs, least):
    labelled = pairs(proof=False)
    prepared = prepare([*(pair.left for pair in labelled), *(pair.right for pair in labelled)])
    rows = np.arange(len(labelled))

    check(prepared, rows, rows + len(labelled), least=least)


@examples(60)
@given(records, records)
def test_no_pair_whatever_it_says_is_left_out_wrongly(left, right):
    check(prepare([left, right]), np.array([0]), np.array([1]), least=weights().review_from)


def test_of_the_pairs_of_a_long_list_most_are_left_out():
    prepared = prepare(make_records(2_000).records)
    left, right = candidate_pairs(prepared)

    kept = check(prepared, left, right, least=weights().review_from)

    assert kept.mean() < 0.25


def test_values_and_cells_are_told_once_and_in_order():
    assert distinct(np.array([3, 1, 3, 2, 1])).tolist() == [1, 2, 3]
    assert distinct(np.array([], dtype=np.int64)).tolist() == []
    rows, columns = distinct_cells(np.array([1, 0, 1]), np.array([2, 1, 2]), 5)
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [1, 2])

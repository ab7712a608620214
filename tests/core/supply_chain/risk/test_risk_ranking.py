"""Moving few risks in the salience order gives what sorting all of them again gives."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.risk.ranking import StoredOrder
from supply_chain.risk.rm2.salience import OpenRisks, rank_keys, salience_ranks
from tests.sampling import examples

few = st.sampled_from


@st.composite
def risks(draw, nodes):
    """Risks with many ties, so that every key decides somewhere."""
    pairs = [(node, issue) for node in nodes for issue in (0, 3, 15)]

    def column(values, kind):
        return np.array([draw(few(values)) for _ in pairs], dtype=kind)

    return OpenRisks(
        node=np.array([node for node, _ in pairs], dtype=np.int64),
        issue=np.array([issue for _, issue in pairs], dtype=np.int64),
        emergency=column([False, True], np.bool_),
        delay=column([False, True], np.bool_),
        residual_index=column([0.0, 55.0, 60.0, 60.0 + 1e-9, 100.0], np.float64),
        severity=column([1.0, 3.4, 5.0], np.float64),
        index_high=column([60.0, 72.5, 100.0], np.float64),
        involvement=column([0, 1, 2], np.int64),
    )


def part(of, at):
    return OpenRisks(*(getattr(of, field.name)[at] for field in fields(OpenRisks)))


def joined(one, other):
    names = [field.name for field in fields(OpenRisks)]
    return OpenRisks(*(np.concatenate([getattr(one, n), getattr(other, n)]) for n in names))


def by_hand(of):
    """Ranks by comparing tuples, as section 12 words it."""
    keys = [
        (
            not of.emergency[at],
            -round(of.residual_index[at] + 5 * of.delay[at], 6),
            -round(of.severity[at], 6),
            -round(of.index_high[at], 6),
            of.involvement[at],
            of.node[at],
            of.issue[at],
        )
        for at in range(len(of))
    ]
    order = sorted(range(len(of)), key=keys.__getitem__)
    return [order.index(at) + 1 for at in range(len(of))]


@given(risks(range(4)))
@examples(60)
def test_two_numbers_a_risk_give_the_salience_order(whole):
    assert salience_ranks(whole).tolist() == by_hand(whole)


@given(st.data())
@examples(60)
def test_ranks_after_a_move_are_those_of_sorting_all_again(data):
    whole = data.draw(risks(range(5)))
    chosen = sorted(data.draw(st.sets(st.integers(0, 4), max_size=3)))
    leaves = np.isin(whole.node, chosen)
    # Of what left some comes back changed, at other nodes than those that stay.
    after = data.draw(risks(chosen[:2] or [7]))
    ranks = salience_ranks(whole)
    ordered = part(whole, np.argsort(ranks))

    kept = StoredOrder(len(ranks), lambda at: rank_keys(part(ordered, at)))
    moves, came = kept.moved(ranks[leaves] - 1, rank_keys(after))

    stays = ranks[~leaves]
    wanted = salience_ranks(joined(part(whole, np.flatnonzero(~leaves)), after))
    assert (stays + moves[stays - 1]).tolist() == wanted[: len(stays)].tolist()
    assert came.tolist() == wanted[len(stays) :].tolist()


@given(risks(range(1)))
@examples(5)
def test_a_number_that_the_method_does_not_allow_is_refused(whole):
    wrong = OpenRisks(**(vars(whole) | {"residual_index": np.full(len(whole), 150.0)}))
    with pytest.raises(ValueError, match="outside the method's range"):
        rank_keys(wrong)

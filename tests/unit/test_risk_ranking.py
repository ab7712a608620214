"""Moving few risks in the salience order gives what sorting all of them again gives."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.risk.ranking import KeptOrder, Ranking, RankKeys
from supply_chain.risk.salience import Risks, salience_ranks
from tests.sampling import examples

few = st.sampled_from


@st.composite
def risks(draw, size, nodes=None):
    """Risks with many ties, so that every key decides somewhere."""
    pairs = [(node, issue) for node in range(size) for issue in (0, 3, 15)] if nodes is None else []
    pairs = pairs or [(node, issue) for node in nodes for issue in (0, 3, 15)]

    def column(values, kind):
        return np.array([draw(few(values)) for _ in pairs], dtype=kind)

    return Risks(
        node=np.array([node for node, _ in pairs], dtype=np.int64),
        issue=np.array([issue for _, issue in pairs], dtype=np.int64),
        emergency=column([False, True], np.bool_),
        delay=column([False, True], np.bool_),
        severity=column([1.0, 3.4, 5.0], np.float64),
        residual=column([0.0, 0.5, 0.5 + 1e-9, 1.0], np.float64),
        scope=column([1.0, 2.5, 5.0], np.float64),
        confidence=column([0.0, 0.3, 1.0], np.float64),
        involvement=column([0, 1, 2], np.int64),
    )


def part(of, at):
    return Risks(*(getattr(of, field.name)[at] for field in fields(Risks)))


def joined(one, other):
    names = [field.name for field in fields(Risks)]
    return Risks(*(np.concatenate([getattr(one, n), getattr(other, n)]) for n in names))


def assert_same_order(ranking, whole):
    expected = salience_ranks(whole)
    assert len(ranking) == len(whole.node)
    assert ranking.ranks(whole).tolist() == expected.tolist()
    order = np.argsort(expected)
    node, issue = ranking.page(0, len(ranking) + 5)
    assert node.tolist() == whole.node[order].tolist()
    assert issue.tolist() == whole.issue[order].tolist()
    middle = ranking.page(2, 5)
    assert middle[0].tolist() == node[2:5].tolist()


@given(risks(4))
@examples(60)
def test_two_numbers_a_risk_give_the_salience_order(given_risks):
    assert_same_order(Ranking.of(given_risks), given_risks)


@given(st.data())
@examples(60)
def test_risks_moved_twice_stand_where_sorting_all_again_puts_them(data):
    whole = data.draw(risks(4))
    ranking = Ranking.of(whole)
    for _ in range(2):
        chosen = sorted(data.draw(st.sets(st.integers(0, 3), min_size=1, max_size=2)))
        at = np.flatnonzero(np.isin(whole.node, chosen))
        after = data.draw(risks(0, nodes=chosen))
        ranking = ranking.moved(part(whole, at), after)
        whole = joined(part(whole, np.flatnonzero(~np.isin(whole.node, chosen))), after)
        assert_same_order(ranking, whole)


@given(st.data())
@examples(60)
def test_ranks_after_a_move_are_those_of_sorting_all_again_also_without_columns(data):
    whole = data.draw(risks(5))
    chosen = sorted(data.draw(st.sets(st.integers(0, 4), max_size=3)))
    leaves = np.isin(whole.node, chosen)
    # Of what left some comes back changed, at other nodes than those that stay.
    after = data.draw(risks(0, nodes=chosen[:2] or [7]))
    ranks = salience_ranks(whole)
    ordered = part(whole, np.argsort(ranks))

    kept = KeptOrder(len(ranks), lambda at: RankKeys.of(part(ordered, at)))
    moves, came = kept.moved(ranks[leaves] - 1, RankKeys.of(after))

    stays = ranks[~leaves]
    wanted = salience_ranks(joined(part(whole, np.flatnonzero(~leaves)), after))
    assert (stays + moves[stays - 1]).tolist() == wanted[: len(stays)].tolist()
    assert came.tolist() == wanted[len(stays) :].tolist()


@given(risks(3))
@examples(20)
def test_a_node_can_leave_the_order_and_come_back(whole):
    here = np.flatnonzero(whole.node == 1)
    others = part(whole, np.flatnonzero(whole.node != 1))
    nothing = part(whole, here[:0])
    without = Ranking.of(whole).moved(part(whole, here), nothing)
    assert_same_order(without, others)
    assert_same_order(without.moved(nothing, part(whole, here)), whole)
    assert len(Ranking.of(nothing)) == 0
    assert_same_order(Ranking.of(nothing).moved(nothing, part(whole, here)), part(whole, here))


@given(risks(2))
@examples(10)
def test_a_risk_that_is_not_as_it_was_given_is_refused(whole):
    other = part(whole, np.array([0]))
    wrong = Risks(**(vars(other) | {"node": np.array([9])}))
    with pytest.raises(ValueError, match="not in the order"):
        Ranking.of(whole).moved(wrong, other)
    with pytest.raises(ValueError, match="outside the method's range"):
        Ranking.of(Risks(**(vars(other) | {"residual": np.array([1.5])})))

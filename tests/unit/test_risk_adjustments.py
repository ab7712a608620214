"""Likelihoods that people raised or lowered (RM-1.0 section 8)."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.chain_columns import LinkColumns, NodeColumns
from supply_chain.graph import ValueChain
from supply_chain.reference import load_reference
from supply_chain.risk.adjustments import Adjustments, Bounds, bounds_of
from supply_chain.risk.assessment import Assessment, assess
from supply_chain.risk.evidence import STATES, Evidence, State, States
from supply_chain.risk.explanation import explain
from supply_chain.vocabulary import Issue

CL = list(Issue).index(Issue.CL)


def adjustments(*rows: tuple[float, bool]) -> Adjustments:
    return Adjustments(
        node=np.zeros(len(rows), dtype=np.int64),
        issue=np.full(len(rows), CL),
        likelihood=np.array([row[0] for row in rows]),
        raises=np.array([row[1] for row in rows], dtype=np.bool_),
    )


def assessed(changes: Adjustments, states: States | None = None) -> Assessment:
    nodes = NodeColumns.build(["own"], country=["CI"], own_operation=[True], origin=[True])
    chain = ValueChain.build(nodes=nodes, links=LinkColumns.build(nodes, buyer=[], supplier=[]))
    evidence = Evidence(adjustments=changes, states=states or States())
    return assess(chain, evidence, reference=load_reference(), as_of=date(2026, 11, 25))


def test_a_raise_lifts_the_likelihood_of_its_issue_alone() -> None:
    plain, raised = assessed(Adjustments()), assessed(adjustments((0.97, True)))
    assert raised.scores.likelihood[0, CL] == 0.97
    others = [c for c in range(16) if c != CL]
    assert (raised.scores.likelihood[0, others] == plain.scores.likelihood[0, others]).all()
    assert (raised.scores.modelled == plain.scores.modelled).all()


def test_a_lowering_brings_the_likelihood_down_to_what_was_asked_for() -> None:
    assert assessed(adjustments((0.3, False))).scores.likelihood[0, CL] == 0.3


def test_a_lowering_never_goes_below_what_a_fact_says() -> None:
    confirmed = States(
        node=np.array([0]),
        issue=np.array([CL]),
        state=np.array([STATES.index(State.CREDIBLE)]),
        found_by=np.array([-1]),
        months=np.array([np.nan]),
    )
    assert assessed(adjustments((0.1, False)), confirmed).scores.likelihood[0, CL] == 0.6


def test_a_raise_wins_over_a_lowering_of_the_same_pair() -> None:
    both = assessed(adjustments((0.2, False), (0.9, True)))
    assert both.scores.likelihood[0, CL] == 0.9


def test_of_several_lowerings_the_least_far_one_counts() -> None:
    bounds = bounds_of(adjustments((0.2, False), (0.5, False)), 1)
    assert bounds.upper[0, CL] == 0.5


def test_a_lowering_to_zero_is_a_lowering() -> None:
    assert bounds_of(adjustments((0.0, False)), 1).upper[0, CL] == 0.0


def test_what_would_lower_a_raised_score_keeps_the_raise() -> None:
    raised = assessed(adjustments((0.97, True)))
    found = explain(raised, "own", Issue.CL)
    assert {item.kind for item in found.lowering} == {"control"}
    # No datum can lower it: a person said so, whatever the model thinks.
    assert min(item.residual_likelihood for item in found.lowering) == pytest.approx(
        0.97 * (1 - 0.7 * 0.9)
    )


@given(
    modelled=st.floats(0, 1),
    rows=st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=6),
)
def test_a_changed_likelihood_stays_in_its_range_and_raises_never_lower(
    modelled: float, rows: list[tuple[float, bool]]
) -> None:
    bounds = bounds_of(adjustments(*rows), 1)
    held = bounds.apply(np.full((1, 16), modelled))[0, CL]
    raises = [value for value, up in rows if up]
    lowerings = [value for value, up in rows if not up]
    assert 0 <= held <= 1
    assert held >= max(raises, default=0)
    if not lowerings:
        assert held >= modelled
    if not raises:
        assert held <= modelled


def test_bounds_are_cut_and_repeated_row_by_row() -> None:
    bounds = Bounds(np.arange(3.0).reshape(3, 1), np.ones((3, 1)))
    assert bounds.rows(1, 2).lower.tolist() == [[1.0]]
    assert bounds.rows(1, 2).repeated(2).lower.tolist() == [[1.0], [1.0]]

"""A change of few nodes gives, to the last bit, what a whole run gives (RM-1.0 section 11)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.generate import make_graph
from supply_chain.risk.incremental import Flow, change_nodes
from supply_chain.risk.plan import make_plan
from tests.sampling import examples
from tests.unit.test_risk_propagation import Map as SmallMap
from tests.unit.test_risk_propagation import graphs, levels, plain_exposure, plain_linkage

NUMBERS = ("residual", "severity", "exposed", "linked", "upstream")


def copied(flow):
    return Flow(*(getattr(flow, name).copy() for name in NUMBERS))


def assert_same(flow, whole):
    for name in NUMBERS:
        np.testing.assert_array_equal(getattr(flow, name), getattr(whole, name), err_msg=name)


@given(graphs(), st.data())
@examples(80)
def test_one_changed_node_gives_what_a_whole_run_and_a_plain_version_give(graph, data):
    likelihood, links = graph
    ours = SmallMap(likelihood, links)
    severity = ours.plan.to_plan(np.arange(1.0, len(likelihood) + 1)[:, None] % 5 + 1)
    flow = Flow.of(ours.plan, ours.plan.to_plan(ours.likelihood), severity)
    name = data.draw(st.sampled_from(ours.names))
    level = data.draw(levels)
    place = ours.plan.place[[ours.names.index(name)]]
    change_nodes(ours.plan, flow, place, np.array([[level]]), np.array([[4.5]]))
    assert_same(flow, Flow.of(ours.plan, flow.residual.copy(), flow.severity.copy()))
    changed = likelihood | {name: level}
    by_row = dict(zip(ours.names, ours.plan.from_plan(flow.exposed)[:, 0], strict=True))
    assert by_row == pytest.approx(plain_exposure(changed, links), abs=1e-9)
    by_row = dict(zip(ours.names, ours.plan.from_plan(flow.linked)[:, 0], strict=True))
    assert by_row == pytest.approx(plain_linkage(changed, links), abs=1e-12)


@pytest.fixture(scope="module")
def large():
    graph = make_graph(3_000, 12_000)
    plan = make_plan(graph.count, graph.buyer, graph.supplier, graph.share, graph.flow)
    severity = np.random.default_rng(5).uniform(1, 5, graph.residual.shape)
    return plan, Flow.of(plan, plan.to_plan(graph.residual), severity)


def test_changes_one_after_the_other_on_a_map_with_large_circles_equal_a_whole_run(large):
    plan, base = large
    flow, random = copied(base), np.random.default_rng(6)
    for size in (1, 1, 5, 40):
        at = np.sort(random.choice(len(plan.order), size, replace=False))
        moved = change_nodes(
            plan, flow, at, random.random((size, 16)), random.uniform(1, 5, (size, 16))
        )
        assert np.isin(at, moved).all()
    assert_same(flow, Flow.of(plan, flow.residual.copy(), flow.severity.copy()))


def test_only_buyers_downstream_of_the_change_move(large):
    plan, base = large
    flow = copied(base)
    place = len(plan.order) // 2
    moved = change_nodes(plan, flow, np.array([place]), np.full((1, 16), 0.9), np.ones((1, 16)))
    differs = [(getattr(flow, name) != getattr(base, name)).any(axis=1) for name in NUMBERS]
    assert set(np.flatnonzero(np.any(differs, axis=0))) <= set(moved.tolist())
    assert place in moved
    assert moved.min() >= place  # a level never passes anything to one below it
    assert len(moved) < len(plan.order) / 2


def test_the_same_scores_again_move_nothing_but_the_node(large):
    plan, base = large
    flow, at = copied(base), np.array([7])
    assert change_nodes(plan, flow, at, base.residual[at], base.severity[at]).tolist() == [7]
    assert_same(flow, base)


def test_a_circle_that_settles_slowly_is_solved_exactly_here_too():
    links = [("X", "Y", 1.0, 1), ("Y", "X", 1.0, 1), ("X", "A", 0.0, 1), ("B", "X", 0.5, 1)]
    ours = SmallMap({"X": 1e-7, "Y": 1e-7, "A": 0.3, "B": 0.0}, links)
    severity = np.ones((4, 1))
    flow = Flow.of(ours.plan, ours.plan.to_plan(ours.likelihood), severity)
    place = ours.plan.place[[2]]
    change_nodes(ours.plan, flow, place, np.array([[0.5]]), np.array([[3.0]]))
    assert_same(flow, Flow.of(ours.plan, flow.residual.copy(), flow.severity.copy()))
    assert flow.exposed[ours.plan.place[3], 0] == pytest.approx(0.5, abs=1e-6)

"""A change of few nodes gives, to the last bit, what a whole run gives (RM-2.0 section 11)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.generate import make_graph
from supply_chain.graph.columns import FLOWS
from supply_chain.risk import blocks
from supply_chain.risk.rm2.incremental import Flow, change_nodes
from supply_chain.risk.rm2.network import Network, make_network
from supply_chain.risk.rm2.shares import Links
from tests.core.supply_chain.risk.rm2.test_rm2_propagation import (
    Map,
    columns,
    graphs,
    levels,
    plain_exposure,
    plain_linkage,
)
from tests.sampling import examples

NUMBERS = ("residual", "severity", "exposed", "free", "upstream")


def copied(flow):
    return Flow(*(getattr(flow, name).copy() for name in NUMBERS))


def whole(network, flow):
    return Flow.of(network, flow.residual.copy(), flow.severity.copy())


def assert_same(flow, other):
    for name in NUMBERS:
        np.testing.assert_array_equal(getattr(flow, name), getattr(other, name), err_msg=name)


@given(graphs(), st.data())
@examples(150)
def test_one_changed_node_gives_what_a_whole_run_and_a_plain_version_give(graph, data):
    likelihood, links = graph
    ours = Map(likelihood, links)
    severity = ours.plan.to_plan(np.arange(1.0, len(likelihood) + 1)[:, None] % 5 + 1)
    flow = Flow.of(ours.network, ours.plan.to_plan(ours.own), severity)
    name, level = data.draw(st.sampled_from(ours.names)), data.draw(levels)
    place = ours.plan.place[[ours.names.index(name)]]

    change_nodes(ours.network, flow, place, np.array([[level]]), np.array([[4.5]]))

    assert_same(flow, whole(ours.network, flow))
    changed, nodes = likelihood | {name: level}, len(likelihood)
    assert ours.by_name(flow.exposed[:nodes]) == pytest.approx(
        plain_exposure(changed, links), abs=1e-9
    )
    assert ours.by_name(1 - flow.free[:nodes]) == pytest.approx(
        plain_linkage(changed, links), abs=1e-12
    )


@given(graphs(), st.integers(2, 5), st.data())
@examples(60)
def test_several_issues_of_several_nodes_change_together(graph, issues, data):
    likelihood, links = graph
    own = np.array([[v ** (1 + i) for i in range(issues)] for v in likelihood.values()])
    unknown = np.array([[u ** (1 + i) for i in range(issues)] for *_, u in links])
    network = make_network(
        len(own), columns(list(likelihood), links), unknown.reshape(len(links), issues)
    )
    flow = Flow.of(network, network.plan.to_plan(own), np.ones(own.shape))
    at = np.array(sorted(data.draw(st.sets(st.integers(0, len(own) - 1), min_size=1))))
    some = st.lists(levels, min_size=issues, max_size=issues)
    new = np.array([data.draw(some) for _ in at])

    change_nodes(network, flow, at, new, 1 + 4 * new)

    assert_same(flow, whole(network, flow))


@pytest.fixture(scope="module")
def large() -> tuple[Network, Flow]:
    """A map with circles of many sizes, three fifths of its flows confirmed."""
    graph, random = make_graph(3_000, 12_000), np.random.default_rng(5)
    links = Links(
        buyer=graph.buyer,
        supplier=graph.supplier,
        share=graph.share,
        evidence=random.choice(len(FLOWS), len(graph.buyer), p=[0.6, 0.2, 0.1, 0.1]).astype(
            np.int8
        ),
        origin=random.integers(0, 7, len(graph.buyer)),
    )
    network = make_network(graph.count, links, random.random((7, 16)) * 0.6)
    severity = random.uniform(1, 5, graph.residual.shape)
    return network, Flow.of(network, network.plan.to_plan(graph.residual), severity)


def test_changes_one_after_the_other_on_a_map_with_large_circles_equal_a_whole_run(large):
    network, base = large
    flow, random = copied(base), np.random.default_rng(6)
    assert network.unproven_circles.any()
    for size in (1, 1, 5, 40):
        at = np.sort(random.choice(network.nodes, size, replace=False))
        new = random.random((size, 16)), random.uniform(1, 5, (size, 16))
        moved = change_nodes(network, flow, at, *new)
        assert np.isin(at, moved).all()
    assert_same(flow, whole(network, flow))


def test_only_buyers_downstream_of_the_change_move(large):
    network, base = large
    flow, place = copied(base), network.nodes // 2

    moved = change_nodes(network, flow, np.array([place]), np.full((1, 16), 0.9), np.ones((1, 16)))

    differs = [
        (getattr(flow, name)[: network.nodes] != getattr(base, name)[: network.nodes]).any(axis=1)
        for name in NUMBERS
    ]
    assert set(np.flatnonzero(np.any(differs, axis=0))) <= set(moved.tolist())
    assert place in moved
    assert moved.min() >= place  # a level never passes anything to one below it
    assert len(moved) < network.nodes / 2


def test_the_same_scores_again_move_nothing_but_the_node(large):
    network, base = large
    flow, at = copied(base), np.array([7])

    assert change_nodes(network, flow, at, base.residual[at], base.severity[at]).tolist() == [7]
    assert_same(flow, base)


def test_a_likelihood_of_one_moves_what_an_unproven_flow_counts_as():
    ours = Map({"B": 0.1, "A": 0.2}, [("B", "A", 1.0, "possible", 0.6)])
    flow = Flow.of(ours.network, ours.plan.to_plan(ours.own), np.ones((2, 1)))
    before, place = flow.exposed[2].copy(), ours.plan.place[[1]]

    change_nodes(ours.network, flow, place, np.array([[1.0]]), np.array([[1.0]]))

    assert flow.exposed[2] == 1.0 > before
    assert_same(flow, whole(ours.network, flow))


@pytest.mark.parametrize("evidence", ["confirmed", "possible"])
def test_a_circle_that_settles_slowly_is_solved_exactly_here_too(monkeypatch, evidence):
    monkeypatch.setattr(blocks, "PASSES", 4)
    links = [("X", "Y", 1.0, evidence, 0.0), ("Y", "X", 1.0, "confirmed"),
             ("X", "A", 0.0, "confirmed"), ("B", "X", 0.5, "confirmed")]  # fmt: skip
    ours = Map({"X": 1e-7, "Y": 1e-7, "A": 0.3, "B": 0.0}, links)
    flow = Flow.of(ours.network, ours.plan.to_plan(ours.own), np.ones((4, 1)))

    place = ours.plan.place[[ours.names.index("A")]]
    change_nodes(ours.network, flow, place, np.array([[0.5]]), np.array([[3.0]]))

    assert_same(flow, whole(ours.network, flow))

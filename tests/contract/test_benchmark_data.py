"""The generated maps that benchmarks run on look like real value chains."""

import networkx as nx
import numpy as np

from benchmarks.contract import gain_row, in_turn, limit_row, ratio_row
from benchmarks.generate import CIRCLES, LARGEST_CIRCLE, make_graph

NODES, LINKS = 5_000, 20_000
GRAPH = make_graph(NODES, LINKS)


def test_equal_arguments_give_equal_maps():
    again = make_graph(NODES, LINKS)
    assert np.array_equal(GRAPH.supplier, again.supplier)
    assert np.array_equal(GRAPH.share, again.share, equal_nan=True)
    assert np.array_equal(GRAPH.residual, again.residual)
    assert not np.array_equal(GRAPH.residual, make_graph(NODES, LINKS, seed=1).residual)


def test_tiers_widen_and_narrow_and_suppliers_are_heavy_tailed():
    sizes = np.bincount(GRAPH.tier)
    assert sizes[0] < sizes[4] > sizes[-1]
    assert sizes.sum() == GRAPH.count == NODES
    suppliers = np.bincount(GRAPH.buyer, minlength=NODES)
    assert suppliers.max() > 10 * suppliers[suppliers > 0].mean()


def test_known_shares_of_a_buyer_add_to_at_most_one_and_some_are_unknown():
    known = np.nan_to_num(GRAPH.share)
    assert np.bincount(GRAPH.buyer, known).max() <= 1 + 1e-9
    assert 0.1 < np.isnan(GRAPH.share).mean() < 0.3


def test_a_small_part_of_the_nodes_stands_in_circles_of_bounded_size():
    graph = nx.DiGraph(zip(GRAPH.buyer.tolist(), GRAPH.supplier.tolist(), strict=True))
    circles = [found for found in nx.strongly_connected_components(graph) if len(found) > 1]
    assert 0 < sum(map(len, circles)) <= 2 * CIRCLES * NODES
    assert max(map(len, circles)) <= 2 * LARGEST_CIRCLE


def test_rows_say_whether_the_goal_is_met():
    assert ratio_row("x", (2.0, 1.0), 2.5).ok
    assert not ratio_row("x", (3.0, 1.0), 2.5).ok
    assert gain_row("x", (1.0, 100.0), 100).ok
    assert not gain_row("x", (1.0, 99.0), 100).ok
    assert limit_row("x", 1.0, 2.0).ok
    assert all(seconds >= 0 for seconds in in_turn(list, dict, repeats=1))

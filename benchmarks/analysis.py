"""Analyses of a map by the server, with the map in memory; each has a time limit."""

import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.contract import REPEATS, Row, limit_row
from benchmarks.generate import make_graph
from supply_chain.analysis.blind_spots import blind_spots
from supply_chain.analysis.choke_points import choke_points
from supply_chain.analysis.circles import circles_of
from supply_chain.analysis.contributions import IssueFlow, contributions
from supply_chain.analysis.dependence import concentration, where_it_ends
from supply_chain.analysis.dominators import dominators
from supply_chain.analysis.flow import FlowMap
from supply_chain.analysis.paths import paths_between
from supply_chain.analysis.products import product_flows
from supply_chain.analysis.reach import reach_of, stop_of
from supply_chain.graph.columns import FLOWS, LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.unknown_origins import with_unknown_origins
from supply_chain.risk.rm2.map_assessment import network_of

SIZES = {"small": (100_000, 400_000), "full": (1_000_000, 4_000_000)}
LIMIT = {"small": 0.1, "full": 1.0}
GOODS = 40
UNSCORED = 0.75


def run(size: str) -> list[Row]:
    """Every analysis of one map; what is kept with the map is not timed."""
    flow, of_issue = _map(*SIZES[size])
    start, arrival = flow.start_of_business(), flow.arrival_at_business()
    tree, own = dominators(flow, start), int(start.argmax())
    every = np.arange(len(flow))
    ends = where_it_ends(flow, arrival)
    ends[flow.unknown] = 0.0
    origin = int(ends.argmax())
    top = choke_points(flow, tree, start, most=1).by_volume[0].row
    questions: dict[str, Callable[[], object]] = {
        "origins and paths": lambda: contributions(of_issue, own, most=20, most_paths=20),
        "ways between two": lambda: paths_between(flow, own, origin, most=50),
        "dominators": lambda: dominators(flow, start),
        "choke points": lambda: choke_points(flow, tree, start, most=20),
        "dependence": lambda: concentration(
            where_it_ends(flow, arrival), every, flow.unknown, most=20
        ),
        "blind spots": lambda: blind_spots(flow, arrival, most=20),
        "goods": lambda: product_flows(flow, arrival),
        "circles": lambda: circles_of(flow, start, most=20),
        "reach": lambda: reach_of(flow, start, origin, most=20),
        "a stop": lambda: stop_of(flow, start, top, most=20),
    }
    name = f"{len(flow):,} nodes with unknown origins"
    return [
        limit_row(f"{question}, {name}", _seconds(ask), LIMIT[size])
        for question, ask in questions.items()
    ]


def _seconds(ask: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        ask()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def _map(count: int, links: int) -> tuple[FlowMap, IssueFlow]:
    graph = make_graph(count, links)
    sold = len(graph.buyer)
    nodes = NodeColumns.build(
        [f"node-{row:07}" for row in range(count)], own_operation=(graph.tier == 0).tolist()
    )
    goods = np.random.default_rng(1).integers(0, GOODS, sold).tolist()
    columns = LinkColumns(
        buyer=graph.buyer,
        supplier=graph.supplier,
        share=graph.share,
        flow=np.full(sold, len(FLOWS) - 1, dtype=np.int8),
        kind=np.zeros(sold, dtype=np.int8),
        commodity=tuple(f"good-{good:02}" for good in goods),
    )
    chain = with_unknown_origins(ValueChain.build(nodes=nodes, links=columns))
    network = network_of(chain)
    flow = FlowMap.build(chain, network.plan)
    ghosts = np.full(len(chain) - count, UNSCORED)
    residual = np.append(graph.residual[:, 0], ghosts)
    return flow, IssueFlow.of(flow, network, residual, 0)

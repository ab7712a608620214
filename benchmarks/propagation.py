"""Risk propagation: ours against the bare memory traffic (one sparse product) and NetworkX."""

import time
from collections.abc import Callable, Sequence
from functools import partial

import networkx as nx
import numpy as np
from scipy.sparse import csr_array

from benchmarks.contract import REPEATS, Row, count_row, gain_row, in_turn, ratio_row
from benchmarks.generate import Graph, make_graph
from supply_chain.graph.columns import FLOWS
from supply_chain.risk.compiled import wait_for_loops
from supply_chain.risk.plan import Plan, make_plan
from supply_chain.risk.propagation import exposure, linkage
from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.risk.rm2.compiled import wait_for_loops as wait_for_loops_2
from supply_chain.risk.rm2.network import Network, make_network
from supply_chain.risk.rm2.propagation import exposure as exposure_2
from supply_chain.risk.rm2.propagation import linkage as linkage_2
from supply_chain.risk.rm2.shares import Links
from supply_chain.vocabulary import FlowEvidence

SIZES = {"small": (100_000, 400_000), "full": (1_000_000, 4_000_000)}
EXPOSURE, LINKAGE = 1.6, 3.0  # products
EXPOSURE_2, LINKAGE_2 = 1.6, 3.0
FLOW_OF = {1.0: FlowEvidence.CONFIRMED, 0.7: FlowEvidence.PROBABLE, 0.4: FlowEvidence.POSSIBLE}
LOOP = 500  # times as fast
CALLS = 20  # of ours in a turn: one takes less than a thousandth of a second
# Four times each: of two sizes close by, the noise of one time is most of the difference.
GROWTH = {"small": (6_250, 25_000, 100_000), "full": (62_500, 250_000, 1_000_000)}
GROWTH_LIMIT = 1.1  # 1 is n log n; the rest is the noise of three times
LOOP_SIZE = {"small": (20_000, 80_000), "full": (100_000, 400_000)}


def run(size: str) -> list[Row]:
    """Exposure and linkage of 16 issues, and of one issue against a NetworkX loop."""
    wait_for_loops_2()
    wait_for_loops()  # the first question of a process would be answered without them
    graph = make_graph(*SIZES[size])
    plan = _plan(graph)
    own = plan.to_plan(graph.residual)
    matrix = csr_array(
        (np.ones(len(graph.buyer)), (graph.buyer, graph.supplier)), shape=(graph.count,) * 2
    )
    name = f"{graph.count:,} nodes / {len(graph.buyer):,} links x16"

    def traffic() -> object:
        return matrix @ graph.residual

    network = _network(graph)
    own_2 = network.plan.to_plan(graph.residual)
    ways = (
        ("RM-1.0: exposure", EXPOSURE, lambda: exposure(plan, own)),
        ("RM-1.0: linkage", LINKAGE, lambda: linkage(plan, own)),
        ("RM-2.0: exposure", EXPOSURE_2, lambda: exposure_2(network, own_2)),
        ("RM-2.0: linkage", LINKAGE_2, lambda: linkage_2(network, own_2)),
    )
    return [
        *(
            ratio_row(f"{what} {name} / one SpMM", in_turn(ours, traffic), goal)
            for what, goal, ours in ways
        ),
        *_against_networkx(*LOOP_SIZE[size]),
        _growth(GROWTH[size]),
    ]


def _growth(sizes: Sequence[int]) -> Row:
    """Plan, exposure and linkage: the power of n log n with which the processor time grows."""
    times = []
    for nodes in sizes:
        graph = make_graph(nodes, 4 * nodes)
        taken = []
        for _ in range(REPEATS):
            start = time.process_time()
            plan = _plan(graph)
            own = plan.to_plan(graph.residual)
            exposure(plan, own)
            linkage(plan, own)
            taken.append(time.process_time() - start)
        times.append(min(taken))
    count = np.array(sizes, dtype=np.float64)
    power = float(np.polyfit(np.log(count * np.log(count)), np.log(times), 1)[0])
    seconds = " / ".join(f"{one:.2f}" for one in times)
    name = f"growth from {sizes[0]:,} to {sizes[-1]:,} nodes ({seconds} s), power of n log n"
    return count_row(name, power, GROWTH_LIMIT, "")


def _network(graph: Graph) -> Network:
    """The same links with their evidence for RM-2.0, and one U for all of them."""
    evidence = np.array([FLOWS.index(FLOW_OF[f]) for f in FLOW_OF], dtype=np.int64)
    known = np.searchsorted(-np.array([*FLOW_OF]), -graph.flow)
    origin = np.zeros(len(graph.buyer), dtype=np.int64)
    links = Links(graph.buyer, graph.supplier, graph.share, evidence[known], origin)
    unknown = np.full((1, graph.residual.shape[1]), CHAIN.propagation.unknown_likelihood)
    return make_network(graph.count, links, unknown)


def _plan(graph: Graph) -> Plan:
    return make_plan(graph.count, graph.buyer, graph.supplier, graph.share, graph.flow)


def _against_networkx(nodes: int, links: int) -> list[Row]:
    graph = make_graph(nodes, links)
    keep = (
        graph.tier[graph.buyer] < graph.tier[graph.supplier]
    )  # a loop needs a map without circles
    plan = make_plan(nodes, graph.buyer[keep], graph.supplier[keep], graph.share[keep],
                     graph.flow[keep])  # fmt: skip
    own = graph.residual[:, :1]
    in_order = plan.to_plan(own)
    peer = _networkx(plan, own[:, 0])
    order = list(reversed(list(nx.topological_sort(peer))))
    ways = {
        "exposure": (lambda: exposure(plan, in_order), lambda: _loop(peer, order)),
        "linkage": (lambda: linkage(plan, in_order), lambda: _linkage_loop(peer, order)),
    }
    rows = []
    for name, (ours, theirs) in ways.items():
        found, expected = plan.from_plan(ours())[:, 0], theirs()
        if not np.allclose(found, [expected[row] for row in range(nodes)], atol=1e-12):
            raise AssertionError(f"The two ways do not give the same {name}.")
        title = f"{name} {nodes:,} nodes x1 against a NetworkX loop"
        taken, loop = in_turn(partial(_calls, ours), theirs)
        rows.append(gain_row(title, (taken / CALLS, loop), LOOP))
    return rows


def _calls(function: Callable[[], object]) -> None:
    for _ in range(CALLS):
        function()


def _networkx(plan: Plan, own: np.ndarray) -> "nx.DiGraph":
    """From buyers to suppliers, with the weight and the flow of each pair."""
    graph = nx.DiGraph()
    graph.add_nodes_from((row, {"likelihood": value}) for row, value in enumerate(own.tolist()))
    terms, sets = plan.terms, len(plan.set_starts)  # without circles a set is one node
    buyers = plan.order[np.repeat(np.arange(sets), np.diff(terms.starts))].tolist()
    suppliers = plan.order[terms.place].tolist()
    for buyer, supplier, flow in zip(buyers, suppliers, terms.flow.tolist(), strict=True):
        graph.add_edge(buyer, supplier, flow=flow, weight=0.0)
    for level in plan.levels:
        weights = level.weights.tocoo()
        buyers = plan.order[weights.row + level.nodes.start].tolist()
        suppliers = plan.order[weights.col].tolist()
        graph.add_weighted_edges_from(zip(buyers, suppliers, weights.data.tolist(), strict=True))
    return graph


def _loop(graph: "nx.DiGraph", order: list[int]) -> dict[int, float]:
    exposed: dict[int, float] = {}
    for node in order:
        own = graph.nodes[node]["likelihood"]
        inflow = sum(data["weight"] * exposed[u] for u, data in graph[node].items())
        exposed[node] = own + (1 - own) * inflow
    return exposed


def _linkage_loop(graph: "nx.DiGraph", order: list[int]) -> dict[int, float]:
    linked: dict[int, float] = {}
    for node in order:
        free = 1 - graph.nodes[node]["likelihood"]
        for supplier, data in graph[node].items():
            free *= 1 - data["flow"] * linked[supplier]
        linked[node] = 1 - free
    return linked

"""Assessment of a whole map, up to ranked risks: 16 issues for every node, by each method."""

import time

import numpy as np

from benchmarks.contract import SEED, Row, limit_row
from benchmarks.generate import make_graph
from supply_chain.graph.columns import FLOWS, LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.reference.release import Reference, load_reference
from supply_chain.risk.assessment import assess as assess_by_rm1
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.factors import Observations
from supply_chain.risk.method import METHOD, METHOD_VERSION
from supply_chain.risk.rm2.map_assessment import assess as assess_by_rm2
from supply_chain.risk.rm2.method import METHOD_VERSION as RM2

SIZES = {"small": (10_000, 40_000, 3), "full": (100_000, 400_000, 20)}
OBSERVED = 0.1  # part of nodes that answered a questionnaire


def run(size: str) -> list[Row]:
    """Seconds for a whole assessment with reference data, ghosts and questionnaire answers."""
    nodes, links, goal = SIZES[size]
    reference = load_reference()
    chain = make_chain(nodes, links, reference)
    evidence = Evidence(observations=make_observations(nodes))
    rows = []
    for version, assess in ((METHOD_VERSION, assess_by_rm1), (RM2, assess_by_rm2)):
        start = time.perf_counter()
        result = assess(chain, evidence, reference=reference, as_of=reference.as_of)
        seconds = time.perf_counter() - start
        rows.append(
            limit_row(f"{version}: assessment of {len(result.chain):,} nodes x16", seconds, goal)
        )
    return rows


def make_chain(nodes: int, links: int, reference: Reference) -> ValueChain:
    """A generated map with countries, sectors and goods of the reference data."""
    graph, random = make_graph(nodes, links), np.random.default_rng(SEED)
    countries, sectors = sorted(reference.countries), sorted(reference.sectors)
    goods = sorted(reference.commodities)
    columns = NodeColumns.build(
        [f"n{row}" for row in range(nodes)],
        country=random.choice(countries, nodes).tolist(),
        sector=random.choice(sectors, nodes).tolist(),
        commodities=[(good,) for good in random.choice(goods, nodes).tolist()],
        own_operation=(graph.tier == 0).tolist(),
    )
    flow = random.integers(0, len(FLOWS), len(graph.buyer)).astype(np.int8)
    kind = np.zeros(len(graph.buyer), dtype=np.int8)
    link_columns = LinkColumns(
        graph.buyer, graph.supplier, graph.share, flow, kind, (None,) * len(graph.buyer)
    )
    return ValueChain.build(nodes=columns, links=link_columns)


def make_observations(nodes: int) -> Observations:
    """Questionnaire answers on all WRK factors of some nodes."""
    random = np.random.default_rng(SEED)
    answered = np.flatnonzero(random.random(nodes) < OBSERVED)
    part = METHOD.group_slices[METHOD.groups.index("WRK")]
    factors = np.arange(part.start, part.stop)
    node, factor = np.repeat(answered, len(factors)), np.tile(factors, len(answered))
    size = len(node)
    return Observations(
        node=node,
        factor=factor,
        value=random.random(size),
        source_type=np.full(size, METHOD.source_index["supplier_answer"]),
        age_months=random.uniform(0, 24, size),
        quality=np.full(size, np.nan),
        source=np.full(size, -1),
    )

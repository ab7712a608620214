"""A value chain answers who supplies whom, how far away, and on which way."""

import numpy as np
import pytest

from supply_chain.errors import ChainRefused
from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.unknown_origins import KnownFlow, with_unknown_origins
from supply_chain.risk.plan import make_plan
from supply_chain.vocabulary import FlowEvidence, NodeKind


def chain(ids, links, *, own=("B",), **columns):
    """Links are (buyer, supplier[, share])."""
    nodes = NodeColumns.build(list(ids), own_operation=[ref in own for ref in ids], **columns)
    return ValueChain.build(
        nodes=nodes,
        links=LinkColumns.build(
            nodes,
            buyer=[link[0] for link in links],
            supplier=[link[1] for link in links],
            share=[link[2] if len(link) > 2 else None for link in links],
        ),
    )


# B buys from F and H; F and H buy from M; M from G; X and Y buy from each other only.
EXAMPLE = chain("BFHMGXY", ["BF", "BH", "FM", "HM", "MG", "XY", "YX", "GG"])


def names(rows, of=EXAMPLE):
    return "".join(of.nodes.ids[row] for row in rows)


def row(ref):
    return EXAMPLE.rows[ref]


def test_a_tier_is_the_shortest_way_to_the_own_business():
    assert EXAMPLE.tiers.tolist() == [0, 1, 1, 2, 3, -1, -1]


def test_downstream_are_all_buyers_without_the_node_itself():
    assert names(EXAMPLE.downstream(row("M"))) == "BFH"
    assert names(EXAMPLE.downstream(row("X"))) == "Y"


def test_the_path_to_the_own_business_is_a_shortest_one():
    assert names(EXAMPLE.path_to_own_business(row("G"))) == "GMFB"
    assert EXAMPLE.path_to_own_business(row("B")) == (row("B"),)
    assert EXAMPLE.path_to_own_business(row("X")) == ()


def test_links_of_some_nodes_are_those_to_their_suppliers_in_the_order_of_all_links():
    links, suppliers = EXAMPLE.links, EXAMPLE.suppliers
    for asked in ("", "B", "MB", "HFMX", "BFHMGXY"):
        rows = np.array([row(ref) for ref in asked], dtype=np.int64)
        is_own = np.isin(links.buyer, rows) & (links.buyer != links.supplier)
        assert suppliers.links_of(rows).tolist() == np.flatnonzero(is_own).tolist()
        assert suppliers.count_of(rows) == is_own.sum()


def test_faulty_columns_are_refused_with_every_fault():
    nodes = NodeColumns.build(["A", "B", "A"])
    links = LinkColumns.build(
        NodeColumns.build(["A", "B", "C", "D"]), buyer=["A"], supplier=["D"], share=[1.5]
    )
    with pytest.raises(ChainRefused) as refused:
        ValueChain.build(nodes=nodes, links=links)
    assert len(refused.value.problems) == 3
    assert "'A' stands more than once" in str(refused.value)


def test_a_link_to_a_missing_node_names_it():
    with pytest.raises(ChainRefused, match="'Z', which is no node"):
        chain("AB", ["AZ"])


def test_columns_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        EXAMPLE.suppliers.neighbours[0] = 3


def ghosts(of, **options):
    more = with_unknown_origins(of, **options)
    made = {}
    for at in range(len(of.links), len(more.links)):
        buyer, supplier = more.links.buyer[at], more.links.supplier[at]
        assert more.nodes.ids[supplier] == f"unknown-origin:{more.nodes.ids[buyer]}"
        assert more.links.flow[at] == list(FlowEvidence).index(FlowEvidence.UNMAPPED)
        made[more.nodes.ids[buyer]] = float(more.links.share[at])
    return made


def test_what_known_shares_leave_gets_an_unknown_origin():
    of = chain("BS", [("B", "S", 0.4)], origin=[None, True])
    assert ghosts(of) == {"B": pytest.approx(0.6)}
    full = chain("BST", [("B", "S", 0.4), ("B", "T", 0.6)], origin=[None, True, True])
    assert ghosts(full) == {}
    assert with_unknown_origins(full) is full


def test_beside_suppliers_of_unknown_share_the_ghost_is_one_more_of_them():
    of = chain("BST", [("B", "S", 0.4), ("B", "T")], origin=[None, True, True])
    more = with_unknown_origins(of)
    assert np.isnan(ghosts(of)["B"])
    plan = make_plan(
        len(more), more.links.buyer, more.links.supplier, more.links.share, np.ones(len(more.links))
    )
    row_b = plan.place[0]
    level = next(lv for lv in plan.levels if lv.nodes.start <= row_b < lv.nodes.stop)
    weights = level.weights[[row_b - level.nodes.start]].toarray().ravel()
    assert sorted(weights[weights > 0]) == pytest.approx([0.3, 0.3, 0.4])


def test_a_node_without_suppliers_is_an_origin_only_when_marked_or_known():
    kinds = [NodeKind.SITE, NodeKind.SITE, NodeKind.LABOUR_INTERMEDIARY, NodeKind.PLATFORM,
             NodeKind.PLATFORM, NodeKind.SITE, NodeKind.UNKNOWN_ORIGIN]  # fmt: skip
    of = chain(
        "SFLPQCU", [], kind=kinds, sector=[None, "farming", None, None, None, None, None],
        origin=[None, None, None, None, False, None, None],
        closed=[False, False, False, False, False, True, False],
    )  # fmt: skip
    assert ghosts(of, primary_sectors=frozenset({"farming"})) == {"S": 1.0, "Q": 1.0}


def test_a_ghost_carries_what_is_known_of_the_missing_flow():
    of = chain("B", [])
    more = with_unknown_origins(of, known_flows={"B": KnownFlow("CI", "cocoa")})
    assert (more.nodes.country, more.nodes.commodities) == ((None, "CI"), ((), ("cocoa",)))
    assert more.links.commodity == ("cocoa",)
    assert more.nodes.kind[1] == list(NodeKind).index(NodeKind.UNKNOWN_ORIGIN)

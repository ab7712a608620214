"""A whole map read past the ORM is the map that its rows tell of."""

from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import TenancyError, insert_rows
from ddplatform.value_chain.graph.queries import graph as chain_graph
from ddplatform.value_chain.graph.queries.graph import load_tiers, load_with_keys
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from supply_chain.graph.columns import FLOWS, LINK_KINDS, NODE_KINDS, ORIGIN_UNKNOWN
from tests.conftest import NOW
from tests.factories import Tenant, make_tenant
from tests.risk_maps import acting

COMMODITIES = (None, "cocoa", "palm-oil", "coffee")


def _add_map(seed: int, *, nodes: int, links: int) -> UUID:
    """Every kind of node, link and flow; some archived, some parallel, some told only in part."""
    draw = Random(seed)
    chain = ValueChain(name=f"Map {seed}", slug=f"map-{seed}", created_at=NOW)
    db.session.add(chain)
    db.session.flush()
    keys = [uuid4() for _ in range(nodes)]
    made = {"chain_id": chain.id, "row_version": 1, "created_at": NOW}
    insert_rows(ValueChainNode, [_node(draw, key, at, made) for at, key in enumerate(keys)])
    insert_rows(SupplyLink, [_link(draw, keys, made) for _ in range(links)])
    return chain.id


def _node(draw: Random, key: UUID, at: int, made: dict[str, Any]) -> dict[str, Any]:
    return {
        **made,
        "id": key,
        "external_ref": f"n{at:03}",
        "name": f"Node {at}",
        "kind": draw.choice(NODE_KINDS),
        "country": draw.choice((None, "CI", "GH")),
        "sector_ref": draw.choice((None, "agriculture")),
        "commodity_refs": draw.sample(["cocoa", "coffee"], draw.randint(0, 2)),
        "own_operation": at == 0,
        "is_origin": draw.choice((None, True, False)),
        "external_ids": {},
        "attributes": {},
        "archived_at": NOW if at and draw.random() < 0.2 else None,
    }


def _link(draw: Random, keys: list[UUID], made: dict[str, Any]) -> dict[str, Any]:
    supplier, buyer = draw.sample(keys, 2)
    return {
        **made,
        "id": uuid4(),
        "supplier_id": supplier,
        "buyer_id": buyer,
        "kind": draw.choice(LINK_KINDS),
        "flow_evidence": draw.choice(FLOWS),
        "commodity_ref": draw.choice(COMMODITIES),
        "share": draw.choice((None, 1.0, draw.random(), draw.random() / 3)),
        "archived_at": NOW if draw.random() < 0.2 else None,
    }


def _nodes_told(chain_id: UUID) -> list[ValueChainNode]:
    standing = select(ValueChainNode).where(
        ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None)
    )
    return sorted(db.session.scalars(standing), key=lambda node: node.external_ref)


def _links_told(chain_id: UUID, row_of: dict[UUID, int]) -> list[tuple[Any, ...]]:
    """The order of `load_with_keys`: unknown shares behind known ones, no commodity first."""
    found = db.session.scalars(
        select(SupplyLink).where(SupplyLink.chain_id == chain_id, SupplyLink.archived_at.is_(None))
    )
    told = [
        (
            row_of[link.buyer_id],
            row_of[link.supplier_id],
            LINK_KINDS.index(link.kind),
            link.commodity_ref or "",
            FLOWS.index(link.flow_evidence),
            2.0 if link.share is None else link.share,
        )
        for link in found
        if link.buyer_id in row_of and link.supplier_id in row_of
    ]
    return sorted(told)


def _marked(node: ValueChainNode) -> int:
    return ORIGIN_UNKNOWN if node.is_origin is None else int(node.is_origin)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rows", [7, 10_000])
def test_read_in_blocks_the_map_is_to_the_last_bit_what_its_rows_say(
    context: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, seed: int, rows: int
) -> None:
    monkeypatch.setattr(chain_graph, "ROWS", rows)
    with acting(tenant):
        _add_map(99, nodes=9, links=20)  # another map of the same company stays out
        chain_id = _add_map(seed, nodes=12, links=150)

        graph, keys = load_with_keys(chain_id)

        nodes, links, told = graph.nodes, graph.links, _nodes_told(chain_id)
        assert [(node.id, node.external_ref, node.country, node.sector_ref) for node in told] == [
            *zip(keys, nodes.ids, nodes.country, nodes.sector, strict=True)
        ]
        assert [NODE_KINDS.index(node.kind) for node in told] == nodes.kind.tolist()
        assert [tuple(node.commodity_refs) for node in told] == [*nodes.commodities]
        assert [node.own_operation for node in told] == nodes.own_operation.tolist()
        assert [_marked(node) for node in told] == nodes.origin.tolist()
        columns = (
            links.buyer,
            links.supplier,
            links.kind,
            links.commodity,
            links.flow,
            links.share,
        )
        found = [
            (*ends, kind, commodity or "", flow, 2.0 if share != share else share)
            for *ends, kind, commodity, flow, share in zip(*columns, strict=True)
        ]
        assert found == _links_told(chain_id, {key: row for row, key in enumerate(keys)})
        assert load_tiers(chain_id) == {
            key: None if tier < 0 else tier
            for key, tier in zip(keys, graph.tiers.tolist(), strict=True)
        }


def test_the_map_of_another_company_is_read_as_empty_and_without_a_company_not_at_all(
    tenant: Tenant, context: Flask
) -> None:
    with acting(tenant):
        chain_id = _add_map(1, nodes=5, links=9)
    other = make_tenant("other", at=NOW)

    with acting(other):
        assert len(load_with_keys(chain_id)[0]) == 0
        assert load_tiers(chain_id) == {}
    with pytest.raises(TenancyError):
        load_with_keys(chain_id)

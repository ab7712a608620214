"""Platform with one generated map, for benchmarks of assessments and of the register."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask_migrate import upgrade

from benchmarks.generate import Graph, make_graph
from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.accounts.organisations.services.people import add_person
from ddplatform.config import Kind, Settings
from ddplatform.factory import create_app
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in, insert_rows
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
EMAIL, PASSWORD = "analyst@bench.example", "four random words here"
COUNTRIES = ("CI", "GH", "VN", "IN", "BD", "TR", "BR")
SECTORS = 12  # with the countries they make the groups of peers
LINKS_PER_NODE = 3
ALL = slice(None)
FLOWS = {1.0: FlowEvidence.CONFIRMED, 0.7: FlowEvidence.PROBABLE, 0.4: FlowEvidence.POSSIBLE}


def make_platform(folder: Path) -> tuple[Flask, Identity]:
    """An application in a folder, with one organisation and an analyst who can sign in."""
    app = open_platform(folder)
    with app.app_context():
        upgrade()
        with unit_of_work():
            tenant = found_organisation(name="Bench", slug="bench", at=NOW).id
            by = system_identity(tenant)
            with acting_in(tenant):
                add_person(
                    email=EMAIL,
                    name="Analyst",
                    role=RoleId.ANALYST,
                    password=PASSWORD,
                    act=Act(by, NOW),
                )
    return app, by


def open_platform(folder: Path) -> Flask:
    """The application of a folder."""
    url = f"sqlite:///{folder / 'platform.db'}"
    return create_app(
        Settings(kind=Kind.TESTING, instance_path=folder, database_url=url, secret_key="b" * 40)
    )


def add_map(by: Identity, nodes: int) -> UUID:
    """A map with `nodes` nodes and about three times as many links; the id of the map."""
    graph = make_graph(nodes, LINKS_PER_NODE * nodes)
    keys = [uuid4() for _ in range(nodes)]
    with unit_of_work(), acting_in(by.organisation_id):
        chain = ValueChain(name=f"Map of {nodes}", slug=f"map-{nodes}", created_at=NOW)
        db.session.add(chain)
        db.session.flush()  # nodes point to it
        insert_rows(ValueChainNode, node_rows(chain.id, keys, graph))
        insert_rows(SupplyLink, link_rows(chain.id, keys, graph))
        return chain.id


def node_rows(
    chain_id: UUID, keys: Sequence[UUID], graph: Graph, block: slice = ALL
) -> list[dict[str, Any]]:
    """The rows of the nodes of a graph, or of some of them."""
    reference = load_reference()
    commodities, sectors = sorted(reference.commodities), sorted(reference.sectors)
    return [
        {
            "id": key,
            "chain_id": chain_id,
            "external_ref": f"N{at:07}",
            "kind": NodeKind.SITE,
            "name": f"Site {at}",
            "country": COUNTRIES[at % len(COUNTRIES)],
            "sector_ref": sectors[at // len(COUNTRIES) % SECTORS],
            "commodity_refs": [commodities[at % len(commodities)]],
            "own_operation": bool(graph.tier[at] == 0),
            "external_ids": {},
            "attributes": {},
            "row_version": 1,
            "created_at": NOW,
        }
        for at, key in islice(enumerate(keys), block.start, block.stop)
    ]


def link_rows(
    chain_id: UUID, keys: Sequence[UUID], graph: Graph, block: slice = ALL
) -> list[dict[str, Any]]:
    """The rows of the links of a graph, or of some of them."""
    return [
        {
            "id": uuid4(),
            "chain_id": chain_id,
            "supplier_id": keys[supplier],
            "buyer_id": keys[buyer],
            "kind": LinkKind.SUPPLIES,
            "share": None if share != share else share,
            "flow_evidence": FLOWS[flow],
            "row_version": 1,
            "created_at": NOW,
        }
        for supplier, buyer, share, flow in zip(
            graph.supplier[block].tolist(),
            graph.buyer[block].tolist(),
            graph.share[block].tolist(),
            graph.flow[block].tolist(),
            strict=True,
        )
    ]

"""A figure of a region reaches all sites of the region, however its name is spelled."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.risk.observations.queries.observations import list_observations
from ddplatform.risk.observations.services import add_observation, withdraw_observation
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.risk.method import METHOD
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token
from tests.risk.observations.test_place_observations import CHILDREN_SEEN, SCHOOLS
from tests.risk_maps import CocoaMap, acting
from tests.value_chain.imports.test_map_import import _apply, _csv, _stage, _work

TODAY = NOW.date()
OF_REGION = replace(SCHOOLS, for_region=True)


def put(tenant: Tenant, regions: Mapping[UUID, str | None]) -> None:
    with acting(tenant):
        for node_id, region in regions.items():
            get_node(node_id).region = region


def add(tenant: Tenant, node_id: UUID) -> UUID:
    with acting(tenant):
        return add_observation(node_id, OF_REGION, act=Act(tenant.analyst, NOW)).id


def reached(tenant: Tenant, chain_id: UUID, nodes: tuple[UUID, ...]) -> list[int]:
    with acting(tenant):
        found = load_evidence(chain_id, nodes, TODAY).observations
    schools = METHOD.factor_index[SCHOOLS.factor]
    rows = zip(found.node.tolist(), found.factor.tolist(), strict=True)
    return sorted(node for node, factor in rows if factor == schools)


def test_a_figure_of_a_region_reaches_every_spelling_of_it_and_no_other_region(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    put(tenant, {cocoa.farms: "Nawa", cocoa.exporter: "Région de NAWA"})
    with acting(tenant):
        fields = NodeFields(name="Other farms", country="CI", region="Gôh")
        other = value_chain.add_node(cocoa.chain, fields, act=Act(tenant.analyst, NOW)).id
    add(tenant, cocoa.farms)

    assert reached(tenant, cocoa.chain, (cocoa.farms, cocoa.exporter, other)) == [0, 1]


def test_a_place_of_the_region_that_a_list_brings_in_later_is_reached(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    put(tenant, {cocoa.farms: "Nawa"})
    add(tenant, cocoa.farms)
    import_id = _stage(
        tenant, cocoa.chain, _csv("Supplier name,Country,Province\nSoubré farms,CI,Nawa Province\n")
    )
    _work()
    _apply(tenant, import_id)

    with acting(tenant):
        named = select(ValueChainNode.id).where(ValueChainNode.name == "Soubré farms")
        new = db.session.scalars(named).one()
    assert reached(tenant, cocoa.chain, (cocoa.farms, new)) == [0, 1]


def test_a_withdrawn_figure_reaches_nobody_and_stays_readable_at_each_site(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    put(tenant, {cocoa.farms: "Nawa", cocoa.exporter: "NAWA"})
    kept = add(tenant, cocoa.farms)
    with acting(tenant):
        withdraw_observation(kept, "Another year.", act=Act(tenant.manager, NOW))

    assert reached(tenant, cocoa.chain, (cocoa.farms, cocoa.exporter)) == []
    with acting(tenant):
        (row,) = list_observations(get_node(cocoa.exporter))
        assert (row.region, row.withdrawn_reason) == ("Nawa", "Another year.")
        assert list_observations(get_node(cocoa.own)) == []


def test_only_a_figure_at_a_site_with_a_region_applies_to_a_region(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    for region, seen in ((None, OF_REGION), ("Nawa", replace(CHILDREN_SEEN, for_region=True))):
        put(tenant, {cocoa.farms: region})
        with pytest.raises(Invalid) as refused, acting(tenant):
            add_observation(cocoa.farms, seen, act=Act(tenant.analyst, NOW))
        assert set(refused.value.fields) == {"for_region"}


def test_the_page_says_how_many_sites_stand_in_the_region_and_marks_the_figure(
    tenant: Tenant, cocoa: CocoaMap, analyst: FlaskClient
) -> None:
    put(tenant, {cocoa.farms: "Nawa", cocoa.exporter: "Nawa Region"})
    address = f"/o/acme/risk/observations/nodes/{cocoa.farms}/new?of=region"
    page = analyst.get(address).text
    assert "Apply to all sites in the region" in page and "2 sites" in page

    sent = {
        "factor": SCHOOLS.factor,
        "figure": "30",
        "source_type": "official",
        "source": SCHOOLS.source,
        "observed_on": TODAY.isoformat(),
        "note": SCHOOLS.note,
        "for_region": "y",
        "csrf_token": csrf_token(analyst, address),
    }
    assert analyst.post(address, data=sent).status_code == 302

    other = analyst.get(f"/o/acme/risk/observations/nodes/{cocoa.exporter}").text
    assert "all sites in Nawa" in other and "30 %" in other

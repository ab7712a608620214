"""A site that may be somebody's home leaves the platform rounded, whatever file it is in."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID

import openpyxl
from flask import Flask

from ddplatform.infrastructure.access.identity import Act
from ddplatform.value_chain.changes.services import export_changes
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.map_files.services.export import Exported, export_chain
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.saved_views.models import ViewKind
from supply_chain.graph.home_places import NOTE
from supply_chain.vocabulary import NodeKind
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap, acting
from tests.stored_worlds import stored_world
from tests.value_chain.pictures.test_map_views import export
from tests.value_chain.pictures.test_map_views import grown as grown
from tests.value_chain.pictures.test_map_views import manager as manager

EXACT, ROUNDED = "5.553421", "5.55"
FIELDS = {"kind": NodeKind.SITE, "latitude": 5.553421, "longitude": -0.196729}


@stored_world
def chain_id(context: Flask, tenant: Tenant) -> UUID:
    with acting(tenant):
        chain = value_chain.create_chain("Cocoa", own_business="Us", act=Act(tenant.analyst, NOW))
        for name, sector in (("Kofi", "cocoa_farming"), ("Mill", "textile_mills")):
            fields = value_chain.NodeFields(name=name, sector_ref=sector, **FIELDS)
            value_chain.add_node(chain.id, fields, act=Act(tenant.analyst, NOW))
        return chain.id


def _made(tenant: Tenant, chain_id: UUID, form: Any) -> Exported:
    with acting(tenant):
        return export_chain(chain_id, form, act=Act(tenant.manager, NOW))


def test_the_own_json_of_a_map_is_exact_and_says_nothing_of_rounding(
    tenant: Tenant, chain_id: UUID
):
    made = json.loads(_made(tenant, chain_id, "json").content)

    assert [node["latitude"] for node in made["nodes"]] == [5.553421, 5.553421, None]
    assert NOTE not in json.dumps(made)


def test_tables_and_graphs_give_the_farm_rounded_and_the_mill_as_kept(
    tenant: Tenant, chain_id: UUID
):
    packed = zipfile.ZipFile(io.BytesIO(_made(tenant, chain_id, "csv").content))
    nodes = {line.split(",")[0]: line for line in packed.read("nodes.csv").decode().splitlines()}
    book = openpyxl.load_workbook(io.BytesIO(_made(tenant, chain_id, "xlsx").content))
    cells = [cell.value for row in book["nodes"] for cell in row]
    graph = _made(tenant, chain_id, "graphml").content.decode()

    assert packed.read("note.txt").decode().strip() == NOTE
    assert EXACT not in nodes["kofi"] and ROUNDED in nodes["kofi"]
    assert EXACT in nodes["mill"]
    assert (cells.count(5.553421), cells.count(5.55)) == (1, 1)
    assert (graph.count(EXACT), NOTE in graph) == (1, True)


def test_a_map_without_homes_has_no_note(tenant: Tenant, chain_id: UUID):
    with acting(tenant):
        farm = next(key for ref, key in load_drafts(chain_id).node_keys.items() if ref == "kofi")
        value_chain.archive_node(farm, act=Act(tenant.analyst, NOW))
    packed = zipfile.ZipFile(io.BytesIO(_made(tenant, chain_id, "csv").content))

    assert packed.namelist() == ["nodes.csv", "links.csv"]


def test_points_of_a_view_are_rounded_where_somebody_may_live(
    tenant: Tenant, grown: CocoaMap, manager: Any
):
    with acting(tenant):
        for name, sector in (("Kofi", "cocoa_farming"), ("Mill", "textile_mills")):
            fields = value_chain.NodeFields(name=name, sector_ref=sector, **FIELDS)
            value_chain.add_node(grown.chain, fields, act=Act(tenant.analyst, NOW))
    for kind in (ViewKind.ALL_SITES, ViewKind.TABLE):
        sent = export(manager, grown, kind, "geojson")
        points = {one["properties"]["Name"]: one for one in json.loads(sent.data)["features"]}

        assert points["Kofi"]["geometry"]["coordinates"] == [-0.2, 5.55]
        assert points["Kofi"]["properties"]["Place"] == "rounded, it may be a home"
        assert points["Mill"]["geometry"]["coordinates"] == [-0.196729, 5.553421]
        assert "Place" not in points["Mill"]["properties"]
        assert json.loads(sent.data)["note"] == NOTE


def test_what_moved_between_two_days_is_told_rounded(tenant: Tenant, chain_id: UUID):
    later = NOW + timedelta(days=1)
    with acting(tenant):
        farm = load_drafts(chain_id).node_keys["kofi"]
        fields = {**FIELDS, "latitude": 6.123456, "longitude": -0.987654}
        value_chain.change_node(
            farm,
            value_chain.NodeFields(name="Kofi", sector_ref="cocoa_farming", **fields),
            row_version=1,
            act=Act(tenant.analyst, later),
        )
    with acting(tenant):
        made = export_changes(
            chain_id,
            NOW.date(),
            later.date(),
            "csv",
            act=Act(tenant.manager, later),
        )
    (name,) = zipfile.ZipFile(io.BytesIO(made.content)).namelist()
    text = zipfile.ZipFile(io.BytesIO(made.content)).read(name).decode("utf-8-sig")

    assert "5.55,6.12" in text and "'-0.2,'-0.99" in text
    assert EXACT not in text and "6.123456" not in text

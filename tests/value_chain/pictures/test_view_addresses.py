"""What stands behind the question mark of a view: names that mean nothing here change nothing."""

import re
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.reference import services as reference
from ddplatform.value_chain.graph.queries.snapshots import load_snapshot
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.pictures.queries import views as map_views
from ddplatform.value_chain.pictures.queries.views import view_around
from tests.conftest import NOW
from tests.factories import Tenant, signed_in_client
from tests.risk_maps import CocoaMap, acting
from tests.value_chain.pictures.test_map_views import add_link, add_node, at

VIEWS = ("", "table", "matrix", "all", "world", "changes", "table?sort=risk&x=1")
LISTS = ("/reference/countries", "/reference/goods", "/reassessments/", "/findings/actions")
STRANGE = "chain_id=1&endpoint=x&organisation=other&_external=1&_anchor=a&_scheme=ftp"


def links_of(page: str) -> list[str]:
    """Where the links of the page lead."""
    return [unescape(one) for one in re.findall(r'(?:href|action|data-points)="([^"]*)"', page)]


def assert_at_home(page: str) -> None:
    own = [one for one in links_of(page) if "/o/" in one]
    assert own
    assert not [one for one in own if not one.startswith("/o/acme/")]


@pytest.mark.parametrize("view", VIEWS)
def test_names_that_would_lead_a_view_elsewhere_are_passed_over(
    analyst: FlaskClient, cocoa: CocoaMap, view: str
):
    found = analyst.get(at(cocoa, f"{view}{'&' if '?' in view else '?'}{STRANGE}&country=CI"))
    assert found.status_code == 200
    assert_at_home(found.text)


@pytest.mark.parametrize("path", LISTS)
def test_names_that_would_lead_a_list_elsewhere_are_passed_over(
    app: Flask, analyst: FlaskClient, path: str
):
    with app.app_context(), unit_of_work():
        reference.sync(NOW)
    found = analyst.get(f"/o/acme{path}?{STRANGE}")
    assert found.status_code == 200
    assert_at_home(found.text)


def test_an_open_group_whose_tier_is_no_number_is_passed_over(
    analyst: FlaskClient, cocoa: CocoaMap
):
    page = analyst.get(at(cocoa, "?open=--2.CI:3"))
    assert page.status_code == 200
    assert "Open groups:" not in page.text
    assert "Open groups:" in analyst.get(at(cocoa, "?open=-2.CI:3")).text


def test_the_full_table_of_a_filtered_map_is_filtered_too(analyst: FlaskClient, cocoa: CocoaMap):
    page = analyst.get(at(cocoa, "?country=CI&colour=highest")).text
    found = re.search(r'href="([^"]*)">Full table', page)
    assert found
    assert found[1].endswith("/table?country=CI")


@pytest.mark.parametrize(("role", "offers"), [(RoleId.ANALYST, True), (RoleId.AUDITOR, False)])
def test_an_empty_map_offers_only_what_the_reader_may_do(
    app: Flask, tenant: Tenant, role: RoleId, offers: bool
):
    with app.app_context(), acting(tenant):
        chain: UUID = value_chain.create_chain(
            "Empty",
            own_business=None,
            act=Act(tenant.analyst, NOW),
        ).id
    page = signed_in_client(app, tenant, role).get(f"/o/acme/value-chain/{chain}/").text
    assert "This map is empty" in page
    assert ("Import a list</a>" in page) is offers
    assert ("Add by hand</a>" in page) is offers


def test_in_a_circle_both_sides_of_a_site_are_walked_to_the_end(tenant: Tenant, cocoa: CocoaMap):
    """The mill sells to the exporter and buys from it; behind the mill stands another buyer."""
    with acting(tenant):
        mill, trader = (add_node(tenant, cocoa.chain, name) for name in ("Mill", "Trader"))
        for supplier, buyer in ((mill, cocoa.exporter), (cocoa.exporter, mill), (mill, trader)):
            add_link(tenant, supplier, buyer)
    with acting_in(tenant.id):
        snapshot = load_snapshot(get_chain(cocoa.chain))
        view = view_around(snapshot, snapshot.row_of[cocoa.exporter], depth=2)
        lane = {
            snapshot.names[int(box.rows[0])]: box.lane for box in view.boxes if box.kind == "node"
        }
    assert lane["Mill"] == 1
    assert lane["Trader"] == -2
    assert lane["Maison Cacao"] == -1


def test_a_neighbourhood_drawn_from_its_own_links_is_that_drawn_from_all(
    tenant: Tenant, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
):
    with acting(tenant):
        trader = add_node(tenant, cocoa.chain, "Trader")
        for supplier, buyer in ((trader, cocoa.exporter), (cocoa.exporter, trader)):
            add_link(tenant, supplier, buyer)
    with acting_in(tenant.id):
        snapshot = load_snapshot(get_chain(cocoa.chain))
        for row in range(len(snapshot.keys)):
            drawn = []
            for few in (0, 10**9):  # never all links, and always
                monkeypatch.setattr(map_views, "FEW", few)
                view = view_around(snapshot, row, depth=2)
                drawn.append((view.links, view.links_left_out, view.path))
            assert drawn[0] == drawn[1]
        assert any(drawn[0])


def cells_of(page: str) -> list[tuple[str, int]]:
    """Address and number of each cell of the matrix; on a phone each names its tier."""
    found = re.findall(r'<td data-label="[^"]+"><div><a href="([^"]*)">(\d+)</a>', page)
    return [(unescape(href), int(count)) for href, count in found]


def test_each_cell_of_tier_by_country_leads_to_its_sites(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    """Suppliers have a tier; who is not linked has none, as customers have none."""
    with acting(tenant):
        add_node(tenant, cocoa.chain, "Stray", country="PE")
        shop = add_node(tenant, cocoa.chain, "Shop", country="DE")
        add_node(tenant, cocoa.chain, "Warehouse", country="CI")
        add_link(tenant, cocoa.own, shop)
    cells = cells_of(analyst.get(at(cocoa, "matrix")).text)
    assert len(cells) == 6
    for href, count in cells:
        status = re.search(r'role="status">(\d+) site', analyst.get(href).text)
        assert status and int(status[1]) == count, href


def test_without_an_own_business_cells_lead_to_the_sites_of_their_country(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    with acting(tenant):
        value_chain.archive_node(cocoa.own, act=Act(tenant.analyst, NOW))
    cells = cells_of(analyst.get(at(cocoa, "matrix")).text)
    assert cells
    for href, _ in cells:
        page = analyst.get(href).text
        assert "Lagune Export" in page and "Espoir farm group" in page

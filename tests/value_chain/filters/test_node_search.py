"""The search over one map or all: from what is typed to the node that is meant."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.value_chain.filters.queries import search as node_search
from ddplatform.value_chain.filters.queries.search import find_meant, search_nodes
from ddplatform.value_chain.graph.queries.snapshots import place_of
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from tests.conftest import NOW
from tests.due_diligence.findings.test_findings_pages import statements
from tests.factories import Tenant, signed_in_client
from tests.risk_maps import CocoaMap, acting, assess

pytestmark = pytest.mark.both_databases

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def analyst(app: Flask, tenant: Tenant, cocoa: CocoaMap) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.ANALYST)


def add(
    tenant: Tenant,
    chain_id: UUID,
    name: str,
    *,
    region: str = "",
    external_ids: dict[str, str] | None = None,
) -> UUID:
    with acting(tenant):
        fields = NodeFields(name=name, region=region or None)
        node = value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW))
        node.external_ids = external_ids or {}
        return node.id


def page(client: FlaskClient, q: str) -> str:
    answer = client.get("/o/acme/search/", query_string={"q": q})
    assert answer.status_code == 200
    return re.sub("</?mark>", "", answer.text)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Lagnue exprot", "Lagune Export"),
        ("Лагуне", "Lagune two"),
        ("group farm espoir", "Espoir farm group"),
        ("nawa", "Lagune two"),
        ("ci 4711", "Lagune two"),
    ],
)
def test_names_places_and_ids_are_found_as_people_type_them(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap, typed: str, found: str
):
    add(tenant, cocoa.chain, "Lagune two", region="Nawa", external_ids={"duns": "CI-4711"})

    html = page(analyst, typed)

    assert found in html
    assert "Nothing found" not in html


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("القاهرة", "Al Qahira Spinning"),
        ("Al Qahira", "مصنع القاهرة"),
        ("Київ", "Kyiv Textile"),
        ("Shanghai Fangzhi", "上海纺织"),
        ("Μπάμπης", "Babis Mills"),
    ],
)
def test_a_supplier_is_found_by_its_name_in_another_script(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap, typed: str, kept: str
):
    add(tenant, cocoa.chain, kept)

    html = page(analyst, typed)
    listed = analyst.get(f"/o/acme/value-chain/{cocoa.chain}/table", query_string={"q": typed}).text

    assert kept in html and "Lagune Export" not in html
    assert kept in listed and "Sites with similar names are shown" in listed


def test_the_likest_stand_first_over_all_maps(tenant: Tenant, cocoa: CocoaMap):
    with acting(tenant):
        other = value_chain.create_chain("Tea", own_business="Us", act=Act(tenant.analyst, NOW)).id
    add(tenant, other, "Lagune Exporters")

    with acting(tenant):
        hits = search_nodes("lagune exporters")
        assert [hit.name for hit in hits] == ["Lagune Exporters", "Lagune Export"]
        assert [hit.chain_name for hit in hits] == ["Tea", "Cocoa"]
        assert len(search_nodes("lagune exporters", limit=1)) == 1


def test_a_change_of_the_map_is_found_at_once_and_what_is_archived_is_not(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    assert "Nothing found" in page(analyst, "Kumasi")
    node_id = add(tenant, cocoa.chain, "Kumasi Mill")
    assert "Kumasi Mill" in page(analyst, "kumassi")

    with acting(tenant):
        value_chain.archive_node(node_id, act=Act(tenant.analyst, LATER))

    assert "Nothing found" in page(analyst, "kumassi")


def test_one_letter_is_looked_for_as_it_stands(tenant: Tenant, cocoa: CocoaMap):
    with acting(tenant):
        assert "Lagune Export" in [hit.name for hit in search_nodes("x")]
        assert search_nodes("  ") == []
        assert search_nodes("%") == []


def test_a_search_in_one_map_finds_nothing_of_another(tenant: Tenant, cocoa: CocoaMap):
    with acting(tenant):
        tea = value_chain.create_chain("Tea", own_business="Us", act=Act(tenant.analyst, NOW)).id
        assert [hit.name for hit in search_nodes("lagnue export", chain_id=cocoa.chain)] == [
            "Lagune Export"
        ]
        assert search_nodes("lagune export", chain_id=tea) == []
        assert [hit.name for hit in search_nodes("u", chain_id=tea)] == ["Us"]


def test_a_whole_name_or_id_means_its_node_alone_though_others_hold_it(
    tenant: Tenant, cocoa: CocoaMap
):
    longer = add(tenant, cocoa.chain, "Lagune Export Nord")
    with acting(tenant):
        ref = get_node(longer).external_ref
        whole = find_meant(cocoa.chain, " lagune EXPORT ")
        part = find_meant(cocoa.chain, "gune exp")
        by_id = find_meant(cocoa.chain, ref)

    assert [node.name for node in whole.nodes] == ["Lagune Export"]
    assert whole.one == whole.nodes[0].id
    assert by_id.one == longer
    assert [node.name for node in part.nodes] == ["Lagune Export", "Lagune Export Nord"]
    assert part.are_called_so
    assert part.one is None


def test_a_part_of_a_name_that_only_one_has_means_this_node(tenant: Tenant, cocoa: CocoaMap):
    with acting(tenant):
        meant = find_meant(cocoa.chain, "gune")

    assert [node.name for node in meant.nodes] == ["Lagune Export"]
    assert meant.one == meant.nodes[0].id


@pytest.mark.parametrize("typed", ["Lagnue Export", "Лагуне"])
def test_who_is_only_like_what_was_typed_is_named_and_not_taken(
    tenant: Tenant, cocoa: CocoaMap, typed: str
):
    with acting(tenant):
        meant = find_meant(cocoa.chain, typed)

    assert [node.name for node in meant.nodes] == ["Lagune Export"]
    assert not meant.are_called_so
    assert meant.one is None


@pytest.mark.parametrize("typed", ["", "  ", "%", "Nowhere at all"])
def test_what_is_like_nothing_means_nobody(tenant: Tenant, cocoa: CocoaMap, typed: str):
    with acting(tenant):
        meant = find_meant(cocoa.chain, typed)

    assert not meant.nodes
    assert meant.one is None


def test_who_is_archived_or_of_another_map_is_not_meant(tenant: Tenant, cocoa: CocoaMap):
    gone = add(tenant, cocoa.chain, "Kumasi Mill")
    with acting(tenant):
        tea = value_chain.create_chain("Tea", own_business="Us", act=Act(tenant.analyst, NOW)).id
        value_chain.archive_node(gone, act=Act(tenant.analyst, LATER))

        assert not find_meant(cocoa.chain, "Kumasi Mill").nodes
        assert not find_meant(tea, "Lagune Export").nodes


def test_nothing_of_another_organisation_is_found(
    tenant: Tenant, other_tenant: Tenant, cocoa: CocoaMap
):
    with acting(other_tenant):
        assert search_nodes("lagune export") == []


def test_a_search_takes_few_statements_and_reads_the_map_once(
    app: Flask, analyst: FlaskClient, cocoa: CocoaMap
):
    page(analyst, "")  # a new session is written once
    with statements(app) as first:
        page(analyst, "lagune")
    with statements(app) as again:
        page(analyst, "espoir")

    assert len(first) <= 7
    assert len(again) == len(first) - 2


def test_an_assessment_makes_the_index_so_that_no_search_waits(
    app: Flask, analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    assess(tenant, cocoa.chain)
    page(analyst, "")
    with statements(app) as seen:
        assert "Lagune Export" in page(analyst, "lagune")

    assert [one for one in seen if "external_ids" in one and "node_summary" not in one] == []


def test_an_index_that_is_damaged_or_of_another_make_is_made_again(
    analyst: FlaskClient, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
):
    page(analyst, "lagune")
    for file in adapters().snapshots.root.glob(f"*/*/*/{node_search.PART}/*"):
        file.write_bytes(b"")
    assert "Lagune Export" in page(analyst, "lagune")

    monkeypatch.setattr(node_search, "LAYOUT", {"search": 1})
    assert "Lagune Export" in page(analyst, "lagune")


def test_what_changed_while_it_was_read_is_not_kept(
    tenant: Tenant, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
):
    kept = []
    monkeypatch.setattr(adapters().snapshots, "keep", lambda *what: kept.append(what))
    monkeypatch.setattr(
        node_search, "place_of", lambda chain_id, version: place_of(chain_id, version - 1)
    )

    with acting(tenant):
        assert [hit.name for hit in search_nodes("lagune export")] == ["Lagune Export"]
    assert kept == []


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("Côte d’Ivoire", "/reference/countries/CI"),
        ("Elfenbeinküste", "/reference/countries/CI"),
        ("科特迪瓦", "/reference/countries/CI"),
        ("Kakao", "/reference/goods/cocoa"),
    ],
)
def test_who_types_a_country_or_a_good_is_led_to_all_sites_of_it(
    analyst: FlaskClient, typed: str, leads_to: str
):
    assert f'href="/o/acme{leads_to}"' in page(analyst, typed)


def test_the_address_of_the_earlier_search_leads_to_this_one(analyst: FlaskClient):
    answer = analyst.get("/o/acme/value-chain/search", query_string={"q": "lagune " * 100})

    assert answer.status_code == 302
    assert answer.location.startswith("/o/acme/search/?q=lagune")
    assert len(answer.location) < 250


@pytest.mark.parametrize("typed", ["ci", "Lagune", ""])
def test_who_types_no_country_is_led_to_none(analyst: FlaskClient, typed: str):
    assert "/reference/countries/" not in page(analyst, typed)

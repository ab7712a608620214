"""External ids by hand: typed, checked, changed, removed, shown and searched."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.filters.queries.search import search_nodes
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.intake.register_ids import read_typed
from tests.answering import add_node, make_chain
from tests.factories import Tenant, csrf_token, signed_in_client

SOUND = {
    "os_id": "CN2021250D1DTN7",
    "lei": "5493001KJTIIGC8Y1R12",
    "duns": "150483782",
    "gln": "5901234123457",
}
FORM = {
    **{"name": "SCOOP Espoir", "kind": "site", "country": "CI"},
    **{"is_origin": "", "owner_id": "", "sector_ref": ""},
}


@pytest.fixture
def node_id(app: Flask, tenant: Tenant) -> UUID:
    with app.app_context():
        return add_node(tenant, make_chain(tenant))


@pytest.fixture
def analyst(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.ANALYST)


def edit(client: FlaskClient, node_id: UUID, **ids: str) -> tuple[int, str]:
    page = f"/o/acme/value-chain/nodes/{node_id}/edit"
    version = client.get(page).text.split('name="version"', 1)[1].split('value="', 1)[1]
    form = {**FORM, **ids, "version": version.split('"', 1)[0]}
    answer = client.post(page, data={**form, "csrf_token": csrf_token(client, page)})
    return answer.status_code, answer.text


def ids_of(app: Flask, tenant: Tenant, node_id: UUID) -> dict[str, str]:
    with app.app_context(), acting_in(tenant.id):
        return dict(get_node(node_id).external_ids)


def test_all_four_are_added_changed_and_removed_on_the_form(
    app: Flask, tenant: Tenant, node_id: UUID, analyst: FlaskClient
):
    assert edit(analyst, node_id, **SOUND)[0] == 302
    assert ids_of(app, tenant, node_id) == SOUND
    page = analyst.get(f"/o/acme/value-chain/nodes/{node_id}").text
    for title, value in (("OS ID", "os_id"), ("LEI", "lei"), ("DUNS", "duns"), ("GLN", "gln")):
        assert f"<dt>{title}</dt><dd>{SOUND[value]}</dd>" in page

    changed = {**SOUND, "duns": "15-048-3783", "gln": ""}
    assert edit(analyst, node_id, **changed)[0] == 302
    assert ids_of(app, tenant, node_id) == {
        "os_id": SOUND["os_id"],
        "lei": SOUND["lei"],
        "duns": "150483783",
    }
    with app.app_context(), acting_in(tenant.id):
        told = db.session.scalars(select(AuditEvent.action)).all()
    assert told.count("node:change") == 2


def test_a_new_place_is_added_with_its_ids(
    app: Flask, tenant: Tenant, node_id: UUID, analyst: FlaskClient
):
    with app.app_context(), acting_in(tenant.id):
        chain_id = get_node(node_id).chain_id
    page = f"/o/acme/value-chain/{chain_id}/nodes/new"
    form = {**FORM, "name": "Mill", **SOUND, "csrf_token": csrf_token(analyst, page)}

    assert analyst.post(page, data=form).status_code == 302
    with app.app_context(), acting_in(tenant.id):
        node = db.session.scalars(select(ValueChainNode).where(ValueChainNode.name == "Mill")).one()
        assert node.external_ids == SOUND


@pytest.mark.parametrize(
    ("scheme", "typed", "told"),
    [
        ("os_id", "CN2021250D1DTN8", "The check digits of this OS ID do not fit"),
        ("os_id", "CN2021", "This has 6 signs."),
        ("lei", "5493001KJTIIGC8Y1R21", "The check digits of this LEI do not fit"),
        ("lei", "pending", "A valid LEI has 20 letters and digits"),
        ("duns", "12345678", "A valid DUNS has nine digits. This has 8 signs."),
        ("gln", "5901234123458", "The check digits of this GLN do not fit"),
    ],
)
def test_each_fault_stands_at_its_field_with_the_way_to_mend_it_and_nothing_is_kept(
    app: Flask,
    tenant: Tenant,
    node_id: UUID,
    analyst: FlaskClient,
    scheme: str,
    typed: str,
    told: str,
):
    status, page = edit(analyst, node_id, **{scheme: typed})

    assert status == 422
    fault = page.split(f'id="{scheme}-error">')[1].split("</p>")[0]
    assert told in fault and "Copy it from" in fault
    assert f'value="{typed}"' in page
    assert ids_of(app, tenant, node_id) == {}


def test_an_id_that_a_list_brought_and_nobody_changed_is_left_as_it_came(
    app: Flask, tenant: Tenant, node_id: UUID, analyst: FlaskClient
):
    brought = {"os_id": "CN2021250D1DTN8", "cnpj": "11222333000181"}
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        get_node(node_id).external_ids = brought

    assert edit(analyst, node_id, os_id=brought["os_id"], lei=SOUND["lei"])[0] == 302
    assert ids_of(app, tenant, node_id) == {**brought, "lei": SOUND["lei"]}


def test_blanks_hyphens_and_small_letters_are_no_fault():
    typed = {"lei": "5493 001k jtii gc8y 1r12", "duns": "15-048-3782"}

    assert read_typed(typed, {}) == ({"lei": SOUND["lei"], "duns": SOUND["duns"]}, {})


@pytest.mark.parametrize("scheme", SOUND)
def test_the_search_over_all_maps_finds_a_place_by_any_of_its_ids(
    app: Flask, tenant: Tenant, node_id: UUID, analyst: FlaskClient, scheme: str
):
    assert edit(analyst, node_id, **{scheme: SOUND[scheme]})[0] == 302

    with app.app_context(), acting_in(tenant.id):
        found = search_nodes(SOUND[scheme])
    assert [row.id for row in found][:1] == [node_id]
    page = analyst.get(f"/o/acme/search/?q={SOUND[scheme]}").text
    assert f"/value-chain/nodes/{node_id}" in page


def test_the_history_of_the_place_tells_each_id_by_its_name(
    app: Flask, tenant: Tenant, node_id: UUID, analyst: FlaskClient
):
    edit(analyst, node_id, lei=SOUND["lei"])

    page = analyst.get(f"/o/acme/value-chain/nodes/{node_id}/history").text

    assert SOUND["lei"] in page

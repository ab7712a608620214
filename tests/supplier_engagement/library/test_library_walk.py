"""Questionnaires of the library on their way: proposed, sent, answered, scored beside each other."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.risk.facts.services.facts import record_control
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.receiving.services.receiving import receive
from ddplatform.supplier_engagement.requests.queries import propose_questionnaires
from ddplatform.supplier_engagement.responses.queries.responses import find_response
from ddplatform.supplier_engagement.review.services.review import accept_all
from ddplatform.value_chain.mapping.queries.maps import find_own_business
from supply_chain.risk.method import METHOD
from tests.answering import (
    EMAIL,
    Asked,
    Supplier,
    acting,
    add_node,
    ask,
    ask_again,
    come_in,
    fill,
    fill_in,
    make_chain,
    receive_now,
    version_of,
)
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client
from tests.library_responses import plain_answers

FUTURE = "2099-01-31"
LATER = NOW + timedelta(hours=1)


# -- proposed ------------------------------------------------------------------------------------


def proposed(tenant: Tenant, node_id: UUID, *, at: datetime = NOW) -> Mapping[str, str]:
    with acting(tenant.id):
        found = propose_questionnaires([node_id], today=at.date())
        return {one.ref: one.reason for one in found[node_id]}


def accept(supplier: Supplier) -> None:
    tenant = supplier.asked.tenant
    with acting(tenant.id):
        accept_all(supplier.asked.assignment_id, act=Act(tenant.manager, NOW))


def test_what_a_supplier_says_of_itself_leads_to_the_next_questionnaire(
    context: Flask, tenant: Tenant
):
    supplier = come_in(ask(tenant))
    node_id = supplier.asked.node_id
    assert proposed(tenant, node_id) == {}  # the first one is on its way

    fill(supplier, SAQ_A01="mine")
    receive_now(supplier)
    assert proposed(tenant, node_id) == {}  # not accepted yet: nothing is known by it
    accept(supplier)

    assert proposed(tenant, node_id) == {"MIN": "It says what it is: Mine."}
    later = proposed(tenant, node_id, at=NOW + timedelta(days=400))
    assert "Its last answers are good until" in later["SAQ"]


def test_sector_goods_and_kind_of_the_map_propose_with_their_names(
    context: Flask, tenant: Tenant, other_tenant: Tenant
):
    chain_id = make_chain(tenant)
    node_id = add_node(
        tenant, chain_id, sector_ref="garments", commodity_refs=["cotton", "not_known"]
    )

    assert proposed(tenant, node_id) == {
        "SAQ": "Every supplier starts here.",
        "AGR": "It handles: Cotton.",
        "APP": "Its sector: Garment manufacturing.",
    }
    with acting(other_tenant.id):
        assert propose_questionnaires([node_id], today=NOW.date()) == {}


# -- sent and answered through the pages ---------------------------------------------------------


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(csrf_token|seen|page)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def send_by_page(office: FlaskClient, tenant: Tenant, version: UUID, node: UUID) -> None:
    details = f"/o/{tenant.slug}/questionnaires/send/{version}/details"
    begun = f"{details}?node={node}"
    data = {
        "csrf_token": csrf_token(office, begun),
        "node": str(node),
        "due_on": FUTURE,
        "language": "en",
        "length": "full",
        f"email-{node}": EMAIL,
    }
    assert office.post(details, data=data).status_code == 302


@pytest.mark.parametrize(
    ("ref", "says", "asked", "flag"),
    [
        (
            "AGR",
            {"AGR_08": "often"},
            "Do children below the legal working age work during school time",
            "RF-01",
        ),
        (
            "REC",
            {"REC_08": "yes"},
            "Does the agency keep papers of workers after the journey?",
            "RF-04",
        ),
    ],
)
def test_a_questionnaire_goes_from_the_library_to_the_review_through_the_pages(
    app: Flask, tenant: Tenant, ref: str, says: dict[str, str], asked: str, flag: str
):
    office = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    with app.app_context():
        chain = make_chain(tenant)
        node = add_node(tenant, chain)
        with acting(tenant.id):
            version = version_of(ref)
    send_by_page(office, tenant, version, node)

    with app.app_context():
        with acting(tenant.id):
            sent = db.session.scalars(select(Assignment.id)).one()
        supplier = come_in(Asked(tenant, chain, node, sent))
    phone = app.test_client()
    token = csrf_token(phone, "/sign-in")
    phone.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    base = f"/o/{supplier.slug}/responses/{sent}"
    told, address, pages = plain_answers(ref, **says), f"{base}/A", ""
    while not address.endswith("/check"):
        page = phone.get(address).text
        section = f"/data/{address.rpartition('/')[2]}/"
        values = {path: text for path, text in told.items() if path.startswith(section)}
        answer = phone.post(address, data={**hidden(page), **values})
        assert answer.status_code == 302, answer.text
        pages, address = pages + unescape(page), answer.location
    assert asked in pages
    check = phone.get(address)
    assert "Not answered yet" not in check.text
    declared = {"csrf_token": hidden(check.text)["csrf_token"], "declared": "1"}
    assert phone.post(address, data=declared).location == f"{base}/sent"

    with app.app_context():
        receive_again(supplier)
    review = office.get(f"/o/{tenant.slug}/questionnaires/assignments/{sent}/review")
    assert asked in unescape(review.text)
    assert flag in review.text


def receive_again(supplier: Supplier) -> None:
    """What the job of the requester does with answers that were sent."""
    tenant = supplier.asked.tenant
    with acting(tenant.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        receive(row.id, act=Act(system_identity(tenant.id), datetime.now(UTC)))


# -- scored beside each other --------------------------------------------------------------------


def observed(asked: Asked, factor: str, node_id: UUID | None = None) -> list[float]:
    """What is known of a factor of the node, by all sources, lowest first."""
    with acting(asked.tenant.id):
        keys = [node_id or asked.node_id]
        seen = load_evidence(asked.chain_id, keys, NOW.date()).observations
    wanted = METHOD.factor_index[factor]
    return sorted(
        float(value)
        for value, index in zip(seen.value, seen.factor, strict=True)
        if index == wanted
    )


def answer(tenant: Tenant, asked: Asked, ref: str, **says: str) -> None:
    supplier = come_in(asked)
    fill_in(supplier, plain_answers(ref, **says))
    receive_now(supplier)


def test_a_second_questionnaire_leaves_what_the_first_one_told_in_force(
    context: Flask, tenant: Tenant
):
    """WRK-01 of the self-assessment: (3*0 + 3*.7)/6; on farms: (2*.1 + 3*0 + 3*0)/8."""
    first = ask(tenant)
    supplier = come_in(first)
    fill(supplier, SAQ_D02="none_found_no_checks")
    receive_now(supplier)
    assert observed(first, "WRK-01") == pytest.approx([0.35])

    again = ask_again(tenant, first.chain_id, first.node_id, ref="AGR")
    answer(tenant, again, "AGR")

    assert observed(first, "WRK-01") == pytest.approx([0.025, 0.35])


def test_of_several_questionnaires_the_lowest_credit_of_a_control_counts(
    context: Flask, tenant: Tenant
):
    first = ask(tenant)
    answer(tenant, ask_again(tenant, first.chain_id, first.node_id, ref="MIN"), "MIN", MIN_15="no")
    supplier = come_in(first, at=LATER)
    fill(supplier, at=LATER, SAQ_O03="yes")
    receive_now(supplier, at=LATER)

    with acting(tenant.id):
        record_control(
            first.node_id,
            "CTL-05",
            coverage=1.0,
            evidence=0.9,
            verified_on=None,
            reason="Visited 9 communities",
            cause=("review", None),
            act=Act(tenant.manager, NOW),
        )
    with acting(tenant.id):
        controls = load_evidence(first.chain_id, [first.node_id], NOW.date()).controls
    assert list(controls.design) == [0]


def test_what_two_suppliers_say_of_the_buyer_both_count_on_the_buyers_record(
    context: Flask, tenant: Tenant
):
    first = ask(tenant)
    supplier = come_in(first)
    fill(supplier, SAQ_F04="never")
    receive_now(supplier)
    node_id = add_node(tenant, first.chain_id, "Sewing Hall")
    second = ask_again(tenant, first.chain_id, node_id, ref="APP", email="b@two.example")
    answer(tenant, second, "APP", APP_18="always")

    with acting(tenant.id):
        own = find_own_business(first.chain_id)
        assert own is not None
    assert observed(first, "WRK-21", own.id) == [0, 1]
    assert observed(first, "WRK-21") == observed(second, "WRK-21") == []
    with acting(tenant.id):
        assert get_assignment(second.assignment_id).status.value == "submitted"

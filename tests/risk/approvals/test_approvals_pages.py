"""The pages of what needs a second person, and where others tell of it."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.risk.runs.models import ScoreChange
from ddplatform.value_chain.approvals.models import Approval, ApprovalRequest, ApprovalState
from ddplatform.value_chain.mapping.models import SupplyLink
from ddplatform.value_chain.mapping.queries.maps import get_link
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services.links import LinkFields
from supply_chain.vocabulary import FlowEvidence as Flow
from supply_chain.vocabulary import Issue
from tests.approved import confirm, wish
from tests.conftest import NOW
from tests.due_diligence.findings.test_findings_pages import statements
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting, assess
from tests.value_chain.imports.test_map_import import _csv, _import, _stage, _work

ROOT = "/o/acme/risk/approvals/"
LINE = "supplier,buyer,share,flow_evidence\nespoir-farm-group,own-business,0.1,confirmed\n"


@pytest.fixture
def manager(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


@pytest.fixture
def asked(tenant: Tenant, cocoa: CocoaMap) -> tuple[UUID, UUID]:
    """A link whose confirmation the analyst asked for, and the request."""
    with acting(tenant):
        fields = LinkFields(share=0.2, flow_evidence=Flow.CONFIRMED)
        link = supply_links.add_link(
            cocoa.farms,
            cocoa.own,
            fields,
            wish=wish(NOW),
            act=Act(tenant.analyst, NOW),
        ).id
        request = db.session.scalars(select(ApprovalRequest.id)).one()
    return link, request


def post(browser: FlaskClient, address: str, page: str, **fields: object):
    data = {"csrf_token": csrf_token(browser, page), **fields}
    return browser.post(address, data=data)


def flow(tenant: Tenant, link: UUID) -> Flow:
    with acting(tenant):
        return get_link(link).flow_evidence


def test_what_waits_is_listed_with_its_reason_and_counts(
    manager: FlaskClient, asked: tuple[UUID, UUID]
):
    text = manager.get(ROOT).text
    assert "Espoir farm group supplies Maison Cacao" in text
    assert "Contract and invoices seen." in text and "Analyst of acme" in text
    assert "Approve selected" in text
    assert "Espoir farm group supplies" not in manager.get(f"{ROOT}?kind=origin").text
    assert "Nothing is in force" in manager.get(f"{ROOT}?view=in-force").text


@pytest.mark.parametrize("role", [RoleId.AUDITOR, RoleId.ADMIN, RoleId.ANALYST])
def test_who_may_not_approve_reads_the_list_without_its_buttons(
    app: Flask, tenant: Tenant, asked: tuple[UUID, UUID], role: RoleId
):
    browser = signed_in_client(app, tenant, role)
    text = browser.get(ROOT).text
    assert "Espoir farm group supplies" in text and "Approve selected" not in text
    assert 'value="approve"' not in browser.get(f"{ROOT}{asked[1]}").text


def test_who_asked_is_told_that_somebody_else_decides(
    analyst: FlaskClient, asked: tuple[UUID, UUID]
):
    assert "You made this request" in analyst.get(f"{ROOT}{asked[1]}").text
    token = csrf_token(analyst, f"{ROOT}{asked[1]}")
    answer = analyst.post(f"{ROOT}{asked[1]}/decide", data={"csrf_token": token})
    assert answer.status_code == 403


def test_a_request_is_approved_on_its_page_and_ended_again(
    tenant: Tenant, manager: FlaskClient, asked: tuple[UUID, UUID]
):
    link, request = asked
    page = f"{ROOT}{request}"
    assert post(manager, f"{page}/decide", page, what="approve").status_code == 302
    assert flow(tenant, link) is Flow.CONFIRMED
    assert "1 entry approved." in manager.get(page).text
    assert "Espoir farm group supplies" in manager.get(f"{ROOT}?view=in-force").text
    refused = post(manager, f"{page}/end", page)
    assert refused.status_code == 422 and "Give the reason for ending it now." in refused.text
    assert post(manager, f"{page}/end", page, note="Ended.").status_code == 302
    assert flow(tenant, link) is Flow.PROBABLE
    assert "Espoir farm group supplies" in manager.get(f"{ROOT}?view=past").text


def test_refusing_without_a_reason_shows_the_page_again(
    tenant: Tenant, manager: FlaskClient, asked: tuple[UUID, UUID]
):
    page = f"{ROOT}{asked[1]}"
    answer = post(manager, f"{page}/decide", page, what="refuse")
    assert answer.status_code == 422 and "Give a reason" in answer.text
    assert post(manager, f"{page}/decide", page, what="refuse", note="Old.").status_code == 302
    assert flow(tenant, asked[0]) is Flow.PROBABLE


def test_many_requests_are_decided_at_once_each_with_an_event(
    tenant: Tenant, manager: FlaskClient, cocoa: CocoaMap
):
    with acting(tenant):
        for share in (0.1, 0.2, 0.3):
            fields = LinkFields(
                share=share, flow_evidence=Flow.CONFIRMED, commodity_ref=f"good {share}"
            )
            supply_links.add_link(
                cocoa.farms,
                cocoa.own,
                fields,
                wish=wish(NOW),
                act=Act(tenant.analyst, NOW),
            )
    chosen = re.findall(r'name="request" value="([^"]+)"', manager.get(ROOT).text)
    assert len(chosen) == 3
    answer = post(manager, f"{ROOT}decide", ROOT, what="approve", request=chosen[:2])
    assert answer.status_code == 302
    assert "2 entries approved." in manager.get(ROOT).text
    with acting(tenant):
        events = db.session.scalars(select(AuditEvent.action)).all()
        assert events.count("approval:approve") == 2
        waiting = select(Approval.id).where(Approval.state == ApprovalState.WAITING)
        assert len(db.session.scalars(waiting).all()) == 1


def test_a_large_list_is_one_row_and_its_parts_have_pages(
    app: Flask, tenant: Tenant, manager: FlaskClient, cocoa: CocoaMap
):
    rows = "".join(f"s{n},Site {n},CI\n" for n in range(120))
    links = "".join(f"s{n},own-business,0.001,confirmed\n" for n in range(120))
    sites = _csv(f"id,name,country\n{rows}")
    with app.app_context():
        _import(
            tenant, cocoa.chain, sites,
            _csv(f"supplier,buyer,share,flow_evidence\n{links}", "links.csv"),
        )  # fmt: skip
    text = manager.get(ROOT).text
    assert "120 flows stated as confirmed in nodes.csv, links.csv" in text
    with acting(tenant):
        request = db.session.scalars(select(ApprovalRequest.id)).one()
    page = f"{ROOT}{request}"
    first = manager.get(page).text
    assert first.count('name="part"') == 50 and "120 waiting" in first
    assert manager.get(f"{page}?page=3").text.count('name="part"') == 20
    picked = re.findall(r'name="part" value="([^"]+)"', first)[:7]
    post(manager, f"{page}/decide", page, what="approve", scope="ticked", part=picked)
    assert "7 entries approved." in manager.get(page).text
    post(manager, f"{page}/decide", page, what="approve", scope="all", part=picked)
    assert "113 entries approved." in manager.get(page).text
    with acting(tenant):
        confirmed = select(SupplyLink.id).where(SupplyLink.flow_evidence == Flow.CONFIRMED)
        assert len(db.session.scalars(confirmed).all()) == 122  # with the two of the map


@pytest.mark.parametrize("view", ["waiting", "in-force", "past", "shares"])
def test_the_lists_take_the_same_few_statements_whatever_their_length(
    app: Flask, tenant: Tenant, manager: FlaskClient, cocoa: CocoaMap, view: str
):
    def add(times: int) -> None:
        with acting(tenant):
            for number in range(times):
                fields = LinkFields(flow_evidence=Flow.CONFIRMED, commodity_ref=f"{number} {times}")
                supply_links.add_link(
                    cocoa.farms,
                    cocoa.own,
                    fields,
                    wish=wish(NOW),
                    act=Act(tenant.analyst, NOW),
                )

    add(2)
    manager.get(f"{ROOT}?view={view}")
    with statements(app) as few:
        manager.get(f"{ROOT}?view={view}")
    add(20)
    with statements(app) as many:
        manager.get(f"{ROOT}?view={view}")
    assert len(many) == len(few)


def test_lowerings_that_wait_are_listed_with_the_page_of_their_risk(
    tenant: Tenant, manager: FlaskClient, cocoa: CocoaMap
):
    with acting(tenant):
        db.session.add(
            ScoreChange(
                node_id=cocoa.farms, issue=Issue.CL, is_raise=False, points=30.0, note="Visited.",
                expires_on=wish(NOW).expires_on, created_at=NOW,
                created_by_id=tenant.analyst.user_id,
            )
        )  # fmt: skip
    text = manager.get(ROOT).text
    assert "Scores to be lowered" in text
    assert f"/o/acme/risk/explained/{cocoa.farms}/{Issue.CL.value}#risk-changes" in text


def test_a_buyer_confirmed_beyond_its_input_is_reported_with_its_links(
    tenant: Tenant, manager: FlaskClient, cocoa: CocoaMap
):
    def add(share: float) -> None:
        with acting(tenant):
            fields = LinkFields(share=share, flow_evidence=Flow.PROBABLE)
            made = supply_links.add_link(
                cocoa.own,
                cocoa.exporter,
                fields,
                act=Act(tenant.analyst, NOW),
            )
            confirm(made.id)

    page = f"{ROOT}?view=shares"
    add(0.4)  # with 60 % from the farms exactly all of it
    assert "No buyer is confirmed beyond its input" in manager.get(page).text
    with acting(tenant):
        db.session.scalars(
            select(SupplyLink).where(SupplyLink.supplier_id == cocoa.own)
        ).one().share = 0.55
    text = manager.get(page).text
    assert "Lagune Export" in text and "115.0%" in text
    assert "Espoir farm group" in text and "60%" in text and "55%" in text


# ---- forms -----------------------------------------------------------------------------------


def test_the_form_of_a_link_asks_for_a_reason_and_a_last_day(
    tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
):
    address = f"/o/acme/value-chain/nodes/{cocoa.own}/links/new"
    fields = {"other": "Espoir farm group", "kind": "supplies", "flow_evidence": "confirmed"}
    answer = post(analyst, address, address, **fields)
    assert answer.status_code == 422 and "the second person decides by it" in answer.text
    more = {"approval_reason": "Invoice of May.", "approval_until": wish(NOW).expires_on}
    assert post(analyst, address, address, **fields, **more).status_code == 302
    text = analyst.get(f"/o/acme/value-chain/nodes/{cocoa.own}").text
    assert "The confirmation waits for a second person." in text
    assert "confirmation pending" in text
    with acting(tenant):
        link = db.session.scalars(
            select(SupplyLink)
            .where(SupplyLink.supplier_id == cocoa.farms)
            .order_by(SupplyLink.created_at.desc(), SupplyLink.share)
        ).all()
        key = next(one.id for one in link if one.buyer_id == cocoa.own)
    edit = analyst.get(f"/o/acme/value-chain/links/{key}").text
    assert "The confirmation of this flow waits for a second person" in edit


def test_the_form_of_a_site_asks_for_the_same_when_it_is_called_an_origin(
    tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
):
    address = f"/o/acme/value-chain/{cocoa.chain}/nodes/new"
    fields = {"name": "Pit", "kind": "site", "country": "CI", "sector_ref": "", "is_origin": "yes"}
    assert post(analyst, address, address, **fields).status_code == 422
    more = {"approval_reason": "A mine.", "approval_until": wish(NOW).expires_on}
    answer = post(analyst, address, address, **fields, **more)
    assert answer.status_code == 302
    text = analyst.get(answer.headers["Location"]).text
    assert "“yes” waits for approval by a second person" in text


def test_an_analyst_asks_on_the_page_of_a_risk_that_a_factor_is_left_out(
    tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
):
    assess(tenant, cocoa.chain)
    page = f"/o/acme/risk/explained/{cocoa.farms}/{Issue.CL.value}"
    address = f"{ROOT}not-applicable/{cocoa.farms}/WRK-11?issue={Issue.CL.value}"
    assert address.replace("&", "&amp;") in analyst.get(page).text
    fields = {"reason_code": "no_such_work", "approval_reason": "One hall, two lines."}
    assert post(analyst, address, address, **fields).status_code == 422
    fields["approval_until"] = wish(NOW).expires_on
    assert post(analyst, address, address, **fields).headers["Location"] == page
    assert "Waiting for approval by a second person" in analyst.get(page).text
    again = post(analyst, address, address, **fields)
    assert again.status_code == 409 and "requested already" in again.text
    text = analyst.get(ROOT).text
    assert "“Home-based work” does not apply at Espoir farm group" in text
    own = analyst.get(f"/o/acme/risk/explained/{cocoa.own}/{Issue.CL.value}").text
    assert "Does not apply here" not in own


def test_the_overview_tells_those_who_may_approve_what_waits_for_them(
    manager: FlaskClient, asked: tuple[UUID, UUID]
):
    assert "Waiting for your approval" in manager.get("/o/acme/").text
    page = f"{ROOT}{asked[1]}"
    post(manager, f"{page}/decide", page, what="approve")
    assert "Waiting for your approval" not in manager.get("/o/acme/").text


def test_the_overview_says_nothing_of_it_to_who_may_not_approve(
    analyst: FlaskClient, asked: tuple[UUID, UUID]
):
    assert "Waiting for your approval" not in analyst.get("/o/acme/").text


def test_the_page_of_a_list_says_what_a_second_person_has_to_approve(
    app: Flask, tenant: Tenant, manager: FlaskClient, cocoa: CocoaMap
):
    with app.app_context():
        came = _import(tenant, cocoa.chain, _csv(LINE, "links.csv"))
        again = _stage(tenant, cocoa.chain, _csv(LINE, "links.csv"))
        _work()
    preview = manager.get(f"/o/acme/value-chain/imports/{again}").text
    assert "1 flow that the list states as confirmed is imported as probable." in preview
    assert "There is nothing to import" not in preview
    text = manager.get(f"/o/acme/value-chain/imports/{came}").text
    assert "Approval by a second person required" in text
    assert "1 flow that the list states as confirmed counts as probable until then." in text

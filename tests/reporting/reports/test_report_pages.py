"""The pages of reports: ask, wait, read, download, check."""

from datetime import date
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from ddplatform.accounts.organisations.models import Membership
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.reporting.reports.models import Report
from ddplatform.reporting.reports.services import requests as reports
from ddplatform.reporting.reports.services import sealing as report_sealing
from ddplatform.reporting.reports.services.requests import Wanted
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.report_world import (
    TODAY,
    World,
    acting,
    add_action,
    add_assignment,
    add_finding,
    make_map,
    work_off,
)
from tests.stored_worlds import stored_world

LIST = "/o/acme/reports/"
NEW = "/o/acme/reports/new"


@stored_world
def world(app: Flask, tenant: Tenant) -> World:
    with app.app_context():
        return make_map(tenant)


def _typed(world: World, **changes: str) -> dict[str, str]:
    return {
        "definition": "action-6-due-diligence",
        "audience": "auditor",
        "chain": str(world.chain_id),
        "period_from": "2026-01-01",
        "period_to": "2026-11-25",
        **changes,
    }


def _sealed(app: Flask, tenant: Tenant, world: World, audience: str = "auditor") -> UUID:
    wanted = Wanted(
        "action-6-due-diligence", world.chain_id, (date(2026, 1, 1), TODAY), audience=audience
    )
    with app.app_context(), acting(tenant):
        report_id = reports.request(wanted, act=Act(tenant.manager, NOW)).id
    with app.app_context():
        work_off(app)
    return report_id


def test_without_a_map_the_list_leads_to_the_value_chain(app: Flask, tenant: Tenant) -> None:
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    assert "Start setup" in client.get(LIST).text
    assert "No suppliers yet" in client.get(NEW).text


def test_the_empty_list_offers_the_first_report_to_who_may_make_it(
    app: Flask, tenant: Tenant, world: World
) -> None:
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    assert NEW in manager.get(LIST).text
    admin = signed_in_client(app, tenant, RoleId.ADMIN)
    assert "A sustainability manager or an analyst makes them" in admin.get(LIST).text
    assert admin.get(NEW).status_code == 403


def test_a_report_is_asked_for_waited_for_and_read(
    app: Flask, tenant: Tenant, world: World
) -> None:
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    data = {**_typed(world), "csrf_token": csrf_token(client, NEW)}
    answer = client.post(NEW, data=data)
    assert answer.status_code == 302
    page = answer.headers["Location"]
    waiting = client.get(page).text
    assert "is being made" in waiting
    assert "data-progress" in waiting
    assert "Being made" in client.get(LIST).text
    with app.app_context():
        work_off(app)
    sealed = client.get(page).text
    assert "Child-rights due-diligence report" in sealed
    assert 'id="what-is-missing"' in sealed
    assert "Sealed" in client.get(LIST).text


def test_figures_lead_to_where_they_come_from(app: Flask, tenant: Tenant, world: World) -> None:
    with app.app_context(), acting(tenant):
        finding = add_finding(tenant, world)
        action = add_action(tenant, world, finding, due_on=TODAY)
        add_assignment(tenant, world, due_on=TODAY)
    report_id = _sealed(app, tenant, world)
    page = signed_in_client(app, tenant, RoleId.AUDITOR).get(f"{LIST}{report_id}").text
    for address in (
        f"/o/acme/findings/{finding}",
        f"/o/acme/findings/actions/{action}",
        f"/o/acme/value-chain/nodes/{world.trader_id}",
        f"/o/acme/risk/nodes/{world.farm_id}/ISS-HZ",
        "/o/acme/risk/unknown-origins/",
        "/o/acme/reference/countries/CI",
        "/o/acme/questionnaires/?view=all",
        f"/o/acme/value-chain/{world.chain_id}/table?tier=1",
    ):
        assert address in page, address


def test_a_figure_leads_nowhere_for_a_role_that_may_not_open_what_it_counts(
    app: Flask, tenant: Tenant, world: World
) -> None:
    with app.app_context(), acting(tenant):
        finding = add_finding(tenant, world)
        add_assignment(tenant, world, due_on=TODAY)
    report_id = _sealed(app, tenant, world)
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR).get(f"{LIST}{report_id}").text
    officer = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    page = officer.get(f"{LIST}{report_id}").text

    assert "/questionnaires/?view=all" in auditor
    assert f"/findings/{finding}" in page
    assert "/questionnaires/" not in page


def test_the_public_edition_names_no_place_and_says_what_is_left_out(
    app: Flask, tenant: Tenant, world: World
) -> None:
    report_id = _sealed(app, tenant, world, audience="public")
    page = signed_in_client(app, tenant, RoleId.AUDITOR).get(f"{LIST}{report_id}").text
    assert "Golfe" not in page
    assert str(world.trader_id) not in page


def test_the_gaps_are_shown_before_anything_is_made(
    app: Flask, tenant: Tenant, world: World
) -> None:
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    data = {**_typed(world), "csrf_token": csrf_token(client, NEW), "look": "yes"}
    page = client.post(NEW, data=data)
    assert page.status_code == 200
    assert "Gaps as of today" in page.text
    assert "No supplier received a questionnaire" in page.text
    with app.app_context(), acting(tenant):
        assert db.session.scalar(select(Report.id)) is None


def test_wrong_input_shows_the_form_again_with_all_of_it(
    app: Flask, tenant: Tenant, world: World
) -> None:
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    token = csrf_token(client, NEW)
    wrong = _typed(world, audience="public", period_from="2026-12-01")
    page = client.post(NEW, data={**wrong, "csrf_token": token})
    assert page.status_code == 422
    assert "The period ends before it begins" in page.text
    assert 'value="2026-12-01"' in page.text
    unknown = client.post(NEW, data={**_typed(world, chain=str(uuid4())), "csrf_token": token})
    assert unknown.status_code == 422
    late = client.post(NEW, data={**_typed(world, period_to=""), "csrf_token": token})
    assert late.status_code == 422


@pytest.mark.parametrize(
    ("form", "media_type", "name"),
    [
        ("pdf", "application/pdf", "R-2026-001.pdf"),
        ("json", "application/json", "R-2026-001.json"),
        ("csv", "application/zip", "R-2026-001.csv.zip"),
    ],
)
def test_a_download_is_an_attachment_and_leaves_an_event(
    app: Flask, tenant: Tenant, world: World, form: str, media_type: str, name: str
) -> None:
    report_id = _sealed(app, tenant, world)
    client = signed_in_client(app, tenant, RoleId.AUDITOR)
    token = csrf_token(client, f"{LIST}{report_id}")
    answer = client.post(f"{LIST}{report_id}/files/{form}", data={"csrf_token": token})
    assert answer.status_code == 200
    assert answer.mimetype == media_type
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with app.app_context(), acting(tenant):
        event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "report:export"))
    assert event is not None
    assert event.actor_id == tenant[RoleId.AUDITOR].user_id
    refused = client.post(f"{LIST}{report_id}/files/docx", data={"csrf_token": token})
    assert refused.status_code == 404


def test_who_may_not_export_reads_and_takes_no_file_away(
    app: Flask, tenant: Tenant, world: World
) -> None:
    report_id = _sealed(app, tenant, world)
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    page = client.get(f"{LIST}{report_id}").text
    assert "not take its files away" in page
    token = csrf_token(client, NEW)
    answer = client.post(f"{LIST}{report_id}/files/pdf", data={"csrf_token": token})
    assert answer.status_code == 403


def test_another_company_finds_no_report(
    app: Flask, tenant: Tenant, other_tenant: Tenant, world: World
) -> None:
    report_id = _sealed(app, tenant, world)
    client = signed_in_client(app, other_tenant, RoleId.SUSTAINABILITY_MANAGER)
    for page in (str(report_id), f"{report_id}/check", str(uuid4())):
        assert client.get(f"/o/other/reports/{page}").status_code == 404


def test_a_failed_report_says_why_and_how_to_go_on(
    app: Flask, tenant: Tenant, world: World
) -> None:
    wanted = Wanted("action-6-due-diligence", world.chain_id, (date(2026, 1, 1), TODAY))
    with app.app_context(), acting(tenant):
        report_id = reports.request(wanted, act=Act(tenant.manager, NOW)).id
        db.session.execute(
            update(Membership)
            .where(Membership.user_id == tenant.manager.user_id)
            .values(role=RoleId.ADMIN)
        )
    with app.app_context():
        work_off(app)
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    page = client.get(f"{LIST}{report_id}").text
    assert "could not be made" in page
    assert "may not do it any more" in page
    assert "Failed" in client.get(LIST).text
    assert client.get(f"{LIST}{report_id}/check").status_code == 404


def test_a_sealed_report_can_be_checked_on_the_page(
    app: Flask, tenant: Tenant, world: World
) -> None:
    report_id = _sealed(app, tenant, world)
    client = signed_in_client(app, tenant, RoleId.AUDITOR)
    page = client.get(f"{LIST}{report_id}/check").text
    assert "R-2026-001 is genuine" in page


def test_a_file_can_be_held_against_the_sealed_reports(
    app: Flask, tenant: Tenant, world: World
) -> None:
    report_id = _sealed(app, tenant, world)
    with app.app_context(), acting(tenant):
        content = report_sealing.export(report_id, "pdf", act=Act(tenant.manager, NOW)).content
    client = signed_in_client(app, tenant, RoleId.AUDITOR)
    page = f"{LIST}check-file"
    token = csrf_token(client, page)

    def send(file: bytes) -> str:
        data = {"csrf_token": token, "file": (BytesIO(file), "report.pdf")}
        return client.post(page, data=data, content_type="multipart/form-data").text

    assert "R-2026-001 is genuine" in send(content)
    assert "This is not R-2026-001 as it was sealed" in send(content + b" ")
    assert "This file is not known" in send(b"something else")
    assert client.post(page, data={"csrf_token": token}).status_code == 422


def test_the_list_is_paged(app: Flask, tenant: Tenant, world: World) -> None:
    wanted = Wanted("action-6-due-diligence", world.chain_id, (date(2026, 1, 1), TODAY))
    with app.app_context(), acting(tenant):
        for _ in range(52):
            reports.request(wanted, act=Act(tenant.manager, NOW))
    client = signed_in_client(app, tenant, RoleId.AUDITOR)
    first = client.get(LIST).text
    assert "R-2026-052" in first
    assert "R-2026-002" not in first
    second = client.get(f"{LIST}?before=3").text
    assert "R-2026-002" in second
    assert "No older report" in client.get(f"{LIST}?before=1").text

"""Self-check of the grievance mechanism: recording, pages, evidence of the frameworks."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from ddplatform.core.due_diligence.grievance_checklist import grievance_checklist
from ddplatform.due_diligence.concern_handling.services import door
from ddplatform.due_diligence.frameworks.queries.coverage import load_coverage, load_facts
from ddplatform.due_diligence.grievance_check import services as checks
from ddplatform.due_diligence.grievance_check.models import GrievanceCheck
from ddplatform.due_diligence.grievance_check.queries import list_checks, load_newest
from ddplatform.due_diligence.grievance_check.services import CheckFields
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.tenancy import acting_in
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.fixtures import pages_of_that_day  # noqa: F401

TODAY = NOW.date()


def checked(tenant: Tenant, ref: str, score: int, on: date = TODAY, asked: str = "") -> None:
    wanted = CheckFields(score, "Two of three sites have a poster.", asked, on)
    checks.check_criterion(ref, wanted, act=Act(tenant.analyst, NOW))


def all_checked(tenant: Tenant, on: date = TODAY) -> None:
    for ref in grievance_checklist().criteria:
        checked(tenant, ref, 1, on)


def kinds(as_of: date = TODAY) -> set[str]:
    return {fact.kind for fact in load_facts(as_of=as_of)}


def test_the_self_check_is_evidence_once_every_criterion_was_checked(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id):
        *most, last = grievance_checklist().criteria
        for ref in most:
            checked(tenant, ref, 3, asked="Workers' committee")
        assert "grievance_self_checked" not in kinds()
        checked(tenant, last, 0)
        assert "grievance_self_checked" in kinds()
        assert "grievance_self_checked" not in kinds(TODAY - timedelta(days=1))


def test_the_self_check_counts_from_the_criterion_checked_longest_ago(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id):
        all_checked(tenant, TODAY - timedelta(days=300))
        checked(tenant, "GRV-b", 2)
        fact = next(one for one in load_facts(as_of=TODAY) if one.kind == "grievance_self_checked")
        assert fact.on == TODAY - timedelta(days=300)


def test_a_self_check_of_over_a_year_ago_is_no_evidence_of_ungp_31(tenant: Tenant, context: Flask):
    with acting_in(tenant.id):
        all_checked(tenant)
        now, later = (
            {fact.kind for one in load_coverage("ungp", as_of=day) for fact in one.facts}
            for day in (TODAY, TODAY + timedelta(days=400))
        )
    assert "grievance_self_checked" in now
    assert "grievance_self_checked" not in later


def test_an_open_page_for_concerns_is_a_channel_also_about_the_company_itself(
    tenant: Tenant, context: Flask
):
    both = {"grievance_channel_open", "company_complaint_route"}
    with acting_in(tenant.id):
        assert not both & kinds()
        door.open_door(act=Act(tenant.people[RoleId.SAFEGUARDING_OFFICER], NOW))
        assert both <= kinds()
        door.close_door(act=Act(tenant.people[RoleId.SAFEGUARDING_OFFICER], NOW))
        assert not both & kinds()


def test_the_highest_score_needs_users_who_confirm_it(tenant: Tenant, context: Flask):
    with acting_in(tenant.id):
        with pytest.raises(Invalid) as refused:
            checked(tenant, "GRV-a", 3)
        assert list(refused.value.fields) == ["consulted"]
        checked(tenant, "GRV-a", 3, asked="Workers' committee")
        assert load_newest(TODAY)["GRV-a"].consulted == "Workers' committee"


def test_every_fault_of_a_check_is_told_at_once(tenant: Tenant, context: Flask):
    tomorrow = TODAY + timedelta(days=1)
    wanted = CheckFields(4, " ", "call +225 07 08 09 10 11", tomorrow)
    with acting_in(tenant.id):
        with pytest.raises(Invalid) as refused:
            checks.check_criterion("GRV-a", wanted, act=Act(tenant.analyst, NOW))
        assert set(refused.value.fields) == {"score", "reason", "consulted", "checked_on"}
        with pytest.raises(NotFound):
            checked(tenant, "GRV-i", 1)
        assert list_checks("GRV-a") == []


def test_an_earlier_check_stays_and_cannot_be_changed(tenant: Tenant, context: Flask):
    with acting_in(tenant.id):
        checked(tenant, "GRV-a", 0, TODAY - timedelta(days=90))
        checked(tenant, "GRV-a", 2)
        assert [one.score for one in list_checks("GRV-a")] == [2, 0]
        assert load_newest(TODAY - timedelta(days=1))["GRV-a"].score == 0
        with pytest.raises(DatabaseError, match=r"append only: grievance_check|permission denied"):
            db.session.execute(update(GrievanceCheck).values(score=3))


def test_another_organisation_sees_no_check(tenant: Tenant, other_tenant: Tenant, context: Flask):
    with acting_in(tenant.id):
        all_checked(tenant)
    with acting_in(other_tenant.id):
        assert load_newest(TODAY) == {}
        assert "grievance_self_checked" not in kinds()


def test_an_analyst_checks_a_criterion_on_its_page_and_an_auditor_reads_it(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    base = f"/o/{tenant.slug}/grievance-check/"
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)
    assert "not complete" in analyst.get(base).text
    typed = {
        "csrf_token": csrf_token(analyst, f"{base}GRV-b/check"),
        "score": "1",
        "reason": "",
        "consulted": "Parents' association",
        "checked_on": TODAY.isoformat(),
    }
    again = analyst.post(f"{base}GRV-b/check", data=typed)
    assert again.status_code == 422
    assert "Give the reason." in again.text and "Parents&#39; association" in again.text
    sent = analyst.post(f"{base}GRV-b/check", data=typed | {"reason": "Posters in one language."})
    assert sent.location.endswith("#GRV-b"), sent.text
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)
    shown = auditor.get(f"{base}GRV-b").text
    assert "Posters in one language." in shown and "1 – Planned" in shown
    assert auditor.get(f"{base}GRV-b/check").status_code == 403
    assert auditor.get(f"{base}GRV-z").status_code == 404


def test_a_complete_check_names_its_weaknesses_and_until_when_it_counts(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        all_checked(tenant, TODAY - timedelta(days=30))
        checked(tenant, "GRV-a", 2)
    shown = signed_in_client(app, tenant, RoleId.AUDITOR).get(f"/o/{tenant.slug}/grievance-check/")
    assert "All criteria are checked." in shown.text
    assert "Weaknesses to work on: GRV-b, GRV-c" in shown.text
    assert "GRV-a, " not in shown.text

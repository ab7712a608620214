"""A plan that is asked for in the browser: made once behind the page, shown, or refused in words."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.queries import find_going_on
from ddplatform.risk.assessment_plan.models import VisitPlan, VisitPlanStep
from ddplatform.risk.assessment_plan.services.plans import Wish
from ddplatform.risk.assessment_plan.services.requests import (
    MAKE,
    get_request,
    read_request,
    request_plan,
)
from ddplatform.value_chain.mapping.services import nodes as value_chain
from supply_chain.analysis.visit_plan_field import Aim, Spread
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting
from tests.value_chain.imports.test_map_import import _work

LISTED = "/o/acme/visit-plan/"


@pytest.fixture
def manager(app: Flask, tenant: Tenant, cocoa: CocoaMap) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def ask(manager: FlaskClient, cocoa: CocoaMap, **more: Any) -> str:
    """Send the form; returns where it leads."""
    page = f"{LISTED}new"
    wish = {"name": "Spring", "chain_id": cocoa.chain, "aim": "find", "spread": "wide", "visits": 1}
    answer = manager.post(page, data={"csrf_token": csrf_token(manager, page), **wish, **more})
    assert answer.status_code == 302
    return answer.location


def count(tenant: Tenant, model: Any) -> int:
    with acting(tenant):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def _jobs(tenant: Tenant) -> list[Job]:
    with acting(tenant):
        return list(db.session.scalars(select(Job).where(Job.name == MAKE)))


def test_the_page_waits_without_scripts_and_then_leads_to_the_plan(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient
):
    making = ask(manager, cocoa)
    waiting = manager.get(making)
    assert waiting.status_code == 200 and "Waiting for its turn" in waiting.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in waiting.text
    assert count(tenant, VisitPlan) == 0
    _work()

    led = manager.get(making)
    assert led.status_code == 302 and led.location == f"{LISTED}{making.rsplit('/', 1)[1]}"
    assert "volume first" in manager.get(led.location).text
    with acting(tenant):
        made = db.session.scalars(select(AuditEvent).where(AuditEvent.action == MAKE)).all()
        assert len(made) == 1


def test_the_same_form_sent_twice_is_one_plan(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient
):
    first = ask(manager, cocoa)
    assert ask(manager, cocoa) == first
    with acting(tenant):
        job = db.session.get_one(Job, UUID(first.rsplit("/", 1)[1]))
        job.state = JobState.RUNNING
    assert ask(manager, cocoa) == first
    assert ask(manager, cocoa, visits=2) != first
    assert len(_jobs(tenant)) == 2


def test_the_work_done_twice_makes_one_plan(tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient):
    ask(manager, cocoa)
    _work()
    with acting(tenant):
        db.session.scalars(select(Job).where(Job.name == MAKE)).one().state = JobState.QUEUED
    lines = count(tenant, VisitPlanStep)
    _work()

    assert (count(tenant, VisitPlan), count(tenant, VisitPlanStep)) == (1, lines)
    assert _jobs(tenant)[0].state is JobState.DONE


def test_a_plan_that_cannot_be_made_says_why_and_the_form_keeps_what_was_asked(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient
):
    with acting(tenant):
        for node in (cocoa.exporter, cocoa.farms):
            value_chain.archive_node(node, act=Act(tenant.analyst, NOW))
    making = ask(manager, cocoa, name="Autumn")
    _work()

    page = manager.get(making).text
    assert "Nothing is left to ask or to visit" in page and "No plan was made" in page
    assert 'http-equiv="refresh"' not in page
    asked = manager.get(f"{LISTED}new?asked={making.rsplit('/', 1)[1]}").text
    assert 'value="Autumn"' in asked
    assert count(tenant, VisitPlan) == 0


def test_work_that_broke_is_told_on_the_page(tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient):
    making = ask(manager, cocoa)
    with acting(tenant):
        job = db.session.scalars(select(Job).where(Job.name == MAKE)).one()
        job.state, job.attempts, job.last_error = JobState.FAILED, 5, "KeyError: not expected."

    page = manager.get(making).text
    assert "The work stopped after 5 tries" in page and "KeyError: not expected." in page
    assert "Change the request" in page


def test_what_is_asked_for_is_read_back_from_the_job(tenant: Tenant, cocoa: CocoaMap):
    wish = Wish(name="Summer", aim=Aim.FIND, spread=Spread.NONE, amount=900, currency="EUR",
                cost_visit=300, questionnaires=0)  # fmt: skip
    with acting(tenant):
        job = request_plan(cocoa.chain, wish, act=Act(tenant.analyst, NOW))
        assert read_request(job.payload) == (cocoa.chain, wish)
        assert find_going_on(job.unique_key or "") is job
        assert find_going_on("another") is None


def test_another_job_and_a_job_of_others_are_not_found(
    tenant: Tenant, other_tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient
):
    asked = UUID(ask(manager, cocoa).rsplit("/", 1)[1])
    with acting(tenant):
        other = jobs.enqueue("risk:assess", {}, act=Act(tenant.analyst, NOW)).id

    for key in (other, uuid4()):
        assert manager.get(f"{LISTED}being-made/{key}").status_code == 404
    with acting(other_tenant), pytest.raises(NotFound):
        get_request(asked)

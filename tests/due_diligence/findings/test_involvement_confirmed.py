"""The involvement in a finding is confirmed by a second person, with the reason."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.impacts import InvolvementAnswer
from ddplatform.due_diligence.finding_judgements.services.confirmation import confirm_involvement
from ddplatform.due_diligence.finding_judgements.services.judgements import judge_involvement
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.frameworks.queries.coverage import _of_findings
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from tests.conftest import NOW
from tests.factories import csrf_token, signed_in_client
from tests.finding_worlds import World, acting, finding_now, recorded


@pytest.fixture
def browser(app: Flask, world: World) -> FlaskClient:
    return signed_in_client(app, world.tenant, RoleId.SUSTAINABILITY_MANAGER)


def assess(world: World, finding_id: UUID, by: Identity, reason: str = "Our own farm.") -> None:
    with acting(world.tenant):
        judge_involvement(
            finding_id,
            {"INV-1": InvolvementAnswer(True, reason)},
            version=get_finding(finding_id).row_version,
            act=Act(by, NOW),
        )


def confirm(world: World, finding_id: UUID, by: Identity, reason: str = "Seen on site.") -> None:
    with acting(world.tenant):
        version = get_finding(finding_id).row_version
        confirm_involvement(finding_id, reason=reason, version=version, act=Act(by, NOW))


@pytest.mark.usefixtures("context")
def test_whoever_assessed_the_involvement_cannot_confirm_it(world: World):
    finding_id = recorded(world)
    with pytest.raises(Conflict, match="not been assessed"):
        confirm(world, finding_id, world.tenant.manager)
    assess(world, finding_id, world.tenant.manager)

    with pytest.raises(Conflict, match="person who assessed it"):
        confirm(world, finding_id, world.tenant.manager)

    assert "approved_by" not in finding_now(world, finding_id).step_data["involvement"]


@pytest.mark.usefixtures("context")
def test_second_person_confirms_with_a_reason_and_once(world: World):
    finding_id = recorded(world)
    assess(world, finding_id, world.tenant.analyst)
    with pytest.raises(Invalid):
        confirm(world, finding_id, world.tenant.manager, reason=" ")

    confirm(world, finding_id, world.tenant.manager)

    kept = finding_now(world, finding_id).step_data["involvement"]
    assert kept["approved_by"] == str(world.tenant.manager.user_id)
    assert kept["reason"] == "Seen on site."
    with acting(world.tenant):
        wanted = select(AuditEvent.actor_id).where(
            AuditEvent.action == "finding:confirm_involvement"
        )
        assert db.session.scalars(wanted).all() == [world.tenant.manager.user_id]
    with pytest.raises(Conflict, match="confirmed already"):
        confirm(world, finding_id, world.tenant.manager)


@pytest.mark.usefixtures("context")
def test_new_assessment_ends_the_confirmation_and_the_fact_of_it(world: World):
    def kinds() -> set[str]:
        with acting(world.tenant):
            return {fact.kind for fact in _of_findings(NOW.date())}

    finding_id = recorded(world)
    assess(world, finding_id, world.tenant.analyst)
    assert "involvement_decided" not in kinds()
    confirm(world, finding_id, world.tenant.manager)
    assert "involvement_decided" in kinds()

    assess(world, finding_id, world.tenant.analyst)

    assert "involvement_decided" not in kinds()


@pytest.mark.usefixtures("context")
def test_confirmation_of_an_assessment_that_changed_meanwhile_is_refused(world: World):
    finding_id = recorded(world)
    assess(world, finding_id, world.tenant.analyst)
    seen = finding_now(world, finding_id).row_version
    assess(world, finding_id, world.tenant.analyst, "A farm of ours since May.")

    with acting(world.tenant), pytest.raises(Conflict, match="after you opened it"):
        confirm_involvement(
            finding_id, reason="Yes.", version=seen, act=Act(world.tenant.manager, NOW)
        )


def test_page_of_a_finding_says_that_the_involvement_was_confirmed_and_why(
    app: Flask, world: World, browser: FlaskClient
):
    with app.app_context():
        finding_id = recorded(world)
        assess(world, finding_id, world.tenant.analyst)
    page = f"/o/{world.tenant.slug}/findings/{finding_id}"
    assert "Not yet confirmed by a second person." in browser.get(page).text
    with app.app_context():
        version = finding_now(world, finding_id).row_version

    sent = {"reason": "Agreed with the site team.", "version": version}
    address = f"{page}/involvement/confirm"
    answer = browser.post(address, data={"csrf_token": csrf_token(browser, address), **sent})

    assert answer.status_code == 302
    shown = browser.get(page).text
    assert "Agreed with the site team." in shown
    assert "Involvement confirmed" in shown
    assert "Not yet confirmed" not in shown

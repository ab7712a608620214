"""What the people behind a supplier may try: judging their own work, taking proof back."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import Invitation, Organisation, User
from ddplatform.accounts.organisations.services import invitations
from ddplatform.core.due_diligence.vocabulary import ActionState
from ddplatform.due_diligence.actions.queries.actions import count_work
from ddplatform.due_diligence.actions.queries.suppliers import get_asked_action
from ddplatform.due_diligence.actions.services import actions as mitigation
from ddplatform.due_diligence.actions.services import verification
from ddplatform.due_diligence.actions.services.verification import Judgement
from ddplatform.evidence.uploads import services as evidence
from ddplatform.evidence.uploads.queries.documents import get_evidence, list_evidence_of
from ddplatform.evidence.uploads.services import SentFile
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.infrastructure.tenancy import TenancyError, across_tenants
from ddplatform.supplier_engagement.responses.models import Response
from tests import answering
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.finding_worlds import IN_A_MONTH, World, acting, action_now, planned, recorded

pytestmark = pytest.mark.usefixtures("context")
PHOTO = SentFile("visit.txt", b"Adults carry the sacks now.")
JUDGEMENT = Judgement(coverage=1.0, evidence_level=0.9, note="All is well.")


def reported(world: World, **changes: object) -> UUID:
    """An action that the supplier carries out and has reported done."""
    action_id = planned(world, recorded(world), by_supplier=True, control=None, **changes)
    with acting(world.supplier):
        mitigation.start(
            action_id,
            version=get_asked_action(action_id).row_version,
            act=Act(world.seller, NOW),
        )
        verification.report_done(
            action_id,
            note="Done.",
            files=[PHOTO],
            version=get_asked_action(action_id).row_version,
            act=Act(world.seller, NOW),
        )
    return action_id


def test_manager_of_the_supplier_cannot_verify_extend_or_drop_what_a_buyer_asked(world: World):
    action_id = reported(world)
    version = action_now(world, action_id).row_version
    judge = world.supplier.manager
    with acting(world.supplier):
        with pytest.raises(NotFound):
            verification.verify(action_id, JUDGEMENT, version=version, act=Act(judge, NOW))
        with pytest.raises(NotFound):
            verification.send_back(action_id, reason="no", version=version, act=Act(judge, NOW))
        with pytest.raises(NotFound):
            mitigation.extend(
                action_id,
                due_on=IN_A_MONTH,
                reason="no",
                version=version,
                act=Act(judge, NOW),
            )
        with pytest.raises(NotFound):
            mitigation.move(
                action_id,
                ActionState.DROPPED,
                reason="no",
                version=version,
                act=Act(judge, NOW),
            )
    assert action_now(world, action_id).status is ActionState.TO_VERIFY


def test_pages_of_a_buyer_are_absent_for_the_manager_of_its_supplier(app: Flask, world: World):
    action_id = reported(world)
    client = signed_in_client(app, world.supplier, RoleId.SUSTAINABILITY_MANAGER)
    base = f"/o/{world.supplier.slug}/findings/actions/{action_id}"
    for page in ("verify", "send-back", "extend", "report", "move/dropped"):
        assert client.get(f"{base}/{page}").status_code == 404, page


def test_actions_for_buyers_do_not_count_as_the_own_work_of_a_supplier(world: World):
    reported(world)
    with acting(world.supplier):
        assert count_work(NOW.date()).open == 0


def test_supplier_cannot_withdraw_a_document_that_the_buyer_has(world: World):
    action_id = reported(world)
    with acting(world.supplier):
        ((document, _),) = list_evidence_of("mitigation_action", action_id, with_restricted=True)
        with pytest.raises(Conflict, match="already has it"):
            evidence.withdraw(
                get_evidence(document.id, with_restricted=False),
                act=Act(world.seller, NOW),
                reason="mistake",
            )
    with acting(world.tenant):
        assert len(list_evidence_of("mitigation_action", action_id, with_restricted=True)) == 1


def respond_link(app: Flask, asked: answering.Asked) -> str:
    """The link of the mail, fresh."""
    now = datetime.now(UTC)
    with app.app_context():
        with answering.acting(asked.tenant.id):
            invitation = db.session.scalar(select(Invitation))
            assert invitation is not None
            invitation.expires_at = now + timedelta(days=14)
            invitations.send(invitation.id, at=now)
        found = re.search(r"/respond/\S+", answering.mails()[-1])
    assert found is not None
    return found[0]


def test_refused_password_at_the_link_founds_no_organisation_and_no_account(
    app: Flask, tenant: Tenant
):
    with app.app_context():
        asked = answering.ask(tenant)
        link = respond_link(app, asked)
    client = app.test_client()
    for _ in range(2):
        data = {"name": "Amina", "password": "short", "again": "short"}
        answer = client.post(link, data={**data, "csrf_token": csrf_token(client, link)})
        assert answer.status_code == 422
    with app.app_context(), across_tenants():
        names = set(db.session.scalars(select(Organisation.slug)))
        known = db.session.scalar(select(func.count()).where(User.email == answering.EMAIL))
    assert names <= {tenant.slug, "installation"}
    assert known == 0


def test_answers_that_were_not_sent_are_not_found_in_the_session_by_the_buyer_either(
    context: Flask, tenant: Tenant
):
    supplier = answering.come_in(answering.ask(tenant))
    with answering.acting(supplier.id):
        draft = db.session.scalar(select(Response))
        assert draft is not None

    with answering.acting(tenant.id):
        assert db.session.scalar(select(Response)) is None
        with pytest.raises(TenancyError, match="unreleased"):
            db.session.get(Response, draft.id)

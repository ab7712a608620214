"""What the curious and the hasty may try at a case about a child."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.officers.queries import (
    get_proposal,
    list_officers,
    list_open_proposals,
)
from ddplatform.accounts.officers.services import operator, proposals
from ddplatform.accounts.organisations.models import Membership
from ddplatform.accounts.organisations.queries import get_user, list_open_invitations
from ddplatform.accounts.organisations.services import people
from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.core.due_diligence.vocabulary import ImpactState as S
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.due_diligence.remedy.services import mails as case_mails
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import acting_in, nobody
from tests.answering import mails
from tests.conftest import NOW
from tests.due_diligence.remedy.test_remedy import go_to_closure, opened, second_officer
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client
from tests.infrastructure.jobs.test_jobs import work

LATER = NOW + timedelta(days=401)


@pytest.fixture
def officer(tenant: Tenant) -> Identity:
    return tenant[RoleId.SAFEGUARDING_OFFICER]


def test_nobody_makes_themselves_the_verifier_of_a_case(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        with pytest.raises(Conflict, match="own role"):
            remedy.assign(case, officer.user_id, is_verifier=True, act=Act(officer, NOW))


def test_who_worked_on_a_case_does_not_close_it_whatever_part_a_colleague_gives_them(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        colleague = second_officer(tenant)
        case = opened(tenant)
        go_to_closure(case, officer)
        remedy.assign(case, officer.user_id, is_verifier=True, act=Act(colleague, LATER))

        with pytest.raises(StepNotAllowed, match="someone other than the case manager"):
            remedy.move(case, S.CLOSED_VERIFIED, act=Act(officer, LATER))
        assert case.closed_at is None


def test_verifier_who_refused_a_closure_may_accept_the_next_one(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        verifier = second_officer(tenant)
        case = opened(tenant)
        remedy.assign(case, verifier.user_id, is_verifier=True, act=Act(officer, NOW))
        go_to_closure(case, officer)
        remedy.move(case, S.FOLLOW_UP, act=Act(verifier, LATER), reason="one more visit")
        remedy.move(case, S.CLOSURE_PROPOSED, act=Act(officer, LATER))
        remedy.move(case, S.CLOSED_VERIFIED, act=Act(verifier, LATER))
        assert case.closed_by_id == verifier.user_id


def closed(tenant: Tenant, officer: Identity) -> RemediationCase:
    """A case that was worked on, verified by a second officer, and closed."""
    verifier = second_officer(tenant)
    case = opened(tenant)
    remedy.assign(case, verifier.user_id, is_verifier=True, act=Act(officer, NOW))
    go_to_closure(case, officer)
    remedy.move(case, S.CLOSED_VERIFIED, act=Act(verifier, LATER))
    return case


def test_assessment_after_a_case_does_not_name_the_officer_who_closed_it(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        closed(tenant, officer)
        asked = db.session.scalars(select(Job).where(Job.name == "risk:assess")).all()
        open_log = db.session.scalars(select(AuditEvent).where(~AuditEvent.is_restricted)).all()

        assert [job.user_id for job in asked] == [None]
        assert officer.user_id not in {event.actor_id for event in open_log}


def membership_of(person: Identity) -> Membership:
    found = db.session.scalar(select(Membership).where(Membership.user_id == person.user_id))
    assert found is not None
    return found


def test_last_case_manager_of_an_open_case_is_removed_by_nobody(
    context: Flask, tenant: Tenant, officer: Identity
):
    admin, system = tenant[RoleId.ADMIN], system_identity(tenant.id)
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        second = second_officer(tenant)
        proposal = proposals.propose_removal(membership_of(officer), act=Act(admin, NOW))
        with pytest.raises(Conflict, match="responsible for an open case"):
            proposals.agree(proposal, act=Act(second, NOW))
        with pytest.raises(Conflict, match="responsible for an open case"):
            operator.remove_officer(get_user(officer.user_id), act=Act(system, NOW))

        remedy.assign(case, second.user_id, is_verifier=True, act=Act(officer, NOW))
        with pytest.raises(Conflict, match="responsible for an open case"):
            operator.remove_officer(get_user(officer.user_id), act=Act(system, NOW))


def test_officer_whose_case_has_another_manager_or_is_closed_may_leave(
    context: Flask, tenant: Tenant, officer: Identity
):
    system = system_identity(tenant.id)
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        second = second_officer(tenant)
        remedy.assign(case, second.user_id, is_verifier=False, act=Act(officer, NOW))
        operator.remove_officer(get_user(officer.user_id), act=Act(system, NOW))
        db.session.flush()
        assert [user_id for user_id, _ in list_officers(today=NOW.date())] == [second.user_id]


def test_proposal_to_remove_the_last_manager_of_a_case_looks_like_any_other_to_who_makes_it(
    app: Flask, tenant: Tenant, officer: Identity
):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        second_officer(tenant)
    page = f"/o/{tenant.slug}/people/officers/{officer.user_id}/remove"
    admin, answers = signed_in_client(app, tenant, RoleId.ADMIN), []
    for has_case in (False, True):
        with app.app_context(), unit_of_work(), acting_in(tenant.id):
            if has_case:
                opened(tenant)
        token = {"csrf_token": csrf_token(admin, page)}
        sent = admin.post(page, data=token)
        with app.app_context(), unit_of_work(), acting_in(tenant.id):
            (row,) = list_open_proposals()
            proposals.withdraw(get_proposal(row.id), act=Act(tenant[RoleId.ADMIN], NOW))
        answers.append((sent.status_code, sent.headers["Location"]))

    assert answers[0] == answers[1]


def test_alert_that_nobody_would_read_is_not_taken(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        db.session.delete(membership_of(officer))
        db.session.flush()
        with pytest.raises(Conflict, match="no safeguarding officer"):
            opened(tenant)


def test_officer_whose_access_is_over_counts_for_nobody_who_would_read_an_alert(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        membership_of(officer).access_until = NOW.date() - timedelta(days=1)
        db.session.flush()
        with pytest.raises(Conflict, match="no safeguarding officer"):
            opened(tenant)

        membership_of(officer).access_until = NOW.date()
        db.session.flush()
        assert opened(tenant).code


def test_new_officer_is_made_known_to_the_others_when_the_role_begins(
    context: Flask, tenant: Tenant, officer: Identity
):
    admin, before = tenant[RoleId.ADMIN], NOW - adapters().officer_wait
    with acting_in(tenant.id), unit_of_work():
        for email in ("second-mailbox@partner.example", tenant.email(RoleId.ANALYST)):
            proposal = proposals.propose(email=email, name="Somebody", act=Act(admin, before))
            proposals.agree(proposal, act=Act(officer, before))
            proposals.begin(proposal, at=NOW)
        (invitation,) = list_open_invitations()
        people.accept_invitation(invitation, name="Somebody", password=PASSWORD, at=NOW)
    db.session.expunge_all()  # the worker is another process
    with nobody():
        while work():
            pass

    told = [mail for mail in mails() if mail.startswith("New safeguarding officer")]
    assert sum("second-mailbox@partner.example" in mail for mail in told) == 2
    assert sum(tenant.email(RoleId.ANALYST) in mail for mail in told) == 2


def test_mail_about_somebody_who_is_no_officer_any_more_is_not_sent(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        case_mails.send_news(tenant.analyst.user_id, at=NOW)

    assert mails() == []

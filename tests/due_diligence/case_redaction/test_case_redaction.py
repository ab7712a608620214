"""Words are taken out of the sealed texts of a case for good."""

from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.audit.services.log import verify
from ddplatform.core.due_diligence.vocabulary import ImpactState
from ddplatform.due_diligence.case_redaction.services import open_texts, redact_case
from ddplatform.due_diligence.follow_up_visits.services import open_visits
from ddplatform.due_diligence.remedy.models import (
    CaseCriterion,
    FollowUpVisit,
    RemediationCase,
    RemediationStep,
)
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.due_diligence.remedy.services.facts import open_facts, open_steps
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import acting_in
from tests.conftest import NOW
from tests.due_diligence.follow_up_visits.test_case_visits import TEXT, write
from tests.due_diligence.remedy.test_remedy import alert, make_finding, opened
from tests.factories import Tenant, csrf_token, signed_in_client

SLIPPED = "quuxo"
"""A word that no list and no form tells from others: it slips through."""


@pytest.fixture
def officer(tenant: Tenant) -> Identity:
    return tenant[RoleId.SAFEGUARDING_OFFICER]


def case_with_words(tenant: Tenant, officer: Identity) -> RemediationCase:
    """A case in which the same word stands in an alert, a step, a judgement and a visit."""
    note = f"seen with {SLIPPED} at the drying place"
    case = remedy.open_case(make_finding(), alert(note=note), act=Act(tenant.manager, NOW))
    act = Act(officer, NOW)
    remedy.take_step(
        case, "REM-02", ticked=["safety_checklist_done"], note=f"{SLIPPED} agrees", act=act
    )
    remedy.judge_criterion(case, "CLO-1", is_met=True, basis=f"by {SLIPPED.upper()}", act=act)
    assert write(case, officer, REM_Q14=f"talked with {SLIPPED} again").is_sound
    return case


def sealed_values() -> list[bytes]:
    columns = (
        RemediationCase.sealed_facts,
        RemediationStep.sealed_note,
        CaseCriterion.sealed_basis,
        FollowUpVisit.sealed_answers,
    )
    return [bytes(value) for column in columns for value in db.session.scalars(select(column))]


def test_words_are_replaced_in_every_text_and_the_old_values_are_gone(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = case_with_words(tenant, officer)
        before = sealed_values()

        assert redact_case(case, SLIPPED, act=Act(officer, NOW)) == 4

        after = sealed_values()
        assert sum(value in after for value in before) == 1  # the step of the visit has no words
        assert [one.text for one in open_texts(case) if "[…]" in one.text] == [
            "seen with […] at the drying place",
            "[…] agrees",
            "by […]",
            "talked with […] again",
        ]
        assert SLIPPED not in " ".join(one.text for one in open_texts(case)).casefold()


def test_all_else_of_the_case_stays_as_it_was(context: Flask, tenant: Tenant, officer: Identity):
    with acting_in(tenant.id), unit_of_work():
        case = case_with_words(tenant, officer)
        recorded = open_visits(case, at=NOW)[0][0].form.answers()
        ticked = [step.ticked for step in open_steps(case)]

        redact_case(case, SLIPPED, act=Act(officer, NOW))

        answers = open_visits(case, at=NOW)[0][0].form.answers()
        assert {path for path in recorded if recorded[path] != answers[path]} == {TEXT}
        assert [step.ticked for step in open_steps(case)] == ticked
        assert open_facts(case).work_class == alert().work_class
        assert case.status is ImpactState.ALLEGED


def test_one_restricted_event_says_it_without_the_words_and_the_log_verifies(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case = case_with_words(tenant, officer)
        already = len(db.session.scalars(select(AuditEvent)).all())

        redact_case(case, SLIPPED, act=Act(officer, NOW))

        events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
        assert [event.action for event in events[already:]] == ["case:redact"]
        assert events[-1].is_restricted
        kept = [event.leaf.decode() for event in events]
        kept += [str(value.value) for value in db.session.scalars(select(AuditValue))]
        assert SLIPPED not in " ".join(kept).casefold()
        assert not verify().faults


def test_words_that_stand_nowhere_change_nothing(context: Flask, tenant: Tenant, officer: Identity):
    with acting_in(tenant.id), unit_of_work():
        case = case_with_words(tenant, officer)
        before = sealed_values()

        with pytest.raises(Invalid) as refused:
            redact_case(case, "foobaz", act=Act(officer, NOW))

        assert "“foobaz” does not stand in a text of this case." in refused.value.fields["words"]
        assert sealed_values() == before


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (RemediationStep, "sealed_note"),
        (CaseCriterion, "sealed_basis"),
        (FollowUpVisit, "sealed_answers"),
    ],
)
def test_database_refuses_another_value_that_no_redaction_recorded(
    context: Flask, tenant: Tenant, officer: Identity, model: type, column: str
):
    with acting_in(tenant.id), unit_of_work():
        case = case_with_words(tenant, officer)
        old = db.session.scalars(select(getattr(model, column))).first()
        redact_case(case, SLIPPED, act=Act(officer, NOW))
        db.session.flush()
        back = update(model).values({column: old})

        with pytest.raises(DBAPIError, match=f"append only: {model.__tablename__}"):
            db.session.execute(back, execution_options={"synchronize_session": False})
        db.session.rollback()


def test_assigned_officer_redacts_on_a_page_and_nobody_else_finds_it(app: Flask, tenant: Tenant):
    officer = tenant[RoleId.SAFEGUARDING_OFFICER]
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        case = case_with_words(tenant, officer)
        page = f"/o/{tenant.slug}/remedy/{case.code}/redact"
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    token = csrf_token(client, page)

    unsure = client.post(page, data={"csrf_token": token, "words": SLIPPED})
    assert unsure.status_code == 422 and f"{SLIPPED}</textarea>" in unescape(unsure.text)
    done = client.post(page, data={"csrf_token": token, "words": SLIPPED, "is_sure": "y"})

    assert done.status_code == 302
    shown = unescape(client.get(page).text)
    assert "seen with […] at the drying place" in shown and SLIPPED not in shown.casefold()
    other = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    assert other.get(page).status_code == 403


def test_closed_case_can_still_be_redacted(context: Flask, tenant: Tenant, officer: Identity):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant, note=f"with {SLIPPED}")
        case.closed_at, case.closed_by_id = NOW, officer.user_id

        assert redact_case(case, SLIPPED, act=Act(officer, NOW)) == 1
        assert open_facts(case).note == "with […]"

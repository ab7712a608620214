"""Visits: assigned to somebody independent, filled in apart from suppliers, heard by the score."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import Membership
from ddplatform.accounts.organisations.services.invitations import send as send_mail
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.risk.explanation.queries.answers import list_answers_behind
from ddplatform.risk.runs.models import RiskFact
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import (
    get_assignment,
    get_assignment_row,
    list_library,
)
from ddplatform.supplier_engagement.requests.queries import find_newest_status
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.responses.models import Answer, RiskSignal
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.queries.responses import (
    find_response,
    get_request,
    list_asked_of_me,
    load_filled,
)
from ddplatform.supplier_engagement.review.services.review import accept_all
from ddplatform.supplier_engagement.sharing.queries.sharing import has_sources
from ddplatform.value_chain.mapping.models import NodeSummary
from ddplatform.value_chain.mapping.queries.maps import get_node
from questionnaires import Answerer
from tests.answering import (
    DUE,
    EMAIL,
    Supplier,
    acting,
    add_node,
    ask_again,
    come_in,
    fill,
    mails,
    make_chain,
    receive_now,
    send,
    version_of,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.sampling import examples
from tests.stored_worlds import stored_world
from tests.visits import ASSESSOR, assign_visit, visited


@stored_world
def chain_id(context: Flask, tenant: Tenant) -> UUID:
    return make_chain(tenant)


@stored_world
def node_id(tenant: Tenant, chain_id: UUID) -> UUID:
    return add_node(tenant, chain_id, contact_email=EMAIL)


@stored_world
def supplier(tenant: Tenant, chain_id: UUID, node_id: UUID) -> Supplier:
    """The supplier at the node, who answered the self-assessment."""
    came = come_in(ask_again(tenant, chain_id, node_id, ref="SAQ"))
    fill(came)
    return came


# -- assigned ------------------------------------------------------------------------------------


def test_visit_is_assigned_to_the_address_typed_and_says_so_in_the_log(
    tenant: Tenant, chain_id: UUID, node_id: UUID
):
    asked = assign_visit(tenant, chain_id, node_id)

    with acting(tenant.id):
        row = get_assignment_row(asked.assignment_id)
        assert (row.invited_email, row.is_visit, row.light_mode) == (ASSESSOR, True, False)
        assert row.sections_total == 4
        assert get_node(node_id).contact_email == EMAIL
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "questionnaire:assign")
        ).one()
        assert event.target_id == str(asked.assignment_id)


def test_contact_of_the_supplier_is_never_taken_for_who_visits(
    tenant: Tenant, chain_id: UUID, node_id: UUID
):
    with pytest.raises(Invalid) as refused:
        assign_visit(tenant, chain_id, node_id, email="")

    assert "of the assessor" in refused.value.fields[f"email-{node_id}"]


@examples(8, one_world=True)
@given(upper=st.sets(st.sampled_from(range(len(EMAIL)))), blanks=st.sampled_from(("", " ", "\t")))
def test_no_spelling_of_the_supplier_s_address_visits_the_supplier(
    tenant: Tenant, chain_id: UUID, node_id: UUID, upper: set[int], blanks: str
):
    spelled = "".join(c.upper() if at in upper else c for at, c in enumerate(EMAIL))

    with pytest.raises(Invalid) as refused:
        assign_visit(tenant, chain_id, node_id, email=blanks + spelled + blanks)

    assert "independent" in refused.value.fields[f"email-{node_id}"]


def test_visit_leaves_the_state_of_the_supplier_s_own_answers_on_the_map(
    tenant: Tenant, chain_id: UUID, node_id: UUID, supplier: Supplier
):
    send(supplier)
    before = _status(tenant, node_id)

    assign_visit(tenant, chain_id, node_id)

    assert _status(tenant, node_id) == before != (None, None)


def _status(tenant: Tenant, node_id: UUID) -> tuple[str | None, str | None]:
    with acting(tenant.id):
        kept = select(NodeSummary.questionnaire_status).where(NodeSummary.node_id == node_id)
        return db.session.scalar(kept), find_newest_status([node_id])


def test_mail_names_the_site_and_says_that_it_never_reads_the_checklist(
    app: Flask, tenant: Tenant, chain_id: UUID, node_id: UUID
):
    asked = assign_visit(tenant, chain_id, node_id)
    with acting(tenant.id):
        assignment = get_assignment(asked.assignment_id)
        invitation = questionnaires.invite(assignment, act=Act(tenant.analyst, NOW))
        send_mail(invitation.id, at=NOW)

    mail = mails()[-1]
    assert "asks you to visit SCOOP Espoir" in mail.splitlines()[0]
    assert "The place you visit never does." in mail
    assert "Thank you." in mail
    assert "buys from you" not in mail


# -- coming in -----------------------------------------------------------------------------------


def test_assessor_answers_in_an_organisation_apart(
    tenant: Tenant, chain_id: UUID, node_id: UUID, supplier: Supplier
):
    assessor = come_in(assign_visit(tenant, chain_id, node_id))

    assert assessor.identity.role_id is RoleId.ASSESSOR
    assert assessor.id not in (supplier.id, tenant.id)
    with acting(assessor.id):
        assert db.session.scalars(select(Membership.role)).all() == [RoleId.ASSESSOR]
        assert [one.node_name for one in list_asked_of_me()] == ["SCOOP Espoir"]
    with acting(tenant.id):
        assert get_node(node_id).supplier_organisation_id == supplier.id


def test_same_assessor_answers_every_visit_in_one_place(tenant: Tenant, chain_id: UUID):
    nodes = [add_node(tenant, chain_id, f"Farm {n}") for n in (1, 2)]

    first, second = (come_in(assign_visit(tenant, chain_id, node)) for node in nodes)

    assert first.id == second.id
    with acting(first.id):
        assert len(list_asked_of_me()) == 2


def test_visit_never_comes_into_an_organisation_where_others_would_read_it(
    tenant: Tenant, other_tenant: Tenant, chain_id: UUID, node_id: UUID
):
    email = other_tenant.email(RoleId.ASSESSOR)

    assessor = come_in(assign_visit(tenant, chain_id, node_id, email=email))

    assert assessor.identity.user_id == other_tenant[RoleId.ASSESSOR].user_id
    assert assessor.id not in (tenant.id, other_tenant.id)


def test_own_colleague_visits_without_bringing_the_role_of_the_office(
    tenant: Tenant, chain_id: UUID, node_id: UUID
):
    asked = assign_visit(tenant, chain_id, node_id, email=tenant.email(RoleId.ANALYST))

    assessor = come_in(asked)

    assert assessor.identity.user_id == tenant.analyst.user_id
    assert assessor.identity.role_id is RoleId.ASSESSOR
    assert assessor.id != tenant.id


def test_who_belongs_to_the_supplier_cannot_visit_it_under_another_name(
    tenant: Tenant, chain_id: UUID, node_id: UUID, supplier: Supplier
):
    with acting(tenant.id):
        other = add_node(tenant, chain_id, "Another site")
        get_node(other).supplier_organisation_id = supplier.id
    asked = assign_visit(tenant, chain_id, other, email=EMAIL)

    with pytest.raises(Conflict, match="belong to the organisation"):
        come_in(asked)


def test_supplier_finds_nothing_of_a_visit(
    tenant: Tenant, chain_id: UUID, node_id: UUID, supplier: Supplier
):
    assessor = visited(assign_visit(tenant, chain_id, node_id), AUD_13="serious")
    receive_now(assessor)

    with acting(supplier.id):
        asked = assessor.asked.assignment_id
        assert asked not in {one.id for one in list_asked_of_me()}
        with pytest.raises(NotFound):
            get_request(asked)
        for model in (Assignment, ResponseRow, Answer):
            mine = (
                select(func.count())
                .select_from(model)
                .where(model.respondent_organisation_id != supplier.id)
            )
            assert db.session.scalar(mine) == 0


def test_who_visits_a_place_is_not_asked_to_answer_for_it(
    tenant: Tenant, chain_id: UUID, node_id: UUID
):
    visit = assign_visit(tenant, chain_id, node_id)

    with pytest.raises(Invalid) as refused:
        ask_again(tenant, chain_id, node_id, ref="SAQ", email=ASSESSOR.upper())
    assert "visits" in refused.value.fields[f"email-{node_id}"]

    with acting(tenant.id):
        withdrawn = get_assignment(visit.assignment_id)
        questionnaires.withdraw(withdrawn, reason="Wrong address", act=Act(tenant.manager, NOW))
    assert ask_again(tenant, chain_id, node_id, ref="SAQ", email=ASSESSOR)


def test_visit_is_not_sent_by_who_belongs_to_the_place_by_now(
    tenant: Tenant, chain_id: UUID, node_id: UUID, supplier: Supplier
):
    assessor = visited(assign_visit(tenant, chain_id, node_id))
    with acting(supplier.id):
        who = assessor.identity.user_id
        db.session.add(Membership(user_id=who, role=RoleId.SUPPLIER, created_at=NOW))

    with pytest.raises(Conflict, match="You belong to the organisation"):
        send(assessor)


def test_buyer_reads_no_answer_of_a_visit_before_it_is_sent(
    tenant: Tenant, chain_id: UUID, node_id: UUID
):
    assessor = visited(assign_visit(tenant, chain_id, node_id))

    with acting(tenant.id):
        assert find_response(assessor.asked.assignment_id) is None
    receive_now(assessor)
    with acting(tenant.id):
        assert find_response(assessor.asked.assignment_id) is not None


def test_question_that_the_supplier_s_accepted_answer_makes_needless_is_not_asked(
    tenant: Tenant, chain_id: UUID, node_id: UUID, supplier: Supplier
):
    fill(supplier, SAQ_I01="no")
    receive_now(supplier)
    with acting(tenant.id):
        accept_all(supplier.asked.assignment_id, act=Act(tenant.manager, NOW))

    assessor = come_in(assign_visit(tenant, chain_id, node_id))

    assert "/data/B/AUD_18" not in _asked_paths(assessor)


def test_question_is_asked_where_the_supplier_s_answer_is_not_accepted(
    tenant: Tenant, chain_id: UUID, node_id: UUID, supplier: Supplier
):
    fill(supplier, SAQ_I01="no")
    receive_now(supplier)

    assessor = come_in(assign_visit(tenant, chain_id, node_id))

    assert "/data/B/AUD_18" in _asked_paths(assessor)


def _asked_paths(assessor: Supplier) -> set[str]:
    with acting(assessor.id):
        request = get_request(assessor.asked.assignment_id)
        row = find_response(assessor.asked.assignment_id)
        assert row is not None
        return {
            path
            for page in load_filled(request.assignment, row, now=NOW).pages
            for path in page.paths
        }


def test_second_visit_begins_blank_and_nothing_of_it_is_offered_to_another_buyer(
    tenant: Tenant, other_tenant: Tenant, chain_id: UUID, node_id: UUID
):
    receive_now(visited(assign_visit(tenant, chain_id, node_id)))
    with acting(tenant.id):
        first = db.session.scalars(select(Assignment)).one()
        accept_all(first.id, act=Act(tenant.manager, NOW))
    again = come_in(assign_visit(tenant, chain_id, node_id))
    theirs = make_chain(other_tenant)
    elsewhere = come_in(assign_visit(other_tenant, theirs, add_node(other_tenant, theirs)))

    with acting(again.id):
        row = find_response(again.asked.assignment_id)
        assert row is not None
        assert (
            db.session.scalars(select(Answer.raw).where(Answer.response_id == row.id)).all() == []
        )
        assert not has_sources(get_request(elsewhere.asked.assignment_id).assignment, at=NOW)


# -- what the score hears ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "source", "quality"),
    [
        ("unannounced", "site_work", 0.8),
        ("semi_announced", "audit", 0.6),
        ("announced", "audit", 0.6),
    ],
)
def test_how_the_visit_was_made_decides_how_much_it_is_believed(
    tenant: Tenant, chain_id: UUID, node_id: UUID, kind: str, source: str, quality: float
):
    response_id = receive_now(visited(assign_visit(tenant, chain_id, node_id), AUD_06=kind))

    with acting(tenant.id):
        signals = db.session.scalars(
            select(RiskSignal).where(
                RiskSignal.response_id == response_id, RiskSignal.is_control.is_(False)
            )
        ).all()
        assert {one.node_id for one in signals} == {node_id}
        assert {"WRK-01", "WRK-05", "WRK-16", "COM-01"} <= {one.factor for one in signals}
        assert {one.source_type for one in signals} == {source}
        assert [one.quality for one in signals] == pytest.approx([quality] * len(signals))


def test_score_leads_back_to_the_last_answers_of_each_questionnaire_it_rests_on(
    tenant: Tenant, chain_id: UUID, node_id: UUID, supplier: Supplier
):
    receive_now(supplier)
    first = assign_visit(tenant, chain_id, node_id)
    receive_now(visited(first, AUD_06="announced"))
    with acting(tenant.id):
        accept_all(first.assignment_id, act=Act(tenant.manager, NOW))
    second = assign_visit(tenant, chain_id, node_id)
    receive_now(visited(second, AUD_06="unannounced"), at=NOW + timedelta(days=1))

    with acting(tenant.id):
        behind = {one.title: one for one in list_answers_behind(node_id)}
        assert len(behind) == 2
        assert behind[title_of("SAQ")].assignment_id == supplier.asked.assignment_id
        assert behind[title_of("AUD")].assignment_id == second.assignment_id


def title_of(ref: str) -> str:
    """The title of a questionnaire of the library."""
    return next(row.title for row in list_library() if row.ref == ref)


def test_danger_seen_on_a_visit_is_a_fact_that_the_site_did_not_tell(
    tenant: Tenant, chain_id: UUID, node_id: UUID
):
    receive_now(visited(assign_visit(tenant, chain_id, node_id), AUD_09="2"))

    with acting(tenant.id):
        facts = db.session.scalars(select(RiskFact)).all()
        assert [(fact.issue.value, fact.self_disclosed) for fact in facts] == [("ISS-CL", False)]
    mail = mails()[-1]
    assert mail.splitlines()[0] == "The visit to SCOOP Espoir is written down"
    assert "Please look today" in mail
    assert "2" not in mail.partition("Read them here")[0]


def test_several_visits_are_assigned_at_once_or_none(tenant: Tenant, chain_id: UUID, node_id: UUID):
    other = add_node(tenant, chain_id, "Farm 2")
    with acting(tenant.id), pytest.raises(Invalid):
        questionnaires.assign(
            questionnaires.Sending(version_id=version_of("AUD"), due_on=DUE),
            {other: ASSESSOR, node_id: EMAIL},
            act=Act(tenant.analyst, NOW),
        )

    with acting(tenant.id):
        visits = select(func.count(Assignment.id)).where(
            Assignment.answered_by == Answerer.ASSESSOR
        )
        assert db.session.scalar(visits) == 0

"""Reviewing answers: accept, documents, asking back, one more round, red flags."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.due_diligence.findings.models import FindingSource
from ddplatform.due_diligence.findings.services import findings
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.risk.runs.models import RiskFact
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.receiving.services.receiving import (
    find_sector_risk,
    read_answers,
)
from ddplatform.supplier_engagement.responses.models import (
    ResponseStatus,
    ReviewDecision,
    RiskSignal,
)
from ddplatform.supplier_engagement.responses.queries.responses import (
    find_response,
    list_files,
    list_messages,
    list_red_flags,
    load_filled,
)
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.responses.services.responses import attach, save_section, start
from ddplatform.supplier_engagement.review.queries.reviews import list_decisions
from ddplatform.supplier_engagement.review.services.mails import tell_escalated, tell_returned
from ddplatform.supplier_engagement.review.services.review import (
    TELL_ESCALATED,
    WHOLE,
    accept_all,
    accept_answer,
    ask_back,
    escalate,
    get_reviewed,
    handle_flag,
    judge_documents,
    of_flag,
    return_answers,
)
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.vocabulary import Issue
from tests.answering import Supplier, acting, ask, come_in, fill, mails, receive_now, send, typed
from tests.conftest import NOW
from tests.factories import Tenant
from tests.stored_worlds import stored_world

LATER = NOW + timedelta(days=1)
A06, C06, D03 = "/data/A/SAQ_A06", "/data/C/SAQ_C06", "/data/D/SAQ_D03"


def _sent(tenant: Tenant, **changes: str) -> Supplier:
    supplier = come_in(ask(tenant))
    with acting(supplier.id):
        attach(
            supplier.asked.assignment_id,
            f"{A06}_evidence",
            filename="policy.txt",
            content=b"our policy",
            act=Act(supplier.identity, NOW),
        )
    fill(supplier, **changes)
    receive_now(supplier)
    return supplier


@stored_world
def sent(tenant: Tenant) -> Supplier:
    """A supplier who answered, with a document."""
    return _sent(tenant)


@stored_world
def flagged(tenant: Tenant) -> Supplier:
    """The same, with answers that raised red flags."""
    return _sent(tenant, SAQ_C06="yes", SAQ_D06="none")


def test_first_act_of_the_reviewer_begins_the_review(
    context: Flask, tenant: Tenant, sent: Supplier
):
    one = sent.asked.assignment_id
    with acting(tenant.id):
        assert get_assignment(one).status is State.SUBMITTED
        accept_answer(one, D03, act=Act(tenant.manager, LATER))
        assert get_assignment(one).status is State.UNDER_REVIEW
        row = get_reviewed(one)
        db.session.flush()
        assert list_decisions(row.id)[D03].decision is ReviewDecision.ACCEPTED
        accept_all(one, act=Act(tenant.manager, LATER))
        assert get_assignment(one).status is State.ACCEPTED
        assert row.status is ResponseStatus.ACCEPTED
        with pytest.raises(Conflict, match="no answers to review"):
            accept_answer(one, D03, act=Act(tenant.manager, LATER))


def test_accepted_documents_raise_the_quality_in_newer_signals_and_overwrite_nothing(
    context: Flask, tenant: Tenant, sent: Supplier
):
    one = sent.asked.assignment_id
    factor = select(RiskSignal).where(RiskSignal.factor == "WRK-03")
    with acting(tenant.id):
        before = db.session.scalars(factor).all()
        count = db.session.scalar(select(func.count()).select_from(RiskSignal)) or 0
        judge_documents(one, D03, accepted=True, act=Act(tenant.manager, LATER))
        after = db.session.scalars(factor.order_by(RiskSignal.observed_at)).all()
        assert (len(before), len(after)) == (1, 2)
        assert (after[1].quality or 0) > (after[0].quality or 0)
        assert db.session.scalar(select(func.count()).select_from(RiskSignal)) == 2 * count
        accept_answer(one, D03, act=Act(tenant.manager, LATER + timedelta(minutes=1)))
        db.session.flush()
        assert list_decisions(get_reviewed(one).id)[D03].evidence_accepted
        judge_documents(
            one,
            D03,
            accepted=False,
            act=Act(tenant.manager, LATER + timedelta(minutes=2)),
        )
        db.session.flush()
        assert not list_decisions(get_reviewed(one).id)[D03].evidence_accepted


def test_question_asked_back_comes_to_the_supplier_with_all_answers_carried_over(
    context: Flask, tenant: Tenant, sent: Supplier
):
    one = sent.asked.assignment_id
    with acting(tenant.id):
        ask_back(one, D03, "Which record do you copy?", act=Act(tenant.manager, LATER))
        db.session.flush()
        return_answers(one, reason="", act=Act(tenant.manager, LATER))
        tell_returned(one)
    assert "has a question about your answers" in mails()[-1]
    with acting(sent.id):
        assert list_messages(one)[D03][0].text == "Which record do you copy?"
        row = start(one, act=Act(sent.identity, LATER))
        assert (row.round, row.status) == (2, ResponseStatus.DRAFT)
        assert "D" not in row.visited_sections
        assert "C" in row.visited_sections
        db.session.flush()
        assert list(list_files(row.id)) == [f"{A06}_evidence"]
        save_section(
            one,
            "D",
            typed({D03: "birth_record"}, seen=99),
            act=Act(sent.identity, LATER),
        )
    with acting(tenant.id):
        visible = get_reviewed(one)
        assert visible.round == 1
        with pytest.raises(Conflict):
            accept_answer(one, D03, act=Act(tenant.manager, LATER))
    with acting(sent.id):
        reply = responses.Typed({}, 99, "p", {D03: "The birth record.", C06: "no thread here"})
        save_section(one, "D", reply, act=Act(sent.identity, LATER + timedelta(hours=1)))
    assert send(sent, at=LATER + timedelta(hours=2))
    with acting(tenant.id):
        row2 = get_reviewed(one)
        assert row2.round == 2
        assert [m.from_requester for m in list_messages(one)[D03]] == [True, False]
        assert C06 not in list_messages(one)


def test_answers_go_back_only_with_a_question_or_a_reason(
    context: Flask, tenant: Tenant, sent: Supplier
):
    one = sent.asked.assignment_id
    with acting(tenant.id):
        with pytest.raises(StepNotAllowed):
            return_answers(one, reason=" ", act=Act(tenant.manager, LATER))
        return_answers(one, reason="Page 2 is another firm.", act=Act(tenant.manager, LATER))
        assert get_assignment(one).status is State.RETURNED


def test_mail_about_returned_answers_is_not_sent_when_they_are_open_again(
    context: Flask, tenant: Tenant, sent: Supplier
):
    before = len(mails())
    with acting(tenant.id):
        tell_returned(sent.asked.assignment_id)
    assert len(mails()) == before


def test_decision_is_asked_of_the_others_who_review_and_only_the_requester_reads_why(
    context: Flask, tenant: Tenant, sent: Supplier
):
    one = sent.asked.assignment_id
    with acting(tenant.id):
        tell_escalated(one, by=tenant.manager)  # nothing is asked yet: no mail
        before = len(mails())
        with pytest.raises(StepNotAllowed):
            escalate(one, reason=" ", act=Act(tenant.manager, LATER))
        escalate(one, reason="May we go on buying?", act=Act(tenant.manager, LATER))
        assert get_assignment(one).status is State.ESCALATED
        db.session.flush()
        note = list_decisions(get_reviewed(one).id)[WHOLE]
        assert (note.decision, note.note) == (ReviewDecision.ESCALATED, "May we go on buying?")
        tell_escalated(one, by=tenant.manager)
        # Of the others only the administrator who is a manager too reviews here.
        assert [mail for mail in mails()[before:] if "asks you to" not in mail] == []
        assert len(mails()) == before + 1
        told = JobContext(
            {"assignment_id": str(one)}, Act(tenant.analyst, LATER), lambda _d, _t: None
        )
        HANDLERS.get(TELL_ESCALATED).run(told)
        assert "asks you to" in mails()[-1]
        assert "May we" not in mails()[-1]
    with acting(sent.id):
        assert list_decisions(_row_seen_by_supplier(one)) == {}
    with acting(tenant.id):
        accept_all(one, act=Act(tenant.manager, LATER))
        assert get_assignment(one).status is State.ACCEPTED


def _row_seen_by_supplier(assignment_id: UUID) -> UUID:
    row = find_response(assignment_id)
    assert row is not None
    return row.id


def test_answers_whose_decision_was_asked_for_can_go_back(
    context: Flask, tenant: Tenant, sent: Supplier
):
    one = sent.asked.assignment_id
    with acting(tenant.id):
        escalate(one, reason="May we go on buying?", act=Act(tenant.manager, LATER))
        return_answers(one, reason="Page 2 is another firm.", act=Act(tenant.manager, LATER))
        assert get_assignment(one).status is State.RETURNED


def test_red_flag_must_be_looked_at_before_the_answers_are_accepted(
    context: Flask, tenant: Tenant, flagged: Supplier
):
    one = flagged.asked.assignment_id
    with acting(tenant.id):
        with pytest.raises(StepNotAllowed, match="red flag"):
            accept_all(one, act=Act(tenant.manager, LATER))
        flag = list_red_flags(get_reviewed(one).id)[0]
        with pytest.raises(Invalid):
            handle_flag(one, flag.id, note=" ", refuted=False, act=Act(tenant.manager, LATER))
        handle_flag(one, flag.id, note="Case opened", refuted=False, act=Act(tenant.manager, LATER))
        open_facts = select(RiskFact).where(RiskFact.ended_at.is_(None))
        assert len(db.session.scalars(open_facts).all()) == 1
        accept_all(one, act=Act(tenant.manager, LATER))
        assert get_assignment(one).status is State.ACCEPTED


def test_refuted_red_flag_stops_raising_the_risk(context: Flask, tenant: Tenant, flagged: Supplier):
    one = flagged.asked.assignment_id
    with acting(tenant.id):
        flag = list_red_flags(get_reviewed(one).id)[0]
        handle_flag(
            one, flag.id, note="Typed wrongly", refuted=True, act=Act(tenant.manager, LATER)
        )
        assert all(fact.ended_at == LATER for fact in db.session.scalars(select(RiskFact)))
        with pytest.raises(NotFound):
            handle_flag(
                one,
                flagged.asked.node_id,
                note="x",
                refuted=False,
                act=Act(tenant.manager, LATER),
            )


def test_red_flag_that_two_reviewers_look_at_keeps_what_the_first_one_said(
    context: Flask, tenant: Tenant, flagged: Supplier
):
    one, other = flagged.asked.assignment_id, tenant.people[RoleId.ADMIN]
    with acting(tenant.id):
        flag = list_red_flags(get_reviewed(one).id)[0]
        handle_flag(one, flag.id, note="Case opened", refuted=False, act=Act(tenant.manager, LATER))

        with pytest.raises(Conflict, match="while you read it") as met:
            handle_flag(
                one, flag.id, note="A mistake", refuted=True, seen="", act=Act(other, LATER)
            )

        assert list(met.value.theirs.values()) == ["Reviewed: Case opened"]
        assert flag.handled_by_id == tenant.manager.user_id
        assert not any(fact.ended_at for fact in db.session.scalars(select(RiskFact)))
        said = list_decisions(flag.response_id)[of_flag(flag.id)]
        assert (said.by, said.note) == (tenant.manager.name, "Case opened")
        handle_flag(
            one, flag.id, note="More", refuted=False, seen=str(said.id), act=Act(other, LATER)
        )
        with pytest.raises(Invalid):
            handle_flag(
                one, flag.id, note="x" * 2001, refuted=False, act=Act(tenant.manager, LATER)
            )


def test_question_that_somebody_asked_back_is_not_accepted_over(
    context: Flask, tenant: Tenant, sent: Supplier
):
    one, other = sent.asked.assignment_id, tenant.people[RoleId.ADMIN]
    with acting(tenant.id):
        ask_back(one, A06, "Which year?", act=Act(other, LATER))

        with pytest.raises(Conflict, match="requested clarification on 1 of these answers"):
            accept_all(one, act=Act(tenant.manager, LATER))

        assert get_assignment(one).status is State.UNDER_REVIEW
        minute = timedelta(minutes=1)  # the newest decision counts
        accept_answer(one, A06, act=Act(tenant.manager, LATER + minute))
        accept_all(one, act=Act(tenant.manager, LATER + minute))
        assert get_assignment(one).status is State.ACCEPTED


def test_question_back_needs_words_and_not_too_many(context: Flask, tenant: Tenant, sent: Supplier):
    one = sent.asked.assignment_id
    with acting(tenant.id):
        for text in (" ", "x" * 2001):
            with pytest.raises(Invalid):
                ask_back(one, D03, text, act=Act(tenant.manager, LATER))
        with pytest.raises(NotFound):
            accept_answer(one, "/data/nowhere", act=Act(tenant.manager, LATER))


def test_nothing_is_reviewed_before_it_is_sent(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant))
    with acting(tenant.id):
        assert find_response(supplier.asked.assignment_id) is None
        with pytest.raises(NotFound):
            get_reviewed(supplier.asked.assignment_id)
        with pytest.raises(Conflict):
            accept_all(supplier.asked.assignment_id, act=Act(tenant.manager, LATER))


def test_answer_that_became_a_finding_is_shown_so_in_its_review(
    context: Flask, tenant: Tenant, sent: Supplier
):
    with acting(tenant.id):
        row = get_reviewed(sent.asked.assignment_id)
        fields = findings.FindingFields(
            issue=Issue.CL,
            title="Ages are not checked",
            description="Nobody looks at papers.",
            source=FindingSource.QUESTIONNAIRE,
            response_id=row.id,
            answer_path=D03,
        )
        before = db.session.scalar(select(func.count()).select_from(AuditEvent))
        findings.record(sent.asked.node_id, fields, act=Act(tenant.manager, LATER))
        db.session.flush()
        decision = list_decisions(row.id)[D03]
        assert (decision.decision, decision.by) == (ReviewDecision.FINDING, tenant.manager.name)
        after = db.session.scalar(select(func.count()).select_from(AuditEvent))
        assert after == before + 1
        assert "finding:record" in db.session.scalars(select(AuditEvent.action)).all()
        with pytest.raises(NotFound):
            unasked = replace(fields, answer_path="/data/none")
            findings.record(sent.asked.node_id, unasked, act=Act(tenant.manager, LATER))


@pytest.mark.parametrize(("sector", "asks"), [("cocoa_farming", True), ("food_processing", False)])
def test_no_young_workers_is_doubted_in_a_risky_sector_alone(
    context: Flask, tenant: Tenant, sector: str, asks: bool
):
    supplier = come_in(ask(tenant))
    with acting(tenant.id):
        node = get_node(supplier.asked.node_id)
        assert find_sector_risk(node) is None
        node.sector_ref = sector
        assert find_sector_risk(node) == (0.9 if asks else 0.55)
    fill(supplier, SAQ_C02="80")
    receive_now(supplier)
    with acting(tenant.id):
        row = get_reviewed(supplier.asked.assignment_id)
        filled = load_filled(get_assignment(supplier.asked.assignment_id), row, now=LATER)
        checks = read_answers(filled).checks
        assert ("CHK-2" in [check.check for check in checks]) is asks


def test_each_act_of_a_review_leaves_one_event(context: Flask, tenant: Tenant, sent: Supplier):
    one = sent.asked.assignment_id
    with acting(tenant.id):
        accept_answer(one, D03, act=Act(tenant.manager, LATER))
        ask_back(one, A06, "Since when?", act=Act(tenant.manager, LATER))
        db.session.flush()
        return_answers(one, reason="", act=Act(tenant.manager, LATER))
        actions = list(db.session.scalars(select(AuditEvent.action)))
        for action in ("response:accept_answer", "response:ask_back", "response:return"):
            assert actions.count(action) == 1

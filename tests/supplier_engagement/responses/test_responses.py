"""Answers of a supplier: kept as typed, hidden until sent, sent once."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import Invitation, Membership, Organisation
from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import across_tenants
from ddplatform.risk.runs.models import RiskFact
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.receiving.services.receiving import receive
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.respondents.services.join import (
    get_invited,
    join,
    send_fresh_link,
)
from ddplatform.supplier_engagement.responses.models import (
    Answer,
    RedFlag,
    ResponseStatus,
    RiskSignal,
)
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    find_response,
    get_request,
    get_response,
    list_answers,
    list_asked_of_me,
    list_files,
    list_red_flags,
    load_filled,
)
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.submission.services import receipt_pdf, submit
from ddplatform.value_chain.mapping.queries.maps import find_own_business, get_node
from questionnaires import StepRefused, read_form
from questionnaires.form.languages import language_of
from supply_chain.errors import FileRefused
from supply_chain.vocabulary import Issue
from tests.answering import (
    Asked,
    Supplier,
    acting,
    add_node,
    ask,
    come_in,
    fill,
    mails,
    receive_now,
    saq_version,
    send,
    typed,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.stored_worlds import stored_world

LATER = NOW + timedelta(hours=1)
C01, C02, C06 = "/data/C/SAQ_C01", "/data/C/SAQ_C02", "/data/C/SAQ_C06"
D01 = "/data/D/SAQ_D01"
SITE = "/data/B/SAQ_B01"


@stored_world
def supplier(context: Flask, tenant: Tenant) -> Supplier:
    return come_in(ask(tenant))


def _filled(supplier: Supplier) -> Filled:
    request = get_request(supplier.asked.assignment_id)
    row = find_response(supplier.asked.assignment_id)
    assert row is not None
    return load_filled(request.assignment, row, now=NOW, plan=request.plan)


def _save(supplier: Supplier, values: dict[str, str], **more: object) -> responses.Saved:
    assignment_id = supplier.asked.assignment_id
    return responses.save_draft(
        assignment_id,
        typed(values, **more),
        act=Act(supplier.identity, NOW),
    )


def _raw(supplier: Supplier) -> dict[str, str]:
    row = find_response(supplier.asked.assignment_id)
    assert row is not None
    return {answer.path: answer.raw for answer in list_answers(row.id)}


# -- the way in ----------------------------------------------------------------------------------


def test_link_founds_the_suppliers_own_organisation_and_opens_the_questions(
    tenant: Tenant, supplier: Supplier
):
    with acting(supplier.id):
        assert [one.requester for one in list_asked_of_me()] == ["Acme"]
        assert [one.status for one in list_asked_of_me()] == [State.OPENED]
    with acting(tenant.id):
        assignment = get_assignment(supplier.asked.assignment_id)
        node = get_node(supplier.asked.node_id)
        assert assignment.respondent_organisation_id == node.supplier_organisation_id == supplier.id
        assert supplier.id != tenant.id
    with across_tenants():
        role = db.session.scalar(
            select(Membership.role).where(Membership.organisation_id == supplier.id)
        )
    assert role is RoleId.SUPPLIER
    assert supplier.slug == "scoop-espoir"


def test_second_buyer_finds_the_person_in_the_same_organisation(
    supplier: Supplier, other_tenant: Tenant
):
    again = come_in(ask(other_tenant, name="Scoop espoir de Soubré"))

    assert again.id == supplier.id
    with acting(supplier.id):
        assert {one.requester for one in list_asked_of_me()} == {"Acme", "Other"}


def test_link_never_opens_the_organisation_of_a_supplier_to_somebody_a_buyer_chose(
    tenant: Tenant, supplier: Supplier
):
    with acting(tenant.id):
        questionnaires.withdraw(
            get_assignment(supplier.asked.assignment_id),
            reason="anew",
            act=Act(tenant.manager, NOW),
        )
        sending = questionnaires.Sending(
            version_id=saq_version(), due_on=NOW.date(), light_mode=False
        )
        asked = questionnaires.assign(
            sending,
            {supplier.asked.node_id: "spy@acme.example"},
            act=Act(tenant.manager, NOW),
        )[0]
    other = come_in(Asked(tenant, supplier.asked.chain_id, supplier.asked.node_id, asked.id))

    assert other.id != supplier.id
    assert other.slug == "scoop-espoir-2"


def test_supplier_of_the_requester_itself_gets_an_organisation_of_their_own(
    context: Flask, tenant: Tenant
):
    supplier = come_in(ask(tenant, email=tenant.email(RoleId.SUPPLIER)))

    assert supplier.id != tenant.id


def test_link_works_once_and_not_after_the_questions_are_withdrawn(context: Flask, tenant: Tenant):
    asked = ask(tenant)
    with acting(tenant.id):
        questionnaires.withdraw(
            get_assignment(asked.assignment_id),
            reason="a mistake",
            act=Act(tenant.manager, NOW),
        )
        invitation = db.session.scalar(select(Invitation))
        assert invitation is not None
        assert invitation.used_at == NOW
        with pytest.raises(NotFound, match="not asked any more"):
            get_invited(invitation)


def test_fresh_link_goes_to_the_same_address(context: Flask, tenant: Tenant):
    asked = ask(tenant)
    with acting(tenant.id):
        invitation = db.session.scalar(select(Invitation))
        assert invitation is not None
        before = invitation.expires_at
        send_fresh_link(invitation, at=NOW + timedelta(days=20))
        assert invitation.expires_at > before
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 1
        assert invitation.assignment_id == asked.assignment_id


def test_weak_password_founds_nothing(context: Flask, tenant: Tenant):
    ask(tenant)
    with pytest.raises(Invalid), acting(tenant.id):
        invitation = db.session.scalar(select(Invitation))
        assert invitation is not None
        join(invitation, name="A", password="short", at=NOW)
    with across_tenants():
        assert (
            db.session.scalar(select(Organisation).where(Organisation.name == "SCOOP Espoir"))
            is None
        )


def test_name_without_latin_letters_gets_an_address_all_the_same(context: Flask, tenant: Tenant):
    assert come_in(ask(tenant, name="可可")).slug == "supplier"


# -- saving --------------------------------------------------------------------------------------


def test_good_answers_are_kept_when_another_is_wrong_and_the_wrong_one_as_typed(
    supplier: Supplier,
):
    with acting(supplier.id):
        _save(supplier, {C01: "twenty", C02: "40", C06: "no"})
    with acting(supplier.id):
        rows = {a.path: a for a in list_answers(_filled(supplier).row.id)}
        assert (rows[C01].raw, rows[C02].raw, rows[C06].raw) == ("twenty", "40", "no")
        assert "not a whole number" in (rows[C01].problem or "")
        assert rows[C02].problem is None


def test_value_against_a_rule_is_kept_with_the_rule(supplier: Supplier):
    with acting(supplier.id):
        _save(supplier, {C01: "250"})
        row = next(a for a in list_answers(_filled(supplier).row.id) if a.path == C01)
        assert (row.raw, row.problem) == (
            "250",
            "Write a number from 0 to 100, without the % sign.",
        )
        _save(supplier, {C01: "25"}, seen=99)
        assert (row.raw, row.problem) == ("25", None)


def test_closed_branch_keeps_what_was_typed(supplier: Supplier):
    d06 = "/data/D/SAQ_D06"
    with acting(supplier.id):
        _save(supplier, {D01: "3", d06: "heavy_loads"})
        _save(supplier, {D01: "0"}, seen=99)
        assert not _filled(supplier).form.state(d06).relevant
        assert _raw(supplier)[d06] == "heavy_loads"


def test_older_text_of_another_page_comes_back_with_both_versions_and_overwrites_nothing(
    supplier: Supplier,
):
    with acting(supplier.id):
        seen = _filled(supplier).row.revision
        _save(supplier, {C01: "10", C02: "20"}, seen=seen, page="phone")
        saved = _save(supplier, {C01: "11", C03: "5", C02: "20"}, seen=seen, page="office")

        assert saved.clashes == (responses.Clash(C01, "10", "11"),)
        assert (_raw(supplier)[C01], _raw(supplier)[C03]) == ("10", "5")


C03 = "/data/C/SAQ_C03"


def test_own_earlier_saves_of_the_same_page_are_no_contradiction(supplier: Supplier):
    with acting(supplier.id):
        seen = _filled(supplier).row.revision
        for text in ("1", "12", "123"):
            assert _save(supplier, {C01: text}, seen=seen, page="phone").clashes == ()
        assert _raw(supplier)[C01] == "123"


def test_person_who_has_seen_the_newer_text_may_replace_it(supplier: Supplier):
    with acting(supplier.id):
        _save(supplier, {C01: "10"}, page="phone")
        now = _filled(supplier).row.revision
        assert _save(supplier, {C01: "11"}, seen=now, page="office").clashes == ()
        assert _raw(supplier)[C01] == "11"


def test_text_for_an_entry_that_was_removed_elsewhere_goes_back_to_the_person(
    supplier: Supplier,
):
    gone = f"{SITE}[5]/SAQ_B02"
    with acting(supplier.id):
        saved = _save(supplier, {gone: "Far field"})
        assert saved.clashes == (responses.Clash(gone, "", "Far field"),)


def test_same_save_twice_changes_no_version(supplier: Supplier):
    with acting(supplier.id):
        _save(supplier, {C01: "10"})
        before = _filled(supplier).row.revision
        _save(supplier, {C01: "10"})
        assert _filled(supplier).row.revision == before


def test_section_save_leaves_one_event_and_counts_as_visited(supplier: Supplier):
    with acting(supplier.id):
        responses.save_section(
            supplier.asked.assignment_id,
            "C",
            typed({C01: "1"}),
            act=Act(supplier.identity, NOW),
        )
        actions = list(db.session.scalars(select(AuditEvent.action)))
        assert actions.count("response:save") == 1
        assert _filled(supplier).row.visited_sections == ["C"]


# -- entries of repeats --------------------------------------------------------------------------


def test_entries_are_added_filled_and_removed_and_later_ones_move_up(supplier: Supplier):
    a = supplier.asked.assignment_id
    with acting(supplier.id):
        for number in (2, 3):
            added = responses.add_entry(a, SITE, act=Act(supplier.identity, NOW))
            assert added == f"{SITE}[{number}]"
        names = {f"{SITE}[{n}]/SAQ_B02": f"Site {n}" for n in (1, 2, 3)}
        _save(supplier, names, seen=99)
        upload = f"{SITE}[3]/SAQ_B03_evidence"
        doomed = f"{SITE}[2]/SAQ_B03_evidence"
        for path in (upload, doomed, f"{SITE}[1]/SAQ_B03_evidence", "/data/A/SAQ_A06_evidence"):
            responses.attach(
                a,
                path,
                filename="plan.txt",
                content=b"a plan",
                act=Act(supplier.identity, NOW),
            )
        responses.remove_entry(a, f"{SITE}[2]", act=Act(supplier.identity, NOW))
        db.session.flush()

        raw = _raw(supplier)
        assert raw[f"{SITE}[1]/SAQ_B02"] == "Site 1"
        assert raw[f"{SITE}[2]/SAQ_B02"] == "Site 3"
        assert raw[f"{SITE}[3]/SAQ_B02"] == ""
        assert _filled(supplier).form.state(SITE).count == 2
        assert set(list_files(_filled(supplier).row.id)) == {
            f"{SITE}[1]/SAQ_B03_evidence",
            f"{SITE}[2]/SAQ_B03_evidence",
            "/data/A/SAQ_A06_evidence",
        }


def test_entry_of_something_else_is_refused(supplier: Supplier):
    a = supplier.asked.assignment_id
    with acting(supplier.id):
        with pytest.raises(StepRefused):
            responses.add_entry(a, "/data/C", act=Act(supplier.identity, NOW))
        with pytest.raises(StepRefused):
            responses.remove_entry(a, "/data/C", act=Act(supplier.identity, NOW))


# -- documents -----------------------------------------------------------------------------------


def test_document_supports_its_answer_is_hidden_and_can_be_taken_away(
    tenant: Tenant, supplier: Supplier
):
    a, path = supplier.asked.assignment_id, "/data/A/SAQ_A06_evidence"
    with acting(supplier.id):
        for name in ("policy.txt", "annex.txt"):
            responses.attach(
                a,
                path,
                filename=name,
                content=name.encode(),
                act=Act(supplier.identity, NOW),
            )
        row = _filled(supplier).row
        assert _raw(supplier)[path] == "annex.txt, policy.txt"
        first = list_files(row.id)[path][0]
    with acting(tenant.id):
        assert db.session.scalars(select(Evidence)).all() == []
        assert list_files(row.id) == {}
    with acting(supplier.id):
        assert responses.detach(a, first.link_id, act=Act(supplier.identity, NOW)) == path
        assert _raw(supplier)[path] == "policy.txt"
        assert db.session.get_one(Evidence, first.evidence_id).withdrawn_at == NOW


def test_document_is_refused_where_none_is_asked_and_with_words_where_it_may_not_come_in(
    supplier: Supplier,
):
    a = supplier.asked.assignment_id
    with acting(supplier.id):
        for path in (C01, "/data/nowhere"):
            with pytest.raises(Invalid, match="takes no documents"):
                responses.attach(
                    a,
                    path,
                    filename="x.txt",
                    content=b"x",
                    act=Act(supplier.identity, NOW),
                )
        with pytest.raises(FileRefused):
            responses.attach(
                a,
                "/data/A/SAQ_A06_evidence",
                filename="virus.exe",
                content=b"MZ",
                act=Act(supplier.identity, NOW),
            )
        with pytest.raises(NotFound):
            responses.detach(a, UUID(int=1), act=Act(supplier.identity, NOW))


# -- red flags -----------------------------------------------------------------------------------


def test_red_flag_fires_on_save_with_words_of_help_and_is_hidden_from_the_requester(
    tenant: Tenant, supplier: Supplier
):
    with acting(supplier.id):
        saved = _save(supplier, {C06: "yes"})
        assert [notice.red_flag.id for notice in saved.new_flags] == ["RF-01"]
        assert "keep the child safe" in saved.new_flags[0].message
        flags = list_red_flags(saved.filled.row.id)
        assert [(flag.code, flag.path, flag.answer) for flag in flags] == [("RF-01", C06, "yes")]
        assert _save(supplier, {C06: "yes"}, seen=99).new_flags == ()
    with acting(tenant.id):
        assert db.session.scalars(select(RedFlag)).all() == []


def test_flag_of_a_changed_answer_is_withdrawn_and_stands_again_when_it_comes_back(
    supplier: Supplier,
):
    with acting(supplier.id):
        row = _save(supplier, {C06: "yes"}).filled.row
        _save(supplier, {C06: "no"}, seen=99)
        assert list_red_flags(row.id) == []
        again = _save(supplier, {C06: "sometimes"}, seen=99)
        assert [notice.red_flag.id for notice in again.new_flags] == ["RF-01"]
        assert [flag.answer for flag in list_red_flags(row.id)] == ["sometimes"]


# -- sending -------------------------------------------------------------------------------------


def test_requester_sees_progress_alone_before_sending_and_everything_after(
    tenant: Tenant, supplier: Supplier
):
    fill(supplier)
    with acting(tenant.id):
        assignment = get_assignment(supplier.asked.assignment_id)
        assert assignment.sections_done == assignment.sections_total == 15
        assert find_response(assignment.id) is None
        assert db.session.scalars(select(Answer)).all() == []
        assert db.session.scalars(select(ResponseRow)).all() == []
    with acting(supplier.id):
        row_id = _filled(supplier).row.id
    with acting(tenant.id), pytest.raises(NotFound):
        get_response(row_id)
    send(supplier)
    with acting(tenant.id):
        assert get_response(row_id).status is ResponseStatus.SUBMITTED
        assert len(list_answers(row_id)) > 60


def test_answers_cannot_be_sent_undeclared_or_incomplete(supplier: Supplier):
    with acting(supplier.id):
        with pytest.raises(Invalid) as refused:
            submit(supplier.asked.assignment_id, declared=False, act=Act(supplier.identity, NOW))
        assert set(refused.value.fields) == {"declared", "problems"}


def test_pressing_send_twice_sends_once(supplier: Supplier):
    fill(supplier)
    numbers = {send(supplier), send(supplier, at=LATER)}
    with acting(supplier.id):
        assert len(numbers) == 1
        assert _filled(supplier).row.submitted_at == NOW
        actions = list(db.session.scalars(select(AuditEvent.action)))
        assert actions.count("response:submit") == 1
    with acting(supplier.asked.tenant.id):  # whose work it is; PostgreSQL hides it from others
        jobs = db.session.scalars(select(Job).where(Job.name == "response:receive")).all()
    assert [job.organisation_id for job in jobs] == [supplier.asked.tenant.id]


def test_sent_answers_cannot_be_changed(supplier: Supplier):
    fill(supplier)
    send(supplier)
    with acting(supplier.id), pytest.raises(Conflict, match="cannot be changed now"):
        _save(supplier, {C01: "99"})


def test_receipt_names_what_was_sent_and_none_of_the_answers(supplier: Supplier):
    fill(supplier)
    number = send(supplier)
    with acting(supplier.id):
        pdf = receipt_pdf(get_request(supplier.asked.assignment_id), _filled(supplier))
    assert pdf.startswith(b"%PDF-")
    assert number.encode() in pdf or len(pdf) > 1000


def test_short_version_asks_less_and_is_sent_without_the_rest(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant, light=True))
    with acting(supplier.id):
        shown = {
            item.question.name for page in _filled(supplier).pages for item in page.questions()
        }
        assert "SAQ_C06" in shown
        assert "SAQ_C01" not in shown
    fill(supplier)
    assert send(supplier)


# -- what the requester reads --------------------------------------------------------------------


def test_disclosure_flows_to_signals_facts_log_and_mail(tenant: Tenant, supplier: Supplier):
    fill(supplier, SAQ_C06="yes", SAQ_F04="never", SAQ_D06="none")
    row_id = receive_now(supplier)
    with acting(tenant.id):
        signals = db.session.scalars(select(RiskSignal)).all()
        by_factor = {signal.factor: signal for signal in signals}
        own = find_own_business(supplier.asked.chain_id)
        assert own is not None
        assert by_factor["WRK-01"].node_id == supplier.asked.node_id
        assert by_factor["WRK-01"].value == 1.0
        assert by_factor["WRK-01"].source_type == "admission"
        assert by_factor["WRK-21"].node_id == own.id
        assert by_factor["CTL-01"].is_control
        assert by_factor["CTL-01"].quality is None
        causes = [cause["question"] for cause in by_factor["WRK-01"].causes]
        assert "SAQ-C06" in causes
        facts = db.session.scalars(select(RiskFact)).all()
        assert [(fact.issue, fact.self_disclosed) for fact in facts] == [(Issue.CL, True)]
        assert "response:receive" in list(db.session.scalars(select(AuditEvent.action)))
        assert db.session.scalars(select(Job).where(Job.name == "risk:assess")).first() is not None
        flags = list_red_flags(row_id)
        assert [flag.code for flag in flags] == ["RF-01"]
    assert any("has sent the answers" in mail and "urgent" in mail for mail in mails())
    assert not any("SAQ-C06" in mail for mail in mails())


def test_answers_received_twice_are_read_once(tenant: Tenant, supplier: Supplier):
    fill(supplier)
    row_id = receive_now(supplier)
    with acting(tenant.id):
        before = db.session.scalar(select(func.count()).select_from(RiskSignal))
        receive(row_id, act=Act(tenant.manager, LATER))
        assert db.session.scalar(select(func.count()).select_from(RiskSignal)) == before


def test_withdrawn_questions_cannot_be_begun(tenant: Tenant, supplier: Supplier):
    with acting(tenant.id):
        questionnaires.withdraw(
            get_assignment(supplier.asked.assignment_id),
            reason="anew",
            act=Act(tenant.manager, NOW),
        )
    with acting(supplier.id), pytest.raises(StepNotAllowed):
        responses.start(supplier.asked.assignment_id, act=Act(supplier.identity, NOW))


def test_starting_twice_goes_on_with_the_same_answers(supplier: Supplier):
    with acting(supplier.id):
        first = _filled(supplier).row.id
        again = responses.start(supplier.asked.assignment_id, act=Act(supplier.identity, LATER))
        assert again.id == first


def test_questions_of_another_supplier_are_not_found(supplier: Supplier, other_tenant: Tenant):
    with acting(other_tenant.id), pytest.raises(NotFound):
        get_request(supplier.asked.assignment_id)


def test_documents_of_the_answers_are_released_with_them(tenant: Tenant, supplier: Supplier):
    with acting(supplier.id):
        responses.attach(
            supplier.asked.assignment_id,
            "/data/A/SAQ_A06_evidence",
            filename="policy.txt",
            content=b"policy",
            act=Act(supplier.identity, NOW),
        )
    fill(supplier)
    send(supplier)
    with acting(tenant.id):
        assert [file.filename for file in db.session.scalars(select(Evidence))] == ["policy.txt"]
        assert db.session.scalars(select(EvidenceLink)).all() != []


def test_second_node_of_the_same_map_can_be_asked_too(tenant: Tenant, supplier: Supplier):
    node = add_node(tenant, supplier.asked.chain_id, "Coop Daloa", contact_email="k@daloa.example")
    with acting(tenant.id):
        sending = questionnaires.Sending(version_id=saq_version(), due_on=NOW.date())
        sent = questionnaires.assign(sending, {node: ""}, act=Act(tenant.manager, NOW))
        assert sent[0].invited_email == "k@daloa.example"


def test_answers_written_before_the_questions_ran_out_are_there_when_they_are_sent_again(
    tenant: Tenant, supplier: Supplier
):
    one, after = supplier.asked.assignment_id, NOW + timedelta(days=40)
    with acting(supplier.id):
        _save(supplier, {C01: "12"})
    with acting(tenant.id):
        questionnaires.expire(get_assignment(one), act=Act(tenant.manager, after))
        questionnaires.change_due_date(
            get_assignment(one),
            after.date(),
            act=Act(tenant.manager, after),
        )
    with acting(supplier.id):
        row = responses.start(one, act=Act(supplier.identity, after))
        assert row.round == 1
        assert _raw(supplier)[C01] == "12"
        started = select(func.count()).where(AuditEvent.action == "response:start")
        assert db.session.scalar(started) == 2


def test_answers_to_a_sender_who_has_left_are_received_without_a_mail(
    tenant: Tenant, supplier: Supplier
):
    with acting(tenant.id):
        get_assignment(supplier.asked.assignment_id).sent_by_id = None
    fill(supplier)
    before = len(mails())
    receive_now(supplier)
    assert len(mails()) == before


def test_code_names_the_language_of_a_form_and_an_unknown_one_its_default():
    form = read_form(
        b"| survey |\n| | type | name | label::English (en) | label::French (fr) |\n"
        b"| | text | x | Name? | Nom ? |\n",
        file_type=".md",
    )
    assert language_of(form, "fr") == "French (fr)"
    assert language_of(form, "sw") is None

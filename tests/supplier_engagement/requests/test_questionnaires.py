"""Sending and chasing questionnaires: many at once, reminders, due dates, withdrawal, expiry."""

import smtplib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose
from ddplatform.accounts.organisations.services import invitations
from ddplatform.accounts.organisations.services.people import invite
from ddplatform.accounts.sessions.services import hash_of
from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import MailRefused
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.supplier_engagement.library import queries
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.supplier_engagement.library.queries import View
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.requests.services import invitations as question_mails
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.requests.services.reminders import (
    chase,
    remind,
    send_reminder,
)
from ddplatform.supplier_engagement.requests.services.requests import Sending, assign
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.mapping.services import nodes as value_chain
from tests.answering import (
    DUE,
    EMAIL,
    Asked,
    acting,
    add_node,
    ask,
    come_in,
    fill,
    mails,
    make_chain,
    saq_version,
    send,
    version_of,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.mail_server import GREETING, HANGS_UP, MailServer, mail_server
from tests.stored_worlds import stored_world

LATER = NOW + timedelta(days=1)


@stored_world
def chain_id(context: Flask, tenant: Tenant) -> UUID:
    return make_chain(tenant)


def _send(tenant: Tenant, addresses: dict[UUID, str], **more: object) -> list[Assignment]:
    sending = Sending(version_id=saq_version(), **{"due_on": DUE, **more})  # type: ignore[arg-type]
    return list(assign(sending, addresses, act=Act(tenant.manager, NOW)))


# -- library -------------------------------------------------------------------------------------


def test_shipped_questionnaires_are_published_once(context: Flask, tenant: Tenant):
    with acting(tenant.id):
        first = publish_shipped(NOW)
        assert first >= 1
        assert publish_shipped(LATER) == 0
        assert db.session.scalar(select(func.count()).select_from(QuestionnaireVersion)) == first
        saq = next(row for row in queries.list_library() if row.ref == "SAQ")
        assert "Young workers and checking age" in saq.description
        assert saq.question_count > 100
        assert saq.sent == 0


def test_library_shows_the_newest_version_by_number_and_counts_all_that_were_sent(
    tenant: Tenant, chain_id: UUID
):
    node = add_node(tenant, chain_id)
    with acting(tenant.id):
        _send(tenant, {node: EMAIL})
        old = queries.get_version(saq_version())
        for number in ("1.9", "1.10"):
            db.session.add(
                QuestionnaireVersion(
                    questionnaire_id=old.questionnaire_id,
                    version=number,
                    definition=b"| survey |",
                    media_type="md",
                    checksum=number,
                    question_count=1,
                    published_at=NOW,
                )
            )
        db.session.flush()
        row = next(row for row in queries.list_library() if row.ref == "SAQ")
        assert (row.version, row.sent) == ("1.10", 1)


def test_library_stands_in_the_order_of_the_method_and_what_it_lacks_comes_last(
    context: Flask, tenant: Tenant
):
    with acting(tenant.id):
        publish_shipped(NOW)
        db.session.add(Questionnaire(ref="OWN", title="About us", description=""))
        db.session.flush()
        own = db.session.scalar(select(Questionnaire.id).where(Questionnaire.ref == "OWN"))
        db.session.add(
            QuestionnaireVersion(
                questionnaire_id=own,
                version="1.0",
                definition=b"| survey |",
                media_type="md",
                checksum="own",
                question_count=1,
                published_at=NOW,
            )
        )
        db.session.flush()
        refs = [row.ref for row in queries.list_library()]
        assert refs == [
            *["SAQ", "AGR", "MIN", "APP", "FIN", "ONL", "TRV", "REC", "AUD", "REM"],
            "OWN",
        ]
        sent = [row.ref for row in queries.list_for_suppliers()]
        assert sent == [ref for ref in refs if ref not in ("AUD", "REM")]


def test_what_case_workers_fill_in_is_sent_to_nobody(tenant: Tenant, chain_id: UUID):
    node = add_node(tenant, chain_id)
    with acting(tenant.id), pytest.raises(Conflict, match="never by a link"):
        assign(
            Sending(version_id=version_of("REM"), due_on=DUE),
            {node: EMAIL},
            act=Act(tenant.manager, NOW),
        )


def test_unknown_version_is_not_found(context: Flask, tenant: Tenant):
    with acting(tenant.id), pytest.raises(NotFound):
        queries.load_plan(UUID(int=7))


# -- sending -------------------------------------------------------------------------------------


def test_questionnaire_goes_to_many_each_with_a_link_of_their_own(tenant: Tenant, chain_id: UUID):
    nodes = [add_node(tenant, chain_id, f"Farm {n}") for n in (1, 2)]
    with acting(tenant.id):
        sent = _send(tenant, {nodes[0]: " A@One.example ", nodes[1]: "b@two.example"})
        assert [one.status for one in sent] == [State.SENT, State.SENT]
        assert [one.sections_total for one in sent] == [15, 15]
        links = db.session.scalars(select(Invitation).order_by(Invitation.email)).all()
        assert [link.email for link in links] == ["a@one.example", "b@two.example"]
        assert {link.purpose for link in links} == {InvitationPurpose.RESPOND}
        assert get_node(nodes[0]).contact_email == "a@one.example"
        queued = db.session.scalars(select(Job).where(Job.name == "invitation:send")).all()
        assert len(queued) == 2


def test_business_contact_of_the_map_is_taken_where_no_address_is_typed(
    tenant: Tenant, chain_id: UUID
):
    node = add_node(tenant, chain_id, contact_email="contact@farm.example")
    with acting(tenant.id):
        assert _send(tenant, {node: ""})[0].invited_email == "contact@farm.example"


def test_all_problems_are_told_at_once_and_nothing_is_sent(tenant: Tenant, chain_id: UUID):
    nodes = [add_node(tenant, chain_id, f"Farm {n}") for n in range(4)]
    with acting(tenant.id):
        _send(tenant, {nodes[0]: "a@one.example"})
        value_chain.archive_node(nodes[3], act=Act(tenant.manager, NOW))
        db.session.flush()
        with pytest.raises(Invalid) as refused:
            _send(
                tenant,
                {
                    nodes[0]: "a@one.example",
                    nodes[1]: "",
                    nodes[2]: "no address",
                    nodes[3]: "x@y.z",
                },
                due_on=date(2026, 1, 1),
                message="x" * 2001,
            )
        found = refused.value.fields
        assert "not past" in found["due_on"]
        assert "2000" in found["message"]
        assert "has this questionnaire already" in found[f"email-{nodes[0]}"]
        assert "Enter the e-mail address" in found[f"email-{nodes[1]}"]
        assert "is no e-mail address" in found[f"email-{nodes[2]}"]
        assert "is archived" in found[f"email-{nodes[3]}"]
        assert db.session.scalar(select(func.count()).select_from(Assignment)) == 1


def test_nobody_or_too_many_at_once_is_refused(tenant: Tenant, chain_id: UUID, monkeypatch):
    node, other = add_node(tenant, chain_id), add_node(tenant, chain_id, "Other farm")
    monkeypatch.setattr(questionnaires, "MAX_AT_ONCE", 1)
    with acting(tenant.id):
        with pytest.raises(Invalid) as refused:
            _send(tenant, {})
        assert "at least one" in refused.value.fields["nodes"]
        with pytest.raises(Invalid) as refused:
            _send(tenant, {node: "a@b.example", other: "c@d.example"})
        assert "at most 1" in refused.value.fields["nodes"]


def test_short_version_is_proposed_below_fifty_workers_and_not_when_the_size_is_unknown(
    tenant: Tenant, chain_id: UUID
):
    sizes = {"Small": "49", "Large": "1,200", "Unknown": None, "Odd": "a few"}
    nodes = {name: add_node(tenant, chain_id, name) for name in sizes}
    with acting(tenant.id):
        for name, workers in sizes.items():
            if workers is not None:
                get_node(nodes[name]).attributes = {"workers": workers}
        sent = _send(tenant, {node: f"{name}@x.example" for name, node in nodes.items()})
        assert [one.light_mode for one in sent] == [True, False, False, False]
        assert sent[0].sections_total < sent[1].sections_total


def test_foreign_nodes_are_not_found(tenant: Tenant, chain_id: UUID, other_tenant: Tenant):
    node = add_node(tenant, chain_id)
    with acting(other_tenant.id), pytest.raises(NotFound):
        _send(other_tenant, {node: "a@b.example"})


def test_state_stands_beside_the_node_in_the_map(tenant: Tenant, chain_id: UUID):
    node = add_node(tenant, chain_id)
    with acting(tenant.id):
        one = _send(tenant, {node: EMAIL})[0]
        status = select(NodeSummary.questionnaire_status).where(NodeSummary.node_id == node)
        assert db.session.scalar(status) in ("sent", None)
        questionnaires.withdraw(one, reason="not needed", act=Act(tenant.manager, NOW))
        db.session.flush()
        assert db.session.scalar(status) in ("withdrawn", None)


# -- lists ---------------------------------------------------------------------------------------


def test_lists_show_who_is_late_first_page_by_page(tenant: Tenant, chain_id: UUID):
    names = ["Coop", "Farm", "Mill"]
    nodes = [add_node(tenant, chain_id, name) for name in names]
    with acting(tenant.id):
        for days, node in zip((9, 3, 6), nodes, strict=True):
            _send(tenant, {node: f"a{days}@b.example"}, due_on=NOW.date() + timedelta(days=days))
        today = NOW.date() + timedelta(days=5)
        first = queries.list_assignments(view=View.OPEN, today=today, limit=2)
        assert [row.node_name for row in first.rows] == ["Farm", "Mill"]
        assert (first.total, first.after is not None) == (3, True)
        rest = queries.list_assignments(
            view=View.OPEN, today=today, limit=2, after=UUID(first.after or "")
        )
        assert [row.node_name for row in rest.rows] == ["Coop"]
        assert rest.after is None
        late = queries.list_assignments(view=View.OVERDUE, today=today)
        assert [row.node_name for row in late.rows] == ["Farm"]
        assert [
            r.node_name for r in queries.list_assignments(view=View.ALL, today=today, q="coo").rows
        ] == ["Coop"]
        assert queries.count_assignments(today) == queries.Counts(open=3, overdue=1, review=0)
        one = queries.list_assignments(view=View.ALL, today=today, node_id=nodes[0])
        assert [row.node_name for row in one.rows] == ["Coop"]


def test_supplier_does_not_see_what_was_asked_of_them_in_the_requesters_lists(
    context: Flask, tenant: Tenant
):
    supplier = come_in(ask(tenant))
    with acting(supplier.id):
        assert queries.list_assignments(view=View.ALL, today=NOW.date()).rows == []
        with pytest.raises(NotFound):
            queries.get_assignment(supplier.asked.assignment_id)
        with pytest.raises(NotFound):
            queries.get_assignment_row(supplier.asked.assignment_id)


# -- chasing -------------------------------------------------------------------------------------


def test_reminder_to_who_never_came_in_is_a_fresh_link(context: Flask, tenant: Tenant):
    asked = ask(tenant)
    with acting(tenant.id):
        one = queries.get_assignment(asked.assignment_id)
        remind(one, act=Act(tenant.manager, LATER))
        assert one.last_reminded_at == LATER
        jobs = db.session.scalars(select(Job).where(Job.name == "invitation:send")).all()
        assert len(jobs) == 2
        with pytest.raises(Conflict, match="got a reminder today"):
            remind(one, act=Act(tenant.manager, LATER))
        invitations.send(UUID(jobs[-1].payload["invitation_id"]), at=LATER)
    assert "/respond/" in mails()[-1]


def test_mail_refused_for_good_is_kept_at_the_questionnaire_and_a_colleagues_is_told(
    context: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    asked = ask(tenant)

    def refuses(_self: object, _mail: object, **_more: object) -> None:
        raise MailRefused("550 no such user")

    monkeypatch.setattr(type(adapters().mailer), "send", refuses)
    with acting(tenant.id):
        job = db.session.scalars(select(Job).where(Job.name == "invitation:send")).one()
        invitations.send(UUID(job.payload["invitation_id"]), at=LATER)
        one = queries.get_assignment(asked.assignment_id)
        assert (one.mail_refusal, one.mailed_at) == ("550 no such user", None)

        by = tenant[RoleId.ADMIN]
        new = {"email": "new@acme.example", "name": "New", "role": RoleId.ANALYST}
        colleague = invite(**new, act=Act(by, NOW))
        with pytest.raises(MailRefused):
            invitations.send(colleague.id, at=NOW)


def test_reminder_to_who_came_in_names_the_address_and_no_secret(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant))
    with acting(tenant.id):
        remind(queries.get_assignment(supplier.asked.assignment_id), act=Act(tenant.manager, LATER))
        send_reminder(supplier.asked.assignment_id)
    assert f"/o/{supplier.slug}/responses/{supplier.asked.assignment_id}/" in mails()[-1]
    assert "/respond/" not in mails()[-1]


def test_nobody_is_reminded_of_what_is_sent(context: Flask, tenant: Tenant):
    supplier = come_in(ask(tenant))
    fill(supplier)
    send(supplier)
    before = len(mails())
    with acting(tenant.id):
        with pytest.raises(Conflict, match="no open questionnaire"):
            remind(
                queries.get_assignment(supplier.asked.assignment_id),
                act=Act(tenant.manager, LATER),
            )
        send_reminder(supplier.asked.assignment_id)
    assert len(mails()) == before


@pytest.mark.parametrize(("days", "reminded"), [(-8, 0), (-7, 1), (-1, 1), (0, 0), (1, 1), (2, 0)])
def test_calendar_reminds_seven_and_one_day_before_and_one_day_after(
    context: Flask, tenant: Tenant, days: int, reminded: int
):
    ask(tenant)
    at = NOW.replace(year=DUE.year, month=DUE.month, day=DUE.day) + timedelta(days=days)
    with acting(tenant.id):
        by = system_identity(tenant.id)
        assert chase(act=Act(by, at)) == {"reminded": reminded, "expired": 0}
        db.session.flush()
        assert chase(act=Act(by, at))["reminded"] == 0


def test_calendar_lets_run_out_what_nobody_answered_a_month_after_the_due_date(
    context: Flask, tenant: Tenant
):
    asked = ask(tenant)
    with acting(tenant.id):
        at = NOW + timedelta(days=60)
        assert chase(act=Act(system_identity(tenant.id), at))["expired"] == 1
        assert queries.get_assignment(asked.assignment_id).status is State.EXPIRED


# -- due date, withdrawal, expiry ----------------------------------------------------------------


def test_due_date_moves_and_a_past_day_is_refused(context: Flask, tenant: Tenant):
    asked = ask(tenant)
    with acting(tenant.id):
        one = queries.get_assignment(asked.assignment_id)
        questionnaires.change_due_date(one, date(2027, 1, 5), act=Act(tenant.manager, NOW))
        assert one.due_on == date(2027, 1, 5)
        with pytest.raises(Invalid):
            questionnaires.change_due_date(one, date(2020, 1, 5), act=Act(tenant.manager, NOW))


def test_expired_questionnaire_is_sent_again_with_a_new_day(context: Flask, tenant: Tenant):
    asked = ask(tenant)
    after = NOW + timedelta(days=40)
    with acting(tenant.id):
        one = queries.get_assignment(asked.assignment_id)
        with pytest.raises(StepNotAllowed):
            questionnaires.expire(one, act=Act(tenant.manager, NOW))
        questionnaires.expire(one, act=Act(tenant.manager, after))
        assert one.status is State.EXPIRED
        questionnaires.change_due_date(one, date(2027, 3, 1), act=Act(tenant.manager, after))
        assert one.status is State.SENT
        assert (
            db.session.scalar(
                select(func.count()).select_from(Invitation).where(Invitation.used_at.is_(None))
            )
            == 1
        )


def test_withdrawal_needs_a_reason_and_kills_the_link(context: Flask, tenant: Tenant):
    asked = ask(tenant)
    with acting(tenant.id):
        one = queries.get_assignment(asked.assignment_id)
        with pytest.raises(StepNotAllowed):
            questionnaires.withdraw(one, reason="  ", act=Act(tenant.manager, NOW))
        questionnaires.withdraw(one, reason="Wrong supplier", act=Act(tenant.manager, NOW))
        assert (one.status, one.withdrawn_reason) == (State.WITHDRAWN, "Wrong supplier")
        assert db.session.scalars(select(Invitation.token_hash)).all() == [None]
        with pytest.raises(Conflict, match="cannot be changed"):
            questionnaires.change_due_date(one, date(2027, 1, 5), act=Act(tenant.manager, NOW))


def test_address_is_kept_with_the_supplier_where_the_map_had_none(context: Flask, tenant: Tenant):
    asked = ask(tenant)
    with acting(tenant.id):
        kept = db.session.get_one(ValueChainNode, asked.node_id)
        assert kept.contact_email == EMAIL


@pytest.mark.parametrize(
    "error", [smtplib.SMTPDataError(451, b"later"), smtplib.SMTPServerDisconnected("gone")]
)
def test_mail_of_one_questionnaire_that_is_refused_for_now_is_tried_later_and_then_told(
    context: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    asked = ask(tenant)

    def refuses(_self: object, _mail: object, *, key: str = "") -> None:
        raise error

    monkeypatch.setattr(type(adapters().mailer), "send", refuses)
    with acting(tenant.id):
        invitation = db.session.scalars(select(Invitation)).one()
        for tries in range(1, question_mails.MOST_TRIES + 1):
            at = NOW + tries * question_mails.TRY_AGAIN
            invitations.send(invitation.id, at=at)
            later = select(Job).where(Job.run_after == at + question_mails.TRY_AGAIN)
            is_last = tries == question_mails.MOST_TRIES
            assert (db.session.scalar(later) is None) == is_last
        refused = queries.get_assignment(asked.assignment_id).mail_refusal

    assert refused in ("451 later", "The mail server ended the connection.")


# -- mails and links that are under way ----------------------------------------------------------


@pytest.fixture
def server(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that takes what is sent here."""
    with mail_server() as made:
        monkeypatch.setattr(adapters().mailer, "_url", made.url)
        yield made


def _work(tenant: Tenant, *, at: datetime) -> int:
    """Do what is queued and due of the mails, as the worker would; returns how much it was."""
    with acting(tenant.id):
        due = db.session.scalars(
            select(Job).where(
                Job.name == invitations.SEND, Job.state == JobState.QUEUED, Job.run_after <= at
            )
        ).all()
        for row in due:
            row.state = JobState.DONE
            db.session.flush()
            HANDLERS.get(row.name).run(
                JobContext(
                    payload=row.payload,
                    act=Act(system_identity(tenant.id), at),
                    progress=lambda _done, _total: None,
                )
            )
        return len(due)


def _remind(asked: Asked, *, at: datetime) -> None:
    with acting(asked.tenant.id):
        remind(queries.get_assignment(asked.assignment_id), act=Act(asked.tenant.manager, at))


def _state(asked: Asked) -> tuple[int, str | None, bool]:
    with acting(asked.tenant.id):
        one = queries.get_assignment(asked.assignment_id)
        return one.mail_tries, one.mail_refusal, one.mailed_at is not None


def _opens(tenant: Tenant, text: str) -> bool:
    """Whether the link in a text still works."""
    token = text.partition("/respond/")[2].split()[0]
    with acting(tenant.id):
        found = select(Invitation.id).where(Invitation.token_hash == hash_of(token))
        return db.session.scalar(found) is not None


@pytest.mark.parametrize(
    ("begins", "answer"),
    [(GREETING, HANGS_UP), ("EHLO", HANGS_UP), (GREETING, "421 busy"), ("MAIL", "550 not you")],
)
def test_server_that_takes_no_mail_from_us_is_tried_later_logged_and_counts_against_no_address(
    tenant: Tenant,
    server: MailServer,
    caplog: pytest.LogCaptureFixture,
    begins: str,
    answer: str,
):
    asked = ask(tenant)
    server.answers[begins] = answer
    for tries in range(question_mails.MOST_TRIES + 1):
        assert _work(tenant, at=NOW + tries * question_mails.TRY_AGAIN) == 1
    assert _state(asked) == (0, None, False)
    assert "no mail goes out" in caplog.text
    assert EMAIL not in caplog.text

    server.answers.clear()
    _work(tenant, at=LATER)

    assert _state(asked) == (0, None, True)
    assert len(server.taken) == 1
    assert _opens(tenant, server.taken[0])


def test_link_that_was_handed_over_outlives_reminders_whose_mail_is_refused(
    tenant: Tenant, server: MailServer
):
    asked = ask(tenant)
    server.answers["RCPT"] = "550 no such user"
    _work(tenant, at=NOW)
    with acting(tenant.id):
        one = queries.get_assignment(asked.assignment_id)
        link = question_mails.show_link(one, act=Act(tenant.manager, NOW))

    for answers in ({"RCPT": "550 no such user"}, {"RCPT": "451 later"}, {GREETING: HANGS_UP}):
        server.answers = answers
        at = NOW + timedelta(days=len(server.heard))
        _remind(asked, at=at)
        assert _work(tenant, at=at) == 1
        assert _opens(tenant, link), answers

    server.answers.clear()
    _remind(asked, at=at + timedelta(days=1))
    _work(tenant, at=at + timedelta(days=1))
    assert _opens(tenant, server.taken[-1])
    assert _state(asked) == (0, None, True)


def test_calendar_reminds_nobody_whose_mail_was_refused(context: Flask, tenant: Tenant):
    asked = ask(tenant)
    with acting(tenant.id):
        queries.get_assignment(asked.assignment_id).mail_refusal = "550 no such user"
    at = NOW.replace(year=DUE.year, month=DUE.month, day=DUE.day) - timedelta(days=7)
    with acting(tenant.id):
        assert chase(act=Act(system_identity(tenant.id), at))["reminded"] == 0


def test_retry_sends_nothing_where_a_reminder_went_out_meanwhile(
    tenant: Tenant, server: MailServer
):
    asked = ask(tenant)
    server.answers["RCPT"] = "451 later"
    _work(tenant, at=NOW)
    server.answers.clear()
    _remind(asked, at=NOW)
    assert _work(tenant, at=NOW) == 1
    assert len(server.taken) == 1

    assert _work(tenant, at=NOW + question_mails.TRY_AGAIN) == 1

    assert len(server.taken) == 1
    assert _opens(tenant, server.taken[0])


def test_retry_sends_nothing_where_a_link_was_handed_over_meanwhile(
    tenant: Tenant, server: MailServer
):
    asked = ask(tenant)
    server.answers["RCPT"] = "550 no such user"
    _work(tenant, at=NOW)
    server.answers = {GREETING: HANGS_UP}
    _remind(asked, at=NOW)
    _work(tenant, at=NOW)
    with acting(tenant.id):
        one = queries.get_assignment(asked.assignment_id)
        link = question_mails.show_link(one, act=Act(tenant.manager, NOW))
    server.answers.clear()

    assert _work(tenant, at=NOW + question_mails.TRY_AGAIN) == 1

    assert server.taken == []
    assert _opens(tenant, link)


@pytest.mark.parametrize("answers", [{GREETING: HANGS_UP}, {"RCPT": "451 later"}])
def test_reminder_that_did_not_get_through_goes_out_with_its_retry_once(
    tenant: Tenant, server: MailServer, answers: dict[str, str]
):
    asked = ask(tenant)
    _work(tenant, at=NOW)
    assert len(server.taken) == 1
    server.answers = answers
    _remind(asked, at=LATER)
    _work(tenant, at=LATER)
    assert _opens(tenant, server.taken[0])
    server.answers = {}

    for tries in range(1, 4):
        _work(tenant, at=LATER + tries * question_mails.TRY_AGAIN)

    assert len(server.taken) == 2
    assert _opens(tenant, server.taken[1])


def test_retry_of_a_questionnaire_that_was_withdrawn_meanwhile_sends_nothing(
    tenant: Tenant, server: MailServer
):
    asked = ask(tenant)
    server.answers["RCPT"] = "451 later"
    _work(tenant, at=NOW)
    with acting(tenant.id):
        one = queries.get_assignment(asked.assignment_id)
        questionnaires.withdraw(one, reason="Wrong supplier", act=Act(tenant.manager, NOW))
    server.answers.clear()

    assert _work(tenant, at=NOW + question_mails.TRY_AGAIN) == 1

    assert server.taken == []

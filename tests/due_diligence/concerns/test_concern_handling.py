"""The officers' side: who reads a concern, its steps, handover, link, entry for others."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.concern_clock import due_day
from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.core.due_diligence.vocabulary import GrievanceState as S
from ddplatform.due_diligence.concern_handling.services import door as doors
from ddplatform.due_diligence.concern_handling.services import steps
from ddplatform.due_diligence.concern_handling.services.steps import Said
from ddplatform.due_diligence.concerns.models import Channel, Concern
from ddplatform.due_diligence.concerns.queries import (
    get_concern,
    list_messages,
    list_steps,
    load_entered,
)
from ddplatform.due_diligence.concerns.services import thread
from ddplatform.due_diligence.concerns.services.mails import (
    MAIL_LATE,
    ask_reminders,
    send_reminder,
)
from ddplatform.due_diligence.concerns.services.receiving import Draft, receive
from ddplatform.due_diligence.findings.queries import find_open_fact
from ddplatform.due_diligence.remedy.services import seal
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.sealing import SealBroken
from ddplatform.infrastructure.db import db, start_of, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import LANGUAGES
from ddplatform.operations.keys.services import rotate_case_master
from ddplatform.operations.retention.services import apply_retention
from ddplatform.risk.runs.models import FactKind
from tests.answering import mails
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, make_officer, signed_in_client
from tests.finding_worlds import World
from tests.fixtures import finding_id, pages_of_that_day, world  # noqa: F401

TEXT = "Wages come two months late and the papers of some workers are kept."
SCREENED = frozenset({"danger_screened"})


@pytest.fixture
def officer(tenant: Tenant) -> Identity:
    return tenant[RoleId.SAFEGUARDING_OFFICER]


def received(officer: Identity, text: str = TEXT, **more: object) -> Concern:
    nonce = f"{len(text):032x}"
    return receive(Draft(text=text, **more), nonce=nonce, act=Act(officer, NOW)).concern


def move(concern: Concern, to: S, by: Identity, at=NOW, **said: object) -> None:
    told = Said(reprisal="no", **said)
    steps.move(concern, to, told, version=concern.row_version, act=Act(by, at))


def to_remedy(concern: Concern, by: Identity) -> None:
    move(concern, S.ACKNOWLEDGED, by)
    move(concern, S.SCREENED, by, stated=SCREENED, is_safety_open=False)
    move(concern, S.IN_DIALOGUE, by)
    move(concern, S.REMEDY_PROPOSED, by, message="The firm pays what is owed by March.")


def test_concern_goes_its_whole_way_and_each_step_and_answer_is_kept(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        concern = received(officer)
        to_remedy(concern, officer)
        move(concern, S.AGREED, officer, stated=frozenset({"complainant_answered"}))
        move(concern, S.IMPLEMENTED, officer, stated=frozenset({"remedy_delivered"}))
        move(concern, S.CLOSED_SATISFIED, officer, stated=frozenset({"satisfaction_asked"}))

        taken = [one.row.step for one in list_steps(concern.id)]
        texts = [thread.text_of(concern, one.row) for one in list_messages(concern.id)]
        assert taken[-3:] == ["agreed", "implemented", "closed_satisfied"]
        assert (concern.status, concern.closed_on) == (S.CLOSED_SATISFIED, NOW.date())
        assert texts == [TEXT, "The firm pays what is owed by March."]
        assert concern.handler_id == officer.user_id


def test_step_without_an_answer_about_reprisals_is_refused(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        concern = received(officer)
        with pytest.raises(Invalid) as refused:
            steps.move(
                concern, S.ACKNOWLEDGED, Said(), version=concern.row_version, act=Act(officer, NOW)
            )

        assert set(refused.value.fields) == {"reprisal"}


def test_screening_asks_who_may_be_unsafe_and_a_remedy_is_told_to_the_complainant(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        concern = received(officer)
        move(concern, S.ACKNOWLEDGED, officer)
        with pytest.raises(StepNotAllowed, match="anyone is in danger"):
            move(concern, S.SCREENED, officer, stated=SCREENED)
        move(concern, S.SCREENED, officer, stated=SCREENED, is_safety_open=True)
        move(concern, S.IN_DIALOGUE, officer)
        with pytest.raises(StepNotAllowed, match="Describe the remedy"):
            move(concern, S.REMEDY_PROPOSED, officer)
        with pytest.raises(StepNotAllowed, match="does not end a safety concern"):
            move(concern, S.WITHDRAWN, officer)


def test_appeal_is_heard_by_somebody_else_who_handles_it_from_then_on(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        second = make_officer(tenant, "second@acme.example", "Second officer", at=NOW)
        concern = received(officer)
        to_remedy(concern, officer)
        move(concern, S.NOT_AGREED, officer, stated=frozenset({"complainant_answered"}))
        thread.appeal(concern, reprisal="no", act=Act(officer, NOW))
        with pytest.raises(StepNotAllowed, match="other than the first handler"):
            move(concern, S.REMEDY_PROPOSED, officer, message="As before.")
        move(concern, S.REMEDY_PROPOSED, second, message="A month earlier.")

        assert concern.handler_id == second.user_id


def test_two_officers_who_edit_one_concern_are_told_and_nothing_is_lost(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        second = make_officer(tenant, "second@acme.example", "Second officer", at=NOW)
        concern = received(officer)
        seen = concern.row_version
        steps.move(
            concern, S.ACKNOWLEDGED, Said(reprisal="no"), version=seen, act=Act(officer, NOW)
        )
        with pytest.raises(Conflict, match="after you opened it"):
            steps.hand_over(concern, second.user_id, version=seen, act=Act(second, NOW))
        steps.hand_over(concern, second.user_id, version=concern.row_version, act=Act(second, NOW))

        assert [one.row.step for one in list_steps(concern.id)] == ["acknowledged", "handed_over"]
        with pytest.raises(Invalid):
            steps.hand_over(
                concern,
                tenant.analyst.user_id,
                version=concern.row_version,
                act=Act(officer, NOW),
            )
        with pytest.raises(Conflict, match="handles the concern already"):
            steps.hand_over(
                concern, second.user_id, version=concern.row_version, act=Act(second, NOW)
            )


def test_texts_of_officers_are_searched_for_names_too(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        concern = received(officer)
        with pytest.raises(Invalid, match="correction"):
            thread.answer(concern, "Ask Maria Gonzalez.", act=Act(officer, NOW))
        thread.answer(
            concern, "Ask Maria Gonzalez.", act=Act(officer, NOW), not_names=["Maria Gonzalez"]
        )
        with pytest.raises(Invalid):
            thread.answer(concern, "  ", act=Act(officer, NOW))
        with pytest.raises(Invalid, match="correction"):
            thread.answer(concern, "a" * 4001, act=Act(officer, NOW))


def test_concern_raises_the_risk_only_after_it_was_screened_and_several_share_a_matter(
    context: Flask,
    tenant: Tenant,
    officer: Identity,
    finding_id: UUID,  # noqa: F811
):
    with acting_in(tenant.id), unit_of_work():
        first, second = received(officer), received(officer, "The overtime is not paid.")

        def link(concern: Concern, finding: UUID = finding_id) -> None:
            version = concern.row_version
            steps.link(concern, finding, is_credible=True, version=version, act=Act(officer, NOW))

        with pytest.raises(Conflict, match="before it was screened"):
            link(first)
        assert find_open_fact(finding_id) is None
        for concern in (first, second):
            move(concern, S.ACKNOWLEDGED, officer)
            move(concern, S.SCREENED, officer, stated=SCREENED, is_safety_open=True)
            link(concern)
        with pytest.raises(NotFound):
            link(first, UUID(int=1))

        assert find_open_fact(finding_id).kind is FactKind.CREDIBLE
        assert first.finding_id == second.finding_id == finding_id


def test_events_of_a_concern_are_seen_by_officers_alone_and_hold_no_text(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        concern = received(officer)
        steps.note_reading(concern, act=Act(officer, NOW))
        move(concern, S.ACKNOWLEDGED, officer, reason="Papers are kept.")
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action.startswith("concern:"))
        ).all()

        assert [one.action for one in events] == [
            "concern:receive",
            "concern:read",
            "concern:move",
        ]
        assert all(one.is_restricted for one in events)
        assert not any(b"apers" in one.leaf for one in events)


def test_sealed_message_moved_to_another_concern_does_not_open(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        first, second = received(officer), received(officer, "The overtime is not paid.")
        (message,) = list_messages(first.id)
        with pytest.raises(SealBroken):
            seal.unseal(second, message.row, "sealed_text", message.row.sealed_text)


def test_concern_opens_after_the_master_key_was_changed(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        key = received(officer).id
    rotated = rotate_case_master(at=NOW, progress=lambda *_: None)

    with acting_in(tenant.id), unit_of_work():
        concern = get_concern(key)
        (message,) = list_messages(key)
        assert rotated.cases == 1
        assert thread.text_of(concern, message.row) == TEXT


def test_content_of_a_concern_goes_two_years_after_it_was_closed_and_not_before(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        closed, still_open = received(officer), received(officer, "The overtime is not paid.")
        to_remedy(closed, officer)
        move(closed, S.AGREED, officer, stated=frozenset({"complainant_answered"}))
        move(closed, S.IMPLEMENTED, officer, stated=frozenset({"remedy_delivered"}))
        move(closed, S.CLOSED_SATISFIED, officer, stated=frozenset({"satisfaction_asked"}))
        apply_retention(NOW + timedelta(days=730))
        assert closed.key_wrapped is not None
        removed = apply_retention(NOW + timedelta(days=733))

        assert removed["concern_content"] == 1
        assert closed.key_wrapped is None
        assert still_open.key_wrapped is not None
        assert str(closed.id) in adapters().erasure_list.read_text()


def test_door_is_opened_once_and_keeps_its_address(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        act = Act(officer, NOW)
        with pytest.raises(Conflict):
            doors.close_door(act=act)
        first = doors.open_door(act=act).address_part
        with pytest.raises(Conflict):
            doors.open_door(act=act)
        doors.close_door(act=act)

        assert doors.open_door(act=act).address_part == first
        assert re.fullmatch(r"[a-z0-9]{10}", first)


@pytest.mark.usefixtures("pages_of_that_day")
def test_officer_reads_answers_and_moves_a_concern_on_its_pages(
    app: Flask, tenant: Tenant, officer: Identity
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        concern = received(officer, in_danger=True, country="KE", fears_reprisal=True)
        key, page = concern.id, f"/o/acme/concerns/{concern.id}"
    browser = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    listed, shown = browser.get("/o/acme/concerns/"), browser.get(page)

    assert "Look for danger" in listed.text and TEXT not in listed.text
    assert TEXT in shown.text and "Child Helpline 116" in shown.text
    assert "Reprisals are feared or reported" in shown.text
    token = csrf_token(browser, f"{page}/answer")
    sent = browser.post(f"{page}/answer", data={"csrf_token": token, "message": "We look at it."})
    named = browser.post(f"{page}/answer", data={"csrf_token": token, "message": "+90 532 1234567"})
    form = browser.get(f"{page}/move/acknowledged").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', form).group(1)
    told = {"csrf_token": token, "version": version, "reprisal": "asked"}
    moved = browser.post(f"{page}/move/acknowledged", data=told)
    stale = browser.post(f"{page}/move/screened", data={**told, "stated": "danger_screened"})

    assert (sent.status_code, named.status_code) == (302, 422)
    assert (moved.status_code, stale.status_code) == (302, 409)
    assert browser.get(f"{page}/move/agreed").status_code == 404
    with app.app_context(), acting_in(tenant.id):
        assert get_concern(key).status is S.ACKNOWLEDGED


@pytest.mark.usefixtures("pages_of_that_day")
def test_officer_enters_what_came_by_phone_and_is_given_the_code_for_the_person(
    app: Flask, tenant: Tenant
):
    browser = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    token = csrf_token(browser, "/o/acme/concerns/new")
    data = {"csrf_token": token, "text": TEXT, "channel": "phone", "language": "sw"}
    refused = browser.post("/o/acme/concerns/new", data={**data, "text": "Call 0712 345 678"})
    answer = browser.post("/o/acme/concerns/new", data=data)

    assert refused.status_code == 422 and "Leave out the phone number." in refused.text
    assert re.search(r"\d{4}(?: \d{4}){4}", answer.text)
    with app.app_context(), acting_in(tenant.id):
        (kept,) = db.session.scalars(select(Concern))
        assert (kept.channel, kept.language) == (Channel.PHONE, "sw")


@pytest.mark.usefixtures("pages_of_that_day")
def test_officer_hands_over_and_joins_a_finding_on_the_pages(
    app: Flask,
    tenant: Tenant,
    officer: Identity,
    world: World,  # noqa: F811
    finding_id: UUID,  # noqa: F811
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        second = make_officer(tenant, "second@acme.example", "Second officer", at=NOW)
        second_id = str(second.user_id)
        concern = received(officer)
        move(concern, S.ACKNOWLEDGED, officer)
        move(concern, S.SCREENED, officer, stated=SCREENED, is_safety_open=True)
        key, version = concern.id, concern.row_version
    page = f"/o/acme/concerns/{key}"
    browser = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    token = csrf_token(browser, f"{page}/link")
    data = {"csrf_token": token, "version": str(version)}
    browser.post(f"{page}/hand-over", data={**data, "user": second_id})
    data["version"] = str(version + 1)
    browser.post(f"{page}/link", data={**data, "finding": str(finding_id), "effect": "credible"})
    shown = browser.get(page)

    assert "Second officer" in shown.text
    assert f"/o/acme/findings/{finding_id}" in shown.text
    with app.app_context(), acting_in(tenant.id):
        assert find_open_fact(finding_id).kind is FactKind.CREDIBLE


@pytest.mark.usefixtures("pages_of_that_day")
@pytest.mark.parametrize(
    "role", [role for role in RoleId if role is not RoleId.SAFEGUARDING_OFFICER]
)
def test_nobody_but_officers_reads_concerns_or_learns_how_many_there_are(
    app: Flask, tenant: Tenant, officer: Identity, role: RoleId
):
    browser = signed_in_client(app, tenant, role)
    before = browser.get("/o/acme/", follow_redirects=True).text
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        key = received(officer).id
    pages = ["", str(key), f"{key}/answer", f"{key}/move/acknowledged", f"{key}/link", "new"]

    assert {browser.get(f"/o/acme/concerns/{one}").status_code for one in pages} == {403}
    after = browser.get("/o/acme/", follow_redirects=True).text
    unsteady = re.compile(r'nonce="[^"]*"|value="[^"]{40,}"|data-most="\d+"')
    assert unsteady.sub("", after) == unsteady.sub("", before)


@pytest.mark.usefixtures("pages_of_that_day")
def test_administrator_opens_the_public_page_and_is_told_its_address(app: Flask, tenant: Tenant):
    browser = signed_in_client(app, tenant, RoleId.ADMIN)
    assert 'href="/o/acme/concerns/door"' in browser.get("/o/acme/settings/").text
    token = csrf_token(browser, "/o/acme/concerns/door")
    browser.post("/o/acme/concerns/door", data={"csrf_token": token, "to": "open"})
    shown = browser.get("/o/acme/concerns/door").text
    address = re.search(r"/concern/acme-[a-z0-9]{10}/", shown).group()

    assert app.test_client().get(f"{address}en/").status_code == 200
    posters = [browser.get(f"/o/acme/concerns/poster.pdf?language={one}") for one in LANGUAGES]
    assert {one.data[:5] for one in posters} == {b"%PDF-"}
    assert len({one.data for one in posters}) == len(LANGUAGES)
    assert browser.get("/o/acme/concerns/poster.pdf?language=xx").status_code == 404
    browser.post("/o/acme/concerns/door", data={"csrf_token": token, "to": "close"})
    assert browser.get("/o/acme/concerns/poster.pdf").status_code == 404
    assert app.test_client().get(f"{address}en/").status_code == 404


def test_day_of_receipt_is_all_that_is_kept_of_time(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        concern = received(officer)

        assert type(concern.received_on) is date and type(concern.entered_on) is date
        assert not [c.name for c in Concern.__table__.columns if c.name.endswith("_at")]


def test_officers_are_reminded_the_day_after_a_limit_and_each_monday_until_the_step_is_taken(
    context: Flask, tenant: Tenant, officer: Identity
):
    def mails_on(day: date) -> int:
        return ask_reminders(act=Act(officer, start_of(day)))

    with acting_in(tenant.id), unit_of_work():
        concern = received(officer)
        due = due_day(load_entered([concern])[concern.id], concern.status)
        assert due is not None
        days = [due.day + timedelta(days=number) for number in range(22)]
        reminded = [day for day in days if mails_on(day)]
        mondays = [day for day in days[1:] if day.weekday() == 0]
        assert reminded == sorted({days[1], *mondays}) and len(mondays) == 3
        move(concern, S.ACKNOWLEDGED, officer, at=start_of(days[-1]))
        assert mails_on(days[-1]) == 0


def test_a_reminder_says_that_a_step_is_overdue_and_nothing_of_the_concern(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        concern = received(officer)
        monday = NOW + timedelta(days=14 - NOW.weekday())
        for _ in range(2):
            ask_reminders(act=Act(officer, monday))
        waiting = db.session.scalars(select(Job).where(Job.name == MAIL_LATE)).all()
        assert [job.payload for job in waiting] == [{"user_id": str(officer.user_id)}]
        send_reminder(waiting[0].payload)
    (mail,) = mails()
    assert "A step of a concern is overdue" in mail and "/o/acme/concerns/" in mail
    assert concern.reference not in mail and "Wages" not in mail

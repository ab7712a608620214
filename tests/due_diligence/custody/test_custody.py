"""Who holds a case: handing over with a receipt, merging, access in an emergency."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ddplatform.accounts.officers.services import operator
from ddplatform.accounts.organisations.queries import get_user
from ddplatform.audit.models import AuditEvent
from ddplatform.due_diligence.custody.models import EmergencyAccess
from ddplatform.due_diligence.custody.queries import (
    get_handover_to,
    list_handovers_to,
    list_mergeable,
    list_open_access,
)
from ddplatform.due_diligence.custody.services import emergency, handover, merging
from ddplatform.due_diligence.remedy.models import HANDED_OVER, MERGED, RemediationCase
from ddplatform.due_diligence.remedy.queries.cases import (
    get_case_for,
    list_accesses,
    list_cases_of,
    list_steps,
)
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.due_diligence.remedy.services import seal
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed, NotFound
from ddplatform.infrastructure.tenancy import acting_in, nobody
from tests.answering import mails
from tests.conftest import NOW
from tests.due_diligence.remedy.test_remedy import alert, make_finding, opened, second_officer
from tests.factories import Tenant, client_of, csrf_token, make_officer, signed_in_client
from tests.infrastructure.jobs.test_jobs import work

DAY = timedelta(hours=24)
REASON = "nobody assigned answers the telephone"


@pytest.fixture
def officer(tenant: Tenant) -> Identity:
    return tenant[RoleId.SAFEGUARDING_OFFICER]


def actions() -> list[str]:
    """The restricted actions of the log, in their order."""
    found = select(AuditEvent.action).where(AuditEvent.is_restricted)
    return list(db.session.scalars(found.order_by(AuditEvent.sequence)))


def may_open(case: RemediationCase, person: Identity) -> bool:
    return case.code in {row.code for row in list_cases_of(person.user_id, today=NOW.date())}


def handed_over(tenant: Tenant, officer: Identity) -> tuple[RemediationCase, Identity]:
    case, second = opened(tenant), second_officer(tenant)
    named = handover.name_successor(case, second.user_id, act=Act(officer, NOW))
    handover.accept_handover(named, case, act=Act(second, NOW + DAY))
    return case, second


def test_case_changes_hands_only_when_the_next_officer_accepts(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case, second = opened(tenant), second_officer(tenant)
        named = handover.name_successor(case, second.user_id, act=Act(officer, NOW))
        assert may_open(case, officer) and not may_open(case, second)

        handover.accept_handover(named, case, act=Act(second, NOW))
        assert may_open(case, second) and not may_open(case, officer)
        with pytest.raises(NotFound):
            get_case_for(case.code, officer.user_id, today=NOW.date())


def test_receipt_with_both_officers_and_times_is_sealed_in_the_case_and_an_event(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case, second = handed_over(tenant, officer)
        (row,) = (step for step in list_steps(case.id) if step.step == HANDED_OVER)
        receipt = seal.unseal(case, row, "sealed_note", row.sealed_note)

        assert (receipt["from"], receipt["to"]) == (str(officer.user_id), str(second.user_id))
        assert receipt["named_at"].startswith("2026-11-25T12:00")
        assert receipt["accepted_at"].startswith("2026-11-26T12:00")
        assert officer.name in receipt["note"] and second.name in receipt["note"]
        assert officer.name.encode() not in row.sealed_note
        assert actions()[-2:] == ["case:name_successor", "case:hand_over"]


def test_officer_who_handed_all_cases_over_may_leave(
    context: Flask, tenant: Tenant, officer: Identity
):
    act = Act(system_identity(tenant.id), NOW + DAY)
    with acting_in(tenant.id), unit_of_work():
        case, second = opened(tenant), second_officer(tenant)
        with pytest.raises(Conflict, match="responsible for an open case"):
            operator.remove_officer(get_user(officer.user_id), act=act)
        named = handover.name_successor(case, second.user_id, act=Act(officer, NOW))
        with pytest.raises(Conflict, match="responsible for an open case"):
            operator.remove_officer(get_user(officer.user_id), act=act)
        handover.accept_handover(named, case, act=Act(second, NOW))
        operator.remove_officer(get_user(officer.user_id), act=act)


def test_nobody_accepts_for_somebody_else_or_twice(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case, second = opened(tenant), second_officer(tenant)
        third = make_officer(tenant, "third@acme.example", "Third officer", at=NOW)
        named = handover.name_successor(case, second.user_id, act=Act(officer, NOW))
        for person in (officer, third):
            with pytest.raises(Conflict, match="ended already"):
                handover.accept_handover(named, case, act=Act(person, NOW))
            with pytest.raises(NotFound):
                get_handover_to(named.id, person.user_id)
        with pytest.raises(Conflict, match="waits for the other officer"):
            handover.name_successor(case, third.user_id, act=Act(officer, NOW))
        handover.accept_handover(named, case, act=Act(second, NOW))
        with pytest.raises(Conflict, match="ended already"):
            handover.accept_handover(named, case, act=Act(second, NOW))


def test_closed_case_is_handed_over_to_nobody(context: Flask, tenant: Tenant, officer: Identity):
    with acting_in(tenant.id), unit_of_work():
        (twin, case), second = two_of_one_finding(tenant), second_officer(tenant)
        merging.merge_case(twin, case, act=Act(officer, NOW))

        with pytest.raises(Conflict, match="This case is closed"):
            handover.name_successor(twin, second.user_id, act=Act(officer, NOW))
        assert list_handovers_to(second.user_id) == []
        assert "case:name_successor" not in actions()


def test_case_that_was_closed_meanwhile_is_not_taken_over(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        (twin, case), second = two_of_one_finding(tenant), second_officer(tenant)
        named = handover.name_successor(twin, second.user_id, act=Act(officer, NOW))
        merging.merge_case(twin, case, act=Act(officer, NOW))

        with pytest.raises(Conflict, match="closed meanwhile"):
            handover.accept_handover(named, twin, act=Act(second, NOW + DAY))
        assert may_open(twin, officer) and not may_open(twin, second)
        assert [row for row in list_steps(twin.id) if row.step == HANDED_OVER] == []


def test_case_stays_where_it_is_when_the_handover_is_declined_or_withdrawn(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case, second = opened(tenant), second_officer(tenant)
        named = handover.name_successor(case, second.user_id, act=Act(officer, NOW))
        handover.decline_handover(named, case, act=Act(second, NOW))
        handover.name_successor(case, second.user_id, act=Act(officer, NOW))
        handover.withdraw_handover(case, act=Act(officer, NOW))

        assert may_open(case, officer) and not may_open(case, second)
        assert list_handovers_to(second.user_id) == []
        with pytest.raises(Conflict, match="No handover"):
            handover.withdraw_handover(case, act=Act(officer, NOW))


def test_only_another_officer_is_named(context: Flask, tenant: Tenant, officer: Identity):
    with acting_in(tenant.id), unit_of_work():
        case = opened(tenant)
        for person in (officer, tenant.manager, tenant[RoleId.ADMIN]):
            with pytest.raises(Invalid):
                handover.name_successor(case, person.user_id, act=Act(officer, NOW))


def test_officer_who_handed_a_case_over_can_be_given_it_again(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case, second = handed_over(tenant, officer)
        remedy.assign(case, officer.user_id, is_verifier=False, act=Act(second, NOW + DAY))
        assert may_open(case, officer)


def test_last_manager_of_a_case_is_not_made_its_verifier(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        case, second = opened(tenant), second_officer(tenant)
        remedy.assign(case, second.user_id, is_verifier=True, act=Act(officer, NOW))
        with pytest.raises(Conflict, match="only case manager"):
            remedy.assign(case, officer.user_id, is_verifier=True, act=Act(second, NOW))


def test_pages_hand_a_case_over(app: Flask, tenant: Tenant):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        code, second = opened(tenant).code, second_officer(tenant)
    first = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    other, base = client_of(app, second.user_id), f"/o/{tenant.slug}/remedy"
    page = f"{base}/{code}/hand-over"
    sent = first.post(
        page, data={"user": str(second.user_id), "csrf_token": csrf_token(first, page)}
    )
    assert sent.status_code == 302
    assert "is handed over to you" in other.get(f"{base}/").text
    assert other.get(f"{base}/{code}").status_code == 404
    with app.app_context(), acting_in(tenant.id):
        (waiting,) = list_handovers_to(second.user_id)
    token = {"csrf_token": csrf_token(other, f"{base}/custody/")}
    taken = other.post(f"{base}/custody/handovers/{waiting.id}/accept", data=token)

    assert taken.headers["Location"].endswith(code)
    assert "Handed over" in other.get(f"{base}/{code}").text
    assert first.get(f"{base}/{code}").status_code == 404


def two_of_one_finding(tenant: Tenant) -> tuple[RemediationCase, RemediationCase]:
    finding, act = make_finding(), Act(tenant.manager, NOW)
    return remedy.open_case(finding, alert(), act=act), remedy.open_case(finding, alert(), act=act)


def test_duplicate_is_closed_into_the_other_case_and_both_say_so(
    context: Flask, tenant: Tenant, officer: Identity
):
    with acting_in(tenant.id), unit_of_work():
        twin, case = two_of_one_finding(tenant)
        assert list_mergeable(twin, officer.user_id, today=NOW.date()) == [case]
        merging.merge_case(twin, case, act=Act(officer, NOW))

        assert twin.closed_at == NOW and case.closed_at is None
        for one in (twin, case):
            (step,) = (row for row in list_steps(one.id) if row.step == MERGED)
            assert case.code in seal.unseal(one, step, "sealed_note", step.sealed_note)["note"]
        with pytest.raises(Conflict, match="merged into another"):
            remedy.move(twin, twin.status, act=Act(officer, NOW))
        with pytest.raises(Conflict, match="closed"):
            merging.merge_case(case, twin, act=Act(officer, NOW))


def test_cases_of_two_findings_are_not_merged(context: Flask, tenant: Tenant, officer: Identity):
    with acting_in(tenant.id), unit_of_work():
        first, second = opened(tenant), opened(tenant)
        assert list_mergeable(first, officer.user_id, today=NOW.date()) == []
        with pytest.raises(Conflict, match="one finding"):
            merging.merge_case(first, second, act=Act(officer, NOW))


def test_page_merges_a_duplicate(app: Flask, tenant: Tenant):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        twin, case = (one.code for one in two_of_one_finding(tenant))
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)
    page = f"/o/{tenant.slug}/remedy/{twin}/merge"
    sent = client.post(page, data={"into": case, "csrf_token": csrf_token(client, page)})

    assert sent.headers["Location"].endswith(case)
    assert "Merged into another case" in client.get(f"/o/{tenant.slug}/remedy/").text


class Emergency:
    """A case of the first officer, and two officers who came after it was opened."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant, self.first = tenant, tenant[RoleId.SAFEGUARDING_OFFICER]
        self.case = opened(tenant)
        self.asker = second_officer(tenant)
        self.third = make_officer(tenant, "third@acme.example", "Third officer", at=NOW)

    def ask(self) -> EmergencyAccess:
        return emergency.ask_access(self.case, REASON, act=Act(self.asker, NOW))

    def open(self) -> EmergencyAccess:
        access = self.ask()
        emergency.agree_to_access(access, self.case, act=Act(self.third, NOW))
        return access


def test_case_opens_to_an_officer_for_a_day_once_a_second_one_agrees(
    context: Flask, tenant: Tenant
):
    with acting_in(tenant.id), unit_of_work():
        world = Emergency(tenant)
        access = world.ask()
        with pytest.raises(NotFound):
            emergency.require_running(access, act=Act(world.asker, NOW))
        emergency.agree_to_access(access, world.case, act=Act(world.third, NOW))

        emergency.require_running(access, act=Act(world.asker, NOW + DAY - timedelta(seconds=1)))
        with pytest.raises(NotFound):
            emergency.require_running(access, act=Act(world.asker, NOW + DAY))
        with pytest.raises(NotFound):
            emergency.require_running(access, act=Act(world.third, NOW))


def test_nobody_agrees_to_the_own_access_and_nobody_outside_to_any(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        world = Emergency(tenant)
        alias = make_officer(tenant, "second+two@acme.example", "Alias", at=NOW)
        access = world.ask()
        for person in (world.asker, alias):
            with pytest.raises(Conflict, match="their own access"):
                emergency.agree_to_access(access, world.case, act=Act(person, NOW))
        for role in set(RoleId) - {RoleId.SAFEGUARDING_OFFICER}:
            with pytest.raises(NotAllowed):
                emergency.agree_to_access(access, world.case, act=Act(tenant[role], NOW))
        with pytest.raises(IntegrityError, match="second_officer"), db.session.begin_nested():
            access.agreed_by_id, access.agreed_at = access.asked_by_id, NOW
            db.session.flush()


def test_request_needs_a_reason_that_shows_no_child_and_a_case_of_others(
    context: Flask, tenant: Tenant
):
    with acting_in(tenant.id), unit_of_work():
        world = Emergency(tenant)
        for reason in ("  ", "call her on +225 07 08 09 10 11"):
            with pytest.raises(Invalid):
                emergency.ask_access(world.case, reason, act=Act(world.asker, NOW))
        with pytest.raises(Conflict, match="assigned to this case"):
            emergency.ask_access(world.case, REASON, act=Act(world.first, NOW))
        world.ask()
        with pytest.raises(Conflict, match="already"):
            world.ask()


def test_refused_request_opens_nothing(context: Flask, tenant: Tenant):
    with acting_in(tenant.id), unit_of_work():
        world = Emergency(tenant)
        access = world.ask()
        emergency.refuse_access(access, world.case, act=Act(world.first, NOW))
        with pytest.raises(Conflict, match="decided on already"):
            emergency.agree_to_access(access, world.case, act=Act(world.third, NOW))
        assert list_open_access() == []


def test_access_is_reviewed_after_its_end_by_an_officer_who_had_no_part_in_it(
    context: Flask, tenant: Tenant
):
    with acting_in(tenant.id), unit_of_work():
        world = Emergency(tenant)
        access = world.open()

        def review(by: Identity, at: object) -> None:
            emergency.review_access(
                access, world.case, is_justified=True, note=REASON, act=Act(by, at)
            )

        with pytest.raises(Conflict, match="not ended"):
            review(world.first, NOW + DAY - timedelta(seconds=1))
        with pytest.raises(Conflict, match="their own access"):
            review(world.asker, NOW + DAY)
        with pytest.raises(Conflict, match="another officer reviews"):
            review(world.third, NOW + DAY)
        review(world.first, NOW + DAY)
        assert access.is_justified
        assert list_open_access() == []
        assert actions()[-3:] == ["case:ask_access", "case:open_access", "case:review_access"]


def test_operator_opens_a_case_only_where_there_is_no_second_officer(app: Flask, tenant: Tenant):
    system = system_identity(tenant.id)
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        case, second = opened(tenant), second_officer(tenant)
        code = case.code
        remedy.assign(case, second.user_id, is_verifier=False, act=Act(tenant[OFFICER], NOW))
        third = make_officer(tenant, "third@acme.example", "Third officer", at=NOW)
        emergency.ask_access(case, REASON, act=Act(third, NOW))
    args = ["organisations", "open-case", "--organisation", tenant.slug, "--code", code]
    refused = app.test_cli_runner().invoke(args=args)
    assert "another safeguarding officer" in refused.output
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        case = db.session.scalars(select(RemediationCase)).one()
        case.closed_at, case.closed_by_id = NOW, second.user_id
        for person in (second, tenant[OFFICER]):
            db.session.flush()
            operator.remove_officer(get_user(person.user_id), act=Act(system, NOW))
    done = app.test_cli_runner().invoke(args=args)

    assert done.exit_code == 0, done.output
    assert "open until" in done.output


OFFICER = RoleId.SAFEGUARDING_OFFICER


def test_all_officers_are_told_at_once_by_mail_and_on_every_page(app: Flask, tenant: Tenant):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        world = Emergency(tenant)
        code = world.case.code
    work_all(app)
    before = set(all_mails(app))
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        case = db.session.scalars(select(RemediationCase)).one()
        access = emergency.ask_access(case, REASON, act=Act(world.asker, NOW))
        emergency.agree_to_access(access, case, act=Act(world.third, NOW))
    work_all(app)
    told = [mail for mail in all_mails(app) if mail not in before]

    assert sum("asks for emergency access" in mail for mail in told) == 3
    assert sum("is open to an officer in an emergency" in mail for mail in told) == 3
    assert not any(code in mail for mail in told), "a mail names no case"
    for person in (world.first, world.asker, world.third):
        page = client_of(app, person.user_id).get(f"/o/{tenant.slug}/findings/").text
        assert "waits for review" in page or "in an emergency" in page


def work_all(app: Flask) -> None:
    with app.app_context(), nobody():
        while work():
            pass


def all_mails(app: Flask) -> list[str]:
    with app.app_context():
        return mails()


def test_each_reading_in_an_emergency_is_kept_and_shown_on_the_case(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        world = Emergency(tenant)
        case_id, access = world.case.id, world.open()
        access_id: UUID = access.id
        # The page reads the real clock: the access has just been agreed to.
        access.ends_at = access.ends_at + timedelta(days=3650)
    address = f"/o/{tenant.slug}/remedy/custody/emergency/{access_id}/case"
    asker = client_of(app, world.asker.user_id)
    pages = [asker.get(address) for _ in range(2)]

    assert [page.status_code for page in pages] == [200, 200]
    assert "Hazardous work" in pages[0].text
    assert client_of(app, world.third.user_id).get(address).status_code == 404
    with app.app_context(), acting_in(tenant.id):
        kept = [(row.name, row.purpose) for row in list_accesses(case_id)]
    assert kept == [(world.asker.name, "Emergency access")] * 2


def test_pages_ask_decide_and_review(app: Flask, tenant: Tenant):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        world = Emergency(tenant)
        code = world.case.code
    base = f"/o/{tenant.slug}/remedy/custody/"
    asker, third, first = (
        client_of(app, person.user_id) for person in (world.asker, world.third, world.first)
    )
    form = {"code": code.lower(), "reason": REASON}
    form["csrf_token"] = csrf_token(asker, f"{base}emergency")
    assert asker.post(f"{base}emergency", data=form).status_code == 302
    assert asker.post(f"{base}emergency", data={**form, "code": "XXXX-XXXX"}).status_code == 404
    with app.app_context(), acting_in(tenant.id):
        (one,) = list_open_access()
    page = f"{base}emergency/{one.id}"
    assert REASON in third.get(page).text
    assert third.post(page, data={"csrf_token": csrf_token(third, page)}).status_code == 302
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        db.session.scalars(select(EmergencyAccess)).one().ends_at = NOW  # a day later
    assert asker.get(f"{page}/case").status_code == 404
    review = {"is_justified": "yes", "reason": "the child was in danger"}
    review["csrf_token"] = csrf_token(first, f"{page}/review")

    assert first.post(f"{page}/review", data=review).status_code == 302
    with app.app_context(), acting_in(tenant.id):
        assert list_open_access() == []

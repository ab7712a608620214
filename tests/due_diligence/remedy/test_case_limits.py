"""Time limits of a case: shown to its officers, counted for them, told to them once a step."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask, current_app
from sqlalchemy import event, select

from ddplatform.core.due_diligence.remedy_protocol import remedy_steps
from ddplatform.core.due_diligence.time_limits import limit_words
from ddplatform.core.due_diligence.vocabulary import ImpactState as S
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.due_diligence.remedy.services import mails as case_mails
from ddplatform.due_diligence.remedy.services.limits import load_limits
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import acting_in
from tests.conftest import NOW
from tests.due_diligence.remedy.test_remedy import opened, second_officer
from tests.factories import Tenant, signed_in_client
from tests.finding_worlds import World


@pytest.fixture
def acting(context: Flask, tenant: Tenant) -> Iterator[None]:
    with acting_in(tenant.id), unit_of_work():
        yield


@pytest.fixture
def officer(tenant: Tenant) -> Identity:
    return tenant[RoleId.SAFEGUARDING_OFFICER]


def triaged(case: RemediationCase, officer: Identity, *, at: datetime) -> None:
    remedy.move(case, S.TRIAGED, act=Act(officer, at))


def made_safe(case: RemediationCase, officer: Identity, *, at: datetime) -> None:
    triaged(case, officer, at=at)
    for step, ticked in (("REM-02", "safety_checklist_done"), ("REM-03", "provider_contacted")):
        remedy.take_step(case, step, ticked=[ticked], note="", act=Act(officer, at))
    remedy.move(case, S.IMMEDIATE_PROTECTION, act=Act(officer, at))


def asked(tenant: Tenant, at: datetime) -> list[Job]:
    """The mails that one look queues."""
    before = set(db.session.scalars(select(Job.id)))
    case_mails.ask_reminders(act=Act(system_identity(tenant.id), at))
    jobs = db.session.scalars(select(Job).where(Job.name == case_mails.MAIL)).all()
    return [job for job in jobs if job.id not in before]


def told(jobs: list[Job]) -> set[tuple[str, str]]:
    return {(job.payload["user_id"], job.payload["urgency"]) for job in jobs}


def mails() -> list[EmailMessage]:
    outbox = Path(current_app.instance_path) / "outbox"
    read = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(outbox.glob("*.eml"))
    ]
    return [mail for mail in read if isinstance(mail, EmailMessage)]


def send(tenant: Tenant, job: Job, *, at: datetime) -> object:
    context = JobContext(
        job.payload, Act(system_identity(tenant.id), at), lambda _done, _total: None
    )
    return HANDLERS.get(case_mails.MAIL).run(context)


@pytest.mark.parametrize(("danger", "hours"), [(False, 24), (True, 4), (None, 4)])
def test_new_case_is_to_be_triaged_sooner_where_a_child_may_be_in_danger(
    acting: None, tenant: Tenant, danger: bool | None, hours: int
):
    case = opened(tenant, in_danger=danger)
    due = load_limits([case.id])[case.id]

    assert (due.step.to, due.due_at) == ("triaged", NOW + timedelta(hours=hours))


def test_limit_runs_from_when_the_case_came_to_its_state_and_ends_with_the_step(
    acting: None, tenant: Tenant, officer: Identity
):
    case, later = opened(tenant), NOW + timedelta(hours=2)
    made_safe(case, officer, at=later)
    assert load_limits([case.id])[case.id].due_at == later + timedelta(hours=72)

    remedy.move(case, S.REFERRED_TO_AUTHORITY, reference="AB-1", act=Act(officer, later))
    due = load_limits([case.id])[case.id]
    assert due.step.to == "assessed"  # made safe before, so not asked for again


def test_case_opened_again_is_to_be_made_safe_again(
    acting: None, tenant: Tenant, officer: Identity
):
    case = opened(tenant)
    made_safe(case, officer, at=NOW)
    second = second_officer(tenant)
    remedy.move(case, S.UNSUBSTANTIATED, reason="no sign of it", act=Act(second, NOW))
    assert load_limits([case.id]) == {}  # closed: nothing is due

    again = NOW + timedelta(days=3)
    remedy.move(case, S.REOPENED, reason="new signs", act=Act(officer, again))
    due = load_limits([case.id])[case.id]
    assert due.since == again
    assert due.step.to in ("triaged", "immediate_protection")


def test_erased_case_counts_as_one_in_danger(acting: None, tenant: Tenant):
    case = opened(tenant, in_danger=False)
    case.key_wrapped = None
    db.session.flush()

    assert load_limits([case.id])[case.id].due_at == NOW + timedelta(hours=4)


def test_limits_of_many_cases_take_two_statements(acting: None, tenant: Tenant):
    cases = [opened(tenant).id for _ in range(5)]
    seen: list[str] = []
    listener = lambda _c, _k, statement, *_: seen.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        assert len(load_limits(cases)) == 5
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)

    assert len([one for one in seen if one.startswith("SELECT")]) == 2


def test_case_managers_are_told_once_that_a_limit_runs_and_once_that_it_has_passed(
    acting: None, tenant: Tenant, officer: Identity
):
    opened(tenant)
    second = second_officer(tenant)  # came later: no part in the case
    first = asked(tenant, NOW + timedelta(minutes=15))
    late = asked(tenant, NOW + timedelta(hours=25))

    assert told(first) == {(str(officer.user_id), "running")}
    assert told(late) == {(str(officer.user_id), "late")}
    assert asked(tenant, NOW + timedelta(minutes=30)) == []
    assert asked(tenant, NOW + timedelta(hours=26)) == []
    assert str(second.user_id) not in {user for user, _ in told(first + late)}


def test_whoever_took_the_step_is_not_told_that_the_next_limit_runs(
    acting: None, tenant: Tenant, officer: Identity
):
    second = second_officer(tenant)
    case = opened(tenant)
    triaged(case, officer, at=NOW)

    assert told(asked(tenant, NOW)) == {(str(second.user_id), "running")}


def test_limit_passed_twice_is_told_to_the_verifier_too(
    acting: None, tenant: Tenant, officer: Identity
):
    case = opened(tenant)
    second = second_officer(tenant)
    remedy.assign(case, second.user_id, is_verifier=True, act=Act(officer, NOW))

    late = asked(tenant, NOW + timedelta(hours=47))
    assert str(second.user_id) not in {user for user, _ in told(late)}
    assert told(asked(tenant, NOW + timedelta(hours=49))) == {
        (str(officer.user_id), "long_late"),
        (str(second.user_id), "long_late"),
    }


def test_mail_names_no_case_no_step_and_no_moment(acting: None, tenant: Tenant, officer: Identity):
    case, at = opened(tenant), NOW + timedelta(hours=25)
    (job,) = asked(tenant, at)
    assert send(tenant, job, at=at) == {"sent": True}

    (mail,) = mails()
    text = f"{mail['Subject']} {mail.get_content()}"
    assert mail["To"] == tenant.email(RoleId.SAFEGUARDING_OFFICER)
    assert "overdue" in text and f"/o/{tenant.slug}/remedy/" in text
    for secret in (case.code, str(case.id), "Triage", "24", "2026", "Hazard", "Drying place"):
        assert secret not in text, secret


def test_mail_about_a_case_that_went_on_meanwhile_is_not_sent(
    acting: None, tenant: Tenant, officer: Identity
):
    case, at = opened(tenant), NOW + timedelta(hours=25)
    (job,) = asked(tenant, at)
    triaged(case, officer, at=at)

    assert send(tenant, job, at=at) == {"sent": False}
    assert mails() == []


def test_case_without_a_limit_reminds_nobody(acting: None, tenant: Tenant, officer: Identity):
    case = opened(tenant)
    made_safe(case, officer, at=NOW)
    case.status = S.FOLLOW_UP
    db.session.flush()

    assert asked(tenant, NOW + timedelta(days=400)) == []


def test_officer_sees_until_when_each_case_waits_for_whom_the_first_due_on_top(
    app: Flask, tenant: Tenant, officer: Identity
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        calm = opened(tenant).code
        urgent = opened(tenant, in_danger=True).code
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)

    page = client.get(f"/o/{tenant.slug}/remedy/").text
    assert page.index(urgent) < page.index(calm)
    assert "Triage" in page and "waiting for you" in page
    case = client.get(f"/o/{tenant.slug}/remedy/{calm}").text
    assert "Responsible:" in case and officer.name in case


def test_stages_of_a_case_tell_the_limits_that_the_protocol_sets(app: Flask, tenant: Tenant):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        code = opened(tenant).code
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)

    page = client.get(f"/o/{tenant.slug}/remedy/{code}").text
    for refs in (["REM-05", "REM-06"], ["REM-10"]):
        words = ", ".join(limit_words(remedy_steps()[ref].within) for ref in refs)
        assert f"</b>{words}" in page
    assert "</b>After six months or more of stability." in page


def test_list_of_an_officer_can_be_kept_to_the_overdue_cases(
    app: Flask, tenant: Tenant, officer: Identity
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        late, case = opened(tenant).code, opened(tenant)
        calm = case.code
        made_safe(case, officer, at=datetime.now(UTC))  # pages look at the clock
    client = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)

    page = client.get(f"/o/{tenant.slug}/remedy/?due=late").text
    assert late in page and calm not in page
    assert "overdue</span> since 26 Nov 2026" in page and "1 step overdue" in page


def test_overview_begins_with_the_overdue_steps_of_the_own_cases_for_an_officer_alone(
    app: Flask, tenant: Tenant, world: World
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        opened(tenant)
    notice = "1 step of your cases is overdue"
    officer = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)

    page = officer.get(f"/o/{tenant.slug}/").text
    assert "remedy/?due=late" in page
    assert page.index(notice) < page.index('class="steps5"')
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    assert notice not in manager.get(f"/o/{tenant.slug}/").text


def test_who_may_not_open_cases_sees_no_limit_of_one(app: Flask, tenant: Tenant):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        opened(tenant)
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)

    for page in ("remedy/", "remedy/?due=late", ""):
        text = manager.get(f"/o/{tenant.slug}/{page}").text
        assert "overdue</span> since" not in text and "Triage" not in text

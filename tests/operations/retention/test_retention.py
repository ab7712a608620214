"""Retention: what is due goes in the night, what is held or not due stays."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose, RateCount
from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.vocabulary import ImpactState as S
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.handlers import list_periodic
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import day_in_words
from ddplatform.operations.personal_data.erasure_list import ErasedKind, read_list
from ddplatform.operations.retention.classes import get_class, retention_classes
from ddplatform.operations.retention.services import (
    NOTICE,
    RULES,
    _before,
    apply_retention,
    list_due,
)
from tests.answering import mails
from tests.conftest import NOW
from tests.due_diligence.remedy.test_case_limits import made_safe
from tests.due_diligence.remedy.test_remedy import second_officer
from tests.factories import Tenant, signed_in_client
from tests.operations.conftest import Company
from tests.report_world import work_off

TWO_YEARS = timedelta(days=731)


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["retention", *words, "--json"])


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def due(at: datetime) -> dict[str, int]:
    return {one.of.ref: one.count for one in list_due(at)}


def close_case(company: Company, at: datetime) -> None:
    with unit_of_work(), acting_in(company.tenant.id):
        db.session.execute(
            update(RemediationCase)
            .where(RemediationCase.id == company.case_ids[0])
            .values(closed_at=at, closed_by_id=company.tenant.manager.user_id)
        )


def readable_cases(company: Company) -> int:
    with unit_of_work(), acting_in(company.tenant.id):
        wanted = select(func.count(RemediationCase.id))
        return db.session.scalar(wanted.where(RemediationCase.key_wrapped.is_not(None))) or 0


def apply_at(company: Company, at: datetime) -> dict[str, int]:
    with unit_of_work(), acting_in(company.tenant.id):
        return apply_retention(at)


def test_the_content_of_a_case_goes_two_years_after_it_was_closed_and_not_before(
    app: Flask, context: Flask, company: Company
):
    close_case(company, NOW)
    announced = NOW + TWO_YEARS - NOTICE + timedelta(minutes=1)

    for at, left in (
        (announced - timedelta(minutes=1), 2),
        (announced, 2),
        (NOW + TWO_YEARS - timedelta(days=1), 2),
        (NOW + TWO_YEARS + timedelta(minutes=1), 1),
    ):
        apply_at(company, at)
        assert readable_cases(company) == left

    with unit_of_work(), acting_in(company.tenant.id):
        assert audit.verify().faults == ()
    (erased,) = read_list(adapters().erasure_list)
    assert (erased.kind, erased.id) == (ErasedKind.CASE, company.case_ids[0])
    client = signed_in_client(app, company.tenant, RoleId.SAFEGUARDING_OFFICER)
    assert client.get(f"/o/{company.tenant.slug}/remedy/").status_code == 200


def test_officers_are_told_a_month_before_and_the_page_of_the_case_says_so(
    app: Flask, context: Flask, company: Company
):
    at = datetime.now(UTC)
    close_case(company, at - 2 * TWO_YEARS)
    with acting_in(company.tenant.id):
        code = db.session.get_one(RemediationCase, company.case_ids[0]).code
    apply_at(company, at)
    apply_at(company, at)
    work_off(app)
    day = day_in_words((at + NOTICE).date())
    told_mails = [mail for mail in mails() if day in mail]
    page = signed_in_client(app, company.tenant, RoleId.SAFEGUARDING_OFFICER).get(
        f"/o/{company.tenant.slug}/remedy/{code}"
    )

    assert len(told_mails) == 1, "one officer, told once"
    assert "legal hold before that day" in told_mails[0] and code not in told_mails[0]
    assert f"will be permanently deleted on {day}" in page.text
    assert readable_cases(company) == 2


def test_a_case_that_was_opened_again_and_closed_again_gets_a_notice_and_a_period_of_its_own(
    app: Flask, context: Flask, company: Company
):
    close_case(company, NOW - TWO_YEARS)
    apply_at(company, NOW)
    close_case(company, NOW + timedelta(days=1))
    second = NOW + timedelta(days=1) + TWO_YEARS

    for at, left in (
        (NOW + NOTICE + timedelta(days=2), 2),
        (second - NOTICE + timedelta(minutes=1), 2),
        (second - timedelta(days=1), 2),
        (second + timedelta(minutes=1), 1),
    ):
        apply_at(company, at)
        assert readable_cases(company) == left


def test_a_case_that_was_opened_again_keeps_no_notice_of_its_removal(
    app: Flask, context: Flask, company: Company
):
    officer = company.tenant[RoleId.SAFEGUARDING_OFFICER]
    with unit_of_work(), acting_in(company.tenant.id):
        second = second_officer(company.tenant)
    again = NOW + TWO_YEARS - NOTICE + timedelta(days=2)

    def change(*, at: datetime, opens: bool = False) -> str:
        with unit_of_work(), acting_in(company.tenant.id):
            case = db.session.get_one(RemediationCase, company.case_ids[0])
            if opens:
                remedy.move(case, S.REOPENED, reason="new signs", act=Act(officer, at))
            else:
                made_safe(case, officer, at=at)
                remedy.move(case, S.UNSUBSTANTIATED, reason="no sign of it", act=Act(second, at))
            return case.code

    code = change(at=NOW)
    apply_at(company, again - timedelta(days=1))
    page = f"/o/{company.tenant.slug}/remedy/{code}"
    client = signed_in_client(app, company.tenant, RoleId.SAFEGUARDING_OFFICER)
    assert "will be permanently deleted on" in client.get(page).text

    change(at=again, opens=True)
    change(at=again + timedelta(hours=1))

    assert "will be permanently deleted on" not in client.get(page).text
    apply_at(company, again + NOTICE)
    assert readable_cases(company) == 2


def test_what_was_announced_and_then_held_is_announced_anew(
    app: Flask, context: Flask, company: Company
):
    at = datetime.now(UTC)
    close_case(company, at - 2 * TWO_YEARS)
    apply_at(company, at)
    until = (at + timedelta(days=60)).date()
    words = ("--class", "case_content", "--reason", "Claim 7", "--until", until.isoformat())
    told(run(app, "hold", "--organisation", "acme", *words))

    after = at + timedelta(days=62)
    left = []
    for moment in (at + timedelta(days=59), after, after + NOTICE - timedelta(days=1)):
        apply_at(company, moment)
        left.append(readable_cases(company))
    apply_at(company, after + NOTICE)

    assert left == [2, 2, 2]
    assert readable_cases(company) == 1


def test_a_hold_keeps_what_is_due_until_its_day_has_passed(
    app: Flask, context: Flask, company: Company
):
    long_ago = datetime.now(UTC) - 2 * TWO_YEARS
    close_case(company, long_ago)
    until = (datetime.now(UTC) + timedelta(days=10)).date()
    words = ("--class", "case_content", "--reason", "Claim 7", "--until", until.isoformat())
    told(run(app, "hold", "--organisation", "acme", *words))

    counted = told(run(app, "dry-run", "--organisation", "acme"))

    case = next(one for one in counted if one["class"] == "case_content")
    assert case == {"class": "case_content", "due": 0, "held_until": until.isoformat()}
    assert told(run(app, "apply", "--organisation", "acme"))["removed"] == {}
    assert readable_cases(company) == 2
    apply_at(company, datetime.now(UTC) + timedelta(days=11))
    assert readable_cases(company) == 2, "the officers are told first"
    with acting_in(company.tenant.id):
        assert due(datetime.now(UTC) + timedelta(days=11) + NOTICE)["case_content"] == 1
    apply_at(company, datetime.now(UTC) + timedelta(days=11) + NOTICE)
    assert readable_cases(company) == 1


def test_a_released_hold_keeps_nothing_and_is_released_once(
    app: Flask, context: Flask, company: Company
):
    close_case(company, datetime.now(UTC) - 2 * TWO_YEARS)
    words = ("--class", "case_content", "--reason", "Claim 7", "--until", "2999-01-01")
    held = told(run(app, "hold", "--organisation", "acme", *words))["hold"]

    told(run(app, "release", "--organisation", "acme", "--hold", held))

    assert run(app, "release", "--organisation", "acme", "--hold", held).exit_code == 1
    assert told(run(app, "apply", "--organisation", "acme"))["removed"] == {}
    later = datetime.now(UTC) + NOTICE + timedelta(days=1)
    assert apply_at(company, later) == {"case_content": 1}
    assert apply_at(company, later) == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--class", "none", "--reason", "x", "--until", "2999-01-01"), "no retention class"),
        (("--class", "invitations", "--reason", " ", "--until", "2999-01-01"), "needs a reason"),
        (("--class", "invitations", "--reason", "x", "--until", "2020-01-01"), "has passed"),
    ],
)
def test_a_hold_without_class_reason_or_day_is_refused(
    app: Flask, tenant: Tenant, words: tuple[str, ...], said: str
):
    result = run(app, "hold", "--organisation", "acme", *words)

    assert result.exit_code == 1
    assert said in json.loads(result.stdout)["error"]["message"]


def test_links_work_records_and_counts_go_when_they_are_old_and_the_dry_run_counts_them(
    context: Flask, tenant: Tenant, other_tenant: Tenant
):
    old, at = NOW - TWO_YEARS, NOW
    for one in (tenant, other_tenant):
        with unit_of_work(), acting_in(one.id):
            for ends in (old, at):
                db.session.add(
                    Invitation(
                        purpose=InvitationPurpose.JOIN,
                        email="somebody@acme.example",
                        created_at=old,
                        expires_at=ends,
                    )
                )
            made = jobs.enqueue("x", {}, act=Act(system_identity(one.id), old))
            made.state, made.finished_at = JobState.DONE, old
            jobs.enqueue("y", {}, act=Act(system_identity(one.id), old))
    with unit_of_work():
        db.session.add(RateCount(key="a", window_starts_at=old, count=1))
        db.session.add(RateCount(key="b", window_starts_at=at, count=1))

    with unit_of_work(), acting_in(tenant.id):
        before = due(at)
        removed = apply_retention(at)
        after = due(at)

    assert before == {
        "sign_in_counts": 0,
        "invitations": 1,
        "finished_work": 1,
        "case_content": 0,
        "concern_content": 0,
        "answers_and_evidence": 0,
        "findings": 0,
        "documents": 0,
        "withdrawn_documents": 0,
        "sealed_reports": 0,
        "log_values": 0,
    }
    assert removed == {"invitations": 1, "finished_work": 1}
    assert set(after.values()) == {0}
    with unit_of_work(), acting_in(other_tenant.id):
        assert due(at)["invitations"] == due(at)["finished_work"] == 1, "another organisation"
    with unit_of_work():  # as the worker, who sees the jobs of all
        states = db.session.scalars(select(Job.name).where(Job.name.in_(["x", "y"]))).all()
    assert sorted(states) == ["x", "y", "y"]
    with unit_of_work(), acting_in(installation_log(at=at).id):
        assert apply_retention(at)["sign_in_counts"] == 1


@given(days=st.integers(0, 4000), minutes=st.integers(0, 1440))
def test_nothing_is_due_before_its_period_is_over(days: int, minutes: int):
    """A thing whose clock began some time ago is due exactly when that is longer than the days."""
    ago = timedelta(days=days, minutes=minutes)

    for one in retention_classes():
        is_due = NOW - ago < _before(one, NOW)
        assert is_due == (ago > timedelta(days=one.days))


def test_every_class_has_a_rule_that_is_there_and_says_why_and_who():
    ours = {one.rule for one in retention_classes() if one.is_removed_here}

    assert ours == set(RULES)
    assert all(
        one.reason and one.owner and one.clock and one.days > 0 for one in retention_classes()
    )
    assert get_class("sessions").by == "session:expire, each hour"


def test_the_removal_comes_each_night_by_itself(context: Flask):
    assert ("retention:apply", 86_400) in list_periodic()

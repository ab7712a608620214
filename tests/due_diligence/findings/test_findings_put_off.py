"""A finding that was put off says until when, for whom it waits, and when that has passed."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.core.due_diligence.vocabulary import RiskState as S
from ddplatform.due_diligence.actions.queries.reminders import list_reminders
from ddplatform.due_diligence.findings.queries import (
    FindingFilter,
    count_findings,
    get_finding,
    list_findings,
    review_day_of,
)
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.reporting.overview.queries.overview import load_overview
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.due_diligence.findings.test_findings_steps import at_assessed, own, step
from tests.factories import signed_in_client
from tests.finding_worlds import World, acting, days, finding_now, recorded
from tests.stored_worlds import stored_world

REVIEW_ON = NOW.date() + days(90)


@stored_world
def put_off(app: Flask, world: World) -> UUID:
    with app.app_context():
        finding_id = at_assessed(world, levels=(2, 1, 1), issue=Issue.FF)
        own(world, finding_id, world.tenant.analyst)
        step(world, finding_id, S.DEFERRED, reason="New shifts come.", review_on=REVIEW_ON)
        return finding_id


@pytest.fixture
def browser(app: Flask, world: World) -> FlaskClient:
    return signed_in_client(app, world.tenant, RoleId.SUSTAINABILITY_MANAGER)


def test_finding_is_overdue_after_its_day_and_not_on_it(
    context: Flask, world: World, put_off: UUID
):
    other = recorded(world, title="Not put off")
    with acting(world.tenant):
        for today, found in ((REVIEW_ON, []), (REVIEW_ON + days(1), [put_off])):
            wanted = FindingFilter(overdue_on=today)
            rows = list_findings(wanted, today=today)
            assert [row.id for row in rows] == found
            assert count_findings(wanted) == len(found)
            assert [row.is_late(today) for row in rows] == [True] * len(found)
    assert review_day_of(finding_now(world, other)) is None


def test_finding_taken_up_again_is_due_no_more(context: Flask, world: World, put_off: UUID):
    step(world, put_off, S.PRIORITISED)

    with acting(world.tenant):
        assert count_findings(FindingFilter(overdue_on=REVIEW_ON + days(1))) == 0
    assert review_day_of(finding_now(world, put_off)) is None


def test_owner_is_reminded_7_days_and_1_day_before_and_when_it_is_late(
    context: Flask, world: World, put_off: UUID
):
    told: list[int] = []
    with acting(world.tenant):
        for left in (30, 8, 7, 2, 1, 0, -1):
            found = list_reminders(REVIEW_ON - timedelta(days=left))
            if found:
                told.append(left)
                ((user_id, (reminder,)),) = found.items()
                assert user_id == world.tenant.analyst.user_id
                assert reminder.due_on == REVIEW_ON
                assert "shift" not in reminder.title.lower()  # words of a finding are not mailed

    assert told == [7, 1, -1]


def test_overview_counts_findings_whose_day_has_passed(context: Flask, world: World, put_off: UUID):
    with acting(world.tenant):
        found = [
            load_overview(user_id=world.tenant.manager.user_id, now=NOW + later).work.put_off_late
            for later in (days(90), days(91))
        ]

    assert found == [0, 1]


def test_list_and_page_say_until_when_and_whom_it_waits_for(
    world: World, put_off: UUID, browser: FlaskClient
):
    findings = f"/o/{world.tenant.slug}/findings/"

    assert "review by 23 Feb 2027" in browser.get(findings).text
    page = browser.get(f"{findings}{put_off}").text
    assert "review by 23 Feb 2027" in page
    assert f"Owner: <bdi>{world.tenant.analyst.name}</bdi>" in page


def test_list_kept_to_overdue_ones_says_since_when(
    app: Flask, world: World, put_off: UUID, browser: FlaskClient
):
    with app.app_context(), acting(world.tenant):
        finding = get_finding(put_off)
        deferral = {**finding.step_data["deferral"], "review_on": "2026-11-20"}
        finding.step_data = {**finding.step_data, "deferral": deferral}

    page = browser.get(f"/o/{world.tenant.slug}/findings/?due=late").text
    assert "review was due 20 Nov 2026" in page and "1 finding" in page
    assert "review was due" in browser.get(f"/o/{world.tenant.slug}/findings/{put_off}").text
    assert "Put off until a day that has passed" in browser.get(f"/o/{world.tenant.slug}/").text

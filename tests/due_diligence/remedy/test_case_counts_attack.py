"""The attack on counts through the pages: a manager with made-up cases reads a year of figures."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.core.due_diligence.impacts import WorkClass
from ddplatform.core.due_diligence.vocabulary import ImpactState as S
from ddplatform.due_diligence.frameworks.queries.coverage import load_coverage
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.count_attacker import SMALL, Reading, learn
from tests.due_diligence.remedy.test_administrators import steady
from tests.due_diligence.remedy.test_remedy import NOTE, confirmed, make_finding
from tests.factories import Tenant, csrf_token, signed_in_client

DUMMIES = 3
COURSE = ((3, 0), (4, 0), (0, 5), (2, 0), (1, 4), (6, 2), (0, 3))
"""For each month: cases confirmed, and cases referred to an authority."""
READERS = (RoleId.SUSTAINABILITY_MANAGER, RoleId.ADMIN_MANAGER, RoleId.AUDITOR)
ALERT = {
    "alert_source": "own_check",
    "work_class": "hazardous",
    "age_band": "12_to_14",
    "danger": "unknown",
    "note": NOTE,
}


def middle_of_month(back: int) -> datetime:
    """A day in a month that many months ago."""
    today = datetime.now(UTC)
    month = today.year * 12 + today.month - 1 - back
    return datetime(month // 12, month % 12 + 1, 14, tzinfo=UTC)


def live_through(tenant: Tenant, at: datetime, *, confirms: int, refers: int) -> None:
    """One month of the officers' work."""
    officer = tenant[RoleId.SAFEGUARDING_OFFICER]
    with acting_in(tenant.id), unit_of_work():
        safe = select(RemediationCase).where(RemediationCase.status == S.IMMEDIATE_PROTECTION)
        for case in db.session.scalars(safe.limit(refers)).all():
            later = Act(officer, at + timedelta(days=1))
            remedy.move(case, S.REFERRED_TO_AUTHORITY, act=later, reference="A-17")
        for _ in range(confirms):
            confirmed(tenant, officer, at=at)


def read_figures(client: FlaskClient, tenant: Tenant) -> tuple[Sequence[str], str]:
    """The six stages with their total, and the day they carry."""
    page = client.get(f"/o/{tenant.slug}/remedy/").text
    row = page.split('class="plain stagerow"')[1].split("</ol>")[0].replace("&lt;", "<")
    day = re.search(r"at the end of ([^<]+)<|fewer than five at each stage", page)
    assert day is not None
    return re.findall(r'class="v num">\s*(<?\d[–\d]*)<', row), day[1] or ""


def readings_of_pages(pages: Sequence[tuple[Sequence[str], str]]) -> list[Reading]:
    """What changed from page to page is a release, of which one knows that five cases changed."""
    told = [page for page in dict.fromkeys((tuple(c), d) for c, d in pages) if page[1]]
    return [Reading(cells[:-1], cells[-1], least_changed=5) for cells, _ in told]


def test_year_of_figures_read_by_a_manager_with_made_up_cases_narrows_no_small_count(
    app: Flask, tenant: Tenant
):
    pages = []
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    for month, (confirms, refers) in enumerate(COURSE):
        with app.app_context():
            at = middle_of_month(len(COURSE) - month)
            live_through(tenant, at, confirms=confirms, refers=refers)
        if month % 3 == 1:
            report_made_up_cases(app, tenant, manager)
        pages.append(read_figures(manager, tenant))
    readings = readings_of_pages(pages)
    learned = learn(readings)

    assert [one.total for one in readings] == ["5–9", "5–9", "10–14", "15–19"]
    assert learned.exact_small() == [] and learned.single_changes() == []
    assert set(learned.small()) == {SMALL}


def report_made_up_cases(app: Flask, tenant: Tenant, manager: FlaskClient) -> None:
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        findings = [make_finding().id for _ in range(DUMMIES)]
    for finding_id in findings:
        page = f"/o/{tenant.slug}/remedy/open/{finding_id}"
        sent = manager.post(page, data={**ALERT, "csrf_token": csrf_token(manager, page)})
        assert "read your request" in sent.text


def test_made_up_cases_change_nothing_that_anybody_outside_reads(app: Flask, tenant: Tenant):
    """Four confirmed cases stand just below the limit, where one more counted would show."""
    with app.app_context():
        live_through(tenant, middle_of_month(1), confirms=4, refers=0)
        with acting_in(tenant.id), unit_of_work():
            findings = [make_finding() for _ in range(DUMMIES)]
    clients = {role: signed_in_client(app, tenant, role) for role in READERS}
    before = read_everything(app, tenant, clients)
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        for finding in map(db.session.merge, findings):
            remedy.open_case(finding, remedy_alert(), act=Act(tenant.manager, middle_of_month(1)))

    assert read_everything(app, tenant, clients) == before


def remedy_alert() -> remedy.Alert:
    return remedy.Alert(alert_source="own_check", work_class=WorkClass.HAZARDOUS)


def read_everything(
    app: Flask, tenant: Tenant, clients: dict[RoleId, FlaskClient]
) -> dict[str, object]:
    """Every place at which a number that rests on cases could leave, by reader."""
    places = ("", "remedy/", "reports/", "findings/", "actions/")
    found: dict[str, object] = {
        f"{role} {place}": steady(client.get(f"/o/{tenant.slug}/{place}").data)
        for role, client in clients.items()
        for place in places
    }
    with app.app_context(), acting_in(tenant.id):
        today = datetime.now(UTC).date()
        found["coverage"] = [repr(one) for one in load_coverage("oecd-due-diligence", as_of=today)]
    return found


def test_numbers_missing_in_the_log_bound_confirmed_cases_by_a_third_of_them(
    app: Flask, tenant: Tenant
):
    """What the open part of the log still tells (docs/security.md, 4): the least that is hidden."""
    officer, at = tenant[RoleId.SAFEGUARDING_OFFICER], middle_of_month(1)
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        case = remedy.open_case(make_finding(), remedy_alert(), act=Act(tenant.manager, at))
        remedy.move(case, S.TRIAGED, act=Act(officer, at))
        remedy.move(case, S.REFERRED_TO_AUTHORITY, act=Act(officer, at), reference="A-17")
        hidden = select(func.count()).where(AuditEvent.is_restricted)

        assert db.session.scalar(hidden) == 3

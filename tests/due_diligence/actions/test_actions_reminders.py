"""The daily mail: one to each person, about what is late or due in 30, 7 or 1 days."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import select

from ddplatform.due_diligence.actions.queries.reminders import list_reminders
from ddplatform.due_diligence.actions.services import reminders as action_reminders
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.risk.reassessment.services import tasks as reassessment_tasks
from tests.conftest import NOW
from tests.factories import Tenant
from tests.finding_worlds import World, acting, days, planned, recorded

pytestmark = pytest.mark.usefixtures("context")
TODAY = NOW.date()


def mails() -> list[EmailMessage]:
    outbox = Path(current_app.instance_path) / "outbox"
    paths = sorted(outbox.glob("*.eml"))
    read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
    return [mail for mail in read if isinstance(mail, EmailMessage)]


def run(world: World, name: str, tenant: Tenant, **payload: str) -> object:
    at = NOW + timedelta(days=1)
    context = JobContext(payload, Act(system_identity(tenant.id), at), lambda _done, _total: None)
    with acting(tenant):
        return HANDLERS.get(name).run(context)


def test_owner_is_told_once_of_late_actions_and_of_those_due_in_30_7_and_1_days(world: World):
    finding_id = recorded(world)
    tomorrow = TODAY + days(1)
    for title, due in {
        "Late one": TODAY,
        "In a day": tomorrow + days(1),
        "In two days": tomorrow + days(2),
        "In a week": tomorrow + days(7),
        "In a month": tomorrow + days(30),
    }.items():
        planned(world, finding_id, title=title, due_on=due)

    assert run(world, action_reminders.REMIND, world.tenant) == {"people": 1}
    with acting(world.tenant):
        queued = db.session.scalars(select(Job).where(Job.name == action_reminders.MAIL)).all()
        assert [job.payload["user_id"] for job in queued] == [str(world.tenant.analyst.user_id)]
    run(world, action_reminders.MAIL, world.tenant, **queued[0].payload)

    (mail,) = mails()
    text = mail.get_content()
    assert mail["To"] == world.tenant.email(RoleId.ANALYST)
    assert mail["Subject"] == "Your actions: 1 late, 3 due soon"
    for title in ("Late one", "In a day", "In a week", "In a month"):
        assert title in text
    assert "In two days" not in text
    assert "Heavy loads" not in text  # a finding is never told of by mail


def test_owner_of_a_site_to_look_at_again_is_told_the_morning_after_what_has_changed(world: World):
    act = Act(world.tenant.manager, NOW)
    with acting(world.tenant):
        told = "The cooperative has a new director."
        task = reassessment_tasks.report_change(world.node_id, "TRG-03", told, act=act)
        reassessment_tasks.set_owner(task.id, world.tenant.analyst.user_id, act=act)

    run(world, action_reminders.MAIL, world.tenant, user_id=str(world.tenant.analyst.user_id))

    (mail,) = mails()
    text = mail.get_content()
    assert mail["Subject"] == "Your actions: 1 due soon"
    assert "Reassessment: Change of ownership or management (Espoir farm group)" in text
    assert "director" not in text  # what somebody wrote is not mailed


def test_mail_without_anything_due_soon_tells_only_what_is_late(world: World):
    planned(world, recorded(world), title="Late one", due_on=TODAY)
    run(world, action_reminders.MAIL, world.tenant, user_id=str(world.tenant.analyst.user_id))

    (mail,) = mails()
    assert mail["Subject"] == "Your actions: 1 late"
    assert "Late:" in mail.get_content()
    assert "Due soon:" not in mail.get_content()


def test_people_of_a_supplier_are_told_of_the_actions_it_carries_out_and_of_no_others(
    world: World,
):
    finding_id = recorded(world)
    planned(world, finding_id, title="Ours", due_on=TODAY)
    planned(world, finding_id, title="Theirs", due_on=TODAY, by_supplier=True, owner_id=None)

    with acting(world.supplier):
        found = list_reminders(TODAY + days(1))
    assert list(found) == [world.seller.user_id]
    assert [one.title for one in found[world.seller.user_id]] == ["Theirs"]
    with acting(world.tenant):
        assert [
            one.title for one in list_reminders(TODAY + days(1))[world.tenant.analyst.user_id]
        ] == ["Ours"]


def test_mail_that_has_nothing_to_tell_any_more_is_not_sent(world: World):
    result = run(
        world, action_reminders.MAIL, world.tenant, user_id=str(world.tenant.analyst.user_id)
    )

    assert result == {"sent": False}
    assert mails() == []

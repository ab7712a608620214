"""By night a map whose run rests on an earlier day is assessed as a whole; the page says when."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs import periodic
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.risk.assessment.services.nightly import RENEW
from ddplatform.risk.facts.services.facts import REASSESS
from ddplatform.risk.runs.models import WholeBecause
from ddplatform.risk.words.codes import CAUSES, WHOLE_BECAUSE
from tests.changed_runs import a_signal, assess_new, current_run, keys_of, make_peers_map
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import acting, assess
from tests.stored_worlds import stored_world

TOMORROW = NOW + timedelta(days=1)


@stored_world
def resting(tenant: Tenant, context: object) -> UUID:
    """A map whose current run rests on a whole one of today."""
    chain_id = make_peers_map(tenant)
    assess(tenant, chain_id)
    with acting(tenant):
        a_signal(Random(1), keys_of(chain_id)[3], tenant, NOW)
    assert isinstance(assess_new(tenant, chain_id, NOW + timedelta(minutes=1)), UUID)
    with acting(tenant):
        for job in db.session.scalars(select(Job)):
            job.state = JobState.DONE
    return chain_id


def renew(tenant: Tenant, at: datetime) -> object:
    with acting(tenant):
        return HANDLERS.get(RENEW).run(
            JobContext({}, Act(tenant.manager, at), lambda done, total: None)
        )


def waiting(tenant: Tenant) -> list[Job]:
    with acting(tenant):
        found = select(Job).where(Job.name == REASSESS, Job.state == JobState.QUEUED)
        return list(db.session.scalars(found))


def test_a_new_day_asks_once_for_a_whole_run_of_a_map_that_rests_on_an_earlier_one(
    tenant: Tenant, resting: UUID
) -> None:
    assert renew(tenant, NOW) == {"maps": 0}
    assert [renew(tenant, TOMORROW) for _ in range(2)] == [{"maps": 1}, {"maps": 1}]
    (job,) = waiting(tenant)
    assert job.payload == {"chain_id": str(resting), "cause": "calendar"}
    HANDLERS.get(REASSESS).run(
        JobContext(job.payload, Act(tenant.analyst, TOMORROW), lambda done, total: None)
    )
    with acting(tenant):
        run = current_run(resting)
        told = run.base_run_id, run.whole_because, run.as_of, run.cause
        assert told == (None, WholeBecause.DAY, TOMORROW.date(), "calendar")
    assert renew(tenant, TOMORROW) == {"maps": 0}


def test_the_night_comes_once_a_day_for_each_organisation(tenant: Tenant, context: object) -> None:
    assert HANDLERS.get(RENEW).every_s == 86_400
    with acting(tenant):
        periodic.enqueue_due(NOW)
        periodic.enqueue_due(NOW + timedelta(minutes=5))
        wanted = select(Job.id).where(Job.name == RENEW, Job.organisation_id == tenant.id)
        assert len(db.session.scalars(wanted).all()) == 1


def test_the_register_says_when_and_why_the_whole_map_was_assessed(
    analyst: FlaskClient, resting: UUID
) -> None:
    text = analyst.get(f"/o/acme/risk/?chain={resting}", follow_redirects=True).text
    assert "The whole map was last assessed on" in text
    assert "Reason: requested by a user." in text
    assert "Since then 1 assessment of changes only" in text
    assert "Cause: facts or the map changed." in text


def test_every_reason_and_the_calendar_have_words() -> None:
    assert set(WHOLE_BECAUSE) == set(WholeBecause)
    assert "calendar" in CAUSES

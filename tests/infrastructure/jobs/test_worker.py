"""The worker: works the queue off, starts what comes back, stops when told."""

import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.mail import MailRefused
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs import claims
from ddplatform.infrastructure.jobs.context import Handler, JobContext
from ddplatform.infrastructure.jobs.handlers import list_periodic
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.periodic import enqueue_due
from ddplatform.infrastructure.jobs.services import enqueue
from ddplatform.infrastructure.jobs.worker import Worker
from ddplatform.infrastructure.tenancy import acting_in, nobody
from tests.conftest import NOW
from tests.factories import Tenant, signed_in_client
from tests.job_handlers import set_handler

pytestmark = pytest.mark.both_databases
ADDRESS = "koffi@coop.example"


def put(tenant: Tenant, name: str = "session:expire") -> UUID:
    with unit_of_work(), acting_in(tenant.id):
        return enqueue(name, {}, act=Act(tenant.analyst, NOW - timedelta(days=1))).id


def states() -> dict[UUID, JobState]:
    db.session.expire_all()
    return {job.id: job.state for job in db.session.scalars(select(Job))}


def test_draining_the_queue_does_all_that_is_due_and_ends(app: Flask, tenant: Tenant):
    with app.app_context():
        first, second = put(tenant), put(tenant)

    result = app.test_cli_runner().invoke(args=["worker", "--drain"])

    assert result.exit_code == 0, result.output
    with app.app_context():
        assert states()[first] is states()[second] is JobState.DONE


def test_told_to_stop_the_worker_ends_after_the_job_in_hand(
    app: Flask, context: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    put(tenant)
    handlers: dict[int, Callable[[int, None], None]] = {}
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    stop = threading.Timer(0.5, lambda: handlers[signal.SIGTERM](signal.SIGTERM, None))
    stop.start()
    Worker(app).run()
    stop.join()

    assert set(handlers) == {signal.SIGTERM, signal.SIGINT}
    assert JobState.RUNNING not in states().values()
    assert JobState.DONE in states().values()


def test_periodic_work_is_queued_once_a_slot_for_each_organisation(context: Flask, tenant: Tenant):
    with unit_of_work():
        assert enqueue_due(NOW) == len(list_periodic())
    with unit_of_work():
        assert enqueue_due(NOW) == 0
    longest = max(every for _name, every in list_periodic())
    with unit_of_work():
        assert enqueue_due(NOW + timedelta(seconds=longest)) == len(list_periodic())

    queued = db.session.scalar(select(func.count()).select_from(Job))
    assert queued == 2 * len(list_periodic())


def busy(*_args: object, **_options: object) -> None:
    raise OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked"))


def test_a_busy_database_makes_the_worker_wait_and_loses_no_job(
    app: Flask, context: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    job = put(tenant)
    with monkeypatch.context() as patch:
        patch.setattr(claims, "claim_next", busy)
        with nobody():
            assert Worker(app).work_once() is False
    assert states()[job] is JobState.QUEUED

    with nobody():
        assert Worker(app).work_once() is True
    assert states()[job] is JobState.DONE


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (JobState.QUEUED, "Waiting for its turn"),
        (JobState.DONE, "Everything is saved."),
        (JobState.FAILED, "The work stopped after 5 tries"),
    ],
)
def test_the_page_of_a_job_says_how_far_it_is(
    app: Flask, tenant: Tenant, state: JobState, words: str
):
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    with app.app_context():
        job = put(tenant)
        with unit_of_work():
            found = db.session.get(Job, job)
            assert found is not None
            found.state = state
            if state is JobState.FAILED:
                found.attempts, found.last_error = 5, "The disk is full."
    page = client.get(f"/o/acme/jobs/{job}?next=/o/acme/")

    assert words in page.text
    assert 'href="/o/acme/"' in page.text


@pytest.mark.parametrize(
    "refusal",
    [
        SMTPRecipientsRefused({ADDRESS: (450, b"try <%s> later" % ADDRESS.encode())}),
        MailRefused(f"550 no mailbox {ADDRESS}"),
    ],
)
def test_log_of_the_worker_does_not_name_whom_a_mail_was_for(
    context: Flask,
    tenant: Tenant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    refusal: Exception,
):
    def refuse(_job: JobContext) -> None:
        raise refusal

    set_handler(monkeypatch, "test:mail", Handler(refuse))
    put(tenant, "test:mail")
    assert Worker(context).work_once()

    assert type(refusal).__name__ in caplog.text and "test:mail" in caplog.text
    assert ADDRESS not in caplog.text

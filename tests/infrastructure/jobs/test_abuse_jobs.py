"""What goes wrong tells nothing of what was kept, and no job holds up the others for ever."""

import logging
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import insert

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.context import Handler, JobContext
from ddplatform.infrastructure.jobs.models import JobState
from ddplatform.infrastructure.jobs.services import MAX_ATTEMPTS
from tests.conftest import NOW
from tests.factories import Tenant, signed_in_client
from tests.infrastructure.jobs.test_jobs import change, claim, job_of, put, work
from tests.job_handlers import set_handler

pytestmark = pytest.mark.both_databases

SECRET_WORDS = "Blue house behind the mill"


def breaks_a_rule_of_the_database(_job: JobContext) -> None:
    db.session.execute(
        insert(User).values(
            id=uuid4(),
            email="NOT-LOWER@acme.example",
            name=SECRET_WORDS,
            language="en",
            theme="",
            is_active=True,
            created_at=NOW,
        )
    )


@pytest.fixture
def broken(context: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = Handler(breaks_a_rule_of_the_database)
    set_handler(monkeypatch, "test:break", handler)


@pytest.mark.usefixtures("broken")
def test_page_and_log_of_a_failed_job_show_no_value_and_no_statement(
    app: Flask, tenant: Tenant, caplog: pytest.LogCaptureFixture
):
    job_id = put(tenant, "test:break")
    change(job_id, attempts=MAX_ATTEMPTS - 1)
    with caplog.at_level(logging.INFO):
        assert work()

    page = signed_in_client(app, tenant, RoleId.SUPPLIER).get(f"/o/{tenant.slug}/jobs/{job_id}")
    assert page.status_code == 200
    assert job_of(job_id).state is JobState.FAILED
    for text in (page.text, job_of(job_id).last_error, caplog.text):
        assert SECRET_WORDS not in text
        assert "acme.example" not in text.lower()
    assert "INSERT" not in page.text
    assert str(job_id) in caplog.text


def test_failed_request_writes_no_value_into_the_log(
    app: Flask, tenant: Tenant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    client = signed_in_client(app, tenant, RoleId.ADMIN)

    def view() -> str:
        breaks_a_rule_of_the_database(None)  # type: ignore[arg-type]
        return ""

    view.access = app.view_functions["overview.show"].access  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "overview.show", view)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get(f"/o/{tenant.slug}/")

    assert answer.status_code == 500
    assert "failed at overview.show" in caplog.text
    for text in (answer.text, caplog.text):
        assert SECRET_WORDS not in text


def test_job_that_kills_its_worker_each_time_is_given_up_and_the_next_one_is_done(
    context: Flask, tenant: Tenant
):
    deadly, next_one = put(tenant), put(tenant)
    change(
        deadly,
        state=JobState.RUNNING,
        owner="dead",
        attempts=MAX_ATTEMPTS,
        run_after=NOW - timedelta(days=9),
        lease_until=datetime.now(UTC) - timedelta(seconds=1),
    )

    taken = claim("two")

    assert taken is not None
    assert taken.id == next_one
    assert job_of(deadly).state is JobState.FAILED
    assert "ended each time" in job_of(deadly).last_error

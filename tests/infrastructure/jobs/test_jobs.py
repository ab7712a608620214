"""Jobs: exactly when their change is kept, at least once, with today's rights, never twice at once."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from ddplatform.accounts.organisations.models import Membership
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs import claims
from ddplatform.infrastructure.jobs.context import Handler, JobContext
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.runner import run_job
from ddplatform.infrastructure.jobs.services import MAX_ATTEMPTS, enqueue
from ddplatform.infrastructure.tenancy import acting_in, nobody
from ddplatform.value_chain.imports.queries import get_import
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.imports.services import requests as import_requests
from ddplatform.value_chain.mapping.models import ImportStatus, ValueChainNode
from ddplatform.value_chain.mapping.services import nodes as value_chain
from supply_chain.intake.drafts import NamedBytes
from tests.conftest import NOW, SECRET
from tests.factories import Tenant
from tests.job_handlers import set_handler

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).resolve().parents[3]
NODES = "id,name,country\n" + "".join(f"n{i},Site {i},CI\n" for i in range(50))
PAST = timedelta(days=1)


def put(tenant: Tenant, name: str = "session:expire", **options) -> UUID:
    with unit_of_work(), acting_in(tenant.id):
        return enqueue(name, {}, act=Act(tenant.analyst, NOW - PAST), **options).id


def job_of(job_id: UUID) -> Job:
    db.session.expire_all()
    return db.session.get(Job, job_id)


def change(job_id: UUID, **values) -> None:
    with unit_of_work():
        db.session.execute(update(Job).where(Job.id == job_id).values(**values))


def claim(owner: str = "one") -> claims.Claim | None:
    with unit_of_work():
        return claims.claim_next(owner)


def work(owner: str = "one") -> bool:
    with nobody():
        taken = claim(owner)
        if taken is not None:
            run_job(taken, owner=owner)
    return taken is not None


def test_rolled_back_change_leaves_no_job(context: Flask, tenant: Tenant):
    before = db.session.scalar(select(func.count()).select_from(Job))
    with pytest.raises(ZeroDivisionError), unit_of_work(), acting_in(tenant.id):
        enqueue("session:expire", {}, act=Act(tenant.analyst, NOW))
        raise ZeroDivisionError

    assert db.session.scalar(select(func.count()).select_from(Job)) == before


def test_job_with_a_key_that_waits_is_not_queued_again(context: Flask, tenant: Tenant):
    first, second = put(tenant, unique_key="k"), put(tenant, unique_key="k")
    assert first == second
    assert work()

    assert put(tenant, unique_key="k") != first


def test_a_key_that_waits_in_one_organisation_holds_up_no_other(
    context: Flask, tenant: Tenant, other_tenant: Tenant
):
    first, second = put(tenant, unique_key="mail:1"), put(other_tenant, unique_key="mail:1")

    assert (job_of(first).organisation_id, job_of(second).organisation_id) == (
        tenant.id,
        other_tenant.id,
    )


def test_held_job_is_taken_by_nobody_else_until_its_lease_ends(context: Flask, tenant: Tenant):
    job_id = put(tenant)
    assert claim("one").id == job_id
    assert claim("two") is None
    change(job_id, lease_until=datetime.now(UTC) - timedelta(seconds=1))

    assert claim("two").id == job_id
    assert job_of(job_id).attempts == 2


def test_worker_that_lost_its_lease_changes_nothing_any_more(context: Flask, tenant: Tenant):
    job_id = put(tenant)
    claim("one")
    change(job_id, owner="two")
    with unit_of_work():
        claims.mark_done(job_id, owner="one", result={})
        claims.give_back(job_id, owner="one", error="late", wait=PAST, final=True)

    assert job_of(job_id).state is JobState.RUNNING
    assert job_of(job_id).last_error is None


def test_living_worker_keeps_its_lease(context: Flask, tenant: Tenant):
    job_id = put(tenant)
    claim("one")
    change(job_id, lease_until=NOW - PAST)
    with unit_of_work():
        claims.renew_lease(job_id, owner="one")

    assert job_of(job_id).lease_until > datetime.now(UTC)
    assert claim("two") is None


def test_failing_job_waits_longer_each_time_and_fails_after_five_attempts(
    context: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    def fail(job: JobContext) -> None:
        raise ValueError("the disk is full")

    set_handler(monkeypatch, "test:fail", Handler(fail))
    job_id = put(tenant, "test:fail")
    waits = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert job_of(job_id).state is JobState.QUEUED, attempt
        assert work()
        waits.append(job_of(job_id).run_after - datetime.now(UTC))
        assert not work(), "it has to wait"
        change(job_id, run_after=NOW - PAST)

    assert waits == sorted(waits)
    assert job_of(job_id).state is JobState.FAILED
    assert job_of(job_id).attempts == MAX_ATTEMPTS
    assert str(job_id) in job_of(job_id).last_error
    assert not work()


def test_failed_attempt_leaves_nothing_behind(
    context: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    def half(job: JobContext) -> None:
        value_chain.create_chain("Half", own_business="Half", act=job.act)
        raise ValueError("half-way")

    set_handler(monkeypatch, "test:half", Handler(half))
    put(tenant, "test:half")
    assert work()

    with acting_in(tenant.id):
        assert db.session.scalar(select(func.count()).select_from(ValueChainNode)) == 0


def stage_import(tenant: Tenant) -> UUID:
    """An import that is previewed and waits to be applied."""
    with unit_of_work(), acting_in(tenant.id):
        chain = value_chain.create_chain("Cocoa", own_business="Us", act=Act(tenant.analyst, NOW))
        files = [NamedBytes("nodes.csv", NODES.encode())]
        row = map_import.stage(
            chain.id, files, link_to_id=None, act=Act(tenant.analyst, NOW - PAST)
        )
        import_id = row.id
    assert work()
    with unit_of_work(), acting_in(tenant.id):
        import_requests.request_apply(
            import_id,
            skip_faulty=False,
            archive_links=False,
            act=Act(tenant.analyst, NOW - PAST),
        )
    return import_id


def apply_job() -> Job:
    db.session.expire_all()
    return db.session.scalars(select(Job).where(Job.name == map_import.APPLY)).one()


@pytest.mark.parametrize("what", ["another role", "left"])
def test_rights_are_asked_for_again_when_the_job_runs(context: Flask, tenant: Tenant, what: str):
    import_id = stage_import(tenant)
    with unit_of_work(), acting_in(tenant.id):
        member = db.session.scalar(
            select(Membership).where(Membership.user_id == tenant.analyst.user_id)
        )
        if what == "left":
            db.session.delete(member)
        else:
            member.role = RoleId.SUPPLIER
    while work():
        pass

    assert apply_job().state is JobState.FAILED
    assert apply_job().attempts == 1
    assert "NotAllowed" in apply_job().last_error
    with acting_in(tenant.id):
        assert get_import(import_id).status is not ImportStatus.APPLIED
        assert db.session.scalar(select(func.count()).select_from(ValueChainNode)) == 1


@pytest.mark.long
@pytest.mark.rotates("moment")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_import_whose_worker_was_killed_in_the_middle_is_applied_exactly_once(
    context: Flask, tenant: Tenant, tmp_path: Path, moment: str
):
    import_id, marker = stage_import(tenant), tmp_path / "reached"
    url = context.config["SQLALCHEMY_DATABASE_URI"]
    environment = {
        **os.environ,
        "APP_KIND": "testing",
        "DATABASE_URL": url,
        "INSTANCE_PATH": context.instance_path,
        "SECRET_KEY": SECRET,
        "PYTHONPATH": str(ROOT),
    }
    db.session.remove()
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.stalling_worker", moment, str(marker)],
        cwd=ROOT,
        env=environment,
    )
    _wait_for(marker, worker)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()

    applied = {"before": 0, "after": 1}[moment]
    assert _events_of_apply(tenant) == applied
    assert apply_job().state is JobState.RUNNING
    change(apply_job().id, lease_until=NOW - PAST)
    db.session.remove()
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "worker", "--drain"],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        timeout=120,
    )

    assert apply_job().state is JobState.DONE
    assert apply_job().attempts == 2
    assert _events_of_apply(tenant) == 1
    with acting_in(tenant.id):
        assert get_import(import_id).status is ImportStatus.APPLIED
        assert db.session.scalar(select(func.count()).select_from(ValueChainNode)) == 51


def _wait_for(marker: Path, worker: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while not marker.exists():
        assert worker.poll() is None, "the worker ended before the middle of the import"
        assert time.monotonic() < end, "the worker never came to the middle of the import"
        time.sleep(0.05)


def _events_of_apply(tenant: Tenant) -> int:
    db.session.rollback()
    with acting_in(tenant.id):
        return db.session.scalar(
            select(func.count())
            .select_from(AuditEvent)
            .where(AuditEvent.action == "map_import:apply")
        )


def test_two_workers_never_take_the_same_job(context: Flask, tenant: Tenant):
    wanted = {put(tenant) for _ in range(20)}
    taken: list[UUID] = []

    def take_all(owner: str) -> None:
        with context.app_context(), nobody():
            while (found := claim(owner)) is not None:
                taken.append(found.id)
            db.session.remove()

    workers = [threading.Thread(target=take_all, args=(name,)) for name in ("one", "two")]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()

    assert len(taken) == len(set(taken))
    assert set(taken) == wanted

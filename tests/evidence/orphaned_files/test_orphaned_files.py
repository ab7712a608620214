"""Files that no record names are removed a day later; every file that one names stays."""

import json
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from ddplatform.evidence.orphaned_files.services import GRACE_S, Swept, sweep
from ddplatform.evidence.uploads import services as evidence
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.jobs.periodic import enqueue_due
from ddplatform.infrastructure.jobs.worker import Worker
from ddplatform.infrastructure.tenancy import acting_in, nobody
from tests.conftest import NOW
from tests.factories import Tenant

TEXT = b"Three visits, no child seen."
LOST = b"Its row was never kept."


@pytest.fixture
def two_files(context: Flask, tenant: Tenant) -> tuple[str, str]:
    """Names of a file that a document names and of one that nothing names, both two days old."""
    with unit_of_work(), acting_in(tenant.id):
        made = evidence.take_in(filename="a.txt", content=TEXT, act=Act(tenant.analyst, NOW))
        names = made.sha256, adapters().files.put(tenant.id, LOST)
    then = time.time() - 2 * GRACE_S
    for path in Path(context.instance_path, "files").glob("*/*/*"):
        os.utime(path, (then, then))
    return names


def there(tenant: Tenant, names: tuple[str, str]) -> tuple[bool, ...]:
    return tuple(adapters().files.has(tenant.id, name) for name in names)


def test_only_the_file_that_nothing_names_is_removed(tenant: Tenant, two_files):
    with unit_of_work(), acting_in(tenant.id):
        assert sweep() == Swept(orphans=1)
        assert sweep() == Swept()

    assert there(tenant, two_files) == (True, False)


def test_file_of_today_is_left_alone(context: Flask, tenant: Tenant):
    with unit_of_work(), acting_in(tenant.id):
        name = adapters().files.put(tenant.id, LOST)
        assert sweep() == Swept()

    assert adapters().files.has(tenant.id, name)


def test_file_that_the_row_of_another_organisation_names_stays(
    context: Flask, tenant: Tenant, other_tenant: Tenant, two_files
):
    with unit_of_work(), acting_in(other_tenant.id):
        act = Act(other_tenant.analyst, NOW)
        made = evidence.take_in(filename="b.txt", content=LOST, act=act)
        made.storage_organisation_id = tenant.id

    with unit_of_work(), acting_in(tenant.id):
        assert sweep() == Swept()


def test_command_tells_first_and_removes_then(context: Flask, tenant: Tenant, two_files):
    runner = context.test_cli_runner()
    told = runner.invoke(args=["files", "sweep", "--dry-run", "--json"])
    assert json.loads(told.stdout) == {"orphans": 1, "drafts": 0, "removed": False}
    assert there(tenant, two_files) == (True, True)

    done = runner.invoke(args=["files", "sweep"])
    assert done.stdout.startswith("1 files without a record and 0 unfinished files were removed.")
    assert there(tenant, two_files) == (True, False)


def test_worker_sweeps_once_a_day(app: Flask, tenant: Tenant, two_files):
    with app.app_context(), nobody(), unit_of_work():
        enqueue_due(NOW + timedelta(days=1))
    worker = Worker(app)
    with nobody():
        while worker.work_once():
            pass

    assert there(tenant, two_files) == (True, False)

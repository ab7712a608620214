"""A page that is only looked at changes nothing; what was written is kept."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from ddplatform.accounts.organisations.models import User
from ddplatform.factory import create_app
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.db import (
    ReadingOnly,
    db,
    held,
    only_read,
    release_write_lock,
    unit_of_work,
)
from ddplatform.infrastructure.tenancy import across_tenants, nobody
from tests.conftest import NOW, settings_for
from tests.factories import Tenant

pytestmark = pytest.mark.both_databases


def test_change_where_only_reading_was_declared_is_refused(context: Flask, tenant: Tenant) -> None:
    with nobody():
        only_read()
        person = db.session.query(User).first()
        assert person is not None
        person.name = "Somebody else"
        with pytest.raises(ReadingOnly, match="leaves_event"):
            db.session.flush()
        db.session.rollback()
        release_write_lock()


def test_unit_of_work_inside_a_page_that_only_reads_may_write(
    context: Flask, tenant: Tenant
) -> None:
    only_read()
    with nobody(), unit_of_work():
        person = db.session.query(User).first()
        assert person is not None
        person.created_at = NOW - timedelta(days=1)
    release_write_lock()
    with nobody():
        kept = db.session.get(User, person.id)
    assert kept is not None and kept.created_at == NOW - timedelta(days=1)


def test_opening_a_case_is_declared_as_an_event(app: Flask) -> None:
    access = access_of(app, "remedy.show")
    assert access is not None and access.leaves_event


def test_what_sqlite_acknowledges_is_on_the_disk(tmp_path: Path, sqlite_template: Path) -> None:
    path = shutil.copy(sqlite_template, tmp_path)
    made = create_app(settings_for(tmp_path, f"sqlite:///{path}"))
    with made.app_context(), across_tenants(), db.engine.connect() as connection:
        kept = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys")
        }
    with made.app_context():
        db.engine.dispose()
    assert kept == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}


def test_row_that_is_asked_for_to_change_it_is_read_anew(context: Flask, tenant: Tenant) -> None:
    with nobody(), unit_of_work():
        person = db.session.query(User).first()
        assert person is not None
        behind = update(User).where(User.id == person.id).values(name="Changed by another")
        db.session.execute(behind.execution_options(synchronize_session=False))
        plain = db.session.scalar(select(User).where(User.id == person.id))
        assert plain is person and person.name != "Changed by another"
        assert db.session.scalar(held(select(User).where(User.id == person.id))) is person
        assert person.name == "Changed by another"

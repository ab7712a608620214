"""A page that is only looked at changes nothing; one whose reading is an event says so."""

from datetime import timedelta

import pytest
from flask import Flask

from ddplatform.db import ReadingOnly, db, only_read, release_write_lock, unit_of_work
from ddplatform.gate import access_of
from ddplatform.models.organisations import User
from ddplatform.tenancy import nobody
from tests.conftest import NOW
from tests.factories import Tenant


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

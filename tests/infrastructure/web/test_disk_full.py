"""A disk without room: a page in words, nothing half kept, and what was kept before is there."""

import errno
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from ddplatform.accounts.organisations.models import RateCount
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters import private_files
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.disk import is_disk_full
from ddplatform.infrastructure.tenancy import acting_in, nobody
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client

WORDS = "The server has no storage space left"


@pytest.fixture
def client(app: Flask, tenant: Tenant) -> FlaskClient:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return signed_in_client(app, tenant, RoleId.ADMIN_MANAGER)


@pytest.fixture
def full_database(app: Flask) -> Iterator[None]:
    """SQLite may not take another page, as on a full disk."""

    def stop_growing(connection: object, _record: object) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.execute("PRAGMA max_page_count=1")  # SQLite takes the present number instead

    with app.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", stop_growing)
    yield
    with app.app_context():
        event.remove(db.engine, "connect", stop_growing)
        db.engine.dispose()


@pytest.mark.parametrize("is_early", [True, False], ids=["in the view", "at the commit"])
def test_change_that_the_database_has_no_room_for_is_told_in_words(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    is_early: bool,
):
    if not app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        return  # a test cannot fill the disk of the server
    app.config["PROPAGATE_EXCEPTIONS"] = False
    stranger = app.test_client()
    token = csrf_token(stranger, "/sign-in")

    def keep_much() -> str:
        db.session.add(RateCount(key="x" * 5_000_000, window_starts_at=NOW, count=1))
        if is_early:
            db.session.flush()
        return "kept"

    keep_much.access = app.view_functions["auth.sign_in"].access  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "auth.sign_in", keep_much)
    request.getfixturevalue("full_database")
    answer = stranger.post("/sign-in", data={"csrf_token": token})

    assert answer.status_code == 507
    assert WORDS in answer.text
    with app.app_context(), nobody():
        assert db.session.scalar(select(func.count()).select_from(RateCount)) == 0


def test_file_that_the_disk_has_no_room_for_leaves_neither_row_nor_draft(
    app: Flask, tenant: Tenant, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    page = f"/o/{tenant.slug}/evidence/add"
    token = csrf_token(client, page)

    def no_room(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(private_files.os, "fsync", no_room)
    answer = client.post(
        page,
        data={
            "document": (io.BytesIO(b"a visit"), "a.txt"),
            "description": "Visit",
            "confidentiality": "normal",
            "csrf_token": token,
        },
    )

    assert answer.status_code == 507
    assert WORDS in answer.text
    with app.app_context(), acting_in(tenant.id):
        assert db.session.scalar(select(func.count()).select_from(Evidence)) == 0
    assert [p for p in Path(app.instance_path, "files").rglob("*") if p.is_file()] == []


def test_database_file_is_that_of_its_owner_alone(own_app: Flask):
    url = own_app.config["SQLALCHEMY_DATABASE_URI"]
    if not url.startswith("sqlite"):
        return
    made = Path(url.removeprefix("sqlite:///"))
    with own_app.app_context():
        db.session.remove()
        db.engine.dispose()
        made.unlink()
        with nobody(), db.engine.connect() as connection:
            connection.exec_driver_sql("CREATE TABLE organisation_of_a_test (id INTEGER)")
            connection.commit()
            files = [made, *made.parent.glob(f"{made.name}-*")]
            assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_error_behind_an_error_is_seen(number: int):
    try:
        try:
            raise OSError(number, "no room")
        except OSError as error:
            raise RuntimeError("the file was not written") from error
    except RuntimeError as outer:
        assert is_disk_full(outer)


def test_other_errors_are_no_full_disk():
    assert not is_disk_full(OSError(errno.EACCES, "not allowed"))
    assert not is_disk_full(sqlite3.OperationalError("database is locked"))
    assert not is_disk_full(None)

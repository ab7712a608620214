"""What all tests share: an application on each database, made new for every test."""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event, select

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.config import USE_LIMITS, Kind, Settings
from ddplatform.factory import create_app
from ddplatform.infrastructure.adapters.installed import install
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.web.languages import LACKING
from ddplatform.risk.reference.services import install_release
from ddplatform.risk.runs.models import ReferenceRelease
from supply_chain.reference.release import load_reference
from tests.factories import Tenant, make_tenant
from tests.postgres import APPLICATION, POSTGRES, as_role, empty_tables, make_database
from tests.stored_worlds import Kept, KeptWorlds, stored_world

pytest_plugins = ("tests.savings", "tests.sampling", "tests.seconds", "tests.fixtures")

DATABASES = ["sqlite", *(["postgresql"] if POSTGRES else [])]
SECRET = "a secret for tests only, long enough to be accepted"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
KEPT = "stored_worlds"


def settings_for(instance: Path, url: str) -> Settings:
    return Settings(
        kind=Kind.TESTING,
        instance_path=instance,
        database_url=url,
        secret_key=SECRET,
        **dict.fromkeys(USE_LIMITS, 10**6),  # a sweep asks more in a minute than a person
    )


def make_app(instance: Path, url: str) -> Flask:
    """An application for tests: its folder and the address of its database."""
    return create_app(settings_for(instance, url))


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on a migrated SQLite file, and the worlds that are kept for it."""
    folder = tmp_path_factory.mktemp("sqlite")
    app = make_app(folder, f"sqlite:///{folder / 'platform.db'}")
    with app.app_context():
        event.listen(db.engine, "connect", do_not_wait_for_the_disk)
        upgrade()
    app.extensions[KEPT] = KeptWorlds(app, tmp_path_factory.mktemp("worlds"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(sqlite_app: Flask) -> Path:
    """A migrated, empty SQLite file, for tests that make an application of their own."""
    worlds: KeptWorlds = sqlite_app.extensions[KEPT]
    return worlds.empty


@pytest.fixture(scope="session")
def loaded_sample(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A folder with the sample company, loaded by the command; for copies, as many as wanted."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copy(sqlite_template, folder / "platform.db")
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'platform.db'}"))
    done = app.test_cli_runner().invoke(args=["demo", "load", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["loaded"] is True
    with app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def postgres_url(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated PostgreSQL database of this test worker's own, for the application's role."""
    owner = make_database(f"test_{worker_id}_{os.getpid()}")
    migrated = create_app(settings_for(tmp_path_factory.mktemp("migrated"), owner))
    with migrated.app_context():
        upgrade()
        db.engine.dispose()
    return as_role(owner, APPLICATION)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Name of the parallel test worker, `main` when there is one."""
    worker = getattr(request.config, "workerinput", None)
    return worker["workerid"] if worker else "main"


@pytest.fixture(scope="session")
def postgresql_app(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_app(tmp_path_factory.mktemp("postgres"), postgres_url)
    app.extensions[KEPT] = KeptWorlds(app, tmp_path_factory.mktemp("rows"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(params=DATABASES)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application with empty tables and an empty folder of its own.

    Routes, templates and statements are made ready once for all tests; what a test could see of
    another is taken away: rows, files, keys, mails.
    """
    made: Flask = request.getfixturevalue(f"{request.param}_app")
    _move_to(made, tmp_path)
    made.extensions[KEPT].begin(tmp_path)
    rate_limits.FIRST_WINDOW_S = time.time()  # no hour ends while a test counts tries
    made.extensions[LACKING].clear()
    settled = dict(made.config)
    yield made
    made.config.clear()
    made.config.update(settled)
    made.extensions[KEPT].end()
    with made.app_context():
        db.session.remove()
        if request.param == "postgresql":  # its connections stay: schemas are costly to learn
            empty_tables(db.engine.url)
        else:
            db.engine.dispose()


@pytest.fixture(params=DATABASES)
def own_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application that no other test uses: for tests that take its walls down."""
    shared: Flask = request.getfixturevalue(f"{request.param}_app")
    url = shared.config["SQLALCHEMY_DATABASE_URI"]
    if request.param == "sqlite":
        shutil.copy(shared.extensions[KEPT].empty, tmp_path / "platform.db")
        url = f"sqlite:///{tmp_path / 'platform.db'}"
    made = make_app(tmp_path, url)
    yield made
    with made.app_context():
        db.session.remove()
        if request.param == "postgresql":
            empty_tables(db.engine.url)
        db.engine.dispose()


def do_not_wait_for_the_disk(connection: Any, _record: object) -> None:
    """What tests write need not outlive a power cut; some disks take long to promise it."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def _move_to(app: Flask, folder: Path) -> None:
    settings = settings_for(folder, app.config["SQLALCHEMY_DATABASE_URI"])
    app.instance_path = str(folder)
    app.extensions["settings"] = settings
    install(settings)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """Inside the application, outside any request."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session."""
    return app.test_client()


@pytest.fixture
def stored_worlds(app: Flask) -> Kept:
    """Goes on to a world by its name, made once in a worker."""
    kept: Kept = app.extensions[KEPT]
    return kept


@stored_world
def tenant(app: Flask) -> Tenant:
    """A company with one person of every role.

    The reference data are installed: every assessment asks for them.
    """
    made = make_tenant("acme", at=NOW)
    if db.session.scalar(select(ReferenceRelease.id)) is None:
        with unit_of_work():
            install_release(load_reference(), NOW)
    return made


@stored_world
def other_tenant() -> Tenant:
    """Another company, to be kept apart from the first."""
    return make_tenant("other", at=NOW)

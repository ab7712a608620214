"""Every door x method x identity x own, foreign, absent and malformed id: nothing leaks."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from ddplatform.access.roles import ROLES
from ddplatform.db import db
from ddplatform.factory import create_app
from tests.conftest import DATABASES, NOW, _empty, settings_for
from tests.leak_checks import Sweep, Sweeper, callers, doors, tries
from tests.worlds import World, make_worlds


@pytest.fixture(scope="module", params=DATABASES)
def world_app(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Flask]:
    """One application for all requests, on each database."""
    folder: Path = tmp_path_factory.mktemp("worlds")
    url = f"sqlite:///{folder / 'platform.db'}"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "platform.db")
    else:
        url = request.getfixturevalue("postgres_app").config["SQLALCHEMY_DATABASE_URI"]
    app = create_app(settings_for(folder, url))
    with app.app_context():
        event.listen(db.engine, "connect", _do_not_wait_for_the_disk)
    yield app
    with app.app_context():
        db.session.remove()
        if request.param == "postgresql":
            _empty(app)
        db.engine.dispose()


def _do_not_wait_for_the_disk(connection: Any, _record: object) -> None:
    """Tens of thousands of requests: what is written need not outlive a power cut."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="module")
def worlds(world_app: Flask) -> dict[str, World]:
    with world_app.app_context():
        return make_worlds(at=NOW)


def test_no_door_tells_or_changes_what_belongs_to_somebody_else(
    world_app: Flask, worlds: dict[str, World], record_property: Callable[[str, object], None]
):
    sweep = Sweep()
    sweeper = Sweeper(world_app, worlds, sweep)
    for caller in callers(worlds):
        sweeper.run(caller)

    record_property("requests", sweep.sent)
    product = len(doors(world_app)) * (len(worlds) * len(ROLES) + 1)
    assert sweep.sent >= product
    assert sweep.rules == {rule.rule for rule, _ in doors(world_app)}
    assert not sweep.faults, "\n".join(sweep.faults[:60])


def test_every_id_of_an_address_is_tried_as_own_foreign_absent_and_malformed(
    world_app: Flask, worlds: dict[str, World]
):
    by_nobody = callers(worlds)[-1]
    kinds = {
        rule.rule: {one.kind for one in tries(world_app, rule, method, by_nobody, worlds)}
        for rule, method in doors(world_app)
        if any("uuid" in str(part) for part in (rule.rule,))
    }

    assert kinds
    for rule, tried in kinds.items():
        assert {"own", "foreign", "absent", "malformed"} <= tried, rule

"""An installation of the version before opens: its pages, its log and its sealed reports."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.accounts.organisations.models import User
from ddplatform.config import Kind, Settings
from ddplatform.factory import create_app
from ddplatform.infrastructure.db import db
from tests.factories import client_of

BEFORE = Path(__file__).parent.parent / "data/version_before"
MANAGER = "sustainability_manager@maison.example"
REPORTS = ("7b00a904ad7829662280099f376de829be881c52082750e52b9d44c6ddd03dda",
           "ee3b7236f86abb87a02cfffd3e313767be3669faaf55941fe2c072a965067966")  # fmt: skip


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The present application on the instance folder of the version before."""
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(BEFORE / "instance.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    app = create_app(
        Settings(
            kind=Kind.TESTING,
            instance_path=folder,
            database_url=f"sqlite:///{folder / 'platform.db'}",
            secret_key="k" * 40,
        )
    )
    assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def manager(before: Flask) -> FlaskClient:
    """A browser in which the sustainability manager is signed in."""
    with before.app_context():
        user_id = db.session.scalars(select(User.id).where(User.email == MANAGER)).one()
        db.session.rollback()
    return client_of(before, user_id)


@pytest.mark.long
def test_every_address_answers_as_it_did(manager: FlaskClient) -> None:
    listed = [line.split(" ", 1) for line in (BEFORE / "addresses.txt").read_text().splitlines()]

    answered = {address: manager.get(address).status_code for _, address in listed}

    assert len(listed) > 100
    assert answered == {address: int(status) for status, address in listed}


def test_the_log_verifies(before: Flask) -> None:
    done = before.test_cli_runner().invoke(args=["audit", "verify", "--organisation", "maison"])

    assert done.exit_code == 0, done.output
    assert "Sound: 16 events" in done.output


@pytest.mark.parametrize("checksum", REPORTS)
def test_sealed_reports_verify(before: Flask, checksum: str) -> None:
    (file,) = (Path(before.instance_path) / "files").rglob(checksum)

    done = before.test_cli_runner().invoke(args=["audit", "verify-report", str(file)])

    assert done.exit_code == 0, done.output
    assert done.output.startswith("R-2026-001") and "not ok" not in done.output

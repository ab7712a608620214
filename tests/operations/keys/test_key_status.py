"""Ages of keys and secrets are told against their periods, until they are renewed."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.factory import create_app
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.keys import SECOND_FACTOR
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants, nobody
from ddplatform.operations.keys import services as rotation
from tests.conftest import SECRET, settings_for

TOKEN = "t" * 40
Made = Callable[..., Flask]


@pytest.fixture
def made(tmp_path: Path, sqlite_template: Path) -> Iterator[Made]:
    """Makes an installation of its own, with these settings."""
    shutil.copy(sqlite_template, tmp_path / "platform.db")
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'platform.db'}")
    with ExitStack() as at_end:

        def make(**more: str) -> Flask:
            app = create_app(replace(settings, **more))  # type: ignore[arg-type]
            at_end.callback(_close, app)
            return app

        yield make


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def status(app: Flask) -> tuple[int, dict[str, Any]]:
    """The exit code, and what is told of each key."""
    result = app.test_cli_runner().invoke(args=["keys", "status", "--json"])
    assert result.stdout, repr(result.exception)
    told = json.loads(result.stdout)
    found = {one["key"]: one for one in told["keys"]}
    assert told["overdue"] == [name for name, one in found.items() if one["overdue"]]
    return result.exit_code, found


def call(app: Flask, *words: str) -> str:
    result = app.test_cli_runner().invoke(args=["keys", *words])
    assert result.exit_code == 0, result.output
    return result.output


def let_days_pass(path: Path, days: int) -> None:
    """Since a file was written."""
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))


def metric(app: Flask) -> str:
    sent = {"Authorization": f"Bearer {TOKEN}"}
    lines = app.test_client().get("/metrics", headers=sent).text.splitlines()
    return next(line for line in lines if line.startswith("ddplatform_overdue_keys"))


def found_installation(app: Flask, days_ago: int) -> None:
    with app.app_context(), nobody(), unit_of_work():
        installation_log(at=datetime.now(UTC) - timedelta(days=days_ago))


def test_a_key_past_its_period_is_told_with_an_exit_code_and_a_metric_until_it_is_rotated(
    made: Made, tmp_path: Path
):
    app = made(metrics=TOKEN)
    with app.app_context():
        adapters().keys.second_factor()
        adapters().keys.log_signer()
    for name in ("second_factor_key", "log_signing_key"):
        let_days_pass(tmp_path / "keys" / name, 365)

    code, before = status(app)
    words = app.test_cli_runner().invoke(args=["keys", "status"]).output
    watched = metric(app)
    call(app, "rotate", "second-factor")
    after_code, after = status(app)

    assert code == 1
    assert before["second-factor"]["overdue"] and before["second-factor"]["age_days"] == 365
    assert not before["log-signing"]["overdue"], "two years"
    assert "second-factor: 365 of 365 days (file), OVERDUE since 2" in words
    assert watched == "ddplatform_overdue_keys 1.0"
    assert (after_code, after["second-factor"]["age_days"]) == (0, 0)
    assert after["second-factor"]["counted_from"] == "rotation"
    assert metric(app) == "ddplatform_overdue_keys 0.0"


def test_a_key_one_day_younger_than_its_period_is_not_overdue(made: Made, tmp_path: Path):
    app = made()
    with app.app_context():
        adapters().keys.webhook()
    let_days_pass(tmp_path / "keys" / "webhook_key", 364)

    assert status(app)[0] == 0


def test_a_restored_file_does_not_make_a_key_younger_than_its_last_rotation(
    made: Made, tmp_path: Path
):
    app = made()
    with app.app_context():
        adapters().keys.webhook()
        long_ago = datetime.now(UTC) - timedelta(days=366)
        rotation.rotate_webhook_key(at=long_ago, progress=lambda *_: None)
    let_days_pass(tmp_path / "keys" / "webhook_key", 1)

    code, found = status(app)

    assert (code, found["webhook"]["age_days"]) == (1, 366)


def test_a_rotation_that_was_stopped_counts_as_overdue_until_it_has_ended(made: Made):
    app = made()
    with app.app_context():
        adapters().keys.begin_change(SECOND_FACTOR)

    code, found = status(app)
    words = app.test_cli_runner().invoke(args=["keys", "status"]).output
    call(app, "rotate", "second-factor")

    assert (code, found["second-factor"]["unfinished"]) == (1, True)
    assert "its rotation has not ended" in words
    assert status(app)[0] == 0


def test_a_secret_of_a_setting_counts_from_the_founding_until_a_renewal_is_recorded(made: Made):
    app = made(mail_url="smtps://mailer:secret@mail.example")
    found_installation(app, 400)

    code, before = status(app)
    for setting in ("MAIL_URL", "SECRET_KEY"):
        call(app, "renewed", setting)
    after_code, after = status(app)

    assert code == 1
    assert set(before) == {"MAIL_URL", "SECRET_KEY"}
    assert all(one["overdue"] and one["counted_from"] == "founding" for one in before.values())
    assert after_code == 0
    assert {after[name]["counted_from"] for name in before} == {"renewal"}
    with app.app_context(), across_tenants():
        events = select(AuditEvent.id).where(AuditEvent.action == "keys:renew_secret")
        values = select(AuditValue.value).where(AuditValue.event_id.in_(events))
        assert {one["after"] for one in db.session.scalars(values)} == {"MAIL_URL", "SECRET_KEY"}


def test_an_address_without_a_password_is_no_secret(made: Made):
    app = made(mail_url="smtps://mail.example")

    assert set(status(app)[1]) == {"SECRET_KEY"}


@pytest.mark.parametrize(("days", "code"), [(89, 0), (90, 1)])
def test_a_kept_session_secret_counts_from_its_file(
    made: Made, tmp_path: Path, days: int, code: int
):
    app = made()
    kept = tmp_path / "secret_key"
    kept.write_text(SECRET)
    let_days_pass(kept, days)

    found_code, found = status(app)

    assert (found_code, found["SECRET_KEY"]["counted_from"]) == (code, "file")


def test_before_anything_happened_no_age_is_made_up(made: Made):
    code, found = status(made())
    words = made().test_cli_runner().invoke(args=["keys", "status"]).output

    assert (code, found["SECRET_KEY"]["age_days"]) == (0, None)
    assert "SECRET_KEY: age not known yet; its period is 90 days." in words

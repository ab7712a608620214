"""Keys change while people work: what was sealed opens, what was signed verifies."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.audit.services import log as audit
from ddplatform.config import keep_new_secret, read_settings
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.services import seal
from ddplatform.factory import create_app
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from ddplatform.operations.keys import services as rotation
from ddplatform.reporting.reports.models import Report, ReportStatus
from ddplatform.reporting.reports.services.proof import checks_of
from tests.conftest import NOW, SECRET, settings_for
from tests.factories import Tenant, csrf_token
from tests.operations.conftest import Company


def rotate(app: Flask, key: str) -> Result:
    return app.test_cli_runner().invoke(args=["keys", "rotate", key, "--json"])


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def cases() -> dict[str, Any]:
    """What every case says, with the version of its row."""
    with unit_of_work(), across_tenants():
        return {
            str(case.id): (
                seal.unseal(case, case, "sealed_facts", case.sealed_facts),
                case.row_version,
            )
            for case in db.session.scalars(select(RemediationCase))
        }


def test_cases_open_under_a_new_master_key_and_the_old_one_is_gone(app: Flask, company: Company):
    with app.app_context():
        before, old = cases(), adapters().keys.case_master()

    answer = told(rotate(app, "case-master"))

    with app.app_context():
        assert answer["cases"] == len(before) > 0
        assert cases() == before
        assert adapters().keys.case_masters() == (adapters().keys.case_master(),)
        assert adapters().keys.case_master() != old
        with unit_of_work(), across_tenants():
            assert all(seal.opens(case) for case in db.session.scalars(select(RemediationCase)))


def test_an_interrupted_change_of_the_master_key_leaves_every_case_readable_and_goes_on(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
):
    with app.app_context():
        before = cases()
    rewrap, done = rotation._rewrap, []

    def power_cut(case: RemediationCase, **keys: bytes) -> bool:
        if done:
            raise KeyboardInterrupt
        done.append(case.id)
        return rewrap(case, **keys)

    with monkeypatch.context() as patch:
        patch.setattr(rotation, "_rewrap", power_cut)
        patch.setattr(rotation, "BATCH", 1)
        assert rotate(app, "case-master").exit_code != 0

    with app.app_context():
        assert len(adapters().keys.case_masters()) == 2
        assert cases() == before
    assert told(rotate(app, "case-master"))["cases"] == len(before) - 1
    with app.app_context():
        assert cases() == before
        assert len(adapters().keys.case_masters()) == 1


def test_old_and_new_heads_verify_after_the_signing_key_changed(app: Flask, company: Company):
    organisation_id = company.tenant.id
    with app.app_context(), unit_of_work(), acting_in(organisation_id):
        old = audit.verify().public_key
        audit.sign_checkpoint(at=NOW)

    answer = told(rotate(app, "log-signing"))

    with app.app_context(), unit_of_work(), acting_in(organisation_id):
        audit.record("organisation:rename", None, act=Act(company.tenant.manager, NOW))
        audit.sign_checkpoint(at=NOW)
        found = audit.verify()
        assert found.faults == () and found.checkpoints >= 2
        assert found.public_key.text() == answer["public_key"] != answer["public_key_before"]
        assert audit.verify(given=[old, found.public_key]).faults == ()
        assert audit.verify(given=[found.public_key]).faults != (), "old heads need the old key"
        for report in db.session.scalars(
            select(Report).where(Report.status == ReportStatus.SEALED)
        ):
            assert all(check.is_sound for check in checks_of(report))


def test_the_change_of_the_signing_key_is_an_event_that_names_both_keys(app: Flask, tenant: Tenant):
    answer = told(rotate(app, "log-signing"))

    with app.app_context():
        from_log = _values_of(app, "keys:rotate_log_key")
    assert from_log == {
        "public_key": {"before": answer["public_key_before"], "after": answer["public_key"]}
    }


def _values_of(app: Flask, action: str) -> dict[str, Any]:
    with unit_of_work(), across_tenants():
        event_id = db.session.scalars(
            select(AuditEvent.id).where(AuditEvent.action == action)
        ).one()
        values = db.session.scalars(select(AuditValue).where(AuditValue.event_id == event_id))
        return {value.name: value.value for value in values}


@pytest.mark.parametrize(
    ("fallbacks", "said"),
    [((SECRET,), "do not belong together"), ((), "This page was open too long")],
)
def test_a_page_that_was_open_goes_on_under_a_new_secret_while_the_old_one_is_a_fallback(
    tmp_path: Path, sqlite_template: Path, fallbacks: tuple[str, ...], said: str
):
    shutil.copy(sqlite_template, tmp_path / "platform.db")
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'platform.db'}")
    old = create_app(settings)
    client = old.test_client()
    token = csrf_token(client, "/sign-in")
    cookie = client.get_cookie("session")
    assert cookie is not None
    new = create_app(replace(settings, secret_key="n" * 40, secret_key_fallbacks=fallbacks))
    later = new.test_client()
    later.set_cookie("session", cookie.value)

    form = {"email": "nobody@acme.example", "password": "not the one", "csrf_token": token}
    answer = later.post("/sign-in", data=form)

    assert said in answer.text
    for app in (old, new):
        with app.app_context():
            db.engine.dispose()


def test_the_kept_secret_is_replaced_and_two_of_before_stay_accepted(tmp_path: Path):
    env = {"INSTANCE_PATH": str(tmp_path), "APP_KIND": "development"}
    first, kept = read_settings(env), []
    for _ in range(3):
        settings = read_settings(env)
        kept.insert(0, settings.secret_key)
        assert keep_new_secret(settings)

    found = read_settings(env)
    assert found.secret_key not in kept and found.secret_key_fallbacks == tuple(kept[:2])
    assert first.secret_key == kept[-1]
    for name in ("secret_key", "secret_key_fallbacks"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_a_kept_secret_is_replaced_by_the_command_with_an_event(app: Flask, tenant: Tenant):
    settings = app.extensions["settings"]
    kept = settings.instance_path / "secret_key"
    kept.write_text(settings.secret_key)

    told(rotate(app, "session"))

    assert kept.read_text() != settings.secret_key
    assert settings.secret_key in (settings.instance_path / "secret_key_fallbacks").read_text()
    with app.app_context():
        assert _values_of(app, "keys:rotate_session_secret") == {}


def test_a_secret_from_the_environment_is_left_to_the_operator(app: Flask, tenant: Tenant):
    result = rotate(app, "session")

    assert result.exit_code == 1
    assert "SECRET_KEY_FALLBACKS" in json.loads(result.stdout)["error"]["advice"]

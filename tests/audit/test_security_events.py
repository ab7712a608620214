"""Security events for a SIEM: who did what from where, once it is kept, and nothing more."""

import csv
import json
import logging
import logging.handlers
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.audit import security_events
from ddplatform.audit.security_events import ACTIONS_FILE, security_actions
from ddplatform.audit.services import log as audit
from ddplatform.audit.views import known_actions
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client

FROM = {"REMOTE_ADDR": "192.0.2.7"}
OUTPUTS = (logging.StreamHandler, logging.handlers.WatchedFileHandler)


@pytest.fixture
def told(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The file that security events go to."""
    path = tmp_path / "logs" / "security.jsonl"
    settings = app.extensions["settings"]
    hooks = list(app.after_request_funcs.get(None, []))
    # The application has answered requests before this test, and takes no hook any more.
    again = Flask("ddplatform")
    security_events.register(again, replace(settings, security_events=str(path)))
    yield path
    security_events.register(Flask("ddplatform"), settings)
    assert app.after_request_funcs.get(None, []) == hooks


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def sign_in(app: Flask, email: str, password: str) -> int:
    client = app.test_client()
    form = {"email": email, "password": password, "csrf_token": csrf_token(client, "/sign-in")}
    return client.post("/sign-in", data=form, environ_base=FROM).status_code


def test_a_sign_in_and_a_failed_one_are_told_with_their_address_and_no_words(
    app: Flask, tenant: Tenant, told: Path
):
    email = tenant.email(RoleId.ANALYST)

    sign_in(app, email, "this is not the password")
    sign_in(app, email, PASSWORD)

    failed, done = lines(told)
    assert (failed["event"], failed["outcome"]) == ("session:refuse", "failed")
    assert (done["event"], done["outcome"]) == ("session:start", "done")
    assert failed["address"] == done["address"] == "192.0.2.7"
    assert done["target"] == str(tenant.analyst.user_id)
    assert email not in told.read_text() and "password" not in told.read_text()
    assert told.stat().st_mode & 0o777 == 0o600


def test_a_refusal_tells_who_tried_in_which_role(app: Flask, tenant: Tenant, told: Path):
    client = signed_in_client(app, tenant, RoleId.ANALYST)

    assert client.get(f"/o/{tenant.slug}/audit/", environ_base=FROM).status_code == 403

    (line,) = lines(told)
    assert (line["event"], line["kind"], line["outcome"]) == (
        "access:refuse",
        "refusal",
        "refused",
    )
    assert (line["actor"], line["role"]) == (str(tenant.analyst.user_id), "analyst")
    assert line["organisation"] == str(tenant.id) and line["request"]


def test_what_is_not_kept_is_not_told(app: Flask, tenant: Tenant, told: Path):
    with app.app_context(), pytest.raises(KeyboardInterrupt), unit_of_work(), acting_in(tenant.id):
        audit.record("person:remove", None, act=Act(tenant.manager, NOW))
        raise KeyboardInterrupt

    assert lines(told) == []


def test_a_change_by_a_command_is_told_without_an_address(app: Flask, tenant: Tenant, told: Path):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        audit.record("person:change_role", None, act=Act(tenant.manager, NOW))
        audit.record("organisation:rename", None, act=Act(tenant.manager, NOW), name="Other")

    (line,) = lines(told)
    assert (line["event"], line["kind"], line["address"]) == ("person:change_role", "role", None)


def test_pages_for_people_without_an_account_tell_nothing(app: Flask, tenant: Tenant, told: Path):
    page = app.test_request_context("/healthz", environ_base=FROM)
    with page, unit_of_work(), acting_in(tenant.id):
        audit.record("person:join", None, act=Act(tenant.manager, NOW))

    assert lines(told) == []


def test_events_about_children_are_never_told(app: Flask, tenant: Tenant, told: Path):
    with app.app_context(), unit_of_work(), acting_in(tenant.id):
        act = Act(tenant.manager, NOW)
        audit.record("report:export", None, act=act, restricted=True)

    assert lines(told) == []
    assert not [action for action in security_actions() if action.startswith("case:")]


def test_a_limit_that_is_reached_is_told(app: Flask, tenant: Tenant, told: Path):
    with app.test_request_context("/sign-in", method="POST", environ_base=FROM):
        answer = app.response_class(status=429)
        security_events._tell_limit(answer)
    with app.test_request_context("/healthz", environ_base=FROM):
        security_events._tell_limit(app.response_class(status=429))

    (line,) = lines(told)
    assert (line["event"], line["address"]) == ("limit:reach", "192.0.2.7")
    assert line["target"] == "auth.sign_in"


def test_nothing_is_told_unless_it_is_asked_for(app: Flask, tenant: Tenant, client: FlaskClient):
    sign_in(app, tenant.email(RoleId.ANALYST), PASSWORD)

    assert not security_events.log.isEnabledFor(logging.INFO)
    assert not [one for one in security_events.log.handlers if type(one) in OUTPUTS]


def test_every_action_of_the_table_is_one_of_the_log_and_every_export_is_in_it():
    with ACTIONS_FILE.open(encoding="utf-8", newline="") as rows:
        named = [row["action"] for row in csv.DictReader(rows)]

    assert len(named) == len(set(named))
    assert set(named) <= known_actions().keys()
    assert {action for action in known_actions() if ":export" in action} <= set(named)

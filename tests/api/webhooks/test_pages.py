"""Pages of webhooks: made with a secret that is shown once, tested, resumed and removed."""

import re
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.api.webhooks.catalogue import Subject
from ddplatform.api.webhooks.models import Pause, Webhook
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.api.webhooks.conftest import Hooks
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.report_world import work_off

PAGE = "/o/acme/settings/webhooks"


@pytest.fixture
def browser(app: Flask, hooks: Hooks) -> FlaskClient:
    return signed_in_client(app, hooks.tenant, RoleId.ADMIN_MANAGER)


def make(browser: FlaskClient, address: str, **changed: object) -> tuple[int, str]:
    form = {
        "csrf_token": csrf_token(browser, f"{PAGE}/new"),
        "name": "ERP",
        "url": address,
        "subjects": ["findings", "reports"],
        **changed,
    }
    answer = browser.post(f"{PAGE}/new", data=form)
    return answer.status_code, answer.text


def press(browser: FlaskClient, path: str) -> int:
    form = {"csrf_token": csrf_token(browser, f"{PAGE}/new")}
    return browser.post(path, data=form).status_code


def test_a_webhook_is_made_whose_secret_is_shown_once(hooks: Hooks, browser: FlaskClient):
    status, html = make(browser, hooks.url)

    assert status == 200
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", html)
    listed = browser.get(PAGE).text
    assert "ERP" in listed and hooks.url in listed and secret not in listed
    assert "Findings, Reports" in listed and "Active" in listed


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "https://evil.example/"},
        {"url": ""},
        {"url": "http://127.0.0.1:1/"},
        {"name": ""},
        {"subjects": []},
        {"subjects": ["cases"]},
    ],
)
def test_a_wrong_host_and_missing_fields_are_refused(
    hooks: Hooks, browser: FlaskClient, changed: dict[str, object]
):
    status, html = make(browser, hooks.url, **changed)

    assert status == 422 and "whsec_" not in html
    assert "No webhook yet" in browser.get(PAGE).text


def test_where_the_operator_allows_no_host_the_page_says_so(
    hooks: Hooks, browser: FlaskClient, allow
):
    allow()

    page = browser.get(PAGE).text

    assert "Webhooks are off" in page and "WEBHOOK_HOSTS" in page and "/new" not in page
    assert make(browser, hooks.url)[0] == 422


def test_a_test_event_is_sent_at_once_and_the_page_says_how_it_was_answered(
    app: Flask, hooks: Hooks, browser: FlaskClient
):
    hooks.add(Subject.REPORTS)
    key = hooks.row().id
    hooks.receiver.status = 401

    assert press(browser, f"{PAGE}/{key}/test") == 302
    work_off(app)
    assert "The receiver answered with status 401." in browser.get(PAGE).text
    hooks.receiver.status = 200
    press(browser, f"{PAGE}/{key}/test")
    work_off(app)

    message = hooks.receiver.messages[-1]
    assert (message["type"], message["subject"]) == ("webhook.test", None)
    assert "The test event was accepted." in browser.get(PAGE).text
    assert hooks.row().delivered == 0 and hooks.row().failing_since is None


def test_a_paused_webhook_says_why_and_is_resumed(hooks: Hooks, browser: FlaskClient):
    hooks.add()
    with unit_of_work(), acting_in(hooks.tenant.id):
        row = db.session.query(Webhook).one()
        row.paused_at, row.paused_because = NOW, Pause.FAILING
    assert "accepted no event for three days" in browser.get(PAGE).text

    assert press(browser, f"{PAGE}/{hooks.row().id}/resume") == 302

    assert hooks.row().paused_at is None and "Active" in browser.get(PAGE).text
    assert press(browser, f"{PAGE}/{hooks.row().id}/resume") == 409


def test_a_failing_webhook_says_since_when_and_why(hooks: Hooks, browser: FlaskClient):
    hooks.add()
    hooks.change("New")
    hooks.receiver.status = 503
    hooks.send()

    page = browser.get(PAGE).text

    assert "Failing" in page and "The receiver answered with status 503." in page


def test_a_webhook_is_removed_in_two_steps_and_the_log_keeps_it(hooks: Hooks, browser: FlaskClient):
    hooks.add()
    path = f"{PAGE}/{hooks.row().id}/remove"
    assert "Remove “ERP”?" in browser.get(path).text

    assert press(browser, path) == 302

    assert "No webhook yet" in browser.get(PAGE).text
    with acting_in(hooks.tenant.id):
        events = db.session.query(AuditEvent).filter(AuditEvent.action == "webhook:remove")
        assert events.count() == 1


@pytest.mark.parametrize("step", ["remove", "resume", "test"])
def test_webhooks_of_others_do_not_exist(app: Flask, hooks: Hooks, other_tenant: Tenant, step: str):
    hooks.add()
    stranger = signed_in_client(app, other_tenant, RoleId.ADMIN)
    page = "/o/other/settings/webhooks"
    form = {"csrf_token": csrf_token(stranger, f"{page}/new")}

    for key in (hooks.row().id, uuid4()):
        assert stranger.post(f"{page}/{key}/{step}", data=form).status_code == 404


@pytest.mark.parametrize("role", [RoleId.ANALYST, RoleId.AUDITOR])
def test_other_roles_see_no_webhook(app: Flask, hooks: Hooks, role: RoleId):
    assert signed_in_client(app, hooks.tenant, role).get(PAGE).status_code == 403


def test_the_page_of_tokens_leads_to_webhooks(browser: FlaskClient, hooks: Hooks):
    assert 'href="/o/acme/settings/webhooks"' in browser.get("/o/acme/settings/api-tokens").text

"""Access tokens of programs: who makes them, what they open, and how they end."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from ddplatform.accounts.api_tokens import services
from ddplatform.accounts.api_tokens.models import ApiToken
from ddplatform.accounts.api_tokens.queries import list_tokens
from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access import request_rate
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.tenancy import acting_in
from tests.api.conftest import Program, program_of
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap
from tests.second_factors import ask_factor_of, set_up

PAGE = "/o/acme/settings/api-tokens"
MAPS = "/api/v1/maps"


def make(app: Flask, tenant: Tenant, **changed: object) -> tuple[int, str]:
    browser = signed_in_client(app, tenant, RoleId.ADMIN_MANAGER)
    until = datetime.now(UTC).date() + timedelta(days=30)
    form = {
        "csrf_token": csrf_token(browser, f"{PAGE}/new"),
        "name": "ERP",
        "scopes": ["value_chain:read"],
        "expires_on": until.isoformat(),
        **changed,
    }
    answer = browser.post(f"{PAGE}/new", data=form)
    return answer.status_code, answer.text


def test_an_administrator_makes_a_token_whose_secret_is_shown_once(
    app: Flask, tenant: Tenant, cocoa: CocoaMap
):
    status, html = make(app, tenant)
    assert status == 200
    secret = html.split('<code class="mono wrap ltr">wm_', 1)[1].split("<", 1)[0]

    answer = Program(app.test_client(), f"wm_{secret}").get(MAPS)

    assert answer.status_code == 200 and answer.json["items"]
    listed = signed_in_client(app, tenant, RoleId.ADMIN).get(PAGE).text
    assert "ERP" in listed and secret not in listed
    with app.app_context(), acting_in(tenant.id):
        assert secret not in db.session.query(ApiToken).one().secret_hash


@pytest.mark.parametrize("page", ["api-tokens", "api-tokens/new", "webhooks", "second-factor"])
def test_pages_of_settings_mark_settings_alone_in_the_navigation(
    app: Flask, tenant: Tenant, page: str
):
    html = signed_in_client(app, tenant, RoleId.ADMIN).get(f"/o/acme/settings/{page}").text

    marked = re.findall(r'title="([^"]*)" aria-current="page"', html)
    assert set(marked) == {"Settings"}


@pytest.mark.parametrize(
    "changed",
    [
        {"scopes": []},
        {"scopes": ["case:work"]},
        {"expires_on": "2020-01-01"},
        {"expires_on": "2099-01-01"},
        {"name": ""},
    ],
)
def test_a_token_without_scope_or_end_or_with_a_scope_that_is_not_given_is_refused(
    app: Flask, tenant: Tenant, changed: dict[str, object]
):
    status, html = make(app, tenant, **changed)

    assert status == 422 and "wm_" not in html


def test_the_maximum_of_working_tokens_is_told_with_what_to_do(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(services, "MOST", 1)
    assert make(app, tenant)[0] == 200

    status, html = make(app, tenant, name="second")

    assert status == 409
    assert "There are 1 tokens already" in html and "Revoke one" in html
    with app.app_context(), acting_in(tenant.id):
        assert [row.name for row in db.session.query(ApiToken)] == ["ERP"]


def test_a_token_of_no_scope_or_of_one_beyond_the_role_of_its_maker_is_not_made(
    context: Flask, tenant: Tenant
):
    act = Act(tenant[RoleId.ADMIN], NOW)
    with acting_in(tenant.id):
        for scopes in ((), (Permission.CASE_WORK,)):
            with pytest.raises(Invalid) as refused:
                services.make_token("ERP", scopes, expires_on=NOW.date(), act=act)
            assert "within what your role may do" in refused.value.fields["scopes"]


def test_a_token_is_revoked_once(context: Flask, tenant: Tenant):
    act = Act(tenant[RoleId.ADMIN_MANAGER], NOW)
    with acting_in(tenant.id), unit_of_work():
        scopes = services.scopes_for(act.by)[:1]
        token, _ = services.make_token("ERP", scopes, expires_on=NOW.date(), act=act)
        services.revoke_token(token, act=act)
        with pytest.raises(Conflict, match="revoked already"):
            services.revoke_token(token, act=act)


def test_a_token_opens_its_scopes_alone(app: Flask, tenant: Tenant, cocoa: CocoaMap):
    reader = program_of(app, tenant, [Permission.VALUE_CHAIN_READ])

    refused = reader.post(f"{MAPS}/{cocoa.chain}/nodes", {"name": "New"})

    assert reader.get(MAPS).status_code == 200
    assert refused.status_code == 403 and "value_chain:edit" in refused.json["detail"]


def test_a_token_never_does_more_than_its_maker_may_at_that_moment(
    app: Flask, tenant: Tenant, cocoa: CocoaMap
):
    program = program_of(app, tenant, [Permission.VALUE_CHAIN_READ], role=RoleId.ADMIN)
    assert program.get(MAPS).status_code == 200

    with app.app_context(), acting_in(tenant.id), unit_of_work():
        db.session.query(ApiToken).one().scopes = ["value_chain:edit", "value_chain:read"]

    answer = program.post(f"{MAPS}/{cocoa.chain}/nodes", {"name": "New"})
    assert answer.status_code == 403, "an administrator may not edit maps"


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer wm_made-up", "Basic wm_x", "Bearer \x00"])
def test_without_a_token_that_works_nothing_is_answered(app: Flask, sent: str):
    answer = app.test_client().get(MAPS, headers={"Authorization": sent} if sent else {})

    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.mimetype == "application/problem+json"


def test_a_session_of_a_browser_opens_no_address_of_programs(app: Flask, tenant: Tenant):
    assert signed_in_client(app, tenant, RoleId.ADMIN_MANAGER).get(MAPS).status_code == 401


def test_a_revoked_token_is_refused_from_its_next_request_on(
    app: Flask, tenant: Tenant, cocoa: CocoaMap
):
    program = program_of(app, tenant)
    with app.app_context(), acting_in(tenant.id):
        (row,) = list_tokens()
    browser = signed_in_client(app, tenant, RoleId.ADMIN)
    path = f"{PAGE}/{row.token.id}/revoke"

    done = browser.post(path, data={"csrf_token": csrf_token(browser, path)})

    assert done.status_code == 302
    assert program.get(MAPS).status_code == 401
    assert "Revoked" in browser.get(PAGE).text


def test_the_tokens_of_somebody_who_leaves_end(app: Flask, tenant: Tenant):
    program = program_of(app, tenant)
    assert program.get(MAPS).status_code == 200
    browser = signed_in_client(app, tenant, RoleId.ADMIN)
    leaver = tenant[RoleId.ADMIN_MANAGER].user_id
    path = f"/o/acme/people/{leaver}/remove"

    data = {
        "csrf_token": csrf_token(browser, path),
        "successor": str(tenant[RoleId.ADMIN].user_id),
    }
    assert browser.post(path, data=data).status_code == 302

    assert program.get(MAPS).status_code == 401
    assert "Its maker has left" in browser.get(PAGE).text


def test_the_log_says_once_a_day_that_a_token_is_used(app: Flask, tenant: Tenant, cocoa: CocoaMap):
    program = program_of(app, tenant)
    for _ in range(3):
        assert program.get(MAPS).status_code == 200

    with app.app_context(), acting_in(tenant.id):
        events = db.session.query(AuditEvent).filter(AuditEvent.action == "api_token:use").all()
    assert len(events) == 1


def test_more_requests_than_a_minute_allows_are_told_how_long_to_wait(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    program = program_of(app, tenant)
    monkeypatch.setattr(request_rate, "MOST", 2)
    monkeypatch.setattr(request_rate, "WINDOW_S", 10**9)  # no minute ends meanwhile

    answers = [program.get(MAPS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_token_opens_nothing_while_its_maker_lacks_the_second_factor_that_is_asked_for(
    app: Flask, tenant: Tenant, cocoa: CocoaMap
):
    _, html = make(app, tenant)
    secret = html.split('<code class="mono wrap ltr">wm_', 1)[1].split("<", 1)[0]
    program = Program(app.test_client(), f"wm_{secret}")
    assert program.get(MAPS).status_code == 200

    ask_factor_of(app, tenant, RoleId.ADMIN_MANAGER)

    assert program.get(MAPS).status_code == 401
    set_up(signed_in_client(app, tenant, RoleId.ADMIN_MANAGER))
    assert program.get(MAPS).status_code == 200


def test_who_lacks_the_second_factor_that_is_asked_for_makes_no_token(app: Flask, tenant: Tenant):
    ask_factor_of(app, tenant, RoleId.ADMIN_MANAGER)
    maker = Act(tenant[RoleId.ADMIN_MANAGER], NOW)
    scopes = [Permission.VALUE_CHAIN_READ]
    with app.app_context(), acting_in(tenant.id), pytest.raises(Conflict, match="second factor"):
        services.make_token("ERP", scopes, expires_on=NOW.date(), act=maker)

"""Downloads, calculations, costly pages and forms of one person are limited; answers never."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from textwrap import dedent
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from ddplatform.accounts.limits import door
from ddplatform.accounts.limits.services import settle_tries
from ddplatform.accounts.limits.uses import Rates, UseLimitReached, begin_use
from ddplatform.audit.models import AuditEvent
from ddplatform.config import USE_LIMITS, UnsafeSettings, read_settings
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.access.odd_input import READING
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.access.uses import Use, use_of
from ddplatform.infrastructure.adapters.installed import adapters, install
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.mapping.models import ValueChain
from tests.conftest import NOW
from tests.factories import SECRET_IN_SESSION, Tenant, csrf_field, signed_in_client

Allow = Callable[..., None]
GIVES_A_FILE = {"as_download", "send_file", "serve"}
QUESTIONS_ALONE = {"questionnaires.version_media", "questionnaires.draft_media"}
"""Files that leave without being counted: pictures of a form, one of which a page shows each."""


@pytest.fixture
def allow(app: Flask) -> Iterator[Allow]:
    """Sets the limits of this test."""

    def to(**limits: int) -> None:
        install(replace(app.extensions["settings"], **limits))
        app.extensions[door.RATES] = Rates.of(adapters().use_limits)

    yield to
    to()


def send(client: FlaskClient, app: Flask, path: str, **fields: str) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_field(app), **fields})


def maps_of(app: Flask, tenant: Tenant) -> int:
    with app.app_context(), acting_in(tenant.id):
        return db.session.scalar(select(func.count()).select_from(ValueChain)) or 0


def test_download_past_the_limit_says_when_to_go_on_and_hands_nothing_out(
    app: Flask, tenant: Tenant, allow: Allow
):
    allow(exports_per_hour=2)
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    path = f"/o/{tenant.slug}/reference/countries/GH/export"

    answers = [send(client, app, path, form="csv") for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    page = unescape(answers[2].text)
    assert "You have downloaded as many files as one person may in an hour: 2." in page
    assert re.search(r"Try again in \d+ minutes?\. You can go on at \d\d:\d\d:\d\d UTC\.", page)
    assert 0 < int(answers[2].headers["Retry-After"]) <= 3601
    with app.app_context(), acting_in(tenant.id):
        actions = list(db.session.scalars(select(AuditEvent.action)))
    assert actions.count("reference:export") == 2


def test_refused_downloads_count_and_a_colleague_has_a_limit_of_their_own(
    app: Flask, tenant: Tenant, allow: Allow
):
    allow(exports_per_hour=2)
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    path = f"/o/{tenant.slug}/reference/countries/GH/export"

    statuses = [send(client, app, path, form="no such form").status_code for _ in range(3)]

    assert statuses == [404, 404, 429]
    colleague = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    assert send(colleague, app, path, form="csv").status_code == 200


def test_next_hour_begins_anew(context: Flask, allow: Allow):
    allow(calculations_per_hour=1)
    rates, who = Rates.of(adapters().use_limits), str(uuid4())
    begin_use(Use.CALCULATION, who, rates, at=NOW)
    settle_tries(kept=True)

    with pytest.raises(UseLimitReached):
        begin_use(Use.CALCULATION, who, rates, at=NOW)
    begin_use(Use.CALCULATION, who, rates, at=NOW + timedelta(hours=1))


def test_form_past_the_limit_is_kept_on_the_page_and_sent_again_from_there(
    app: Flask, tenant: Tenant, allow: Allow
):
    allow(forms_per_minute=1)
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    path = f"/o/{tenant.slug}/value-chain/new"
    first = {"name": "First map", "own_business": "Maison", "country": "FR"}
    assert send(client, app, path, **first).status_code == 302

    typed = {"name": "Cocoa “2026”", "own_business": "Maison <Cacao>", "country": "FR"}
    refused = send(client, app, path, **typed)

    assert refused.status_code == 429 and maps_of(app, tenant) == 1
    page = unescape(refused.text)
    assert "You have sent as many forms as one person may in a minute: 1." in page
    assert "Nothing was changed. What you typed is kept on this page" in page
    form = refused.text.partition(f'action="{path}"')[2].partition("</form>")[0]
    kept = {
        name: unescape(value)
        for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)
        if value != SECRET_IN_SESSION
    }
    assert {name: kept[name] for name in typed} == typed
    allow(forms_per_minute=1)  # a minute later
    assert client.post(path, data=kept).status_code == 302
    assert maps_of(app, tenant) == 2


def test_costly_page_past_the_limit_is_refused_and_others_stay_open(
    app: Flask, tenant: Tenant, allow: Allow
):
    allow(costly_pages_per_minute=2)
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    search = f"/o/{tenant.slug}/search/?q=cocoa"

    assert [client.get(search).status_code for _ in range(3)] == [200, 200, 429]
    assert "Send again" not in client.get(search).text
    assert client.get(f"/o/{tenant.slug}/value-chain/").status_code == 200


def test_answers_of_a_supplier_are_saved_however_often(
    app: Flask, phone: FlaskClient, allow: Allow
):
    allow(**dict.fromkeys(USE_LIMITS, 1))
    start = unescape(phone.get("/", follow_redirects=True).text)
    first = re.search(r'href="(/o/[^"]+/responses/[^"/]+)/?"', start)
    assert first is not None, start
    page = phone.get(f"{first[1]}/C", follow_redirects=True)
    fields = dict(re.findall(r'name="(csrf_token|seen|page)" value="([^"]*)"', page.text))

    statuses = {
        phone.post(f"{first[1]}/C/draft", data={**fields, "/data/C/SAQ_C01": "yes"}).status_code
        for _ in range(4)
    }

    assert 429 not in statuses and statuses <= {200, 409}


def test_nothing_that_a_supplier_answers_is_counted(app: Flask):
    answering = [
        (endpoint, access)
        for endpoint in app.view_functions
        if (access := access_of(app, endpoint)) is not None
        and access.permission is Permission.RESPONSE_ANSWER
    ]

    assert len(answering) > 10
    for endpoint, access in answering:
        for method in ("GET", "POST"):
            assert use_of(app.view_functions[endpoint], access, method) is None, endpoint


def test_every_other_form_of_a_member_and_every_file_is_counted(app: Flask):
    faults, files = [], 0
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        assert access is not None
        if access.kind != "permission" or access.permission is Permission.RESPONSE_ANSWER:
            continue
        view = app.view_functions[rule.endpoint]
        gives = _calls(view) & GIVES_A_FILE
        files += bool(gives)
        for method in sorted({"GET", "POST"} & set(rule.methods or ())):
            is_counted = use_of(view, access, method) is not None
            wants = method not in READING or (gives and "POST" not in (rule.methods or ()))
            if wants and not is_counted and rule.endpoint not in QUESTIONS_ALONE:
                faults.append(f"{method} {rule.endpoint}")

    assert files > 15 and not faults, faults


def test_exports_are_counted_as_exports(app: Flask):
    for endpoint in ("risk_register.export", "value_chain.export_view", "evidence.download"):
        access = access_of(app, endpoint)
        assert access is not None
        assert use_of(app.view_functions[endpoint], access, "POST") is Use.EXPORT


@pytest.mark.parametrize("name", sorted(USE_LIMITS))
def test_limit_that_is_no_number_from_one_on_stops_the_start(tmp_path: Path, name: str):
    given = {"INSTANCE_PATH": str(tmp_path), name.upper(): "0"}

    with pytest.raises(UnsafeSettings, match=name.upper()):
        read_settings(given)
    assert getattr(read_settings({**given, name.upper(): "7"}), name) == 7


def _calls(view: Callable[..., object]) -> set[str]:
    tree = ast.parse(dedent(inspect.getsource(view)))
    return {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

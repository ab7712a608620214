"""What a stranger asks about an address costs and leaves the same, whether or not it is known.

No times are measured: equal statements, events and jobs take equal times on any machine.
"""

import re
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update
from werkzeug.test import TestResponse

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.sign_in.services import sign_in
from ddplatform.config import SignUp
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import across_tenants
from tests.accounts.organisations.test_links import do_all_jobs
from tests.accounts.second_factor.test_sign_in_with_code import actions
from tests.factories import Tenant, csrf_token
from tests.founding import let

Ask = Callable[[FlaskClient, str], TestResponse]
STRANGER = "nobody@acme.example"


def _send(page: str, **more: str) -> Ask:
    def ask(client: FlaskClient, email: str) -> TestResponse:
        token = csrf_token(client, page)
        return client.post(page, data={"email": email, "csrf_token": token, **more})

    return ask


WAYS = {
    "sign in": _send("/sign-in", password="x" * 20),
    "reset": _send("/forgotten-password"),
    "sign up": _send("/sign-up"),
}


@contextmanager
def heard(app: Flask) -> Iterator[list[str]]:
    """Every statement in between, without its values; one of many rows once for each row."""
    with app.app_context():
        engine = db.engine
    found: list[str] = []

    def hear(_at: object, _cursor: object, text: str, rows: Sized, _by: object, many: bool) -> None:
        found.extend([re.sub(r"\s+", " ", text)] * (len(rows) if many else 1))

    event.listen(engine, "before_cursor_execute", hear)
    yield found
    event.remove(engine, "before_cursor_execute", hear)


def jobs_of(app: Flask) -> list[str]:
    with app.app_context(), across_tenants():
        return list(db.session.scalars(select(Job.name).order_by(Job.run_after)))


@pytest.mark.both_databases
@pytest.mark.parametrize("way", WAYS)
def test_known_closed_and_unknown_address_cost_equal_statements_hashes_events_and_jobs(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, way: str
):
    let(app, SignUp.OPEN, monkeypatch)
    close_account(app, tenant, RoleId.ANALYST)
    hashes = hashes_counted(monkeypatch)
    WAYS[way](app.test_client(), "first@acme.example")  # what only the first request makes
    seen = []
    for email in (tenant.email(RoleId.ADMIN), tenant.email(RoleId.ANALYST), STRANGER):
        client, before = app.test_client(), (len(actions(app)), len(jobs_of(app)), len(hashes))
        client.get("/sign-in")
        with heard(app) as statements:
            answer = WAYS[way](client, email)
        seen.append(
            (
                re.sub(r'(nonce|value)="[^"]+"', "", answer.text.replace(email, "ADDRESS")),
                sorted(statements),  # rows of one table are written in the order of random keys
                actions(app)[before[0] :],
                jobs_of(app)[before[1] :],
                len(hashes) - before[2],
            )
        )

    assert seen[0] == seen[1] == seen[2]


def test_only_the_worker_tells_apart_who_gets_a_mail(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
):
    let(app, SignUp.OPEN, monkeypatch)
    close_account(app, tenant, RoleId.ANALYST)
    closed, known = tenant.email(RoleId.ANALYST), tenant.email(RoleId.ADMIN)
    for way in ("reset", "sign up"):
        for email in (closed, STRANGER, known):
            WAYS[way](app.test_client(), email)
    do_all_jobs(app)

    outbox = (Path(app.instance_path) / "outbox").glob("*.eml")
    got = sorted(re.findall(r"^To: (\S+)", "".join(one.read_text() for one in outbox), re.M))
    assert got == sorted([known, known, STRANGER])


def close_account(app: Flask, tenant: Tenant, role: RoleId) -> None:
    with app.app_context(), unit_of_work():
        db.session.execute(
            update(User).where(User.email == tenant.email(role)).values(is_active=False)
        )


def hashes_counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A word for each password that is hashed from now on, to check it or in its place."""
    done: list[str] = []
    real = sign_in.verify_password

    def verify(password: str, kept: str | None) -> bool:
        done.append("hash")
        return real(password, kept)

    monkeypatch.setattr(sign_in, "verify_password", verify)
    return done

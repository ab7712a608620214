"""No unsafe request without its token, and no change of state by looking."""

from collections.abc import Iterator

import pytest
from flask import Flask

from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import tenant_tables
from tests.leak_checks import KNOWN, UNSAFE, Caller, Try, all_endpoints, browser, rows_digest, tries
from tests.worlds import World

SIGNED_OUT_OR_REFUSED = range(400, 500)
REPORTS = "policy_reports.take"
"""Browsers send these without a form, and they end outside the database."""
WRITTEN_BY_READING = {
    "audit_event": "each reading of a restricted row is an event",
    "audit_head": "the end of the log moves with it",
    "audit_value": "what an event says of an export",
    "case_access": "each reading of a case is kept and shown on it",
    "refusal_count": "what a role does not allow is counted",
}
OF_REFUSALS = ("audit_event", "audit_head", "audit_value", "refusal_count")


def own_tries(
    app: Flask, worlds: dict[str, World], caller: Caller, *, unsafe: bool
) -> Iterator[Try]:
    for rule, method in all_endpoints(app):
        if (method in UNSAFE) is unsafe:
            yield from (t for t in tries(app, rule, method, caller, worlds) if t.kind == KNOWN)


def digest(app: Flask, worlds: dict[str, World], *spared: str) -> str:
    with app.app_context():
        found = rows_digest(list(worlds.values()), without=frozenset(spared))
        db.session.remove()
        return found


@pytest.mark.long
@pytest.mark.rotates()
@pytest.mark.parametrize("role", [RoleId.ADMIN, RoleId.SUSTAINABILITY_MANAGER, RoleId.SUPPLIER])
def test_no_unsafe_request_without_its_token_changes_anything(
    app: Flask, worlds: dict[str, World], role: RoleId
):
    home = worlds["supplyco" if role is RoleId.SUPPLIER else "acmeco"]
    caller = Caller(home, role)
    client = browser(app, caller)
    del client.environ_base["HTTP_AUTHORIZATION"]  # what a token of a program opens needs no form
    # A refused role leaves an event of its own in the log; nothing else may move.
    before = digest(app, worlds, *OF_REFUSALS)
    sent = 0

    for one in own_tries(app, worlds, caller, unsafe=True):
        for data in ({}, {"csrf_token": "made up"}):
            answer = client.open(one.path, method=one.method, data=data)
            sent += 1
            is_report = one.rule.endpoint == REPORTS and answer.status_code == 204
            assert is_report or answer.status_code in SIGNED_OUT_OR_REFUSED, (
                one,
                answer.status_code,
            )

    assert sent >= 2 * sum(1 for _, method in all_endpoints(app) if method in UNSAFE)
    assert digest(app, worlds, *OF_REFUSALS) == before


@pytest.mark.long
@pytest.mark.rotates()
@pytest.mark.parametrize(
    ("slug", "role"),
    [
        ("acmeco", RoleId.SUSTAINABILITY_MANAGER),
        ("acmeco", RoleId.SAFEGUARDING_OFFICER),
        ("supplyco", RoleId.SUPPLIER),
    ],
)
def test_looking_at_every_page_changes_nothing(
    app: Flask, worlds: dict[str, World], slug: str, role: RoleId
):
    caller = Caller(worlds[slug], role)
    client = browser(app, caller)
    before = digest(app, worlds, *WRITTEN_BY_READING)
    answers = [
        client.get(one.path).status_code for one in own_tries(app, worlds, caller, unsafe=False)
    ]

    assert answers.count(200) >= 10
    assert digest(app, worlds, *WRITTEN_BY_READING) == before
    assert set(WRITTEN_BY_READING) <= set(tenant_tables())


def test_method_is_not_overridden_by_a_header_or_a_field(app: Flask, worlds: dict[str, World]):
    home = worlds["acmeco"]
    client = browser(app, Caller(home, RoleId.ADMIN))
    before = digest(app, worlds)
    path = f"/o/{home.slug}/people/{home.tenant.analyst.user_id}/remove"

    client.get(f"{path}?_method=POST", headers={"X-HTTP-Method-Override": "POST"})

    assert digest(app, worlds) == before

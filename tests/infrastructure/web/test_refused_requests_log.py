"""What is refused without an event leaves a line in the log of the process, with ids alone."""

import logging
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.body_limits import ANONYMOUS_BYTES
from ddplatform.infrastructure.access.roles import RoleId
from tests.factories import Tenant, signed_in_client


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="ddplatform")
    return caplog


def told(lines: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in lines.records if one.name.startswith("ddplatform")]


def test_try_at_what_belongs_to_others_names_the_person_by_id(
    app: Flask, tenant: Tenant, lines: pytest.LogCaptureFixture
):
    client, person = signed_in_client(app, tenant, RoleId.ANALYST), tenant[RoleId.ANALYST].user_id

    assert client.get("/o/somebody-else/").status_code == 404
    assert client.get(f"/o/{tenant.slug}/findings/{uuid4()}").status_code == 404

    first, second = told(lines)
    assert first.endswith(f" at overview.show: absent for user {person}")
    assert " at findings." in second and second.endswith(f": absent for user {person}")
    assert tenant.slug not in lines.text and "@" not in lines.text


def test_try_at_a_remediation_case_names_nobody(
    app: Flask, tenant: Tenant, lines: pytest.LogCaptureFixture
):
    officer = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)

    assert officer.get(f"/o/{tenant.slug}/remedy/AAAA-BBBB/support").status_code == 404

    [line] = told(lines)
    assert line.endswith(": absent for user -") and "AAAA-BBBB" not in line


def test_address_that_a_stranger_mistypes_leaves_no_line(
    client: FlaskClient, lines: pytest.LogCaptureFixture
):
    assert client.get("/invitation/unknown").status_code == 404
    assert told(lines) == []


def test_forged_form_token_odd_address_and_large_body_leave_a_line_each(
    client: FlaskClient, lines: pytest.LogCaptureFixture
):
    assert client.post("/sign-in", data={"csrf_token": "forged"}).status_code == 422
    assert client.get("/sign-in?next=%00").status_code == 404
    assert client.post("/sign-in", data={"x": "x" * (ANONYMOUS_BYTES + 1)}).status_code == 413

    token, odd, large = told(lines)
    assert token.endswith(" refused at auth.sign_in: form token")
    assert odd.endswith(" refused at auth.sign_in: odd address")
    assert large.endswith(" refused: body too large")
    assert "forged" not in lines.text

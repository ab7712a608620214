"""Programs with tokens of the company and of its neighbour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ddplatform.accounts.api_tokens.services import SCOPES, make_token
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.factories import Tenant


@dataclass(frozen=True)
class Program:
    """A program that asks with a token."""

    client: FlaskClient
    token: str

    def get(self, path: str, **asked: Any) -> TestResponse:
        return self.client.get(path, query_string=asked, headers=self._headers())

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> TestResponse:
        return self.client.post(path, json=body, headers=self._headers(key))

    def patch(self, path: str, body: Any, *, key: str | None = None) -> TestResponse:
        return self.client.patch(path, json=body, headers=self._headers(key))

    def _headers(self, key: str | None = None) -> dict[str, str]:
        more = {} if key is None else {"Idempotency-Key": key}
        return {"Authorization": f"Bearer {self.token}", **more}


def program_of(
    app: Flask,
    tenant: Tenant,
    scopes: Iterable[Permission] = SCOPES,
    role: RoleId = RoleId.ADMIN_MANAGER,
) -> Program:
    """A program with a new token of a person of this role."""
    now = datetime.now(UTC)
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        _, secret = make_token(
            "supplier list",
            list(scopes),
            expires_on=now.date() + timedelta(days=30),
            act=Act(tenant[role], now),
        )
    return Program(app.test_client(), secret)


@pytest.fixture
def program(app: Flask, tenant: Tenant) -> Program:
    return program_of(app, tenant)


@pytest.fixture
def neighbour(app: Flask, other_tenant: Tenant) -> Program:
    """A program of another company."""
    return program_of(app, other_tenant)

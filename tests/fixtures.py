"""What several files here begin with: a small map, and a person who works on it."""

from datetime import datetime, tzinfo
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.infrastructure import gate
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.risk.reference import services as reference
from tests.answering import Supplier, ask, come_in, phone_of
from tests.conftest import NOW
from tests.factories import Tenant, signed_in_client
from tests.finding_worlds import World, make_world, recorded
from tests.risk_maps import CocoaMap, make_cocoa_map
from tests.stored_worlds import stored_world, worlds_first
from tests.worlds import World as FullWorld
from tests.worlds import make_worlds


def pytest_itemcollected(item: pytest.Item) -> None:
    if isinstance(item, pytest.Function):
        worlds_first(item)


class DayOfTheTests(datetime):
    """A clock that stands at the time at which tests make what they begin with."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return NOW.astimezone(tz)


@pytest.fixture
def windows_of_that_day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours and days of limits begin at `NOW`: by the clock, one could end while a test counts."""
    monkeypatch.setattr(rate_limits, "FIRST_WINDOW_S", NOW.timestamp())


@pytest.fixture
def pages_of_that_day(windows_of_that_day: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests come at `NOW`, before links run out and answers are due."""
    monkeypatch.setattr(gate, "datetime", DayOfTheTests)


@stored_world
def cocoa(tenant: Tenant, context: Flask) -> CocoaMap:
    """The cocoa map of three nodes, not assessed."""
    return make_cocoa_map(tenant)


@stored_world
def reference_data() -> None:
    """The reference data of this version, as an operator installs them."""
    with unit_of_work():
        reference.sync(NOW)


@pytest.fixture
def analyst(app: Flask, tenant: Tenant) -> FlaskClient:
    """A browser in which the analyst is signed in."""
    return signed_in_client(app, tenant, RoleId.ANALYST)


@stored_world
def supplier(tenant: Tenant) -> Supplier:
    """Who was asked the self-assessment and came in by the link."""
    return come_in(ask(tenant))


@pytest.fixture
def phone(app: Flask, supplier: Supplier) -> FlaskClient:
    """A browser in which the supplier is signed in."""
    return phone_of(app)


@stored_world
def world(tenant: Tenant, other_tenant: Tenant) -> World:
    """A company with its supplier, and sites to find something at."""
    return make_world(tenant, other_tenant)


@stored_world
def worlds() -> dict[str, FullWorld]:
    """Three companies with a row of every kind each."""
    return make_worlds(at=NOW)


@stored_world
def finding_id(world: World) -> UUID:
    """Something that was found at a site of this world."""
    return recorded(world)

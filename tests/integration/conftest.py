"""What several files here begin with: a small map, and a person who works on it."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.access.roles import RoleId
from tests.answering import Supplier, ask, come_in, phone_of
from tests.factories import Tenant, signed_in_client
from tests.integration.finding_worlds import World, make_world, recorded
from tests.risk_maps import CocoaMap, make_cocoa_map


@pytest.fixture
def cocoa(context: Flask, tenant: Tenant) -> CocoaMap:
    """The cocoa map of three nodes, not assessed."""
    return make_cocoa_map(tenant)


@pytest.fixture
def analyst(app: Flask, tenant: Tenant) -> FlaskClient:
    """A browser in which the analyst is signed in."""
    return signed_in_client(app, tenant, RoleId.ANALYST)


@pytest.fixture
def supplier(app: Flask, tenant: Tenant) -> Supplier:
    """Who was asked the self-assessment and came in by the link."""
    with app.app_context():
        return come_in(ask(tenant))


@pytest.fixture
def phone(app: Flask, supplier: Supplier) -> FlaskClient:
    """A browser in which the supplier is signed in."""
    return phone_of(app)


@pytest.fixture
def world(app: Flask, tenant: Tenant, other_tenant: Tenant) -> World:
    """A company with its supplier, and sites to find something at."""
    with app.app_context():
        return make_world(tenant, other_tenant)


@pytest.fixture
def finding_id(app: Flask, world: World) -> UUID:
    """Something that was found at a site of this world."""
    with app.app_context():
        return recorded(world)

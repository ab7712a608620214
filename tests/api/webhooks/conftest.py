"""A webhook of the company whose events go to a server on this machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask

from ddplatform.api.webhooks.catalogue import Subject
from ddplatform.api.webhooks.models import Webhook
from ddplatform.api.webhooks.services import delivery, webhooks
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import install
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.jobs.context import JobContext
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.value_chain.mapping.services import nodes
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from tests.api.webhooks.receiver import Receiver, receiving
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import CocoaMap


@dataclass(frozen=True)
class Hooks:
    """What tests do with webhooks of a company."""

    tenant: Tenant
    chain: CocoaMap
    receiver: Receiver
    url: str

    def add(self, *subjects: Subject, url: str = "", role: RoleId = RoleId.ADMIN_MANAGER) -> str:
        """Add a webhook; its secret."""
        with unit_of_work(), acting_in(self.tenant.id):
            wanted = subjects or tuple(Subject)
            act = Act(self.tenant[role], NOW)
            return webhooks.add_webhook("ERP", url or self.url, wanted, act=act)[1]

    def change(self, *names: str) -> None:
        """Add sites, which leave an event each."""
        for name in names:
            with unit_of_work(), acting_in(self.tenant.id):
                fields = NodeFields(name=name, country="CI")
                nodes.add_node(self.chain.chain, fields, act=Act(self.tenant.analyst, NOW))

    def send(self, at: datetime = NOW) -> int:
        """One look of the worker; how many events were taken."""
        act = Act(system_identity(self.tenant.id), at)
        job = JobContext({}, act, lambda _done, _total: None, uuid4())
        return delivery.send_due(look=job.look, unit=job.unit, act=job.act)["sent"]

    def row(self) -> Webhook:
        with acting_in(self.tenant.id):
            db.session.expire_all()
            return db.session.query(Webhook).one()


@pytest.fixture
def receiver_at() -> Iterator[tuple[Receiver, str]]:
    with receiving() as made:
        yield made


@pytest.fixture
def allow(app: Flask) -> Iterator[Callable[..., None]]:
    """Sets the hosts that the operator allows."""

    def to(*hosts: str) -> None:
        install(replace(app.extensions["settings"], webhook_hosts=hosts))

    yield to
    install(app.extensions["settings"])


@pytest.fixture
def hooks(
    context: Flask,
    tenant: Tenant,
    cocoa: CocoaMap,
    receiver_at: tuple[Receiver, str],
    allow: Callable[..., None],
) -> Hooks:
    receiver, address = receiver_at
    allow(address)
    return Hooks(tenant, cocoa, receiver, f"http://{address}/events")

"""A questionnaire sent, a supplier who answers it: small true worlds for tests."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.accounts.organisations.queries import get_user_by_email
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from ddplatform.supplier_engagement.library.queries import get_assignment, list_library
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.receiving.services.receiving import receive
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.respondents.services.join import ROLE_OF, Joined, join
from ddplatform.supplier_engagement.responses.queries.responses import (
    find_response,
    get_request,
    list_answers,
    load_filled,
)
from ddplatform.supplier_engagement.responses.services import responses
from ddplatform.supplier_engagement.submission.services import submit
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from tests.conftest import NOW
from tests.factories import PASSWORD, Tenant, client_of
from tests.saq_responses import GOOD_ANSWERS, GOOD_SITE, GOOD_SUPPLIER

DUE = date(2026, 12, 20)
EMAIL = "amina@scoop.example"


@contextmanager
def acting(organisation_id: UUID) -> Iterator[None]:
    with unit_of_work(), acting_in(organisation_id):
        yield


@dataclass(frozen=True)
class Asked:
    """An assignment and the node it is about."""

    tenant: Tenant
    chain_id: UUID
    node_id: UUID
    assignment_id: UUID


@dataclass(frozen=True)
class Supplier:
    """A supplier, or who visits one, who came in by the link."""

    asked: Asked
    identity: Identity
    slug: str

    @property
    def id(self) -> UUID:
        return self.identity.organisation_id


def make_chain(tenant: Tenant) -> UUID:
    with acting(tenant.id):
        return value_chain.create_chain(
            "Cocoa",
            own_business="Maison Cacao",
            country="FR",
            act=Act(tenant.analyst, NOW),
        ).id


def add_node(tenant: Tenant, chain_id: UUID, name: str = "SCOOP Espoir", **more: object) -> UUID:
    with acting(tenant.id):
        fields = NodeFields(name=name, **{"country": "CI", **more})  # type: ignore[arg-type]
        return value_chain.add_node(chain_id, fields, act=Act(tenant.analyst, NOW)).id


def saq_version() -> UUID:
    """The shipped self-assessment; call it inside a tenant."""
    return version_of("SAQ")


def version_of(ref: str) -> UUID:
    """A shipped questionnaire, published where it is not yet; call it inside a tenant."""
    publish_shipped(NOW)
    return next(row.version_id for row in list_library() if row.ref == ref)


def ask(
    tenant: Tenant,
    *,
    light: bool = False,
    email: str = EMAIL,
    name: str = "SCOOP Espoir",
    ref: str = "SAQ",
) -> Asked:
    chain_id = make_chain(tenant)
    node_id = add_node(tenant, chain_id, name)
    return ask_again(tenant, chain_id, node_id, light=light, email=email, ref=ref)


def ask_again(
    tenant: Tenant,
    chain_id: UUID,
    node_id: UUID,
    *,
    ref: str,
    light: bool = False,
    email: str = EMAIL,
) -> Asked:
    """Send a questionnaire to a node that stands on a map already."""
    with acting(tenant.id):
        sending = questionnaires.Sending(
            version_id=version_of(ref), due_on=DUE, light_mode=light, message="Thank you."
        )
        sent = questionnaires.assign(sending, {node_id: email}, act=Act(tenant.manager, NOW))
        return Asked(tenant, chain_id, node_id, sent[0].id)


def come_in(asked: Asked, *, at: datetime = NOW) -> Supplier:
    with acting(asked.tenant.id):
        invitation = db.session.scalar(
            select(Invitation).where(Invitation.assignment_id == asked.assignment_id)
        )
        assert invitation is not None
        joined: Joined = join(invitation, name="Amina K.", password=PASSWORD, at=at)
        assignment = get_assignment(asked.assignment_id)
        home, role = assignment.respondent_organisation_id, ROLE_OF[assignment.answered_by]
    assert home is not None
    identity = Identity(joined.user.id, home, role, joined.user.name)
    return Supplier(asked, identity, joined.organisation_slug)


def good_values(**changes: str) -> dict[str, str]:
    """Answers to every question of the SAQ, but for `changes` by the name of the node."""
    found = {f"/data/{name[4]}/{name}": text for name, text in GOOD_ANSWERS.items()}
    found |= {f"/data/B/SAQ_B01[1]/{name}": text for name, text in GOOD_SITE.items()}
    found |= {f"/data/N/SAQ_N01[1]/{name}": text for name, text in GOOD_SUPPLIER.items()}
    return {path: changes.get(path.rpartition("/")[2], text) for path, text in found.items()}


def typed(values: Mapping[str, str], *, seen: int = 0, page: str | None = None) -> responses.Typed:
    return responses.Typed(dict(values), seen, page or uuid4().hex)


def fill(supplier: Supplier, *, at: datetime = NOW, **changes: str) -> None:
    """Answer every question of the SAQ, and go through every page."""
    fill_in(supplier, good_values(**changes), at=at)


def fill_in(supplier: Supplier, values: Mapping[str, str], *, at: datetime = NOW) -> None:
    """Go through every page with these texts by path."""
    with acting(supplier.id):
        request = get_request(supplier.asked.assignment_id)
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        names = [page.name for page in load_filled(request.assignment, row, now=at).pages]
        for name in names:
            responses.save_section(
                supplier.asked.assignment_id,
                name,
                typed({p: v for p, v in values.items() if p.startswith(f"/data/{name}/")}, seen=99),
                act=Act(supplier.identity, at),
            )


def send(supplier: Supplier, *, at: datetime = NOW) -> str:
    """Declare and send; returns the receipt number."""
    with acting(supplier.id):
        row = submit(supplier.asked.assignment_id, declared=True, act=Act(supplier.identity, at))
        assert row.receipt_number
        return row.receipt_number


def receive_now(supplier: Supplier, *, at: datetime = NOW) -> UUID:
    """Send, and let the requester's job read the answers; returns the id of the response."""
    send(supplier, at=at)
    tenant = supplier.asked.tenant
    with acting(tenant.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        receive(row.id, act=Act(system_identity(tenant.id), at))
        return row.id


def mails() -> list[str]:
    """Every mail that was sent, as text, oldest first."""
    folder = adapters().mailer._outbox
    found = sorted(folder.glob("*.eml")) if folder.exists() else []
    parsed = [message_from_bytes(path.read_bytes(), policy=default) for path in found]
    return [f"{mail['subject']}\n{mail.get_content()}" for mail in parsed]


def phone_of(app: Flask, email: str = EMAIL) -> FlaskClient:
    """A browser in which the person of this address is signed in."""
    with app.app_context(), across_tenants():
        user = get_user_by_email(email)
        assert user is not None
        user_id = user.id
    return client_of(app, user_id)


def answers_of(app: Flask, supplier: Supplier) -> dict[str, str]:
    """What stands in the answers of a supplier now, by path."""
    with app.app_context(), acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return {answer.path: answer.raw for answer in list_answers(row.id)}

"""An answer given elsewhere comes into a visit alone, and only what its supplier told this buyer."""

from uuid import UUID

from flask import Flask
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.library.queries import list_library
from ddplatform.supplier_engagement.own_forms.services import forms as own_forms
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.queries.responses import find_response, list_answers
from ddplatform.supplier_engagement.responses.services.drafts import open_draft
from ddplatform.supplier_engagement.review.services.review import accept_all
from ddplatform.supplier_engagement.sharing import services as sharing
from tests.answering import (
    EMAIL,
    Supplier,
    acting,
    add_node,
    ask,
    ask_again,
    come_in,
    fill,
    fill_in,
    good_values,
    make_chain,
    receive_now,
)
from tests.conftest import NOW
from tests.factories import Tenant
from tests.forms import table
from tests.stored_worlds import stored_world
from tests.visits import assign_visit, visited

I01 = "/data/I/SAQ_I01"
FORM = (
    table(
        "survey",
        "type | name | label | bind::dd:latest_of",
        "hidden | seen | | AUD-07",
        "text | more | What else? | ",
    )
    + table("settings", "form_title | form_id", "More | more")
).encode()


def _accept(supplier: Supplier) -> None:
    tenant = supplier.asked.tenant
    receive_now(supplier)
    with acting(tenant.id):
        accept_all(supplier.asked.assignment_id, act=Act(tenant.manager, NOW))


def _texts(supplier: Supplier) -> list[str]:
    with acting(supplier.id):
        row = find_response(supplier.asked.assignment_id)
        assert row is not None
        return [answer.raw for answer in list_answers(row.id)]


def _shown_with(first: Supplier, second: Supplier, section: str) -> Supplier:
    """The second questionnaire filled in, with one section under a consent."""
    one, by = second.asked.assignment_id, second.identity
    with acting(second.id):
        row = find_response(first.asked.assignment_id)
        assert row is not None
        sharing.share_section(one, row.id, section, months=12, act=Act(by, NOW))
        kept = {answer.path for answer in open_draft(one, at=NOW).answers.values() if answer.raw}
    fill_in(second, {path: text for path, text in good_values().items() if path not in kept})
    return second


@stored_world
def first(context: Flask, tenant: Tenant) -> Supplier:
    supplier = come_in(ask(tenant))
    fill(supplier, SAQ_I01="no")
    receive_now(supplier)
    return supplier


def test_what_a_buyer_has_by_consent_does_not_come_into_its_visit(
    first: Supplier, other_tenant: Tenant
):
    chain_id = make_chain(other_tenant)
    node_id = add_node(other_tenant, chain_id, contact_email=EMAIL)
    second = come_in(ask_again(other_tenant, chain_id, node_id, ref="SAQ"))
    _accept(_shown_with(first, second, "I"))
    with acting(other_tenant.id):
        shared = select(Answer.raw).where(Answer.path == I01, Answer.share_id.is_not(None))
        assert db.session.scalars(shared).all() == ["no"]

    assessor = come_in(assign_visit(other_tenant, chain_id, node_id))

    assert _texts(assessor) == []


def test_what_was_seen_on_a_visit_does_not_come_into_the_form_of_a_supplier(
    context: Flask, tenant: Tenant
):
    chain_id = make_chain(tenant)
    node_id = add_node(tenant, chain_id, contact_email=EMAIL)
    _accept(visited(assign_visit(tenant, chain_id, node_id)))

    supplier = come_in(ask_again(tenant, chain_id, node_id, ref=_own_form(tenant)))

    assert _texts(supplier) == []


def _own_form(tenant: Tenant) -> str:
    with acting(tenant.id):
        form = own_forms.bring_in("more.csv", FORM, act=Act(tenant.analyst, NOW)).form
        assert form is not None
        version: UUID = own_forms.publish(form.id, number=1, act=Act(tenant.analyst, NOW)).id
        return next(row.ref for row in list_library() if row.version_id == version)
